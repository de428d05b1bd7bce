#include "store/award_setting.h"

int mr_store_award_setting_find(mr_db_tx *tx, mr_arena *a, mr_str org_id, struct mr_award_setting_row *ret,
                                struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(
        mr_db_query(tx,
                    "SELECT same_person, page_image, formats, remind_days, renew_days FROM award_setting WHERE org_id "
                    "= $org",
                    MR_DB_ARGS(MR_DB_T("org", org_id)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = (struct mr_award_setting_row){0};
    if (!row) return MR_OK;
    *ret = (struct mr_award_setting_row){
        .is_there = true,
        .same_person = mr_db_int(c, 0) != 0,
        .page_image = mr_db_int(c, 1) != 0,
        .formats = mr_arena_dup(a, mr_db_text(c, 2)),
        .remind_days = mr_arena_dup(a, mr_db_text(c, 3)),
        .renew_days = mr_db_int(c, 4),
    };
    return MR_OK;
}

static mr_db_value yes_or_no(const char *name, bool value)
{
    return (mr_db_value){.name = name, .type = MR_DB_BOOL, .number = value};
}

int mr_store_award_setting_save(mr_db_tx *tx, mr_str org_id, const struct mr_award_setting_row *r, struct mr_err *err)
{
    return mr_db_run(
        tx,
        "INSERT INTO award_setting (org_id, same_person, page_image, formats, renew_days, remind_days) VALUES ($org, "
        "$same, $image, $formats, $renew, $remind) ON CONFLICT (org_id) DO UPDATE SET same_person = "
        "excluded.same_person, "
        "page_image = excluded.page_image, formats = excluded.formats, renew_days = excluded.renew_days, remind_days = "
        "excluded.remind_days",
        MR_DB_ARGS(MR_DB_T("org", org_id), yes_or_no("same", r->same_person), yes_or_no("image", r->page_image),
                   MR_DB_T("formats", r->formats), MR_DB_I("renew", r->renew_days),
                   MR_DB_T("remind", r->remind_days.len ? r->remind_days : MR_STR(""))),
        NULL, err);
}
