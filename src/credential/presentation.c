/* What a presentation holds, one item after the other.
 *
 * An item is a token, an envelope around one, a credential with a proof, or one that nothing but the presentation secures. Whatever it is, it ends in one
 * step, and the first fault stays: the seal before the media type, the media type before the rules of the data model. Only a lack of memory ends the walk;
 * a faulty item does not keep the others from being read. */
#include "credential/presentation.h"

#include "base/encoding.h"
#include "credential/each.h"
#include "credential/vcdm.h"
#include "json/write.h"

struct opening {
    mr_arena *arena;
    struct mr_opening of_credentials;
    const mr_json *presentation;
};

/* ---- envelopes ---- */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* RFC 3986 section 2.1: the tilde of an SD-JWT may come as "%7E". */
static int percent_decode(mr_arena *a, mr_str text, mr_str *ret, struct mr_err *err)
{
    if (mr_str_find_char(text, '%') < 0) {
        *ret = text;
        return MR_OK;
    }
    char *out = mr_arena_alloc(a, text.len);
    size_t len = 0;
    if (!out) return MR_FAIL(err, MR_E_NOMEM, "no memory for the envelope", MR_NOWHERE);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '%') {
            out[len++] = text.ptr[i];
            continue;
        }
        int high = i + 2 < text.len ? hex_digit(text.ptr[i + 1]) : -1,
            low = high >= 0 ? hex_digit(text.ptr[i + 2]) : -1;
        if (low < 0) return MR_FAIL(err, MR_E_ENCODING, "a percent sign without two digits", MR_NOWHERE);
        out[len++] = (char)(high << 4 | low), i += 2;
    }
    *ret = mr_str_make(out, len);
    return MR_OK;
}

struct envelope {
    mr_str type, data;
    bool base64;
};

/* RFC 2397: data:<type>;<parameters>[;base64],<data> */
static bool split_envelope(const mr_json *object, struct envelope *ret)
{
    static const mr_str scheme = MR_STR_INIT("data:application/");
    mr_str url = mr_json_get_str(object, "id");
    ptrdiff_t comma = mr_str_find_char(url, ',');
    if (comma < (ptrdiff_t)scheme.len || !mr_str_eq_ascii_nocase(mr_str_make(url.ptr, scheme.len), scheme))
        return false;
    mr_str about = mr_str_make(url.ptr + scheme.len, (size_t)comma - scheme.len);
    ptrdiff_t semicolon = mr_str_find_char(about, ';');
    ret->type = semicolon < 0 ? about : mr_str_make(about.ptr, (size_t)semicolon);
    ret->data = mr_str_from(url, (size_t)comma + 1);
    ret->base64 = mr_str_has_suffix(about, MR_STR(";base64"));
    return true;
}

static int read_envelope(mr_arena *a, const struct envelope *e, mr_str *ret, struct mr_err *err)
{
    mr_str text;
    MR_TRY(percent_decode(a, e->data, &text, err));
    if (e->base64) MR_TRY(mr_base64_read(a, text, &text, err));
    *ret = text;
    return MR_OK;
}

int mr_envelope_read(mr_arena *a, const mr_json *envelope, mr_str *ret_type, mr_str *ret_text, struct mr_err *err)
{
    struct envelope e;
    if (!split_envelope(envelope, &e)) return MR_FAIL(err, MR_E_FORMAT, "vcdm.envelope", MR_NOWHERE);
    MR_TRY(read_envelope(a, &e, ret_text, err));
    *ret_type = e.type;
    return MR_OK;
}

/* ---- one credential ---- */

static struct mr_step step_of(mr_state state, const char *id, mr_str detail)
{
    return (struct mr_step){.state = state, .id = id, .detail = detail, .at = MR_TIME_NONE};
}

/* Keeps the first fault. */
static void hear(void *self, const char *message, const mr_json *where, mr_str detail)
{
    struct mr_step *step = self;
    (void)where;
    if (step->state == MR_PASSED && !mr_vcdm_is_remark(message)) *step = step_of(MR_FAILED, message, detail);
}

