/* Claiming by a code on paper: the page where it is typed, and the sheet of slips that a registrar prints. */
#include "service/claim_code.h"
#include "base/limits.h"
#include "credential/qr.h"
#include "web/office.h"
#include "web/rate.h"

/* ---- typing ---- */

static void show_form(mr_page *p, mr_str typed, const char *wrong, int status)
{
    mr_page_begin(p, "claim_code.title", "");
    mr_json_put_member(&p->view, "code", typed);
    if (wrong) {
        mr_http_set_status(p->response, status);
        mr_json_put_member(&p->view, "wrong", mr_message(p->language, wrong));
    }
    mr_page_show_private(p, "claim_code");
}

/* The code of a QR comes along in the address and is only filled in: what opens links by itself claims nothing and counts no try. */
void mr_web_claim_code(mr_page *p)
{
    char code[MR_CLAIM_CODE + 1];
    mr_str given = mr_http_query(p->request, "code");
    bool right = given.len && mr_claim_code_read(given, code);
    show_form(p, right ? mr_claim_code_show(p->arena, code) : MR_STR_EMPTY, NULL, 200);
}

void mr_web_claim_code_open(mr_page *p)
{
    struct mr_err err = {0};
    mr_str typed = mr_http_form(p->request, "code"), path;
    mr_str peer = mr_rate_address(p->arena, p->request->peer);
    switch (mr_claim_code_open(p->service, p->arena, typed, peer, &path, &err)) {
    case MR_OK: mr_http_redirect(p->response, path); return;
    case MR_E_FORMAT: show_form(p, typed, typed.len ? "claim_code.wrong.typed" : "claim_code.wrong.empty", 422); return;
    case MR_E_NOT_FOUND: show_form(p, typed, "claim_code.wrong.unknown", 422); return;
    case MR_E_LIMIT: show_form(p, typed, "claim_code.wrong.many", 429); return;
    case MR_E_STATE: show_form(p, typed, "claim_code.wrong.used", 410); return;
    default: mr_page_fail(p, &err);
    }
}

/* ---- printing ---- */

static int put_batch(mr_page *p, struct mr_err *err)
{
    struct mr_batch batch;
    struct mr_published published;
    mr_json_writer *v = &p->view;
    MR_TRY(mr_batch_get(p->service, p->actor, p->arena, p->part[0], &batch, err));
    MR_TRY(mr_catalogue_get(p->service, p->arena, batch.specification_id, &published, err));
    mr_str language, title = mr_texts_get(published.specification.title, mr_language_tag(p->language), &language);
    mr_json_put_member(v, "batch", mr_office_batch_path(p, batch.id, ""));
    mr_json_put_member(v, "file", batch.file_name);
    mr_json_put_member(v, "slug", published.slug);
    mr_json_put_member(v, "specification", title);
    mr_json_put_member(v, "specification_lang", language);
    mr_json_put_member(v, "provider",
                       mr_texts_get(published.specification.provider.name, mr_language_tag(p->language), NULL));
    mr_json_put_member(v, "site", mr_service_public_url(p->service));
    return MR_OK;
}

void mr_web_batch_codes_ask(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_claim_code_sheet sheet;
    mr_json_writer *v = &p->view;
    mr_page_begin(p, "claim_code.sheet.title", "provider.specifications");
    int code = mr_claim_codes_count(p->service, p->actor, p->part[0], &sheet, &err);
    if (code == MR_OK) code = put_batch(p, &err);
    if (code != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_json_put_member(v, "open", mr_office_count(p, "claim_code.sheet.open", sheet.open));
    mr_json_put_member(v, "without", mr_office_count(p, "claim_code.sheet.without", sheet.without_email));
    mr_json_put_flag(v, "has_open", sheet.open > 0);
    mr_json_put_flag(v, "has_without", sheet.without_email > 0);
    if (sheet.printed) mr_json_put_member(v, "printed", mr_office_count(p, "claim_code.sheet.printed", sheet.printed));
    mr_page_show_private(p, "claim_code_ask");
}

static int put_slip(mr_page *p, const struct mr_claim_slip *slip, struct mr_err *err)
{
    mr_json_writer *v = &p->view;
    mr_str picture;
    MR_TRY(mr_qr_picture(p->arena, slip->url, &picture, err));
    mr_json_begin_object(v);
    mr_json_put_member(v, "learner", slip->learner);
    mr_json_put_member(v, "code", slip->code);
    mr_json_put_member(v, "qr", picture);
    mr_json_put_member(v, "until", mr_say_day(p->arena, p->language, slip->until));
    mr_json_end_object(v);
    return MR_OK;
}

void mr_web_batch_codes(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_claim_slip *slips;
    size_t count = 0;
    bool more = false, everybody = mr_str_is(mr_http_form(p->request, "who"), "everybody");
    uint64_t after = 0;
    mr_json_writer *v = &p->view;
    if (!mr_str_to_u64(mr_http_form(p->request, "after"), &after) || after > INT32_MAX) after = 0;
    mr_page_begin(p, "claim_code.sheet.title", "provider.specifications");
    int code = mr_claim_codes_make(p->service, p->actor, p->arena, p->part[0], everybody, (int64_t)after, &slips,
                                   &count, &more, &err);
    if (code == MR_OK) code = put_batch(p, &err);
    mr_json_put_name(v, "slips");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count && code == MR_OK; i++) code = put_slip(p, &slips[i], &err);
    mr_json_end_array(v);
    if (code != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_json_put_flag(v, "any", count > 0);
    mr_json_put_member(v, "count", mr_office_count(p, "claim_code.sheet.made", (int64_t)count));
    if (more) {
        mr_json_put_number(v, "more_after", slips[count - 1].row_number);
        mr_json_put_member_c(v, "who", everybody ? "everybody" : "without");
    }
    mr_page_show_private(p, "claim_code_sheet");
}
