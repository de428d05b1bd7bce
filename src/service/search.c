/* The catalogue is derived: mr_search_update makes the entry of one specification from its newest version, and mr_search_rebuild does so for all. Each language of the title
 * is a text of its own, so that its words are cut to their stems by its own rules; what is not told in a language is not found in it. */
#include "service/search.h"

#include "base/buf.h"
#include "base/limits.h"
#include "service/installation.h"
#include "store/organisation.h"
#include "store/specification.h"

#define TEXT_MOST (256 * MR_KIB) /* octets of one column of words */
#define ENTRY_MEMORY (32 * MR_MIB)
#define WORD_MOST 60 /* octets of a word that is asked for */

/* ---- from a specification to its entry ---- */

struct draft {
    mr_arena *a;
    struct mr_search_facet *facets;
    size_t facet_count, facet_most;
};

static void add_facet(struct draft *d, const char *kind, mr_str code)
{
    if (code.len && d->facet_count < d->facet_most)
        d->facets[d->facet_count++] = (struct mr_search_facet){kind, mr_arena_dup(d->a, code)};
}

/* A field of four digits lies in one of three and one of two. */
static void add_field(struct draft *d, mr_str code)
{
    for (size_t digits = 2; digits <= code.len; digits++) add_facet(d, "field", mr_str_make(code.ptr, digits));
}

static const char *size_of(const mr_specification *s)
{
    if (!s->ects_hundredths) return s->workload_minutes ? "hours" : "";
    return s->ects_hundredths <= 300 ? "small" : s->ects_hundredths <= 1000 ? "medium" : "large";
}

static bool make_facets(struct draft *d, const mr_specification *s, mr_str org_id)
{
    d->facet_most = 3 * s->field_count + s->language_count + s->mode_count + s->title.count + 3;
    d->facets = MR_NEW_ARRAY(d->a, struct mr_search_facet, d->facet_most);
    if (!d->facets) return false;
    for (size_t i = 0; i < s->field_count; i++) add_field(d, mr_str_of(s->fields[i]->code));
    for (size_t i = 0; i < s->language_count; i++) add_facet(d, "language", mr_str_of(s->languages[i]->code));
    for (size_t i = 0; i < s->mode_count; i++) add_facet(d, "mode", mr_str_of(s->modes[i]->code));
    for (size_t i = 0; i < s->title.count; i++) add_facet(d, "told_in", s->title.items[i].language);
    if (s->eqf) add_facet(d, "level", mr_str_of(s->eqf->code));
    add_facet(d, "size", mr_str_of(size_of(s)));
    add_facet(d, "provider", org_id);
    return true;
}

static void add_words(mr_buf *b, mr_texts texts, mr_str language)
{
    mr_str text = mr_texts_find(texts, language);
    if (!text.len || b->len + text.len + 1 > TEXT_MOST) return;
    mr_buf_put(b, text);
    mr_buf_putc(b, '\n');
}

static void add_labels(mr_buf *b, const mr_concept *const *concepts, size_t count, mr_str language)
{
    for (size_t i = 0; i < count; i++) {
        mr_buf_put(b, mr_concept_label(concepts[i], language));
        mr_buf_putc(b, '\n');
    }
}

static struct mr_search_text text_in(mr_arena *a, const mr_specification *s, mr_str language)
{
    MR_CLEANUP(mr_buf_done) mr_buf outcomes, rest;
    mr_buf_init(&outcomes, TEXT_MOST);
    mr_buf_init(&rest, 2 * TEXT_MOST);
    for (size_t i = 0; i < s->outcome_count; i++) {
        const struct mr_learning_outcome *o = &s->outcomes[i];
        add_words(&outcomes, o->title, language);
        add_words(&outcomes, o->description, language);
        for (size_t k = 0; k < o->skill_count; k++) add_words(&outcomes, o->skills[k].label, language);
    }
    const mr_texts others[] = {s->description, s->content, s->purpose, s->target_group, s->prerequisites};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) add_words(&rest, others[i], language);
    mr_buf_put(&rest, mr_texts_get(s->provider.name, language, NULL));
    mr_buf_putc(&rest, '\n');
    add_labels(&rest, s->fields, s->field_count, language);
    return (struct mr_search_text){language, mr_texts_find(s->title, language), mr_arena_dup(a, mr_buf_str(&outcomes)),
                                   mr_arena_dup(a, mr_buf_str(&rest))};
}

