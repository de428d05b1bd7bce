/* How a provider awards: who may sign off and seal, which forms of credentials, when licences are renewed. Each organisation may keep to the defaults. */
#ifndef MR_SERVICE_AWARD_SETTING_H
#define MR_SERVICE_AWARD_SETTING_H

#include "service/actor.h"
#include "service/service.h"

enum { MR_REMINDERS_MOST = 6 };
struct mr_award_setting {
    bool same_person;   /* whoever signed off results may also have them sealed */
    bool page_image;    /* false: European Digital Credentials carry a blank page */
    unsigned formats;   /* bits of mr_format; MR_FORMAT_ELM always */
    int64_t renew_days; /* so long before its end an award may be renewed */
    int64_t remind_days
        [MR_REMINDERS_MOST]; /* so long before the end learners are reminded, longest first; 0 ends the list */
};
/* The formats that may be chosen. */
unsigned mr_award_setting_formats(void);
/* Action ORGANISATION_READ. */
int mr_award_setting_get(mr_service *s, const struct mr_actor *actor, mr_str org_id, struct mr_award_setting *ret,
                         struct mr_err *err) MR_MUST_CHECK;
/* The same inside a transaction of a use case that has asked already. */
int mr_award_setting_read(mr_db_tx *tx, mr_str org_id, struct mr_award_setting *ret, struct mr_err *err) MR_MUST_CHECK;
/* Action ORGANISATION_EDIT. Errors: MR_E_LIMIT: days outside 0 to 3650, or not the longest first; MR_E_UNSUPPORTED: formats. */
int mr_award_setting_save(mr_service *s, const struct mr_actor *actor, mr_str org_id,
                          const struct mr_award_setting *setting, struct mr_err *err) MR_MUST_CHECK;

#endif
