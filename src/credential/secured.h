/* A secured document, whatever secures it, but JAdES: Data Integrity, JOSE (vc+jwt, vp+jwt and their elders, status list tokens), SD-JWT. Opened: whose key
 * it is was found, the signature was verified, and the payload can be read. */
#ifndef MR_CREDENTIAL_SECURED_H
#define MR_CREDENTIAL_SECURED_H

#include "credential/vcdm.h"
#include "proof/data_integrity.h"
#include "proof/sd_jwt.h"

typedef enum mr_mechanism {
    MR_MECHANISM_NONE,
    MR_MECHANISM_DATA_INTEGRITY,
    MR_MECHANISM_JOSE,
    MR_MECHANISM_SD_JWT
} mr_mechanism;

/* What a proof must be for follows from what the document is: authentication for a presentation, assertionMethod for all else. */
struct mr_opening {
    mr_contexts *contexts;
    struct mr_key_source keys;
    const mr_fetch *fetch;  /* for the metadata of SD-JWT VC issuers; may be NULL */
    mr_str audience, nonce; /* of a presentation: domain and challenge, aud and nonce; may be empty */
    int64_t now;
};
typedef struct mr_secured {
    mr_mechanism mechanism;
    mr_str suite; /* for experts: "eddsa-rdfc-2022", "ES256" */
    mr_str typ;   /* of a JWT, without "application/" */
    const mr_json *
        payload; /* the document (the credential itself: out of `vc`, too, with what the claims beside it say); NULL when it cannot be read */
    mr_str payload_text;
    struct mr_step
        step; /* of the signature, with all that belongs to it; ids "seal.*", "proof.*", "key.*", "sd_jwt.*", "token.*" */
    bool key_found;       /* Data Integrity: the key was found; `key` tells whose it is, its handle stays inside */
    struct mr_method key; /* whose key; key.controller empty with certificates or a bare key */
    mr_certificate *certificates[8]; /* x5c */
    size_t certificate_count;
    bool key_only;               /* a key that the token brought along: nothing binds it to anybody */
    int64_t claimed_time;        /* created, iat; MR_TIME_NONE */
    int64_t not_before, expires; /* of the token (nbf, exp) or proof, MR_TIME_NONE */
    mr_str issuer;               /* iss of a token; else empty */
    struct mr_step binding;      /* SD-JWT: key binding; PASSED, FAILED, NOT_APPLICABLE without one */
    size_t hidden_count;         /* SD-JWT: digests without disclosure */
    const mr_sd_jwt *sd_jwt;     /* SD-JWT: as read; else NULL */
    size_t proof_count;
    bool
        is_expanded; /* Data Integrity: the payload without its proofs was expanded in safe mode, for its hash: every term has a meaning */
    void *inside; /* for mr_secured_done */
} mr_secured;

/* Open what is in `text`.
 *   errors  MR_E_FORMAT (no secured document), MR_E_UNSUPPORTED (alg), what the readers say; MR_E_NOMEM. What is wrong with a signature is in ret->step */
int mr_secured_open(mr_arena *a, const struct mr_opening *o, mr_str text, mr_secured *ret,
                    struct mr_err *err) MR_MUST_CHECK;
/* The same, of a JSON text that was read before. document: borrowed; NULL: it was not read, or is no JSON */
int mr_secured_open_read(mr_arena *a, const struct mr_opening *o, mr_str text, const mr_json *document, mr_secured *ret,
                         struct mr_err *err) MR_MUST_CHECK;
void mr_secured_done(mr_secured *s);
/* mr_vcdm_check of the payload, with the contexts that it was opened with. */
int mr_secured_check_model(mr_arena *a, mr_contexts *contexts, const mr_secured *s, mr_vcdm_tell *tell, void *self,
                           struct mr_err *err) MR_MUST_CHECK;
/* Is it a token of a list (typ "statuslist+jwt" or "withdrawn+jwt"), whatever stands in it? */
bool mr_secured_is_list(const mr_secured *s);

#endif
