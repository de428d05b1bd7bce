#include "service/account.h"
#include "base/encoding.h"
#include "base/id.h"
#include "base/limits.h"
#include "base/secret.h"
#include "crypto/one_time_code.h"
#include "crypto/password.h"
#include "service/audit.h"
#include "service/passkey.h"
#include "service/password_rules.h"
#include "store/person.h"
#include "text/messages.h"

static int commit(mr_db_tx **tx, struct mr_err *err)
{
    mr_db_tx *ending = *tx;
    *tx = NULL;
    return mr_db_commit(ending, err);
}

static int begin(mr_service *s, mr_arena *a, const struct mr_actor *actor, bool writes, mr_db_tx **ret_tx,
                 struct mr_person_row *ret, struct mr_err *err)
{
    if (actor->kind != MR_ACTOR_PERSON) return MR_FAIL(err, MR_E_FORBIDDEN, "only people have an account", MR_NOWHERE);
    MR_TRY(mr_db_begin(mr_service_db(s), writes, ret_tx, err));
    MR_TRY(mr_store_person_find(*ret_tx, a, actor->id, ret, err));
    return ret->id.len ? MR_OK : MR_FAIL(err, MR_E_NOT_FOUND, "there is no such account", MR_NOWHERE);
}

static int note(mr_service *s, mr_db_tx *tx, const struct mr_actor *actor, const char *what, struct mr_err *err)
{
    return mr_audit(s, tx, actor, MR_MAY_SIGNED_IN, MR_STR_EMPTY, MR_STR_EMPTY, mr_str_of(what), err);
}

int mr_account_get(mr_service *s, mr_arena *a, const struct mr_actor *actor, struct mr_account *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_person_row p;
    MR_TRY(begin(s, a, actor, false, &tx, &p, err));
    *ret = (struct mr_account){.email = p.email,
                               .name = p.name,
                               .language = p.language,
                               .has_password = p.password.len > 0,
                               .has_app = p.totp_salt.len > 0,
                               .installation = p.installation};
    MR_TRY(mr_store_recovery_codes_count(tx, p.id, &ret->recovery_codes, err));
    return mr_store_passkey_list(tx, a, p.id, MR_LIMIT_PASSKEYS, &ret->passkeys, &ret->passkey_count, err);
}

int mr_account_change(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str name, mr_str language,
                      struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_person_row p;
    name = mr_str_trim(name);
    if (!name.len || mr_utf8_length(name) > MR_LIMIT_NAME || !mr_utf8_is_plain(name, true))
        return MR_FAIL_DETAIL(err, MR_E_FORMAT, "the name is empty or too long", "%s", "name");
    const mr_language *l = mr_language_find(language);
    if (!l) return MR_FAIL_DETAIL(err, MR_E_FORMAT, "this language is not spoken here", "%s", "language");
    MR_TRY(begin(s, a, actor, true, &tx, &p, err));
    p.name = name;
    p.language = mr_language_tag(l);
    MR_TRY(mr_store_person_change(tx, &p, err));
    MR_TRY(note(s, tx, actor, "account.change", err));
    return commit(&tx, err);
}

int mr_account_set_password(mr_service *s, mr_arena *a, const struct mr_session *session, mr_str password,
                            struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_person_row p;
    char hash[MR_PASSWORD_HASH] = {0};
    const char *fault = password.len ? mr_password_fault(password, session->email, session->actor.name) : NULL;
    if (fault) return MR_FAIL_DETAIL(err, MR_E_FORMAT, "this password is not taken", "%s", fault);
    if (password.len) MR_TRY(mr_password_hash(password, hash, err));
    MR_TRY(begin(s, a, &session->actor, true, &tx, &p, err));
    p.password = mr_str_of(hash);
    MR_TRY(mr_store_person_change(tx, &p, err));
    MR_TRY(mr_store_session_end_others(tx, p.id, session->id, err));
    MR_TRY(mr_sign_in_notify(s, tx, a, p.id, "password", MR_STR_EMPTY, err));
    MR_TRY(note(s, tx, &session->actor, "account.password", err));
    return commit(&tx, err);
}

/* ---- authenticator app ---- */

