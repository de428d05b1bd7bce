/* Chains of accreditations in the manner of EBSI: a root accredits those who may accredit, these accredit those who may issue, and a credential says by which
 * accreditation it was issued (termsOfUse). From the issuer upward, every accreditation is found, opened and held against what it is used for, until a
 * party is reached that the operator knows.
 *
 * Sources: EBSI Issuers Trust Model (roles RootTAO, TAO, TI), EBSI schemas VerifiableAccreditation 1.3.0 and VerifiableAttestation 2.0.0; Trusted Issuers
 * Registry v4 and v5 (attributes), DID Registry v5. */
#ifndef MR_CREDENTIAL_ACCREDITATION_CHAIN_H
#define MR_CREDENTIAL_ACCREDITATION_CHAIN_H

#include "base/limits.h"
#include "credential/accreditation_record.h"
#include "credential/trust.h"

struct mr_climbing {
    struct mr_opening opening; /* its fetch asks registries, its keys are asked for all but did:ebsi */
    const mr_trust *trust;     /* roots, registries, and accreditations of the folder */
    int64_t at;                /* when it was awarded: every accreditation and key must be good then */
    mr_str place;              /* where: an administrative unit; empty: not known */
};
struct mr_chain_link {
    mr_str granter, grantee; /* identifiers */
    mr_str types;            /* "DiplomaCredential, ..." */
    mr_str source;           /* address, or file of the trust folder */
    int64_t from, until;     /* MR_TIME_NONE: open */
};
struct mr_accreditation_chain {
    /* PASSED "chain.passed". FAILED: "chain.signature", "chain.early", "chain.expired", "chain.revoked", "chain.grantee", "chain.address" (the issuer is not in the
     * address that it names), "chain.role" (may not accredit, or not issue), "chain.scope", "chain.schema", "chain.jurisdiction", "chain.form", "chain.cycle",
     * "chain.too_long". UNCHECKED: "chain.root_unknown" (it ends at one who is not known here), "chain.not_asked", "chain.unreachable", "chain.key" (detail: why),
     * "chain.algorithm", "chain.registry_unknown", "chain.status", "chain.place_unknown", "chain.too_many". */
    struct mr_step step;
    struct mr_chain_link links[MR_LIMIT_ACCREDITATION_HOPS]; /* from the issuer up, as far as was climbed */
    size_t count;
    mr_str root; /* name of the root that was reached */
};
/* Does the document name an accreditation by which it was issued? termsOfUse of type IssuanceCertificate, AttestationPolicy, AccreditationPolicy, or of the older
 * VerifiableAccreditation. */
bool mr_accreditation_names_policy(const mr_json *document);
/* Climb from the issuer of a document whose own signature was verified.
 *   errors  MR_E_NOMEM only */
int mr_accreditation_chain_follow(mr_arena *a, const struct mr_climbing *c, const mr_json *document,
                                  struct mr_accreditation_chain *ret, struct mr_err *err) MR_MUST_CHECK;
/* "granter accredited grantee for types (source)", a line each; for experts. */
mr_str mr_accreditation_chain_describe(mr_arena *a, const struct mr_accreditation_chain *c);

/* Keys of identifiers that only a registry knows (did:ebsi), out of the registries that the operator named; everything else, and these when none is named,
 * as `usual` has it. */
struct mr_registry_keys {
    struct mr_key_source usual;
    const mr_fetch *fetch; /* or NULL */
    const mr_trust *trust;
    bool is_unknown; /* set when such a key was asked for, and no registry is named */
};
/* As `find` of a source; self is a struct mr_registry_keys. */
int mr_registry_key_find(void *self, mr_arena *a, mr_str method, mr_relationship use, struct mr_method *ret,
                         struct mr_err *err) MR_MUST_CHECK;

/* The rules of EBSI's schemas for an attestation (1.1: schema 2.0.0; 2.0: schema 2.0.0) and for an accreditation or authorisation (1.3.0), as far as they
 * concern who may do what. NULL, or the member that is missing or wrong ("credentialSubject.accreditedFor"). */
const char *mr_accreditation_form_fault(const mr_json *document);

#endif
