#include "testing.h"

#include "base/limits.h"
#include "credential/results.h"
#include "credential/specification_file.h"
#include "text/messages.h"

/* 2026-11-20T12:00:00Z */
#define NOW INT64_C(1795176000000)

struct table {
    mr_arena arena, row_arena;
    mr_str rest;
    mr_env env;
    mr_csv_reader csv;
    mr_results *results;
    struct mr_result_row row;
    struct mr_err err;
};

static int open_table(struct table *t, mr_str text)
{
    memset(t, 0, sizeof *t);
    mr_arena_init(&t->arena, 4 * MR_MIB);
    mr_arena_init(&t->row_arena, 4 * MR_MIB);
    t->rest = text;
    t->env = test_env_fixed(NOW, 7);
    int code = mr_csv_open(&t->csv, mr_csv_from_text(&t->rest), &t->err);
    if (code != MR_OK) return code;
    return mr_results_open(&t->arena, &t->csv, &t->env, &t->results, &t->err);
}

static void close_table(struct table *t)
{
    mr_results_close(t->results);
    mr_csv_close(&t->csv);
    mr_arena_done(&t->row_arena);
    mr_arena_done(&t->arena);
}

static bool next(struct table *t)
{
    bool has_row;
    mr_arena_reset(&t->row_arena);
    assert_ok(mr_results_next(t->results, &t->row_arena, &t->row, &has_row, &t->err), t->err);
    return has_row;
}

static void test_results_open__knows_columns_in_its_languages(void **state)
{
    static const char *const headers[] = {
        "Given name,Family name,Birth date,E-mail,Student number,Grade,Date,Place,ECTS,Supervision",
        "Fornavn;Efternavn;Fødselsdato;E-mail;Studienummer;Karakter;Dato;Sted;ECTS-point;Tilsyn",
        "förnamn;efternamn;födelsedatum;e-post;studentnummer;betyg;datum;ort;högskolepoäng;övervakning",
        "Voornaam;Achternaam;Geboortedatum;E-mailadres;Studentnummer;Cijfer;Uitreikingsdatum;Plaats;Studiepunten;"
        "Toezicht",
        "first_name\tSURNAME\tdate-of-birth\temail\tstudent id\tresult\tawarded on\tplace of "
        "awarding\tcredits\tsupervision",
        "Όνομα;Επώνυμο;Ημερομηνία γέννησης;Ηλεκτρονικό ταχυδρομείο;Αριθμός μητρώου;Βαθμός;Ημερομηνία απονομής;Τόπος;"
        "Πιστωτικές μονάδες;Εποπτεία",
        "ΟΝΟΜΑ;ΕΠΩΝΥΜΟ;ΗΜΕΡΟΜΗΝΙΑ ΓΕΝΝΗΣΗΣ;EMAIL;ΑΡΙΘΜΟΣ ΜΗΤΡΩΟΥ;ΒΑΘΜΟΣ;ΗΜΕΡΟΜΗΝΙΑ;ΤΟΠΟΣ ΑΠΟΝΟΜΗΣ;ECTS;ΕΠΟΠΤΕΙΑ",
        "Име;Фамилия;Дата на раждане;Имейл;Факултетен номер;Оценка;Дата на присъждане;Място;Кредити;Надзор",
    };
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        struct table t;
        mr_arena a;
        mr_arena_init(&a, MR_MIB);
        char mark = strchr(headers[i], ';') ? ';' : strchr(headers[i], '\t') ? '\t' : ',';
        mr_str text = mr_arena_format(&a,
                                      "%s\nÓlöf%cÞórsdóttir%c1990-02-28%colof@example.org%cs1%c12%c2026-10-14%cAarhus%"
                                      "c\"2,5\"%cidentity-online\n",
                                      headers[i], mark, mark, mark, mark, mark, mark, mark, mark, mark);
        assert_ok(open_table(&t, text), t.err);
        mr_str unused[2];
        assert_int_equal(mr_results_unused(t.results, unused, 2), 0);
        assert_true(next(&t));
        for (size_t j = 0; j < t.row.findings.count; j++)
            print_error("%s: %s\n", headers[i], t.row.findings.items[j].id);
        assert_int_equal(t.row.fate, MR_ROW_READY);
        const mr_achievement *x = &t.row.achievement;
        assert_str(x->learner.full_name, "Ólöf Þórsdóttir");
        assert_str(x->learner.given_name, "Ólöf");
        assert_int_equal(x->learner.birth_date.year, 1990);
        assert_str(x->learner.email, "olof@example.org");
        assert_str(x->learner.student_number, "s1");
        assert_str(x->grade, "12");
        assert_int_equal(x->awarded_on.day, 14);
        assert_str(x->place, "Aarhus");
        assert_int_equal(x->ects_awarded, 250);
        assert_int_equal(x->supervision, MR_SUPERVISION_IDENTITY_ONLINE);
        assert_false(next(&t));
        close_table(&t);
        mr_arena_done(&a);
    }
}

