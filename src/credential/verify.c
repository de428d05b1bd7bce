/* Verifying, from the octets of a file to a report.
 *
 * The order is that of DESIGN section 4. `mr_verify` sniffs and hands over to one of three readers (sealed JSON, compact token, unsealed JSON);
 * a reader finds the payload and what the proof says, fills `struct found`, and `judge` makes the checks of it, all formats alike. What stops
 * early says why in `format` or `seal`; nothing behind them is claimed then.
 *
 * Invariants.
 * 1. A check passes only when it ran. A check that was not reached keeps claimed == false.
 * 2. Nothing of a document is shown (view, story, document) unless its seal holds.
 * 3. Hostile input ends in a report: only a lack of memory for the report itself is an error.
 * 4. Trust is never given by a test seal, whatever the anchors are.
 *
 * Chains are kept: files of one issuer (600 of a year's course) lead to one look at the certificates. An entry holds for a span of time in
 * which every certificate of its chain is valid.
 *
 * Sentences are messages: "<check>.<case>". Sources: facts of EDC sealing (issuer identity merged from the certificate), TS 119 182-1 6.3,
 * EN 319 102-1 5.5 (best signature time), W3C VC-JOSE-COSE 1.0. */
#include "credential/verify.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "credential/elm.h"
#include "credential/sniff.h"
#include "credential/wording.h"
#include "crypto/authority.h"
#include "crypto/digest.h"
#include "proof/jades.h"
#include "proof/jose.h"

#include <stdlib.h>

#define CHAINS 32
#define LAST_SECOND INT64_C(253402300799) /* of the year 9999 */
#define ISSUED_TOLERANCE_MS MR_DAY_MS     /* between the document's date of issue and its seal */
#define CLOCK_SKEW_MS ((int64_t)5 * 60 * 1000)

/* What is known of a certificate: the same for every file that it seals. */
struct known_chain {
    bool used;
    uint8_t leaf[32]; /* SHA-256 of its DER */
    uint8_t pool[32]; /* of all certificates beside it, in their order: others may lead further */
    int64_t from, until;
    mr_chain_state state;
    const char *why;
    mr_certificate *anchor; /* shared; NULL when none was reached */
    bool is_test;
};
struct mr_verifier {
    const mr_trust *trust;
    const mr_env *env;
    const mr_language *language;
    struct known_chain chains[CHAINS];
    size_t next;
};

/* One verification. */
struct work {
    mr_verifier *v;
    mr_arena *a;
    const mr_language *l;
    mr_report *r;
    int64_t now;
    bool damaged; /* begins like a credential, cannot be read */
};
/* What a reader found out about the proof of a document. */
struct found {
    const mr_json *payload;
    mr_str payload_text;
    mr_certificate *certificate; /* borrowed; NULL when the seal has none */
    const char *purpose_why;     /* why it may not seal, or NULL */
    struct known_chain chain;    /* borrowed from the verifier, or of this file */
    int64_t claimed_time;        /* of sealing, or MR_TIME_NONE */
    int64_t proven_time;         /* of sealing, by a time-stamp, or MR_TIME_NONE */
    bool key_only;               /* a bare key, which nothing binds to anybody */
};

static const char *const check_names[MR_CHECK_COUNT] = {"format", "seal",   "issuer",  "trust",       "status",
                                                        "dates",  "holder", "quality", "completeness"};
static const char *const seal_check_names[MR_SEAL_CHECK_COUNT] = {"signature", "content_time", "signature_time",
                                                                  "archive_time", "revocation_evidence"};
static const struct {
    const char *name;
    int exit;
} verdicts[] = {[MR_VERDICT_VALID] = {"valid", 0},
                [MR_VERDICT_INVALID] = {"invalid", 1},
                [MR_VERDICT_UNKNOWN] = {"unknown", 3},
                [MR_VERDICT_CAUTION] = {"caution", 4}};

const char *mr_check_name(mr_check_code c)
{
    return (size_t)c < MR_CHECK_COUNT ? check_names[c] : "";
}

const char *mr_seal_check_name(mr_seal_check c)
{
    return (size_t)c < MR_SEAL_CHECK_COUNT ? seal_check_names[c] : "";
}

const char *mr_verdict_name(mr_verdict v)
{
    return verdicts[v].name;
}

int mr_verdict_exit(mr_verdict v)
{
    return verdicts[v].exit;
}

/* ---- writing into the report ---- */

static struct mr_check *claim(struct work *w, mr_check_code code, mr_state state, mr_str text)
{
    struct mr_check *c = &w->r->checks[code];
    c->claimed = true;
    c->state = state;
    c->text = text;
    c->at = w->now;
    return c;
}

static mr_str say(const struct work *w, const char *id)
{
    return mr_message(w->l, id);
}

static struct mr_check *claim_id(struct work *w, mr_check_code code, mr_state state, const char *id)
{
    return claim(w, code, state, say(w, id));
}

/* "code: message (detail) at pointer or byte", for experts. */
static mr_str describe(struct work *w, const struct mr_err *e)
{
    const char *pointer = e->pointer[0] ? " at " : "";
    mr_str text = mr_arena_format(w->a, "%s: %s%s%s%s%s", mr_code_name(e->code), e->message ? e->message : "",
                                  e->detail[0] ? ": " : "", e->detail, pointer, e->pointer);
    if (e->position == MR_NOWHERE || e->pointer[0]) return text;
    return mr_arena_format(w->a, "%.*s, byte %zu", MR_STR_ARG(text), e->position);
}

