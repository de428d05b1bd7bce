#include "testing.h"

#include "base/encoding.h"
#include "base/limits.h"

/* RFC 4648 section 10 */
static const struct {
    const char *bytes, *base64, *base64url, *hex;
} vectors[] = {
    {"", "", "", ""},
    {"f", "Zg==", "Zg", "66"},
    {"fo", "Zm8=", "Zm8", "666f"},
    {"foo", "Zm9v", "Zm9v", "666f6f"},
    {"foob", "Zm9vYg==", "Zm9vYg", "666f6f62"},
    {"fooba", "Zm9vYmE=", "Zm9vYmE", "666f6f6261"},
    {"foobar", "Zm9vYmFy", "Zm9vYmFy", "666f6f626172"},
    {"\xFB\xFF\xBF", "+/+/", "-_-_", "fbffbf"},
};

static void test_encoding__follows_the_vectors_of_rfc_4648(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf b;
    struct mr_err err;
    mr_str bytes;
    mr_arena_init(&a, 1 << 20);
    mr_buf_init(&b, 1000);
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        mr_str wanted = mr_str_of(vectors[i].bytes);
        mr_buf_clear(&b), mr_base64_put(&b, wanted);
        assert_str(mr_buf_str(&b), vectors[i].base64);
        mr_buf_clear(&b), mr_base64url_put(&b, wanted);
        assert_str(mr_buf_str(&b), vectors[i].base64url);
        assert_int_equal(mr_base64url_size(wanted.len), strlen(vectors[i].base64url));
        mr_buf_clear(&b), mr_hex_put(&b, wanted);
        assert_str(mr_buf_str(&b), vectors[i].hex);
        assert_ok(mr_base64_read(&a, mr_str_of(vectors[i].base64), &bytes, &err), err);
        assert_str_eq(bytes, wanted);
        assert_ok(mr_base64url_read(&a, mr_str_of(vectors[i].base64url), &bytes, &err), err);
        assert_str_eq(bytes, wanted);
        assert_ok(mr_hex_read(&a, mr_str_of(vectors[i].hex), &bytes, &err), err);
        assert_str_eq(bytes, wanted);
    }
    assert_ok(mr_hex_read(&a, MR_STR("FbFFbF"), &bytes, &err), err);
    assert_str(bytes, "\xFB\xFF\xBF");
}

typedef int reader(mr_arena *, mr_str, mr_str *, struct mr_err *);

static void test_encoding__refuses_a_second_text_for_one_value(void **state)
{
    static const struct {
        reader *read;
        const char *text;
        size_t position;
    } cases[] = {
        {mr_base64_read, "Zg", 2},
        {mr_base64_read, "Zg=", 2},
        {mr_base64_read, "Zg===", 2},
        {mr_base64_read, "Zh==", 1},
        {mr_base64_read, "Zm9=", 2},
        {mr_base64_read, "Zm9v\n", 4},
        {mr_base64_read, "Zm 9v", 2},
        {mr_base64_read, "=m9v", 0},
        {mr_base64_read, "Zm=v", 2},
        {mr_base64_read, "-_-_", 0},
        {mr_base64_read, "Z===", 1},
        {mr_base64_read, "====", 0},
        {mr_base64_read, "Zm9vZ", 5},
        {mr_base64_read, "Zm9v====", 4},
        {mr_base64_read, "=", 0},
        {mr_base64url_read, "Zg==", 2},
        {mr_base64url_read, "Zh", 1},
        {mr_base64url_read, "Zm9", 2},
        {mr_base64url_read, "+/+/", 0},
        {mr_base64url_read, "Z", 0},
        {mr_base64url_read, "Zm9vZ", 4},
        {mr_base64url_read, "Zm9v\xC3", 4},
        {mr_base64url_read, "Zm9vZ\n", 5},
        {mr_hex_read, "0", 0},
        {mr_hex_read, "0g", 1},
        {mr_hex_read, "0x00", 1},
        {mr_hex_read, "00 ", 2},
    };
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 1 << 20);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err;
        mr_str bytes = MR_STR("untouched");
        int code = cases[i].read(&a, mr_str_of(cases[i].text), &bytes, &err);
        if (code != MR_E_ENCODING || err.position != cases[i].position)
            fail_msg("case %zu '%s': %s at %zu", i, cases[i].text, mr_code_name((mr_code)code), err.position);
        assert_str(bytes, "untouched");
    }
}

/* One sextet after the other, as the standard tells it: the oracle for every length and for the fast path. */
static size_t plain_encode(const char *last_two, const unsigned char *in, size_t size, char *out)
{
    size_t n = 0;
    for (size_t bit = 0; bit < size * 8; bit += 6) {
        unsigned v = 0;
        for (size_t k = bit; k < bit + 6; k++) v = v << 1 | (k < size * 8 ? in[k / 8] >> (7 - k % 8) & 1u : 0u);
        out[n++] = (char)(v < 26   ? 'A' + v
                          : v < 52 ? 'a' + v - 26
                          : v < 62 ? '0' + v - 52
                                   : (unsigned)last_two[v - 62]);
    }
    return n;
}

