/* Results, row by row.
 *
 * Which column holds what is told by a mapping, or by its name (credential/mapping.c); unknown columns are passed over,
 * because registrars' tables have many. A row is answered whole: every cell that is wrong is found, so that a person mends it once. Nothing is
 * guessed: a date that cannot be read is a fault, and 10/14/2026 is one (day first, always).
 *
 * Learners are told apart by a key, the hash of their name, birth date and e-mail address in one form (blanks folded, ASCII letters small). The keys
 * of rows that can be awarded are kept in an open-addressed table of fingerprints, so that the second row of one learner is found
 * however long the file is. Memory: that table, 12 octets a slot at most three quarters full; all else is the row's.
 *
 * "Today" is the latest day anywhere on earth (UTC+14): a registrar in Helsinki dates by the calendar on the wall. */
#include "credential/results.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "credential/elm_template.h"
#include "credential/specification_values.h"
#include "crypto/digest.h"
#include "model/contact.h"
#include "text/messages.h"

#include <stdio.h>

struct seen {
    uint64_t fingerprint; /* 0: free */
    uint32_t number;
} __attribute__((packed));

struct mr_results {
    mr_table *table_in;
    mr_mapping mapping;
    const mr_csv_row *row; /* the last one, until the next call */
    const mr_env *env;
    int columns[MR_FIELD_COUNT];
    int reason_column; /* of an earlier round, or MR_CSV_NO_COLUMN */
    mr_date today;
    mr_buf table; /* struct seen, a power of two of them */
    size_t seen, slots;
};

/* --- the header --------------------------------------------------------------------------------------------------- */

/* A column that the mapping names and the table does not have is none: profiles name columns that some exports leave out. */
static void find_columns(mr_results *r)
{
    for (mr_result_field c = 0; c < MR_FIELD_COUNT; c++) {
        int at = r->mapping.columns[c].len ? mr_table_column(r->table_in, r->mapping.columns[c]) : MR_CSV_NO_COLUMN;
        for (size_t i = 0; at == MR_CSV_TWO_COLUMNS && i < r->table_in->column_count; i++)
            if (mr_csv_is_same_name(r->table_in->columns[i], r->mapping.columns[c])) at = (int)i;
        r->columns[c] = at;
    }
}

int mr_results_open_table(mr_arena *a, mr_table *table, const mr_mapping *mapping, const mr_env *env, mr_results **ret,
                          struct mr_err *err)
{
    mr_results *r = MR_NEW(a, mr_results);
    mr_result_field doubled = MR_FIELD_COUNT;
    if (!r) return MR_FAIL(err, MR_E_NOMEM, "no memory for reading results", MR_NOWHERE);
    r->table_in = table;
    r->env = env;
    r->reason_column = MR_CSV_NO_COLUMN;
    r->today = mr_date_of_time(mr_env_now(env) + 14 * (int64_t)3600000);
    if (mapping)
        r->mapping = *mapping;
    else
        mr_mapping_guess(table->columns, table->column_count, &r->mapping, &doubled);
    if (doubled != MR_FIELD_COUNT)
        return MR_FAIL_DETAIL(err, MR_E_CSV, "two columns mean the same", "%s", mr_field_name(doubled));
    find_columns(r);
    bool has_parts = r->columns[MR_FIELD_GIVEN] >= 0 || r->columns[MR_FIELD_FAMILY] >= 0;
    if (r->columns[MR_FIELD_NAME] < 0 && !has_parts)
        return MR_FAIL_DETAIL(err, MR_E_CSV, "no column holds the learners' names", "%s", "name");
    mr_buf_init(&r->table, 4096 * MR_MIB);
    *ret = r;
    return MR_OK;
}

int mr_results_open(mr_arena *a, struct mr_csv_reader *csv, const mr_env *env, mr_results **ret, struct mr_err *err)
{
    mr_table *table = MR_NEW(a, mr_table);
    if (!table) return MR_FAIL(err, MR_E_NOMEM, "no memory for reading results", MR_NOWHERE);
    *table = mr_table_of_csv(csv);
    return mr_results_open_table(a, table, NULL, env, ret, err);
}

