/* What is told of one award, as typed in a form, sent to the API or kept with the achievement: texts, read by the rules of a row of results (credential/results.h). */
#ifndef MR_SERVICE_AWARD_FIELDS_H
#define MR_SERVICE_AWARD_FIELDS_H

#include "credential/results.h"
#include "json/json.h"
#include "json/write.h"

/* The members of the JSON form have these names. Dates "2026-10-14"; supervision: a code of docs/results.md;
 * language: in which the learner is written to, a tag. */
struct mr_award_fields {
    mr_str name, given_name, family_name, birth_date, email, student_number, grade, date, place, ects, supervision,
        language;
};
enum { MR_AWARD_FIELDS = 12 };
/* Name and place of a field: for loops over all of them. */
const char *mr_award_field_name(size_t index);
mr_str *mr_award_field_at(struct mr_award_fields *fields, size_t index);

/* Read them: the achievement, the learner's key, and all that is wrong (`ret->findings`, fate REFUSED). Texts live in `a`. Errors: MR_E_NOMEM. */
int mr_award_fields_read(mr_arena *a, const mr_env *env, const struct mr_award_fields *fields,
                         struct mr_result_row *ret, struct mr_err *err) MR_MUST_CHECK;
/* And back: what an achievement was made of. */
struct mr_award_fields mr_award_fields_of(mr_arena *a, const mr_achievement *achievement);
/* As members of a JSON object, those that are not empty. */
void mr_award_fields_put(mr_json_writer *w, const struct mr_award_fields *fields);
/* From a JSON object; members that are no text are passed over, numbers are taken as they stand. */
struct mr_award_fields mr_award_fields_get(const mr_json *object);

#endif
