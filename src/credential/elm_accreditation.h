/* Reading what ELM documents say of accreditations and of what was awarded into the model, so that both can be held against each other. Nothing is
 * verified here: what is read is what the document says. */
#ifndef MR_CREDENTIAL_ELM_ACCREDITATION_H
#define MR_CREDENTIAL_ELM_ACCREDITATION_H

#include "json/json.h"
#include "model/accreditation.h"

/* JSON-LD writes a node once and refers to it by {"id": ...} elsewhere: the node that is meant, somewhere in `document`, or `v` itself. */
const mr_json *mr_elm_whole(const mr_json *document, const mr_json *v);
/* A day out of an xsd:dateTime or xsd:date. The written day counts; but midnight in a zone east of Greenwich that was converted to UTC
 * ("1999-10-01T22:00:00Z" for 2 October) is the day after: 21, 22 or 23 o'clock sharp. No day when it is none. */
mr_date mr_elm_day(mr_str text);

/* Each fills *ret from a node; beyond the limits (MR_LIMIT_ACCREDITATION_LIST) lists are refused, never cut.
 *   errors  MR_E_NOMEM, MR_E_LIMIT */
/* An Organisation. VAT numbers get their country in front; a registration counts within its country. */
int mr_elm_read_party(mr_arena *a, const mr_json *document, const mr_json *organisation, mr_party *ret,
                      struct mr_err *err) MR_MUST_CHECK;
/* An Accreditation (ELM 3; facts in credential/elm.h for what Merit writes beside it). */
int mr_elm_read_accreditation(mr_arena *a, const mr_json *document, const mr_json *accreditation, mr_accreditation *ret,
                              struct mr_err *err) MR_MUST_CHECK;
/* A LearningAchievement: all but the body, which ret->body borrows from nobody (NULL), and the day, which is left as it is when the achievement does not
 * say its own. */
int mr_elm_read_question(mr_arena *a, const mr_json *document, const mr_json *achievement,
                         struct mr_coverage_question *ret, struct mr_err *err) MR_MUST_CHECK;

#endif
