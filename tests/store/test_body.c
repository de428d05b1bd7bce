#include "testing.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "store/body.h"
#include "store/fold.h"

static const char *const formats[] = {"elm", "vc+jwt", "open-badges", "dc+sd-jwt", "no such format"};

/* Texts that are like sealed documents, and some that are like nothing. */
static mr_str document(mr_arena *a, int which)
{
    MR_CLEANUP(mr_buf_done) mr_buf inner, outer;
    char noise[3001];
    mr_env env = test_env_fixed(0, (uint64_t)which + 1);
    mr_env_random(&env, noise, sizeof noise);
    mr_buf_init(&inner, MR_MIB);
    mr_buf_init(&outer, MR_MIB);
    mr_buf_puts(&inner, "{\"id\":\"urn:credential:01a22830-bfa6-72c3-9a35-415d3af27aa0\",\"content\":\"");
    mr_base64_put(&inner, mr_str_make(noise, sizeof noise - (size_t)which % 3));
    mr_buf_puts(&inner, "\"}");
    switch (which) {
    case 0: return mr_arena_dup(a, mr_buf_str(&inner));
    case 1:
    case 2:
    case 3: /* a token: base64 in base64 */
        mr_base64url_put(
            &outer,
            MR_STR("{\"alg\":\"ES256\",\"typ\":\"vc+jwt\",\"kid\":\"a key with a name of some length, to be long\"}"));
        mr_buf_putc(&outer, '.');
        mr_base64url_put(&outer, mr_buf_str(&inner));
        mr_buf_putc(&outer, '.');
        mr_base64url_put(&outer, mr_str_make(noise, 64));
        return mr_arena_dup(a, mr_buf_str(&outer));
    case 4: return mr_arena_dup(a, mr_str_make(noise, sizeof noise));
    case 5: return MR_STR("");
    case 6: return MR_STR("\x28\xB5\x2F\xFD is how a frame begins");
    case 7: /* alphabets that change in the middle, and a stretch of every length around the shortest */
        for (int n = 50; n < 80; n++) {
            for (int i = 0; i < n; i++) mr_buf_putc(&outer, "ABC-xyz_012"[i % 11]);
            for (int i = 0; i < n; i++) mr_buf_putc(&outer, "ABC+xyz/012"[i % 11]);
            mr_buf_putc(&outer, ' ');
        }
        return mr_arena_dup(a, mr_buf_str(&outer));
    case 8: /* deeper than is folded */
        mr_buf_put(&outer, mr_buf_str(&inner));
        for (int i = 0; i < 8; i++) {
            mr_str layer = mr_arena_dup(a, mr_buf_str(&outer));
            mr_buf_clear(&outer);
            mr_base64url_put(&outer, layer);
        }
        return mr_arena_dup(a, mr_buf_str(&outer));
    default: return MR_STR_EMPTY;
    }
}
enum { DOCUMENTS = 9 };

static void test_body__every_format_comes_back_octet_for_octet(void **state)
{
    (void)state;
    for (size_t f = 0; f < sizeof formats / sizeof *formats; f++) {
        for (int i = 0; i < DOCUMENTS; i++) {
            MR_CLEANUP(mr_arena_done) mr_arena a;
            MR_CLEANUP(mr_buf_done) mr_buf packed;
            struct mr_err err = {0};
            mr_str got;
            mr_arena_init(&a, 64 * MR_MIB);
            mr_buf_init(&packed, 16 * MR_MIB);
            mr_str sealed = document(&a, i);
            assert_ok(mr_body_pack(mr_str_of(formats[f]), sealed, &packed, &err), err);
            assert_true(mr_body_is_packed(mr_buf_str(&packed)));
            assert_ok(mr_body_unpack(&a, mr_buf_str(&packed), &got, &err), err);
            assert_str_eq(got, sealed);
        }
    }
}

