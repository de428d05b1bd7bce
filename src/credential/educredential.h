/* The Dutch fields of Open Badges 3.0 (edubadges): what their closed lists mean, in the words of readers and in the codes of specification files. */
#ifndef MR_CREDENTIAL_EDUCREDENTIAL_H
#define MR_CREDENTIAL_EDUCREDENTIAL_H

#include "model/specification.h"

typedef enum mr_educredential_list {
    MR_EDUCREDENTIAL_PARTICIPATION, /* participationType */
    MR_EDUCREDENTIAL_ASSESSMENT,    /* assessmentType */
    MR_EDUCREDENTIAL_SUPERVISION,   /* supervisionType */
} mr_educredential_list;

typedef struct mr_educredential {
    mr_educredential_list list;
    const char *term;
    const char *code; /* of mode or assessment, or the word of a supervision; empty: none means the same */
    const char *label[MR_LABEL_LANGUAGES];
} mr_educredential;

/* By the term that stands in a badge (ASCII case does not matter), or NULL. */
const mr_educredential *mr_educredential_find(mr_educredential_list list, mr_str term);
/* Label in the language ("da", "da-DK"), else in English. */
mr_str mr_educredential_label(const mr_educredential *e, mr_str language);
/* Supervision as these fields tell it together. Supervised online is with or without identity check, and only identityChecked tells; where type
 * and identityChecked contradict each other nothing is known.
 *   supervision       NULL: not said
 *   identity_checked  MR_EDUCREDENTIAL_NO ... */
typedef enum mr_educredential_said {
    MR_EDUCREDENTIAL_UNSAID,
    MR_EDUCREDENTIAL_NO,
    MR_EDUCREDENTIAL_YES
} mr_educredential_said;
mr_supervision mr_educredential_supervision(const mr_educredential *supervision,
                                            mr_educredential_said identity_checked);

#endif
