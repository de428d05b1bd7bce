#include "credential/convert.h"

#include "base/id.h"
#include "base/limits.h"
#include "credential/elm.h"
#include "credential/page_image.h"
#include "credential/results.h"
#include "credential/specification_write.h"

/* ---- writers ---- */

static int write_specification(mr_arena *a, mr_redescription *r, const mr_env *env, mr_buf *out, struct mr_err *err)
{
    (void)a, (void)env, (void)err;
    mr_specification_write(&r->specification, out);
    return MR_OK;
}

static int write_results(mr_arena *a, mr_redescription *r, const mr_env *env, mr_buf *out, struct mr_err *err)
{
    (void)a, (void)env, (void)err;
    mr_results_write(&r->achievement, 1, out);
    return MR_OK;
}

static void page_cleanup(mr_page_image **p)
{
    if (*p) mr_page_image_close(*p);
}

/* As the Commission's issuer takes it for upload: {"credential": the European Digital Credential as before sealing}. */
static int write_elm(mr_arena *a, mr_redescription *r, const mr_env *env, mr_buf *out, struct mr_err *err)
{
    MR_CLEANUP(page_cleanup) mr_page_image *page = NULL;
    MR_CLEANUP(mr_buf_done) mr_buf picture;
    mr_buf_init(&picture, MR_LIMIT_PAGE_IMAGE);
    if (!mr_texts_are_set(r->specification.title)) return MR_FAIL(err, MR_E_FORMAT, "convert.untitled", MR_NOWHERE);
    MR_TRY(mr_redescription_mark(a, r, err));
    mr_id_random(env, r->achievement.id);
    const mr_language *l = mr_language_find(mr_specification_primary_language(&r->specification));
    MR_TRY(mr_page_image_open(&r->specification, l ? l : mr_language_english(), MR_STR_EMPTY, false, &page, err));
    MR_TRY(mr_page_image_draw(page, &r->achievement, &picture, err));
    const struct mr_elm_issuing issuing = {.specification = &r->specification, .now = mr_env_now(env)};
    mr_buf_puts(out, "{\"credential\":");
    MR_TRY(mr_elm_write_edc(&issuing, &r->achievement, mr_buf_str(&picture), out, err));
    mr_buf_puts(out, "}\n");
    return MR_OK;
}

/* ---- the table ---- */

static const mr_converting formats[] = {
    {"specification", "a specification file, for merit spec check and merit issue", true, false, write_specification},
    {"results", "a row of results (CSV) for the same", false, true, write_results},
    {"elm", "an unsealed European Digital Credential, as the Commission's issuer takes it for upload", true, true,
     write_elm},
};

const mr_converting *mr_converting_at(size_t index)
{
    return index < sizeof formats / sizeof *formats ? &formats[index] : NULL;
}

const mr_converting *mr_converting_find(mr_str name)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (mr_str_is(name, formats[i].name)) return &formats[i];
    return NULL;
}

bool mr_converting_asks(const mr_converting *c, const struct mr_finding *gap)
{
    bool of_learner = strcmp(gap->element, "learner") == 0 || strcmp(gap->element, "date") == 0;
    if (gap->warning) return false;
    return of_learner ? c->of_learner : c->of_specification;
}

size_t mr_converting_gaps(const mr_converting *c, const mr_redescription *r)
{
    size_t count = 0;
    for (size_t i = 0; i < r->gaps.count; i++) count += mr_converting_asks(c, &r->gaps.items[i]);
    return count;
}
