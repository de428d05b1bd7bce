#include "service/person_email.h"

#include "base/id.h"
#include "base/limits.h"
#include "json/write.h"
#include "model/contact.h"
#include "service/audit.h"
#include "service/mail.h"
#include "store/membership.h"
#include "store/wallet.h"
#include "text/messages.h"

#define KIND MR_STR("email")

static int commit(mr_db_tx **tx, struct mr_err *err)
{
    mr_db_tx *ending = *tx;
    *tx = NULL;
    return mr_db_commit(ending, err);
}

static int begin(mr_service *s, const struct mr_actor *actor, bool writes, mr_db_tx **ret, struct mr_err *err)
{
    if (actor->kind != MR_ACTOR_PERSON) return MR_FAIL(err, MR_E_FORBIDDEN, "only people have addresses", MR_NOWHERE);
    return mr_db_begin(mr_service_db(s), writes, ret, err);
}

static int note(mr_service *s, mr_db_tx *tx, const struct mr_actor *actor, mr_str object_id, const char *what,
                struct mr_err *err)
{
    return mr_audit(s, tx, actor, MR_MAY_SIGNED_IN, MR_STR_EMPTY, object_id, mr_str_of(what), err);
}

int mr_person_email_list(mr_service *s, mr_arena *a, const struct mr_actor *actor, struct mr_person_email **ret,
                         size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(begin(s, actor, false, &tx, err));
    return mr_store_person_email_list(tx, a, actor->id, MR_LIMIT_PERSON_EMAILS, ret, ret_count, err);
}

static int write_to(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_person_row *person, mr_str email,
                    mr_str token, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_json_writer w;
    char until[21];
    mr_time_write(mr_env_now(mr_service_env(s)) + MR_LIMIT_SIGN_IN_LINK_MS, until);
    mr_buf_init(&text, 16 * MR_KIB);
    mr_json_writer_init(&w, &text, 0);
    mr_json_begin_object(&w);
    mr_json_put_member(&w, "name", person->name);
    mr_json_put_member(&w, "email", email);
    mr_json_put_member(
        &w, "link",
        mr_arena_format(a, "%.*s/account/addresses/%.*s", MR_STR_ARG(mr_service_public_url(s)), MR_STR_ARG(token)));
    mr_json_put_member_c(&w, "until", until);
    mr_json_end_object(&w);
    const struct mr_mail m = {.template_name = "address",
                              .to = email,
                              .language = person->language,
                              .object_id = person->id,
                              .data = mr_buf_str(&text)};
    return mr_mail_queue(s, tx, a, &m, NULL, err);
}

int mr_person_email_ask(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str email, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_person_row person;
    char token[33];
    bool may;
    email = mr_sign_in_email(a, email);
    if (!mr_contact_is_email(email)) return MR_FAIL(err, MR_E_FORMAT, "this is no e-mail address", MR_NOWHERE);
    MR_TRY(begin(s, actor, true, &tx, err));
    MR_TRY(mr_store_person_find(tx, a, actor->id, &person, err));
    MR_TRY(mr_sign_in_may_mail(s, tx, a, actor->id, &may, err));
    mr_id_token(mr_service_env(s), token);
    const struct mr_single_use_row row = {.token_hash = mr_session_digest(a, mr_str_of(token)),
                                          .kind = KIND,
                                          .person_id = actor->id,
                                          .data = email,
                                          .expires_at = mr_env_now(mr_service_env(s)) + MR_LIMIT_SIGN_IN_LINK_MS};
    MR_TRY(mr_store_single_use_add(tx, &row, err));
    if (may) MR_TRY(write_to(s, tx, a, &person, email, mr_str_of(token), err));
    return commit(&tx, err);
}

/* ---- the link ---- */

static int weigh_other(mr_db_tx *tx, mr_arena *a, const struct mr_person_row *other, struct mr_person_email_link *ret,
                       struct mr_err *err)
{
    struct mr_membership_row *memberships;
    struct mr_passkey_row *passkeys;
    const struct mr_wallet_query all = {.person_id = other->id};
    size_t roles, count;
    MR_TRY(mr_store_membership_of_person(tx, a, other->id, 1, &memberships, &roles, err));
    ret->outcome = roles || other->installation ? MR_PERSON_EMAIL_BLOCKED
                   : other->totp_salt.len       ? MR_PERSON_EMAIL_GUARDED
                                                : MR_PERSON_EMAIL_MERGE;
    MR_TRY(mr_store_passkey_list(tx, a, other->id, MR_LIMIT_PASSKEYS, &passkeys, &count, err));
    ret->passkeys = (int64_t)count;
    return mr_store_wallet_count(tx, &all, &ret->items, err);
}

