/* The form for specifications over the table of draft_fields.h: a document becomes fields, and what was sent becomes members of the document again.
 *
 * A field is named like its place in the file, with dots: "learning_outcomes.0.title.en" stands for /learning_outcomes/0/title/en, and the same is its id, so that whoever
 * knows a JSON Pointer can lead to it. Beside them a form has
 *
 *   base.MEMBER        the mark (mr_draft_mark) of what the member was when the page was made; without it the member is left alone
 *   LIST.count         how many items of a list the page has
 *   LIST.N.keep        the item was folded: it stays as it is in the document
 *   PARTY.is_provider  the word "provider" in place of a party
 *   PARTY.known        id of an assessor that the organisation names: it is taken, unless the fields of the party were changed on the page
 *   search.NAME        what was typed to search a vocabulary
 *   op                 the button: "save", "next", "add NAME", "remove NAME N", "up NAME N", "down NAME N", "open NAME N", "search NAME" */
#ifndef MR_WEB_DRAFT_FORM_H
#define MR_WEB_DRAFT_FORM_H

#include "service/draft.h"
#include "web/draft_fields.h"
#include "web/page.h"

enum { MR_DRAFT_SECTION_FIELDS = 12 }; /* more than any page has */

/* What a page of the form shows. */
struct mr_draft_form {
    mr_page *page;
    const struct mr_draft *draft;
    const mr_json *root;                /* the document; what was typed, when it could not be saved */
    const struct mr_findings *findings; /* of it */
    bool gaps;                          /* also tell what is not answered at all */
    mr_str add, open, search;           /* "NAME", "NAME.N", "NAME": from the address */
    const struct mr_draft_conflict *conflicts;
    size_t conflict_count;
    const struct mr_draft_comment *comments;
    size_t comment_count;
};

/* Put "fields": [...] for the templates draft_field and draft_fields. */
void mr_draft_form_put(const struct mr_draft_form *form, const struct mr_draft_section *section);
/* What was sent, as changes of the section's members, in the request's arena; at most MR_DRAFT_SECTION_FIELDS.
 *   errors  MR_E_LIMIT (more than MR_LIMIT_DRAFT in one member), MR_E_NOMEM */
int mr_draft_form_read(mr_page *p, const struct mr_draft *draft, const struct mr_draft_section *section,
                       struct mr_draft_change *changes, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* The button: its verb, and the name and number behind it. */
struct mr_draft_op {
    mr_str verb, name;
    size_t number;
};
struct mr_draft_op mr_draft_form_op(mr_page *p);

/* Put `member`: [{"label", "text", "tongue"}], a value as people read it, one line for each part; the list is empty for NULL. */
void mr_draft_tell(mr_page *p, const char *member, const struct mr_draft_field *field, const mr_json *value);
/* What is wrong, in the words of the form: where the sentence for files would show JSON, message "form.<id>" says it for people. */
mr_str mr_draft_finding_say(mr_page *p, const struct mr_finding *f);
/* Put "found": concepts of a vocabulary that fit what was typed, [{"code", "label"}]; at most MR_LIMIT_VOCABULARY_FOUND. Returns how many fit. */
size_t mr_draft_search(mr_page *p, mr_scheme_code scheme, mr_str typed, const mr_concept **ret, size_t most);

#endif
