/* Accreditations: who accredited whom, for what, from when until when; and whether that covers an achievement which a body awarded on a day.
 * Plain data without any wire format, and rules without clock, network or trust (DESIGN section 5.4). */
#ifndef MR_MODEL_ACCREDITATION_H
#define MR_MODEL_ACCREDITATION_H

#include "model/specification.h"

typedef struct mr_strs {
    mr_str *items;
    size_t count;
} mr_strs;
bool mr_strs_have(mr_strs list, mr_str text);

/* ---- parties ---- */

struct mr_party_identifier {
    mr_str
        scheme; /* "eidas", "vat", "registration", "did", "deqar", "ror", "schac", or a register's name in small letters */
    mr_str value; /* as compared: "VATDK-12345678", "DK12345678", "DK:12345678", "did:web:school.example" */
};
enum { MR_PARTY_IDENTIFIERS = 24 };
/* An organisation by what identifies it. */
typedef struct mr_party {
    mr_texts names;
    struct mr_party_identifier identifiers[MR_PARTY_IDENTIFIERS];
    size_t identifier_count;
    mr_strs places; /* codes of administrative units: "DNK", "IRL_CTH_DUB"; where it is */
} mr_party;
/* Add an identifier; an eIDAS identifier stands for the VAT or registration number in it, too (EN 319 412-1 5.1.4). Empty values and those beyond the room are
 * left out. Memory for derived forms comes from `a`. */
void mr_party_add(mr_arena *a, mr_party *p, mr_str scheme, mr_str value);
/* A registration number counts within its country (ISO 3166-1 alpha-2). */
void mr_party_add_registration(mr_arena *a, mr_party *p, mr_str country, mr_str number);
bool mr_party_has_name(const mr_party *p, mr_str name);
/* Have both a name, in whatever language? */
bool mr_party_share_name(const mr_party *a, const mr_party *b);

typedef enum mr_same_party {
    MR_PARTY_OTHER,     /* an identifier of one kind differs, or neither an identifier nor a name is shared */
    MR_PARTY_NAME_ONLY, /* the same name, and no kind of identifier that both have: cannot be decided */
    MR_PARTY_SAME,      /* an identifier is the same, and none that both have differs */
} mr_same_party;
mr_same_party mr_party_compare(const mr_party *a, const mr_party *b);

/* ---- the record ---- */

/* A programme that an accreditation is limited to. */
struct mr_named_programme {
    mr_strs ids;    /* URIs and numbers; compared when there are any */
    mr_texts title; /* compared only without ids */
};
/* What an accreditation is limited to; an empty list limits nothing. */
struct mr_accreditation_limits {
    mr_strs fields;        /* ISCED-F: "09", "091", "0913"; a broad field covers the narrow ones in it */
    unsigned levels;       /* EQF levels: bit 1 << level */
    mr_strs jurisdictions; /* administrative units; a country covers its parts, "EUR" the members of the Union */
    mr_strs types;         /* URIs of credential profiles, or type names */
    struct mr_named_programme *programmes;
    size_t programme_count;
};
typedef struct mr_accreditation {
    mr_str id; /* URL or URN of the decision, or its number; may be empty */
    mr_quality_kind kind;
    mr_decision decision;
    mr_texts title, conditions;
    mr_party agent;          /* who accredited */
    mr_party *organisations; /* who was accredited */
    size_t organisation_count;
    struct mr_accreditation_limits limits;
    mr_date issued, valid_from, valid_until, review; /* days; the first and the last belong to it. Unset: open */
    mr_date withdrawn;                               /* the first day on which it no longer holds */
    mr_date suspended_from, suspended_until;         /* days on which it did not hold; until unset: to this day */
    mr_str report, reference;                        /* URLs or numbers */
} mr_accreditation;

/* ---- does it cover this? ---- */

/* What was awarded, by whom, when. */
struct mr_coverage_question {
    const mr_party *body; /* the awarding body: not the issuer, not who accredited */
    mr_date day;          /* of awarding */
    mr_strs fields;       /* ISCED-F of the specification */
    int level;            /* EQF 1 to 8; 0: none is stated */
    mr_strs places;       /* where it was awarded; empty: the places of the body */
    mr_strs types;
    mr_strs programme_ids;
    mr_texts programme_title;
};
/* In this order: what is outside is told before what cannot be decided, and each before the next. */
typedef enum mr_coverage {
    MR_COVERS,
    MR_COVERS_WITH_CONDITIONS,
    MR_OUTSIDE_ORGANISATION,
    MR_OUTSIDE_DECISION, /* the decision was negative */
    MR_OUTSIDE_EARLY,
    MR_OUTSIDE_EXPIRED,
    MR_OUTSIDE_WITHDRAWN,
    MR_OUTSIDE_SUSPENDED,
    MR_OUTSIDE_PROGRAMME,
    MR_OUTSIDE_FIELD,
    MR_OUTSIDE_LEVEL,
    MR_OUTSIDE_JURISDICTION,
    MR_OUTSIDE_TYPE,
    MR_UNDECIDED_ORGANISATION, /* the names agree, and no identifier tells */
    MR_UNDECIDED_DECISION,     /* told in words that are not known here */
    MR_UNDECIDED_DAY,          /* the day of awarding is not said */
    MR_UNDECIDED_PROGRAMME,
    MR_UNDECIDED_FIELD, /* none is said, or a broader one than the accreditation's */
    MR_UNDECIDED_LEVEL, /* no EQF level is said; a national one alone does not tell */
    MR_UNDECIDED_JURISDICTION,
    MR_UNDECIDED_TYPE,
    MR_COVERAGES_
} mr_coverage;
static inline bool mr_coverage_holds(mr_coverage c)
{
    return c <= MR_COVERS_WITH_CONDITIONS;
}
static inline bool mr_coverage_is_outside(mr_coverage c)
{
    return c >= MR_OUTSIDE_ORGANISATION && c <= MR_OUTSIDE_TYPE;
}
/* "covers", "with_conditions", "organisation" ... "type", and the same words for what is undecided. */
const char *mr_coverage_name(mr_coverage c);

/* Of several fields, levels' places or bodies' places each must be inside: a course in two fields is not covered by an accreditation for one.
 * Of several types one is enough, for a credential has general types beside its own. */
mr_coverage mr_accreditation_covers(const mr_accreditation *record, const struct mr_coverage_question *q);

/* Is an administrative unit the other, or a part of it? Codes are the last part of the authority list's URIs. */
bool mr_place_is_in(mr_str place, mr_str area);
/* Was it under conditions? */
static inline bool mr_accreditation_is_conditional(const mr_accreditation *a)
{
    return a->decision == MR_DECISION_CONDITIONAL || mr_texts_are_set(a->conditions);
}

#endif
