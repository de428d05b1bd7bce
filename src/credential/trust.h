/* Who vouches for a seal: trust anchors, from a folder of PEM files. Without anchors trust is open ("could not be checked"), never given. */
#ifndef MR_CREDENTIAL_TRUST_H
#define MR_CREDENTIAL_TRUST_H

#include "credential/accreditation_record.h"
#include "crypto/certificate.h"

/* An issuer that the operator knows: by a DID or URL, or by the organizationIdentifier of its seal. */
struct mr_known_issuer {
    mr_str id;
    mr_str name;      /* that it is taken at; empty: not at any, and only its list is asked */
    mr_str withdrawn; /* URL of its signed list of withdrawn European Digital Credentials; may be empty */
    bool accredits;   /* its accreditations count: a quality agency, or a root of a chain of accreditations */
    mr_str registry;  /* URL that a registry of accreditations begins with, which is believed; may be empty */
};
typedef struct mr_trust {
    mr_certificate **anchors;
    size_t count;
    struct mr_known_issuer *issuers;
    size_t issuer_count;
    mr_accreditation_record *records; /* of the folder accreditations/; not verified yet */
    size_t record_count;
} mr_trust;

/* Every certificate in every *.pem file of the folder, and every issuer in every *.json file: [{"id": ..., "name": ..., "withdrawn": ...}]. A certificate anchors
 * chains; a known issuer is only taken at its name, and one with "accredits": true at its accreditations. Signed records of accreditations are read from the folder
 * accreditations/ in it. Errors: MR_E_NOT_FOUND, MR_E_FORMAT (detail: the file), MR_E_JSON..., MR_E_LIMIT. */
int mr_trust_load(mr_arena *a, const char *folder, mr_trust *ret, struct mr_err *err) MR_MUST_CHECK;
void mr_trust_done(mr_trust *t);
/* The issuer of this id that is known by name, or NULL. t may be NULL. */
const struct mr_known_issuer *mr_trust_find(const mr_trust *t, mr_str id);
/* The party of this id whose accreditations count, or NULL. t may be NULL. */
const struct mr_known_issuer *mr_trust_find_accreditor(const mr_trust *t, mr_str id);
/* The registry of accreditations that this URL is in, or NULL. t may be NULL. */
const struct mr_known_issuer *mr_trust_find_registry(const mr_trust *t, mr_str url);
/* The entries of this id that tell of a list of withdrawn credentials, one after the other: the first for `after` NULL, then the one behind it; NULL at
 * the end. t may be NULL. */
const struct mr_known_issuer *mr_trust_next_withdrawn(const mr_trust *t, mr_str id,
                                                      const struct mr_known_issuer *after);

#endif
