/* Takes what is attached out of any octets behind the signature of a PDF; what comes out lies within its limits, and the same octets give the same answer twice. */
#include "base/limits.h"
#include "credential/pdf_read.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SIGNATURE "%PDF-1.5\n"

static void require(bool truth)
{
    if (!truth) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static mr_pdf_attachments one, two;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_err err;
    size_t whole = size + sizeof SIGNATURE - 1, total = 0;
    char *pdf = malloc(whole);
    if (!pdf) return 0;
    memcpy(pdf, SIGNATURE, sizeof SIGNATURE - 1);
    if (size) memcpy(pdf + sizeof SIGNATURE - 1, data, size);
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    int code = mr_pdf_attachments_read(&a, mr_str_make(pdf, whole), &one, &err);
    require(code == mr_pdf_attachments_read(&a, mr_str_make(pdf, whole), &two, &err) || code == MR_E_NOMEM ||
            err.code == MR_E_NOMEM);
    if (code == MR_OK) {
        require(one.count <= MR_LIMIT_PDF_ATTACHMENTS);
        for (size_t i = 0; i < one.count; i++) {
            require(mr_utf8_check(one.items[i].name) == one.items[i].name.len);
            total += one.items[i].content.len;
        }
        require(total <= MR_LIMIT_PDF_UNPACKED + MR_LIMIT_PDF_ATTACHMENTS * whole);
    }
    free(pdf);
    return 0;
}
