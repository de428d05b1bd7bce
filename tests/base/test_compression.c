#include "testing.h"

#include "base/compression.h"
#include "base/encoding.h"
#include "base/limits.h"

/* By another implementation: CPython's gzip and zlib. */
#define TEXT "Wound care, Aarhus"
#define GZIPPED "1f8b08000000000002ff0bcf2fcd4b51484e2c4ad551704c2cca282d060091055bbc12000000"
#define ZIPPED "78da0bcf2fcd4b51484e2c4ad551704c2cca282d06003d410679"

static const struct {
    const char *what;
    mr_compression kind;
    const char *hex, *text;
} good[] = {
    {"gzip", MR_GZIP, GZIPPED, TEXT},
    {"zlib", MR_ZLIB, ZIPPED, TEXT},
    {"gzip of nothing", MR_GZIP, "1f8b080000000000020303000000000000000000", ""},
    {"zlib of nothing", MR_ZLIB, "789c030000000001", ""},
    {"with a name and a time", MR_GZIP,
     "1f8b080800f1536502ff6c697374000bcf2fcd4b51484e2c4ad551704c2cca282d060091055bbc12000000", TEXT},
};

static const struct {
    const char *what;
    mr_compression kind;
    const char *hex;
} bad[] = {
    {"nothing", MR_GZIP, ""},
    {"nothing as zlib", MR_ZLIB, ""},
    {"zlib for gzip", MR_GZIP, ZIPPED},
    {"gzip for zlib", MR_ZLIB, GZIPPED},
    {"another octet behind", MR_GZIP, GZIPPED "00"},
    {"another octet behind zlib", MR_ZLIB, ZIPPED "0a"},
    {"a second member", MR_GZIP, GZIPPED GZIPPED},
    {"an end that is missing", MR_GZIP, "1f8b08000000000002ff0bcf2fcd4b51484e2c4ad551704c2cca282d060091055bbc1200"},
    {"only a head", MR_ZLIB, "78da"},
    {"a wrong check sum", MR_GZIP, "1f8b08000000000002ff0bcf2fcd4b51484e2c4ad551704c2cca282d060091055bbd12000000"},
    {"a wrong size", MR_GZIP, "1f8b08000000000002ff0bcf2fcd4b51484e2c4ad551704c2cca282d060091055bbc13000000"},
    {"a dictionary that nobody has", MR_ZLIB, "78f90613020e0b07110ac98945a93a0a8e894519a5c5003d410679"},
    {"an unknown kind of block", MR_ZLIB, "78da07000000"},
};

static mr_str read_hex(mr_arena *a, const char *hex)
{
    mr_str octets;
    struct mr_err err = {0};
    assert_ok(mr_hex_read(a, mr_str_of(hex), &octets, &err), err);
    return octets;
}

static void test_inflate__reads_what_others_wrote(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, MR_MIB);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        mr_str text;
        struct mr_err err = {0};
        print_message("# %s\n", good[i].what);
        assert_ok(mr_inflate(&a, good[i].kind, read_hex(&a, good[i].hex), 100, &text, &err), err);
        assert_str(text, good[i].text);
    }
}

static void test_inflate__refuses_what_is_not_one_whole_member(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, MR_MIB);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        mr_str text;
        struct mr_err err = {0};
        print_message("# %s\n", bad[i].what);
        assert_code(mr_inflate(&a, bad[i].kind, read_hex(&a, bad[i].hex), 100, &text, &err), MR_E_FORMAT, err);
    }
}

static void test_inflate__keeps_to_the_maximum(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_str text;
    struct mr_err err = {0};
    mr_arena_init(&a, MR_MIB);
    assert_ok(mr_inflate(&a, MR_GZIP, read_hex(&a, GZIPPED), sizeof TEXT - 1, &text, &err), err);
    assert_str(text, TEXT);
    assert_code(mr_inflate(&a, MR_GZIP, read_hex(&a, GZIPPED), sizeof TEXT - 2, &text, &err), MR_E_LIMIT, err);
    assert_code(mr_inflate(&a, MR_GZIP, read_hex(&a, GZIPPED), 0, &text, &err), MR_E_LIMIT, err);
}

static mr_str zeros(mr_arena *a, size_t size)
{
    char *octets = mr_arena_zalloc(a, size, 1);
    assert_non_null(octets);
    return mr_str_make(octets, size);
}

