/* An achievement: this learner achieved this specification. The source of which every credential is a projection. */
#ifndef MR_MODEL_ACHIEVEMENT_H
#define MR_MODEL_ACHIEVEMENT_H

#include "model/specification.h"

typedef struct mr_learner {
    mr_str given_name, family_name,
        full_name;         /* full_name always; the parts where given: people of one name are the normal case */
    mr_date birth_date;    /* unset: not given */
    mr_str email;          /* for delivery; never sealed unless the provider asks */
    mr_str student_number; /* the provider's own number; never sealed */
    mr_str language;       /* in which she is written to, a tag; empty: not said; never sealed */
} mr_learner;

typedef struct mr_achievement {
    char id[37]; /* UUID; credential ids are urn:credential:<id> */
    mr_learner learner;
    mr_date awarded_on;
    mr_str place;               /* of awarding, as text; may be empty */
    mr_str grade;               /* as the provider writes it; may be empty */
    int64_t ects_awarded;       /* hundredths; 0: what the specification offers */
    mr_supervision supervision; /* NOT_SAID: as the specification says */
    mr_str status_list;         /* base URL of the status list in which its credentials stand; empty: in none */
    uint64_t status_index;      /* and where in it */
} mr_achievement;

/* The last moment on which it counts, in milliseconds: the end of the day so many months after it was awarded (`now`, when it does not say), or of the last day of
 * that month when it is shorter; MR_TIME_NONE when the specification sets no end. */
int64_t mr_achievement_valid_until(const mr_achievement *a, const mr_specification *s, int64_t now);

/* A fault found in a specification, a document or a row of results: which element or field, which sentence. */
struct mr_finding {
    const char
        *element;    /* element or column code: "learning_outcomes", "birth_date"; static; "" when it concerns none */
    const char *id;  /* message id of what is wrong ("spec.outcomes.missing"); static */
    mr_str value;    /* what was written, cut to 120 octets; the {value} of the message */
    mr_str expected; /* the {expected} of the message, e.g. known codes; may be empty */
    mr_str node,
        member; /* {node} and {member}: of whom or what it speaks, and which part; message ids where there are such, else names as written */
    const char *also;  /* message id of the {also}; NULL: none; static */
    int64_t count;     /* {count} */
    mr_str about;      /* id of the node of a linked document; may be empty */
    uint32_t position; /* octet of the file where the value begins; 0 when it is not known */
    char pointer[224]; /* JSON Pointer into the file, or the column name */
    bool warning;      /* worth a look, refuses nothing */
    bool remark;       /* and not even that: worth knowing. Remarks are warnings, too */
};
struct mr_findings {
    struct mr_finding *items; /* in the arena */
    size_t count, capacity;
    size_t faults; /* those that are not warnings */
    mr_arena *arena;
    struct mr_finding spare; /* filled and forgotten, when there is no room for one more */
};
void mr_findings_init(struct mr_findings *f, mr_arena *a);
/* Add a fault; beyond MR_LIMIT_FINDINGS they are only counted. Returns it to be completed, never NULL (a spare one when memory is short).
 *   value  copied; control characters in it become U+FFFD, so that a terminal can print it */
struct mr_finding *mr_findings_add(struct mr_findings *f, const char *element, const char *id, mr_str value);
/* The same for something that is worth a look and refuses nothing. */
struct mr_finding *mr_findings_warn(struct mr_findings *f, const char *element, const char *id, mr_str value);

#endif
