/* The learner shows what she wants to show: selective disclosure of SD-JWTs (RFC 9901) and of credentials with an ecdsa-sd-2023 base proof. */
#ifndef MERIT_DISCLOSE_H
#define MERIT_DISCLOSE_H

#include <merit/keys.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What can be shown, or left out. */
typedef struct merit_disclosures merit_disclosures;
/* List it.
 *   credential  as the issuer made it, for the holder alone
 *   language    of the names ("da"); NULL: English
 *   errors      MERIT_E_UNSUPPORTED (a credential that is shown whole), MERIT_E_INPUT, MERIT_E_LIMIT */
MERIT_API merit_code merit_disclosures_read(const void *credential, size_t size, const char *language,
                                            merit_disclosures **ret, merit_error *err) MERIT_MUST_CHECK;
MERIT_API void merit_disclosures_free(merit_disclosures *disclosures);
/* One by its index, from 0: the JSON Pointer that chooses it, its name and value in words, and whether it is shown in any case. Beyond the last: empty texts. */
MERIT_API size_t merit_disclosures_count(const merit_disclosures *disclosures);
MERIT_API const char *merit_disclosure_pointer(const merit_disclosures *disclosures, size_t index);
MERIT_API const char *merit_disclosure_name(const merit_disclosures *disclosures, size_t index);
MERIT_API const char *merit_disclosure_value(const merit_disclosures *disclosures, size_t index);
MERIT_API bool merit_disclosure_is_always_shown(const merit_disclosures *disclosures, size_t index);

/* What to show, and to whom. */
struct merit_disclosing {
    size_t size;             /* sizeof(struct merit_disclosing) */
    const char *const *show; /* JSON Pointers; what stands above them comes along */
    size_t show_count;
    bool all; /* show everything */
    const merit_key
        *holder;          /* SD-JWT: the key that the issuer bound it to; NULL: without proof that one is the holder */
    const char *audience; /* with a holder's key: the party that asks, */
    const char *nonce;    /* and its number for this once */
};
/* Make what is handed to that party.
 *   ret     an SD-JWT (with its key binding), or the reduced document with its derived proof
 *   errors  MERIT_E_NOT_FOUND (a pointer that points nowhere), MERIT_E_KEY (not the holder's), MERIT_E_USAGE (a holder's key without audience and
 *           nonce), MERIT_E_UNSUPPORTED, MERIT_E_INPUT, MERIT_E_LIMIT
 *   source  RFC 9901 sections 4.3 and 7.2; W3C Data Integrity ECDSA Cryptosuites 1.0 section 3.5 */
MERIT_API merit_code merit_disclose(const void *credential, size_t size, const struct merit_disclosing *disclosing,
                                    char **ret, size_t *ret_size, merit_error *err) MERIT_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
