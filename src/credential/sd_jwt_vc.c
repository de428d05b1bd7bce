/* SD-JWT VCs, written: an achievement as flat claims.
 *
 * Every claim of sd_jwt_claims.def has a function `put_` and its name, which writes the member or, when there is nothing to say, nothing. What a type demands
 * and was not written then is what its specification does not answer. Claims that are always disclosable make up the frame.
 *
 * Times are whole days: the second of issuing would tell which credentials of one learner belong together, and which learners sat in one batch
 * (SD-JWT VC section 8.1; Token Status List section 12.5). For the same reason `jti`, where a type demands it, is a random number.
 *
 * Sources: SD-JWT VC (draft 19) sections 2.2 and 2.5; HAIP 1.0 section 6.1 (x5c); RFC 7800 section 3.2 (cnf). */
#include "base/encoding.h"
#include "base/id.h"
#include "credential/elm_template.h"
#include "credential/sd_jwt_vc_inside.h"
#include "credential/status.h"
#include "credential/wording.h"

struct writing {
    mr_vct type;
    const struct mr_sd_jwt_vc_issuing *i;
    const mr_specification *s;
    const mr_achievement *achievement;
    const mr_env *env;
    mr_arena *a;
    const mr_language *l; /* for our own words */
    mr_str language;      /* of the texts */
    mr_json_writer w;
    const char *list; /* the claim whose list is open, or NULL */
    int code;         /* of the first failure */
    struct mr_err *err;
};

/* ---- pieces ---- */

static mr_str text_of(const struct writing *w, mr_texts texts)
{
    return mr_texts_get(texts, w->language, NULL);
}

/* Lists open with their first text: item, item, end. */
static void put_item(struct writing *w, const char *name, mr_str text)
{
    if (text.len == 0) return;
    if (!w->list) {
        mr_json_put_name(&w->w, name);
        mr_json_begin_array(&w->w);
        w->list = name;
    }
    mr_json_put_str(&w->w, text);
}

static void end_list(struct writing *w)
{
    if (w->list) mr_json_end_array(&w->w);
    w->list = NULL;
}

static mr_str say_day(struct writing *w, mr_date day)
{
    char text[11];
    if (!mr_date_is_set(day)) return MR_STR_EMPTY;
    mr_date_write(day, text);
    return mr_arena_dup(w->a, mr_str_of(text));
}

/* Why an element does not apply is an answer (DESIGN section 5.1). */
static mr_str say_reason(struct writing *w, mr_texts reason)
{
    mr_str text = text_of(w, reason);
    return text.len ? MR_SAY(w->a, w->l, "view.does_not_apply", {"reason", text}) : text;
}

/* ---- the token ---- */

static void put_vct(struct writing *w, const char *name)
{
    mr_json_put_member_c(&w->w, name, w->type == MR_VCT_IS_EU_LEARNING ? MR_VCT_EU_LEARNING : MR_VCT_MICRO_CREDENTIAL);
}

static void put_jti(struct writing *w, const char *name)
{
    char id[37];
    mr_id_random(w->env, id);
    mr_json_put_member_c(&w->w, name, id);
}

/* Without a URL: the name of the certificate by its digest, as in our VC 2.0 (elm.h), where a type demands a name. */
static void put_iss(struct writing *w, const char *name)
{
    if (w->i->iss.len || w->type != MR_VCT_IS_EU_LEARNING) {
        mr_json_put_member_if(&w->w, name, w->i->iss);
        return;
    }
    mr_json_put_name(&w->w, name);
    mr_json_put_raw(&w->w, MR_STR("\"" MR_ELM_ISSUER_ID));
    mr_base64url_put(w->w.out, mr_str_make((const char *)mr_certificate_sha256(w->i->certificate), 32));
    mr_buf_putc(w->w.out, '"');
}

