/* Everything but JAdES: credentials with a Data Integrity proof, as tokens (JOSE), and as SD-JWTs. One door opens them (secured.h); what is inside is
 * told apart by what it says of itself: a micro-credential in the European Learning Model, an SD-JWT VC with flat claims, or any other credential of the
 * Verifiable Credentials Data Model, badges before all. */
#include "credential/verify_inside.h"

#include "credential/each.h"
#include "credential/sd_jwt_vc.h"
#include "credential/sniff.h"
#include "credential/vcdm.h"
#include "credential/view_vc.h"
#include "crypto/authority.h"

/* What people call it, and programs. */
static const char *const codes[] = {[MR_MECHANISM_NONE] = "",
                                    [MR_MECHANISM_DATA_INTEGRITY] = "data-integrity",
                                    [MR_MECHANISM_JOSE] = "vc+jwt",
                                    [MR_MECHANISM_SD_JWT] = "vc+sd-jwt"};

/* The claim vct means something in an SD-JWT only. */
static bool is_sd_jwt_vc(const mr_secured *s)
{
    return s->mechanism == MR_MECHANISM_SD_JWT && mr_json_get(s->payload, "vct");
}

static const char *format_code(const mr_secured *s)
{
    return is_sd_jwt_vc(s) ? "dc+sd-jwt" : codes[s->mechanism];
}

/* "Open Badge 3.0 (vc+jwt, ES256)" */
static void pass(struct mr_verification *w, const mr_secured *s, const char *name, const char *id)
{
    bool proof = s->mechanism == MR_MECHANISM_DATA_INTEGRITY;
    mr_str how = proof ? MR_STR("Data Integrity") : mr_str_of(format_code(s));
    mr_str text = mr_arena_format(w->a, "%.*s (%.*s%s%.*s)", MR_STR_ARG(mr_verify_say(w, name)), MR_STR_ARG(how),
                                  s->suite.len ? ", " : "", MR_STR_ARG(s->suite));
    mr_verify_pass_format(w, format_code(s), text, id);
}

/* ---- the seal ---- */

static void claim_signature(struct mr_verification *w, const mr_secured *s)
{
    for (int i = 0; i < MR_SEAL_CHECK_COUNT; i++) {
        struct mr_check *c = &w->r->seal_checks[i];
        bool signature = i == MR_SEAL_SIGNATURE;
        c->claimed = true;
        c->state = signature ? s->step.state : MR_NOT_APPLICABLE;
        c->text = mr_verify_say(w, signature && s->step.id ? s->step.id : "seal.token_no_times");
        c->detail = signature ? s->step.detail : MR_STR_EMPTY;
        c->at = w->now;
    }
}

static void claim_seal(struct mr_verification *w, const mr_secured *s)
{
    struct mr_check *c;
    if (s->step.state == MR_PASSED && s->claimed_time != MR_TIME_NONE)
        c = mr_verify_claim(
            w, MR_CHECK_SEAL, MR_PASSED,
            mr_verify_say_with(w, "seal.passed_claimed", "time", mr_say_time(w->a, w->l, s->claimed_time)));
    else if (s->step.state == MR_PASSED)
        c = mr_verify_claim_id(w, MR_CHECK_SEAL, MR_PASSED, "seal.passed");
    else
        c = mr_verify_claim_id(w, MR_CHECK_SEAL, s->step.state == MR_FAILED ? MR_FAILED : MR_UNCHECKED,
                               s->step.id ? s->step.id : "seal.unchecked");
    c->detail = s->step.detail;
    if (s->step.state == MR_PASSED && s->key.id.len) c->detail = s->key.id;
    c->source = mr_verify_say(w, s->key.fetched ? "source.network" : "source.file");
    claim_signature(w, s);
}

/* ---- the form ---- */

struct broken_rule {
    struct mr_verification *w;
    const char *id;
    struct mr_err e;
};

