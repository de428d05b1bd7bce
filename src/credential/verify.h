/* Verifying: sniff, extract, parse, format, seal, issuer, trust, status, dates, holder, quality, completeness, report (DESIGN section 4).
 * A verdict is a result, not an error: there is always a report. */
#ifndef MR_CREDENTIAL_VERIFY_H
#define MR_CREDENTIAL_VERIFY_H

#include "base/fetch.h"
#include "credential/endorsement.h"
#include "credential/trust.h"
#include "credential/view.h"
#include "proof/step.h"

/* Checks in the order of the report. */
typedef enum mr_check_code {
    MR_CHECK_FORMAT,
    MR_CHECK_SEAL,
    MR_CHECK_ISSUER,
    MR_CHECK_TRUST,
    MR_CHECK_STATUS,
    MR_CHECK_DATES,
    MR_CHECK_HOLDER,
    MR_CHECK_QUALITY,
    MR_CHECK_COMPLETENESS,
    MR_CHECK_COUNT
} mr_check_code;
/* Sub-checks of the seal. */
typedef enum mr_seal_check {
    MR_SEAL_SIGNATURE,
    MR_SEAL_CONTENT_TIME,
    MR_SEAL_SIGNATURE_TIME,
    MR_SEAL_ARCHIVE_TIME,
    MR_SEAL_REVOCATION_EVIDENCE,
    MR_SEAL_CHECK_COUNT
} mr_seal_check;
const char *mr_check_name(mr_check_code c);      /* "format" ... */
const char *mr_seal_check_name(mr_seal_check c); /* "signature" ... */

typedef enum mr_verdict { MR_VERDICT_VALID, MR_VERDICT_INVALID, MR_VERDICT_UNKNOWN, MR_VERDICT_CAUTION } mr_verdict;
const char *mr_verdict_name(mr_verdict v); /* "valid" ... */
int mr_verdict_exit(mr_verdict v);         /* 0, 1, 3, 4 */
mr_verdict mr_verdict_worse(mr_verdict a, mr_verdict b);

enum { MR_VERIFY_REMARKS = 12 };

struct mr_check {
    mr_state state;
    bool claimed;  /* false: not reached, because format or seal failed; not shown as a check that ran */
    mr_str text;   /* one sentence in the reader's language */
    mr_str detail; /* for experts; may be empty */
    mr_str source; /* "the file", "certificate", ... in the reader's language; may be empty */
    int64_t at;    /* when it was checked, or the time it is about */
};
/* What somebody else says of it, and what is to be thought of that. */
struct mr_told_endorsement {
    struct mr_endorsement endorsement;
    mr_str text, why; /* in the reader's language; why: when its seal does not hold or could not be checked */
};
/* A credential inside a learner record, or a file inside an archive, that is reported on. */
struct mr_contained {
    mr_str file;          /* its name in the archive; empty in a record */
    mr_str title, issuer; /* as it says when its seal holds, or as the record says; may be empty */
    bool sealed;          /* it has a seal of its own; false: the record's issuer alone stands for it */
    bool judged;          /* it has a verdict of its own; false: as above, or a file that is no credential */
    mr_verdict verdict;   /* that */
    mr_str summary;       /* one sentence in the reader's language */
};
typedef struct mr_report {
    mr_verdict verdict;
    bool is_credential;      /* false: a readable file that is no credential */
    mr_str summary;          /* "Genuine and current" in the reader's language */
    mr_str story;            /* who awarded what to whom when; empty when nothing is claimed */
    mr_str format;           /* "European Digital Credential (ELM 3, JAdES-LTA)"; for people */
    const char *format_code; /* "elm+jades", "vc+jwt", "" */
    bool suspended;          /* the status check failed for a suspension, which may end */
    bool test_seal;          /* sealed by a test authority of Merit's */
    bool hosted;             /* an Open Badge without a seal: its publisher's site is what vouches for it */
    struct mr_check checks[MR_CHECK_COUNT];
    struct mr_check seal_checks[MR_SEAL_CHECK_COUNT];
    mr_str remarks[MR_VERIFY_REMARKS]; /* what else was noticed, in the reader's language */
    size_t remark_count;
    size_t missing[MR_ELEMENT_COUNT]; /* mandatory elements without an answer */
    size_t missing_count;
    struct mr_told_endorsement *endorsements; /* never a part of the verdict */
    size_t endorsement_count;
    bool unsealed; /* a credential that nothing seals: the seal check failed for that and no other reason */
    bool has_view; /* the seal holds: view may be shown */
    mr_view view;
    mr_str document; /* the credential's JSON as sealed, when has_view */
    bool is_archive; /* about what is in it: the verdict is the worst of them */
    struct mr_contained
        *contents;       /* of a learner record or archive: what is in it, each verified on its own; in the arena */
    size_t content_over; /* files of an archive that were not looked at */
    size_t content_count, content_failures; /* failures: seals that do not hold, keys of others, withdrawn ones */
    mr_str code; /* of a picture that is no credential: what the QR code in it says, as it is; empty: none was read */
    int64_t checked_at;
} mr_report;

