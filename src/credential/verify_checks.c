/* The checks behind the seal, the same for every mechanism: whose seal it is, who vouches for that, whether it was withdrawn, its dates, the person, quality and
 * completeness.
 *
 * Sources: facts of EDC sealing (issuer identity merged from the certificate), EN 319 102-1 5.5 (best signature time). */
#include "credential/verify_inside.h"

#include "base/limits.h"
#include "credential/status.h"
#include "credential/wording.h"
#include "crypto/authority.h"

#define ISSUED_TOLERANCE_MS MR_DAY_MS /* between the document's date of issue and its seal */

/* ---- chains, remembered ---- */

/* Not a sum of digests: one certificate twice would vanish from it, and a file could be made that leaves its answer to another's. */
static void digest_pool(mr_certificate *const *pool, size_t count, uint8_t ret[32])
{
    uint8_t both[64] = {0}; /* of those before, of this one */
    for (size_t i = 0; i < count; i++) {
        memcpy(both + 32, mr_certificate_sha256(pool[i]), 32);
        mr_sha256(mr_str_make((const char *)both, sizeof both), both);
    }
    memcpy(ret, both, 32);
}

static const struct mr_known_chain *find_chain(const mr_verifier *v, const mr_certificate *leaf, const uint8_t pool[32],
                                               int64_t at)
{
    for (size_t i = 0; i < MR_VERIFY_CHAINS; i++) {
        const struct mr_known_chain *k = &v->chains[i];
        if (k->used && at >= k->from && at <= k->until && memcmp(k->leaf, mr_certificate_sha256(leaf), 32) == 0 &&
            memcmp(k->pool, pool, 32) == 0)
            return k;
    }
    return NULL;
}

bool mr_verify_any_is_test(mr_certificate *const *certificates, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (mr_certificate_is_test(certificates[i])) return true;
    return false;
}

struct mr_known_chain mr_verify_know_chain(const mr_certificate *leaf, const struct mr_chain *chain, bool is_test)
{
    struct mr_known_chain k = {.used = true,
                               .state = chain->state,
                               .why = chain->why,
                               .is_test = is_test,
                               .expired = chain->state == MR_CHAIN_BROKEN && chain->expired,
                               .from = INT64_MIN + 1,
                               .until = INT64_MAX};
    memcpy(k.leaf, mr_certificate_sha256(leaf), 32);
    for (size_t i = 0; i < chain->count; i++) {
        const mr_certificate *c = chain->certificates[i];
        if (mr_certificate_not_before(c) > k.from) k.from = mr_certificate_not_before(c);
        if (mr_certificate_not_after(c) < k.until) k.until = mr_certificate_not_after(c);
    }
    if (chain->state == MR_CHAIN_ANCHORED && chain->count) k.anchor = chain->certificates[chain->count - 1];
    return k;
}

static void keep_chain(mr_verifier *v, struct mr_known_chain k)
{
    if (k.state == MR_CHAIN_BROKEN) return; /* it may fit at another time */
    struct mr_known_chain *place = &v->chains[v->next++ % MR_VERIFY_CHAINS];
    mr_certificate_free(place->anchor);
    if (k.anchor) k.anchor = mr_certificate_share(k.anchor);
    *place = k;
}

int mr_verify_collect_anchors(struct mr_verification *w, mr_certificate *const *certificates, size_t count,
                              bool *ret_more, struct mr_err *err)
{
    mr_verifier *v = w->v;
    const mr_trust *t = v->v.trust;
    *ret_more = false;
    if (!t || !t->lists) return MR_OK;
    size_t before = v->anchor_count;
    MR_TRY(mr_trust_collect(t, w->a, certificates, count, v->anchors, &v->anchor_count, t->count + MR_VERIFY_LISTED,
                            &w->lists_broken, err));
    *ret_more = v->anchor_count > before;
    return MR_OK;
}

static int collect_for(struct mr_verification *w, mr_certificate *leaf, mr_certificate *const *pool, size_t count,
                       struct mr_err *err)
{
    bool more;
    MR_TRY(mr_verify_collect_anchors(w, &leaf, 1, &more, err));
    return mr_verify_collect_anchors(w, pool, count, &more, err);
}

