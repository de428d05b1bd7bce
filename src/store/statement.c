#include "store/statement.h"
#include "base/id.h"

#define MOST 200

int mr_store_statement_add(mr_db_tx *tx, const mr_env *env, const struct mr_statement_row *row, struct mr_err *err)
{
    char id[37];
    mr_id_new(env, id);
    return mr_db_run(tx,
                     "INSERT INTO organisation_statement (id, org_id, kind, version, valid_from, texts, url, "
                     "published_at) VALUES ($id, $org, $kind, $version, $from, $texts, $url, $now)",
                     MR_DB_ARGS(MR_DB_T("id", mr_str_of(id)), MR_DB_T("org", row->org_id), MR_DB_T("kind", row->kind),
                                MR_DB_T("version", row->version), MR_DB_T("from", row->valid_from),
                                MR_DB_B("texts", row->texts), mr_db_text_or_null("url", row->url),
                                MR_DB_I("now", mr_env_now(env))),
                     NULL, err);
}

int mr_store_statement_list(mr_db_tx *tx, mr_arena *a, mr_str org_id, struct mr_statement_row **ret, size_t *ret_count,
                            struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    size_t count = 0;
    struct mr_statement_row *rows = MR_NEW_ARRAY(a, struct mr_statement_row, MOST);
    if (!rows) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    MR_TRY(mr_db_query(tx,
                       "SELECT id, org_id, kind, version, valid_from, texts, url, published_at FROM "
                       "organisation_statement WHERE org_id = $org ORDER BY valid_from DESC, id DESC LIMIT 200",
                       MR_DB_ARGS(MR_DB_T("org", org_id)), &c, err));
    for (;;) {
        bool row;
        MR_TRY(mr_db_next(c, &row, err));
        if (!row || count == MOST) break;
        rows[count++] = (struct mr_statement_row){
            .id = mr_arena_dup(a, mr_db_text(c, 0)),
            .org_id = mr_arena_dup(a, mr_db_text(c, 1)),
            .kind = mr_arena_dup(a, mr_db_text(c, 2)),
            .version = mr_arena_dup(a, mr_db_text(c, 3)),
            .valid_from = mr_arena_dup(a, mr_db_text(c, 4)),
            .texts = mr_arena_dup(a, mr_db_text(c, 5)),
            .url = mr_arena_dup(a, mr_db_text(c, 6)),
            .published_at = mr_db_int(c, 7),
        };
    }
    *ret = rows, *ret_count = count;
    return MR_OK;
}
