/* Specifications in the API. */
#include "service/catalogue.h"
#include "web/api.h"

/* The member of the specification file that stands at `pointer`, copied as it is; nothing when there is none. */
static void put_from_file(mr_page *p, const char *name, const mr_json *file, const char *pointer)
{
    const mr_json *value = mr_json_find(file, mr_str_of(pointer));
    if (!value) return;
    mr_json_put_name(&p->view, name);
    mr_json_put_value(&p->view, value);
}

static int put_specification(mr_page *p, const struct mr_published *s, struct mr_err *err)
{
    mr_json_writer *v = &p->view;
    const mr_json *file;
    mr_str site = mr_service_public_url(p->service);
    MR_TRY(mr_json_parse(p->arena, s->document, NULL, &file, err));
    mr_json_put_member(v, "id", s->slug);
    mr_json_put_member(v, "version", s->version);
    put_from_file(p, "title", file, "/title");
    put_from_file(p, "provider", file, "/provider/name");
    mr_api_put_time(p, "published_at", s->published_at);
    mr_json_put_number(v, "awarded", s->awarded);
    mr_json_put_member(v, "page",
                       mr_arena_format(p->arena, "%.*s/specifications/%.*s", MR_STR_ARG(site), MR_STR_ARG(s->slug)));
    return MR_OK;
}

/* The one that the address names, when the caller may; false after it has answered. */
static bool find(mr_page *p, mr_action action, struct mr_published *ret)
{
    struct mr_err err = {0};
    if (mr_catalogue_get(p->service, p->arena, p->part[0], ret, &err) == MR_OK)
        return mr_api_may(p, action, ret->org_id);
    mr_api_fail(p, &err);
    return false;
}

void mr_api_specifications(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_published *list;
    struct mr_api_paging paging;
    size_t count;
    if (!mr_api_paging(p, &paging)) return;
    const struct mr_specification_filter filter = {.after = paging.after, .limit = paging.limit + 1};
    int code = mr_catalogue_list_own(p->service, p->actor, p->arena, &filter, &list, &count, &err);
    size_t shown = code != MR_OK ? 0 : count < paging.limit ? count : paging.limit;
    mr_api_begin(p);
    mr_json_put_name(&p->view, "items");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; code == MR_OK && i < shown; i++) {
        mr_json_begin_object(&p->view);
        code = put_specification(p, &list[i], &err);
        mr_json_end_object(&p->view);
    }
    if (code != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_json_end_array(&p->view);
    if (count > shown) mr_api_put_next(p, list[shown - 1].id);
    mr_api_show(p, 200);
}

/* made: it is new. */
static void show(mr_page *p, const struct mr_published *s, bool made)
{
    struct mr_err err = {0};
    mr_api_begin(p);
    if (put_specification(p, s, &err) != MR_OK)
        mr_api_fail(p, &err);
    else if (made)
        mr_api_show_made(p, mr_arena_format(p->arena, "/api/v1/specifications/%.*s", MR_STR_ARG(s->slug)));
    else
        mr_api_show(p, 200);
}

void mr_api_specification(mr_page *p)
{
    struct mr_published published;
    if (find(p, MR_MAY_SPECIFICATION_READ, &published)) show(p, &published, false);
}

void mr_api_specification_file(mr_page *p)
{
    struct mr_published published;
    if (find(p, MR_MAY_SPECIFICATION_READ, &published)) mr_api_give(p, "application/json", published.document);
}

void mr_api_publish(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_findings findings;
    struct mr_published published;
    mr_str slug;
    mr_findings_init(&findings, p->arena);
    int code = mr_catalogue_publish(p->service, p->actor, p->arena, p->request->body, &findings, &slug, &err);
    if (code == MR_OK) code = mr_catalogue_get(p->service, p->arena, slug, &published, &err);
    if (code == MR_OK)
        show(p, &published, true);
    else if (code == MR_E_SPECIFICATION)
        mr_api_fail_findings(p, &err, &findings);
    else if (code == MR_E_FORBIDDEN && err.pointer[0])
        mr_api_problem(p, 403, MR_STR("another_provider"), err.detail);
    else
        mr_api_fail(p, &err);
}
