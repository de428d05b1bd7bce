#include "credential/seal_standing.h"

#include "credential/elm.h"
#include "credential/elm_template.h"
#include "crypto/authority.h"

#define SOON_MS (60 * MR_DAY_MS)

struct asking {
    const struct mr_seal_key *seal;
    const mr_trust *trust;
    const mr_specification *specification;
    int64_t now;
    mr_arena *a;
    const mr_language *l;
    struct mr_seal_standing *r;
};

static void say(struct asking *w, mr_str text)
{
    if (w->r->line_count < sizeof w->r->lines / sizeof *w->r->lines) w->r->lines[w->r->line_count++] = text;
}

static void remark(struct asking *w, bool hinders, const char *id, mr_str detail)
{
    struct mr_seal_standing *r = w->r;
    if (r->remark_count == MR_SEAL_REMARKS) return;
    r->remarks[r->remark_count++] = (struct mr_seal_remark){hinders, mr_message(w->l, id), detail};
}

static mr_str day_of(struct asking *w, int64_t time)
{
    return mr_say_day(w->a, w->l, time);
}

static mr_str owner_of(const struct mr_certificate_name *n)
{
    return n->organisation.len ? n->organisation : n->common_name.len ? n->common_name : n->line;
}

/* ---- what it is worth ---- */

static mr_seal_level level_of(const struct mr_seal_key *seal)
{
    struct mr_certificate_qc qc = mr_certificate_qc(seal->certificate);
    if (seal->is_test || mr_certificate_is_test(seal->certificate)) return MR_SEAL_LEVEL_TEST;
    if (!qc.compliance || !qc.type_eseal) return MR_SEAL_LEVEL_PLAIN;
    return qc.sscd ? MR_SEAL_LEVEL_QUALIFIED : MR_SEAL_LEVEL_QC;
}

/* Whether a trusted list confirms what the certificate claims. */
static mr_state seal_standing(const struct asking *w)
{
    struct mr_trust_answer said;
    struct mr_err ignored;
    mr_standing claimed =
        w->r->level == MR_SEAL_LEVEL_QUALIFIED ? MR_STANDING_QUALIFIED : MR_STANDING_ADVANCED_QUALIFIED;
    if (!w->trust || mr_trust_standing(w->trust, w->a, w->seal->certificate, w->seal->issuers, w->seal->issuer_count,
                                       w->now, &said, &ignored) != MR_OK)
        return MR_UNCHECKED;
    if (said.state == MR_TRUST_WITHDRAWN || said.state == MR_TRUST_NOT_KNOWN)
        return MR_FAILED; /* asked, and it says no */
    if (said.standing == MR_STANDING_UNDECIDED) return MR_UNCHECKED;
    return said.standing >= claimed ? MR_PASSED : MR_FAILED;
}

static void tell_level(struct asking *w)
{
    static const char *const ids[] = {
        [MR_SEAL_LEVEL_TEST] = "seal_test.level_test",
        [MR_SEAL_LEVEL_PLAIN] = "seal_test.level_plain",
        [MR_SEAL_LEVEL_QC] = "seal_test.level_qc",
        [MR_SEAL_LEVEL_QUALIFIED] = "seal_test.level_qualified",
    };
    static const char *const listed[] = {[MR_UNCHECKED] = "seal_test.list_unchecked",
                                         [MR_PASSED] = "seal_test.list_confirms",
                                         [MR_FAILED] = "seal_test.list_denies",
                                         [MR_NOT_APPLICABLE] = "seal_test.list_unchecked"};
    w->r->level = level_of(w->seal);
    say(w, mr_message(w->l, ids[w->r->level]));
    if (w->r->level < MR_SEAL_LEVEL_QC) return;
    w->r->listed = seal_standing(w);
    say(w, mr_message(w->l, listed[w->r->listed]));
    if (w->r->listed == MR_FAILED) remark(w, false, "seal_test.denied", MR_STR_EMPTY);
}

static void tell_owner(struct asking *w)
{
    const mr_certificate *c = w->seal->certificate;
    const struct mr_certificate_name *subject = mr_certificate_subject(c), *issuer = mr_certificate_issuer(c);
    mr_str owner = owner_of(subject);
    say(w, subject->organisation_identifier.len ? MR_SAY(w->a, w->l, "seal_test.owner", {"owner", owner},
                                                         {"identifier", subject->organisation_identifier})
                                                : MR_SAY(w->a, w->l, "seal_test.owner_bare", {"owner", owner}));
    say(w,
        MR_SAY(w->a, w->l, "seal_test.issued", {"authority", owner_of(issuer)},
               {"from", day_of(w, mr_certificate_not_before(c))}, {"until", day_of(w, mr_certificate_not_after(c))}));
    w->r->in_token = mr_key_is_elsewhere(w->seal->key);
    say(w, mr_message(w->l, w->r->in_token ? "seal_test.in_token" : "seal_test.in_file"));
}

