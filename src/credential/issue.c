/* Issuing: from an achievement to sealed documents.
 *
 * Everything that is the same for a whole batch is made when it is opened: the documents with their holes, the protected header of vc+jwt. A page image
 * is drawn only when the first European Digital Credential asks for one, so that issuing without needs no drawing library. All memory of one
 * document is given back before the next, and the buffers are kept: a million credentials need what one does.
 *
 * Before the first learner's, a sample is written and read back as any verifier would read it: well-formed, and the eleven mandatory elements
 * answered. What a shape engine would find is found by the tests, with documents from the same templates. */
#include "credential/issue.h"

#include "base/id.h"
#include "base/limits.h"
#include "credential/elm.h"
#include "credential/elm_template.h"
#include "credential/open_badges.h"
#include "credential/page_image.h"
#include "credential/sd_jwt_vc.h"
#include "credential/view_vc.h"
#include "crypto/authority.h"
#include "json/pointer.h"
#include "proof/data_integrity.h"

/* A protected header never changes. */
enum signer { SIGNER_VC_JWT, SIGNER_VC_SD_JWT, SIGNER_DC_SD_JWT, SIGNER_BADGE, MR_SIGNERS };

struct mr_issuer {
    mr_arena arena;   /* of the batch; the issuer itself lies in it */
    mr_arena scratch; /* of one document */
    struct mr_issuing issuing;
    const mr_elm_template *edc, *vc2;
    const mr_elm_template *named; /* VC 2.0 whose issuer is a DID; made when first asked for */
    const mr_elm_template *badge; /* likewise */
    struct mr_issuing_key own;    /* did:key of the seal's key, where no other key was given */
    mr_jose_signer signers[MR_SIGNERS];
    bool badge_signer;     /* the last of them is ready */
    mr_contexts *contexts; /* opened when first asked for */
    mr_outlines *outlines; /* likewise */
    mr_page_image *page;
    mr_buf payload, image;
};

static const struct {
    mr_format format;
    const char *name, *ending;
} formats[MR_FORMAT_COUNT] = {{MR_FORMAT_ELM, "elm", ".jsonld"},
                              {MR_FORMAT_VC_JWT, "vc+jwt", ".jwt"},
                              {MR_FORMAT_VC_SD_JWT, "vc+sd-jwt", ".vc.sd-jwt"},
                              {MR_FORMAT_DATA_INTEGRITY, "data-integrity", ".vc.json"},
                              {MR_FORMAT_DC_SD_JWT, "dc+sd-jwt", ".sd-jwt"},
                              {MR_FORMAT_EU_LEARNING, "eu-learning", ".eu.sd-jwt"},
                              {MR_FORMAT_OPEN_BADGES, "open-badges", ".badge.json"},
                              {MR_FORMAT_OPEN_BADGES_JWT, "open-badges+jwt", ".badge.jwt"}};

/* A white page of 210 by 297 points: PNG, one bit a point. */
static const uint8_t blank_page[] = {
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00,
    0x00, 0xd2, 0x00, 0x00, 0x01, 0x29, 0x01, 0x00, 0x00, 0x00, 0x00, 0xce, 0xc0, 0x41, 0x81, 0x00, 0x00, 0x00,
    0x2f, 0x49, 0x44, 0x41, 0x54, 0x78, 0xda, 0xed, 0xc9, 0x41, 0x11, 0x00, 0x00, 0x0c, 0x02, 0x20, 0xfb, 0x97,
    0xd6, 0x04, 0xbb, 0x15, 0x80, 0x2f, 0xe9, 0x2d, 0xce, 0x39, 0xe7, 0x9c, 0x73, 0xce, 0x39, 0xe7, 0x9c, 0x73,
    0xce, 0x39, 0xe7, 0x9c, 0x73, 0xce, 0x39, 0xe7, 0x9c, 0x73, 0xcf, 0x0d, 0x27, 0xeb, 0x35, 0x7f, 0x4f, 0x0f,
    0x6f, 0x06, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};

mr_format mr_format_find(mr_str name)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (mr_str_is(name, formats[i].name)) return formats[i].format;
    }
    return (mr_format)0;
}

mr_format mr_format_at(size_t index)
{
    return index < MR_FORMAT_COUNT ? formats[index].format : (mr_format)0;
}

