/* A specification: a micro-credential as described, once, in several languages (Council Recommendation 2022/C 243/02, Annex I, and DESIGN section 5).
 * Plain data without any wire format; all memory belongs to the arena that it was read into. */
#ifndef MR_MODEL_SPECIFICATION_H
#define MR_MODEL_SPECIFICATION_H

#include "base/time.h"
#include "model/texts.h"
#include "model/vocabulary.h"

/* A provider, awarding body, assessor or quality agency. */
typedef struct mr_organisation {
    mr_texts name; /* legal name */
    const mr_concept *country;
    mr_texts address;
    mr_str registration;      /* number in the national register of legal persons */
    mr_str vat, eidas;        /* "DK12345678"; "VATDK-12345678" (EN 319 412-1) */
    mr_str homepage, email;   /* https URL; address */
    mr_str deqar, schac, ror; /* identifiers in registers, empty when none */
    mr_str did;               /* under which it signs */
    mr_str linkedin;          /* number of its page there, digits; for learners' profiles, in no credential */
} mr_organisation;

struct mr_skill {
    mr_str uri; /* ESCO skill URI, or another framework's */
    mr_texts label;
};
struct mr_learning_outcome {
    mr_texts title, description;
    const mr_concept *type; /* knowledge or skill; NULL: not said */
    const mr_concept *reuse_level;
    const struct mr_skill *skills;
    size_t skill_count;
};
struct mr_assessment {
    mr_texts title;         /* may be empty: the type's label stands in */
    const mr_concept *type; /* MR_SCHEME_ASSESSMENT; NULL with a title for another form */
    const mr_concept *mode;
    mr_texts grading;          /* the scale and what is needed to pass */
    mr_organisation *assessor; /* another recognised assessor, or NULL */
};
typedef enum mr_quality_kind {
    MR_QUALITY_INTERNAL,    /* internal quality assurance, internal review */
    MR_QUALITY_EXTERNAL,    /* external review of the provider */
    MR_QUALITY_PROGRAMME,   /* programme accreditation */
    MR_QUALITY_INSTITUTION, /* institutional accreditation */
    MR_QUALITY_LABEL,
    MR_QUALITY_REGISTER, /* register entry (DEQAR) */
    MR_QUALITY_KINDS_
} mr_quality_kind;
typedef enum mr_decision {
    MR_DECISION_NOT_SAID,
    MR_DECISION_POSITIVE,
    MR_DECISION_CONDITIONAL, /* accredited with conditions: a state of its own */
    MR_DECISION_NEGATIVE,
    MR_DECISION_UNKNOWN, /* one is told, in words that are not known here */
} mr_decision;
/* What an accreditation is limited to; empty lists limit nothing. */
struct mr_quality_limits {
    const mr_concept **fields; /* ISCED-F */
    size_t field_count;
    const mr_concept **levels; /* EQF */
    size_t level_count;
    const mr_concept **jurisdictions;
    size_t jurisdiction_count;
    const mr_concept **types; /* MR_SCHEME_CREDENTIAL_PROFILE */
    size_t type_count;
    mr_str programme; /* id of the one programme that was accredited; empty: none is named, or by its title only */
    mr_texts programme_title;
};
struct mr_quality {
    mr_quality_kind kind;
    bool conditional; /* with conditions; `conditions` may say which */
    mr_texts title;
    mr_organisation by;              /* who assures it; the provider itself for internal quality assurance */
    mr_str reference;                /* URL or register number */
    mr_date valid_from, valid_until; /* unset: open */
    mr_decision decision;
    mr_texts conditions;
    mr_date issued, review; /* day of the decision; when it will be looked at again */
    mr_str report;          /* https URL of the report */
    struct mr_quality_limits limits;
    /* Told by an agency only, of what it accredited: */
    mr_date withdrawn;                       /* the first day on which it no longer holds */
    mr_date suspended_from, suspended_until; /* until unset: it still is */
};
typedef enum mr_level_basis { MR_LEVEL_NOT_SAID, MR_LEVEL_DECLARED, MR_LEVEL_REFERENCED } mr_level_basis;
typedef enum mr_supervision {
    MR_SUPERVISION_NOT_SAID,
    MR_SUPERVISION_NONE,
    MR_SUPERVISION_SUPERVISED,      /* without identity check */
    MR_SUPERVISION_IDENTITY_ONLINE, /* supervised with identity check, online */
    MR_SUPERVISION_IDENTITY_ON_SITE,
} mr_supervision;

typedef struct mr_specification {
    mr_str id;      /* the provider's short name for it: letters, digits, hyphens ("wound-care-2026") */
    mr_str version; /* "1", "2026.1"; awarded versions never change */
    mr_texts title, description;
    mr_organisation provider;
    mr_organisation *awarding_bodies; /* at least one: the provider itself unless the file names others */
    size_t awarding_body_count;

    struct mr_learning_outcome *outcomes;
    size_t outcome_count;

    /* Workload, credit offered (DESIGN 5.2): three things with credit awarded, never converted into each other. */
    int64_t workload_minutes; /* 0: not stated */
    int64_t ects_hundredths;  /* ECTS as workload and credit offered: 250 is 2.5; 0: none */
    mr_texts workload_other;  /* another effective statement of workload, when neither fits */

    const mr_concept *eqf; /* NULL: see level_reason */
    mr_level_basis level_basis;
    const mr_concept *nqf; /* included in a national framework: its level ... */
    mr_str nqf_authority;  /* ... by which authority, when */
    mr_date nqf_since;
    mr_texts cycle;        /* QF-EHEA cycle as entered; never derived */
    mr_texts level_reason; /* why a level does not apply */

    struct mr_assessment *assessments;
    size_t assessment_count;

    const mr_concept **modes; /* form of participation */
    size_t mode_count;
    mr_texts participation_reason; /* why it does not apply: validated without a course */

    struct mr_quality *quality;
    size_t quality_count;

    mr_texts prerequisites; /* optional elements */
    mr_supervision supervision;
    mr_texts stackability;
    mr_texts further; /* further information */

    const mr_concept *type;    /* MR_SCHEME_LEARNING_TYPE; short-programme unless said otherwise */
    const mr_concept *setting; /* formal, non-formal */
    const mr_concept **fields; /* ISCED-F */
    size_t field_count;
    const mr_concept **languages; /* of teaching */
    size_t language_count;
    const mr_concept *schedule; /* pace */
    mr_texts content, purpose, target_group, price, funding, recognition_policy, regulated_profession;
    mr_str homepage;
    mr_date review_by;
    int valid_months; /* credentials expire after so many months; 0: never */
    bool partial_qualification;
} mr_specification;

/* A specification without a formal level is an ELM LearningAchievementSpecification, one with a level a Qualification (DESIGN 5.3). */
static inline bool mr_specification_is_qualification(const mr_specification *s)
{
    return s->eqf || s->nqf;
}
/* The languages that the title is given in, in the file's order; the first is the primary one. */
mr_str mr_specification_primary_language(const mr_specification *s);

#endif
