/* Data Integrity proofs (W3C Verifiable Credential Data Integrity 1.0, EdDSA and ECDSA Cryptosuites 1.0), and on reading their elders
 * Ed25519Signature2020 and Ed25519Signature2018. */
#ifndef MR_PROOF_DATA_INTEGRITY_H
#define MR_PROOF_DATA_INTEGRITY_H

#include "base/limits.h"
#include "json/json.h"
#include "proof/controller.h"
#include "rdf/outline.h"

typedef enum mr_cryptosuite {
    MR_SUITE_NONE,
    MR_EDDSA_RDFC_2022,
    MR_ECDSA_RDFC_2019, /* P-256 or P-384, as the key is */
    MR_EDDSA_JCS_2022,
    MR_ECDSA_JCS_2019,
    MR_ECDSA_SD_2023,
    MR_ED25519_SIGNATURE_2020, /* read only */
    MR_ED25519_SIGNATURE_2018, /* read only */
    MR_BBS_2023,               /* known by name, refused */
} mr_cryptosuite;
/* "eddsa-rdfc-2022" ...; MR_SUITE_NONE for a name that is not known. */
mr_cryptosuite mr_cryptosuite_find(mr_str name);
const char *mr_cryptosuite_name(mr_cryptosuite s);
/* The suite that Merit signs with under this key: eddsa-rdfc-2022, ecdsa-rdfc-2019; MR_SUITE_NONE for others. */
mr_cryptosuite mr_cryptosuite_of_key(const mr_key *k);

/* The members of a proof but its value (Data Integrity 1.0 section 2.1). Empty texts and MR_TIME_NONE: left out. */
struct mr_proof_options {
    mr_cryptosuite suite;
    mr_str id, method, domain, challenge, nonce, previous_proof;
    mr_relationship purpose;
    int64_t created, expires;
    mr_outlines *outlines; /* no member: what is known of documents signed before; NULL: nothing, as for a single one */
};
/* Add a proof: the document's text as it is, with a member `proof` behind its last one; where it has proofs already, as a further one of its set
 * (or, with previous_proof, its chain).
 *   text     the document, JSON; `document` is its parsed form
 *   out      appended to; the whole document
 *   errors   MR_E_KEY (does not fit the suite), MR_E_UNSUPPORTED (a suite that is only read; ecdsa-sd-2023 has its own function), MR_E_JSONLD, MR_E_JSONLD_UNSAFE, MR_E_FORMAT,
 *            MR_E_LIMIT, MR_E_NOMEM
 *   source   Data Integrity 1.0 sections 4.2 and 4.3 */
int mr_data_integrity_sign(mr_arena *a, mr_contexts *contexts, mr_str text, const mr_json *document, mr_key *key,
                           const struct mr_proof_options *options, mr_buf *out, struct mr_err *err) MR_MUST_CHECK;

/* What a proof must be for. */
struct mr_proof_wanted {
    mr_relationship purpose;
    mr_str domain, challenge; /* must be equal when given; empty: not compared */
    int64_t now;
};
struct mr_proof {
    mr_cryptosuite suite;
    mr_str suite_name; /* as written: cryptosuite, or type */
    mr_str id, method, domain, challenge;
    int64_t created, expires; /* MR_TIME_NONE when absent */
    struct mr_method key;     /* freed by mr_data_integrity_done */
    struct mr_step step;      /* ids "proof.*", "key.*", "seal.signature.changed", "seal.unavailable" */
};
struct mr_data_integrity {
    struct mr_proof proofs[MR_LIMIT_PROOFS];
    size_t count;
    bool
        is_expanded; /* the document without its proofs was expanded in safe mode, without a fault: every term in it has a meaning */
    struct mr_step
        step; /* of all: FAILED when one failed, else UNCHECKED when one could not be checked, else PASSED; FAILED "proof.none" without any */
};
/* Every proof of a document, alone and with those that it builds on.
 *   document  borrowed
 *   errors    MR_E_NOMEM, MR_E_CRYPTO (OpenSSL would not work); what is wrong with a proof is in its step. A term that no signature covers (safe mode)
 *             is FAILED "proof.dropped_term" with the place in detail; a context that is not at hand is UNCHECKED "proof.unknown_context" with its IRI
 *   source    Data Integrity 1.0 sections 4.4 and 4.5 */
int mr_data_integrity_verify(mr_arena *a, mr_contexts *contexts, const mr_json *document,
                             const struct mr_key_source *keys, const struct mr_proof_wanted *wanted,
                             struct mr_data_integrity *ret, struct mr_err *err) MR_MUST_CHECK;
void mr_data_integrity_done(struct mr_data_integrity *d);
/* Has the document a member `proof` that is an object or a list of objects? */
bool mr_data_integrity_is(const mr_json *document);

#endif
