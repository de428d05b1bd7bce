/* JAdES seals (ETSI TS 119 182-1 V1.2.1) as European Digital Credentials carry them: JWS JSON serialization, payload as it is (b64 false),
 * time-stamps and evidence in etsiU. Levels: B (signature), T (time-stamped), LT (evidence inside), LTA (archived). */
#ifndef MR_PROOF_JADES_H
#define MR_PROOF_JADES_H

#include "crypto/evidence.h"
#include "crypto/revocation.h"
#include "crypto/timestamp.h"
#include "json/json.h"
#include "proof/step.h"

/* Gets a token (DER) for this digest (SHA-256) from a time-stamp authority, in `a`. Handed in, because this library has no network. */
typedef int mr_timestamp_source(void *self, mr_arena *a, const mr_digest *digest, mr_str *ret_token,
                                struct mr_err *err);

typedef enum mr_jades_level { MR_JADES_NONE, MR_JADES_B, MR_JADES_T, MR_JADES_LT, MR_JADES_LTA } mr_jades_level;
/* "JAdES-B" and so on, for people; "" for MR_JADES_NONE. */
const char *mr_jades_level_name(mr_jades_level level);
/* "B", "T", "LT", "LTA", in any case; MR_JADES_NONE for anything else. */
mr_jades_level mr_jades_level_find(mr_str name);

struct mr_jades_sealing {
    const struct mr_seal_key *seal; /* borrowed */
    int64_t now;                    /* milliseconds; written as iat (whole seconds) */
    mr_timestamp_source *timestamp; /* may be NULL at level B */
    void *timestamp_self;
    mr_jades_level level; /* MR_JADES_NONE: T where there is a time-stamp source, else B */
    bool content_time;    /* a time-stamp over the content as well (adoTst), as the Commission's tools write it */
    const struct mr_evidence_source *evidence; /* for LT and LTA */
    mr_certificate *const *anchors;            /* where chains end; may be none: then at a self-issued certificate */
    size_t anchor_count;
};

/* Seal a payload (the credential's JSON text, UTF-8): general JSON serialization, one line, appended to `out`, which on an error is as it was. The seal has the
 * level that was asked for, or there is none: a seal of LT or LTA is verified before it leaves.
 *   errors  MR_E_KEY, MR_E_CERTIFICATE (not valid now, may not seal, is revoked, or names no place where its status can be asked), MR_E_UTF8, MR_E_NET from
 *           the sources or when what came does not hold (detail: what), MR_E_STATE (a level without its source), MR_E_LIMIT (out is full), MR_E_NOMEM
 *   source  TS 119 182-1 5.1, 5.2, 5.3, 6.3; facts elm-edc 1.2 to 1.5 */
int mr_jades_seal(const struct mr_jades_sealing *sealing, mr_str payload, mr_arena *scratch, mr_buf *out,
                  struct mr_err *err) MR_MUST_CHECK;

enum { MR_JADES_REMARKS = 11 };

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
    int64_t
        anchored_time; /* the same, of those whose authority leads to an anchor; anybody can run a clock, so trust is asked as of this time */
    int64_t
        lasts_until; /* what proves the seal's time ages then: the certificates of the last time-stamp's authority end, or its key becomes too short.
                             Without a time-stamp the end of the seal's certificate. Before that the seal must be extended. MR_TIME_NONE: not known */
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

struct mr_jades_extending {
    mr_jades_level level; /* T, LT or LTA */
    bool renew;           /* a further archive time-stamp, although the level is reached */
    int64_t now;          /* milliseconds */
    mr_timestamp_source *timestamp;
    void *timestamp_self;
    const struct mr_evidence_source *evidence; /* NULL: T only */
    mr_certificate *const *anchors;
    size_t anchor_count;
    mr_certificate *const
        *issuers; /* of the seal's certificate, as far as they are known from elsewhere than the file; may be none */
    size_t issuer_count;
};

/* Give an older seal what it lacks to this level, or renew its archive time-stamp. Everything that is there stays, octet by octet: new elements are put behind
 * the last one of etsiU. The result is verified before it leaves.
 *   text     a seal in JSON serialization (general or flattened) with one signature
 *   out      appended; on an error as it was. Nothing is appended when the level is there and nothing is to be renewed: *ret_changed tells
 *   ret_until  may be NULL: until when the result lasts (mr_jades.lasts_until)
 *   errors   MR_E_FORMAT (no such seal), MR_E_SIGNATURE (it does not verify; detail: the message id of what does not hold), MR_E_CERTIFICATE (revoked or
 *            expired before anything proves the seal's time; no place where its status can be asked), MR_E_UNSUPPORTED (compact, several signatures, etsiU in clear
 *            text), MR_E_STATE (a source that is needed is not there), MR_E_NET, MR_E_LIMIT, MR_E_NOMEM
 *   source   TS 119 182-1 5.3, 6.3; EN 319 102-1 5.6 (past validation needs what proves that evidence was there in time) */
int mr_jades_extend(const struct mr_jades_extending *how, mr_str text, mr_arena *scratch, mr_buf *out,
                    bool *ret_changed, int64_t *ret_until, struct mr_err *err) MR_MUST_CHECK;

#endif
