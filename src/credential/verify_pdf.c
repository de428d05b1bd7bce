/* Verifying a PDF: what is attached to it is taken out and verified like any file. What is printed on its pages says nothing: anybody can print over a certificate
 * and leave the attachment as it was. So the report is about what is sealed, and says that, always.
 *
 * A certificate carries one credential, perhaps in several forms. All are verified; the report is about the first that is sealed in the order of European Digital
 * Credential, others. A further form of the same credential is a remark; one that says something else, or does not hold, nobody may miss. */
#include "credential/verify_inside.h"

#include "base/limits.h"
#include "credential/pdf_read.h"

struct candidate {
    mr_str name, text;
    mr_sniffed kind;
    mr_report *report;
    mr_str summary;
};

/* Is it a credential, as far as its octets tell? */
static bool may_be_ours(const struct mr_pdf_attachment *one, struct candidate *ret)
{
    *ret = (struct candidate){.name = one->name};
    ret->kind = mr_sniff(one->content, &ret->text);
    return ret->kind == MR_SNIFFED_JSON || ret->kind == MR_SNIFFED_COMPACT || ret->kind == MR_SNIFFED_SD_JWT;
}

static mr_str name_to_tell(const struct mr_verification *w, const struct candidate *c)
{
    return c->name.len ? c->name : mr_verify_say(w, "pdf.nameless");
}

static int verify_one(const struct mr_verification *w, struct candidate *c, struct mr_verification *ret,
                      struct mr_err *err)
{
    c->report = MR_NEW(w->a, mr_report);
    if (!c->report) return MR_FAIL(err, MR_E_NOMEM, "no memory for a report", MR_NOWHERE);
    *ret = *w;
    ret->r = c->report;
    *c->report = (mr_report){.format_code = "", .checked_at = w->now};
    c->report->view.issued = c->report->view.valid_from = c->report->view.valid_until = MR_TIME_NONE;
    MR_TRY(mr_verify_text(ret, c->kind, c->text, err));
    c->report->verdict = mr_report_verdict(c->report);
    c->summary = mr_verify_summarise(ret);
    return MR_OK;
}

/* 0 is the best to tell of. */
static int rank(const mr_report *r)
{
    if (r->has_view) return strncmp(r->format_code, "elm", 3) == 0 ? 0 : 1;
    return r->is_credential ? 2 : 3;
}

/* Do both say that the same was awarded to the same person? Their identifiers differ where one credential was sealed in two forms. */
static bool say_the_same(const mr_report *a, const mr_report *b)
{
    const mr_view *x = &a->view, *y = &b->view;
    return a->has_view && b->has_view && mr_str_eq(x->title, y->title) && mr_str_eq(x->learner, y->learner) &&
           mr_date_compare(x->awarded_on, y->awarded_on) == 0;
}

static void tell_of_other(struct mr_verification *w, const struct candidate *main, const struct candidate *other)
{
    bool same = say_the_same(main->report, other->report);
    bool holds = other->report->verdict != MR_VERDICT_INVALID || main->report->verdict == MR_VERDICT_INVALID;
    mr_str text = MR_SAY(w->a, w->l, same && holds ? "pdf.other_form" : "pdf.other", {"name", name_to_tell(w, other)},
                         {"summary", other->summary}, {"main", name_to_tell(w, main)});
    if (same && holds) {
        mr_verify_remark(w, text);
        return;
    }
    w->beside = w->beside.len ? mr_arena_concat(w->a, (const mr_str[]){w->beside, MR_STR(" "), text}, 3) : text;
}

/* "European Digital Credential (JAdES-B), attached to a PDF" */
static void name_format(struct mr_verification *w)
{
    struct mr_check *c = &w->r->checks[MR_CHECK_FORMAT];
    if (c->state == MR_PASSED)
        c->text = mr_arena_concat(w->a, (const mr_str[]){c->text, MR_STR(" "), mr_verify_say(w, "pdf.from")}, 3);
    w->r->format = w->r->format.len ? mr_verify_say_with(w, "pdf.format", "format", w->r->format)
                                    : mr_verify_say(w, "pdf.format_alone");
}

static int verify_all(struct mr_verification *w, struct candidate *all, size_t count, struct mr_err *err)
{
    struct mr_verification *each = MR_NEW_ARRAY(w->a, struct mr_verification, count);
    size_t main = 0;
    if (!each) return MR_FAIL(err, MR_E_NOMEM, "no memory for a report", MR_NOWHERE);
    for (size_t i = 0; i < count; i++) {
        MR_TRY(verify_one(w, &all[i], &each[i], err));
        if (rank(all[i].report) < rank(all[main].report)) main = i;
    }
    mr_report *report = w->r;
    *w = each[main];
    w->r = report;
    *report = *all[main].report;
    name_format(w);
    if (report->has_view) {
        mr_str sealed = mr_verify_say(w, "pdf.only_sealed");
        w->beside = w->beside.len ? mr_arena_concat(w->a, (const mr_str[]){w->beside, MR_STR(" "), sealed}, 3) : sealed;
    }
    for (size_t i = 0; i < count; i++)
        if (i != main) tell_of_other(w, &all[main], &all[i]);
    return MR_OK;
}

/* What keeps the PDF from being read: its fault, or ours. */
static int refuse(struct mr_verification *w, const struct mr_err *e)
{
    if (e->code == MR_E_NOMEM) return mr_verify_not_the_form(w, "format.too_much", e, false);
    if (e->code != MR_E_LIBRARY) return mr_verify_not_the_form(w, e->message, e, false);
    struct mr_check *c = mr_verify_claim_id(w, MR_CHECK_FORMAT, MR_UNCHECKED, "pdf.library");
    c->detail = mr_verify_describe(w, e);
    return MR_OK;
}

/* Nothing in it that could be a credential. */
static const char *why_none(const mr_pdf_attachments *p)
{
    if (p->cut_off) return "pdf.cut_off";
    if (p->unreadable) return "pdf.unreadable";
    return p->count ? "pdf.other_files" : "format.pdf";
}

int mr_verify_pdf(struct mr_verification *w, mr_str pdf, struct mr_err *err)
{
    struct candidate found[MR_LIMIT_PDF_ATTACHMENTS];
    mr_pdf_attachments attachments;
    size_t count = 0;
    struct mr_err e = {0};
    if (mr_pdf_attachments_read(w->a, pdf, &attachments, &e) != MR_OK) return refuse(w, &e);
    for (size_t i = 0; i < attachments.count; i++) count += may_be_ours(&attachments.items[i], &found[count]);
    if (!count) return mr_verify_not_the_form(w, why_none(&attachments), NULL, false);
    return verify_all(w, found, count, err);
}
