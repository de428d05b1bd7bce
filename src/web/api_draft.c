/* Drafts for programs: the use cases of the office's pages, in JSON. Approving and remarking are for persons, who have pages for it. */
#include "base/limits.h"
#include "service/draft_preview.h"
#include "web/api.h"
#include "web/draft.h"
#include "web/draft_form.h"

static void put_deed(mr_page *p, const char *by, const char *at, const struct mr_draft_deed *deed)
{
    if (!deed->kind.len) return;
    mr_json_put_member(&p->view, by,
                       deed->id.len
                           ? mr_arena_format(p->arena, "%.*s:%.*s", MR_STR_ARG(deed->kind), MR_STR_ARG(deed->id))
                           : deed->kind);
    mr_api_put_time(p, at, deed->at);
}

static void put_draft(mr_page *p, const struct mr_draft *d)
{
    mr_json_writer *v = &p->view;
    mr_json_put_member(v, "id", d->id);
    mr_json_put_member(v, "slug", d->slug);
    mr_json_put_member(v, "version", d->version);
    mr_json_put_member(v, "languages", d->languages);
    mr_json_put_member(v, "state", mr_draft_state_word(d->state));
    mr_json_put_number(v, "revision", d->revision);
    if (d->based_on.len) mr_json_put_member(v, "based_on", d->based_on);
    if (d->specification_id.len) mr_json_put_member(v, "specification", d->specification_id);
    if (d->reason.len) mr_json_put_member(v, "reason", d->reason);
    put_deed(p, "submitted_by", "submitted_at", &d->submitted);
    put_deed(p, "decided_by", "decided_at", &d->decided);
    mr_api_put_time(p, "created_at", d->created_at);
    mr_api_put_time(p, "updated_at", d->updated_at);
}

static void answer(mr_page *p, int status, mr_str id)
{
    struct mr_err err = {0};
    struct mr_draft draft;
    if (mr_draft_open(p->service, p->actor, p->arena, id, &draft, &err) != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    put_draft(p, &draft);
    mr_json_put_name(&p->view, "document");
    mr_json_put_value(&p->view, draft.root);
    mr_api_show(p, status);
}

static void answer_or_fail(mr_page *p, int code, int status, mr_str id, const struct mr_err *err)
{
    if (code == MR_OK)
        answer(p, status, id);
    else
        mr_api_fail(p, err);
}

void mr_api_drafts(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_draft *list;
    struct mr_api_paging paging;
    size_t count;
    if (!mr_api_paging(p, &paging)) return;
    const struct mr_draft_filter filter = {.state = mr_http_query(p->request, "state"),
                                           .after = mr_web_draft_place(paging.after),
                                           .limit = paging.limit + 1};
    if (mr_draft_list(p->service, p->actor, p->arena, &filter, &list, &count, &err) != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    size_t shown = count < paging.limit ? count : paging.limit;
    mr_api_begin(p);
    mr_json_put_name(&p->view, "items");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < shown; i++) {
        mr_json_begin_object(&p->view);
        put_draft(p, &list[i]);
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
    if (count > shown)
        mr_api_put_next(p, mr_arena_format(p->arena, "%lld.%.*s", (long long)list[shown - 1].updated_at,
                                           MR_STR_ARG(list[shown - 1].id)));
    mr_api_show(p, 200);
}

/* {"document": {...}}, or {"title", "languages"?, "provider"?} for an empty one. */
void mr_api_draft_new(mr_page *p)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    struct mr_err err = {0};
    mr_str id = MR_STR_EMPTY;
    int code;
    mr_buf_init(&text, MR_LIMIT_DRAFT);
    const mr_json *body = mr_api_body(p), *document = mr_json_get(body, "document");
    if (!body) return;
    if (document) {
        mr_json_writer w;
        mr_json_writer_init(&w, &text, 0);
        mr_json_put_value(&w, document);
        code = mr_buf_failed(&text) ? MR_FAIL(&err, MR_E_LIMIT, "the specification is too large", MR_NOWHERE)
                                    : mr_draft_upload(p->service, p->actor, p->arena, mr_buf_str(&text), &id, &err);
    } else {
        mr_str languages = mr_json_get_str(body, "languages");
        const struct mr_draft_start start = {.title = mr_json_get_str(body, "title"),
                                             .languages = languages.len ? languages : MR_STR("en"),
                                             .provider = mr_json_get_str(body, "provider")};
        code = mr_draft_new(p->service, p->actor, p->arena, &start, &id, &err);
    }
    answer_or_fail(p, code, 201, id, &err);
}

void mr_api_draft(mr_page *p)
{
    answer(p, 200, p->part[0]);
}

void mr_api_draft_delete(mr_page *p)
{
    struct mr_err err = {0};
    if (mr_draft_delete(p->service, p->actor, p->arena, p->part[0], &err) == MR_OK)
        mr_api_done(p);
    else
        mr_api_fail(p, &err);
}

/* {"value": ..., "base"?: "mark"}; no value: the member goes. */
void mr_api_draft_element(mr_page *p)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    struct mr_err err = {0};
    struct mr_draft draft;
    struct mr_draft_conflict conflict;
    size_t met = 0;
    mr_buf_init(&text, MR_LIMIT_DRAFT);
    const mr_json *body = mr_api_body(p), *value = mr_json_get(body, "value");
    if (!body) return;
    if (value) {
        mr_json_writer w;
        mr_json_writer_init(&w, &text, 0);
        mr_json_put_value(&w, value);
    }
    const struct mr_draft_change change = {p->part[1], mr_buf_str(&text), mr_json_get_str(body, "base")};
    int code = mr_buf_failed(&text) ? MR_FAIL(&err, MR_E_LIMIT, "the answer is too long", MR_NOWHERE)
                                    : mr_draft_save(p->service, p->actor, p->arena, p->part[0], &change, 1, &conflict,
                                                    &met, &draft, &err);
    if (code == MR_OK && met) code = MR_FAIL_DETAIL(&err, MR_E_EXISTS, "somebody else has changed it", "conflict");
    answer_or_fail(p, code, 200, p->part[0], &err);
}

