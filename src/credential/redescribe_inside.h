/* What the readers of re-description share. Only for redescribe*.c. */
#ifndef MR_CREDENTIAL_REDESCRIBE_INSIDE_H
#define MR_CREDENTIAL_REDESCRIBE_INSIDE_H

#include "credential/annex.h"
#include "credential/each.h"
#include "credential/redescribe.h"

#define MR_REDESCRIBE_ITEMS_MOST 100 /* of a list, as a specification may have */

/* One document being taken apart.
 *   primary  language that plain texts are taken for; of the title, once that is known
 *   work     JSON nodes that may still be looked at to find what is referred to by its id
 *   nomem    memory ran short: what was read is not whole */
struct mr_redescribing {
    mr_arena *arena;
    const mr_json *document, *given; /* given: the achievement, when it is one of several */
    mr_str primary;
    mr_redescription *r;
    mr_specification *s;
    int64_t work;
    bool nomem;
};

/* ---- texts ---- */

/* Texts by language: of a language map, of {"@value", "@language"}, of plain texts (in the primary language), and of lists of them. Languages that we
 * do not know, and empty texts, are left out. one_line: line breaks become blanks. */
mr_texts mr_redescribe_texts(struct mr_redescribing *d, const mr_json *v, bool one_line);
/* One text in one language; none for an empty one. */
mr_texts mr_redescribe_one(struct mr_redescribing *d, mr_str language, mr_str text);
/* Two texts, one below the other in each language; either may be empty. */
mr_texts mr_redescribe_append(struct mr_redescribing *d, mr_texts first, mr_texts second);
/* Labels of a table in its languages, as far as the title has them; English when it has none of them. */
mr_texts mr_redescribe_labels(struct mr_redescribing *d, const char *const label[MR_LABEL_LANGUAGES]);
/* Are all these texts labels of the table? */
bool mr_redescribe_are_labels(mr_texts texts, const char *const label[MR_LABEL_LANGUAGES]);
/* "nl-NL" as "nl"; empty when it is no language that we know. */
mr_str mr_redescribe_language(mr_str tag);

/* ---- what cannot be carried over ---- */

/* The element is in the source, in words that nothing of ours means: a fault when it is mandatory, else a warning. */
void mr_redescribe_unclear(struct mr_redescribing *d, mr_element e, mr_str said);
/* This is in the source and has no place in a specification. element: static, may be "" */
void mr_redescribe_lost(struct mr_redescribing *d, const char *element, mr_str said);

/* ---- readers, each of one form ---- */

/* Fill the re-description from the document: an ELM document, a badge or other VC with an achievement, the claims of an SD-JWT VC. */
void mr_redescribe_elm(struct mr_redescribing *d);
void mr_redescribe_badge(struct mr_redescribing *d);
void mr_redescribe_claims(struct mr_redescribing *d);

/* ---- shared by readers ---- */

/* How long credentials last: the months after which an achievement of this day ends at this moment, or 0. */
int mr_redescribe_months(mr_date awarded_on, int64_t valid_until);
/* A day out of a date-time; midnight east of Greenwich that was converted to UTC is the day after. */
mr_date mr_redescribe_day(mr_str text);

/* Parties, quality assurance and the learner of an ELM document (redescribe_elm_parties.c). */
struct mr_redescribe_elm {
    struct mr_redescribing *d;
    const mr_json *issuer, *subject, *achievement, *specification, *awarding;
};
/* A node, or what a node with nothing but its id refers to elsewhere in the document. */
const mr_json *mr_redescribe_resolve(struct mr_redescribing *d, const mr_json *node);
/* Text of a member, of the first of several. */
mr_str mr_redescribe_literal(const mr_json *node, const char *name);
/* IRI of a node, or the IRI that stands for it. */
mr_str mr_redescribe_iri(const mr_json *node);
/* The note of a node about this (MR_ELM_NOTE), as texts. */
mr_texts mr_redescribe_note(struct mr_redescribing *d, const mr_json *node, const char *about);
void mr_redescribe_elm_organisation(struct mr_redescribing *d, const mr_json *node, mr_organisation *ret);
void mr_redescribe_elm_parties(const struct mr_redescribe_elm *e);
void mr_redescribe_elm_quality(const struct mr_redescribe_elm *e);
void mr_redescribe_elm_learner(const struct mr_redescribe_elm *e);

#endif
