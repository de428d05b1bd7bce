/* The checks of an assertion that other credentials make otherwise: whose it is, who knows that party, whether it was withdrawn, and whom it is about. */
#include "credential/verify_assertion_inside.h"

#include "credential/each.h"

/* ---- issuer ---- */

static struct mr_check *claim_issuer(const struct mr_asserted *x, mr_state state, const char *id)
{
    struct mr_verification *w = x->w;
    struct mr_check *c = mr_verify_claim(w, MR_CHECK_ISSUER, state, mr_verify_say_with(w, id, "issuer", x->issuer.id));
    c->source = mr_verify_say(w, "source.network");
    return c;
}

/* Its website, where nothing but that tells who it is (0.5, and issuers that lie in a badge class without an id). */
static mr_str website_of(const struct mr_asserted *x)
{
    return mr_json_get_str(mr_each_first(x->issuer.json), "url");
}

static void check_website(const struct mr_asserted *x)
{
    mr_str site = website_of(x), id = mr_assertion_id(x->assertion);
    bool same = mr_assertion_is_web(site) && mr_assertion_in_scope(NULL, site, id) &&
                (x->badge.embedded || mr_assertion_in_scope(NULL, site, x->badge.id));
    struct mr_check *c = claim_issuer(x, same && !x->is_signed ? MR_PASSED : MR_UNCHECKED,
                                      same && !x->is_signed ? "issuer.hosted" : "issuer.hosted.unconfirmed");
    c->text =
        mr_verify_say_with(x->w, same && !x->is_signed ? "issuer.hosted" : "issuer.hosted.unconfirmed", "issuer", site);
    c->detail = site;
}

static void check_place(const struct mr_asserted *x)
{
    mr_str id = mr_assertion_id(x->assertion);
    struct mr_check *c;
    if (!mr_assertion_in_scope(x->issuer.json, x->issuer.id, id)) {
        c = claim_issuer(x, MR_FAILED, "issuer.hosted.scope");
        c->detail = id;
    } else if (!x->badge.embedded && !mr_assertion_in_scope(x->issuer.json, x->issuer.id, x->badge.id)) {
        /* The issuer's site says which badge class it is, but another site says that it is this issuer's. */
        c = claim_issuer(x, MR_UNCHECKED, "issuer.hosted.badge_elsewhere");
        c->detail = x->badge.id;
    } else {
        c = claim_issuer(x, MR_PASSED, "issuer.hosted");
        c->detail = x->issuer.id;
    }
}

static bool lists_key(const mr_json *issuer, const struct mr_part_key *key)
{
    MR_EACH(one, mr_json_get(issuer, "publicKey"))
    {
        if (mr_assertion_same_address(mr_assertion_id(one), key->at)) return true;
    }
    return false;
}

/* Open Badges 2.0: the key's owner is the issuer, and the issuer names the key. Badges of 1.0 name a bare file, which is the issuer's when it stands on
 * its site. */
static void check_key(const struct mr_asserted *x)
{
    struct mr_verification *w = x->w;
    struct mr_check *c;
    if (x->key.bare) {
        bool same = mr_assertion_in_scope(NULL, x->issuer.id, x->key.at);
        c = claim_issuer(x, same ? MR_PASSED : MR_UNCHECKED, same ? "issuer.identifier" : "issuer.hosted.unconfirmed");
    } else if (!mr_assertion_same_address(x->key.owner, x->issuer.id)) {
        c = claim_issuer(x, MR_FAILED, "issuer.other_identifier");
        c->text = MR_SAY(w->a, w->l, "issuer.other_identifier", {"owner", x->key.owner}, {"issuer", x->issuer.id});
    } else if (!lists_key(x->issuer.json, &x->key))
        c = claim_issuer(x, MR_FAILED, "key.absent");
    else
        c = claim_issuer(x, MR_PASSED, "issuer.identifier");
    c->detail = x->key.at;
}

void mr_asserted_check_issuer(const struct mr_asserted *x)
{
    const struct mr_part *missing = x->badge.json ? &x->issuer : &x->badge;
    if (x->issuer.json && !x->issuer.confirmed && !mr_assertion_is_web(x->issuer.id))
        check_website(x);
    else if (!x->issuer.json || !x->issuer.confirmed)
        claim_issuer(x, MR_UNCHECKED, x->badge.json ? "issuer.hosted.unreachable" : "issuer.hosted.no_badge")->detail =
            missing->detail;
    else if (x->is_signed)
        check_key(x);
    else
        check_place(x);
}

/* ---- trust ---- */

static const struct mr_known_issuer *find_known(const struct mr_asserted *x, mr_str id)
{
    const mr_trust *t = x->w->v->v.trust;
    for (size_t i = 0; t && mr_assertion_is_web(id) && i < t->issuer_count; i++)
        if (t->issuers[i].name.len && mr_assertion_same_address(t->issuers[i].id, id)) return &t->issuers[i];
    return NULL;
}