static bool is_lack(int code)
{
    return code == MR_E_NOMEM || code == MR_E_LIBRARY;
}

static bool is_presentation(const mr_json *document)
{
    mr_vcdm_kind kind = mr_vcdm_kind_of(document);
    return kind == MR_VCDM_PRESENTATION || kind == MR_VCDM_ENVELOPED_PRESENTATION;
}

/* What the reader of tokens said, in its words when they are a message of its own. */
static struct mr_step why_unreadable(struct opening *p, const struct mr_err *e)
{
    bool own = e->code == MR_E_FORMAT && e->message &&
               (strncmp(e->message, "token.", 6) == 0 || strncmp(e->message, "sd_jwt.", 7) == 0);
    return step_of(MR_FAILED, own ? e->message : "presented.unreadable",
                   mr_arena_dup(p->arena, mr_str_of(e->detail[0] ? e->detail
                                                    : e->message ? e->message
                                                                 : "")));
}

/* type: of the envelope; empty when there is none. */
static int open_secured(struct opening *p, mr_str text, mr_str type, struct mr_presented *ret, struct mr_err *err)
{
    struct mr_err e = {0};
    int code = mr_secured_open(p->arena, &p->of_credentials, text, &ret->secured, &e);
    if (is_lack(code)) return *err = e, code;
    if (code != MR_OK) {
        ret->secured = (mr_secured){0};
        ret->step = why_unreadable(p, &e);
        return MR_OK;
    }
    ret->step = ret->secured.step;
    if (ret->step.state != MR_PASSED) return MR_OK;
    if (type.len && !mr_str_eq_ascii_nocase(type, ret->secured.typ))
        ret->step = step_of(MR_FAILED, "presented.media_type", ret->secured.typ);
    else if (!ret->secured.payload)
        ret->step = step_of(MR_FAILED, "presented.unreadable", MR_STR_EMPTY);
    else if (is_presentation(ret->secured.payload))
        ret->step = step_of(MR_FAILED, "presented.not_credential", MR_STR_EMPTY);
    else
        return mr_secured_check_model(p->arena, p->of_credentials.contexts, &ret->secured, hear, &ret->step, err);
    return MR_OK;
}

static int open_envelope(struct opening *p, const mr_json *item, struct mr_presented *ret, struct mr_err *err)
{
    struct envelope envelope;
    mr_str text;
    struct mr_err e = {0};
    if (!split_envelope(item, &envelope)) {
        ret->step = step_of(MR_FAILED, "vcdm.envelope", MR_STR_EMPTY);
        return MR_OK;
    }
    if (mr_str_has_suffix(envelope.type, MR_STR("+cose"))) {
        ret->step = step_of(MR_UNCHECKED, "presented.cose", envelope.type);
        return MR_OK;
    }
    int code = read_envelope(p->arena, &envelope, &text, &e);
    if (code == MR_OK) return open_secured(p, text, envelope.type, ret, err);
    if (is_lack(code)) return *err = e, code;
    ret->step = why_unreadable(p, &e);
    return MR_OK;
}

static mr_str id_of(const mr_json *party)
{
    return mr_json_is(party, MR_JSON_OBJECT) ? mr_json_get_str(party, "id") : mr_json_str(party);
}

/* VC Data Model 2.0 5.13: what a holder says of herself needs no proof beside the presentation's. */
static int open_unsecured(struct opening *p, const mr_json *item, struct mr_presented *ret, struct mr_err *err)
{
    mr_str issuer = id_of(mr_json_get(item, "issuer")), holder = id_of(mr_json_get(p->presentation, "holder"));
    struct mr_step model = step_of(MR_PASSED, NULL, MR_STR_EMPTY);
    MR_TRY(mr_vcdm_check(p->arena, p->of_credentials.contexts, item, hear, &model, err));
    bool own = issuer.len && mr_str_eq(issuer, holder);
    ret->step = !own                       ? step_of(MR_FAILED, "presented.unsecured", issuer)
                : model.state == MR_PASSED ? step_of(MR_NOT_APPLICABLE, "presented.self_asserted", MR_STR_EMPTY)
                                           : model;
    return MR_OK;
}