/* Greek and Bulgarian say one word for the whole name and for the given one. */
static void test_results_open__takes_one_name_without_a_family_name_as_whole(void **state)
{
    static const char *const headers[] = {"όνομα", "ονοματεπώνυμο", "ΠΛΗΡΕΣ ΟΝΟΜΑ", "Име", "Трите имена"};
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        struct table t;
        mr_arena a;
        mr_arena_init(&a, MR_MIB);
        assert_ok(open_table(&t, mr_arena_format(&a, "%s\nЙорданка Щерева\n", headers[i])), t.err);
        assert_true(next(&t));
        assert_str(t.row.achievement.learner.full_name, "Йорданка Щерева");
        assert_str(t.row.achievement.learner.given_name, "");
        close_table(&t);
        mr_arena_done(&a);
    }
}

static void test_results_open__refuses_what_cannot_be_read(void **state)
{
    static const struct {
        const char *text, *detail;
    } cases[] = {{"birth date,grade\n1990-01-01,12\n", "name"},
                 {"name,navn\na,b\n", "name"},
                 {"name,e-mail,mail\na,b,c\n", "e-mail"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct table t;
        assert_int_equal(open_table(&t, mr_str_of(cases[i].text)), MR_E_CSV);
        assert_string_equal(t.err.detail, cases[i].detail);
        close_table(&t);
    }
}

static void test_results_unused__names_columns_that_mean_nothing(void **state)
{
    struct table t;
    mr_str unused[1];
    assert_ok(open_table(&t, MR_STR("name,brith date,shoe size\nAna,,38\n")), t.err);
    assert_int_equal(mr_results_unused(t.results, unused, 1), 2);
    assert_str(unused[0], "brith date");
    close_table(&t);
}

/* What each row of "name,birth date,e-mail,grade,date,ects,supervision" is; NULL: ready. */
static const struct {
    const char *row, *id, *element;
} rows[] = {
    {"Ana,1999-10-02,ana@example.org,12,2026-10-14,,", NULL, NULL},
    {"Madonna,,,,,,", NULL, NULL},
    {"Ana Maria  de  la Cruz,2.10.1999,,,14/10/2026,,", NULL, NULL},
    {"Łukasz Żółć,02-10-1999,,,2026/10/14,2.25,none", NULL, NULL},
    {"Ελένη Παπαδοπούλου,,,,,,", NULL, NULL},
    {"Олена Шевченко,,,,,,SUPERVISED", NULL, NULL},
    {"\"Two\nLines\",,,,,,", NULL, NULL}, /* a line break that somebody typed into a cell is a blank */
    {",1999-10-02,ana@example.org,,,,", "result.name.missing", "name"},
    {"ana@example.org,,,,,,", "result.name.email", "name"},
    {"A\x01na,,,,,,", "result.control", "name"},
    {"A\xE2\x80\xAEna,,,,,,", "result.control", "name"},
    {"Ana,1999-02-29,,,,,", "result.date", "birth_date"},
    {"Ana,10/14/1999,,,,,", "result.date", "birth_date"},
    {"Ana,soon,,,,,", "result.date", "birth_date"},
    {"Ana,2027-01-01,,,,,", "result.date.future", "birth_date"},
    {"Ana,1890-01-01,,,,,", "result.birth.early", "birth_date"},
    {"Ana,,ana@example,,,,", "result.email", "email"},
    {"Ana,,ana,,,,", "result.email", "email"},
    {"Ana,,,,2026-11-22,,", "result.date.future", "date"},
    {"Ana,,,,31/02/2026,,", "result.date", "date"},
    {"Ana,1999-10-02,,,1998-01-01,,", "result.date.early", "date"},
    {"Ana,,,,,0,", "result.ects", "ects"},
    {"Ana,,,,,2.125,", "result.ects", "ects"},
    {"Ana,,,,,two,", "result.ects", "ects"},
    {"Ana,,,,,,watched", "result.supervision", "supervision"},
    {"Ana,,,,,,,surplus", "result.row.surplus_cell", "row"},
    {"\"Ana\" Maria,,,,,,", "result.row.text_behind", "row"},
    {"Ana \"Maria\" Cruz,,,,,,", "result.row.stray_quote", "row"},
};

static void test_results_next__reads_in_which_language_a_learner_is_written_to(void **state)
{
    static const struct {
        const char *cell, *language; /* NULL: refused */
    } cells[] = {{"", ""},          {"da", "da"},       {"Dansk", "da"},
                 {"english", "en"}, {"pt-BR", "pt-BR"}, {"engelsk sprog", NULL},
                 {"d", NULL},       {"da-", NULL},      {"1", NULL}};
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        struct table t;
        mr_arena a;
        mr_arena_init(&a, MR_MIB);
        assert_ok(open_table(&t, mr_arena_format(&a, "navn,sprog\nAna,%s\n", cells[i].cell)), t.err);
        assert_true(next(&t));
        if (cells[i].language)
            assert_str(t.row.achievement.learner.language, cells[i].language);
        else {
            assert_int_equal(t.row.findings.count, 1);
            assert_string_equal(t.row.findings.items[0].id, "result.language");
        }
        close_table(&t);
        mr_arena_done(&a);
    }
}

