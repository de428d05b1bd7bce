/* Which column of a table holds what: how a table of results is read (credential/results.h). Without one, columns are told by their names; a registrar can
 * say otherwise, once for all tables with the same header, and student systems have profiles: named mappings, with their scale of grades.
 *
 * As JSON (docs/results.md); every member may be left out:
 *   {"name": "Ladok", "columns": {"family_name": "Efternamn"}, "constants": {"place": "Lund"}, "dates": "day-first" | "month-first" | "digits",
 *    "names": "as-written" | "family-first" | "split", "grades": {"passed": ["G", "VG"], "not_passed": ["U"], "from": "5.5", "to": "10", "lowest": "1"}} */
#ifndef MR_CREDENTIAL_MAPPING_H
#define MR_CREDENTIAL_MAPPING_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

typedef enum mr_result_field {
    MR_FIELD_NAME,
    MR_FIELD_GIVEN,
    MR_FIELD_FAMILY,
    MR_FIELD_BIRTH,
    MR_FIELD_EMAIL,
    MR_FIELD_STUDENT,
    MR_FIELD_GRADE,
    MR_FIELD_DATE,
    MR_FIELD_PLACE,
    MR_FIELD_ECTS,
    MR_FIELD_SUPERVISION,
    MR_FIELD_LANGUAGE, /* in which the learner is written to */
    MR_FIELD_COUNT
} mr_result_field;
/* "family_name": in findings, mappings and forms. */
const char *mr_field_code(mr_result_field field);
/* The name of its column in tables that Merit writes: "family name". */
const char *mr_field_name(mr_result_field field);

typedef enum mr_date_order {
    MR_DATES_DAY_FIRST,   /* as mr_date_parse */
    MR_DATES_MONTH_FIRST, /* 10/14/2026 */
    MR_DATES_DIGITS       /* 20261014, also with more behind it (19990213-1234): the first eight are the day */
} mr_date_order;
typedef enum mr_name_order {
    MR_NAMES_AS_WRITTEN,
    MR_NAMES_FAMILY_FIRST, /* "Kierkegård-Test, Søren" in one cell */
    MR_NAMES_SPLIT         /* "Søren Kierkegård-Test": the last word is the family name */
} mr_name_order;

#define MR_MAPPING_GRADES 24
typedef struct mr_mapping {
    mr_str name;                      /* of a profile; else empty */
    mr_str columns[MR_FIELD_COUNT];   /* as the header names it; empty: none */
    mr_str constants[MR_FIELD_COUNT]; /* what holds where the cell is empty; empty: nothing */
    mr_date_order dates;
    mr_name_order names;
    mr_str passed[MR_MAPPING_GRADES], not_passed[MR_MAPPING_GRADES];
    size_t passed_count, not_passed_count;
    int64_t from, to,
        lowest; /* hundredths: numbers from `from` to `to` are passed, from `lowest` on they are grades at all; to 0: no numbers */
} mr_mapping;
static inline bool mr_mapping_has_scale(const mr_mapping *m)
{
    return m->passed_count > 0 || m->not_passed_count > 0 || m->to > 0;
}

typedef enum mr_grade_verdict { MR_GRADE_PASSED, MR_GRADE_NOT_PASSED, MR_GRADE_UNKNOWN } mr_grade_verdict;
/* By the scale; without one everything is passed. */
mr_grade_verdict mr_mapping_grade(const mr_mapping *m, mr_str grade);

/* Read one. Texts live in `a`.
 *   errors  those of mr_json_parse; MR_E_FORMAT (pointer: which member; detail: what is known there), MR_E_LIMIT */
int mr_mapping_parse(mr_arena *a, mr_str json, mr_mapping *ret, struct mr_err *err) MR_MUST_CHECK;
/* As JSON. indent: blanks a level, 0 for one line. */
void mr_mapping_write(const mr_mapping *m, unsigned indent, mr_buf *out);
/* By the names of the columns, in English, Danish, Swedish, Dutch and German; columns that mean nothing are passed over.
 *   ret_doubled  a field that two columns seem to hold (the first is taken), or MR_FIELD_COUNT */
void mr_mapping_guess(const mr_str *columns, size_t count, mr_mapping *ret, mr_result_field *ret_doubled);
/* The same header gives the same key, in any order of its columns: SHA-256, hexadecimal. Errors: MR_E_NOMEM. */
int mr_mapping_header_key(mr_arena *a, const mr_str *columns, size_t count, char out[65],
                          struct mr_err *err) MR_MUST_CHECK;

#endif
