/* The catalogue's SQL: one text for both engines, except for the words.
 *
 * A text in one language is one row of catalogue_text. In SQLite its row number is TEXTS_MOST times the entry's number and the place of the text, so that the rows of an
 * entry are found again without an index; columns are the title, the learning outcomes and the rest, which weigh less from left to right. In PostgreSQL the same is said
 * by labels A, B and D of the words. How many entries have a facet, and how many entries there are (kind and code empty), is kept in catalogue_count, since every
 * first page of the catalogue tells it. What is asked for is asked in every language that the catalogue has, since nobody says in which language they ask. */
#include "store/search.h"

#include "base/buf.h"
#include "base/limits.h"

#define TEXTS_MOST 64 /* languages of one specification */
#define MATCH_MOST (256 * MR_KIB)

/* ---- the tables ---- */

int mr_store_search_prepare(mr_db_tx *tx, struct mr_err *err)
{
    MR_TRY(mr_db_run(tx,
                     "CREATE TABLE IF NOT EXISTS catalogue_count (kind TEXT NOT NULL, code TEXT NOT NULL, "
                     "entries BIGINT NOT NULL, PRIMARY KEY (kind, code))",
                     NULL, 0, NULL, err));
    if (mr_db_engine_of(tx) == MR_DB_SQLITE)
        return mr_db_run(tx,
                         "CREATE VIRTUAL TABLE IF NOT EXISTS catalogue_text USING fts5(title, outcomes, rest, "
                         "tokenize = 'merit', prefix = '3')",
                         NULL, 0, NULL, err);
    MR_TRY(mr_db_run(tx,
                     "CREATE TABLE IF NOT EXISTS catalogue_text (number BIGINT NOT NULL, config TEXT NOT NULL, "
                     "words TSVECTOR NOT NULL)",
                     NULL, 0, NULL, err));
    MR_TRY(mr_db_run(tx, "CREATE INDEX IF NOT EXISTS catalogue_text_words ON catalogue_text USING gin (words)", NULL, 0,
                     NULL, err));
    return mr_db_run(tx, "CREATE INDEX IF NOT EXISTS catalogue_text_number ON catalogue_text (number)", NULL, 0, NULL,
                     err);
}

int mr_store_search_version(mr_db_tx *tx, int64_t *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, "SELECT COALESCE(MAX(version), 0) FROM catalogue_state", NULL, 0, &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = row ? mr_db_int(c, 0) : 0;
    return MR_OK;
}

int mr_store_search_clear(mr_db_tx *tx, struct mr_err *err)
{
    MR_TRY(mr_db_run(tx, "DROP TABLE IF EXISTS catalogue_text", NULL, 0, NULL, err));
    MR_TRY(mr_store_search_prepare(tx, err));
    MR_TRY(mr_db_run(tx, "DELETE FROM catalogue_count", NULL, 0, NULL, err));
    MR_TRY(mr_db_run(tx, "DELETE FROM catalogue_facet", NULL, 0, NULL, err));
    MR_TRY(mr_db_run(tx, "DELETE FROM catalogue_entry", NULL, 0, NULL, err));
    MR_TRY(mr_db_run(tx, "DELETE FROM catalogue_state", NULL, 0, NULL, err));
    return mr_db_run(tx, "INSERT INTO catalogue_state (version) VALUES ($version)",
                     MR_DB_ARGS(MR_DB_I("version", MR_STORE_SEARCH_VERSION)), NULL, err);
}

/* ---- what is listed ---- */

static int number_of(mr_db_tx *tx, mr_str slug, int64_t *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, "SELECT number FROM catalogue_entry WHERE slug = $slug", MR_DB_ARGS(MR_DB_T("slug", slug)),
                       &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = row ? mr_db_int(c, 0) : 0;
    return MR_OK;
}

static int next_number(mr_db_tx *tx, int64_t *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, "SELECT COALESCE(MAX(number), 0) + 1 FROM catalogue_entry", NULL, 0, &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = row ? mr_db_int(c, 0) : 1;
    return MR_OK;
}

