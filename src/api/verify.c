/* Verifying for other programs: a verifier that is set up, and a report that is asked.
 *
 * The inner verifier is opened late and closed by every setting that its memory (chains of certificates) depends on; the next verification opens a new one.
 * The clock and the language may change in between.
 *
 * A report is told once, in C texts: mr_verify fills `found`, and tell_checks and tell_elements bring it into the caller's terms. Everything lies in the
 * report's arena, with a copy of the file, so that the caller may let go of his. What is long (json, text) is written when it is first asked for. */
#include "api/inside.h"

#include "base/limits.h"
#include "credential/verify.h"

#define MEMORY (8 * MR_MIB)

struct merit_verifier {
    mr_arena arena;
    struct mr_api_clock clock;
    struct mr_api_fetch fetch;
    const mr_language *language;
    mr_trust trust;
    mr_arena expected; /* of the two texts that follow */
    mr_str audience, nonce;
    mr_verifier *inside; /* opened by the first verification after a setting was changed */
};

/* A check in the caller's terms. */
struct merit_check_result {
    const char *code, *text, *detail, *source;
    merit_state state;
    int64_t time;
    const struct merit_check_result *inner;
    size_t inner_count;
};

struct merit_report {
    mr_arena arena;
    mr_report found;
    const mr_language *language;
    struct merit_check_result checks[MR_CHECK_COUNT], seal_checks[MR_SEAL_CHECK_COUNT];
    size_t check_count;
    const char *summary, *story, *format;
    struct {
        const char *code, *label;
        const char **values;
        size_t count;
    } elements[MR_ELEMENT_COUNT]; /* mandatory ones first */
    size_t element_count;
    const char *json, *document, *text; /* written when asked for */
    size_t json_size, text_size;
};

/* ---- the verifier ---- */

merit_code merit_verifier_new(merit_verifier **ret, merit_error *err)
{
    merit_verifier *v = mr_api_new(sizeof *v, MEMORY);
    if (!v) return mr_api_refuse(err, MR_E_NOMEM, "no memory for a verifier");
    mr_api_clock_init(&v->clock);
    mr_arena_init(&v->expected, MR_MIB);
    v->language = mr_language_english();
    v->trust.anchors = MR_NEW_ARRAY(&v->arena, mr_certificate *, MR_LIMIT_ANCHORS);
    if (!v->trust.anchors) {
        merit_verifier_free(v);
        return mr_api_refuse(err, MR_E_NOMEM, "no memory for a verifier");
    }
    *ret = v;
    return MERIT_OK;
}

/* What the inner verifier remembers was found with the old settings. */
static void settle(merit_verifier *v)
{
    mr_verifier_close(v->inside);
    v->inside = NULL;
}

void merit_verifier_free(merit_verifier *verifier)
{
    if (!verifier) return;
    settle(verifier);
    mr_trust_done(&verifier->trust);
    mr_arena_done(&verifier->expected);
    mr_api_free(verifier);
}

merit_code merit_verifier_set_language(merit_verifier *verifier, const char *tag, merit_error *err)
{
    merit_code code = mr_api_language(tag, &verifier->language, err);
    if (verifier->inside) mr_verifier_set_language(verifier->inside, verifier->language);
    return code;
}

/* Take over certificates that were read; those that find no room are freed. */
static merit_code add_anchors(merit_verifier *v, mr_certificate *const *found, size_t count, merit_error *err)
{
    size_t kept = 0;
    settle(v);
    while (kept < count && v->trust.count < MR_LIMIT_ANCHORS) v->trust.anchors[v->trust.count++] = found[kept++];
    if (kept == count) return MERIT_OK;
    while (kept < count) mr_certificate_free(found[kept++]);
    return mr_api_refuse(err, MR_E_LIMIT, "too many trust anchors");
}

merit_code merit_verifier_trust(merit_verifier *verifier, const char *pem, size_t size, merit_error *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena scratch;
    mr_certificate **found = NULL;
    size_t count = 0;
    struct mr_err e = {0};
    mr_arena_init(&scratch, MEMORY);
    if (mr_certificates_read_pem(&scratch, mr_api_str(pem, size), &found, &count, &e) != MR_OK)
        return mr_api_fail(err, &e);
    if (count == 0) return mr_api_refuse(err, MR_E_FORMAT, "there is no certificate in this text");
    return add_anchors(verifier, found, count, err);
}

