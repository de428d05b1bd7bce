/* One transaction removes everything that personal_data.def calls REMOVED and restricts what it calls RESTRICTED. The order matters: what is found by her addresses and her
 * wallet goes before these. */
#include "service/erasure.h"

#include "base/limits.h"
#include "base/log.h"
#include "json/write.h"
#include "model/contact.h"
#include "service/audit.h"
#include "service/event.h"
#include "service/mail.h"
#include "service/sign_in.h"
#include "store/achievement.h"
#include "store/membership.h"
#include "store/organisation.h"
#include "store/person.h"
#include "store/wallet.h"

enum { AT_ONCE = 200, KEEPERS_MOST = 200, VALUES_MOST = 4096 };

static int commit(mr_db_tx **tx, struct mr_err *err)
{
    mr_db_tx *ending = *tx;
    *tx = NULL;
    return mr_db_commit(ending, err);
}

/* ---- what would happen ---- */

static int look_at_roles(mr_db_tx *tx, mr_arena *a, const struct mr_person_row *person, struct mr_erasure *ret,
                         struct mr_err *err)
{
    struct mr_membership_row *rows;
    size_t count;
    int64_t others;
    if (person->installation) {
        MR_TRY(mr_store_person_count_installation(tx, &others, err));
        ret->last_of_installation = others < 2;
    }
    MR_TRY(mr_store_membership_of_person(tx, a, person->id, MR_LIMIT_GRANTS, &rows, &count, err));
    for (size_t i = 0; i < count && !ret->last_administrator_of.len; i++) {
        struct mr_organisation_row org;
        if (mr_role_find(rows[i].role) != MR_ROLE_ADMINISTRATOR) continue;
        MR_TRY(mr_store_organisation_find(tx, a, rows[i].org_id, &org, err));
        if (org.parent_id.len || org.closed_at != MR_TIME_NONE) continue;
        MR_TRY(mr_store_membership_count_others(tx, org.id, rows[i].role, person->id, &others, err));
        if (!others) ret->last_administrator_of = org.name;
    }
    return MR_OK;
}

static int count_undecided(mr_db_tx *tx, mr_arena *a, mr_str person_id, int64_t *ret, struct mr_err *err)
{
    struct mr_privacy_award *list;
    size_t count = AT_ONCE;
    mr_str after = MR_STR_EMPTY;
    *ret = 0;
    while (count == AT_ONCE) {
        MR_TRY(mr_store_privacy_awards(tx, a, person_id, after, AT_ONCE, &list, &count, err));
        for (size_t i = 0; i < count; i++) *ret += mr_str_is(list[i].claim_state, "open");
        if (count) after = list[count - 1].id;
    }
    return MR_OK;
}

static int count_claims(mr_db_tx *tx, mr_arena *a, mr_str person_id, int64_t *ret, struct mr_err *err)
{
    struct mr_privacy_claim *list;
    size_t count = AT_ONCE;
    mr_str after = MR_STR_EMPTY;
    *ret = 0;
    while (count == AT_ONCE) {
        MR_TRY(mr_store_privacy_claims(tx, a, person_id, after, AT_ONCE, &list, &count, err));
        for (size_t i = 0; i < count; i++) *ret += list[i].is_open;
        if (count) after = list[count - 1].id;
    }
    return MR_OK;
}

static int look(mr_service *s, mr_db_tx *tx, mr_arena *a, mr_str person_id, struct mr_erasure *ret, struct mr_err *err)
{
    struct mr_person_row person;
    struct mr_collection_row *collections;
    const struct mr_wallet_query all = {.person_id = person_id};
    size_t count;
    *ret = (struct mr_erasure){.backup_days = mr_service_backup_days(s)};
    MR_TRY(mr_store_person_find(tx, a, person_id, &person, err));
    if (!person.id.len) return MR_FAIL(err, MR_E_NOT_FOUND, "there is no such account", MR_NOWHERE);
    ret->name = person.name, ret->email = person.email, ret->language = person.language;
    MR_TRY(mr_store_wallet_count(tx, &all, &ret->items, err));
    MR_TRY(mr_store_collection_list(tx, a, person_id, MR_LIMIT_COLLECTIONS, &collections, &count, err));
    ret->collections = (int64_t)count;
    MR_TRY(mr_store_privacy_count(tx, "account", person_id, &ret->addresses, err));
    MR_TRY(count_undecided(tx, a, person_id, &ret->undecided, err));
    MR_TRY(count_claims(tx, a, person_id, &ret->claims, err));
    MR_TRY(look_at_roles(tx, a, &person, ret, err));
    return mr_store_privacy_keepers(tx, a, person_id, KEEPERS_MOST, &ret->keepers, &ret->keeper_count, err);
}

