#include "api/inside.h"

#include "base/limits.h"
#include "credential/check.h"
#include "credential/specification_file.h"

struct merit_checker {
    mr_arena arena;
    struct mr_api_clock clock;
    const mr_language *language;
    mr_checker *inside;
};

/* A finding in the caller's terms. */
struct told {
    merit_severity severity;
    const char *code, *element, *pointer, *text;
};

struct merit_findings {
    mr_arena arena;
    mr_arena said; /* of its own: the other may be used up by what was checked */
    mr_checked found;
    const mr_language *language;
    struct told *told;
    size_t count;
    const char *json, *text; /* written when asked for */
    size_t json_size, text_size;
};

/* ---- the checker ---- */

merit_code merit_checker_new(merit_checker **ret, merit_error *err)
{
    struct mr_err e = {0};
    merit_checker *c = mr_api_new(sizeof *c, MR_MIB);
    if (!c) return mr_api_refuse(err, MR_E_NOMEM, "no memory for a checker");
    mr_api_clock_init(&c->clock);
    c->language = mr_language_english();
    if (mr_checker_open(&c->clock.env, &c->inside, &e) != MR_OK) {
        merit_checker_free(c);
        return mr_api_fail(err, &e);
    }
    *ret = c;
    return MERIT_OK;
}

void merit_checker_free(merit_checker *checker)
{
    if (!checker) return;
    if (checker->inside) mr_checker_close(checker->inside);
    mr_api_free(checker);
}

merit_code merit_checker_set_language(merit_checker *checker, const char *tag, merit_error *err)
{
    return mr_api_language(tag, &checker->language, err);
}

void merit_checker_set_time(merit_checker *checker, int64_t time)
{
    checker->clock.is_set = true;
    checker->clock.time = time;
}

/* ---- checking ---- */

static void tell(merit_findings *f)
{
    size_t count = f->found.findings.count;
    f->told = MR_NEW_ARRAY(&f->said, struct told, count);
    if (!f->told) return;
    for (size_t i = 0; i < count; i++) {
        const struct mr_finding *one = &f->found.findings.items[i];
        f->told[i] = (struct told){
            .severity = one->remark    ? MERIT_REMARK
                        : one->warning ? MERIT_WARNING
                                       : MERIT_FAULT,
            .code = one->id,
            .element = one->element,
            .pointer = one->pointer,
            .text = mr_api_text(&f->said, mr_finding_say(&f->said, f->language, one)),
        };
    }
    f->count = count;
}

static int check(merit_checker *c, merit_findings *f, mr_str file, struct mr_err *err)
{
    mr_str copy = mr_arena_dup(&f->arena, file); /* what was found points into it */
    if (!copy.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for findings", MR_NOWHERE);
    f->language = c->language;
    MR_TRY(mr_check_file(c->inside, &f->arena, copy, c->language, &f->found, err));
    tell(f);
    return MR_OK;
}

merit_code merit_check(merit_checker *checker, const void *octets, size_t size, merit_findings **ret, merit_error *err)
{
    struct mr_err e = {0};
    mr_str file = mr_api_str(octets, size);
    if (size > MR_LIMIT_DOCUMENT) file.len = MR_LIMIT_DOCUMENT + 1; /* refused by its length alone */
    merit_findings *f = mr_api_new(sizeof *f, MR_LIMIT_DOCUMENT_MEMORY + file.len + MR_MIB);
    if (!f) return mr_api_refuse(err, MR_E_NOMEM, "no memory for findings");
    mr_arena_init(&f->said, 3 * MR_LIMIT_DOCUMENT);
    if (check(checker, f, file, &e) != MR_OK) {
        merit_findings_free(f);
        return mr_api_fail(err, &e);
    }
    *ret = f;
    return MERIT_OK;
}

void merit_findings_free(merit_findings *findings)
{
    if (!findings) return;
    mr_arena_done(&findings->said);
    mr_api_free(findings);
}

/* ---- asking ---- */

bool merit_findings_is_complete(const merit_findings *findings)
{
    return mr_checked_is_complete(&findings->found);
}

const char *merit_findings_kind(const merit_findings *findings)
{
    return mr_checked_kind_name(findings->found.kind);
}

size_t merit_findings_fault_count(const merit_findings *findings)
{
    return findings->found.findings.faults;
}

size_t merit_findings_count(const merit_findings *findings)
{
    return findings->count;
}

static struct told told_at(const merit_findings *f, size_t index)
{
    return index < f->count ? f->told[index] : (struct told){MERIT_REMARK, "", "", "", ""};
}

merit_severity merit_finding_severity(const merit_findings *findings, size_t index)
{
    return told_at(findings, index).severity;
}

const char *merit_finding_code(const merit_findings *findings, size_t index)
{
    return told_at(findings, index).code;
}

const char *merit_finding_element(const merit_findings *findings, size_t index)
{
    return told_at(findings, index).element;
}

const char *merit_finding_pointer(const merit_findings *findings, size_t index)
{
    return told_at(findings, index).pointer;
}

const char *merit_finding_text(const merit_findings *findings, size_t index)
{
    return told_at(findings, index).text;
}

/* ---- the whole of it ---- */

static const char *keep(merit_findings *f, const mr_buf *b, size_t *ret_size)
{
    *ret_size = mr_buf_failed(b) ? 0 : b->len;
    return mr_api_text(&f->said, mr_str_make(b->ptr, *ret_size));
}

/* Instead of the name of a file. */
static mr_str name(const merit_findings *f)
{
    return mr_message(f->language, "check.this_document");
}

const char *merit_findings_json(merit_findings *findings, size_t *ret_size)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    if (!findings->json) {
        mr_checked_write_json(&findings->found, &findings->said, findings->language, name(findings), &out);
        findings->json = keep(findings, &out, &findings->json_size);
    }
    if (ret_size) *ret_size = findings->json_size;
    return findings->json;
}

const char *merit_findings_text(merit_findings *findings, size_t *ret_size)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    if (!findings->text) {
        mr_checked_write_text(&findings->found, &findings->said, findings->language, name(findings), &out);
        findings->text = keep(findings, &out, &findings->text_size);
    }
    if (ret_size) *ret_size = findings->text_size;
    return findings->text;
}
