/* Signing in.
 *
 * What is compared is a digest or goes through mr_secret_eq; what counts once is taken out of the table by the statement that asks for it, so that two who come at the
 * same moment cannot both use it. An unknown address costs what a known one costs: a password is hashed either way, and a link writes its row either way. */
#include "service/sign_in.h"
#include "base/encoding.h"
#include "base/id.h"
#include "base/limits.h"
#include "base/secret.h"
#include "base/time.h"
#include "crypto/one_time_code.h"
#include "crypto/password.h"
#include "json/json.h"
#include "json/write.h"
#include "service/audit.h"
#include "service/mail.h"
#include "service/passkey.h"
#include "text/messages.h"

#define CHALLENGE_MS 600000
#define HOUR_MS 3600000

static int commit(mr_db_tx **tx, struct mr_err *err)
{
    mr_db_tx *ending = *tx;
    *tx = NULL;
    return mr_db_commit(ending, err);
}

static int64_t now_of(mr_service *s)
{
    return mr_env_now(mr_service_env(s));
}

mr_str mr_sign_in_email(mr_arena *a, mr_str typed)
{
    typed = mr_str_trim(typed);
    char *small = mr_arena_alloc(a, typed.len + 1);
    if (!small) return MR_STR_EMPTY;
    for (size_t i = 0; i < typed.len; i++)
        small[i] = typed.ptr[i] >= 'A' && typed.ptr[i] <= 'Z' ? (char)(typed.ptr[i] + 32) : typed.ptr[i];
    small[typed.len] = '\0';
    return mr_str_make(small, typed.len);
}

/* ---- mail ---- */

/* What a mail says; empty members are left out. */
struct letter {
    mr_str link, code, what, device;
    int64_t until, at; /* 0: none */
};

static void put(mr_json_writer *w, const char *name, mr_str value)
{
    if (value.len) mr_json_put_member(w, name, value);
}

static void put_time(mr_json_writer *w, const char *name, int64_t time)
{
    char text[21];
    if (!time) return;
    mr_time_write(time, text);
    mr_json_put_member_c(w, name, text);
}

static int mail(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_person_row *person, const char *template_name,
                const struct letter *letter, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf data;
    mr_json_writer w;
    mr_buf_init(&data, MR_KIB * 16);
    mr_json_writer_init(&w, &data, 0);
    mr_json_begin_object(&w);
    mr_json_put_member(&w, "name", person->name);
    put(&w, "link", letter->link);
    put(&w, "code", letter->code);
    put(&w, "what", letter->what);
    put(&w, "device", letter->device);
    put_time(&w, "until", letter->until);
    put_time(&w, "at", letter->at);
    mr_json_end_object(&w);
    const struct mr_mail m = {.template_name = template_name,
                              .to = person->email,
                              .language = person->language,
                              .object_id = person->id,
                              .data = mr_buf_str(&data)};
    return mr_mail_queue(s, tx, a, &m, NULL, err);
}

int mr_sign_in_notify(mr_service *s, mr_db_tx *tx, mr_arena *a, mr_str person_id, const char *what, mr_str device,
                      struct mr_err *err)
{
    struct mr_person_row person;
    MR_TRY(mr_store_person_find(tx, a, person_id, &person, err));
    if (!person.id.len) return MR_OK;
    const mr_language *l = mr_language_find(person.language);
    mr_str id = mr_arena_format(a, "new_sign_in.%s", what);
    const struct letter letter = {.what = mr_message_str(l ? l : mr_language_english(), id),
                                  .device = device,
                                  .at = now_of(s),
                                  .link = mr_arena_format(a, "%.*s/account", MR_STR_ARG(mr_service_public_url(s)))};
    return mail(s, tx, a, &person, "new_sign_in", &letter, err);
}

/* ---- waiting after wrong attempts ---- */