int mr_erasure_look(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str person_id, struct mr_erasure *ret,
                    struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_personal_data_authorise(actor, person_id, err));
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    return look(s, tx, a, person_id, ret, err);
}

/* ---- doing it ---- */

struct erasing {
    mr_service *s;
    mr_db_tx *tx;
    mr_arena *a;
    const struct mr_actor *actor;
    mr_str person_id;
    int64_t now;
    mr_str values[VALUES_MOST]; /* by which what programs were told is found: names, addresses, ids of awards */
    size_t value_count;
};

static void note_value(struct erasing *x, mr_str value)
{
    if (!value.len) return;
    for (size_t i = 0; i < x->value_count; i++)
        if (mr_str_eq(x->values[i], value)) return;
    if (x->value_count < VALUES_MOST) x->values[x->value_count++] = value;
}

/* Undecided, it is declined: nobody waits for an answer that will not come. */
static int decline(struct erasing *x, const struct mr_privacy_award *award, struct mr_err *err)
{
    bool moved;
    MR_TRY(mr_store_achievement_claim(x->tx, award->id, MR_STR("declined"), x->now, &moved, err));
    if (!moved) return MR_OK;
    return mr_event(x->s, x->tx, award->org_id, "achievement.declined", award->id,
                    mr_arena_format(x->a, "\"specification\":\"%.*s\"", MR_STR_ARG(award->specification_id)), err);
}

static int erase_award(struct erasing *x, const struct mr_privacy_award *award, struct mr_err *err)
{
    bool ours;
    note_value(x, award->id), note_value(x, award->learner), note_value(x, award->email);
    if (mr_str_is(award->claim_state, "open")) MR_TRY(decline(x, award, err));
    MR_TRY(mr_store_credential_remove(x->tx, award->id, err));
    MR_TRY(mr_store_achievement_end_turn(x->tx, award->id, award->claim_turn, &ours, err));
    MR_TRY(mr_store_erase_award(x->tx, award->id, err));
    MR_TRY(mr_store_restrict(x->tx, award->id, MR_STR("erased"), MR_STR_EMPTY, x->now, err));
    return mr_audit(x->s, x->tx, x->actor, MR_MAY_SIGNED_IN, award->org_id, award->id, MR_STR("record.restricted"),
                    err);
}

static int erase_awards(struct erasing *x, struct mr_err *err)
{
    struct mr_privacy_award *list;
    size_t count = AT_ONCE;
    mr_str after = MR_STR_EMPTY;
    while (count == AT_ONCE) {
        MR_TRY(mr_store_privacy_awards(x->tx, x->a, x->person_id, after, AT_ONCE, &list, &count, err));
        for (size_t i = 0; i < count; i++) MR_TRY(erase_award(x, &list[i], err));
        if (count) after = list[count - 1].id;
    }
    return MR_OK;
}

static int erase_claims(struct erasing *x, struct mr_err *err)
{
    struct mr_privacy_claim *list;
    size_t count = AT_ONCE;
    mr_str after = MR_STR_EMPTY;
    while (count == AT_ONCE) {
        MR_TRY(mr_store_privacy_claims(x->tx, x->a, x->person_id, after, AT_ONCE, &list, &count, err));
        for (size_t i = 0; i < count; i++) {
            note_value(x, list[i].learner);
            MR_TRY(mr_store_erase_claim(x->tx, &list[i], x->now, err));
            MR_TRY(mr_audit(x->s, x->tx, x->actor, MR_MAY_SIGNED_IN, list[i].org_id, list[i].id,
                            list[i].is_open ? MR_STR("claim.withdrawn") : MR_STR("record.restricted"), err));
        }
        if (count) after = list[count - 1].id;
    }
    return MR_OK;
}

