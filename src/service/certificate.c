#include "service/certificate.h"

#include "service/branding.h"
#include "service/organisation.h"
#include "service/verify_link.h"
#include "service/verifying.h"

#define SAMPLE_WIDE 900 /* pixels */

static void verifier_cleanup(mr_verifier **v)
{
    if (*v) mr_verifier_close(*v);
}

static mr_str whole(const mr_service *s, mr_arena *a, mr_str path)
{
    return mr_arena_concat(a, (const mr_str[]){mr_service_public_url(s), path}, 2);
}

static int read_sealed(mr_service *s, mr_arena *a, mr_str sealed, const mr_language *l, mr_report *ret,
                       struct mr_err *err)
{
    MR_CLEANUP(verifier_cleanup) mr_verifier *verifier = NULL;
    struct mr_service_verifying how;
    MR_TRY(mr_service_verifying_init(s, a, l, &how, err));
    MR_TRY(mr_verifier_open(&how.verifying, &verifier, err));
    MR_TRY(mr_verify(verifier, a, sealed, ret, err));
    return ret->has_view ? MR_OK : MR_FAIL(err, MR_E_DB, "a stored credential does not verify", MR_NOWHERE);
}

int mr_certificate_write(mr_service *s, mr_arena *a, const struct mr_claim *claim, mr_str stem, const mr_language *l,
                         mr_buf *out, struct mr_err *err)
{
    MR_CLEANUP(mr_branding_close) struct mr_branding branding = {0};
    mr_report report;
    MR_TRY(read_sealed(s, a, claim->elm, l, &report, err));
    MR_TRY(mr_branding_open(s, a, claim->org_id, &branding, err));
    const struct mr_pdf_file files[] = {
        {.name = mr_arena_format(a, "%.*s.jsonld", MR_STR_ARG(stem)).ptr,
         .type = "application/jose+json",
         .content = claim->elm,
         .description = MR_SAY(a, l, "certificate.attached", {"format", report.format}).ptr},
        {.name = mr_arena_format(a, "%.*s.jwt", MR_STR_ARG(stem)).ptr,
         .type = "application/vc+jwt",
         .content = claim->jwt,
         .description = MR_SAY(a, l, "certificate.attached", {"format", mr_message(l, "format.name.vc2")}).ptr}};
    const struct mr_pdf_order order = {.view = &report.view,
                                       .language = l,
                                       .is_test = report.test_seal,
                                       .verify_link = whole(s, a, mr_verify_path(s, a, claim->achievement_id)),
                                       .verify_page = whole(s, a, MR_STR("/verify")),
                                       .brand = &branding.brand,
                                       .files = files,
                                       .file_count = claim->jwt.len ? 2 : 1};
    return mr_pdf_write(a, &order, out, err);
}

/* ---- a sample ---- */

static struct mr_view_answer answer(const mr_language *l, const char *id)
{
    return (struct mr_view_answer){.answered = true, .values = {mr_message(l, id)}, .value_count = 1};
}

static void invent(mr_service *s, const mr_language *l, mr_str provider, mr_view *ret)
{
    *ret = (mr_view){.title = mr_message(l, "certificate.sample.title"),
                     .issuer = provider,
                     .awarding_body = provider,
                     .learner = MR_STR("Åse Example"),
                     .birth_date = {2000, 1, 31},
                     .awarded_on = mr_date_of_time(mr_env_now(mr_service_env(s))),
                     .issued = mr_env_now(mr_service_env(s)),
                     .valid_from = MR_TIME_NONE,
                     .valid_until = MR_TIME_NONE,
                     .not_annex = true};
    ret->answers[MR_ELEMENT_OUTCOMES] = answer(l, "certificate.sample.outcome");
    ret->answers[MR_ELEMENT_WORKLOAD] = answer(l, "certificate.sample.workload");
    ret->answers[MR_ELEMENT_ASSESSMENT] = answer(l, "certificate.sample.assessment");
    ret->answers[MR_ELEMENT_QUALITY] = answer(l, "certificate.sample.quality");
}

int mr_certificate_sample(mr_service *s, mr_arena *a, mr_str org_id, const mr_language *l, mr_certificate_form form,
                          mr_buf *out, struct mr_err *err)
{
    MR_CLEANUP(mr_branding_close) struct mr_branding branding = {0};
    struct mr_organisation_shown organisation;
    mr_view *view = MR_NEW(a, mr_view);
    if (!view) return MR_FAIL(err, MR_E_NOMEM, "no memory for a certificate", MR_NOWHERE);
    MR_TRY(mr_organisation_find(s, a, org_id, &organisation, err));
    MR_TRY(mr_branding_open(s, a, org_id, &branding, err));
    invent(s, l, mr_texts_get(organisation.identity.name, mr_language_tag(l), NULL), view);
    const struct mr_pdf_order order = {.view = view,
                                       .language = l,
                                       .is_test = true,
                                       .is_sample = true,
                                       .verify_link = whole(s, a, MR_STR("/verify")),
                                       .verify_page = whole(s, a, MR_STR("/verify")),
                                       .brand = &branding.brand};
    return form == MR_CERTIFICATE_PDF ? mr_pdf_write(a, &order, out, err)
                                      : mr_pdf_draw_page(a, &order, SAMPLE_WIDE, out, err);
}