static mr_str attempt_key(mr_service *s, mr_arena *a, const char *kind, mr_str what)
{
    char mac[33];
    mr_service_mac(s, kind, what, mac);
    return mr_arena_dup(a, mr_str_of(mac));
}

static int wait_for(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_visitor *v, mr_str email, int64_t *ret,
                    struct mr_err *err)
{
    int64_t now = now_of(s), failures, account, address = 0;
    MR_TRY(mr_store_attempt_get(tx, attempt_key(s, a, "attempt.account", email), now - MR_DAY_MS, &failures, &account,
                                err));
    if (v->address.len)
        MR_TRY(mr_store_attempt_get(tx, attempt_key(s, a, "attempt.address", v->address), now - MR_DAY_MS, &failures,
                                    &address, err));
    int64_t until = account > address ? account : address;
    /* no wait is longer: what is farther away was written by a clock that was ahead */
    *ret = until > now && until - now <= MR_LIMIT_LOCK_MS ? until - now : 0;
    return MR_OK;
}

/* Two seconds, four, eight ... up to a quarter of an hour. */
static int64_t next_wait(int64_t failures, int64_t free)
{
    int64_t wait = 2000;
    if (failures <= free) return 0;
    for (int64_t i = free + 1; i < failures && wait < MR_LIMIT_LOCK_MS; i++) wait *= 2;
    return wait < MR_LIMIT_LOCK_MS ? wait : MR_LIMIT_LOCK_MS;
}

static int fail_one(mr_service *s, mr_db_tx *tx, mr_str key, int64_t free, struct mr_err *err)
{
    int64_t now = now_of(s), failures, until;
    MR_TRY(mr_store_attempt_get(tx, key, now - MR_DAY_MS, &failures, &until, err));
    failures++;
    return mr_store_attempt_set(tx, key, failures, now, now + next_wait(failures, free), err);
}

static int note_failure(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_visitor *v, mr_str email,
                        struct mr_err *err)
{
    MR_TRY(fail_one(s, tx, attempt_key(s, a, "attempt.account", email), MR_LIMIT_LOCK_FREE_ACCOUNT, err));
    if (!v->address.len) return MR_OK;
    return fail_one(s, tx, attempt_key(s, a, "attempt.address", v->address), MR_LIMIT_LOCK_FREE_ADDRESS, err);
}

/* ---- the end of every way in ---- */

static int finish(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_visitor *v,
                  const struct mr_person_row *person, const char *how, struct mr_sign_in *ret, struct mr_err *err)
{
    const struct mr_actor actor = {.kind = MR_ACTOR_PERSON, .id = person->id};
    bool knows, any;
    MR_TRY(mr_store_session_knows(tx, person->id, v->agent, &knows, &any, err));
    if (any && !knows) MR_TRY(mr_sign_in_notify(s, tx, a, person->id, "device", v->agent, err));
    MR_TRY(mr_session_start(s, tx, a, person->id, v->agent, v->old_token, ret->token, err));
    MR_TRY(mr_store_attempt_set(tx, attempt_key(s, a, "attempt.account", person->email), 0, 0, 0, err));
    MR_TRY(mr_audit(s, tx, &actor, MR_MAY_SIGNED_IN, MR_STR_EMPTY, MR_STR_EMPTY, mr_str_of(how), err));
    ret->state = MR_SIGN_IN_DONE;
    return MR_OK;
}

