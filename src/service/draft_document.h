/* The specification file of a draft as a JSON document: changing members, comparing two, what is missing in a language. Only members of the file are changed, never parts of
 * them, so that two people who work on different elements do not meet. */
#ifndef MR_SERVICE_DRAFT_DOCUMENT_H
#define MR_SERVICE_DRAFT_DOCUMENT_H

#include "base/buf.h"
#include "json/json.h"

/* A member of the file as somebody wants it. */
struct mr_draft_change {
    mr_str member; /* "learning_outcomes" */
    mr_str value;  /* JSON; empty: the member goes */
    mr_str base;   /* mr_draft_mark of the value that was before them when they began; empty: whatever it is */
};

/* What tells two values apart: 16 hexadecimal digits of the canonical form (RFC 8785), "-" for NULL (the member is not there). In the arena; an empty text when memory is short.
 * No protection against intent: a wrong match costs the author her own change. */
mr_str mr_draft_mark(mr_arena *a, const mr_json *value);
/* Write the document with these members changed; members known to files come first, in the order of docs/specification.md, others after them. Compact JSON. */
void mr_draft_write_document(const mr_json *document, const struct mr_draft_change *changes, size_t count, mr_buf *out);
/* Where a member stands in a file; SIZE_MAX for one that files do not know. */
size_t mr_draft_member_place(mr_str member);
/* The member's name in that order; NULL beyond the last. */
const char *mr_draft_member_at(size_t place);

/* Is this an object of texts by language? Also one that lacks all texts. */
bool mr_draft_is_texts(const mr_json *value);
/* How many texts of the document lack this language; the pointers of the first `most` of them, in the arena. Returns the number of all. */
size_t mr_draft_lacking(mr_arena *a, const mr_json *document, mr_str language, mr_str *pointers, size_t most);
/* How many texts there are in this language. */
size_t mr_draft_count_texts(const mr_json *document, mr_str language);
/* "2" for "1", "2026.2" for "2026.1", "draft.2" for "draft". In the arena. */
mr_str mr_draft_next_version(mr_arena *a, mr_str version);

#endif
