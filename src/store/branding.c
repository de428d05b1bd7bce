#include "store/branding.h"

int mr_store_branding_find(mr_db_tx *tx, mr_arena *a, mr_str org_id, struct mr_branding_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    *ret = (struct mr_branding_row){0};
    MR_TRY(
        mr_db_query(tx,
                    "SELECT accent, line, signatory, signatory_role, logo, signature, changed_at FROM branding WHERE "
                    "org_id = $org",
                    MR_DB_ARGS(MR_DB_T("org", org_id)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    if (!row) return MR_OK;
    *ret = (struct mr_branding_row){.is_there = true,
                                    .accent = mr_arena_dup(a, mr_db_text(c, 0)),
                                    .line = mr_arena_dup(a, mr_db_text(c, 1)),
                                    .signatory = mr_arena_dup(a, mr_db_text(c, 2)),
                                    .role = mr_arena_dup(a, mr_db_text(c, 3)),
                                    .logo = mr_arena_dup(a, mr_db_text(c, 4)),
                                    .signature = mr_arena_dup(a, mr_db_text(c, 5)),
                                    .changed_at = mr_db_int(c, 6)};
    return ret->signature.ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for a row", MR_NOWHERE);
}

static mr_db_value bytes_or_null(const char *name, mr_str s)
{
    return (mr_db_value){.name = name, .type = s.len ? MR_DB_BYTES : MR_DB_NULL, .text = s};
}

int mr_store_branding_save(mr_db_tx *tx, mr_str org_id, const struct mr_branding_row *r, struct mr_err *err)
{
    return mr_db_run(
        tx,
        "INSERT INTO branding (org_id, accent, line, signatory, signatory_role, logo, signature, changed_at) VALUES "
        "($org, $accent, $line, $signatory, $role, $logo, $signature, $at) ON CONFLICT (org_id) DO UPDATE SET accent = "
        "excluded.accent, line = excluded.line, signatory = excluded.signatory, signatory_role = "
        "excluded.signatory_role, logo = excluded.logo, signature = excluded.signature, changed_at = "
        "excluded.changed_at",
        MR_DB_ARGS(MR_DB_T("org", org_id), mr_db_text_or_null("accent", r->accent), mr_db_text_or_null("line", r->line),
                   mr_db_text_or_null("signatory", r->signatory), mr_db_text_or_null("role", r->role),
                   bytes_or_null("logo", r->logo), bytes_or_null("signature", r->signature),
                   MR_DB_I("at", r->changed_at)),
        NULL, err);
}
