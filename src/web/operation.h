/* What operators ask a running server: is it alive, can it work, how much does it do. Counts only; no address, no name, no path is kept. */
#ifndef MR_WEB_OPERATION_H
#define MR_WEB_OPERATION_H

#include <stdatomic.h>
#include <stdint.h>

enum { MR_COUNT_PAGES, MR_COUNT_API, MR_COUNT_STATIC, MR_COUNT_KINDS };
enum { MR_COUNT_STATUSES = 6, MR_COUNT_BUCKETS = 9 };
/* Since the start of this process. */
struct mr_web_counts {
    atomic_uint_fast64_t requests[MR_COUNT_KINDS][MR_COUNT_STATUSES]; /* by the first digit of the status */
    atomic_uint_fast64_t bucket[MR_COUNT_BUCKETS + 1];                /* by time taken; the last one: longer */
    atomic_uint_fast64_t microseconds;
};
/* One answered request: of which kind, with which status, in how many microseconds. */
void mr_web_count(struct mr_web_counts *c, int kind, int status, uint64_t microseconds);

#endif
