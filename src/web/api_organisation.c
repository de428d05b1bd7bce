/* The organisation, its units, statements and assessors for programs. Every end point takes ?organisation=<slug> for a unit, or another organisation that the token may act for. */
#include "base/buf.h"
#include "service/organisation.h"
#include "web/api.h"

bool mr_api_open_organisation(mr_page *p, struct mr_organisation_shown *ret)
{
    struct mr_err err = {0};
    mr_str slug = mr_http_query(p->request, "organisation");
    if (mr_organisation_open(p->service, p->arena, p->actor, slug, ret, &err) == MR_OK) return true;
    mr_api_fail(p, &err);
    return false;
}

static mr_str raw(mr_page *p, const mr_json *value)
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_json_writer w;
    mr_buf_init(&b, 1 << 24);
    mr_json_writer_init(&w, &b, 0);
    if (value)
        mr_json_put_value(&w, value);
    else
        mr_buf_puts(&b, "{}");
    return mr_arena_dup(p->arena, mr_buf_str(&b));
}

static void put_organisation(mr_page *p, const struct mr_organisation_shown *o)
{
    mr_str site = mr_service_public_url(p->service);
    mr_json_put_member(&p->view, "id", o->id);
    mr_json_put_member(&p->view, "slug", o->slug);
    mr_json_put_member(&p->view, "kind", o->kind);
    mr_json_put_flag(&p->view, "closed", o->closed_at != MR_TIME_NONE);
    if (o->parent_id.len) mr_json_put_member(&p->view, "parent", o->parent_id);
    mr_json_put_name(&p->view, "profile");
    mr_json_put_raw(&p->view, o->profile);
    mr_json_put_member(&p->view, "url",
                       mr_arena_format(p->arena, "%.*s/providers/%.*s", MR_STR_ARG(site), MR_STR_ARG(o->slug)));
}

static void refuse(mr_page *p, const struct mr_err *err, const struct mr_findings *findings)
{
    if (err->code == MR_E_SPECIFICATION)
        mr_api_fail_findings(p, err, findings);
    else
        mr_api_fail(p, err);
}

void mr_api_organisation(mr_page *p)
{
    struct mr_organisation_shown o;
    if (!mr_api_open_organisation(p, &o)) return;
    mr_api_begin(p);
    put_organisation(p, &o);
    mr_api_show(p, 200);
}

void mr_api_organisation_save(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_organisation_shown o;
    struct mr_findings findings;
    const mr_json *body = mr_api_body(p);
    if (!body || !mr_api_open_organisation(p, &o)) return;
    mr_findings_init(&findings, p->arena);
    mr_str kind = mr_json_get_str(body, "kind");
    if (mr_organisation_save(p->service, p->arena, p->actor, o.id, kind.len ? kind : o.kind,
                             raw(p, mr_json_get(body, "profile")), &findings, &err) != MR_OK)
        refuse(p, &err, &findings);
    else
        mr_api_organisation(p);
}

void mr_api_statements(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_organisation_shown o;
    struct mr_statement *list;
    size_t count;
    if (!mr_api_open_organisation(p, &o)) return;
    if (mr_organisation_statements(p->service, p->arena, o.id, &list, &count, &err) != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    mr_json_put_name(&p->view, "items");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < count; i++) {
        char day[11];
        mr_date_write(list[i].valid_from, day);
        mr_json_begin_object(&p->view);
        mr_json_put_member(&p->view, "kind", list[i].kind);
        mr_json_put_member(&p->view, "version", list[i].version);
        mr_json_put_member_c(&p->view, "valid_from", day);
        mr_api_put_texts(p, "text", list[i].texts);
        if (list[i].url.len) mr_json_put_member(&p->view, "url", list[i].url);
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
    mr_api_show(p, 200);
}

void mr_api_statement_publish(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_organisation_shown o;
    struct mr_findings findings;
    const mr_json *body = mr_api_body(p);
    if (!body || !mr_api_open_organisation(p, &o)) return;
    mr_findings_init(&findings, p->arena);
    const struct mr_statement_order order = {.kind = mr_json_get_str(body, "kind"),
                                             .version = mr_json_get_str(body, "version"),
                                             .valid_from = mr_json_get_str(body, "valid_from"),
                                             .texts = raw(p, mr_json_get(body, "text")),
                                             .url = mr_json_get_str(body, "url")};
    if (mr_organisation_publish_statement(p->service, p->arena, p->actor, o.id, &order, &findings, &err) != MR_OK)
        refuse(p, &err, &findings);
    else
        mr_api_done(p);
}

void mr_api_units(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_organisation_shown o, *units;
    size_t count;
    if (!mr_api_open_organisation(p, &o)) return;
    if (mr_organisation_units(p->service, p->arena, o.id, true, &units, &count, &err) != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    mr_json_put_name(&p->view, "items");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < count; i++) {
        mr_json_begin_object(&p->view);
        put_organisation(p, &units[i]);
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
    mr_api_show(p, 200);
}

void mr_api_unit_add(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_organisation_shown o, unit;
    struct mr_findings findings;
    mr_str slug;
    const mr_json *body = mr_api_body(p);
    if (!body || !mr_api_open_organisation(p, &o)) return;
    mr_findings_init(&findings, p->arena);
    int code = mr_organisation_add_unit(p->service, p->arena, p->actor, o.id, mr_json_get_str(body, "kind"),
                                        raw(p, mr_json_get(body, "profile")), &findings, &slug, &err);
    if (code == MR_OK) code = mr_organisation_find(p->service, p->arena, slug, &unit, &err);
    if (code != MR_OK) {
        refuse(p, &err, &findings);
        return;
    }
    mr_api_begin(p);
    put_organisation(p, &unit);
    mr_api_show(p, 201);
}

void mr_api_unit_close(mr_page *p)
{
    struct mr_err err = {0};
    const mr_json *body = mr_api_body(p);
    if (!body) return;
    bool closed = mr_json_is(mr_json_get(body, "closed"), MR_JSON_TRUE);
    if (mr_organisation_close_unit(p->service, p->arena, p->actor, p->part[0], closed, &err) != MR_OK)
        mr_api_fail(p, &err);
    else
        mr_api_done(p);
}

void mr_api_assessors(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_organisation_shown o;
    struct mr_assessor_row *rows;
    size_t count;
    if (!mr_api_open_organisation(p, &o)) return;
    if (mr_organisation_assessors(p->service, p->arena, p->actor, o.id, &rows, &count, &err) != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    mr_json_put_name(&p->view, "items");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < count; i++) {
        mr_json_begin_object(&p->view);
        mr_json_put_member(&p->view, "id", rows[i].id);
        mr_json_put_name(&p->view, "profile");
        mr_json_put_raw(&p->view, rows[i].profile);
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
    mr_api_show(p, 200);
}

void mr_api_assessor_add(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_organisation_shown o;
    struct mr_findings findings;
    mr_str id;
    const mr_json *body = mr_api_body(p);
    if (!body || !mr_api_open_organisation(p, &o)) return;
    mr_findings_init(&findings, p->arena);
    if (mr_organisation_add_assessor(p->service, p->arena, p->actor, o.id, raw(p, body), &findings, &id, &err) != MR_OK)
        refuse(p, &err, &findings);
    else
        mr_api_made(p, id);
}

void mr_api_assessor_remove(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_organisation_shown o;
    if (!mr_api_open_organisation(p, &o)) return;
    if (mr_organisation_remove_assessor(p->service, p->actor, o.id, p->part[0], &err) != MR_OK)
        mr_api_fail(p, &err);
    else
        mr_api_done(p);
}
