/* Open Badges 2.0 and older, hosted or signed.
 *
 * A hosted badge has no seal: it is worth what its publisher's site says of it at this moment. So the file that was given is only a question. What
 * stands at the assertion's id now is what counts, is shown and is judged; the file is compared with it, member by member. Its badge class and issuer
 * are fetched likewise when they are named by address. Whether the place is one where this issuer's badges may stand (its verification, else its host)
 * is the issuer check; without it anybody could publish a badge that names somebody else's issuer.
 *
 * A signed badge is a JWS (verify_assertion_signed.c), whose key, issuer and revocation list have to be fetched.
 *
 * Invariants.
 * 1. Without the network nothing of a badge is confirmed: the seal is "could not be checked".
 * 2. An object is who its address says, never who it says itself: an id counts only when it is one of the addresses that led there. Trust and scope are
 *    asked with the same identity.
 * 3. What could not be had is "could not be checked"; what was had and contradicts is "failed".
 *
 * Sources: Open Badges 2.0, "Verification"; 1.0 and 1.1, "Assertion verification". */
#include "credential/verify_assertion_inside.h"

#include "credential/each.h"
#include "credential/view_assertion.h"

/* ---- rules ---- */

void mr_asserted_remark(struct mr_verification *w, const char *id, mr_str value)
{
    mr_report *r = w->r;
    if (r->remark_count == MR_VERIFY_REMARKS) return;
    mr_str text = mr_verify_say_with(w, id, "value", mr_arena_dup(w->a, value));
    for (size_t i = 0; i < r->remark_count; i++)
        if (mr_str_eq(r->remarks[i], text)) return;
    r->remarks[r->remark_count++] = text;
}

static void keep_rule(void *self, const char *message, const mr_json *where, mr_str detail)
{
    struct mr_broken *b = self;
    bool undated = b->version == MR_OB_0_5 && mr_str_is(detail, "issuedOn"); /* the first badges need no date */
    if (mr_assertion_is_remark(message) || (undated && mr_str_is(mr_str_of(message), "ob.missing"))) {
        mr_asserted_remark(b->w, mr_assertion_is_remark(message) ? message : "ob.expected", detail);
        return;
    }
    if (b->id) return;
    b->id = message;
    b->e = (struct mr_err){.code = MR_E_FORMAT, .message = message, .position = MR_NOWHERE};
    (void)where; /* a position in the upgraded text, which nobody has */
    size_t n = detail.len < sizeof b->e.detail - 1 ? detail.len : sizeof b->e.detail - 1;
    if (n) memcpy(b->e.detail, detail.ptr, n);
}

int mr_asserted_read(struct mr_verification *w, const mr_json *root, mr_assertion_class wanted, mr_str at,
                     const mr_json **ret, struct mr_broken *broken, struct mr_err *err)
{
    struct mr_err e = {0};
    *broken = (struct mr_broken){.w = w, .version = mr_assertion_version_of(root)};
    mr_assertion_check_context(root, keep_rule, broken);
    if (broken->id) return MR_OK;
    int code = mr_assertion_upgrade(w->a, root, wanted, at, ret, &e);
    if (code == MR_E_NOMEM) return MR_FAIL(err, MR_E_NOMEM, "no memory for a badge", MR_NOWHERE);
    if (code) {
        broken->id = "ob.type";
        broken->e = e;
        return MR_OK;
    }
    mr_assertion_check(*ret, wanted, keep_rule, broken);
    return MR_OK;
}

/* ---- badge class and issuer ---- */

/* Who it is: its own id, when it is one of the addresses that led to it; else the address that was named. */
static mr_str identity_of(struct mr_verification *w, const struct mr_hosted *h, const mr_json *json)
{
    mr_str id = mr_assertion_id(json), named = h->hops[0];
    if (h->hop_count > 1) mr_asserted_remark(w, "ob.remark.moved", named);
    if (id.len == 0 || mr_hosted_was_at(h, id)) return id.len ? id : named;
    mr_asserted_remark(w, "ob.remark.other_id", named);
    return named;
}

