/* What the form for specifications asks, as one table: which member stands on which page, how it is answered, which message tells what to write. The engine over it is
 * draft_form.h; a member more of specification files is one row here.
 *
 * Messages of a field: its label; "draft.help.<key>" what to write, and "draft.example.<key>" an example, where there are such. */
#ifndef MR_WEB_DRAFT_FIELDS_H
#define MR_WEB_DRAFT_FIELDS_H

#include "base/str.h"
#include "model/vocabulary.h"

typedef enum mr_draft_field_kind {
    MR_FIELD_LINE,   /* one line of text, the same in every language */
    MR_FIELD_NUMBER, /* with a point or a comma; kept as text while it is none */
    MR_FIELD_TITLE,  /* one line in each language of the description */
    MR_FIELD_TEXTS,  /* paragraphs in each language */
    MR_FIELD_FLAG,   /* true, or not there */
    MR_FIELD_CODE,   /* one code of a short vocabulary */
    MR_FIELD_CODES,  /* any number of them */
    MR_FIELD_PICK,   /* one code of a long vocabulary: with a search */
    MR_FIELD_PICKS,  /* any number of them */
    MR_FIELD_WORD,   /* one of a few words of our own */
    MR_FIELD_OBJECT, /* fields below one name */
    MR_FIELD_LIST,   /* items with the same fields each */
} mr_draft_field_kind;

struct mr_draft_word {
    const char *word, *label;
};
struct mr_draft_field {
    const char *name; /* the member */
    mr_draft_field_kind kind;
    const char *label;
    const char *key; /* of help and example; NULL: neither */
    mr_scheme_code scheme;
    const struct mr_draft_word *words; /* WORD; ends with {NULL, NULL} */
    const struct mr_draft_field *fields;
    size_t field_count;
    bool is_number;    /* CODE: written as a number */
    bool or_provider;  /* OBJECT, items of a LIST: may be the word "provider" */
    bool is_assessor;  /* OBJECT: one of the assessors that the organisation names can be taken */
    bool is_folded;    /* OBJECT: in a part that is opened when needed */
    bool wants_one;    /* LIST: an empty item stands there when there is none */
    const char *input; /* LINE: "url", "email" or "date"; NULL: text */
};
struct mr_draft_section {
    const char *name;  /* part of the address */
    const char *title; /* message; its lead is "<title>.lead" */
    const struct mr_draft_field *fields;
    size_t field_count;
};

/* The pages of the form, in the order of Annex I; NULL beyond the last. */
const struct mr_draft_section *mr_draft_section_at(size_t index);
const struct mr_draft_section *mr_draft_section_find(mr_str name);
/* The page on which a member of the file is asked for, and its field (either may be NULL); NULL when none does. */
const struct mr_draft_section *mr_draft_section_of(mr_str member, const struct mr_draft_field **ret_field);
/* The member that answers an Annex I element or is otherwise meant by a finding ("country": "provider"). */
mr_str mr_draft_member_of(const char *element);

#endif