/* The file is not what it must be: the end. */
static int not_the_form(struct work *w, const char *id, const struct mr_err *e, bool is_credential)
{
    w->r->is_credential = is_credential;
    struct mr_check *c = claim_id(w, MR_CHECK_FORMAT, MR_FAILED, id);
    c->source = say(w, "source.file");
    c->detail = e ? describe(w, e) : MR_STR_EMPTY;
    return MR_OK;
}

static void pass_format(struct work *w, const char *code, mr_str name, const char *id)
{
    w->r->is_credential = true;
    w->r->format_code = code;
    w->r->format = name;
    claim_id(w, MR_CHECK_FORMAT, MR_PASSED, id)->source = say(w, "source.file");
}

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

static const struct known_chain *find_chain(const mr_verifier *v, const mr_certificate *leaf, const uint8_t pool[32],
                                            int64_t at)
{
    for (size_t i = 0; i < CHAINS; i++) {
        const struct known_chain *k = &v->chains[i];
        if (k->used && at >= k->from && at <= k->until && memcmp(k->leaf, mr_certificate_sha256(leaf), 32) == 0 &&
            memcmp(k->pool, pool, 32) == 0)
            return k;
    }
    return NULL;
}

static bool any_is_test(mr_certificate *const *certificates, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (mr_certificate_is_test(certificates[i])) return true;
    return false;
}

