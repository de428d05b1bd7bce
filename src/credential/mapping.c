#include "credential/mapping.h"

#include "base/limits.h"
#include "crypto/digest.h"
#include "json/write.h"
#include "table/csv.h"

#include <stdio.h>
#include <stdlib.h>

#define NAMES_MOST 28
/* The code is the element of findings; its first name is the one that the template writes. Written in small letters with blanks: the table
 * reader sees "E-Mail", "e_mail" and "e mail" as one. English, Danish, Swedish, Dutch, German, Greek, Bulgarian. */
static const struct {
    const char *code;
    const char *names[NAMES_MOST];
} meanings[MR_FIELD_COUNT] = {
    [MR_FIELD_NAME] = {"name",
                       {"name",
                        "full name",
                        "learner",
                        "navn",
                        "fulde navn",
                        "den lærende",
                        "namn",
                        "fullständigt namn",
                        "naam",
                        "volledige naam",
                        "vollständiger name",
                        "ονοματεπώνυμο",
                        "πλήρες όνομα",
                        "εκπαιδευόμενος",
                        "όνομα",
                        "имена",
                        "три имена",
                        "трите имена",
                        "пълно име",
                        "учащ",
                        "име"}},
    [MR_FIELD_GIVEN] = {"given_name",
                        {"given name", "given names", "first name", "first names", "forename", "fornavn", "fornavne",
                         "förnamn", "voornaam", "voornamen", "vorname", "vornamen", "ονόματα", "μικρό όνομα",
                         "собствено име", "собствени имена"}},
    [MR_FIELD_FAMILY] = {"family_name",
                         {"family name", "last name", "surname", "efternavn", "efternamn", "achternaam", "familienaam",
                          "nachname", "familienname", "επώνυμο", "επίθετο", "фамилно име", "фамилия"}},
    [MR_FIELD_BIRTH] = {"birth_date",
                        {"birth date", "date of birth", "birthdate", "born", "fødselsdato", "fødselsdag", "født",
                         "födelsedatum", "född", "geboortedatum", "geboren", "geburtsdatum", "geboren am",
                         "ημερομηνία γέννησης", "ημ/νία γέννησης", "дата на раждане", "рождена дата"}},
    [MR_FIELD_EMAIL] = {"email",
                        {"e-mail",
                         "email",
                         "mail",
                         "e-mail address",
                         "email address",
                         "mailadresse",
                         "e-mailadresse",
                         "emailadresse",
                         "e-post",
                         "epost",
                         "e-postadress",
                         "epostadress",
                         "e-mailadres",
                         "emailadres",
                         "e-mail-adresse",
                         "ηλεκτρονικό ταχυδρομείο",
                         "ηλεκτρονική διεύθυνση",
                         "διεύθυνση ηλεκτρονικού ταχυδρομείου",
                         "имейл",
                         "имейл адрес",
                         "електронна поща"}},
    [MR_FIELD_STUDENT] = {"student_number",
                          {"student number", "student no", "student id", "studienummer", "studentnummer", "studienr",
                           "studiekortnummer", "matrikelnummer", "αριθμός μητρώου", "α.μ.", "факултетен номер",
                           "фак. номер"}},
    [MR_FIELD_GRADE] = {"grade",
                        {"grade", "mark", "result", "karakter", "bedømmelse", "resultat", "betyg", "omdöme", "cijfer",
                         "resultaat", "beoordeling", "note", "ergebnis", "βαθμός", "βαθμολογία", "αποτέλεσμα", "оценка",
                         "резултат"}},
    [MR_FIELD_DATE] = {"date",
                       {"date",
                        "awarded",
                        "awarded on",
                        "date of awarding",
                        "awarding date",
                        "award date",
                        "dato",
                        "tildelt",
                        "tildelt den",
                        "tildelingsdato",
                        "bestået den",
                        "datum",
                        "tilldelad",
                        "tilldelningsdatum",
                        "toegekend op",
                        "datum toekenning",
                        "uitreikingsdatum",
                        "verliehen am",
                        "ημερομηνία",
                        "ημερομηνία απονομής",
                        "απονεμήθηκε στις",
                        "дата",
                        "дата на присъждане",
                        "присъдено на"}},
    [MR_FIELD_PLACE] = {"place",
                        {"place", "place of awarding", "sted", "ort", "plats", "plaats", "τόπος", "τόπος απονομής",
                         "място", "място на присъждане"}},
    [MR_FIELD_ECTS] = {"ects",
                       {"ects", "credits", "ects credits", "ects awarded", "ects point", "ects-point", "ectspoint",
                        "studiepoäng", "högskolepoäng", "hp", "studiepunten", "ec", "ects-punkte", "leistungspunkte",
                        "πιστωτικές μονάδες", "μονάδες ects", "кредити", "ects кредити"}},
    [MR_FIELD_SUPERVISION] = {"supervision",
                              {"supervision", "tilsyn", "övervakning", "tillsyn", "toezicht", "aufsicht", "εποπτεία",
                               "надзор"}},
    [MR_FIELD_LANGUAGE] = {"language",
                           {"language", "preferred language", "mail language", "sprog", "foretrukket sprog", "språk",
                            "taal", "voorkeurstaal", "sprache", "γλώσσα", "γλώσσα μηνυμάτων", "език",
                            "език на писмата"}},
};
/* One word for the whole name and, beside a family name, for the given one: Greek, Bulgarian. */
static const char *const either_names[] = {"όνομα", "име"};

