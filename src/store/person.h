/* People who sign in, their accounts elsewhere, and their recovery codes. */
#ifndef MR_STORE_PERSON_H
#define MR_STORE_PERSON_H

#include "base/env.h"
#include "db/db.h"

struct mr_person_row {
    mr_str id, email, name, language;
    mr_str password;   /* Argon2id hash; empty: none */
    mr_str totp_salt;  /* empty: no authenticator app */
    int64_t totp_step; /* of the last code that was used; each counts once */
    bool installation; /* an administrator of the installation */
    int64_t created_at;
};
/* A new one, who has its address; id and created_at are made here. Errors: MR_E_EXISTS (the address). */
int mr_store_person_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_person_row *row, mr_str *ret_id,
                        struct mr_err *err) MR_MUST_CHECK;
/* ret->id empty when there is none. By address: by any that the person has, in small letters. */
int mr_store_person_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_person_row *ret,
                         struct mr_err *err) MR_MUST_CHECK;
int mr_store_person_find_email(mr_db_tx *tx, mr_arena *a, mr_str email, struct mr_person_row *ret,
                               struct mr_err *err) MR_MUST_CHECK;
/* By an account elsewhere. */
int mr_store_person_find_identity(mr_db_tx *tx, mr_arena *a, mr_str issuer, mr_str subject, struct mr_person_row *ret,
                                  struct mr_err *err) MR_MUST_CHECK;
/* Everything that can change of the row: name, language, password, totp_salt, totp_step, installation. */
int mr_store_person_change(mr_db_tx *tx, const struct mr_person_row *row, struct mr_err *err) MR_MUST_CHECK;
/* Use the code of a step up; ret_ours false when it, or a later one, was used already, be it at the same moment. */
int mr_store_person_use_step(mr_db_tx *tx, mr_str id, int64_t step, bool *ret_ours, struct mr_err *err) MR_MUST_CHECK;
/* All, by address; at most `most`. */
int mr_store_person_list(mr_db_tx *tx, mr_arena *a, size_t most, struct mr_person_row **ret, size_t *ret_count,
                         struct mr_err *err) MR_MUST_CHECK;
/* How many administrators the installation has. */
int mr_store_person_count_installation(mr_db_tx *tx, int64_t *ret, struct mr_err *err) MR_MUST_CHECK;

/* The addresses that a person has proved, the one that we write to (person.email) among them. */
struct mr_person_email {
    mr_str email;
    int64_t proved_at;
};
/* Errors: MR_E_EXISTS: somebody has it. */
int mr_store_person_email_add(mr_db_tx *tx, mr_str person_id, mr_str email, int64_t now,
                              struct mr_err *err) MR_MUST_CHECK;
int mr_store_person_email_list(mr_db_tx *tx, mr_arena *a, mr_str person_id, size_t most, struct mr_person_email **ret,
                               size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
int mr_store_person_email_remove(mr_db_tx *tx, mr_str person_id, mr_str email, struct mr_err *err) MR_MUST_CHECK;
/* Write to this one of the person's addresses from now on. *ret_changed false: the person has no such address. */
int mr_store_person_email_choose(mr_db_tx *tx, mr_str person_id, mr_str email, bool *ret_changed,
                                 struct mr_err *err) MR_MUST_CHECK;
/* One person's ways in become another's: addresses, passkeys, accounts elsewhere; sessions end, what is left of the account is removed. Nothing of the wallet or of
 * organisations may refer to it any more. Errors: MR_E_STATE: something does. */
int mr_store_person_merge(mr_db_tx *tx, mr_str from_person, mr_str to_person, struct mr_err *err) MR_MUST_CHECK;

/* Errors: MR_E_EXISTS. */
int mr_store_identity_add(mr_db_tx *tx, mr_str issuer, mr_str subject, mr_str person_id, int64_t now,
                          struct mr_err *err) MR_MUST_CHECK;

/* Take these digests in the place of all that there are; count 0: have none. */
int mr_store_recovery_codes_set(mr_db_tx *tx, mr_str person_id, const mr_str *hashes, size_t count,
                                struct mr_err *err) MR_MUST_CHECK;
/* Use one up; ret_right false when it is none of theirs. */
int mr_store_recovery_code_use(mr_db_tx *tx, mr_str person_id, mr_str hash, bool *ret_right,
                               struct mr_err *err) MR_MUST_CHECK;
int mr_store_recovery_codes_count(mr_db_tx *tx, mr_str person_id, int64_t *ret, struct mr_err *err) MR_MUST_CHECK;

#endif