int mr_verify_build_chain(struct mr_verification *w, mr_certificate *leaf, mr_certificate *const *pool, size_t count,
                          struct mr_known_chain *ret, struct mr_err *err)
{
    uint8_t digest[32];
    digest_pool(pool, count, digest);
    const struct mr_known_chain *known = find_chain(w->v, leaf, digest, w->now);
    struct mr_chain chain;
    if (known) {
        *ret = *known;
        return MR_OK;
    }
    MR_TRY(collect_for(w, leaf, pool, count, err));
    MR_TRY(mr_chain_build(leaf, pool, count, w->v->anchors, w->v->anchor_count, w->now, &chain, err));
    *ret = mr_verify_know_chain(leaf, &chain,
                                mr_verify_any_is_test(pool, count) || mr_certificate_is_test(leaf) ||
                                    mr_verify_any_is_test(chain.certificates, chain.count));
    memcpy(ret->pool, digest, sizeof ret->pool);
    keep_chain(w->v, *ret);
    return MR_OK;
}

/* ---- issuer: is the seal that of the party that the document names? ---- */

static bool names_organisation(const mr_json *names, mr_str organisation)
{
    if (mr_json_is(names, MR_JSON_STRING))
        return mr_str_eq_ascii_nocase(mr_str_trim(mr_json_text(names)), organisation);
    if (mr_json_is(names, MR_JSON_ARRAY)) {
        MR_JSON_EACH (name, names) {
            if (names_organisation(name, organisation)) return true;
        }
    }
    if (mr_json_is(names, MR_JSON_OBJECT)) {
        MR_JSON_EACH_MEMBER (name, names) {
            if (mr_json_is(name + 1, MR_JSON_OBJECT)) continue; /* a language map holds strings and lists of them */
            if (names_organisation(name + 1, organisation)) return true;
        }
    }
    return false;
}

static const mr_json *only(const mr_json *v)
{
    return mr_json_is(v, MR_JSON_ARRAY) ? mr_json_at(v, 0) : v;
}

/* How certificate and document differ, for experts; never empty, however long what the document says. */
static mr_str differ(struct mr_verification *w, const char *member, mr_str said, const char *attribute,
                     mr_str certified)
{
    mr_str text = mr_arena_format(w->a, "%s \"%.*s\", certificate %s \"%.*s\"", member, MR_STR_ARG(said), attribute,
                                  MR_STR_ARG(certified));
    return text.len ? text : MR_STR("document and certificate differ");
}

/* Empty when certificate and document agree; otherwise what does not. Facts elm-edc 1.7. */
static mr_str find_disagreement(struct mr_verification *w, const struct mr_found *f)
{
    const struct mr_certificate_name *subject = mr_certificate_subject(f->certificate);
    const mr_view *view = &w->r->view;
    const mr_json *issuer = only(mr_json_get(f->payload, "issuer"));
    if (!mr_str_eq(view->issuer_identifier, subject->organisation_identifier) ||
        subject->organisation_identifier.len == 0)
        return differ(w, "eIDASIdentifier", view->issuer_identifier, "organizationIdentifier",
                      subject->organisation_identifier);
    if (subject->organisation.len == 0 || !names_organisation(mr_json_get(issuer, "legalName"), subject->organisation))
        return differ(w, "legalName", view->issuer, "organizationName", subject->organisation);
    if (view->issuer_country.len && subject->country.len &&
        !mr_str_eq_ascii_nocase(view->issuer_country, subject->country))
        return differ(w, "country", view->issuer_country, "countryName", subject->country);
    return MR_STR_EMPTY;
}

static bool is_outside(int64_t time, const mr_certificate *c)
{
    return time != MR_TIME_NONE &&
           (time + MR_VERIFY_CLOCK_SKEW_MS < mr_certificate_not_before(c) || time > mr_certificate_not_after(c));
}

static bool is_to_come(const struct mr_verification *w, int64_t time)
{
    return time != MR_TIME_NONE && time > w->now + MR_VERIFY_CLOCK_SKEW_MS;
}

static mr_str validity_of(struct mr_verification *w, const struct mr_found *f)
{
    char from[21], until[21], claimed[21] = "-", proven[21] = "-";
    mr_time_write(mr_certificate_not_before(f->certificate), from);
    mr_time_write(mr_certificate_not_after(f->certificate), until);
    if (f->claimed_time != MR_TIME_NONE) mr_time_write(f->claimed_time, claimed);
    if (f->proven_time != MR_TIME_NONE) mr_time_write(f->proven_time, proven);
    return mr_arena_format(w->a, "certificate valid %s to %s; sealing time claimed %s, proven %s", from, until, claimed,
                           proven);
}

