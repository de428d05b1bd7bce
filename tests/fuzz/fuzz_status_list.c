/* Reads any text as a status list: never a crash, never more than the limit, and what was read is written and read again as the same octets.
 * The first byte chooses the kind and the width of entries. */
#include "proof/status_list.h"

#include "base/limits.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool truth)
{
    if (!truth) abort();
}

/* The first, the last and the entries around octets; none behind the end. */
static void look_at_entries(const mr_status_list *l)
{
    uint64_t count = mr_status_list_count(l), step = count / 1000 + 1;
    uint8_t value;
    for (uint64_t i = 0; i < count; i += step) require(mr_status_list_get(l, i, &value) && value >> l->width == 0);
    require(!count || mr_status_list_get(l, count - 1, &value));
    require(!mr_status_list_get(l, count, &value));
}

static void write_again(mr_arena *a, const mr_status_list *l)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_status_list again;
    struct mr_err err;
    mr_buf_init(&out, 2 * MR_LIMIT_STATUS_LIST);
    if (mr_status_list_write(l, &out, &err) != MR_OK) return; /* noise that does not compress */
    require(mr_status_list_read(a, l->kind, l->width, mr_buf_str(&out), &again, &err) == MR_OK);
    require(mr_str_eq(again.octets, l->octets));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_status_list l;
    struct mr_err err;
    mr_arena_init(&a, 64 * MR_MIB);
    if (size < 1) return 0;
    mr_str text = mr_str_make((const char *)data + 1, size - 1);
    if (mr_status_list_read(&a, data[0] & 3, data[0] >> 2 & 15, text, &l, &err) != MR_OK) return 0;
    require(l.octets.len <= MR_LIMIT_STATUS_LIST);
    look_at_entries(&l);
    write_again(&a, &l);
    return 0;
}
