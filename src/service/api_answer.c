#include "service/api_answer.h"

#include "base/encoding.h"
#include "crypto/digest.h"
#include "service/installation.h"
#include "store/api_answer.h"

#define RUNNING_MS ((int64_t)300000) /* longer no request lasts: its server has stopped */

static int commit(mr_db_tx **tx, struct mr_err *err)
{
    mr_db_tx *done = *tx;
    *tx = NULL;
    return mr_db_commit(done, err);
}

/* The run among those of all nodes: a node's earlier run has ended, since one server at a time works on a data folder. */
static mr_str server_name(const mr_service *s, mr_arena *a, const struct mr_api_answer *answer)
{
    return mr_arena_format(a, "%.*s/%.*s", MR_STR_ARG(s->jobs.node), MR_STR_ARG(answer->server));
}

static bool has_stopped(const mr_service *s, mr_arena *a, const struct mr_api_answer *answer,
                        const struct mr_api_answer_row *row, int64_t now)
{
    mr_str node = mr_arena_format(a, "%.*s/", MR_STR_ARG(s->jobs.node));
    bool earlier = mr_str_has_prefix(row->server, node) && !mr_str_eq(row->server, server_name(s, a, answer));
    return earlier || now - row->begun_at >= RUNNING_MS;
}

static int take(mr_service *s, mr_arena *a, const struct mr_api_answer *answer, int64_t now, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    const struct mr_api_answer_row row = {.holder = answer->holder,
                                          .key = answer->key,
                                          .request_hash = answer->request_hash,
                                          .server = server_name(s, a, answer),
                                          .begun_at = now};
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(mr_store_api_answer_forget(tx, now - MR_API_ANSWER_KEPT_MS, err));
    MR_TRY(mr_store_api_answer_begin(tx, &row, err));
    return commit(&tx, err);
}

static int find(mr_service *s, mr_arena *a, const struct mr_api_answer *answer, struct mr_api_answer_row *ret,
                struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    return mr_store_api_answer_find(tx, a, answer->holder, answer->key, ret, err);
}

mr_str mr_api_answer_hash(mr_arena *a, const mr_str *parts, size_t count)
{
    MR_CLEANUP(mr_buf_done) mr_buf hex;
    mr_digest digest;
    mr_buf_init(&hex, 128);
    if (mr_digest_make(MR_SHA256, parts, count, &digest, NULL) != MR_OK) return MR_STR_EMPTY;
    mr_hex_put(&hex, mr_digest_str(&digest));
    return mr_arena_dup(a, mr_buf_str(&hex));
}

int mr_api_answer_begin(mr_service *s, mr_arena *a, struct mr_api_answer *answer, mr_api_answer_found *ret,
                        struct mr_err *err)
{
    struct mr_api_answer_row row;
    int64_t now = mr_env_now(mr_service_env(s));
    int code = take(s, a, answer, now, err);
    if (code == MR_OK) *ret = MR_API_ANSWER_NEW;
    if (code != MR_E_EXISTS) return code;
    MR_TRY(find(s, a, answer, &row, err));
    if (!row.key.len)
        *ret = MR_API_ANSWER_RUNNING; /* forgotten in this very moment */
    else if (!mr_str_eq(row.request_hash, answer->request_hash))
        *ret = MR_API_ANSWER_OTHER;
    else if (row.status)
        *ret = MR_API_ANSWER_KNOWN;
    else
        *ret = has_stopped(s, a, answer, &row, now) ? MR_API_ANSWER_UNKNOWN : MR_API_ANSWER_RUNNING;
    answer->status = row.status;
    answer->type = row.type;
    answer->location = row.location;
    answer->body = row.body;
    return MR_OK;
}

int mr_api_answer_end(mr_service *s, const struct mr_api_answer *answer, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    bool kept = answer->body.len <= MR_API_ANSWER_BODY;
    const struct mr_api_answer_row row = {.holder = answer->holder,
                                          .key = answer->key,
                                          .status = answer->status,
                                          .location = answer->location,
                                          .type = kept ? answer->type : MR_STR_EMPTY,
                                          .body = kept ? answer->body : MR_STR_EMPTY};
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(mr_store_api_answer_end(tx, &row, err));
    return commit(&tx, err);
}
