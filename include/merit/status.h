/* Is a credential still good? A status list has an entry for each credential; its issuer publishes it, signed, and verifiers fetch it. */
#ifndef MERIT_STATUS_H
#define MERIT_STATUS_H

#include <merit/keys.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The state of one credential. */
typedef enum merit_status { MERIT_ACTIVE = 0, MERIT_REVOKED = 1, MERIT_SUSPENDED = 2 } merit_status;

/* A list of entries, kept in memory; where it is stored is the caller's business. */
typedef struct merit_status_list merit_status_list;
/* Make a list of active entries.
 *   base    address under which its forms are published: <base>/revocation, <base>/suspension, <base>/token
 *   count   entries; fewer than 131,072 become that many (Bitstring Status List 1.0 section 2.1: nobody stands out in a large crowd)
 *   errors  MERIT_E_USAGE (no https address), MERIT_E_LIMIT */
MERIT_API merit_code merit_status_list_new(const char *base, size_t count, merit_status_list **ret,
                                           merit_error *err) MERIT_MUST_CHECK;
MERIT_API void merit_status_list_free(merit_status_list *list);
MERIT_API size_t merit_status_list_count(const merit_status_list *list);
/* An entry; beyond the end: MERIT_E_LIMIT, and MERIT_ACTIVE. Choose entries at random: neighbours would tell who was awarded together. */
MERIT_API merit_code merit_status_list_set(merit_status_list *list, uint64_t index, merit_status status,
                                           merit_error *err) MERIT_MUST_CHECK;
MERIT_API merit_status merit_status_list_get(const merit_status_list *list, uint64_t index);
/* The entries, an octet each (the numbers of merit_status), to be stored; valid until the list is freed, following its changes. And back. */
MERIT_API const unsigned char *merit_status_list_octets(const merit_status_list *list, size_t *ret_size);
MERIT_API merit_code merit_status_list_load(merit_status_list *list, const void *octets, size_t size,
                                            merit_error *err) MERIT_MUST_CHECK;

/* How to publish. */
struct merit_publishing {
    size_t size; /* sizeof(struct merit_publishing) */
    const char *
        form; /* "revocation", "suspension" (Bitstring Status List credentials as vc+jwt), "token" (Token Status List) */
    const char *issuer; /* id of the issuer; NULL: the party of the seal's certificate, else did:key of the key */
    int64_t valid_for;  /* milliseconds; 0: a day */
};
/* One form of the list, signed, as it is served at its address.
 *   key     private; its certificates go along
 *   source  Bitstring Status List 1.0 section 2.2; Token Status List section 5.1 */
MERIT_API merit_code merit_status_publish(const merit_status_list *list, const merit_key *key,
                                          const struct merit_publishing *publishing, char **ret, size_t *ret_size,
                                          merit_error *err) MERIT_MUST_CHECK;

/* European Digital Credentials have no place for a status entry: their issuer publishes a signed list of those that were withdrawn.
 *   url  https address under which it is served
 *   ids  of the credentials: "urn:credential:..."; of `publishing` the form is not looked at */
MERIT_API merit_code merit_withdrawn_publish(const char *url, const char *const *ids, size_t id_count,
                                             const merit_key *key, const struct merit_publishing *publishing,
                                             char **ret, size_t *ret_size, merit_error *err) MERIT_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
