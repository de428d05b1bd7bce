/* Endorsements: written, found in badges, opened, and told.
 *
 * An endorsement in a badge is a credential of its own with a seal of its own, which the seal of the badge only keeps from being taken out or exchanged. So each is
 * opened through the same door as any credential, and asked three more things: is the key its issuer's, is it about what it stands in, and has it not
 * run out. What is nested in an endorsement is not looked at. */
#include "credential/endorsement.h"

#include "credential/each.h"
#include "credential/open_badges.h"
#include "credential/verify_inside.h"
#include "json/write.h"

const char *mr_endorsed_name(mr_endorsed e)
{
    static const char *const names[MR_ENDORSED_KINDS] = {"credential", "achievement", "issuer"};
    return names[e];
}

static const mr_json *endorsed_node(const mr_json *document, mr_endorsed e)
{
    switch (e) {
    case MR_ENDORSED_CREDENTIAL: return document;
    case MR_ENDORSED_ACHIEVEMENT: return mr_each_get(mr_json_get(document, "credentialSubject"), "achievement");
    case MR_ENDORSED_ISSUER: return mr_json_get(document, "issuer");
    }
    return NULL;
}

static mr_str id_of(const mr_json *node)
{
    node = mr_each_first(node);
    return mr_json_is(node, MR_JSON_STRING) ? mr_json_text(node) : mr_json_get_str(node, "id");
}

mr_str mr_endorsed_id(const mr_json *document, mr_endorsed e)
{
    mr_str id = id_of(endorsed_node(document, e));
    return mr_str_has_prefix(id, MR_STR("urn:epass:")) ? MR_STR_EMPTY : id; /* names within one document */
}

bool mr_endorsement_is(const mr_json *document)
{
    return mr_each_has(mr_json_get(document, "type"), "EndorsementCredential");
}

/* ---- opening ---- */

static void set_step(struct mr_endorsement *e, mr_state state, const char *id, mr_str detail)
{
    e->step = (struct mr_step){.state = state, .id = id, .detail = detail, .at = MR_TIME_NONE};
}

static bool is_over(const mr_json *document, int64_t now)
{
    static const char *const ends[] = {"validUntil", "expirationDate"};
    for (size_t i = 0; i < 2; i++) {
        int64_t end;
        mr_str text = mr_json_get_str(document, ends[i]);
        if (text.len && (mr_time_parse(text, &end, NULL) != MR_OK || end < now)) return true;
    }
    return false;
}

static void judge(struct mr_endorsement *e, const mr_secured *s, mr_str subject, int64_t now)
{
    const mr_json *document = s->payload;
    mr_str about = mr_json_get_str(mr_each_first(mr_json_get(document, "credentialSubject")), "id");
    if (s->step.state != MR_PASSED)
        e->step = s->step;
    else if (!mr_endorsement_is(document))
        set_step(e, MR_FAILED, "endorsement.form", MR_STR_EMPTY);
    else if (mr_verify_may_mean_something_else(s))
        set_step(e, MR_UNCHECKED, "proof.own_context", MR_STR_EMPTY);
    else if (s->key_only || s->key.controller.len == 0)
        set_step(e, MR_UNCHECKED, "endorsement.certificate", MR_STR_EMPTY);
    else if (!mr_str_eq(s->key.controller, e->id))
        set_step(e, MR_FAILED, "endorsement.other_key", s->key.controller);
    else if (about.len == 0 || !mr_str_eq(about, subject))
        set_step(e, MR_FAILED, "endorsement.other_subject", about);
    else if (is_over(document, now))
        set_step(e, MR_FAILED, "endorsement.expired", MR_STR_EMPTY);
    else
        set_step(e, MR_PASSED, "endorsement.passed", MR_STR_EMPTY);
}

static void read_words(struct mr_endorsement *e, const mr_json *document)
{
    const mr_json *issuer = mr_each_first(mr_json_get(document, "issuer")),
                  *subject = mr_each_first(mr_json_get(document, "credentialSubject"));
    e->id = id_of(issuer);
    e->by = mr_str_trim(mr_json_get_str(issuer, "name"));
    if (e->by.len == 0) e->by = e->id;
    e->comment = mr_str_trim(mr_json_get_str(subject, "endorsementComment"));
}

/* The document in a text of its own: what follows a signature must not depend on where it stands. */
static int text_of(mr_arena *a, const mr_json *v, mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_json_writer w;
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    *ret = mr_json_str(v);
    if (mr_json_is(v, MR_JSON_STRING)) return MR_OK;
    mr_json_writer_init(&w, &out, 0);
    mr_json_put_value(&w, v);
    *ret = mr_arena_dup(a, mr_buf_str(&out));
    if (!ret->ptr || mr_buf_failed(&out)) return MR_FAIL(err, MR_E_NOMEM, "no memory for an endorsement", MR_NOWHERE);
    return MR_OK;
}