static int remove_texts(mr_db_tx *tx, int64_t number, struct mr_err *err)
{
    if (mr_db_engine_of(tx) == MR_DB_SQLITE)
        return mr_db_run(tx, "DELETE FROM catalogue_text WHERE rowid >= $from AND rowid < $to",
                         MR_DB_ARGS(MR_DB_I("from", number * TEXTS_MOST), MR_DB_I("to", (number + 1) * TEXTS_MOST)),
                         NULL, err);
    return mr_db_run(tx, "DELETE FROM catalogue_text WHERE number = $number", MR_DB_ARGS(MR_DB_I("number", number)),
                     NULL, err);
}

int mr_store_search_remove(mr_db_tx *tx, mr_str slug, struct mr_err *err)
{
    int64_t number;
    MR_TRY(number_of(tx, slug, &number, err));
    if (!number) return MR_OK;
    MR_TRY(remove_texts(tx, number, err));
    MR_TRY(
        mr_db_run(tx, "DELETE FROM catalogue_facet WHERE slug = $slug", MR_DB_ARGS(MR_DB_T("slug", slug)), NULL, err));
    return mr_db_run(tx, "DELETE FROM catalogue_entry WHERE slug = $slug", MR_DB_ARGS(MR_DB_T("slug", slug)), NULL,
                     err);
}

/* Configurations that PostgreSQL 15 has for official languages and Norwegian. */
static mr_str config_of(mr_str language)
{
    static const struct {
        char code[3];
        const char *config;
    } configs[] = {
        {"da", "danish"},     {"de", "german"},    {"el", "greek"},   {"en", "english"},   {"es", "spanish"},
        {"fi", "finnish"},    {"fr", "french"},    {"ga", "irish"},   {"hu", "hungarian"}, {"it", "italian"},
        {"lt", "lithuanian"}, {"nb", "norwegian"}, {"nl", "dutch"},   {"nn", "norwegian"}, {"no", "norwegian"},
        {"pt", "portuguese"}, {"ro", "romanian"},  {"sv", "swedish"},
    };
    for (size_t i = 0; i < sizeof configs / sizeof *configs; i++)
        if (mr_str_is(language, configs[i].code)) return mr_str_of(configs[i].config);
    return MR_STR("simple");
}

/* The text behind the mark of its language (db/sqlite_search.h). */
static mr_str marked(mr_arena *a, mr_str language, mr_str text)
{
    if (language.len != 2 || !text.len) return text;
    return mr_arena_concat(a, (const mr_str[]){MR_STR("\2"), language, MR_STR("\2"), text}, 4);
}

static int put_text(mr_db_tx *tx, mr_arena *a, int64_t number, size_t at, const struct mr_search_text *t,
                    struct mr_err *err)
{
    if (mr_db_engine_of(tx) == MR_DB_SQLITE)
        return mr_db_run(
            tx, "INSERT INTO catalogue_text (rowid, title, outcomes, rest) VALUES ($row, $title, $outcomes, $rest)",
            MR_DB_ARGS(MR_DB_I("row", number * TEXTS_MOST + (int64_t)at),
                       MR_DB_T("title", marked(a, t->language, t->title)),
                       MR_DB_T("outcomes", marked(a, t->language, t->outcomes)),
                       MR_DB_T("rest", marked(a, t->language, t->rest))),
            NULL, err);
    return mr_db_run(tx,
                     "INSERT INTO catalogue_text (number, config, words) VALUES ($number, CAST($config AS TEXT), "
                     "setweight(to_tsvector(CAST(CAST($config AS TEXT) AS regconfig), $title), 'A') || "
                     "setweight(to_tsvector(CAST(CAST($config AS TEXT) AS regconfig), $outcomes), 'B') || "
                     "setweight(to_tsvector(CAST(CAST($config AS TEXT) AS regconfig), $rest), 'D'))",
                     MR_DB_ARGS(MR_DB_I("number", number), MR_DB_T("config", config_of(t->language)),
                                MR_DB_T("title", t->title), MR_DB_T("outcomes", t->outcomes), MR_DB_T("rest", t->rest)),
                     NULL, err);
}

