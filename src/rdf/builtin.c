#include "rdf/builtin.h"

#include "rdf/builtin_table.h"

static mr_str in_pool(uint32_t at, uint32_t size)
{
    return mr_str_make(mr_builtin_pool + at, size);
}

mr_str mr_builtin_context(mr_str iri)
{
    size_t low = 0, high = mr_builtin_count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        const struct mr_builtin_entry *e = &mr_builtin_entries[mid];
        int order = mr_str_compare(iri, in_pool(e->iri, e->iri_size));
        if (order == 0) return in_pool(e->text, e->text_size);
        if (order < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return MR_STR_EMPTY;
}

const char *const *mr_builtin_context_iris(void)
{
    return mr_builtin_iris;
}