const char *mr_format_name(mr_format f)
{
    for (size_t i = 0; i < MR_FORMAT_COUNT; i++) {
        if (f == formats[i].format) return formats[i].name;
    }
    return "";
}

const char *mr_format_ending(mr_format f)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (f == formats[i].format) return formats[i].ending;
    }
    return "";
}

/* --- opening ------------------------------------------------------------------------------------------------------ */

static int check_seal_now(const mr_certificate *c, int64_t now, struct mr_err *err)
{
    if (now < mr_certificate_not_before(c))
        return MR_FAIL(err, MR_E_CERTIFICATE, "the seal's certificate is not valid yet", MR_NOWHERE);
    if (now > mr_certificate_not_after(c))
        return MR_FAIL(err, MR_E_CERTIFICATE, "the seal's certificate has expired", MR_NOWHERE);
    return MR_OK;
}

/* A credential sealed by another party says that the awarding body gave a mandate; nobody but the caller can know that. */
static int check_mandate(const struct mr_issuing *issuing, struct mr_err *err)
{
    const mr_certificate *c = issuing->seal->certificate;
    bool own = mr_elm_issuer_awards(issuing->specification, c);
    if (own && issuing->mandate_document)
        return MR_FAIL(err, MR_E_USAGE, "the seal is the awarding body's own, so there is no mandate to enclose",
                       MR_NOWHERE);
    if (issuing->mandate || own) return MR_OK;
    mr_str owner = mr_certificate_subject(c)->organisation;
    return MR_FAIL_DETAIL(err, MR_E_CERTIFICATE,
                          "the seal belongs to another party than the awarding body, and no mandate was named", "%.*s",
                          MR_STR_ARG(owner));
}

static int check_specification(struct mr_issuer *i, struct mr_err *err)
{
    struct mr_findings findings;
    mr_findings_init(&findings, &i->scratch);
    mr_annex_check(i->issuing.specification, &findings);
    for (size_t n = 0; n < findings.count; n++) {
        const struct mr_finding *f = &findings.items[n];
        if (!f->warning)
            return MR_FAIL_DETAIL(err, MR_E_SPECIFICATION, "the specification is not complete", "%s", f->element);
    }
    return MR_OK;
}

/* By the identifier's key where there is one, else by the seal. */
static int prepare_signer(struct mr_issuer *i, enum signer which, const char *typ, struct mr_err *err)
{
    mr_certificate *chain[MR_SEAL_CHAIN_MOST];
    const struct mr_issuing_key *key = i->issuing.key;
    struct mr_jose_header header = {.typ = typ, .cty = "vc", .chain = chain};
    if (key)
        header.kid = key->kid;
    else
        header.chain_count = mr_seal_key_chain(i->issuing.seal, chain);
    return mr_jose_signer_init(&i->signers[which], &i->arena, key ? key->key : i->issuing.seal->key, &header, err);
}

static int prepare_signers(struct mr_issuer *i, struct mr_err *err)
{
    MR_TRY(prepare_signer(i, SIGNER_VC_JWT, "vc+jwt", err));
    MR_TRY(prepare_signer(i, SIGNER_VC_SD_JWT, "vc+sd-jwt", err));
    return mr_sd_jwt_vc_signer_init(&i->signers[SIGNER_DC_SD_JWT], &i->arena, i->issuing.seal, err);
}

static int prepare_documents(struct mr_issuer *i, struct mr_err *err)
{
    const struct mr_elm_issuing elm = {.specification = i->issuing.specification,
                                       .certificate = i->issuing.seal->certificate,
                                       .now = mr_env_now(i->issuing.env),
                                       .mandate = i->issuing.mandate_document,
                                       .issuer_id = i->issuing.key ? i->issuing.key->issuer : MR_STR_EMPTY};
    MR_TRY(mr_elm_prepare(&i->arena, &elm, MR_ELM_EDC, &i->edc, err));
    return mr_elm_prepare(&i->arena, &elm, MR_ELM_VC2, &i->vc2, err);
}

static int check_answered(const mr_view *view, struct mr_err *err)
{
    for (mr_element e = 0; e < MR_ELEMENT_COUNT; e++) {
        const struct mr_element_info *info = mr_element_info(e);
        if (info->mandatory && !view->answers[e].answered)
            return MR_FAIL_DETAIL(err, MR_E_SPECIFICATION, "the sample leaves a mandatory element unanswered", "%s",
                                  info->code);
    }
    return MR_OK;
}

