/* The messages against all places that name one. What the languages have of them: tools/check_messages. */
#include "testing.h"

#include "base/embedded.h"
#include "text/messages.h"
#include "text/template.h"

#include <dirent.h>

MR_EMBEDDED_DECLARE(text_templates);
MR_EMBEDDED_DECLARE(text_mail_html);
MR_EMBEDDED_DECLARE(text_mail_txt);

/* ---- places that name a message ---- */

static size_t known, unknown;

static void look_up(mr_str id, const char *where)
{
    if (mr_message_exists(mr_language_english(), id)) {
        known++;
        return;
    }
    unknown++;
    print_error("%s: there is no message %.*s\n", where, MR_STR_ARG(id));
}

/* Every tag that names a message or a partial of these templates. */
static void scan_templates(const struct mr_embedded *files, size_t count, const char *ending)
{
    for (size_t i = 0; i < count; i++) {
        mr_arena a;
        struct mr_err err = {0};
        const mr_template *t = NULL;
        const mr_str text = mr_str_make((const char *)files[i].data, files[i].size);
        mr_str rest = text;
        mr_arena_init(&a, 1 << 22);
        if (mr_template_parse(&a, rest, &t, &err) != MR_OK)
            fail_msg("%s, byte %zu: %s", files[i].name, err.position, err.message);
        for (ptrdiff_t at; (at = mr_str_find(rest, MR_STR("{{@"))) >= 0;) {
            rest = mr_str_from(rest, (size_t)at + 3);
            mr_str id = mr_str_trim(mr_str_make(rest.ptr, (size_t)mr_str_find(rest, MR_STR("}}"))));
            if (mr_str_find_char(id, '(') < 0) look_up(id, files[i].name);
        }
        rest = text;
        for (ptrdiff_t at; (at = mr_str_find(rest, MR_STR("{{>"))) >= 0;) {
            rest = mr_str_from(rest, (size_t)at + 3);
            mr_str name = mr_str_trim(mr_str_make(rest.ptr, (size_t)mr_str_find(rest, MR_STR("}}"))));
            const char *file = mr_arena_format(&a, "%.*s%s", MR_STR_ARG(name), ending).ptr;
            if (!mr_embedded_find(files, count, file)) fail_msg("%s: there is no template %s", files[i].name, file);
        }
        mr_arena_done(&a);
    }
}

static void test_catalogue__templates_parse_and_name_messages_that_exist(void **state)
{
    known = unknown = 0;
    scan_templates(text_templates, text_templates_count, ".html");
    scan_templates(text_mail_html, text_mail_html_count, ".html");
    scan_templates(text_mail_txt, text_mail_txt_count, ".txt");
    assert_int_equal(text_mail_html_count, text_mail_txt_count);
    assert_true(known > 0);
    assert_int_equal(unknown, 0);
}

/* The text between the quotation marks when an argument is a literal; an empty text when it is anything else. */
static mr_str literal(mr_str argument)
{
    argument = mr_str_trim(argument);
    if (argument.len < 2 || argument.ptr[0] != '"' || argument.ptr[argument.len - 1] != '"') return MR_STR_EMPTY;
    mr_str inner = mr_str_make(argument.ptr + 1, argument.len - 2);
    return mr_str_find_char(inner, '"') < 0 && mr_str_find_char(inner, '\\') < 0 ? inner : MR_STR_EMPTY;
}

/* Argument number `n` (from 0) of a call whose text begins behind its parenthesis. */
static mr_str argument(mr_str call, int n)
{
    int depth = 0;
    size_t start = 0;
    for (size_t i = 0; i < call.len; i++) {
        char c = call.ptr[i];
        if (c == '"') {
            while (++i < call.len && call.ptr[i] != '"') i += call.ptr[i] == '\\';
        } else if (c == '(' || c == '{' || c == '[') {
            depth++;
        } else if (depth == 0 && (c == ',' || c == ')')) {
            if (n-- == 0) return mr_str_make(call.ptr + start, i - start);
            if (c == ')') break;
            start = i + 1;
        } else if (c == ')' || c == '}' || c == ']') {
            depth--;
        }
    }
    return MR_STR_EMPTY;
}

/* `c ? "a" : "b"` names two. */
static void look_up_argument(mr_str arg, const char *where)
{
    ptrdiff_t mark = mr_str_find(arg, MR_STR("? \""));
    mr_str rest = mark < 0 ? arg : mr_str_from(arg, (size_t)mark + 1), part;
    while (mr_str_split(&rest, ':', &part))
        if (literal(part).len) look_up(literal(part), where);
}

static void scan_source(mr_str text, const char *where)
{
    static const struct {
        const char *call;
        int argument;
    } calls[] = {{"MR_SAY(", 2}, {"mr_say(", 2}, {"mr_message(", 1}};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        mr_str rest = text;
        for (ptrdiff_t at; (at = mr_str_find(rest, mr_str_of(calls[i].call))) >= 0;) {
            rest = mr_str_from(rest, (size_t)at + strlen(calls[i].call));
            look_up_argument(argument(rest, calls[i].argument), where);
        }
    }
}

static void scan_folder(const char *path)
{
    DIR *d = opendir(path);
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d));) {
        mr_arena a;
        mr_arena_init(&a, 1 << 24);
        const char *name = test_path(&a, path, e->d_name);
        struct stat st;
        if (e->d_name[0] != '.' && stat(name, &st) == 0) {
            if (S_ISDIR(st.st_mode)) scan_folder(name);
            if (S_ISREG(st.st_mode) && mr_str_has_suffix(mr_str_of(name), MR_STR(".c")))
                scan_source(test_read_file(&a, name), name);
        }
        mr_arena_done(&a);
    }
    closedir(d);
}

static void test_catalogue__code_names_messages_that_exist(void **state)
{
    known = unknown = 0;
    scan_source(MR_STR("mr_message(find(a, \"x,)\"), \"month.1\") MR_SAY(a, l, n ? \"month.2\" : \"month.3\", {\"b\", "
                       "c}) mr_message(l, id)"),
                "the scan itself");
    assert_int_equal(known, 3);
    scan_folder(MERIT_SOURCE_ROOT "/src");
    assert_true(known > 3);
    assert_int_equal(unknown, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_catalogue__templates_parse_and_name_messages_that_exist),
        cmocka_unit_test(test_catalogue__code_names_messages_that_exist),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
