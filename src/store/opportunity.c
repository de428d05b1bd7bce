#include "store/opportunity.h"
#include "base/id.h"

#define COLUMNS                                                                                                        \
    "o.id, o.org_id, o.specification_slug, o.state, o.start_on, o.end_on, o.apply_until, o.time_zone, o.mode, "        \
    "o.place, "                                                                                                        \
    "o.address, o.languages, o.price_minor, o.currency, o.funding, o.seats, o.url, o.revision, o.created_at, "         \
    "o.updated_at"

static mr_db_value number_or_null(const char *name, int64_t number, bool is_set)
{
    return is_set ? (mr_db_value)MR_DB_I(name, number) : (mr_db_value)MR_DB_N(name);
}

/* Values of what people say of it, in the order of both statements. */
enum { SAID = 16 };
static void fill(const struct mr_opportunity_row *r, mr_db_value out[SAID])
{
    const mr_db_value funding =
        r->funding.len ? (mr_db_value)MR_DB_B("funding", r->funding) : (mr_db_value)MR_DB_N("funding");
    const mr_db_value values[SAID] = {
        MR_DB_T("state", r->state),
        mr_db_text_or_null("start", r->start_on),
        mr_db_text_or_null("end", r->end_on),
        mr_db_text_or_null("apply", r->apply_until),
        MR_DB_T("zone", r->time_zone),
        MR_DB_T("mode", r->mode),
        mr_db_text_or_null("place", r->place),
        mr_db_text_or_null("address", r->address),
        MR_DB_T("languages", r->languages),
        number_or_null("price", r->price_minor, r->price_minor >= 0),
        mr_db_text_or_null("currency", r->currency),
        funding,
        number_or_null("seats", r->seats, r->seats > 0),
        mr_db_text_or_null("url", r->url),
        MR_DB_T("id", r->id),
        MR_DB_I("now", r->updated_at),
    };
    memcpy(out, values, sizeof values);
}

int mr_store_opportunity_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_opportunity_row *row,
                             mr_str *ret_id, struct mr_err *err)
{
    char id[37];
    mr_db_value args[SAID + 2];
    struct mr_opportunity_row fresh = *row;
    mr_id_new(env, id);
    fresh.id = mr_str_of(id), fresh.updated_at = mr_env_now(env);
    fill(&fresh, args);
    args[SAID] = (mr_db_value)MR_DB_T("org", row->org_id);
    args[SAID + 1] = (mr_db_value)MR_DB_T("slug", row->slug);
    MR_TRY(mr_db_run(
        tx,
        "INSERT INTO opportunity (id, org_id, specification_slug, state, start_on, end_on, apply_until, time_zone, "
        "mode, place, address, languages, price_minor, currency, funding, seats, url, revision, created_at, "
        "updated_at) "
        "VALUES ($id, $org, $slug, $state, $start, $end, $apply, $zone, $mode, $place, $address, $languages, $price, "
        "$currency, $funding, $seats, $url, 1, $now, $now)",
        args, SAID + 2, NULL, err));
    *ret_id = mr_arena_dup(a, mr_str_of(id));
    return MR_OK;
}

int mr_store_opportunity_set(mr_db_tx *tx, const mr_env *env, const struct mr_opportunity_row *row, struct mr_err *err)
{
    mr_db_value args[SAID + 1];
    int64_t changed;
    struct mr_opportunity_row now = *row;
    now.updated_at = mr_env_now(env);
    fill(&now, args);
    args[SAID] = (mr_db_value)MR_DB_I("revision", row->revision);
    MR_TRY(mr_db_run(tx,
                     "UPDATE opportunity SET state = $state, start_on = $start, end_on = $end, apply_until = $apply, "
                     "time_zone = $zone, mode = $mode, place = $place, address = $address, languages = $languages, "
                     "price_minor = $price, currency = $currency, funding = $funding, seats = $seats, url = $url, "
                     "revision = revision + 1, updated_at = $now WHERE id = $id AND revision = $revision",
                     args, SAID + 1, &changed, err));
    return changed ? MR_OK : MR_FAIL(err, MR_E_STATE, "somebody else has changed it meanwhile", MR_NOWHERE);
}

