/* A sheet to draw on: the one adapter to cairo, pango and libqrencode (loaded on first use). Lengths are in units of which a sheet is as
 * many wide as the caller says, whatever its pixels: the same drawing fits every size. Text is shrunk and cut to its place. */
#ifndef MR_CREDENTIAL_CANVAS_H
#define MR_CREDENTIAL_CANVAS_H

#include "base/buf.h"
#include "base/time.h"

typedef struct mr_canvas mr_canvas;

struct mr_pigment {
    uint32_t rgb;   /* 0xRRGGBB */
    double opacity; /* 0 to 1 */
};

/* A text and the place it must fit. */
struct mr_lettering {
    mr_str text; /* UTF-8; one paragraph: line breaks count as blanks */
    bool serif, bold, italic;
    double size, min_size; /* of the type; it shrinks from one to the other until the text fits */
    double spacing;        /* extra between letters */
    double leading;        /* line height as a factor of the type's own; 0: 1 */
    double width, height;  /* the place; height 0: one line */
    int align;             /* -1 left, 0 centre, 1 right */
    struct mr_pigment pigment;
};

/*   units_wide  width in units; the height follows from the pixels
 *   errors      MR_E_LIBRARY (detail: which), MR_E_NOMEM */
int mr_canvas_open(size_t width, size_t height, double units_wide, uint32_t paper, mr_canvas **ret,
                   struct mr_err *err) MR_MUST_CHECK;
/* The same, drawn as SVG: type becomes outlines, so that it looks the same everywhere. Without pixels: mr_canvas_pixels and mr_canvas_touched are
 * not for it.
 *   out     gets the picture when the canvas is closed, and must live so long; asked for its failure then
 *   errors  MR_E_LIBRARY, MR_E_NOMEM */
int mr_canvas_open_svg(size_t width, size_t height, double units_wide, uint32_t paper, mr_buf *out, mr_canvas **ret,
                       struct mr_err *err) MR_MUST_CHECK;
/* What a PDF says of itself. */
struct mr_canvas_document {
    const char *title, *author, *subject;
    int64_t made_at; /* stands in the file as its date: the same time gives the same octets */
};
/* A document of pages, PDF 1.5 with tags and embedded fonts; units are points (1/72 inch). Without pixels, like an SVG.
 *   out     gets it, complete after mr_canvas_finish, and must live so long
 *   errors  MR_E_LIBRARY, MR_E_NOMEM */
int mr_canvas_open_pdf(double width, double height, const struct mr_canvas_document *d, mr_buf *out, mr_canvas **ret,
                       struct mr_err *err) MR_MUST_CHECK;
void mr_canvas_next_page(mr_canvas *c); /* of a picture: what is drawn afterwards is not seen */
/* End the last page and write the rest. Errors: MR_E_LIMIT (the buffer's maximum), MR_E_NOMEM (also for tags that do not nest: our own mistake). */
int mr_canvas_finish(mr_canvas *c, struct mr_err *err) MR_MUST_CHECK;
/* What is drawn until the end is this: a structure element of PDF ("H1", "P", "Table" ...; ISO 32000-1 section 14.8.4), or "Link" with "uri='...'". */
void mr_canvas_tag_begin(mr_canvas *c, const char *name, const char *attributes);
void mr_canvas_tag_end(mr_canvas *c, const char *name);

/* Set a text in its size, neither shrunk nor cut; returns its height. Then each of its lines is drawn where `place` says: it is told the height of the
 * line and gives the top left corner, and may write on the page, and turn it, before it does. */
typedef void mr_canvas_place(void *self, double height, double *ret_x, double *ret_y);
double mr_canvas_set(mr_canvas *c, const struct mr_lettering *l);
void mr_canvas_each_line(mr_canvas *c, struct mr_pigment p, mr_canvas_place *place, void *self);

/* NULL is allowed. */
void mr_canvas_close(mr_canvas *c);

/* Size of type at which the text fits, and the height it takes then; changes nothing. ret_cut (may be NULL): it does not fit even at its
 * smallest, and would end in an ellipsis. */
double mr_canvas_fit(mr_canvas *c, const struct mr_lettering *l, double *ret_size, bool *ret_cut);
/* Draw with the top left corner of its place at x, y; returns the height taken. */
double mr_canvas_write(mr_canvas *c, const struct mr_lettering *l, double x, double y);
/* Draw around a point, turned by `degrees` (counter-clockwise), on one line as wide as it gets. */
void mr_canvas_write_turned(mr_canvas *c, const struct mr_lettering *l, double x, double y, double degrees);

/* A straight line between two points. */
void mr_canvas_line(mr_canvas *c, double x1, double y1, double x2, double y2, double thickness, struct mr_pigment p);
/* thickness 0: filled. */
void mr_canvas_rectangle(mr_canvas *c, double x, double y, double width, double height, double radius, double thickness,
                         struct mr_pigment p);
void mr_canvas_disc(mr_canvas *c, double x, double y, double radius, struct mr_pigment p);
/* Points as x, y, x, y ...; moved to x, y and scaled. Round joins and ends. closed and thickness 0: filled. thickness in units of the points. */
void mr_canvas_path(mr_canvas *c, const double *points, size_t count, bool closed, double x, double y, double scale,
                    double thickness, struct mr_pigment p);
/* A QR code (ISO/IEC 18004, error correction level M) at most `size` wide, its right lower corner at x, y; in a picture whole pixels a module, without its
 * quiet zone (the caller leaves four modules of paper). Returns the width drawn, 0 when the text is too long for one.
 *   errors  MR_E_LIBRARY */
int mr_canvas_qr(mr_canvas *c, mr_str text, double size, double x, double y, struct mr_pigment p, double *ret_width,
                 struct mr_err *err) MR_MUST_CHECK;

/* The pixels of all rows: 32 bits 0xXXRRGGBB in the machine's order. Borrowed, valid until the next call. */
unsigned char *mr_canvas_pixels(mr_canvas *c, size_t *ret_stride);
/* After writing into the pixels. */
void mr_canvas_touched(mr_canvas *c);
/* Move what is drawn later: for a canvas that holds only some rows of the sheet. */
void mr_canvas_shift(mr_canvas *c, double x, double y);

/* Pixels of a picture (credential/picture.h), drawn into a place.
 *   errors  MR_E_LIBRARY, MR_E_NOMEM */
struct mr_pixels {
    size_t width, height;
    unsigned char *
        octets; /* width * 4 octets a row; 32 bits 0xAARRGGBB in the machine's order, colours multiplied by their opacity */
};
int mr_canvas_picture(mr_canvas *c, const struct mr_pixels *pixels, double x, double y, double width, double height,
                      struct mr_err *err) MR_MUST_CHECK;

#endif