static int look(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_actor *actor, mr_str token,
                struct mr_single_use_row *row, struct mr_person_row *other, struct mr_person_email_link *ret,
                struct mr_err *err)
{
    *ret = (struct mr_person_email_link){.outcome = MR_PERSON_EMAIL_OVER};
    MR_TRY(mr_store_single_use_find(tx, a, mr_session_digest(a, token), mr_env_now(mr_service_env(s)), row, err));
    if (!mr_str_eq(row->kind, KIND) || !mr_str_eq(row->person_id, actor->id)) return MR_OK;
    ret->email = row->data;
    MR_TRY(mr_store_person_find_email(tx, a, row->data, other, err));
    if (!other->id.len)
        ret->outcome = MR_PERSON_EMAIL_ADD;
    else if (mr_str_eq(other->id, actor->id))
        ret->outcome = MR_PERSON_EMAIL_HERS;
    else
        return weigh_other(tx, a, other, ret, err);
    return MR_OK;
}

int mr_person_email_look(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str token,
                         struct mr_person_email_link *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_single_use_row row;
    struct mr_person_row other;
    MR_TRY(begin(s, actor, false, &tx, err));
    return look(s, tx, a, actor, token, &row, &other, ret, err);
}

static int merge(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_actor *actor,
                 const struct mr_person_row *other, struct mr_err *err)
{
    MR_TRY(mr_sign_in_notify(s, tx, a, other->id, "merged", MR_STR_EMPTY, err));
    MR_TRY(mr_store_wallet_move(tx, other->id, actor->id, err));
    MR_TRY(mr_store_person_merge(tx, other->id, actor->id, err));
    return note(s, tx, actor, other->id, "account.merged", err);
}

static int add(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_actor *actor, mr_str email, struct mr_err *err)
{
    struct mr_person_email *list;
    size_t count;
    MR_TRY(mr_store_person_email_list(tx, a, actor->id, MR_LIMIT_PERSON_EMAILS, &list, &count, err));
    if (count >= MR_LIMIT_PERSON_EMAILS) return MR_FAIL(err, MR_E_LIMIT, "there are too many addresses", MR_NOWHERE);
    MR_TRY(mr_store_person_email_add(tx, actor->id, email, mr_env_now(mr_service_env(s)), err));
    MR_TRY(mr_sign_in_notify(s, tx, a, actor->id, "address", MR_STR_EMPTY, err));
    return note(s, tx, actor, MR_STR_EMPTY, "address.added", err);
}

int mr_person_email_confirm(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str token,
                            struct mr_person_email_link *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_single_use_row row;
    struct mr_person_row other;
    bool ours;
    MR_TRY(begin(s, actor, true, &tx, err));
    MR_TRY(look(s, tx, a, actor, token, &row, &other, ret, err));
    if (ret->outcome >= MR_PERSON_EMAIL_BLOCKED) return MR_OK;
    MR_TRY(mr_store_single_use_take(tx, row.token_hash, &ours, err));
    if (!ours) {
        ret->outcome = MR_PERSON_EMAIL_OVER;
        return MR_OK;
    }
    if (ret->outcome == MR_PERSON_EMAIL_ADD) MR_TRY(add(s, tx, a, actor, row.data, err));
    if (ret->outcome == MR_PERSON_EMAIL_MERGE) MR_TRY(merge(s, tx, a, actor, &other, err));
    return commit(&tx, err);
}

/* ---- keeping them in order ---- */

int mr_person_email_choose(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str email, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    bool changed;
    MR_TRY(begin(s, actor, true, &tx, err));
    MR_TRY(mr_sign_in_notify(s, tx, a, actor->id, "address", MR_STR_EMPTY, err)); /* to the one so far */
    MR_TRY(mr_store_person_email_choose(tx, actor->id, mr_sign_in_email(a, email), &changed, err));
    if (!changed) return MR_FAIL(err, MR_E_NOT_FOUND, "no such address", MR_NOWHERE);
    MR_TRY(note(s, tx, actor, MR_STR_EMPTY, "address.chosen", err));
    return commit(&tx, err);
}

int mr_person_email_remove(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str email, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_person_row person;
    email = mr_sign_in_email(a, email);
    MR_TRY(begin(s, actor, true, &tx, err));
    MR_TRY(mr_store_person_find(tx, a, actor->id, &person, err));
    if (mr_str_eq(person.email, email))
        return MR_FAIL(err, MR_E_STATE, "this is the address that we write to", MR_NOWHERE);
    MR_TRY(mr_store_person_email_remove(tx, actor->id, email, err));
    MR_TRY(note(s, tx, actor, MR_STR_EMPTY, "address.removed", err));
    return commit(&tx, err);
}
