#include "json/write.h"
#include "testing.h"

#include "base/limits.h"

static const mr_json *parse(mr_arena *a, mr_str text)
{
    const mr_json *root = NULL;
    struct mr_err err = {0};
    assert_ok(mr_json_parse(a, text, NULL, &root, &err), err);
    return root;
}

static void put_sample(mr_json_writer *w)
{
    mr_json_begin_object(w);
    mr_json_put_member_c(w, "id", "urn:x");
    mr_json_put_name(w, "tags");
    mr_json_begin_array(w);
    mr_json_put_int(w, INT64_MIN);
    mr_json_put_int(w, 0);
    mr_json_put_int(w, INT64_MAX);
    mr_json_put_bool(w, true);
    mr_json_put_bool(w, false);
    mr_json_put_null(w);
    mr_json_begin_array(w);
    mr_json_end_array(w);
    mr_json_begin_object(w);
    mr_json_end_object(w);
    mr_json_end_array(w);
    mr_json_put_name_str(w, MR_STR("raw"));
    mr_json_put_raw(w, MR_STR("{\"credit\":2.50}"));
    mr_json_put_member(w, "last", MR_STR_EMPTY);
    mr_json_end_object(w);
}

static void test_json_writer__puts_commas_and_colons(void **state)
{
    mr_buf out;
    mr_json_writer w;
    mr_buf_init(&out, MR_MIB);
    mr_json_writer_init(&w, &out, 0);
    put_sample(&w);
    assert_str(mr_buf_str(&out),
               "{\"id\":\"urn:x\",\"tags\":[-9223372036854775808,0,9223372036854775807,true,false,null,[],{}],"
               "\"raw\":{\"credit\":2.50},\"last\":\"\"}");
    mr_buf_done(&out);
}

/* The same calls: the value that reading the text gives. */
static void test_json_writer__makes_nodes(void **state)
{
    mr_arena a;
    mr_buf text, nodes, again;
    mr_json_writer w;
    mr_arena_init(&a, MR_MIB);
    mr_buf_init(&text, MR_MIB);
    mr_buf_init(&nodes, MR_MIB);
    mr_buf_init(&again, MR_MIB);
    mr_json_writer_init(&w, &text, 0);
    put_sample(&w);
    mr_json_writer_init_nodes(&w, &nodes, &a);
    put_sample(&w);
    const mr_json *made = mr_json_writer_root(&w), *read = parse(&a, mr_buf_str(&text));
    assert_non_null(made);
    assert_int_equal(made->skip, read->skip);
    for (uint32_t i = 0; i < read->skip; i++) {
        assert_int_equal(made[i].type, read[i].type);
        assert_int_equal(made[i].skip, read[i].skip);
        bool has_length = read[i].type >= MR_JSON_NUMBER;
        if (has_length) assert_int_equal(made[i].len, read[i].len);
    }
    mr_json_writer_init(&w, &again, 0);
    mr_json_put_value(&w, made);
    assert_str(mr_buf_str(&again), (const char *)mr_arena_cstr(&a, mr_buf_str(&text)));
    mr_buf_clear(&again);
    mr_json_writer_init_nodes(&w, &again, &a);
    mr_json_begin_array(&w);
    mr_json_put_value(&w, made);
    mr_json_end_array(&w);
    assert_str(mr_json_get_str(mr_json_at(mr_json_writer_root(&w), 0), "id"), "urn:x");
    mr_buf_done(&text);
    mr_buf_done(&nodes);
    mr_buf_done(&again);
    mr_arena_done(&a);
}

/* Too many, too long, or no JSON: the buffer has failed, and there is no value. */
static void test_json_writer__makes_no_half_nodes(void **state)
{
    for (int kind = 0; kind < 3; kind++) {
        mr_arena a;
        mr_buf nodes;
        mr_json_writer w;
        mr_arena_init(&a, kind == 1 ? 4096 : MR_MIB);
        mr_buf_init(&nodes, kind == 0 ? 10 * sizeof(mr_json) : MR_MIB);
        mr_json_writer_init_nodes(&w, &nodes, &a);
        mr_json_begin_array(&w);
        for (int i = 0; i < 200; i++) mr_json_put_cstr(&w, "a text of some length, which is kept");
        if (kind == 2) mr_json_put_raw(&w, MR_STR("{\"half\":"));
        mr_json_end_array(&w);
        assert_null(mr_json_writer_root(&w));
        mr_buf_done(&nodes);
        mr_arena_done(&a);
    }
}