static int open_one(mr_arena *a, const struct mr_opening *o, const mr_json *v, mr_str subject,
                    struct mr_endorsement *ret, struct mr_err *err)
{
    struct mr_opening alone = *o;
    struct mr_err e = {0};
    mr_secured s;
    mr_str text;
    alone.audience = alone.nonce = MR_STR_EMPTY;
    read_words(ret, v);
    MR_TRY(text_of(a, v, &text, err));
    int code = mr_secured_open(a, &alone, text, &s, &e);
    if (code == MR_E_NOMEM) return MR_FAIL(err, MR_E_NOMEM, "no memory to open an endorsement", MR_NOWHERE);
    if (code != MR_OK) {
        bool unknown = code == MR_E_UNSUPPORTED;
        set_step(ret, unknown ? MR_UNCHECKED : MR_FAILED, unknown ? "format.algorithm" : "endorsement.form",
                 MR_STR_EMPTY);
        return MR_OK;
    }
    if (s.payload) read_words(ret, s.payload);
    judge(ret, &s, subject, o->now);
    ret->step.detail = mr_arena_dup(a, ret->step.detail);
    mr_secured_done(&s);
    return MR_OK;
}

int mr_endorsements_open(mr_arena *a, const struct mr_opening *o, const mr_json *badge, struct mr_endorsement *ret,
                         size_t *ret_count, size_t *ret_more, struct mr_err *err)
{
    static const char *const members[] = {"endorsement", "endorsementJwt"};
    *ret_count = *ret_more = 0;
    for (int k = 0; k < MR_ENDORSED_KINDS; k++) {
        const mr_json *node = mr_each_first(endorsed_node(badge, (mr_endorsed)k));
        for (size_t m = 0; m < 2; m++) {
            MR_EACH(v, mr_json_get(node, members[m]))
            {
                if (*ret_count == MR_LIMIT_ENDORSEMENTS) {
                    ++*ret_more;
                    continue;
                }
                struct mr_endorsement *e = &ret[*ret_count];
                *e = (struct mr_endorsement){.of = (mr_endorsed)k};
                MR_TRY(open_one(a, o, v, id_of(node), e, err));
                ++*ret_count;
            }
        }
    }
    return MR_OK;
}

/* ---- telling ---- */

static void add(mr_arena *a, const mr_language *l, mr_view *view, const char *label, mr_str value)
{
    struct mr_view_answer *further = &view->answers[MR_ELEMENT_FURTHER];
    if (value.len == 0 || further->value_count == sizeof further->values / sizeof *further->values) return;
    further->values[further->value_count++] =
        mr_arena_concat(a, (const mr_str[]){mr_message(l, label), MR_STR(": "), value}, 3);
    further->answered = true;
}

void mr_endorsement_view(mr_arena *a, const mr_json *document, const mr_language *l, mr_view *view)
{
    view->is_endorsement = true;
    MR_EACH(subject, mr_json_get(document, "credentialSubject"))
    {
        add(a, l, view, "view.endorsed", id_of(subject));
        add(a, l, view, "view.endorsement", mr_str_trim(mr_json_get_str(subject, "endorsementComment")));
    }
}

/* ---- writing ---- */

static void put_types(mr_json_writer *w, const char *types)
{
    mr_json_put_name(w, "type");
    mr_json_put_raw(w, mr_str_of(types));
}

void mr_endorsement_write(const struct mr_endorsing *e, mr_buf *out)
{
    static const mr_str urn = MR_STR_INIT("urn:uuid:"), of = MR_STR_INIT("Endorsement: ");
    char id[sizeof "urn:uuid:" + sizeof e->id], now[21];
    MR_CLEANUP(mr_buf_done) mr_buf name;
    mr_json_writer w;
    mr_buf_init(&name, 64 * MR_KIB);
    mr_buf_put(&name, of);
    mr_buf_put(&name, e->title.len ? e->title : e->subject);
    memcpy(id, urn.ptr, urn.len);
    memcpy(id + urn.len, e->id, sizeof e->id);
    mr_time_write(e->now, now);
    mr_json_writer_init(&w, out, 0);
    mr_json_begin_object(&w);
    mr_json_put_name(&w, "@context");
    mr_json_put_raw(&w, MR_STR(MR_BADGE_CONTEXT));
    mr_json_put_member_c(&w, "id", id);
    put_types(&w, "[\"VerifiableCredential\",\"EndorsementCredential\"]");
    mr_json_put_member(&w, "name", mr_buf_str(&name));
    mr_json_put_name(&w, "issuer");
    mr_json_begin_object(&w);
    mr_json_put_member(&w, "id", e->issuer);
    put_types(&w, "[\"Profile\"]");
    mr_json_put_member_if(&w, "name", e->name);
    mr_json_end_object(&w);
    mr_json_put_member_c(&w, "validFrom", now);
    mr_json_put_name(&w, "credentialSubject");
    mr_json_begin_object(&w);
    mr_json_put_member(&w, "id", e->subject);
    put_types(&w, "[\"EndorsementSubject\"]");
    mr_json_put_member_if(&w, "endorsementComment", e->comment);
    mr_json_end_object(&w);
    mr_json_put_name(&w, "proof");
    mr_json_put_raw(&w, MR_STR("[]"));
    mr_json_end_object(&w);
}
