/* Is a credential genuine, current and complete? Verifying reads anything and always ends in a report. */
#ifndef MERIT_VERIFY_H
#define MERIT_VERIFY_H

#include <merit/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A verifier keeps what is the same for many credentials: whom you trust, chains of certificates, contexts. */
typedef struct merit_verifier merit_verifier;
MERIT_API merit_code merit_verifier_new(merit_verifier **ret, merit_error *err) MERIT_MUST_CHECK;
MERIT_API void merit_verifier_free(merit_verifier *verifier);

/* Language of all sentences; English before.
 *   tag     ISO 639-1, also with a region: "da", "da-DK"
 *   errors  MERIT_E_NOT_FOUND: Merit does not speak it; the language stays as it was */
MERIT_API merit_code merit_verifier_set_language(merit_verifier *verifier, const char *tag,
                                                 merit_error *err) MERIT_MUST_CHECK;
/* Let the authorities of these certificates vouch for seals: trust anchors. Without any, who vouches for a seal is a check that could not be made.
 *   pem     certificates in PEM, one or more; added to those before
 *   errors  MERIT_E_INPUT (no certificate in it), MERIT_E_LIMIT (more than 4,096 in all) */
MERIT_API merit_code merit_verifier_trust(merit_verifier *verifier, const char *pem, size_t size,
                                          merit_error *err) MERIT_MUST_CHECK;
/* The same for every *.pem file of a folder; and every issuer in its *.json files is known by name: [{"id": a DID, URL or organizationIdentifier, "name": ...,
 * "withdrawn": URL of its list of withdrawn European Digital Credentials}]. Errors also: MERIT_E_NOT_FOUND, MERIT_E_SYSTEM. */
MERIT_API merit_code merit_verifier_trust_folder(merit_verifier *verifier, const char *folder,
                                                 merit_error *err) MERIT_MUST_CHECK;
/* Ask the network, through this function, for status lists and for keys that stand under an address (did:web). NULL: as before, ask nothing. */
MERIT_API void merit_verifier_set_fetch(merit_verifier *verifier, merit_fetch *fetch, void *self);
/* Verify as of this moment instead of now: milliseconds since 1970-01-01T00:00:00Z. */
MERIT_API void merit_verifier_set_time(merit_verifier *verifier, int64_t time);
/* What a presentation must have been made for, so that it cannot be shown to somebody else or twice: audience (or domain) and nonce (or challenge). NULL or
 * empty: not compared. */
MERIT_API merit_code merit_verifier_expect(merit_verifier *verifier, const char *audience, const char *nonce,
                                           merit_error *err) MERIT_MUST_CHECK;

/* What verifying found. It is independent of its verifier, which may be freed first. */
typedef struct merit_report merit_report;
/* Verify a file, whatever it is.
 *   octets  as read; borrowed for the call
 *   ret     a report in every case but an error; free it
 *   errors  MERIT_E_MEMORY only */
MERIT_API merit_code merit_verify(merit_verifier *verifier, const void *octets, size_t size, merit_report **ret,
                                  merit_error *err) MERIT_MUST_CHECK;
MERIT_API void merit_report_free(merit_report *report);

/* The verdict: the first that fits. */
typedef enum merit_verdict {
    MERIT_VALID = 0,   /* genuine and current */
    MERIT_INVALID = 1, /* changed, revoked, somebody else's, or no credential at all */
    MERIT_UNKNOWN = 3, /* whom to trust, or its status, could not be checked */
    MERIT_CAUTION = 4  /* expired, not yet valid, suspended, incomplete ... */
} merit_verdict;
MERIT_API merit_verdict merit_report_verdict(const merit_report *report);
/* "valid", "invalid", "unknown", "caution". Static. */
MERIT_API const char *merit_verdict_name(merit_verdict verdict);

/* For people: the verdict in words; who awarded what to whom when (empty when nothing can be claimed); what kind of file it is. For programs: the kind as a code
 * ("elm+jades", "vc+jwt"; empty for what is no credential). */
MERIT_API const char *merit_report_summary(const merit_report *report);
MERIT_API const char *merit_report_story(const merit_report *report);
MERIT_API const char *merit_report_format(const merit_report *report);
MERIT_API const char *merit_report_format_code(const merit_report *report);

/* One check of the report. */
typedef struct merit_check_result merit_check_result;
typedef enum merit_state {
    MERIT_UNCHECKED = 0, /* could not be checked: never a pass */
    MERIT_PASSED = 1,
    MERIT_FAILED = 2,
    MERIT_NOT_APPLICABLE = 3
} merit_state;
/* "passed", "failed", "unchecked", "not_applicable". Static. */
MERIT_API const char *merit_state_name(merit_state state);
/* The checks in their order: format, seal, issuer, trust, status, dates, holder, quality, completeness; those that were not reached, because format or seal
 * failed, are left out.
 *   index    from 0; NULL beyond the last */
MERIT_API size_t merit_report_check_count(const merit_report *report);
MERIT_API const merit_check_result *merit_report_check(const merit_report *report, size_t index);
/* The check with this code, or NULL. */
MERIT_API const merit_check_result *merit_report_find_check(const merit_report *report, const char *code);
/* Its stable code ("trust"), its state, its sentence in the language of the verifier, details for experts, who says so; the last two may be empty. */
MERIT_API const char *merit_check_result_code(const merit_check_result *check);
MERIT_API merit_state merit_check_result_state(const merit_check_result *check);
MERIT_API const char *merit_check_result_text(const merit_check_result *check);
MERIT_API const char *merit_check_result_detail(const merit_check_result *check);
MERIT_API const char *merit_check_result_source(const merit_check_result *check);
/* When it was checked, or the moment that it is about: milliseconds since 1970; INT64_MIN when there is none. */
MERIT_API int64_t merit_check_result_time(const merit_check_result *check);
/* The checks inside it: of `seal` those of signature and time-stamps; the others have none. */
MERIT_API size_t merit_check_result_count(const merit_check_result *check);
MERIT_API const merit_check_result *merit_check_result_at(const merit_check_result *check, size_t index);

/* What the credential says, when its seal holds: each element of Annex I, mandatory ones first.
 *   code    "title", "learning_outcomes" ... (docs/specification.md)
 *   values  as the document has them, in the best language for the reader; none: not answered */
MERIT_API size_t merit_report_element_count(const merit_report *report);
MERIT_API const char *merit_report_element_code(const merit_report *report, size_t index);
MERIT_API const char *merit_report_element_label(const merit_report *report, size_t index);
MERIT_API size_t merit_report_value_count(const merit_report *report, size_t index);
MERIT_API const char *merit_report_value(const merit_report *report, size_t index, size_t value);

/* The whole report as one JSON object, as `merit verify --json` writes it; the credential as it was sealed, empty unless the seal holds; and the report as
 * text for a terminal of 80 columns. Written when first asked for, and then kept.
 *   ret_size  octets without the NUL; may be NULL */
MERIT_API const char *merit_report_json(merit_report *report, size_t *ret_size);
MERIT_API const char *merit_report_document(merit_report *report, size_t *ret_size);
MERIT_API const char *merit_report_text(merit_report *report, size_t *ret_size);

#ifdef __cplusplus
}
#endif

#endif
