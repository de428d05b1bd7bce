/* What stands at an address that a badge names: asked for now, through whatever redirections the site itself sends, each of them guarded like any other
 * request (base/fetch.h). Every way to fail has its own name, because "the site is slow" must not look like "there is no such badge". */
#ifndef MR_CREDENTIAL_HOSTED_H
#define MR_CREDENTIAL_HOSTED_H

#include "base/fetch.h"
#include "json/json.h"

typedef enum mr_hosted_outcome {
    MR_HOSTED_NOT_ASKED, /* the network is off */
    MR_HOSTED_FOUND,
    MR_HOSTED_NO_ADDRESS, /* not a web address */
    MR_HOSTED_UNREACHABLE,
    MR_HOSTED_SLOW,
    MR_HOSTED_MISSING, /* 404 */
    MR_HOSTED_GONE,    /* 410 */
    MR_HOSTED_REFUSED, /* any other answer but 200 */
    MR_HOSTED_MOVES,   /* more redirections than are followed, or in a circle */
    MR_HOSTED_TOO_LARGE,
    MR_HOSTED_PAGE,     /* a web page where data should be */
    MR_HOSTED_NOT_JSON, /* and nothing else that was asked for */
    MR_HOSTED_OUTCOME_COUNT
} mr_hosted_outcome;

enum { MR_HOSTED_HOPS = 4 }; /* addresses asked for one thing */
struct mr_hosted {
    mr_hosted_outcome outcome;
    mr_str text;                 /* when FOUND, as it came */
    const mr_json *json;         /* when FOUND and JSON was asked for: an object */
    mr_str hops[MR_HOSTED_HOPS]; /* the addresses, the one asked for first */
    size_t hop_count;
    mr_str detail; /* for experts: address and what went wrong; in the arena */
};
/*   fetch   NULL: the network is off
 *   url     http is tried as https when the network allows no http
 *   text    true: any text is wanted (a key as PEM, a token); false: JSON
 *   errors  MR_E_NOMEM */
int mr_hosted_get(mr_arena *a, const mr_fetch *fetch, mr_str url, bool text, struct mr_hosted *ret,
                  struct mr_err *err) MR_MUST_CHECK;
/* Read what was FOUND as JSON after all; the outcome becomes another when it is none. */
void mr_hosted_read_json(mr_arena *a, struct mr_hosted *h);
/* Is this one of the addresses on the way, but for http and https? */
bool mr_hosted_was_at(const struct mr_hosted *h, mr_str url);
/* The address that answered; empty when none did. */
mr_str mr_hosted_place(const struct mr_hosted *h);

#endif
