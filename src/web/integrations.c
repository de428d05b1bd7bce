/* Programs that work for an organisation: the page of its API tokens.
 *
 *   GET  /provider/integrations                      the tokens, and the form for a new one
 *   POST /provider/integrations                      makes it; the answer is the only page that ever shows it
 *   GET  /provider/integrations/tokens/<id>/revoke   asks once more
 *   POST /provider/integrations/tokens/<id>/revoke   it is done */
#include "service/api_token.h"
#include "web/page.h"
#include "web/session.h"

static const int64_t days_choices[] = {30, 90, 365, 730};

/* What was typed, given back when something is wrong with it. */
struct typed {
    mr_str name, organisation;
    unsigned scopes;
    int64_t days;
    const char *wrong_name; /* messages; NULL: nothing is wrong */
    const char *wrong_organisation;
};

static mr_str scope_name(mr_page *p, mr_scope scope)
{
    return mr_message_str(p->language, mr_arena_format(p->arena, "token.scope.%s", mr_scope_word(scope)));
}

/* "read, award": in the reader's words. */
static mr_str scopes_said(mr_page *p, unsigned scopes)
{
    mr_str text = MR_STR_EMPTY;
    for (mr_scope s = MR_SCOPE_READ; s <= MR_SCOPE_MANAGE; s++) {
        if (!(scopes & 1u << s)) continue;
        mr_str name = scope_name(p, s);
        text = mr_arena_format(p->arena, "%.*s%s%.*s", MR_STR_ARG(text), text.len ? ", " : "", MR_STR_ARG(name));
    }
    return text;
}

static mr_str day_or(mr_page *p, int64_t time, const char *otherwise)
{
    return time == MR_TIME_NONE ? mr_message(p->language, otherwise) : mr_say_day(p->arena, p->language, time);
}

static void put_token(mr_page *p, const struct mr_api_token *t)
{
    mr_json_writer *v = &p->view;
    int64_t now = mr_env_now(mr_service_env(p->service));
    bool revoked = t->revoked_at != MR_TIME_NONE, expired = t->expires_at != MR_TIME_NONE && t->expires_at <= now;
    const char *state = revoked ? "token.state.revoked" : expired ? "token.state.expired" : "token.state.active";
    mr_json_begin_object(v);
    mr_json_put_member(v, "id", t->id);
    mr_json_put_member(v, "name", t->name);
    mr_json_put_member(v, "organisation", t->organisation);
    mr_json_put_member(v, "scopes", scopes_said(p, t->scopes));
    mr_json_put_member(v, "used", day_or(p, t->last_used_at, "token.never_used"));
    mr_json_put_member(v, "until", day_or(p, t->expires_at, "token.no_end"));
    mr_json_put_member(v, "state", mr_message(p->language, state));
    mr_json_put_flag(&p->view, "passed", !revoked && !expired);
    mr_json_put_flag(&p->view, "na", revoked || expired);
    mr_json_put_flag(&p->view, "active", !revoked);
    mr_json_end_object(v);
}

static int put_tokens(mr_page *p, struct mr_err *err)
{
    struct mr_api_token *list;
    size_t count;
    MR_TRY(mr_api_token_list(p->service, p->actor, p->arena, p->actor->org_id, &list, &count, err));
    mr_json_put_name(&p->view, "tokens");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < count; i++) put_token(p, &list[i]);
    mr_json_end_array(&p->view);
    mr_json_put_flag(&p->view, "has_tokens", count > 0);
    return MR_OK;
}

/* The organisations to choose from, where there is a choice. */
static int put_holders(mr_page *p, mr_str chosen, struct mr_err *err)
{
    struct mr_api_token_holder *list;
    size_t count;
    mr_json_writer *v = &p->view;
    mr_json_put_flag(&p->view, "asks_organisation", !p->actor->org_id.len);
    if (p->actor->org_id.len) return MR_OK;
    MR_TRY(mr_api_token_holders(p->service, p->actor, p->arena, &list, &count, err));
    mr_json_put_name(v, "holders");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count; i++) {
        mr_json_begin_object(v);
        mr_json_put_member(v, "id", list[i].id);
        mr_json_put_member(v, "name", list[i].name);
        mr_json_put_flag(&p->view, "chosen", mr_str_eq(list[i].id, chosen));
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    mr_json_put_flag(&p->view, "has_holders", count > 0);
    return MR_OK;
}

