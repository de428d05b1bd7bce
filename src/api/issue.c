/* Awarding. A learner's result is read as a row of results (credential/results.h), so that a program and a registrar's table obey the same rules and hear the
 * same reasons. */
#include "api/inside.h"

#include "base/id.h"
#include "base/limits.h"
#include "credential/issue.h"
#include "credential/results.h"
#include "credential/specification_file.h"

struct merit_issuer {
    mr_arena arena;
    mr_arena row; /* of one achievement */
    struct mr_api_clock clock;
    const merit_key *seal;
    mr_specification specification;
    struct mr_issuing issuing;
    struct mr_issuing_key key;
    mr_issuer *inside; /* opened for the first credential */
};

/* ---- the issuer ---- */

static int read_specification(merit_issuer *i, mr_str text, struct mr_err *err)
{
    struct mr_findings findings;
    mr_findings_init(&findings, &i->arena);
    mr_str copy = mr_arena_dup(&i->arena, text); /* the specification points into it */
    if (!copy.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for a specification", MR_NOWHERE);
    MR_TRY(mr_specification_read(&i->arena, copy, &i->specification, &findings, err));
    for (size_t n = 0; n < findings.count; n++) {
        const struct mr_finding *f = &findings.items[n];
        if (f->warning) continue;
        mr_str say = mr_finding_say(&i->arena, mr_language_english(), f);
        int code = MR_FAIL_DETAIL(err, MR_E_SPECIFICATION, "the specification has faults", "%.*s", MR_STR_ARG(say));
        if (err) memcpy(err->pointer, f->pointer, sizeof err->pointer - 1);
        return code;
    }
    return MR_OK;
}

merit_code merit_issuer_new(const char *specification, size_t size, const merit_key *seal, merit_issuer **ret,
                            merit_error *err)
{
    struct mr_err e = {0};
    if (!merit_key_is_seal(seal)) return mr_api_refuse(err, MR_E_KEY, "a seal needs a private key and its certificate");
    if (size > MR_LIMIT_DOCUMENT) return mr_api_refuse(err, MR_E_LIMIT, "a specification is not so large");
    merit_issuer *i = mr_api_new(sizeof *i, MR_LIMIT_DOCUMENT_MEMORY);
    if (!i) return mr_api_refuse(err, MR_E_NOMEM, "no memory for an issuer");
    mr_arena_init(&i->row, MR_LIMIT_DOCUMENT_MEMORY);
    mr_api_clock_init(&i->clock);
    i->seal = seal;
    i->issuing = (struct mr_issuing){.specification = &i->specification, .seal = &seal->seal, .env = &i->clock.env};
    if (read_specification(i, mr_api_str(specification, size), &e) != MR_OK) {
        merit_issuer_free(i);
        return mr_api_fail(err, &e);
    }
    *ret = i;
    return MERIT_OK;
}

void merit_issuer_free(merit_issuer *issuer)
{
    if (!issuer) return;
    mr_issuer_close(issuer->inside);
    mr_arena_done(&issuer->row);
    mr_api_free(issuer);
}

/* ---- settings ---- */

static merit_code check_not_opened(const merit_issuer *i, merit_error *err)
{
    if (!i->inside) return MERIT_OK;
    return mr_api_refuse(err, MR_E_USAGE, "an issuer is set up before its first credential");
}

merit_code merit_issuer_set_mandate(merit_issuer *issuer, bool mandate, merit_error *err)
{
    merit_code code = check_not_opened(issuer, err);
    if (code == MERIT_OK) issuer->issuing.mandate = mandate;
    return code;
}

merit_code merit_issuer_set_picture(merit_issuer *issuer, bool picture, merit_error *err)
{
    merit_code code = check_not_opened(issuer, err);
    if (code == MERIT_OK) issuer->issuing.page_image = picture;
    return code;
}

merit_code merit_issuer_set_holder(merit_issuer *issuer, const merit_key *holder, merit_error *err)
{
    merit_code code = check_not_opened(issuer, err);
    if (code == MERIT_OK) issuer->issuing.holder = holder ? holder->seal.key : NULL;
    return code;
}

static bool copy_texts(merit_issuer *i, const char *id, const char *method)
{
    i->key.issuer = mr_arena_dup(&i->arena, mr_str_of(id));
    i->key.method = mr_arena_dup(&i->arena, mr_str_of(method));
    return i->key.issuer.ptr && i->key.method.ptr;
}

merit_code merit_issuer_set_identifier(merit_issuer *issuer, const char *id, const char *method, const merit_key *key,
                                       merit_error *err)
{
    merit_code code = check_not_opened(issuer, err);
    if (code != MERIT_OK) return code;
    if (!key || !id || !*id || !method || !*method)
        return mr_api_refuse(err, MR_E_USAGE, "an identifier goes with its verification method and key");
    if (!merit_key_is_private(key)) return mr_api_refuse(err, MR_E_KEY, "it has no private part");
    if (!copy_texts(issuer, id, method)) return mr_api_refuse(err, MR_E_NOMEM, "no memory for an identifier");
    issuer->key.key = key->seal.key;
    issuer->issuing.key = &issuer->key;
    return MERIT_OK;
}

merit_code merit_issuer_set_verify_url(merit_issuer *issuer, const char *url, merit_error *err)
{
    merit_code code = check_not_opened(issuer, err);
    if (code != MERIT_OK) return code;
    mr_str copy = mr_arena_dup(&issuer->arena, mr_str_of(url));
    if (!copy.ptr) return mr_api_refuse(err, MR_E_NOMEM, "no memory for an address");
    issuer->issuing.verify_url = copy;
    return MERIT_OK;
}

/* ---- a result ---- */

#define TEXT(achievement, member) mr_str_of(MR_API_MEMBER(achievement, member, NULL))

/* The result as a table of one row. A column that is empty says nothing, as if it were not there. */
static int put_row(const struct merit_achievement *given, mr_buf *out, struct mr_err *err)
{
    const struct {
        const char *column;
        mr_str text;
    } cells[] = {{"name", TEXT(given, name)},
                 {"given name", TEXT(given, given_name)},
                 {"family name", TEXT(given, family_name)},
                 {"birth date", TEXT(given, birth_date)},
                 {"date", TEXT(given, awarded_on)},
                 {"grade", TEXT(given, grade)},
                 {"place", TEXT(given, place)}};
    size_t count = sizeof cells / sizeof *cells;
    for (size_t i = 0; i < count; i++) {
        if (mr_utf8_check(cells[i].text) < cells[i].text.len)
            return MR_FAIL_DETAIL(err, MR_E_UTF8, "a text of the achievement is not UTF-8", "%s", cells[i].column);
        mr_csv_put_cell(out, mr_str_of(cells[i].column), ',');
    }
    mr_csv_end_row(out);
    for (size_t i = 0; i < count; i++) mr_csv_put_cell(out, cells[i].text, ',');
    mr_csv_end_row(out);
    return mr_buf_failed(out) ? MR_FAIL(err, MR_E_LIMIT, "the achievement is too long", MR_NOWHERE) : MR_OK;
}

static int refuse_row(mr_arena *a, const struct mr_findings *findings, struct mr_err *err)
{
    const struct mr_finding *f = &findings->items[0];
    mr_str say = findings->count ? mr_finding_say(a, mr_language_english(), f) : MR_STR("it has no name");
    return MR_FAIL_DETAIL(err, MR_E_FORMAT, "the achievement cannot be awarded", "%.*s", MR_STR_ARG(say));
}

static void results_cleanup(mr_results **r)
{
    if (*r) mr_results_close(*r);
}

static int read_row(merit_issuer *i, mr_str table, mr_achievement *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_csv_close) mr_csv_reader csv = {0};
    MR_CLEANUP(results_cleanup) mr_results *results = NULL;
    struct mr_result_row row;
    bool is_there;
    MR_TRY(mr_csv_open(&csv, mr_csv_from_text(&table), err));
    MR_TRY(mr_results_open(&i->row, &csv, &i->clock.env, &results, err));
    MR_TRY(mr_results_next(results, &i->row, &row, &is_there, err));
    if (!is_there) return MR_FAIL(err, MR_E_USAGE, "the achievement has no name", MR_NOWHERE);
    if (row.fate != MR_ROW_READY) return refuse_row(&i->row, &row.findings, err);
    *ret = row.achievement;
    return MR_OK;
}