static int ask_second(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_person_row *person,
                      struct mr_sign_in *ret, struct mr_err *err)
{
    const mr_env *env = mr_service_env(s);
    bool by_app = person->totp_salt.len > 0;
    mr_str code = MR_STR_EMPTY;
    mr_id_token(env, ret->token);
    if (!by_app) {
        uint64_t random;
        mr_env_random(env, &random, sizeof random);
        code = mr_arena_format(a, "%06u", (unsigned)(random % 1000000));
        const struct letter letter = {.code = code, .until = now_of(s) + MR_LIMIT_SIGN_IN_LINK_MS};
        MR_TRY(mail(s, tx, a, person, "sign_in_code", &letter, err));
    }
    const struct mr_single_use_row row = {
        .token_hash = mr_session_digest(a, mr_str_of(ret->token)),
        .kind = by_app ? MR_STR("second.app") : MR_STR("second.mail"),
        .person_id = person->id,
        .data =
            by_app ? MR_STR_EMPTY : mr_session_digest(a, mr_arena_format(a, "%s|%.*s", ret->token, MR_STR_ARG(code))),
        .expires_at = now_of(s) + MR_LIMIT_SIGN_IN_LINK_MS};
    ret->state = by_app ? MR_SIGN_IN_APP : MR_SIGN_IN_MAIL;
    return mr_store_single_use_add(tx, &row, err);
}

int mr_sign_in_proved(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_visitor *v,
                      const struct mr_person_row *person, const char *how, struct mr_sign_in *ret, struct mr_err *err)
{
    return person->totp_salt.len ? ask_second(s, tx, a, person, ret, err) : finish(s, tx, a, v, person, how, ret, err);
}

/* ---- password ---- */

static int find_account(mr_service *s, mr_arena *a, const struct mr_visitor *v, mr_str email, struct mr_person_row *ret,
                        int64_t *ret_wait, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    MR_TRY(wait_for(s, tx, a, v, email, ret_wait, err));
    return mr_store_person_find_email(tx, a, email, ret, err);
}

static int rehash(mr_db_tx *tx, mr_arena *a, struct mr_person_row *person, mr_str password, struct mr_err *err)
{
    char hash[MR_PASSWORD_HASH];
    MR_TRY(mr_password_hash(password, hash, err));
    person->password = mr_arena_dup(a, mr_str_of(hash));
    return mr_store_person_change(tx, person, err);
}

int mr_sign_in_password(mr_service *s, mr_arena *a, const struct mr_visitor *v, mr_str email, mr_str password,
                        struct mr_sign_in *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_person_row person;
    bool right, stale;
    *ret = (struct mr_sign_in){.state = MR_SIGN_IN_WAIT};
    email = mr_sign_in_email(a, email);
    MR_TRY(find_account(s, a, v, email, &person, &ret->wait_ms, err));
    if (ret->wait_ms) return MR_OK;
    if (password.len > MR_LIMIT_PASSWORD_MOST) password = MR_STR_EMPTY; /* none is as long; hashing it would cost */
    MR_TRY(mr_password_verify(person.password, password, &right, &stale, err));
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    if (!right) {
        ret->state = MR_SIGN_IN_WRONG;
        MR_TRY(note_failure(s, tx, a, v, email, err));
        return commit(&tx, err);
    }
    if (stale) MR_TRY(rehash(tx, a, &person, password, err));
    MR_TRY(ask_second(s, tx, a, &person, ret, err));
    return commit(&tx, err);
}

/* ---- second step ---- */

void mr_sign_in_app_secret(mr_service *s, mr_arena *a, mr_str person_id, mr_str salt, char ret[20])
{
    char mac[33];
    mr_service_mac(s, "totp", mr_arena_format(a, "%.*s|%.*s", MR_STR_ARG(person_id), MR_STR_ARG(salt)), mac);
    memcpy(ret, mac + 12, 20); /* 20 letters of base64url: 120 unpredictable bits */
    mr_secret_wipe(mac, sizeof mac);
}

/* Recovery codes are typed from paper: blanks and hyphens do not count. */
static mr_str recovery_hash(mr_arena *a, mr_str code)
{
    char text[40];
    size_t n = 0;
    for (size_t i = 0; i < code.len && n < sizeof text - 1; i++)
        if (code.ptr[i] != ' ' && code.ptr[i] != '-') text[n++] = (char)(code.ptr[i] | 32);
    return mr_session_digest(a, mr_str_make(text, n));
}

