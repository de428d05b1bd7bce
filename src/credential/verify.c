/* Verifying, from the octets of a file to a report.
 *
 * The order is that of DESIGN section 4. `mr_verify` sniffs and hands over to a reader: verify_jades.c (European Digital Credentials), verify_secured.c (Data
 * Integrity, JOSE, SD-JWT), verify_presentation.c, verify_assertion.c (Open Badges 2.0 and older); out of a picture by verify_picture.c, out of a PDF by verify_pdf.c. A reader finds the payload and what the proof says, fills `struct mr_found`, and verify_checks.c makes
 * the checks of it, all mechanisms alike. What stops early says why in `format` or `seal`; nothing behind them is claimed then.
 *
 * Invariants.
 * 1. A check passes only when it ran. A check that was not reached keeps claimed == false.
 * 2. Nothing of a document is shown (view, story, document) unless its seal holds.
 * 3. Hostile input ends in a report: only a lack of memory for the report itself is an error.
 * 4. Trust is never given by a test seal, whatever the anchors are.
 * 5. One file asks the network for so many documents and for so long (limits.h), whatever it names; what is left over could not be checked.
 *
 * Chains are kept: files of one issuer (600 of a year's course) lead to one look at the certificates. An entry holds for a span of time in
 * which every certificate of its chain is valid.
 *
 * Sentences are messages: "<check>.<case>". */
#include "credential/verify_inside.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "base/unzip.h"
#include "credential/assertion.h"
#include "credential/vcdm.h"
#include "credential/wording.h"
#include "proof/jades.h"

#include <stdlib.h>

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

/* ---- which reader? ---- */

/* A document without a proof: told what it would be, and that nothing seals it. */
static int verify_unsealed(struct mr_verification *w, const mr_json *root, struct mr_err *err)
{
    mr_elm_kind kind = MR_ELM_NONE;
    struct mr_err e = {0};
    const mr_json *wrapped = mr_json_get(root, "credential"),
                  *document = mr_json_is(wrapped, MR_JSON_OBJECT) ? wrapped : root;
    /* A presentation needs no proof of its own: what it holds is sealed. */
    const mr_secured presentation = {.payload = document};
    if (mr_vcdm_kind_of(document) == MR_VCDM_PRESENTATION) return mr_verify_presentation(w, &presentation, err);
    if (!mr_sniffed_may_be_credential(document)) return mr_verify_not_the_form(w, "format.other_json", NULL, false);
    bool elm = mr_elm_check_format(document, &kind, &e) == MR_OK;
    if (!elm && mr_vcdm_kind_of(document) == MR_VCDM_NOTHING)
        return mr_verify_not_the_form(
            w, mr_str_has_prefix(mr_str_of(e.message), MR_STR("format.")) ? e.message : "format.not_elm", &e, true);
    mr_verify_pass_format(w, elm ? "elm" : "vc",
                          mr_verify_say(w, !elm                 ? "format.name.vc"
                                           : kind == MR_ELM_VC2 ? "format.name.vc2"
                                                                : "format.name.edc"),
                          elm ? "format.passed" : "format.unsealed");
    mr_verify_claim_id(w, MR_CHECK_SEAL, MR_FAILED, "seal.none")->source = mr_verify_say(w, "source.file");
    w->r->unsealed = true;
    return MR_OK;
}

/* The protected header, before anything is believed: only to see what kind of token this is. NULL when it cannot be read. */
static const mr_json *peek_header(struct mr_verification *w, mr_str text)
{
    mr_str rest = text, part = MR_STR_EMPTY, octets = MR_STR_EMPTY;
    const mr_json *header = NULL;
    struct mr_err e;
    if (!mr_str_split(&rest, '.', &part) || mr_base64url_read(w->a, part, &octets, &e) != MR_OK) return NULL;
    if (mr_json_parse(w->a, octets, NULL, &header, &e) != MR_OK || !mr_json_is(header, MR_JSON_OBJECT)) return NULL;
    return header;
}