static int check_read_back(struct mr_issuer *i, mr_elm_kind wanted, struct mr_err *err)
{
    const mr_json *document;
    mr_elm_kind kind;
    mr_view view;
    MR_TRY(mr_json_parse(&i->scratch, mr_buf_str(&i->payload), NULL, &document, err));
    MR_TRY(mr_elm_check_format(document, &kind, err));
    if (kind != wanted) return MR_FAIL(err, MR_E_FORMAT, "the sample is of another kind than was written", MR_NOWHERE);
    MR_TRY(mr_view_read(&i->scratch, document, mr_language_english(), &view, err));
    return check_answered(&view, err);
}

static mr_achievement a_sample(int64_t now)
{
    return (mr_achievement){.id = "00000000-0000-4000-8000-000000000000",
                            .learner = {.full_name = MR_STR("Sample Learner"),
                                        .given_name = MR_STR("Sample"),
                                        .family_name = MR_STR("Learner"),
                                        .birth_date = {2000, 1, 31}},
                            .awarded_on = mr_date_of_time(now)};
}

static int check_sample(struct mr_issuer *i, struct mr_err *err)
{
    int64_t now = mr_env_now(i->issuing.env);
    const mr_achievement sample = a_sample(now);
    const mr_str page = {(const char *)blank_page, sizeof blank_page};
    MR_TRY(mr_elm_fill(i->edc, &sample, now, page, &i->payload, err));
    MR_TRY(check_read_back(i, MR_ELM_EDC, err));
    mr_buf_clear(&i->payload);
    mr_arena_reset(&i->scratch);
    MR_TRY(mr_elm_fill(i->vc2, &sample, now, MR_STR_EMPTY, &i->payload, err));
    return check_read_back(i, MR_ELM_VC2, err);
}

static int prepare(struct mr_issuer *i, struct mr_err *err)
{
    const mr_certificate *certificate = i->issuing.seal->certificate;
    const char *why = NULL;
    MR_TRY(check_seal_now(certificate, mr_env_now(i->issuing.env), err));
    if (!mr_certificate_may_seal(certificate, &why)) return MR_FAIL(err, MR_E_CERTIFICATE, why, MR_NOWHERE);
    MR_TRY(check_specification(i, err));
    MR_TRY(check_mandate(&i->issuing, err));
    MR_TRY(prepare_documents(i, err));
    MR_TRY(prepare_signers(i, err));
    return check_sample(i, err);
}

int mr_issuer_open(const struct mr_issuing *issuing, mr_issuer **ret, struct mr_err *err)
{
    mr_arena arena;
    mr_arena_init(&arena, MR_LIMIT_DOCUMENT_MEMORY);
    struct mr_issuer *i = MR_NEW(&arena, struct mr_issuer);
    if (!i) {
        mr_arena_done(&arena);
        return MR_FAIL(err, MR_E_NOMEM, "no memory to issue", MR_NOWHERE);
    }
    i->arena = arena;
    i->issuing = *issuing;
    mr_arena_init(&i->scratch, MR_LIMIT_DOCUMENT_MEMORY);
    mr_buf_init(&i->payload, MR_LIMIT_DOCUMENT);
    mr_buf_init(&i->image, MR_LIMIT_DOCUMENT);
    int code = prepare(i, err);
    if (code != MR_OK) {
        mr_issuer_close(i);
        return code;
    }
    *ret = i;
    return MR_OK;
}

void mr_issuer_close(mr_issuer *i)
{
    if (!i) return;
    if (i->page) mr_page_image_close(i->page);
    mr_outlines_close(i->outlines);
    mr_contexts_close(i->contexts);
    mr_buf_wipe(&i->payload);
    mr_buf_done(&i->image);
    mr_arena_done(&i->scratch);
    mr_arena arena = i->arena;
    mr_arena_done(&arena);
}

/* --- issuing ------------------------------------------------------------------------------------------------------ */

