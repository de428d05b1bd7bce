/* Sorting of lines that have much in common: N-Quads by code point, digests. */
#ifndef MR_RDF_LINES_H
#define MR_RDF_LINES_H

#include "base/arena.h"

typedef struct mr_line {
    const char *text;
    uint32_t length;
    uint32_t number; /* of whatever the line belongs to; goes with it */
    uint64_t key;    /* the sorter's own */
} mr_line;

/* Room for sorting up to a number of lines, again and again. */
typedef struct mr_line_sorter {
    mr_line *spare;
    struct mr_line_range *ranges;
} mr_line_sorter;
/* False when memory is short. */
bool mr_line_sorter_init(mr_line_sorter *s, mr_arena *a, size_t most);

/* Sort by octets, which for UTF-8 is by code point. No line may begin with the whole of another unless they are equal: lines with their line feed are
 * so, and texts of one length. The order of equal lines is not told. Takes time for the octets that distinguish the lines, not for each comparison. */
void mr_lines_sort(mr_line_sorter *s, mr_line *lines, size_t count);
bool mr_line_eq(const mr_line *a, const mr_line *b);

#endif