static bool is_far_from_seal(const struct mr_verification *w, const struct mr_found *f)
{
    int64_t sealed = f->proven_time != MR_TIME_NONE ? f->proven_time : f->claimed_time, issued = w->r->view.issued;
    if (sealed == MR_TIME_NONE || issued == MR_TIME_NONE) return false;
    return issued > sealed + ISSUED_TOLERANCE_MS || issued < sealed - ISSUED_TOLERANCE_MS;
}

/* A party has a name in every language, and only one of them is certified. Whoever may choose the others could take somebody else's: what is
 * shown begins with the certified one. */
static mr_str certified_name(struct mr_verification *w, mr_str organisation, mr_str shown)
{
    if (shown.len == 0 || mr_str_eq_ascii_nocase(shown, organisation)) return shown;
    return mr_arena_format(w->a, "%.*s (“%.*s”)", MR_STR_ARG(organisation), MR_STR_ARG(shown));
}

void mr_verify_certify_names(struct mr_verification *w, mr_str name)
{
    mr_view *view = &w->r->view;
    view->issuer = certified_name(w, name, view->issuer);
    if (!view->others_award) view->awarding_body = certified_name(w, name, view->awarding_body);
}

/* "mandate.pdf, 34 KB" */
static mr_str name_mandate(struct mr_verification *w, const struct mr_mandate *m)
{
    mr_str size = mr_say_count(w->a, w->l, (int64_t)((m->size + 1023) / 1024));
    mr_str name = m->name.len ? m->name : mr_str_of(mr_mandate_kind_code(m->kind));
    return mr_arena_format(w->a, "%.*s, %.*s KB", MR_STR_ARG(name), MR_STR_ARG(size));
}

static struct mr_check *check_issuer_identity(struct mr_verification *w, const struct mr_found *f)
{
    const mr_view *view = &w->r->view;
    const struct mr_certificate_name *subject = mr_certificate_subject(f->certificate);
    mr_str disagreement = find_disagreement(w, f),
           owner = subject->organisation.len ? subject->organisation : subject->common_name;
    struct mr_check *c;
    if (disagreement.len) {
        c = mr_verify_claim(
            w, MR_CHECK_ISSUER, MR_FAILED,
            MR_SAY(w->a, w->l, "issuer.other", {"owner", mr_arena_dup(w->a, owner)}, {"issuer", view->issuer}));
        c->detail = disagreement;
        return c;
    }
    mr_view_certify(w->a, f->payload, w->l, subject->organisation, subject->organisation_identifier, &w->r->view);
    mr_verify_certify_names(w, subject->organisation);
    if (view->mandate_missing)
        return mr_verify_claim(
            w, MR_CHECK_ISSUER, MR_FAILED,
            MR_SAY(w->a, w->l, "issuer.no_mandate", {"issuer", view->issuer}, {"body", view->awarding_body}));
    if (view->on_behalf_of.len && view->mandate.kind != MR_MANDATE_NONE)
        return mr_verify_claim(w, MR_CHECK_ISSUER, MR_PASSED,
                               MR_SAY(w->a, w->l, "issuer.on_behalf_enclosed", {"issuer", view->issuer},
                                      {"identifier", view->issuer_identifier}, {"body", view->on_behalf_of},
                                      {"document", name_mandate(w, &view->mandate)}));
    if (view->on_behalf_of.len)
        return mr_verify_claim(w, MR_CHECK_ISSUER, MR_PASSED,
                               MR_SAY(w->a, w->l, "issuer.on_behalf", {"issuer", view->issuer},
                                      {"identifier", view->issuer_identifier}, {"body", view->on_behalf_of}));
    return mr_verify_claim(
        w, MR_CHECK_ISSUER, MR_PASSED,
        MR_SAY(w->a, w->l, "issuer.passed", {"issuer", view->issuer}, {"identifier", view->issuer_identifier}));
}

