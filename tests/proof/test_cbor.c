/* CBOR: the examples of RFC 8949, and everything that is not read. */
#include "testing.h"

#include "base/limits.h"
#include "proof/cbor.h"

static mr_cbor reader(const char *octets, size_t size)
{
    return (mr_cbor){mr_str_make(octets, size), 0};
}
#define READER(literal) reader((literal), sizeof(literal) - 1)

/* ---- numbers ---- */

/* RFC 8949 appendix A, and the edges of every size. */
static const struct number {
    const char *octets;
    size_t size;
    uint64_t value;
} numbers[] = {
#define NUMBER(literal, value)                                                                                         \
    {                                                                                                                  \
        literal, sizeof(literal) - 1, value                                                                            \
    }
    NUMBER("\x00", 0),
    NUMBER("\x01", 1),
    NUMBER("\x17", 23),
    NUMBER("\x18\x18", 24),
    NUMBER("\x18\x64", 100),
    NUMBER("\x18\xff", 255),
    NUMBER("\x19\x01\x00", 256),
    NUMBER("\x19\x03\xe8", 1000),
    NUMBER("\x19\xff\xff", 65535),
    NUMBER("\x1a\x00\x01\x00\x00", 65536),
    NUMBER("\x1a\x00\x0f\x42\x40", 1000000),
    NUMBER("\x1a\xff\xff\xff\xff", UINT32_MAX),
    NUMBER("\x1b\x00\x00\x00\x01\x00\x00\x00\x00", UINT64_C(1) << 32),
    NUMBER("\x1b\x00\x00\x00\xe8\xd4\xa5\x10\x00", UINT64_C(1000000000000)),
    NUMBER("\x1b\xff\xff\xff\xff\xff\xff\xff\xff", UINT64_MAX),
#undef NUMBER
};

static void test_cbor__reads_and_writes_numbers(void **state)
{
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        mr_buf out;
        struct mr_err err = {0};
        uint64_t value = 0;
        mr_cbor c = reader(numbers[i].octets, numbers[i].size);
        assert_ok(mr_cbor_read_uint(&c, &value, &err), err);
        assert_true(value == numbers[i].value);
        assert_ok(mr_cbor_read_end(&c, &err), err);
        mr_buf_init(&out, 64);
        mr_cbor_put_uint(&out, value);
        assert_str_eq(mr_buf_str(&out), mr_str_make(numbers[i].octets, numbers[i].size));
        mr_buf_done(&out);
    }
}

/* ---- the rest ---- */

static void test_cbor__reads_what_it_writes(void **state)
{
    mr_buf out;
    size_t count = 0;
    struct mr_err err = {0};
    mr_str bytes = {0}, text = {0};
    uint64_t key = 0;
    mr_buf_init(&out, MR_KIB);
    mr_cbor_put_array(&out, 3);
    mr_cbor_put_bytes(&out, MR_STR("\x01\x02\x03\x04"));
    mr_cbor_put_text(&out, MR_STR("\xc3\xbc"));
    mr_cbor_put_map(&out, 1);
    mr_cbor_put_uint(&out, 7);
    mr_cbor_put_array(&out, 0);
    assert_str_eq(mr_buf_str(&out), MR_STR("\x83\x44\x01\x02\x03\x04\x62\xc3\xbc\xa1\x07\x80"));
    mr_cbor c = {mr_buf_str(&out), 0};
    assert_ok(mr_cbor_read_array(&c, &count, &err), err);
    assert_int_equal(count, 3);
    assert_ok(mr_cbor_read_bytes(&c, &bytes, &err), err);
    assert_str_eq(bytes, MR_STR("\x01\x02\x03\x04"));
    assert_ok(mr_cbor_read_text(&c, &text, &err), err);
    assert_str_eq(text, MR_STR("\xc3\xbc"));
    assert_ok(mr_cbor_read_map(&c, &count, &err), err);
    assert_int_equal(count, 1);
    assert_ok(mr_cbor_read_uint(&c, &key, &err), err);
    assert_ok(mr_cbor_read_array(&c, &count, &err), err);
    assert_int_equal(count, 0);
    assert_ok(mr_cbor_read_end(&c, &err), err);
    mr_buf_done(&out);
}

/* ---- what is not read ---- */

enum asked { UINT, BYTES, TEXT, ARRAY, MAP };

static int read_asked(mr_cbor *c, enum asked asked, struct mr_err *err)
{
    uint64_t number;
    size_t count;
    mr_str string;
    switch (asked) {
    case UINT: return mr_cbor_read_uint(c, &number, err);
    case BYTES: return mr_cbor_read_bytes(c, &string, err);
    case TEXT: return mr_cbor_read_text(c, &string, err);
    case ARRAY: return mr_cbor_read_array(c, &count, err);
    case MAP: return mr_cbor_read_map(c, &count, err);
    }
    return MR_OK;
}

