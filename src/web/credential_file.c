#include "web/credential_file.h"

#include "base/limits.h"
#include "credential/badge_image.h"
#include "credential/issue.h"
#include "service/catalogue.h"
#include "service/certificate.h"

void mr_web_put_credential_files(mr_page *p, mr_str at, const struct mr_claim *claim)
{
    mr_json_put_member(&p->view, "files_at", at);
    mr_json_put_flag(&p->view, "has_badge", claim->badge.len > 0);
    mr_json_put_flag(&p->view, "has_wallet_form", claim->wallet.len > 0);
    mr_json_put_flag(&p->view, "has_jwt", claim->jwt.len > 0);
}

/* "wound-care-2026-3f9a1c20.jsonld": letters of the specification's name are ASCII (model/specification.h). */
static mr_str file_name(mr_page *p, const struct mr_claim *claim, const char *ending)
{
    struct mr_published published;
    mr_str slug = MR_STR("credential"), id = claim->achievement_id;
    if (mr_catalogue_get(p->service, p->arena, claim->specification_id, &published, NULL) == MR_OK)
        slug = published.slug;
    return mr_arena_format(p->arena, "%.*s-%.*s%s", MR_STR_ARG(slug), 8, id.ptr + id.len - 8, ending);
}

/* The certificate to print. */
static void hand_out_pdf(mr_page *p, const struct mr_claim *claim)
{
    MR_CLEANUP(mr_buf_done) mr_buf pdf;
    struct mr_err err = {0};
    mr_buf_init(&pdf, MR_LIMIT_PDF);
    if (mr_certificate_write(p->service, p->arena, claim, file_name(p, claim, ""), p->language, &pdf, &err) == MR_OK)
        mr_page_download(p, "application/pdf", file_name(p, claim, ".pdf"), mr_buf_str(&pdf));
    else
        mr_page_fail(p, &err);
}

static int bake(mr_page *p, const struct mr_claim *claim, mr_picture_kind kind, mr_buf *out, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf picture;
    struct mr_bakable badge;
    struct mr_badge_words words;
    mr_buf_init(&picture, 4 * MR_MIB);
    MR_TRY(mr_bakable_read(p->arena, claim->badge, &badge, err));
    MR_TRY(mr_badge_words_read(p->arena, &badge, mr_service_env(p->service), p->language, &words, err));
    MR_TRY(mr_badge_image_draw(&words, kind, &picture, err));
    return mr_baked_write(p->arena, mr_buf_str(&picture), &badge, false, out, err);
}

/* The badge as a picture that holds it. */
static void hand_out_picture(mr_page *p, const struct mr_claim *claim, mr_picture_kind kind)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err err = {0};
    bool png = kind == MR_PICTURE_PNG;
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    if (bake(p, claim, kind, &out, &err) == MR_OK)
        mr_page_download(p, png ? "image/png" : "image/svg+xml", file_name(p, claim, png ? ".png" : ".svg"),
                         mr_buf_str(&out));
    else
        mr_page_fail(p, &err);
}

static bool hand_out_sealed(mr_page *p, const struct mr_claim *claim, mr_str name)
{
    const struct {
        const char *name, *type;
        mr_format format;
        mr_str content;
    } files[] = {{"european", "application/jose+json", MR_FORMAT_ELM, claim->elm},
                 {"jwt", "application/vc+jwt", MR_FORMAT_VC_JWT, claim->jwt},
                 {"badge", "application/vc", MR_FORMAT_OPEN_BADGES, claim->badge},
                 {"wallet", "application/dc+sd-jwt", MR_FORMAT_DC_SD_JWT, claim->wallet}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        if (!mr_str_is(name, files[i].name) || files[i].content.len == 0) continue;
        mr_page_download(p, files[i].type, file_name(p, claim, mr_format_ending(files[i].format)), files[i].content);
        return true;
    }
    return false;
}

void mr_web_credential_file(mr_page *p, const struct mr_claim *claim, mr_str name)
{
    if (claim->elm.len && mr_str_is(name, "certificate"))
        hand_out_pdf(p, claim);
    else if (claim->badge.len && mr_str_is(name, "badge.png"))
        hand_out_picture(p, claim, MR_PICTURE_PNG);
    else if (claim->badge.len && mr_str_is(name, "badge.svg"))
        hand_out_picture(p, claim, MR_PICTURE_SVG);
    else if (!hand_out_sealed(p, claim, name))
        mr_page_not_found(p);
}