/* In small ASCII letters, in English where that is told. */
static mr_str sort_title(mr_arena *a, const mr_specification *s)
{
    mr_str title = mr_arena_dup(a, mr_texts_get(s->title, MR_STR("en"), NULL));
    char *c = (char *)(uintptr_t)title.ptr;
    for (size_t i = 0; c && i < title.len; i++)
        if (c[i] >= 'A' && c[i] <= 'Z') c[i] = (char)(c[i] + 32);
    return title;
}

static int put_entry(mr_db_tx *tx, mr_arena *a, const struct mr_specification_row *row, const mr_specification *s,
                     struct mr_err *err)
{
    struct draft d = {.a = a};
    struct mr_search_text *texts = MR_NEW_ARRAY(a, struct mr_search_text, s->title.count);
    if (!texts || !make_facets(&d, s, row->org_id))
        return MR_FAIL(err, MR_E_NOMEM, "no memory for the catalogue", MR_NOWHERE);
    for (size_t i = 0; i < s->title.count; i++) texts[i] = text_in(a, s, s->title.items[i].language);
    const struct mr_search_entry entry = {.slug = row->slug,
                                          .specification_id = row->id,
                                          .org_id = row->org_id,
                                          .sort_title = sort_title(a, s),
                                          .facets = d.facets,
                                          .facet_count = d.facet_count,
                                          .texts = texts,
                                          .text_count = s->title.count};
    return mr_store_search_put(tx, &entry, err);
}

/* What was published in this transaction may come to nothing: it is read without being kept. */
static int update(mr_db_tx *tx, mr_arena *a, mr_str slug, struct mr_err *err)
{
    struct mr_specification_row row;
    struct mr_organisation_row org;
    struct mr_findings findings;
    mr_specification spec;
    mr_findings_init(&findings, a);
    MR_TRY(mr_store_specification_find(tx, a, slug, &row, err));
    if (!row.id.len || row.archived_at != MR_TIME_NONE) return mr_store_search_remove(tx, slug, err);
    MR_TRY(mr_store_organisation_find(tx, a, row.org_id, &org, err));
    if (org.closed_at != MR_TIME_NONE) return mr_store_search_remove(tx, slug, err);
    MR_TRY(mr_store_specification_get(tx, a, row.id, &row, err));
    MR_TRY(mr_specification_read(a, row.document, &spec, &findings, err));
    return put_entry(tx, a, &row, &spec, err);
}

int mr_search_update(mr_service *s, mr_db_tx *tx, mr_str slug, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    (void)s;
    mr_arena_init(&a, ENTRY_MEMORY);
    MR_TRY(mr_store_search_count_entry(tx, slug, -1, err));
    MR_TRY(update(tx, &a, slug, err));
    return mr_store_search_count_entry(tx, slug, 1, err);
}

int mr_search_rebuild(mr_service *s, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_CLEANUP(mr_arena_done) mr_arena list, each;
    mr_str *slugs;
    size_t count;
    mr_arena_init(&list, MR_LIMIT_DOCUMENT_MEMORY);
    mr_arena_init(&each, ENTRY_MEMORY);
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(mr_store_search_clear(tx, err));
    MR_TRY(mr_store_search_slugs(tx, &list, MR_STR_EMPTY, &slugs, &count, err));
    for (size_t i = 0; i < count; i++) {
        mr_arena_reset(&each);
        MR_TRY(update(tx, &each, slugs[i], err));
    }
    MR_TRY(mr_store_search_count_again(tx, err));
    mr_db_tx *done = tx;
    tx = NULL;
    if (ret_count) *ret_count = count;
    return mr_db_commit(done, err);
}

int mr_search_open(mr_service *s, struct mr_err *err)
{
    int64_t version;
    {
        MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
        MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
        MR_TRY(mr_store_search_version(tx, &version, err));
    }
    return version == MR_STORE_SEARCH_VERSION ? MR_OK : mr_search_rebuild(s, NULL, err);
}

/* ---- asking ---- */

/* Letters and digits: ASCII ones, and all that lies beyond ASCII but blanks, signs and punctuation of Latin-1 (U+0080 to U+00BF) and general punctuation (U+2000 to
 * U+207F). Whatever else is no letter is left to the engines, which pass over it. */
static size_t letter(mr_str s, size_t i)
{
    unsigned char c = (unsigned char)s.ptr[i];
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return 1;
    if (c < 0xC3) return 0;
    if (c == 0xE2 && i + 1 < s.len && ((unsigned char)s.ptr[i + 1] & 0xFE) == 0x80) return 0;
    return c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
}

static size_t step(mr_str s, size_t i)
{
    unsigned char c = (unsigned char)s.ptr[i];
    return c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
}

