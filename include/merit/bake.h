/* Badges baked into pictures: the whole credential inside a PNG or SVG file (Open Badges 3.0, 2.0, 1.x). merit_verify takes such pictures as they are. */
#ifndef MERIT_BAKE_H
#define MERIT_BAKE_H

#include <merit/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How to bake. */
struct merit_baking {
    size_t size;          /* sizeof(struct merit_baking) */
    const void *picture;  /* PNG or SVG; NULL: Merit draws one (what it is called, who awarded it, the year) */
    size_t picture_size;  /* octets */
    bool replace;         /* what is baked into the picture makes room; else such a picture is refused */
    bool svg;             /* a drawn picture is SVG; else PNG */
    const char *language; /* of the words on a drawn picture ("da"); NULL: English */
};
/* Put a credential into a picture.
 *   credential  JSON with its proof, or a compact token; whether its seal holds is not asked
 *   ret         the picture: octets, ret_size of them. Nothing of the given one changes but for what is put in and, with `replace`, taken out
 *   errors      MERIT_E_INPUT (no whole picture, no credential), MERIT_E_UNSUPPORTED (an SVG that could act or call elsewhere, an SD-JWT), MERIT_E_USAGE (one is
 *               baked in already), MERIT_E_LIMIT, MERIT_E_SYSTEM (a library is not installed)
 *   source      Open Badges 3.0 section 5.3 */
MERIT_API merit_code merit_bake(const void *credential, size_t size, const struct merit_baking *baking, char **ret,
                                size_t *ret_size, merit_error *err) MERIT_MUST_CHECK;
/* Take out what is baked into a picture, as it stands there: JSON, a token, or the address of a badge that lies with its issuer. Nothing is verified.
 *   ret_count  how many there are, of which the first of Open Badges 3.0, else the first, is given; may be NULL
 *   errors     MERIT_E_NOT_FOUND (nothing is baked in), MERIT_E_INPUT (no whole picture), MERIT_E_UNSUPPORTED, MERIT_E_LIMIT, MERIT_E_SYSTEM */
MERIT_API merit_code merit_unbake(const void *picture, size_t size, char **ret, size_t *ret_size, size_t *ret_count,
                                  merit_error *err) MERIT_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