/* *ret_good false: it is there and has not its form. */
static int fetch_part(struct mr_verification *w, mr_str url, mr_assertion_class is, struct mr_part *ret, bool *ret_good,
                      struct mr_err *err)
{
    struct mr_hosted h;
    struct mr_broken broken;
    const mr_json *json = NULL;
    *ret_good = true;
    MR_TRY(mr_hosted_get(w->a, w->v->v.fetch, url, false, &h, err));
    ret->outcome = h.outcome;
    ret->detail = h.detail;
    ret->id = url;
    if (h.outcome != MR_HOSTED_FOUND) return MR_OK;
    MR_TRY(mr_asserted_read(w, h.json, is, url, &json, &broken, err));
    if (broken.id) {
        MR_TRY(mr_verify_not_the_form(w, broken.id, &broken.e, true));
        struct mr_check *c = &w->r->checks[MR_CHECK_FORMAT];
        c->detail = mr_arena_format(w->a, "%.*s, %.*s", MR_STR_ARG(url), MR_STR_ARG(c->detail));
        c->source = mr_verify_say(w, "source.network");
        *ret_good = false;
        return MR_OK;
    }
    ret->json = json;
    ret->id = identity_of(w, &h, json);
    ret->confirmed = true;
    ret->embedded = false;
    return MR_OK;
}

/* A badge class that lies in an assertion was confirmed with it; of an issuer that lies somewhere only its address tells who it is. */
static int load_part(struct mr_verification *w, const mr_json *value, mr_assertion_class is, struct mr_part *ret,
                     bool *ret_good, struct mr_err *err)
{
    value = mr_each_first(value);
    *ret_good = true;
    *ret = (struct mr_part){.outcome = MR_HOSTED_NO_ADDRESS};
    if (mr_json_is(value, MR_JSON_OBJECT)) {
        ret->json = value;
        ret->id = mr_assertion_id(value);
        ret->embedded = true;
        if (is != MR_OB_PROFILE || !mr_assertion_is_web(ret->id)) return MR_OK;
    }
    mr_str url = mr_assertion_id(value);
    return mr_assertion_is_web(url) ? fetch_part(w, url, is, ret, ret_good, err) : MR_OK;
}

int mr_asserted_load(struct mr_asserted *x, bool *ret_good, struct mr_err *err)
{
    MR_TRY(load_part(x->w, mr_json_get(x->assertion, "badge"), MR_OB_BADGE_CLASS, &x->badge, ret_good, err));
    if (!*ret_good || !x->badge.json) return MR_OK;
    MR_TRY(load_part(x->w, mr_json_get(x->badge.json, "issuer"), MR_OB_PROFILE, &x->issuer, ret_good, err));
    if (mr_json_get(x->assertion, "endorsement") || mr_json_get(x->badge.json, "endorsement"))
        mr_asserted_remark(x->w, "ob.remark.endorsements", MR_STR_EMPTY);
    return MR_OK;
}

/* ---- format and seal ---- */

void mr_asserted_pass_format(const struct mr_asserted *x)
{
    struct mr_verification *w = x->w;
    const char *id = x->version == MR_OB_NO_VERSION ? "format.name.open_badge_address"
                     : x->is_signed                 ? "format.name.open_badge_signed"
                                                    : "format.name.open_badge_hosted";
    mr_str name =
        MR_SAY(w->a, w->l, id, {"version", mr_str_of(mr_assertion_version_name(x->version))}, {"suite", x->suite});
    w->r->hosted = !x->is_signed;
    mr_verify_pass_format(w, x->is_signed ? "ob2+jws" : "ob2+hosted", name, "format.passed_other");
    /* Of an address alone nothing was read yet. */
    if (!x->assertion)
        mr_verify_claim_id(w, MR_CHECK_FORMAT, MR_UNCHECKED, "format.address")->source =
            mr_verify_say(w, "source.file");
}

struct mr_check *mr_asserted_claim_seal(const struct mr_asserted *x, mr_state state, const char *id)
{
    struct mr_verification *w = x->w;
    for (int i = 0; i < MR_SEAL_CHECK_COUNT; i++) {
        struct mr_check *c = &w->r->seal_checks[i];
        bool signature = x->is_signed && i == MR_SEAL_SIGNATURE;
        c->claimed = x->is_signed || i == MR_SEAL_SIGNATURE; /* times of what is no seal are not asked for */
        c->state = signature ? state : MR_NOT_APPLICABLE;
        c->text = mr_verify_say(w, signature ? id : x->is_signed ? "seal.token_no_times" : "seal.hosted.no_signature");
        c->at = w->now;
    }
    struct mr_check *c = mr_verify_claim_id(w, MR_CHECK_SEAL, state, id);
    bool asked = w->v->v.fetch && !mr_str_has_suffix(mr_str_of(id), MR_STR(".not_asked"));
    c->source = mr_verify_say(w, asked ? "source.network" : "source.file");
    return c;
}

