/* Any octets as a text of the catalogue, with and without the mark of a language, and as what is asked for in quotes: SQLite's words and our stems of them. What was put in
 * is there once, and no question is an error. */
#include "base/limits.h"
#include "base/buf.h"
#include "db/db.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Also with NDEBUG. */
static void need(bool condition)
{
    if (!condition) abort();
}

static void ask(mr_db_tx *tx, mr_str text)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    MR_CLEANUP(mr_buf_done) mr_buf match;
    bool row;
    mr_buf_init(&match, MR_MIB);
    mr_buf_putc(&match, '"');
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != '"' && text.ptr[i] != '\0') mr_buf_putc(&match, text.ptr[i]);
    mr_buf_puts(&match, "\"*");
    need(mr_db_query(tx, "SELECT rowid, bm25(t) FROM t WHERE t MATCH $match ORDER BY rowid",
                     MR_DB_ARGS(MR_DB_T("match", mr_buf_str(&match))), &c, NULL) == MR_OK);
    do need(mr_db_next(c, &row, NULL) == MR_OK);
    while (row);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static mr_db *db;
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    mr_str text = mr_str_make((const char *)data, size);
    if (size > 64 * MR_KIB || mr_utf8_check(text) < size) return 0; /* checked where it enters the program */
    if (!db) need(mr_db_open(":memory:", &db, NULL) == MR_OK);
    need(mr_db_begin(db, true, &tx, NULL) == MR_OK);
    need(mr_db_run(tx, "CREATE VIRTUAL TABLE t USING fts5(a, tokenize = 'merit', prefix = '3')", NULL, 0, NULL, NULL) ==
         MR_OK);
    need(mr_db_run(tx, "INSERT INTO t (a) VALUES ($text)", MR_DB_ARGS(MR_DB_T("text", text)), NULL, NULL) == MR_OK);
    ask(tx, text);
    need(mr_db_run(tx, "INSERT INTO t (t) VALUES ('integrity-check')", NULL, 0, NULL, NULL) == MR_OK);
    return 0;
}
