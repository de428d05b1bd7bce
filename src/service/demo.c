#include "service/demo.h"

#include "base/embedded.h"
#include "base/limits.h"
#include "base/log.h"
#include "service/batch.h"
#include "service/people.h"
#include "service/sign_in.h"

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
    MR_TRY(mr_batch_get(s, &mr_actor_system, a, batch, &sealed, err));
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
    MR_TRY(mr_catalogue_list(s, &a, &(struct mr_specification_filter){.which = MR_SPECIFICATIONS_ALL, .limit = 1},
                             &there, &count, err));
    if (count) return MR_OK;
    for (size_t i = 0; i < sizeof demo / sizeof *demo; i++) {
        struct mr_findings findings;
        mr_str slug;
        mr_findings_init(&findings, &a);
        MR_TRY(mr_catalogue_publish(s, &mr_actor_system, &a, example(demo[i].specification), &findings, &slug, err));
        if (demo[i].results) MR_TRY(award(s, &a, slug, demo[i].results, err));
    }
    mr_log(MR_LOG_INFO, "demo.loaded", NULL);
    return MR_OK;
}

/* ---- people ---- */

#define NURSING "Aarhus School of Nursing (invented)"
#define WATERLAND "Hogeschool Waterland (verzonnen)"

static const struct {
    const char *email, *name, *part, *language;
    mr_role role;
    bool installation;
    const char *also; /* the same role there; NULL: nowhere else */
} invented[MR_DEMO_PEOPLE] = {
    {"ditte@example.org", "Ditte Askov", "designer: describes micro-credentials", "da", MR_ROLE_DESIGNER, false, NULL},
    {"aage@example.org", "Åge Þorsteinsson", "approver: approves descriptions", "en", MR_ROLE_APPROVER, false, NULL},
    {"regitze@example.org", "Regitze Łukaszewicz", "registrar: results, sealing", "en", MR_ROLE_REGISTRAR, false,
     WATERLAND},
    {"bo@example.org", "Bo", "assessor: enters and signs results", "en", MR_ROLE_ASSESSOR, false, NULL},
    {"adele@example.org", "Adèle Ξένου", "administrator: people, settings, installation", "en", MR_ROLE_ADMINISTRATOR,
     true, WATERLAND},
};

static int add_person(mr_service *s, mr_arena *a, size_t i, struct mr_err *err)
{
    mr_str id;
    const struct mr_new_person p = {.email = mr_str_of(invented[i].email),
                                    .name = mr_str_of(invented[i].name),
                                    .language = mr_str_of(invented[i].language),
                                    .org = MR_STR(NURSING),
                                    .roles = 1u << invented[i].role,
                                    .installation = invented[i].installation};
    MR_TRY(mr_people_add(s, a, &p, &id, err));
    if (!invented[i].also) return MR_OK;
    int code = mr_people_change(s, a, p.email, mr_str_of(invented[i].also), true, p.roles, NULL, err);
    return code == MR_E_NOT_FOUND ? MR_OK : code; /* of a demo that a stop cut short, or an installation of its own */
}

int mr_demo_people(mr_service *s, mr_arena *a, struct mr_demo_person ret[MR_DEMO_PEOPLE], struct mr_err *err)
{
    for (size_t i = 0; i < MR_DEMO_PEOPLE; i++) {
        struct mr_err none = {0};
        ret[i] = (struct mr_demo_person){.name = invented[i].name, .part = invented[i].part};
        int code = mr_sign_in_link_make(s, a, mr_str_of(invented[i].email), &ret[i].path, &none);
        if (code == MR_OK) continue;
        MR_TRY(add_person(s, a, i, err));
        MR_TRY(mr_sign_in_link_make(s, a, mr_str_of(invented[i].email), &ret[i].path, err));
    }
    return MR_OK;
}

int mr_demo_has_real_administrator(mr_service *s, mr_arena *a, bool *ret, struct mr_err *err)
{
    struct mr_person_row *people;
    size_t count;
    *ret = false;
    MR_TRY(mr_people_list(s, a, 10000, &people, &count, err));
    for (size_t i = 0; i < count; i++)
        if (people[i].installation && !mr_str_has_suffix(people[i].email, MR_STR("@example.org"))) *ret = true;
    return MR_OK;
}
