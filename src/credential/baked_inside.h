/* What the files of baking know of each other. Only for baked*.c. */
#ifndef MR_CREDENTIAL_BAKED_INSIDE_H
#define MR_CREDENTIAL_BAKED_INSIDE_H

#include "base/limits.h"
#include "credential/baked.h"

struct mr_baked_item {
    mr_baked_standard standard;
    mr_str text, url;
    bool contradicts; /* it says two things itself: a token in its attribute, and something else between its tags */
    size_t from, to;  /* the octets of the picture that it takes */
};

/* What a look over a picture finds. */
struct mr_baked_scan {
    struct mr_baked_item items[MR_LIMIT_BAKED];
    size_t count;
    bool cut_off, behind;
    size_t place; /* where a new one goes: before IEND; behind the first start tag */
    size_t end;   /* of a PNG: behind IEND */
    /* of an SVG */
    bool is_utf8;
    bool is_empty;     /* "<svg/>": there is no inside */
    bool has_ob3_name; /* the first element declares the prefix "openbadges" as that of Open Badges 3.0 */
    bool has_ob2_name; /* as that of 2.0 */
    bool has_name;     /* as anything */
};

/* strict: the picture will be handed on. An SVG that could act or call elsewhere is refused then, and so is a PNG whose check sums do not fit. */
int mr_baked_scan_png(mr_arena *a, mr_str png, bool strict, struct mr_baked_scan *ret,
                      struct mr_err *err) MR_MUST_CHECK;
int mr_baked_scan_svg(mr_arena *a, mr_str svg, bool strict, struct mr_baked_scan *ret,
                      struct mr_err *err) MR_MUST_CHECK;
void mr_baked_put_png(mr_str png, const struct mr_baked_scan *scan, const struct mr_bakable *b, mr_buf *out);
void mr_baked_put_svg(mr_str svg, const struct mr_baked_scan *scan, const struct mr_bakable *b, mr_buf *out);
/* The octets from..to of a picture, without those of the items. */
void mr_baked_put_rest(mr_str picture, const struct mr_baked_scan *scan, size_t from, size_t to, mr_buf *out);

#endif
