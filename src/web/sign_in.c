/* The way in for people: passkey, password and second step, mailed link, accounts elsewhere; and the way out. A mailed link is opened in two steps, because programs that
 * look through mail open every link in it: the page it leads to has a button, and only that uses the link up.
 *
 *   GET  /sign-in?to=/provider        the page; again=1: a fresh sign-in is asked for
 *   POST /sign-in/password|passkey|link|second, /sign-in/link/TOKEN
 */
#include "base/encoding.h"
#include "base/limits.h"
#include "service/elsewhere.h"
#include "service/oidc.h"
#include "web/session.h"

#define STEP_COOKIE "merit_step"
#define STATE_COOKIE "merit_state"
#define SHORT_COOKIE "; HttpOnly; Max-Age=900"
#define NO_COOKIE "; HttpOnly; Max-Age=0"

void mr_web_put_base64url(mr_page *p, const char *member, mr_str octets)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_buf_init(&text, MR_KIB * 8);
    mr_base64url_put(&text, octets);
    mr_json_put_member(&p->view, member, mr_buf_str(&text));
}

static mr_str field_to(mr_page *p)
{
    mr_str to = mr_http_form(p->request, "to");
    return mr_web_path_within(to.len ? to : mr_http_query(p->request, "to"));
}

/* ---- the page ---- */

static void put_elsewhere(mr_page *p)
{
    const struct mr_elsewhere *e = mr_page_elsewhere(p);
    mr_json_put_name(&p->view, "providers");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < e->provider_count; i++) {
        mr_json_begin_object(&p->view);
        mr_json_put_member(&p->view, "id", e->providers[i].id);
        mr_json_put_member(&p->view, "label", e->providers[i].label);
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
    mr_json_put_flag(&p->view, "federation", e->proxy_secret.len > 0);
    mr_json_put_member(&p->view, "federation_label", e->proxy_label);
    mr_json_put_flag(&p->view, "elsewhere", e->provider_count || e->proxy_secret.len);
}