int mr_store_search_put(mr_db_tx *tx, const struct mr_search_entry *e, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    int64_t number;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT);
    MR_TRY(mr_store_search_remove(tx, e->slug, err));
    MR_TRY(next_number(tx, &number, err));
    MR_TRY(mr_db_run(tx,
                     "INSERT INTO catalogue_entry (slug, number, specification_id, org_id, sort_title) "
                     "VALUES ($slug, $number, $specification, $org, $title)",
                     MR_DB_ARGS(MR_DB_T("slug", e->slug), MR_DB_I("number", number),
                                MR_DB_T("specification", e->specification_id), MR_DB_T("org", e->org_id),
                                MR_DB_T("title", e->sort_title)),
                     NULL, err));
    for (size_t i = 0; i < e->facet_count; i++)
        MR_TRY(mr_db_run(tx,
                         "INSERT INTO catalogue_facet (kind, code, slug) VALUES ($kind, $code, $slug) "
                         "ON CONFLICT DO NOTHING",
                         MR_DB_ARGS(MR_DB_T("kind", mr_str_of(e->facets[i].kind)), MR_DB_T("code", e->facets[i].code),
                                    MR_DB_T("slug", e->slug)),
                         NULL, err));
    for (size_t i = 0; i < e->text_count && i < TEXTS_MOST; i++) MR_TRY(put_text(tx, &a, number, i, &e->texts[i], err));
    return MR_OK;
}

#define COUNTED_ENTRIES                                                                                                \
    "INSERT INTO catalogue_count (kind, code, entries) SELECT kind, code, CAST($sign AS BIGINT) FROM catalogue_facet " \
    "WHERE slug = $slug UNION ALL SELECT '', '', CAST($sign AS BIGINT) FROM catalogue_entry WHERE slug = $slug "       \
    "ON CONFLICT (kind, code) DO UPDATE SET entries = catalogue_count.entries + excluded.entries"

int mr_store_search_count_entry(mr_db_tx *tx, mr_str slug, int sign, struct mr_err *err)
{
    return mr_db_run(tx, COUNTED_ENTRIES, MR_DB_ARGS(MR_DB_T("slug", slug), MR_DB_I("sign", sign)), NULL, err);
}

int mr_store_search_count_again(mr_db_tx *tx, struct mr_err *err)
{
    MR_TRY(mr_db_run(tx, "DELETE FROM catalogue_count", NULL, 0, NULL, err));
    return mr_db_run(tx,
                     "INSERT INTO catalogue_count (kind, code, entries) SELECT kind, code, COUNT(*) FROM "
                     "catalogue_facet GROUP BY kind, code UNION ALL SELECT '', '', COUNT(*) FROM catalogue_entry",
                     NULL, 0, NULL, err);
}

/* ---- lists that grow ---- */

static bool has_room(mr_arena *a, void **items, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity) return true;
    size_t more = *capacity ? *capacity * 2 : 32;
    void *bigger = mr_arena_zalloc(a, more, size);
    if (!bigger) return false;
    if (count) memcpy(bigger, *items, count * size);
    *items = bigger, *capacity = more;
    return true;
}

static int no_memory(struct mr_err *err)
{
    return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
}

static int read_texts(mr_db_cursor *c, mr_arena *a, mr_str **ret, size_t *ret_count, struct mr_err *err)
{
    void *items = NULL;
    size_t count = 0, capacity = 0;
    for (;;) {
        bool row;
        MR_TRY(mr_db_next(c, &row, err));
        if (!row) break;
        if (!has_room(a, &items, count, &capacity, sizeof(mr_str))) return no_memory(err);
        ((mr_str *)items)[count++] = mr_arena_dup(a, mr_db_text(c, 0));
    }
    *ret = items, *ret_count = count;
    return MR_OK;
}

