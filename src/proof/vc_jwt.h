/* The claims of a JWT as a credential or presentation: vc+jwt and vp+jwt (VC-JOSE-COSE 1.0), and the elders that are still read, the JWT of VC Data
 * Model 1.1 (claim vc or vp) and that of Open Badges 3.0 (the badge itself, with claims beside it). */
#ifndef MR_PROOF_VC_JWT_H
#define MR_PROOF_VC_JWT_H

#include "json/json.h"

/* The document that the claims of a token are, or hold.
 *
 * In vc+jwt and vp+jwt (and vc+sd-jwt, vp+sd-jwt with what was disclosed) the claims are the document; iss, sub and jti say nothing else than the
 * document does, and exp and nbf are about the token alone. In the elders the claims stand for members: a member that is missing is
 * added, one that is there must be equal. Claims that are about the token (iss, sub, aud, exp, nbf, iat, jti, cnf, nonce) are no part of the document.
 *   typ               of the header, without "application/"; empty when it has none
 *   text, claims      borrowed; what was read, and as JSON
 *   ret_text          the document as JSON text: `text`, where all claims are the document; else written anew, in `a`
 *   ret_document      read from ret_text
 *   ret_presentation  it is a presentation
 *   errors            MR_E_FORMAT with a message id: "token.typ" (another kind of token, or a credential in a vp+jwt), "token.vc_claim" (a vc or vp claim in
 *                     vc+jwt), "token.nothing" (holds no credential), "token.issuer", "token.subject", "token.id", "token.times" (not what the document says,
 *                     or not of the right form); MR_E_LIMIT, MR_E_NOMEM
 *   source            VC-JOSE-COSE 1.0 sections 3.1 and 3.2; VC Data Model 1.1 section 6.3.1; Open Badges 3.0 section 8.2.4 */
int mr_vc_jwt_document(mr_arena *a, mr_str typ, mr_str text, const mr_json *claims, mr_str *ret_text,
                       const mr_json **ret_document, bool *ret_presentation, struct mr_err *err) MR_MUST_CHECK;

#endif
