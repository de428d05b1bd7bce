/* Signed records of accreditation: a quality agency signs who it accredited, for what, from when until when. A record is a VC 2.0 whose subject is the
 * accredited organisation with an ELM Accreditation (docs/accreditation.md); as vc+jwt, with a Data Integrity proof, or sealed as JAdES. Accreditations in the
 * manner of EBSI (accreditation_chain.h) are opened by the same door. */
#ifndef MR_CREDENTIAL_ACCREDITATION_RECORD_H
#define MR_CREDENTIAL_ACCREDITATION_RECORD_H

#include "credential/secured.h"
#include "model/accreditation.h"

struct mr_trust;

typedef struct mr_accreditation_record {
    mr_str name;      /* of the file or URL it came from, for experts; may be empty */
    mr_str text;      /* as read */
    mr_str id;        /* of the credential */
    mr_str issuer;    /* whom the credential names as its issuer */
    mr_str subject;   /* id of the first subject */
    mr_str attribute; /* EBSI: reservedAttributeId; may be empty */
    int64_t made;     /* validFrom, or its elders; MR_TIME_NONE when it does not say */
    bool is_record;   /* it holds an ELM Accreditation, which is: */
    mr_accreditation accreditation;
} mr_accreditation_record;

/* What a text says, before anything is verified: to find the record that is looked for, and for nothing else.
 *   errors  MR_E_FORMAT (no signed credential), those of JSON and base64, MR_E_LIMIT, MR_E_NOMEM */
int mr_accreditation_peek(mr_arena *a, mr_str text, mr_accreditation_record *ret, struct mr_err *err) MR_MUST_CHECK;
/* Every record in the *.json, *.jsonld and *.jwt files of a folder, peeked at; none when there is no such folder.
 *   errors  as above, with the file as detail; MR_E_LIMIT beyond MR_LIMIT_ACCREDITATIONS */
int mr_accreditations_load(mr_arena *a, const char *folder, mr_accreditation_record **ret, size_t *ret_count,
                           struct mr_err *err) MR_MUST_CHECK;

/* Who signed, as far as that was found out. */
struct mr_accreditation_seal {
    struct mr_step step; /* of the signature: ids "seal.*", "key.*", "proof.*", "token.*", "format.*" */
    mr_str
        signer; /* the party that the key speaks for: a DID or URL, or the organizationIdentifier of a certificate; may be empty */
    mr_str signer_name;  /* organisation of the certificate */
    mr_str anchor;       /* the trust anchor that the certificate leads to; empty: none */
    bool is_test;        /* a test seal of Merit's, which vouches for nothing */
    int64_t key_revoked; /* since when the key is no longer good, MR_TIME_NONE */
};
/* Open a record: find its key, verify its signature, and read it.
 *   o        how; its `now` is the time at which the key must be good
 *   trust    anchors for certificates; may be NULL
 *   ret      read out of what was verified; step PASSED only then. Otherwise as mr_accreditation_peek
 *   payload  the credential; NULL when it cannot be read
 *   errors   MR_E_NOMEM only */
int mr_accreditation_open(mr_arena *a, const struct mr_opening *o, const struct mr_trust *trust, mr_str text,
                          mr_accreditation_record *ret, struct mr_accreditation_seal *ret_seal, const mr_json **payload,
                          struct mr_err *err) MR_MUST_CHECK;
/* Did the accrediting agent itself sign it? NULL, or the message id of what is wrong: "accreditation.other_issuer" (the credential names another than the
 * signer), "accreditation.other_agent". */
const char *mr_accreditation_signer_fault(const mr_accreditation_record *r, const struct mr_accreditation_seal *s);

#endif
