#include "service/keep.h"

#include "base/id.h"
#include "base/limits.h"
#include "json/json.h"
#include "json/write.h"
#include "model/contact.h"
#include "service/audit.h"
#include "service/catalogue.h"
#include "service/mail.h"
#include "service/wallet.h"
#include "store/achievement.h"

#define KIND MR_STR("keep")

static int commit(mr_db_tx **tx, struct mr_err *err)
{
    mr_db_tx *ending = *tx;
    *tx = NULL;
    return mr_db_commit(ending, err);
}

static int find(mr_service *s, mr_arena *a, const struct mr_keep *what, struct mr_claim *ret, struct mr_err *err)
{
    MR_TRY(mr_claim_open(s, a, what->achievement_id, what->mac, what->pass, ret, err));
    if (ret->door != MR_CLAIM_PASS || ret->state != MR_CLAIM_ACCEPTED)
        return MR_FAIL(err, MR_E_STATE, "only what was accepted in this browser is kept", MR_NOWHERE);
    return MR_OK;
}

int mr_keep_mine(mr_service *s, mr_arena *a, const mr_language *l, const struct mr_actor *actor,
                 const struct mr_keep *what, mr_str *ret_item, struct mr_err *err)
{
    struct mr_claim claim;
    if (actor->kind != MR_ACTOR_PERSON) return MR_FAIL(err, MR_E_FORBIDDEN, "only people have a wallet", MR_NOWHERE);
    MR_TRY(find(s, a, what, &claim, err));
    return mr_wallet_keep(s, a, l, actor->id, claim.achievement_id, ret_item, err);
}

/* Whoever has this address proved; made when there is nobody. `only_new`: an account that exists is refused. */
static int find_person(mr_service *s, mr_db_tx *tx, mr_arena *a, const mr_language *l, mr_str email, mr_str name,
                       bool only_new, struct mr_person_row *ret, struct mr_err *err)
{
    mr_str id;
    MR_TRY(mr_store_person_find_email(tx, a, email, ret, err));
    if (ret->id.len && only_new)
        return MR_FAIL_DETAIL(err, MR_E_EXISTS, "somebody has an account with this address", "%s", "account");
    if (ret->id.len) return MR_OK;
    const struct mr_person_row made = {.email = email, .name = name, .language = mr_language_tag(l)};
    MR_TRY(mr_store_person_add(tx, a, mr_service_env(s), &made, &id, err));
    const struct mr_actor actor = {.kind = MR_ACTOR_PERSON, .id = id};
    MR_TRY(mr_audit(s, tx, &actor, MR_MAY_SIGNED_IN, MR_STR_EMPTY, MR_STR_EMPTY, MR_STR("account.made"), err));
    return mr_store_person_find(tx, a, id, ret, err);
}

int mr_keep_new(mr_service *s, mr_arena *a, const mr_language *l, const struct mr_visitor *v,
                const struct mr_keep *what, struct mr_sign_in *ret, mr_str *ret_item, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_claim claim;
    struct mr_person_row person;
    MR_TRY(find(s, a, what, &claim, err));
    if (!claim.proves_email || !mr_contact_is_email(claim.email))
        return MR_FAIL(err, MR_E_FORBIDDEN, "the address of the award is not proved", MR_NOWHERE);
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(find_person(s, tx, a, l, mr_sign_in_email(a, claim.email), claim.learner, true, &person, err));
    MR_TRY(mr_sign_in_proved(s, tx, a, v, &person, "sign_in.claim", ret, err));
    MR_TRY(commit(&tx, err));
    return mr_wallet_keep(s, a, l, person.id, claim.achievement_id, ret_item, err);
}

/* ---- by a link to an address that she gives ---- */

static int write_letter(mr_service *s, mr_arena *a, const mr_language *l, const struct mr_claim *claim, mr_str token,
                        mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    struct mr_published published;
    mr_json_writer w;
    char until[21];
    mr_buf_init(&text, 64 * MR_KIB);
    MR_TRY(mr_catalogue_get(s, a, claim->specification_id, &published, err));
    mr_time_write(mr_env_now(mr_service_env(s)) + MR_LIMIT_SIGN_IN_LINK_MS, until);
    mr_json_writer_init(&w, &text, 0);
    mr_json_begin_object(&w);
    mr_json_put_member(&w, "name", claim->learner);
    mr_json_put_member(&w, "title", mr_texts_get(published.specification.title, mr_language_tag(l), NULL));
    mr_json_put_member(
        &w, "link",
        mr_arena_format(a, "%.*s/wallet/begin/%.*s", MR_STR_ARG(mr_service_public_url(s)), MR_STR_ARG(token)));
    mr_json_put_member_c(&w, "until", until);
    mr_json_end_object(&w);
    *ret = mr_arena_dup(a, mr_buf_str(&text));
    return ret->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for a mail", MR_NOWHERE);
}

