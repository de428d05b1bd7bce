/* Reads any octets behind the signature of a PNG as its chunks; a picture that a badge can be baked into gives it back, and nothing but it. The check sums of
 * foreign chunks are mended first, or no made-up chunk would ever be looked into. */
#include "base/compression.h"
#include "base/limits.h"
#include "credential/baked.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SIGNATURE "\x89PNG\r\n\x1a\n"
#define BADGE "{\"type\":\"Assertion\",\"id\":\"https://badges.example/1\"}"

static void require(bool truth)
{
    if (!truth) abort();
}

static void mend_sums(char *png, size_t size)
{
    struct mr_err err;
    if (mr_check_sums_load(&err) != MR_OK) return;
    for (size_t at = 8; size - at >= 12;) {
        const unsigned char *o = (const unsigned char *)png + at;
        size_t length = (size_t)o[0] << 24 | (size_t)o[1] << 16 | (size_t)o[2] << 8 | o[3];
        if (length > size - at - 12) return;
        uint32_t sum = mr_crc32(mr_str_make(png + at + 4, length + 4));
        for (size_t i = 0; i < 4; i++) png[at + 8 + length + i] = (char)(sum >> (24 - 8 * i));
        at += length + 12;
    }
}

static void bake(mr_arena *a, mr_str picture)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    const struct mr_bakable badge = {.text = MR_STR(BADGE), .standard = MR_BAKED_OB2, .is_badge = true};
    struct mr_err err;
    mr_baked b;
    mr_buf_init(&out, 8 * MR_MIB);
    if (mr_baked_write(a, picture, &badge, true, &out, &err) != MR_OK) return;
    require(mr_baked_read(a, mr_buf_str(&out), &b, &err) == MR_OK);
    require(b.count == 1 && mr_str_is(b.text, BADGE) && !b.differ && !b.cut_off && !b.behind);
}

static void try(mr_str picture)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_err err;
    mr_baked b;
    mr_arena_init(&a, 32 * MR_MIB);
    if (mr_baked_read(&a, picture, &b, &err) == MR_OK) {
        require(b.count > 0 || b.text.len == 0);
        require(b.text.len <= MR_LIMIT_BAKED_TEXT);
    }
    bake(&a, picture);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t whole = size + sizeof SIGNATURE - 1;
    char *png = malloc(whole);
    if (!png) return 0;
    memcpy(png, SIGNATURE, sizeof SIGNATURE - 1);
    if (size) memcpy(png + sizeof SIGNATURE - 1, data, size);
    try(mr_str_make(png, whole));
    mend_sums(png, whole);
    try(mr_str_make(png, whole));
    free(png);
    return 0;
}
