/* Awarding: from a specification, a seal and a learner's result to sealed credentials. */
#ifndef MERIT_ISSUE_H
#define MERIT_ISSUE_H

#include <merit/keys.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An issuer holds what is the same for all learners of a specification. */
typedef struct merit_issuer merit_issuer;
/*   specification  a specification file (docs/specification.md), JSON
 *   seal           of the party that seals; must have certificates; borrowed for the life of the issuer
 *   errors         MERIT_E_SPECIFICATION (the message tells the first fault; merit_check tells them all), MERIT_E_INPUT (no JSON), MERIT_E_KEY (no seal) */
MERIT_API merit_code merit_issuer_new(const char *specification, size_t size, const merit_key *seal, merit_issuer **ret,
                                      merit_error *err) MERIT_MUST_CHECK;
MERIT_API void merit_issuer_free(merit_issuer *issuer);

/* The settings; to be made before the first credential, later ones fail with MERIT_E_USAGE. */
/* The seal is not the awarding body's, and its owner has been mandated to seal for it. */
MERIT_API merit_code merit_issuer_set_mandate(merit_issuer *issuer, bool mandate, merit_error *err) MERIT_MUST_CHECK;
/* Draw the certificate into European Digital Credentials; otherwise, as before, they carry a blank page. Needs cairo, pango and qrencode. */
MERIT_API merit_code merit_issuer_set_picture(merit_issuer *issuer, bool picture, merit_error *err) MERIT_MUST_CHECK;
/* Where people verify: printed on the picture as QR code. */
MERIT_API merit_code merit_issuer_set_verify_url(merit_issuer *issuer, const char *url,
                                                 merit_error *err) MERIT_MUST_CHECK;

/* The key that SD-JWT VCs are bound to: only its holder can show them. NULL: as before, to none. Borrowed for the life of the issuer. */
MERIT_API merit_code merit_issuer_set_holder(merit_issuer *issuer, const merit_key *holder,
                                             merit_error *err) MERIT_MUST_CHECK;
/* Sign the formats of VC 2.0 (vc+jwt, vc+sd-jwt, data-integrity, open-badges) with this key, under an identifier that leads to it, instead of with the seal.
 *   id      of the issuer: a DID
 *   method  verification method: a DID URL
 *   key     private; borrowed for the life of the issuer */
MERIT_API merit_code merit_issuer_set_identifier(merit_issuer *issuer, const char *id, const char *method,
                                                 const merit_key *key, merit_error *err) MERIT_MUST_CHECK;

/* A learner's result. Texts may be NULL, but for the name. */
struct merit_achievement {
    size_t size;             /* sizeof(struct merit_achievement) */
    const char *name;        /* the whole name, as it stands in an identity document */
    const char *given_name;  /* the parts, when known */
    const char *family_name; /* */
    const char *birth_date;  /* "1994-03-12" */
    const char *awarded_on;  /* "2026-10-14"; NULL: today */
    const char *grade;       /* as you write it */
    const char *place;       /* of awarding */
    const char *id;          /* a UUID: the credential becomes urn:credential:<id>; NULL: a new one */
    const char *status_list; /* base address of the status list in which it stands (status.h); NULL: in none */
    uint64_t status_index;   /* its entry there */
};

/* Issue a credential.
 *   achievement  what was achieved by whom
 *   format       "elm" (European Digital Credential, sealed as JAdES); "vc+jwt", "vc+sd-jwt", "data-integrity" (VC 2.0 with the ELM subject); "dc+sd-jwt"
 *                (SD-JWT VC for wallets), "eu-learning" (the Commission's Learning Credential; needs a holder); "open-badges"
 *                (Open Badge 3.0 with a Data Integrity proof), "open-badges+jwt" (the same as a token)
 *   ret          the credential, to be stored as it is
 *   errors       MERIT_E_USAGE (no name; no such format), MERIT_E_INPUT (a date that does not exist), MERIT_E_KEY (the certificate is not valid now or may not
 *                seal; the seal is another party's and no mandate was said), MERIT_E_UNSUPPORTED (what this format asks for the specification does not have) */
MERIT_API merit_code merit_issue(merit_issuer *issuer, const struct merit_achievement *achievement, const char *format,
                                 char **ret, size_t *ret_size, merit_error *err) MERIT_MUST_CHECK;
/* The formats by index, from 0; NULL beyond the last. The ending of their files' names (".jsonld"); empty for what is no format. Static. */
MERIT_API const char *merit_format_name(size_t index);
MERIT_API const char *merit_format_ending(const char *format);

#ifdef __cplusplus
}
#endif

#endif
