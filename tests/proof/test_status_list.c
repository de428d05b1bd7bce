#include "proof/status_list.h"

#include "base/compression.h"
#include "base/encoding.h"
#include "base/limits.h"
#include "testing.h"

enum { LEAST_ENTRIES = 131072 };

/* `count` zero octets, compressed and in base64url behind `prefix`. */
static mr_str packed_zeros(mr_arena *a, mr_compression kind, const char *prefix, size_t count)
{
    MR_CLEANUP(mr_buf_done) mr_buf compressed, text;
    struct mr_err err = {0};
    char *zeros = calloc(count + 1, 1);
    assert_non_null(zeros);
    mr_buf_init(&compressed, 64 * MR_MIB);
    mr_buf_init(&text, 64 * MR_MIB);
    mr_buf_puts(&text, prefix);
    assert_ok(mr_compress(kind, mr_str_make(zeros, count), &compressed, &err), err);
    mr_base64url_put(&text, mr_buf_str(&compressed));
    free(zeros);
    return mr_arena_dup(a, mr_buf_str(&text));
}

/* ---- where the bits are ---- */

static const struct {
    mr_status_list_kind kind;
    uint8_t width;
    const char *octets; /* 24 bits */
    uint64_t index;
    uint8_t value;
} places[] = {
    {MR_BITSTRING, 1, "\x80\0\0", 0, 1},          {MR_BITSTRING, 1, "\x01\0\0", 7, 1},
    {MR_BITSTRING, 1, "\0\x80\0", 8, 1},          {MR_BITSTRING, 2, "\x40\0\0", 0, 1},
    {MR_BITSTRING, 2, "\x80\0\0", 0, 2},          {MR_BITSTRING, 2, "\x02\0\0", 3, 2},
    {MR_BITSTRING, 4, "\0\x0C\0", 3, 12},         {MR_BITSTRING, 8, "\0\0\xA5", 2, 0xA5},
    {MR_BITSTRING, 3, "\x02\x80\0", 2, 5}, /* across two octets */
    {MR_STATUS_LIST_2021, 1, "\x80\0\0", 0, 1},   {MR_REVOCATION_LIST_2020, 1, "\0\x01\0", 15, 1},
    {MR_TOKEN_STATUS_LIST, 1, "\x01\0\0", 0, 1},  {MR_TOKEN_STATUS_LIST, 1, "\x80\0\0", 7, 1},
    {MR_TOKEN_STATUS_LIST, 1, "\0\x01\0", 8, 1},  {MR_TOKEN_STATUS_LIST, 2, "\x01\0\0", 0, 1},
    {MR_TOKEN_STATUS_LIST, 2, "\x02\0\0", 0, 2},  {MR_TOKEN_STATUS_LIST, 2, "\x80\0\0", 3, 2},
    {MR_TOKEN_STATUS_LIST, 4, "\0\xC0\0", 3, 12}, {MR_TOKEN_STATUS_LIST, 8, "\0\0\xA5", 2, 0xA5},
};

static void test_status_list__has_its_bits_where_the_standard_says(void **state)
{
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        mr_status_list l = {places[i].kind, places[i].width, mr_str_make(places[i].octets, 3)};
        uint8_t octets[3] = {0}, value = 0xFF;
        print_message("# case %zu\n", i);
        assert_true(mr_status_list_get(&l, places[i].index, &value));
        assert_int_equal(value, places[i].value);
        mr_status_list_set(places[i].kind, places[i].width, octets, places[i].index, places[i].value);
        assert_memory_equal(octets, places[i].octets, 3);
        mr_status_list_set(places[i].kind, places[i].width, octets, places[i].index, 0);
        assert_memory_equal(octets, "\0\0\0", 3);
    }
}

static void test_status_list__ends(void **state)
{
    static const struct {
        uint8_t width;
        uint64_t count;
    } ends[] = {{1, 24}, {2, 12}, {3, 8}, {4, 6}, {5, 4}, {8, 3}};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        mr_status_list l = {MR_BITSTRING, ends[i].width, MR_STR("\0\0\0")};
        uint8_t value;
        assert_int_equal(mr_status_list_count(&l), ends[i].count);
        assert_true(mr_status_list_get(&l, ends[i].count - 1, &value));
        assert_false(mr_status_list_get(&l, ends[i].count, &value));
        assert_false(mr_status_list_get(&l, UINT64_MAX, &value));
    }
}

/* ---- reading ---- */

#define ZLIB_TWO "eNrbuRgAAhcBXQ"               /* B9 A3, the example of Token Status List section 4.1 */
#define GZIP_ONE "H4sIAAAAAAAAA2MAAI3vAtIBAAAA" /* 00 */
#define PLUS "H4sIAAAAAAACA/vPwAAA/+3ZQQMAAAA=" /* FF 00 00, in the other alphabet and padded */
#define URL "H4sIAAAAAAACA_vPwAAA_-3ZQQMAAAA"