/* What an element is now, and the mark to send back with a change of it. */
void mr_api_draft_element_read(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_draft draft;
    if (mr_draft_open(p->service, p->actor, p->arena, p->part[0], &draft, &err) != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    const mr_json *value = mr_json_find_member(draft.root, p->part[1]);
    mr_api_begin(p);
    if (value) {
        mr_json_put_name(&p->view, "value");
        mr_json_put_value(&p->view, value);
    }
    mr_json_put_member(&p->view, "base", mr_draft_mark(p->arena, value));
    mr_api_show(p, 200);
}

void mr_api_draft_findings(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_draft draft;
    struct mr_findings findings;
    mr_specification spec;
    mr_findings_init(&findings, p->arena);
    int code = mr_draft_open(p->service, p->actor, p->arena, p->part[0], &draft, &err);
    if (code == MR_OK) code = mr_draft_check(p->service, p->arena, &draft, true, &spec, &findings, &err);
    if (code != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    mr_json_put_name(&p->view, "items");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < findings.count; i++) {
        const struct mr_finding *f = &findings.items[i];
        mr_json_begin_object(&p->view);
        mr_json_put_member_c(&p->view, "element", f->element);
        mr_json_put_member(&p->view, "text", mr_finding_say(p->arena, p->language, f));
        mr_json_put_member_c(&p->view, "pointer", f->pointer);
        mr_json_put_flag(&p->view, "warning", f->warning);
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
    mr_api_show(p, 200);
}

void mr_api_draft_take_provider(mr_page *p)
{
    struct mr_err err = {0};
    int code = mr_draft_take_provider(p->service, p->actor, p->arena, p->part[0], &err);
    answer_or_fail(p, code, 200, p->part[0], &err);
}

void mr_api_draft_submit(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_findings findings;
    mr_findings_init(&findings, p->arena);
    int code = mr_draft_submit(p->service, p->actor, p->arena, p->part[0], &findings, &err);
    if (code == MR_E_SPECIFICATION)
        mr_api_fail_findings(p, &err, &findings);
    else
        answer_or_fail(p, code, 200, p->part[0], &err);
}

void mr_api_draft_approve(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_findings findings;
    mr_str slug;
    mr_findings_init(&findings, p->arena);
    int code = mr_draft_approve(p->service, p->actor, p->arena, p->part[0], &findings, &slug, &err);
    if (code == MR_E_SPECIFICATION)
        mr_api_fail_findings(p, &err, &findings);
    else if (code == MR_E_FORBIDDEN && err.pointer[0])
        mr_api_problem(p, 403, MR_STR("another_provider"), err.detail);
    else
        answer_or_fail(p, code, 200, p->part[0], &err);
}

void mr_api_draft_return(mr_page *p)
{
    struct mr_err err = {0};
    const mr_json *body = mr_api_body(p);
    if (!body) return;
    int code = mr_draft_return(p->service, p->actor, p->arena, p->part[0], mr_json_get_str(body, "reason"), &err);
    answer_or_fail(p, code, 200, p->part[0], &err);
}

void mr_api_draft_remark(mr_page *p)
{
    struct mr_err err = {0};
    const mr_json *body = mr_api_body(p);
    if (!body) return;
    if (mr_draft_comment(p->service, p->actor, p->arena, p->part[0], mr_json_get_str(body, "element"),
                         mr_json_get_str(body, "remark"), &err) == MR_OK)
        mr_api_done(p);
    else
        mr_api_fail(p, &err);
}

void mr_api_draft_remarks(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_draft_comment *list;
    size_t count;
    if (mr_draft_comments(p->service, p->actor, p->arena, p->part[0], &list, &count, &err) != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    mr_json_put_name(&p->view, "items");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < count; i++) {
        mr_json_begin_object(&p->view);
        if (list[i].element.len) mr_json_put_member(&p->view, "element", list[i].element);
        mr_json_put_member(&p->view, "remark", list[i].remark);
        put_deed(p, "by", "at", &list[i].by);
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
    mr_api_show(p, 200);
}

/* {"language", "change": "add" | "remove" | "first"} */
void mr_api_draft_language(mr_page *p)
{
    static const char *const changes[] = {"add", "remove", "first"};
    struct mr_err err = {0};
    size_t what = 0;
    const mr_json *body = mr_api_body(p);
    if (!body) return;
    while (what < 3 && !mr_str_is(mr_json_get_str(body, "change"), changes[what])) what++;
    int code = what == 3 ? MR_FAIL(&err, MR_E_USAGE, "change is add, remove or first", MR_NOWHERE)
                         : mr_draft_set_language(p->service, p->actor, p->arena, p->part[0], (mr_draft_language)what,
                                                 mr_json_get_str(body, "language"), &err);
    answer_or_fail(p, code, 200, p->part[0], &err);
}

/* {"archived": true | false} */
void mr_api_draft_archive(mr_page *p)
{
    struct mr_err err = {0};
    const mr_json *body = mr_api_body(p);
    if (!body) return;
    int code = mr_draft_archive(p->service, p->actor, p->arena, p->part[0],
                                mr_json_is(mr_json_get(body, "archived"), MR_JSON_TRUE), &err);
    answer_or_fail(p, code, 200, p->part[0], &err);
}

void mr_api_specification_archive(mr_page *p)
{
    struct mr_err err = {0};
    const mr_json *body = mr_api_body(p);
    if (!body) return;
    if (mr_catalogue_archive(p->service, p->actor, p->part[0], mr_json_is(mr_json_get(body, "archived"), MR_JSON_TRUE),
                             &err) == MR_OK)
        mr_api_done(p);
    else
        mr_api_fail(p, &err);
}

/* Of a draft or of a published specification. */
void mr_api_draft_copy(mr_page *p)
{
    struct mr_err err = {0};
    mr_str id = MR_STR_EMPTY;
    int code = mr_draft_copy(p->service, p->actor, p->arena, p->part[0], &id, &err);
    answer_or_fail(p, code, 201, id, &err);
}

void mr_api_draft_version(mr_page *p)
{
    struct mr_err err = {0};
    mr_str id = MR_STR_EMPTY;
    int code = mr_draft_new_version(p->service, p->actor, p->arena, p->part[0], &id, &err);
    answer_or_fail(p, code, 201, id, &err);
}

void mr_api_specification_versions(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_published *list;
    size_t count;
    if (mr_catalogue_versions(p->service, p->actor, p->arena, p->part[0], &list, &count, &err) != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    mr_json_put_name(&p->view, "items");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < count; i++) {
        mr_json_begin_object(&p->view);
        mr_json_put_member(&p->view, "id", list[i].id);
        mr_json_put_member(&p->view, "slug", list[i].slug);
        mr_json_put_member(&p->view, "version", list[i].version);
        mr_api_put_time(p, "published_at", list[i].published_at);
        mr_api_put_time(p, "archived_at", list[i].archived_at);
        mr_json_put_number(&p->view, "awarded", list[i].awarded);
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
    mr_api_show(p, 200);
}

/* The document of one format, for an invented learner. */
void mr_api_draft_sample(mr_page *p)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    struct mr_err err = {0};
    struct mr_draft draft;
    struct mr_findings findings;
    mr_specification spec;
    mr_format format = mr_format_find(p->part[1]);
    mr_buf_init(&text, MR_MIB);
    mr_findings_init(&findings, p->arena);
    int code = mr_draft_open(p->service, p->actor, p->arena, p->part[0], &draft, &err);
    if (code == MR_OK && !format) code = MR_FAIL(&err, MR_E_NOT_FOUND, "no such format", MR_NOWHERE);
    if (code == MR_OK) code = mr_draft_check(p->service, p->arena, &draft, false, &spec, &findings, &err);
    if (code == MR_OK && findings.faults) {
        (void)MR_FAIL(&err, MR_E_SPECIFICATION, "the specification has faults", MR_NOWHERE);
        mr_api_fail_findings(p, &err, &findings);
        return;
    }
    if (code == MR_OK) code = mr_draft_sample(p->service, p->arena, &spec, format, &text, &err);
    if (code != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    mr_json_put_member_c(&p->view, "format", mr_format_name(format));
    mr_json_put_name(&p->view, "document");
    mr_json_put_raw(&p->view, mr_buf_str(&text));
    mr_api_show(p, 200);
}
