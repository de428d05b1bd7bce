/* People who are signed in, over site.h. */
#ifndef MR_WEB_PEOPLE_TEST_H
#define MR_WEB_PEOPLE_TEST_H

#include "site.h"

#include "service/people.h"
#include "service/sign_in.h"

struct visitor {
    char cookie[96], token[40], form_token[33];
};

/* The value of a cookie that the answer sets; empty when it does not. */
static inline mr_str site_cookie(const struct site *s, const char *name)
{
    for (size_t i = 0; i < s->response.header_count; i++) {
        mr_str rest = s->response.headers[i].value, part;
        if (!mr_str_eq_ascii_nocase(mr_str_of(s->response.headers[i].name), MR_STR("Set-Cookie"))) continue;
        mr_str_split(&rest, ';', &part);
        size_t n = strlen(name);
        if (mr_str_has_prefix(part, mr_str_of(name)) && part.len > n && part.ptr[n] == '=')
            return mr_str_from(part, n + 1);
    }
    return MR_STR_EMPTY;
}

/* Make a person; org: name. Returns the id, in `a`. */
static inline mr_str person_add(struct site *s, mr_arena *a, const char *email, const char *org, unsigned roles,
                                bool installation)
{
    struct mr_err err = {0};
    mr_str id;
    const struct mr_new_person p = {.email = mr_str_of(email),
                                    .name = MR_STR("Łucja Žitnik"),
                                    .language = MR_STR("en"),
                                    .org = mr_str_of(org),
                                    .roles = roles,
                                    .installation = installation};
    assert_ok(mr_people_add(s->service, a, &p, &id, &err), err);
    return id;
}

/* Sign in by a link, over the pages. */
static inline void person_enter(struct site *s, const char *email, struct visitor *ret)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_err err = {0};
    struct mr_session session;
    mr_str path;
    mr_arena_init(&a, 16 << 20);
    assert_ok(mr_sign_in_link_make(s->service, &a, mr_str_of(email), &path, &err), err);
    site_ask(s, MR_POST, path.ptr, SITE_NOTHING_MORE, MR_STR_EMPTY);
    assert_status(s, 303, "a link signs in");
    snprintf(ret->token, sizeof ret->token, "%.*s", MR_STR_ARG(site_cookie(s, "merit_session")));
    assert_int_equal(strlen(ret->token), 32);
    snprintf(ret->cookie, sizeof ret->cookie, "merit_session=%s", ret->token);
    assert_ok(mr_session_open(s->service, &a, mr_str_of(ret->token), &session, &err), err);
    mr_service_mac(s->service, "form", session.id, ret->form_token);
}

/* Send a form, with the token when a visitor is given. */
static inline void person_send(struct site *s, const struct visitor *v, const char *path, const char *fields)
{
    char body[2000];
    snprintf(body, sizeof body, "form_token=%s%s%s", v ? v->form_token : "", *fields ? "&" : "", fields);
    site_ask(s, MR_POST, path,
             SITE_HEADER_LIST({"Content-Type", "application/x-www-form-urlencoded"},
                              {v ? "Cookie" : NULL, v ? v->cookie : NULL}),
             mr_str_of(body));
}

#endif
