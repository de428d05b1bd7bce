/* The tokenizer of full-text search in SQLite.
 *
 * Idea. One table holds texts of many languages, and a word is cut to its stem by the rules of the language of its text. FTS5 has one tokenizer for a table, which
 * is told nothing of the row; so the text tells its language itself, in a mark at its beginning that unicode61 takes for a separator. What is asked for is marked in
 * the same way. Letters lose their marks after the stem was made, not before: Snowball's rules of Finnish and German need them.
 *
 * A stemmer of libstemmer is not safe to share between threads; a tokenizer belongs to one connection, which one thread has at a time (sqlite.c), so each keeps its own.
 *
 * Sources: sqlite.org/fts5.html section 7 (Extending FTS5); snowballstem.org. */
#include "db/sqlite_search.h"

#include "base/lazy.h"

#include <libstemmer.h>
#include <stdlib.h>
#include <string.h>

#define SEARCH_FUNCTIONS(F)                                                                                            \
    F(sqlite3_prepare_v2) F(sqlite3_bind_pointer) F(sqlite3_step) F(sqlite3_finalize) F(sqlite3_errmsg)
MR_LAZY_LIBRARY(search, "libsqlite3.so.0", SEARCH_FUNCTIONS)
#define STEMMER_FUNCTIONS(F) F(sb_stemmer_new) F(sb_stemmer_delete) F(sb_stemmer_stem) F(sb_stemmer_length)
MR_LAZY_LIBRARY(stemmer, "libstemmer.so.0d", STEMMER_FUNCTIONS)

enum { WORD_MOST = 64 /* octets of a word that are looked at; the rest is cut off */ };

/* Official languages that libstemmer 2.2 knows, and Norwegian. */
static const struct language {
    char code[3];
    const char *algorithm;
} languages[] = {
    {"da", "danish"},     {"de", "german"},    {"el", "greek"},   {"en", "english"},   {"es", "spanish"},
    {"fi", "finnish"},    {"fr", "french"},    {"ga", "irish"},   {"hu", "hungarian"}, {"it", "italian"},
    {"lt", "lithuanian"}, {"nb", "norwegian"}, {"nl", "dutch"},   {"nn", "norwegian"}, {"no", "norwegian"},
    {"pt", "portuguese"}, {"ro", "romanian"},  {"sv", "swedish"},
};
enum { LANGUAGES = sizeof languages / sizeof *languages };

/* Of one connection. `words` cuts a text into words in small letters with their marks; `plain` takes the marks of one word away. */
struct tokenizer {
    fts5_tokenizer unicode;
    Fts5Tokenizer *words, *plain;
    struct sb_stemmer *stemmers[LANGUAGES]; /* made when first needed */
};

typedef int take_token(void *self, int flags, const char *token, int length, int start, int end);

/* What is done with the words of one text. */
struct work {
    struct tokenizer *t;
    struct sb_stemmer *stemmer; /* NULL: words stay whole */
    void *self;
    take_token *take;
    int flags, start, end; /* of the present word */
};

static void tokenizer_free(Fts5Tokenizer *handle)
{
    struct tokenizer *t = (struct tokenizer *)(void *)handle;
    if (t->words) t->unicode.xDelete(t->words);
    if (t->plain) t->unicode.xDelete(t->plain);
    for (size_t i = 0; i < LANGUAGES; i++)
        if (t->stemmers[i]) stemmer_table.sb_stemmer_delete(t->stemmers[i]);
    free(t);
}

static int tokenizer_new(void *self, const char **arguments, int count, Fts5Tokenizer **ret)
{
    static const char *const with_marks[] = {"remove_diacritics", "0"}, *const without[] = {"remove_diacritics", "2"};
    fts5_api *api = self;
    void *of_unicode = NULL;
    fts5_tokenizer found;
    (void)arguments, (void)count;
    int rc = api->xFindTokenizer(api, "unicode61", &of_unicode, &found);
    if (rc != SQLITE_OK) return rc;
    struct tokenizer *t = calloc(1, sizeof *t);
    if (!t) return SQLITE_NOMEM;
    t->unicode = found;
    rc = t->unicode.xCreate(of_unicode, (const char **)(uintptr_t)with_marks, 2, &t->words);
    if (rc == SQLITE_OK) rc = t->unicode.xCreate(of_unicode, (const char **)(uintptr_t)without, 2, &t->plain);
    if (rc != SQLITE_OK) {
        tokenizer_free((Fts5Tokenizer *)(void *)t);
        return rc;
    }
    *ret = (Fts5Tokenizer *)(void *)t;
    return SQLITE_OK;
}

