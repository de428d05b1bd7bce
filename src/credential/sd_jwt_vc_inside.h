/* What the files of SD-JWT VC share. Private to them. */
#ifndef MR_CREDENTIAL_SD_JWT_VC_INSIDE_H
#define MR_CREDENTIAL_SD_JWT_VC_INSIDE_H

#include "credential/sd_jwt_vc.h"

enum mr_claim_kind {
    MR_CLAIM_TEXT,
    MR_CLAIM_LIST,
    MR_CLAIM_DAY,
    MR_CLAIM_TIME,
    MR_CLAIM_LEVEL,
    MR_CLAIM_NUMBER,
    MR_CLAIM_FLAG,
    MR_CLAIM_KEY
};
enum mr_claim_sd { MR_CLAIM_NEVER, MR_CLAIM_ALWAYS };

struct mr_claim {
    const char *name;
    mr_str pointer; /* "/name" */
    enum mr_claim_kind kind;
    bool mandatory;
    enum mr_claim_sd sd;
};
#define MR_CLAIMS_MOST 40 /* of one type */

/* The claims of a type (sd_jwt_claims.def); NULL and 0 for MR_VCT_NONE. */
const struct mr_claim *mr_vct_claims(mr_vct type, size_t *ret_count);

#endif
