/* The catalogue that everybody may search: what is listed, and how it is found. */
#ifndef MR_SERVICE_SEARCH_H
#define MR_SERVICE_SEARCH_H

#include "service/catalogue.h"
#include "store/search.h"

/* List the newest version of a specification, or list it no longer when it is not offered or its provider was closed; in the transaction that changed it. Called by whatever publishes, archives or
 * restores one. */
int mr_search_update(mr_service *s, mr_db_tx *tx, mr_str slug, struct mr_err *err) MR_MUST_CHECK;
/* Empty the catalogue and list everything again, in one transaction; ret_count (may be NULL): how many are listed. Needed after a database was moved or restored without
 * its derived tables. */
int mr_search_rebuild(mr_service *s, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* The same when the catalogue was filled by another version of the program, or never. At every start. */
int mr_search_open(mr_service *s, struct mr_err *err) MR_MUST_CHECK;

/* What somebody asks for. Empty texts ask for nothing; values that cannot be (an unknown field, a day that does not exist) find nothing. */
struct mr_question {
    mr_str text;     /* as typed: any text, of which the first MR_SEARCH_WORDS words count */
    mr_str field;    /* ISCED-F, two to four digits */
    mr_str level;    /* EQF */
    mr_str language; /* of teaching, ISO 639-1 */
    mr_str mode;     /* of learning */
    mr_str size;     /* "small" (up to 3 ECTS), "medium" (up to 10), "large", "hours" (no ECTS stated) */
    mr_str provider; /* slug */
    mr_str price;    /* "free", "paid": of an opportunity that is open */
    mr_str starts;   /* day: an open opportunity begins by then */
    mr_str after;    /* slug of the last one that was shown */
    bool by_title;   /* else the best first */
    size_t most;     /* 1 to 100 */
};
struct mr_found {
    struct mr_published *list;
    size_t count;
    mr_str next;       /* for `after`; empty at the end */
    int64_t all;       /* how many fit */
    bool by_beginning; /* no text has the words; these have words that begin so */
    struct mr_search_count *counts;
    size_t count_count;
};
/* Ask the catalogue. Public.
 *   ret  in the arena */
int mr_search_find(mr_service *s, mr_arena *a, const struct mr_question *question, struct mr_found *ret,
                   struct mr_err *err) MR_MUST_CHECK;
/* Only how many fit. */
int mr_search_count(mr_service *s, mr_arena *a, const struct mr_question *question, int64_t *ret,
                    struct mr_err *err) MR_MUST_CHECK;

#endif