static void take(const mr_db_cursor *c, mr_arena *a, struct mr_opportunity_row *ret)
{
    *ret = (struct mr_opportunity_row){
        .id = mr_arena_dup(a, mr_db_text(c, 0)),
        .org_id = mr_arena_dup(a, mr_db_text(c, 1)),
        .slug = mr_arena_dup(a, mr_db_text(c, 2)),
        .state = mr_arena_dup(a, mr_db_text(c, 3)),
        .start_on = mr_arena_dup(a, mr_db_text(c, 4)),
        .end_on = mr_arena_dup(a, mr_db_text(c, 5)),
        .apply_until = mr_arena_dup(a, mr_db_text(c, 6)),
        .time_zone = mr_arena_dup(a, mr_db_text(c, 7)),
        .mode = mr_arena_dup(a, mr_db_text(c, 8)),
        .place = mr_arena_dup(a, mr_db_text(c, 9)),
        .address = mr_arena_dup(a, mr_db_text(c, 10)),
        .languages = mr_arena_dup(a, mr_db_text(c, 11)),
        .price_minor = mr_db_is_null(c, 12) ? -1 : mr_db_int(c, 12),
        .currency = mr_arena_dup(a, mr_db_text(c, 13)),
        .funding = mr_arena_dup(a, mr_db_text(c, 14)),
        .seats = mr_db_is_null(c, 15) ? 0 : mr_db_int(c, 15),
        .url = mr_arena_dup(a, mr_db_text(c, 16)),
        .revision = mr_db_int(c, 17),
        .created_at = mr_db_int(c, 18),
        .updated_at = mr_db_int(c, 19),
    };
}

int mr_store_opportunity_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_opportunity_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    *ret = (struct mr_opportunity_row){0};
    MR_TRY(mr_db_query(tx, "SELECT " COLUMNS " FROM opportunity o WHERE o.id = $id", MR_DB_ARGS(MR_DB_T("id", id)), &c,
                       err));
    MR_TRY(mr_db_next(c, &row, err));
    if (row) take(c, a, ret);
    return MR_OK;
}

#define FROM                                                                                                           \
    "SELECT " COLUMNS " FROM opportunity o WHERE ($org = '' OR o.org_id = $org) AND ($slug = '' OR "                   \
    "o.specification_slug = $slug) AND "
/* One without a first day can be begun at any time: it comes first. */
#define PUBLIC                                                                                                         \
    FROM "o.state IN ('open', 'full') AND (o.start_on IS NULL OR o.start_on >= $today) AND NOT EXISTS (SELECT 1 FROM " \
         "organisation g WHERE g.id = o.org_id AND g.closed_at IS NOT NULL) AND ($after = '' OR "                      \
         "(COALESCE(o.start_on, ''), o.id) > (SELECT COALESCE(b.start_on, ''), b.id FROM opportunity b WHERE "         \
         "b.id = $after)) ORDER BY COALESCE(o.start_on, ''), o.id LIMIT $most"
#define EVERY FROM "($after = '' OR o.id < $after) ORDER BY o.id DESC LIMIT $most"

int mr_store_opportunity_list(mr_db_tx *tx, mr_arena *a, const struct mr_opportunity_filter *f,
                              struct mr_opportunity_row **ret, size_t *ret_count, struct mr_err *err)
{
    static const char *const statements[] = {EVERY, PUBLIC};
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    size_t count = 0;
    struct mr_opportunity_row *rows = mr_arena_alloc(a, f->most * sizeof *rows); /* each is set when it is read */
    if (!rows) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    const mr_db_value args[] = {MR_DB_T("org", f->org_id), MR_DB_T("slug", f->slug), MR_DB_T("after", f->after),
                                MR_DB_I("most", (int64_t)f->most), MR_DB_T("today", f->today)};
    MR_TRY(mr_db_query(tx, statements[f->is_public], args, f->is_public ? 5 : 4, &c, err));
    for (;;) {
        bool row;
        MR_TRY(mr_db_next(c, &row, err));
        if (!row || count == f->most) break;
        take(c, a, &rows[count++]);
    }
    *ret = rows, *ret_count = count;
    return MR_OK;
}