int mr_store_search_slugs(mr_db_tx *tx, mr_arena *a, mr_str org_id, mr_str **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    if (org_id.len)
        MR_TRY(mr_db_query(tx, "SELECT DISTINCT slug FROM specification WHERE org_id = $org ORDER BY slug",
                           MR_DB_ARGS(MR_DB_T("org", org_id)), &c, err));
    else
        MR_TRY(mr_db_query(tx, "SELECT DISTINCT slug FROM specification ORDER BY slug", NULL, 0, &c, err));
    return read_texts(c, a, ret, ret_count, err);
}

/* ---- asking ---- */

#define FITS(kind, parameter)                                                                                          \
    "(" parameter " = '' OR EXISTS (SELECT 1 FROM catalogue_facet f WHERE f.kind = '" kind "' AND f.code = " parameter \
    " AND f.slug = e.slug))"
#define FILTERS                                                                                                        \
    FITS("field", "$field")                                                                                            \
    " AND " FITS("level", "$level") " AND " FITS("language", "$language") " AND " FITS("mode", "$mode") " AND " FITS(  \
        "size", "$size") " AND ($org = '' OR e.org_id = $org) AND (($price = '' AND $starts = '') OR EXISTS ("         \
                         "SELECT 1 FROM opportunity o WHERE o.specification_slug = e.slug AND o.state = 'open' AND "   \
                         "(o.start_on IS NULL OR o.start_on >= $today) AND "                                           \
                         "($starts = '' OR o.start_on IS NULL OR o.start_on <= $starts) AND ($price = '' OR "          \
                         "($price = 'free' AND o.price_minor = 0) OR ($price = 'paid' AND o.price_minor > 0))))"
/* The entries that fit, as `found`; with words their score, in millionths. */
#define FOUND_ALL                                                                                                      \
    "WITH found AS (SELECT e.slug, e.specification_id, e.org_id, e.sort_title, 0 AS score FROM catalogue_entry e "     \
    "WHERE " FILTERS ") "
#define FOUND_BY(raw)                                                                                                  \
    "WITH raw AS MATERIALIZED (" raw "), best AS (SELECT number, MAX(score) AS score FROM raw GROUP BY number), "      \
    "found AS (SELECT e.slug, e.specification_id, e.org_id, e.sort_title, b.score FROM best b "                        \
    "JOIN catalogue_entry e ON e.number = b.number WHERE " FILTERS ") "
#define FOUND_SQLITE                                                                                                   \
    FOUND_BY("SELECT rowid / 64 AS number, CAST(-1000000 * bm25(catalogue_text, 10.0, 4.0, 1.0) AS INTEGER) AS score " \
             "FROM catalogue_text WHERE catalogue_text MATCH $match")
#define FOUND_POSTGRESQL                                                                                               \
    FOUND_BY("SELECT t.number, CAST(1000000 * ts_rank(t.words, q.asked) AS BIGINT) AS score FROM "                     \
             "(SELECT c.config, to_tsquery(CAST(c.config AS regconfig), $match) AS asked FROM "                        \
             "(SELECT DISTINCT config FROM catalogue_text) c) q JOIN catalogue_text t ON t.config = q.config "         \
             "AND t.words @@ q.asked")
#define BY_TITLE                                                                                                       \
    "SELECT slug, specification_id, org_id FROM found WHERE $after = '' OR (sort_title, slug) > (SELECT "              \
    "a.sort_title, "                                                                                                   \
    "a.slug FROM catalogue_entry a WHERE a.slug = $after) ORDER BY sort_title, slug LIMIT $most"
#define BY_SCORE                                                                                                       \
    "SELECT slug, specification_id, org_id FROM found WHERE $after = '' OR (-score, slug) > (SELECT -a.score, a.slug " \
    "FROM found a WHERE a.slug = $after) ORDER BY -score, slug LIMIT $most"
