#include "service/opportunity.h"

#include "base/limits.h"
#include "service/audit.h"
#include "store/opportunity.h"
#include "store/specification.h"

/* ---- between rows and what they say ---- */

static mr_str day_text(mr_arena *a, mr_date day)
{
    char text[11];
    if (!mr_date_is_set(day)) return MR_STR_EMPTY;
    mr_date_write(day, text);
    return mr_arena_dup(a, mr_str_of(text));
}

static mr_str write_texts(mr_arena *a, mr_texts texts)
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_json_writer w;
    mr_buf_init(&b, MR_MIB);
    if (!mr_texts_are_set(texts)) return MR_STR_EMPTY;
    mr_json_writer_init(&w, &b, 0);
    mr_json_begin_object(&w);
    for (size_t i = 0; i < texts.count; i++) {
        mr_json_put_name_str(&w, texts.items[i].language);
        mr_json_put_str(&w, texts.items[i].text);
    }
    mr_json_end_object(&w);
    return mr_arena_dup(a, mr_buf_str(&b));
}

static mr_str write_languages(mr_arena *a, const mr_opportunity *o)
{
    mr_str all = MR_STR_EMPTY;
    for (size_t i = 0; i < o->language_count; i++)
        all = mr_arena_format(a, "%.*s%s%s", MR_STR_ARG(all), i ? " " : "", o->languages[i]->code);
    return all;
}

static void to_row(mr_arena *a, const mr_opportunity *o, struct mr_opportunity_row *ret)
{
    ret->state = mr_str_of(mr_opportunity_states[o->state]);
    ret->start_on = day_text(a, o->start);
    ret->end_on = day_text(a, o->end);
    ret->apply_until = day_text(a, o->apply_until);
    ret->time_zone = o->time_zone;
    ret->mode = mr_str_of(o->mode->code);
    ret->place = o->place;
    ret->address = o->address;
    ret->languages = write_languages(a, o);
    ret->price_minor = o->price_minor;
    ret->currency = o->currency ? mr_str_of(o->currency->code) : MR_STR_EMPTY;
    ret->funding = write_texts(a, o->funding);
    ret->seats = o->seats;
    ret->url = o->url;
}

static int read_texts(mr_arena *a, mr_str json, mr_texts *ret, struct mr_err *err)
{
    const mr_json *root;
    *ret = (mr_texts){0};
    if (!json.len) return MR_OK;
    MR_TRY(mr_json_parse(a, json, NULL, &root, err));
    struct mr_localised *items = MR_NEW_ARRAY(a, struct mr_localised, mr_json_count(root));
    if (!items) return MR_FAIL(err, MR_E_NOMEM, "no memory for the text", MR_NOWHERE);
    MR_JSON_EACH_MEMBER (name, root)
        items[ret->count++] = (struct mr_localised){mr_json_text(name), mr_json_str(name + 1)};
    ret->items = items;
    return MR_OK;
}

static int read_day(mr_str text, mr_date *ret, struct mr_err *err)
{
    *ret = (mr_date){0};
    return text.len ? mr_date_parse(text, ret, err) : MR_OK;
}

static int read_languages(mr_arena *a, mr_str codes, mr_opportunity *ret, struct mr_err *err)
{
    mr_str code;
    ret->languages = MR_NEW_ARRAY(a, const mr_concept *, codes.len / 2 + 1);
    if (!ret->languages) return MR_FAIL(err, MR_E_NOMEM, "no memory for the languages", MR_NOWHERE);
    while (codes.len && mr_str_split(&codes, ' ', &code)) {
        const mr_concept *c = mr_concept_find(MR_SCHEME_LANGUAGE, code);
        if (c) ret->languages[ret->language_count++] = c;
    }
    return MR_OK;
}

static int from_row(mr_arena *a, const struct mr_opportunity_row *row, struct mr_offered *ret, struct mr_err *err)
{
    mr_opportunity *o = &ret->opportunity;
    *ret = (struct mr_offered){.id = row->id, .org_id = row->org_id, .revision = row->revision};
    *o = (mr_opportunity){.specification = row->slug,
                          .time_zone = row->time_zone,
                          .mode = mr_concept_find(MR_SCHEME_MODE, row->mode),
                          .place = row->place,
                          .address = row->address,
                          .price_minor = row->price_minor,
                          .currency = mr_concept_find(MR_SCHEME_CURRENCY, row->currency),
                          .seats = row->seats,
                          .url = row->url};
    for (int i = 0; i < MR_OPPORTUNITY_STATES; i++)
        if (mr_str_is(row->state, mr_opportunity_states[i])) o->state = (mr_opportunity_state)i;
    MR_TRY(read_day(row->start_on, &o->start, err));
    MR_TRY(read_day(row->end_on, &o->end, err));
    MR_TRY(read_day(row->apply_until, &o->apply_until, err));
    MR_TRY(read_languages(a, row->languages, o, err));
    return read_texts(a, row->funding, &o->funding, err);
}

/* ---- for the organisation ---- */

static int not_there(struct mr_err *err)
{
    return MR_FAIL(err, MR_E_NOT_FOUND, "there is no such opportunity here", MR_NOWHERE);
}

static int commit(mr_db_tx **tx, struct mr_err *err)
{
    mr_db_tx *done = *tx;
    *tx = NULL;
    return mr_db_commit(done, err);
}

