#include "web/session.h"
#include "web/rate.h"

static const char *cookie_name(const mr_page *p)
{
    return mr_page_is_secure(p) ? "__Host-merit_session" : "merit_session";
}

mr_str mr_web_session_token(const mr_page *p)
{
    return mr_http_cookie(p->request, cookie_name(p));
}

void mr_web_session_find(mr_page *p)
{
    struct mr_err err = {0};
    p->actor = &mr_actor_stranger;
    if (mr_str_has_prefix(p->request->path, MR_STR("/static/"))) return; /* the same for everybody */
    mr_str token = mr_web_session_token(p);
    struct mr_session *session = token.len ? MR_NEW(p->arena, struct mr_session) : NULL;
    if (!session) return;
    if (mr_session_open(p->service, p->arena, token, session, &err) != MR_OK) {
        p->unknown = err;
        return;
    }
    if (session->actor.kind != MR_ACTOR_PERSON) return;
    p->session = session;
    p->actor = &session->actor;
    mr_service_mac(p->service, "form", session->id, p->form_token);
}

void mr_web_session_set(mr_page *p, const char *token)
{
    mr_page_set_cookie(p, cookie_name(p), token, "; HttpOnly; Max-Age=2592000");
}

void mr_web_session_clear(mr_page *p)
{
    mr_page_set_cookie(p, cookie_name(p), "", "; HttpOnly; Max-Age=0");
}

/* Whom wrong attempts count for. A proxy that is believed has put its client in the peer's place (http/proxy.h); one on this machine that is not would make all the
 * world one visitor, whom one guesser keeps out, and whatever it passes on could be invented: then only the account counts. Of IPv6 a whole network counts as one, since one customer has it. */
static mr_str address_of(const mr_page *p)
{
    return mr_rate_is_loopback(p->request->peer) ? MR_STR_EMPTY : mr_rate_address(p->arena, p->request->peer);
}

struct mr_visitor mr_web_visitor(mr_page *p)
{
    return (struct mr_visitor){.address = address_of(p),
                               .agent = mr_session_agent(p->arena, mr_http_header(p->request, "User-Agent")),
                               .old_token = mr_web_session_token(p)};
}

mr_str mr_web_path_within(mr_str path)
{
    if (!path.len || path.ptr[0] != '/' || path.len > 500) return MR_STR_EMPTY;
    for (size_t i = 0; i < path.len; i++) {
        char c = path.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                     c == '_' || c == '.' || c == '/';
        if (!plain || (c == '/' && i + 1 < path.len && path.ptr[i + 1] == '/')) return MR_STR_EMPTY;
    }
    return path;
}

/* Browsers say "same-origin" for our own forms, "none" for an address that was typed; older ones say nothing, and send the Origin or "null". */
bool mr_web_is_from_here(mr_page *p)
{
    mr_str site = mr_http_header(p->request, "Sec-Fetch-Site"), origin = mr_http_header(p->request, "Origin");
    bool here = site.len ? mr_str_is(site, "same-origin") || mr_str_is(site, "none")
                         : !origin.len || mr_str_is(origin, "null") ||
                               mr_str_eq(origin, mr_sign_in_origin(p->service, p->arena));
    if (here) return true;
    struct mr_err err = {0};
    (void)MR_FAIL(&err, MR_E_FORBIDDEN, "the form came from another site", MR_NOWHERE);
    mr_page_fail(p, &err);
    return false;
}

bool mr_web_has_account(mr_page *p)
{
    struct mr_err err = {0};
    if (p->session) return true;
    (void)MR_FAIL(&err, MR_E_FORBIDDEN, "only people have an account", MR_NOWHERE);
    mr_page_fail(p, &err);
    return false;
}

bool mr_web_is_fresh(mr_page *p, mr_str path)
{
    if (p->actor->kind == MR_ACTOR_OPERATOR || (p->session && p->session->fresh)) return true;
    mr_http_redirect(p->response, mr_arena_format(p->arena, "/sign-in?again=1&to=%.*s", MR_STR_ARG(path)));
    return false;
}

/* ---- roles ---- */

static mr_str role_message(mr_page *p, mr_role role, const char *which)
{
    return mr_message_str(p->language, mr_arena_format(p->arena, "role.%.*s%s", MR_STR_ARG(mr_role_word(role)), which));
}

void mr_web_put_roles(mr_page *p, const char *member, unsigned checked)
{
    mr_json_writer *v = &p->view;
    mr_json_put_name(v, member);
    mr_json_begin_array(v);
    for (mr_role r = 0; r < MR_ROLE_COUNT; r++) {
        mr_json_begin_object(v);
        mr_json_put_member(v, "role", mr_role_word(r));
        mr_json_put_member(v, "name", role_message(p, r, ""));
        mr_json_put_member(v, "text", role_message(p, r, ".text"));
        mr_json_put_flag(v, "checked", checked & 1u << r);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
}

mr_str mr_web_say_roles(mr_page *p, unsigned roles)
{
    mr_str said = MR_STR_EMPTY;
    for (mr_role r = 0; r < MR_ROLE_COUNT; r++)
        if (roles & 1u << r)
            said = mr_arena_format(p->arena, "%.*s%s%.*s", MR_STR_ARG(said), said.len ? ", " : "",
                                   MR_STR_ARG(role_message(p, r, "")));
    return said;
}

unsigned mr_web_read_roles(mr_page *p)
{
    unsigned roles = 0;
    for (mr_role r = 0; r < MR_ROLE_COUNT; r++) {
        const char *field = mr_arena_format(p->arena, "role.%.*s", MR_STR_ARG(mr_role_word(r))).ptr;
        if (field && mr_http_form(p->request, field).len) roles |= 1u << r;
    }
    return roles;
}
