#include "store/person.h"
#include "base/id.h"

#define COLUMNS                                                                                                        \
    "p.id, p.email, p.name, p.language, p.password, p.totp_salt, p.totp_step, "                                        \
    "CASE WHEN p.installation THEN 1 ELSE 0 END, p.created_at"
#define MR_DB_FLAG(n, f)                                                                                               \
    {                                                                                                                  \
        .name = (n), .type = MR_DB_BOOL, .number = (f)                                                                 \
    }

static void take(const mr_db_cursor *c, mr_arena *a, struct mr_person_row *ret)
{
    *ret = (struct mr_person_row){.id = mr_arena_dup(a, mr_db_text(c, 0)),
                                  .email = mr_arena_dup(a, mr_db_text(c, 1)),
                                  .name = mr_arena_dup(a, mr_db_text(c, 2)),
                                  .language = mr_arena_dup(a, mr_db_text(c, 3)),
                                  .password = mr_arena_dup(a, mr_db_text(c, 4)),
                                  .totp_salt = mr_arena_dup(a, mr_db_text(c, 5)),
                                  .totp_step = mr_db_int(c, 6),
                                  .installation = mr_db_int(c, 7) != 0,
                                  .created_at = mr_db_int(c, 8)};
}

static int one(mr_db_tx *tx, mr_arena *a, const char *sql, const mr_db_value *args, size_t count,
               struct mr_person_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    *ret = (struct mr_person_row){0};
    MR_TRY(mr_db_query(tx, sql, args, count, &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    if (row) take(c, a, ret);
    return MR_OK;
}

static int count(mr_db_tx *tx, const char *sql, const mr_db_value *args, size_t arg_count, int64_t *ret,
                 struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, sql, args, arg_count, &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = row ? mr_db_int(c, 0) : 0;
    return MR_OK;
}

int mr_store_person_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_person_row *row, mr_str *ret_id,
                        struct mr_err *err)
{
    char id[37];
    mr_id_new(env, id);
    MR_TRY(mr_db_run(tx,
                     "INSERT INTO person (id, email, name, language, password, totp_salt, totp_step, installation, "
                     "created_at) VALUES ($id, $email, $name, $language, $password, NULL, 0, $installation, $now)",
                     MR_DB_ARGS(MR_DB_T("id", mr_str_of(id)), MR_DB_T("email", row->email), MR_DB_T("name", row->name),
                                MR_DB_T("language", row->language), mr_db_text_or_null("password", row->password),
                                MR_DB_FLAG("installation", row->installation), MR_DB_I("now", mr_env_now(env))),
                     NULL, err));
    *ret_id = mr_arena_dup(a, mr_str_of(id));
    return mr_store_person_email_add(tx, *ret_id, row->email, mr_env_now(env), err);
}

int mr_store_person_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_person_row *ret, struct mr_err *err)
{
    return one(tx, a, "SELECT " COLUMNS " FROM person p WHERE p.id = $id", MR_DB_ARGS(MR_DB_T("id", id)), ret, err);
}

int mr_store_person_find_email(mr_db_tx *tx, mr_arena *a, mr_str email, struct mr_person_row *ret, struct mr_err *err)
{
    return one(tx, a,
               "SELECT " COLUMNS " FROM person_email e JOIN person p ON p.id = e.person_id WHERE e.email = $email",
               MR_DB_ARGS(MR_DB_T("email", email)), ret, err);
}

int mr_store_person_find_identity(mr_db_tx *tx, mr_arena *a, mr_str issuer, mr_str subject, struct mr_person_row *ret,
                                  struct mr_err *err)
{
    return one(tx, a,
               "SELECT " COLUMNS " FROM person p JOIN identity i ON i.person_id = p.id "
               "WHERE i.issuer = $issuer AND i.subject = $subject",
               MR_DB_ARGS(MR_DB_T("issuer", issuer), MR_DB_T("subject", subject)), ret, err);
}

