/* Pages that learning platforms lead to (service/lti.h), and the office's page of platforms.
 *
 * A launch's page stands in a frame of the platform: it says so in its Content-Security-Policy, has no navigation of the site, needs no cookie, and what leads out of
 * it opens a tab of its own. An instructor's next step carries the session that the launch gave, in a hidden field. */
#include "service/api_token.h"
#include "base/limits.h"
#include "service/catalogue.h"
#include "service/lti.h"
#include "web/page.h"
#include "web/session.h"

static mr_str field(mr_page *p, const char *name)
{
    mr_str value = p->request->method == MR_POST ? mr_http_form(p->request, name) : MR_STR_EMPTY;
    return mr_str_trim(value.len ? value : mr_http_query(p->request, name));
}

/* frame: origins that may show this page; empty: none. */
static void allow_frame(mr_page *p, mr_str frame)
{
    if (!frame.len) return;
    mr_http_set_header(p->response, "Content-Security-Policy",
                       mr_arena_format(p->arena,
                                       "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
                                       "form-action 'self'; base-uri 'none'; frame-ancestors %.*s",
                                       MR_STR_ARG(frame)));
}

/* ---- sign-in ---- */

void mr_web_lti_login(mr_page *p)
{
    struct mr_err err = {0};
    mr_str location;
    const struct mr_lti_login login = {.issuer = field(p, "iss"),
                                       .client_id = field(p, "client_id"),
                                       .login_hint = field(p, "login_hint"),
                                       .message_hint = field(p, "lti_message_hint")};
    if (mr_lti_begin(p->service, p->arena, &login, &location, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_http_set_header(p->response, "Cache-Control", MR_STR("no-store"));
    mr_http_redirect(p->response, location);
}

void mr_web_lti_keys(mr_page *p)
{
    struct mr_err err = {0};
    mr_str keys;
    if (mr_lti_write_keys(p->service, p->arena, &keys, &err) != MR_OK)
        mr_page_fail(p, &err);
    else
        mr_page_answer_everybody(p, "application/json", "300", keys);
}

/* ---- the page of a launch ---- */

/* What came of an instructor's step. */
struct done {
    const struct mr_lti_taken *taken; /* NULL: nothing was taken */
    const char *wrong;                /* message; NULL: nothing is wrong */
    bool linked;
    mr_str percent;
};

static int put_choices(mr_page *p, const struct mr_lti_launch *launch, struct mr_err *err)
{
    struct mr_published *list;
    size_t count;
    mr_json_writer *v = &p->view;
    const struct mr_specification_filter own = {
        .org_id = launch->org_id, .newest_first = true, .limit = MR_LIMIT_OFFICE_CHOICES};
    MR_TRY(mr_catalogue_list(p->service, p->arena, &own, &list, &count, err));
    mr_json_put_name(v, "choices");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count; i++) {
        mr_json_begin_object(v);
        mr_json_put_member(v, "slug", list[i].slug);
        mr_json_put_member(v, "name", mr_texts_get(list[i].specification.title, mr_language_tag(p->language), NULL));
        mr_json_put_flag(&p->view, "chosen", mr_str_eq(list[i].slug, launch->specification_slug));
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    mr_json_put_flag(&p->view, "has_choices", count > 0);
    return MR_OK;
}

static int put_specification(mr_page *p, const struct mr_lti_launch *launch, struct mr_err *err)
{
    struct mr_published published;
    mr_str language;
    mr_json_put_flag(&p->view, "linked", launch->specification_slug.len > 0);
    if (!launch->specification_slug.len) return MR_OK;
    MR_TRY(mr_catalogue_get(p->service, p->arena, launch->specification_slug, &published, err));
    mr_json_put_member(&p->view, "slug", published.slug);
    mr_json_put_member(&p->view, "specification",
                       mr_texts_get(published.specification.title, mr_language_tag(p->language), &language));
    mr_json_put_member(&p->view, "specification_lang", language);
    return MR_OK;
}

static mr_str counted(mr_page *p, const char *id, size_t count)
{
    return MR_SAY(p->arena, p->language, id, {"count", mr_say_count(p->arena, p->language, (int64_t)count)});
}

static void put_done(mr_page *p, const struct done *done)
{
    mr_json_writer *v = &p->view;
    mr_json_put_flag(&p->view, "just_linked", done->linked);
    mr_json_put_flag(&p->view, "wrong", done->wrong != NULL);
    if (done->wrong) mr_page_say(p, "wrong_text", done->wrong);
    mr_json_put_member(v, "percent", done->percent.len ? done->percent : MR_STR("60"));
    mr_json_put_flag(&p->view, "taken", done->taken != NULL);
    if (!done->taken) return;
    mr_json_put_member(v, "taken_members", counted(p, "lti.taken.members", done->taken->members));
    mr_json_put_member(v, "taken_completed", counted(p, "lti.taken.completed", done->taken->completed));
    mr_json_put_flag(&p->view, "any_completed", done->taken->batch_id.len > 0);
}

static int put_standing(mr_page *p, const struct mr_lti_launch *launch, struct mr_err *err)
{
    struct mr_lti_standing standing;
    MR_TRY(mr_lti_standing(p->service, p->arena, launch, &standing, err));
    mr_json_put_flag(&p->view, "completed", standing.completed || standing.claim_path.len);
    mr_json_put_flag(&p->view, "awarded", standing.claim_path.len > 0);
    mr_json_put_member(&p->view, "claim", standing.claim_path);
    return MR_OK;
}

static void show(mr_page *p, const struct mr_lti_launch *launch, const struct done *done)
{
    struct mr_err err = {0};
    mr_page_begin(p, "lti.title", "");
    mr_json_put_member(&p->view, "place", launch->title);
    mr_json_put_member(&p->view, "platform", launch->platform_name);
    mr_json_put_flag(&p->view, "instructor", launch->is_instructor);
    mr_json_put_flag(&p->view, "learner", launch->is_learner);
    mr_json_put_flag(&p->view, "nobody", !launch->is_instructor && !launch->is_learner);
    mr_json_put_flag(&p->view, "can_take", launch->has_results && launch->has_members);
    mr_json_put_member(&p->view, "session", launch->session);
    put_done(p, done);
    int code = put_specification(p, launch, &err);
    if (code == MR_OK && launch->is_instructor) code = put_choices(p, launch, &err);
    if (code == MR_OK && launch->is_learner) code = put_standing(p, launch, &err);
    if (code != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    if (done->wrong) mr_http_set_status(p->response, 422);
    allow_frame(p, launch->frame);
    mr_page_show_private(p, "lti");
}

void mr_web_lti_launch(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_lti_launch launch;
    const struct done nothing = {0};
    if (mr_lti_launch(p->service, p->arena, field(p, "id_token"), field(p, "state"), &launch, &err) == MR_OK) {
        show(p, &launch, &nothing);
        return;
    }
    if (err.code == MR_E_SIGNATURE) err.code = MR_E_FORBIDDEN;
    mr_page_fail(p, &err);
}

static bool resume(mr_page *p, struct mr_lti_launch *ret)
{
    struct mr_err err = {0};
    if (mr_lti_resume(p->service, p->arena, field(p, "session"), ret, &err) == MR_OK) return true;
    mr_page_fail(p, &err);
    return false;
}

void mr_web_lti_link(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_lti_launch launch;
    struct done done = {.linked = true};
    if (!resume(p, &launch)) return;
    int code = mr_lti_link(p->service, p->arena, &launch, field(p, "specification"), &err);
    if (code == MR_E_NOT_FOUND)
        done = (struct done){.wrong = "lti.wrong.specification"};
    else if (code != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    if (resume(p, &launch)) show(p, &launch, &done);
}

void mr_web_lti_results(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_lti_launch launch;
    struct mr_lti_taken taken;
    struct done done = {.percent = field(p, "percent")};
    uint64_t percent;
    if (!resume(p, &launch)) return;
    if (!mr_str_to_u64(done.percent, &percent) || percent > 100)
        done.wrong = "lti.wrong.percent";
    else if (mr_lti_take_results(p->service, p->arena, &launch, (unsigned)percent, &taken, &err) == MR_OK)
        done.taken = &taken;
    else if (err.code == MR_E_NET || err.code == MR_E_JSON || err.code == MR_E_FORMAT)
        done.wrong = "lti.wrong.platform";
    else {
        mr_page_fail(p, &err);
        return;
    }
    show(p, &launch, &done);
}

/* ---- the office ---- */

static const struct {
    const char *name, *pointer;
    bool is_url;
} inputs[] = {{"name", "/name", false},        {"issuer", "/issuer", false},      {"client_id", "/client_id", false},
              {"auth_url", "/auth_url", true}, {"token_url", "/token_url", true}, {"jwks_url", "/jwks_url", true}};
#define INPUTS (sizeof inputs / sizeof *inputs)

struct form {
    mr_str values[INPUTS], deployments, organisation;
    const char *wrong; /* name of the input that is wrong; NULL: nothing is */
    const char *wrong_text;
};

static int put_platforms(mr_page *p, struct mr_err *err)
{
    struct mr_lti_platform *list;
    size_t count;
    mr_json_writer *v = &p->view;
    MR_TRY(mr_lti_platform_list(p->service, p->actor, p->arena, p->actor->org_id, &list, &count, err));
    mr_json_put_name(v, "platforms");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count; i++) {
        mr_json_begin_object(v);
        mr_json_put_member(v, "id", list[i].id);
        mr_json_put_member(v, "platform_name", list[i].name);
        mr_json_put_member(v, "platform_issuer", list[i].issuer);
        mr_json_put_member(v, "platform_client", list[i].client_id);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    mr_json_put_flag(&p->view, "has_platforms", count > 0);
    return MR_OK;
}

static int put_holders(mr_page *p, const struct form *f, struct mr_err *err)
{
    struct mr_api_token_holder *list;
    size_t count;
    mr_json_put_flag(&p->view, "asks_organisation", !p->actor->org_id.len);
    if (p->actor->org_id.len) return MR_OK;
    MR_TRY(mr_api_token_holders(p->service, p->actor, p->arena, &list, &count, err));
    mr_json_put_name(&p->view, "holders");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < count; i++) {
        mr_json_begin_object(&p->view);
        mr_json_put_member(&p->view, "id", list[i].id);
        mr_json_put_member(&p->view, "holder", list[i].name);
        mr_json_put_flag(&p->view, "chosen", mr_str_eq(list[i].id, f->organisation));
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
    return MR_OK;
}

static void put_inputs(mr_page *p, const struct form *f)
{
    mr_json_writer *v = &p->view;
    mr_json_put_name(v, "inputs");
    mr_json_begin_array(v);
    for (size_t i = 0; i < INPUTS; i++) {
        bool wrong = f->wrong && strcmp(f->wrong, inputs[i].name) == 0;
        mr_json_begin_object(v);
        mr_json_put_member_c(v, "id", inputs[i].name);
        mr_json_put_member(v, "label",
                           mr_message_str(p->language, mr_arena_format(p->arena, "lti.input.%s", inputs[i].name)));
        mr_json_put_member(v, "hint",
                           mr_message_str(p->language, mr_arena_format(p->arena, "lti.hint.%s", inputs[i].name)));
        mr_json_put_member(v, "value", f->values[i]);
        mr_json_put_flag(&p->view, "url", inputs[i].is_url);
        mr_json_put_flag(&p->view, "is_wrong", wrong);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
}

static void show_office(mr_page *p, const struct form *f)
{
    struct mr_err err = {0};
    mr_json_writer *v = &p->view;
    mr_page_begin(p, "lti.office.title", "provider.integrations");
    mr_json_put_member(v, "site", mr_service_public_url(p->service));
    mr_json_put_member(v, "deployments", f->deployments);
    mr_json_put_flag(&p->view, "wrong", f->wrong != NULL);
    mr_json_put_member_c(v, "wrong_id", f->wrong ? f->wrong : "");
    if (f->wrong) mr_page_say(p, "wrong_text", f->wrong_text);
    if (f->wrong) mr_http_set_status(p->response, 422);
    put_inputs(p, f);
    int code = put_holders(p, f, &err);
    if (code == MR_OK) code = put_platforms(p, &err);
    if (code == MR_OK)
        mr_page_show_private(p, "lti_platforms");
    else
        mr_page_fail(p, &err);
}

void mr_web_lti_platforms(mr_page *p)
{
    const struct form nothing = {0};
    show_office(p, &nothing);
}

void mr_web_lti_platform_add(mr_page *p)
{
    struct mr_err err = {0};
    struct form f = {.deployments = field(p, "deployments")};
    mr_str id;
    if (!mr_web_is_fresh(p, MR_STR("/provider/integrations/lti"))) return;
    for (size_t i = 0; i < INPUTS; i++) f.values[i] = field(p, inputs[i].name);
    f.organisation = p->actor->org_id.len ? p->actor->org_id : field(p, "organisation");
    const struct mr_lti_platform platform = {.org_id = f.organisation,
                                             .name = f.values[0],
                                             .issuer = f.values[1],
                                             .client_id = f.values[2],
                                             .auth_url = f.values[3],
                                             .token_url = f.values[4],
                                             .jwks_url = f.values[5],
                                             .deployments = f.deployments};
    int code = mr_lti_platform_add(p->service, p->actor, p->arena, &platform, &id, &err);
    if (code == MR_OK) {
        mr_http_redirect(p->response, MR_STR("/provider/integrations/lti"));
        return;
    }
    for (size_t i = 0; i < INPUTS && code == MR_E_FORMAT; i++)
        if (strcmp(inputs[i].pointer, err.pointer) == 0)
            f.wrong = inputs[i].name, f.wrong_text = inputs[i].is_url ? "lti.wrong.url" : "lti.wrong.empty";
    if (code == MR_E_EXISTS) f.wrong = "client_id", f.wrong_text = "lti.wrong.exists";
    if (f.wrong)
        show_office(p, &f);
    else
        mr_page_fail(p, &err);
}

void mr_web_lti_platform_remove(mr_page *p)
{
    struct mr_err err = {0};
    if (mr_lti_platform_remove(p->service, p->actor, p->part[0], &err) == MR_OK)
        mr_http_redirect(p->response, MR_STR("/provider/integrations/lti"));
    else
        mr_page_fail(p, &err);
}

void mr_web_lti_platform_remove_ask(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_lti_platform *list;
    size_t count, i = 0;
    if (mr_lti_platform_list(p->service, p->actor, p->arena, p->actor->org_id, &list, &count, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    while (i < count && !mr_str_eq(list[i].id, p->part[0])) i++;
    if (i == count) {
        mr_page_not_found(p);
        return;
    }
    mr_page_begin(p, "lti.remove.title", "provider.integrations");
    mr_json_put_member(&p->view, "id", list[i].id);
    mr_json_put_member(&p->view, "platform", list[i].name);
    mr_page_show_private(p, "lti_remove");
}
