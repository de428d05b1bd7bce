/* Any JSON as the claims of an ID token: never a crash, and what is believed is of the provider, for us, of now, and answers our request. */
#include "service/oidc.h"

#include "base/limits.h"

#include <stdlib.h>

#define NOW INT64_C(1795132800000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool truth)
{
    if (!truth) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    const struct mr_elsewhere_provider provider = {.issuer = MR_STR_INIT("https://login.example.org"),
                                                   .client_id = MR_STR_INIT("merit")};
    const mr_json *claims;
    struct mr_err err = {0};
    mr_arena_init(&a, 16 * MR_MIB);
    if (mr_json_parse(&a, mr_str_make((const char *)data, size), NULL, &claims, NULL) != MR_OK) return 0;
    if (mr_oidc_check_claims(claims, &provider, MR_STR("n-1"), NOW, &err) != MR_OK) {
        require(err.code == MR_E_SIGNATURE);
        return 0;
    }
    int64_t ends = 0;
    require(mr_str_eq(mr_json_get_str(claims, "iss"), provider.issuer));
    require(mr_str_is(mr_json_get_str(claims, "nonce"), "n-1") && mr_json_get_str(claims, "sub").len);
    require(mr_json_to_int64(mr_json_get(claims, "exp"), &ends) && ends > NOW / 1000 - 3600);
    (void)mr_elsewhere_trusts(mr_json_get(claims, "domains"), mr_json_get_str(claims, "email"));
    return 0;
}
