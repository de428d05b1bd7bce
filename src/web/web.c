/* From a request to a handler, and the frame of every page.
 *
 * Invariants: every answer carries the headers of secure_headers; no inline script or style is ever sent; pages with names of people
 * are `no-store`; addresses of claim pages are secrets, so no page sends a Referer. People have sessions (web/session.h). The operator's session is one
 * random value, new at every start of the server, in a cookie that scripts cannot read. A POST of anybody signed in must carry the form token, which is made from the
 * session. */
#include "web/api.h"
#include "web/api_answer.h"
#include "web/api_token.h"
#include "web/operation.h"
#include "web/page.h"
#include "web/rate.h"
#include "web/session.h"

#include "base/id.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/secret.h"
#include "credential/wording.h"
#include "model/vocabulary.h"
#include "service/elsewhere.h"
#include "service/organisation.h"
#include "text/template.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#define SESSION_COOKIE "merit_operator"
#define LANGUAGE_COOKIE "merit_language"

struct mr_web {
    mr_arena arena; /* which holds this struct */
    mr_service *service;
    char enter_token[33]; /* in the link printed at start */
    char session[33];     /* the cookie's value */
    char form_token[33];  /* in forms */
    char run[37];         /* name of this run, for api_answer.c */
    mr_rates *rates;
    mr_str operator_path;
    struct mr_elsewhere *elsewhere;
    struct mr_web_counts counts;
    bool trial, secure, log_requests;
};

