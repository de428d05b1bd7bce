/* The outcome of one step of a verification: four states, and never a pass for a step that did not run. */
#ifndef MR_PROOF_STEP_H
#define MR_PROOF_STEP_H

#include "base/time.h"

typedef enum mr_state {
    MR_UNCHECKED,
    MR_PASSED,
    MR_FAILED,
    MR_NOT_APPLICABLE
} mr_state; /* zero is the honest default */

struct mr_step {
    mr_state state;
    const char *id;   /* message id of the sentence for people ("seal.signature.changed"); static text */
    mr_str detail;    /* for experts, English; may be empty; in the arena of the verification or static */
    mr_str authority; /* who says so (the name of a time-stamp authority); may be empty; in the arena */
    int64_t at;       /* the time it is about (of a time-stamp), or MR_TIME_NONE */
};

/* "passed", "failed", "unchecked", "not_applicable" */
const char *mr_state_name(mr_state s);

#endif
