/* What the files of verification know of each other. Only for verify*.c and endorsement.c. */
#ifndef MR_CREDENTIAL_VERIFY_INSIDE_H
#define MR_CREDENTIAL_VERIFY_INSIDE_H

#include "credential/accreditation_chain.h"
#include "credential/elm.h"
#include "credential/presentation.h"
#include "credential/secured.h"
#include "credential/sniff.h"
#include "credential/verify.h"

#define MR_VERIFY_CHAINS 32
#define MR_VERIFY_LISTED 256 /* certificates of trusted lists kept at hand */
#define MR_VERIFY_CLOCK_SKEW_MS ((int64_t)5 * 60 * 1000)

/* What is known of a certificate: the same for every file that it seals. */
struct mr_known_chain {
    bool used;
    uint8_t leaf[32]; /* SHA-256 of its DER */
    uint8_t pool[32]; /* of all certificates beside it, in their order: others may lead further */
    int64_t from, until;
    mr_chain_state state;
    const char *why;
    mr_certificate *anchor; /* shared; NULL when none was reached */
    bool is_test, expired;  /* expired: broken by that */
};
/* What one verification may still ask of the network: a file can name many places, and each may be slow. */
struct mr_fetch_budget {
    const mr_fetch *fetch; /* the verifier's own; NULL: network off */
    const mr_env *env;
    size_t left;
    int64_t until;
};
struct mr_verifier {
    struct mr_verifying v; /* v.fetch is `counted`, or NULL */
    struct mr_fetch_budget budget;
    mr_fetch counted;
    mr_contexts *contexts; /* opened when the first document asks for linked data */
    struct mr_resolver resolver;
    struct mr_registry_keys registry; /* over the resolver */
    struct mr_known_chain chains[MR_VERIFY_CHAINS];
    size_t next;
    mr_arena keep;            /* of what follows */
    mr_certificate **anchors; /* those of v.trust, and behind them those found in its lists for the files so far */
    size_t anchor_count;
};

/* One verification. */
struct mr_verification {
    mr_verifier *v;
    mr_arena *a;
    const mr_language *l;
    mr_report *r;
    int64_t now;
    bool lists_broken; /* a trusted list that was asked could not be read */
    bool damaged;      /* begins like a credential, cannot be read */
    bool contained;    /* in a learner record: what is in it is not opened any more */
    bool presented;    /* in a presentation by the holder of the key that the credential is about */
    mr_str unpacked;   /* of an archive: what its contents amount to */
    mr_str beside;     /* a sentence that nobody may miss: told with the story, whatever the verdict */
};

/* What a reader found out about the proof of a document. */
struct mr_found {
    const mr_json *payload; /* of payload_text; NULL: not read yet */
    mr_str payload_text;
    mr_certificate *certificate; /* borrowed; NULL when the seal has none */
    const char *purpose_why;     /* why it may not seal, or NULL */
    struct mr_known_chain chain; /* borrowed from the verifier, or of this file */
    int64_t claimed_time;        /* of sealing, or MR_TIME_NONE */
    int64_t proven_time;         /* of sealing, by a time-stamp, or MR_TIME_NONE */
    int64_t vouched_time;        /* the same, by a time-stamp whose authority leads to an anchor */
    bool key_only;               /* a bare key, which nothing binds to anybody */
    bool is_elm;                 /* an ELM document, whose issuer a certificate names by its organizationIdentifier */
    mr_str issuer_id;            /* as the document or token names its issuer; may be empty */
    const mr_secured *secured;   /* NULL: JAdES */
};

/* ---- verify.c ---- */

/* A text, whatever it was found in (a file, a picture, a PDF), of the kind that mr_sniff found: on to the reader that fits. */
int mr_verify_text(struct mr_verification *w, mr_sniffed kind, mr_str text, struct mr_err *err) MR_MUST_CHECK;

/* ---- verify_report.c ---- */

/* Fill a check, which then counts as made. */
struct mr_check *mr_verify_claim(struct mr_verification *w, mr_check_code code, mr_state state, mr_str text);
struct mr_check *mr_verify_claim_id(struct mr_verification *w, mr_check_code code, mr_state state, const char *id);
mr_str mr_verify_say(const struct mr_verification *w, const char *id);
mr_str mr_verify_say_with(const struct mr_verification *w, const char *id, const char *name, mr_str value);
/* "code: message (detail) at pointer or byte", for experts. */
mr_str mr_verify_describe(struct mr_verification *w, const struct mr_err *e);
/* Tell it beside the checks, while there is room. */
void mr_verify_remark(struct mr_verification *w, mr_str text);
/* The file is not what it must be: the end. */
int mr_verify_not_the_form(struct mr_verification *w, const char *id, const struct mr_err *e, bool is_credential);
void mr_verify_pass_format(struct mr_verification *w, const char *code, mr_str name, const char *id);
int mr_verify_refuse_json(struct mr_verification *w, mr_str text, const struct mr_err *e);
/* Format of an ELM payload whose seal holds, and its view. *ret false: refused, said so. */
int mr_verify_read_elm(struct mr_verification *w, struct mr_found *f, mr_elm_kind *ret_kind, bool *ret,
                       struct mr_err *err) MR_MUST_CHECK;
/* "European Digital Credential (JAdES-T)". */
mr_str mr_verify_name(struct mr_verification *w, mr_elm_kind kind, mr_str seal);