static const struct route {
    mr_http_method method;
    const char *pattern;
    mr_web_handler *handler;
    mr_action action;
    const char *takes;
} routes[] = {
#define MR_ROUTE(method, pattern, handler, access) {method, pattern, handler, MR_MAY_##access, NULL},
#define MR_API(method, pattern, handler, access, takes, gives, summary)                                                \
    {method, pattern, handler, MR_MAY_##access, #takes},
#include "web/routes.def"
#undef MR_ROUTE
#undef MR_API
};

int mr_web_open(mr_service *service, mr_web **ret, struct mr_err *err)
{
    mr_arena arena;
    mr_arena_init(&arena, MR_MIB);
    mr_web *w = MR_NEW(&arena, mr_web);
    if (!w) return MR_FAIL(err, MR_E_NOMEM, "no memory to open", MR_NOWHERE);
    const mr_env *env = mr_service_env(service);
    w->service = service;
    w->trial = mr_service_is_trial(service);
    w->secure = mr_str_has_prefix(mr_service_public_url(service), MR_STR("https:"));
    mr_id_token(env, w->enter_token);
    mr_id_token(env, w->session);
    mr_id_new(env, w->run);
    w->rates = mr_rates_new(&arena, env);
    if (!w->rates) {
        mr_arena_done(&arena);
        return MR_FAIL(err, MR_E_NOMEM, "no memory to open", MR_NOWHERE);
    }
    mr_service_mac(service, "form", mr_str_of(w->session), w->form_token);
    int code = mr_elsewhere_open(service, &w->elsewhere, err);
    if (code != MR_OK) {
        mr_arena_done(&arena);
        return code;
    }
    w->operator_path = mr_arena_format(&arena, "/operator/%s", w->enter_token);
    w->arena = arena;
    *ret = w;
    return MR_OK;
}

void mr_web_close(mr_web *w)
{
    mr_arena arena = w->arena;
    mr_rates_done(w->rates);
    mr_elsewhere_close(w->elsewhere);
    mr_secret_wipe(w, sizeof *w);
    mr_arena_done(&arena);
}

void mr_web_log_requests(mr_web *w, bool on)
{
    w->log_requests = on;
}

void mr_web_close_operator_door(mr_web *w)
{
    w->operator_path = MR_STR_EMPTY;
}

mr_str mr_web_operator_path(const mr_web *w)
{
    return w->operator_path;
}

/* ---- the frame of a page ---- */

static void secure_headers(mr_http_response *r)
{
    mr_http_set_header(
        r, "Content-Security-Policy",
        MR_STR("default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
               "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"));
    mr_http_set_header(r, "X-Content-Type-Options", MR_STR("nosniff"));
    mr_http_set_header(r, "Referrer-Policy", MR_STR("no-referrer"));
    mr_http_set_header(r, "Cross-Origin-Opener-Policy", MR_STR("same-origin"));
    mr_http_set_header(r, "Cross-Origin-Resource-Policy", MR_STR("same-origin"));
}

/* What was asked for here, in another language. */
static mr_str address_in(mr_page *p, const mr_language *l)
{
    mr_str kept = MR_STR_EMPTY, rest = p->request->query, part;
    while (rest.len && mr_str_split(&rest, '&', &part))
        if (part.len && !mr_str_has_prefix(part, MR_STR("lang=")))
            kept = mr_arena_format(p->arena, "%.*s%.*s&", MR_STR_ARG(kept), MR_STR_ARG(part));
    return mr_arena_format(p->arena, "?%.*slang=%.*s", MR_STR_ARG(kept), MR_STR_ARG(mr_language_tag(l)));
}

void mr_page_put_languages(mr_page *p, mr_str chosen)
{
    mr_json_put_name(&p->view, "mail_languages");
    mr_json_begin_array(&p->view);
    for (const mr_language *const *l = mr_languages(); *l; l++) {
        mr_json_begin_object(&p->view);
        mr_json_put_member(&p->view, "tag", mr_language_tag(*l));
        mr_json_put_member(&p->view, "name", mr_language_own_name(*l));
        mr_json_put_flag(&p->view, "chosen", mr_language_find(chosen) == *l);
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
}

static void put_languages(mr_page *p)
{
    mr_json_put_member(&p->view, "language_name", mr_language_own_name(p->language));
    mr_json_put_name(&p->view, "languages");
    mr_json_begin_array(&p->view);
    for (const mr_language *const *l = mr_languages(); *l; l++) {
        if (*l == p->language) continue;
        mr_json_begin_object(&p->view);
        mr_json_put_member(&p->view, "tag", mr_language_tag(*l));
        mr_json_put_member(&p->view, "name", mr_language_own_name(*l));
        mr_json_put_member(&p->view, "address", address_in(p, *l));
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
}

void mr_page_tell_language(mr_page *p, mr_str language)
{
    if (!language.len || mr_str_eq(language, mr_language_tag(p->language))) return;
    if (p->text_language_count == MR_PAGE_TEXT_LANGUAGES) return;
    for (size_t i = 0; i < p->text_language_count; i++)
        if (mr_str_eq(p->text_languages[i], language)) return;
    p->text_languages[p->text_language_count++] = mr_arena_dup(p->arena, language); /* reports come and go */
}

static mr_str language_in_words(const mr_page *p, mr_str tag)
{
    const mr_concept *c = mr_concept_find(MR_SCHEME_LANGUAGE, tag);
    return c ? mr_concept_label(c, mr_language_tag(p->language)) : tag;
}

/* "Some texts here are in Danish: there are none in English." */
static void put_text_languages(mr_page *p)
{
    mr_str all = MR_STR_EMPTY;
    if (!p->text_language_count) return;
    for (size_t i = 0; i < p->text_language_count; i++)
        all = mr_wording_join(p->arena, all, language_in_words(p, p->text_languages[i]));
    mr_json_put_member(&p->view, "texts_others",
                       MR_SAY(p->arena, p->language, "texts.others", {"languages", all},
                              {"wanted", language_in_words(p, mr_language_tag(p->language))}));
}

static bool is_signed_in(const mr_page *p)
{
    return mr_actor_may(p->actor, MR_MAY_SIGNED_IN);
}

static const struct {
    const char *section, *path, *message; /* section NULL: message is the heading of those that follow, NULL: none */
    mr_action action;
} office_nav[] = {
#define MR_NAV_GROUP(message) {NULL, NULL, message, MR_MAY_PUBLIC},
#define MR_NAV(section, path, message, action) {section, path, message, MR_MAY_##action},
#include "web/office_nav.def"
#undef MR_NAV
#undef MR_NAV_GROUP
};
#define NAV_COUNT (sizeof office_nav / sizeof *office_nav)

/* May they open a page of the group whose heading stands at this place? */
static bool has_page(const mr_page *p, size_t heading)
{
    for (size_t i = heading + 1; i < NAV_COUNT && office_nav[i].section; i++)
        if (mr_actor_may(p->actor, office_nav[i].action)) return true;
    return false;
}

static void put_group(mr_page *p, size_t heading, const char *current)
{
    mr_json_writer *v = &p->view;
    mr_json_begin_object(v);
    mr_json_put_member(
        v, "group", office_nav[heading].message ? mr_message(p->language, office_nav[heading].message) : MR_STR_EMPTY);
    mr_json_put_name(v, "pages");
    mr_json_begin_array(v);
    for (size_t i = heading + 1; i < NAV_COUNT && office_nav[i].section; i++) {
        if (!mr_actor_may(p->actor, office_nav[i].action)) continue;
        mr_json_begin_object(v);
        mr_json_put_member_c(v, "path", office_nav[i].path);
        mr_page_say(p, "name", office_nav[i].message);
        mr_json_put_flag(v, "current", strcmp(office_nav[i].section, current) == 0);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    mr_json_end_object(v);
}

static void put_office_nav(mr_page *p, const char *current)
{
    mr_json_writer *v = &p->view;
    mr_json_put_name(v, "office_nav");
    mr_json_begin_array(v);
    for (size_t i = 0; i < NAV_COUNT; i++)
        if (!office_nav[i].section && has_page(p, i)) put_group(p, i, current);
    mr_json_end_array(v);
    for (size_t i = 0; i < NAV_COUNT; i++)
        if (office_nav[i].section && strcmp(office_nav[i].section, current) == 0)
            mr_page_say(p, "office_here", office_nav[i].message);
}

/* "provider.mail": the main navigation's "provider", and "mail" of the office's menu. */
static void put_section(mr_page *p, const char *section)
{
    const char *dot = strchr(section, '.');
    mr_str main = dot ? mr_str_make(section, (size_t)(dot - section)) : mr_str_of(section);
    mr_json_put_name(&p->view, "nav");
    mr_json_begin_object(&p->view);
    if (main.len) {
        mr_json_put_flag(&p->view, mr_arena_cstr(p->arena, main), true);
    }
    mr_json_end_object(&p->view);
    mr_json_put_flag(&p->view, "has_office_nav", dot != NULL);
    if (dot) put_office_nav(p, dot + 1);
}

mr_str mr_page_call_organisation(mr_page *p, const struct mr_session_org *org)
{
    return mr_organisation_name_in(p->arena, org->profile, org->name, mr_language_tag(p->language));
}

/* Who is signed in, and for whom they may act. */
static void put_person(mr_page *p)
{
    mr_json_writer *v = &p->view;
    const struct mr_session *session = p->session;
    if (!session) return;
    mr_json_put_name(v, "person");
    mr_json_begin_object(v);
    mr_json_put_member(v, "name", session->actor.name);
    mr_json_put_flag(v, "installation", session->actor.installation);
    for (size_t i = 0; i < session->org_count; i++)
        if (mr_str_eq(session->orgs[i].id, session->actor.org_id))
            mr_json_put_member(v, "acting_for", mr_page_call_organisation(p, &session->orgs[i]));
    mr_json_put_name(v, "learner"); /* nothing in any organisation */
    mr_json_put_bool(v, session->org_count == 0 && !session->actor.installation);
    mr_json_put_flag(v, "several", session->org_count > 1);
    mr_json_put_name(v, "orgs");
    mr_json_begin_array(v);
    for (size_t i = 0; i < session->org_count; i++) {
        mr_json_begin_object(v);
        mr_json_put_member(v, "id", session->orgs[i].id);
        mr_json_put_member(v, "name", mr_page_call_organisation(p, &session->orgs[i]));
        mr_json_put_flag(v, "current", mr_str_eq(session->orgs[i].id, session->actor.org_id));
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    mr_json_end_object(v);
}

void mr_page_begin_titled(mr_page *p, mr_str title, const char *section)
{
    mr_json_writer *v = &p->view;
    p->text_language_count = 0;
    mr_buf_clear(&p->view_out);
    mr_json_writer_init_nodes(v, &p->view_out, p->arena);
    mr_json_begin_object(v);
    mr_json_put_member(v, "lang", mr_language_tag(p->language));
    mr_json_put_member(v, "path", p->request->path);
    mr_json_put_member(v, "title", title);
    mr_json_put_flag(v, "trial", p->web->trial);
    mr_json_put_flag(v, "operator", is_signed_in(p));
    put_person(p);
    put_section(p, section);
    put_languages(p);
    mr_json_put_flag(v, "paged", mr_http_query(p->request, "after").len || mr_http_query(p->request, "before").len);
    if (is_signed_in(p)) mr_page_put_form_token(p);
}

void mr_page_begin(mr_page *p, const char *title_id, const char *section)
{
    mr_page_begin_titled(p, mr_message(p->language, title_id), section);
}

void mr_page_say(mr_page *p, const char *member, const char *id)
{
    mr_json_put_member(&p->view, member, mr_message(p->language, id));
}

void mr_page_put_count(mr_page *p, const char *member, int64_t count)
{
    mr_json_put_member(&p->view, member, mr_say_count(p->arena, p->language, count));
}

void mr_page_put_form_token(mr_page *p)
{
    mr_json_put_member_c(&p->view, "form_token", p->form_token);
}

static int render(mr_page *p, const char *name, struct mr_err *err)
{
    put_text_languages(p);
    mr_json_end_object(&p->view);
    const mr_json *view = mr_json_writer_root(&p->view);
    if (!view) return MR_FAIL(err, MR_E_LIMIT, "the page is too large", MR_NOWHERE);
    mr_buf_clear(mr_http_body(p->response));
    return mr_page_render(mr_str_of(name), view, p->language, mr_http_body(p->response), err);
}

static void fail_plainly(mr_page *p, const struct mr_err *err)
{
    mr_log_err(MR_LOG_ERROR, "page.failed", err);
    mr_buf_clear(mr_http_body(p->response));
    mr_http_set_status(p->response, 500);
    mr_http_set_type(p->response, "text/plain; charset=utf-8");
    mr_buf_puts(mr_http_body(p->response),
                "This page could not be made. It is not your fault; the operator's log says why.\n");
}

void mr_page_show(mr_page *p, const char *name)
{
    struct mr_err err = {0};
    mr_http_set_type(p->response, "text/html; charset=utf-8");
    mr_http_set_header(p->response, "Content-Language", mr_language_tag(p->language));
    mr_http_set_header(p->response, "Vary", MR_STR("Accept-Language, Cookie"));
    if (is_signed_in(p)) mr_http_set_header(p->response, "Cache-Control", MR_STR("no-store")); /* the head names them */
    if (render(p, name, &err) != MR_OK) fail_plainly(p, &err);
}

void mr_page_show_private(mr_page *p, const char *name)
{
    mr_http_set_header(p->response, "Cache-Control", MR_STR("no-store"));
    mr_page_show(p, name);
}

static void fail_with(mr_page *p, int status, mr_str code, const char *detail)
{
    if (p->is_api) {
        mr_api_problem(p, status, code, detail);
        return;
    }
    mr_str id = mr_arena_format(p->arena, "error.%.*s", MR_STR_ARG(code));
    if (!mr_message_exists(mr_language_english(), id)) id = MR_STR("error.other");
    mr_page_begin(p, "error.title", "");
    mr_json_put_member(&p->view, "text", mr_message_str(p->language, id));
    mr_json_put_member(&p->view, "code", code);
    if (*detail) mr_json_put_member_c(&p->view, "detail", detail);
    mr_http_set_status(p->response, status);
    mr_page_show_private(p, "error");
}

void mr_page_fail(mr_page *p, const struct mr_err *err)
{
    int status = mr_code_http(err->code);
    if (status >= 500) mr_log_err(MR_LOG_ERROR, "page.failed", err);
    fail_with(p, status, mr_str_of(mr_code_name(err->code)), status < 500 ? err->detail : "");
}

void mr_page_not_found(mr_page *p)
{
    fail_with(p, 404, MR_STR("no_page"), "");
}

void mr_page_download(mr_page *p, const char *content_type, mr_str name, mr_str content)
{
    mr_http_set_type(p->response, content_type);
    mr_http_set_header(p->response, "Cache-Control", MR_STR("no-store"));
    mr_http_set_header(p->response, "Content-Disposition",
                       mr_arena_format(p->arena, "attachment; filename=\"%.*s\"", MR_STR_ARG(name)));
    mr_buf_put(mr_http_body(p->response), content);
}

/* FNV-1a: the tag must differ when the content does, nothing more. */
static uint64_t hash(mr_str content)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < content.len; i++) h = (h ^ (unsigned char)content.ptr[i]) * 0x100000001b3u;
    return h;
}

void mr_page_answer_tagged(mr_page *p, mr_str content)
{
    mr_str tag = mr_arena_format(p->arena, "\"%016" PRIx64 "\"", hash(content));
    mr_http_set_header(p->response, "ETag", tag);
    if (mr_str_find(mr_http_header(p->request, "If-None-Match"), tag) >= 0)
        mr_http_set_status(p->response, 304);
    else
        mr_buf_put(mr_http_body(p->response), content);
}

void mr_page_answer_everybody(mr_page *p, const char *type, const char *seconds, mr_str content)
{
    mr_http_set_header(p->response, "Access-Control-Allow-Origin", MR_STR("*"));
    mr_http_set_header(p->response, "Cross-Origin-Resource-Policy", MR_STR("cross-origin"));
    mr_http_set_header(p->response, "Cache-Control", mr_arena_format(p->arena, "public, max-age=%s", seconds));
    mr_http_set_type(p->response, type);
    mr_page_answer_tagged(p, content);
}

/* ---- session and language ---- */

struct mr_elsewhere *mr_page_elsewhere(const mr_page *p)
{
    return p->web->elsewhere;
}

bool mr_page_is_secure(const mr_page *p)
{
    return p->web->secure;
}

void mr_page_set_cookie_below(mr_page *p, mr_str path, const char *name, const char *value, const char *more)
{
    mr_http_set_header(p->response, "Set-Cookie",
                       mr_arena_format(p->arena, "%s=%s; Path=%.*s; SameSite=Lax%s%s", name, value, MR_STR_ARG(path),
                                       p->web->secure ? "; Secure" : "", more));
}

void mr_page_set_cookie(mr_page *p, const char *name, const char *value, const char *more)
{
    mr_page_set_cookie_below(p, MR_STR("/"), name, value, more);
}

bool mr_page_is_operator_token(const mr_page *p, mr_str token)
{
    return p->web->operator_path.len && mr_secret_eq(token, mr_str_of(p->web->enter_token));
}
void mr_page_enter(mr_page *p)
{
    mr_page_set_cookie(p, SESSION_COOKIE, p->web->session, "; HttpOnly");
}
void mr_page_leave(mr_page *p)
{
    mr_page_set_cookie(p, SESSION_COOKIE, "", "; HttpOnly; Max-Age=0");
}

/* With `?lang=`, or so before on this browser; NULL: never. */
static const mr_language *chosen_language(mr_page *p)
{
    mr_str asked = mr_http_query(p->request, "lang");
    const mr_language *l = asked.len ? mr_language_find_any(asked) : NULL;
    return l ? l : mr_language_find_any(mr_http_cookie(p->request, LANGUAGE_COOKIE));
}

void mr_page_prefer_language(mr_page *p, mr_str tag)
{
    const mr_language *l = mr_language_find(tag);
    if (l && !chosen_language(p)) p->language = l;
}

/* What they ask for now, or asked for before on this browser; what their account says; what the browser says. */
static const mr_language *choose_language(mr_page *p)
{
    mr_str asked = mr_http_query(p->request, "lang");
    const mr_language *l = asked.len ? mr_language_find_any(asked) : NULL;
    if (l) {
        mr_str tag = mr_arena_dup(p->arena, mr_language_tag(l));
        mr_page_set_cookie(p, LANGUAGE_COOKIE, tag.ptr, "; Max-Age=31536000");
        return l;
    }
    l = chosen_language(p);
    if (!l && p->session) l = mr_language_find(p->session->language);
    return l ? l : mr_language_accept(mr_http_header(p->request, "Accept-Language"));
}

/* ---- routing ---- */

/* Letter by letter: most patterns differ from the path early. */
static bool matches(const char *pattern, mr_str path, mr_str part[MR_PAGE_PARTS])
{
    size_t at = 0, stars = 0;
    for (; *pattern; pattern++) {
        if (*pattern != '*') {
            if (at == path.len || path.ptr[at] != *pattern) return false;
            at++;
            continue;
        }
        mr_str rest = mr_str_from(path, at);
        ptrdiff_t end = mr_str_find_char(rest, '/');
        size_t len = end < 0 ? rest.len : (size_t)end;
        if (len == 0 || stars == MR_PAGE_PARTS) return false;
        part[stars++] = mr_str_make(rest.ptr, len);
        at += len;
    }
    return at == path.len;
}

static mr_str form_token_of(const mr_page *p)
{
    mr_str token = mr_http_form(p->request, "form_token");
    if (token.len) return token;
    struct mr_http_part *parts;
    size_t count;
    if (mr_http_parts(p->request, &parts, &count, NULL) != MR_OK) return MR_STR_EMPTY;
    for (size_t i = 0; i < count; i++)
        if (mr_str_is(parts[i].name, "form_token")) return parts[i].content;
    return MR_STR_EMPTY;
}

/* own: the page is about whoever is signed in, not about a provider. */
static void enter_first(mr_page *p, bool own)
{
    mr_page_begin(p, own ? "locked.own.title" : "office.locked.title", own ? "" : "provider");
    mr_str back = p->request->method == MR_GET ? mr_web_path_within(p->request->path) : MR_STR_EMPTY;
    mr_str begin = own ? MR_STR("/wallet") : MR_STR("/provider");
    mr_json_put_member(&p->view, "to", back.len ? back : begin);
    mr_json_put_flag(&p->view, "own", own);
    mr_json_put_flag(&p->view, "by_link", !own && p->web->operator_path.len > 0);
    mr_http_set_status(p->response, 403);
    mr_page_show_private(p, "locked");
}

/* Strangers are shown the way in; whoever lacks a role is told so. */
static bool may_go_on(mr_page *p, const struct route *r)
{
    if (r->action == MR_MAY_PUBLIC || mr_actor_may(p->actor, r->action)) return true;
    if (p->unknown.code)
        mr_page_fail(p, &p->unknown);
    else if (p->actor->kind != MR_ACTOR_STRANGER)
        fail_with(p, 403, MR_STR("forbidden"), "");
    else if (p->is_api)
        fail_with(p, 401, MR_STR("token"), "");
    else
        enter_first(p, r->action == MR_MAY_SIGNED_IN && !mr_str_has_prefix(p->request->path, MR_STR("/provider")));
    return false;
}

static void run(mr_page *p, const struct route *r)
{
    if (!may_go_on(p, r)) return;
    if (r->action != MR_MAY_PUBLIC && r->method != MR_GET && !p->is_api &&
        !mr_secret_eq(form_token_of(p), mr_str_of(p->form_token))) {
        fail_with(p, 403, MR_STR("form_token"), "");
        return;
    }
    p->takes = r->takes;
    if (p->is_api && r->method == MR_POST && p->actor->kind != MR_ACTOR_STRANGER)
        mr_api_answer_run(p, r->handler, mr_str_of(p->web->run));
    else
        r->handler(p);
}

/* Which methods an address knows (RFC 9110 section 10.2.1). */
static void put_allow(mr_page *p)
{
    mr_str allow = MR_STR_EMPTY, part[MR_PAGE_PARTS];
    for (mr_http_method m = MR_GET; m <= MR_PATCH; m++) {
        bool known = false;
        for (size_t i = 0; i < sizeof routes / sizeof *routes && !known; i++)
            known =
                routes[i].method == (m == MR_HEAD ? MR_GET : m) && matches(routes[i].pattern, p->request->path, part);
        if (known)
            allow =
                mr_arena_format(p->arena, "%.*s%s%s", MR_STR_ARG(allow), allow.len ? ", " : "", mr_http_method_name(m));
    }
    mr_http_set_header(p->response, "Allow", allow);
}

/* What a request counts as, and the pattern of its page: paths may hold secrets and are not logged. */
static void tell(mr_page *p, const struct timespec *began)
{
    struct timespec now;
    char status[8], micros[24];
    clock_gettime(CLOCK_MONOTONIC, &now);
    uint64_t took = (uint64_t)((now.tv_sec - began->tv_sec) * 1000000 + (now.tv_nsec - began->tv_nsec) / 1000);
    bool fixed = mr_str_has_prefix(p->request->path, MR_STR("/static/"));
    mr_web_count(&p->web->counts,
                 p->is_api ? MR_COUNT_API
                 : fixed   ? MR_COUNT_STATIC
                           : MR_COUNT_PAGES,
                 mr_http_status(p->response), took);
    if (!p->web->log_requests) return;
    snprintf(status, sizeof status, "%d", mr_http_status(p->response));
    snprintf(micros, sizeof micros, "%" PRIu64, took);
    mr_log(MR_LOG_INFO, "request", "page", p->pattern, "status", status, "us", micros, NULL);
}

struct mr_web_counts *mr_page_counts(const mr_page *p)
{
    return &p->web->counts;
}

/* Some method knows this address. */
static bool is_known(mr_str path)
{
    mr_str part[MR_PAGE_PARTS];
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
        if (matches(routes[i].pattern, path, part)) return true;
    return false;
}

static void route(mr_page *p)
{
    mr_http_method method = p->request->method == MR_HEAD ? MR_GET : p->request->method;
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        if (routes[i].method != method || !matches(routes[i].pattern, p->request->path, p->part)) continue;
        p->pattern = routes[i].pattern;
        run(p, &routes[i]);
        return;
    }
    if (is_known(p->request->path)) {
        put_allow(p);
        fail_with(p, 405, MR_STR("method"), "");
    } else
        mr_page_not_found(p);
}

/* ---- how often ---- */

static const struct mr_rate_policy by_token = {"token", 300, 1200}, by_address = {"address", 60, 120},
                                   by_verifier = {"verify", MR_LIMIT_VERIFY_BURST, MR_LIMIT_VERIFY_PER_MINUTE},
                                   by_visitor = {"sign-in", 20, 20}, by_joiner = {"enrol", 120, 60},
                                   by_course = {"launch", 300, 600}; /* a whole course may stand behind one address */

/* Whom a request without a token counts as. Programs on this machine are not counted: a proxy that is not believed would make all the world one of them. */
static mr_str address_of(mr_page *p)
{
    return mr_rate_is_loopback(p->request->peer) ? MR_STR_EMPTY : mr_rate_address(p->arena, p->request->peer);
}

static const struct mr_rate_policy *policy_of(mr_page *p, mr_str *ret_who)
{
    mr_str path = p->request->path;
    bool post = p->request->method == MR_POST;
    if (p->actor->kind == MR_ACTOR_TOKEN) {
        *ret_who = p->actor->id;
        return &by_token;
    }
    *ret_who = address_of(p);
    if (post && mr_str_has_suffix(path, MR_STR("/verify"))) return &by_verifier;
    if (mr_str_has_prefix(path, MR_STR("/verify/"))) return &by_verifier;
    if (post && mr_str_has_prefix(path, MR_STR("/sign-in"))) return &by_visitor;
    if (post && mr_str_has_prefix(path, MR_STR("/enrol/"))) return &by_joiner;
    if (mr_str_has_prefix(path, MR_STR("/lti/"))) return &by_course;
    return p->is_api && p->actor->kind == MR_ACTOR_STRANGER ? &by_address : NULL;
}

/* Count this many requests; false: it was answered that they are too many.
 * source  draft-ietf-httpapi-ratelimit-headers: RateLimit-Policy, RateLimit */
static bool take_rate(mr_page *p, size_t count)
{
    struct mr_rate_left left = {0};
    mr_str who;
    const struct mr_rate_policy *policy = policy_of(p, &who);
    if (!policy || !who.len) return true;
    int64_t now = mr_env_now(mr_service_env(p->service)), window = policy->burst * 60 / policy->per_minute;
    bool within = true;
    for (size_t i = 0; i < count && within; i++) within = mr_rates_take(p->web->rates, policy, who, now, &left);
    mr_http_set_header(
        p->response, "RateLimit-Policy",
        mr_arena_format(p->arena, "\"%s\";q=%" PRId64 ";w=%" PRId64, policy->name, policy->burst, window));
    mr_http_set_header(p->response, "RateLimit",
                       mr_arena_format(p->arena, "\"%s\";r=%" PRId64 ";t=%" PRId64, policy->name, left.remaining,
                                       within ? (int64_t)1 : left.wait_s));
    if (within) return true;
    mr_http_set_header(p->response, "Retry-After", mr_arena_format(p->arena, "%" PRId64, left.wait_s));
    fail_with(p, 429, MR_STR("rate"), "");
    return false;
}

bool mr_page_take_rate(mr_page *p, size_t more)
{
    return more == 0 || take_rate(p, more);
}

/* Browsers have a cookie, programs a bearer token, and neither counts in the other's place: so no site can make a browser call the API. */
static void find_actor(mr_page *p)
{
    if (p->is_api) {
        p->actor = mr_api_token_actor(p);
    } else if (p->web->operator_path.len &&
               mr_secret_eq(mr_http_cookie(p->request, SESSION_COOKIE), mr_str_of(p->web->session))) {
        p->actor = &mr_actor_operator;
        memcpy(p->form_token, p->web->form_token, sizeof p->form_token);
    } else {
        mr_web_session_find(p);
    }
}

static void page_init(mr_page *p, mr_web *w, const mr_http_request *request, mr_http_response *response)
{
    *p = (mr_page){.web = w,
                   .service = w->service,
                   .request = request,
                   .response = response,
                   .arena = request->arena,
                   .pattern = ""};
    mr_buf_init(&p->view_out, MR_LIMIT_PAGE_VIEW);
    secure_headers(response);
    p->language = choose_language(p);
    p->is_api = mr_str_has_prefix(request->path, MR_STR("/api/"));
    find_actor(p);
}

void mr_web_handle(void *self, const mr_http_request *request, mr_http_response *response)
{
    mr_page p;
    struct timespec began;
    clock_gettime(CLOCK_MONOTONIC, &began);
    page_init(&p, self, request, response);
    if (take_rate(&p, 1)) route(&p);
    tell(&p, &began);
    mr_buf_done(&p.view_out);
}

void mr_web_refuse(void *self, int status, const char *accept_language, mr_http_response *response)
{
    MR_CLEANUP(mr_arena_done) mr_arena arena;
    mr_arena_init(&arena, MR_LIMIT_PAGE);
    struct mr_http_header header = {MR_STR("Accept-Language"), mr_str_of(accept_language)};
    const mr_http_request request = {
        .path = MR_STR("/"), .headers = &header, .header_count = accept_language ? 1 : 0, .arena = &arena};
    mr_page p;
    page_init(&p, self, &request, response);
    fail_with(&p, status, mr_arena_format(&arena, "http_%d", status), "");
    mr_buf_done(&p.view_out);
}