const char *mr_field_code(mr_result_field field)
{
    return meanings[field].code;
}
const char *mr_field_name(mr_result_field field)
{
    return meanings[field].names[0];
}

/* ---- guessing ---- */

static bool means(mr_result_field field, mr_str column)
{
    for (size_t i = 0; i < NAMES_MOST && meanings[field].names[i]; i++)
        if (mr_csv_is_same_name(column, mr_str_of(meanings[field].names[i]))) return true;
    return false;
}

/* "όνομα" beside "επώνυμο" is the given name. */
static void tell_given_from_whole(mr_mapping *m)
{
    mr_str *whole = &m->columns[MR_FIELD_NAME], *given = &m->columns[MR_FIELD_GIVEN];
    if (given->len || !m->columns[MR_FIELD_FAMILY].len) return;
    for (size_t i = 0; i < sizeof either_names / sizeof *either_names; i++) {
        if (!mr_csv_is_same_name(*whole, mr_str_of(either_names[i]))) continue;
        *given = *whole;
        *whole = MR_STR_EMPTY;
        return;
    }
}

void mr_mapping_guess(const mr_str *columns, size_t count, mr_mapping *ret, mr_result_field *ret_doubled)
{
    *ret = (mr_mapping){0};
    *ret_doubled = MR_FIELD_COUNT;
    for (mr_result_field f = 0; f < MR_FIELD_COUNT; f++) {
        for (size_t i = 0; i < count; i++) {
            if (columns[i].len == 0 || !means(f, columns[i])) continue;
            if (ret->columns[f].len && *ret_doubled == MR_FIELD_COUNT) *ret_doubled = f;
            if (!ret->columns[f].len) ret->columns[f] = columns[i];
        }
    }
    tell_given_from_whole(ret);
}

static int compare_names(const void *a, const void *b)
{
    return mr_str_compare(*(const mr_str *)a, *(const mr_str *)b);
}

