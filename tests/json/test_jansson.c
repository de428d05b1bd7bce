/* jansson as a second opinion: random documents, whole and damaged. Both accept or both refuse, and what they read is
 * the same. jansson differs on purpose in what it does with numbers out of range, which it refuses and we keep as text.
 * */
#include "json/write.h"
#include "testing.h"

#include "base/limits.h"

#include <jansson.h>

#define DOCUMENTS 4000

struct source {
    mr_env env;
    mr_buf text;
};

static uint32_t pick(struct source *s, uint32_t below)
{
    uint32_t value;
    mr_env_random(&s->env, &value, sizeof value);
    return value % below;
}

static void put_one(struct source *s, const char *const *pieces, uint32_t count)
{
    mr_buf_puts(&s->text, pieces[pick(s, count)]);
}
#define PUT_ONE(s, ...)                                                                                                \
    put_one((s), (const char *const[]){__VA_ARGS__}, sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *))

static void put_space(struct source *s)
{
    if (pick(s, 3) == 0) PUT_ONE(s, " ", "\n", "\t", "\r\n", "  ");
}

static void put_string(struct source *s)
{
    mr_buf_putc(&s->text, '"');
    for (uint32_t n = pick(s, 4) ? pick(s, 12) : pick(s, 90); n > 0; n--) {
        if (pick(s, 8))
            mr_buf_putc(&s->text, (char)('a' + pick(s, 26)));
        else
            PUT_ONE(s, "\\n", "\\\"", "\\\\", "\\/", "\\u00e6", "\\u20AC", "\\ud83d\\ude00", "\xc3\xb8", "\xe2\x82\xac",
                    "\xf0\x9f\x98\x80", " ", ",", ":", "{", "}", "[", "]", "\x7f", "'", "\\u0001");
    }
    mr_buf_putc(&s->text, '"');
}

static void put_number(struct source *s)
{
    if (pick(s, 2)) mr_buf_putc(&s->text, '-');
    if (pick(s, 4) == 0)
        mr_buf_putc(&s->text, '0');
    else
        mr_buf_format(&s->text, "%u", 1 + pick(s, 1000000000));
    if (pick(s, 2)) mr_buf_format(&s->text, ".%u", pick(s, 1000000));
    if (pick(s, 3) == 0) mr_buf_format(&s->text, "%c%s%u", "eE"[pick(s, 2)], pick(s, 2) ? "-" : "+", pick(s, 280));
}

static void put_value(struct source *s, uint32_t depth)
{
    put_space(s);
    uint32_t kind = pick(s, depth ? 9 : 6);
    if (depth == 5) kind = 6 + pick(s, 3);
    if (kind < 3)
        put_string(s);
    else if (kind < 5)
        put_number(s);
    else if (kind < 6)
        PUT_ONE(s, "true", "false", "null");
    else {
        bool object = kind < 8;
        uint32_t count = pick(s, 10) ? pick(s, 6) : pick(s, 40);
        mr_buf_putc(&s->text, object ? '{' : '[');
        for (uint32_t i = 0; i < count; i++) {
            if (i) mr_buf_putc(&s->text, ',');
            put_space(s);
            if (object && pick(s, 4))
                mr_buf_format(&s->text, "\"n%u\"", pick(s, 200) ? i : pick(s, i + 1));
            else if (object)
                put_string(s);
            if (object) put_space(s), mr_buf_putc(&s->text, ':');
            put_value(s, depth - 1);
        }
        mr_buf_putc(&s->text, object ? '}' : ']');
    }
    put_space(s);
}

/* Damage one octet, or take one out, or cut the end off. */
static void damage(struct source *s)
{
    static const char octets[] = "\"\\{}[],:0123456789eE+-. \n\t\x01\x80\xc3\xed\xff"
                                 "truefalsn";
    if (s->text.len == 0) return;
    size_t at = pick(s, (uint32_t)s->text.len);
    switch (pick(s, 3)) {
    case 0: s->text.ptr[at] = octets[pick(s, sizeof octets)]; break;
    case 1: memmove(s->text.ptr + at, s->text.ptr + at + 1, --s->text.len - at); break;
    default: s->text.len = at; break;
    }
}

static bool is_same(const mr_json *v, const json_t *j);

static bool is_same_object(const mr_json *v, const json_t *j)
{
    if (json_object_size(j) != v->len) return false;
    MR_JSON_EACH_MEMBER (name, v) {
        const json_t *member = json_object_getn(j, name->ptr, name->len);
        if (!member || !is_same(name + 1, member)) return false;
    }
    return true;
}

static bool is_same_array(const mr_json *v, const json_t *j)
{
    size_t i = 0;
    if (json_array_size(j) != v->len) return false;
    MR_JSON_EACH (element, v)
        if (!is_same(element, json_array_get(j, i++))) return false;
    return true;
}

