/* Signing keys of an installation, for proofs that name a key by an identifier (Data Integrity, vc+jwt, SD-JWT): beside its seals, which come with
 * certificates.
 *
 * The data folder holds them in keys/: one encrypted file each (as seals are), and index.json, which says for each whose key it is and holds its public
 * part, so that what is published about keys needs no password. A key that was replaced stays in the index and in the documents, because what it
 * signed is still to be verified. */
#ifndef MR_SERVICE_KEYS_H
#define MR_SERVICE_KEYS_H

#include "base/limits.h"
#include "crypto/key.h"
#include "service/service.h"

struct mr_signing_key {
    mr_str name;      /* a current key and those that it replaced have one name */
    mr_str did;       /* did:key of the key itself, or did:web */
    mr_str method;    /* DID URL of its verification method as a Multikey: for Data Integrity proofs */
    mr_str kid;       /* and as a JsonWebKey: for JOSE; of a did:key the same */
    mr_str multibase; /* publicKeyMultibase */
    mr_str jwk;       /* public, JSON text, members as mr_key_write_jwk writes them */
    mr_str file;      /* in keys/ */
    mr_key_kind kind;
    int64_t created, replaced; /* MR_TIME_NONE: current */
};
static inline bool mr_signing_key_is_current(const struct mr_signing_key *k)
{
    return k->replaced == MR_TIME_NONE;
}

struct mr_keys {
    mr_service *service;          /* borrowed */
    mr_arena *a;                  /* borrowed; holds all texts */
    struct mr_signing_key *items; /* in the order in which they were made */
    size_t count;
};

/* Read the index; without one there are no keys. Errors: MR_E_FORMAT, MR_E_IO, MR_E_LIMIT, MR_E_NOMEM. */
int mr_keys_open(mr_service *s, mr_arena *a, struct mr_keys *ret, struct mr_err *err) MR_MUST_CHECK;
/* The current key of this name; name empty: the only current key there is. NULL when there is none, or nothing decides. */
const struct mr_signing_key *mr_keys_find(const struct mr_keys *keys, mr_str name);
/* Its private key; freed by the caller. Errors: MR_E_PASSWORD, MR_E_NOT_FOUND, MR_E_IO, MR_E_FORMAT (also: the file holds another key). */
int mr_keys_load(const struct mr_keys *keys, const struct mr_signing_key *key, mr_key **ret,
                 struct mr_err *err) MR_MUST_CHECK;

/* Make a key. The index is read anew first; one process at a time changes it.
 *   name    small letters, digits and hyphens, at most 64
 *   did     a did:web that the provider publishes; empty: the did:key of the key
 *   ret     in keys->items
 *   errors  MR_E_FORMAT (name, did), MR_E_UNSUPPORTED (kind; another DID method), MR_E_EXISTS, MR_E_PASSWORD (not that of the newest key), MR_E_LIMIT, MR_E_IO,
 *           MR_E_CRYPTO, MR_E_NOMEM */
int mr_keys_new(struct mr_keys *keys, mr_str name, mr_key_kind kind, mr_str did, const struct mr_signing_key **ret,
                struct mr_err *err) MR_MUST_CHECK;
/* A new key of the same kind and identifier takes the place of the current one. Errors: MR_E_NOT_FOUND, MR_E_STATE (a did:key is its key: it cannot change),
 * and as above. */
int mr_keys_rotate(struct mr_keys *keys, mr_str name, const struct mr_signing_key **ret,
                   struct mr_err *err) MR_MUST_CHECK;

/* The document of a DID, JSON text: of a did:web with every key that has it, current and replaced. Errors: MR_E_NOT_FOUND (no key has it), MR_E_NOMEM. */
int mr_keys_did_document(const struct mr_keys *keys, mr_str did, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;
/* Metadata of the issuer that a did:web's address is ("https://example.org/path" for did:web:example.org:path), SD-JWT VC section 4. Errors as above, and
 * MR_E_UNSUPPORTED (no did:web). */
int mr_keys_jwt_vc_issuer(const struct mr_keys *keys, mr_str did, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;
/* The key set of one name, current and replaced (RFC 7517 section 5). */
int mr_keys_jwks(const struct mr_keys *keys, mr_str name, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;
/* One key as a JWK with kid, use and alg, appended. */
void mr_signing_key_put_jwk(const struct mr_signing_key *key, mr_buf *out);

/* For the server: what belongs at this address, if it is that of a did.json or of a jwt-vc-issuer of these keys.
 *   ret     empty when nothing does
 *   errors  MR_E_NOMEM */
int mr_keys_publish(const struct mr_keys *keys, mr_str url, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;

#endif
