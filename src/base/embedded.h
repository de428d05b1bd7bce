/* Files inside the program: the tables that tools/embed.c writes.
 *
 * Pages, messages and specifications travel in the executable, so that `merit` is one file and works offline. A layer asks
 * for a table in its meson.build and declares it where it is used:
 *
 *   pages = files('../../web/templates/front.html', ...)
 *   pages_c = custom_target(input: pages, output: 'pages.c',
 *     command: [embed, '@OUTPUT@', 'text_pages', meson.project_source_root() / 'web/templates', '@INPUT@'])
 *
 *   MR_EMBEDDED_DECLARE(text_pages);
 *   const struct mr_embedded *page = mr_embedded_find(text_pages, text_pages_count, "front.html"); */
#ifndef MR_BASE_EMBEDDED_H
#define MR_BASE_EMBEDDED_H

#include <stddef.h>
#include <string.h>

/* One file, unchanged for the life of the process.
 *   name  its path below the folder that was given to the tool ("da.po", "icons/seal.svg"), NUL-terminated
 *   data  its bytes, followed by one NUL that `size` does not count
 *   size  in bytes */
struct mr_embedded {
    const char *name;
    const unsigned char *data;
    size_t size;
};

/* Declare the table and its count as the tool defines them: `symbol[]` sorted by the bytes of `name`, and `symbol_count`. */
#define MR_EMBEDDED_DECLARE(symbol)                                                                                    \
    extern const struct mr_embedded symbol[];                                                                          \
    extern const size_t symbol##_count

/* Find a file by its name.
 *   ret  an entry of `table`, or NULL when there is none */
static inline const struct mr_embedded *mr_embedded_find(const struct mr_embedded *table, size_t count,
                                                         const char *name)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = strcmp(name, table[mid].name);
        if (order == 0) return &table[mid];
        if (order < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return NULL;
}

#endif
