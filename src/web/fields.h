/* Forms from a table of fields: what is shown, what was sent and what is wrong with it go through one description, so that a form and the API take the same JSON. A field
 * stands for one member of that object; texts in several languages have an input for each language.
 *
 *   static const struct mr_field fields[] = {{"name", "organisation.name", MR_FIELD_TEXTS, .required = true}, ...};
 *   mr_str sent = mr_fields_read(p, fields, COUNT);            a POST as JSON
 *   mr_fields_put(p, fields, COUNT, values, findings);         into the view, for {{>faults}} and {{>fields}}
 *
 * Inputs are named as the member ("vat"), with the language behind it ("name_da"). A label is message LABEL, its hint LABEL.hint where there is one. */
#ifndef MR_WEB_FIELDS_H
#define MR_WEB_FIELDS_H

#include "json/json.h"
#include "credential/specification_file.h"
#include "web/page.h"

typedef enum mr_field_kind {
    MR_FIELD_TEXT,
    MR_FIELD_EMAIL,
    MR_FIELD_URL,
    MR_FIELD_DATE,
    MR_FIELD_NUMBER, /* a JSON number when it is one; with a comma or a point before decimals */
    MR_FIELD_TEXTS,  /* one line in several languages */
    MR_FIELD_AREAS,  /* several lines in several languages */
    MR_FIELD_SELECT,
    MR_FIELD_LANGUAGES, /* up to three languages, as a list of codes */
} mr_field_kind;

struct mr_field {
    const char *member, *label;
    mr_field_kind kind;
    bool required;
    mr_scheme_code scheme;    /* SELECT: from a vocabulary, when words is NULL */
    const char *const *words; /* SELECT: these, ending with NULL */
    const char *words_say;    /* message of a word is WORDS_SAY.WORD; NULL: the word itself */
};

/* What was sent, as a JSON object in the request's arena; empty fields are left out. */
mr_str mr_fields_read(mr_page *p, const struct mr_field *fields, size_t count);
/* Put "fields", "faults" and "tongues" into the view.
 *   values    object that has the members; NULL: an empty form
 *   findings  NULL, or what is wrong; then the answer is 422 if there are faults */
void mr_fields_put(mr_page *p, const struct mr_field *fields, size_t count, const mr_json *values,
                   const struct mr_findings *findings);
/* Did the person ask for another language instead of sending the form? */
bool mr_fields_wants_tongue(const mr_page *p);
/* Put an array of options {"value", "label", "chosen"}: the words, or a scheme's concepts. */
void mr_fields_put_options(mr_page *p, const char *name, const struct mr_field *field, mr_str chosen);
/* Put one. */
void mr_fields_put_option(mr_page *p, mr_str value, mr_str label, mr_str chosen);

#endif