static int check_app(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_person_row *person, mr_str code,
                     bool *ret_right, struct mr_err *err)
{
    char secret[20];
    mr_sign_in_app_secret(s, a, person->id, person->totp_salt, secret);
    int64_t step = mr_one_time_find(mr_str_make(secret, sizeof secret), code, now_of(s));
    mr_secret_wipe(secret, sizeof secret);
    if (step) return mr_store_person_use_step(tx, person->id, step, ret_right, err);
    return mr_store_recovery_code_use(tx, person->id, recovery_hash(a, code), ret_right, err);
}

static int check_second(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_single_use_row *row,
                        const struct mr_person_row *person, mr_str step_token, mr_str code, bool *ret_right,
                        struct mr_err *err)
{
    if (mr_str_is(row->kind, "second.app")) return check_app(s, tx, a, person, code, ret_right, err);
    mr_str typed = mr_arena_format(a, "%.*s|%.*s", MR_STR_ARG(step_token), MR_STR_ARG(mr_str_trim(code)));
    *ret_right = mr_secret_eq(mr_session_digest(a, typed), row->data);
    return MR_OK;
}

static bool is_second(const struct mr_single_use_row *row)
{
    return mr_str_is(row->kind, "second.app") || mr_str_is(row->kind, "second.mail");
}

int mr_sign_in_second(mr_service *s, mr_arena *a, const struct mr_visitor *v, mr_str step_token, mr_str code,
                      struct mr_sign_in *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_single_use_row row;
    struct mr_person_row person;
    bool right = false, ours;
    mr_str hash = mr_session_digest(a, step_token);
    *ret = (struct mr_sign_in){.state = MR_SIGN_IN_OVER};
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(mr_store_single_use_find(tx, a, hash, now_of(s), &row, err));
    if (!is_second(&row) || row.tries >= MR_LIMIT_SECOND_STEP_TRIES) return MR_OK;
    MR_TRY(mr_store_person_find(tx, a, row.person_id, &person, err));
    MR_TRY(wait_for(s, tx, a, v, person.email, &ret->wait_ms, err));
    if (ret->wait_ms) {
        ret->state = MR_SIGN_IN_WAIT;
        return MR_OK;
    }
    MR_TRY(check_second(s, tx, a, &row, &person, step_token, code, &right, err));
    if (!right) {
        ret->state = MR_SIGN_IN_WRONG;
        MR_TRY(mr_store_single_use_try(tx, hash, err));
        MR_TRY(note_failure(s, tx, a, v, person.email, err));
        return commit(&tx, err);
    }
    MR_TRY(mr_store_single_use_take(tx, hash, &ours, err));
    if (!ours) return MR_OK;
    MR_TRY(finish(s, tx, a, v, &person, "sign_in.second_step", ret, err));
    return commit(&tx, err);
}

int mr_sign_in_second_kind(mr_service *s, mr_arena *a, mr_str step_token, mr_sign_in_state *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_single_use_row row;
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    MR_TRY(mr_store_single_use_find(tx, a, mr_session_digest(a, step_token), now_of(s), &row, err));
    if (!is_second(&row) || row.tries >= MR_LIMIT_SECOND_STEP_TRIES)
        *ret = MR_SIGN_IN_OVER;
    else
        *ret = mr_str_is(row.kind, "second.app") ? MR_SIGN_IN_APP : MR_SIGN_IN_MAIL;
    return MR_OK;
}

/* ---- mailed links ---- */

static int make_link(mr_service *s, mr_db_tx *tx, mr_arena *a, mr_str person_id, mr_str *ret_token, struct mr_err *err)
{
    char token[33];
    mr_id_token(mr_service_env(s), token);
    *ret_token = mr_arena_dup(a, mr_str_of(token));
    const struct mr_single_use_row row = {.token_hash = mr_session_digest(a, *ret_token),
                                          .kind = MR_STR("link"),
                                          .person_id = person_id,
                                          .expires_at = now_of(s) + MR_LIMIT_SIGN_IN_LINK_MS};
    return mr_store_single_use_add(tx, &row, err);
}

