/* Messages as tools/compile_messages.c lays them out while Merit is built: one block of text a language, and a hash table of places in it. There are hardly
 * any addresses in it, so the loader has nothing to set right, and what is not read is not even paged in. */
#ifndef MR_TEXT_COMPILED_H
#define MR_TEXT_COMPILED_H

#include "base/str.h"

struct mr_compiled_message {
    uint32_t id, id_size, text,
        text_size; /* id and text: places in mr_language.texts. Of a message that counts, `text` is all its forms (text/po.h) */
};

struct mr_language {
    char tag[8];
    unsigned (*form)(unsigned long n); /* which form goes with a number: the rule of its header */
    const char *texts;
    const struct mr_compiled_message *messages;
    const uint16_t *slots; /* number of a message, from 1; 0: free. At most half are taken, so a search ends */
    uint32_t mask;         /* slots less one; a power of two less one */
};

/* Those that are offered: English first, then by tag; ends with NULL. The others: begun, and the pseudo-language. */
extern const struct mr_language *const mr_compiled_languages[];
extern const struct mr_language *const mr_compiled_others[];

/* Where the search for an id begins: the compiler and the reader must agree. */
static inline uint64_t mr_compiled_hash(mr_str s)
{
    uint64_t h = 0x9e3779b97f4a7c15u ^ s.len;
    size_t i = 0;
    for (; i + 8 <= s.len; i += 8) {
        uint64_t w;
        memcpy(&w, s.ptr + i, 8);
        h = (h ^ w) * 0xff51afd7ed558ccdu;
        h ^= h >> 32;
    }
    uint64_t w = 0;
    if (s.len > i) memcpy(&w, s.ptr + i, s.len - i);
    h = (h ^ w) * 0xff51afd7ed558ccdu;
    return h ^ h >> 32;
}

#endif
