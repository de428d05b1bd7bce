/* The buttons of a draft: handing in, approving, sending back, remarks, languages, copies, putting away. Each does one thing and shows the draft, or the list, anew; what cannot
 * be done is told on the draft's page. */
#include "web/draft.h"

#include "base/limits.h"
#include "web/office.h"

static void back(mr_page *p, int code, const struct mr_err *err)
{
    if (code == MR_OK)
        mr_http_redirect(p->response, mr_web_draft_path(p, p->part[0], ""));
    else
        mr_page_fail(p, err);
}

/* The draft's page with a sentence on top. */
static void show_fault(mr_page *p, mr_str fault, const struct mr_findings *findings)
{
    struct mr_draft draft;
    if (mr_web_draft_open(p, &draft)) mr_web_draft_show(p, &draft, fault, findings);
}

static void tell_state(mr_page *p, const struct mr_err *err)
{
    if (err->code == MR_E_STATE)
        show_fault(p, mr_message(p->language, "draft.moved_on"), NULL);
    else
        mr_page_fail(p, err);
}

void mr_web_draft_submit(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_findings findings;
    mr_findings_init(&findings, p->arena);
    int code = mr_draft_submit(p->service, p->actor, p->arena, p->part[0], &findings, &err);
    if (code == MR_E_SPECIFICATION)
        show_fault(p, mr_office_count(p, "draft.not_submitted", (int64_t)findings.faults), &findings);
    else if (code == MR_OK)
        back(p, code, &err);
    else
        tell_state(p, &err);
}

void mr_web_draft_approve(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_findings findings;
    mr_str slug;
    mr_findings_init(&findings, p->arena);
    int code = mr_draft_approve(p->service, p->actor, p->arena, p->part[0], &findings, &slug, &err);
    if (code == MR_OK)
        mr_http_redirect(p->response, mr_arena_format(p->arena, "/provider?published=%.*s", MR_STR_ARG(slug)));
    else if (code == MR_E_SPECIFICATION)
        show_fault(p, mr_office_count(p, "draft.not_approved", (int64_t)findings.faults), &findings);
    else if (code == MR_E_EXISTS)
        show_fault(p, mr_message(p->language, "office.publish.exists"), NULL);
    else if (code == MR_E_FORBIDDEN && err.pointer[0])
        show_fault(p, mr_message(p->language, "error.another_provider"), NULL);
    else if (code == MR_E_FORBIDDEN && strcmp(err.detail, "own") == 0)
        show_fault(p, mr_message(p->language, "draft.barred_own"), NULL);
    else if (code == MR_E_FORBIDDEN && strcmp(err.detail, "only_editor") == 0)
        show_fault(p, mr_message(p->language, "draft.barred_only"), NULL);
    else
        tell_state(p, &err);
}

void mr_web_draft_return(mr_page *p)
{
    struct mr_err err = {0};
    int code = mr_draft_return(p->service, p->actor, p->arena, p->part[0], mr_http_form(p->request, "reason"), &err);
    if (code == MR_E_USAGE)
        show_fault(p, mr_message(p->language, "draft.no_reason"), NULL);
    else if (code == MR_OK)
        back(p, code, &err);
    else
        tell_state(p, &err);
}

void mr_web_draft_comment(mr_page *p)
{
    struct mr_err err = {0};
    int code = mr_draft_comment(p->service, p->actor, p->arena, p->part[0], mr_http_form(p->request, "element"),
                                mr_http_form(p->request, "remark"), &err);
    if (code == MR_E_USAGE)
        show_fault(p, mr_message(p->language, "draft.no_remark"), NULL);
    else
        back(p, code, &err);
}

void mr_web_draft_language(mr_page *p)
{
    static const struct {
        const char *word;
        mr_draft_language what;
    } ops[] = {
        {"add", MR_DRAFT_LANGUAGE_ADD}, {"remove", MR_DRAFT_LANGUAGE_REMOVE}, {"first", MR_DRAFT_LANGUAGE_FIRST}};
    struct mr_err err = {0};
    mr_str rest = mr_http_form(p->request, "op"), verb = MR_STR_EMPTY, language = MR_STR_EMPTY;
    mr_str_split(&rest, ' ', &verb);
    if (!mr_str_split(&rest, ' ', &language)) language = mr_http_form(p->request, "language");
    int code = MR_FAIL(&err, MR_E_USAGE, "no such button", MR_NOWHERE);
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        if (mr_str_is(verb, ops[i].word))
            code = mr_draft_set_language(p->service, p->actor, p->arena, p->part[0], ops[i].what, language, &err);
    if (code == MR_E_STATE && strcmp(err.detail, "texts") == 0)
        show_fault(p, mr_message(p->language, "draft.language_has_texts"), NULL);
    else if (code == MR_OK)
        back(p, code, &err);
    else
        tell_state(p, &err);
}