/* wrong: message of what did not work, or NULL; email: what was typed. */
static void show(mr_page *p, const char *wrong, mr_str sentence, mr_str email, mr_str to)
{
    struct mr_err err = {0};
    mr_str challenge;
    mr_page_begin(p, "sign_in.title", "");
    if (mr_sign_in_challenge(p->service, p->arena, MR_STR("sign_in"), &challenge, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_web_put_base64url(p, "challenge", challenge);
    mr_json_put_member(&p->view, "rp_id", mr_sign_in_rp_id(p->service, p->arena));
    mr_json_put_member(&p->view, "to", to);
    mr_json_put_member(&p->view, "email", email.len ? email : p->session ? p->session->email : MR_STR_EMPTY);
    mr_json_put_flag(&p->view, "again", mr_http_query(p->request, "again").len > 0);
    if (wrong) {
        mr_http_set_status(p->response, 422);
        mr_json_put_member(&p->view, "wrong", sentence.len ? sentence : mr_message(p->language, wrong));
    }
    put_elsewhere(p);
    mr_page_show_private(p, "sign_in");
}

void mr_web_sign_in(mr_page *p)
{
    show(p, NULL, MR_STR_EMPTY, MR_STR_EMPTY, field_to(p));
}

/* ---- what comes of it ---- */

/* Where somebody who has no other wish begins. */
static mr_str first_page(mr_page *p, const char *token)
{
    struct mr_session session;
    if (mr_session_open(p->service, p->arena, mr_str_of(token), &session, NULL) != MR_OK) return MR_STR("/account");
    if (session.org_count) return MR_STR("/provider");
    return session.actor.installation ? MR_STR("/installation") : MR_STR("/wallet");
}

static mr_str say_wait(mr_page *p, int64_t wait_ms)
{
    int64_t minutes = (wait_ms + 59999) / 60000;
    return MR_SAY(p->arena, p->language, "sign_in.wait", {"count", mr_say_count(p->arena, p->language, minutes)});
}

static void show_second(mr_page *p, mr_sign_in_state kind, const char *wrong, mr_str sentence, mr_str to)
{
    mr_page_begin(p, "sign_in.second.title", "");
    mr_json_put_member(&p->view, "to", to);
    mr_json_put_flag(&p->view, "by_app", kind == MR_SIGN_IN_APP);
    if (wrong || sentence.len) {
        mr_http_set_status(p->response, 422);
        mr_json_put_member(&p->view, "wrong", sentence.len ? sentence : mr_message(p->language, wrong));
    }
    mr_page_show_private(p, "sign_in_second");
}

static void show_over(mr_page *p)
{
    mr_page_begin(p, "sign_in.over.title", "");
    mr_http_set_status(p->response, 410);
    mr_page_show_private(p, "sign_in_over");
}

/* NOBODY and DONE and the second steps; WRONG and WAIT are shown by the form they came from. */
bool mr_web_sign_in_go_on(mr_page *p, const struct mr_sign_in *r, mr_str to)
{
    switch (r->state) {
    case MR_SIGN_IN_DONE:
        mr_web_session_set(p, r->token);
        mr_page_set_cookie(p, STEP_COOKIE, "", NO_COOKIE);
        mr_http_redirect(p->response, to.len ? to : first_page(p, r->token));
        return true;
    case MR_SIGN_IN_MAIL:
    case MR_SIGN_IN_APP:
        mr_page_set_cookie(p, STEP_COOKIE, r->token, SHORT_COOKIE);
        mr_http_redirect(p->response,
                         mr_arena_format(p->arena, "/sign-in/second%s%.*s", to.len ? "?to=" : "", MR_STR_ARG(to)));
        return true;
    case MR_SIGN_IN_OVER: show_over(p); return true;
    default: return false;
    }
}

void mr_web_sign_in_password(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_sign_in r;
    const struct mr_visitor v = mr_web_visitor(p);
    mr_str email = mr_http_form(p->request, "email"), to = field_to(p);
    if (!mr_web_is_from_here(p)) return;
    if (mr_sign_in_password(p->service, p->arena, &v, email, mr_http_form(p->request, "password"), &r, &err) != MR_OK)
        mr_page_fail(p, &err);
    else if (!mr_web_sign_in_go_on(p, &r, to))
        show(p, "sign_in.wrong", r.state == MR_SIGN_IN_WAIT ? say_wait(p, r.wait_ms) : MR_STR_EMPTY, email, to);
}

void mr_web_sign_in_second_form(mr_page *p)
{
    struct mr_err err = {0};
    mr_sign_in_state kind;
    mr_str token = mr_http_cookie(p->request, STEP_COOKIE);
    if (mr_sign_in_second_kind(p->service, p->arena, token, &kind, &err) != MR_OK)
        mr_page_fail(p, &err);
    else if (kind == MR_SIGN_IN_OVER)
        show_over(p);
    else
        show_second(p, kind, NULL, MR_STR_EMPTY, field_to(p));
}

void mr_web_sign_in_second(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_sign_in r;
    const struct mr_visitor v = mr_web_visitor(p);
    mr_str token = mr_http_cookie(p->request, STEP_COOKIE), to = field_to(p);
    mr_sign_in_state kind;
    if (!mr_web_is_from_here(p)) return;
    if (mr_sign_in_second_kind(p->service, p->arena, token, &kind, &err) != MR_OK ||
        mr_sign_in_second(p->service, p->arena, &v, token, mr_http_form(p->request, "code"), &r, &err) != MR_OK)
        mr_page_fail(p, &err);
    else if (!mr_web_sign_in_go_on(p, &r, to))
        show_second(p, kind, "sign_in.second.wrong", r.state == MR_SIGN_IN_WAIT ? say_wait(p, r.wait_ms) : MR_STR_EMPTY,
                    to);
}

/* ---- mailed links ---- */

void mr_web_sign_in_link_ask(mr_page *p)
{
    struct mr_err err = {0};
    const struct mr_visitor v = mr_web_visitor(p);
    bool recovery = mr_http_form(p->request, "forgotten").len > 0;
    mr_str email = mr_http_form(p->request, "email"), to = recovery ? MR_STR("/account") : field_to(p);
    if (!mr_web_is_from_here(p)) return;
    if (!mr_str_trim(email).len) {
        show(p, "sign_in.link.wrong", MR_STR_EMPTY, email, to);
        return;
    }
    if (mr_sign_in_link_send(p->service, p->arena, &v, email, recovery, to, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_page_begin(p, "sign_in.sent.title", "");
    mr_json_put_member(&p->view, "email", mr_str_trim(email));
    mr_page_show_private(p, "sign_in_sent");
}

void mr_web_sign_in_link_form(mr_page *p)
{
    struct mr_err err = {0};
    bool good;
    if (mr_sign_in_link_check(p->service, p->arena, p->part[0], &good, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    if (!good) {
        show_over(p);
        return;
    }
    mr_page_begin(p, "sign_in.link.title", "");
    mr_json_put_member(&p->view, "to", field_to(p));
    mr_page_show_private(p, "sign_in_link");
}

void mr_web_sign_in_link(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_sign_in r;
    const struct mr_visitor v = mr_web_visitor(p);
    if (!mr_web_is_from_here(p)) return;
    if (mr_sign_in_link(p->service, p->arena, &v, p->part[0], &r, &err) != MR_OK)
        mr_page_fail(p, &err);
    else
        (void)mr_web_sign_in_go_on(p, &r, field_to(p));
}

/* ---- passkeys ---- */

bool mr_web_read_passkey(mr_page *p, struct mr_passkey_answer *ret)
{
    return mr_base64url_read(p->arena, mr_http_form(p->request, "id"), &ret->id, NULL) == MR_OK &&
           mr_base64url_read(p->arena, mr_http_form(p->request, "client_data"), &ret->client_data, NULL) == MR_OK &&
           mr_base64url_read(p->arena, mr_http_form(p->request, "auth_data"), &ret->auth_data, NULL) == MR_OK &&
           mr_base64url_read(p->arena, mr_http_form(p->request, "signature"), &ret->signature, NULL) == MR_OK;
}

void mr_web_sign_in_passkey(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_sign_in r = {.state = MR_SIGN_IN_WRONG};
    struct mr_passkey_answer answer;
    const struct mr_visitor v = mr_web_visitor(p);
    mr_str to = field_to(p);
    if (!mr_web_is_from_here(p)) return;
    if (mr_web_read_passkey(p, &answer) && mr_sign_in_passkey(p->service, p->arena, &v, &answer, &r, &err) != MR_OK)
        mr_page_fail(p, &err);
    else if (!mr_web_sign_in_go_on(p, &r, to))
        show(p, "sign_in.passkey.wrong", MR_STR_EMPTY, MR_STR_EMPTY, to);
}

/* ---- accounts elsewhere ---- */

static void finish_elsewhere(mr_page *p, mr_str issuer, mr_str subject, mr_str email)
{
    struct mr_err err = {0};
    struct mr_sign_in r;
    const struct mr_visitor v = mr_web_visitor(p);
    if (mr_sign_in_elsewhere(p->service, p->arena, &v, issuer, subject, email, &r, &err) != MR_OK)
        mr_page_fail(p, &err);
    else if (!mr_web_sign_in_go_on(p, &r, MR_STR_EMPTY))
        show(p, "sign_in.elsewhere.nobody", MR_STR_EMPTY, MR_STR_EMPTY, MR_STR_EMPTY);
}

/* Out to the provider: the state goes into a cookie, so that the way back works in this browser alone. */
void mr_web_sign_in_with(mr_page *p)
{
    struct mr_err err = {0};
    mr_str url, kept;
    const struct mr_elsewhere_provider *provider = mr_elsewhere_find(mr_page_elsewhere(p), p->part[0]);
    if (!provider) {
        mr_page_not_found(p);
        return;
    }
    if (mr_oidc_begin(p->service, p->arena, mr_page_elsewhere(p), provider, &url, &kept, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_page_set_cookie(p, STATE_COOKIE, kept.ptr, SHORT_COOKIE);
    mr_http_redirect(p->response, url);
}

void mr_web_sign_in_back(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_oidc_person who;
    const struct mr_elsewhere_provider *provider = mr_elsewhere_find(mr_page_elsewhere(p), p->part[0]);
    if (!provider) {
        mr_page_not_found(p);
        return;
    }
    const struct mr_oidc_return back = {.state = mr_http_query(p->request, "state"),
                                        .kept = mr_http_cookie(p->request, STATE_COOKIE),
                                        .code = mr_http_query(p->request, "code"),
                                        .error = mr_http_query(p->request, "error"),
                                        .issuer = mr_http_query(p->request, "iss")};
    mr_page_set_cookie(p, STATE_COOKIE, "", NO_COOKIE);
    int code = mr_oidc_end(p->service, p->arena, mr_page_elsewhere(p), provider, &back, &who, &err);
    if (code == MR_OK)
        finish_elsewhere(p, who.issuer, who.subject, who.email);
    else if (code == MR_E_FORBIDDEN)
        show(p, "sign_in.elsewhere.refused", MR_STR_EMPTY, MR_STR_EMPTY, MR_STR_EMPTY);
    else
        mr_page_fail(p, &err);
}

/* A proxy that speaks SAML stands in front of this one address and says who it is; nobody else may (docs/sign-in.md). */
void mr_web_sign_in_federation(mr_page *p)
{
    struct mr_federated who;
    const struct mr_federated_headers h = {.secret = mr_http_header(p->request, "X-Merit-Proxy-Secret"),
                                           .principal = mr_http_header(p->request, "X-Merit-Principal-Name"),
                                           .mail = mr_http_header(p->request, "X-Merit-Mail"),
                                           .home = mr_http_header(p->request, "X-Merit-Home-Organization")};
    struct mr_err err = {0};
    if (!mr_elsewhere_federated(p->arena, mr_page_elsewhere(p), &h, &who)) {
        (void)MR_FAIL(&err, MR_E_FORBIDDEN, "this address is for the proxy of the federation", MR_NOWHERE);
        mr_page_fail(p, &err);
        return;
    }
    finish_elsewhere(p, who.issuer, who.subject, who.email);
}

/* ---- the way out ---- */

void mr_web_sign_out(mr_page *p)
{
    struct mr_err err = {0};
    if (mr_session_end(p->service, p->arena, mr_web_session_token(p), &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_web_session_clear(p);
    mr_http_redirect(p->response, MR_STR("/sign-in"));
}
