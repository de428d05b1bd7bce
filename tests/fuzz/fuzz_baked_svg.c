/* Reads any octets as an SVG; one that a badge can be baked into gives it back, and what was written is an SVG that can be baked again. */
#include "base/limits.h"
#include "credential/baked.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct mr_bakable badges[] = {
    {.text = MR_STR_INIT("{\"type\":\"Assertion\",\"name\":\"a ]]> b\"}"),
     .standard = MR_BAKED_OB2,
     .url = MR_STR_INIT("https://badges.example/?a=1&b=2")},
    {.text = MR_STR_INIT("{\"type\":\"OpenBadgeCredential\"}"), .standard = MR_BAKED_OB3},
    {.text = MR_STR_INIT("e30.e30.AA"), .standard = MR_BAKED_OB3, .is_token = true},
};

static void require(bool truth)
{
    if (!truth) abort();
}

/* true: it could be baked */
static bool bake(mr_arena *a, mr_str picture, const struct mr_bakable *badge, mr_buf *out)
{
    struct mr_err err;
    mr_baked b;
    mr_buf_clear(out);
    if (mr_baked_write(a, picture, badge, true, out, &err) != MR_OK) return false;
    require(mr_baked_read(a, mr_buf_str(out), &b, &err) == MR_OK);
    require(b.count == 1 && mr_str_eq(b.text, badge->text) && mr_str_eq(b.url, badge->url));
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf once, again;
    struct mr_err err;
    mr_baked b;
    mr_str picture = mr_str_make((const char *)data, size);
    mr_arena_init(&a, 32 * MR_MIB);
    mr_buf_init(&once, 8 * MR_MIB);
    mr_buf_init(&again, 8 * MR_MIB);
    if (mr_baked_read(&a, picture, &b, &err) == MR_OK) require(b.count > 0 || b.text.len == 0);
    for (size_t i = 0; i < sizeof badges / sizeof *badges; i++)
        if (bake(&a, picture, &badges[i], &once)) require(bake(&a, mr_buf_str(&once), &badges[(i + 1) % 3], &again));
    return 0;
}
