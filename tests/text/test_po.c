#include "testing.h"

#include "text/po.h"

static void test_po_read__takes_what_translators_tools_write(void **state)
{
    static const mr_str source =
        MR_STR_INIT("# a comment\n"
                    "msgid \"\"\n"
                    "msgstr \"\"\n"
                    "\"Language: da\\n\"\n"
                    "\"Content-Type: text/plain; charset=UTF-8\\n\"\n"
                    "\n"
                    "#. verify\n"
                    "#: src/a.c:1\n"
                    "#, c-format\n"
                    "msgid \"seal.passed\"\n"
                    "msgstr \"Ægte: \\\"{name}\\\"\\t\\\\ \"\n"
                    "\"og gyldigt\"\n"
                    "\n"
                    "#, c-format, fuzzy\n"
                    "msgid \"guessed\"\n"
                    "msgstr \"gættet\"\n"
                    "msgid \"untranslated\"\r\n"
                    "msgstr \"\"\r\n"
                    "  \n"
                    "msgid \"plain\"\r\n"
                    "msgstr \"as it stands\"\r\n"
                    "msgid \"counts\"\nmsgid_plural \"counts\"\nmsgstr[0] \"{count} ting\"\nmsgstr[1] \"\"\n\"{count} "
                    "\"\n\"\\\"ting\\\"\"\n"
                    "msgid \"half\"\nmsgid_plural \"half\"\nmsgstr[0] \"one\"\nmsgstr[1] \"\"\n"
                    "#~ msgid \"old\"\n"
                    "#~ msgstr \"gammel\"\n"
                    "msgid \"\"\n"
                    "\"two.\"\n"
                    "\"halves\"\n"
                    "msgstr \"no line feed at the end\"");
    mr_arena a;
    struct mr_po po = {0};
    struct mr_err err = {0};
    mr_arena_init(&a, 1 << 20);
    assert_ok(mr_po_read(&a, source, &po, &err), err);
    assert_str(po.header, "Language: da\nContent-Type: text/plain; charset=UTF-8\n");
    assert_int_equal(po.count, 4);
    assert_str(po.entries[0].id, "seal.passed");
    assert_str(po.entries[0].text, "Ægte: \"{name}\"\t\\ og gyldigt");
    assert_str(po.entries[1].id, "plain");
    assert_str(po.entries[1].text, "as it stands");
    assert_true(po.entries[1].text.ptr > source.ptr &&
                po.entries[1].text.ptr < source.ptr + source.len); /* not copied */
    assert_int_equal(po.entries[1].forms, 0);
    assert_str(po.entries[2].id, "counts");
    assert_int_equal(po.entries[2].forms, 2);
    assert_true(mr_str_eq(po.entries[2].text, MR_STR("{count} ting\0{count} \"ting\"")));
    assert_str(po.entries[3].id, "two.halves");
    assert_str(po.entries[3].text, "no line feed at the end");
    mr_arena_done(&a);
}

static void test_po_read__refuses_damaged_files(void **state)
{
    static const struct {
        const char *source;
        mr_code code;
    } cases[] = {
        {"msgid \"a\"\n", MR_E_FORMAT},
        {"msgstr \"a\"\n", MR_E_FORMAT},
        {"msgid \"a\"\nmsgid \"b\"\n", MR_E_FORMAT},
        {"msgid \"a\"\nmsgid_plural \"b\"\nmsgstr[0] \"c\"\n", MR_E_FORMAT},
        {"msgid \"a\"\nmsgid_plural \"a\"\nmsgstr \"c\"\n", MR_E_FORMAT},
        {"msgid \"a\"\nmsgid_plural \"a\"\nmsgstr[1] \"c\"\n", MR_E_FORMAT},
        {"msgid \"a\"\nmsgid_plural \"a\"\nmsgstr[0] \"c\"\nmsgstr[2] \"c\"\n", MR_E_FORMAT},
        {"msgid \"a\"\nmsgid_plural \"a\"\nmsgstr[0] \"c\"\nmsgstr[1] \"c\"\nmsgstr[2] \"c\"\nmsgstr[3] "
         "\"c\"\nmsgstr[4] \"c\"\n"
         "msgstr[5] \"c\"\nmsgstr[6] \"c\"\n",
         MR_E_FORMAT},
        {"msgctxt \"a\"\nmsgid \"b\"\nmsgstr \"c\"\n", MR_E_FORMAT},
        {"msgid \"a\nmsgstr \"b\"\n", MR_E_FORMAT},
        {"msgid a\nmsgstr \"b\"\n", MR_E_FORMAT},
        {"msgid \"a\"\nmsgstr \"b\" c\n", MR_E_FORMAT},
        {"msgid \"a\"\nmsgstr \"b\"c\"\n", MR_E_FORMAT},
        {"msgid \"a\"\nmsgstr \"b\\\"\n", MR_E_FORMAT},
        {"msgid \"a\"\nmsgstr \"\\x41\"\n", MR_E_FORMAT},
        {"msgid \"a\"\nmsgstr \"b\"\n\"c\n", MR_E_FORMAT},
        {"hello\n", MR_E_FORMAT},
        {"msgid \"a\"\nmsgstr \"\xff\"\n", MR_E_UTF8},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_arena a;
        struct mr_po po = {0};
        struct mr_err err = {0};
        mr_arena_init(&a, 1 << 20);
        int code = mr_po_read(&a, mr_str_of(cases[i].source), &po, &err);
        if (code != (int)cases[i].code) fail_msg("%s: %s", cases[i].source, code ? mr_code_name(code) : "accepted");
        mr_arena_done(&a);
    }
}

static void test_po_plural_rule__takes_nothing_but_a_rule(void **state)
{
    static const struct {
        const char *header;
        unsigned forms;
        const char *expression;
    } cases[] = {{"Language: da\nPlural-Forms: nplurals=2; plural=(n != 1);\n", 2, "(n != 1)"},
                 {"Plural-Forms: nplurals=1; plural=0;\nX: y\n", 1, "0"},
                 {"Language: da\n", 0, ""},
                 {"Plural-Forms: nplurals=2; plural=(n != 1)\n", 0, ""},
                 {"Plural-Forms: nplurals=9; plural=n;\n", 0, ""},
                 {"Plural-Forms: nplurals=2; plural=;\n", 0, ""},
                 {"Plural-Forms: nplurals=2; plural=system(n);\n", 0, ""},
                 {"Plural-Forms: plural=n; nplurals=2;\n", 0, ""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned forms = 0;
        mr_str expression = MR_STR_EMPTY;
        struct mr_err err = {0};
        int code = mr_po_plural_rule(mr_str_of(cases[i].header), &forms, &expression, &err);
        if ((code == MR_OK) != (cases[i].forms > 0) || forms != cases[i].forms ||
            !mr_str_is(expression, cases[i].expression))
            fail_msg("%s: %d %u %.*s", cases[i].header, code, forms, MR_STR_ARG(expression));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_po_read__takes_what_translators_tools_write),
        cmocka_unit_test(test_po_read__refuses_damaged_files),
        cmocka_unit_test(test_po_plural_rule__takes_nothing_but_a_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
