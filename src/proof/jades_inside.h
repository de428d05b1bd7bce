/* What the files of the JAdES module know of each other; no other folder includes it.
 *
 * A seal is read in four moves, one file each: the protected header and its rules (jades_header.c), the certificates that
 * the file carries (jades_certificates.c), the unsigned part etsiU with time-stamps and evidence (jades_unsigned.c), the
 * judgement of both over time (jades_time.c). jades_verify.c leads.
 *
 * A seal is made in jades_seal.c and extended in jades_extend.c, which has its evidence gathered by jades_evidence.c.
 *
 * A broken rule is a result: it is written into a step by mr_jades_refuse, whose code MR_E_FORMAT only stops the reading
 * of that part. MR_E_NOMEM and MR_E_CRYPTO are errors and travel up. */
#ifndef MR_PROOF_JADES_INSIDE_H
#define MR_PROOF_JADES_INSIDE_H

#include "base/limits.h"
#include "proof/jades.h"

/* One signature of the file, as text. */
struct mr_jades_text {
    mr_str protected_text, signature_text; /* base64url as they stand */
    mr_str payload_text;                   /* as it stands, JSON escapes undone; ptr NULL when there is none */
    const mr_json *header;                 /* unprotected, an object or NULL */
    bool compact;
};

/* Tokens of one kind, DER; `before`: elements of etsiU before the one that holds the token. */
struct mr_jades_tokens {
    struct mr_jades_token {
        mr_str der;
        uint32_t before;
    } items[MR_LIMIT_TIMESTAMPS];
    size_t count;
    bool shared_container; /* one container holds several (not at level T) */
};

/* How the header names the signing certificate. */
typedef enum mr_jades_reference { MR_JADES_X5T_S256, MR_JADES_X5T_O, MR_JADES_SIG_X5TS } mr_jades_reference;

/* The protected header, read and found to keep the rules of level B that can be seen from it alone. */
struct mr_jades_header {
    const mr_json *json;
    mr_alg alg;
    bool b64, detached;
    int64_t claimed_time;
    bool old_time; /* sigT for a time from which on iat is due */
    mr_jades_reference reference;
    const mr_json *reference_value, *x5c; /* x5c may be NULL */
};

/* Certificates of the file, each once. */
struct mr_jades_pool {
    mr_certificate *items[MR_LIMIT_CERTIFICATES];
    size_t count;
};

/* The unsigned part, read. */
struct mr_jades_unsigned {
    const mr_json *elements; /* etsiU, or NULL */
    bool clear;              /* its elements are objects: not evaluated */
    struct mr_jades_tokens signature, archive;
    mr_str ocsp[MR_LIMIT_EVIDENCE], crls[MR_LIMIT_EVIDENCE];
    size_t ocsp_count, crl_count;
    bool has_evidence;        /* an rVals is there */
    bool has_validation_data; /* xVals or rVals, as an element of its own */
    bool has_references;      /* xRefs, rRefs, sigRTst, ...: forbidden at levels LT and LTA */
    bool has_counter_signature, has_unknown;
    size_t stored_policies; /* sigPSt */
};

/* What one verification works with. */
struct mr_jades_work {
    mr_arena *a;
    mr_certificate *const *anchors;
    size_t anchor_count;
    int64_t now;
    struct mr_jades_pool *pool;
    size_t timestamps; /* tokens seen so far in the file */
};

/* ---- results ---- */

/* Write a broken rule into the step; returns MR_E_FORMAT. detail: constant. */
int mr_jades_refuse(struct mr_step *step, const char *id, const char *detail) MR_MUST_CHECK;
/* The same from an error of a reader: its message and detail. Errors that are none of the file's go back as they are. */
int mr_jades_refuse_error(struct mr_step *step, const char *id, mr_arena *a, const struct mr_err *found) MR_MUST_CHECK;
/* Whether a code stands for trouble of ours, not for a fault of the file. */
static inline bool mr_jades_is_trouble(int code)
{
    return code == MR_E_NOMEM || code == MR_E_CRYPTO || code == MR_E_LIBRARY || code == MR_E_IO;
}
/* Note something that is there and was not evaluated, once. */
void mr_jades_remark(mr_jades *j, const char *id);

/* ---- jades_header.c ---- */

/* Read the protected header. A broken rule is written into `step`; `detached` is set before any other rule is looked at. */
int mr_jades_header_read(mr_arena *a, const struct mr_jades_text *text, struct mr_jades_header *ret,
                         struct mr_step *step, struct mr_err *err) MR_MUST_CHECK;
/* The digest under which the header names a certificate.
 *   at   0 for the first; sigX5ts may hold more
 *   ret  empty when there is no such digest, or it is not readable or of an unknown kind */
int mr_jades_header_digest(mr_arena *a, const struct mr_jades_header *h, uint32_t at, mr_digest_kind *ret_kind,
                           mr_str *ret_digest, struct mr_err *err) MR_MUST_CHECK;
/* The protected header for sealing, base64url, in `scratch`. content_token: for adoTst, DER, or empty. */
int mr_jades_header_write(const struct mr_seal_key *seal, int64_t now, mr_str content_token, mr_arena *scratch,
                          mr_str *ret, struct mr_err *err) MR_MUST_CHECK;
/* kid: base64 of the DER IssuerSerial of a certificate, in `a`.
 *   source  TS 119 182-1 5.1.4; RFC 5035 section 5.4.1 (IssuerSerial) */