int mr_mapping_header_key(mr_arena *a, const mr_str *columns, size_t count, char out[65], struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    uint8_t digest[32];
    mr_buf_init(&text, 8 * MR_LIMIT_TABLE_ROW);
    mr_str *sorted = MR_NEW_ARRAY(a, mr_str, count);
    if (!sorted) return MR_FAIL(err, MR_E_NOMEM, "no memory for the header", MR_NOWHERE);
    if (count) memcpy(sorted, columns, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_names);
    for (size_t i = 0; i < count; i++) {
        mr_buf_put(&text, sorted[i]);
        mr_buf_putc(&text, '\n');
    }
    if (mr_buf_failed(&text)) return MR_FAIL(err, MR_E_NOMEM, "no memory for the header", MR_NOWHERE);
    mr_sha256(mr_buf_str(&text), digest);
    for (size_t i = 0; i < 32; i++) snprintf(out + 2 * i, 3, "%02x", digest[i]);
    return MR_OK;
}

/* ---- grades ---- */

/* "7", "7.5", "7,5", "-3", in hundredths; false when it is no such number. */
static bool take_number(mr_str s, int64_t *ret)
{
    uint64_t whole = 0, part = 0;
    bool negative = s.len > 0 && s.ptr[0] == '-';
    if (negative) s = mr_str_from(s, 1);
    ptrdiff_t dot = mr_str_find_char(s, '.');
    if (dot < 0) dot = mr_str_find_char(s, ',');
    mr_str left = dot < 0 ? s : mr_str_make(s.ptr, (size_t)dot);
    mr_str right = dot < 0 ? MR_STR_EMPTY : mr_str_from(s, (size_t)dot + 1);
    if (!mr_str_to_u64(left, &whole) || whole > 100000) return false;
    if (dot >= 0 && (right.len == 0 || right.len > 2 || !mr_str_to_u64(right, &part))) return false;
    int64_t value = (int64_t)(whole * 100 + (right.len == 1 ? part * 10 : part));
    *ret = negative ? -value : value;
    return true;
}

/* "02" and "2" are two words in the Danish scale as people write it, and one grade; "7.0" and "7" are one, too. */
static bool same_grade(mr_str a, mr_str b)
{
    int64_t x, y;
    if (mr_str_eq_ascii_nocase(a, b)) return true;
    return take_number(a, &x) && take_number(b, &y) && x == y;
}

static bool is_one_of(mr_str grade, const mr_str *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (same_grade(grade, list[i])) return true;
    return false;
}

mr_grade_verdict mr_mapping_grade(const mr_mapping *m, mr_str grade)
{
    int64_t value;
    if (!mr_mapping_has_scale(m) || is_one_of(grade, m->passed, m->passed_count)) return MR_GRADE_PASSED;
    if (is_one_of(grade, m->not_passed, m->not_passed_count)) return MR_GRADE_NOT_PASSED;
    if (m->to == 0 || !take_number(grade, &value) || value > m->to || value < m->lowest) return MR_GRADE_UNKNOWN;
    return value >= m->from ? MR_GRADE_PASSED : MR_GRADE_NOT_PASSED;
}

/* ---- JSON ---- */

static const char *const date_words[] = {"day-first", "month-first", "digits"};
static const char *const name_words[] = {"as-written", "family-first", "split"};

static int fail_member(const mr_json *root, const mr_json *at, const char *message, const char *known,
                       struct mr_err *err)
{
    int code = MR_FAIL_DETAIL(err, MR_E_FORMAT, message, "%s", known);
    if (err) {
        err->position = at->position;
        mr_json_pointer(root, at, err->pointer, sizeof err->pointer);
    }
    return code;
}

struct parsing {
    mr_arena *a;
    const mr_json *root;
    struct mr_err *err;
};

static int take_text(struct parsing *p, const mr_json *value, mr_str *ret)
{
    if (!mr_json_is(value, MR_JSON_STRING)) return fail_member(p->root, value, "a text is wanted here", "", p->err);
    if (value->len > 4 * MR_LIMIT_NAME) return fail_member(p->root, value, "this text is too long", "", p->err);
    *ret = mr_arena_dup(p->a, mr_str_trim(mr_json_text(value)));
    return ret->ptr || value->len == 0 ? MR_OK : MR_FAIL(p->err, MR_E_NOMEM, "no memory for a mapping", MR_NOWHERE);
}

