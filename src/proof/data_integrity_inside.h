/* What the cryptosuites share: taking proofs off a document, and hashing what is left. Private to the layer. */
#ifndef MR_PROOF_DATA_INTEGRITY_INSIDE_H
#define MR_PROOF_DATA_INTEGRITY_INSIDE_H

#include "crypto/digest.h"
#include "proof/data_integrity.h"

/* How octets are made of a document and of a proof's options, before they are hashed. */
typedef enum mr_transformation { MR_RDFC, MR_JCS } mr_transformation;

/* What is particular to one suite. */
struct mr_suite_form {
    const char *name; /* of the cryptosuite, or of the proof type */
    bool is_type;     /* an elder: the proof's type names it, not `cryptosuite` under DataIntegrityProof */
    bool read_only;   /* mr_data_integrity_sign does not make it */
    uint8_t transformation;
    uint8_t key_kinds; /* bit per mr_key_kind that fits */
};
const struct mr_suite_form *mr_suite_form_of(mr_cryptosuite s);
static inline bool mr_suite_fits(const struct mr_suite_form *form, const mr_key *key)
{
    return (form->key_kinds >> mr_key_get_kind(key) & 1) != 0;
}

/* ---- data_integrity_options.c ---- */

/* The proof without its value, as JSON text; `context` (may be NULL) becomes its @context. Errors: MR_E_NOMEM. */
int mr_proof_options_write(const struct mr_proof_options *options, const mr_json *context, mr_buf *out,
                           struct mr_err *err) MR_MUST_CHECK;
/* Append the document's text with one more proof: that of `options_text` (an object) with a member proofValue.
 *   errors  MR_E_FORMAT (the text is not that of the document), MR_E_LIMIT (the buffer's maximum) */
int mr_proof_insert(mr_str text, const mr_json *document, mr_str options_text, mr_str value, mr_buf *out,
                    struct mr_err *err) MR_MUST_CHECK;

/* ---- data_integrity_hash.c ---- */

/* The document without its proofs, or with `previous`, count of them, in their place (Data Integrity 1.0 section 4.5). Its nodes are
 * copies in `a`; their texts and positions are those of the document. Errors: MR_E_NOMEM. */
int mr_proof_document(mr_arena *a, const mr_json *document, const mr_json *const *previous, size_t count,
                      const mr_json **ret, struct mr_err *err) MR_MUST_CHECK;
/* A proof without the member `value_name` (NULL: with all); `context` takes the place of its own @context, which stays when that is NULL. Errors: MR_E_NOMEM. */
int mr_proof_configuration(mr_arena *a, const mr_json *proof, const char *value_name, const mr_json *context,
                           const mr_json **ret, struct mr_err *err) MR_MUST_CHECK;
/* Transform and hash.
 *   outlines  what is known of documents hashed before, or NULL
 *   errors  MR_E_JSONLD, MR_E_JSONLD_UNSAFE (pointer), MR_E_JSON (JCS: a number outside the range of a double), MR_E_LIMIT, MR_E_NOMEM */
int mr_proof_hash(mr_arena *a, mr_contexts *contexts, mr_outlines *outlines, const mr_json *value,
                  mr_transformation transformation, mr_digest_kind kind, mr_digest *ret,
                  struct mr_err *err) MR_MUST_CHECK;
/* What stands for the context of a document without one: null, under which no term has a meaning. */
extern const mr_json mr_no_context;
/* The digest of a suite under this key: SHA-384 with P-384, else SHA-256 (ECDSA Cryptosuites 1.0 sections 3.2 and 3.3). */
mr_digest_kind mr_proof_digest_kind(const mr_key *key);

/* The proofs of a document, in its order: an object, or the elements of a list. Returns their number, at most `most` are in ret; a number above
 * `most` is told as most + 1. Elements that are no objects are among them. */
size_t mr_proofs_list(const mr_json *document, const mr_json **ret, size_t most);
/* The proofs that `previous` names (an id, or a list of them), as a set of indexes into `proofs`, bit 0 the first (section 4.5).
 * false: one is named that is not there, or there twice, or named twice; *ret_name is it. */
bool mr_proofs_match(const mr_json *previous, const mr_json *const *proofs, size_t count, uint32_t *ret,
                     mr_str *ret_name);

#endif
