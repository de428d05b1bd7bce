#include "service/recipients.h"

#include "model/contact.h"
#include "store/membership.h"
#include "store/organisation.h"
#include "store/person.h"

#define MEMBERSHIPS_MOST 1000

int mr_recipients_add(mr_db_tx *tx, mr_arena *a, mr_str person_id, struct mr_recipients *to, struct mr_err *err)
{
    struct mr_person_row person;
    for (size_t i = 0; i < to->count; i++)
        if (mr_str_eq(to->list[i].person_id, person_id)) return MR_OK;
    if (!person_id.len || to->count == MR_RECIPIENTS_MOST) return MR_OK;
    MR_TRY(mr_store_person_find(tx, a, person_id, &person, err));
    if (!person.id.len || !mr_contact_is_email(person.email)) return MR_OK;
    to->list[to->count++] = (struct mr_recipient){person.id, person.name, person.email, person.language};
    return MR_OK;
}

static int add_of(mr_db_tx *tx, mr_arena *a, mr_str org_id, mr_role role, struct mr_recipients *to, bool *ret_any,
                  struct mr_err *err)
{
    struct mr_membership_row *rows;
    size_t count;
    *ret_any = false;
    MR_TRY(mr_store_membership_of_org(tx, a, org_id, MEMBERSHIPS_MOST, &rows, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (!mr_str_eq(rows[i].role, mr_role_word(role))) continue;
        *ret_any = true;
        MR_TRY(mr_recipients_add(tx, a, rows[i].person_id, to, err));
    }
    return MR_OK;
}

int mr_recipients_add_role(mr_db_tx *tx, mr_arena *a, mr_str org_id, mr_role role, struct mr_recipients *to,
                           struct mr_err *err)
{
    struct mr_organisation_row organisation;
    bool any;
    MR_TRY(add_of(tx, a, org_id, role, to, &any, err));
    if (any) return MR_OK;
    MR_TRY(mr_store_organisation_find(tx, a, org_id, &organisation, err));
    return organisation.parent_id.len ? add_of(tx, a, organisation.parent_id, role, to, &any, err) : MR_OK;
}