/* The day began before a seal that was made on it, and nobody seals before that: then it is the seal's time, the same for all of that day. */
static void put_iat(struct writing *w, const char *name)
{
    int64_t day = w->i->now / MR_DAY_MS * MR_DAY_MS, made = mr_certificate_not_before(w->i->certificate);
    mr_json_put_number(&w->w, name, (day > made ? day : made) / 1000);
}

/* What ends first: the achievement, or the token. A type that demands an end gets that of the seal's certificate, after which wallets
 * refuse it anyhow. */
static int64_t end_of(const struct writing *w)
{
    int64_t end = mr_achievement_valid_until(w->achievement, w->s, w->i->now), token = w->i->expires;
    if (end == MR_TIME_NONE || (token != MR_TIME_NONE && token < end)) end = token;
    if (end == MR_TIME_NONE && w->type == MR_VCT_IS_EU_LEARNING)
        end = mr_certificate_not_after(w->i->certificate) / MR_DAY_MS * MR_DAY_MS;
    return end;
}

/* The first day on which it counts no more. */
static void put_exp(struct writing *w, const char *name)
{
    int64_t end = end_of(w);
    if (end == MR_TIME_NONE) return;
    mr_json_put_number(&w->w, name, (end / MR_DAY_MS + (end % MR_DAY_MS > 0)) * MR_DAY_MS / 1000);
}

static void put_cnf(struct writing *w, const char *name)
{
    if (!w->i->holder) return;
    mr_json_put_name(&w->w, name);
    mr_json_begin_object(&w->w);
    mr_json_put_name(&w->w, "jwk");
    mr_json_put_raw(&w->w, MR_STR_EMPTY); /* the key follows */
    if (w->code == MR_OK) w->code = mr_key_write_jwk(w->i->holder, w->w.out, w->err);
    mr_json_end_object(&w->w);
}

static void put_status(struct writing *w)
{
    if (w->i->status_base.len == 0) return;
    mr_json_put_name(&w->w, "status");
    mr_status_put_token_status(&w->w, w->i->status_base, w->i->status_index);
}

static void put_language_of_texts(struct writing *w, const char *name)
{
    mr_json_put_member_if(&w->w, name, w->language);
}

/* ---- who ---- */

static void put_name(struct writing *w, const char *name)
{
    mr_json_put_member_if(&w->w, name, w->achievement->learner.full_name);
}

/* The Commission's type knows no other name: the whole one stands in where the parts are not known. */
static void put_family_name(struct writing *w, const char *name)
{
    const mr_learner *l = &w->achievement->learner;
    bool whole = l->family_name.len == 0 && w->type == MR_VCT_IS_EU_LEARNING;
    mr_json_put_member_if(&w->w, name, whole ? l->full_name : l->family_name);
}

static void put_given_name(struct writing *w, const char *name)
{
    const mr_learner *l = &w->achievement->learner;
    bool is_in_whole = l->family_name.len == 0 && w->type == MR_VCT_IS_EU_LEARNING;
    mr_json_put_member_if(&w->w, name, is_in_whole ? MR_STR_EMPTY : l->given_name);
}

static void put_birthdate(struct writing *w, const char *name)
{
    mr_json_put_member_if(&w->w, name, say_day(w, w->achievement->learner.birth_date));
}

static void put_learner_identification(struct writing *w, const char *name)
{
    mr_json_put_member_if(&w->w, name, mr_str_of(w->achievement->id));
}

static void put_issuing_authority(struct writing *w, const char *name)
{
    mr_json_put_member_if(&w->w, name, mr_certificate_subject(w->i->certificate)->organisation);
}

static void put_issuing_country(struct writing *w, const char *name)
{
    mr_json_put_member_if(&w->w, name, mr_certificate_subject(w->i->certificate)->country);
}

static mr_str body_name(const struct writing *w, size_t i)
{
    return text_of(w, w->s->awarding_bodies[i].name);
}

static void put_awarding_bodies(struct writing *w, const char *name)
{
    for (size_t i = 0; i < w->s->awarding_body_count; i++) put_item(w, name, body_name(w, i));
    end_list(w);
}

