/* A badge as a picture, for credentials whose issuer has none of her own: what it is called, who awarded it, in which year. Nothing about the learner: a
 * badge is shown around. Drawn with cairo and pango (loaded on first use), 640 by 640, at most MR_LIMIT_BADGE_IMAGE. */
#ifndef MR_CREDENTIAL_BADGE_IMAGE_H
#define MR_CREDENTIAL_BADGE_IMAGE_H

#include "base/env.h"
#include "credential/baked.h"
#include "text/messages.h"

struct mr_badge_words {
    mr_str kind;  /* "Micro-credential" */
    mr_str title; /* what it is called */
    mr_str body;  /* who awarded it; may be empty */
    mr_str year;  /* may be empty */
    mr_str test;  /* "Test seal", or empty */
};

/* What a credential says for its picture. Whether that is so is not asked; only a seal of a test authority is looked for, because that must be seen.
 *   env     the time at which its seal is looked at
 *   ret     its texts live in `a` or point into the credential's
 *   errors  MR_E_FORMAT: "bake.no_title" (a message id), or no credential; MR_E_NOMEM */
int mr_badge_words_read(mr_arena *a, const struct mr_bakable *credential, const mr_env *env, const mr_language *l,
                        struct mr_badge_words *ret, struct mr_err *err) MR_MUST_CHECK;
/*   kind    MR_PICTURE_PNG or MR_PICTURE_SVG (type as outlines, with the title as text for those who listen)
 *   out     appended to
 *   errors  MR_E_LIBRARY, MR_E_NOMEM */
int mr_badge_image_draw(const struct mr_badge_words *w, mr_picture_kind kind, mr_buf *out,
                        struct mr_err *err) MR_MUST_CHECK;

#endif
