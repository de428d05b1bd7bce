/* Is this a complete European micro-credential? Everything that is missing or odd is told at once; whether a seal holds is not asked (verify.h). */
#ifndef MERIT_CHECK_H
#define MERIT_CHECK_H

#include <merit/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A checker keeps what is the same for many documents: contexts, and the official shapes, compiled when first needed. */
typedef struct merit_checker merit_checker;
MERIT_API merit_code merit_checker_new(merit_checker **ret, merit_error *err) MERIT_MUST_CHECK;
MERIT_API void merit_checker_free(merit_checker *checker);
/* Language of all sentences; English before. As merit_verifier_set_language. */
MERIT_API merit_code merit_checker_set_language(merit_checker *checker, const char *tag,
                                                merit_error *err) MERIT_MUST_CHECK;
/* Check as of this moment instead of now: milliseconds since 1970-01-01T00:00:00Z. */
MERIT_API void merit_checker_set_time(merit_checker *checker, int64_t time);

/* What checking found. It is independent of its checker. */
typedef struct merit_findings merit_findings;
/* Check a file: a European Digital Credential, sealed or not; a vc+jwt; a specification; data about opportunities or accreditations. docs/check.md tells more.
 *   errors  MERIT_E_MEMORY, MERIT_E_SYSTEM (a library is not installed); a file that cannot be checked is an answer */
MERIT_API merit_code merit_check(merit_checker *checker, const void *octets, size_t size, merit_findings **ret,
                                 merit_error *err) MERIT_MUST_CHECK;
MERIT_API void merit_findings_free(merit_findings *findings);

/* Is it complete, that is, of a kind that can be checked, and without faults? */
MERIT_API bool merit_findings_is_complete(const merit_findings *findings);
/* "specification", "unsealed", "sealed", "token", "opportunities", "accreditations"; empty for what cannot be checked. Static. */
MERIT_API const char *merit_findings_kind(const merit_findings *findings);
/* How many faults there are; also those beyond the first 200 findings, which alone are told. */
MERIT_API size_t merit_findings_fault_count(const merit_findings *findings);

/* A finding by its index, from 0; beyond the last: MERIT_REMARK and empty texts. */
typedef enum merit_severity {
    MERIT_FAULT = 0,   /* must be mended */
    MERIT_WARNING = 1, /* worth a look */
    MERIT_REMARK = 2   /* worth knowing */
} merit_severity;
MERIT_API size_t merit_findings_count(const merit_findings *findings);
MERIT_API merit_severity merit_finding_severity(const merit_findings *findings, size_t index);
/* Its stable code ("check.duration_months"), the element of Annex I that it concerns (may be empty), where (a JSON Pointer, or the address of a node), and a
 * sentence that says what to do. */
MERIT_API const char *merit_finding_code(const merit_findings *findings, size_t index);
MERIT_API const char *merit_finding_element(const merit_findings *findings, size_t index);
MERIT_API const char *merit_finding_pointer(const merit_findings *findings, size_t index);
MERIT_API const char *merit_finding_text(const merit_findings *findings, size_t index);

/* All of it as one JSON object, as `merit check --json` writes it, and as text for a terminal of 80 columns. Written when first asked for, and
 * then kept.
 *   ret_size  octets without the NUL; may be NULL */
MERIT_API const char *merit_findings_json(merit_findings *findings, size_t *ret_size);
MERIT_API const char *merit_findings_text(merit_findings *findings, size_t *ret_size);

#ifdef __cplusplus
}
#endif

#endif
