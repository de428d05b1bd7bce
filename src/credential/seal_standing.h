/* What a seal is worth, told to its owner before it is used: whose it is, what its certificate claims, until when, and what is in the way. */
#ifndef MR_CREDENTIAL_SEAL_STANDING_H
#define MR_CREDENTIAL_SEAL_STANDING_H

#include "credential/trust.h"
#include "model/specification.h"
#include "proof/step.h"
#include "text/messages.h"

/* What the certificate says of itself (EN 319 412-5). It decides nothing alone: the trusted list of its country does. */
typedef enum mr_seal_level {
    MR_SEAL_LEVEL_TEST,      /* of a test authority */
    MR_SEAL_LEVEL_PLAIN,     /* no qualified certificate for seals: at best an advanced seal */
    MR_SEAL_LEVEL_QC,        /* an advanced seal based on a qualified certificate */
    MR_SEAL_LEVEL_QUALIFIED, /* with the key in a qualified device: a qualified seal */
} mr_seal_level;

struct mr_seal_remark {
    bool hinders; /* it cannot seal like this; else it can, with this reservation */
    mr_str text;
    mr_str detail; /* for experts; may be empty */
};
enum { MR_SEAL_REMARKS = 12 };

struct mr_seal_standing {
    mr_seal_level level;
    mr_state listed; /* whether a trusted list confirms the level; unchecked without one */
    bool in_token;
    mr_str lines
        [8]; /* sentences in the reader's language: whose, by whom, where the key is, what it is worth, until when */
    size_t line_count;
    struct mr_seal_remark remarks[MR_SEAL_REMARKS];
    size_t remark_count;
    int64_t renew_by; /* when the next one should be there */
};
/*   trust          may be NULL or empty
 *   specification  that it is to seal for, or NULL
 *   ret            texts in `a`
 *   errors         MR_E_NOMEM, MR_E_CRYPTO */
int mr_seal_standing_find(const struct mr_seal_key *seal, const mr_trust *trust, const mr_specification *specification,
                          int64_t now, mr_arena *a, const mr_language *l, struct mr_seal_standing *ret,
                          struct mr_err *err) MR_MUST_CHECK;
/* Does anything hinder it? */
bool mr_seal_standing_hinders(const struct mr_seal_standing *s);

#endif