void mr_results_close(mr_results *r)
{
    if (r) mr_buf_wipe(&r->table);
}

size_t mr_results_unused(const mr_results *r, mr_str *out, size_t max)
{
    size_t count = 0;
    for (size_t i = 0; i < r->table_in->column_count; i++) {
        bool used = r->table_in->columns[i].len == 0;
        for (mr_result_field c = 0; c < MR_FIELD_COUNT; c++) used |= r->columns[c] == (int)i;
        if (used) continue;
        if (count < max) out[count] = r->table_in->columns[i];
        count++;
    }
    return count;
}

/* --- seen learners ------------------------------------------------------------------------------------------------ */

/* The slot of a fingerprint, or the free one where it belongs. */
static struct seen *slot_of(const mr_results *r, uint64_t fingerprint)
{
    struct seen *table = (struct seen *)(void *)r->table.ptr;
    size_t mask = r->slots - 1, i = (size_t)(fingerprint >> 8) & mask;
    while (table[i].fingerprint != 0 && table[i].fingerprint != fingerprint) i = (i + 1) & mask;
    return &table[i];
}

static int grow(mr_results *r, struct mr_err *err)
{
    size_t slots = r->slots ? 2 * r->slots : 1024, old_slots = r->slots;
    mr_buf old = r->table;
    mr_buf_init(&r->table, 4096 * MR_MIB);
    char *memory = mr_buf_reserve(&r->table, slots * sizeof(struct seen));
    if (!memory) {
        mr_buf_done(&r->table);
        r->table = old;
        return MR_FAIL(err, MR_E_NOMEM, "no memory to remember so many learners", MR_NOWHERE);
    }
    memset(memory, 0, slots * sizeof(struct seen));
    r->slots = slots;
    const struct seen *from = (const struct seen *)(const void *)old.ptr;
    for (size_t i = 0; i < old_slots; i++) {
        if (from[i].fingerprint != 0) *slot_of(r, from[i].fingerprint) = from[i];
    }
    mr_buf_done(&old);
    return MR_OK;
}

/* The number of the earlier row of this learner, or 0 after remembering this one. */
static int remember(mr_results *r, const uint8_t digest[32], size_t number, size_t *ret_first, struct mr_err *err)
{
    uint64_t fingerprint;
    if (4 * (r->seen + 1) > 3 * r->slots) MR_TRY(grow(r, err));
    memcpy(&fingerprint, digest, sizeof fingerprint);
    if (fingerprint == 0) fingerprint = 1;
    struct seen *slot = slot_of(r, fingerprint);
    *ret_first = slot->fingerprint ? slot->number : 0;
    if (*ret_first) return MR_OK;
    *slot = (struct seen){fingerprint, number > UINT32_MAX ? UINT32_MAX : (uint32_t)number};
    r->seen++;
    return MR_OK;
}

/* --- cells -------------------------------------------------------------------------------------------------------- */

struct reading {
    mr_results *r;
    mr_arena *a;
    struct mr_result_row *row;
    bool not_passed;
};

static mr_str cell(const struct reading *x, mr_result_field c)
{
    mr_str text = mr_csv_cell(x->r->row, x->r->columns[c]);
    return text.len ? text : x->r->mapping.constants[c];
}

static struct mr_finding *fault_in(struct reading *x, mr_result_field c, const char *id, mr_str value)
{
    struct mr_finding *f = mr_findings_add(&x->row->findings, mr_field_code(c), id, value);
    int at = x->r->columns[c];
    mr_str name = at >= 0 ? x->r->table_in->columns[at] : mr_str_of(mr_field_name(c));
    snprintf(f->pointer, sizeof f->pointer, "%.*s", (int)(name.len < 90 ? name.len : 90), name.ptr);
    return f;
}

