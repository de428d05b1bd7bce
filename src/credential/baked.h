/* Badges baked into pictures: the credential travels inside a PNG or SVG file, where people do not see it and readers find it.
 *
 * PNG: a text chunk (iTXt; tEXt and zTXt of older badges) with the keyword "openbadgecredential" (Open Badges 3.0) or "openbadges" (1.x and 2.0).
 * SVG: an element openbadges:credential (3.0) or openbadges:assertion (1.x and 2.0), with a token in its attribute `verify` or JSON between its tags.
 * What was baked is handed on as it stands there; nothing about it is believed, and the picture is never shown.
 *
 * Where a picture holds several, the first one of Open Badges 3.0 counts, else the first one: that is what other readers take. How many there are, and
 * whether they say the same, is told.
 *   source  Open Badges 3.0 section 5.3 (baking); Open Badges Baking Specification 2.0; PNG third edition; SVG 1.1 */
#ifndef MR_CREDENTIAL_BAKED_H
#define MR_CREDENTIAL_BAKED_H

#include "base/buf.h"
#include "base/err.h"

typedef enum mr_picture_kind { MR_PICTURE_NONE, MR_PICTURE_PNG, MR_PICTURE_SVG } mr_picture_kind;
/* PNG by its signature, SVG by its first element. */
mr_picture_kind mr_picture_kind_of(mr_str file);
const char *mr_picture_kind_name(mr_picture_kind k); /* "PNG", "SVG", "" */

typedef enum mr_baked_standard { MR_BAKED_OB3, MR_BAKED_OB2 } mr_baked_standard; /* OB2: 1.x, too */

typedef struct mr_baked {
    mr_picture_kind picture;
    size_t count; /* baked into it; 0: none, and all that follows is empty */
    bool differ;  /* there are several, and they do not say the same */
    bool cut_off; /* the picture ends before its end; what was found stands before that */
    bool behind;  /* one more stands behind the end of the picture, where readers do not look; it is not counted */
    mr_baked_standard standard;
    mr_str
        text; /* JSON, a token, or the address of a hosted badge (mr_baked_is_address); without white space around it */
    mr_str url; /* of an older badge: the address that `verify` names beside its JSON; else empty */
} mr_baked;

/* Read what is baked into a PNG or SVG.
 *   picture  borrowed
 *   ret      its texts live in `a` or point into `picture`
 *   errors   MR_E_FORMAT (no whole PNG or SVG), MR_E_LIMIT, MR_E_UNSUPPORTED (an SVG with entities); their message is the id of a sentence
 *            ("baked.*"). MR_E_LIBRARY (expat or zlib), MR_E_NOMEM */
int mr_baked_read(mr_arena *a, mr_str picture, mr_baked *ret, struct mr_err *err) MR_MUST_CHECK;
/* Is it the address of a hosted badge (http or https)? */
bool mr_baked_is_address(mr_str text);

/* A credential that can be baked: JSON with a proof, an assertion of Open Badges 2.0, or a compact token. */
struct mr_bakable {
    mr_str text;
    mr_baked_standard standard;
    bool is_token;
    bool is_badge; /* false: sealed, and other readers of badges will not know it */
    mr_str url;    /* of a hosted assertion: where it lies; else empty */
};
/* Look at a credential before it is baked; whether its seal holds is not asked.
 *   errors  MR_E_FORMAT, MR_E_UNSUPPORTED, whose message is the id of a sentence ("bake.*", "format.*"); MR_E_NOMEM */
int mr_bakable_read(mr_arena *a, mr_str file, struct mr_bakable *ret, struct mr_err *err) MR_MUST_CHECK;

/* Bake it. Of the picture not an octet changes but for what is put in, and what `replace` takes out.
 *   replace  what is baked into the picture makes room; else such a picture is refused
 *   out      appended to
 *   errors   MR_E_EXISTS ("baked.there"), MR_E_UNSUPPORTED (an SVG that could act or call elsewhere: "svg.*", detail: what), and as mr_baked_read */
int mr_baked_write(mr_arena *a, mr_str picture, const struct mr_bakable *b, bool replace, mr_buf *out,
                   struct mr_err *err) MR_MUST_CHECK;

#endif