/* A certificate, and a document that names its issuer by name only. */
static struct mr_check *check_certificate_owner(struct mr_verification *w, const struct mr_found *f)
{
    const struct mr_certificate_name *subject = mr_certificate_subject(f->certificate);
    mr_str owner = mr_arena_dup(w->a, subject->organisation.len ? subject->organisation : subject->common_name);
    mr_view *view = &w->r->view;
    /* A DID has keys of its own; no certificate speaks for it. */
    if (mr_str_has_prefix(f->issuer_id, MR_STR("did:")))
        return mr_verify_claim(
            w, MR_CHECK_ISSUER, MR_FAILED,
            MR_SAY(w->a, w->l, "issuer.other_identifier", {"owner", owner}, {"issuer", f->issuer_id}));
    if (!view->issuer.len) view->issuer = owner;
    if (mr_str_eq_ascii_nocase(view->issuer, owner))
        return mr_verify_claim(w, MR_CHECK_ISSUER, MR_PASSED,
                               mr_verify_say_with(w, "issuer.certificate", "issuer", owner));
    return mr_verify_claim(w, MR_CHECK_ISSUER, MR_FAILED,
                           MR_SAY(w->a, w->l, "issuer.other", {"owner", owner}, {"issuer", view->issuer}));
}

/* A key that an identifier stands for: the document must name that identifier as its issuer (Data Integrity 1.0 section 4.4, VC-JOSE-COSE 1.0 section 4.1). */
static void check_controller(struct mr_verification *w, const struct mr_found *f)
{
    const struct mr_method *key = &f->secured->key;
    bool same = mr_str_eq(key->controller, f->issuer_id);
    struct mr_check *c = mr_verify_claim(
        w, MR_CHECK_ISSUER, same ? MR_PASSED : MR_FAILED,
        same ? mr_verify_say_with(w, "issuer.identifier", "issuer", mr_wording_identifier(w->a, f->issuer_id))
             : MR_SAY(w->a, w->l, "issuer.other_identifier", {"owner", key->controller}, {"issuer", f->issuer_id}));
    if (same && f->is_elm && w->r->view.mandate_missing)
        c = mr_verify_claim(
            w, MR_CHECK_ISSUER, MR_FAILED,
            MR_SAY(w->a, w->l, "issuer.no_mandate", {"issuer", key->controller}, {"body", w->r->view.awarding_body}));
    c->detail = key->id;
    c->source = mr_verify_say(w, key->fetched ? "source.network" : "source.file");
}

static void check_issuer(struct mr_verification *w, const struct mr_found *f)
{
    struct mr_check *c;
    if (!f->certificate && f->secured && f->secured->key.controller.len) {
        check_controller(w, f);
        return;
    }
    if (!f->certificate) {
        c = mr_verify_claim_id(w, MR_CHECK_ISSUER, MR_UNCHECKED, "issuer.key_only");
        c->source = mr_verify_say(w, "source.file");
        return;
    }
    int64_t sealed = f->proven_time != MR_TIME_NONE ? f->proven_time : f->claimed_time;
    if (f->purpose_why) {
        c = mr_verify_claim_id(w, MR_CHECK_ISSUER, MR_FAILED, "issuer.purpose");
        c->detail = mr_str_of(f->purpose_why);
    } else if (is_outside(sealed, f->certificate) || is_outside(f->claimed_time, f->certificate)) {
        bool early = sealed + MR_VERIFY_CLOCK_SKEW_MS < mr_certificate_not_before(f->certificate);
        c = mr_verify_claim_id(w, MR_CHECK_ISSUER, MR_FAILED, early ? "issuer.too_early" : "issuer.expired");
        c->detail = validity_of(w, f);
    } else if (is_to_come(w, sealed) || is_to_come(w, f->claimed_time)) {
        c = mr_verify_claim_id(w, MR_CHECK_ISSUER, MR_UNCHECKED, "issuer.not_yet"); /* one of two clocks is wrong */
        c->detail = validity_of(w, f);
    } else if (f->proven_time == MR_TIME_NONE && is_outside(w->now, f->certificate)) {
        /* EN 319 102-1: out of bounds, no proof of existence. Perhaps genuine; nobody can tell. */
        c = mr_verify_claim_id(w, MR_CHECK_ISSUER, MR_UNCHECKED, "issuer.expired_since");
        c->detail = validity_of(w, f);
    } else {
        c = f->is_elm ? check_issuer_identity(w, f) : check_certificate_owner(w, f);
        if (c->state == MR_PASSED) {
            c->detail = mr_arena_format(w->a, "%.*s; %.*s", MR_STR_ARG(mr_certificate_subject(f->certificate)->line),
                                        MR_STR_ARG(validity_of(w, f)));
            if (is_far_from_seal(w, f))
                c->detail = mr_arena_format(w->a, "%.*s; the date of issue is more than a day from the sealing",
                                            MR_STR_ARG(c->detail));
        }
    }
    c->source = mr_verify_say(w, "source.certificate");
}

