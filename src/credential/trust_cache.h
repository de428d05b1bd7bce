/* Trusted lists that were fetched and found good, as a folder keeps them, so that a verifier finds in them at once: TRUST/lists.
 *
 * A list is a JSON file of its own, for people and other programs to read. `index` holds what is known of all of them, and covers a row for everything a
 * service is identified by; it is signed with a key of the folder (TRUST/cache.key, its public half in TRUST/cache.jwk). A list that was changed after it was fetched is
 * noticed when something is looked up in it. */
#ifndef MR_CREDENTIAL_TRUST_CACHE_H
#define MR_CREDENTIAL_TRUST_CACHE_H

#include "base/env.h"
#include "crypto/certificate.h"
#include "json/json.h"

/* One list. Texts live in the arena of the cache. */
struct mr_trust_list {
    mr_str file;           /* its name in the folder */
    mr_str id;             /* "SE", "EU", or as the operator named it: lists of one id replace each other */
    mr_str given_name;     /* that the operator gave it, or empty */
    mr_str kind, type;     /* "tsl" or "lote"; the URI of its type */
    mr_str territory;      /* ISO 3166-1 alpha-2, with "EL" and "UK" as lists write them; may be empty */
    mr_str operator, name; /* as the list says */
    mr_str source;         /* the file or URL it came from */
    mr_str signer;         /* SHA-256 of the certificate that signed it, hexadecimal */
    int64_t version, sequence;
    int64_t issued, next_update, imported; /* MR_TIME_NONE when it does not say */
    int64_t services, certificates, unusable /* services without a certificate or id */, faults;
    const mr_json *announced; /* a list of lists: the territories that it points to (strings), or NULL */
    const mr_json *failures;  /* of its last import: [{"territory", "location", "why"}], or NULL */
};
typedef struct mr_trust_cache {
    const char *folder; /* TRUST */
    struct mr_trust_list *lists;
    size_t count;
    mr_str rows, buckets; /* of the index: the file of rows, and what each part of it comes to */
} mr_trust_cache;

/* Open it. *ret is NULL when the folder has no lists.
 *   a       holds the cache
 *   errors  MR_E_SIGNATURE (changed), MR_E_FORMAT, MR_E_IO, MR_E_NOMEM; detail: what to do */
int mr_trust_cache_open(mr_arena *a, const char *folder, const mr_trust_cache **ret, struct mr_err *err) MR_MUST_CHECK;

/* A service as a list has it (credential/listing in docs/trust.md): {"party", "name", "certificates", "ids", "states"}. */
struct mr_listed {
    const struct mr_trust_list *list;
    const mr_json *service;
};
enum { MR_LISTED_MOST = 16 };
/* Services one of whose certificates has this subject (Name, DER), or that have this id. Found: at most MR_LISTED_MOST.
 *   errors  MR_E_SIGNATURE (a list was changed), MR_E_NOT_FOUND (it is gone), MR_E_IO, MR_E_NOMEM */
int mr_trust_cache_find_subject(const mr_trust_cache *c, mr_arena *a, mr_str subject,
                                struct mr_listed ret[MR_LISTED_MOST], size_t *ret_count,
                                struct mr_err *err) MR_MUST_CHECK;
int mr_trust_cache_find_id(const mr_trust_cache *c, mr_arena *a, mr_str id, struct mr_listed ret[MR_LISTED_MOST],
                           size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* The whole of a list, checked. */
int mr_trust_cache_read(const mr_trust_cache *c, mr_arena *a, const struct mr_trust_list *list, const mr_json **ret,
                        struct mr_err *err) MR_MUST_CHECK;
/* The list of this id, or NULL; c may be NULL. */
const struct mr_trust_list *mr_trust_cache_list(const mr_trust_cache *c, mr_str id);

/* What is to be kept of a list that was found good. */
struct mr_trust_entry {
    const mr_json *list; /* "list" of what the reader wrote */
    mr_str id, given_name, source, signer;
    int64_t faults;
    const mr_json *failures; /* may be NULL */
};
/* Put lists into the folder, in place of those of the same id; the others stay. What was there before is kept for readers that are under way, until the next time.
 *   errors  those of opening; MR_E_KEY, MR_E_LIMIT */
int mr_trust_cache_put(const char *folder, const mr_env *env, const struct mr_trust_entry *entries, size_t count,
                       struct mr_err *err) MR_MUST_CHECK;

#endif
