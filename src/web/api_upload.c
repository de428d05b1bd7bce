/* Results and profiles for programs: the same use cases as the pages in web/upload.c and web/mapping.c. A table is sent as it is, as the body. */
#include "base/limits.h"
#include "service/profile.h"
#include "service/upload.h"
#include "web/api.h"

static void put_strings(mr_json_writer *v, const char *name, const mr_str *list, size_t count)
{
    mr_json_put_name(v, name);
    mr_json_begin_array(v);
    for (size_t i = 0; i < count; i++) mr_json_put_str(v, list[i]);
    mr_json_end_array(v);
}

static void put_mapping(mr_page *p, const mr_mapping *m)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_buf_init(&text, MR_LIMIT_MAPPING * 2);
    mr_mapping_write(m, 0, &text);
    mr_json_put_name(&p->view, "mapping");
    mr_json_put_raw(&p->view, mr_buf_str(&text));
}

static void answer(mr_page *p, mr_str id, int status)
{
    struct mr_err err = {0};
    struct mr_upload_view u;
    mr_json_writer *v = &p->view;
    if (mr_upload_get(p->service, p->actor, p->arena, id, &u, &err) != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    mr_json_put_member(v, "id", u.batch_id);
    mr_json_put_member(v, "specification", u.specification_id);
    mr_json_put_member(v, "file", u.file_name);
    mr_json_put_flag(v, "needs_mapping", u.needs_mapping);
    mr_json_put_member(v, "source", u.source);
    mr_json_put_number(v, "rows", u.counts[MR_UPLOAD_ALL]);
    for (enum mr_upload_group g = MR_UPLOAD_READY; g <= MR_UPLOAD_NOT_PASSED; g++)
        if (g != MR_UPLOAD_LEFT_OUT) mr_json_put_number(v, mr_upload_fate_word(g), u.counts[g]);
    put_strings(v, "columns", u.columns, u.column_count);
    put_strings(v, "unused", u.unused, u.unused_count);
    put_mapping(p, &u.mapping);
    mr_api_show(p, status);
}

void mr_api_upload(mr_page *p)
{
    answer(p, p->part[0], 200);
}

void mr_api_upload_map(mr_page *p)
{
    struct mr_err err = {0};
    mr_mapping mapping;
    int code = mr_mapping_parse(p->arena, p->request->body, &mapping, &err);
    if (code == MR_OK)
        code = mr_upload_map(p->service, p->actor, p->arena, p->part[0], &mapping, mr_http_query(p->request, "sheet"),
                             mr_str_is(mr_http_query(p->request, "remember"), "true"), &err);
    if (code != MR_OK)
        mr_api_fail(p, &err);
    else
        answer(p, p->part[0], 200);
}

/* ---- profiles ---- */

void mr_api_profiles(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_profile *list;
    size_t count;
    mr_str org_id;
    mr_json_writer *v = &p->view;
    int code = mr_profile_organisation(p->service, p->actor, p->arena, &org_id, &err);
    if (code == MR_OK) code = mr_profile_list(p->service, p->actor, p->arena, org_id, &list, &count, &err);
    if (code != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    mr_json_put_name(v, "items");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count; i++) {
        mr_json_begin_object(v);
        mr_json_put_member(v, "id", list[i].id);
        mr_json_put_member(v, "name", list[i].name);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    mr_api_show(p, 200);
}

static void answer_profile(mr_page *p, mr_str id, int status)
{
    struct mr_err err = {0};
    struct mr_profile profile;
    mr_mapping mapping;
    int code = mr_profile_get(p->service, p->actor, p->arena, id, &profile, &err);
    if (code == MR_OK) code = mr_mapping_parse(p->arena, profile.document, &mapping, &err);
    if (code != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    mr_json_put_member(&p->view, "id", profile.id);
    mr_json_put_member(&p->view, "name", profile.name);
    put_mapping(p, &mapping);
    mr_api_show(p, status);
}

void mr_api_profile(mr_page *p)
{
    answer_profile(p, p->part[0], 200);
}

void mr_api_profile_save(mr_page *p)
{
    struct mr_err err = {0};
    mr_str org_id, id;
    int code = mr_profile_organisation(p->service, p->actor, p->arena, &org_id, &err);
    if (code == MR_OK) code = mr_profile_save(p->service, p->actor, p->arena, org_id, p->request->body, &id, &err);
    if (code != MR_OK)
        mr_api_fail(p, &err);
    else
        answer_profile(p, id, 201);
}

void mr_api_profile_remove(mr_page *p)
{
    struct mr_err err = {0};
    if (mr_profile_remove(p->service, p->actor, p->arena, p->part[0], &err) != MR_OK)
        mr_api_fail(p, &err);
    else
        mr_api_done(p);
}
