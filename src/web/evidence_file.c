/* Evidence files: given in on the pages of batches, achievements and validations; answered as attachments that no browser runs. */
#include "service/evidence_file.h"

#include "base/limits.h"
#include "web/sealing.h"

static const char *const paths[] = {"/provider/batches/", "/provider/achievements/", "/provider/validations/"};

void mr_office_put_evidence(mr_page *p, mr_evidence_object kind, mr_str object_id, mr_str back)
{
    struct mr_evidence_file_row *files;
    size_t count;
    mr_json_writer *v = &p->view;
    if (mr_evidence_file_list(p->service, p->actor, p->arena, kind, object_id, &files, &count, NULL) != MR_OK) return;
    mr_json_put_name(v, "evidence");
    mr_json_begin_object(v);
    mr_json_put_member(v, "address", mr_arena_format(p->arena, "%.*s/evidence", MR_STR_ARG(back)));
    mr_json_put_flag(&p->view, "has_files", count > 0);
    mr_json_put_flag(
        &p->view, "may_add",
        mr_actor_may(p->actor, kind == MR_EVIDENCE_VALIDATION ? MR_MAY_VALIDATION_EDIT : MR_MAY_RESULT_ENTER));
    mr_json_put_name(v, "files");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count; i++) {
        mr_json_begin_object(v);
        mr_json_put_member(v, "id", files[i].id);
        mr_json_put_member(v, "name", files[i].name);
        mr_json_put_member(v, "type", files[i].type);
        mr_page_put_count(p, "kib", (files[i].size + 1023) / 1024);
        mr_json_put_member(v, "when", mr_say_time(p->arena, p->language, files[i].added_at));
        mr_json_put_member(v, "sha256", files[i].sha256);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    mr_json_end_object(v);
}

static void add(mr_page *p, mr_evidence_object kind)
{
    struct mr_err err = {0};
    const struct mr_http_part *file = mr_office_file(p, "file");
    mr_str id, back = mr_arena_format(p->arena, "%s%.*s", paths[kind], MR_STR_ARG(p->part[0]));
    int code = MR_OK;
    if (file)
        code = mr_evidence_file_add(p->service, p->actor, p->arena, kind, p->part[0], file->file_name, file->content,
                                    &id, &err);
    if (code == MR_OK)
        mr_http_redirect(p->response, mr_arena_format(p->arena, "%.*s#evidence", MR_STR_ARG(back)));
    else
        mr_page_fail(p, &err);
}

void mr_web_batch_evidence(mr_page *p)
{
    add(p, MR_EVIDENCE_BATCH);
}
void mr_web_achievement_evidence(mr_page *p)
{
    add(p, MR_EVIDENCE_ACHIEVEMENT);
}
void mr_web_validation_evidence(mr_page *p)
{
    add(p, MR_EVIDENCE_VALIDATION);
}

/* A name that no header can be broken with; what is not ASCII stands percent-encoded beside it (RFC 8187). */
static mr_str disposition(mr_page *p, mr_str name)
{
    MR_CLEANUP(mr_buf_done) mr_buf plain, encoded;
    mr_buf_init(&plain, MR_KIB);
    mr_buf_init(&encoded, 4 * MR_KIB);
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        bool safe = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '-';
        mr_buf_putc(&plain, safe ? (char)c : '_');
        if (safe)
            mr_buf_putc(&encoded, (char)c);
        else
            mr_buf_format(&encoded, "%%%02X", c);
    }
    return mr_arena_format(p->arena, "attachment; filename=\"%.*s\"; filename*=UTF-8''%.*s",
                           MR_STR_ARG(mr_buf_str(&plain)), MR_STR_ARG(mr_buf_str(&encoded)));
}

void mr_web_evidence(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_evidence_file_row file;
    mr_str content;
    if (mr_evidence_file_get(p->service, p->actor, p->arena, p->part[0], &file, &content, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_http_set_type(p->response, mr_arena_cstr(p->arena, file.type));
    mr_http_set_header(p->response, "Cache-Control", MR_STR("no-store"));
    mr_http_set_header(p->response, "Content-Security-Policy", MR_STR("default-src 'none'; sandbox"));
    mr_http_set_header(p->response, "X-Content-Type-Options", MR_STR("nosniff"));
    mr_http_set_header(p->response, "Content-Disposition", disposition(p, file.name));
    mr_buf_put(mr_http_body(p->response), content);
}

void mr_web_evidence_remove(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_evidence_file_row file;
    if (mr_evidence_file_remove(p->service, p->actor, p->arena, p->part[0], &file, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_evidence_object kind = mr_str_is(file.object_kind, "batch")         ? MR_EVIDENCE_BATCH
                              : mr_str_is(file.object_kind, "achievement") ? MR_EVIDENCE_ACHIEVEMENT
                                                                           : MR_EVIDENCE_VALIDATION;
    mr_http_redirect(p->response,
                     mr_arena_format(p->arena, "%s%.*s#evidence", paths[kind], MR_STR_ARG(file.object_id)));
}
