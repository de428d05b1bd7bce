/* What pages about awards share: forms of one learner, the next step of a batch, evidence. */
#ifndef MR_WEB_SEALING_H
#define MR_WEB_SEALING_H

#include "service/award_fields.h"
#include "service/evidence_file.h"
#include "service/sealing.h"
#include "web/office.h"

/* "next": sign-off, sealing, a time; NULL `wrong`, or the message of what is wrong with the time that was sent. */
int mr_office_put_next(mr_page *p, mr_str batch_id, int64_t ready, const char *wrong, struct mr_err *err) MR_MUST_CHECK;
/* "evidence": files of an object, with the form that adds one; `back` is the object's page. Whoever may not read them sees nothing. */
void mr_office_put_evidence(mr_page *p, mr_evidence_object kind, mr_str object_id, mr_str back);
/* The fields of one learner as a form sends them; and as members of the view: a value each, with what is wrong with it ("wrong_<name>"), and "faults": all sentences. */
struct mr_award_fields mr_office_award_fields(mr_page *p);
void mr_office_put_award_fields(mr_page *p, const struct mr_award_fields *fields, const struct mr_findings *findings);
/* The organisation that the page is about: the actor's, or for the operator the first that published something. Empty when there is none. */
mr_str mr_office_org(mr_page *p);
/* Specification of a page: "slug", "specification", "specification_lang". */
void mr_office_put_specification(mr_page *p, const struct mr_published *published);
/* "2026-10-14" as the reader writes days; any other text as it stands. */
mr_str mr_office_say_day(mr_page *p, mr_str day);
/* Every value of a field that stands several times in an urlencoded body, as far as it is an id; at most `most`. */
size_t mr_office_ids(mr_page *p, const char *field, mr_str *ret, size_t most);

#endif
