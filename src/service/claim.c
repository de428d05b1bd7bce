#include "service/claim.h"

#include "base/id.h"
#include "base/limits.h"
#include "model/contact.h"
#include "service/event.h"
#include "service/mail.h"
#include "service/maker.h"
#include "service/sign_in.h"
#include "service/status.h"
#include "store/achievement.h"

#define HOUR_MS 3600000

static int64_t now_of(mr_service *s)
{
    return mr_env_now(mr_service_env(s));
}

static int commit(mr_db_tx **tx, struct mr_err *err)
{
    mr_db_tx *done = *tx;
    *tx = NULL;
    return mr_db_commit(done, err);
}

/* ---- links ---- */

/* Links of the first turn that were handed out before there were turns are good. */
static mr_str handed_of(mr_arena *a, mr_str id, int64_t turn)
{
    return turn ? mr_arena_format(a, "%.*s|%lld", MR_STR_ARG(id), (long long)turn) : id;
}

static mr_str mailed_of(mr_arena *a, mr_str id, int64_t turn, mr_str email)
{
    return mr_arena_format(a, "%.*s|%lld|%.*s", MR_STR_ARG(id), (long long)turn,
                           MR_STR_ARG(mr_sign_in_email(a, email)));
}

static mr_str link_to(const mr_service *s, mr_arena *a, mr_str id, const char *purpose, mr_str subject)
{
    char mac[33];
    mr_service_mac(s, purpose, subject, mac);
    return mr_arena_format(a, "/claim/%.*s/%s", MR_STR_ARG(id), mac);
}

mr_str mr_claim_path(const mr_service *s, mr_arena *a, mr_str achievement_id, int64_t turn)
{
    return link_to(s, a, achievement_id, "claim", handed_of(a, achievement_id, turn));
}

mr_str mr_claim_mail_path(const mr_service *s, mr_arena *a, mr_str achievement_id, int64_t turn, mr_str email)
{
    return link_to(s, a, achievement_id, "claim mail", mailed_of(a, achievement_id, turn, email));
}

struct link {
    bool is_used, was_mailed;
};

static int read_link(mr_service *s, mr_arena *a, const struct mr_achievement_row *row, mr_str mac, struct link *ret,
                     struct mr_err *err)
{
    for (int64_t turn = row->claim_turn; turn >= 0 && row->claim_turn - turn < MR_LIMIT_CLAIM_TURNS; turn--) {
        bool mailed = row->learner_email.len &&
                      mr_service_mac_fits(s, "claim mail", mailed_of(a, row->id, turn, row->learner_email), mac);
        if (!mailed && !mr_service_mac_fits(s, "claim", handed_of(a, row->id, turn), mac)) continue;
        *ret = (struct link){.is_used = turn < row->claim_turn, .was_mailed = mailed};
        return MR_OK;
    }
    return MR_FAIL(err, MR_E_NOT_FOUND, "no such claim", MR_NOWHERE);
}

static int find(mr_service *s, mr_db_tx *tx, mr_arena *a, mr_str id, mr_str mac, struct mr_achievement_row *ret,
                struct link *ret_link, struct mr_err *err)
{
    if (!mr_id_is_uuid(id)) return MR_FAIL(err, MR_E_NOT_FOUND, "no such claim", MR_NOWHERE);
    MR_TRY(mr_store_achievement_find(tx, a, id, ret, err));
    if (!ret->id.len) return MR_FAIL(err, MR_E_NOT_FOUND, "no such claim", MR_NOWHERE);
    return read_link(s, a, ret, mac, ret_link, err);
}

/* ---- passes: "<until when>.<m when the address was proved, else p>.<mac>" ---- */

static void make_pass(mr_service *s, mr_arena *a, mr_str id, bool proved, mr_claim_pass ret)
{
    char mac[33];
    long long until = (long long)(now_of(s) + MR_LIMIT_CLAIM_PASS_MS);
    mr_str subject = mr_arena_format(a, "%.*s|%lld.%c", MR_STR_ARG(id), until, proved ? 'm' : 'p');
    mr_service_mac(s, "claim pass", subject, mac);
    mr_str text = mr_arena_format(a, "%lld.%c.%s", until, proved ? 'm' : 'p', mac);
    memset(ret, 0, MR_CLAIM_PASS_TEXT);
    if (subject.ptr && text.len < MR_CLAIM_PASS_TEXT) memcpy(ret, text.ptr, text.len);
}

