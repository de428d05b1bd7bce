/* The certificate on paper: a PDF that says what a sealed credential says, for people, and carries the credential itself as an attached file, byte for
 * byte. Drawn with cairo and pango, completed with qpdf (loaded on first use). A4, as many pages as it takes: no text is cut. Tagged, with its language
 * set and its fonts embedded (ISO 32000-1 sections 14.7 to 14.9).
 *
 * The paper proves nothing by itself, and says so: only what is attached, or what the verify page keeps, is sealed. */
#ifndef MR_CREDENTIAL_PDF_H
#define MR_CREDENTIAL_PDF_H

#include "credential/canvas.h"
#include "credential/pdf_complete.h"
#include "credential/verify.h"

/* How a provider's certificates look. */
struct mr_pdf_brand {
    uint32_t accent, line;             /* 0xRRGGBB: of headings, on white; of lines and marks */
    const struct mr_pixels *logo;      /* NULL: the sign of Merit */
    const struct mr_pixels *signature; /* NULL: none */
    mr_str signatory, role;            /* empty: nobody is named */
};
enum { MR_PDF_ACCENT = 0x0B5D4E, MR_PDF_LINE = 0x0B5D4E };

struct mr_pdf_order {
    const mr_view *view; /* read in `language`: texts in the best language that the credential has */
    const mr_language *language;
    bool is_test;       /* the words of a test seal stand across every page */
    bool is_sample;     /* of an invented achievement: it says so, and calls itself a micro-credential */
    mr_str verify_link; /* opens the verify page of this very credential; in the QR code. Empty: no code */
    mr_str verify_page; /* where a file may be dropped; empty: none is known */
    const struct mr_pdf_brand *brand; /* NULL: Merit's own */
    const struct mr_pdf_file *files;  /* sealed forms of the credential, by name */
    size_t file_count;
};
/*   a       for the work
 *   out     appended to; the same order gives the same octets
 *   errors  MR_E_LIBRARY, MR_E_NOMEM, MR_E_LIMIT (more than MR_LIMIT_PDF_PAGES, or the buffer's maximum) */
int mr_pdf_write(mr_arena *a, const struct mr_pdf_order *o, mr_buf *out, struct mr_err *err) MR_MUST_CHECK;
/* The first page as a picture, PNG, to look at before anything is awarded; `files` are not in it.
 *   width   pixels
 *   errors  as above */
int mr_pdf_draw_page(mr_arena *a, const struct mr_pdf_order *o, size_t width, mr_buf *out,
                     struct mr_err *err) MR_MUST_CHECK;

#endif
