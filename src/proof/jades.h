/* JAdES seals (ETSI TS 119 182-1 V1.2.1) as European Digital Credentials carry them: JWS JSON serialization, payload as it is (b64 false),
 * time-stamps and evidence in etsiU. Levels: B (signature), T (time-stamped), LT (evidence inside), LTA (archived). */
#ifndef MR_PROOF_JADES_H
#define MR_PROOF_JADES_H

#include "crypto/revocation.h"
#include "crypto/timestamp.h"
#include "json/json.h"
#include "proof/step.h"

/* Gets a token (DER) for this digest (SHA-256) from a time-stamp authority, in `a`. Handed in, because this library has no network. */
typedef int mr_timestamp_source(void *self, mr_arena *a, const mr_digest *digest, mr_str *ret_token,
                                struct mr_err *err);

struct mr_jades_sealing {
    const struct mr_seal_key *seal; /* borrowed */
    int64_t now;                    /* milliseconds; written as iat (whole seconds) */
    mr_timestamp_source *timestamp; /* NULL: level B; otherwise level T */
    void *timestamp_self;
};

/* Seal a payload (the credential's JSON text, UTF-8): general JSON serialization, one line, appended to `out`, which on an error is as it was.
 *   errors  MR_E_KEY, MR_E_CERTIFICATE (not valid now, may not seal), MR_E_UTF8, MR_E_NET from the time-stamp source or when its token does
 *           not hold, MR_E_LIMIT (out is full), MR_E_NOMEM
 *   source  TS 119 182-1 5.1, 5.2, 6.3; facts elm-edc 1.2, 1.3 */
int mr_jades_seal(const struct mr_jades_sealing *sealing, mr_str payload, mr_arena *scratch, mr_buf *out,
                  struct mr_err *err) MR_MUST_CHECK;

enum { MR_JADES_REMARKS = 11 };
typedef enum mr_jades_level { MR_JADES_NONE, MR_JADES_B, MR_JADES_T, MR_JADES_LT, MR_JADES_LTA } mr_jades_level;

/* What verification found. A wrong seal is a result: see the steps. `signature` fails for anything wrong about the structure, too; the other four are
 * about time-stamps and evidence, and do not apply when the file has none of that kind. The sentences for the ids are in web/i18n, section "seal".
 * Not judged here, because a file without time-stamps outlives its certificate: whether the certificate was valid (`chain`), may seal (`purpose_why`), and
 * whether claimed_time lies within its validity. A time-stamp made after the certificate had expired fails signature_time, for it proves nothing. */
typedef struct mr_jades {
    mr_str payload; /* the exact octets that were sealed, in the arena or the input; empty unless `signature` passed */
    struct mr_step signature;           /* structure, crit, certificate reference, signature itself */
    struct mr_step content_time;        /* adoTst */
    struct mr_step signature_time;      /* sigTst */
    struct mr_step archive_time;        /* arcTst */
    struct mr_step revocation_evidence; /* rVals for the seal's certificate */
    const char *remarks
        [MR_JADES_REMARKS +
         1]; /* message ids of what is there and was not evaluated: counter-signature, policy, ... ; NULL-terminated */
    mr_jades_level level;        /* the highest whose rules are kept */
    mr_certificate *certificate; /* the seal's, borrowed from the pool, or NULL */
    const char *purpose_why;     /* why the certificate may not seal (constant, for experts), or NULL when it may */
    mr_certificate **pool;       /* every certificate in the file, time-stamps included; freed by mr_jades_done */
    size_t pool_count;
    int64_t claimed_time; /* iat or sigT; MR_TIME_NONE when absent */
    int64_t best_time;    /* earliest good sigTst or arcTst, else MR_TIME_NONE: then `now` counts */
    struct mr_chain
        chain; /* of the seal's certificate at the best time (or now); anchored only where an anchored time-stamp or `now` confirms it, else `why` says so */
    bool timestamps_anchored; /* there is a time-stamp, and every one's authority leads to an anchor */
    size_t signatures;        /* parallel signatures in the file; all must be good, the first is described */
    bool out_of_scope;        /* detached payload: named as such in `signature`, not verified */
} mr_jades;

/* Does this JSON look like a JWS in JSON serialization (general or flattened)? */
bool mr_jades_is(const mr_json *root);
/*   text      the file as read; JSON serialization or compact
 *   root      its JSON, or NULL for compact serialization
 *   anchors   trust anchors, may be none
 *   now       milliseconds
 *   ret       filled in every case but an error; give it to mr_jades_done
 *   errors    MR_E_NOMEM, MR_E_CRYPTO
 *   source    TS 119 182-1 6.3; EN 319 102-1 5.5; facts elm-edc 1.6 */
int mr_jades_verify(mr_arena *a, mr_str text, const mr_json *root, mr_certificate *const *anchors, size_t anchor_count,
                    int64_t now, mr_jades *ret, struct mr_err *err) MR_MUST_CHECK;
void mr_jades_done(mr_jades *j);
/* "JAdES-B" and so on, for people; "" for MR_JADES_NONE. */
const char *mr_jades_level_name(mr_jades_level level);

#endif
