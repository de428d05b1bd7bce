#include "db/parameters.h"

size_t mr_db_skip_quoted(mr_str sql, size_t at)
{
    const char *close = NULL;
    size_t from = at + 1;
    char c = sql.ptr[at], next = at + 1 < sql.len ? sql.ptr[at + 1] : '\0';
    if (c == '\'') close = "'"; /* a doubled quote ends one text and begins another, which comes to the same */
    if (c == '"') close = "\"";
    if (c == '-' && next == '-') close = "\n";
    if (c == '/' && next == '*') close = "*/", from++;
    if (!close) return at;
    ptrdiff_t n = mr_str_find(mr_str_from(sql, from), mr_str_of(close));
    return n < 0 ? sql.len : from + (size_t)n + strlen(close);
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Its number, from 1; 0 when there are too many. */
static size_t number_of(struct mr_db_parameters *p, mr_str name)
{
    for (size_t i = 0; i < p->count; i++)
        if (mr_str_eq(p->names[i], name)) return i + 1;
    if (p->count == MR_DB_PARAMETERS_MOST) return 0;
    p->names[p->count++] = name;
    return p->count;
}

int mr_db_parameters_rewrite(mr_str sql, mr_buf *out, struct mr_db_parameters *ret, struct mr_err *err)
{
    ret->count = 0;
    for (size_t i = 0; i < sql.len;) {
        size_t end = mr_db_skip_quoted(sql, i);
        if (end > i || sql.ptr[i] != '$') {
            if (end == i) end++;
            mr_buf_put(out, mr_str_make(sql.ptr + i, end - i));
            i = end;
            continue;
        }
        for (end = i + 1; end < sql.len && is_name_char(sql.ptr[end]);) end++;
        size_t number = number_of(ret, mr_str_make(sql.ptr + i + 1, end - i - 1));
        if (end == i + 1) return MR_FAIL(err, MR_E_DB, "a parameter has no name", i);
        if (!number) return MR_FAIL(err, MR_E_DB, "one statement with at most 64 parameters is expected", i);
        mr_buf_format(out, "$%zu", number);
        i = end;
    }
    return mr_buf_failed(out) ? MR_FAIL(err, MR_E_LIMIT, "the statement is too long", MR_NOWHERE) : MR_OK;
}
