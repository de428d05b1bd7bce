/* The official cases of lists as bits: Bitstring Status List and Token Status List, the signed example of the latter among them. */
#include "proof/status_list.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "crypto/digest.h"
#include "json/json.h"
#include "proof/jose.h"
#include "testing.h"

#define MEMORY (64 * MR_MIB)

static const mr_json *read_json(mr_arena *a, const char *path)
{
    const mr_json *root;
    struct mr_err err = {0};
    assert_ok(mr_json_parse(a, test_read_file(a, path), NULL, &root, &err), err);
    return root;
}

/* Whether the entries of `l` are 0 but where `wanted` says otherwise. */
static bool entries_agree(const mr_status_list *l, const uint8_t *wanted)
{
    for (uint64_t i = 0; i < mr_status_list_count(l); i++) {
        uint8_t value;
        if (!mr_status_list_get(l, i, &value)) return false;
        if (value == wanted[i]) continue;
        print_error("  entry %llu is %u, wanted %u\n", (unsigned long long)i, value, wanted[i]);
        return false;
    }
    return true;
}

/* What is read can be written: the text may differ (compressors do), the octets may not. */
static bool comes_back(mr_arena *a, const mr_status_list *l)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_status_list again;
    struct mr_err err = {0};
    mr_buf_init(&out, MR_LIMIT_STATUS_DOCUMENT);
    assert_ok(mr_status_list_write(l, &out, &err), err);
    assert_ok(mr_status_list_read(a, l->kind, l->width, mr_buf_str(&out), &again, &err), err);
    return mr_str_eq(again.octets, l->octets);
}

/* ---- Bitstring Status List ---- */

static bool bitstring_passes(mr_arena *a, const mr_json *v)
{
    mr_status_list l;
    struct mr_err err = {0};
    int64_t length = 0, index;
    mr_str expect = mr_json_get_str(v, "expect");
    int code = mr_status_list_read(a, MR_BITSTRING, 1, mr_json_get_str(v, "encodedList"), &l, &err);
    if (mr_str_is(expect, "error")) return code == MR_E_UNSUPPORTED;
    if (expect.len) return code == MR_E_LIMIT && mr_str_is(expect, err.message);
    assert_true(mr_json_to_int64(mr_json_get(v, "length_bits"), &length));
    if (code != MR_OK || mr_status_list_count(&l) != (uint64_t)length) return false;
    uint8_t *wanted = MR_NEW_ARRAY(a, uint8_t, (size_t)length);
    assert_non_null(wanted);
    MR_JSON_EACH (set, mr_json_get(v, "set"))
        if (mr_json_to_int64(set, &index) && index < length) wanted[index] = 1;
    return entries_agree(&l, wanted) && comes_back(a, &l);
}

static void test_bitstring__follows_the_suite(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    size_t passed = 0, count = 0;
    mr_arena_init(&a, MEMORY);
    const char *path = test_suite(&a, "bitstring-status-list/vectors.json");
    MR_JSON_EACH (v, read_json(&a, path)) {
        bool good = bitstring_passes(&a, v);
        count++, passed += good;
        if (!good) print_error("%.*s\n", MR_STR_ARG(mr_json_get_str(v, "name")));
    }
    test_suite_count("bitstring-status-list", passed, count, 0);
    assert_int_equal(passed, count);
    assert_true(count > 0);
}

/* ---- Token Status List ---- */

static bool digest_agrees(mr_str octets, mr_str wanted)
{
    MR_CLEANUP(mr_buf_done) mr_buf hex;
    uint8_t digest[32];
    mr_buf_init(&hex, 200);
    mr_sha256(octets, digest);
    mr_hex_put(&hex, mr_str_make((const char *)digest, sizeof digest));
    return mr_str_eq(mr_buf_str(&hex), wanted);
}

static bool token_passes(mr_arena *a, const mr_json *v)
{
    mr_status_list l;
    struct mr_err err = {0};
    uint64_t index;
    int64_t bits, value, size;
    const mr_json *list = mr_json_get(v, "status_list");
    assert_true(mr_json_to_int64(mr_json_get(list, "bits"), &bits));
    assert_true(mr_json_to_int64(mr_json_get(v, "bytes"), &size));
    int code = mr_status_list_read(a, MR_TOKEN_STATUS_LIST, (uint8_t)bits, mr_json_get_str(list, "lst"), &l, &err);
    if (code != MR_OK || l.octets.len != (size_t)size) return false;
    uint8_t *wanted = MR_NEW_ARRAY(a, uint8_t, (size_t)(size * 8 / bits));
    assert_non_null(wanted);
    MR_JSON_EACH_MEMBER (name, mr_json_get(v, "non_zero")) {
        assert_true(mr_str_to_u64(mr_json_text(name), &index) && index < mr_status_list_count(&l));
        assert_true(mr_json_to_int64(name + 1, &value));
        wanted[index] = (uint8_t)value;
    }
    return entries_agree(&l, wanted) && digest_agrees(l.octets, mr_json_get_str(v, "sha256_uncompressed")) &&
           comes_back(a, &l);
}

/* The signed example: the draft does not give its key, so the token is taken apart and its list read. */
static bool signed_example_passes(mr_arena *a, mr_str text)
{
    static const uint8_t wanted[16] = {1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1};
    MR_CLEANUP(mr_jws_done) mr_jws j = {0};
    mr_status_list l;
    const mr_json *claims;
    struct mr_err err = {0};
    if (mr_jws_read(a, mr_str_trim(text), &j, &err) != MR_OK || !mr_str_is(j.typ, "statuslist+jwt")) return false;
    assert_ok(mr_json_parse(a, j.payload, NULL, &claims, &err), err);
    const mr_json *list = mr_json_get(claims, "status_list");
    return mr_status_list_read(a, MR_TOKEN_STATUS_LIST, 1, mr_json_get_str(list, "lst"), &l, &err) == MR_OK &&
           mr_status_list_count(&l) == sizeof wanted && entries_agree(&l, wanted);
}

static void test_token__follows_the_suite(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    size_t passed = 0, count = 0;
    mr_arena_init(&a, MEMORY);
    const char *folder = test_suite(&a, "token-status-list");
    MR_JSON_EACH (v, read_json(&a, test_path(&a, folder, "vectors.json"))) {
        bool good = token_passes(&a, v);
        count++, passed += good;
        if (!good) print_error("%.*s\n", MR_STR_ARG(mr_json_get_str(v, "name")));
    }
    bool good = signed_example_passes(&a, test_read_file(&a, test_path(&a, folder, "status_list_jwt.txt")));
    count++, passed += good;
    if (!good) print_error("status_list_jwt.txt\n");
    test_suite_count("token-status-list", passed, count, 0);
    assert_int_equal(passed, count);
    assert_true(count > 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bitstring__follows_the_suite),
        cmocka_unit_test(test_token__follows_the_suite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
