/* A world for the tests of what providers show: an installation, two organisations, specifications that are put into the database as they are, and actors of every role. */
#ifndef MR_SERVICE_PLACING_H
#define MR_SERVICE_PLACING_H

#include "testing_db.h"

#include "base/limits.h"
#include "service/opportunity.h"
#include "service/organisation.h"
#include "service/partner.h"
#include "service/search.h"
#include "store/organisation.h"
#include "store/specification.h"

#define NOW INT64_C(1795132800000) /* 2026-11-20 */

static int64_t clock_now = NOW;
static int64_t still(void *self)
{
    (void)self;
    return clock_now;
}
static void system_random(void *self, void *out, size_t size)
{
    (void)self;
    mr_env_random(mr_env_system(), out, size);
}
static const mr_env env = {still, system_random, NULL};

struct world {
    mr_arena a;
    mr_service *s;
    mr_str org, other; /* ids of two organisations */
    struct mr_grant grant;
    struct mr_actor actor;
};

static inline mr_service *open_folder(const char *folder)
{
    struct mr_err err = {0};
    mr_service *s = NULL;
    const struct mr_service_config config = {
        .data_folder = folder, .public_url = "http://127.0.0.1:8400", .env = &env, .database = true};
    assert_ok(mr_service_open(&config, &s, &err), err);
    return s;
}

static inline mr_db_tx *begin(struct world *w)
{
    struct mr_err err = {0};
    mr_db_tx *tx = NULL;
    assert_ok(mr_db_begin(mr_service_db(w->s), true, &tx, &err), err);
    return tx;
}
static inline void end(mr_db_tx *tx)
{
    struct mr_err err = {0};
    assert_ok(mr_db_commit(tx, &err), err);
}

/* Somebody with one role in one organisation. */
static inline const struct mr_actor *as(struct world *w, mr_str org, mr_role role)
{
    w->grant = (struct mr_grant){org, 1u << role};
    w->actor = (struct mr_actor){.kind = MR_ACTOR_PERSON,
                                 .id = MR_STR("0190a000-0000-7000-8000-000000000001"),
                                 .org_id = org,
                                 .grants = &w->grant,
                                 .grant_count = 1};
    return &w->actor;
}

static inline int set_up(void **state)
{
    struct mr_err err = {0};
    struct world *w = calloc(1, sizeof *w);
    bool made;
    clock_now = NOW;
    mr_arena_init(&w->a, (size_t)1024 << 20);
    const char *folder = test_temp_folder();
    assert_ok(mr_service_init(folder, &env, &made, &err), err);
    test_use_database(folder);
    w->s = open_folder(folder);
    mr_db_tx *tx = begin(w);
    assert_ok(mr_organisation_ensure(w->s, tx, &w->a, MR_STR("Søndre Fagskole (opdigtet)"), &w->org, &err), err);
    assert_ok(mr_organisation_ensure(w->s, tx, &w->a, MR_STR("Kaupunkikorkeakoulu (keksitty)"), &w->other, &err), err);
    end(tx);
    *state = w;
    return 0;
}

static inline int tear_down(void **state)
{
    struct world *w = *state;
    mr_service_close(w->s);
    mr_arena_done(&w->a);
    free(w);
    return 0;
}

/* A specification with the least that one says: title and outcome in one language, and `more` members. */
static inline mr_str document(mr_arena *a, const char *slug, const char *language, const char *title,
                              const char *outcome, const char *more)
{
    return mr_arena_format(
        a,
        "{\"specification\":\"1\",\"id\":\"%s\",\"version\":\"1\",\"title\":{\"%s\":\"%s\"},\"provider\":{\"name\":{\"%"
        "s\":"
        "\"Søndre Fagskole (opdigtet)\"},\"country\":\"DK\"},\"learning_outcomes\":[{\"title\":{\"%s\":\"%s\"}}]%s}",
        slug, language, title, language, language, outcome, more);
}

static inline void put(struct world *w, mr_db_tx *tx, mr_str org, const char *slug, mr_str text)
{
    struct mr_err err = {0};
    const struct mr_specification_row row = {
        .org_id = org, .slug = mr_str_of(slug), .version = MR_STR("1"), .document = text};
    mr_str id;
    assert_ok(mr_store_specification_add(tx, &w->a, &env, &row, &id, &err), err);
    assert_ok(mr_search_update(w->s, tx, mr_str_of(slug), &err), err);
}

static inline void publish(struct world *w, const char *slug, const char *language, const char *title,
                           const char *outcome, const char *more)
{
    mr_db_tx *tx = begin(w);
    put(w, tx, w->org, slug, document(&w->a, slug, language, title, outcome, more));
    end(tx);
}

#endif
