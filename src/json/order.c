#include "json/order.h"

int mr_json_compare_names(mr_str a, mr_str b)
{
    size_t shorter = a.len < b.len ? a.len : b.len, i = 0;
    while (i < shorter && a.ptr[i] == b.ptr[i]) i++;
    if (i == shorter) return a.len == b.len ? 0 : a.len < b.len ? -1 : 1;
    /* UTF-8 orders by code point. UTF-16 differs in one thing: a code point above U+FFFF (first octet from F0) begins
     * with a surrogate, D800 to DBFF, and so stands before U+E000 to U+FFFF (first octets EE and EF). */
    uint8_t x = (uint8_t)a.ptr[i], y = (uint8_t)b.ptr[i];
    if (x >= 0xf0 && (y == 0xee || y == 0xef)) return -1;
    if (y >= 0xf0 && (x == 0xee || x == 0xef)) return 1;
    return x < y ? -1 : 1;
}

static bool is_after(const mr_json *a, const mr_json *b)
{
    return mr_json_compare_names(mr_json_text(a), mr_json_text(b)) > 0;
}

static void insertion_sort(const mr_json **names, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const mr_json *name = names[i];
        size_t at = i;
        for (; at > 0 && is_after(names[at - 1], name); at--) names[at] = names[at - 1];
        names[at] = name;
    }
}

static void merge(const mr_json **from, const mr_json **to, size_t start, size_t middle, size_t end)
{
    size_t left = start, right = middle;
    for (size_t i = start; i < end; i++) {
        bool take_right = left == middle || (right < end && is_after(from[left], from[right]));
        to[i] = take_right ? from[right++] : from[left++];
    }
}

void mr_json_sort_names(const mr_json **names, const mr_json **spare, size_t count)
{
    for (size_t start = 0; start < count; start += MR_JSON_FEW_NAMES)
        insertion_sort(names + start, count - start < MR_JSON_FEW_NAMES ? count - start : MR_JSON_FEW_NAMES);
    const mr_json **from = names, **to = spare;
    for (size_t width = MR_JSON_FEW_NAMES; width < count; width *= 2) {
        for (size_t start = 0; start < count; start += 2 * width) {
            size_t middle = start + width < count ? start + width : count;
            size_t end = middle + width < count ? middle + width : count;
            merge(from, to, start, middle, end);
        }
        const mr_json **swap = from;
        from = to, to = swap;
    }
    if (from != names) memcpy(names, from, count * sizeof *names);
}
