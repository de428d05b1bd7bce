#include "http/proxy.h"

#include <arpa/inet.h>

static bool is_believed(mr_str proxies, mr_str address)
{
    mr_str one;
    while (mr_str_split(&proxies, ' ', &one))
        if (one.len && mr_str_eq(one, address)) return true;
    return false;
}

static bool is_address(mr_str s)
{
    char text[INET6_ADDRSTRLEN];
    unsigned char out[16];
    if (s.len == 0 || s.len >= sizeof text) return false;
    memcpy(text, s.ptr, s.len);
    text[s.len] = '\0';
    return inet_pton(AF_INET, text, out) == 1 || inet_pton(AF_INET6, text, out) == 1;
}

/* The last entry of a list with commas; *list is what stands before it. */
static mr_str take_last(mr_str *list)
{
    size_t i = list->len;
    while (i > 0 && list->ptr[i - 1] != ',') i--;
    mr_str last = mr_str_trim(mr_str_from(*list, i));
    *list = mr_str_make(list->ptr, i ? i - 1 : 0);
    return last;
}

mr_str mr_http_proxy_client(mr_str proxies, mr_str peer, mr_str forwarded_for)
{
    while (forwarded_for.len && is_believed(proxies, peer)) {
        mr_str before = take_last(&forwarded_for);
        if (!is_address(before)) break;
        peer = before;
    }
    return peer;
}
