/* What the files of SD-JWT share. Private to them. */
#ifndef MR_PROOF_SD_JWT_INSIDE_H
#define MR_PROOF_SD_JWT_INSIDE_H

#include "proof/sd_jwt.h"

/* One disclosure, taken apart. */
struct mr_sd_disclosure {
    mr_str text;   /* as received, which is what was hashed (RFC 9901 section 4.2.3) */
    mr_str digest; /* base64url */
    mr_str name;   /* of a member; of an element empty */
    bool is_element;
    bool used;   /* a digest referred to it */
    bool wanted; /* for a presentation */
    const mr_json *value;
};
struct mr_sd_disclosures {
    struct mr_sd_disclosure *items;      /* in the order of the token */
    struct mr_sd_disclosure **by_digest; /* sorted: neither decoys nor made-up digests can make the search slow */
    size_t count;
};

/*   errors  MR_E_FORMAT "sd_jwt.disclosure", "sd_jwt.salt", "sd_jwt.name", "sd_jwt.digest_twice"; MR_E_NOMEM */
int mr_sd_disclosures_read(mr_arena *a, mr_digest_kind kind, const mr_str *texts, size_t count,
                           struct mr_sd_disclosures *ret, struct mr_err *err) MR_MUST_CHECK;
/* The disclosure of a digest, or NULL. */
struct mr_sd_disclosure *mr_sd_disclosures_find(const struct mr_sd_disclosures *all, mr_str digest);

/* base64url of the digest of a text, appended. */
int mr_sd_digest_put(mr_digest_kind kind, mr_str text, mr_buf *out, struct mr_err *err) MR_MUST_CHECK;
/* Octets of such a text. */
size_t mr_sd_digest_width(mr_digest_kind kind);

/* {"...": digest}, what stands for an element of a list (section 4.2.4.2): its digest, else NULL. */
static inline const mr_json *mr_sd_placeholder(const mr_json *element)
{
    return mr_json_count(element) == 1 ? mr_json_get(element, "...") : NULL;
}
/* Names that no claim may have (section 4.1). */
static inline bool mr_sd_is_reserved(mr_str name)
{
    return mr_str_is(name, "_sd") || mr_str_is(name, "...");
}

#endif
