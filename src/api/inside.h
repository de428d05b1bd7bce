/* What the files of the public interface share. Each public function is thin: it turns C texts into ours, calls the layer that knows, and turns what comes
 * back into the caller's.
 *
 * An object that a caller holds lies in an arena of its own, whose state is its first member: one call frees all of it. Texts handed over as `char *` are the
 * memory of a mr_buf, so that merit_free is mr_buf_done. */
#ifndef MR_API_INSIDE_H
#define MR_API_INSIDE_H

#include "base/buf.h"
#include "base/env.h"
#include "base/fetch.h"
#include "crypto/certificate.h"
#include "text/messages.h"

#include <merit/merit.h>

/* ---- errors ---- */

/* Fill *ret (may be NULL) from an error of ours; returns its public code, never MERIT_OK. */
merit_code mr_api_fail(merit_error *ret, const struct mr_err *e);
/* The same for what only this layer knows. message: constant. */
merit_code mr_api_refuse(merit_error *ret, mr_code code, const char *message);
/* `return` of a fallible call of ours. */
static inline merit_code mr_api_done(int code, const struct mr_err *e, merit_error *ret)
{
    return code == MR_OK ? MERIT_OK : mr_api_fail(ret, e);
}

/* ---- objects and texts ---- */

/* An object of `size` octets, zeroed, whose first member is its mr_arena; NULL without memory. */
void *mr_api_new(size_t size, size_t limit);
/* NULL is fine. */
void mr_api_free(void *object);
/* A C text in `a`; "" when memory is short. */
const char *mr_api_text(mr_arena *a, mr_str s);
/* Octets of a caller; size 0 with NULL is an empty text. */
static inline mr_str mr_api_str(const void *octets, size_t size)
{
    return octets ? mr_str_make(octets, size) : MR_STR_EMPTY;
}
/* Give what a buffer holds to the caller, with a NUL behind it. The buffer is empty afterwards, whatever happened. ret_size may be NULL. */
merit_code mr_api_hand_over(mr_buf *b, char **ret, size_t *ret_size, merit_error *err);
/* A C array of texts as ours, in `a`. Errors: MR_E_USAGE (a NULL in it), MR_E_NOMEM. */
int mr_api_texts(mr_arena *a, const char *const *texts, size_t count, mr_str **ret, struct mr_err *err) MR_MUST_CHECK;
/* The member of a caller's struct, or nothing when the struct that he was compiled with ends before it. */
#define MR_API_MEMBER(s, member, otherwise)                                                                            \
    ((s)->size >= offsetof(__typeof__(*(s)), member) + sizeof(s)->member ? (s)->member : (otherwise))
/* Language by its tag; NULL or empty: English. */
merit_code mr_api_language(const char *tag, const mr_language **ret, merit_error *err);

/* ---- the world ---- */

/* The clock of an object: the system's, or a moment that was set. */
struct mr_api_clock {
    mr_env env;
    bool is_set;
    int64_t time;
};
void mr_api_clock_init(struct mr_api_clock *c);

/* A caller's function as ours. */
struct mr_api_fetch {
    mr_fetch fetch;
    merit_fetch *call;
    void *self;
};
void mr_api_fetch_init(struct mr_api_fetch *f, merit_fetch *call, void *self);

/* ---- keys ---- */

struct merit_key {
    mr_arena arena;
    struct mr_seal_key seal; /* certificate NULL: a bare key */
};
/* Its verification method under did:key, or did:jwk; appended. */
void mr_api_key_put_method(const merit_key *key, bool jwk, mr_buf *out);

#endif