static struct known_chain know_chain(const mr_certificate *leaf, const struct mr_chain *chain, bool is_test)
{
    struct known_chain k = {.used = true,
                            .state = chain->state,
                            .why = chain->why,
                            .is_test = is_test,
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

static void keep_chain(mr_verifier *v, struct known_chain k)
{
    if (k.state == MR_CHAIN_BROKEN) return; /* it may fit at another time */
    struct known_chain *place = &v->chains[v->next++ % CHAINS];
    mr_certificate_free(place->anchor);
    if (k.anchor) k.anchor = mr_certificate_share(k.anchor);
    *place = k;
}

static int build_chain(struct work *w, mr_certificate *leaf, mr_certificate *const *pool, size_t count,
                       struct known_chain *ret, struct mr_err *err)
{
    uint8_t digest[32];
    digest_pool(pool, count, digest);
    const struct known_chain *known = find_chain(w->v, leaf, digest, w->now);
    struct mr_chain chain;
    if (known) {
        *ret = *known;
        return MR_OK;
    }
    const mr_trust *t = w->v->trust;
    MR_TRY(mr_chain_build(leaf, pool, count, t ? t->anchors : NULL, t ? t->count : 0, w->now, &chain, err));
    *ret = know_chain(leaf, &chain,
                      any_is_test(pool, count) || mr_certificate_is_test(leaf) ||
                          any_is_test(chain.certificates, chain.count));
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
static mr_str differ(struct work *w, const char *member, mr_str said, const char *attribute, mr_str certified)
{
    mr_str text = mr_arena_format(w->a, "%s \"%.*s\", certificate %s \"%.*s\"", member, MR_STR_ARG(said), attribute,
                                  MR_STR_ARG(certified));
    return text.len ? text : MR_STR("document and certificate differ");
}

/* Empty when certificate and document agree; otherwise what does not. Facts elm-edc 1.7. */
static mr_str find_disagreement(struct work *w, const struct found *f)
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
           (time + CLOCK_SKEW_MS < mr_certificate_not_before(c) || time > mr_certificate_not_after(c));
}

static bool is_to_come(const struct work *w, int64_t time)
{
    return time != MR_TIME_NONE && time > w->now + CLOCK_SKEW_MS;
}

static mr_str say_with(struct work *w, const char *id, const char *name, mr_str value)
{
    return MR_SAY(w->a, w->l, id, {name, value});
}

static mr_str validity_of(struct work *w, const struct found *f)
{
    char from[21], until[21], claimed[21] = "-", proven[21] = "-";
    mr_time_write(mr_certificate_not_before(f->certificate), from);
    mr_time_write(mr_certificate_not_after(f->certificate), until);
    if (f->claimed_time != MR_TIME_NONE) mr_time_write(f->claimed_time, claimed);
    if (f->proven_time != MR_TIME_NONE) mr_time_write(f->proven_time, proven);
    return mr_arena_format(w->a, "certificate valid %s to %s; sealing time claimed %s, proven %s", from, until, claimed,
                           proven);
}

static bool is_far_from_seal(const struct work *w, const struct found *f)
{
    int64_t sealed = f->proven_time != MR_TIME_NONE ? f->proven_time : f->claimed_time, issued = w->r->view.issued;
    if (sealed == MR_TIME_NONE || issued == MR_TIME_NONE) return false;
    return issued > sealed + ISSUED_TOLERANCE_MS || issued < sealed - ISSUED_TOLERANCE_MS;
}

/* A party has a name in every language, and only one of them is certified. Whoever may choose the others could take somebody else's: what is
 * shown begins with the certified one. */
static mr_str certified_name(struct work *w, mr_str organisation, mr_str shown)
{
    if (shown.len == 0 || mr_str_eq_ascii_nocase(shown, organisation)) return shown;
    return mr_arena_format(w->a, "%.*s (“%.*s”)", MR_STR_ARG(organisation), MR_STR_ARG(shown));
}

static void certify_names(struct work *w, const struct found *f)
{
    mr_view *view = &w->r->view;
    mr_str organisation = mr_certificate_subject(f->certificate)->organisation;
    view->issuer = certified_name(w, organisation, view->issuer);
    if (!view->others_award) view->awarding_body = certified_name(w, organisation, view->awarding_body);
}

static struct mr_check *check_issuer_identity(struct work *w, const struct found *f)
{
    const mr_view *view = &w->r->view;
    const struct mr_certificate_name *subject = mr_certificate_subject(f->certificate);
    mr_str disagreement = find_disagreement(w, f),
           owner = subject->organisation.len ? subject->organisation : subject->common_name;
    struct mr_check *c;
    if (disagreement.len) {
        c = claim(w, MR_CHECK_ISSUER, MR_FAILED,
                  MR_SAY(w->a, w->l, "issuer.other", {"owner", mr_arena_dup(w->a, owner)}, {"issuer", view->issuer}));
        c->detail = disagreement;
        return c;
    }
    certify_names(w, f);
    if (view->mandate_missing)
        return claim(w, MR_CHECK_ISSUER, MR_FAILED,
                     MR_SAY(w->a, w->l, "issuer.no_mandate", {"issuer", view->issuer}, {"body", view->awarding_body}));
    if (view->on_behalf_of.len)
        return claim(w, MR_CHECK_ISSUER, MR_PASSED,
                     MR_SAY(w->a, w->l, "issuer.on_behalf", {"issuer", view->issuer},
                            {"identifier", view->issuer_identifier}, {"body", view->on_behalf_of}));
    return claim(
        w, MR_CHECK_ISSUER, MR_PASSED,
        MR_SAY(w->a, w->l, "issuer.passed", {"issuer", view->issuer}, {"identifier", view->issuer_identifier}));
}

static void check_issuer(struct work *w, const struct found *f)
{
    struct mr_check *c;
    if (!f->certificate) {
        c = claim_id(w, MR_CHECK_ISSUER, MR_UNCHECKED, "issuer.key_only");
        c->source = say(w, "source.file");
        return;
    }
    int64_t sealed = f->proven_time != MR_TIME_NONE ? f->proven_time : f->claimed_time;
    if (f->purpose_why) {
        c = claim_id(w, MR_CHECK_ISSUER, MR_FAILED, "issuer.purpose");
        c->detail = mr_str_of(f->purpose_why);
    } else if (is_outside(sealed, f->certificate) || is_outside(f->claimed_time, f->certificate)) {
        bool early = sealed + CLOCK_SKEW_MS < mr_certificate_not_before(f->certificate);
        c = claim_id(w, MR_CHECK_ISSUER, MR_FAILED, early ? "issuer.too_early" : "issuer.expired");
        c->detail = validity_of(w, f);
    } else if (is_to_come(w, sealed) || is_to_come(w, f->claimed_time)) {
        c = claim_id(w, MR_CHECK_ISSUER, MR_UNCHECKED, "issuer.not_yet"); /* one of two clocks is wrong */
        c->detail = validity_of(w, f);
    } else if (f->proven_time == MR_TIME_NONE && is_outside(w->now, f->certificate)) {
        /* EN 319 102-1: out of bounds, no proof of existence. Perhaps genuine; nobody can tell. */
        c = claim_id(w, MR_CHECK_ISSUER, MR_UNCHECKED, "issuer.expired_since");
        c->detail = validity_of(w, f);
    } else {
        c = check_issuer_identity(w, f);
        if (c->state == MR_PASSED) {
            c->detail = mr_arena_format(w->a, "%.*s; %.*s", MR_STR_ARG(mr_certificate_subject(f->certificate)->line),
                                        MR_STR_ARG(validity_of(w, f)));
            if (is_far_from_seal(w, f))
                c->detail = mr_arena_format(w->a, "%.*s; the date of issue is more than a day from the sealing",
                                            MR_STR_ARG(c->detail));
        }
    }
    c->source = say(w, "source.certificate");
}

/* ---- the other checks ---- */

static void check_trust(struct work *w, const struct found *f)
{
    const mr_trust *t = w->v->trust;
    struct mr_check *c;
    if (f->chain.is_test) {
        w->r->test_seal = true;
        c = claim_id(w, MR_CHECK_TRUST, MR_UNCHECKED, "trust.test_seal");
    } else if (!f->certificate)
        c = claim_id(w, MR_CHECK_TRUST, MR_UNCHECKED, "trust.key_only");
    else if (f->chain.state == MR_CHAIN_BROKEN) {
        c = claim_id(w, MR_CHECK_TRUST, MR_FAILED, "trust.broken");
        c->detail = mr_str_of(f->chain.why);
    } else if (f->chain.state == MR_CHAIN_ANCHORED) {
        const struct mr_certificate_name *n = mr_certificate_subject(f->chain.anchor);
        mr_str who = mr_arena_dup(w->a, n->common_name.len    ? n->common_name
                                        : n->organisation.len ? n->organisation
                                                              : n->line);
        c = claim(w, MR_CHECK_TRUST, MR_PASSED, say_with(w, "trust.passed", "authority", who));
        c->detail = mr_arena_dup(w->a, n->line);
    } else {
        bool none = !t || t->count == 0;
        const struct mr_certificate_name *n = mr_certificate_issuer(f->certificate);
        c = claim_id(w, MR_CHECK_TRUST, MR_UNCHECKED, none ? "trust.no_anchors" : "trust.not_reached");
        c->detail = mr_arena_format(w->a, "issued by %.*s%s%s", MR_STR_ARG(n->line), f->chain.why ? "; " : "",
                                    f->chain.why ? f->chain.why : "");
    }
    c->source = say(w, "source.anchors");
}

static void check_status(struct work *w, const struct found *f)
{
    bool named = mr_json_get(f->payload, "credentialStatus") != NULL;
    claim_id(w, MR_CHECK_STATUS, MR_UNCHECKED, named ? "status.not_asked" : "status.none")->source =
        say(w, "source.file");
}

static void check_dates(struct work *w)
{
    const mr_view *v = &w->r->view;
    struct mr_check *c;
    if (v->dates_unreadable)
        c = claim_id(w, MR_CHECK_DATES, MR_UNCHECKED, "dates.unreadable");
    else if (v->valid_until != MR_TIME_NONE && v->valid_until < w->now)
        c = claim(w, MR_CHECK_DATES, MR_FAILED,
                  say_with(w, "dates.expired", "date", mr_say_date(w->a, w->l, mr_date_of_time(v->valid_until))));
    else if (v->valid_from != MR_TIME_NONE && v->valid_from > w->now + CLOCK_SKEW_MS)
        c = claim(w, MR_CHECK_DATES, MR_FAILED,
                  say_with(w, "dates.not_yet", "date", mr_say_date(w->a, w->l, mr_date_of_time(v->valid_from))));
    else if (v->valid_until != MR_TIME_NONE)
        c = claim(w, MR_CHECK_DATES, MR_PASSED,
                  say_with(w, "dates.until", "date", mr_say_date(w->a, w->l, mr_date_of_time(v->valid_until))));
    else
        c = claim_id(w, MR_CHECK_DATES, MR_PASSED, "dates.no_end");
    c->source = say(w, "source.file");
}

static void check_holder(struct work *w)
{
    const char *id = mr_date_is_set(w->r->view.birth_date) ? "holder.compare" : "holder.compare_name";
    claim(w, MR_CHECK_HOLDER, MR_UNCHECKED, say_with(w, id, "learner", w->r->view.learner));
}

static void check_quality(struct work *w)
{
    const mr_view *v = &w->r->view;
    bool answered = v->answers[MR_ELEMENT_QUALITY].answered;
    if (v->claims_accreditation)
        claim_id(w, MR_CHECK_QUALITY, MR_UNCHECKED, "quality.not_asked");
    else
        claim_id(w, MR_CHECK_QUALITY, MR_NOT_APPLICABLE, answered ? "quality.internal" : "quality.none");
    w->r->checks[MR_CHECK_QUALITY].source = say(w, "source.file");
}

static void check_completeness(struct work *w)
{
    mr_report *r = w->r;
    mr_str names = MR_STR_EMPTY;
    for (mr_element e = 0; e < MR_ELEMENT_COUNT; e++) {
        if (!mr_element_info(e)->mandatory || r->view.answers[e].answered) continue;
        mr_str id = mr_arena_format(w->a, "element.%s", mr_element_info(e)->code);
        r->missing[r->missing_count++] = e;
        names = mr_wording_join(w->a, names, mr_message_str(w->l, id));
    }
    struct mr_check *c;
    if (r->missing_count == 0)
        c = claim_id(w, MR_CHECK_COMPLETENESS, MR_PASSED, "completeness.passed");
    else if (r->missing_count == 1)
        c = claim(w, MR_CHECK_COMPLETENESS, MR_FAILED, say_with(w, "completeness.one", "element", names));
    else
        c = claim(w, MR_CHECK_COMPLETENESS, MR_FAILED,
                  MR_SAY(w->a, w->l, "completeness.several",
                         {"count", mr_say_count(w->a, w->l, (int64_t)r->missing_count)}, {"elements", names}));
    c->source = say(w, "source.file");
}

/* The seal holds, the payload has its form: make every further check. */
static void judge(struct work *w, const struct found *f)
{
    w->r->has_view = true;
    w->r->document = f->payload_text;
    check_issuer(w, f);
    check_trust(w, f);
    check_status(w, f);
    check_dates(w);
    check_holder(w);
    check_quality(w);
    check_completeness(w);
}

/* ---- reading ---- */

static int refuse_json(struct work *w, mr_str text, const struct mr_err *e)
{
    size_t line = 0, column = 0;
    w->damaged = true;
    MR_TRY(not_the_form(w, mr_sniffed_json_message(e, text), e, false));
    if (e->position == MR_NOWHERE || e->position > text.len) return MR_OK;
    mr_json_place(text, e->position, &line, &column);
    struct mr_check *c = &w->r->checks[MR_CHECK_FORMAT];
    c->detail = mr_arena_format(w->a, "%.*s (line %zu, column %zu)", MR_STR_ARG(c->detail), line, column);
    return MR_OK;
}

/* Format of a payload whose seal holds, and its view. *ret false: refused, said so. */
static int read_payload(struct work *w, struct found *f, mr_elm_kind *ret_kind, bool *ret, struct mr_err *err)
{
    struct mr_err e = {0};
    *ret = false;
    int code = mr_json_parse(w->a, f->payload_text, NULL, &f->payload, &e);
    bool limit = code == MR_E_LIMIT || code == MR_E_NOMEM;
    if (code) return not_the_form(w, limit ? mr_sniffed_json_message(&e, f->payload_text) : "format.not_elm", &e, true);
    code = mr_elm_check_format(f->payload, ret_kind, &e);
    if (code == MR_E_NOMEM) return MR_FAIL(err, MR_E_NOMEM, "no memory to check a document", MR_NOWHERE);
    if (code)
        return not_the_form(
            w, mr_str_has_prefix(mr_str_of(e.message), MR_STR("format.")) ? e.message : "format.not_elm", &e, true);
    code = mr_view_read(w->a, f->payload, w->l, &w->r->view, &e);
    if (code) return not_the_form(w, "format.not_elm", &e, true);
    *ret = true;
    return MR_OK;
}

/* ---- unsealed JSON ---- */

static int verify_unsealed(struct work *w, const mr_json *root)
{
    mr_elm_kind kind = MR_ELM_NONE;
    struct mr_err e = {0};
    const mr_json *wrapped = mr_json_get(root, "credential"),
                  *document = mr_json_is(wrapped, MR_JSON_OBJECT) ? wrapped : root;
    const char *known = mr_sniffed_other_credential(document);
    if (known) return not_the_form(w, known, NULL, true);
    if (!mr_sniffed_may_be_credential(document)) return not_the_form(w, "format.other_json", NULL, false);
    if (mr_elm_check_format(document, &kind, &e) != MR_OK)
        return not_the_form(
            w, mr_str_has_prefix(mr_str_of(e.message), MR_STR("format.")) ? e.message : "format.not_elm", &e, true);
    pass_format(w, "elm", say(w, kind == MR_ELM_VC2 ? "format.name.vc2" : "format.name.edc"), "format.passed");
    claim_id(w, MR_CHECK_SEAL, MR_FAILED, "seal.none")->source = say(w, "source.file");
    return MR_OK;
}

/* ---- JAdES ---- */

static void take_step(struct work *w, mr_seal_check which, const struct mr_step *s)
{
    struct mr_check *c = &w->r->seal_checks[which];
    /* Beside a signature that does not fit, time-stamps prove nothing. */
    c->claimed = which == MR_SEAL_SIGNATURE || w->r->seal_checks[MR_SEAL_SIGNATURE].state == MR_PASSED;
    c->state = s->state;
    c->text = s->id ? say(w, s->id) : MR_STR_EMPTY;
    c->detail = mr_arena_dup(w->a, s->detail);
    if (s->authority.len) c->source = mr_arena_dup(w->a, s->authority);
    c->at = s->at;
}

static void claim_jades_seal(struct work *w, const mr_jades *j)
{
    const struct mr_step *steps[MR_SEAL_CHECK_COUNT] = {&j->signature, &j->content_time, &j->signature_time,
                                                        &j->archive_time, &j->revocation_evidence};
    const struct mr_step *failed = NULL;
    for (int i = 0; i < MR_SEAL_CHECK_COUNT && !failed; i++)
        if (steps[i]->state == MR_FAILED) failed = steps[i];
    struct mr_check *c;
    if (failed)
        c = claim(w, MR_CHECK_SEAL, MR_FAILED, failed->id ? say(w, failed->id) : say(w, "seal.failed"));
    else if (j->signature.state != MR_PASSED)
        c = claim(w, MR_CHECK_SEAL, MR_UNCHECKED, j->signature.id ? say(w, j->signature.id) : say(w, "seal.unchecked"));
    else if (j->best_time != MR_TIME_NONE)
        c = claim(w, MR_CHECK_SEAL, MR_PASSED,
                  say_with(w, j->timestamps_anchored ? "seal.passed_at" : "seal.passed_stamped", "time",
                           mr_say_time(w->a, w->l, j->best_time)));
    else if (j->claimed_time != MR_TIME_NONE)
        c = claim(w, MR_CHECK_SEAL, MR_PASSED,
                  say_with(w, "seal.passed_claimed", "time", mr_say_time(w->a, w->l, j->claimed_time)));
    else
        c = claim_id(w, MR_CHECK_SEAL, MR_PASSED, "seal.passed");
    if (failed) c->detail = mr_arena_dup(w->a, failed->detail);
    c->source = say(w, "source.file");
    for (int i = 0; i < MR_SEAL_CHECK_COUNT; i++) take_step(w, (mr_seal_check)i, steps[i]);
    for (size_t i = 0; i < MR_JADES_REMARKS && j->remarks[i]; i++)
        w->r->remarks[w->r->remark_count++] = say(w, j->remarks[i]);
}

static mr_str name_sealed(struct work *w, mr_elm_kind kind, mr_str seal)
{
    const char *id = kind == MR_ELM_EDC   ? "format.name.edc"
                     : kind == MR_ELM_VC2 ? "format.name.vc2"
                                          : "format.name.sealed";
    return mr_arena_concat(w->a, (const mr_str[]){say(w, id), MR_STR(" ("), seal, MR_STR(")")}, 4);
}

static int judge_jades(struct work *w, const mr_jades *j, struct mr_err *err)
{
    struct found f = {.payload_text = j->payload,
                      .certificate = j->certificate,
                      .purpose_why = j->purpose_why,
                      .claimed_time = j->claimed_time,
                      .proven_time = j->best_time};
    mr_elm_kind kind = MR_ELM_NONE;
    bool good = false;
    mr_str level = mr_str_of(j->level != MR_JADES_NONE ? mr_jades_level_name(j->level) : "JAdES");
    if (j->signature.state != MR_PASSED) {
        pass_format(w, "jades", name_sealed(w, MR_ELM_NONE, MR_STR("JAdES")), "format.sealed");
        claim_jades_seal(w, j);
        return MR_OK;
    }
    MR_TRY(read_payload(w, &f, &kind, &good, err));
    if (!good) {
        const char *known = f.payload ? mr_sniffed_other_credential(f.payload) : NULL;
        return known ? not_the_form(w, known, NULL, true) : MR_OK;
    }
    pass_format(w, "elm+jades", name_sealed(w, kind, level), "format.passed");
    claim_jades_seal(w, j);
    if (w->r->checks[MR_CHECK_SEAL].state != MR_PASSED) return MR_OK;
    if (j->certificate)
        f.chain = know_chain(j->certificate, &j->chain,
                             any_is_test(j->pool, j->pool_count) || any_is_test(j->chain.certificates, j->chain.count));
    judge(w, &f);
    return MR_OK;
}

static int verify_jades(struct work *w, mr_str text, const mr_json *root, struct mr_err *err)
{
    const mr_trust *t = w->v->trust;
    mr_jades j = {0};
    struct mr_err e = {0};
    int code = mr_jades_verify(w->a, text, root, t ? t->anchors : NULL, t ? t->count : 0, w->now, &j, &e);
    if (code) return not_the_form(w, code == MR_E_NOMEM ? "format.too_much" : "format.broken_seal", &e, true);
    code = judge_jades(w, &j, err);
    mr_jades_done(&j);
    return code;
}

/* ---- vc+jwt ---- */

static void claim_token_steps(struct work *w, mr_state signature)
{
    for (int i = 0; i < MR_SEAL_CHECK_COUNT; i++) {
        struct mr_check *c = &w->r->seal_checks[i];
        c->claimed = true;
        c->state = i == MR_SEAL_SIGNATURE ? signature : MR_NOT_APPLICABLE;
        c->text = say(w, i != MR_SEAL_SIGNATURE   ? "seal.token_no_times"
                         : signature == MR_PASSED ? "seal.signature.passed"
                                                  : "seal.signature.changed");
        c->at = w->now;
    }
}

static int judge_token(struct work *w, const mr_jws *j, mr_key *key, struct mr_err *err)
{
    struct mr_err e = {0};
    struct found f = {.payload_text = j->payload,
                      .claimed_time = MR_TIME_NONE,
                      .proven_time = MR_TIME_NONE,
                      .key_only = j->certificate_count == 0};
    mr_elm_kind kind = MR_ELM_NONE;
    bool good = false;
    int64_t iat = 0;
    if (mr_jws_verify(j, key, &e) != MR_OK) {
        pass_format(w, "vc+jwt", name_sealed(w, MR_ELM_NONE, MR_STR("vc+jwt")), "format.sealed");
        struct mr_check *c = claim_id(w, MR_CHECK_SEAL, MR_FAILED, "seal.signature.changed");
        c->detail = describe(w, &e);
        claim_token_steps(w, MR_FAILED);
        return MR_OK;
    }
    MR_TRY(read_payload(w, &f, &kind, &good, err));
    if (!good) {
        const char *known = f.payload ? mr_sniffed_other_credential(f.payload) : NULL;
        return known ? not_the_form(w, known, NULL, true) : MR_OK;
    }
    pass_format(w, "vc+jwt", name_sealed(w, kind, MR_STR("vc+jwt")), "format.passed");
    claim_id(w, MR_CHECK_SEAL, MR_PASSED, "seal.passed")->source = say(w, "source.file");
    claim_token_steps(w, MR_PASSED);
    if (mr_json_to_int64(mr_json_get(j->header, "iat"), &iat) && iat > 0)
        f.claimed_time =
            (iat < LAST_SECOND ? iat : LAST_SECOND) * 1000; /* absurd times are outside every certificate */
    if (f.claimed_time == MR_TIME_NONE && (mr_json_get(f.payload, "issued") || mr_json_get(f.payload, "issuanceDate")))
        f.claimed_time = w->r->view.issued; /* validFrom says nothing of the sealing */
    if (j->certificate_count) {
        f.certificate = j->certificates[0];
        mr_certificate_may_seal(f.certificate, &f.purpose_why);
        MR_TRY(build_chain(w, f.certificate, j->certificates, j->certificate_count, &f.chain, err));
    }
    judge(w, &f);
    return MR_OK;
}

static int verify_token(struct work *w, mr_str text, struct mr_err *err)
{
    struct mr_err e = {0};
    mr_jws j;
    int code = mr_jws_read(w->a, text, &j, &e);
    if (code) return not_the_form(w, code == MR_E_UNSUPPORTED ? "format.algorithm" : "format.broken_token", &e, true);
    mr_key *key = j.certificate_count ? mr_certificate_key(j.certificates[0]) : j.jwk;
    if (key)
        code = judge_token(w, &j, key, err);
    else {
        pass_format(w, "vc+jwt", name_sealed(w, MR_ELM_NONE, MR_STR("vc+jwt")), "format.sealed");
        claim_id(w, MR_CHECK_SEAL, MR_UNCHECKED, "seal.no_key")->source = say(w, "source.file");
    }
    mr_jws_done(&j);
    return code;
}

/* The protected header, before anything is believed: only to see what kind of token this is. NULL when it cannot be read. */
static const mr_json *peek_header(struct work *w, mr_str text)
{
    mr_str rest = text, part = MR_STR_EMPTY, octets = MR_STR_EMPTY;
    const mr_json *header = NULL;
    struct mr_err e;
    if (!mr_str_split(&rest, '.', &part) || mr_base64url_read(w->a, part, &octets, &e) != MR_OK) return NULL;
    if (mr_json_parse(w->a, octets, NULL, &header, &e) != MR_OK || !mr_json_is(header, MR_JSON_OBJECT)) return NULL;
    return header;
}

static bool is_one_of(mr_str text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (mr_str_eq_ascii_nocase(text, mr_str_of(words[i]))) return true;
    return false;
}

static int verify_compact(struct work *w, mr_str text, struct mr_err *err)
{
    const mr_json *header = peek_header(w, text);
    if (!header) return not_the_form(w, "format.text", NULL, false);
    mr_str typ = mr_json_get_str(header, "typ");
    if (mr_str_has_prefix(typ, MR_STR("application/"))) typ = mr_str_from(typ, 12);
    static const char *const presentations[] = {"vp+jwt", "vp+ld+jwt"}, *const sd_jwts[] = {"dc+sd-jwt", "vc+sd-jwt"};
    if (mr_str_eq_ascii_nocase(typ, MR_STR("vc+jwt")) || mr_str_eq_ascii_nocase(typ, MR_STR("vc+ld+jwt")))
        return verify_token(w, text, err);
    if (is_one_of(typ, presentations, 2)) return not_the_form(w, "format.presentation", NULL, true);
    if (is_one_of(typ, sd_jwts, 2)) return not_the_form(w, "format.sd_jwt", NULL, true);
    if (mr_str_eq_ascii_nocase(typ, MR_STR("jose")) || mr_json_get(header, "sigT") || mr_json_get(header, "x5t#S256"))
        return verify_jades(w, text, NULL, err);
    return not_the_form(w, "format.other_token", NULL, false);
}

static int verify_json(struct work *w, mr_str text, struct mr_err *err)
{
    const mr_json *root = NULL;
    struct mr_err e = {0};
    if (mr_json_parse(w->a, text, NULL, &root, &e) != MR_OK) return refuse_json(w, text, &e);
    if (!mr_json_is(root, MR_JSON_OBJECT)) return not_the_form(w, "format.list", NULL, false);
    return mr_jades_is(root) ? verify_jades(w, text, root, err) : verify_unsealed(w, root);
}

/* ---- verdict, summary, story ---- */

static bool is(const mr_report *r, mr_check_code code, mr_state state)
{
    return r->checks[code].claimed && r->checks[code].state == state;
}

mr_verdict mr_report_verdict(const mr_report *r)
{
    if (is(r, MR_CHECK_FORMAT, MR_FAILED) || is(r, MR_CHECK_SEAL, MR_FAILED) || is(r, MR_CHECK_ISSUER, MR_FAILED) ||
        is(r, MR_CHECK_STATUS, MR_FAILED))
        return MR_VERDICT_INVALID;
    if (is(r, MR_CHECK_SEAL, MR_UNCHECKED) || is(r, MR_CHECK_ISSUER, MR_UNCHECKED) ||
        !is(r, MR_CHECK_TRUST, MR_PASSED) || is(r, MR_CHECK_STATUS, MR_UNCHECKED) ||
        is(r, MR_CHECK_DATES, MR_UNCHECKED) || is(r, MR_CHECK_QUALITY, MR_UNCHECKED))
        return MR_VERDICT_UNKNOWN;
    if (is(r, MR_CHECK_DATES, MR_FAILED) || is(r, MR_CHECK_QUALITY, MR_FAILED) ||
        is(r, MR_CHECK_COMPLETENESS, MR_FAILED))
        return MR_VERDICT_CAUTION;
    return MR_VERDICT_VALID;
}

static mr_str summarise_invalid(const struct work *w)
{
    const mr_report *r = w->r;
    if (w->damaged) return say(w, "summary.damaged");
    if (is(r, MR_CHECK_FORMAT, MR_FAILED))
        return say(w, r->is_credential ? "summary.not_readable" : "summary.no_credential");
    if (is(r, MR_CHECK_SEAL, MR_FAILED)) {
        mr_str text = r->checks[MR_CHECK_SEAL].text;
        if (mr_str_eq(text, say(w, "seal.none"))) return say(w, "summary.no_seal");
        return say(w, mr_str_eq(text, say(w, "seal.signature.changed")) ? "summary.changed" : "summary.seal_failed");
    }
    return say(w, is(r, MR_CHECK_ISSUER, MR_FAILED) ? "summary.other_issuer" : "summary.withdrawn");
}

static mr_str summarise_unknown(struct work *w)
{
    const mr_report *r = w->r;
    static const mr_check_code asked[] = {MR_CHECK_STATUS, MR_CHECK_DATES, MR_CHECK_QUALITY};
    int64_t open = 0;
    if (is(r, MR_CHECK_SEAL, MR_UNCHECKED)) return say(w, "summary.seal_unchecked");
    if (r->test_seal) return say(w, "summary.test_seal");
    if (is(r, MR_CHECK_ISSUER, MR_UNCHECKED)) return say(w, "summary.issuer_unchecked");
    if (!is(r, MR_CHECK_TRUST, MR_PASSED)) return say(w, "summary.trust_unchecked");
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) open += is(r, asked[i], MR_UNCHECKED);
    if (is(r, MR_CHECK_DATES, MR_FAILED)) return say(w, "summary.not_current_unchecked");
    return open == 1 ? say(w, "summary.one_unchecked")
                     : say_with(w, "summary.some_unchecked", "count", mr_say_count(w->a, w->l, open));
}

static mr_str summarise(struct work *w)
{
    const mr_report *r = w->r;
    bool past = r->view.valid_until != MR_TIME_NONE && r->view.valid_until < w->now;
    switch (r->verdict) {
    case MR_VERDICT_INVALID: return summarise_invalid(w);
    case MR_VERDICT_UNKNOWN: return summarise_unknown(w);
    case MR_VERDICT_CAUTION:
        if (is(r, MR_CHECK_DATES, MR_FAILED)) return say(w, past ? "summary.expired" : "summary.not_yet");
        return say(w, is(r, MR_CHECK_COMPLETENESS, MR_FAILED) ? "summary.incomplete" : "summary.outside");
    case MR_VERDICT_VALID: break;
    }
    return say(w, "summary.valid");
}

/* Who awarded what to whom when. Only a trusted issuer's word is told as a fact, and only of itself. */
static mr_str tell(struct work *w)
{
    const mr_report *r = w->r;
    const mr_view *v = &r->view;
    if (!r->has_view) return MR_STR_EMPTY;
    bool trusted = is(r, MR_CHECK_TRUST, MR_PASSED) && is(r, MR_CHECK_ISSUER, MR_PASSED) && !v->others_award;
    mr_str workload = v->workload.len
                          ? mr_arena_concat(w->a, (const mr_str[]){MR_STR(" ("), v->workload, MR_STR(")")}, 3)
                          : MR_STR_EMPTY;
    mr_str story =
        MR_SAY(w->a, w->l, trusted ? "story.awarded" : "story.says",
               {"body", v->awarding_body.len ? v->awarding_body : v->issuer}, {"title", v->title},
               {"workload", workload}, {"learner", v->learner}, {"date", mr_say_date(w->a, w->l, v->awarded_on)});
    if (v->on_behalf_of.len && is(r, MR_CHECK_ISSUER, MR_PASSED)) {
        mr_str behalf = MR_SAY(w->a, w->l, "story.on_behalf", {"issuer", v->issuer}, {"body", v->on_behalf_of});
        story = mr_arena_concat(w->a, (const mr_str[]){story, MR_STR(" "), behalf}, 3);
    }
    return mr_arena_concat(w->a, (const mr_str[]){story, MR_STR(" "), say(w, "story.intact")}, 3);
}

int mr_verify(mr_verifier *v, mr_arena *a, mr_str file, mr_report *ret, struct mr_err *err)
{
    mr_str text = MR_STR_EMPTY;
    mr_sniffed kind = mr_sniff(file, &text);
    *ret = (mr_report){.format_code = "", .checked_at = mr_env_now(v->env)};
    ret->view.issued = ret->view.valid_from = ret->view.valid_until = MR_TIME_NONE;
    struct work w = {v, a, v->language, ret, ret->checked_at, kind == MR_SNIFFED_UTF16};
    int code;
    if (kind == MR_SNIFFED_JSON)
        code = verify_json(&w, text, err);
    else if (kind == MR_SNIFFED_COMPACT)
        code = verify_compact(&w, text, err);
    else if (kind == MR_SNIFFED_SD_JWT)
        code = not_the_form(&w, "format.sd_jwt", NULL, true);
    else
        code = not_the_form(&w, mr_sniffed_message(kind), NULL, false);
    MR_TRY(code);
    ret->verdict = mr_report_verdict(ret);
    ret->summary = summarise(&w);
    ret->story = tell(&w);
    return ret->summary.len ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for the report", MR_NOWHERE);
}

int mr_verifier_open(const struct mr_verifying *v, mr_verifier **ret, struct mr_err *err)
{
    mr_verifier *made = calloc(1, sizeof *made);
    if (!made) return MR_FAIL(err, MR_E_NOMEM, "no memory for a verifier", MR_NOWHERE);
    made->trust = v->trust;
    made->env = v->env;
    made->language = v->language;
    *ret = made;
    return MR_OK;
}

void mr_verifier_close(mr_verifier *v)
{
    if (!v) return;
    for (size_t i = 0; i < CHAINS; i++) mr_certificate_free(v->chains[i].anchor);
    free(v);
}

void mr_verifier_set_language(mr_verifier *v, const mr_language *l)
{
    v->language = l;
}
