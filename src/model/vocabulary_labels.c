/* Labels in languages beyond the four that the tables of the vocabularies have columns for: spec/vocabulary/labels, one file a language, whose lines are
 * "scheme TAB code TAB label", sorted by their bytes. They are read where they lie in the program, so what nobody asks for costs nothing, and found by halving. */
#include "model/vocabulary_labels.h"

#include "base/embedded.h"

#include <stdio.h>

MR_EMBEDDED_DECLARE(model_labels);

/* Less, equal, greater than 0: a line beside "scheme TAB code TAB". */
static int compare(mr_str line, mr_str scheme, mr_str code)
{
    const mr_str wanted[] = {scheme, MR_STR("\t"), code, MR_STR("\t")};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        mr_str piece = mr_str_make(line.ptr, line.len < wanted[i].len ? line.len : wanted[i].len);
        int order = mr_str_compare(piece, wanted[i]);
        if (order) return order;
        line = mr_str_from(line, wanted[i].len);
    }
    return 0;
}

mr_str mr_vocabulary_label(mr_str language, mr_str scheme, mr_str code)
{
    char file[16];
    if (language.len > 3) return MR_STR_EMPTY;
    snprintf(file, sizeof file, "%.*s.tsv", MR_STR_ARG(language));
    const struct mr_embedded *e = mr_embedded_find(model_labels, model_labels_count, file);
    if (!e) return MR_STR_EMPTY;
    const char *text = (const char *)e->data;
    size_t low = 0, high = e->size; /* both at the beginning of a line, or the end */
    while (low < high) {
        size_t start = low + (high - low) / 2;
        while (start > low && text[start - 1] != '\n') start--;
        const char *end = memchr(text + start, '\n', high - start);
        mr_str line = mr_str_make(text + start, end ? (size_t)(end - text) - start : high - start);
        int order = compare(line, scheme, code);
        if (order == 0) return mr_str_from(line, scheme.len + code.len + 2);
        if (order < 0)
            low = start + line.len + (end != NULL);
        else
            high = start;
    }
    return MR_STR_EMPTY;
}
