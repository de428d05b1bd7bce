/* Is a credential still good? What its status lists say: Bitstring Status List 1.0, StatusList2021, RevocationList2020, 1EdTechRevocationList, Token Status List, and for
 * European Digital Credentials a signed list of withdrawn ids. Unreachable is "could not be checked", never "fine". */
#ifndef MR_CREDENTIAL_STATUS_H
#define MR_CREDENTIAL_STATUS_H

#include "credential/secured.h"

typedef enum mr_status { MR_STATUS_ACTIVE, MR_STATUS_SUSPENDED, MR_STATUS_REVOKED } mr_status;
const char *mr_status_name(mr_status s); /* "active", "suspended", "revoked" */

struct mr_status_asking {
    struct mr_opening opening; /* how the lists are opened; its fetch gets them; NULL: network off */
    mr_str
        issuer; /* of the credential: a list of another party counts, but the answer says so in detail. Empty: not compared */
};
struct mr_status_answer {
    mr_status status; /* the worst of all entries, when step is FAILED; else MR_STATUS_ACTIVE */
    /* PASSED "status.active"; FAILED "status.revoked", "status.suspended"; NOT_APPLICABLE "status.none": names no list (entries that are for messages or
     * refreshing are none). UNCHECKED, when
     *   the network is off, or the list could not be had    "status.not_asked", "status.unreachable"
     *   the entry is of no use                              "status.entry_form", "status.unknown_type", "status.no_id", "status.too_many"
     *   the list is no such list, or too large              "status.list_form", "status.list_length", "status.list_bomb"
     *   nobody that can be told sealed it                   "status.list_seal"; detail tells what it says all the same
     *   its seal is wrong, or not that of the party it names  "status.list_changed", "status.list_signer"
     *   it is not for this time, purpose or address         "status.list_expired", "status.list_not_yet", "status.list_purpose", "status.list_subject"
     *   it does not say                                     "status.list_range", "status.unknown_value"
     *   zlib is missing                                     "status.unavailable" */
    struct mr_step step;
    mr_str list;       /* URL of the list that decided, cut to 300 octets */
    int64_t list_time; /* when the list was issued, or MR_TIME_NONE */
};
/*   payload  a credential (`credentialStatus`, one or several), or the claims of an SD-JWT VC or JWT (`status.status_list`)
 *   errors   MR_E_NOMEM only */
int mr_status_ask(mr_arena *a, const struct mr_status_asking *asking, const mr_json *payload,
                  struct mr_status_answer *ret, struct mr_err *err) MR_MUST_CHECK;

/* Writing. A list of Merit's is one row of entries (0 active, 1 revoked, 2 suspended) with a base URL; it is published in three forms, so that one change shows in
 * all: <base>/revocation and <base>/suspension (Bitstring Status List credentials, secured as vc+jwt) and <base>/token (Token Status List, 2 bits). */
enum mr_status_entry { MR_STATUS_ENTRY_ACTIVE, MR_STATUS_ENTRY_REVOKED, MR_STATUS_ENTRY_SUSPENDED };
struct mr_status_publishing {
    mr_str base;             /* URL, without characters that JSON escapes */
    const uint8_t *statuses; /* an octet for each entry, enum mr_status_entry */
    size_t count;            /* at least 131,072 */
    mr_str
        issuer; /* id of the issuer; empty: the name of the signer's certificate (MR_ELM_ISSUER_ID), or the DID of kid */
    int64_t now, valid_for_ms;
};
typedef enum mr_status_form {
    MR_STATUS_FORM_REVOCATION,
    MR_STATUS_FORM_SUSPENSION,
    MR_STATUS_FORM_TOKEN
} mr_status_form;
/* Sign a list; appended to `out`.
 *   chain, kid  as in mr_jose_header; without certificates the public key is written as jwk
 *   errors      MR_E_LIMIT (fewer than 131,072 entries, message "STATUS_LIST_LENGTH_ERROR"; too many), MR_E_KEY (does not sign; nothing names the issuer), MR_E_LIBRARY,
 *               MR_E_NOMEM */
int mr_status_publish(mr_arena *a, const struct mr_status_publishing *p, mr_status_form form, mr_key *key,
                      mr_certificate *const *chain, size_t chain_count, mr_str kid, mr_buf *out,
                      struct mr_err *err) MR_MUST_CHECK;
/* The list of withdrawn European Digital Credentials: a JWT, typ "withdrawn+jwt", {iss, sub (the list's URL, p->base), iat, exp, withdrawn: [ids]}. Of `p`, statuses and
 * count are not looked at. Errors as above. */
int mr_status_publish_withdrawn(mr_arena *a, const struct mr_status_publishing *p, const mr_str *ids, size_t id_count,
                                mr_key *key, mr_certificate *const *chain, size_t chain_count, mr_buf *out,
                                struct mr_err *err) MR_MUST_CHECK;
/* Ask such a list. As mr_status_ask. */
int mr_status_ask_withdrawn(mr_arena *a, const struct mr_status_asking *asking, mr_str list_url, mr_str credential_id,
                            struct mr_status_answer *ret, struct mr_err *err) MR_MUST_CHECK;

/* `credentialStatus` of a VC 2.0 (two BitstringStatusListEntry) and `status` of a token: the values, for the writers of documents. */
void mr_status_put_entries(mr_json_writer *w, mr_str base, uint64_t index);
void mr_status_put_token_status(mr_json_writer *w, mr_str base, uint64_t index);

#endif
