#include "service/draft_preview.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "credential/elm.h"
#include "credential/page_image.h"
#include "crypto/authority.h"
#include "json/write.h"
#include "proof/sd_jwt.h"
#include "service/installation.h"

static mr_achievement invented(int64_t now)
{
    return (mr_achievement){.id = "00000000-0000-4000-8000-000000000000",
                            .learner = {.full_name = MR_STR("Åse Example"),
                                        .given_name = MR_STR("Åse"),
                                        .family_name = MR_STR("Example"),
                                        .birth_date = {2000, 1, 31}},
                            .awarded_on = mr_date_of_time(now)};
}

static void page_cleanup(mr_page_image **p)
{
    if (*p) mr_page_image_close(*p);
}

int mr_draft_draw(mr_service *s, const mr_specification *specification, mr_buf *out, struct mr_err *err)
{
    MR_CLEANUP(page_cleanup) mr_page_image *page = NULL;
    const mr_achievement achievement = invented(mr_env_now(s->env));
    const mr_language *l = mr_language_find(mr_specification_primary_language(specification));
    if (!mr_texts_are_set(specification->title))
        return MR_FAIL(err, MR_E_SPECIFICATION, "it has no title yet", MR_NOWHERE);
    MR_TRY(mr_page_image_open(specification, l ? l : mr_language_english(), s->verify_url, true, &page, err));
    return mr_page_image_draw(page, &achievement, out, err);
}

/* ---- a seal for one sample ---- */

static void authority_cleanup(struct mr_authority *a)
{
    mr_authority_done(a);
}
static void seal_cleanup(struct mr_seal_key *s)
{
    mr_seal_key_done(s);
}
static void issuer_cleanup(mr_issuer **i)
{
    mr_issuer_close(*i);
}

static int make_seal(mr_service *s, mr_arena *a, const mr_specification *specification, struct mr_seal_key *ret,
                     struct mr_err *err)
{
    MR_CLEANUP(authority_cleanup) struct mr_authority authority = {0};
    const mr_organisation *provider = &specification->provider;
    mr_str name = mr_texts_get(provider->name, mr_specification_primary_language(specification), NULL);
    mr_str country = provider->country ? mr_str_of(provider->country->code) : MR_STR("EU");
    const struct mr_seal_subject subject = {
        .organisation = name,
        .organisation_identifier =
            provider->eidas.len ? provider->eidas : mr_arena_format(a, "NTR%.*s-TEST", MR_STR_ARG(country)),
        .country = country,
        .common_name = MR_STR("TEST SEAL of a sample"),
    };
    MR_TRY(mr_authority_new(s->env, &authority, err));
    return mr_authority_issue_seal(&authority, s->env, &subject, MR_KEY_P256, ret, err);
}

/* ---- what is in it ---- */

/* The same value with its page image cut short: forty thousand letters that say nothing. */
static void put_readable(mr_json_writer *w, const mr_json *v)
{
    switch ((mr_json_type)v->type) {
    case MR_JSON_OBJECT:
        mr_json_begin_object(w);
        MR_JSON_EACH_MEMBER (name, v) {
            mr_json_put_name_str(w, mr_json_text(name));
            put_readable(w, name + 1);
        }
        mr_json_end_object(w);
        break;
    case MR_JSON_ARRAY:
        mr_json_begin_array(w);
        MR_JSON_EACH (element, v) put_readable(w, element);
        mr_json_end_array(w);
        break;
    case MR_JSON_STRING:
        if (v->len > 2 * MR_LIMIT_TEXT)
            mr_json_put_cstr(w, "...");
        else
            mr_json_put_value(w, v);
        break;
    case MR_JSON_NULL:
    case MR_JSON_FALSE:
    case MR_JSON_TRUE:
    case MR_JSON_NUMBER: mr_json_put_value(w, v); break;
    }
}

static int put_document(mr_arena *a, mr_str text, mr_buf *out, struct mr_err *err)
{
    const mr_json *root;
    mr_json_writer w;
    MR_TRY(mr_json_parse(a, text, NULL, &root, err));
    mr_json_writer_init(&w, out, 2);
    put_readable(&w, root);
    mr_buf_putc(out, '\n');
    return MR_OK;
}

static int put_payload(mr_arena *a, mr_str token, mr_buf *out, struct mr_err *err)
{
    mr_str header, middle = MR_STR_EMPTY, payload;
    mr_str_split(&token, '.', &header);
    mr_str_split(&token, '.', &middle);
    MR_TRY(mr_base64url_read(a, middle, &payload, err));
    return put_document(a, payload, out, err);
}

static int put_claims(mr_arena *a, mr_str token, mr_buf *out, struct mr_err *err)
{
    mr_sd_jwt *sd = MR_NEW(a, mr_sd_jwt);
    if (!sd) return MR_FAIL(err, MR_E_NOMEM, "no memory for the claims", MR_NOWHERE);
    MR_TRY(mr_sd_jwt_read(a, token, sd, err));
    int code = put_document(a, mr_arena_dup(a, sd->claims_text), out, err);
    mr_sd_jwt_done(sd);
    return code;
}

static int write_elm(const struct mr_issuing *issuing, mr_achievement *achievement, mr_arena *a, mr_buf *out,
                     struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    const struct mr_elm_issuing i = {.specification = issuing->specification,
                                     .certificate = issuing->seal->certificate,
                                     .now = mr_env_now(issuing->env)};
    mr_buf_init(&text, MR_LIMIT_DOCUMENT);
    MR_TRY(mr_elm_write_edc(&i, achievement, MR_STR("..."), &text, err));
    return put_document(a, mr_arena_dup(a, mr_buf_str(&text)), out, err);
}

int mr_draft_sample(mr_service *s, mr_arena *a, const mr_specification *specification, mr_format format, mr_buf *out,
                    struct mr_err *err)
{
    MR_CLEANUP(seal_cleanup) struct mr_seal_key seal = {0};
    MR_CLEANUP(issuer_cleanup) mr_issuer *issuer = NULL;
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_achievement achievement = invented(mr_env_now(s->env));
    mr_buf_init(&text, MR_LIMIT_DOCUMENT);
    MR_TRY(make_seal(s, a, specification, &seal, err));
    const struct mr_issuing issuing = {.specification = specification,
                                       .seal = &seal,
                                       .env = s->env,
                                       .mandate = true,
                                       .verify_url = s->verify_url,
                                       .level = MR_JADES_B};
    if (format == MR_FORMAT_ELM) return write_elm(&issuing, &achievement, a, out, err);
    MR_TRY(mr_issuer_open(&issuing, &issuer, err));
    MR_TRY(mr_issue(issuer, &achievement, format, &text, err));
    mr_str written = mr_arena_dup(a, mr_buf_str(&text));
    switch (format) {
    case MR_FORMAT_VC_JWT:
    case MR_FORMAT_OPEN_BADGES_JWT: return put_payload(a, written, out, err);
    case MR_FORMAT_VC_SD_JWT:
    case MR_FORMAT_DC_SD_JWT:
    case MR_FORMAT_EU_LEARNING: return put_claims(a, written, out, err);
    case MR_FORMAT_ELM:
    case MR_FORMAT_DATA_INTEGRITY:
    case MR_FORMAT_OPEN_BADGES: break;
    }
    return put_document(a, written, out, err);
}