static void test_encoding__is_right_at_every_length(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_env env = test_env_fixed(0, 4648);
    unsigned char in[400];
    char wanted[600];
    struct mr_err err;
    mr_str bytes;
    mr_arena_init(&a, 1 << 20);
    mr_buf_init(&b, 1000);
    for (size_t size = 0; size < sizeof in; size++) {
        mr_arena_reset(&a);
        mr_env_random(&env, in, size);
        mr_str given = mr_str_make((char *)in, size);
        size_t n = plain_encode("-_", in, size, wanted);
        mr_buf_clear(&b), mr_base64url_put(&b, given);
        assert_str_eq(mr_buf_str(&b), mr_str_make(wanted, n));
        assert_ok(mr_base64url_read(&a, mr_buf_str(&b), &bytes, &err), err);
        assert_str_eq(bytes, given);
        n = plain_encode("+/", in, size, wanted);
        while (n % 4) wanted[n++] = '=';
        mr_buf_clear(&b), mr_base64_put(&b, given);
        assert_str_eq(mr_buf_str(&b), mr_str_make(wanted, n));
        assert_ok(mr_base64_read(&a, mr_buf_str(&b), &bytes, &err), err);
        assert_str_eq(bytes, given);
    }
}

static void test_encoding__finds_a_foreign_octet_anywhere(void **state)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    MR_CLEANUP(mr_arena_done) mr_arena a;
    char text[160];
    mr_str bytes;
    struct mr_err err;
    mr_arena_init(&a, 1 << 20);
    for (size_t at = 0; at < sizeof text; at++) {
        for (int c = 0; c < 256; c++) {
            mr_arena_reset(&a);
            memset(text, 'A', sizeof text);
            text[at] = (char)c;
            bool known = c != 0 && strchr(letters, c);
            int code = mr_base64url_read(&a, mr_str_make(text, sizeof text), &bytes, &err);
            if (known != (code == MR_OK) || (!known && err.position != at))
                fail_msg("octet %d at %zu: %d", c, at, code);
        }
    }
}

static void test_encoding__respects_the_limits_of_buffer_and_arena(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf b;
    char bytes[100] = {0}, text[400];
    struct mr_err err;
    mr_str read;
    mr_buf_init(&b, 135);
    mr_base64_put(&b, mr_str_make(bytes, 100)); /* 136 characters */
    assert_true(mr_buf_failed(&b));
    mr_buf_clear(&b), mr_base64url_put(&b, mr_str_make(bytes, 100)); /* 134 */
    assert_false(mr_buf_failed(&b));
    mr_hex_put(&b, mr_str_make(bytes, 1));
    assert_true(mr_buf_failed(&b));
    mr_arena_init(&a, 200);
    memset(text, 'A', sizeof text);
    assert_code(mr_base64_read(&a, mr_str_make(text, 400), &read, &err), MR_E_NOMEM, err);
    assert_code(mr_hex_read(&a, mr_str_make(text, 400), &read, &err), MR_E_NOMEM, err);
}

/* The Base58 encoding scheme (draft-msporny-base58) section 5, and zeros in front. */
static const struct {
    mr_str bytes;
    const char *text;
} base58_vectors[] = {
    {MR_STR_INIT("Hello World!"), "2NEpo7TZRRrLZSi2U"},
    {MR_STR_INIT("The quick brown fox jumps over the lazy dog."),
     "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z"},
    {MR_STR_INIT("\x00\x00\x28\x7f\xb4\xcd"), "11233QC4"},
    {MR_STR_INIT("\0"), "1"},
    {MR_STR_INIT("\0\0\0"), "111"},
    {MR_STR_INIT("\xFF"), "5Q"},
    {MR_STR_INIT("\x39"), "z"},
    {MR_STR_INIT("\x3A"), "21"},
    {MR_STR_INIT(""), ""},
};

static void test_base58btc__follows_its_vectors(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf b;
    struct mr_err err;
    mr_str bytes;
    mr_arena_init(&a, 1 << 20);
    mr_buf_init(&b, 1000);
    for (size_t i = 0; i < sizeof base58_vectors / sizeof *base58_vectors; i++) {
        mr_buf_clear(&b), mr_buf_putc(&b, '=');
        mr_base58btc_put(&b, base58_vectors[i].bytes);
        assert_str(mr_str_from(mr_buf_str(&b), 1), base58_vectors[i].text);
        assert_ok(mr_base58btc_read(&a, mr_str_of(base58_vectors[i].text), &bytes, &err), err);
        assert_str_eq(bytes, base58_vectors[i].bytes);
    }
}

