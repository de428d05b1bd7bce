/* Open Badges 2.0 and older: what an assertion and the objects around it are, and whether they are well-formed. Documents of versions 0.5, 1.0 and 1.1
 * are upgraded on reading to the words of 2.0, so that everything behind this header knows one form only. Nothing here reaches the network: who fetches
 * what an assertion names is verify_assertion.c. */
#ifndef MR_CREDENTIAL_ASSERTION_H
#define MR_CREDENTIAL_ASSERTION_H

#include "base/time.h"
#include "json/json.h"

#define MR_OB_CONTEXT "https://w3id.org/openbadges/v2"

typedef enum mr_assertion_class {
    MR_OB_NOTHING,
    MR_OB_ASSERTION,
    MR_OB_BADGE_CLASS,
    MR_OB_PROFILE, /* Issuer, Profile */
    MR_OB_ENDORSEMENT,
    MR_OB_KEY, /* CryptographicKey */
    MR_OB_REVOCATION_LIST,
    MR_OB_VERIFICATION,
    MR_OB_IDENTITY,
    MR_OB_EVIDENCE,
    MR_OB_ALIGNMENT,
    MR_OB_CRITERIA,
    MR_OB_IMAGE,
    MR_OB_CLAIM, /* of an endorsement */
    MR_OB_CLASS_COUNT
} mr_assertion_class;
typedef enum mr_assertion_version { MR_OB_NO_VERSION, MR_OB_0_5, MR_OB_1_0, MR_OB_1_1, MR_OB_2_0 } mr_assertion_version;

/* "0.5", "1.0", "1.1", "2.0"; "" for MR_OB_NO_VERSION. */
const char *mr_assertion_version_name(mr_assertion_version v);
/* By its context, else by its shape. Anything that names a context of another kind has MR_OB_NO_VERSION. */
mr_assertion_version mr_assertion_version_of(const mr_json *document);
/* What its type says; MR_OB_NOTHING for an unknown type, or none. */
mr_assertion_class mr_assertion_class_of(const mr_json *object);
/* Is this for the reader of assertions? It names a context of Open Badges 2 or 1, has the type Assertion, or is shaped like a badge of 0.5 or 1.0. */
bool mr_assertion_is(const mr_json *document);

/* The same object in the words of Open Badges 2.0: type and id in place of their older names, verification for verify, dates with a time, alignments
 * with targetName and targetUrl, the objects in it likewise. What is not known is copied as it is.
 *   wanted   what it is read as: it gets this type when it has none
 *   at       where it stands: it gets this id when it has none; may be empty
 *   ret      in `a`
 *   errors   MR_E_FORMAT (no object), MR_E_LIMIT, MR_E_NOMEM */
int mr_assertion_upgrade(mr_arena *a, const mr_json *document, mr_assertion_class wanted, mr_str at,
                         const mr_json **ret, struct mr_err *err) MR_MUST_CHECK;

/* Told of one broken rule.
 *   message  message id, "ob.<rule>"
 *   where    the value, or the object that lacks it
 *   detail   the member or value that it is about; may be empty */
typedef void mr_assertion_tell(void *self, const char *message, const mr_json *where, mr_str detail);
/* Every rule for an upgraded object and those that lie in it.
 *   source   Open Badges 2.0, sections "Data Model" and "Extensions", as 1EdTech's validator asks them */
void mr_assertion_check(const mr_json *object, mr_assertion_class wanted, mr_assertion_tell *tell, void *self);
/* The context of a document as it stands, before upgrading: "ob.context" when it names none of Open Badges; older ones need none. */
void mr_assertion_check_context(const mr_json *document, mr_assertion_tell *tell, void *self);
/* The extensions of one object (assertion_extension.c). */
void mr_assertion_check_extensions(const mr_json *object, mr_assertion_tell *tell, void *self);
/* Is what was told no fault that makes a badge invalid, but good to know? "ob.expected", "ob.extension_unknown". */
bool mr_assertion_is_remark(const char *message);

/* ---- asking an upgraded object ---- */

/* The extension of this name ("ECTSExtension"), or NULL. */
const mr_json *mr_assertion_extension(const mr_json *object, const char *name);
/* A date of Open Badges: ISO 8601, a day alone, or seconds since 1970. end: a day alone means its last second. False: no such thing. */
bool mr_assertion_time(const mr_json *value, bool end, int64_t *ret);
/* The id of a text, or of an object that has one; empty when there is none. */
mr_str mr_assertion_id(const mr_json *value);
bool mr_assertion_is_web(mr_str url);                  /* http or https, with a host */
mr_str mr_assertion_host(mr_str url);                  /* "example.org:8443"; empty when it is no web address */
bool mr_assertion_same_address(mr_str a, mr_str b);    /* the same but for http and https */
bool mr_assertion_is_signed(const mr_json *assertion); /* its verification says "signed" */

/* May an assertion with this id be of this issuer? By the issuer's verification (startsWith, allowedOrigins), else by its host.
 *   issuer      upgraded Profile
 *   issuer_id   where it stands
 *   source      Open Badges 2.0, VerificationObject */
bool mr_assertion_in_scope(const mr_json *issuer, mr_str issuer_id, mr_str id);

/* Whom it is about. */
typedef enum mr_recipient_match {
    MR_RECIPIENT_SAME,
    MR_RECIPIENT_OTHER,
    MR_RECIPIENT_UNKNOWN_HASH /* the identity is hashed in a way that is not known */
} mr_recipient_match;
/* Is this the identity that a recipient (IdentityObject) holds, perhaps as a hash with its salt? Case counts not. */
mr_recipient_match mr_assertion_match(mr_arena *a, const mr_json *recipient, mr_str identity);

#endif