/* The first broken rule is the one that is told. */
static void keep_rule(void *self, const char *message, const mr_json *where, mr_str detail)
{
    struct broken_rule *b = self;
    mr_report *r = b->w->r;
    if (mr_vcdm_is_remark(message)) {
        if (r->remark_count < MR_VERIFY_REMARKS)
            r->remarks[r->remark_count++] = mr_verify_say_with(b->w, message, "value", mr_arena_dup(b->w->a, detail));
        return;
    }
    if (b->id) return;
    b->id = message;
    b->e = (struct mr_err){.code = MR_E_FORMAT, .message = message, .position = where ? where->position : MR_NOWHERE};
    size_t n = detail.len < sizeof b->e.detail - 1 ? detail.len : sizeof b->e.detail - 1;
    if (n) memcpy(b->e.detail, detail.ptr, n);
}

static void keep_claim(void *self, const char *message, mr_str claim)
{
    if (!mr_str_is(MR_STR("vct.hidden"), message) && !mr_str_is(MR_STR("vct.unknown"), message))
        keep_rule(self, message, NULL, claim);
}

/* Does it say that it is a European Digital Credential? Then it must be a whole one. */
static bool says_elm(const mr_json *document)
{
    const mr_json *context = mr_json_get(document, "@context"), *type = mr_json_get(document, "type");
    MR_JSON_EACH (item, type) {
        if (mr_str_is(mr_json_str(item), "EuropeanDigitalCredential")) return true;
    }
    MR_JSON_EACH (item, context) {
        if (mr_str_is(mr_json_str(item), MR_ELM_CONTEXT_IRI)) return true;
    }
    return mr_json_get(mr_json_at(context, 1), "hasClaim") != NULL;
}

static mr_contexts *contexts_of(struct mr_verification *w)
{
    struct mr_err e;
    if (!w->v->contexts && mr_contexts_open(&w->v->contexts, &e) != MR_OK) return NULL;
    return w->v->contexts;
}

static const char *name_of_document(const mr_json *document)
{
    const mr_json *type = mr_json_get(document, "type");
    MR_JSON_EACH (item, type) {
        mr_str t = mr_json_text(item);
        if (mr_str_is(t, "OpenBadgeCredential") || mr_str_is(t, "AchievementCredential")) return "format.name.badge";
        if (mr_str_is(t, "ClrCredential")) return "format.name.clr";
        if (mr_str_is(t, "EndorsementCredential")) return "format.name.endorsement";
    }
    return mr_vcdm_version_of(document) == MR_VCDM_1 ? "format.name.vc11" : "format.name.vc20";
}

/* *ret false: refused, said so. */
static int read_vcdm(struct mr_verification *w, const mr_secured *s, struct mr_found *f, bool *ret, struct mr_err *err)
{
    struct broken_rule broken = {.w = w};
    struct mr_err e = {0};
    if (mr_vcdm_kind_of(s->payload) != MR_VCDM_CREDENTIAL)
        return mr_verify_not_the_form(w, "format.other_token", NULL, false);
    MR_TRY(mr_secured_check_model(w->a, contexts_of(w), s, keep_rule, &broken, err));
    if (broken.id) return mr_verify_not_the_form(w, broken.id, &broken.e, true);
    int code = mr_view_read_vc(w->a, s->payload, w->l, &w->r->view, &e);
    if (code == MR_E_NOMEM) return MR_FAIL(err, MR_E_NOMEM, "no memory to read a document", MR_NOWHERE);
    if (code) return mr_verify_not_the_form(w, "format.object", &e, true);
    pass(w, s, name_of_document(s->payload), w->r->view.not_annex ? "format.passed_other" : "format.passed");
    const mr_json *issuer = mr_json_get(s->payload, "issuer");
    f->issuer_id = mr_json_is(issuer, MR_JSON_STRING) ? mr_json_text(issuer) : mr_json_get_str(issuer, "id");
    *ret = true;
    return MR_OK;
}