/* Sealed by another party than those who award (DESIGN section 5.5): every recipient must see it. */
static void put_issued_on_behalf_of(struct writing *w, const char *name)
{
    mr_str bodies = MR_STR_EMPTY;
    if (mr_elm_issuer_awards(w->s, w->i->certificate)) return;
    for (size_t i = 0; i < w->s->awarding_body_count; i++) bodies = mr_wording_join(w->a, bodies, body_name(w, i));
    mr_json_put_member_if(&w->w, name, bodies);
}

/* ---- when and where ---- */

static void put_date_of_issuance(struct writing *w, const char *name)
{
    mr_date awarded = w->achievement->awarded_on;
    mr_json_put_member_if(&w->w, name, say_day(w, mr_date_is_set(awarded) ? awarded : mr_date_of_time(w->i->now)));
}

/* Of the achievement; a token may end without it. */
static void put_date_of_expiry(struct writing *w, const char *name)
{
    mr_json_put_member_if(&w->w, name,
                          say_day(w, mr_date_of_time(mr_achievement_valid_until(w->achievement, w->s, w->i->now))));
}

static void put_place_of_awarding(struct writing *w, const char *name)
{
    mr_json_put_member_if(&w->w, name, w->achievement->place);
}

/* ---- what ---- */

static void put_achievement_title(struct writing *w, const char *name)
{
    mr_json_put_member_if(&w->w, name, text_of(w, w->s->title));
}

static void put_achievement_description(struct writing *w, const char *name)
{
    mr_json_put_member_if(&w->w, name, text_of(w, w->s->description));
}

static void put_learning_outcomes(struct writing *w, const char *name)
{
    for (size_t i = 0; i < w->s->outcome_count; i++) put_item(w, name, text_of(w, w->s->outcomes[i].title));
    end_list(w);
}

static void put_expected_study_time(struct writing *w, const char *name)
{
    mr_str workload = mr_wording_workload(w->a, w->l, w->s->ects_hundredths, w->s->workload_minutes);
    mr_json_put_member_if(&w->w, name, mr_wording_join(w->a, workload, text_of(w, w->s->workload_other)));
}

/* Credit awarded, which is another thing than the workload (DESIGN section 5.2). */
static void put_ects_credits(struct writing *w, const char *name)
{
    int64_t credit = w->achievement->ects_awarded > 0 ? w->achievement->ects_awarded : w->s->ects_hundredths;
    char points[24];
    if (credit <= 0) return;
    mr_elm_write_points(credit, points);
    mr_json_put_name(&w->w, name);
    mr_json_put_raw(&w->w, mr_str_of(points));
}

static void put_level_of_learning_experience(struct writing *w, const char *name)
{
    uint64_t level;
    if (w->s->eqf && mr_str_to_u64(mr_str_of(w->s->eqf->code), &level)) mr_json_put_number(&w->w, name, (int64_t)level);
}

/* What the number does not say: its basis, the national framework, the cycle, or why there is none. */
static void put_level_statements(struct writing *w, const char *name)
{
    const mr_specification *s = w->s;
    if (s->eqf && s->level_basis != MR_LEVEL_NOT_SAID)
        put_item(w, name,
                 mr_elm_label(s->level_basis == MR_LEVEL_DECLARED ? MR_ELM_BASIS_DECLARED : MR_ELM_BASIS_REFERENCED,
                              w->language));
    if (s->nqf) {
        put_item(w, name, mr_concept_label(s->nqf, w->language));
        put_item(w, name, mr_wording_join(w->a, s->nqf_authority, say_day(w, s->nqf_since)));
    }
    put_item(w, name, text_of(w, s->cycle));
    put_item(w, name, say_reason(w, s->level_reason));
    end_list(w);
}

