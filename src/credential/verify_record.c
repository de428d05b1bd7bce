/* Learner records: each credential in one is verified on its own, with the seal of its own issuer.
 *
 * The record's seal covers all that is in it, and its issuer vouches that it is there; that does not make a credential of another issuer genuine. So the
 * verdict on the record stays its own, and is "take care" when something in it does not hold; of that, nothing but the title is told. A
 * credential without a seal of its own is the record's word. Records in records are not opened. */
#include "credential/verify_inside.h"

#include "base/limits.h"
#include "credential/each.h"

static void presentation_cleanup(mr_presentation *p)
{
    mr_presentation_done(p);
}

/* How many of each kind, for one remark each. */
struct tally {
    int64_t held, failed, unchecked, unsealed, over;
};

static bool is_unsealed(const struct mr_presented *p)
{
    return p->step.id && strcmp(p->step.id, "presented.unsecured") == 0;
}

/* The part of the view that tells of this credential, or NULL. */
static mr_view *part_of(const mr_report *r, size_t index)
{
    return index < r->view.part_credentials ? &r->view.parts[index] : NULL;
}

static void tell_unsealed(struct mr_verification *w, const mr_view *part, struct mr_contained *c)
{
    c->title = part ? part->title : MR_STR_EMPTY;
    c->issuer = part ? part->issuer : MR_STR_EMPTY;
    c->summary = mr_verify_say(w, "record.unsealed");
}

/* What its own report says; a part whose seal does not hold loses all but its title. */
static void tell_sealed(const struct mr_report *own, mr_view *part, struct mr_contained *c)
{
    c->sealed = c->judged = true;
    c->verdict = own->verdict;
    c->summary = own->summary;
    if (own->has_view && part) *part = own->view;
    if (!own->has_view && part) part->withheld = true;
    c->title = own->has_view ? own->view.title : part ? part->title : MR_STR_EMPTY;
    c->issuer = own->has_view ? own->view.issuer : part ? part->issuer : MR_STR_EMPTY;
}

static void count(struct tally *t, const struct mr_contained *c, const mr_report *own)
{
    const struct mr_check *seal = &own->checks[MR_CHECK_SEAL];
    if (!c->sealed)
        t->unsealed++;
    else if (c->verdict == MR_VERDICT_INVALID)
        t->failed++;
    else if (seal->claimed && seal->state == MR_UNCHECKED)
        t->unchecked++;
    else
        t->held++;
}

static int verify_contents(struct mr_verification *w, const mr_presentation *p, struct tally *t, struct mr_err *err)
{
    mr_report *record = w->r, *own = MR_NEW(w->a, mr_report);
    record->contents = MR_NEW_ARRAY(w->a, struct mr_contained, p->count);
    if (!own || !record->contents) return MR_FAIL(err, MR_E_NOMEM, "no memory for a record", MR_NOWHERE);
    for (size_t i = 0; i < p->count; i++) {
        struct mr_contained *c = &record->contents[record->content_count++];
        struct mr_verification one = *w;
        one.r = own;
        one.contained = true;
        one.presented = false;
        *own = (mr_report){.format_code = ""};
        if (is_unsealed(&p->credentials[i])) {
            tell_unsealed(w, part_of(record, i), c);
        } else {
            MR_TRY(mr_verify_one(&one, &p->credentials[i], err));
            own->summary = mr_verify_summarise(&one);
            tell_sealed(own, part_of(record, i), c);
        }
        count(t, c, own);
    }
    record->content_failures = (size_t)t->failed;
    return MR_OK;
}

static void remark(struct mr_verification *w, const char *id, int64_t number)
{
    mr_report *r = w->r;
    if (number == 0 || r->remark_count == MR_VERIFY_REMARKS) return;
    r->remarks[r->remark_count++] = mr_verify_say_with(w, id, "count", mr_say_count(w->a, w->l, number));
}

int mr_verify_record(struct mr_verification *w, const mr_secured *record, struct mr_err *err)
{
    MR_CLEANUP(presentation_cleanup) mr_presentation p = {0};
    const mr_json *items =
        mr_json_get(mr_each_first(mr_json_get(record->payload, "credentialSubject")), "verifiableCredential");
    const struct mr_opening o = mr_verify_opening(w);
    struct tally t = {0};
    if (w->contained || !mr_each_first(items) || !mr_each_has(mr_json_get(record->payload, "type"), "ClrCredential"))
        return MR_OK;
    MR_TRY(mr_record_open(w->a, &o, record->payload, &p, err));
    MR_TRY(verify_contents(w, &p, &t, err));
    if (mr_json_count(items) > p.count && mr_json_is(items, MR_JSON_ARRAY))
        t.over = mr_json_count(items) - (int64_t)p.count;
    remark(w, "record.failed", t.failed);
    remark(w, "record.unchecked", t.unchecked);
    remark(w, "record.held", t.held);
    remark(w, "record.unsealed_count", t.unsealed);
    remark(w, "record.over", t.over);
    return MR_OK;
}