/* ---- verify_checks.c ---- */

/* Is one of them of a test authority of Merit's? */
bool mr_verify_any_is_test(mr_certificate *const *certificates, size_t count);
/* What will be remembered of a chain. */
struct mr_known_chain mr_verify_know_chain(const mr_certificate *leaf, const struct mr_chain *chain, bool is_test);
/* Find further anchors in the trusted lists, for chains of these certificates: *ret_more tells whether there were any. */
int mr_verify_collect_anchors(struct mr_verification *w, mr_certificate *const *certificates, size_t count,
                              bool *ret_more, struct mr_err *err) MR_MUST_CHECK;
/* The chain of a token's certificate, remembered. */
int mr_verify_build_chain(struct mr_verification *w, mr_certificate *leaf, mr_certificate *const *pool, size_t count,
                          struct mr_known_chain *ret, struct mr_err *err) MR_MUST_CHECK;
/* The seal holds, the payload has its form: make every further check. */
int mr_verify_judge(struct mr_verification *w, const struct mr_found *f, struct mr_err *err) MR_MUST_CHECK;
/* Of these only the checks of what it says: dates, holder, quality, completeness. */
int mr_verify_judge_content(struct mr_verification *w, const struct mr_found *f, struct mr_err *err) MR_MUST_CHECK;

/* ---- verify_trust.c ---- */

/* Who vouches for the issuer, on the day of the seal. */
/* What is shown of the issuer begins with the name that somebody vouches for; its own word comes behind it. */
void mr_verify_certify_names(struct mr_verification *w, mr_str name);
/* Of an identifier that is confirmed to be the issuer's, as of the day of awarding. */
int mr_verify_trust_identifier(struct mr_verification *w, const struct mr_found *f, mr_str id,
                               struct mr_err *err) MR_MUST_CHECK;
int mr_verify_trust(struct mr_verification *w, const struct mr_found *f, struct mr_err *err) MR_MUST_CHECK;

/* ---- verify_quality.c ---- */

/* What assures the quality: the accreditations that the credential claims, held against signed records. */
int mr_verify_quality(struct mr_verification *w, const struct mr_found *f, struct mr_err *err) MR_MUST_CHECK;

/* ---- the readers, one a mechanism; each ends in a report ---- */

/* European Digital Credentials; root NULL: a compact token. */
int mr_verify_jades(struct mr_verification *w, mr_str text, const mr_json *root, struct mr_err *err) MR_MUST_CHECK;
/* How secured documents are opened; contexts are NULL without memory for them. */
struct mr_opening mr_verify_opening(struct mr_verification *w);
/* A document that was opened: its seal, and if it holds all else. */
int mr_verify_opened(struct mr_verification *w, const mr_secured *s, struct mr_err *err) MR_MUST_CHECK;
/* A presentation whose own proof holds: what it wraps. */
int mr_verify_presentation(struct mr_verification *w, const mr_secured *presentation, struct mr_err *err) MR_MUST_CHECK;
/* A picture (PNG or SVG): what is baked into it. */
int mr_verify_picture(struct mr_verification *w, mr_str picture, struct mr_err *err) MR_MUST_CHECK;
/* Any other picture: no credential; what a QR code in it says is told. */
int mr_verify_photograph(struct mr_verification *w, mr_str picture, struct mr_err *err) MR_MUST_CHECK;
/* A ZIP archive: each file in it. */
int mr_verify_archive(struct mr_verification *w, mr_str archive, struct mr_err *err) MR_MUST_CHECK;
/* A PDF: what is attached to it. */
int mr_verify_pdf(struct mr_verification *w, mr_str pdf, struct mr_err *err) MR_MUST_CHECK;
/* Is it signed by statements, and defines words of its own? Then what its words say is not what was signed. */
bool mr_verify_may_mean_something_else(const mr_secured *s);
/* What others say of a badge whose seal holds: told, and no part of the verdict. */
int mr_verify_endorsements(struct mr_verification *w, const mr_json *badge, struct mr_err *err) MR_MUST_CHECK;
/* Open Badges 2.0 and older: an assertion as JSON, a token that holds one, the address where one stands (a picture may hold no more). */
int mr_verify_assertion(struct mr_verification *w, mr_str text, const mr_json *root, struct mr_err *err) MR_MUST_CHECK;
bool mr_verify_is_signed_assertion(struct mr_verification *w, mr_str text);
int mr_verify_signed_assertion(struct mr_verification *w, mr_str text, struct mr_err *err) MR_MUST_CHECK;
int mr_verify_assertion_url(struct mr_verification *w, mr_str url, struct mr_err *err) MR_MUST_CHECK;
/* A learner record whose own seal holds: every credential in it, one by one. Nothing for any other document. */
int mr_verify_record(struct mr_verification *w, const mr_secured *record, struct mr_err *err) MR_MUST_CHECK;
/* The summary of a report whose verdict is there (verify.c). */
mr_str mr_verify_summarise(const struct mr_verification *w);
/* One of several credentials of a presentation or record, into w->r (verify_presentation.c). */
int mr_verify_one(struct mr_verification *w, const struct mr_presented *p, struct mr_err *err) MR_MUST_CHECK;
/* Data Integrity, JOSE, SD-JWT; root NULL: a token. */
int mr_verify_secured(struct mr_verification *w, mr_str text, const mr_json *root, struct mr_err *err) MR_MUST_CHECK;

#endif