static int erase_all(struct erasing *x, const struct mr_erasure *what, struct mr_err *err)
{
    struct mr_person_email *emails;
    size_t count;
    int64_t mails;
    note_value(x, what->name);
    MR_TRY(mr_store_person_email_list(x->tx, x->a, x->person_id, MR_LIMIT_PERSON_EMAILS, &emails, &count, err));
    for (size_t i = 0; i < count; i++) note_value(x, emails[i].email);
    MR_TRY(mr_store_erase_mail(x->tx, x->a, x->person_id, &mails, err));
    MR_TRY(erase_awards(x, err));
    MR_TRY(erase_claims(x, err));
    MR_TRY(mr_store_erase_beside(x->tx, x->person_id, x->now, err));
    MR_TRY(mr_store_erase_answers(x->tx, x->values, x->value_count, err));
    MR_TRY(mr_store_erase_person(x->tx, x->person_id, err));
    return mr_audit(x->s, x->tx, x->actor, MR_MAY_SIGNED_IN, MR_STR_EMPTY, x->person_id, MR_STR("account.erased"), err);
}

/* The last mail to her: its address and words are forgotten once it has left, or cannot (service/mail_sending.c). */
static int tell(struct erasing *x, const struct mr_erasure *what, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_json_writer w;
    mr_buf_init(&text, 64 * MR_KIB);
    if (!mr_contact_is_email(what->email)) return MR_OK;
    mr_json_writer_init(&w, &text, 0);
    mr_json_begin_object(&w);
    mr_json_put_member(&w, "name", what->name);
    mr_json_put_name(&w, "keepers");
    mr_json_begin_array(&w);
    for (size_t i = 0; i < what->keeper_count; i++) {
        mr_json_begin_object(&w);
        mr_json_put_member(&w, "keeper", what->keepers[i].name);
        mr_json_end_object(&w);
    }
    mr_json_end_array(&w);
    mr_json_put_flag(&w, "has_keepers", what->keeper_count > 0);
    if (what->backup_days) mr_json_put_member(&w, "days", mr_arena_format(x->a, "%lld", (long long)what->backup_days));
    mr_json_end_object(&w);
    const struct mr_mail mail = {
        .template_name = "erased", .to = what->email, .language = what->language, .data = mr_buf_str(&text)};
    return mr_mail_queue(x->s, x->tx, x->a, &mail, NULL, err);
}

static int erase(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str person_id, struct mr_erasure *ret,
                 struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct erasing *x = MR_NEW(a, struct erasing);
    if (!x) return MR_FAIL(err, MR_E_NOMEM, "no memory to erase an account", MR_NOWHERE);
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(look(s, tx, a, person_id, ret, err));
    if (ret->last_of_installation || ret->last_administrator_of.len)
        return MR_FAIL_DETAIL(err, MR_E_STATE, "somebody else must be administrator first", "%s", "last_administrator");
    *x = (struct erasing){
        .s = s, .tx = tx, .a = a, .actor = actor, .person_id = person_id, .now = mr_env_now(mr_service_env(s))};
    MR_TRY(erase_all(x, ret, err));
    MR_TRY(tell(x, ret, err));
    return commit(&tx, err);
}

int mr_erasure_do(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str person_id, struct mr_erasure *ret,
                  struct mr_err *err)
{
    bool tidy;
    struct mr_err late = {0};
    MR_TRY(mr_personal_data_authorise(actor, person_id, err));
    MR_TRY(erase(s, actor, a, person_id, ret, err));
    /* Done is done: what the log of the database still has goes now, or within the hour (service/retention.c). */
    if (mr_db_tidy(mr_service_db(s), MR_LIMIT_DB_REWRITE, &tidy, &late) != MR_OK)
        mr_log_err(MR_LOG_WARNING, "erasure.not_tidied", &late);
    return MR_OK;
}

int mr_erasure_find(mr_service *s, mr_arena *a, mr_str email_or_id, mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_person_row row;
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    MR_TRY(mr_store_person_find(tx, a, email_or_id, &row, err));
    if (!row.id.len) MR_TRY(mr_store_person_find_email(tx, a, mr_sign_in_email(a, email_or_id), &row, err));
    *ret = row.id;
    return row.id.len ? MR_OK : MR_FAIL(err, MR_E_NOT_FOUND, "there is no such account", MR_NOWHERE);
}
