/* "Did you mean": how near what was typed is to a word that would have been right. */
#ifndef MR_MODEL_GUESS_H
#define MR_MODEL_GUESS_H

#include "base/str.h"

#define MR_GUESS_FAR UINT32_MAX

/* The distance of Damerau and Levenshtein in its restricted form (neighbours swap once), over octets folded to lower case, blanks and "_" like "-"; in
 * hundredths of an edit. A word that contains what was typed, or the other way round, is near, too. Only the first 64 octets count.
 *   ret  MR_GUESS_FAR when it was hardly meant: more than a third of the letters would have to change */
uint32_t mr_guess_distance(mr_str typed, mr_str word);
/* The nearest of `count` words, or NULL when all are far. */
const char *mr_guess_word(mr_str typed, const char *const *words, size_t count);

#endif