/* How often, by the claim and by the address, so that nobody's mailbox is filled from here. */
static int may_mail(mr_service *s, mr_db_tx *tx, mr_str achievement_id, mr_str email, bool *ret, struct mr_err *err)
{
    const struct {
        const char *purpose;
        mr_str of;
    } keys[] = {{"keep claim", achievement_id}, {"keep address", email}};
    int64_t now = mr_env_now(mr_service_env(s));
    *ret = true;
    for (size_t i = 0; i < 2; i++) {
        char key[33];
        int64_t count, wait;
        mr_service_mac(s, keys[i].purpose, keys[i].of, key);
        MR_TRY(mr_store_attempt_get(tx, mr_str_of(key), now - 3600000, &count, &wait, err));
        if (count >= MR_LIMIT_LINKS_PER_HOUR) *ret = false;
        if (*ret) MR_TRY(mr_store_attempt_set(tx, mr_str_of(key), count + 1, now, 0, err));
    }
    return MR_OK;
}

int mr_keep_mail(mr_service *s, mr_arena *a, const mr_language *l, const struct mr_keep *what, mr_str email,
                 struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_claim claim;
    char token[33];
    mr_str letter;
    bool may;
    email = mr_sign_in_email(a, email);
    if (!mr_contact_is_email(email)) return MR_FAIL(err, MR_E_FORMAT, "this is no e-mail address", MR_NOWHERE);
    MR_TRY(find(s, a, what, &claim, err));
    mr_id_token(mr_service_env(s), token);
    MR_TRY(write_letter(s, a, l, &claim, mr_str_of(token), &letter, err));
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(may_mail(s, tx, claim.achievement_id, email, &may, err));
    if (!may) return commit(&tx, err);
    const struct mr_single_use_row row = {
        .token_hash = mr_session_digest(a, mr_str_of(token)),
        .kind = KIND,
        .data = mr_arena_format(a, "%.*s %.*s", MR_STR_ARG(claim.achievement_id), MR_STR_ARG(email)),
        .expires_at = mr_env_now(mr_service_env(s)) + MR_LIMIT_SIGN_IN_LINK_MS};
    MR_TRY(mr_store_single_use_add(tx, &row, err));
    const struct mr_mail mail = {.template_name = "keep", .to = email, .language = mr_language_tag(l), .data = letter};
    MR_TRY(mr_mail_queue(s, tx, a, &mail, NULL, err));
    return commit(&tx, err);
}

static int find_link(mr_service *s, mr_db_tx *tx, mr_arena *a, mr_str token, mr_str *ret_hash, mr_str *ret_achievement,
                     mr_str *ret_email, struct mr_err *err)
{
    struct mr_single_use_row row;
    MR_TRY(mr_store_single_use_find(tx, a, mr_session_digest(a, token), mr_env_now(mr_service_env(s)), &row, err));
    *ret_email = *ret_achievement = MR_STR_EMPTY;
    *ret_hash = row.token_hash;
    if (!mr_str_eq(row.kind, KIND)) return MR_OK;
    *ret_email = row.data;
    return mr_str_split(ret_email, ' ', ret_achievement) ? MR_OK
                                                         : MR_FAIL(err, MR_E_DB, "a link is damaged", MR_NOWHERE);
}

int mr_keep_link_check(mr_service *s, mr_arena *a, mr_str token, mr_str *ret_email, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    mr_str hash, achievement;
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    return find_link(s, tx, a, token, &hash, &achievement, ret_email, err);
}

int mr_keep_link_use(mr_service *s, mr_arena *a, const mr_language *l, const struct mr_visitor *v, mr_str token,
                     struct mr_sign_in *ret, mr_str *ret_item, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_person_row person;
    struct mr_achievement_row row;
    mr_str hash, achievement, email;
    bool ours;
    *ret = (struct mr_sign_in){.state = MR_SIGN_IN_OVER};
    *ret_item = MR_STR_EMPTY;
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(find_link(s, tx, a, token, &hash, &achievement, &email, err));
    if (!email.len) return MR_OK;
    MR_TRY(mr_store_single_use_take(tx, hash, &ours, err));
    if (!ours) return MR_OK;
    MR_TRY(mr_store_achievement_find(tx, a, achievement, &row, err));
    MR_TRY(find_person(s, tx, a, l, email, row.learner_name, false, &person, err));
    person.email = email; /* of several the one that was given: a code of the second step goes there */
    MR_TRY(mr_sign_in_proved(s, tx, a, v, &person, "sign_in.link", ret, err));
    MR_TRY(commit(&tx, err));
    int code = mr_wallet_keep(s, a, l, person.id, achievement, ret_item, err);
    if (code != MR_E_EXISTS && code != MR_E_STATE) return code;
    mr_err_clear(err);
    *ret_item = MR_STR_EMPTY;
    return MR_OK;
}