/* Runs of blanks (also U+00A0, and line breaks that somebody typed into a cell) become one. */
static mr_str fold_blanks(mr_arena *a, mr_str s)
{
    bool needed = false;
    for (size_t i = 0; i < s.len && !needed; i++) {
        char c = s.ptr[i];
        needed =
            (c == ' ' && i + 1 < s.len && s.ptr[i + 1] == ' ') || c == '\t' || c == '\n' || c == '\r' || c == '\xC2';
    }
    if (!needed) return s;
    char *out = mr_arena_alloc(a, s.len + 1);
    if (!out) return s;
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool wide = c == '\xC2' && i + 1 < s.len && s.ptr[i + 1] == '\xA0';
        i += wide;
        if (!wide && c != ' ' && c != '\t' && c != '\n' && c != '\r')
            out[n++] = c;
        else if (n > 0 && out[n - 1] != ' ')
            out[n++] = ' ';
    }
    out[n] = '\0';
    return mr_str_make(out, n);
}

/* The text of a cell, kept for the row; empty after noting why it cannot be. */
static mr_str text_cell(struct reading *x, mr_result_field c)
{
    mr_str raw = cell(x, c);
    if (raw.len == 0) return raw;
    mr_str text = fold_blanks(x->a, raw);
    const char *id = NULL;
    if (!mr_utf8_is_plain(text, true))
        id = "result.control";
    else if (text.len > MR_LIMIT_NAME && mr_utf8_length(text) > MR_LIMIT_NAME)
        id = "result.long";
    if (!id) return mr_arena_dup(x->a, text);
    fault_in(x, c, id, text)->expected = mr_arena_format(x->a, "%d", MR_LIMIT_NAME);
    return MR_STR_EMPTY;
}

static mr_str name_cell(struct reading *x, mr_result_field c)
{
    mr_str text = text_cell(x, c);
    if (mr_str_find_char(text, '@') < 0) return text;
    fault_in(x, c, "result.name.email", text);
    return MR_STR_EMPTY;
}

/* A name has a letter: a number alone is somebody's student number in the wrong column. Every octet of another script counts as one. */
static bool has_letter(mr_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80) return true;
    }
    return false;
}

static mr_str joined(struct reading *x, mr_str given, mr_str family)
{
    const mr_str parts[] = {given, MR_STR(" "), family};
    return given.len == 0 ? family : family.len == 0 ? given : mr_arena_concat(x->a, parts, 3);
}

/* One cell with both parts, in the order that the mapping tells. */
static void split_name(struct reading *x, mr_learner *l)
{
    mr_str whole = l->full_name;
    if (whole.len == 0 || l->given_name.len || l->family_name.len) return;
    ptrdiff_t at = -1;
    if (x->r->mapping.names == MR_NAMES_FAMILY_FIRST && (at = mr_str_find_char(whole, ',')) >= 0) {
        l->family_name = mr_str_trim(mr_str_make(whole.ptr, (size_t)at));
        l->given_name = mr_str_trim(mr_str_from(whole, (size_t)at + 1));
        l->full_name = joined(x, l->given_name, l->family_name);
    }
    if (x->r->mapping.names != MR_NAMES_SPLIT) return;
    for (size_t i = 0; i < whole.len; i++)
        if (whole.ptr[i] == ' ') at = (ptrdiff_t)i;
    if (at < 0) return;
    l->given_name = mr_str_make(whole.ptr, (size_t)at);
    l->family_name = mr_str_from(whole, (size_t)at + 1);
}

static void read_name(struct reading *x, mr_learner *l)
{
    size_t before = x->row->findings.faults;
    l->full_name = name_cell(x, MR_FIELD_NAME);
    l->given_name = name_cell(x, MR_FIELD_GIVEN);
    l->family_name = name_cell(x, MR_FIELD_FAMILY);
    split_name(x, l);
    if (l->full_name.len == 0) l->full_name = joined(x, l->given_name, l->family_name);
    if (x->row->findings.faults > before) return;
    mr_result_field first = x->r->columns[MR_FIELD_NAME] >= 0 ? MR_FIELD_NAME : MR_FIELD_GIVEN;
    if (l->full_name.len == 0)
        fault_in(x, first, "result.name.missing", MR_STR_EMPTY);
    else if (!has_letter(l->full_name))
        fault_in(x, first, "result.name.letters", l->full_name);
}