static int describe_app(mr_service *s, mr_arena *a, const struct mr_session *session, mr_str salt,
                        struct mr_account_app *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf secret;
    char octets[20];
    mr_buf_init(&secret, 64);
    mr_sign_in_app_secret(s, a, session->actor.id, salt, octets);
    mr_base32_put(&secret, mr_str_make(octets, sizeof octets));
    mr_secret_wipe(octets, sizeof octets);
    ret->salt = mr_arena_dup(a, salt);
    ret->secret = mr_arena_dup(a, mr_buf_str(&secret));
    /* An address has no sign that would have to be escaped in the path, but "%" and beyond ASCII; those are left to the app's own naming. */
    mr_str label = MR_STR("account");
    bool plain = session->email.len > 0;
    for (size_t i = 0; i < session->email.len && plain; i++)
        plain = session->email.ptr[i] > ' ' && session->email.ptr[i] < 127 && !strchr("%?#&/:+", session->email.ptr[i]);
    if (plain) label = session->email;
    ret->uri = mr_arena_format(a, "otpauth://totp/Merit:%.*s?secret=%.*s&issuer=Merit", MR_STR_ARG(label),
                               MR_STR_ARG(ret->secret));
    return ret->uri.ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for a secret", MR_NOWHERE);
}

/* A salt goes to the form and back with a mac behind it: "<random>.<mac>". */
static mr_str app_subject(mr_arena *a, const struct mr_session *session, mr_str bare)
{
    return mr_arena_format(a, "%.*s|%.*s", MR_STR_ARG(session->actor.id), MR_STR_ARG(bare));
}

int mr_account_app_begin(mr_service *s, mr_arena *a, const struct mr_session *session, struct mr_account_app *ret,
                         struct mr_err *err)
{
    char token[33], mac[33];
    mr_id_token(mr_service_env(s), token);
    mr_service_mac(s, "totp.salt", app_subject(a, session, mr_str_of(token)), mac);
    return describe_app(s, a, session, mr_arena_format(a, "%s.%s", token, mac), ret, err);
}

int mr_account_app_again(mr_service *s, mr_arena *a, const struct mr_session *session, mr_str salt,
                         struct mr_account_app *ret, struct mr_err *err)
{
    mr_str rest = salt, bare;
    mr_str_split(&rest, '.', &bare);
    if (!rest.ptr || !mr_service_mac_fits(s, "totp.salt", app_subject(a, session, bare), rest))
        return MR_FAIL(err, MR_E_STATE, "this secret is not from here", MR_NOWHERE);
    return describe_app(s, a, session, salt, ret, err);
}

/* "k7qd-9mx2-..." : 16 letters and digits that are not mistaken for each other, 80 bits. */
static mr_str make_code(mr_service *s, mr_arena *a)
{
    static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789a"; /* 32 */
    uint8_t random[16];
    char text[20];
    size_t n = 0;
    mr_env_random(mr_service_env(s), random, sizeof random);
    for (size_t i = 0; i < sizeof random; i++) {
        if (i && i % 4 == 0) text[n++] = '-';
        text[n++] = letters[random[i] & 31];
    }
    return mr_arena_dup(a, mr_str_make(text, n));
}

static int set_codes(mr_service *s, mr_db_tx *tx, mr_arena *a, mr_str person_id, mr_str *ret_codes, struct mr_err *err)
{
    mr_str hashes[MR_LIMIT_RECOVERY_CODES];
    for (size_t i = 0; i < MR_LIMIT_RECOVERY_CODES; i++) {
        char bare[20];
        size_t n = 0;
        ret_codes[i] = make_code(s, a);
        for (size_t k = 0; k < ret_codes[i].len; k++)
            if (ret_codes[i].ptr[k] != '-') bare[n++] = ret_codes[i].ptr[k] | 32;
        hashes[i] = mr_session_digest(a, mr_str_make(bare, n));
    }
    return mr_store_recovery_codes_set(tx, person_id, hashes, MR_LIMIT_RECOVERY_CODES, err);
}

int mr_account_app_confirm(mr_service *s, mr_arena *a, const struct mr_session *session, mr_str salt, mr_str code,
                           mr_str *ret_codes, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_account_app app;
    struct mr_person_row p;
    char secret[20];
    MR_TRY(mr_account_app_again(s, a, session, salt, &app, err));
    mr_sign_in_app_secret(s, a, session->actor.id, salt, secret);
    int64_t step = mr_one_time_find(mr_str_make(secret, sizeof secret), code, mr_env_now(mr_service_env(s)));
    mr_secret_wipe(secret, sizeof secret);
    if (!step) return MR_FAIL_DETAIL(err, MR_E_FORMAT, "this is not the code of now", "%s", "code");
    MR_TRY(begin(s, a, &session->actor, true, &tx, &p, err));
    p.totp_salt = salt;
    p.totp_step = step;
    MR_TRY(mr_store_person_change(tx, &p, err));
    MR_TRY(set_codes(s, tx, a, p.id, ret_codes, err));
    MR_TRY(mr_sign_in_notify(s, tx, a, p.id, "second_step", MR_STR_EMPTY, err));
    MR_TRY(note(s, tx, &session->actor, "account.second_step", err));
    return commit(&tx, err);
}