/* Counted by a row that lives an hour. */
int mr_sign_in_may_mail(mr_service *s, mr_db_tx *tx, mr_arena *a, mr_str person_id, bool *ret, struct mr_err *err)
{
    int64_t now = now_of(s), count;
    char token[33];
    *ret = false;
    if (!person_id.len) return MR_OK;
    MR_TRY(mr_store_single_use_count(tx, MR_STR("link.mailed"), person_id, now, &count, err));
    *ret = count < MR_LIMIT_LINKS_PER_HOUR;
    mr_id_token(mr_service_env(s), token);
    const struct mr_single_use_row row = {.token_hash = mr_session_digest(a, mr_str_of(token)),
                                          .kind = MR_STR("link.mailed"),
                                          .person_id = person_id,
                                          .expires_at = now + HOUR_MS};
    return *ret ? mr_store_single_use_add(tx, &row, err) : MR_OK;
}

int mr_sign_in_link_send(mr_service *s, mr_arena *a, const struct mr_visitor *v, mr_str email, bool recovery, mr_str to,
                         struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_person_row person;
    mr_str token;
    bool may;
    (void)v;
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    email = mr_sign_in_email(a, email);
    MR_TRY(mr_store_person_find_email(tx, a, email, &person, err));
    person.email = email; /* of several the one that was typed */
    MR_TRY(make_link(s, tx, a, person.id, &token, err));
    MR_TRY(mr_sign_in_may_mail(s, tx, a, person.id, &may, err));
    const struct letter letter = {.link = mr_arena_format(a, "%.*s/sign-in/link/%.*s%s%.*s",
                                                          MR_STR_ARG(mr_service_public_url(s)), MR_STR_ARG(token),
                                                          to.len ? "?to=" : "", MR_STR_ARG(to)),
                                  .until = now_of(s) + MR_LIMIT_SIGN_IN_LINK_MS};
    if (may) MR_TRY(mail(s, tx, a, &person, recovery ? "recovery" : "sign_in", &letter, err));
    return commit(&tx, err);
}

int mr_sign_in_link_make(mr_service *s, mr_arena *a, mr_str email, mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_person_row person;
    mr_str token;
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(mr_store_person_find_email(tx, a, mr_sign_in_email(a, email), &person, err));
    if (!person.id.len) return MR_FAIL(err, MR_E_NOT_FOUND, "nobody here has this address", MR_NOWHERE);
    MR_TRY(make_link(s, tx, a, person.id, &token, err));
    *ret = mr_arena_format(a, "/sign-in/link/%.*s", MR_STR_ARG(token));
    return commit(&tx, err);
}

int mr_sign_in_link_check(mr_service *s, mr_arena *a, mr_str token, bool *ret_good, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_single_use_row row;
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    MR_TRY(mr_store_single_use_find(tx, a, mr_session_digest(a, token), now_of(s), &row, err));
    *ret_good = mr_str_is(row.kind, "link") && row.person_id.len;
    return MR_OK;
}

int mr_sign_in_link(mr_service *s, mr_arena *a, const struct mr_visitor *v, mr_str token, struct mr_sign_in *ret,
                    struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_single_use_row row;
    struct mr_person_row person;
    bool ours;
    *ret = (struct mr_sign_in){.state = MR_SIGN_IN_OVER};
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(mr_store_single_use_find(tx, a, mr_session_digest(a, token), now_of(s), &row, err));
    if (!mr_str_is(row.kind, "link") || !row.person_id.len) return MR_OK;
    MR_TRY(mr_store_single_use_take(tx, row.token_hash, &ours, err));
    if (!ours) return MR_OK;
    MR_TRY(mr_store_person_find(tx, a, row.person_id, &person, err));
    MR_TRY(mr_sign_in_proved(s, tx, a, v, &person, "sign_in.link", ret, err));
    return commit(&tx, err);
}