/* Without the time that an export writes behind a day: "2026-06-26 00:00:00", "2026-06-26T09:12:00Z". */
static mr_str without_time(mr_str s)
{
    for (size_t i = 8; i + 3 < s.len; i++)
        if ((s.ptr[i] == ' ' || s.ptr[i] == 'T') && s.ptr[i + 1] >= '0' && s.ptr[i + 1] <= '2' &&
            mr_str_find_char(mr_str_from(s, i), ':') > 0)
            return mr_str_make(s.ptr, i);
    return s;
}

static bool are_digits(mr_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < '0' || s.ptr[i] > '9') return false;
    return s.len > 0;
}

/* As the mapping writes days: the text as mr_date_parse reads it. */
static mr_str day_text(struct reading *x, mr_str s)
{
    s = without_time(s);
    if (x->r->mapping.dates == MR_DATES_DIGITS && s.len >= 8 && are_digits(mr_str_make(s.ptr, 8)))
        return mr_arena_format(x->a, "%.4s-%.2s-%.2s", s.ptr, s.ptr + 4, s.ptr + 6);
    if (x->r->mapping.dates != MR_DATES_MONTH_FIRST) return s;
    mr_str rest = s, month, day;
    char mark = mr_str_find_char(s, '/') > 0 ? '/' : mr_str_find_char(s, '.') > 0 ? '.' : '-';
    if (!mr_str_split(&rest, mark, &month) || !mr_str_split(&rest, mark, &day) || !rest.ptr) return s;
    if (month.len > 2 || !are_digits(month) || !are_digits(day)) return s;
    return mr_arena_format(x->a, "%.*s/%.*s/%.*s", MR_STR_ARG(day), MR_STR_ARG(month), MR_STR_ARG(rest));
}

static bool date_cell(struct reading *x, mr_result_field c, mr_date *ret)
{
    mr_str text = cell(x, c);
    *ret = (mr_date){0};
    if (text.len == 0) return false;
    if (mr_date_parse(day_text(x, text), ret, NULL) == MR_OK) return true;
    fault_in(x, c, "result.date", text);
    *ret = (mr_date){0};
    return false;
}

static void read_dates(struct reading *x, mr_achievement *ach)
{
    mr_date *birth = &ach->learner.birth_date, *awarded = &ach->awarded_on;
    if (date_cell(x, MR_FIELD_BIRTH, birth)) {
        if (mr_date_compare(*birth, x->r->today) > 0) {
            fault_in(x, MR_FIELD_BIRTH, "result.date.future", cell(x, MR_FIELD_BIRTH));
            *birth = (mr_date){0}; /* one fault is one reason: nothing is compared with it */
        } else if (birth->year < x->r->today.year - 125)
            fault_in(x, MR_FIELD_BIRTH, "result.birth.early", cell(x, MR_FIELD_BIRTH));
    }
    if (cell(x, MR_FIELD_DATE).len == 0) {
        *awarded = mr_date_of_time(mr_env_now(x->r->env));
        return;
    }
    if (!date_cell(x, MR_FIELD_DATE, awarded)) return;
    if (mr_date_compare(*awarded, x->r->today) > 0)
        fault_in(x, MR_FIELD_DATE, "result.date.future", cell(x, MR_FIELD_DATE));
    else if (awarded->year < 1900 || (mr_date_is_set(*birth) && mr_date_compare(*awarded, *birth) <= 0))
        fault_in(x, MR_FIELD_DATE, "result.date.early", cell(x, MR_FIELD_DATE));
}

static void read_email(struct reading *x, mr_learner *l)
{
    mr_str text = cell(x, MR_FIELD_EMAIL);
    if (text.len == 0) return;
    if (mr_contact_is_email(text))
        l->email = mr_arena_dup(x->a, text);
    else
        fault_in(x, MR_FIELD_EMAIL, "result.email", text);
}

