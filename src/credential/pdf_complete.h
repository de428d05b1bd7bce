/* What cairo cannot write into a PDF, put in by qpdf (loaded on first use): the language, texts for those who listen, and the attached files. */
#ifndef MR_CREDENTIAL_PDF_COMPLETE_H
#define MR_CREDENTIAL_PDF_COMPLETE_H

#include "base/buf.h"
#include "base/err.h"

/* A file inside the PDF (ISO 32000-2 section 7.11.4), byte for byte. */
struct mr_pdf_file {
    const char *name; /* ASCII: "wound-care.jsonld" */
    const char *type; /* "application/jose+json" */
    mr_str content;
    const char *description; /* what it is, for people; UTF-8 */
};
/* What is said of one tagged piece. All empty: nothing. */
struct mr_pdf_note {
    const char *language;    /* "el", where it is not the document's */
    const char *alternative; /* what a picture shows; UTF-8 */
    const char *scope;       /* of a TH: "Row" or "Column" */
};
struct mr_pdf_completion {
    const char *language;            /* of the document: "da" */
    const struct mr_pdf_note *notes; /* of its tagged pieces, in the order in which they begin */
    size_t note_count;
    const struct mr_pdf_file *files;
    size_t file_count;
};
/*   pdf     one of ours, whole; borrowed
 *   out     appended to; the same input gives the same octets
 *   errors  MR_E_LIBRARY (qpdf), MR_E_LIMIT (the buffer's maximum), MR_E_NOMEM, MR_E_FORMAT (detail: what qpdf says; our own mistake) */
int mr_pdf_complete(mr_str pdf, const struct mr_pdf_completion *c, mr_buf *out, struct mr_err *err) MR_MUST_CHECK;

#endif