static void put_types_of_assessment(struct writing *w, const char *name)
{
    for (size_t i = 0; i < w->s->assessment_count; i++) {
        const struct mr_assessment *a = &w->s->assessments[i];
        put_item(w, name,
                 mr_wording_with_type(w->a, text_of(w, a->title),
                                      a->type ? mr_concept_label(a->type, w->language) : MR_STR_EMPTY));
    }
    end_list(w);
}

static void put_forms_of_participation(struct writing *w, const char *name)
{
    for (size_t i = 0; i < w->s->mode_count; i++) put_item(w, name, mr_concept_label(w->s->modes[i], w->language));
    put_item(w, name, say_reason(w, w->s->participation_reason));
    end_list(w);
}

static void put_language_of_classes(struct writing *w, const char *name)
{
    for (size_t i = 0; i < w->s->language_count; i++) put_item(w, name, mr_str_of(w->s->languages[i]->code));
    end_list(w);
}

/* "Institutional accreditation 2024 (Institutional accreditation), The Agency, with conditions, 123, until 2028-12-31" */
static mr_str say_quality(struct writing *w, const struct mr_quality *q)
{
    mr_str kind = mr_wording_quality(w->l, q->kind);
    if (w->type == MR_VCT_IS_EU_LEARNING) return kind; /* which asks for the type, and no more */
    mr_str said = mr_wording_with_type(w->a, text_of(w, q->title), kind);
    if (q->kind != MR_QUALITY_INTERNAL) said = mr_wording_join(w->a, said, text_of(w, q->by.name));
    if (q->conditional) said = mr_wording_join(w->a, said, mr_elm_label(MR_ELM_CONDITIONS, w->language));
    said = mr_wording_join(w->a, said, q->reference);
    if (!mr_date_is_set(q->valid_until)) return said;
    mr_str last = mr_say_date(w->a, w->l, q->valid_until);
    return mr_wording_join(w->a, said, MR_SAY(w->a, w->l, "view.until", {"date", last}));
}

static void put_types_of_quality_assurance(struct writing *w, const char *name)
{
    for (size_t i = 0; i < w->s->quality_count; i++) put_item(w, name, say_quality(w, &w->s->quality[i]));
    end_list(w);
}

static void put_prerequisites_to_enroll(struct writing *w, const char *name)
{
    put_item(w, name, text_of(w, w->s->prerequisites));
    end_list(w);
}

static void put_supervision(struct writing *w, const char *name)
{
    mr_supervision s = w->achievement->supervision;
    mr_json_put_member_if(&w->w, name,
                          mr_wording_supervision(w->l, s != MR_SUPERVISION_NOT_SAID ? s : w->s->supervision));
}

/* Nobody gets a credential who did not pass. */
static void put_assessment_grade(struct writing *w, const char *name)
{
    mr_str grade = w->achievement->grade;
    mr_json_put_member_if(&w->w, name, grade.len ? grade : mr_elm_label(MR_ELM_PASSED, w->language));
}

static void put_stackability(struct writing *w, const char *name)
{
    mr_json_put_member_if(&w->w, name, text_of(w, w->s->stackability));
}

static void put_integration_stackability_options(struct writing *w, const char *name)
{
    if (!mr_texts_are_set(w->s->stackability)) return;
    mr_json_put_flag(&w->w, name, true);
}

static void put_further_information(struct writing *w, const char *name)
{
    put_item(w, name, text_of(w, w->s->further));
    put_item(w, name, w->s->homepage);
    end_list(w);
}

/* ---- all of it ---- */

typedef void put_function(struct writing *w, const char *name);

static put_function *const eu_functions[] = {
#define MR_EU_CLAIM(name, kind, mandatory, sd) put_##name,
#include "credential/sd_jwt_claims.def"
};
static put_function *const own_functions[] = {
#define MR_OWN_CLAIM(name, kind, mandatory, sd) put_##name,
#include "credential/sd_jwt_claims.def"
};

