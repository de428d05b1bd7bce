/* What a listed service was on a day, and what that makes of a seal: qualified or not (eIDAS; ETSI TS 119 615, EN 319 412-5). */
#ifndef MR_CREDENTIAL_QUALIFICATION_H
#define MR_CREDENTIAL_QUALIFICATION_H

#include "crypto/certificate.h"
#include "json/json.h"

/* What a seal is worth in European law. */
typedef enum mr_standing {
    MR_STANDING_UNDECIDED,          /* no list that could decide is here */
    MR_STANDING_ADVANCED,           /* an advanced seal; its certificate is not a qualified one for seals */
    MR_STANDING_ADVANCED_QUALIFIED, /* an advanced seal with a qualified certificate; the key is in no certified device */
    MR_STANDING_QUALIFIED,          /* a qualified seal */
} mr_standing;
const char *
mr_standing_name(mr_standing s); /* "undecided", "advanced", "advanced_qualified_certificate", "qualified" */

/* A service (credential/trust_cache.h) at a time. */
struct mr_service_state {
    const mr_json *state; /* NULL: it was not on the list yet */
    mr_str type, status;  /* URIs; status may be empty: being on the list is all there is to it */
    int64_t since;        /* of this status, or MR_TIME_NONE */
};
struct mr_service_state mr_service_at(const mr_json *service, int64_t at);
/* Since when it is no longer what it was at `at`: the start of the state that follows; MR_TIME_NONE when nothing follows. */
int64_t mr_service_until(const mr_json *service, int64_t at);
/* Does the service vouch for seals (or issue attestations), by its kind? By its status? */
bool mr_service_is_for_seals(const struct mr_service_state *s);
bool mr_service_is_for_time_stamps(const struct mr_service_state *s);
bool mr_service_is_active(const struct mr_service_state *s);
/* Does it have this very certificate? */
bool mr_service_has_certificate(const mr_json *service, mr_arena *a, const mr_certificate *c);

/* What a seal under `leaf`, issued under the service, was worth at `at`.
 *   ret_why  constant text for experts; NULL for a qualified seal
 *   source   TS 119 615 4.4 and 4.5, as far as seals need it: the service at the time of issue and at `at`, QcStatements, and what the list's qualifiers
 *            say instead */
mr_standing mr_standing_of(const mr_certificate *leaf, const mr_json *service, int64_t at, const char **ret_why);

#endif