/* A verifier keeps what is the same for many files (anchors, results of chains). One per thread. */
typedef struct mr_verifier mr_verifier;
struct mr_verifying {
    const mr_trust *trust; /* borrowed; may be empty */
    const mr_env *env;
    const mr_language *language;
    const mr_fetch
        *fetch; /* status lists, did:web, issuer metadata; NULL: the network is not asked, and the report says so */
    mr_str audience, nonce; /* that a presentation must be for; empty: not asked for */
    bool archives;          /* open ZIP archives and tell of each file in them; false: an archive is no credential */
    mr_str
        recipient; /* whom a badge of Open Badges 2 or older must be about, its e-mail address mostly; empty: not asked for */
};
int mr_verifier_open(const struct mr_verifying *v, mr_verifier **ret, struct mr_err *err) MR_MUST_CHECK;
void mr_verifier_close(mr_verifier *v);
/* What was compiled of vocabularies for an earlier verifier's files spares the next one the work. Take it before closing (NULL: nothing was compiled), give it after
 * opening, before the first file; it belongs to whoever has it (rdf/context.h, mr_contexts_close). */
struct mr_contexts *mr_verifier_take_contexts(mr_verifier *v);
void mr_verifier_give_contexts(mr_verifier *v, struct mr_contexts *contexts);
void mr_verifier_set_language(mr_verifier *v, const mr_language *l);
/* Asks the network for MR_LIMIT_VERIFY_FETCHES documents at most, and begins with none after MR_LIMIT_VERIFY_MS.
 *   file    the octets, whatever they are
 *   ret     always filled; its texts live in `a` or point into `file`
 *   errors  MR_E_NOMEM only */
int mr_verify(mr_verifier *v, mr_arena *a, mr_str file, mr_report *ret, struct mr_err *err) MR_MUST_CHECK;

/* How many files mr_verify looks at in this one, when archives are opened: 1, or those of an archive, MR_LIMIT_VERIFY_ARCHIVE at most. Nothing is unpacked. */
size_t mr_verify_count(mr_str file);

/* What the checks of a report amount to: the first of invalid, unknown, caution, valid that fits (DESIGN section 4). */
mr_verdict mr_report_verdict(const mr_report *r);
/* The report as one JSON object (DESIGN section 4), without line break. */
void mr_report_write_json(const mr_report *r, const mr_language *l, mr_str file_name, mr_buf *out);
/* Message that stands above `contents`: of an archive, also of one without any credential, or of a learner record. */
const char *mr_report_contents_heading(const mr_report *r);
/* The report for a terminal; colour: ANSI colours. */
void mr_report_write_text(const mr_report *r, const mr_language *l, mr_str file_name, bool colour, mr_buf *out);

#endif
