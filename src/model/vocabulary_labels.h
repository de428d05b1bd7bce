/* Labels of concepts in languages that the tables of the vocabularies have no column for (spec/vocabulary/labels). */
#ifndef MR_MODEL_VOCABULARY_LABELS_H
#define MR_MODEL_VOCABULARY_LABELS_H

#include "base/str.h"

/* The label of a concept, as mr_concept_label asks for it.
 *   language  ISO 639-1, small letters
 *   scheme    mr_scheme.name
 *   code      mr_concept.code
 *   ret       static; empty when there is none */
mr_str mr_vocabulary_label(mr_str language, mr_str scheme, mr_str code);

#endif