static bool read_pass(mr_service *s, mr_arena *a, mr_str id, mr_str pass, bool *ret_proved)
{
    mr_str rest = pass, until, kind, mac;
    uint64_t end;
    if (!mr_str_split(&rest, '.', &until) || !mr_str_split(&rest, '.', &kind) || !mr_str_split(&rest, '.', &mac) ||
        rest.ptr || !mr_str_to_u64(until, &end))
        return false;
    mr_str subject = mr_arena_format(a, "%.*s|%.*s.%.*s", MR_STR_ARG(id), MR_STR_ARG(until), MR_STR_ARG(kind));
    *ret_proved = mr_str_is(kind, "m");
    return mr_service_mac_fits(s, "claim pass", subject, mac) && (int64_t)end > now_of(s);
}

/* ---- opening ---- */

static mr_claim_state state_of(const struct mr_achievement_row *row)
{
    if (mr_str_is(row->claim_state, "accepted")) return MR_CLAIM_ACCEPTED;
    return mr_str_is(row->claim_state, "declined") ? MR_CLAIM_DECLINED : MR_CLAIM_OPEN;
}

static bool is_over(mr_service *s, const struct mr_achievement_row *row)
{
    return state_of(row) == MR_CLAIM_OPEN && now_of(s) > row->claim_until;
}

static int fill(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_achievement_row *row, bool elm_alone,
                struct mr_claim *ret, struct mr_err *err)
{
    if (is_over(s, row)) return MR_FAIL(err, MR_E_STATE, "the time to decide is over", MR_NOWHERE);
    ret->org_id = row->org_id;
    ret->turn = row->claim_turn;
    ret->learner = row->learner_name;
    ret->email = row->learner_email;
    ret->state = state_of(row);
    ret->language = mr_maker_told_language(a, row);
    ret->until = row->claim_until;
    ret->claimed_at = row->claimed_at;
    ret->specification_id = row->specification_id;
    ret->status = mr_status_of_word(row->status);
    ret->status_changed_at = row->status_changed_at;
    MR_TRY(mr_store_credential_find(tx, a, row->id, MR_STR("elm"), &ret->elm, err));
    if (elm_alone) return MR_OK;
    MR_TRY(mr_store_credential_find(tx, a, row->id, MR_STR("vc+jwt"), &ret->jwt, err));
    MR_TRY(mr_store_credential_find(tx, a, row->id, MR_STR("open-badges"), &ret->badge, err));
    return mr_store_credential_find(tx, a, row->id, MR_STR("dc+sd-jwt"), &ret->wallet, err);
}

int mr_claim_open(mr_service *s, mr_arena *a, mr_str achievement_id, mr_str mac, mr_str pass, struct mr_claim *ret,
                  struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_achievement_row row;
    struct link link;
    bool proved = false;
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    MR_TRY(find(s, tx, a, achievement_id, mac, &row, &link, err));
    *ret = (struct mr_claim){.achievement_id = row.id, .door = MR_CLAIM_USED};
    if (state_of(&row) == MR_CLAIM_OPEN)
        ret->door = MR_CLAIM_TO_DECIDE, ret->proves_email = link.was_mailed;
    else if (read_pass(s, a, row.id, pass, &proved))
        ret->door = MR_CLAIM_PASS, ret->proves_email = proved;
    else if (!link.is_used)
        ret->door = MR_CLAIM_NEW_LINK, ret->proves_email = link.was_mailed;
    return ret->door == MR_CLAIM_USED ? MR_OK : fill(s, tx, a, &row, false, ret, err);
}

static int look(mr_service *s, mr_arena *a, mr_str achievement_id, bool elm_alone, struct mr_claim *ret,
                struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_achievement_row row;
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    MR_TRY(mr_store_achievement_find(tx, a, achievement_id, &row, err));
    if (!row.id.len) return MR_FAIL(err, MR_E_NOT_FOUND, "no such claim", MR_NOWHERE);
    *ret = (struct mr_claim){.achievement_id = row.id, .door = MR_CLAIM_PASS};
    return fill(s, tx, a, &row, elm_alone, ret, err);
}

int mr_claim_look(mr_service *s, mr_arena *a, mr_str achievement_id, struct mr_claim *ret, struct mr_err *err)
{
    return look(s, a, achievement_id, false, ret, err);
}

int mr_claim_look_elm(mr_service *s, mr_arena *a, mr_str achievement_id, struct mr_claim *ret, struct mr_err *err)
{
    return look(s, a, achievement_id, true, ret, err);
}

/* ---- deciding ---- */

/* A page that was sent twice: the second time it was decided, and the browser has its pass. */
static int decided_before(mr_service *s, mr_arena *a, const struct mr_achievement_row *row, mr_str pass, const char *to,
                          struct mr_err *err)
{
    bool proved;
    if (mr_str_is(row->claim_state, to) && read_pass(s, a, row->id, pass, &proved)) return MR_OK;
    return MR_FAIL(err, MR_E_STATE, "it was decided before", MR_NOWHERE);
}

