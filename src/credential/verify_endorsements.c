/* What others say of a badge, in the report: who endorses what, and whether that seal holds. It never changes the verdict. */
#include "credential/verify_inside.h"

#include "credential/wording.h"

#include <stdio.h>

static const char *message_of(const struct mr_endorsement *e)
{
    switch (e->step.state) {
    case MR_PASSED: return e->comment.len ? "endorsement.passed" : "endorsement.passed_silent";
    case MR_FAILED: return "endorsement.failed";
    default: return "endorsement.unchecked";
    }
}

/* Why, where it is not that the seal holds. */
static mr_str why(struct mr_verification *w, const struct mr_endorsement *e)
{
    return e->step.state == MR_PASSED || !e->step.id ? MR_STR_EMPTY : mr_verify_say(w, e->step.id);
}

static void tell(struct mr_verification *w, const struct mr_endorsement *e, struct mr_told_endorsement *ret)
{
    char of[48];
    snprintf(of, sizeof of, "endorsement.of.%s", mr_endorsed_name(e->of));
    mr_str by = e->by.len ? mr_wording_identifier(w->a, e->by) : mr_verify_say(w, "endorsement.somebody");
    ret->endorsement = *e;
    ret->text = MR_SAY(w->a, w->l, message_of(e), {"by", by}, {"what", mr_verify_say(w, of)}, {"comment", e->comment});
    ret->why = why(w, e);
}

int mr_verify_endorsements(struct mr_verification *w, const mr_json *badge, struct mr_err *err)
{
    struct mr_endorsement found[MR_LIMIT_ENDORSEMENTS];
    mr_report *r = w->r;
    size_t count = 0, more = 0;
    if (w->contained) return MR_OK;
    const struct mr_opening o = mr_verify_opening(w);
    MR_TRY(mr_endorsements_open(w->a, &o, badge, found, &count, &more, err));
    if (!count) return MR_OK;
    r->endorsements = MR_NEW_ARRAY(w->a, struct mr_told_endorsement, count);
    if (!r->endorsements) return MR_FAIL(err, MR_E_NOMEM, "no memory for the report", MR_NOWHERE);
    for (size_t i = 0; i < count; i++) tell(w, &found[i], &r->endorsements[i]);
    r->endorsement_count = count;
    if (more && r->remark_count < MR_VERIFY_REMARKS)
        r->remarks[r->remark_count++] =
            mr_verify_say_with(w, "endorsement.more", "count", mr_say_count(w->a, w->l, (int64_t)more));
    return MR_OK;
}