static void test_base58btc__reads_back_at_every_length(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_env env = test_env_fixed(0, 58);
    char given[600];
    struct mr_err err;
    mr_str bytes;
    mr_arena_init(&a, 1 << 20);
    mr_buf_init(&b, 4096);
    for (size_t n = 0; n < sizeof given; n++) {
        mr_arena_reset(&a);
        mr_env_random(&env, given, n);
        if (n % 3 == 0) memset(given, 0, n / 4);
        if (n % 5 == 0) memset(given, 0xFF, n);
        mr_buf_clear(&b), mr_base58btc_put(&b, mr_str_make(given, n));
        assert_false(mr_buf_failed(&b));
        assert_ok(mr_base58btc_read(&a, mr_buf_str(&b), &bytes, &err), err);
        assert_str_eq(bytes, mr_str_make(given, n));
    }
}

static void test_base58btc__has_a_limit_on_both_sides(void **state)
{
    static char most[MR_LIMIT_BASE58 + 1], bytes[MR_LIMIT_BASE58];
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf b;
    struct mr_err err;
    mr_str read;
    mr_arena_init(&a, 1 << 20);
    mr_buf_init(&b, 1 << 16);
    memset(most, 'z', sizeof most);
    assert_ok(mr_base58btc_read(&a, mr_str_make(most, MR_LIMIT_BASE58), &read, &err), err);
    assert_code(mr_base58btc_read(&a, mr_str_make(most, MR_LIMIT_BASE58 + 1), &read, &err), MR_E_LIMIT, err);
    memset(bytes, 0xFF, sizeof bytes);
    size_t fits = MR_LIMIT_BASE58 / 11 * 8;
    mr_base58btc_put(&b, mr_str_make(bytes, fits));
    assert_false(mr_buf_failed(&b));
    assert_ok(mr_base58btc_read(&a, mr_buf_str(&b), &read, &err), err);
    assert_str_eq(read, mr_str_make(bytes, fits));
    mr_base58btc_put(&b, mr_str_make(bytes, fits + 1));
    assert_true(mr_buf_failed(&b));
}

static void test_multibase__reads_its_two_bases_and_no_others(void **state)
{
    static const struct {
        const char *text;
        mr_code code;
        size_t position;
        const char *bytes;
    } cases[] = {
        {"z2NEpo7TZRRrLZSi2U", MR_OK, 0, "Hello World!"},
        {"uSGVsbG8gV29ybGQh", MR_OK, 0, "Hello World!"},
        {"z", MR_OK, 0, ""},
        {"u", MR_OK, 0, ""},
        {"", MR_E_UNSUPPORTED, 0, NULL},
        {"mSGVsbG8", MR_E_UNSUPPORTED, 0, NULL},
        {"USGVsbG8=", MR_E_UNSUPPORTED, 0, NULL},
        {"f00", MR_E_UNSUPPORTED, 0, NULL},
        {"z2NEp0", MR_E_ENCODING, 5, NULL},
        {"zIl", MR_E_ENCODING, 1, NULL},
        {"z2NEpo ", MR_E_ENCODING, 6, NULL},
        {"uSGVsbG8=", MR_E_ENCODING, 8, NULL},
        {"uSGVsbG8gV29ybGR", MR_E_ENCODING, 15, NULL},
    };
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_arena_init(&a, 1 << 20);
    mr_buf_init(&b, 1000);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err = {0};
        mr_str bytes = MR_STR_EMPTY, text = mr_str_of(cases[i].text);
        int code = mr_multibase_read(&a, text, &bytes, &err);
        if (code != (int)cases[i].code || (code && err.position != cases[i].position))
            fail_msg("%s: %s at %zu", cases[i].text, mr_code_name((mr_code)code), err.position);
        if (code) continue;
        assert_str(bytes, cases[i].bytes);
        mr_buf_clear(&b), mr_multibase_put(&b, text.ptr[0], bytes);
        assert_str_eq(mr_buf_str(&b), text);
    }
    mr_multibase_put(&b, 'm', MR_STR("x"));
    assert_true(mr_buf_failed(&b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_encoding__follows_the_vectors_of_rfc_4648),
        cmocka_unit_test(test_encoding__refuses_a_second_text_for_one_value),
        cmocka_unit_test(test_encoding__is_right_at_every_length),
        cmocka_unit_test(test_encoding__finds_a_foreign_octet_anywhere),
        cmocka_unit_test(test_encoding__respects_the_limits_of_buffer_and_arena),
        cmocka_unit_test(test_base58btc__follows_its_vectors),
        cmocka_unit_test(test_base58btc__reads_back_at_every_length),
        cmocka_unit_test(test_base58btc__has_a_limit_on_both_sides),
        cmocka_unit_test(test_multibase__reads_its_two_bases_and_no_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