static struct sb_stemmer *stemmer_of(struct tokenizer *t, const char *text, int length)
{
    if (length < 4 || text[0] != '\2' || text[3] != '\2' || stemmer_load(NULL) != MR_OK) return NULL;
    for (size_t i = 0; i < LANGUAGES; i++) {
        if (memcmp(languages[i].code, text + 1, 2) != 0) continue;
        if (!t->stemmers[i]) t->stemmers[i] = stemmer_table.sb_stemmer_new(languages[i].algorithm, "UTF_8");
        return t->stemmers[i];
    }
    return NULL;
}

/* The stem without its marks: given on at the place of the word that it was made of. */
static int take_plain(void *self, int flags, const char *token, int length, int start, int end)
{
    struct work *w = self;
    (void)flags, (void)start, (void)end;
    return w->take(w->self, w->flags, token, length, w->start, w->end);
}

/* Not inside a character. */
static int cut(const char *token, int length)
{
    if (length <= WORD_MOST) return length;
    length = WORD_MOST;
    while (length > 0 && ((unsigned char)token[length] & 0xC0) == 0x80) length--;
    return length;
}

static int take_word(void *self, int flags, const char *token, int length, int start, int end)
{
    struct work *w = self;
    length = cut(token, length);
    if (w->stemmer) {
        const unsigned char *stem = stemmer_table.sb_stemmer_stem(w->stemmer, (const unsigned char *)token, length);
        if (!stem) return SQLITE_NOMEM;
        token = (const char *)stem, length = stemmer_table.sb_stemmer_length(w->stemmer);
    }
    w->flags = flags, w->start = start, w->end = end;
    return w->t->unicode.xTokenize(w->t->plain, w, FTS5_TOKENIZE_DOCUMENT, token, length, take_plain);
}

/* The mark itself is no word. */
static int take_marked(void *self, int flags, const char *token, int length, int start, int end)
{
    if (start == 1 && end == 3) return SQLITE_OK;
    return take_word(self, flags, token, length, start, end);
}

static int tokenize(Fts5Tokenizer *handle, void *self, int flags, const char *text, int length, take_token *take)
{
    struct tokenizer *t = (struct tokenizer *)(void *)handle;
    bool marked = length >= 4 && text[0] == '\2' && text[3] == '\2';
    struct work w = {.t = t, .stemmer = stemmer_of(t, text, length), .self = self, .take = take};
    return t->unicode.xTokenize(t->words, &w, flags, text, length, marked ? take_marked : take_word);
}

int mr_db_sqlite_prepare_search(sqlite3 *handle, struct mr_err *err)
{
    MR_TRY(search_load(err));
    fts5_api *api = NULL;
    sqlite3_stmt *statement = NULL;
    int rc = search_table.sqlite3_prepare_v2(handle, "SELECT fts5(?1)", -1, &statement, NULL);
    if (rc == SQLITE_OK) rc = search_table.sqlite3_bind_pointer(statement, 1, &api, "fts5_api_ptr", NULL);
    if (rc == SQLITE_OK) (void)search_table.sqlite3_step(statement);
    search_table.sqlite3_finalize(statement);
    fts5_tokenizer own = {tokenizer_new, tokenizer_free, tokenize};
    if (api) rc = api->xCreateTokenizer(api, "merit", api, &own, NULL);
    if (api && rc == SQLITE_OK) return MR_OK;
    return MR_FAIL_DETAIL(err, MR_E_DB, "this SQLite has no full-text search (FTS5)", "%s",
                          search_table.sqlite3_errmsg(handle));
}