/* ---- the other checks ---- */

static bool is_worse(const struct mr_status_answer *a, const struct mr_status_answer *than)
{
    if (than->step.state == MR_NOT_APPLICABLE) return true;
    return a->step.state == MR_FAILED || (a->step.state == MR_UNCHECKED && than->step.state == MR_PASSED);
}

/* A European Digital Credential can name no list: its issuer's list of withdrawn ones is found through the trust entries of the seal's owner. */
static int ask_withdrawn(struct mr_verification *w, const struct mr_found *f, const struct mr_status_asking *asking,
                         struct mr_status_answer *ret, struct mr_err *err)
{
    mr_str identifier = mr_certificate_subject(f->certificate)->organisation_identifier;
    const struct mr_known_issuer *known = NULL;
    *ret = (struct mr_status_answer){.step = {.state = MR_NOT_APPLICABLE}};
    while (ret->step.state != MR_FAILED && (known = mr_trust_next_withdrawn(w->v->v.trust, identifier, known))) {
        struct mr_status_answer answer;
        MR_TRY(mr_status_ask_withdrawn(w->a, asking, known->withdrawn, w->r->view.id, &answer, err));
        if (is_worse(&answer, ret)) *ret = answer;
    }
    return MR_OK;
}

/* Is something of credentialStatus kept back? It may be the very entry that says "revoked". */
static bool hides_status(const mr_secured *s)
{
    const mr_json *entries = s && s->hidden_count ? mr_json_get(s->sd_jwt->payload, "credentialStatus") : NULL;
    for (const mr_json *node = entries; entries && node < entries + entries->skip; node++) {
        if (mr_json_get(node, "_sd") || mr_json_get(node, "...")) return true;
    }
    return false;
}

static int check_status(struct mr_verification *w, const struct mr_found *f, struct mr_err *err)
{
    const struct mr_status_asking asking = {.opening = {.contexts = w->v->contexts,
                                                        .keys = {mr_controller_find, &w->v->resolver},
                                                        .fetch = w->v->v.fetch,
                                                        .now = w->now},
                                            .issuer = f->issuer_id};
    struct mr_status_answer answer;
    if (f->secured)
        MR_TRY(mr_status_ask(w->a, &asking, f->payload, &answer, err));
    else
        MR_TRY(ask_withdrawn(w, f, &asking, &answer, err));
    if (answer.step.state == MR_PASSED && hides_status(f->secured))
        answer.step = (struct mr_step){.state = MR_UNCHECKED, .id = "status.hidden"};
    /* Nowhere to ask: that it was not withdrawn cannot be known. */
    bool nowhere = answer.step.state == MR_NOT_APPLICABLE;
    struct mr_check *c = mr_verify_claim_id(w, MR_CHECK_STATUS, nowhere ? MR_UNCHECKED : answer.step.state,
                                            nowhere                          ? "status.none"
                                            : answer.step.id                 ? answer.step.id
                                            : answer.step.state == MR_PASSED ? "status.active"
                                                                             : "status.unreachable");
    w->r->suspended = answer.step.state == MR_FAILED && answer.status == MR_STATUS_SUSPENDED;
    c->detail = answer.step.detail;
    c->source = answer.list.len ? answer.list : mr_verify_say(w, "source.file");
    return MR_OK;
}

/* A token has dates of its own beside the credential's. */
static struct mr_check *check_token_dates(struct mr_verification *w, const mr_secured *s)
{
    if (s->expires != MR_TIME_NONE && s->expires < w->now)
        return mr_verify_claim(w, MR_CHECK_DATES, MR_FAILED,
                               mr_verify_say_with(w, "dates.expired", "date", mr_say_day(w->a, w->l, s->expires)));
    if (s->not_before != MR_TIME_NONE && s->not_before > w->now + MR_VERIFY_CLOCK_SKEW_MS)
        return mr_verify_claim(w, MR_CHECK_DATES, MR_FAILED,
                               mr_verify_say_with(w, "dates.not_yet", "date", mr_say_day(w->a, w->l, s->not_before)));
    return NULL;
}