static const struct {
    const char *what;
    mr_status_list_kind kind;
    unsigned width;
    const char *text;
    mr_code code;
} texts[] = {
    {"a token's list", MR_TOKEN_STATUS_LIST, 1, ZLIB_TWO, MR_OK},
    {"padded", MR_TOKEN_STATUS_LIST, 1, ZLIB_TWO "==", MR_E_ENCODING},
    {"with a multibase letter", MR_TOKEN_STATUS_LIST, 1, "u" ZLIB_TWO, MR_E_FORMAT},
    {"gzip in a token", MR_TOKEN_STATUS_LIST, 1, GZIP_ONE, MR_E_FORMAT},
    {"cut short", MR_TOKEN_STATUS_LIST, 1, "eNrbuRgAAhcB", MR_E_FORMAT},
    {"a token's width of 3", MR_TOKEN_STATUS_LIST, 3, ZLIB_TWO, MR_E_FORMAT},
    {"a token's width of 16", MR_TOKEN_STATUS_LIST, 16, ZLIB_TWO, MR_E_FORMAT},
    {"a width of 0", MR_BITSTRING, 0, "u" GZIP_ONE, MR_E_FORMAT},
    {"a width of 9", MR_BITSTRING, 9, "u" GZIP_ONE, MR_E_FORMAT},
    {"no list at all", MR_BITSTRING, 1, "", MR_E_UNSUPPORTED},
    {"without its multibase letter", MR_BITSTRING, 1, GZIP_ONE, MR_E_UNSUPPORTED},
    {"in base58btc", MR_BITSTRING, 1, "z6MkjoRhq1jSNJdLiruSXrFFxagqrztZaXHqHGUTKJbcNywp", MR_E_UNSUPPORTED},
    {"in padded base64url", MR_BITSTRING, 1, "UH4sIAAAAAAAA", MR_E_UNSUPPORTED},
    {"only the letter", MR_BITSTRING, 1, "u", MR_E_FORMAT},
    {"zlib in a bitstring", MR_BITSTRING, 1, "u" ZLIB_TWO, MR_E_FORMAT},
    {"short", MR_BITSTRING, 1, "u" GZIP_ONE, MR_E_LIMIT},
    {"no base64url", MR_BITSTRING, 1, "uH4sI****", MR_E_ENCODING},
    {"an elder", MR_STATUS_LIST_2021, 1, GZIP_ONE, MR_OK},
    {"an elder in base64url", MR_STATUS_LIST_2021, 1, URL, MR_OK},
    {"an elder in base64 with padding", MR_STATUS_LIST_2021, 1, PLUS, MR_OK},
    {"an elder with its successor's letter", MR_STATUS_LIST_2021, 1, "u" URL, MR_OK},
    {"an elder by zlib", MR_REVOCATION_LIST_2020, 1, ZLIB_TWO "==", MR_OK},
    {"an elder by gzip", MR_REVOCATION_LIST_2020, 1, GZIP_ONE, MR_OK},
    {"an elder that is nothing", MR_STATUS_LIST_2021, 1, "====", MR_E_ENCODING},
    {"an elder that is text", MR_STATUS_LIST_2021, 1, "not a list", MR_E_ENCODING},
};

static void test_status_list_read__takes_what_the_standard_allows(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 4 * MR_MIB);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        mr_status_list l;
        struct mr_err err = {0};
        print_message("# %s\n", texts[i].what);
        assert_code(mr_status_list_read(&a, texts[i].kind, (uint8_t)texts[i].width, mr_str_of(texts[i].text), &l, &err),
                    texts[i].code, err);
    }
}

static void test_status_list_read__takes_either_alphabet_of_an_elder_alike(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_status_list l;
    struct mr_err err = {0};
    mr_arena_init(&a, MR_MIB);
    assert_ok(mr_status_list_read(&a, MR_STATUS_LIST_2021, 1, MR_STR(PLUS), &l, &err), err);
    assert_str_eq(l.octets, MR_STR("\xFF\0\0"));
    assert_ok(mr_status_list_read(&a, MR_STATUS_LIST_2021, 1, MR_STR(URL), &l, &err), err);
    assert_str_eq(l.octets, MR_STR("\xFF\0\0"));
}

static void test_status_list_read__wants_131072_entries_of_a_bitstring(void **state)
{
    static const struct {
        uint8_t width;
        size_t octets;
        mr_code code;
    } cases[] = {{1, LEAST_ENTRIES / 8, MR_OK},
                 {1, LEAST_ENTRIES / 8 - 1, MR_E_LIMIT},
                 {2, LEAST_ENTRIES / 4, MR_OK},
                 {2, LEAST_ENTRIES / 8, MR_E_LIMIT}};
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 4 * MR_MIB);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_status_list l;
        struct mr_err err = {0};
        mr_str text = packed_zeros(&a, MR_GZIP, "u", cases[i].octets);
        assert_code(mr_status_list_read(&a, MR_BITSTRING, cases[i].width, text, &l, &err), cases[i].code, err);
        if (cases[i].code) assert_string_equal(err.message, "STATUS_LIST_LENGTH_ERROR");
    }
}