static int take_word(struct parsing *p, const mr_json *value, const char *const *words, size_t count, int *ret)
{
    mr_str text = mr_json_str(value);
    for (size_t i = 0; i < count; i++) {
        if (!mr_str_is(text, words[i])) continue;
        *ret = (int)i;
        return MR_OK;
    }
    return fail_member(p->root, value, "this is none of the known words",
                       words == date_words ? "day-first, month-first, digits" : "as-written, family-first, split",
                       p->err);
}

static int take_fields(struct parsing *p, const mr_json *object, mr_str *into)
{
    if (!mr_json_is(object, MR_JSON_OBJECT))
        return fail_member(p->root, object, "an object is wanted here", "", p->err);
    MR_JSON_EACH_MEMBER (name, object) {
        mr_result_field f = 0;
        while (f < MR_FIELD_COUNT && !mr_str_is(mr_json_text(name), meanings[f].code)) f++;
        if (f == MR_FIELD_COUNT)
            return fail_member(p->root, name + 1, "Merit knows no such field",
                               "name, given_name, family_name, birth_date, email, student_number, grade, date, place, "
                               "ects, supervision, language",
                               p->err);
        MR_TRY(take_text(p, name + 1, &into[f]));
    }
    return MR_OK;
}

static int take_list(struct parsing *p, const mr_json *list, mr_str *into, size_t *ret_count)
{
    if (!mr_json_is(list, MR_JSON_ARRAY)) return fail_member(p->root, list, "a list is wanted here", "", p->err);
    if (mr_json_count(list) > MR_MAPPING_GRADES) return fail_member(p->root, list, "this list is too long", "", p->err);
    MR_JSON_EACH (item, list) MR_TRY(take_text(p, item, &into[(*ret_count)++]));
    return MR_OK;
}

static int take_bound(struct parsing *p, const mr_json *value, int64_t *ret)
{
    if ((mr_json_is(value, MR_JSON_STRING) || mr_json_is(value, MR_JSON_NUMBER)) &&
        take_number(mr_json_text(value), ret))
        return MR_OK;
    return fail_member(p->root, value, "a number is wanted here", "", p->err);
}

static int take_grades(struct parsing *p, const mr_json *object, mr_mapping *m)
{
    if (!mr_json_is(object, MR_JSON_OBJECT))
        return fail_member(p->root, object, "an object is wanted here", "", p->err);
    MR_JSON_EACH_MEMBER (name, object) {
        mr_str word = mr_json_text(name);
        if (mr_str_is(word, "passed"))
            MR_TRY(take_list(p, name + 1, m->passed, &m->passed_count));
        else if (mr_str_is(word, "not_passed"))
            MR_TRY(take_list(p, name + 1, m->not_passed, &m->not_passed_count));
        else if (mr_str_is(word, "from"))
            MR_TRY(take_bound(p, name + 1, &m->from));
        else if (mr_str_is(word, "to"))
            MR_TRY(take_bound(p, name + 1, &m->to));
        else if (mr_str_is(word, "lowest"))
            MR_TRY(take_bound(p, name + 1, &m->lowest));
        else
            return fail_member(p->root, name + 1, "Merit knows no such member", "passed, not_passed, from, to, lowest",
                               p->err);
    }
    if (m->to < 0 || m->from > m->to || m->lowest > m->from)
        return fail_member(p->root, object, "these bounds leave no grade", "lowest, from, to", p->err);
    return MR_OK;
}