static bool is_same_number(const mr_json *v, const json_t *j)
{
    int64_t whole;
    double value;
    if (json_is_integer(j)) return mr_json_to_int64(v, &whole) && whole == json_integer_value(j);
    return mr_json_to_double(v, &value) && value == json_real_value(j);
}

static bool is_same(const mr_json *v, const json_t *j)
{
    switch ((mr_json_type)v->type) {
    case MR_JSON_NULL: return json_is_null(j);
    case MR_JSON_FALSE: return json_is_false(j);
    case MR_JSON_TRUE: return json_is_true(j);
    case MR_JSON_NUMBER: return json_is_number(j) && is_same_number(v, j);
    case MR_JSON_STRING:
        return json_is_string(j) &&
               mr_str_eq(mr_json_text(v), mr_str_make(json_string_value(j), json_string_length(j)));
    case MR_JSON_ARRAY: return json_is_array(j) && is_same_array(v, j);
    case MR_JSON_OBJECT: return json_is_object(j) && is_same_object(v, j);
    }
    return false;
}

#define FLAGS (JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL)

/* Written by us, compact and indented, and read by jansson: the same again. */
static void check_round_trip(const mr_json *root, const json_t *j)
{
    for (uint8_t indent = 0; indent < 4; indent += 3) {
        mr_buf out;
        mr_json_writer w;
        mr_buf_init(&out, MR_MIB);
        mr_json_writer_init(&w, &out, indent);
        mr_json_put_value(&w, root);
        json_t *again = json_loadb(out.ptr, out.len, FLAGS, NULL);
        assert_non_null(again);
        assert_true(json_equal(again, j));
        json_decref(again);
        mr_buf_done(&out);
    }
}

/* Written by jansson and read by us. */
static void check_their_writing(mr_arena *a, json_t *j, size_t flags)
{
    const mr_json *root = NULL;
    struct mr_err err = {0};
    char *text = json_dumps(j, flags | JSON_ENCODE_ANY);
    assert_non_null(text);
    assert_ok(mr_json_parse(a, mr_str_of(text), NULL, &root, &err), err);
    if (!is_same(root, j)) fail_msg("not the same: %s", text);
    free(text);
}

static void check_document(mr_arena *a, mr_str text, size_t *accepted, size_t *refused)
{
    const mr_json *root = NULL;
    struct mr_err err = {0};
    json_error_t error;
    json_t *j = json_loadb(text.ptr, text.len, FLAGS, &error);
    int code = mr_json_parse(a, text, NULL, &root, &err);
    if (!j && json_error_code(&error) == json_error_numeric_overflow) return;
    if (!j && json_error_code(&error) == json_error_null_byte_in_key) return;
    if ((code == MR_OK) != (j != NULL))
        fail_msg("ours: %s (%s at %zu), theirs: %s\n%.*s", mr_code_name((mr_code)code), code ? err.message : "",
                 err.position, j ? "accepted" : error.text, MR_STR_ARG(text));
    if (j) {
        if (!is_same(root, j)) fail_msg("not the same: %.*s", MR_STR_ARG(text));
        check_round_trip(root, j);
        check_their_writing(a, j, JSON_COMPACT);
        check_their_writing(a, j, JSON_INDENT(2) | JSON_ENSURE_ASCII | JSON_ESCAPE_SLASH);
        (*accepted)++;
        json_decref(j);
    } else {
        (*refused)++;
    }
}

static void run_documents(uint64_t seed, bool damaged, size_t *accepted, size_t *refused)
{
    struct source s = {.env = test_env_fixed(0, seed)};
    mr_arena a;
    mr_arena_init(&a, 64 * MR_MIB);
    mr_buf_init(&s.text, MR_MIB);
    for (int i = 0; i < DOCUMENTS; i++) {
        mr_arena_reset(&a);
        mr_buf_clear(&s.text);
        put_value(&s, pick(&s, 6));
        if (damaged) damage(&s);
        char *exact = mr_arena_alloc(&a, s.text.len); /* its end is watched by AddressSanitizer */
        memcpy(exact, s.text.ptr, s.text.len);
        check_document(&a, mr_str_make(exact, s.text.len), accepted, refused);
    }
    mr_buf_done(&s.text);
    mr_arena_done(&a);
}

static void test_json_parse__agrees_with_jansson_on_whole_documents(void **state)
{
    size_t accepted = 0, refused = 0;
    run_documents(1, false, &accepted, &refused);
    printf("# accepted %zu, refused %zu (names twice)\n", accepted, refused);
    assert_true(accepted > DOCUMENTS / 2);
}

static void test_json_parse__agrees_with_jansson_on_damaged_documents(void **state)
{
    size_t accepted = 0, refused = 0;
    run_documents(2, true, &accepted, &refused);
    printf("# accepted %zu, refused %zu\n", accepted, refused);
    assert_true(accepted > 100 && refused > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_parse__agrees_with_jansson_on_whole_documents),
        cmocka_unit_test(test_json_parse__agrees_with_jansson_on_damaged_documents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