int mr_jades_kid(mr_arena *a, const mr_certificate *c, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;

/* ---- jades_certificates.c ---- */

/* Add a certificate, unless it is there; *ret (may be NULL) is borrowed from the pool. Errors: MR_E_LIMIT, and those of mr_certificate_read. */
int mr_jades_pool_read(struct mr_jades_pool *pool, mr_str der, mr_certificate **ret, struct mr_err *err) MR_MUST_CHECK;
/* Add a certificate that was read elsewhere, as long as there is room. */
void mr_jades_pool_share(struct mr_jades_pool *pool, mr_certificate *c);
/* Is there another certificate that agrees with this one in three of issuer, serial, begin and key, but not in all octets? Authorities do not make such
 * pairs; one of the two was altered. */
bool mr_jades_pool_has_twin(const struct mr_jades_pool *pool, mr_arena *a, const mr_certificate *c);
void mr_jades_pool_done(struct mr_jades_pool *pool);
/* Put x5c into the pool and find the seal's certificate: the first of x5c, or without x5c the one in the pool that the header names.
 * Faults go into `step`. */
int mr_jades_find_certificate(struct mr_jades_work *w, const struct mr_jades_header *h, mr_jades *j,
                              mr_certificate **ret, struct mr_step *step, struct mr_err *err) MR_MUST_CHECK;

/* ---- jades_unsigned.c ---- */

/* Read etsiU. Certificates go into the pool. Faults go into `step`. */
int mr_jades_unsigned_read(struct mr_jades_work *w, const mr_json *header, struct mr_jades_unsigned *ret,
                           struct mr_step *step, struct mr_err *err) MR_MUST_CHECK;
/* A container of time-stamps, {"tstTokens": [{"val": base64}, ...]}, added to `tokens`. Faults go into `step` as `id`. */
int mr_jades_tokens_read(struct mr_jades_work *w, const mr_json *container, uint32_t before,
                         struct mr_jades_tokens *tokens, struct mr_step *step, const char *id,
                         struct mr_err *err) MR_MUST_CHECK;

/* ---- jades_time.c ---- */

/* Has revocation evidence been overtaken at this time? EN 319 102-1 5.2.5, freshness. */
bool mr_jades_is_stale(const struct mr_revocation *r, int64_t at);

/* Judge time-stamps, chain, evidence and level. j->signature and j->certificate are set before. */
int mr_jades_judge_times(struct mr_jades_work *w, const struct mr_jades_text *text, const struct mr_jades_header *h,
                         const struct mr_jades_unsigned *u, mr_jades *j, struct mr_err *err) MR_MUST_CHECK;

/* ---- jades_verify.c ---- */

/* The only signature of a file in JSON serialization, as text. Faults (also: several signatures) go into `step`. */
int mr_jades_only_text(const mr_json *root, struct mr_jades_text *ret, struct mr_step *step) MR_MUST_CHECK;

/* ---- jades_seal.c ---- */

/* A token over these parts, checked at once: what nobody can verify must not leave the house. MR_E_NET when it does not hold. */
int mr_jades_stamp(mr_timestamp_source *source, void *self, const mr_str *parts, size_t count, mr_arena *scratch,
                   mr_str *ret_token, struct mr_err *err) MR_MUST_CHECK;
/* {"NAME":{"tstTokens":[{"val": base64 DER}]}} (TS 119 182-1 5.3.4, 5.4.3.3) */
void mr_jades_put_token(mr_buf *out, const char *name, mr_str token);

/* ---- jades_evidence.c ---- */

/* Certificates and revocation evidence of a seal: what its file holds, and what was asked for beside. */
struct mr_jades_gathering {
    mr_arena *a;
    const struct mr_evidence_source *source;
    mr_certificate *const *anchors;
    size_t anchor_count;
    int64_t now;
    struct mr_jades_pool *pool; /* from `old_certificates` on they are new */
    mr_str ocsp[MR_LIMIT_EVIDENCE], crls[MR_LIMIT_EVIDENCE];
    size_t ocsp_count, crl_count;
    size_t old_certificates, old_ocsp, old_crls;
};

/* Gather what is needed to validate a certificate at a time: its chain, and of each certificate of it below the anchor evidence that it was not revoked. What is
 * there already is used.
 *   at      the time at which the chain must fit
 *   since   evidence of the file counts only when it is younger than this; MR_TIME_NONE: however old, as long as it is not stale now
 *   errors  MR_E_CERTIFICATE (broken chain; revoked at `at` or before; no place to ask), MR_E_NET, MR_E_STATE (no source), MR_E_LIMIT, MR_E_NOMEM */
int mr_jades_gather(struct mr_jades_gathering *g, mr_certificate *leaf, int64_t at, int64_t since,
                    struct mr_err *err) MR_MUST_CHECK;
/* Can evidence about a certificate be had: does the file hold some, or does the certificate say where? MR_E_CERTIFICATE when not, MR_E_STATE without a source. */
int mr_jades_check_places(struct mr_jades_gathering *g, const mr_certificate *c, struct mr_err *err) MR_MUST_CHECK;
/* Is the certificate revoked now, as far as can be asked? MR_E_CERTIFICATE when it is; MR_OK also when nobody could be asked. Gathers nothing. */
int mr_jades_ask_revoked(struct mr_jades_gathering *g, mr_certificate *leaf, struct mr_err *err) MR_MUST_CHECK;
bool mr_jades_gathering_has_certificates(const struct mr_jades_gathering *g); /* new ones */
bool mr_jades_gathering_has_evidence(const struct mr_jades_gathering *g);
/* The values of xVals and of rVals, for what is new. */
void mr_jades_put_certificates(mr_buf *out, const struct mr_jades_gathering *g);
void mr_jades_put_evidence(mr_buf *out, const struct mr_jades_gathering *g);

#endif