/* ---- bombs ---- */

static void test_status_list_read__takes_sixteen_mebibytes_and_not_an_octet_more(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_status_list l;
    struct mr_err err = {0};
    mr_arena_init(&a, 20 * MR_MIB);
    mr_str most = packed_zeros(&a, MR_ZLIB, "", MR_LIMIT_STATUS_LIST);
    mr_str more = packed_zeros(&a, MR_ZLIB, "", MR_LIMIT_STATUS_LIST + 1);
    assert_code(mr_status_list_read(&a, MR_TOKEN_STATUS_LIST, 1, more, &l, &err), MR_E_LIMIT, err);
    assert_ok(mr_status_list_read(&a, MR_TOKEN_STATUS_LIST, 1, most, &l, &err), err);
    assert_int_equal(mr_status_list_count(&l), MR_LIMIT_STATUS_LIST * 8);
}

/* A gibibyte of zeros, compressed by the rules (in parts: no test should hold it), and that once more. */
static void test_status_list_read__is_not_blown_up(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf once, twice, text;
    mr_status_list l;
    uint32_t adler = 0;
    struct mr_err err = {0};
    mr_arena_init(&a, 80 * MR_MIB);
    mr_buf_init(&once, 4 * MR_MIB);
    mr_buf_init(&twice, 4 * MR_MIB);
    mr_buf_init(&text, 8 * MR_MIB);
    mr_str part = mr_str_make(mr_arena_zalloc(&a, 64 * MR_MIB, 1), 64 * MR_MIB);
    mr_buf one MR_CLEANUP(mr_buf_done);
    mr_buf_init(&one, MR_MIB);
    mr_buf_put(&once, MR_STR("\x1F\x8B\x08\0\0\0\0\0\0\x03")); /* RFC 1952 2.3; the end is never reached */
    assert_ok(mr_deflate_part(part, false, 9, &one, &adler, &err), err);
    for (int i = 0; i < 16; i++) mr_buf_put(&once, mr_buf_str(&one));
    mr_base64url_put(&text, mr_buf_str(&once));
    assert_code(mr_status_list_read(&a, MR_STATUS_LIST_2021, 1, mr_buf_str(&text), &l, &err), MR_E_LIMIT, err);

    /* Compressed twice it is a small list whose bits mean nothing: inflated once, and never again. */
    assert_ok(mr_compress(MR_GZIP, mr_buf_str(&once), &twice, &err), err);
    assert_true(twice.len < once.len / 10);
    mr_buf_clear(&text);
    mr_base64url_put(&text, mr_buf_str(&twice));
    assert_ok(mr_status_list_read(&a, MR_STATUS_LIST_2021, 1, mr_buf_str(&text), &l, &err), err);
    assert_int_equal(l.octets.len, once.len);
}

/* ---- writing ---- */

static void test_status_list_write__follows_the_example_of_the_standard(void **state)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err err = {0};
    mr_status_list l = {MR_TOKEN_STATUS_LIST, 1, MR_STR("\xB9\xA3")};
    mr_buf_init(&out, 100);
    assert_ok(mr_status_list_write(&l, &out, &err), err);
    assert_str(mr_buf_str(&out), ZLIB_TWO);
}

static void test_status_list_write__refuses_what_readers_would_refuse(void **state)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err err = {0};
    mr_status_list short_one = {MR_BITSTRING, 1, MR_STR("\0\0")}, odd = {MR_TOKEN_STATUS_LIST, 3, MR_STR("\0\0")};
    mr_buf_init(&out, 100);
    assert_code(mr_status_list_write(&short_one, &out, &err), MR_E_LIMIT, err);
    assert_code(mr_status_list_write(&odd, &out, &err), MR_E_FORMAT, err);
    mr_buf_init(&out, 4);
    odd.width = 1;
    assert_code(mr_status_list_write(&odd, &out, &err), MR_E_LIMIT, err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_status_list__has_its_bits_where_the_standard_says),
        cmocka_unit_test(test_status_list__ends),
        cmocka_unit_test(test_status_list_read__takes_what_the_standard_allows),
        cmocka_unit_test(test_status_list_read__takes_either_alphabet_of_an_elder_alike),
        cmocka_unit_test(test_status_list_read__wants_131072_entries_of_a_bitstring),
        cmocka_unit_test(test_status_list_read__takes_sixteen_mebibytes_and_not_an_octet_more),
        cmocka_unit_test(test_status_list_read__is_not_blown_up),
        cmocka_unit_test(test_status_list_write__follows_the_example_of_the_standard),
        cmocka_unit_test(test_status_list_write__refuses_what_readers_would_refuse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
