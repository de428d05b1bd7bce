/* Who is behind a key, who says so, on that day. From a folder, TRUST:
 *
 *   *.pem            trust anchors: whoever's certificate leads to one is vouched for
 *   *.json           known issuers, by identifier: a list, or a register in the form of the Digital Credentials Consortium; one with "accredits": true is also
 *                    taken at its accreditations
 *   lists/           trusted lists that `merit trust import` fetched and checked (credential/trust_cache.h)
 *   accreditations/  signed records of accreditations (credential/accreditation_record.h)
 *
 * Three answers, which differ: known; not known, though what is here would tell; undecided, because nothing here could. docs/trust.md. */
#ifndef MR_CREDENTIAL_TRUST_H
#define MR_CREDENTIAL_TRUST_H

#include "credential/accreditation_record.h"
#include "credential/qualification.h"
#include "credential/trust_cache.h"
#include "crypto/certificate.h"

/* An issuer that the operator knows: by a DID or URL, or by the organizationIdentifier of its seal. */
struct mr_known_issuer {
    mr_str id;
    mr_str name;         /* that it is taken at; empty: not at any, and only its list is asked */
    mr_str withdrawn;    /* URL of its signed list of withdrawn European Digital Credentials; may be empty */
    mr_str says;         /* who vouches for it (name of a register); empty: this installation */
    mr_date from, until; /* first and last day of being known; not set: open */
    bool accredits;      /* its accreditations count: a quality agency, or a root of a chain of accreditations */
    mr_str registry;     /* URL that a registry of accreditations begins with, which is believed; may be empty */
};
typedef struct mr_trust {
    mr_certificate **anchors;
    size_t count;
    struct mr_known_issuer *issuers;
    size_t issuer_count;
    const mr_str *anchor_files;       /* the file of each anchor; NULL: not known */
    const mr_trust_cache *lists;      /* NULL: none */
    mr_str lists_why;                 /* why the lists are there and not used (they were changed); empty otherwise */
    mr_accreditation_record *records; /* of the folder accreditations/; not verified yet */
    size_t record_count;
} mr_trust;

/* Read a folder. Lists that were changed are not used, and lists_why says so; everything else that cannot be read is an error.
 *   errors  MR_E_NOT_FOUND, MR_E_FORMAT (detail: the file), MR_E_JSON..., MR_E_LIMIT */
int mr_trust_load(mr_arena *a, const char *folder, mr_trust *ret, struct mr_err *err) MR_MUST_CHECK;
void mr_trust_done(mr_trust *t);
/* The issuer of this id that is known by name, or NULL: the entry that holds on the day, else one that does not. t may be NULL. */
const struct mr_known_issuer *mr_trust_find(const mr_trust *t, mr_str id, mr_date day);
/* The party of this id whose accreditations count, or NULL. t may be NULL. */
const struct mr_known_issuer *mr_trust_find_accreditor(const mr_trust *t, mr_str id);
/* The registry of accreditations that this URL is in, or NULL. t may be NULL. */
const struct mr_known_issuer *mr_trust_find_registry(const mr_trust *t, mr_str url);
/* The entries of this id that tell of a list of withdrawn credentials, one after the other: the first for `after` NULL, then the one behind it; NULL at
 * the end. t may be NULL. */
const struct mr_known_issuer *mr_trust_next_withdrawn(const mr_trust *t, mr_str id,
                                                      const struct mr_known_issuer *after);

typedef enum mr_trust_state {
    MR_TRUST_UNDECIDED, /* nothing here could tell: no list of that country, or one that is too old, or none at all */
    MR_TRUST_NOT_KNOWN, /* what is here would tell, and does not name it */
    MR_TRUST_KNOWN,     /* vouched for on that day */
    MR_TRUST_WITHDRAWN, /* named, and not vouched for on that day */
} mr_trust_state;
const char *mr_trust_state_name(mr_trust_state s); /* "undecided" ... */

/* Texts live in the arena of the question. */
struct mr_trust_answer {
    mr_trust_state state;
    const char *id; /* message id of the sentence for people, "trust.listed" ... */
    mr_str party;   /* who vouches or is named: of an authority, or of a register's entry */
    mr_str says;    /* the file or register that says so; empty where `list` does or this installation */
    const struct mr_trust_list *list; /* that says so, or that would have; NULL: none */
    mr_str service_type, status;      /* URIs, on that day; may be empty */
    int64_t at;                       /* the day that was asked about */
    int64_t since, until;             /* of that status; MR_TIME_NONE: open */
    bool stale;                       /* `at` is after the list's next update */
    bool partial;                     /* some lists that a list of lists names are missing here */
    mr_str territory;                 /* whose list would have to tell; may be empty */
    mr_standing standing;             /* of a seal under this certificate */
    const char *standing_why;         /* constant text for experts, or NULL */
};
struct mr_trust_question {
    mr_certificate *leaf;
    const mr_certificate *anchor; /* where its chain ended in an anchor or listed certificate; NULL: nowhere */
    int64_t at;                   /* when the seal was made, as far as proven; else now */
    bool lists_broken;            /* as mr_trust_collect told */
    int64_t claimed;              /* when it says it was made, where that is not proven; else MR_TIME_NONE */
};
/* Judge a certificate whose chain was built with the anchors of t and those of mr_trust_collect. Errors: MR_E_NOMEM. */
int mr_trust_judge(const mr_trust *t, mr_arena *a, const struct mr_trust_question *q, struct mr_trust_answer *ret,
                   struct mr_err *err) MR_MUST_CHECK;
/* Judge an identifier (DID, URL, organizationIdentifier).
 *   at   the day of awarding
 *   now  where it was known on that day and is no longer, the answer says until when */
int mr_trust_judge_identifier(const mr_trust *t, mr_arena *a, mr_str id, int64_t at, int64_t now,
                              struct mr_trust_answer *ret, struct mr_err *err) MR_MUST_CHECK;

/* Certificates of listed services that could have issued one of `certificates`, or are one: further anchors for a chain.
 *   ret         appended; the caller frees them
 *   room        at most so many in all
 *   ret_broken  set where a list that was asked cannot be read or was changed; else left as it is
 *   errors      MR_E_NOMEM */
int mr_trust_collect(const mr_trust *t, mr_arena *a, mr_certificate *const *certificates, size_t count,
                     mr_certificate **ret, size_t *ret_count, size_t room, bool *ret_broken,
                     struct mr_err *err) MR_MUST_CHECK;
/* All in one: what a seal under `leaf` is worth, with `pool` beside it, at a time. Errors: MR_E_NOMEM, MR_E_CRYPTO. */
int mr_trust_standing(const mr_trust *t, mr_arena *a, mr_certificate *leaf, mr_certificate *const *pool,
                      size_t pool_count, int64_t at, struct mr_trust_answer *ret, struct mr_err *err) MR_MUST_CHECK;

/* Do two territories name the same country, whichever of EL and GR, UK and GB a list takes? */
bool mr_territory_is(mr_str a, mr_str b);
/* Of the lists that a list of lists names, how many are not here. *ret_named: how many it names. */
size_t mr_trust_missing(const mr_trust_cache *c, size_t *ret_named);

#endif
