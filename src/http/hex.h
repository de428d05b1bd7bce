/* One hexadecimal digit, as percent-encoding and chunk sizes use them. */
#ifndef MR_HTTP_HEX_H
#define MR_HTTP_HEX_H

/* Its value, or -1 when it is none. */
static inline int mr_http_hex(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

#endif