/* ---- passkeys ---- */

mr_str mr_sign_in_origin(mr_service *s, mr_arena *a)
{
    mr_str url = mr_service_public_url(s);
    ptrdiff_t host = mr_str_find(url, MR_STR("://"));
    ptrdiff_t path = host < 0 ? -1 : mr_str_find_char(mr_str_from(url, (size_t)host + 3), '/');
    return mr_arena_dup(a, path < 0 ? url : mr_str_make(url.ptr, (size_t)(host + 3 + path)));
}

mr_str mr_sign_in_rp_id(mr_service *s, mr_arena *a)
{
    mr_str origin = mr_sign_in_origin(s, a);
    mr_str host = mr_str_from(origin, (size_t)(mr_str_find(origin, MR_STR("://")) + 3));
    ptrdiff_t port = mr_str_find_char(host, ':');
    return port < 0 || host.ptr[0] == '[' ? host : mr_str_make(host.ptr, (size_t)port);
}

int mr_sign_in_challenge(mr_service *s, mr_arena *a, mr_str purpose, mr_str *ret, struct mr_err *err)
{
    char random[33], mac[33];
    mr_id_token(mr_service_env(s), random);
    mr_str head = mr_arena_format(a, "%lld.%s", (long long)now_of(s), random);
    mr_service_mac(s, "challenge", mr_arena_format(a, "%.*s|%.*s", MR_STR_ARG(purpose), MR_STR_ARG(head)), mac);
    *ret = mr_arena_format(a, "%.*s.%s", MR_STR_ARG(head), mac);
    return ret->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for a challenge", MR_NOWHERE);
}

static bool is_our_challenge(mr_service *s, mr_arena *a, mr_str purpose, mr_str text)
{
    mr_str rest = text, time, random, mac;
    uint64_t made;
    if (!mr_str_split(&rest, '.', &time) || !mr_str_split(&rest, '.', &random) || !mr_str_split(&rest, '.', &mac) ||
        rest.ptr || !mr_str_to_u64(time, &made))
        return false;
    mr_str head = mr_str_make(text.ptr, time.len + 1 + random.len);
    mr_str subject = mr_arena_format(a, "%.*s|%.*s", MR_STR_ARG(purpose), MR_STR_ARG(head));
    if (!mr_service_mac_fits(s, "challenge", subject, mac))
        return false; /* now the time is one that was put there here */
    int64_t age = now_of(s) - (int64_t)made;
    return age >= 0 && age <= CHALLENGE_MS;
}

static int use_challenge(mr_service *s, mr_arena *a, mr_str text, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    const struct mr_single_use_row row = {
        .token_hash = mr_session_digest(a, text), .kind = MR_STR("challenge"), .expires_at = now_of(s) + CHALLENGE_MS};
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    if (mr_store_single_use_add(tx, &row, err) != MR_OK)
        return MR_FAIL(err, MR_E_STATE, "this challenge was answered already", MR_NOWHERE);
    return commit(&tx, err);
}

int mr_sign_in_client_data(mr_service *s, mr_arena *a, const char *type, mr_str purpose, mr_str client_data,
                           struct mr_err *err)
{
    const mr_json *told;
    mr_str challenge;
    MR_TRY(mr_json_parse(a, client_data, NULL, &told, err));
    if (!mr_str_is(mr_json_get_str(told, "type"), type))
        return MR_FAIL(err, MR_E_SIGNATURE, "the passkey answered something else", MR_NOWHERE);
    if (!mr_str_eq(mr_json_get_str(told, "origin"), mr_sign_in_origin(s, a)) ||
        mr_json_is(mr_json_get(told, "crossOrigin"), MR_JSON_TRUE))
        return MR_FAIL(err, MR_E_SIGNATURE, "the passkey was asked by another site", MR_NOWHERE);
    MR_TRY(mr_base64url_read(a, mr_json_get_str(told, "challenge"), &challenge, err));
    if (!is_our_challenge(s, a, purpose, challenge))
        return MR_FAIL(err, MR_E_SIGNATURE, "the challenge is not ours, or has ended", MR_NOWHERE);
    return use_challenge(s, a, challenge, err);
}

