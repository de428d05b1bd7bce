/* The provider's office over site.h: a signed-in operator, uploads, and what every page of the office and of claims keeps to. */
#ifndef MR_WEB_OFFICE_TEST_H
#define MR_WEB_OFFICE_TEST_H

#include "site.h"

#include "base/log.h"

struct office {
    struct site site;
    char cookie[80], form_token[33];
};

static inline void office_get(struct office *o, const char *path, const char *language)
{
    site_get(&o->site, path, SITE_HEADER_LIST({"Cookie", o->cookie}, {"Accept-Language", language}));
}

/* Follow the operator's link and read the token of the forms. */
static inline void office_enter(struct office *o)
{
    struct site *s = &o->site;
    mr_str path = mr_web_operator_path(s->web), cookie, token = MR_STR("name=\"form_token\" value=\"");
    site_get(s, path.ptr, SITE_NOTHING_MORE);
    assert_status(s, 303, "the operator's link");
    assert_str(site_header_of(s, "Location"), "/provider");
    mr_str rest = site_header_of(s, "Set-Cookie");
    assert_true(mr_str_find(rest, MR_STR("; HttpOnly")) > 0 && mr_str_find(rest, MR_STR("; SameSite=Lax")) > 0);
    mr_str_split(&rest, ';', &cookie);
    snprintf(o->cookie, sizeof o->cookie, "%.*s", MR_STR_ARG(cookie));
    office_get(o, "/provider", "en");
    ptrdiff_t at = mr_str_find(s->body, token);
    assert_true(at > 0);
    snprintf(o->form_token, sizeof o->form_token, "%.32s", s->body.ptr + at + token.len);
}

static inline void office_open(struct office *o)
{
    site_open(&o->site, NULL);
    office_enter(o);
}

/* A multipart form with the token and one file; file_name NULL: none was chosen. */
static inline void office_send(struct office *o, const char *path, const char *file_name, mr_str content)
{
    MR_CLEANUP(mr_buf_done) mr_buf form;
    mr_buf_init(&form, 32 << 20);
    site_form_put(&form, "form_token", NULL, mr_str_of(o->form_token));
    site_form_put(&form, "file", file_name ? file_name : "", content);
    site_ask(&o->site, MR_POST, path, SITE_HEADER_LIST({"Cookie", o->cookie}, {"Content-Type", SITE_FORM}),
             site_form_end(&form));
}

/* A form with nothing but the token. */
static inline void office_press(struct office *o, const char *path)
{
    char body[64];
    snprintf(body, sizeof body, "form_token=%s", o->form_token);
    site_ask(&o->site, MR_POST, path,
             SITE_HEADER_LIST({"Cookie", o->cookie}, {"Content-Type", "application/x-www-form-urlencoded"}),
             mr_str_of(body));
}

#define OFFICE_RESULTS "/provider/specifications/wound-care-2026/results"

/* Upload a table; returns the path of its batch, in `a`. */
static inline const char *office_upload(struct office *o, mr_arena *a, const char *table)
{
    office_send(o, OFFICE_RESULTS, "results.csv", mr_str_of(table));
    assert_status(&o->site, 303, "an upload");
    return mr_arena_cstr(a, site_header_of(&o->site, "Location"));
}

/* What every private page keeps to: kept by nobody, no tag, message or placeholder left open, one heading, not too large. */
static inline void assert_private_page(struct site *s, int status, const char *what)
{
    static const struct {
        const char *pattern;
        size_t wanted;
    } rules[] = {
        {"<h1[ >]", 1},
        {"<title>[^<]+ · Merit</title>", 1},
        {" style=", 0},
        {"<script>", 0},
        {"\\{\\{", 0},
        {"\\{[a-z_]+\\}", 0},
        {"[>\" "
         "](office|upload|batch|claim|result|spec|element|mapping|profiles|enrolment|enrol)\\.[a-z_]+[a-z_0-9.]*[<\" ]",
         0},
    };
    site_assert_status(s, status, what, __FILE__, __LINE__);
    assert_str(site_header_of(s, "Cache-Control"), "no-store");
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        size_t got = site_count(s, rules[i].pattern);
        if (got == rules[i].wanted) continue;
        fail_msg("%s: /%s/ stands %zu times, wanted %zu\n%.*s", what, rules[i].pattern, got, rules[i].wanted,
                 MR_STR_ARG(s->body));
    }
    if (s->body.len > (size_t)60 * 1024) fail_msg("%s: %zu bytes", what, s->body.len);
}

#endif
