#include "service/demo.h"

#include "base/embedded.h"
#include "base/limits.h"
#include "base/log.h"
#include "service/batch.h"

MR_EMBEDDED_DECLARE(mr_examples);

static mr_str example(const char *name)
{
    const struct mr_embedded *e = mr_embedded_find(mr_examples, mr_examples_count, name);
    return e ? mr_str_make((const char *)e->data, e->size) : MR_STR_EMPTY;
}

static int award(mr_service *s, mr_arena *a, mr_str slug, const char *table, struct mr_err *err)
{
    struct mr_published published;
    mr_str batch;
    MR_TRY(mr_catalogue_get(s, a, slug, &published, err));
    const struct mr_upload upload = {
        .specification_id = published.id, .file_name = mr_str_of(table), .content = example(table)};
    MR_TRY(mr_upload_add(s, &mr_actor_operator, a, &upload, &batch, err));
    MR_TRY(mr_batch_seal(s, &mr_actor_operator, batch, false, err));
    mr_batch_wait(s);
    struct mr_batch sealed;
    MR_TRY(mr_batch_get(s, a, batch, &sealed, err));
    if (sealed.state != MR_BATCH_SEALED)
        return MR_FAIL_DETAIL(err, MR_E_STATE, "the demo learners could not be awarded", "%.*s",
                              MR_STR_ARG(sealed.error));
    return MR_OK;
}

int mr_demo_load(mr_service *s, struct mr_err *err)
{
    static const struct {
        const char *specification, *results; /* files of docs/examples; results NULL: nobody awarded yet */
    } demo[] = {
        {"wound-care.json", "wound-care.csv"},
        {"data-ethics.json", NULL},
        {"circular-textiles.json", NULL},
    };
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_published *there;
    size_t count;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    MR_TRY(mr_catalogue_list(s, &a, &there, &count, err));
    if (count) return MR_OK;
    for (size_t i = 0; i < sizeof demo / sizeof *demo; i++) {
        struct mr_findings findings;
        mr_str slug;
        mr_findings_init(&findings, &a);
        MR_TRY(mr_catalogue_publish(s, &a, example(demo[i].specification), &findings, &slug, err));
        if (demo[i].results) MR_TRY(award(s, &a, slug, demo[i].results, err));
    }
    mr_log(MR_LOG_INFO, "demo.loaded", NULL);
    return MR_OK;
}
