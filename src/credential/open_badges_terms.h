/* ELM inside an Open Badge: nodes of an ELM document with absolute IRIs as member names, and back (open_badges.def; docs/decisions/0006).
 *
 * A JSON-LD reader takes a member whose name is an absolute IRI as it is, without any context. So a badge names no context but those that every verifier of
 * badges has, and nothing of it is dropped. */
#ifndef MR_CREDENTIAL_OPEN_BADGES_TERMS_H
#define MR_CREDENTIAL_OPEN_BADGES_TERMS_H

#include "json/json.h"
#include "json/write.h"

/* IRI of a term or of a type of ELM that a badge knows; empty for others. */
mr_str mr_badge_iri_of_term(mr_str term);
mr_str mr_badge_iri_of_type(mr_str type);

/* Writing nodes of an ELM document into a badge.
 *   leaves_out  is this term of a node of that type to be left out?
 *   ends        a node of that type is about to be closed: the place for a hole
 *   unknown     the first term or type that has no IRI here: then the badge would lack what the document says. Set by the functions below */
struct mr_badge_terms {
    mr_json_writer *w;
    void *self;
    bool (*leaves_out)(void *self, mr_str type, mr_str term);
    void (*ends)(void *self, mr_str type);
    mr_str unknown;
};
/* The members of an ELM node but its id and type, into the object that is open. */
void mr_badge_put_members(struct mr_badge_terms *t, const mr_json *node);
/* Name and value of one term. */
void mr_badge_put_term(struct mr_badge_terms *t, mr_str term, const mr_json *value);
/* A text in one language as the member of a term; nothing when it is empty. */
void mr_badge_put_text(mr_json_writer *w, const char *term, mr_str language, mr_str text);

/* Reading: those members of a node that stand in ELM, under the terms of the ELM context and in its forms (language maps), into the object that is open. All
 * else is passed over, and so is what lies deeper than MR_LIMIT_BADGE_DEPTH. */
void mr_badge_read_members(mr_json_writer *w, const mr_json *node);
/* The same of one member: its name; the value stands behind it. */
void mr_badge_read_member(mr_json_writer *w, const mr_json *name);
/* Has it any such member? */
bool mr_badge_has_terms(const mr_json *node);

#endif