static void put_choices(mr_page *p, const struct typed *typed)
{
    mr_json_writer *v = &p->view;
    mr_json_put_name(v, "scope_choices");
    mr_json_begin_array(v);
    for (mr_scope s = MR_SCOPE_DESCRIBE; s <= MR_SCOPE_MANAGE; s++) {
        mr_json_begin_object(v);
        mr_json_put_member_c(v, "word", mr_scope_word(s));
        mr_json_put_member(v, "name", scope_name(p, s));
        mr_json_put_member(
            v, "about",
            mr_message_str(p->language, mr_arena_format(p->arena, "token.scope.%s_text", mr_scope_word(s))));
        mr_json_put_flag(&p->view, "chosen", typed->scopes & 1u << s);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    mr_json_put_name(v, "day_choices");
    mr_json_begin_array(v);
    for (size_t i = 0; i < sizeof days_choices / sizeof *days_choices; i++) {
        mr_json_begin_object(v);
        mr_json_put_number(v, "days", days_choices[i]);
        mr_json_put_member(
            v, "name",
            MR_SAY(p->arena, p->language, "say.days", {"count", mr_say_count(p->arena, p->language, days_choices[i])}));
        mr_json_put_flag(&p->view, "chosen", days_choices[i] == typed->days);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
}

static void put_typed(mr_page *p, const struct typed *typed)
{
    mr_json_writer *v = &p->view;
    bool wrong = typed->wrong_name || typed->wrong_organisation;
    mr_json_put_member(v, "typed_name", typed->name);
    mr_json_put_flag(&p->view, "wrong", wrong);
    mr_json_put_flag(&p->view, "wrong_name", typed->wrong_name != NULL);
    mr_json_put_flag(&p->view, "wrong_organisation", typed->wrong_organisation != NULL);
    if (typed->wrong_name) mr_page_say(p, "wrong_name_text", typed->wrong_name);
    if (typed->wrong_organisation) mr_page_say(p, "wrong_organisation_text", typed->wrong_organisation);
    if (wrong) mr_http_set_status(p->response, 422);
}

/* token: one that was just made, to be shown this once; or empty. */
static void show(mr_page *p, const struct typed *typed, mr_str token)
{
    struct mr_err err = {0};
    mr_page_begin(p, token.len ? "token.made.title" : "integrations.title", "provider.integrations");
    mr_json_put_flag(&p->view, "made", token.len > 0);
    mr_json_put_member(&p->view, "token", token);
    mr_json_put_member(&p->view, "site", mr_service_public_url(p->service));
    put_typed(p, typed);
    put_choices(p, typed);
    int code = put_holders(p, typed->organisation, &err);
    if (code == MR_OK) code = put_tokens(p, &err);
    if (code == MR_OK)
        mr_page_show_private(p, "integrations");
    else
        mr_page_fail(p, &err);
}

void mr_web_integrations(mr_page *p)
{
    const struct typed nothing = {.days = 365};
    show(p, &nothing, MR_STR_EMPTY);
}

static struct typed read_typed(mr_page *p)
{
    struct typed typed = {.name = mr_str_trim(mr_http_form(p->request, "name")),
                          .organisation =
                              p->actor->org_id.len ? p->actor->org_id : mr_http_form(p->request, "organisation"),
                          .scopes = 1u << MR_SCOPE_READ,
                          .days = 365};
    uint64_t days;
    for (mr_scope s = MR_SCOPE_DESCRIBE; s <= MR_SCOPE_MANAGE; s++)
        if (mr_http_form(p->request, mr_arena_format(p->arena, "scope_%s", mr_scope_word(s)).ptr).len)
            typed.scopes |= 1u << s;
    if (mr_str_to_u64(mr_http_form(p->request, "days"), &days) && days >= 1 && days <= MR_API_TOKEN_DAYS_MOST)
        typed.days = (int64_t)days;
    if (!typed.name.len) typed.wrong_name = "token.wrong.name";
    if (mr_utf8_length(typed.name) > MR_API_TOKEN_NAME) typed.wrong_name = "token.wrong.long";
    if (!typed.organisation.len) typed.wrong_organisation = "token.wrong.organisation";
    return typed;
}

void mr_web_token_add(mr_page *p)
{
    struct mr_err err = {0};
    struct typed typed = read_typed(p);
    const struct typed nothing = {.days = 365};
    mr_str id, token;
    if (!mr_web_is_fresh(p, MR_STR("/provider/integrations"))) return;
    if (typed.wrong_name || typed.wrong_organisation) {
        show(p, &typed, MR_STR_EMPTY);
        return;
    }
    const struct mr_api_token_order order = {
        .org_id = typed.organisation, .name = typed.name, .scopes = typed.scopes, .days = typed.days};
    if (mr_api_token_add(p->service, p->actor, p->arena, &order, &id, &token, &err) == MR_OK)
        show(p, &nothing, token);
    else
        mr_page_fail(p, &err);
}

/* ---- revoking ---- */

void mr_web_token_revoke_ask(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_api_token *list;
    size_t count, i = 0;
    if (mr_api_token_list(p->service, p->actor, p->arena, p->actor->org_id, &list, &count, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    while (i < count && !mr_str_eq(list[i].id, p->part[0])) i++;
    if (i == count) {
        mr_page_not_found(p);
        return;
    }
    mr_page_begin(p, "token.revoke.title", "provider.integrations");
    mr_json_put_name(&p->view, "token");
    put_token(p, &list[i]);
    mr_page_show_private(p, "token_revoke");
}

void mr_web_token_revoke(mr_page *p)
{
    struct mr_err err = {0};
    if (mr_api_token_revoke(p->service, p->actor, p->part[0], &err) == MR_OK)
        mr_http_redirect(p->response, MR_STR("/provider/integrations"));
    else
        mr_page_fail(p, &err);
}