static int verify_compact(struct mr_verification *w, mr_str text, struct mr_err *err)
{
    const mr_json *header = peek_header(w, text);
    if (!header) return mr_verify_not_the_form(w, "format.text", NULL, false);
    mr_str typ = mr_json_get_str(header, "typ");
    if (mr_str_has_prefix(typ, MR_STR("application/"))) typ = mr_str_from(typ, 12);
    if (mr_str_eq_ascii_nocase(typ, MR_STR("jose")) || mr_json_get(header, "sigT") || mr_json_get(header, "x5t#S256"))
        return mr_verify_jades(w, text, NULL, err);
    if (mr_verify_is_signed_assertion(w, text)) return mr_verify_signed_assertion(w, text, err);
    return mr_verify_secured(w, text, NULL, err);
}

static bool is_enveloped(const mr_json *root)
{
    return mr_str_has_prefix(mr_json_get_str(root, "id"), MR_STR("data:application/"));
}

static int verify_json(struct mr_verification *w, mr_str text, struct mr_err *err)
{
    const mr_json *root = NULL;
    struct mr_err e = {0};
    if (mr_json_parse(w->a, text, NULL, &root, &e) != MR_OK) return mr_verify_refuse_json(w, text, &e);
    if (!mr_json_is(root, MR_JSON_OBJECT)) return mr_verify_not_the_form(w, "format.list", NULL, false);
    if (mr_sd_jwt_is(root)) return mr_verify_secured(w, text, root, err);
    if (mr_jades_is(root)) return mr_verify_jades(w, text, root, err);
    if (mr_assertion_is(root)) return mr_verify_assertion(w, text, root, err);
    return mr_data_integrity_is(root) || is_enveloped(root) ? mr_verify_secured(w, text, root, err)
                                                            : verify_unsealed(w, root, err);
}

int mr_verify_text(struct mr_verification *w, mr_sniffed kind, mr_str text, struct mr_err *err)
{
    switch (kind) {
    case MR_SNIFFED_JSON: return verify_json(w, text, err);
    case MR_SNIFFED_COMPACT: return verify_compact(w, text, err);
    case MR_SNIFFED_SD_JWT: return mr_verify_secured(w, text, NULL, err);
    default: break;
    }
    w->damaged = kind == MR_SNIFFED_UTF16;
    return mr_verify_not_the_form(w, mr_sniffed_message(kind), NULL, false);
}

static int verify_file(struct mr_verification *w, mr_str file, struct mr_err *err)
{
    mr_str text = MR_STR_EMPTY;
    if (w->v->v.archives && mr_unzip_is(file)) return mr_verify_archive(w, file, err);
    mr_sniffed kind = mr_sniff(file, &text);
    if (kind == MR_SNIFFED_PNG || kind == MR_SNIFFED_SVG) return mr_verify_picture(w, file, err);
    if (kind == MR_SNIFFED_PICTURE) return mr_verify_photograph(w, file, err);
    if (kind == MR_SNIFFED_PDF) return mr_verify_pdf(w, file, err);
    if (kind == MR_SNIFFED_GZIP) kind = mr_sniff_gzip(w->a, file);
    return mr_verify_text(w, kind, text, err);
}

/* ---- verdict, summary, story ---- */

static bool is(const mr_report *r, mr_check_code code, mr_state state)
{
    return r->checks[code].claimed && r->checks[code].state == state;
}

static int rank(mr_verdict v)
{
    static const int ranks[] = {
        [MR_VERDICT_VALID] = 0, [MR_VERDICT_CAUTION] = 1, [MR_VERDICT_UNKNOWN] = 2, [MR_VERDICT_INVALID] = 3};
    return ranks[v];
}

mr_verdict mr_verdict_worse(mr_verdict a, mr_verdict b)
{
    return rank(b) > rank(a) ? b : a;
}

static mr_verdict worst_of_contents(const mr_report *r)
{
    mr_verdict worst = r->content_over ? MR_VERDICT_UNKNOWN : MR_VERDICT_VALID;
    for (size_t i = 0; i < r->content_count; i++)
        if (r->contents[i].judged) worst = mr_verdict_worse(worst, r->contents[i].verdict);
    return worst;
}

