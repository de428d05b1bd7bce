/* Reads any bytes as the value of a Link header: what is found lies between angle brackets in it. */
#include "net/client.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    mr_str url = mr_net_next_link(mr_str_make(text, size));
    if (!url.len) return 0;
    bool inside = url.ptr > text && url.ptr + url.len < text + size;
    if (!inside || url.ptr[-1] != '<' || url.ptr[url.len] != '>' || mr_str_find_char(url, '>') >= 0) abort();
    return 0;
}