static void tell_renewal(struct asking *w)
{
    int64_t until = mr_certificate_not_after(w->seal->certificate);
    w->r->renew_by = until - SOON_MS;
    if (w->now > until) return;
    bool soon = w->now >= w->r->renew_by;
    say(w, soon
               ? MR_SAY(w->a, w->l, "seal_test.renew_now", {"until", day_of(w, until)})
               : MR_SAY(w->a, w->l, "seal_test.renew", {"until", day_of(w, until)}, {"by", day_of(w, w->r->renew_by)}));
    if (soon) remark(w, false, "seal_test.ends_soon", MR_STR_EMPTY);
}

/* ---- what is in the way ---- */

static void check_use(struct asking *w)
{
    const mr_certificate *c = w->seal->certificate;
    const char *why = NULL;
    if (w->now > mr_certificate_not_after(c)) remark(w, true, "seal_test.expired", MR_STR_EMPTY);
    if (w->now < mr_certificate_not_before(c)) remark(w, true, "seal_test.not_yet", MR_STR_EMPTY);
    if (!mr_certificate_may_seal(c, &why)) remark(w, true, "seal_test.other_use", mr_str_of(why));
    if (mr_key_get_kind(w->seal->key) == MR_KEY_RSA && mr_key_bits(w->seal->key) < 2048)
        remark(w, true, "seal_test.weak", mr_arena_format(w->a, "RSA %u", mr_key_bits(w->seal->key)));
    if (mr_key_get_kind(w->seal->key) == MR_KEY_ED25519) remark(w, false, "seal_test.ed25519", MR_STR_EMPTY);
}

static void check_names(struct asking *w)
{
    const mr_certificate *c = w->seal->certificate;
    const struct mr_certificate_name *subject = mr_certificate_subject(c);
    struct mr_certificate_qc qc = mr_certificate_qc(c);
    if (!subject->organisation.len) remark(w, true, "seal_test.no_organisation", subject->line);
    if (!subject->organisation_identifier.len) remark(w, true, "seal_test.no_identifier", subject->line);
    if ((qc.type_esign && !qc.type_eseal) || subject->surname.len) remark(w, false, "seal_test.person", subject->line);
    if (w->specification && !mr_elm_issuer_awards(w->specification, c))
        remark(w, false, "seal_test.name_differs", subject->line);
}

/* Up to a root or an anchor: a verifier with the root alone needs all between. Without anchors nothing tells whether what is missing is the root. */
static int check_chain(struct asking *w, struct mr_err *err)
{
    const struct mr_seal_key *s = w->seal;
    struct mr_chain chain;
    size_t anchors = w->trust ? w->trust->count : 0;
    MR_TRY(mr_chain_build(s->certificate, s->issuers, s->issuer_count, w->trust ? w->trust->anchors : NULL, anchors,
                          w->now, &chain, err));
    bool current =
        w->now >= mr_certificate_not_before(s->certificate) && w->now <= mr_certificate_not_after(s->certificate);
    if (chain.state == MR_CHAIN_BROKEN && current) remark(w, false, "seal_test.chain_broken", mr_str_of(chain.why));
    const mr_certificate *top = chain.count ? chain.certificates[chain.count - 1] : s->certificate;
    bool open = chain.state == MR_CHAIN_UNANCHORED && !mr_certificate_is_self_issued(top);
    if (open && anchors) remark(w, false, "seal_test.chain_incomplete", mr_certificate_issuer(top)->line);
    if (open && !anchors)
        say(w, MR_SAY(w->a, w->l, "seal_test.chain_open", {"authority", owner_of(mr_certificate_issuer(top))}));
    if (chain.count == 1 && mr_certificate_is_self_issued(top)) remark(w, false, "seal_test.self_made", MR_STR_EMPTY);
    return MR_OK;
}

int mr_seal_standing_find(const struct mr_seal_key *seal, const mr_trust *trust, const mr_specification *specification,
                          int64_t now, mr_arena *a, const mr_language *l, struct mr_seal_standing *ret,
                          struct mr_err *err)
{
    struct asking w = {seal, trust, specification, now, a, l, ret};
    *ret = (struct mr_seal_standing){.listed = MR_UNCHECKED};
    tell_owner(&w);
    tell_level(&w);
    tell_renewal(&w);
    if (ret->level == MR_SEAL_LEVEL_TEST) remark(&w, false, "seal_test.test", MR_STR_EMPTY);
    check_use(&w);
    check_names(&w);
    return check_chain(&w, err);
}

bool mr_seal_standing_hinders(const struct mr_seal_standing *s)
{
    for (size_t i = 0; i < s->remark_count; i++)
        if (s->remarks[i].hinders) return true;
    return false;
}