static void test_json_writer__indents(void **state)
{
    mr_buf out;
    mr_json_writer w;
    mr_buf_init(&out, MR_MIB);
    mr_json_writer_init(&w, &out, 2);
    put_sample(&w);
    assert_str(mr_buf_str(&out),
               "{\n  \"id\": \"urn:x\",\n  \"tags\": [\n    -9223372036854775808,\n    0,\n    9223372036854775807,\n  "
               "  true,\n"
               "    false,\n    null,\n    [],\n    {}\n  ],\n  \"raw\": {\"credit\":2.50},\n  \"last\": \"\"\n}");
    mr_buf_done(&out);
}

static void test_json_writer__writes_a_lone_value(void **state)
{
    mr_buf out;
    mr_json_writer w;
    mr_buf_init(&out, MR_MIB);
    mr_json_writer_init(&w, &out, 4);
    mr_json_put_cstr(&w, "x");
    assert_str(mr_buf_str(&out), "\"x\"");
    mr_buf_done(&out);
}

/* RFC 8785 section 3.2.2.2: every octet below 0x80. */
static void test_json_quote__escapes_as_little_as_possible(void **state)
{
    for (int c = 0; c < 0x80; c++) {
        char text[1] = {(char)c}, wanted[16];
        static const char *const letters[0x80] = {['\b'] = "\\b", ['\t'] = "\\t", ['\n'] = "\\n", ['\f'] = "\\f",
                                                  ['\r'] = "\\r", ['"'] = "\\\"", ['\\'] = "\\\\"};
        mr_buf out;
        mr_buf_init(&out, MR_KIB);
        mr_json_quote(&out, mr_str_make(text, 1));
        if (letters[c])
            snprintf(wanted, sizeof wanted, "\"%s\"", letters[c]);
        else if (c < 0x20)
            snprintf(wanted, sizeof wanted, "\"\\u%04x\"", (unsigned)c);
        else
            snprintf(wanted, sizeof wanted, "\"%c\"", c);
        assert_str(mr_buf_str(&out), wanted);
        mr_buf_done(&out);
    }
}

static void test_json_quote__leaves_other_scripts_alone(void **state)
{
    mr_buf out;
    mr_buf_init(&out, MR_KIB);
    mr_json_quote(&out, MR_STR("\xc3\xa6\x7f\xe2\x80\xa8\xf0\x9f\x98\x80</script>"));
    assert_str(mr_buf_str(&out), "\"\xc3\xa6\x7f\xe2\x80\xa8\xf0\x9f\x98\x80</script>\"");
    mr_buf_done(&out);
}

/* The plain way: octet by octet. */
static mr_str quoted_plainly(mr_arena *a, mr_str text)
{
    mr_buf b;
    mr_buf_init(&b, MR_MIB);
    mr_buf_putc(&b, '"');
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = (uint8_t)text.ptr[i];
        if (c == '"' || c == '\\')
            mr_buf_putc(&b, '\\'), mr_buf_putc(&b, (char)c);
        else if (c == '\n')
            mr_buf_puts(&b, "\\n");
        else if (c < 0x20)
            mr_buf_format(&b, "\\u%04x", c);
        else
            mr_buf_putc(&b, (char)c);
    }
    mr_buf_putc(&b, '"');
    mr_str result = mr_arena_dup(a, mr_buf_str(&b));
    mr_buf_done(&b);
    return result;
}

/* Every length around the strides, a special octet at every place, room short and plenty. */
static void test_json_quote__is_right_at_every_length(void **state)
{
    static const char specials[] = {'x', '"', '\\', '\n', 1, 0x1f, (char)0xc3, (char)0xff};
    mr_arena a;
    mr_arena_init(&a, MR_MIB);
    for (size_t len = 0; len <= 70; len++) {
        for (size_t at = 0; at <= len; at++) {
            for (size_t s = 0; s < sizeof specials; s++) {
                mr_buf out;
                mr_arena_reset(&a);
                char *text = mr_arena_alloc(&a, len); /* its end is watched by AddressSanitizer */
                for (size_t i = 0; i < len; i++) text[i] = (char)('a' + i % 26);
                if (at < len) text[at] = specials[s];
                mr_str wanted = quoted_plainly(&a, mr_str_make(text, len));
                mr_buf_init(&out, s % 2 ? wanted.len : MR_MIB); /* also a buffer that holds exactly this */
                if (at % 3 == 0) mr_buf_reserve(&out, wanted.len);
                mr_json_quote(&out, mr_str_make(text, len));
                assert_false(mr_buf_failed(&out));
                assert_str_eq(mr_buf_str(&out), wanted);
                mr_buf_done(&out);
            }
        }
    }
    mr_arena_done(&a);
}