static void check_dates(struct mr_verification *w, const struct mr_found *f)
{
    const mr_view *v = &w->r->view;
    struct mr_check *c = f->secured ? check_token_dates(w, f->secured) : NULL;
    if (c)
        c->detail = MR_STR("the dates of the token");
    else if (v->dates_unreadable)
        c = mr_verify_claim_id(w, MR_CHECK_DATES, MR_UNCHECKED, "dates.unreadable");
    else if (v->valid_until != MR_TIME_NONE && v->valid_until < w->now)
        c = mr_verify_claim(w, MR_CHECK_DATES, MR_FAILED,
                            mr_verify_say_with(w, "dates.expired", "date", mr_say_day(w->a, w->l, v->valid_until)));
    else if (v->valid_from != MR_TIME_NONE && v->valid_from > w->now + MR_VERIFY_CLOCK_SKEW_MS)
        c = mr_verify_claim(w, MR_CHECK_DATES, MR_FAILED,
                            mr_verify_say_with(w, "dates.not_yet", "date", mr_say_day(w->a, w->l, v->valid_from)));
    else if (v->valid_until != MR_TIME_NONE)
        c = mr_verify_claim(w, MR_CHECK_DATES, MR_PASSED,
                            mr_verify_say_with(w, "dates.until", "date", mr_say_day(w->a, w->l, v->valid_until)));
    else
        c = mr_verify_claim_id(w, MR_CHECK_DATES, MR_PASSED, "dates.no_end");
    c->source = mr_verify_say(w, "source.file");
}

static void check_holder(struct mr_verification *w, const struct mr_found *f)
{
    bool bound = f->secured && (f->secured->binding.state == MR_PASSED || w->presented);
    /* Only an answer to a question of one's own shows that she is here (RFC 9901 section 9.5): any other may have been passed on. */
    bool shown = bound && w->v->v.nonce.len > 0, named = w->r->view.learner.len > 0;
    const char *id = shown                                   ? named ? "holder.bound" : "holder.bound_unnamed"
                     : !named                                ? "holder.unnamed"
                     : bound                                 ? "holder.shown_before"
                     : mr_date_is_set(w->r->view.birth_date) ? "holder.compare"
                                                             : "holder.compare_name";
    mr_verify_claim(w, MR_CHECK_HOLDER, shown ? MR_PASSED : MR_UNCHECKED,
                    mr_verify_say_with(w, id, "learner", w->r->view.learner));
}

static void check_completeness(struct mr_verification *w, const struct mr_found *f)
{
    mr_report *r = w->r;
    mr_str names = MR_STR_EMPTY;
    if (r->view.not_annex) {
        mr_verify_claim_id(w, MR_CHECK_COMPLETENESS, MR_NOT_APPLICABLE, "completeness.other")->source =
            mr_verify_say(w, "source.file");
        return;
    }
    for (mr_element e = 0; e < MR_ELEMENT_COUNT; e++) {
        if (!mr_element_info(e)->mandatory || r->view.answers[e].answered) continue;
        mr_str id = mr_arena_format(w->a, "element.%s", mr_element_info(e)->code);
        r->missing[r->missing_count++] = e;
        names = mr_wording_join(w->a, names, mr_message_str(w->l, id));
    }
    struct mr_check *c;
    if (r->missing_count == 0)
        c = mr_verify_claim_id(w, MR_CHECK_COMPLETENESS, MR_PASSED, "completeness.passed");
    else if (f->secured && f->secured->hidden_count)
        c = mr_verify_claim(w, MR_CHECK_COMPLETENESS, MR_UNCHECKED,
                            mr_verify_say_with(w, "completeness.hidden", "elements", names));
    else
        c = mr_verify_claim(w, MR_CHECK_COMPLETENESS, MR_FAILED,
                            MR_SAY(w->a, w->l, "completeness.lacking",
                                   {"count", mr_say_count(w->a, w->l, (int64_t)r->missing_count)},
                                   {"elements", names}));
    c->source = mr_verify_say(w, "source.file");
}

int mr_verify_judge_content(struct mr_verification *w, const struct mr_found *f, struct mr_err *err)
{
    check_dates(w, f);
    check_holder(w, f);
    MR_TRY(mr_verify_quality(w, f, err));
    check_completeness(w, f);
    return MR_OK;
}

int mr_verify_judge(struct mr_verification *w, const struct mr_found *f, struct mr_err *err)
{
    w->r->has_view = true;
    w->r->document = f->payload_text;
    check_issuer(w, f);
    MR_TRY(mr_verify_trust(w, f, err));
    MR_TRY(check_status(w, f, err));
    return mr_verify_judge_content(w, f, err);
}
