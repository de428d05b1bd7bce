#include "service/award_setting.h"

#include "base/limits.h"
#include "service/audit.h"
#include "store/award_setting.h"

#define DAYS_MOST 3650

/* In this order they are offered and kept. */
static const mr_format formats[] = {MR_FORMAT_ELM, MR_FORMAT_VC_JWT, MR_FORMAT_OPEN_BADGES, MR_FORMAT_DC_SD_JWT};
#define FORMATS (sizeof formats / sizeof *formats)

unsigned mr_award_setting_formats(void)
{
    unsigned all = 0;
    for (size_t i = 0; i < FORMATS; i++) all |= formats[i];
    return all;
}

static void read_formats(mr_str text, struct mr_award_setting *ret)
{
    mr_str part;
    ret->formats = MR_FORMAT_ELM;
    while (mr_str_split(&text, ',', &part)) ret->formats |= mr_format_find(part) & mr_award_setting_formats();
}

static void read_days(mr_str text, struct mr_award_setting *ret)
{
    mr_str part;
    size_t count = 0;
    uint64_t days;
    memset(ret->remind_days, 0, sizeof ret->remind_days);
    while (mr_str_split(&text, ',', &part) && count < MR_REMINDERS_MOST)
        if (mr_str_to_u64(part, &days) && days > 0 && days <= DAYS_MOST) ret->remind_days[count++] = (int64_t)days;
}

int mr_award_setting_read(mr_db_tx *tx, mr_str org_id, struct mr_award_setting *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_award_setting_row row;
    mr_arena_init(&a, MR_MIB);
    *ret = (struct mr_award_setting){
        .page_image = true, .formats = mr_award_setting_formats(), .renew_days = 90, .remind_days = {90, 30, 7}};
    MR_TRY(mr_store_award_setting_find(tx, &a, org_id, &row, err));
    if (!row.is_there) return MR_OK;
    ret->same_person = row.same_person;
    ret->page_image = row.page_image;
    ret->renew_days = row.renew_days;
    read_formats(row.formats, ret);
    read_days(row.remind_days, ret);
    return MR_OK;
}

int mr_award_setting_get(mr_service *s, const struct mr_actor *actor, mr_str org_id, struct mr_award_setting *ret,
                         struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_authorise(actor, MR_MAY_ORGANISATION_READ, org_id, err));
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    return mr_award_setting_read(tx, org_id, ret, err);
}

static int check(const struct mr_award_setting *setting, struct mr_err *err)
{
    if (setting->formats & ~mr_award_setting_formats() || !(setting->formats & MR_FORMAT_ELM))
        return MR_FAIL(err, MR_E_UNSUPPORTED, "these formats cannot be chosen", MR_NOWHERE);
    if (setting->renew_days < 0 || setting->renew_days > DAYS_MOST)
        return MR_FAIL(err, MR_E_LIMIT, "renewal is possible from 0 to 3650 days before the end", MR_NOWHERE);
    for (size_t i = 0; i < MR_REMINDERS_MOST; i++) {
        int64_t days = setting->remind_days[i], before = i ? setting->remind_days[i - 1] : DAYS_MOST + 1;
        if (days < 0 || days > DAYS_MOST || (days && days >= before))
            return MR_FAIL(err, MR_E_LIMIT, "reminders are from 1 to 3650 days before the end, the longest first",
                           MR_NOWHERE);
    }
    return MR_OK;
}

int mr_award_setting_save(mr_service *s, const struct mr_actor *actor, mr_str org_id,
                          const struct mr_award_setting *setting, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf names, days;
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    mr_arena_init(&a, MR_MIB);
    mr_buf_init(&names, MR_KIB);
    mr_buf_init(&days, MR_KIB);
    MR_TRY(mr_authorise(actor, MR_MAY_ORGANISATION_EDIT, org_id, err));
    MR_TRY(check(setting, err));
    for (size_t i = 0; i < FORMATS; i++)
        if (setting->formats & formats[i])
            mr_buf_format(&names, "%s%s", names.len ? "," : "", mr_format_name(formats[i]));
    for (size_t i = 0; i < MR_REMINDERS_MOST && setting->remind_days[i]; i++)
        mr_buf_format(&days, "%s%lld", i ? "," : "", (long long)setting->remind_days[i]);
    const struct mr_award_setting_row row = {.same_person = setting->same_person,
                                             .page_image = setting->page_image,
                                             .formats = mr_buf_str(&names),
                                             .remind_days = mr_buf_str(&days),
                                             .renew_days = setting->renew_days};
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(mr_store_award_setting_save(tx, org_id, &row, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_ORGANISATION_EDIT, org_id, org_id, MR_STR("award settings"), err));
    mr_db_tx *ending = tx;
    tx = NULL;
    return mr_db_commit(ending, err);
}
