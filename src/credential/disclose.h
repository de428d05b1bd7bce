/* The learner shows what she wants to show: what of a credential its holder can show or leave out, in words, and making what is shown. SD-JWTs (RFC 9901), and
 * documents with an ecdsa-sd-2023 base proof. */
#ifndef MR_CREDENTIAL_DISCLOSE_H
#define MR_CREDENTIAL_DISCLOSE_H

#include "crypto/key.h"
#include "json/json.h"
#include "text/messages.h"

/* One thing that is shown or left out. Texts in the arena, or pointing into the credential. */
struct mr_disclosable {
    mr_str pointer; /* JSON Pointer: into the claims, or the document */
    mr_str name;    /* in the reader's language where Merit knows the member, else as written */
    mr_str
        value; /* in words; a value that is no plain text or list of texts as JSON, cut to MR_LIMIT_DISCLOSED_VALUE octets */
    bool always; /* shown in any case */
};
/* List it, in the order of the credential.
 *   text    borrowed for the life of `a`
 *   errors  MR_E_UNSUPPORTED (shown whole or not at all), MR_E_FORMAT and what the readers say, MR_E_LIMIT, MR_E_NOMEM */
int mr_disclose_list(mr_arena *a, mr_str text, const mr_language *l, struct mr_disclosable **ret, size_t *ret_count,
                     struct mr_err *err) MR_MUST_CHECK;

/* What to show, and to whom. */
struct mr_disclosing {
    const mr_str *show; /* JSON Pointers */
    size_t show_count;
    bool all;
    mr_key *holder;         /* for SD-JWTs: the key that the issuer named; NULL: without proof that one is the holder */
    mr_str audience, nonce; /* with `holder`: of the party that asks; both are needed */
    int64_t now;
};
/* An SD-JWT with its key binding, or the reduced document with its derived proof; appended.
 *   errors  MR_E_NOT_FOUND (detail: the pointer), MR_E_KEY (not the holder's), MR_E_USAGE (a holder's key without audience and nonce, or for a document), and
 *           as mr_disclose_list */
int mr_disclose(mr_arena *a, mr_str text, const struct mr_disclosing *d, mr_buf *out, struct mr_err *err) MR_MUST_CHECK;

#endif
