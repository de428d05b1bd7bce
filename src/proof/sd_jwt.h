/* Selective Disclosure for JWTs (RFC 9901). */
#ifndef MR_PROOF_SD_JWT_H
#define MR_PROOF_SD_JWT_H

#include "base/env.h"
#include "base/limits.h"
#include "json/write.h"
#include "proof/jose.h"

/* Taken apart, disclosures put where they belong; no signature is verified here. */
typedef struct mr_sd_jwt {
    mr_jws jws;        /* the issuer's; freed by mr_sd_jwt_done */
    mr_str bound_text; /* the issuer's JWT and all disclosures with their tildes: what sd_hash covers */
    mr_str disclosures[MR_LIMIT_DISCLOSURES];
    size_t disclosure_count;
    const mr_json *payload; /* as signed */
    const mr_json *claims;  /* processed: with what is disclosed, without _sd, _sd_alg and what is not */
    mr_str claims_text;     /* the same as JSON text */
    mr_str key_binding;     /* the KB-JWT; empty: none */
    mr_digest_kind digest;  /* _sd_alg */
    size_t hidden_count;    /* digests without a disclosure (decoys count, too) */
} mr_sd_jwt;

/* Compact ("jwt~d1~...~" and perhaps a KB-JWT) or JSON serialisation (flattened or general; section 8).
 * White space around it does not matter.
 *   errors  MR_E_FORMAT with a message id: "sd_jwt.form", "sd_jwt.disclosure" (not base64url of a list of two or three), "sd_jwt.salt" (no text),
 *           "sd_jwt.unreferenced", "sd_jwt.digests" (_sd is no list of texts), "sd_jwt.digest_twice", "sd_jwt.name" (_sd or ...), "sd_jwt.name_taken",
 *           "sd_jwt.wrong_kind" (list element for an object, or the other way); MR_E_UNSUPPORTED ("sd_jwt.digest_kind": _sd_alg; alg), MR_E_JSON...,
 *           MR_E_LIMIT ("sd_jwt.depth": MR_LIMIT_JSON_DEPTH; "sd_jwt.too_many": MR_LIMIT_DISCLOSURES), MR_E_NOMEM
 *   source  RFC 9901 section 7.1 */
int mr_sd_jwt_read(mr_arena *a, mr_str text, mr_sd_jwt *ret, struct mr_err *err) MR_MUST_CHECK;
void mr_sd_jwt_done(mr_sd_jwt *s);
/* Is this the JSON serialisation of an SD-JWT (a JWS with `disclosures` or `kb_jwt` in its header)? */
bool mr_sd_jwt_is(const mr_json *root);

/* The holder's proof that she has the key that the issuer named (section 7.3).
 *   audience, nonce  as asked for; empty: not compared
 *   errors  MR_E_FORMAT with a message id: "sd_jwt.no_key_binding", "sd_jwt.no_cnf", "sd_jwt.binding_form" (typ, claims), "sd_jwt.binding_audience", "sd_jwt.binding_nonce",
 *           "sd_jwt.binding_time" (iat too far from now), "sd_jwt.binding_hash"; MR_E_SIGNATURE "sd_jwt.binding_signature"; what mr_jws_read and
 *           mr_jwk_read say */
struct mr_key_binding {
    mr_str audience, nonce;
    int64_t now, max_age_ms; /* 0: any age */
};
int mr_sd_jwt_check_binding(mr_arena *a, const mr_sd_jwt *s, const struct mr_key_binding *wanted,
                            struct mr_err *err) MR_MUST_CHECK;

/* What of the claims is selectively disclosable. */
struct mr_sd_frame {
    const mr_str *
        pointers; /* JSON Pointers into the claims; of a member or an element. Parent and child: recursive (section 6.3) */
    size_t count;
    unsigned decoys; /* further digests of nothing, at each level that has any */
};
/* Issue: claims -> "jwt~d1~...~dn~". Digests are sorted, so that their order tells nothing.
 *   claims   an object without _sd, "..." and _sd_alg
 *   env      salts: 128 bits each
 *   errors   MR_E_FORMAT, MR_E_NOT_FOUND (detail: pointer), MR_E_KEY, MR_E_CRYPTO, MR_E_LIMIT, MR_E_NOMEM
 *   source   RFC 9901 section 4 */
int mr_sd_jwt_issue(const mr_jose_signer *signer, const mr_json *claims, const struct mr_sd_frame *frame,
                    const mr_env *env, mr_arena *scratch, mr_buf *out, struct mr_err *err) MR_MUST_CHECK;

/* One thing that the holder can show or leave out. */
struct mr_sd_disclosable {
    mr_str pointer;       /* into the claims */
    const mr_json *value; /* in the claims */
};
/* All that a token discloses, in the order of its claims, parents before their children.
 *   errors  MR_E_LIMIT, MR_E_NOMEM */
int mr_sd_jwt_list(mr_arena *a, const mr_sd_jwt *s, struct mr_sd_disclosable **ret, size_t *ret_count,
                   struct mr_err *err) MR_MUST_CHECK;

/* The holder shows some of it.
 *   show      JSON Pointers into s->claims; what they need above them comes along; everything else stays hidden, also what is disclosable
 *             inside a value that is shown: it has a pointer of its own
 *   all       show everything
 *   holder    the key of cnf, or NULL: without key binding
 *   errors    MR_E_NOT_FOUND (detail: pointer), MR_E_KEY (not that of cnf), MR_E_FORMAT "sd_jwt.no_cnf", MR_E_LIMIT, MR_E_NOMEM
 *   source    RFC 9901 section 7.2 and 4.3 */
struct mr_sd_presentation {
    const mr_str *show;
    size_t show_count;
    bool all;
    mr_key *holder;
    mr_str audience, nonce;
    int64_t now;
};
int mr_sd_jwt_present(const mr_sd_jwt *s, const struct mr_sd_presentation *presentation, mr_arena *scratch, mr_buf *out,
                      struct mr_err *err) MR_MUST_CHECK;

#endif