mr_verdict mr_report_verdict(const mr_report *r)
{
    if (r->is_archive) return worst_of_contents(r);
    if (is(r, MR_CHECK_FORMAT, MR_FAILED) || is(r, MR_CHECK_SEAL, MR_FAILED) || is(r, MR_CHECK_ISSUER, MR_FAILED) ||
        (is(r, MR_CHECK_STATUS, MR_FAILED) && !r->suspended))
        return MR_VERDICT_INVALID;
    if (is(r, MR_CHECK_SEAL, MR_UNCHECKED) || is(r, MR_CHECK_ISSUER, MR_UNCHECKED) ||
        !is(r, MR_CHECK_TRUST, MR_PASSED) || is(r, MR_CHECK_STATUS, MR_UNCHECKED) ||
        is(r, MR_CHECK_DATES, MR_UNCHECKED) || is(r, MR_CHECK_QUALITY, MR_UNCHECKED))
        return MR_VERDICT_UNKNOWN;
    if (r->suspended || is(r, MR_CHECK_DATES, MR_FAILED) || is(r, MR_CHECK_QUALITY, MR_FAILED) ||
        is(r, MR_CHECK_COMPLETENESS, MR_FAILED) || r->content_failures)
        return MR_VERDICT_CAUTION;
    return MR_VERDICT_VALID;
}

/* Of a badge without a seal the same is said in other words. */
static mr_str say_of_seal(const struct mr_verification *w, const char *id, const char *hosted)
{
    return mr_verify_say(w, w->r->hosted ? hosted : id);
}

static mr_str summarise_invalid(const struct mr_verification *w)
{
    const mr_report *r = w->r;
    if (w->damaged) return mr_verify_say(w, "summary.damaged");
    if (is(r, MR_CHECK_FORMAT, MR_FAILED))
        return mr_verify_say(w, r->is_credential ? "summary.not_readable" : "summary.no_credential");
    if (is(r, MR_CHECK_SEAL, MR_FAILED)) {
        mr_str text = r->checks[MR_CHECK_SEAL].text;
        if (mr_str_eq(text, mr_verify_say(w, "seal.none"))) return mr_verify_say(w, "summary.no_seal");
        if (mr_str_eq(text, mr_verify_say(w, "seal.signature.changed"))) return mr_verify_say(w, "summary.changed");
        return say_of_seal(w, "summary.seal_failed", "summary.hosted.differs");
    }
    if (!is(r, MR_CHECK_ISSUER, MR_FAILED)) return mr_verify_say(w, "summary.withdrawn");
    return say_of_seal(w, "summary.other_issuer", "summary.hosted.other_issuer");
}

static mr_str summarise_unknown(const struct mr_verification *w)
{
    const mr_report *r = w->r;
    static const mr_check_code asked[] = {MR_CHECK_STATUS, MR_CHECK_DATES, MR_CHECK_QUALITY};
    int64_t open = 0;
    if (is(r, MR_CHECK_FORMAT, MR_UNCHECKED) && !r->hosted) return mr_verify_say(w, "summary.not_checked");
    if (is(r, MR_CHECK_SEAL, MR_UNCHECKED))
        return say_of_seal(w, "summary.seal_unchecked", "summary.hosted.unconfirmed");
    if (r->test_seal) return mr_verify_say(w, "summary.test_seal");
    if (is(r, MR_CHECK_ISSUER, MR_UNCHECKED))
        return say_of_seal(w, "summary.issuer_unchecked", "summary.hosted.issuer_unchecked");
    if (!is(r, MR_CHECK_TRUST, MR_PASSED))
        return say_of_seal(w, "summary.trust_unchecked", "summary.hosted.trust_unchecked");
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) open += is(r, asked[i], MR_UNCHECKED);
    if (r->suspended) return mr_verify_say(w, "summary.suspended");
    if (is(r, MR_CHECK_DATES, MR_FAILED)) return mr_verify_say(w, "summary.not_current_unchecked");
    return open == 1 ? mr_verify_say(w, "summary.one_unchecked")
                     : mr_verify_say_with(w, "summary.some_unchecked", "count", mr_say_count(w->a, w->l, open));
}

