/* The catalogue: which specifications are listed, by what they can be filtered, and the words of their texts. All of it is derived from published specifications and can be
 * dropped and filled again. The words are the one thing that the engines do in their own ways: SQLite by FTS5 with the tokenizer of db/sqlite_search.c, PostgreSQL by
 * tsvector with the configuration of each text's language. Opportunities are asked as they stand. */
#ifndef MR_STORE_SEARCH_H
#define MR_STORE_SEARCH_H

#include "db/db.h"

/* Grows when what is derived changes; a database of another version is filled again. */
#define MR_STORE_SEARCH_VERSION 3

/* Make the engine's own table of words, unless it is there. Errors: MR_E_DB. */
int mr_store_search_prepare(mr_db_tx *tx, struct mr_err *err) MR_MUST_CHECK;
/* Which version the catalogue was filled by; 0: never. */
int mr_store_search_version(mr_db_tx *tx, int64_t *ret, struct mr_err *err) MR_MUST_CHECK;
/* Empty it, and note that it is filled by this version from now on. */
int mr_store_search_clear(mr_db_tx *tx, struct mr_err *err) MR_MUST_CHECK;

/* One value that a specification can be found by. kind: "field", "level", "language", "mode", "provider", "size", "told_in" (languages of its texts). */
struct mr_search_facet {
    const char *kind;
    mr_str code;
};
/* Its texts in one language. */
struct mr_search_text {
    mr_str language; /* ISO 639-1 */
    mr_str title, outcomes, rest;
};
struct mr_search_entry {
    mr_str slug, specification_id, org_id;
    mr_str sort_title; /* in the order of which the catalogue is listed */
    const struct mr_search_facet *facets;
    size_t facet_count;
    const struct mr_search_text *texts;
    size_t text_count;
};
/* List it, in place of what is listed under its slug. */
int mr_store_search_put(mr_db_tx *tx, const struct mr_search_entry *entry, struct mr_err *err) MR_MUST_CHECK;
/* List it no longer; nothing happens when it is not listed. */
int mr_store_search_remove(mr_db_tx *tx, mr_str slug, struct mr_err *err) MR_MUST_CHECK;
/* What mr_store_search_count tells when nothing is asked for: take an entry off (sign -1) before it is removed or put anew, and put it on (1) after. Nothing happens
 * when it is not listed. */
int mr_store_search_count_entry(mr_db_tx *tx, mr_str slug, int sign, struct mr_err *err) MR_MUST_CHECK;
/* Count all that are listed. */
int mr_store_search_count_again(mr_db_tx *tx, struct mr_err *err) MR_MUST_CHECK;
/* The slugs of all specifications that may be listed, of one organisation or (empty) of all. */
int mr_store_search_slugs(mr_db_tx *tx, mr_arena *a, mr_str org_id, mr_str **ret, size_t *ret_count,
                          struct mr_err *err) MR_MUST_CHECK;

#define MR_SEARCH_WORDS 12 /* of a question that count */
/* What is asked for; empty texts ask for nothing. */
struct mr_search_filter {
    mr_str words[MR_SEARCH_WORDS]; /* letters and digits only */
    size_t word_count;
    bool beginnings; /* words that begin so, too */
    bool by_title;   /* else the best first, when there are words */
    mr_str field, level, language, mode, size;
    mr_str org_id;
    mr_str price;            /* "free", "paid" */
    mr_str starts_by, today; /* days, "2027-02-01"; today always */
    mr_str after;            /* slug of the last one that was shown */
    size_t most;
};
struct mr_search_hit {
    mr_str slug, specification_id, org_id;
};
/* What fits, in its order, behind `after`; at most `most`.
 *   ret  in the arena */
int mr_store_search_find(mr_db_tx *tx, mr_arena *a, const struct mr_search_filter *filter, struct mr_search_hit **ret,
                         size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
struct mr_search_count {
    mr_str kind, code;
    int64_t count;
};
/* How many fit, and of these how many have each value; after and most do not matter. */
int mr_store_search_count(mr_db_tx *tx, mr_arena *a, const struct mr_search_filter *filter, int64_t *ret_all,
                          struct mr_search_count **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;

#endif