static void test_results_next__answers_each_row(void **state)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct table t;
        mr_arena a;
        mr_arena_init(&a, MR_MIB);
        mr_str text = mr_arena_format(&a, "name,birth date,e-mail,grade,date,ects,supervision\n%s\n", rows[i].row);
        assert_ok(open_table(&t, text), t.err);
        assert_true(next(&t));
        bool right = rows[i].id ? t.row.findings.count == 1 && strcmp(t.row.findings.items[0].id, rows[i].id) == 0 &&
                                      strcmp(t.row.findings.items[0].element, rows[i].element) == 0
                                : t.row.fate == MR_ROW_READY;
        if (!right) {
            print_error("%s\n", rows[i].row);
            for (size_t j = 0; j < t.row.findings.count; j++)
                print_error("  %s %s\n", t.row.findings.items[j].id, t.row.findings.items[j].element);
            fail();
        }
        assert_int_equal(t.row.number, 2);
        for (size_t j = 0; rows[i].id && j < 2; j++) {
            const mr_language *l = mr_language_find(j ? MR_STR("da") : MR_STR("en"));
            assert_true(mr_message_exists(l, mr_str_of(rows[i].id)));
            mr_str said = mr_finding_say(&a, l, &t.row.findings.items[0]);
            assert_true(said.len > 10 && mr_str_find(said, MR_STR("{element}")) < 0 &&
                        mr_str_find(said, MR_STR("{value}")) < 0);
        }
        close_table(&t);
        mr_arena_done(&a);
    }
}

static void test_results_next__finds_all_faults_of_a_row(void **state)
{
    struct table t;
    assert_ok(open_table(&t, MR_STR("name,birth date,e-mail,ects\n,31.02.1990,nobody,-1\n")), t.err);
    assert_true(next(&t));
    assert_int_equal(t.row.fate, MR_ROW_REFUSED);
    assert_int_equal(t.row.findings.faults, 4);
    close_table(&t);
}

static void test_results_next__folds_blanks_and_dates_by_today(void **state)
{
    struct table t;
    assert_ok(open_table(&t, MR_STR("name,date\n  Ana\xC2\xA0 Maria ,\nBo,2026-11-21\n")), t.err);
    assert_true(next(&t));
    assert_str(t.row.achievement.learner.full_name, "Ana Maria");
    char day[11];
    mr_date_write(t.row.achievement.awarded_on, day);
    assert_string_equal(day, "2026-11-20");
    assert_true(next(&t)); /* at noon in UTC it is tomorrow already on the line of dates */
    assert_int_equal(t.row.fate, MR_ROW_READY);
    close_table(&t);
}

static void test_results_next__second_row_of_a_learner_is_a_duplicate(void **state)
{
    struct table t;
    assert_ok(open_table(&t, MR_STR("name,birth date,e-mail\n"
                                    "Mette Krogh,1991-03-02,mette@example.org\n"
                                    "Jonas Bech,1988-11-30,\n"
                                    "mette  KROGH ,02.03.1991,Mette@example.org\n"
                                    "Mette Krogh,1991-03-03,mette@example.org\n"
                                    "Aylin,,wrong\n"
                                    "Aylin,,\n")),
              t.err);
    static const struct {
        mr_row_fate fate;
        size_t first;
    } wanted[] = {{MR_ROW_READY, 0}, {MR_ROW_READY, 0},   {MR_ROW_DUPLICATE, 2},
                  {MR_ROW_READY, 0}, {MR_ROW_REFUSED, 0}, {MR_ROW_READY, 0}};
    char key[33] = "";
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        assert_true(next(&t));
        assert_int_equal(t.row.fate, wanted[i].fate);
        assert_int_equal(t.row.first_number, wanted[i].first);
        if (i == 0) memcpy(key, t.row.learner_key, sizeof key);
        if (i == 2) assert_string_equal(t.row.learner_key, key);
        if (i == 3) assert_string_not_equal(t.row.learner_key, key);
    }
    assert_false(next(&t));
    close_table(&t);
}