/* "2.5" or "2,5", at most two decimals; 0: what the specification offers. */
static int64_t read_ects(struct reading *x)
{
    mr_str text = cell(x, MR_FIELD_ECTS), whole, part = MR_STR_EMPTY;
    uint64_t units = 0, hundredths = 0;
    if (text.len == 0) return 0;
    ptrdiff_t dot = mr_str_find_char(text, '.');
    if (dot < 0) dot = mr_str_find_char(text, ',');
    whole = dot < 0 ? text : mr_str_make(text.ptr, (size_t)dot);
    if (dot >= 0) part = mr_str_from(text, (size_t)dot + 1);
    while (part.len > 0 && part.ptr[part.len - 1] == '0') part.len--;
    bool ok = mr_str_to_u64(whole, &units) && units <= 300 && part.len <= 2 &&
              (part.len == 0 || mr_str_to_u64(part, &hundredths));
    if (part.len == 1) hundredths *= 10;
    int64_t value = (int64_t)(units * 100 + hundredths);
    if (ok && value > 0) return value;
    fault_in(x, MR_FIELD_ECTS, "result.ects", text);
    return 0;
}

static mr_supervision read_supervision(struct reading *x)
{
    static const char *const words[] = {"none", "supervised", "identity-online", "identity-on-site"};
    mr_str text = cell(x, MR_FIELD_SUPERVISION);
    if (text.len == 0) return MR_SUPERVISION_NOT_SAID;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (mr_str_eq_ascii_nocase(text, mr_str_of(words[i]))) return (mr_supervision)(MR_SUPERVISION_NONE + i);
    }
    fault_in(x, MR_FIELD_SUPERVISION, "result.supervision", text)->expected =
        MR_STR("none, supervised, identity-online, identity-on-site");
    return MR_SUPERVISION_NOT_SAID;
}

/* "da", "pt-BR": the form of RFC 5646 section 2.1 as far as languages and regions go. */
static bool is_tag(mr_str s)
{
    mr_str part;
    for (size_t n = 0; mr_str_split(&s, '-', &part); n++) {
        if (part.len < 2 || part.len > (n ? 8u : 3u)) return false;
        for (size_t i = 0; i < part.len; i++) {
            char c = (char)(part.ptr[i] | 0x20);
            if (!(c >= 'a' && c <= 'z') && !(n && part.ptr[i] >= '0' && part.ptr[i] <= '9')) return false;
        }
    }
    return true;
}

/* A tag, or the name of a language that Merit speaks as that language has it ("Dansk"). */
static mr_str read_language(struct reading *x)
{
    mr_str text = cell(x, MR_FIELD_LANGUAGE);
    if (text.len == 0) return text;
    for (const mr_language *const *l = mr_languages(); *l; l++)
        if (mr_csv_is_same_name(text, mr_language_own_name(*l))) return mr_language_tag(*l);
    if (is_tag(text)) return mr_arena_dup(x->a, text);
    fault_in(x, MR_FIELD_LANGUAGE, "result.language", text);
    return MR_STR_EMPTY;
}

/* By the scale of the mapping, where it has one. */
static void read_grade(struct reading *x, mr_achievement *ach)
{
    size_t before = x->row->findings.faults;
    ach->grade = text_cell(x, MR_FIELD_GRADE);
    if (!mr_mapping_has_scale(&x->r->mapping) || x->row->findings.faults > before) return;
    if (ach->grade.len == 0) {
        fault_in(x, MR_FIELD_GRADE, "result.grade.missing", MR_STR_EMPTY);
        return;
    }
    switch (mr_mapping_grade(&x->r->mapping, ach->grade)) {
    case MR_GRADE_PASSED: break;
    case MR_GRADE_NOT_PASSED: x->not_passed = true; break;
    case MR_GRADE_UNKNOWN: fault_in(x, MR_FIELD_GRADE, "result.grade.unknown", ach->grade); break;
    }
}

