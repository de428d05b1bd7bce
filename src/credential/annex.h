/* The Annex I elements: eleven mandatory, five optional (elements.def), asked of a specification and of a credential. */
#ifndef MR_CREDENTIAL_ANNEX_H
#define MR_CREDENTIAL_ANNEX_H

#include "model/achievement.h"

typedef enum mr_element {
#define MR_ELEMENT(name, code, mandatory, source, field, elm, open_badges, sd_jwt) MR_ELEMENT_##name,
#include "credential/elements.def"
#undef MR_ELEMENT
    MR_ELEMENT_COUNT
} mr_element;

/* How many there are of each kind. */
#define MR_ELEMENTS_MANDATORY 11
#define MR_ELEMENTS_OPTIONAL 5

typedef enum mr_element_source { MR_ELEMENT_SPECIFICATION, MR_ELEMENT_RESULT } mr_element_source;
struct mr_element_info {
    const char *code;
    bool mandatory;
    mr_element_source source;
    const char *field, *elm;
    const char *open_badges;
    const char *sd_jwt; /* claims, with commas between them */
};
const struct mr_element_info *mr_element_info(mr_element e);

/* All faults of a specification at once: each of the elements that a specification answers, and the rules of DESIGN section 5. Findings name the element; their
 * sentence says what is wrong, why it matters and what to write. Changes nothing. */
void mr_annex_check(const mr_specification *s, struct mr_findings *findings);

#endif
