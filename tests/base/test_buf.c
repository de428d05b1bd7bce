#include "testing.h"

#include "base/buf.h"

static void test_buf_put__grows_and_keeps_order(void **state)
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_buf_init(&b, 1 << 20);
    for (int i = 0; i < 10000; i++) mr_buf_format(&b, "%d,", i);
    assert_false(mr_buf_failed(&b));
    mr_str rest = mr_buf_str(&b), part;
    for (uint64_t i = 0, value; i < 10000; i++) {
        assert_true(mr_str_split(&rest, ',', &part));
        assert_true(mr_str_to_u64(part, &value));
        assert_int_equal(value, i);
    }
    assert_int_equal(rest.len, 0);
}

static void test_buf_put__fails_beyond_its_maximum_and_remembers(void **state)
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_buf_init(&b, 10);
    mr_buf_puts(&b, "12345");
    mr_buf_puts(&b, "67890");
    assert_false(mr_buf_failed(&b));
    mr_buf_putc(&b, 'x');
    assert_true(mr_buf_failed(&b));
    assert_str(mr_buf_str(&b), "1234567890");
    assert_null(mr_buf_reserve(&b, 0));
    mr_buf_clear(&b);
    assert_false(mr_buf_failed(&b));
    mr_buf_puts(&b, "again");
    assert_str(mr_buf_str(&b), "again");
    assert_null(mr_buf_reserve(&b, SIZE_MAX));
    assert_true(mr_buf_failed(&b));
}

static void test_buf_format__takes_text_of_any_length(void **state)
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_buf_init(&b, 5000);
    mr_buf_format(&b, "%0255d", 1);
    assert_int_equal(mr_buf_str(&b).len, 255);
    mr_buf_format(&b, "%0256d", 1);
    assert_int_equal(mr_buf_str(&b).len, 511);
    mr_buf_format(&b, "%04000d", 1);
    assert_int_equal(mr_buf_str(&b).len, 4511);
    assert_false(mr_buf_failed(&b));
    mr_buf_format(&b, "%0500d", 1);
    assert_true(mr_buf_failed(&b));
}

static void test_buf_wipe__empties_the_buffer(void **state)
{
    mr_buf b;
    mr_buf_init(&b, 100);
    mr_buf_wipe(&b); /* before anything was put */
    mr_buf_puts(&b, "secret");
    mr_buf_wipe(&b);
    assert_null(b.ptr);
    assert_int_equal(b.len, 0);
    assert_int_equal(b.max, 100);
}

static void test_buf_put_html__escapes_what_html_would_read(void **state)
{
    static const struct {
        const char *text, *html;
    } cases[] = {
        {"", ""},
        {"plain", "plain"},
        {"<script>alert('x & \"y\"')</script>", "&lt;script&gt;alert(&#39;x &amp; &quot;y&quot;&#39;)&lt;/script&gt;"},
        {"a text of more than sixteen octets & one sign", "a text of more than sixteen octets &amp; one sign"},
        {"0123456789abcde<", "0123456789abcde&lt;"},
        {"0123456789abcdef<", "0123456789abcdef&lt;"},
        {"<<<<<<<<<<<<<<<<<", "&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;"},
        {"K\xC3\xB8"
         "benhavn \xE2\x82\xAC",
         "K\xC3\xB8"
         "benhavn \xE2\x82\xAC"},
    };
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_buf_init(&b, 1000);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_buf_clear(&b);
        mr_buf_put_html(&b, mr_str_of(cases[i].text));
        assert_str(mr_buf_str(&b), cases[i].html);
    }
}

static void test_buf_put_visible__lets_nothing_steer_a_terminal(void **state)
{
    static const struct {
        const char *text, *seen;
    } cases[] = {
        {"", ""},
        {"K\xC3\xB8"
         "benhavn \xE2\x82\xAC \xE2\x80\x94 \xD7\x90\xE2\x80\x8F",
         "K\xC3\xB8"
         "benhavn \xE2\x82\xAC \xE2\x80\x94 \xD7\x90\xE2\x80\x8F"},
        {"a\nb\tc\rd\033[2Je\x7f", "a?b?c?d?[2Je?"},
        {"x\xC2\x9B"
         "31m",
         "x?31m"},
        {"\x9B"
         "31m\xC3",
         "?31m?"},
        {"\xE2\x80\xAE"
         "evil\xE2\x80\xA8\xE2\x81\xA7!",
         "?evil?"
         "?!"},
    };
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_buf_init(&b, 1000);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_buf_clear(&b);
        mr_buf_put_visible(&b, mr_str_of(cases[i].text));
        assert_str(mr_buf_str(&b), cases[i].seen);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_buf_put__grows_and_keeps_order),
        cmocka_unit_test(test_buf_put__fails_beyond_its_maximum_and_remembers),
        cmocka_unit_test(test_buf_format__takes_text_of_any_length),
        cmocka_unit_test(test_buf_wipe__empties_the_buffer),
        cmocka_unit_test(test_buf_put_html__escapes_what_html_would_read),
        cmocka_unit_test(test_buf_put_visible__lets_nothing_steer_a_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
