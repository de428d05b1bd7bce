/* Issuing: one achievement, all formats. Prepared once for a batch, then called for each achievement. */
#ifndef MR_CREDENTIAL_ISSUE_H
#define MR_CREDENTIAL_ISSUE_H

#include "credential/mandate.h"
#include "model/achievement.h"
#include "proof/jades.h"
#include "proof/jose.h"
#include "text/messages.h"

typedef enum mr_format {
    MR_FORMAT_ELM = 1,               /* European Digital Credential, sealed as JAdES */
    MR_FORMAT_VC_JWT = 2,            /* VC 2.0 with the ELM subject, as a JWT */
    MR_FORMAT_VC_SD_JWT = 4,         /* the same as an SD-JWT: name, birth date and grade can be held back */
    MR_FORMAT_DATA_INTEGRITY = 8,    /* the same with a Data Integrity proof */
    MR_FORMAT_DC_SD_JWT = 16,        /* SD-JWT VC for wallets: Merit's type, every Annex I element */
    MR_FORMAT_EU_LEARNING = 32,      /* SD-JWT VC: the Commission's Learning Credential */
    MR_FORMAT_OPEN_BADGES = 64,      /* Open Badge 3.0 with every Annex I element and a Data Integrity proof */
    MR_FORMAT_OPEN_BADGES_JWT = 128, /* the same as a JWT, in the form of Open Badges 3.0 section 8.2 */
} mr_format;                         /* bits */
enum { MR_FORMAT_COUNT = 8 };
mr_format mr_format_at(size_t index); /* 0 beyond the last */
/* "elm", "vc+jwt", "vc+sd-jwt", "data-integrity", "dc+sd-jwt", "eu-learning", "open-badges", "open-badges+jwt"; 0 for anything else. */
mr_format mr_format_find(mr_str name);
const char *mr_format_name(mr_format f);
/* File name ending: ".jsonld", ".jwt" ...; each its own. */
const char *mr_format_ending(mr_format f);

/* A signing key under an identifier: the issuer of VC 2.0 formats in place of the seal's certificate. */
struct mr_issuing_key {
    mr_key *key;
    mr_str issuer; /* DID */
    mr_str method; /* verification method for Data Integrity proofs: DID URL */
    mr_str kid;    /* and for tokens; may be the same */
};

struct mr_issuing {
    const mr_specification *specification;
    const struct mr_seal_key *seal;
    const mr_env *env;
    bool page_image; /* false: a blank page stands in (an ELM document must carry one) */
    bool mandate;    /* an awarding body that is not the seal's owner has mandated it (DESIGN 5.5) */
    const struct mr_mandate
        *mandate_document; /* that proves it, enclosed in European Digital Credentials; NULL: none. Needs `mandate` */
    mr_str verify_url;
    const struct mr_issuing_key
        *key; /* NULL: tokens carry the seal's certificate; a Data Integrity proof is by did:key of the seal's key */
    const mr_key *holder; /* whom SD-JWT VCs are bound to (cnf), and whom badges name by did:key; NULL: to no key */
    mr_timestamp_source *timestamp; /* or NULL */
    void *timestamp_self;
    mr_jades_level
        level; /* of European Digital Credentials; MR_JADES_NONE: T where there is a time-stamp source, else B */
    bool content_time;                         /* they carry a time-stamp over the content as well */
    const struct mr_evidence_source *evidence; /* for levels LT and LTA, or NULL */
    mr_certificate *const *anchors;            /* where chains of evidence end; may be none */
    size_t anchor_count;
};
typedef struct mr_issuer mr_issuer; /* one per thread */
/* A sample of the specification is issued and checked (format, completeness, read back) before the first real one.
 * Errors: MR_E_CERTIFICATE (seal not valid now, or may not seal; another party's without a mandate), MR_E_USAGE (a mandate document, and the seal is the awarding
 * body's own), MR_E_SPECIFICATION, MR_E_LIBRARY ... */
int mr_issuer_open(const struct mr_issuing *issuing, mr_issuer **ret, struct mr_err *err) MR_MUST_CHECK;
void mr_issuer_close(mr_issuer *i);
/* Give the achievement an id when it has none, and append its credential in one format to `out`.
 * Errors also: MR_E_UNSUPPORTED (the Learning Credential asks for what the specification does not answer; the key fits no cryptosuite). */
int mr_issue(mr_issuer *i, mr_achievement *achievement, mr_format format, mr_buf *out,
             struct mr_err *err) MR_MUST_CHECK;

#endif
