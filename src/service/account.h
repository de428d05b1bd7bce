/* What people do with their own account. Those that change how somebody signs in need a fresh session, which the page asks for; they end all other sessions
 * where that is wanted and tell the owner by mail. All act on the actor alone: MR_E_FORBIDDEN for anybody but a person. */
#ifndef MR_SERVICE_ACCOUNT_H
#define MR_SERVICE_ACCOUNT_H

#include "service/sign_in.h"

struct mr_account {
    mr_str email, name, language;
    bool has_password, has_app, installation;
    int64_t recovery_codes; /* left */
    struct mr_passkey_row *passkeys;
    size_t passkey_count;
};
int mr_account_get(mr_service *s, mr_arena *a, const struct mr_actor *actor, struct mr_account *ret,
                   struct mr_err *err) MR_MUST_CHECK;
/* Errors: MR_E_FORMAT (detail "name": empty or too long; "language": not spoken here). */
int mr_account_change(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str name, mr_str language,
                      struct mr_err *err) MR_MUST_CHECK;
/* A new password; empty: none any more. Ends all sessions but this one. Errors: MR_E_FORMAT (detail: the fault, service/password_rules.h). */
int mr_account_set_password(mr_service *s, mr_arena *a, const struct mr_session *session, mr_str password,
                            struct mr_err *err) MR_MUST_CHECK;

/* Begin with an authenticator app: a salt, and the address "otpauth://..." that apps read as a QR code, with the secret in base32. Nothing is stored yet: the form
 * brings the salt back, with its mac. In `a`. */
struct mr_account_app {
    mr_str salt, secret, uri;
};
int mr_account_app_begin(mr_service *s, mr_arena *a, const struct mr_session *session, struct mr_account_app *ret,
                         struct mr_err *err) MR_MUST_CHECK;
/* The same again for a salt that a form brought back. Errors: MR_E_STATE: it is not from here. */
int mr_account_app_again(mr_service *s, mr_arena *a, const struct mr_session *session, mr_str salt,
                         struct mr_account_app *ret, struct mr_err *err) MR_MUST_CHECK;
/* The first code shows that the app works: from now on it is asked for. Errors: MR_E_FORMAT (detail "code"), MR_E_STATE.
 *   ret_codes  MR_LIMIT_RECOVERY_CODES new recovery codes, shown this once; in `a` */
int mr_account_app_confirm(mr_service *s, mr_arena *a, const struct mr_session *session, mr_str salt, mr_str code,
                           mr_str *ret_codes, struct mr_err *err) MR_MUST_CHECK;
int mr_account_app_remove(mr_service *s, mr_arena *a, const struct mr_session *session,
                          struct mr_err *err) MR_MUST_CHECK;
/* New recovery codes in place of those that are left. Errors: MR_E_STATE: there is no app. */
int mr_account_new_codes(mr_service *s, mr_arena *a, const struct mr_session *session, mr_str *ret_codes,
                         struct mr_err *err) MR_MUST_CHECK;

/* A passkey that the browser made. name empty: the browser's family. Errors: MR_E_SIGNATURE, MR_E_FORMAT, MR_E_STATE, MR_E_EXISTS, MR_E_LIMIT. */
int mr_account_passkey_add(mr_service *s, mr_arena *a, const struct mr_session *session, mr_str name, mr_str agent,
                           const struct mr_passkey_answer *answer, struct mr_err *err) MR_MUST_CHECK;
int mr_account_passkey_remove(mr_service *s, mr_arena *a, const struct mr_session *session, mr_str id,
                              struct mr_err *err) MR_MUST_CHECK;

#endif