static void test_results_next__remembers_many_learners(void **state)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    struct table t;
    mr_buf_init(&text, 16 * MR_MIB);
    mr_buf_puts(&text, "name\n");
    for (int i = 0; i < 20000; i++) mr_buf_format(&text, "Learner %d\n", i % 15000);
    assert_ok(open_table(&t, mr_buf_str(&text)), t.err);
    size_t ready = 0, duplicate = 0;
    while (next(&t)) {
        ready += t.row.fate == MR_ROW_READY;
        if (t.row.fate == MR_ROW_DUPLICATE) duplicate += t.row.number - t.row.first_number == 15000;
    }
    assert_int_equal(ready, 15000);
    assert_int_equal(duplicate, 5000);
    close_table(&t);
}

static void test_results_next__reads_what_spreadsheets_save(void **state)
{
    struct table t;
    /* Latin-1 with semicolons; the name is "Søren Æbelø". */
    assert_ok(open_table(&t, MR_STR("navn;f\xF8"
                                    "dselsdato\r\nS\xF8ren \xC6"
                                    "bel\xF8;14.10.1990\r\n")),
              t.err);
    assert_true(next(&t));
    assert_int_equal(t.row.fate, MR_ROW_READY);
    assert_str(t.row.achievement.learner.full_name, "Søren Æbelø");
    close_table(&t);
}

static void test_results_write_template__can_be_read_back(void **state)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    struct table t;
    mr_str unused[1];
    mr_buf_init(&text, MR_MIB);
    mr_results_write_template(&text);
    assert_ok(open_table(&t, mr_buf_str(&text)), t.err);
    assert_int_equal(mr_results_unused(t.results, unused, 1), 0);
    size_t count = 0;
    for (; next(&t); count++) assert_int_equal(t.row.fate, MR_ROW_READY);
    assert_int_equal(count, 2);
    close_table(&t);
}

static void test_results_write_refused__keeps_the_row_and_adds_the_reason(void **state)
{
    MR_CLEANUP(mr_buf_done) mr_buf out, again;
    struct table t;
    mr_buf_init(&out, MR_MIB);
    mr_buf_init(&again, MR_MIB);
    assert_ok(open_table(&t, MR_STR("name;e-mail;note\nAna;wrong;\"a; b\"\n")), t.err);
    assert_true(next(&t));
    mr_results_write_refused(t.results, NULL, MR_STR("reason"), true, &out);
    mr_results_write_refused(t.results, &t.row, MR_STR("not complete"), false, &out);
    assert_str(mr_buf_str(&out), "\xEF\xBB\xBFname;e-mail;note;reason\r\nAna;wrong;\"a; b\";not complete\r\n");
    close_table(&t);
    /* Given in again, the old reason gives way to the new one. */
    assert_ok(open_table(&t, mr_buf_str(&out)), t.err);
    assert_true(next(&t));
    mr_results_write_refused(t.results, NULL, MR_STR("reason"), true, &again);
    mr_results_write_refused(t.results, &t.row, MR_STR("still not"), false, &again);
    assert_str(mr_buf_str(&again), "\xEF\xBB\xBFname;e-mail;note;reason\r\nAna;wrong;\"a; b\";still not\r\n");
    close_table(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_results_open__knows_columns_in_its_languages),
        cmocka_unit_test(test_results_open__takes_one_name_without_a_family_name_as_whole),
        cmocka_unit_test(test_results_open__refuses_what_cannot_be_read),
        cmocka_unit_test(test_results_unused__names_columns_that_mean_nothing),
        cmocka_unit_test(test_results_next__reads_in_which_language_a_learner_is_written_to),
        cmocka_unit_test(test_results_next__answers_each_row),
        cmocka_unit_test(test_results_next__finds_all_faults_of_a_row),
        cmocka_unit_test(test_results_next__folds_blanks_and_dates_by_today),
        cmocka_unit_test(test_results_next__second_row_of_a_learner_is_a_duplicate),
        cmocka_unit_test(test_results_next__remembers_many_learners),
        cmocka_unit_test(test_results_next__reads_what_spreadsheets_save),
        cmocka_unit_test(test_results_write_template__can_be_read_back),
        cmocka_unit_test(test_results_write_refused__keeps_the_row_and_adds_the_reason),
    };
    return cmocka_run_group_tests_name("credential/results", tests, NULL, NULL);
}
