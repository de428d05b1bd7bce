/* Controlled vocabularies of the European Learning Model: our own tables of those facts (spec/vocabulary/). People and files use short codes
 * ("blended", "written-examination", "DK", "0913"); documents carry the URIs. */
#ifndef MR_MODEL_VOCABULARY_H
#define MR_MODEL_VOCABULARY_H

#include "base/arena.h"

typedef enum mr_scheme_code {
    MR_SCHEME_COUNTRY,  /* ISO 3166-1 alpha-2 codes ("DK", "GR"); URIs use alpha-3 */
    MR_SCHEME_LANGUAGE, /* ISO 639-1 codes; URIs use alpha-3 */
    MR_SCHEME_EQF,      /* "1" to "8" */
    MR_SCHEME_ISCED_F,  /* "0913" */
    MR_SCHEME_ASSESSMENT,
    MR_SCHEME_MODE,          /* of learning and of assessment */
    MR_SCHEME_SETTING,       /* "formal", "non-formal" */
    MR_SCHEME_LEARNING_TYPE, /* learning-opportunity types: "short-programme", "course", "mooc", "module" ... */
    MR_SCHEME_ACCREDITATION,
    MR_SCHEME_CREDIT, /* "ects", "ecvet" (read only) */
    MR_SCHEME_SUPERVISION,
    MR_SCHEME_SKILL_TYPE,
    MR_SCHEME_REUSE_LEVEL,
    MR_SCHEME_SCHEDULE,
    MR_SCHEME_TARGET_GROUP,
    MR_SCHEME_CREDENTIAL_PROFILE,
    MR_SCHEME_EVIDENCE,
    MR_SCHEME_ENCODING,
    MR_SCHEME_FILE_TYPE,
    MR_SCHEME_NQF, /* national qualification framework levels: code is the last part of the URI */
    MR_SCHEME_ENTITLEMENT,
    MR_SCHEME_CURRENCY,     /* ISO 4217 */
    MR_SCHEME_JURISDICTION, /* ISO 3166 codes of countries and of parts of the United Kingdom; URIs use others */
    MR_SCHEME_ENTITLEMENT_STATUS,
    MR_SCHEME_ACTIVITY,
    MR_SCHEME_SEX,
    MR_SCHEME_VERIFICATION, /* checks that documents report, and their outcome (read only) */
    MR_SCHEME_VERIFICATION_STATUS,
    MR_SCHEME_ACCREDITATION_STATUS,
    MR_SCHEME_COUNT_
} mr_scheme_code;

/* Labels in sealed documents: English, Danish, Swedish, Dutch, Greek, Bulgarian. The first four are columns of the tables here, the others lie in
 * spec/vocabulary/labels. */
#define MR_LABEL_LANGUAGES 6
#define MR_LABEL_COLUMNS 4
/* Their ISO 639-1 codes. */
extern const char *const mr_label_languages[MR_LABEL_LANGUAGES];

typedef struct mr_concept {
    uint8_t scheme;   /* mr_scheme_code */
    const char *code; /* short code, unique in its scheme */
    const char *uri;
    const char *label
        [MR_LABEL_COLUMNS]; /* English, Danish, Swedish, Dutch; NULL where there is none (English always, but for NQF parts) */
} mr_concept;
typedef struct mr_scheme {
    const char *name;  /* as `merit vocab` and specification files call it: "assessment" */
    const char *uri;   /* of the ConceptScheme */
    const char *about; /* one sentence, English */
    const mr_concept *concepts;
    size_t count;
} mr_scheme;

/* A scheme by its place, or by its name; NULL when there is none of that name. */
const mr_scheme *mr_scheme_get(mr_scheme_code s);
const mr_scheme *mr_scheme_find(mr_str name);
/* By short code (ASCII case does not matter), or NULL. */
const mr_concept *mr_concept_find(mr_scheme_code s, mr_str code);
const mr_concept *mr_concept_find_uri(mr_scheme_code s, mr_str uri);
/* The scheme that a concept belongs to. */
static inline const mr_scheme *mr_concept_scheme(const mr_concept *c)
{
    return mr_scheme_get((mr_scheme_code)c->scheme);
}
/* Label in exactly this language (ISO 639-1), also one of those of spec/vocabulary/labels; empty when there is none. */
mr_str mr_concept_label_in(const mr_concept *c, mr_str language);
/* Label in the language ("da", "da-DK"), also one of those of spec/vocabulary/labels; else English, else the code. */
mr_str mr_concept_label(const mr_concept *c, mr_str language);
/* The concepts nearest to what was typed, for "did you mean": up to `max`, best first; returns how many. */
size_t mr_concept_guess(mr_scheme_code s, mr_str typed, const mr_concept **out, size_t max);

#endif