static void split_words(mr_str text, struct mr_search_filter *f)
{
    size_t i = 0;
    if (mr_utf8_check(text) < text.len) return;
    while (i < text.len && f->word_count < MR_SEARCH_WORDS) {
        size_t start = i, n;
        while (i < text.len && (n = letter(text, i)) && i + n - start <= WORD_MOST) i += n;
        if (i > start) f->words[f->word_count++] = mr_str_make(text.ptr + start, i - start);
        while (i < text.len && letter(text, i) && i > start) i += step(text, i); /* the rest of a long word */
        while (i < text.len && !letter(text, i)) i += step(text, i);
    }
}

static bool is_day(mr_str s)
{
    mr_date day;
    return s.len == 10 && s.ptr[4] == '-' && mr_date_parse(s, &day, NULL) == MR_OK;
}

/* ret_nothing: what is asked for cannot be. */
static int make_filter(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_question *q,
                       struct mr_search_filter *ret, bool *ret_nothing, struct mr_err *err)
{
    char today[11];
    mr_date_write(mr_date_of_time(mr_env_now(mr_service_env(s))), today);
    *ret = (struct mr_search_filter){.field = q->field,
                                     .level = q->level,
                                     .language = q->language,
                                     .mode = q->mode,
                                     .size = q->size,
                                     .price = q->price,
                                     .starts_by = q->starts,
                                     .today = mr_arena_dup(a, mr_str_of(today)),
                                     .after = q->after,
                                     .by_title = q->by_title,
                                     .most = q->most + 1};
    split_words(q->text, ret);
    *ret_nothing = (q->starts.len && !is_day(q->starts)) ||
                   (q->price.len && !mr_str_is(q->price, "free") && !mr_str_is(q->price, "paid")) ||
                   (mr_str_trim(q->text).len && !ret->word_count);
    if (!q->provider.len) return MR_OK;
    struct mr_organisation_row row;
    MR_TRY(mr_store_organisation_find_slug(tx, a, q->provider, &row, err));
    ret->org_id = row.id;
    if (!row.id.len) *ret_nothing = true;
    return MR_OK;
}

static int count_fits(mr_db_tx *tx, mr_arena *a, struct mr_search_filter *f, struct mr_found *ret, struct mr_err *err)
{
    MR_TRY(mr_store_search_count(tx, a, f, &ret->all, &ret->counts, &ret->count_count, err));
    if (ret->all || !f->word_count) return MR_OK;
    f->beginnings = true;
    MR_TRY(mr_store_search_count(tx, a, f, &ret->all, &ret->counts, &ret->count_count, err));
    ret->by_beginning = ret->all > 0;
    return MR_OK;
}

static int load(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_search_hit *hits, size_t count,
                struct mr_published *list, struct mr_err *err)
{
    for (size_t i = 0; i < count; i++) {
        const struct mr_kept_specification *kept;
        MR_TRY(mr_kept_specification_get(&s->kept, tx, a, hits[i].specification_id, &kept, err));
        list[i] = (struct mr_published){.id = kept->id,
                                        .org_id = kept->org_id,
                                        .slug = kept->slug,
                                        .version = kept->version,
                                        .document = kept->document,
                                        .specification = kept->specification,
                                        .published_at = kept->published_at};
    }
    return MR_OK;
}

int mr_search_find(mr_service *s, mr_arena *a, const struct mr_question *q, struct mr_found *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_search_filter filter;
    struct mr_search_hit *hits;
    bool nothing;
    *ret = (struct mr_found){0};
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    MR_TRY(make_filter(s, tx, a, q, &filter, &nothing, err));
    if (nothing) return MR_OK;
    MR_TRY(count_fits(tx, a, &filter, ret, err));
    if (!ret->all) return MR_OK;
    MR_TRY(mr_store_search_find(tx, a, &filter, &hits, &ret->count, err));
    if (ret->count > q->most) {
        ret->count = q->most;
        ret->next = hits[ret->count - 1].slug;
    }
    ret->list = mr_arena_alloc(a, ret->count * sizeof *ret->list); /* each is set below */
    if (!ret->list) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    return load(s, tx, a, hits, ret->count, ret->list, err);
}

int mr_search_count(mr_service *s, mr_arena *a, const struct mr_question *q, int64_t *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_search_filter filter;
    struct mr_found found = {0};
    bool nothing;
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    MR_TRY(make_filter(s, tx, a, q, &filter, &nothing, err));
    if (!nothing) MR_TRY(count_fits(tx, a, &filter, &found, err));
    *ret = found.all;
    return MR_OK;
}
