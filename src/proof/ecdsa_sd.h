/* ecdsa-sd-2023: selective disclosure with ECDSA over P-256 (W3C Data Integrity ECDSA Cryptosuites 1.0 sections 3.4 to 3.6). */
#ifndef MR_PROOF_ECDSA_SD_H
#define MR_PROOF_ECDSA_SD_H

#include "proof/data_integrity.h"

/* The issuer's base proof: which parts a holder must always show. The key that signs the other parts one by one is made here and thrown away.
 *   text       the document, JSON; `document` is its parsed form
 *   mandatory  JSON Pointers into the document; none is possible
 *   options    the suite may be left out
 *   out        appended to: the document with its base proof, for the holder alone
 *   errors     as mr_data_integrity_sign; MR_E_NOT_FOUND (a pointer that points nowhere; detail); MR_E_FORMAT (also a pointer to a part that means something
 *              else on its own, as an element of an RDF list does)
 *   source     sections 3.6.1 to 3.6.5 */
int mr_ecdsa_sd_sign(mr_arena *a, mr_contexts *contexts, mr_str text, const mr_json *document, mr_key *key,
                     const mr_str *mandatory, size_t mandatory_count, const struct mr_proof_options *options,
                     mr_buf *out, struct mr_err *err) MR_MUST_CHECK;
/* What a base proof makes mandatory.
 *   proof_value  of a base proof; borrowed
 *   ret          JSON Pointers
 *   errors       MR_E_FORMAT (a derived proof, or no value of this suite), MR_E_ENCODING, MR_E_LIMIT, MR_E_NOMEM */
int mr_ecdsa_sd_mandatory(mr_arena *a, mr_str proof_value, const mr_str **ret, size_t *ret_count,
                          struct mr_err *err) MR_MUST_CHECK;
/* The holder's derived proof: what is shown beside the mandatory parts. The same document and pointers always give the same octets. Nothing is verified.
 *   document   with exactly one base proof; its other proofs are left out
 *   show       JSON Pointers into the document; what they name is shown whole, and of the objects above it identifier and type
 *   out        appended to: the reduced document with its derived proof
 *   errors     MR_E_FORMAT (no base proof, or one of another document; a part that means something else on its own; nothing is shown), MR_E_NOT_FOUND
 *              (detail: the pointer), MR_E_JSONLD, MR_E_JSONLD_UNSAFE, MR_E_LIMIT, MR_E_NOMEM
 *   source     section 3.6.6 */
int mr_ecdsa_sd_derive(mr_arena *a, mr_contexts *contexts, const mr_json *document, const mr_str *show,
                       size_t show_count, mr_buf *out, struct mr_err *err) MR_MUST_CHECK;
/* One proof of a document, base or derived, for mr_data_integrity_verify, which has checked its members and found the key.
 *   document  without proof
 *   options   the proof; its value and @context are passed over
 *   ret       PASSED "proof.sd_holds" for a derived proof, and "proof.base_holds" for a base proof, which only its holder should have: a verifier who is shown
 *             one warns, for the holder gave the power to disclose away. FAILED, in this order: "proof.value" (not written as it should be), "proof.sd_map"
 *             (labels do not fit the blank nodes), "seal.signature.changed" (mandatory parts, number of signatures, the issuer's, one of a statement)
 *   errors    MR_E_KEY (not P-256), MR_E_JSONLD, MR_E_JSONLD_UNSAFE, MR_E_LIMIT: of the document or the options, for the caller to tell; MR_E_NOMEM,
 *             MR_E_CRYPTO
 *   source    section 3.6.7; for base proofs 3.6.2 to 3.6.5 */
int mr_ecdsa_sd_verify(mr_arena *a, mr_contexts *contexts, const mr_json *document, const mr_json *options,
                       mr_str proof_value, mr_key *key, struct mr_step *ret, struct mr_err *err) MR_MUST_CHECK;

#endif