int mr_asserted_judge(struct mr_asserted *x, struct mr_err *err)
{
    struct mr_verification *w = x->w;
    const struct mr_view_assertion parts = {x->assertion, x->badge.json, x->issuer.json};
    const struct mr_found found = {.payload = x->assertion,
                                   .payload_text = x->text,
                                   .claimed_time = MR_TIME_NONE,
                                   .proven_time = MR_TIME_NONE,
                                   .vouched_time = MR_TIME_NONE,
                                   .issuer_id = x->issuer.id};
    mr_view_read_assertion(w->a, &parts, w->l, &w->r->view);
    w->r->has_view = true;
    w->r->document = x->text;
    mr_asserted_check_issuer(x);
    MR_TRY(mr_asserted_check_trust(x, &found, err));
    MR_TRY(mr_asserted_check_status(x, err));
    MR_TRY(mr_verify_judge_content(w, &found, err));
    mr_asserted_check_holder(x);
    return MR_OK;
}

/* ---- hosted ---- */

static const char *const unconfirmed[MR_HOSTED_OUTCOME_COUNT] = {
    [MR_HOSTED_NOT_ASKED] = "seal.hosted.not_asked", [MR_HOSTED_FOUND] = "seal.hosted",
    [MR_HOSTED_NO_ADDRESS] = "seal.hosted.nowhere",  [MR_HOSTED_UNREACHABLE] = "seal.hosted.unreachable",
    [MR_HOSTED_SLOW] = "seal.hosted.slow",           [MR_HOSTED_MISSING] = "seal.hosted.missing",
    [MR_HOSTED_GONE] = "seal.hosted.withdrawn",      [MR_HOSTED_REFUSED] = "seal.hosted.refused",
    [MR_HOSTED_MOVES] = "seal.hosted.moves",         [MR_HOSTED_TOO_LARGE] = "seal.hosted.too_large",
    [MR_HOSTED_PAGE] = "seal.hosted.page",           [MR_HOSTED_NOT_JSON] = "seal.hosted.not_json",
};

/* Open Badges 2.0: "410 Gone", or a body that says revoked. Then nothing else of it stands there any more, and nothing of the file is shown. */
static int tell_withdrawn(const struct mr_asserted *x, mr_str reason)
{
    mr_asserted_pass_format(x);
    mr_asserted_claim_seal(x, MR_UNCHECKED, "seal.hosted.withdrawn");
    struct mr_check *c =
        mr_verify_claim(x->w, MR_CHECK_STATUS, MR_FAILED,
                        reason.len ? mr_verify_say_with(x->w, "status.revoked_because", "reason", reason)
                                   : mr_verify_say(x->w, "status.revoked"));
    c->source = mr_verify_say(x->w, "source.network");
    c->detail = mr_hosted_place(&x->hosted);
    return MR_OK;
}

static int tell_unconfirmed(const struct mr_asserted *x, mr_state state, const char *id, mr_str detail)
{
    mr_asserted_pass_format(x);
    mr_asserted_claim_seal(x, state, id)->detail = detail;
    return MR_OK;
}

static int tell_differences(const struct mr_asserted *x, mr_str members)
{
    struct mr_verification *w = x->w;
    mr_asserted_pass_format(x);
    struct mr_check *c = mr_asserted_claim_seal(x, MR_FAILED, "seal.hosted.differs");
    c->text = mr_verify_say_with(w, "seal.hosted.differs", "members", members);
    c->detail = mr_hosted_place(&x->hosted);
    return MR_OK;
}

static bool says_revoked(const mr_json *root)
{
    return mr_json_is(mr_json_get(root, "revoked"), MR_JSON_TRUE);
}