/* A bomb takes no memory: an arena that could not hold a thousandth of it is enough. */
static void test_inflate__takes_no_memory_for_a_bomb(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a, small;
    MR_CLEANUP(mr_buf_done) mr_buf bomb;
    mr_str text;
    struct mr_err err = {0};
    mr_arena_init(&a, 80 * MR_MIB);
    mr_arena_init(&small, 64 * MR_KIB);
    mr_buf_init(&bomb, MR_MIB);
    assert_ok(mr_compress(MR_ZLIB, zeros(&a, 64 * MR_MIB), &bomb, &err), err);
    assert_code(mr_inflate(&small, MR_ZLIB, mr_buf_str(&bomb), 16 * MR_MIB, &text, &err), MR_E_LIMIT, err);
    assert_int_equal(small.used, 0);
    /* And where the text would be allowed, the arena still is the limit. */
    assert_code(mr_inflate(&small, MR_ZLIB, mr_buf_str(&bomb), 64 * MR_MIB, &text, &err), MR_E_NOMEM, err);
}

static void test_compress__gives_back_what_it_took(void **state)
{
    static const size_t sizes[] = {0, 1, 16383, 16384, 16385, 32768, 300000};
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf once, twice;
    mr_env env = test_env_fixed(0, 7);
    mr_arena_init(&a, 8 * MR_MIB);
    mr_buf_init(&once, MR_MIB);
    mr_buf_init(&twice, MR_MIB);
    for (size_t i = 0; i < 2 * sizeof sizes / sizeof *sizes; i++) {
        mr_compression kind = i % 2 ? MR_GZIP : MR_ZLIB;
        mr_str text = zeros(&a, sizes[i / 2]), back;
        struct mr_err err = {0};
        mr_env_random(&env, (char *)(uintptr_t)text.ptr, text.len / 2);
        mr_buf_clear(&once), mr_buf_clear(&twice);
        assert_ok(mr_compress(kind, text, &once, &err), err);
        assert_ok(mr_compress(kind, text, &twice, &err), err);
        assert_str_eq(mr_buf_str(&once), mr_buf_str(&twice));
        assert_ok(mr_inflate(&a, kind, mr_buf_str(&once), text.len, &back, &err), err);
        assert_str_eq(back, text);
    }
}

static void test_compress__tells_no_time_and_no_name(void **state)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err err = {0};
    mr_buf_init(&out, 1000);
    assert_ok(mr_compress(MR_GZIP, MR_STR(TEXT), &out, &err), err);
    assert_memory_equal(out.ptr, "\x1F\x8B\x08\0\0\0\0\0", 8); /* RFC 1952 2.3: FLG and MTIME are 0 */
}

static void test_compress__keeps_to_the_maximum_of_the_buffer(void **state)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err err = {0};
    mr_buf_init(&out, 20);
    assert_code(mr_compress(MR_GZIP, MR_STR(TEXT), &out, &err), MR_E_LIMIT, err);
    assert_int_equal(out.len, 0);
}

/* Parts made apart become one zlib stream (RFC 1950): head, parts, check sum of all. */
static void test_deflate_part__joins_with_others(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf out;
    uint32_t first, second;
    mr_str text;
    struct mr_err err = {0};
    mr_arena_init(&a, MR_MIB);
    mr_buf_init(&out, MR_MIB);
    mr_buf_put(&out, MR_STR("\x78\xDA"));
    assert_ok(mr_deflate_part(MR_STR("Wound care, "), false, 9, &out, &first, &err), err);
    assert_ok(mr_deflate_part(MR_STR("Aarhus"), true, 9, &out, &second, &err), err);
    uint32_t adler = mr_adler32_join(first, second, 6);
    assert_int_equal(adler, 0x3d410679); /* as in ZIPPED */
    for (int i = 24; i >= 0; i -= 8) mr_buf_putc(&out, (char)(adler >> i));
    assert_ok(mr_inflate(&a, MR_ZLIB, mr_buf_str(&out), 100, &text, &err), err);
    assert_str(text, TEXT);
    assert_int_equal(mr_crc32(MR_STR("123456789")), 0xCBF43926); /* the check value of CRC-32 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_inflate__reads_what_others_wrote),
        cmocka_unit_test(test_inflate__refuses_what_is_not_one_whole_member),
        cmocka_unit_test(test_inflate__keeps_to_the_maximum),
        cmocka_unit_test(test_inflate__takes_no_memory_for_a_bomb),
        cmocka_unit_test(test_compress__gives_back_what_it_took),
        cmocka_unit_test(test_compress__tells_no_time_and_no_name),
        cmocka_unit_test(test_compress__keeps_to_the_maximum_of_the_buffer),
        cmocka_unit_test(test_deflate_part__joins_with_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
