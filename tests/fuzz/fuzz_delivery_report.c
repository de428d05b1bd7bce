/* Reads any bytes as a mailbox of delivery reports: never a crash, every message inside the mailbox, every text that is told inside its message or in the arena. */
#include "base/buf.h"
#include "net/delivery_report.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool truth)
{
    if (!truth) abort();
}

static void read_one(mr_str message)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_delivery_report r;
    struct mr_err err;
    mr_arena_init(&a, 1 << 22);
    if (mr_delivery_report_read(&a, message, &r, &err) != MR_OK) return;
    require(r.message_id.len <= message.len && r.recipient.len <= message.len && r.status.len <= message.len &&
            r.answer.len <= message.len);
    require(mr_str_find_char(r.answer, '\n') < 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const mr_str all = mr_str_make((const char *)data, size);
    mr_str rest = all, message;
    bool whole;
    while (mr_mbox_next(&rest, &message, &whole)) {
        require(message.ptr >= all.ptr && message.ptr + message.len <= all.ptr + all.len);
        read_one(message);
    }
    read_one(all);
    return 0;
}