static int read_elm(struct mr_verification *w, const mr_secured *s, struct mr_found *f, bool *ret, struct mr_err *err)
{
    mr_elm_kind kind = MR_ELM_NONE;
    MR_TRY(mr_verify_read_elm(w, f, &kind, ret, err));
    if (!*ret) return MR_OK;
    pass(w, s, kind == MR_ELM_EDC ? "format.name.edc" : "format.name.vc2", "format.passed");
    f->is_elm = true;
    f->issuer_id = mr_json_get_str(mr_json_get(f->payload, "issuer"), "id");
    return MR_OK;
}

static int read_sd_jwt_vc(struct mr_verification *w, const mr_secured *s, struct mr_found *f, bool *ret,
                          struct mr_err *err)
{
    struct broken_rule broken = {.w = w};
    struct mr_err e = {0};
    mr_vct type = mr_vct_find(mr_json_get_str(s->payload, "vct"));
    MR_TRY(mr_vct_check(w->a, s->sd_jwt, keep_claim, &broken, err));
    if (broken.id) return mr_verify_not_the_form(w, broken.id, &broken.e, true);
    int code = mr_sd_jwt_vc_view(w->a, s->payload, w->l, &w->r->view, &e);
    if (code == MR_E_NOMEM) return MR_FAIL(err, MR_E_NOMEM, "no memory to read a document", MR_NOWHERE);
    if (code) return mr_verify_not_the_form(w, "format.object", &e, true);
    pass(w, s,
         type == MR_VCT_IS_MICRO_CREDENTIAL ? "format.name.micro_credential"
         : type == MR_VCT_IS_EU_LEARNING    ? "format.name.eu_learning"
                                            : "format.name.sd_jwt_vc",
         type == MR_VCT_NONE ? "format.passed_other" : "format.passed");
    f->issuer_id = s->issuer;
    *ret = true;
    return MR_OK;
}

/* ---- all together ---- */

static int take_certificates(struct mr_verification *w, const mr_secured *s, struct mr_found *f, struct mr_err *err)
{
    f->key_only = s->key_only;
    if (!s->certificate_count) return MR_OK;
    f->certificate = s->certificates[0];
    mr_certificate_may_seal(f->certificate, &f->purpose_why);
    return mr_verify_build_chain(w, f->certificate, s->certificates, s->certificate_count, &f->chain, err);
}

static int read_document(struct mr_verification *w, const mr_secured *s, struct mr_found *f, bool *ret,
                         struct mr_err *err)
{
    /* RFC 8725 section 3.12: what was signed for one use is taken for no other. */
    if (mr_secured_is_list(s)) return mr_verify_not_the_form(w, "format.other_token", NULL, false);
    if (is_sd_jwt_vc(s)) return read_sd_jwt_vc(w, s, f, ret, err);
    if (says_elm(s->payload)) return read_elm(w, s, f, ret, err);
    return read_vcdm(w, s, f, ret, err);
}

static int judge_secured(struct mr_verification *w, const mr_secured *s, struct mr_err *err)
{
    struct mr_found f = {.payload = s->payload,
                         .payload_text = s->payload_text,
                         .claimed_time = s->claimed_time,
                         .proven_time = MR_TIME_NONE,
                         .vouched_time = MR_TIME_NONE,
                         .secured = s};
    bool good = false;
    MR_TRY(read_document(w, s, &f, &good, err));
    if (!good) return MR_OK;
    claim_seal(w, s);
    if (f.claimed_time == MR_TIME_NONE && (mr_json_get(f.payload, "issued") || mr_json_get(f.payload, "issuanceDate")))
        f.claimed_time = w->r->view.issued; /* validFrom says nothing of the sealing */
    MR_TRY(take_certificates(w, s, &f, err));
    MR_TRY(mr_verify_judge(w, &f, err));
    MR_TRY(mr_verify_endorsements(w, f.payload, err));
    return mr_verify_record(w, s, err);
}

