/* What a credential says that is no ELM document: Open Badges 3.0, Comprehensive Learner Records 2.0, and any other verifiable credential of version 2.0
 * or 1.1, in the same answers. */
#ifndef MR_CREDENTIAL_VIEW_VC_H
#define MR_CREDENTIAL_VIEW_VC_H

#include "credential/view.h"

/* As mr_view_read. Only what it says: credits of a badge are credits and not ECTS, its criteria are no learning outcomes. What no element asks for is
 * further information: description, criteria, evidence, and of a credential that is no badge each claim by its name.
 *   document  a VC as JSON, out of its envelope
 *   ret       not_annex: set, unless it says that it is a micro-credential (achievementType MicroCredential)
 *   errors    MR_E_FORMAT when it is no object, MR_E_NOMEM
 *   source    Open Badges 3.0 appendix B; CLR 2.0 appendix B; VC Data Model 2.0 section 4, 1.1 section 4 */
int mr_view_read_vc(mr_arena *a, const mr_json *document, const mr_language *l, mr_view *ret,
                    struct mr_err *err) MR_MUST_CHECK;

/* The part of a learner record that view.parts[index] tells of; false when there is none.
 *   ret_document     the credential in it (a token or envelope is no object), or the record itself
 *   ret_achievement  of the record itself; NULL: the part is a credential */
bool mr_record_part(const mr_json *record, size_t index, const mr_json **ret_document, const mr_json **ret_achievement);

#endif