mr_str mr_verify_summarise(const struct mr_verification *w)
{
    const mr_report *r = w->r;
    if (r->is_archive) return w->unpacked;
    bool past = r->view.valid_until != MR_TIME_NONE && r->view.valid_until < w->now;
    switch (r->verdict) {
    case MR_VERDICT_INVALID: return summarise_invalid(w);
    case MR_VERDICT_UNKNOWN: return summarise_unknown(w);
    case MR_VERDICT_CAUTION:
        if (r->suspended) return mr_verify_say(w, "summary.suspended");
        if (is(r, MR_CHECK_DATES, MR_FAILED)) return mr_verify_say(w, past ? "summary.expired" : "summary.not_yet");
        return mr_verify_say(w, is(r, MR_CHECK_COMPLETENESS, MR_FAILED) ? "summary.incomplete"
                                : is(r, MR_CHECK_QUALITY, MR_FAILED)    ? "summary.outside"
                                                                        : "summary.contents");
    case MR_VERDICT_VALID: break;
    }
    return mr_verify_say(w, "summary.valid");
}

/* Who awarded what to whom when. Only a trusted issuer's word is told as a fact, and only of itself. */
static mr_str tell_of_credential(struct mr_verification *w)
{
    const mr_report *r = w->r;
    const mr_view *v = &r->view;
    if (!r->has_view) return MR_STR_EMPTY;
    bool trusted = is(r, MR_CHECK_TRUST, MR_PASSED) && is(r, MR_CHECK_ISSUER, MR_PASSED) && !v->others_award;
    mr_str workload = v->workload.len
                          ? mr_arena_concat(w->a, (const mr_str[]){MR_STR(" ("), v->workload, MR_STR(")")}, 3)
                          : MR_STR_EMPTY;
    mr_str body = mr_wording_identifier(w->a, v->awarding_body.len ? v->awarding_body : v->issuer),
           date = mr_date_is_set(v->awarded_on) ? mr_say_date(w->a, w->l, v->awarded_on) : MR_STR_EMPTY;
    bool whole = v->title.len && v->learner.len && date.len;
    mr_str to = v->learner.len ? mr_verify_say_with(w, "story.to", "learner", v->learner) : MR_STR_EMPTY,
           on = date.len ? mr_verify_say_with(w, "story.on", "date", date) : MR_STR_EMPTY;
    mr_str story = MR_SAY(w->a, w->l,
                          v->is_endorsement ? "story.endorsed"
                          : whole           ? trusted ? "story.awarded" : "story.says"
                          : v->title.len    ? "story.says_part"
                                            : "story.issued",
                          {"body", body}, {"title", v->title}, {"workload", workload}, {"learner", v->learner},
                          {"date", date}, {"to", to}, {"on", on});
    if (v->on_behalf_of.len && is(r, MR_CHECK_ISSUER, MR_PASSED)) {
        mr_str behalf = MR_SAY(w->a, w->l, "story.on_behalf", {"issuer", v->issuer}, {"body", v->on_behalf_of});
        story = mr_arena_concat(w->a, (const mr_str[]){story, MR_STR(" "), behalf}, 3);
    }
    return mr_arena_concat(w->a, (const mr_str[]){story, MR_STR(" "), say_of_seal(w, "story.intact", "story.hosted")},
                           3);
}

/* What nobody may miss comes first. */
static mr_str tell(struct mr_verification *w)
{
    mr_str story = tell_of_credential(w), blank = MR_STR(" ");
    if (!w->beside.len) return story;
    return story.len ? mr_arena_concat(w->a, (const mr_str[]){w->beside, blank, story}, 3) : w->beside;
}

/* ---- how much of the network ---- */

/* What is over the budget is as good as unreachable: it could not be checked. */
static int fetch_counted(void *self, mr_arena *a, mr_str url, const char *accept, size_t max, mr_str *ret,
                         struct mr_err *err)
{
    struct mr_fetch_budget *b = self;
    if (b->left == 0)
        return MR_FAIL_DETAIL(err, MR_E_NET, "not asked", "more than %d places to ask", MR_LIMIT_VERIFY_FETCHES);
    if (mr_env_now(b->env) >= b->until)
        return MR_FAIL_DETAIL(err, MR_E_NET, "not asked", "the network took more than %d s", MR_LIMIT_VERIFY_MS / 1000);
    b->left--;
    return b->fetch->get(b->fetch->self, a, url, accept, max, ret, err);
}

