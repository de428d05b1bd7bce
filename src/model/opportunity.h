/* An opportunity: when, where and in which language a specification can be taken, what it costs, and whether there is room. */
#ifndef MR_MODEL_OPPORTUNITY_H
#define MR_MODEL_OPPORTUNITY_H

#include "base/time.h"
#include "model/texts.h"
#include "model/vocabulary.h"

typedef enum mr_opportunity_state {
    MR_OPPORTUNITY_DRAFT, /* seen by the provider alone */
    MR_OPPORTUNITY_OPEN,
    MR_OPPORTUNITY_FULL,
    MR_OPPORTUNITY_CLOSED, /* for applications */
    MR_OPPORTUNITY_CANCELLED,
    MR_OPPORTUNITY_STATES
} mr_opportunity_state;
/* "draft" ..., as stored and in the API. */
extern const char *const mr_opportunity_states[MR_OPPORTUNITY_STATES];

typedef struct mr_opportunity {
    mr_str specification; /* slug */
    mr_opportunity_state state;
    mr_date start, end, apply_until; /* unset: not said; without a start it can be begun at any time */
    mr_str time_zone;                /* of these days, as the tz database names it; "UTC" unless said */
    const mr_concept *mode;          /* MR_SCHEME_MODE */
    mr_str place, address;
    const mr_concept **languages; /* of teaching */
    size_t language_count;
    int64_t price_minor;        /* hundredths of the currency's unit; -1: not said; 0: free of charge */
    const mr_concept *currency; /* NULL without a price */
    mr_texts funding;           /* who pays, and on what condition */
    int64_t seats;              /* 0: not said */
    mr_str url;                 /* https, of the provider's own page */
} mr_opportunity;

#endif
