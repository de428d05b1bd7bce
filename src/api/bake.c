#include "api/inside.h"

#include "base/limits.h"
#include "credential/badge_image.h"

/* The message of an error may be the id of a sentence. */
static merit_code fail(mr_arena *a, struct mr_err *e, merit_error *ret)
{
    const mr_language *english = mr_language_english();
    if (e->message && mr_message_exists(english, mr_str_of(e->message)))
        e->message = mr_api_text(a, mr_message(english, e->message));
    if (e->code == MR_E_EXISTS) e->code = MR_E_USAGE;
    return mr_api_fail(ret, e);
}

static int draw(mr_arena *a, const struct mr_bakable *credential, const mr_language *l, bool svg, mr_str *ret,
                struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_badge_words words;
    mr_buf_init(&out, 4 * MR_MIB);
    MR_TRY(mr_badge_words_read(a, credential, mr_env_system(), l, &words, err));
    MR_TRY(mr_badge_image_draw(&words, svg ? MR_PICTURE_SVG : MR_PICTURE_PNG, &out, err));
    *ret = mr_arena_dup(a, mr_buf_str(&out));
    return ret->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for a picture", MR_NOWHERE);
}

static int bake(mr_arena *a, mr_str text, const struct merit_baking *b, const mr_language *l, mr_buf *out,
                struct mr_err *err)
{
    struct mr_bakable credential;
    mr_str picture = mr_api_str(MR_API_MEMBER(b, picture, NULL), MR_API_MEMBER(b, picture_size, 0));
    if (text.len > MR_LIMIT_DOCUMENT || picture.len > MR_LIMIT_DOCUMENT)
        return MR_FAIL(err, MR_E_LIMIT, "baked.too_large", MR_NOWHERE);
    MR_TRY(mr_bakable_read(a, text, &credential, err));
    if (!picture.ptr) MR_TRY(draw(a, &credential, l, MR_API_MEMBER(b, svg, false), &picture, err));
    return mr_baked_write(a, picture, &credential, MR_API_MEMBER(b, replace, false), out, err);
}

merit_code merit_bake(const void *credential, size_t size, const struct merit_baking *baking, char **ret,
                      size_t *ret_size, merit_error *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err e = {0};
    const mr_language *l;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    mr_buf_init(&out, MR_LIMIT_DOCUMENT + 2 * MR_LIMIT_BAKED_TEXT);
    merit_code code = mr_api_language(MR_API_MEMBER(baking, language, NULL), &l, err);
    if (code != MERIT_OK) return code;
    if (bake(&a, mr_api_str(credential, size), baking, l, &out, &e) != MR_OK) return fail(&a, &e, err);
    return mr_api_hand_over(&out, ret, ret_size, err);
}

static int unbake(mr_arena *a, mr_str picture, mr_baked *ret, struct mr_err *err)
{
    if (picture.len > MR_LIMIT_DOCUMENT) return MR_FAIL(err, MR_E_LIMIT, "baked.too_large", MR_NOWHERE);
    MR_TRY(mr_baked_read(a, picture, ret, err));
    return ret->count ? MR_OK : MR_FAIL(err, MR_E_NOT_FOUND, "bake.nothing", MR_NOWHERE);
}

merit_code merit_unbake(const void *picture, size_t size, char **ret, size_t *ret_size, size_t *ret_count,
                        merit_error *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err e = {0};
    mr_baked baked;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    if (unbake(&a, mr_api_str(picture, size), &baked, &e) != MR_OK) return fail(&a, &e, err);
    mr_buf_put(&out, baked.text);
    merit_code code = mr_api_hand_over(&out, ret, ret_size, err);
    if (code == MERIT_OK && ret_count) *ret_count = baked.count;
    return code;
}