int mr_asserted_check_trust(const struct mr_asserted *x, const struct mr_found *f, struct mr_err *err)
{
    struct mr_verification *w = x->w;
    /* Only of an issuer that is confirmed can be told who it is. */
    bool confirmed = w->r->checks[MR_CHECK_ISSUER].state == MR_PASSED;
    mr_str id = mr_assertion_is_web(x->issuer.id) ? x->issuer.id : website_of(x);
    const struct mr_known_issuer *known = confirmed ? find_known(x, id) : NULL;
    if (known) return mr_verify_trust_identifier(w, f, known->id, err);
    mr_verify_claim_id(w, MR_CHECK_TRUST, MR_UNCHECKED, "trust.identifier")->source =
        mr_verify_say(w, "source.anchors");
    return MR_OK;
}

/* ---- status ---- */

/* Entries are ids, or objects with the id or uid of a badge and perhaps a reason. */
static bool is_revoked(const mr_json *list, const mr_json *assertion, mr_str *ret_reason)
{
    mr_str id = mr_assertion_id(assertion), uid = mr_json_get_str(assertion, "uid");
    MR_EACH(entry, mr_json_get(list, "revokedAssertions"))
    {
        mr_str entry_uid = mr_json_get_str(entry, "uid");
        bool same = (id.len && mr_str_eq(mr_assertion_id(entry), id)) || (uid.len && mr_str_eq(entry_uid, uid));
        if (!same) continue;
        *ret_reason = mr_json_get_str(entry, "revocationReason");
        return true;
    }
    return false;
}

static struct mr_check *claim_status(const struct mr_asserted *x, mr_state state, const char *id, mr_str source)
{
    struct mr_check *c = mr_verify_claim_id(x->w, MR_CHECK_STATUS, state, id);
    c->source = source;
    return c;
}

static int ask_list(const struct mr_asserted *x, mr_str url, struct mr_err *err)
{
    struct mr_verification *w = x->w;
    struct mr_hosted h;
    struct mr_broken broken;
    const mr_json *list = NULL;
    mr_str reason = MR_STR_EMPTY;
    MR_TRY(mr_hosted_get(w->a, w->v->v.fetch, url, false, &h, err));
    if (h.outcome != MR_HOSTED_FOUND) {
        claim_status(x, MR_UNCHECKED, "status.unreachable", url)->detail = h.detail;
        return MR_OK;
    }
    MR_TRY(mr_asserted_read(w, h.json, MR_OB_REVOCATION_LIST, url, &list, &broken, err));
    mr_str issuer = mr_assertion_id(mr_json_get(list, "issuer"));
    if (broken.id)
        claim_status(x, MR_UNCHECKED, "status.list_form", url)->detail = mr_verify_describe(w, &broken.e);
    else if (issuer.len && !mr_assertion_same_address(issuer, x->issuer.id))
        claim_status(x, MR_UNCHECKED, "status.list_issuer", url)->detail = issuer;
    else if (!is_revoked(list, x->assertion, &reason))
        claim_status(x, MR_PASSED, "status.active", url);
    else if (reason.len)
        claim_status(x, MR_FAILED, "status.revoked", url)->text =
            mr_verify_say_with(w, "status.revoked_because", "reason", reason);
    else
        claim_status(x, MR_FAILED, "status.revoked", url);
    return MR_OK;
}

int mr_asserted_check_status(const struct mr_asserted *x, struct mr_err *err)
{
    if (!x->is_signed) {
        claim_status(x, MR_PASSED, "status.hosted", mr_hosted_place(&x->hosted));
        return MR_OK;
    }
    mr_str list = mr_assertion_id(mr_json_get(x->issuer.json, "revocationList"));
    if (x->issuer.confirmed && list.len) return ask_list(x, list, err);
    claim_status(x, MR_UNCHECKED, "status.none", mr_verify_say(x->w, "source.file"));
    return MR_OK;
}

/* ---- holder ---- */

static struct mr_check *claim_holder(const struct mr_asserted *x, mr_state state, const char *id, mr_str value)
{
    return mr_verify_claim(x->w, MR_CHECK_HOLDER, state, mr_verify_say_with(x->w, id, "recipient", value));
}

/* An identity that was asked for, or one that can only be compared. */
void mr_asserted_check_holder(const struct mr_asserted *x)
{
    struct mr_verification *w = x->w;
    const mr_json *recipient = mr_each_first(mr_json_get(x->assertion, "recipient"));
    mr_str wanted = w->v->v.recipient;
    bool hashed = mr_json_is(mr_json_get(recipient, "hashed"), MR_JSON_TRUE);
    if (wanted.len == 0) {
        if (hashed)
            claim_holder(x, MR_UNCHECKED, "holder.hashed", MR_STR_EMPTY);
        else if (mr_str_is(mr_json_get_str(recipient, "type"), "email"))
            claim_holder(x, MR_UNCHECKED, "holder.address", mr_json_get_str(recipient, "identity"));
        return;
    }
    switch (mr_assertion_match(w->a, recipient, wanted)) {
    case MR_RECIPIENT_SAME: claim_holder(x, MR_PASSED, "holder.recipient", wanted); break;
    case MR_RECIPIENT_OTHER: claim_holder(x, MR_FAILED, "holder.other_recipient", wanted); break;
    case MR_RECIPIENT_UNKNOWN_HASH: claim_holder(x, MR_UNCHECKED, "holder.unknown_hash", wanted); break;
    }
}