/* Take away a member that specification files do not know. */
void mr_web_draft_drop(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_draft draft;
    struct mr_draft_conflict conflict;
    size_t conflicts;
    const struct mr_draft_change change = {.member = mr_http_form(p->request, "member")};
    int code =
        mr_draft_save(p->service, p->actor, p->arena, p->part[0], &change, 1, &conflict, &conflicts, &draft, &err);
    if (code == MR_OK)
        back(p, code, &err);
    else
        tell_state(p, &err);
}

void mr_web_draft_take_provider(mr_page *p)
{
    struct mr_err err = {0};
    if (mr_draft_take_provider(p->service, p->actor, p->arena, p->part[0], &err) == MR_OK)
        mr_http_redirect(p->response, mr_web_draft_path(p, p->part[0], "/provider"));
    else
        tell_state(p, &err);
}

static void go_to(mr_page *p, int code, mr_str id, const struct mr_err *err)
{
    if (code == MR_OK)
        mr_http_redirect(p->response, mr_web_draft_path(p, id, ""));
    else
        mr_page_fail(p, err);
}

void mr_web_draft_copy(mr_page *p)
{
    struct mr_err err = {0};
    mr_str id;
    int code = mr_draft_copy(p->service, p->actor, p->arena, p->part[0], &id, &err);
    go_to(p, code, id, &err);
}

void mr_web_draft_version(mr_page *p)
{
    struct mr_err err = {0};
    mr_str id;
    int code = mr_draft_new_version(p->service, p->actor, p->arena, p->part[0], &id, &err);
    go_to(p, code, id, &err);
}

void mr_web_draft_archive(mr_page *p)
{
    struct mr_err err = {0};
    bool away = mr_str_is(mr_http_form(p->request, "op"), "archive");
    int code = mr_draft_archive(p->service, p->actor, p->arena, p->part[0], away, &err);
    if (code == MR_OK)
        back(p, code, &err);
    else
        tell_state(p, &err);
}

void mr_web_draft_delete(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_draft draft;
    if (!mr_http_form(p->request, "sure").len) { /* asked again: it is for good */
        mr_str language;
        if (!mr_web_draft_open(p, &draft)) return;
        mr_page_begin(p, "draft.delete.title", "provider.specifications");
        mr_json_put_member(&p->view, "address", mr_web_draft_path(p, draft.id, ""));
        mr_json_put_member(&p->view, "draft_title", mr_web_draft_title(p, &draft, &language));
        mr_json_put_member(&p->view, "draft_lang", language);
        mr_page_show_private(p, "draft_delete");
        return;
    }
    int code = mr_draft_delete(p->service, p->actor, p->arena, p->part[0], &err);
    if (code == MR_OK)
        mr_http_redirect(p->response, MR_STR("/provider/specifications"));
    else
        tell_state(p, &err);
}

void mr_web_specification_archive(mr_page *p)
{
    struct mr_err err = {0};
    bool away = mr_str_is(mr_http_form(p->request, "op"), "archive");
    int code = mr_catalogue_archive(p->service, p->actor, p->part[0], away, &err);
    if (code == MR_OK)
        mr_http_redirect(p->response,
                         away ? MR_STR("/provider/specifications?show=archived") : MR_STR("/provider/specifications"));
    else
        mr_page_fail(p, &err);
}

void mr_web_draft_file(mr_page *p)
{
    struct mr_draft draft;
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_json_writer w;
    mr_buf_init(&text, 4 * MR_LIMIT_DRAFT);
    if (!mr_web_draft_open(p, &draft)) return;
    mr_json_writer_init(&w, &text, 2);
    mr_json_put_value(&w, draft.root);
    mr_buf_putc(&text, '\n');
    bool named = draft.slug.len > 0; /* of letters, digits, dots and hyphens? else it has no place in a header */
    for (size_t i = 0; i < draft.slug.len; i++) {
        char c = draft.slug.ptr[i];
        named &= (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    }
    mr_page_download(p, "application/json",
                     named ? mr_arena_format(p->arena, "%.*s.json", MR_STR_ARG(draft.slug))
                           : MR_STR("specification.json"),
                     mr_buf_str(&text));
}
