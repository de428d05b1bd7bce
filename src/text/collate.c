/* Sorting by ICU. The names of its functions end with its version: Debian 12 has 72. A collator is opened for each list; after the first, which reads the rules, that costs some
 * microseconds, and no thread waits for another. */
#include "text/collate.h"

#include "base/lazy.h"

#include <stdlib.h>
#include <unicode/ucol.h>

#define ICU_FUNCTIONS(F) F(ucol_open_72) F(ucol_close_72) F(ucol_strcollUTF8_72)
MR_LAZY_LIBRARY(icu, "libicui18n.so.72", ICU_FUNCTIONS)

static int by_bytes(const void *a, const void *b, void *collator)
{
    (void)collator;
    return mr_str_compare(((const struct mr_named *)a)->name, ((const struct mr_named *)b)->name);
}

static int by_rules(const void *a, const void *b, void *collator)
{
    mr_str x = ((const struct mr_named *)a)->name, y = ((const struct mr_named *)b)->name;
    UErrorCode status = U_ZERO_ERROR;
    return (int)icu_table.ucol_strcollUTF8_72(collator, x.ptr, (int32_t)x.len, y.ptr, (int32_t)y.len, &status);
}

void mr_collate(const mr_language *l, struct mr_named *names, size_t count)
{
    struct mr_err err = {0};
    UErrorCode status = U_ZERO_ERROR;
    UCollator *collator = NULL;
    if (count < 2) return;
    if (icu_load(&err) == MR_OK) collator = icu_table.ucol_open_72(mr_language_tag(l).ptr, &status);
    qsort_r(names, count, sizeof *names, collator && U_SUCCESS(status) ? by_rules : by_bytes, collator);
    if (collator) icu_table.ucol_close_72(collator);
}