#define COUNTED                                                                                                        \
    "SELECT '' AS kind, '' AS code, COUNT(*) AS count FROM found UNION ALL SELECT c.kind, c.code, COUNT(*) FROM "      \
    "found "                                                                                                           \
    "JOIN catalogue_facet c ON c.slug = found.slug GROUP BY c.kind, c.code ORDER BY 1, 3 DESC, 2"

/* Nothing was asked for: that is counted already, and an index has the order. */
#define ALL_BY_TITLE                                                                                                   \
    "SELECT slug, specification_id, org_id FROM catalogue_entry WHERE $after = '' OR (sort_title, slug) > (SELECT "    \
    "a.sort_title, a.slug FROM catalogue_entry a WHERE a.slug = $after) ORDER BY sort_title, slug LIMIT $most"
#define COUNTED_ALL                                                                                                    \
    "SELECT kind, code, entries FROM catalogue_count WHERE entries > 0 ORDER BY kind, entries DESC, code"

static const char *const statements[][3] = {
    {FOUND_ALL BY_TITLE, FOUND_ALL BY_TITLE, FOUND_ALL COUNTED},
    {FOUND_SQLITE BY_TITLE, FOUND_SQLITE BY_SCORE, FOUND_SQLITE COUNTED},
    {FOUND_POSTGRESQL BY_TITLE, FOUND_POSTGRESQL BY_SCORE, FOUND_POSTGRESQL COUNTED},
};

/* FTS5: in each language all words, `("(2)da(2)word" AND ...) OR (...)`; quotes cannot occur in a word. */
static void write_match(mr_buf *b, const struct mr_search_filter *f, const mr_str *languages, size_t count)
{
    for (size_t l = 0; l < count; l++) {
        mr_buf_puts(b, l ? " OR (" : "(");
        for (size_t i = 0; i < f->word_count; i++) {
            mr_buf_format(b, "%s\"", i ? " AND " : "");
            if (languages[l].len == 2) mr_buf_format(b, "\2%.*s\2", MR_STR_ARG(languages[l]));
            mr_buf_put(b, f->words[i]);
            mr_buf_puts(b, f->beginnings ? "\"*" : "\"");
        }
        mr_buf_putc(b, ')');
    }
    if (!count) mr_buf_puts(b, "\"\""); /* nothing is listed in any language */
}

/* tsquery: `'word' & 'word':*` */
static void write_tsquery(mr_buf *b, const struct mr_search_filter *f)
{
    for (size_t i = 0; i < f->word_count; i++) {
        mr_buf_format(b, "%s'", i ? " & " : "");
        mr_buf_put(b, f->words[i]);
        mr_buf_puts(b, f->beginnings ? "':*" : "'");
    }
}

static int make_match(mr_db_tx *tx, mr_arena *a, const struct mr_search_filter *f, mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_str *languages;
    size_t count;
    mr_buf_init(&text, MATCH_MOST);
    if (mr_db_engine_of(tx) == MR_DB_SQLITE) {
        MR_TRY(mr_db_query(tx, "SELECT DISTINCT code FROM catalogue_facet WHERE kind = 'told_in' ORDER BY code", NULL,
                           0, &c, err));
        MR_TRY(read_texts(c, a, &languages, &count, err));
        write_match(&text, f, languages, count);
    } else {
        write_tsquery(&text, f);
    }
    *ret = mr_arena_dup(a, mr_buf_str(&text));
    return mr_buf_failed(&text) || !ret->ptr ? no_memory(err) : MR_OK;
}

enum { STATEMENT_TITLE, STATEMENT_SCORE, STATEMENT_COUNT };