int mr_account_app_remove(mr_service *s, mr_arena *a, const struct mr_session *session, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_person_row p;
    MR_TRY(begin(s, a, &session->actor, true, &tx, &p, err));
    p.totp_salt = MR_STR_EMPTY;
    MR_TRY(mr_store_person_change(tx, &p, err));
    MR_TRY(mr_store_recovery_codes_set(tx, p.id, NULL, 0, err));
    MR_TRY(mr_sign_in_notify(s, tx, a, p.id, "second_step", MR_STR_EMPTY, err));
    MR_TRY(note(s, tx, &session->actor, "account.second_step_off", err));
    return commit(&tx, err);
}

int mr_account_new_codes(mr_service *s, mr_arena *a, const struct mr_session *session, mr_str *ret_codes,
                         struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_person_row p;
    MR_TRY(begin(s, a, &session->actor, true, &tx, &p, err));
    if (!p.totp_salt.len) return MR_FAIL(err, MR_E_STATE, "there is no authenticator app", MR_NOWHERE);
    MR_TRY(set_codes(s, tx, a, p.id, ret_codes, err));
    MR_TRY(note(s, tx, &session->actor, "account.recovery_codes", err));
    return commit(&tx, err);
}

/* ---- passkeys ---- */

static int read_new(mr_service *s, mr_arena *a, const struct mr_session *session,
                    const struct mr_passkey_answer *answer, struct mr_passkey *ret, struct mr_err *err)
{
    mr_str purpose = mr_arena_format(a, "add %.*s", MR_STR_ARG(session->actor.id));
    const struct mr_passkey_wanted wanted = {.rp_id = mr_sign_in_rp_id(s, a), .origin = mr_sign_in_origin(s, a)};
    MR_TRY(mr_sign_in_client_data(s, a, "webauthn.create", purpose, answer->client_data, err));
    return mr_passkey_register(a, &wanted, answer->auth_data, ret, err);
}

int mr_account_passkey_add(mr_service *s, mr_arena *a, const struct mr_session *session, mr_str name, mr_str agent,
                           const struct mr_passkey_answer *answer, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_CLEANUP(mr_buf_done) mr_buf id;
    struct mr_passkey key;
    struct mr_person_row p;
    struct mr_passkey_row *there;
    size_t count;
    mr_buf_init(&id, MR_KIB * 8);
    name = mr_str_trim(name);
    if (mr_utf8_length(name) > MR_LIMIT_NAME || !mr_utf8_is_plain(name, true))
        return MR_FAIL_DETAIL(err, MR_E_FORMAT, "the name is too long", "%s", "name");
    MR_TRY(read_new(s, a, session, answer, &key, err));
    MR_TRY(begin(s, a, &session->actor, true, &tx, &p, err));
    MR_TRY(mr_store_passkey_list(tx, a, p.id, MR_LIMIT_PASSKEYS, &there, &count, err));
    if (count == MR_LIMIT_PASSKEYS) return MR_FAIL(err, MR_E_LIMIT, "these are many passkeys", MR_NOWHERE);
    mr_base64url_put(&id, key.id);
    const struct mr_passkey_row row = {.id = mr_buf_str(&id),
                                       .person_id = p.id,
                                       .name = name.len ? name : agent,
                                       .public_key = key.public_key,
                                       .algorithm = key.algorithm,
                                       .counter = key.counter,
                                       .created_at = mr_env_now(mr_service_env(s))};
    MR_TRY(mr_store_passkey_add(tx, &row, err));
    MR_TRY(mr_sign_in_notify(s, tx, a, p.id, "passkey", row.name, err));
    MR_TRY(note(s, tx, &session->actor, "account.passkey", err));
    return commit(&tx, err);
}

int mr_account_passkey_remove(mr_service *s, mr_arena *a, const struct mr_session *session, mr_str id,
                              struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_person_row p;
    MR_TRY(begin(s, a, &session->actor, true, &tx, &p, err));
    MR_TRY(mr_store_passkey_remove(tx, p.id, id, err));
    MR_TRY(note(s, tx, &session->actor, "account.passkey_off", err));
    return commit(&tx, err);
}