static int refuse(struct mr_verification *w, int code, const struct mr_err *e)
{
    static const char *const ours[] = {"sd_jwt.", "token.", "proof."};
    if (code == MR_E_UNSUPPORTED) return mr_verify_not_the_form(w, "format.algorithm", e, true);
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (mr_str_has_prefix(mr_str_of(e->message), mr_str_of(ours[i])))
            return mr_verify_not_the_form(w, e->message, e, true);
    return mr_verify_not_the_form(w, code == MR_E_NOMEM ? "format.too_much" : "format.broken_token", e, true);
}

static bool has_object(const mr_json *context)
{
    MR_EACH(item, context)
    {
        if (mr_json_is(item, MR_JSON_OBJECT)) return true;
    }
    return false;
}

/* Does the document define words itself, anywhere in it? What a presentation holds is asked on its own. */
static bool has_own_context(const mr_json *document)
{
    bool presentation = mr_vcdm_kind_of(document) == MR_VCDM_PRESENTATION;
    for (const mr_json *node = document, *end = document + (presentation ? 1 : document->skip); node < end; node++) {
        if (has_object(mr_json_get(node, "@context"))) return true;
    }
    return false;
}

/* Data Integrity 1.0 section 4.6: statements are signed, not words. With definitions of its own two words of a document can change places under an intact
 * proof, and it is by its words that a document is read here. JCS signs the words; the one context of ELM is compared by its reader (elm_format.c). */
bool mr_verify_may_mean_something_else(const mr_secured *s)
{
    mr_cryptosuite suite = mr_cryptosuite_find(s->suite);
    if (s->mechanism != MR_MECHANISM_DATA_INTEGRITY || !s->payload || s->step.state != MR_PASSED) return false;
    if (suite == MR_EDDSA_JCS_2022 || suite == MR_ECDSA_JCS_2019 || says_elm(s->payload)) return false;
    return has_own_context(s->payload);
}

static int tell_seal_only(struct mr_verification *w, const mr_secured *s)
{
    pass(w, s, "format.name.sealed", "format.sealed");
    claim_seal(w, s);
    return MR_OK;
}

int mr_verify_opened(struct mr_verification *w, const mr_secured *s, struct mr_err *err)
{
    if (mr_verify_may_mean_something_else(s)) {
        mr_secured unread = *s;
        unread.step = (struct mr_step){.state = MR_UNCHECKED, .id = "proof.own_context", .at = MR_TIME_NONE};
        return tell_seal_only(w, &unread);
    }
    if (s->step.state == MR_PASSED && mr_vcdm_kind_of(s->payload) == MR_VCDM_PRESENTATION)
        return mr_verify_presentation(w, s, err);
    if (s->step.state == MR_PASSED && s->payload) return judge_secured(w, s, err);
    return tell_seal_only(w, s);
}

struct mr_opening mr_verify_opening(struct mr_verification *w)
{
    return (struct mr_opening){.contexts = contexts_of(w),
                               .keys = {mr_registry_key_find, &w->v->registry},
                               .fetch = w->v->v.fetch,
                               .audience = w->v->v.audience,
                               .nonce = w->v->v.nonce,
                               .now = w->now};
}

int mr_verify_secured(struct mr_verification *w, mr_str text, const mr_json *root, struct mr_err *err)
{
    mr_secured s;
    struct mr_err e = {0};
    const struct mr_opening o = mr_verify_opening(w);
    if (!o.contexts) return MR_FAIL(err, MR_E_NOMEM, "no memory for contexts", MR_NOWHERE);
    int code = mr_secured_open_read(w->a, &o, text, root, &s, &e);
    if (code) return refuse(w, code, &e);
    code = mr_verify_opened(w, &s, err);
    mr_secured_done(&s);
    return code;
}