static void test_json_writer__fails_at_the_buffers_maximum(void **state)
{
    size_t whole = 0;
    for (size_t max = MR_KIB; max > 0; max = max > whole + 2 ? whole + 2 : max - 1) {
        mr_buf out;
        mr_json_writer w;
        mr_buf_init(&out, max);
        mr_json_writer_init(&w, &out, 0);
        put_sample(&w);
        if (whole == 0) whole = out.len;
        assert_int_equal(mr_buf_failed(&out), max < whole);
        assert_true(out.len <= max);
        mr_buf_done(&out);
    }
}

static void test_json_put_value__copies_with_number_texts(void **state)
{
    mr_arena a;
    mr_buf out;
    mr_json_writer w;
    mr_arena_init(&a, MR_MIB);
    mr_buf_init(&out, MR_MIB);
    mr_json_writer_init(&w, &out, 0);
    mr_json_begin_object(&w);
    mr_json_put_name(&w, "was");
    mr_json_put_value(
        &w,
        parse(&a,
              MR_STR(" { \"n\" : [ 2.50, 1E400, -0 ], \"e\" : [ ], \"o\" : { }, \"s\" : \"\\u00e6\\/\\u000A\" } ")));
    mr_json_put_name(&w, "then");
    mr_json_put_value(&w, parse(&a, MR_STR("true")));
    mr_json_end_object(&w);
    assert_str(mr_buf_str(&out),
               "{\"was\":{\"n\":[2.50,1E400,-0],\"e\":[],\"o\":{},\"s\":\"\xc3\xa6/\\n\"},\"then\":true}");
    mr_buf_done(&out);
    mr_arena_done(&a);
}

static void test_json_put_value__indents_like_the_writer(void **state)
{
    mr_arena a;
    mr_buf one, two;
    mr_json_writer w;
    mr_arena_init(&a, MR_MIB);
    mr_buf_init(&one, MR_MIB);
    mr_buf_init(&two, MR_MIB);
    mr_json_writer_init(&w, &one, 2);
    mr_json_begin_array(&w);
    mr_json_begin_object(&w);
    mr_json_put_member_c(&w, "a", "b");
    mr_json_put_name(&w, "c");
    mr_json_begin_array(&w);
    mr_json_put_int(&w, 1);
    mr_json_end_array(&w);
    mr_json_end_object(&w);
    mr_json_end_array(&w);
    mr_json_writer_init(&w, &two, 2);
    mr_json_put_value(&w, parse(&a, MR_STR("[{\"a\":\"b\",\"c\":[1]}]")));
    assert_str_eq(mr_buf_str(&two), mr_buf_str(&one));
    mr_buf_done(&one);
    mr_buf_done(&two);
    mr_arena_done(&a);
}

/* A document as deep as the reader allows fits into a report that wraps it. */
static void test_json_put_value__is_not_bound_by_the_writers_levels(void **state)
{
    mr_arena a;
    mr_buf text, out;
    mr_json_writer w;
    mr_arena_init(&a, MR_MIB);
    mr_buf_init(&text, MR_MIB);
    mr_buf_init(&out, MR_MIB);
    for (int i = 0; i < MR_LIMIT_JSON_DEPTH; i++) mr_buf_putc(&text, '[');
    for (int i = 0; i < MR_LIMIT_JSON_DEPTH; i++) mr_buf_putc(&text, ']');
    mr_json_writer_init(&w, &out, 0);
    for (int i = 0; i < 64; i++) mr_json_begin_array(&w);
    mr_json_put_value(&w, parse(&a, mr_buf_str(&text)));
    mr_json_put_int(&w, 1);
    for (int i = 0; i < 64; i++) mr_json_end_array(&w);
    assert_int_equal(out.len, 2 * (MR_LIMIT_JSON_DEPTH + 64) + 2);
    mr_buf_done(&text);
    mr_buf_done(&out);
    mr_arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_writer__puts_commas_and_colons),
        cmocka_unit_test(test_json_writer__makes_nodes),
        cmocka_unit_test(test_json_writer__makes_no_half_nodes),
        cmocka_unit_test(test_json_writer__indents),
        cmocka_unit_test(test_json_writer__writes_a_lone_value),
        cmocka_unit_test(test_json_quote__escapes_as_little_as_possible),
        cmocka_unit_test(test_json_quote__leaves_other_scripts_alone),
        cmocka_unit_test(test_json_quote__is_right_at_every_length),
        cmocka_unit_test(test_json_writer__fails_at_the_buffers_maximum),
        cmocka_unit_test(test_json_put_value__copies_with_number_texts),
        cmocka_unit_test(test_json_put_value__indents_like_the_writer),
        cmocka_unit_test(test_json_put_value__is_not_bound_by_the_writers_levels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
