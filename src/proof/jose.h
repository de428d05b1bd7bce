/* vc+jwt: a credential as a compact JWS (RFC 7515, W3C VC-JOSE-COSE 1.0). Signing is prepared once for many: the protected header of an issuer's batch
 * never changes. */
#ifndef MR_PROOF_JOSE_H
#define MR_PROOF_JOSE_H

#include "crypto/certificate.h"
#include "json/json.h"

/* A prepared signer: the encoded protected header and the key. Read-only after init; may be used by several threads. */
typedef struct mr_jose_signer {
    mr_key *key; /* borrowed */
    mr_alg alg;
    mr_str protected_text; /* base64url(header), in the arena given to init */
} mr_jose_signer;

/* What a protected header says. */
struct mr_jose_header {
    mr_alg alg;                   /* MR_ALG_NONE: mr_key_default_alg */
    const char *typ, *cty;        /* "dc+sd-jwt"; NULL: left out */
    mr_str kid;                   /* empty: left out */
    mr_certificate *const *chain; /* x5c: the seal's certificate first and its issuers */
    size_t chain_count;
    bool jwk; /* write the public key */
};
/* Prepare a signer.
 *   a       holds the protected header as long as the signer is used
 *   key     borrowed for as long
 *   errors  MR_E_KEY (not private, alg does not fit, or not the key of the first certificate), MR_E_NOMEM
 *   source  RFC 7515 section 4.1 */
int mr_jose_signer_init(mr_jose_signer *s, mr_arena *a, mr_key *key, const struct mr_jose_header *header,
                        struct mr_err *err) MR_MUST_CHECK;
/* Append header.payload.signature to `out`. scratch is reset by the caller. */
int mr_jose_sign(const mr_jose_signer *s, mr_str payload, mr_arena *scratch, mr_buf *out,
                 struct mr_err *err) MR_MUST_CHECK;

/* A compact JWS taken apart, not yet verified. Texts live in the arena or point into the input. */
typedef struct mr_jws {
    mr_str signed_text; /* "header.payload", as signed */
    mr_str payload;     /* decoded */
    mr_str signature;   /* decoded */
    const mr_json *header;
    mr_alg alg;
    mr_str typ, cty;
    mr_str kid; /* empty also when it is no text: it is only a hint (RFC 7515 4.1.4), and then names no key */
    mr_certificate *certificates[8]; /* x5c, first is the signer's; freed by mr_jws_done */
    size_t certificate_count;
    mr_key *jwk; /* header jwk, or NULL; freed by mr_jws_done */
} mr_jws;

/* Errors: MR_E_FORMAT (not three parts; header no object; crit not understood; b64 false; x5c wrong), MR_E_ENCODING, MR_E_JSON..., MR_E_UNSUPPORTED (alg
 * "none", HMAC or unknown). source RFC 7515 sections 5.2, 4.1.11; RFC 7797 section 6 */
int mr_jws_read(mr_arena *a, mr_str compact, mr_jws *ret, struct mr_err *err) MR_MUST_CHECK;
void mr_jws_done(mr_jws *j);
/* MR_OK, MR_E_SIGNATURE or MR_E_KEY. */
int mr_jws_verify(const mr_jws *j, mr_key *key, struct mr_err *err) MR_MUST_CHECK;

#endif
