/* What people do with their own account: name and language, password, passkeys, second step, sessions, for whom they act. What changes how somebody signs in asks for a
 * fresh sign-in first. The operator has no account. */
#include "service/account.h"
#include "base/limits.h"
#include "credential/qr.h"
#include "service/people.h"
#include "web/session.h"

#define ACCOUNT MR_STR("/account")

static bool may_change(mr_page *p, mr_str path)
{
    return mr_web_has_account(p) && mr_web_is_fresh(p, path);
}

/* Done, or what went wrong. */
static void back(mr_page *p, int code, const struct mr_err *err)
{
    if (code == MR_OK)
        mr_http_redirect(p->response, ACCOUNT);
    else
        mr_page_fail(p, err);
}

/* ---- the page ---- */

static void put_passkeys(mr_page *p, const struct mr_account *account)
{
    mr_json_writer *v = &p->view;
    mr_json_put_name(v, "passkeys");
    mr_json_begin_array(v);
    for (size_t i = 0; i < account->passkey_count; i++) {
        const struct mr_passkey_row *k = &account->passkeys[i];
        mr_json_begin_object(v);
        mr_json_put_member(v, "id", k->id);
        mr_json_put_member(v, "name", k->name);
        mr_json_put_member(v, "since", mr_say_day(p->arena, p->language, k->created_at));
        mr_json_put_member(v, "used", mr_say_time(p->arena, p->language, k->used_at));
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    mr_json_put_flag(&p->view, "has_passkeys", account->passkey_count > 0);
}

static int put_sessions(mr_page *p, struct mr_err *err)
{
    struct mr_session_row *sessions;
    size_t count;
    mr_json_writer *v = &p->view;
    MR_TRY(mr_session_list(p->service, p->arena, p->actor, &sessions, &count, err));
    mr_json_put_name(v, "sessions");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count; i++) {
        mr_json_begin_object(v);
        mr_json_put_member(v, "id", sessions[i].id);
        mr_json_put_member(v, "agent", sessions[i].agent);
        mr_json_put_member(v, "seen", mr_say_time(p->arena, p->language, sessions[i].seen_at));
        mr_json_put_member(v, "since", mr_say_day(p->arena, p->language, sessions[i].created_at));
        mr_json_put_flag(v, "here", mr_str_eq(sessions[i].id, p->session->id));
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    mr_json_put_flag(&p->view, "several_sessions", count > 1);
    return MR_OK;
}

static void put_roles_here(mr_page *p)
{
    mr_json_writer *v = &p->view;
    mr_json_put_name(v, "memberships");
    mr_json_begin_array(v);
    for (size_t i = 0; i < p->session->org_count; i++) {
        mr_json_begin_object(v);
        mr_json_put_member(v, "organisation", mr_page_call_organisation(p, &p->session->orgs[i]));
        mr_json_put_member(v, "roles", mr_web_say_roles(p, p->actor->grants[i].roles));
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    mr_json_put_flag(&p->view, "has_memberships", p->session->org_count > 0);
    mr_json_put_flag(&p->view, "installation", p->actor->installation);
}

static void put_tongues(mr_page *p, mr_str chosen)
{
    mr_json_writer *v = &p->view;
    mr_json_put_name(v, "tongues");
    mr_json_begin_array(v);
    for (const mr_language *const *l = mr_languages(); *l; l++) {
        mr_json_begin_object(v);
        mr_json_put_member(v, "tag", mr_language_tag(*l));
        mr_json_put_member(v, "name", mr_language_own_name(*l));
        mr_json_put_flag(v, "chosen", mr_str_eq(mr_language_tag(*l), chosen));
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
}

/* name: what was typed, when that was wrong */
static void show(mr_page *p, const char *wrong, mr_str name)
{
    struct mr_err err = {0};
    struct mr_account account;
    mr_page_begin(p, "account.title", "");
    int code = mr_account_get(p->service, p->arena, p->actor, &account, &err);
    if (code == MR_OK) code = put_sessions(p, &err);
    if (code != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_json_put_member(&p->view, "email", account.email);
    mr_json_put_member(&p->view, "name", wrong ? name : account.name);
    if (wrong) {
        mr_http_set_status(p->response, 422);
        mr_page_say(p, "wrong", wrong);
    }
    mr_json_put_flag(&p->view, "has_password", account.has_password);
    mr_json_put_flag(&p->view, "has_app", account.has_app);
    mr_json_put_member(&p->view, "codes_left", mr_say_count(p->arena, p->language, account.recovery_codes));
    put_passkeys(p, &account);
    put_roles_here(p);
    put_tongues(p, account.language);
    mr_page_show_private(p, "account");
}

void mr_web_account(mr_page *p)
{
    if (mr_web_has_account(p)) show(p, NULL, MR_STR_EMPTY);
}

void mr_web_account_change(mr_page *p)
{
    struct mr_err err = {0};
    if (!mr_web_has_account(p)) return;
    mr_str name = mr_http_form(p->request, "name"), language = mr_http_form(p->request, "language");
    int code = mr_account_change(p->service, p->arena, p->actor, name, language, &err);
    if (code == MR_E_FORMAT) {
        show(p, "account.wrong.name", name);
        return;
    }
    const mr_language *l = mr_language_find(language);
    if (code == MR_OK && l)
        mr_page_set_cookie(p, "merit_language", mr_arena_cstr(p->arena, mr_language_tag(l)), "; Max-Age=31536000");
    back(p, code, &err);
}

void mr_web_account_acting_for(mr_page *p)
{
    struct mr_err err = {0};
    if (!mr_web_has_account(p)) return;
    int code = mr_session_act_for(p->service, p->session, mr_http_form(p->request, "organisation"), &err);
    if (code == MR_OK)
        mr_http_redirect(p->response, MR_STR("/provider"));
    else
        mr_page_fail(p, &err);
}

/* ---- password ---- */

static void show_password(mr_page *p, const char *wrong)
{
    struct mr_err err = {0};
    struct mr_account account;
    mr_page_begin(p, "account.password.title", "");
    if (mr_account_get(p->service, p->arena, p->actor, &account, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    if (wrong) {
        mr_http_set_status(p->response, 422);
        mr_page_say(p, "wrong", wrong);
    }
    mr_json_put_member(&p->view, "email", account.email);
    mr_json_put_flag(&p->view, "has_password", account.has_password);
    mr_json_put_flag(&p->view, "has_app", account.has_app);
    mr_page_show_private(p, "account_password");
}

void mr_web_account_password_form(mr_page *p)
{
    if (may_change(p, MR_STR("/account/password"))) show_password(p, NULL);
}

void mr_web_account_password(mr_page *p)
{
    struct mr_err err = {0};
    mr_str password = mr_http_form(p->request, "password");
    bool remove = mr_http_form(p->request, "remove").len > 0;
    if (!may_change(p, MR_STR("/account/password"))) return;
    if (!remove && !password.len) {
        show_password(p, "password.short");
        return;
    }
    int code = mr_account_set_password(p->service, p->arena, p->session, remove ? MR_STR_EMPTY : password, &err);
    if (code == MR_E_FORMAT)
        show_password(p, mr_arena_format(p->arena, "password.%s", err.detail).ptr);
    else
        back(p, code, &err);
}

/* ---- passkeys ---- */

static void show_passkey(mr_page *p, const char *wrong)
{
    struct mr_err err = {0};
    mr_str challenge;
    mr_page_begin(p, "account.passkey.title", "");
    mr_str purpose = mr_arena_format(p->arena, "add %.*s", MR_STR_ARG(p->actor->id));
    if (mr_sign_in_challenge(p->service, p->arena, purpose, &challenge, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_web_put_base64url(p, "challenge", challenge);
    mr_web_put_base64url(p, "user_id", p->actor->id);
    mr_json_put_member(&p->view, "rp_id", mr_sign_in_rp_id(p->service, p->arena));
    mr_json_put_member(&p->view, "email", p->session->email);
    mr_json_put_member(&p->view, "display", p->actor->name);
    if (wrong) {
        mr_http_set_status(p->response, 422);
        mr_page_say(p, "wrong", wrong);
    }
    mr_page_show_private(p, "account_passkey");
}

void mr_web_account_passkey_form(mr_page *p)
{
    if (may_change(p, MR_STR("/account/passkeys"))) show_passkey(p, NULL);
}

void mr_web_account_passkey_add(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_passkey_answer answer;
    if (!may_change(p, MR_STR("/account/passkeys"))) return;
    if (!mr_web_read_passkey(p, &answer)) {
        show_passkey(p, "account.passkey.wrong");
        return;
    }
    int code = mr_account_passkey_add(p->service, p->arena, p->session, mr_http_form(p->request, "name"),
                                      mr_web_visitor(p).agent, &answer, &err);
    if (code == MR_E_SIGNATURE || code == MR_E_FORMAT || code == MR_E_STATE || code == MR_E_EXISTS ||
        code == MR_E_UNSUPPORTED || code == MR_E_JSON || code == MR_E_ENCODING)
        show_passkey(p, "account.passkey.wrong");
    else
        back(p, code, &err);
}

void mr_web_account_passkey_remove(mr_page *p)
{
    struct mr_err err = {0};
    if (!may_change(p, ACCOUNT)) return;
    int code = mr_account_passkey_remove(p->service, p->arena, p->session, p->part[0], &err);
    back(p, code, &err);
}

/* ---- second step ---- */

static void show_app(mr_page *p, mr_str salt, const char *wrong)
{
    struct mr_err err = {0};
    struct mr_account_app app;
    mr_str picture = MR_STR_EMPTY;
    mr_page_begin(p, "account.app.title", "");
    int code = salt.len ? mr_account_app_again(p->service, p->arena, p->session, salt, &app, &err)
                        : mr_account_app_begin(p->service, p->arena, p->session, &app, &err);
    if (code == MR_OK) code = mr_qr_picture(p->arena, app.uri, &picture, &err);
    if (code != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_json_put_member(&p->view, "salt", app.salt);
    mr_json_put_member(&p->view, "secret", app.secret);
    mr_json_put_member(&p->view, "picture", picture);
    if (wrong) {
        mr_http_set_status(p->response, 422);
        mr_page_say(p, "wrong", wrong);
    }
    mr_page_show_private(p, "account_app");
}

static void show_codes(mr_page *p, const mr_str *codes)
{
    mr_page_begin(p, "account.codes.title", "");
    mr_json_put_name(&p->view, "codes");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < MR_LIMIT_RECOVERY_CODES; i++) mr_json_put_str(&p->view, codes[i]);
    mr_json_end_array(&p->view);
    mr_page_show_private(p, "account_codes");
}

void mr_web_account_app_form(mr_page *p)
{
    if (may_change(p, MR_STR("/account/second-step"))) show_app(p, MR_STR_EMPTY, NULL);
}

void mr_web_account_app_confirm(mr_page *p)
{
    struct mr_err err = {0};
    mr_str codes[MR_LIMIT_RECOVERY_CODES], salt = mr_http_form(p->request, "salt");
    if (!may_change(p, MR_STR("/account/second-step"))) return;
    int code =
        mr_account_app_confirm(p->service, p->arena, p->session, salt, mr_http_form(p->request, "code"), codes, &err);
    if (code == MR_OK)
        show_codes(p, codes);
    else if (code == MR_E_FORMAT)
        show_app(p, salt, "account.app.wrong");
    else
        mr_page_fail(p, &err);
}

void mr_web_account_app_remove(mr_page *p)
{
    struct mr_err err = {0};
    if (!may_change(p, ACCOUNT)) return;
    int code = mr_account_app_remove(p->service, p->arena, p->session, &err);
    back(p, code, &err);
}

void mr_web_account_new_codes(mr_page *p)
{
    struct mr_err err = {0};
    mr_str codes[MR_LIMIT_RECOVERY_CODES];
    if (!may_change(p, ACCOUNT)) return;
    if (mr_account_new_codes(p->service, p->arena, p->session, codes, &err) == MR_OK)
        show_codes(p, codes);
    else
        mr_page_fail(p, &err);
}

/* ---- sessions ---- */

void mr_web_account_session_end(mr_page *p)
{
    struct mr_err err = {0};
    if (!mr_web_has_account(p)) return;
    int code = mr_session_end_one(p->service, p->actor, p->part[0], &err);
    back(p, code, &err);
}

/* Everywhere: here, too. */
void mr_web_account_sessions_end(mr_page *p)
{
    struct mr_err err = {0};
    if (!mr_web_has_account(p)) return;
    bool keep = mr_http_form(p->request, "keep").len > 0;
    int code = mr_session_end_others(p->service, p->actor, keep ? p->session->id : MR_STR_EMPTY, &err);
    if (code == MR_OK && !keep) {
        mr_web_session_clear(p);
        mr_http_redirect(p->response, MR_STR("/sign-in"));
    } else
        back(p, code, &err);
}