/* A credential with a proof, as a text of its own. */
static int open_embedded(struct opening *p, const mr_json *item, struct mr_presented *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_json_writer w;
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    mr_json_writer_init(&w, &out, 0);
    mr_json_put_value(&w, item);
    mr_str text = mr_arena_dup(p->arena, mr_buf_str(&out));
    if (mr_buf_failed(&out) || !text.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for a credential", MR_NOWHERE);
    return open_secured(p, text, MR_STR_EMPTY, ret, err);
}

static int open_item(struct opening *p, const mr_json *item, struct mr_presented *ret, struct mr_err *err)
{
    *ret = (struct mr_presented){.where = item};
    if (mr_json_is(item, MR_JSON_STRING)) return open_secured(p, mr_json_text(item), MR_STR_EMPTY, ret, err);
    if (mr_vcdm_kind_of(item) == MR_VCDM_ENVELOPED_CREDENTIAL) return open_envelope(p, item, ret, err);
    if (mr_vcdm_kind_of(item) != MR_VCDM_CREDENTIAL) {
        ret->step = step_of(MR_FAILED, "presented.not_credential", MR_STR_EMPTY);
        return MR_OK;
    }
    return mr_data_integrity_is(item) ? open_embedded(p, item, ret, err) : open_unsecured(p, item, ret, err);
}

/* ---- all of them ---- */

/* The first `most`. */
static int open_items(struct opening *p, const mr_json *items, size_t most, mr_presentation *ret, struct mr_err *err)
{
    p->of_credentials.audience = p->of_credentials.nonce = MR_STR_EMPTY;
    ret->credentials = MR_NEW_ARRAY(p->arena, struct mr_presented, most);
    if (!ret->credentials) return MR_FAIL(err, MR_E_NOMEM, "no memory for credentials", MR_NOWHERE);
    MR_EACH(item, items)
    {
        if (ret->count == most) break;
        MR_TRY(open_item(p, item, &ret->credentials[ret->count++], err));
    }
    return MR_OK;
}

int mr_presentation_open(mr_arena *a, const struct mr_opening *o, const mr_json *document, mr_presentation *ret,
                         struct mr_err *err)
{
    struct opening p = {.arena = a, .of_credentials = *o, .presentation = document};
    const mr_json *items = mr_json_get(document, "verifiableCredential");
    size_t most = mr_json_is(items, MR_JSON_ARRAY) ? mr_json_count(items) : items != NULL;
    *ret = (mr_presentation){0};
    if (mr_vcdm_kind_of(document) != MR_VCDM_PRESENTATION)
        return MR_FAIL(err, MR_E_FORMAT, "this is no presentation", MR_NOWHERE);
    if (most > MR_LIMIT_PRESENTED)
        return MR_FAIL(err, MR_E_LIMIT, "the presentation has more credentials than allowed", MR_NOWHERE);
    return open_items(&p, items, most, ret, err);
}

int mr_record_open(mr_arena *a, const struct mr_opening *o, const mr_json *document, mr_presentation *ret,
                   struct mr_err *err)
{
    struct opening p = {.arena = a, .of_credentials = *o, .presentation = document};
    const mr_json *subject = mr_each_first(mr_json_get(document, "credentialSubject"));
    *ret = (mr_presentation){0};
    return open_items(&p, mr_json_get(subject, "verifiableCredential"), MR_LIMIT_PRESENTED, ret, err);
}

void mr_presentation_done(mr_presentation *p)
{
    for (size_t i = 0; i < p->count; i++) mr_secured_done(&p->credentials[i].secured);
    *p = (mr_presentation){0};
}
