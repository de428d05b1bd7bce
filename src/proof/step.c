#include "proof/step.h"

const char *mr_state_name(mr_state s)
{
    switch (s) {
    case MR_PASSED: return "passed";
    case MR_FAILED: return "failed";
    case MR_NOT_APPLICABLE: return "not_applicable";
    case MR_UNCHECKED: break;
    }
    return "unchecked";
}