/* What is hosted counts from here on. */
static int confirm(struct mr_asserted *x, struct mr_err *err)
{
    struct mr_verification *w = x->w;
    mr_str added = MR_STR_EMPTY, members;
    bool good = false;
    mr_str id = mr_assertion_id(x->assertion);
    if (!mr_hosted_was_at(&x->hosted, id)) return tell_unconfirmed(x, MR_FAILED, "seal.hosted.other_id", id);
    if (x->hosted.hop_count > 1) mr_asserted_remark(w, "ob.remark.moved", x->hosted.hops[0]);
    members = x->given ? mr_asserted_differences(w->a, x->given, x->assertion, &added) : MR_STR_EMPTY;
    if (members.len) return tell_differences(x, members);
    if (added.len) mr_asserted_remark(w, "ob.remark.added", added);
    MR_TRY(mr_asserted_load(x, &good, err));
    if (!good) return MR_OK;
    mr_asserted_pass_format(x);
    struct mr_check *c = mr_asserted_claim_seal(x, MR_PASSED, "seal.hosted");
    c->text = mr_verify_say_with(w, x->given ? "seal.hosted" : "seal.hosted.address", "site",
                                 mr_assertion_host(mr_hosted_place(&x->hosted)));
    c->detail = mr_hosted_place(&x->hosted);
    return mr_asserted_judge(x, err);
}

int mr_asserted_ask_host(struct mr_asserted *x, mr_str url, struct mr_err *err)
{
    struct mr_verification *w = x->w;
    struct mr_broken broken;
    struct mr_hosted *h = &x->hosted;
    MR_TRY(mr_hosted_get(w->a, w->v->v.fetch, url, !x->given, h, err));
    if (h->outcome == MR_HOSTED_GONE) return tell_withdrawn(x, MR_STR_EMPTY);
    if (h->outcome == MR_HOSTED_FOUND && !x->given) {
        if (mr_verify_is_signed_assertion(w, mr_str_trim(h->text)))
            return mr_verify_signed_assertion(w, mr_str_trim(h->text), err);
        mr_hosted_read_json(w->a, h);
    }
    if (h->outcome != MR_HOSTED_FOUND) return tell_unconfirmed(x, MR_UNCHECKED, unconfirmed[h->outcome], h->detail);
    if (says_revoked(h->json)) return tell_withdrawn(x, mr_json_get_str(h->json, "revocationReason"));
    MR_TRY(mr_asserted_read(w, h->json, MR_OB_ASSERTION, mr_hosted_place(h), &x->assertion, &broken, err));
    if (broken.id) {
        x->assertion = x->given;
        return tell_unconfirmed(x, MR_UNCHECKED, "seal.hosted.form", mr_verify_describe(w, &broken.e));
    }
    x->text = h->text;
    if (x->version == MR_OB_NO_VERSION) x->version = mr_assertion_version_of(h->json);
    return confirm(x, err);
}

/* ---- doors ---- */

int mr_verify_assertion_url(struct mr_verification *w, mr_str url, struct mr_err *err)
{
    struct mr_asserted x = {.w = w};
    return mr_asserted_ask_host(&x, url, err);
}

/* Descriptions of badges and issuers, keys and lists: parts of badges, awarded to nobody. */
static bool is_part(const mr_json *root)
{
    mr_assertion_class c = mr_assertion_class_of(root);
    return c != MR_OB_NOTHING && c != MR_OB_ASSERTION;
}

int mr_verify_assertion(struct mr_verification *w, mr_str text, const mr_json *root, struct mr_err *err)
{
    struct mr_asserted x = {.w = w, .version = mr_assertion_version_of(root), .given_text = text};
    struct mr_broken broken;
    const mr_json *given = NULL;
    if (is_part(root)) return mr_verify_not_the_form(w, "format.badge_part", NULL, false);
    MR_TRY(mr_asserted_read(w, root, MR_OB_ASSERTION, MR_STR_EMPTY, &given, &broken, err));
    if (broken.id) return mr_verify_not_the_form(w, broken.id, &broken.e, true);
    x.given = x.assertion = given;
    if (mr_assertion_is_signed(given)) {
        x.is_signed = true;
        return tell_unconfirmed(&x, MR_FAILED, "seal.signature_absent", MR_STR_EMPTY);
    }
    return mr_asserted_ask_host(&x, mr_assertion_id(given), err);
}