static mr_str base64url(mr_arena *a, mr_str octets)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_buf_init(&text, MR_KIB * 8);
    mr_base64url_put(&text, octets);
    return mr_arena_dup(a, mr_buf_str(&text));
}

/* Whatever does not fit is one answer: wrong. */
static int passkey_outcome(int code, struct mr_err *err, struct mr_sign_in *ret)
{
    if (code != MR_E_SIGNATURE && code != MR_E_FORMAT && code != MR_E_STATE && code != MR_E_ENCODING &&
        code != MR_E_JSON && code != MR_E_KEY)
        return code;
    mr_err_clear(err);
    ret->state = MR_SIGN_IN_WRONG;
    return MR_OK;
}

static int verify_passkey(mr_service *s, mr_arena *a, mr_db_tx *tx, const struct mr_passkey_answer *answer,
                          struct mr_passkey_row *row, int64_t *ret_counter, struct mr_err *err)
{
    MR_TRY(mr_store_passkey_find(tx, a, base64url(a, answer->id), row, err));
    if (!row->id.len) return MR_FAIL(err, MR_E_SIGNATURE, "nobody here has this passkey", MR_NOWHERE);
    const struct mr_passkey_wanted wanted = {.rp_id = mr_sign_in_rp_id(s, a), .origin = mr_sign_in_origin(s, a)};
    const struct mr_passkey kept = {
        .id = answer->id, .public_key = row->public_key, .algorithm = row->algorithm, .counter = row->counter};
    return mr_passkey_verify(a, &wanted, &kept, answer->client_data, answer->auth_data, answer->signature, ret_counter,
                             err);
}

int mr_sign_in_passkey(mr_service *s, mr_arena *a, const struct mr_visitor *v, const struct mr_passkey_answer *answer,
                       struct mr_sign_in *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_passkey_row row;
    struct mr_person_row person;
    int64_t counter;
    *ret = (struct mr_sign_in){.state = MR_SIGN_IN_WRONG};
    int code = mr_sign_in_client_data(s, a, "webauthn.get", MR_STR("sign_in"), answer->client_data, err);
    if (code != MR_OK) return passkey_outcome(code, err, ret);
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    code = verify_passkey(s, a, tx, answer, &row, &counter, err);
    if (code != MR_OK) return passkey_outcome(code, err, ret);
    MR_TRY(mr_store_passkey_used(tx, row.id, counter, now_of(s), err));
    MR_TRY(mr_store_person_find(tx, a, row.person_id, &person, err));
    MR_TRY(finish(s, tx, a, v, &person, "sign_in.passkey", ret, err));
    return commit(&tx, err);
}

/* ---- accounts elsewhere ---- */

int mr_sign_in_elsewhere(mr_service *s, mr_arena *a, const struct mr_visitor *v, mr_str issuer, mr_str subject,
                         mr_str email, struct mr_sign_in *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_person_row person;
    *ret = (struct mr_sign_in){.state = MR_SIGN_IN_NOBODY};
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(mr_store_person_find_identity(tx, a, issuer, subject, &person, err));
    if (!person.id.len && email.len) {
        MR_TRY(mr_store_person_find_email(tx, a, mr_sign_in_email(a, email), &person, err));
        if (person.id.len) MR_TRY(mr_store_identity_add(tx, issuer, subject, person.id, now_of(s), err));
    }
    if (!person.id.len) return MR_OK;
    MR_TRY(finish(s, tx, a, v, &person, "sign_in.elsewhere", ret, err));
    return commit(&tx, err);
}
