#include "base/fetch.h"

struct mr_fetch_failure mr_fetch_explain(const struct mr_err *e)
{
    static const mr_str status = MR_STR_INIT("HTTP status ");
    struct mr_fetch_failure f = {0};
    mr_str rest = mr_str_of(e->detail), number = MR_STR_EMPTY;
    uint64_t n = 0;
    f.slow = mr_str_has_prefix(rest, MR_STR(MR_FETCH_SLOW));
    if (e->code != MR_E_NET || !mr_str_has_prefix(rest, status)) return f;
    rest = mr_str_from(rest, status.len);
    if (!mr_str_split(&rest, ' ', &number) || !mr_str_to_u64(number, &n) || n > 999) return f;
    f.status = (int)n;
    if (n >= 300 && n < 400 && mr_str_has_prefix(rest, MR_STR("to "))) f.moved_to = mr_str_from(rest, 3);
    return f;
}
