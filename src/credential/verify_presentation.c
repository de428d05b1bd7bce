/* Presentations: what a learner shows, with a proof that it is she who shows it. The report is about the credential inside; of several, about the one that
 * fares worst, and says how many there were. */
#include "credential/verify_inside.h"

static void presentation_cleanup(mr_presentation *p)
{
    mr_presentation_done(p);
}

/* Is the credential about the party whose key signed the presentation? */
static bool is_about(const mr_json *credential, mr_str holder)
{
    const mr_json *subject = mr_json_get(credential, "credentialSubject");
    if (!holder.len) return false;
    if (mr_json_is(subject, MR_JSON_OBJECT)) return mr_str_eq(mr_json_get_str(subject, "id"), holder);
    MR_JSON_EACH (one, subject) {
        if (mr_str_eq(mr_json_get_str(one, "id"), holder)) return true;
    }
    return false;
}

int mr_verify_one(struct mr_verification *w, const struct mr_presented *p, struct mr_err *err)
{
    static const mr_str own = MR_STR_INIT("presented.");
    mr_report *r = w->r;
    *r = (mr_report){.format_code = "", .checked_at = w->now};
    r->view.issued = r->view.valid_from = r->view.valid_until = MR_TIME_NONE;
    bool unopened = !p->secured.inside || mr_str_has_prefix(mr_str_of(p->step.id), own);
    if (unopened && p->step.id)
        MR_TRY(mr_verify_not_the_form(w, p->step.id, NULL, true));
    else
        MR_TRY(mr_verify_opened(w, &p->secured, err));
    r->verdict = mr_report_verdict(r);
    return MR_OK;
}

static int verify_all(struct mr_verification *w, const mr_secured *presentation, const mr_presentation *p,
                      struct mr_err *err)
{
    mr_report *report = MR_NEW(w->a, mr_report), *worst = w->r;
    if (!report) return MR_FAIL(err, MR_E_NOMEM, "no memory for a report", MR_NOWHERE);
    for (size_t i = 0; i < p->count; i++) {
        struct mr_verification one = *w;
        one.r = report;
        one.presented = is_about(p->credentials[i].secured.payload, presentation->key.controller);
        MR_TRY(mr_verify_one(&one, &p->credentials[i], err));
        if (i == 0 || mr_verdict_worse(worst->verdict, report->verdict) != worst->verdict) *worst = *report;
    }
    if (p->count > 1 && worst->remark_count < MR_VERIFY_REMARKS)
        worst->remarks[worst->remark_count++] =
            mr_verify_say_with(w, "presentation.several", "count", mr_say_count(w->a, w->l, (int64_t)p->count));
    return MR_OK;
}

int mr_verify_presentation(struct mr_verification *w, const mr_secured *presentation, struct mr_err *err)
{
    MR_CLEANUP(presentation_cleanup) mr_presentation p = {0};
    const struct mr_opening o = mr_verify_opening(w);
    struct mr_err e = {0};
    int code = mr_presentation_open(w->a, &o, presentation->payload, &p, &e);
    if (code == MR_E_NOMEM) return MR_FAIL(err, MR_E_NOMEM, "no memory to open a presentation", MR_NOWHERE);
    if (code) return mr_verify_not_the_form(w, "format.presentation_broken", &e, true);
    if (!p.count) return mr_verify_not_the_form(w, "format.presentation_empty", NULL, true);
    return verify_all(w, presentation, &p, err);
}