static int draw_page(mr_issuer *i, const mr_achievement *achievement, mr_str *ret, struct mr_err *err)
{
    *ret = (mr_str){(const char *)blank_page, sizeof blank_page};
    if (!i->issuing.page_image) return MR_OK;
    if (!i->page) {
        const mr_language *l = mr_language_find(mr_specification_primary_language(i->issuing.specification));
        bool is_test = i->issuing.seal->is_test || mr_certificate_is_test(i->issuing.seal->certificate);
        MR_TRY(mr_page_image_open(i->issuing.specification, l ? l : mr_language_english(), i->issuing.verify_url,
                                  is_test, &i->page, err));
    }
    mr_buf_clear(&i->image);
    MR_TRY(mr_page_image_draw(i->page, achievement, &i->image, err));
    *ret = mr_buf_str(&i->image);
    return MR_OK;
}

static int issue_elm(mr_issuer *i, const mr_achievement *achievement, int64_t now, mr_buf *out, struct mr_err *err)
{
    const struct mr_jades_sealing sealing = {.seal = i->issuing.seal,
                                             .now = now,
                                             .timestamp = i->issuing.timestamp,
                                             .timestamp_self = i->issuing.timestamp_self,
                                             .level = i->issuing.level,
                                             .content_time = i->issuing.content_time,
                                             .evidence = i->issuing.evidence,
                                             .anchors = i->issuing.anchors,
                                             .anchor_count = i->issuing.anchor_count};
    mr_str page;
    MR_TRY(draw_page(i, achievement, &page, err));
    MR_TRY(mr_elm_fill(i->edc, achievement, now, page, &i->payload, err));
    return mr_jades_seal(&sealing, mr_buf_str(&i->payload), &i->scratch, out, err);
}

static int issue_vc_jwt(mr_issuer *i, const mr_achievement *achievement, int64_t now, mr_buf *out, struct mr_err *err)
{
    MR_TRY(check_seal_now(i->issuing.seal->certificate, now, err));
    MR_TRY(mr_elm_fill(i->vc2, achievement, now, MR_STR_EMPTY, &i->payload, err));
    return mr_jose_sign(&i->signers[SIGNER_VC_JWT], mr_buf_str(&i->payload), &i->scratch, out, err);
}

/* What a learner may hold back of a VC 2.0: who she is beyond its subject, and how well she did. */
static const char *const disclosable[] = {"/credentialSubject/dateOfBirth", "/credentialSubject/fullName",
                                          "/credentialSubject/givenName", "/credentialSubject/familyName",
                                          "/credentialSubject/hasClaim/0/provenBy/0/grade"};

static int issue_vc_sd_jwt(mr_issuer *i, const mr_achievement *achievement, int64_t now, mr_buf *out,
                           struct mr_err *err)
{
    const mr_json *document = NULL;
    mr_str pointers[sizeof disclosable / sizeof *disclosable];
    struct mr_sd_frame frame = {.pointers = pointers};
    MR_TRY(check_seal_now(i->issuing.seal->certificate, now, err));
    MR_TRY(mr_elm_fill(i->vc2, achievement, now, MR_STR_EMPTY, &i->payload, err));
    MR_TRY(mr_json_parse(&i->scratch, mr_buf_str(&i->payload), NULL, &document, err));
    for (size_t n = 0; n < sizeof disclosable / sizeof *disclosable; n++) {
        mr_str pointer = mr_str_of(disclosable[n]);
        if (mr_json_find(document, pointer)) pointers[frame.count++] = pointer;
    }
    return mr_sd_jwt_issue(&i->signers[SIGNER_VC_SD_JWT], document, &frame, i->issuing.env, &i->scratch, out, err);
}

static mr_str name_key(mr_issuer *i, const mr_key *key)
{
    MR_CLEANUP(mr_buf_done) mr_buf did;
    mr_buf_init(&did, 4 * MR_KIB);
    mr_did_key_put(key, &did);
    return mr_arena_dup(&i->arena, mr_buf_str(&did));
}

