/* The values of a specification file: texts in several languages, codes, dates, numbers, addresses, organisations. Each reader takes a JSON
 * value that may be absent (NULL: nothing is said), notes what is wrong with it, and returns what can be used.
 * Only for specification_file.c, specification_quality.c, accreditation_file.c, organisation_file.c, opportunity_file.c and, of the words, specification_write.c and redescribe*.c. */
#ifndef MR_CREDENTIAL_SPECIFICATION_VALUES_H
#define MR_CREDENTIAL_SPECIFICATION_VALUES_H

#include "json/json.h"
#include "model/achievement.h"

/* One file being read.
 *   primary  language of the title; every text must be there in it; empty while it is not known
 *   nomem    memory ran short: what was read is not whole */
struct mr_spec_reader {
    mr_arena *arena;
    const mr_json *root;
    struct mr_findings *findings;
    mr_str primary;
    bool nomem;
};

/* Closed lists of words, in the order of their enumerations: the basis of a level, kinds of quality assurance, supervision. */
extern const char *const mr_spec_bases[2], *const mr_spec_quality_kinds[MR_QUALITY_KINDS_],
                                               *const mr_spec_supervisions[4];

#define MR_SPEC_ITEMS_MOST 100 /* in any list of a specification */

/* Note a fault, or something worth a look, about the value `at` (NULL: the whole file). element, id: static text. Returns it to be completed. */
struct mr_finding *mr_spec_fault(struct mr_spec_reader *r, const mr_json *at, const char *element, const char *id,
                                 mr_str value);
struct mr_finding *mr_spec_warn(struct mr_spec_reader *r, const mr_json *at, const char *element, const char *id,
                                mr_str value);

/* Is it an object, and are all its members among `names`? Others are faults with a guess. false: absent, or no object. */
bool mr_spec_object(struct mr_spec_reader *r, const mr_json *v, const char *element, const char *const *names,
                    size_t count);
/* Is it a list with something in it? false: absent, no list, or more than MR_SPEC_ITEMS_MOST. An empty list is a fault. */
bool mr_spec_list(struct mr_spec_reader *r, const mr_json *v, const char *element);
/* An object of texts by language. one_line: a title, without line breaks. */
mr_texts mr_spec_texts(struct mr_spec_reader *r, const mr_json *v, const char *element, bool one_line);
/* A text that is the same in every language: a number of a register, a name. */
mr_str mr_spec_text(struct mr_spec_reader *r, const mr_json *v, const char *element);
mr_str mr_spec_url(struct mr_spec_reader *r, const mr_json *v, const char *element, bool plain_too);
mr_str mr_spec_email(struct mr_spec_reader *r, const mr_json *v, const char *element);
mr_date mr_spec_date(struct mr_spec_reader *r, const mr_json *v, const char *element);
/* One code of a scheme, as text or as a number. */
const mr_concept *mr_spec_code(struct mr_spec_reader *r, const mr_json *v, const char *element, mr_scheme_code scheme);
/* A list of codes; one code alone is taken for a list of one. */
const mr_concept **mr_spec_codes(struct mr_spec_reader *r, const mr_json *v, const char *element, mr_scheme_code scheme,
                                 size_t *ret_count);
/* One of these words; returns its index, or -1. */
int mr_spec_word(struct mr_spec_reader *r, const mr_json *v, const char *element, const char *const *words,
                 size_t count);
bool mr_spec_bool(struct mr_spec_reader *r, const mr_json *v, const char *element);
/* A positive number with at most two decimals, in hundredths; 0 when absent or faulty. id: the fault's ("spec.ects"). */
int64_t mr_spec_hundredths(struct mr_spec_reader *r, const mr_json *v, const char *element, const char *id);
/* A party; its name and country are required. false: absent, or not usable. */
bool mr_spec_organisation(struct mr_spec_reader *r, const mr_json *v, const char *element, mr_organisation *ret);

#endif