static void open_budget(mr_verifier *v)
{
    v->budget.left = MR_LIMIT_VERIFY_FETCHES;
    v->budget.until = mr_env_now(v->v.env) + MR_LIMIT_VERIFY_MS;
}

/* Between two files nothing points to the certificates of lists that earlier files led to. */
static void make_room_for_listed(mr_verifier *v)
{
    size_t own = v->v.trust ? v->v.trust->count : 0;
    if (v->anchor_count < own + MR_VERIFY_LISTED / 2) return;
    while (v->anchor_count > own) mr_certificate_free(v->anchors[--v->anchor_count]);
}

int mr_verify(mr_verifier *v, mr_arena *a, mr_str file, mr_report *ret, struct mr_err *err)
{
    *ret = (mr_report){.format_code = "", .checked_at = mr_env_now(v->v.env)};
    ret->view.issued = ret->view.valid_from = ret->view.valid_until = MR_TIME_NONE;
    struct mr_verification w = {.v = v, .a = a, .l = v->v.language, .r = ret, .now = ret->checked_at};
    open_budget(v);
    make_room_for_listed(v);
    MR_TRY(verify_file(&w, file, err));
    ret->verdict = mr_report_verdict(ret);
    ret->summary = mr_verify_summarise(&w);
    ret->story = tell(&w);
    return ret->summary.len ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for the report", MR_NOWHERE);
}

size_t mr_verify_count(mr_str file)
{
    size_t count = mr_unzip_count(file);
    return !count ? 1 : count < MR_LIMIT_VERIFY_ARCHIVE ? count : MR_LIMIT_VERIFY_ARCHIVE;
}

int mr_verifier_open(const struct mr_verifying *v, mr_verifier **ret, struct mr_err *err)
{
    mr_verifier *made = calloc(1, sizeof *made);
    if (!made) return MR_FAIL(err, MR_E_NOMEM, "no memory for a verifier", MR_NOWHERE);
    made->v = *v;
    made->budget = (struct mr_fetch_budget){.fetch = v->fetch, .env = v->env};
    made->counted = (mr_fetch){fetch_counted, &made->budget};
    if (v->fetch) made->v.fetch = made->resolver.fetch = &made->counted;
    made->anchor_count = v->trust ? v->trust->count : 0;
    mr_arena_init(&made->keep, MR_MIB);
    made->anchors = MR_NEW_ARRAY(&made->keep, mr_certificate *, made->anchor_count + MR_VERIFY_LISTED);
    if (!made->anchors) {
        mr_verifier_close(made);
        return MR_FAIL(err, MR_E_NOMEM, "no memory for a verifier", MR_NOWHERE);
    }
    if (made->anchor_count) memcpy(made->anchors, v->trust->anchors, made->anchor_count * sizeof *made->anchors);
    made->registry = (struct mr_registry_keys){
        .usual = {mr_controller_find, &made->resolver}, .fetch = made->v.fetch, .trust = v->trust};
    *ret = made;
    return MR_OK;
}

void mr_verifier_close(mr_verifier *v)
{
    if (!v) return;
    for (size_t i = 0; i < MR_VERIFY_CHAINS; i++) mr_certificate_free(v->chains[i].anchor);
    for (size_t i = v->v.trust ? v->v.trust->count : 0; v->anchors && i < v->anchor_count; i++)
        mr_certificate_free(v->anchors[i]);
    mr_arena_done(&v->keep);
    mr_contexts_close(v->contexts);
    free(v);
}

mr_contexts *mr_verifier_take_contexts(mr_verifier *v)
{
    mr_contexts *contexts = v->contexts;
    v->contexts = NULL;
    return contexts;
}

void mr_verifier_give_contexts(mr_verifier *v, mr_contexts *contexts)
{
    v->contexts = contexts;
}

void mr_verifier_set_language(mr_verifier *v, const mr_language *l)
{
    v->v.language = l;
}
