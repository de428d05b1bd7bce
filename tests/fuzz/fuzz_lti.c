/* Any JSON as the claims of a launch: never a crash, and what is believed is of the platform, for us, and answers our request. */
#include "service/lti_inside.h"

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
    const struct mr_lti_platform_row platform = {.issuer = MR_STR_INIT("https://lms.example.org"),
                                                 .client_id = MR_STR_INIT("merit"),
                                                 .deployments = MR_STR_INIT("1\n2")};
    const mr_json *claims;
    struct mr_err err = {0};
    mr_arena_init(&a, 16 * MR_MIB);
    if (mr_json_parse(&a, mr_str_make((const char *)data, size), NULL, &claims, NULL) != MR_OK) return 0;
    if (mr_lti_check_claims(claims, &platform, MR_STR("n-1"), NOW, &err) != MR_OK) {
        require(err.code == MR_E_FORBIDDEN && err.detail[0]);
        return 0;
    }
    require(mr_str_eq(mr_json_get_str(claims, "iss"), platform.issuer));
    require(mr_str_is(mr_json_get_str(claims, "nonce"), "n-1") && mr_json_get_str(claims, "sub").len);
    return 0;
}
