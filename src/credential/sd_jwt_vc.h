/* SD-JWT VCs (draft-ietf-oauth-sd-jwt-vc-19): an achievement as flat claims that the learner can show one by one. Two types: Merit's own with all Annex I
 * elements, and the European Commission's Learning Credential, which has room for fewer. */
#ifndef MR_CREDENTIAL_SD_JWT_VC_H
#define MR_CREDENTIAL_SD_JWT_VC_H

#include "credential/view.h"
#include "crypto/certificate.h"
#include "proof/sd_jwt.h"

#define MR_VCT_EU_LEARNING "urn:eu.europa.ec.eudi:learning:credential:1"
#define MR_VCT_MICRO_CREDENTIAL "urn:merit:micro-credential:1"

typedef enum mr_vct { MR_VCT_NONE, MR_VCT_IS_MICRO_CREDENTIAL, MR_VCT_IS_EU_LEARNING } mr_vct;
mr_vct mr_vct_find(mr_str vct);

struct mr_sd_jwt_vc_issuing {
    const mr_specification *specification;
    mr_certificate *certificate; /* the seal's: issuing authority and country */
    mr_str iss;                  /* https URL, or empty with x5c */
    mr_str status_base;          /* empty: no status */
    uint64_t status_index;
    const mr_key *holder; /* cnf.jwk; NULL: not bound to a key */
    int64_t now;
    int64_t
        expires; /* of the token, where the achievement does not end before; MR_TIME_NONE: it has no end of its own */
};
/* The signer: typ dc+sd-jwt, x5c as mr_seal_key_chain has it.
 *   errors  MR_E_KEY, MR_E_NOMEM */
int mr_sd_jwt_vc_signer_init(mr_jose_signer *s, mr_arena *a, const struct mr_seal_key *seal,
                             struct mr_err *err) MR_MUST_CHECK;
/* One achievement as "jwt~d1~...~". Its id must be set.
 *   errors  MR_E_UNSUPPORTED (detail: the claim that the type demands and nothing answers. The EU type asks for a level from 1 to 8, a language of
 *           teaching and a statement of quality assurance), MR_E_CRYPTO, MR_E_LIMIT, MR_E_NOMEM */
int mr_sd_jwt_vc_issue(const mr_jose_signer *signer, mr_vct type, const struct mr_sd_jwt_vc_issuing *i,
                       const mr_achievement *achievement, const mr_env *env, mr_arena *scratch, mr_buf *out,
                       struct mr_err *err) MR_MUST_CHECK;
/* Type metadata (section 5) with displays in every language that Merit speaks, claims in the order of Annex I; compact JSON. */
void mr_vct_write_metadata(mr_vct type, mr_buf *out);

/* Told of one fault against the type: "vct.unknown", "vct.missing" (detail: claim), "vct.in_clear" (sd always, stands in the payload), "vct.disclosable" (sd never), "vct.kind".
 *   payload  as signed; claims as processed. What is mandatory and hidden is told as "vct.hidden": it is the holder's right. */
typedef void mr_vct_tell(void *self, const char *message, mr_str claim);
int mr_vct_check(mr_arena *a, const mr_sd_jwt *s, mr_vct_tell *tell, void *self, struct mr_err *err) MR_MUST_CHECK;
/* What it says, for people. */
int mr_sd_jwt_vc_view(mr_arena *a, const mr_json *claims, const mr_language *l, mr_view *ret,
                      struct mr_err *err) MR_MUST_CHECK;

#endif
