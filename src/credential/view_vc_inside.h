/* What the readers of badges, records and other credentials share: one reading, its texts and its answers. Only for view_vc.c, view_badge.c,
 * view_record.c and, of what they understand, redescribe_badge.c. */
#ifndef MR_CREDENTIAL_VIEW_VC_INSIDE_H
#define MR_CREDENTIAL_VIEW_VC_INSIDE_H

#include "credential/each.h"
#include "credential/view_vc.h"
#include "credential/wording.h"

/* One document being read.
 *   subject      NULL when there are several
 *   achievement  of a badge; NULL for a record, and for what is no badge
 *   depth        0: the document; 1: what a record contains, of which nothing is opened any more */
struct mr_vc_reading {
    mr_arena *arena;
    const mr_language *language;
    mr_view *view;
    const mr_json *document, *issuer, *subject, *achievement;
    bool given; /* the achievement is one of several of the document, whose own name and description are not its */
    int depth;
};

#define MR_VC_VALUES_MAX (sizeof((struct mr_view_answer *)0)->values / sizeof(mr_str))

/* The text of a member in the reader's language, else in English, else the first. Of plain texts, of {"@value", "@language"}, and of lists of them. */
mr_str mr_vc_text(const struct mr_vc_reading *r, const mr_json *object, const char *member);
/* The id of a node, or the text that stands for it. */
mr_str mr_vc_id(const mr_json *node);
/* A number, text or truth value as it stands. */
mr_str mr_vc_scalar(const mr_json *v);
/* "Name: text"; either alone when the other is empty. */
mr_str mr_vc_labelled(const struct mr_vc_reading *r, mr_str label, mr_str text);
/* One value more of an answer; nothing for an empty one, for one that is there, and beyond MR_VC_VALUES_MAX. */
void mr_vc_add(struct mr_vc_reading *r, mr_element e, mr_str value);
/* Further information with the label of this message. */
void mr_vc_add_labelled(struct mr_vc_reading *r, const char *label, mr_str text);

/* A badge's achievement and what the subject did in it (view_badge.c). */
void mr_vc_read_achievement(struct mr_vc_reading *r);
/* A positive number with at most two decimals, in hundredths; 0 for anything else. */
int64_t mr_vc_hundredths(const mr_json *v);
/* The language of a tag ("nl-NL", "nl"), or NULL. */
const mr_concept *mr_vc_language(mr_str tag);
/* Evidence of the document. */
void mr_vc_read_evidence(struct mr_vc_reading *r);
/* Is this what a micro-credential calls itself? */
bool mr_vc_is_micro_credential(const mr_json *document, const mr_json *achievement);

/* What an alignment of an achievement means: a level of the European or a national framework (by its URL, by the name of the European framework, or as
 * ext:EQF of the Dutch fields), quality assurance (ext:QualityAssurance), a learning outcome (a skill or competency), or nothing that is known. */
typedef enum mr_vc_alignment {
    MR_VC_ALIGNMENT_OTHER,
    MR_VC_ALIGNMENT_EQF,
    MR_VC_ALIGNMENT_NQF,
    MR_VC_ALIGNMENT_QUALITY,
    MR_VC_ALIGNMENT_OUTCOME,
} mr_vc_alignment;
mr_vc_alignment mr_vc_alignment_of(const mr_json *alignment);
/* The level, or NULL. */
const mr_concept *mr_vc_alignment_level(const mr_json *alignment);

/* What a record contains (view_record.c), and the claims of a credential that is neither. */
int mr_vc_read_record(struct mr_vc_reading *r, struct mr_err *err) MR_MUST_CHECK;
void mr_vc_read_claims(struct mr_vc_reading *r);
/* Read a document (view_vc.c). achievement: read of the document this achievement alone, NULL: whatever it is. */
int mr_vc_read(struct mr_vc_reading *r, const mr_json *achievement, struct mr_err *err) MR_MUST_CHECK;

#endif