/* One reader is used for all: rows with a dictionary and without one take turns, and a damaged one leaves nothing behind. */
static void test_body__rows_with_and_without_a_dictionary_take_turns(void **state)
{
    static const char *const turns[] = {"elm", "no such format", "vc+jwt", "no such format", "open-badges", "elm"};
    (void)state;
    for (size_t i = 0; i < sizeof turns / sizeof *turns; i++) {
        MR_CLEANUP(mr_arena_done) mr_arena a;
        MR_CLEANUP(mr_buf_done) mr_buf packed;
        struct mr_err err = {0};
        mr_str got;
        mr_arena_init(&a, 64 * MR_MIB);
        mr_buf_init(&packed, 16 * MR_MIB);
        mr_str sealed = document(&a, (int)i % 4);
        assert_ok(mr_body_pack(mr_str_of(turns[i]), sealed, &packed, &err), err);
        mr_str damaged = mr_arena_dup(&a, mr_str_make(packed.ptr, packed.len - 5));
        assert_code(mr_body_unpack(&a, damaged, &got, &err), MR_E_FORMAT, err);
        assert_ok(mr_body_unpack(&a, mr_buf_str(&packed), &got, &err), err);
        assert_str_eq(got, sealed);
    }
}

static void test_body__tokens_are_stored_without_their_base64(void **state)
{
    (void)state;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf packed;
    struct mr_err err = {0};
    mr_arena_init(&a, 64 * MR_MIB);
    mr_buf_init(&packed, MR_MIB);
    mr_str token = document(&a, 1); /* 3000 octets of noise and a signature, which nothing makes shorter */
    assert_ok(mr_body_pack(MR_STR("vc+jwt"), token, &packed, &err), err);
    if (packed.len > 3400 || token.len < 5400) fail_msg("%zu of %zu", packed.len, token.len);
}

static void test_body__old_rows_and_damaged_rows(void **state)
{
    (void)state;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf packed;
    struct mr_err err = {0};
    mr_str got, old = MR_STR("{\"payload\":\"stored before there was compression\"}");
    mr_arena_init(&a, 64 * MR_MIB);
    mr_buf_init(&packed, MR_MIB);
    assert_ok(mr_body_unpack(&a, old, &got, &err), err);
    assert_str_eq(got, old);
    assert_ok(mr_body_pack(MR_STR("elm"), document(&a, 0), &packed, &err), err);
    for (size_t i = 5; i < packed.len;
         i += 37) { /* one octet changed anywhere is noticed (in the fourth it may be a bit without a meaning) */
        char was = packed.ptr[i];
        packed.ptr[i] = (char)(was ^ 0x10);
        struct mr_err damaged = {0};
        int code = mr_body_unpack(&a, mr_buf_str(&packed), &got, &damaged);
        if (code == MR_OK) fail_msg("octet %zu", i);
        packed.ptr[i] = was;
    }
    assert_code(mr_body_unpack(&a, mr_str_make(packed.ptr, packed.len - 3), &got, &err), MR_E_FORMAT, err);
    /* RFC 8878 section 3.1.1: a descriptor with a dictionary number of four octets, and a content size of one; then nothing. */
    assert_code(mr_body_unpack(&a, mr_str_make("\x28\xB5\x2F\xFD\x23\x09\x09\x09\x09\x05\x01\x00\x00", 13), &got, &err),
                MR_E_UNSUPPORTED, err);
}

static void test_unfold__refuses_what_fold_never_writes(void **state)
{
    (void)state;
    static const mr_str cases[] = {
        MR_STR_INIT(""), /* no length */
        MR_STR_INIT("\x05"
                    "abc"), /* shorter than it says */
        MR_STR_INIT("\xff\xff\xff\xff\xff\xff"),
        MR_STR_INIT("\x01"
                    "a\x07"), /* no such kind */
        MR_STR_INIT("\x01"
                    "a\x00\x02"
                    "xy\x00"), /* no whole groups */
        MR_STR_INIT("\x01"
                    "a\x00\x03"
                    "xyz"), /* ends without a plain part */
        MR_STR_INIT(
            "\x00\x02\x0f\x00\x02\x0c\x00\x02\x09\x00\x02\x06\x00\x02\x03\x00\x02\x00"), /* deeper than allowed */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        MR_CLEANUP(mr_buf_done) mr_buf out;
        struct mr_err err = {0};
        mr_buf_init(&out, 1000);
        if (mr_unfold(cases[i], &out, &err) != MR_E_FORMAT) fail_msg("case %zu", i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_body__every_format_comes_back_octet_for_octet),
        cmocka_unit_test(test_body__rows_with_and_without_a_dictionary_take_turns),
        cmocka_unit_test(test_body__tokens_are_stored_without_their_base64),
        cmocka_unit_test(test_body__old_rows_and_damaged_rows),
        cmocka_unit_test(test_unfold__refuses_what_fold_never_writes),
    };
    return cmocka_run_group_tests_name("store/body", tests, NULL, NULL);
}