/* What the table reader found wrong with the row as a row. */
static void read_row_fault(struct reading *x)
{
    static const char *const ids[] = {NULL,
                                      "result.row.surplus_cell",
                                      "result.row.stray_quote",
                                      "result.row.text_behind",
                                      "result.row.not_a_character",
                                      "result.row.error_value",
                                      "result.row.no_value",
                                      "result.row.merged"};
    const mr_csv_row *row = x->r->row;
    if (row->fault == MR_CSV_FINE) return;
    mr_str value = row->fault_column < row->given ? row->cells[row->fault_column] : MR_STR_EMPTY;
    struct mr_finding *f = mr_findings_add(&x->row->findings, "row", ids[row->fault], value);
    mr_str name = row->fault_column < row->count ? x->r->table_in->columns[row->fault_column] : MR_STR_EMPTY;
    snprintf(f->pointer, sizeof f->pointer, "%.*s", (int)(name.len < 90 ? name.len : 90), name.len ? name.ptr : "");
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

static int make_key(struct reading *x, uint8_t digest[32], struct mr_err *err)
{
    const mr_learner *l = &x->row->achievement.learner;
    size_t size = l->full_name.len + l->email.len + 16, n = 0;
    char *text = mr_arena_alloc(x->a, size), date[11] = "";
    if (!text) return MR_FAIL(err, MR_E_NOMEM, "no memory for a row of results", MR_NOWHERE);
    if (mr_date_is_set(l->birth_date)) mr_date_write(l->birth_date, date);
    const mr_str parts[] = {l->full_name, MR_STR("\n"), mr_str_of(date), MR_STR("\n"), l->email};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        for (size_t j = 0; j < parts[i].len; j++) {
            char c = parts[i].ptr[j];
            text[n++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
        }
    }
    mr_sha256(mr_str_make(text, n), digest);
    for (size_t i = 0; i < 16; i++) {
        x->row->learner_key[2 * i] = "0123456789abcdef"[digest[i] >> 4];
        x->row->learner_key[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
    }
    x->row->learner_key[32] = '\0';
    return MR_OK;
}

static void read_cells(struct reading *x)
{
    mr_achievement *ach = &x->row->achievement;
    read_row_fault(x);
    read_name(x, &ach->learner);
    read_dates(x, ach);
    read_email(x, &ach->learner);
    ach->learner.student_number = text_cell(x, MR_FIELD_STUDENT);
    read_grade(x, ach);
    ach->place = text_cell(x, MR_FIELD_PLACE);
    ach->ects_awarded = read_ects(x);
    ach->supervision = read_supervision(x);
    ach->learner.language = read_language(x);
}

int mr_results_next(mr_results *r, mr_arena *a, struct mr_result_row *ret, bool *ret_row, struct mr_err *err)
{
    uint8_t digest[32];
    *ret_row = false;
    MR_TRY(mr_table_next(r->table_in, &r->row, err));
    if (!r->row) return MR_OK;
    *ret = (struct mr_result_row){.number = (size_t)r->row->number};
    mr_findings_init(&ret->findings, a);
    struct reading x = {.r = r, .a = a, .row = ret};
    read_cells(&x);
    MR_TRY(make_key(&x, digest, err));
    ret->fate = ret->findings.faults > 0 ? MR_ROW_REFUSED : MR_ROW_READY;
    if (ret->fate == MR_ROW_READY && x.not_passed) ret->fate = MR_ROW_NOT_PASSED;
    if (ret->fate == MR_ROW_READY) MR_TRY(remember(r, digest, ret->number, &ret->first_number, err));
    if (ret->first_number > 0) ret->fate = MR_ROW_DUPLICATE;
    *ret_row = true;
    return MR_OK;
}

size_t mr_results_cells(const mr_results *r, const mr_str **ret)
{
    *ret = r->row ? r->row->cells : NULL;
    return !r->row ? 0 : r->row->given > r->row->count ? r->row->given : r->row->count;
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

static void put_date_cell(mr_buf *out, mr_date day)
{
    char text[11] = "";
    if (mr_date_is_set(day)) mr_date_write(day, text);
    mr_csv_put_cell(out, mr_str_of(text), ',');
}

static void put_row(mr_buf *out, const mr_achievement *a)
{
    char points[24] = "";
    mr_csv_put_cell(out, a->learner.full_name, ',');
    mr_csv_put_cell(out, a->learner.given_name, ',');
    mr_csv_put_cell(out, a->learner.family_name, ',');
    put_date_cell(out, a->learner.birth_date);
    mr_csv_put_cell(out, a->learner.email, ',');
    mr_csv_put_cell(out, a->grade, ',');
    put_date_cell(out, a->awarded_on);
    mr_csv_put_cell(out, a->place, ',');
    if (a->ects_awarded > 0) mr_elm_write_points(a->ects_awarded, points);
    mr_csv_put_cell(out, mr_str_of(points), ',');
    mr_csv_put_cell(
        out, mr_str_of(a->supervision == MR_SUPERVISION_NOT_SAID ? "" : mr_spec_supervisions[a->supervision - 1]), ',');
    mr_csv_end_row(out);
}

void mr_results_write(const mr_achievement *achievements, size_t count, mr_buf *out)
{
    static const mr_result_field order[] = {MR_FIELD_NAME,  MR_FIELD_GIVEN,      MR_FIELD_FAMILY, MR_FIELD_BIRTH,
                                            MR_FIELD_EMAIL, MR_FIELD_GRADE,      MR_FIELD_DATE,   MR_FIELD_PLACE,
                                            MR_FIELD_ECTS,  MR_FIELD_SUPERVISION};
    mr_buf_puts(out, "\xEF\xBB\xBF"); /* as the template */
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        mr_csv_put_cell(out, mr_str_of(mr_field_name(order[i])), ',');
    mr_csv_end_row(out);
    for (size_t i = 0; i < count; i++) put_row(out, &achievements[i]);
}

void mr_results_write_template(mr_buf *out)
{
    enum { COLUMNS = 9 };
    static const mr_result_field order[COLUMNS] = {MR_FIELD_GIVEN, MR_FIELD_FAMILY,  MR_FIELD_BIRTH,
                                                   MR_FIELD_EMAIL, MR_FIELD_STUDENT, MR_FIELD_GRADE,
                                                   MR_FIELD_DATE,  MR_FIELD_PLACE,   MR_FIELD_LANGUAGE};
    static const char *const samples[][COLUMNS] = {
        {"Søren", "Kierkegård-Test", "1994-05-05", "soren@example.org", "s204711", "12", "2026-06-26", "Aarhus", "da"},
        {"Ana", "", "1999-10-02", "ana@example.org", "s204712", "", "2026-06-26", "Aarhus", ""}};
    mr_buf_puts(out, "\xEF\xBB\xBF"); /* spreadsheets take a table for UTF-8 when it begins so */
    for (size_t i = 0; i < COLUMNS; i++) mr_csv_put_cell(out, mr_str_of(mr_field_name(order[i])), ',');
    mr_csv_end_row(out);
    for (size_t row = 0; row < 2; row++) {
        for (size_t i = 0; i < COLUMNS; i++) mr_csv_put_cell(out, mr_str_of(samples[row][i]), ',');
        mr_csv_end_row(out);
    }
}

void mr_results_write_refused(mr_results *r, const struct mr_result_row *row, mr_str reason, bool header, mr_buf *out)
{
    const mr_table *table = r->table_in;
    char separator = table->csv ? table->csv->separator : ',';
    if (header) {
        char name[64];
        snprintf(name, sizeof name, "%.*s", MR_STR_ARG(reason));
        r->reason_column = mr_table_column(table, mr_str_of(name));
        mr_buf_puts(out, "\xEF\xBB\xBF");
    }
    size_t count = header   ? table->column_count
                   : r->row ? (r->row->given > r->row->count ? r->row->given : r->row->count)
                            : 0;
    for (size_t i = 0; i < count; i++) {
        if ((int)i == r->reason_column) continue;
        mr_csv_put_cell(out, header ? table->columns[i] : r->row->cells[i], separator);
    }
    mr_csv_put_cell(out, reason, separator);
    mr_csv_end_row(out);
}