static int decide(mr_service *s, mr_str id, mr_str mac, mr_str pass, const char *to, mr_claim_pass ret_pass,
                  struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_achievement_row row;
    struct link link;
    bool moved, ours;
    ret_pass[0] = '\0';
    mr_arena_init(&a, 1024 * 1024);
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(find(s, tx, &a, id, mac, &row, &link, err));
    if (state_of(&row) != MR_CLAIM_OPEN) return decided_before(s, &a, &row, pass, to, err);
    if (is_over(s, &row)) return MR_FAIL(err, MR_E_STATE, "the time to decide is over", MR_NOWHERE);
    MR_TRY(mr_store_achievement_claim(tx, id, mr_str_of(to), now_of(s), &moved, err));
    MR_TRY(mr_store_achievement_end_turn(tx, id, row.claim_turn, &ours, err));
    if (!moved || !ours) return MR_FAIL(err, MR_E_STATE, "it was decided before", MR_NOWHERE);
    if (strcmp(to, "declined") == 0) MR_TRY(mr_store_credential_remove(tx, id, err));
    MR_TRY(mr_event(s, tx, row.org_id, strcmp(to, "declined") == 0 ? "achievement.declined" : "achievement.claimed", id,
                    mr_arena_format(&a, "\"specification\":\"%.*s\"", MR_STR_ARG(row.specification_id)), err));
    MR_TRY(commit(&tx, err));
    make_pass(s, &a, id, link.was_mailed, ret_pass);
    return MR_OK;
}

int mr_claim_accept(mr_service *s, mr_str achievement_id, mr_str mac, mr_str pass, mr_claim_pass ret_pass,
                    struct mr_err *err)
{
    return decide(s, achievement_id, mac, pass, "accepted", ret_pass, err);
}
int mr_claim_decline(mr_service *s, mr_str achievement_id, mr_str mac, mr_str pass, mr_claim_pass ret_pass,
                     struct mr_err *err)
{
    return decide(s, achievement_id, mac, pass, "declined", ret_pass, err);
}

/* ---- new links ---- */

int mr_claim_enter(mr_service *s, mr_str achievement_id, mr_str mac, mr_claim_pass ret_pass, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_achievement_row row;
    struct link link;
    bool ours;
    ret_pass[0] = '\0';
    mr_arena_init(&a, 1024 * 1024);
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(find(s, tx, &a, achievement_id, mac, &row, &link, err));
    if (state_of(&row) == MR_CLAIM_OPEN || link.is_used)
        return MR_FAIL(err, MR_E_STATE, "this link opens nothing any more", MR_NOWHERE);
    MR_TRY(mr_store_achievement_end_turn(tx, achievement_id, row.claim_turn, &ours, err));
    if (!ours) return MR_FAIL(err, MR_E_STATE, "this link was used", MR_NOWHERE);
    MR_TRY(commit(&tx, err));
    make_pass(s, &a, achievement_id, link.was_mailed, ret_pass);
    return MR_OK;
}

/* Counts also what is not mailed, so that the answer takes the same way. */
static int may_mail(mr_service *s, mr_db_tx *tx, mr_str id, bool *ret, struct mr_err *err)
{
    char key[33];
    int64_t count, wait;
    mr_service_mac(s, "claim link", id, key);
    MR_TRY(mr_store_attempt_get(tx, mr_str_of(key), now_of(s) - HOUR_MS, &count, &wait, err));
    *ret = count < MR_LIMIT_CLAIM_LINKS_PER_HOUR;
    return *ret ? mr_store_attempt_set(tx, mr_str_of(key), count + 1, now_of(s), 0, err) : MR_OK;
}

int mr_claim_link_send(mr_service *s, mr_arena *a, mr_str achievement_id, mr_str mac, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_achievement_row row;
    struct link link;
    mr_str data, language;
    bool may;
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    MR_TRY(find(s, tx, a, achievement_id, mac, &row, &link, err));
    mr_db_rollbackp(&tx);
    tx = NULL;
    MR_TRY(mr_mail_about_achievement(s, a, row.id, NULL, row.learner_email, &data, &language, err));
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(may_mail(s, tx, row.id, &may, err));
    const struct mr_mail mail = {.template_name = "claim_link",
                                 .org_id = row.org_id,
                                 .to = row.learner_email,
                                 .language = language,
                                 .object_id = row.id,
                                 .data = data};
    if (may && state_of(&row) == MR_CLAIM_ACCEPTED && mr_contact_is_email(row.learner_email))
        MR_TRY(mr_mail_queue(s, tx, a, &mail, NULL, err));
    return commit(&tx, err);
}

int mr_claim_remove_unclaimed(mr_service *s, int64_t *ret_removed, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(mr_store_credential_remove_unclaimed(tx, now_of(s), ret_removed, err));
    return commit(&tx, err);
}
