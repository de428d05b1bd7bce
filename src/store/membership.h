/* What people are in organisations, and invitations to become it. */
#ifndef MR_STORE_MEMBERSHIP_H
#define MR_STORE_MEMBERSHIP_H

#include "base/env.h"
#include "db/db.h"

/* One role of one person in one organisation. */
struct mr_membership_row {
    mr_str person_id, name, email, org_id, org_name, role;
    int64_t since;
    mr_str org_profile; /* as in store/organisation.h */
};
/* Of a person, by organisation; the organisation's units with them (`since` is then that of the membership above). At most `most`. */
int mr_store_membership_of_person(mr_db_tx *tx, mr_arena *a, mr_str person_id, size_t most,
                                  struct mr_membership_row **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* Of an organisation, without those above it, by name and person. At most `most`. */
int mr_store_membership_of_org(mr_db_tx *tx, mr_arena *a, mr_str org_id, size_t most, struct mr_membership_row **ret,
                               size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* Give a role; one that they have already is kept. */
int mr_store_membership_add(mr_db_tx *tx, mr_str person_id, mr_str org_id, mr_str role, int64_t now,
                            struct mr_err *err) MR_MUST_CHECK;
/* Take a role away; role empty: all of them. */
int mr_store_membership_remove(mr_db_tx *tx, mr_str person_id, mr_str org_id, mr_str role,
                               struct mr_err *err) MR_MUST_CHECK;
/* People who have this role in the organisation, but for one of them (who may be nobody). */
int mr_store_membership_count_others(mr_db_tx *tx, mr_str org_id, mr_str role, mr_str person_id, int64_t *ret,
                                     struct mr_err *err) MR_MUST_CHECK;

/* An organisation with how many people are something in it. */
struct mr_org_count {
    mr_str id, name, kind, parent_name;
    int64_t people, created_at, closed_at; /* closed_at MR_TIME_NONE: it is open */
};
/* All, by name, and behind them those that were closed. At most `most`. */
int mr_store_membership_count_orgs(mr_db_tx *tx, mr_arena *a, size_t most, struct mr_org_count **ret, size_t *ret_count,
                                   struct mr_err *err) MR_MUST_CHECK;

struct mr_invitation_row {
    mr_str id, org_id, email, roles, token_hash, state, language;
    int64_t created_at, expires_at;
};
/* A new one; id and created_at are made here. */
int mr_store_invitation_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_invitation_row *row,
                            mr_str *ret_id, struct mr_err *err) MR_MUST_CHECK;
/* By id, or by the digest of its link; ret->id empty when there is none. */
int mr_store_invitation_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_invitation_row *ret,
                             struct mr_err *err) MR_MUST_CHECK;
int mr_store_invitation_find_token(mr_db_tx *tx, mr_arena *a, mr_str token_hash, struct mr_invitation_row *ret,
                                   struct mr_err *err) MR_MUST_CHECK;
/* The open ones of an organisation, the oldest first. */
int mr_store_invitation_list(mr_db_tx *tx, mr_arena *a, mr_str org_id, size_t most, struct mr_invitation_row **ret,
                             size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* Give an open one another link (token_hash) and end; or end it (state "accepted", "withdrawn"; token_hash empty). ret_changed: it was open. */
int mr_store_invitation_change(mr_db_tx *tx, mr_str id, mr_str state, mr_str token_hash, int64_t expires_at,
                               bool *ret_changed, struct mr_err *err) MR_MUST_CHECK;
/* Withdraw the open ones of an address in an organisation: a newer one takes their place. */
int mr_store_invitation_replace(mr_db_tx *tx, mr_str org_id, mr_str email, struct mr_err *err) MR_MUST_CHECK;

#endif