static int read_achievement(merit_issuer *i, const struct merit_achievement *given, mr_achievement *ret,
                            struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf table;
    mr_str id = TEXT(given, id), list = TEXT(given, status_list);
    mr_buf_init(&table, MR_LIMIT_TABLE_ROW);
    if (mr_str_trim(TEXT(given, name)).len == 0)
        return MR_FAIL(err, MR_E_USAGE, "the achievement has no name", MR_NOWHERE);
    if (id.len && !mr_id_is_uuid(id)) return MR_FAIL(err, MR_E_FORMAT, "the id is no UUID", MR_NOWHERE);
    MR_TRY(put_row(given, &table, err));
    MR_TRY(read_row(i, mr_buf_str(&table), ret, err));
    if (id.len) memcpy(ret->id, id.ptr, sizeof ret->id - 1);
    ret->status_list = list;
    ret->status_index = MR_API_MEMBER(given, status_index, 0);
    return MR_OK;
}

/* ---- issuing ---- */

static int issue(merit_issuer *i, const struct merit_achievement *given, mr_format format, mr_buf *out,
                 struct mr_err *err)
{
    mr_achievement achievement;
    mr_arena_reset(&i->row);
    MR_TRY(read_achievement(i, given, &achievement, err));
    if (!i->inside) MR_TRY(mr_issuer_open(&i->issuing, &i->inside, err));
    return mr_issue(i->inside, &achievement, format, out, err);
}

merit_code merit_issue(merit_issuer *issuer, const struct merit_achievement *achievement, const char *format,
                       char **ret, size_t *ret_size, merit_error *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err e = {0};
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    mr_format f = mr_format_find(mr_str_of(format));
    if (!f) return mr_api_refuse(err, MR_E_USAGE, "there is no such format");
    if (issue(issuer, achievement, f, &out, &e) != MR_OK) return mr_api_fail(err, &e);
    return mr_api_hand_over(&out, ret, ret_size, err);
}

const char *merit_format_name(size_t index)
{
    mr_format f = mr_format_at(index);
    return f ? mr_format_name(f) : NULL;
}

const char *merit_format_ending(const char *format)
{
    return mr_format_ending(mr_format_find(mr_str_of(format)));
}