/* The seal's own key under did:key: such a proof has no place for a certificate. */
static int name_own_key(mr_issuer *i, struct mr_err *err)
{
    mr_str name = name_key(i, i->issuing.seal->key), key = mr_str_from(name, strlen("did:key:"));
    mr_str method = mr_arena_format(&i->arena, "%.*s#%.*s", MR_STR_ARG(name), MR_STR_ARG(key));
    i->own = (struct mr_issuing_key){i->issuing.seal->key, name, method, method};
    if (!name.len || !i->own.method.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory to name a key", MR_NOWHERE);
    return MR_OK;
}

static int prepare_integrity(mr_issuer *i, const struct mr_issuing_key **ret, struct mr_err *err)
{
    if (!i->contexts) MR_TRY(mr_contexts_open(&i->contexts, err));
    if (!i->outlines) MR_TRY(mr_outlines_open(&i->arena, &i->outlines, err));
    if (!i->issuing.key && !i->own.key) MR_TRY(name_own_key(i, err));
    *ret = i->issuing.key ? i->issuing.key : &i->own;
    if (!mr_cryptosuite_of_key((*ret)->key))
        return MR_FAIL(err, MR_E_UNSUPPORTED,
                       "no cryptosuite signs with this kind of key; make one of Ed25519 or P-256", MR_NOWHERE);
    return MR_OK;
}

/* As check_sample, when the first badge is asked for. */
static int check_badge(mr_issuer *i, struct mr_err *err)
{
    int64_t now = mr_env_now(i->issuing.env);
    const mr_achievement sample = a_sample(now);
    const mr_json *document = NULL;
    mr_view view;
    MR_TRY(mr_elm_fill(i->badge, &sample, now, MR_STR_EMPTY, &i->payload, err));
    MR_TRY(mr_json_parse(&i->scratch, mr_buf_str(&i->payload), NULL, &document, err));
    MR_TRY(mr_view_read_vc(&i->scratch, document, mr_language_english(), &view, err));
    MR_TRY(check_answered(&view, err));
    mr_buf_clear(&i->payload);
    mr_arena_reset(&i->scratch);
    return MR_OK;
}

/* The VC 2.0 or the badge whose issuer is the key's identifier. */
static int prepare_named(mr_issuer *i, mr_format format, const struct mr_issuing_key *key, const mr_elm_template **ret,
                         struct mr_err *err)
{
    const struct mr_elm_issuing elm = {.specification = i->issuing.specification,
                                       .certificate = i->issuing.seal->certificate,
                                       .now = mr_env_now(i->issuing.env),
                                       .issuer_id = key->issuer};
    bool badge = format != MR_FORMAT_DATA_INTEGRITY;
    const mr_elm_template **kept = badge ? &i->badge : &i->named;
    if (!*kept && badge) {
        mr_str subject = i->issuing.holder ? name_key(i, i->issuing.holder) : MR_STR_EMPTY;
        MR_TRY(mr_open_badges_prepare(&i->arena, &elm, subject, kept, err));
        MR_TRY(check_badge(i, err));
    } else if (!*kept) {
        MR_TRY(mr_elm_prepare(&i->arena, &elm, MR_ELM_VC2, kept, err));
    }
    *ret = *kept;
    return MR_OK;
}

static int issue_integrity(mr_issuer *i, mr_format format, const mr_achievement *achievement, int64_t now, mr_buf *out,
                           struct mr_err *err)
{
    const struct mr_issuing_key *key = NULL;
    const mr_elm_template *t = NULL;
    const mr_json *document = NULL;
    MR_TRY(check_seal_now(i->issuing.seal->certificate, now, err));
    MR_TRY(prepare_integrity(i, &key, err));
    MR_TRY(prepare_named(i, format, key, &t, err));
    MR_TRY(mr_elm_fill(t, achievement, now, MR_STR_EMPTY, &i->payload, err));
    MR_TRY(mr_json_parse(&i->scratch, mr_buf_str(&i->payload), NULL, &document, err));
    const struct mr_proof_options options = {.suite = mr_cryptosuite_of_key(key->key),
                                             .method = key->method,
                                             .purpose = MR_ASSERTION_METHOD,
                                             .created = now,
                                             .expires = MR_TIME_NONE,
                                             .outlines = i->outlines};
    return mr_data_integrity_sign(&i->scratch, i->contexts, mr_buf_str(&i->payload), document, key->key, &options, out,
                                  err);
}

/* Open Badges 3.0 section 8.2.4: the badge, and beside it the claims that say the same. Its proof is the token. */
static int write_badge_claims(mr_issuer *i, const struct mr_issuing_key *key, mr_str *ret, struct mr_err *err)
{
    static const mr_str proof = MR_STR_INIT(",\"proof\":[]}");
    static const struct {
        const char *member, *claim;
    } times[] = {{"validFrom", "nbf"}, {"validUntil", "exp"}};
    const mr_json *document = NULL;
    mr_json_writer w;
    MR_TRY(mr_json_parse(&i->scratch, mr_arena_dup(&i->scratch, mr_buf_str(&i->payload)), NULL, &document, err));
    i->payload.len -= proof.len;
    mr_json_writer_continue(&w, &i->payload);
    mr_json_put_member(&w, "iss", key->issuer);
    mr_json_put_member(&w, "jti", mr_json_get_str(document, "id"));
    mr_str subject = mr_json_get_str(mr_json_get(document, "credentialSubject"), "id");
    if (subject.len) mr_json_put_member(&w, "sub", subject);
    for (size_t n = 0; n < 2; n++) {
        mr_str text = mr_json_get_str(document, times[n].member);
        int64_t time;
        if (text.len == 0) continue;
        MR_TRY(mr_time_parse(text, &time, err));
        mr_json_put_number(&w, times[n].claim, time / 1000);
    }
    mr_json_end_object(&w);
    *ret = mr_buf_str(&i->payload);
    return MR_OK;
}

static int issue_badge_jwt(mr_issuer *i, const mr_achievement *achievement, int64_t now, mr_buf *out,
                           struct mr_err *err)
{
    const struct mr_issuing_key *key = NULL;
    const mr_elm_template *t = NULL;
    mr_str claims;
    MR_TRY(check_seal_now(i->issuing.seal->certificate, now, err));
    MR_TRY(prepare_integrity(i, &key, err));
    MR_TRY(prepare_named(i, MR_FORMAT_OPEN_BADGES_JWT, key, &t, err));
    if (!i->badge_signer) {
        const struct mr_jose_header header = {.typ = "JWT", .kid = key->kid};
        MR_TRY(mr_jose_signer_init(&i->signers[SIGNER_BADGE], &i->arena, key->key, &header, err));
        i->badge_signer = true;
    }
    MR_TRY(mr_elm_fill(t, achievement, now, MR_STR_EMPTY, &i->payload, err));
    MR_TRY(write_badge_claims(i, key, &claims, err));
    return mr_jose_sign(&i->signers[SIGNER_BADGE], claims, &i->scratch, out, err);
}

static int issue_sd_jwt_vc(mr_issuer *i, mr_vct type, const mr_achievement *achievement, int64_t now, mr_buf *out,
                           struct mr_err *err)
{
    const mr_certificate *seal = i->issuing.seal->certificate;
    const struct mr_sd_jwt_vc_issuing issuing = {.specification = i->issuing.specification,
                                                 .certificate = i->issuing.seal->certificate,
                                                 .status_base = achievement->status_list,
                                                 .status_index = achievement->status_index,
                                                 .holder = i->issuing.holder,
                                                 .now = now,
                                                 .expires = MR_TIME_NONE};
    MR_TRY(check_seal_now(seal, now, err));
    return mr_sd_jwt_vc_issue(&i->signers[SIGNER_DC_SD_JWT], type, &issuing, achievement, i->issuing.env, &i->scratch,
                              out, err);
}

int mr_issue(mr_issuer *i, mr_achievement *achievement, mr_format format, mr_buf *out, struct mr_err *err)
{
    int64_t now = mr_env_now(i->issuing.env);
    if (achievement->id[0] == '\0') mr_id_new(i->issuing.env, achievement->id);
    mr_buf_clear(&i->payload);
    mr_arena_reset(&i->scratch);
    switch (format) {
    case MR_FORMAT_ELM: return issue_elm(i, achievement, now, out, err);
    case MR_FORMAT_VC_JWT: return issue_vc_jwt(i, achievement, now, out, err);
    case MR_FORMAT_VC_SD_JWT: return issue_vc_sd_jwt(i, achievement, now, out, err);
    case MR_FORMAT_DATA_INTEGRITY:
    case MR_FORMAT_OPEN_BADGES: return issue_integrity(i, format, achievement, now, out, err);
    case MR_FORMAT_OPEN_BADGES_JWT: return issue_badge_jwt(i, achievement, now, out, err);
    case MR_FORMAT_DC_SD_JWT: return issue_sd_jwt_vc(i, MR_VCT_IS_MICRO_CREDENTIAL, achievement, now, out, err);
    case MR_FORMAT_EU_LEARNING: return issue_sd_jwt_vc(i, MR_VCT_IS_EU_LEARNING, achievement, now, out, err);
    }
    return MR_FAIL(err, MR_E_USAGE, "no such format", MR_NOWHERE);
}