int mr_store_person_change(mr_db_tx *tx, const struct mr_person_row *row, struct mr_err *err)
{
    return mr_db_run(tx,
                     "UPDATE person SET name = $name, language = $language, password = $password, totp_salt = $salt, "
                     "totp_step = $step, installation = $installation WHERE id = $id",
                     MR_DB_ARGS(MR_DB_T("name", row->name), MR_DB_T("language", row->language),
                                mr_db_text_or_null("password", row->password),
                                mr_db_text_or_null("salt", row->totp_salt), MR_DB_I("step", row->totp_step),
                                MR_DB_FLAG("installation", row->installation), MR_DB_T("id", row->id)),
                     NULL, err);
}

int mr_store_person_use_step(mr_db_tx *tx, mr_str id, int64_t step, bool *ret_ours, struct mr_err *err)
{
    int64_t changed = 0;
    MR_TRY(mr_db_run(tx, "UPDATE person SET totp_step = $step WHERE id = $id AND totp_step < $step",
                     MR_DB_ARGS(MR_DB_I("step", step), MR_DB_T("id", id)), &changed, err));
    *ret_ours = changed == 1;
    return MR_OK;
}

int mr_store_person_list(mr_db_tx *tx, mr_arena *a, size_t most, struct mr_person_row **ret, size_t *ret_count,
                         struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    size_t room = 0;
    bool row;
    *ret = NULL, *ret_count = 0;
    MR_TRY(mr_db_query(tx, "SELECT " COLUMNS " FROM person p ORDER BY p.email LIMIT $most",
                       MR_DB_ARGS(MR_DB_I("most", (int64_t)most)), &c, err));
    for (;;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row || *ret_count == most) return MR_OK;
        if (*ret_count == room) {
            struct mr_person_row *more = MR_NEW_ARRAY(a, struct mr_person_row, room = room ? room * 2 : 16);
            if (!more) return MR_FAIL(err, MR_E_NOMEM, "no memory for a list", MR_NOWHERE);
            if (*ret_count) memcpy(more, *ret, *ret_count * sizeof *more);
            *ret = more;
        }
        take(c, a, &(*ret)[(*ret_count)++]);
    }
}

int mr_store_person_count_installation(mr_db_tx *tx, int64_t *ret, struct mr_err *err)
{
    return count(tx, "SELECT COUNT(*) FROM person WHERE installation", NULL, 0, ret, err);
}

/* ---- addresses ---- */

int mr_store_person_email_add(mr_db_tx *tx, mr_str person_id, mr_str email, int64_t now, struct mr_err *err)
{
    return mr_db_run(tx, "INSERT INTO person_email (email, person_id, proved_at) VALUES ($email, $person, $now)",
                     MR_DB_ARGS(MR_DB_T("email", email), MR_DB_T("person", person_id), MR_DB_I("now", now)), NULL, err);
}

int mr_store_person_email_list(mr_db_tx *tx, mr_arena *a, mr_str person_id, size_t most, struct mr_person_email **ret,
                               size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    struct mr_person_email *list = MR_NEW_ARRAY(a, struct mr_person_email, most);
    size_t count = 0;
    bool row;
    if (!list) return MR_FAIL(err, MR_E_NOMEM, "no memory for a list", MR_NOWHERE);
    MR_TRY(mr_db_query(tx,
                       "SELECT email, proved_at FROM person_email WHERE person_id = $person ORDER BY email LIMIT $most",
                       MR_DB_ARGS(MR_DB_T("person", person_id), MR_DB_I("most", (int64_t)most)), &c, err));
    for (;;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row || count == most) break;
        list[count++] = (struct mr_person_email){mr_arena_dup(a, mr_db_text(c, 0)), mr_db_int(c, 1)};
    }
    *ret = list, *ret_count = count;
    return MR_OK;
}

