/* How a draft will look: the certificate, the public page, and what a credential says in each format. */
#include "service/draft_preview.h"

#include "base/limits.h"
#include "base/time.h"
#include "web/draft.h"
#include "web/specification.h"

/* The draft as a specification, when it has no faults in the way of a credential. */
static bool read_draft(mr_page *p, struct mr_draft *draft, mr_specification *spec, struct mr_findings *findings)
{
    struct mr_err err = {0};
    mr_findings_init(findings, p->arena);
    if (!mr_web_draft_open(p, draft)) return false;
    if (mr_specification_read(p->arena, draft->document, spec, findings, &err) == MR_OK) return true;
    mr_page_fail(p, &err);
    return false;
}

/* One format, or a sentence why it cannot be shown. */
static void put_format(mr_page *p, const mr_specification *spec, mr_format format)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    struct mr_err err = {0};
    mr_buf_init(&text, MR_MIB);
    int code = mr_draft_sample(p->service, p->arena, spec, format, &text, &err);
    mr_json_put_member(&p->view, "document", code == MR_OK ? mr_buf_str(&text) : MR_STR_EMPTY);
    mr_json_put_member(&p->view, "why",
                       code == MR_OK
                           ? MR_STR_EMPTY
                           : MR_SAY(p->arena, p->language,
                                    code == MR_E_UNSUPPORTED ? "draft.preview.unsupported" : "draft.preview.failed",
                                    {"what", mr_str_of(*err.detail ? err.detail : err.message)}));
}

static void put_formats(mr_page *p, mr_format shown)
{
    mr_json_put_name(&p->view, "formats");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < MR_FORMAT_COUNT; i++) {
        mr_format format = mr_format_at(i);
        mr_str name = mr_str_of(mr_format_name(format));
        mr_str id = mr_arena_format(p->arena, "draft.format.%.*s", MR_STR_ARG(name));
        for (size_t c = 0; id.ptr && c < id.len; c++)
            if (id.ptr[c] == '+' || id.ptr[c] == '-') *(char *)(uintptr_t)&id.ptr[c] = '_';
        mr_json_begin_object(&p->view);
        mr_json_put_member(&p->view, "value", name);
        mr_json_put_member(&p->view, "option", mr_message_str(p->language, id));
        mr_json_put_flag(&p->view, "chosen", format == shown);
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
}

void mr_web_draft_preview(mr_page *p)
{
    struct mr_draft draft;
    mr_specification spec;
    struct mr_findings findings;
    mr_str language, asked = mr_http_query(p->request, "format");
    mr_format format = asked.len ? mr_format_find(asked) : MR_FORMAT_ELM;
    if (!read_draft(p, &draft, &spec, &findings)) return;
    if (!format) format = MR_FORMAT_ELM;
    mr_str title = mr_web_draft_title(p, &draft, &language);
    mr_page_begin(p, "draft.preview.title", "provider.specifications");
    mr_json_put_member(&p->view, "address", mr_web_draft_path(p, draft.id, ""));
    mr_json_put_member(&p->view, "draft_title", title);
    mr_json_put_member(&p->view, "draft_lang", language);
    mr_json_put_flag(&p->view, "drawable", mr_texts_are_set(spec.title));
    mr_json_put_flag(&p->view, "complete", findings.faults == 0);
    put_formats(p, format);
    if (findings.faults == 0) put_format(p, &spec, format);
    mr_page_show_private(p, "draft_preview");
}

void mr_web_draft_certificate(mr_page *p)
{
    struct mr_draft draft;
    mr_specification spec;
    struct mr_findings findings;
    struct mr_err err = {0};
    if (!read_draft(p, &draft, &spec, &findings)) return;
    if (mr_draft_draw(p->service, &spec, mr_http_body(p->response), &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_http_set_type(p->response, "image/png");
    mr_http_set_header(p->response, "Cache-Control", MR_STR("no-store"));
}

void mr_web_draft_public(mr_page *p)
{
    struct mr_draft draft;
    struct mr_findings findings;
    struct mr_published published = {.published_at = mr_env_now(mr_service_env(p->service))};
    if (!read_draft(p, &draft, &published.specification, &findings)) return;
    published.id = draft.id, published.slug = draft.slug, published.version = draft.version;
    mr_web_show_specification(p, &published, mr_web_draft_path(p, draft.id, ""));
}