/* Known issuers of a folder, whose texts go with it: copied. */
static int add_issuers(merit_verifier *v, const mr_trust *found, struct mr_err *err)
{
    mr_trust *t = &v->trust;
    if (!found->issuer_count) return MR_OK;
    if (!t->issuers) t->issuers = MR_NEW_ARRAY(&v->arena, struct mr_known_issuer, MR_LIMIT_ANCHORS);
    if (!t->issuers) return MR_FAIL(err, MR_E_NOMEM, "no memory for known issuers", MR_NOWHERE);
    for (size_t i = 0; i < found->issuer_count; i++) {
        const struct mr_known_issuer *k = &found->issuers[i];
        if (t->issuer_count == MR_LIMIT_ANCHORS) return MR_FAIL(err, MR_E_LIMIT, "too many known issuers", MR_NOWHERE);
        struct mr_known_issuer kept = *k;
        kept.id = mr_arena_dup(&v->arena, k->id);
        kept.name = mr_arena_dup(&v->arena, k->name);
        kept.withdrawn = mr_arena_dup(&v->arena, k->withdrawn);
        kept.says = mr_arena_dup(&v->arena, k->says);
        if (!kept.id.ptr || !kept.name.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for known issuers", MR_NOWHERE);
        t->issuers[t->issuer_count++] = kept;
    }
    return MR_OK;
}

merit_code merit_verifier_trust_folder(merit_verifier *verifier, const char *folder, merit_error *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena scratch;
    mr_trust found = {0};
    struct mr_err e = {0};
    mr_arena_init(&scratch, MR_LIMIT_DOCUMENT_MEMORY);
    if (mr_trust_load(&scratch, folder, &found, &e) != MR_OK) return mr_api_fail(err, &e);
    if (add_issuers(verifier, &found, &e) != MR_OK) {
        mr_trust_done(&found);
        return mr_api_fail(err, &e);
    }
    if (found.lists && mr_trust_cache_open(&verifier->arena, folder, &verifier->trust.lists, &e) != MR_OK) {
        mr_trust_done(&found);
        return mr_api_fail(err, &e);
    }
    return add_anchors(verifier, found.anchors, found.count, err);
}

void merit_verifier_set_fetch(merit_verifier *verifier, merit_fetch *fetch, void *self)
{
    settle(verifier);
    mr_api_fetch_init(&verifier->fetch, fetch, self);
}

void merit_verifier_set_time(merit_verifier *verifier, int64_t time)
{
    verifier->clock.is_set = true;
    verifier->clock.time = time;
}

merit_code merit_verifier_expect(merit_verifier *verifier, const char *audience, const char *nonce, merit_error *err)
{
    mr_arena *a = &verifier->expected;
    settle(verifier);
    mr_arena_reset(a);
    verifier->audience = mr_arena_dup(a, mr_str_of(audience));
    verifier->nonce = mr_arena_dup(a, mr_str_of(nonce));
    if (verifier->audience.ptr && verifier->nonce.ptr) return MERIT_OK;
    return mr_api_refuse(err, MR_E_NOMEM, "no memory for what is expected");
}

static int open_inside(merit_verifier *v, struct mr_err *err)
{
    if (v->inside) return MR_OK;
    const struct mr_verifying verifying = {.trust = &v->trust,
                                           .env = &v->clock.env,
                                           .language = v->language,
                                           .fetch = v->fetch.call ? &v->fetch.fetch : NULL,
                                           .audience = v->audience,
                                           .nonce = v->nonce};
    return mr_verifier_open(&verifying, &v->inside, err);
}

/* ---- the report ---- */

static merit_state state_of(mr_state s)
{
    static const merit_state states[] = {[MR_UNCHECKED] = MERIT_UNCHECKED,
                                         [MR_PASSED] = MERIT_PASSED,
                                         [MR_FAILED] = MERIT_FAILED,
                                         [MR_NOT_APPLICABLE] = MERIT_NOT_APPLICABLE};
    return states[s];
}

static struct merit_check_result tell(mr_arena *a, const char *code, const struct mr_check *c)
{
    return (struct merit_check_result){.code = code,
                                       .text = mr_api_text(a, c->text),
                                       .detail = mr_api_text(a, c->detail),
                                       .source = mr_api_text(a, c->source),
                                       .state = state_of(c->state),
                                       .time = c->at};
}

static void tell_checks(merit_report *r)
{
    size_t inner = 0;
    for (mr_seal_check s = 0; s < MR_SEAL_CHECK_COUNT; s++) {
        const struct mr_check *c = &r->found.seal_checks[s];
        if (c->claimed) r->seal_checks[inner++] = tell(&r->arena, mr_seal_check_name(s), c);
    }
    for (mr_check_code k = 0; k < MR_CHECK_COUNT; k++) {
        const struct mr_check *c = &r->found.checks[k];
        if (!c->claimed) continue;
        struct merit_check_result *told = &r->checks[r->check_count++];
        *told = tell(&r->arena, mr_check_name(k), c);
        if (k == MR_CHECK_SEAL) told->inner = r->seal_checks, told->inner_count = inner;
    }
}

static void tell_element(merit_report *r, mr_element e)
{
    mr_arena *a = &r->arena;
    const struct mr_view_answer *answer = &r->found.view.answers[e];
    const char *code = mr_element_info(e)->code;
    size_t count = answer->answered ? answer->value_count : 0, at = r->element_count++;
    r->elements[at].code = code;
    r->elements[at].label = mr_api_text(a, mr_message_str(r->language, mr_arena_format(a, "element.%s", code)));
    r->elements[at].values = MR_NEW_ARRAY(a, const char *, count);
    if (!r->elements[at].values) return;
    r->elements[at].count = count;
    for (size_t i = 0; i < count; i++) r->elements[at].values[i] = mr_api_text(a, answer->values[i]);
}

static void tell_elements(merit_report *r)
{
    for (int mandatory = 1; r->found.has_view && mandatory >= 0; mandatory--)
        for (mr_element e = 0; e < MR_ELEMENT_COUNT; e++)
            if (mr_element_info(e)->mandatory == (bool)mandatory) tell_element(r, e);
}

static int verify(merit_verifier *v, merit_report *r, mr_str file, struct mr_err *err)
{
    MR_TRY(open_inside(v, err));
    mr_str copy = mr_arena_dup(&r->arena, file); /* the report's texts point into it */
    if (!copy.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for a report", MR_NOWHERE);
    MR_TRY(mr_verify(v->inside, &r->arena, copy, &r->found, err));
    r->language = v->language;
    r->summary = mr_api_text(&r->arena, r->found.summary);
    r->story = mr_api_text(&r->arena, r->found.story);
    r->format = mr_api_text(&r->arena, r->found.format);
    tell_checks(r);
    tell_elements(r);
    return MR_OK;
}

merit_code merit_verify(merit_verifier *verifier, const void *octets, size_t size, merit_report **ret, merit_error *err)
{
    struct mr_err e = {0};
    mr_str file = mr_api_str(octets, size);
    /* What is too large is refused by its length alone: of that much nothing is copied. */
    size_t limit = MR_LIMIT_DOCUMENT_MEMORY + (size <= MR_LIMIT_DOCUMENT ? size : MR_LIMIT_DOCUMENT) + MR_MIB;
    if (size > MR_LIMIT_DOCUMENT + 1) file.len = MR_LIMIT_DOCUMENT + 1;
    merit_report *r = mr_api_new(sizeof *r, limit);
    if (!r) return mr_api_refuse(err, MR_E_NOMEM, "no memory for a report");
    if (verify(verifier, r, file, &e) != MR_OK) {
        merit_report_free(r);
        return mr_api_fail(err, &e);
    }
    *ret = r;
    return MERIT_OK;
}

void merit_report_free(merit_report *report)
{
    mr_api_free(report);
}

/* ---- asking it ---- */

merit_verdict merit_report_verdict(const merit_report *report)
{
    return (merit_verdict)mr_verdict_exit(report->found.verdict);
}

const char *merit_verdict_name(merit_verdict verdict)
{
    for (mr_verdict v = MR_VERDICT_VALID; v <= MR_VERDICT_CAUTION; v++)
        if (mr_verdict_exit(v) == (int)verdict) return mr_verdict_name(v);
    return "";
}

const char *merit_report_summary(const merit_report *report)
{
    return report->summary;
}

const char *merit_report_story(const merit_report *report)
{
    return report->story;
}

const char *merit_report_format(const merit_report *report)
{
    return report->format;
}

const char *merit_report_format_code(const merit_report *report)
{
    return report->found.format_code ? report->found.format_code : "";
}

size_t merit_report_check_count(const merit_report *report)
{
    return report->check_count;
}

const merit_check_result *merit_report_check(const merit_report *report, size_t index)
{
    return index < report->check_count ? &report->checks[index] : NULL;
}

const merit_check_result *merit_report_find_check(const merit_report *report, const char *code)
{
    for (size_t i = 0; i < report->check_count; i++)
        if (mr_str_is(mr_str_of(code), report->checks[i].code)) return &report->checks[i];
    return NULL;
}

const char *merit_state_name(merit_state state)
{
    for (mr_state s = MR_UNCHECKED; s <= MR_NOT_APPLICABLE; s++)
        if (state_of(s) == state) return mr_state_name(s);
    return "";
}

const char *merit_check_result_code(const merit_check_result *check)
{
    return check->code;
}

merit_state merit_check_result_state(const merit_check_result *check)
{
    return check->state;
}

const char *merit_check_result_text(const merit_check_result *check)
{
    return check->text;
}

const char *merit_check_result_detail(const merit_check_result *check)
{
    return check->detail;
}

const char *merit_check_result_source(const merit_check_result *check)
{
    return check->source;
}

int64_t merit_check_result_time(const merit_check_result *check)
{
    return check->time;
}

size_t merit_check_result_count(const merit_check_result *check)
{
    return check->inner_count;
}

const merit_check_result *merit_check_result_at(const merit_check_result *check, size_t index)
{
    return index < check->inner_count ? &check->inner[index] : NULL;
}

/* ---- what the credential says ---- */

size_t merit_report_element_count(const merit_report *report)
{
    return report->element_count;
}

const char *merit_report_element_code(const merit_report *report, size_t index)
{
    return index < report->element_count ? report->elements[index].code : "";
}

const char *merit_report_element_label(const merit_report *report, size_t index)
{
    return index < report->element_count ? report->elements[index].label : "";
}

size_t merit_report_value_count(const merit_report *report, size_t index)
{
    return index < report->element_count ? report->elements[index].count : 0;
}

const char *merit_report_value(const merit_report *report, size_t index, size_t value)
{
    return value < merit_report_value_count(report, index) ? report->elements[index].values[value] : "";
}

/* ---- the whole of it ---- */

static const char *keep(merit_report *r, const mr_buf *b, size_t *ret_size)
{
    *ret_size = mr_buf_failed(b) ? 0 : b->len;
    return mr_api_text(&r->arena, mr_str_make(b->ptr, *ret_size));
}

const char *merit_report_json(merit_report *report, size_t *ret_size)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_buf_init(&out, 2 * MR_LIMIT_DOCUMENT);
    if (!report->json) {
        mr_report_write_json(&report->found, report->language, MR_STR_EMPTY, &out);
        report->json = keep(report, &out, &report->json_size);
    }
    if (ret_size) *ret_size = report->json_size;
    return report->json;
}

const char *merit_report_document(merit_report *report, size_t *ret_size)
{
    mr_str document = report->found.has_view ? report->found.document : MR_STR_EMPTY;
    if (!report->document) report->document = mr_api_text(&report->arena, document);
    if (ret_size) *ret_size = *report->document ? document.len : 0;
    return report->document;
}

const char *merit_report_text(merit_report *report, size_t *ret_size)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_buf_init(&out, 2 * MR_LIMIT_DOCUMENT);
    if (!report->text) {
        mr_report_write_text(&report->found, report->language, MR_STR_EMPTY, false, &out);
        report->text = keep(report, &out, &report->text_size);
    }
    if (ret_size) *ret_size = report->text_size;
    return report->text;
}