static const struct refused {
    const char *why, *octets;
    size_t size;
    enum asked asked;
    mr_code code;
} refused[] = {
#define REFUSED(why, literal, asked, code)                                                                             \
    {                                                                                                                  \
        why, literal, sizeof(literal) - 1, asked, code                                                                 \
    }
    REFUSED("nothing", "", UINT, MR_E_FORMAT),
    REFUSED("no octet of the number", "\x18", UINT, MR_E_FORMAT),
    REFUSED("half a number", "\x19\x01", UINT, MR_E_FORMAT),
    REFUSED("seven of eight octets", "\x1b\x01\x02\x03\x04\x05\x06\x07", UINT, MR_E_FORMAT),
    REFUSED("23 in two octets", "\x18\x17", UINT, MR_E_FORMAT),
    REFUSED("255 in three octets", "\x19\x00\xff", UINT, MR_E_FORMAT),
    REFUSED("65535 in five octets", "\x1a\x00\x00\xff\xff", UINT, MR_E_FORMAT),
    REFUSED("2^32-1 in nine octets", "\x1b\x00\x00\x00\x00\xff\xff\xff\xff", UINT, MR_E_FORMAT),
    REFUSED("a head of no meaning", "\x1c", UINT, MR_E_FORMAT),
    REFUSED("a head of no meaning", "\x1e", UINT, MR_E_FORMAT),
    REFUSED("a negative number", "\x20", UINT, MR_E_FORMAT),
    REFUSED("a tagged number", "\xc1\x01", UINT, MR_E_FORMAT),
    REFUSED("a typed array (tag 64)", "\xd8\x40\x41\x01", BYTES, MR_E_FORMAT),
    REFUSED("false", "\xf4", UINT, MR_E_FORMAT),
    REFUSED("a floating-point number", "\xf9\x3c\x00", UINT, MR_E_FORMAT),
    REFUSED("break", "\xff", UINT, MR_E_FORMAT),
    REFUSED("octets of indefinite length", "\x5f\x41\x01\xff", BYTES, MR_E_FORMAT),
    REFUSED("text of indefinite length", "\x7f\x61\x61\xff", TEXT, MR_E_FORMAT),
    REFUSED("an array of indefinite length", "\x9f\xff", ARRAY, MR_E_FORMAT),
    REFUSED("a map of indefinite length", "\xbf\xff", MAP, MR_E_FORMAT),
    REFUSED("text for octets", "\x61\x61", BYTES, MR_E_FORMAT),
    REFUSED("octets for text", "\x41\x61", TEXT, MR_E_FORMAT),
    REFUSED("a map for an array", "\xa0", ARRAY, MR_E_FORMAT),
    REFUSED("octets that end too early", "\x44\x01\x02\x03", BYTES, MR_E_FORMAT),
    REFUSED("more octets than there are anywhere", "\x5b\xff\xff\xff\xff\xff\xff\xff\xff\x00", BYTES, MR_E_FORMAT),
    REFUSED("a length one octet longer than need be", "\x58\x01\x00", BYTES, MR_E_FORMAT),
    REFUSED("more elements than octets", "\x83\x01\x02", ARRAY, MR_E_FORMAT),
    REFUSED("2^64-1 elements", "\x9b\xff\xff\xff\xff\xff\xff\xff\xff\x01", ARRAY, MR_E_FORMAT),
    REFUSED("more pairs than half the octets", "\xa2\x01\x02\x03", MAP, MR_E_FORMAT),
    REFUSED("2^63 pairs", "\xbb\x80\x00\x00\x00\x00\x00\x00\x00\x01\x02", MAP, MR_E_FORMAT),
    REFUSED("text that is not UTF-8", "\x62\x61\xff", TEXT, MR_E_UTF8),
#undef REFUSED
};

static void test_cbor__refuses_everything_else(void **state)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct mr_err err = {0};
        mr_cbor c = reader(refused[i].octets, refused[i].size);
        int code = read_asked(&c, refused[i].asked, &err);
        if (code != (int)refused[i].code) fail_msg("%s: %s", refused[i].why, mr_code_name((mr_code)code));
        assert_true(err.position <= refused[i].size);
        assert_int_equal(c.at, 0);
    }
}

static void test_cbor__refuses_what_follows_the_end(void **state)
{
    struct mr_err err = {0};
    uint64_t number = 0;
    mr_cbor c = READER("\x01\x00");
    assert_ok(mr_cbor_read_uint(&c, &number, &err), err);
    assert_code(mr_cbor_read_end(&c, &err), MR_E_FORMAT, err);
    assert_int_equal(err.position, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cbor__reads_and_writes_numbers),
        cmocka_unit_test(test_cbor__reads_what_it_writes),
        cmocka_unit_test(test_cbor__refuses_everything_else),
        cmocka_unit_test(test_cbor__refuses_what_follows_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