static int take_member(struct parsing *p, const mr_json *name, mr_mapping *m)
{
    mr_str word = mr_json_text(name);
    int value = 0;
    if (mr_str_is(word, "name")) {
        if (!mr_utf8_is_plain(mr_json_str(name + 1), true))
            return fail_member(p->root, name + 1, "a name is one line of plain text", "", p->err);
        return take_text(p, name + 1, &m->name);
    }
    if (mr_str_is(word, "columns")) return take_fields(p, name + 1, m->columns);
    if (mr_str_is(word, "constants")) return take_fields(p, name + 1, m->constants);
    if (mr_str_is(word, "grades")) return take_grades(p, name + 1, m);
    if (mr_str_is(word, "dates")) {
        MR_TRY(take_word(p, name + 1, date_words, 3, &value));
        m->dates = (mr_date_order)value;
        return MR_OK;
    }
    if (mr_str_is(word, "names")) {
        MR_TRY(take_word(p, name + 1, name_words, 3, &value));
        m->names = (mr_name_order)value;
        return MR_OK;
    }
    return fail_member(p->root, name + 1, "Merit knows no such member",
                       "name, columns, constants, dates, names, grades", p->err);
}

int mr_mapping_parse(mr_arena *a, mr_str json, mr_mapping *ret, struct mr_err *err)
{
    struct parsing p = {.a = a, .err = err};
    mr_mapping m = {0};
    if (json.len > MR_LIMIT_MAPPING) return MR_FAIL(err, MR_E_LIMIT, "a mapping is not so long", MR_NOWHERE);
    MR_TRY(mr_json_parse(a, json, NULL, &p.root, err));
    if (!mr_json_is(p.root, MR_JSON_OBJECT)) return fail_member(p.root, p.root, "an object is wanted here", "", err);
    MR_JSON_EACH_MEMBER (name, p.root) MR_TRY(take_member(&p, name, &m));
    *ret = m;
    return MR_OK;
}

static void put_fields(mr_json_writer *w, const char *name, const mr_str *fields)
{
    bool any = false;
    for (mr_result_field f = 0; f < MR_FIELD_COUNT; f++) any |= fields[f].len > 0;
    if (!any) return;
    mr_json_put_name(w, name);
    mr_json_begin_object(w);
    for (mr_result_field f = 0; f < MR_FIELD_COUNT; f++)
        if (fields[f].len) mr_json_put_member(w, meanings[f].code, fields[f]);
    mr_json_end_object(w);
}

static void put_list(mr_json_writer *w, const char *name, const mr_str *list, size_t count)
{
    if (count == 0) return;
    mr_json_put_name(w, name);
    mr_json_begin_array(w);
    for (size_t i = 0; i < count; i++) mr_json_put_str(w, list[i]);
    mr_json_end_array(w);
}

static void put_bound(mr_json_writer *w, const char *name, int64_t hundredths)
{
    char text[32];
    int64_t size = hundredths < 0 ? -hundredths : hundredths;
    snprintf(text, sizeof text, size % 100 ? "%s%lld.%02lld" : "%s%lld", hundredths < 0 ? "-" : "",
             (long long)(size / 100), (long long)(size % 100));
    mr_json_put_member_c(w, name, text);
}

void mr_mapping_write(const mr_mapping *m, unsigned indent, mr_buf *out)
{
    mr_json_writer w;
    mr_json_writer_init(&w, out, (uint8_t)indent);
    mr_json_begin_object(&w);
    if (m->name.len) mr_json_put_member(&w, "name", m->name);
    put_fields(&w, "columns", m->columns);
    put_fields(&w, "constants", m->constants);
    if (m->dates) mr_json_put_member_c(&w, "dates", date_words[m->dates]);
    if (m->names) mr_json_put_member_c(&w, "names", name_words[m->names]);
    if (mr_mapping_has_scale(m)) {
        mr_json_put_name(&w, "grades");
        mr_json_begin_object(&w);
        put_list(&w, "passed", m->passed, m->passed_count);
        put_list(&w, "not_passed", m->not_passed, m->not_passed_count);
        if (m->to) {
            put_bound(&w, "lowest", m->lowest);
            put_bound(&w, "from", m->from);
            put_bound(&w, "to", m->to);
        }
        mr_json_end_object(&w);
    }
    mr_json_end_object(&w);
}