/* Ask one of the statements. */
static int ask(mr_db_tx *tx, mr_arena *a, const struct mr_search_filter *f, int which, mr_db_cursor **ret,
               struct mr_err *err)
{
    int engine = !f->word_count ? 0 : mr_db_engine_of(tx) == MR_DB_SQLITE ? 1 : 2;
    mr_str match = MR_STR_EMPTY;
    if (f->word_count) MR_TRY(make_match(tx, a, f, &match, err));
    mr_db_value args[12] = {
        MR_DB_T("field", f->field), MR_DB_T("level", f->level),      MR_DB_T("language", f->language),
        MR_DB_T("mode", f->mode),   MR_DB_T("size", f->size),        MR_DB_T("org", f->org_id),
        MR_DB_T("price", f->price), MR_DB_T("starts", f->starts_by), MR_DB_T("today", f->today)};
    size_t count = 9;
    if (f->word_count) args[count++] = (mr_db_value)MR_DB_T("match", match);
    if (which != STATEMENT_COUNT) {
        args[count++] = (mr_db_value)MR_DB_T("after", f->after);
        args[count++] = (mr_db_value)MR_DB_I("most", (int64_t)f->most);
    }
    for (size_t i = 0; i < count; i++)
        if (args[i].type == MR_DB_TEXT && !args[i].text.ptr) args[i].text = MR_STR(""); /* never NULL */
    return mr_db_query(tx, statements[engine][which], args, count, ret, err);
}

static bool asks_for_nothing(const struct mr_search_filter *f)
{
    return !f->word_count && !f->field.len && !f->level.len && !f->language.len && !f->mode.len && !f->size.len &&
           !f->org_id.len && !f->price.len && !f->starts_by.len;
}

int mr_store_search_find(mr_db_tx *tx, mr_arena *a, const struct mr_search_filter *f, struct mr_search_hit **ret,
                         size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    void *items = NULL;
    size_t count = 0, capacity = 0;
    const mr_str after = f->after.len ? f->after : MR_STR("");
    if (asks_for_nothing(f))
        MR_TRY(mr_db_query(tx, ALL_BY_TITLE, MR_DB_ARGS(MR_DB_T("after", after), MR_DB_I("most", (int64_t)f->most)), &c,
                           err));
    else
        MR_TRY(ask(tx, a, f, f->by_title || !f->word_count ? STATEMENT_TITLE : STATEMENT_SCORE, &c, err));
    for (;;) {
        bool row;
        MR_TRY(mr_db_next(c, &row, err));
        if (!row) break;
        if (!has_room(a, &items, count, &capacity, sizeof(struct mr_search_hit))) return no_memory(err);
        ((struct mr_search_hit *)items)[count++] = (struct mr_search_hit){
            mr_arena_dup(a, mr_db_text(c, 0)), mr_arena_dup(a, mr_db_text(c, 1)), mr_arena_dup(a, mr_db_text(c, 2))};
    }
    *ret = items, *ret_count = count;
    return MR_OK;
}

int mr_store_search_count(mr_db_tx *tx, mr_arena *a, const struct mr_search_filter *f, int64_t *ret_all,
                          struct mr_search_count **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    void *items = NULL;
    size_t count = 0, capacity = 0;
    *ret_all = 0;
    if (asks_for_nothing(f))
        MR_TRY(mr_db_query(tx, COUNTED_ALL, NULL, 0, &c, err));
    else
        MR_TRY(ask(tx, a, f, STATEMENT_COUNT, &c, err));
    for (;;) {
        bool row;
        MR_TRY(mr_db_next(c, &row, err));
        if (!row) break;
        if (!mr_db_text(c, 0).len) {
            *ret_all = mr_db_int(c, 2);
            continue;
        }
        if (!has_room(a, &items, count, &capacity, sizeof(struct mr_search_count))) return no_memory(err);
        ((struct mr_search_count *)items)[count++] = (struct mr_search_count){
            mr_arena_dup(a, mr_db_text(c, 0)), mr_arena_dup(a, mr_db_text(c, 1)), mr_db_int(c, 2)};
    }
    *ret = items, *ret_count = count;
    return MR_OK;
}
