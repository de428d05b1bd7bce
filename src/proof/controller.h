/* Whose key is it? Verification methods, and the documents that say what each may be used for (W3C Controlled Identifiers 1.0; did:key, did:jwk,
 * did:web; SD-JWT VC issuer metadata). */
#ifndef MR_PROOF_CONTROLLER_H
#define MR_PROOF_CONTROLLER_H

#include "base/fetch.h"
#include "crypto/key.h"
#include "json/json.h"
#include "proof/step.h"

/* Verification relationships (Controlled Identifiers 1.0 section 2.3). */
typedef enum mr_relationship {
    MR_ASSERTION_METHOD,
    MR_AUTHENTICATION,
    MR_KEY_AGREEMENT,
    MR_CAPABILITY_INVOCATION,
    MR_CAPABILITY_DELEGATION,
    MR_RELATIONSHIP_COUNT
} mr_relationship;
const char *mr_relationship_name(mr_relationship r); /* "assertionMethod" ... */
/* MR_RELATIONSHIP_COUNT for anything else. */
mr_relationship mr_relationship_find(mr_str name);

/* A verification method that was found, or why not. */
struct mr_method {
    mr_key *key;              /* NULL when none was found; the caller frees */
    mr_str id;                /* absolute; in the arena */
    mr_str controller;        /* the party that the key speaks for; in the arena */
    int64_t expires, revoked; /* of the method, MR_TIME_NONE when it does not say */
    bool fetched;             /* it came over the network now (did:web, a URL), not out of the identifier itself */
    /* PASSED "key.found" with a key. UNCHECKED: "key.not_asked" (network off; detail: the URL), "key.unreachable", "key.unknown_method" (of DIDs),
     * "key.unknown_kind" (detail: its name). FAILED: "key.document" (malformed), "key.other_id" (the document is another's), "key.absent",
     * "key.relationship" (not for this use), "key.controller" (somebody else's). */
    struct mr_step why;
};

/* The step of a method at a time: its `why`; where that is PASSED, FAILED "key.revoked" or "key.expired" when it may no longer be used at `now`, with
 * the time since when. Whoever verifies with a key asks this. */
struct mr_step mr_method_state(const struct mr_method *m, int64_t now);

/* Where keys come from. */
struct mr_key_source {
    /*   method  a DID URL or URL with a fragment, as a proof or kid names it
     *   errors  MR_E_NOMEM only; everything else is in ret->why */
    int (*find)(void *self, mr_arena *a, mr_str method, mr_relationship use, struct mr_method *ret, struct mr_err *err);
    void *self;
};

/* The usual source: identifiers that hold their key, and, through `fetch`, those that name a document. */
struct mr_resolver {
    const mr_fetch *fetch; /* NULL: no network; then did:web and URLs are UNCHECKED "key.not_asked" */
};
/* As `find` of a source; self is a struct mr_resolver. */
int mr_controller_find(void *self, mr_arena *a, mr_str method, mr_relationship use, struct mr_method *ret,
                       struct mr_err *err) MR_MUST_CHECK;

/* The same in a document that was had from elsewhere (a registry of identifiers), JSON text: its id must be that of the method.
 *   errors  MR_E_NOMEM only; everything else is in ret->why */
int mr_controller_find_in(mr_arena *a, mr_str document, mr_str method, mr_relationship use, struct mr_method *ret,
                          struct mr_err *err) MR_MUST_CHECK;

/* The document of a DID or https URL, as JSON text: fetched, or made from what the identifier holds.
 *   errors  MR_E_FORMAT (no such identifier, no document, or one with another id), MR_E_UNSUPPORTED (another DID method; a kind of key without a name),
 *           MR_E_NET (also: larger than MR_LIMIT_CONTROLLER), MR_E_STATE (fetch is needed and NULL), MR_E_NOMEM */
int mr_controller_resolve(mr_arena *a, mr_str id, const mr_fetch *fetch, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;
/* did:key of a public key; did:jwk likewise. Appended. */
void mr_did_key_put(const mr_key *k, mr_buf *out);
void mr_did_jwk_put(const mr_key *k, mr_buf *out);
/* The URL of a did:web document. Errors: MR_E_FORMAT. */
int mr_did_web_url(mr_arena *a, mr_str did, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;
/* Where an issuer's metadata stands: https://host/.well-known/jwt-vc-issuer/path of https://host/path (SD-JWT VC section 4). Errors: MR_E_FORMAT (no https
 * URL, or one with a query or fragment), MR_E_NOMEM. */
int mr_jwt_vc_issuer_url(mr_arena *a, mr_str iss, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;
/* The key of an SD-JWT VC's issuer by its https metadata (SD-JWT VC section 4): .well-known/jwt-vc-issuer, jwks or jwks_uri, `issuer` equal to iss.
 * As mr_controller_find: ret->id is iss and kid, ret->controller is iss. */
int mr_jwt_vc_issuer_find(mr_arena *a, mr_str iss, mr_str kid, const mr_fetch *fetch, struct mr_method *ret,
                          struct mr_err *err) MR_MUST_CHECK;

#endif
