/* The seal of a trusted list: an enveloped XAdES signature over the whole list (TS 119 612 5.7, TS 119 602 6.8). */
#ifndef MR_TRUSTED_LIST_SEAL_H
#define MR_TRUSTED_LIST_SEAL_H

#include "trusted_list/xml.h"

typedef enum mr_xml_seal_state {
    MR_XML_SEAL_GOOD,   /* it covers the root element and its own properties, and was made with one of the keys given */
    MR_XML_SEAL_ABSENT, /* the list is not signed */
    MR_XML_SEAL_STRANGER, /* none of the certificates given signed it; whether it holds was not asked */
    MR_XML_SEAL_CHANGED,  /* list, properties or signature were changed */
    MR_XML_SEAL_REFUSED, /* signed in a way that is not taken: it covers something else, weak or unknown algorithms, ambiguous ids */
} mr_xml_seal_state;
struct mr_xml_seal {
    mr_xml_seal_state state;
    const char *why; /* constant text for experts; NULL when good */
    mr_str detail;   /* in the arena; may be empty */
    bool has_signer;
    uint8_t signer[32];  /* SHA-256 of the certificate in the signature that was or would be taken */
    mr_str certificate;  /* the same, DER */
    mr_str signing_time; /* as it claims */
    bool is_old_form;    /* SigningCertificate, not SigningCertificateV2 */
};
/* What the signature of a document covers and who made it. Start with mr_xml_seal_start.
 *   signers  SHA-256 digests of the certificates that may sign, 32 octets each
 *   errors   MR_E_NOMEM, MR_E_CRYPTO; a bad signature is a result
 *   source   XML Signature 1.1; EN 319 132-1; TS 119 612 5.7.1 and annex B.6 */
int mr_xml_seal_verify(mr_arena *a, xmlDoc *doc, const uint8_t (*signers)[32], size_t signer_count,
                       struct mr_xml_seal *ret, struct mr_err *err) MR_MUST_CHECK;
const char *mr_xml_seal_state_name(mr_xml_seal_state s); /* "good", "absent", "stranger", "changed", "refused" */

/* Once a process, before its sandbox is closed. Errors: MR_E_LIBRARY. */
int mr_xml_seal_start(struct mr_err *err) MR_MUST_CHECK;

#endif
