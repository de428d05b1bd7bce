/* Words of texts for full-text search in SQLite; only for sqlite.c. */
#ifndef MR_DB_SQLITE_SEARCH_H
#define MR_DB_SQLITE_SEARCH_H

#include "base/err.h"

#include <sqlite3.h>

/* Make the tokenizer "merit" known to a connection: FTS5's own "unicode61" with the marks of letters removed, and behind it the stemmer of the language that the text
 * says it is in. A text in a language begins with U+0002, the language's code of two letters, and U+0002 again ("\2da\2..."), in tables as in queries; without that, or
 * without a stemmer for that language, words stay whole. Without libstemmer all do.
 *   errors  MR_E_DB: this SQLite has no FTS5 */
int mr_db_sqlite_prepare_search(sqlite3 *handle, struct mr_err *err) MR_MUST_CHECK;

#endif
