/* Endorsements (Open Badges 3.0 section 6.4 and appendix B.1.10): credentials in which somebody speaks for a badge, for what it was awarded for, or for its
 * issuer. They stand on their own, or inside the badge that they are about; they are never a part of a verdict. */
#ifndef MR_CREDENTIAL_ENDORSEMENT_H
#define MR_CREDENTIAL_ENDORSEMENT_H

#include "base/limits.h"
#include "credential/secured.h"
#include "credential/view.h"

typedef enum mr_endorsed { MR_ENDORSED_CREDENTIAL, MR_ENDORSED_ACHIEVEMENT, MR_ENDORSED_ISSUER } mr_endorsed;
enum { MR_ENDORSED_KINDS = 3 };
const char *mr_endorsed_name(mr_endorsed e); /* "credential", "achievement", "issuer" */
/* What a credential has of that kind to be endorsed: its id; empty when it has none that anybody else could mean by it.
 *   document  a credential, out of its envelope */
mr_str mr_endorsed_id(const mr_json *document, mr_endorsed e);

/* One endorsement in a badge.
 *   step  PASSED "endorsement.passed": its seal holds, its key is its issuer's, and it is about what it stands in. That the endorser is who the name says, and
 *         that the endorsement was not withdrawn, is not asked. FAILED: of the seal (ids of secured.h); "endorsement.form" (no endorsement), "endorsement.other_subject",
 *         "endorsement.other_key" (the key is not its issuer's), "endorsement.expired". UNCHECKED: of the seal; "proof.own_context"; "endorsement.certificate" (sealed with a
 *         certificate or a bare key: nothing binds its issuer to that) */
struct mr_endorsement {
    mr_endorsed of;
    mr_str by, id; /* the endorser's name and identifier, as it says; may be empty */
    mr_str comment;
    struct mr_step step;
};
/* Every endorsement in a badge: of itself, its achievement, its issuer; in JSON and as tokens.
 *   ret        room for MR_LIMIT_ENDORSEMENTS
 *   ret_more   those beyond, which were not looked at
 *   errors     MR_E_NOMEM */
int mr_endorsements_open(mr_arena *a, const struct mr_opening *o, const mr_json *badge, struct mr_endorsement *ret,
                         size_t *ret_count, size_t *ret_more, struct mr_err *err) MR_MUST_CHECK;

/* Is it a credential of that type? */
bool mr_endorsement_is(const mr_json *document);
/* What one says that stands on its own: whom or what it is for, and the comment. Adds to what every credential says (view_vc.h). */
void mr_endorsement_view(mr_arena *a, const mr_json *document, const mr_language *l, mr_view *view);

struct mr_endorsing {
    char id[37];    /* UUID */
    mr_str subject; /* id of what is endorsed */
    mr_str title;   /* its name, for people; may be empty */
    mr_str issuer;  /* identifier of the endorser */
    mr_str name;    /* and its name; may be empty */
    mr_str comment;
    int64_t now;
};
/* The EndorsementCredential, compact JSON ready for a Data Integrity proof, appended. */
void mr_endorsement_write(const struct mr_endorsing *e, mr_buf *out);

#endif
