/* The seals of an installation, and whose turn it is.
 *
 * seals/<organisation>.p12 (or .pem, .json: see seal_reference.h) is the simple case. Beside it, seals/<organisation>/<name>.(p12|pem|json) holds the next
 * seal and older ones. Of all that an organisation has, it seals with the newest whose certificate is valid and whose day has come; a seal of the test
 * authority only when there is no other. Lists of states are sealed with the same: readers take a list by a seal that is valid when they read it, so that what an
 * older seal made can still be withdrawn. */
#ifndef MR_SERVICE_SEALS_H
#define MR_SERVICE_SEALS_H

#include "service/service.h"

typedef enum mr_seal_turn {
    MR_SEAL_CURRENT,
    MR_SEAL_NEXT,       /* not yet: its certificate is not valid yet, or its day has not come */
    MR_SEAL_OLDER,      /* would still do, but a newer one has its turn */
    MR_SEAL_EXPIRED,    /* its certificate is no longer valid */
    MR_SEAL_UNREADABLE, /* `why` tells */
} mr_seal_turn;

struct mr_kept_seal {
    mr_str issuer;            /* name of the organisation in file names and addresses (mr_service_issuer) */
    mr_str file;              /* in seals/ */
    mr_str owner, identifier; /* organisation and organizationIdentifier of its certificate */
    int64_t from, until;      /* its time: milliseconds; MR_TIME_NONE when unreadable */
    bool is_test, in_token;
    bool ends_soon; /* current, ends within MR_SEAL_SOON_MS, and no other follows on */
    mr_seal_turn turn;
    mr_str why;
};
#define MR_SEAL_SOON_MS (60 * MR_DAY_MS)

/* All that there are, by organisation, newest first. No token is asked, unless a note names no certificate.
 *   ret     texts in `a`
 *   errors  MR_E_IO, MR_E_LIMIT, MR_E_NOMEM; one that cannot be read is a result */
int mr_seals_list(mr_service *s, mr_arena *a, struct mr_kept_seal **ret, size_t *ret_count,
                  struct mr_err *err) MR_MUST_CHECK;
/* Those that end soon, as they were at most a minute ago. */
int mr_seals_ending(mr_service *s, mr_arena *a, struct mr_kept_seal **ret, size_t *ret_count,
                    struct mr_err *err) MR_MUST_CHECK;
/* All of one organisation. */
int mr_seals_of(mr_service *s, mr_arena *a, mr_str issuer, struct mr_kept_seal **ret, size_t *ret_count,
                struct mr_err *err) MR_MUST_CHECK;
/* Their issuers and files alone, and what the files say of one of them (all but its turn), for who keeps what was read.
 * Errors of reading: those of mr_seal_open. */
int mr_seals_files(mr_service *s, mr_arena *a, struct mr_kept_seal **ret, size_t *ret_count,
                   struct mr_err *err) MR_MUST_CHECK;
int mr_seals_read(mr_service *s, mr_arena *a, struct mr_kept_seal *k, struct mr_err *err) MR_MUST_CHECK;
/* Whose turn it is: of those that are not unreadable the current one, else the next, else the one that ended last; NULL when there is none. */
const struct mr_kept_seal *mr_seals_choose(const struct mr_kept_seal *list, size_t count);
/* Open one of them, with the password of the installation. Errors: those of mr_seal_open. */
int mr_seals_open(mr_service *s, mr_arena *a, const struct mr_kept_seal *k, struct mr_seal_key *ret,
                  struct mr_err *err) MR_MUST_CHECK;
/* The file of an organisation's seal whose turn it is; ptr NULL: the organisation has none. */
int mr_seals_find(mr_service *s, mr_arena *a, mr_str issuer, mr_str *ret_path, struct mr_err *err) MR_MUST_CHECK;

/* Tell the log which seals end soon or cannot be read: at the start of a server. Errors: those of mr_seals_list. */
int mr_seals_warn(mr_service *s, struct mr_err *err) MR_MUST_CHECK;

struct mr_seal_adding {
    const struct mr_seal_key *seal; /* opened */
    mr_str
        pkcs11; /* URI of a key in a token, which stays there; empty: the key is written into the data folder, encrypted */
    mr_str issuer; /* organisation that it seals for; empty: as its certificate says */
    int64_t from;  /* MR_TIME_NONE: as soon as its certificate is valid */
};
/* Keep a seal. Errors: MR_E_EXISTS (this certificate is there), MR_E_CERTIFICATE (it names no organisation; ended), MR_E_KEY, MR_E_IO. */
int mr_seals_add(mr_service *s, mr_arena *a, const struct mr_seal_adding *adding, mr_str *ret_file,
                 struct mr_err *err) MR_MUST_CHECK;

#endif
