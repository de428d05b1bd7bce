/* Organisations and texts by themselves, in the form that they have in specification files: what a provider says of itself, of an assessor, of a partner. */
#ifndef MR_CREDENTIAL_ORGANISATION_FILE_H
#define MR_CREDENTIAL_ORGANISATION_FILE_H

#include "json/json.h"
#include "model/achievement.h"

/* Read a JSON object as it stands under "provider" in specification files; name and country are required.
 *   text      borrowed for the life of `a`
 *   findings  gets every fault; pointers lead into the object ("/vat", "/name/da")
 *   errors    MR_E_JSON and its kin, MR_E_NOMEM */
int mr_organisation_read(mr_arena *a, mr_str text, mr_organisation *ret, struct mr_findings *findings,
                         struct mr_err *err) MR_MUST_CHECK;
/* Read an object of texts by language. element: of the findings. */
int mr_texts_read(mr_arena *a, mr_str text, const char *element, mr_texts *ret, struct mr_findings *findings,
                  struct mr_err *err) MR_MUST_CHECK;

/* May the one stand for the other: the same eIDAS identifier, VAT number, or registration in the same country; without any of these on both sides, the same name in any
 * language. */
bool mr_organisation_is_same(const mr_organisation *one, const mr_organisation *other);

#endif
