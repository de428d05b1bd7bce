/* Verifying what is baked into a picture: unpacked, and then verified like any file. The picture itself says nothing, and is never shown: anybody can bake a
 * credential into the picture of another. */
#include "credential/verify_inside.h"

#include "base/limits.h"
#include "credential/baked.h"
#include "credential/picture.h"

static void remark(struct mr_verification *w, const char *id, size_t count)
{
    mr_verify_remark(w, mr_verify_say_with(w, id, "count", mr_say_count(w->a, w->l, (int64_t)count)));
}

/* What is odd about the picture. Another badge that says something else is told beside the verdict, too: other readers may show that one. */
static void remark_on(struct mr_verification *w, const mr_baked *b)
{
    if (b->differ)
        w->beside = mr_verify_say(w, "picture.differ");
    else if (b->count > 1)
        remark(w, "picture.several", b->count);
    if (b->behind) remark(w, "picture.behind", 1);
    if (b->cut_off) remark(w, "picture.cut_off", 1);
}

/* "Open Badge 3.0 (Ed25519), in a picture (PNG)" */
static void name_format(struct mr_verification *w, const mr_baked *b)
{
    mr_str kind = mr_str_of(mr_picture_kind_name(b->picture));
    struct mr_check *c = &w->r->checks[MR_CHECK_FORMAT];
    if (c->state == MR_PASSED) {
        mr_str from = mr_verify_say_with(w, "picture.from", "kind", kind);
        c->text = mr_arena_concat(w->a, (const mr_str[]){c->text, MR_STR(" "), from}, 3);
    }
    w->r->format = w->r->format.len ? MR_SAY(w->a, w->l, "picture.format", {"format", w->r->format}, {"kind", kind})
                                    : mr_verify_say_with(w, "picture.format_alone", "kind", kind);
}

static int verify_baked(struct mr_verification *w, const mr_baked *b, struct mr_err *err)
{
    mr_str text;
    mr_sniffed kind = mr_sniff(b->text, &text);
    if (mr_baked_is_address(text))
        return mr_verify_assertion_url(w, text, err); /* hosted: the picture holds its address */
    /* Nothing within itself: a picture that is baked is no credential. */
    if (kind != MR_SNIFFED_JSON && kind != MR_SNIFFED_COMPACT && kind != MR_SNIFFED_SD_JWT)
        return mr_verify_not_the_form(w, "picture.other", NULL, false);
    return mr_verify_text(w, kind, text, err);
}

/* What keeps the picture from being read: its fault, or ours. */
static int refuse(struct mr_verification *w, const struct mr_err *e)
{
    if (e->code == MR_E_NOMEM) return mr_verify_not_the_form(w, "format.too_much", e, false);
    if (e->code != MR_E_LIBRARY) return mr_verify_not_the_form(w, e->message, e, false);
    struct mr_check *c = mr_verify_claim_id(w, MR_CHECK_FORMAT, MR_UNCHECKED, "picture.library");
    c->detail = mr_verify_describe(w, e);
    return MR_OK;
}

/* Nothing is baked into it. A certificate's picture still shows a QR code: where that leads is told, and followed by nobody here. A picture that cannot be decoded, or not on
 * this machine, has none. */
static int verify_bare(struct mr_verification *w, mr_str picture, const char *id, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf seen;
    struct mr_err e = {0};
    mr_buf_init(&seen, 8 * MR_KIB);
    MR_TRY(mr_verify_not_the_form(w, id, NULL, false));
    if (mr_picture_read_code(w->a, picture, &w->r->code, &e) != MR_OK || !w->r->code.len) return MR_OK;
    mr_str shown = w->r->code;
    if (shown.len > MR_LIMIT_CODE_SHOWN) shown.len = MR_LIMIT_CODE_SHOWN;
    mr_buf_put_visible(&seen, shown);
    mr_verify_remark(w, mr_verify_say_with(w, "picture.code", "text", mr_arena_dup(w->a, mr_buf_str(&seen))));
    return MR_OK;
}

int mr_verify_photograph(struct mr_verification *w, mr_str picture, struct mr_err *err)
{
    return verify_bare(w, picture, "format.picture", err);
}

int mr_verify_picture(struct mr_verification *w, mr_str picture, struct mr_err *err)
{
    mr_baked baked = {0};
    struct mr_err e = {0};
    if (mr_baked_read(w->a, picture, &baked, &e) != MR_OK) return refuse(w, &e);
    if (baked.count == 0) {
        MR_TRY(verify_bare(w, picture, "format.picture_bare", err));
        remark_on(w, &baked);
        return MR_OK;
    }
    MR_TRY(verify_baked(w, &baked, err));
    name_format(w, &baked);
    remark_on(w, &baked);
    return MR_OK;
}
