/* Files attached to a PDF: found and taken out, nothing else of it is looked at. Made for files of strangers: every step is bounded
 * (limits.h), and nothing is drawn or run.
 *   source  ISO 32000-1 sections 7.2 to 7.5 (objects, streams, the file) and 7.11.4 (embedded files) */
#ifndef MR_CREDENTIAL_PDF_READ_H
#define MR_CREDENTIAL_PDF_READ_H

#include "base/limits.h"
#include "base/arena.h"
#include "base/err.h"

struct mr_pdf_attachment {
    mr_str name; /* UTF-8 without control characters; may be empty */
    mr_str content;
};
typedef struct mr_pdf_attachments {
    struct mr_pdf_attachment items[MR_LIMIT_PDF_ATTACHMENTS];
    size_t count;
    size_t unreadable; /* packed in a way that is not read here, or damaged */
    bool cut_off;      /* the file ends before its end */
} mr_pdf_attachments;

/*   pdf     borrowed; begins with "%PDF-"
 *   ret     its texts live in `a` or point into `pdf`
 *   errors  MR_E_UNSUPPORTED ("pdf.encrypted"), MR_E_LIMIT ("pdf.too_much": objects, attachments, unpacked octets or work), MR_E_LIBRARY (zlib), MR_E_NOMEM; the
 *           message of the first two is the id of a sentence */
int mr_pdf_attachments_read(mr_arena *a, mr_str pdf, mr_pdf_attachments *ret, struct mr_err *err) MR_MUST_CHECK;

#endif
