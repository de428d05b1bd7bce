#include "service/event.h"

#include "base/id.h"
#include "base/limits.h"
#include "json/write.h"
#include "service/installation.h"
#include "service/jobs.h"
#include "service/webhook.h"
#include "service/webhook_inside.h"
#include "store/job.h"
#include "store/webhook.h"

/* {"type": ..., "timestamp": ..., "data": {...}}, as Standard Webhooks 1.0 asks for. */
static int write_payload(mr_service *s, const char *type, mr_str object_id, mr_str data, mr_buf *out,
                         struct mr_err *err)
{
    char at[21];
    mr_json_writer w;
    mr_time_write(mr_env_now(s->env), at);
    mr_json_writer_init(&w, out, 0);
    mr_json_begin_object(&w);
    mr_json_put_member_c(&w, "type", type);
    mr_json_put_member_c(&w, "timestamp", at);
    mr_json_put_name(&w, "data");
    mr_json_begin_object(&w);
    mr_json_put_member(&w, "id", object_id);
    if (data.len) {
        mr_buf_putc(out, ',');
        mr_buf_put(out, data);
    }
    mr_json_end_object(&w);
    mr_json_end_object(&w);
    return mr_buf_failed(out) ? MR_FAIL(err, MR_E_LIMIT, "the event is too large", MR_NOWHERE) : MR_OK;
}

int mr_event_add(mr_service *s, mr_db_tx *tx, mr_arena *a, mr_str org_id, const char *type, mr_str object_id,
                 mr_str data, mr_str *ret_id, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf payload;
    char id[37];
    mr_buf_init(&payload, 64 * MR_KIB);
    MR_TRY(write_payload(s, type, object_id, data, &payload, err));
    mr_id_new(s->env, id);
    *ret_id = mr_arena_dup(a, mr_str_of(id));
    const struct mr_event_row row = {.id = *ret_id,
                                     .org_id = org_id,
                                     .type = mr_str_of(type),
                                     .object_id = object_id,
                                     .payload = mr_buf_str(&payload),
                                     .created_at = mr_env_now(s->env)};
    return mr_store_event_add(tx, &row, err);
}

int mr_event(mr_service *s, mr_db_tx *tx, mr_str org_id, const char *type, mr_str object_id, mr_str data,
             struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_webhook_row *hooks;
    size_t count;
    mr_str event = MR_STR_EMPTY;
    mr_arena_init(&a, MR_MIB);
    MR_TRY(mr_store_webhook_of(tx, &a, org_id, &hooks, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (!mr_webhook_wants(hooks[i].events, mr_str_of(type))) continue;
        if (!event.len) MR_TRY(mr_event_add(s, tx, &a, org_id, type, object_id, data, &event, err));
        MR_TRY(mr_store_delivery_add(tx, s->env, hooks[i].id, event, hooks[i].org_id, err));
    }
    if (!event.len) return MR_OK;
    mr_jobs_expect(s);
    return mr_store_job_hasten(tx, MR_STR("webhook.deliver"), mr_env_now(s->env), err);
}

int mr_event_is_wanted(mr_db_tx *tx, mr_str org_id, const char *type, bool *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_webhook_row *hooks;
    size_t count;
    mr_arena_init(&a, MR_MIB);
    MR_TRY(mr_store_webhook_of(tx, &a, org_id, &hooks, &count, err));
    *ret = false;
    for (size_t i = 0; i < count && !*ret; i++) *ret = mr_webhook_wants(hooks[i].events, mr_str_of(type));
    return MR_OK;
}
