#include "model/opportunity.h"

const char *const mr_opportunity_states[MR_OPPORTUNITY_STATES] = {"draft", "open", "full", "closed", "cancelled"};