int mr_store_person_email_remove(mr_db_tx *tx, mr_str person_id, mr_str email, struct mr_err *err)
{
    return mr_db_run(tx, "DELETE FROM person_email WHERE email = $email AND person_id = $person",
                     MR_DB_ARGS(MR_DB_T("email", email), MR_DB_T("person", person_id)), NULL, err);
}

int mr_store_person_email_choose(mr_db_tx *tx, mr_str person_id, mr_str email, bool *ret_changed, struct mr_err *err)
{
    int64_t changed = 0;
    MR_TRY(mr_db_run(tx,
                     "UPDATE person SET email = $email WHERE id = $person AND EXISTS (SELECT 1 FROM person_email e "
                     "WHERE e.email = $email AND e.person_id = $person)",
                     MR_DB_ARGS(MR_DB_T("email", email), MR_DB_T("person", person_id)), &changed, err));
    *ret_changed = changed == 1;
    return MR_OK;
}

int mr_store_person_merge(mr_db_tx *tx, mr_str from_person, mr_str to_person, struct mr_err *err)
{
    static const char *const moves[] = {"UPDATE person_email SET person_id = $to WHERE person_id = $from",
                                        "UPDATE passkey SET person_id = $to WHERE person_id = $from",
                                        "UPDATE identity SET person_id = $to WHERE person_id = $from"};
    static const char *const ends[] = {
        "DELETE FROM session WHERE person_id = $from", "DELETE FROM recovery_code WHERE person_id = $from",
        "DELETE FROM single_use WHERE person_id = $from", "DELETE FROM person WHERE id = $from"};
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++)
        MR_TRY(mr_db_run(tx, moves[i], MR_DB_ARGS(MR_DB_T("from", from_person), MR_DB_T("to", to_person)), NULL, err));
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        MR_TRY(mr_db_run(tx, ends[i], MR_DB_ARGS(MR_DB_T("from", from_person)), NULL, err));
    return MR_OK;
}

/* ---- accounts elsewhere, recovery codes ---- */

int mr_store_identity_add(mr_db_tx *tx, mr_str issuer, mr_str subject, mr_str person_id, int64_t now,
                          struct mr_err *err)
{
    return mr_db_run(tx,
                     "INSERT INTO identity (issuer, subject, person_id, created_at) "
                     "VALUES ($issuer, $subject, $person, $now)",
                     MR_DB_ARGS(MR_DB_T("issuer", issuer), MR_DB_T("subject", subject), MR_DB_T("person", person_id),
                                MR_DB_I("now", now)),
                     NULL, err);
}

int mr_store_recovery_codes_set(mr_db_tx *tx, mr_str person_id, const mr_str *hashes, size_t hash_count,
                                struct mr_err *err)
{
    MR_TRY(mr_db_run(tx, "DELETE FROM recovery_code WHERE person_id = $person",
                     MR_DB_ARGS(MR_DB_T("person", person_id)), NULL, err));
    for (size_t i = 0; i < hash_count; i++)
        MR_TRY(mr_db_run(tx, "INSERT INTO recovery_code (person_id, code_hash) VALUES ($person, $hash)",
                         MR_DB_ARGS(MR_DB_T("person", person_id), MR_DB_T("hash", hashes[i])), NULL, err));
    return MR_OK;
}

int mr_store_recovery_code_use(mr_db_tx *tx, mr_str person_id, mr_str hash, bool *ret_right, struct mr_err *err)
{
    int64_t changed = 0;
    MR_TRY(mr_db_run(tx, "DELETE FROM recovery_code WHERE person_id = $person AND code_hash = $hash",
                     MR_DB_ARGS(MR_DB_T("person", person_id), MR_DB_T("hash", hash)), &changed, err));
    *ret_right = changed == 1;
    return MR_OK;
}

int mr_store_recovery_codes_count(mr_db_tx *tx, mr_str person_id, int64_t *ret, struct mr_err *err)
{
    return count(tx, "SELECT COUNT(*) FROM recovery_code WHERE person_id = $person",
                 MR_DB_ARGS(MR_DB_T("person", person_id)), ret, err);
}