static int read_document(mr_arena *a, mr_str document, mr_opportunity *ret, struct mr_findings *findings,
                         struct mr_err *err)
{
    MR_TRY(mr_opportunity_read(a, document, ret, findings, err));
    if (!findings->faults) return MR_OK;
    return MR_FAIL(err, MR_E_SPECIFICATION, "the opportunity has faults", MR_NOWHERE);
}

int mr_opportunity_add(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str document,
                       struct mr_findings *findings, mr_str *ret_id, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_specification_row *versions;
    struct mr_opportunity_row row = {0};
    mr_opportunity o;
    size_t count;
    MR_TRY(read_document(a, document, &o, findings, err));
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(mr_store_specification_versions(tx, a, o.specification, 1, &versions, &count, err));
    if (!count) return MR_FAIL(err, MR_E_NOT_FOUND, "no such specification is published here", MR_NOWHERE);
    MR_TRY(mr_authorise(actor, MR_MAY_OPPORTUNITY_EDIT, versions[0].org_id, err));
    row.org_id = versions[0].org_id, row.slug = versions[0].slug;
    to_row(a, &o, &row);
    MR_TRY(mr_store_opportunity_add(tx, a, mr_service_env(s), &row, ret_id, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_OPPORTUNITY_EDIT, row.org_id, *ret_id, row.state, err));
    return commit(&tx, err);
}

int mr_opportunity_set(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str id, int64_t revision,
                       mr_str document, struct mr_findings *findings, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_opportunity_row row;
    mr_opportunity o;
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(mr_store_opportunity_find(tx, a, id, &row, err));
    if (!row.id.len) return not_there(err);
    MR_TRY(mr_authorise(actor, MR_MAY_OPPORTUNITY_EDIT, row.org_id, err));
    MR_TRY(read_document(a, document, &o, findings, err));
    if (!mr_str_eq(o.specification, row.slug))
        return MR_FAIL(err, MR_E_STATE, "an opportunity stays with its specification", MR_NOWHERE);
    to_row(a, &o, &row);
    if (revision >= 0) row.revision = revision;
    MR_TRY(mr_store_opportunity_set(tx, mr_service_env(s), &row, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_OPPORTUNITY_EDIT, row.org_id, id, row.state, err));
    return commit(&tx, err);
}

int mr_opportunity_get(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str id, struct mr_offered *ret,
                       struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_opportunity_row row;
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    MR_TRY(mr_store_opportunity_find(tx, a, id, &row, err));
    if (!row.id.len) return not_there(err);
    MR_TRY(mr_authorise(actor, MR_MAY_SPECIFICATION_READ, row.org_id, err));
    return from_row(a, &row, ret, err);
}

static int list(mr_service *s, mr_arena *a, const struct mr_opportunity_filter *f, struct mr_offered **ret,
                size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_opportunity_row *rows;
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    MR_TRY(mr_store_opportunity_list(tx, a, f, &rows, ret_count, err));
    *ret = MR_NEW_ARRAY(a, struct mr_offered, *ret_count);
    if (!*ret) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    for (size_t i = 0; i < *ret_count; i++) MR_TRY(from_row(a, &rows[i], &(*ret)[i], err));
    return MR_OK;
}

int mr_opportunity_list(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str org_id, mr_str slug,
                        mr_str after, size_t most, struct mr_offered **ret, size_t *ret_count, struct mr_err *err)
{
    const struct mr_opportunity_filter filter = {.org_id = org_id, .slug = slug, .after = after, .most = most};
    MR_TRY(mr_authorise(actor, MR_MAY_SPECIFICATION_READ, org_id, err));
    return list(s, a, &filter, ret, ret_count, err);
}

/* ---- for everybody ---- */

int mr_opportunity_find(mr_service *s, mr_arena *a, mr_str id, struct mr_offered *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_opportunity_row row;
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    MR_TRY(mr_store_opportunity_find(tx, a, id, &row, err));
    if (!row.id.len || mr_str_is(row.state, "draft")) return not_there(err);
    return from_row(a, &row, ret, err);
}

int mr_opportunity_find_in(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_offered *ret, struct mr_err *err)
{
    struct mr_opportunity_row row;
    MR_TRY(mr_store_opportunity_find(tx, a, id, &row, err));
    return row.id.len ? from_row(a, &row, ret, err) : not_there(err);
}

int mr_opportunity_upcoming(mr_service *s, mr_arena *a, mr_str org_id, mr_str slug, size_t most,
                            struct mr_offered **ret, size_t *ret_count, struct mr_err *err)
{
    const struct mr_opportunity_filter filter = {
        .org_id = org_id,
        .slug = slug,
        .is_public = true,
        .today = day_text(a, mr_date_of_time(mr_env_now(mr_service_env(s)))),
        .most = most,
    };
    return list(s, a, &filter, ret, ret_count, err);
}

bool mr_opportunity_is_open(const mr_service *s, const mr_opportunity *o)
{
    mr_date today = mr_date_of_time(mr_env_now(mr_service_env(s)));
    mr_date last = mr_date_is_set(o->apply_until) ? o->apply_until : mr_date_is_set(o->end) ? o->end : today;
    return o->state == MR_OPPORTUNITY_OPEN && mr_date_compare(today, last) <= 0;
}
