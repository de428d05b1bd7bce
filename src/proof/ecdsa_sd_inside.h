/* What the files of ecdsa-sd-2023 know of each other; no other folder includes it, but its tests do.
 *
 * The suite signs a document statement by statement. Three files do the parts: ecdsa_sd_value.c reads and writes proof values, ecdsa_sd_select.c takes out
 * of a document what pointers name, ecdsa_sd_statements.c makes its statements and finds which of them such a part says. ecdsa_sd.c puts them together.
 *
 * Blank nodes have three names here: their number in a dataset; the canonical identifier (c14n0) that RDFC-1.0 gives them, which depends on all that is
 * said; and the label, an HMAC of the canonical identifier in the whole document, which stays when statements are left out and tells nothing of them. */
#ifndef MR_PROOF_ECDSA_SD_INSIDE_H
#define MR_PROOF_ECDSA_SD_INSIDE_H

#include "crypto/digest.h"
#include "proof/ecdsa_sd.h"
#include "rdf/dataset.h"

enum { MR_ECDSA_SD_SIGNATURE = 64, MR_ECDSA_SD_PUBLIC_KEY = 35, MR_ECDSA_SD_HMAC = 32 };

/* ---- proof values ---- */

/* What a proof value holds. Octets and texts are borrowed. */
struct mr_ecdsa_sd_value {
    bool derived;
    mr_str base_signature;    /* r||s */
    mr_str public_key;        /* Multikey octets of the key that signed the statements, P-256 */
    const mr_str *signatures; /* of statements that are not mandatory, in their order */
    size_t signature_count;

    mr_str hmac_key; /* base proof: the secret behind the labels */
    const mr_str *pointers;
    size_t pointer_count; /* base proof: what is mandatory */

    const struct mr_ecdsa_sd_label {
        uint64_t number; /* of a canonical identifier: 0 for c14n0 */
        mr_str hmac;
    } * labels; /* derived proof */
    size_t label_count;
    const uint64_t *mandatory; /* derived proof: indexes of the mandatory ones among all statements */
    size_t mandatory_count;
};

/* A text that is no value of this suite at all, or is cut off, or has a member of a wrong size, is MR_E_FORMAT, MR_E_ENCODING or MR_E_UTF8.
 *   errors  also MR_E_LIMIT (more than MR_LIMIT_SD_STATEMENTS signatures or labels, MR_LIMIT_SD_POINTERS pointers), MR_E_NOMEM
 *   source  sections 3.5.3 (base) and 3.5.8 (derived) */
int mr_ecdsa_sd_value_read(mr_arena *a, mr_str text, struct mr_ecdsa_sd_value *ret, struct mr_err *err) MR_MUST_CHECK;
/* Append it. Errors: MR_E_LIMIT. */
int mr_ecdsa_sd_value_write(const struct mr_ecdsa_sd_value *v, mr_buf *out, struct mr_err *err) MR_MUST_CHECK;

/* ---- parts of a document ---- */

/* A part of a document, as a document. */
struct mr_ecdsa_sd_part {
    const mr_json *root;          /* NULL: nothing is selected */
    const mr_json *const *source; /* for each node from root on, the node of the document that it is */
};

/* What pointers name, with all that it contains; of the objects that lead there only context, identifier and type; of arrays only what is named in them.
 *   document  an object
 *   errors    MR_E_NOT_FOUND (detail: the pointer), MR_E_LIMIT, MR_E_NOMEM
 *   source    section 3.4.13 (selectJsonLd) */
int mr_ecdsa_sd_select(mr_arena *a, const mr_json *document, const mr_str *pointers, size_t count,
                       struct mr_ecdsa_sd_part *ret, struct mr_err *err) MR_MUST_CHECK;

/* ---- statements ---- */

/* The statements of a document. */
struct mr_ecdsa_sd_statements {
    mr_dataset dataset;
    const mr_str *canonical; /* by blank node: "c14n0"; empty when it stands in no quad */
    mr_str *labels;          /* by blank node: "u" and base64url, without "_:" */
    mr_str *hmacs;           /* the same as octets */
    mr_str *lines;           /* N-Quads under these labels, sorted, each once, with line feed */
    size_t count;
    uint32_t *line_of; /* by quad of the dataset */
};

/* Convert and canonicalise: `dataset` and `canonical`.
 *   errors  as mr_jsonld_to_rdf in safe mode and mr_rdf_canonicalise */
int mr_ecdsa_sd_read(mr_arena *a, mr_contexts *contexts, const mr_json *document, struct mr_ecdsa_sd_statements *ret,
                     struct mr_err *err) MR_MUST_CHECK;
/* Labels by HMAC (section 3.4.4), or from a derived proof (section 3.4.3). Errors: MR_E_NOMEM; MR_E_FORMAT when a derived proof does not label each blank node
 * of the document, and nothing else, once, each differently. */
int mr_ecdsa_sd_label(mr_arena *a, struct mr_ecdsa_sd_statements *s, mr_str hmac_key, struct mr_err *err) MR_MUST_CHECK;
int mr_ecdsa_sd_relabel(mr_arena *a, struct mr_ecdsa_sd_statements *s, const struct mr_ecdsa_sd_value *v,
                        struct mr_err *err) MR_MUST_CHECK;
/* The number in a canonical identifier: 12 for "c14n12". */
uint64_t mr_ecdsa_sd_number(mr_str canonical);
/* Write and sort the lines, once they have labels. Errors: MR_E_LIMIT, MR_E_NOMEM. */
int mr_ecdsa_sd_sort(mr_arena *a, struct mr_ecdsa_sd_statements *s, struct mr_err *err) MR_MUST_CHECK;

/* Which statements of a document a part of it makes.
 *   whole     of the document that the part was taken from, sorted
 *   ret_in    whole->count flags, in `a`
 *   ret_part  NULL, or: the part's own dataset, with canonical identifiers and the labels that its blank nodes have in the whole; no lines
 *   errors    MR_E_FORMAT (it says something that the whole does not, as a piece of a list does; pointer), and as mr_ecdsa_sd_read
 *   source    section 3.4.16 (canonicalizeAndGroup) */
int mr_ecdsa_sd_group(mr_arena *a, mr_contexts *contexts, const struct mr_ecdsa_sd_statements *whole,
                      const struct mr_ecdsa_sd_part *part, bool **ret_in, struct mr_ecdsa_sd_statements *ret_part,
                      struct mr_err *err) MR_MUST_CHECK;
/* Of the mandatory ones among the lines, SHA-256 (section 3.4.17 hashMandatoryNQuads). */
int mr_ecdsa_sd_hash(mr_arena *a, const struct mr_ecdsa_sd_statements *s, const bool *mandatory, mr_digest *ret,
                     struct mr_err *err) MR_MUST_CHECK;

/* ---- the parts together ---- */

/* What a derived proof shows of a document, and its value.
 *   document  without proof
 *   base      the value of its base proof
 *   errors    as mr_ecdsa_sd_derive
 *   source    section 3.5.4 (createDisclosureData) */
int mr_ecdsa_sd_disclose(mr_arena *a, mr_contexts *contexts, const mr_json *document,
                         const struct mr_ecdsa_sd_value *base, const mr_str *show, size_t show_count,
                         const mr_json **ret_shown, struct mr_ecdsa_sd_value *ret, struct mr_err *err) MR_MUST_CHECK;

#endif