static void write_claims(struct writing *w, const struct mr_claim *claims, size_t count)
{
    put_function *const *functions = w->type == MR_VCT_IS_EU_LEARNING ? eu_functions : own_functions;
    mr_json_begin_object(&w->w);
    for (size_t i = 0; i < count; i++) functions[i](w, claims[i].name);
    put_status(w);
    mr_json_end_object(&w->w);
}

/* What is always disclosable; an error for what is demanded and not there. A key of the holder is named when a wallet brings one: without it the
 * credential is as good as any file. */
static int make_frame(const struct mr_claim *claims, size_t count, const mr_json *written,
                      mr_str pointers[MR_CLAIMS_MOST], struct mr_sd_frame *ret, struct mr_err *err)
{
    *ret = (struct mr_sd_frame){.pointers = pointers};
    for (size_t i = 0; i < count; i++) {
        bool is_there = mr_json_get(written, claims[i].name) != NULL;
        if (!is_there && claims[i].mandatory && claims[i].kind != MR_CLAIM_KEY)
            return MR_FAIL_DETAIL(err, MR_E_UNSUPPORTED, "the type demands a claim that nothing answers", "%s",
                                  claims[i].name);
        if (is_there && claims[i].sd == MR_CLAIM_ALWAYS) pointers[ret->count++] = claims[i].pointer;
    }
    return MR_OK;
}

static int issue(struct writing *w, const mr_jose_signer *signer, mr_buf *out, struct mr_err *err)
{
    size_t count;
    const struct mr_claim *claims = mr_vct_claims(w->type, &count);
    const mr_json *written;
    mr_str pointers[MR_CLAIMS_MOST];
    struct mr_sd_frame frame;
    write_claims(w, claims, count);
    MR_TRY(w->code);
    if (mr_buf_failed(w->w.out)) return MR_FAIL(err, MR_E_LIMIT, "no room for the claims", MR_NOWHERE);
    MR_TRY(mr_json_parse(w->a, mr_buf_str(w->w.out), NULL, &written, err));
    MR_TRY(make_frame(claims, count, written, pointers, &frame, err));
    return mr_sd_jwt_issue(signer, written, &frame, w->env, w->a, out, err);
}

int mr_sd_jwt_vc_issue(const mr_jose_signer *signer, mr_vct type, const struct mr_sd_jwt_vc_issuing *i,
                       const mr_achievement *achievement, const mr_env *env, mr_arena *scratch, mr_buf *out,
                       struct mr_err *err)
{
    mr_buf text;
    mr_str language = mr_specification_primary_language(i->specification);
    const mr_language *l = mr_language_find(language);
    /* HAIP 1.0 section 6.1.1: wallets refuse it */
    if (mr_certificate_is_self_issued(i->certificate))
        return MR_FAIL(err, MR_E_CERTIFICATE, "the seal's certificate is self-issued, and wallets refuse that",
                       MR_NOWHERE);
    struct writing w = {.type = type,
                        .i = i,
                        .s = i->specification,
                        .achievement = achievement,
                        .env = env,
                        .a = scratch,
                        .l = l ? l : mr_language_english(),
                        .language = language,
                        .err = err};
    if (type == MR_VCT_NONE) return MR_FAIL(err, MR_E_UNSUPPORTED, "no such type of SD-JWT VC", MR_NOWHERE);
    mr_buf_init(&text, MR_LIMIT_DOCUMENT);
    mr_json_writer_init(&w.w, &text, 0);
    int code = issue(&w, signer, out, err);
    mr_buf_wipe(&text);
    return code;
}

int mr_sd_jwt_vc_signer_init(mr_jose_signer *s, mr_arena *a, const struct mr_seal_key *seal, struct mr_err *err)
{
    mr_certificate *chain[MR_SEAL_CHAIN_MOST];
    const struct mr_jose_header header = {
        .typ = "dc+sd-jwt", .chain = chain, .chain_count = mr_seal_key_chain(seal, chain)};
    return mr_jose_signer_init(s, a, seal->key, &header, err);
}
