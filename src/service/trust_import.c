/* Importing trusted lists.
 *
 * All sources are read first, with no signer but the operator's: that tells what each is. Then those that are lists of lists are put into the order of their
 * numbers: the highest is wanted, the others are its pivots. From then on the question is always the same: who may sign this one?
 *
 * Invariants.
 * 1. A list is used (its pointers followed, its services kept) only after its signature was found good under a certificate that is allowed for it.
 * 2. Whom a list names may sign what it names, and nothing else: the signer of one country's list cannot sign another's.
 * 3. Numbers of pivots grow; none comes twice; a pivot that a list names must be there. So a chain ends, and nobody shortens it.
 * 4. What is kept is written at the end, all in one index. */
#include "service/trust_import.h"

#include "base/encoding.h"
#include "base/file.h"
#include "base/limits.h"
#include "json/write.h"
#include "service/list_reader.h"

#include <stdlib.h>

enum { PIVOTS_MOST = 16, SOURCES_MOST = 128, SIGNERS_MOST = MR_LIMIT_CERTIFICATES };

struct source {
    const char *name; /* file or URL */
    mr_str text;
    const mr_json *answer; /* what the reader wrote; NULL: it could not be read */
    const mr_json *list;
    int64_t sequence;
    bool is_lists, is_used; /* of other lists; already looked at */
};
struct signers {
    uint8_t digests[SIGNERS_MOST][32];
    size_t count;
};
struct importing {
    const struct mr_trust_import *i;
    mr_arena *a;
    const mr_trust_cache *cache;
    struct source *sources;
    size_t count;
    struct mr_trust_entry *entries;
    size_t entry_count;
    struct mr_trust_imported *ret;
    mr_buf failures; /* JSON array without brackets */
};

/* ---- telling ---- */

static void tell(struct importing *m, mr_str list, const char *outcome, mr_str why)
{
    if (m->i->tell) m->i->tell(m->i->self, list, outcome, why);
}

static mr_str name_of(const mr_json *list, mr_str otherwise)
{
    mr_str territory = mr_json_get_str(list, "territory");
    return territory.len ? territory : otherwise;
}

static void fail(struct importing *m, mr_str territory, mr_str location, mr_str why)
{
    m->ret->failed++;
    tell(m, territory.len ? territory : location, "failed", why);
    mr_json_writer w;
    if (m->failures.len) mr_buf_putc(&m->failures, ',');
    mr_json_writer_init(&w, &m->failures, 0);
    mr_json_begin_object(&w);
    mr_json_put_member(&w, "territory", territory);
    mr_json_put_member(&w, "location", location);
    mr_json_put_member(&w, "why", why);
    mr_json_end_object(&w);
}

static mr_str why_of(struct importing *m, const struct mr_err *e)
{
    return e->detail[0] ? mr_arena_format(m->a, "%s: %s", e->message, e->detail) : mr_str_of(e->message);
}

/* ---- getting ---- */

static bool is_url(mr_str name)
{
    return mr_str_has_prefix(name, MR_STR("https://")) || mr_str_has_prefix(name, MR_STR("http://"));
}

static int get(struct importing *m, const char *name, mr_str *ret, struct mr_err *err)
{
    if (!is_url(mr_str_of(name))) return mr_file_read(m->a, name, MR_LIMIT_TRUSTED_LIST, ret, err);
    if (!m->i->fetch)
        return MR_FAIL_DETAIL(err, MR_E_STATE, "nothing is fetched unless you say so: add --online", "%s", name);
    return m->i->fetch->get(m->i->fetch->self, m->a, mr_str_of(name),
                            "application/vnd.etsi.tsl+xml, application/jose, application/json, */*",
                            MR_LIMIT_TRUSTED_LIST, ret, err);
}

/* What is this text, and is it signed by one of these? */
static int look(struct importing *m, struct source *s, const struct signers *signers, struct mr_err *err)
{
    MR_TRY(mr_list_read(m->a, m->i->program, s->text, signers ? (const uint8_t(*)[32])signers->digests : m->i->signers,
                        signers ? signers->count : m->i->signer_count, m->i->env, &s->answer, err));
    s->list = mr_json_get(s->answer, "list");
    s->is_lists = mr_str_find(mr_json_get_str(s->list, "type"), MR_STR("listofthelists")) >= 0;
    const mr_json *number = mr_json_get(s->list, "sequence");
    if (!mr_json_is(number, MR_JSON_NUMBER) || !mr_json_to_int64(number, &s->sequence)) s->sequence = -1;
    return s->list ? MR_OK : MR_FAIL(err, MR_E_FORMAT, "this is no trusted list", MR_NOWHERE);
}

/* Why it cannot be relied on; empty when it can. */
static mr_str judge(const struct source *s)
{
    const mr_json *signature = mr_json_get(s->answer, "signature");
    if (mr_str_is(mr_json_get_str(signature, "state"), "good")) {
        bool complete = mr_json_get(s->list, "sequence") && mr_json_get(s->list, "issued");
        return complete ? MR_STR("") : MR_STR("it has no number or no date of issue");
    }
    mr_str why = mr_json_get_str(signature, "why");
    return why.len ? why : MR_STR("its signature is not good");
}

/* ---- who may sign ---- */

static void allow_digest(struct signers *s, const uint8_t digest[32])
{
    for (size_t i = 0; i < s->count; i++)
        if (memcmp(s->digests[i], digest, 32) == 0) return;
    if (s->count < SIGNERS_MOST) memcpy(s->digests[s->count++], digest, 32);
}

static void allow_given(const struct importing *m, struct signers *s)
{
    for (size_t i = 0; i < m->i->signer_count; i++) allow_digest(s, m->i->signers[i]);
}

static void allow_pointer(struct importing *m, const mr_json *pointer, struct signers *s)
{
    MR_JSON_EACH (text, mr_json_get(pointer, "certificates")) {
        mr_str der;
        uint8_t digest[32];
        struct mr_err ignored;
        if (mr_base64_read(m->a, mr_json_str(text), &der, &ignored) != MR_OK || der.len == 0) continue;
        mr_sha256(der, digest);
        allow_digest(s, digest);
    }
}

static bool is_readable_pointer(const mr_json *pointer)
{
    mr_str mime = mr_json_get_str(pointer, "mime");
    return mr_str_is(mime, "application/vnd.etsi.tsl+xml") || mr_str_is(mime, "application/json") ||
           mr_str_is(mime, "application/jose") || mr_str_is(mime, "application/xml");
}

static bool leads_to_lists(const mr_json *pointer)
{
    return mr_str_find(mr_json_get_str(pointer, "type"), MR_STR("listofthelists")) >= 0;
}

/* Whom a list of lists names for itself, or (territory not empty) for the list of a country. */
static void allow_named(struct importing *m, const mr_json *list, mr_str territory, struct signers *s)
{
    MR_JSON_EACH (pointer, mr_json_get(list, "pointers")) {
        if (!is_readable_pointer(pointer)) continue;
        bool wanted = territory.len
                          ? !leads_to_lists(pointer) && mr_str_eq(mr_json_get_str(pointer, "territory"), territory)
                          : leads_to_lists(pointer);
        if (wanted) allow_pointer(m, pointer, s);
    }
}

/* Whom the lists of lists that are kept here name. */
static void allow_kept(struct importing *m, mr_str territory, struct signers *s)
{
    for (size_t i = 0; m->cache && i < m->cache->count; i++) {
        const mr_json *kept;
        struct mr_err ignored;
        if (!m->cache->lists[i].announced) continue;
        if (mr_trust_cache_read(m->cache, m->a, &m->cache->lists[i], &kept, &ignored) == MR_OK)
            allow_named(m, mr_json_get(kept, "list"), territory, s);
    }
}

/* ---- keeping ---- */

/* Letters, digits and hyphens of a text, for a file's name. */
static mr_str make_id(struct importing *m, mr_str text)
{
    char *id = mr_arena_alloc(m->a, text.len + 1);
    size_t size = 0;
    if (!id) return MR_STR_EMPTY;
    for (size_t i = 0; i < text.len && size < 60; i++) {
        char c = text.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (plain || (size && id[size - 1] != '-')) id[size++] = plain ? c : '-';
    }
    return mr_str_make(id, size);
}

static mr_str last_part(mr_str uri)
{
    for (ptrdiff_t at; (at = mr_str_find_char(uri, '/')) >= 0;) uri = mr_str_from(uri, (size_t)at + 1);
    return uri;
}

static mr_str id_of(struct importing *m, const struct source *s)
{
    mr_str territory = mr_json_get_str(s->list, "territory");
    if (m->i->given_name.len && m->count == 1) return make_id(m, m->i->given_name);
    if (mr_str_is(mr_json_get_str(s->list, "kind"), "tsl") && territory.len) return make_id(m, territory);
    mr_str type = last_part(mr_json_get_str(s->list, "type")), operator= mr_json_get_str(s->list, "operator");
    return make_id(m,
                   mr_arena_format(m->a, "%.*s-%.*s", MR_STR_ARG(type.len ? type : operator), MR_STR_ARG(territory)));
}

static void keep(struct importing *m, struct source *s)
{
    int64_t faults = 0;
    mr_str id = id_of(m, s), territory = mr_json_get_str(s->list, "territory");
    const struct mr_trust_list *old = mr_trust_cache_list(m->cache, id);
    s->is_used = true;
    if (id.len == 0) {
        fail(m, territory, mr_str_of(s->name), MR_STR("it has no name to keep it by; give one with --as"));
        return;
    }
    if (old && old->sequence > s->sequence) {
        fail(m, territory, mr_str_of(s->name), MR_STR("it is older than the one that is here"));
        return;
    }
    (void)!mr_json_to_int64(mr_json_get(s->answer, "fault_count"), &faults);
    m->entries[m->entry_count++] =
        (struct mr_trust_entry){.list = s->list,
                                .id = id,
                                .given_name = m->count == 1 ? m->i->given_name : MR_STR_EMPTY,
                                .source = mr_str_of(s->name),
                                .signer = mr_json_get_str(mr_json_get(s->answer, "signature"), "signer"),
                                .faults = faults};
    m->ret->kept++;
    tell(m, name_of(s->list, id), faults ? "kept, with faults of form" : "kept", MR_STR(""));
}

/* ---- a list of lists, and its pivots ---- */

static bool is_pivot_uri(mr_str uri)
{
    return is_url(uri) && mr_str_has_suffix(uri, MR_STR(".xml")) && mr_str_find(uri, MR_STR("pivot")) >= 0;
}

/* A pivot names itself first. */
static mr_str first_pivot(const mr_json *list)
{
    MR_JSON_EACH (uri, mr_json_get(list, "information"))
        if (is_pivot_uri(mr_json_str(uri))) return mr_json_str(uri);
    return MR_STR_EMPTY;
}

static int compare_sources(const void *a, const void *b)
{
    const struct source *x = *(const struct source *const *)a, *y = *(const struct source *const *)b;
    return (x->sequence > y->sequence) - (x->sequence < y->sequence);
}

struct chain {
    struct source *links[PIVOTS_MOST + 1]; /* in the order of their numbers; the last is wanted */
    size_t count;
};

static bool has_pivot(const struct chain *c, mr_str uri)
{
    for (size_t i = 0; i < c->count; i++)
        if (mr_str_eq(first_pivot(c->links[i]->list), uri)) return true;
    return false;
}

/* Fetch what a list names as its pivots and is not here. */
static int fetch_pivots(struct importing *m, struct chain *c, const mr_json *list, struct mr_err *err)
{
    MR_JSON_EACH (uri, mr_json_get(list, "information")) {
        if (!is_pivot_uri(mr_json_str(uri)) || has_pivot(c, mr_json_str(uri))) continue;
        if (c->count > PIVOTS_MOST) return MR_FAIL(err, MR_E_LIMIT, "it has too many pivots", MR_NOWHERE);
        struct source *s = MR_NEW(m->a, struct source);
        if (s) s->name = mr_arena_cstr(m->a, mr_json_str(uri));
        if (!s || !s->name) return MR_FAIL(err, MR_E_NOMEM, "no memory for a pivot", MR_NOWHERE);
        if (!m->i->fetch) return MR_FAIL_DETAIL(err, MR_E_NOT_FOUND, "a pivot is missing", "%s", s->name);
        MR_TRY(get(m, s->name, &s->text, err));
        MR_TRY(look(m, s, NULL, err));
        if (!s->is_lists || !mr_str_eq(first_pivot(s->list), mr_json_str(uri)))
            return MR_FAIL_DETAIL(err, MR_E_FORMAT, "what a pivot's address gives is another list", "%s", s->name);
        c->links[c->count++] = s;
    }
    return MR_OK;
}

/* All lists of lists that were given, and the pivots that the newest of them names. */
static int gather_chain(struct importing *m, struct chain *c, struct mr_err *err)
{
    for (size_t i = 0; i < m->count; i++) {
        if (!m->sources[i].is_lists) continue;
        if (c->count > PIVOTS_MOST) return MR_FAIL(err, MR_E_LIMIT, "too many lists of lists", MR_NOWHERE);
        c->links[c->count++] = &m->sources[i];
        m->sources[i].is_used = true;
    }
    if (c->count == 0) return MR_OK;
    qsort(c->links, c->count, sizeof *c->links, compare_sources);
    size_t given = c->count;
    for (size_t i = 0; i < given; i++) MR_TRY(fetch_pivots(m, c, c->links[i]->list, err));
    qsort(c->links, c->count, sizeof *c->links, compare_sources);
    for (size_t i = 1; i < c->count; i++)
        if (c->links[i]->sequence == c->links[i - 1]->sequence)
            return MR_FAIL(err, MR_E_FORMAT, "two lists of lists have the same number; pivots must not lead in circles",
                           MR_NOWHERE);
    return MR_OK;
}

/* The newest alone, under those who may sign it without pivots. */
static bool is_good_alone(struct importing *m, struct source *s)
{
    struct signers direct = {.count = 0};
    struct mr_err ignored;
    allow_given(m, &direct);
    allow_kept(m, MR_STR_EMPTY, &direct);
    return look(m, s, &direct, &ignored) == MR_OK && judge(s).len == 0;
}

/* From the oldest to the newest, each under whom the one before names. */
static int climb(struct importing *m, struct chain *c, struct mr_err *err)
{
    struct signers now = {.count = 0};
    allow_given(m, &now);
    allow_kept(m, MR_STR_EMPTY, &now);
    for (size_t i = 0; i < c->count; i++) {
        struct source *s = c->links[i];
        MR_TRY(look(m, s, &now, err));
        mr_str why = judge(s);
        if (why.len)
            return MR_FAIL_DETAIL(err, MR_E_SIGNATURE, "a list of lists cannot be relied on", "no. %lld: %.*s",
                                  (long long)s->sequence, MR_STR_ARG(why));
        tell(m,
             mr_arena_format(m->a, "%.*s no. %lld", MR_STR_ARG(name_of(s->list, MR_STR("?"))), (long long)s->sequence),
             "signature good", MR_STR(""));
        now.count = 0;
        allow_named(m, s->list, MR_STR_EMPTY, &now);
    }
    return MR_OK;
}

/* ---- the lists it names ---- */

static struct source *find_given(struct importing *m, mr_str territory)
{
    for (size_t i = 0; i < m->count; i++)
        if (!m->sources[i].is_used && mr_str_eq(mr_json_get_str(m->sources[i].list, "territory"), territory))
            return &m->sources[i];
    return NULL;
}

static void take_named(struct importing *m, const mr_json *pointer)
{
    mr_str territory = mr_json_get_str(pointer, "territory"), location = mr_json_get_str(pointer, "location");
    struct source *s = find_given(m, territory);
    struct signers signers = {.count = 0};
    struct mr_err why = {0};
    if (!s && !m->i->fetch) return; /* not asked for; the list of lists tells that it is missing */
    if (!s) {
        s = MR_NEW(m->a, struct source);
        const char *name = mr_arena_cstr(m->a, location);
        if (!s || !name) return fail(m, territory, location, MR_STR("not enough memory"));
        s->name = name;
        tell(m, territory, "fetching", location);
        if (get(m, name, &s->text, &why) != MR_OK) return fail(m, territory, location, why_of(m, &why));
    }
    s->is_used = true;
    allow_pointer(m, pointer, &signers);
    if (look(m, s, &signers, &why) != MR_OK) return fail(m, territory, location, why_of(m, &why));
    mr_str refused = judge(s);
    if (!refused.len && !mr_str_eq(mr_json_get_str(s->list, "territory"), territory))
        refused = MR_STR("it is the list of another country");
    if (refused.len) return fail(m, territory, location, refused);
    keep(m, s);
}

static void take_all_named(struct importing *m, const mr_json *list)
{
    MR_JSON_EACH (pointer, mr_json_get(list, "pointers"))
        if (is_readable_pointer(pointer) && !leads_to_lists(pointer) && m->entry_count < SOURCES_MOST)
            take_named(m, pointer);
}

static int take_lists_of_lists(struct importing *m, struct mr_err *err)
{
    struct chain c = {.count = 0};
    struct mr_err why = {0};
    struct source *newest = NULL;
    for (size_t i = 0; i < m->count; i++)
        if (m->sources[i].is_lists && (!newest || m->sources[i].sequence > newest->sequence)) newest = &m->sources[i];
    if (!newest) return MR_OK;
    bool good = false;
    if (!is_good_alone(m, newest)) {
        int code = gather_chain(m, &c, &why);
        if (code == MR_OK) code = climb(m, &c, &why);
        if (code == MR_E_NOMEM) return MR_FAIL(err, code, why.message, MR_NOWHERE);
        good = code == MR_OK;
    } else
        good = true;
    for (size_t i = 0; i < m->count; i++) m->sources[i].is_used |= m->sources[i].is_lists;
    if (!good) {
        fail(m, name_of(newest->list, MR_STR("")), mr_str_of(newest->name), why_of(m, &why));
        return MR_OK;
    }
    size_t before = m->entry_count;
    keep(m, newest);
    if (m->entry_count == before) return MR_OK;
    take_all_named(m, newest->list);
    /* What it named and is not here belongs to it. */
    mr_str text = mr_arena_format(m->a, "[%.*s]", MR_STR_ARG(mr_buf_str(&m->failures)));
    return text.ptr ? mr_json_parse(m->a, text, NULL, &m->entries[before].failures, err)
                    : MR_FAIL(err, MR_E_NOMEM, "no memory", MR_NOWHERE);
}

/* ---- any other list ---- */

static void take_single(struct importing *m, struct source *s)
{
    struct signers signers = {.count = 0};
    struct mr_err why = {0};
    mr_str territory = mr_json_get_str(s->list, "territory");
    s->is_used = true;
    allow_given(m, &signers);
    if (territory.len) allow_kept(m, territory, &signers);
    if (look(m, s, &signers, &why) != MR_OK) return fail(m, territory, mr_str_of(s->name), why_of(m, &why));
    mr_str refused = judge(s);
    if (refused.len && signers.count == 0)
        refused =
            MR_STR("nothing says who may sign it: name its signer's certificate with --signer, or import the list "
                   "of lists first");
    if (refused.len) return fail(m, territory, mr_str_of(s->name), refused);
    keep(m, s);
}

static int open_sources(struct importing *m, const char *const *names, size_t count, struct mr_err *err)
{
    m->sources = MR_NEW_ARRAY(m->a, struct source, count + 1);
    m->entries = MR_NEW_ARRAY(m->a, struct mr_trust_entry, SOURCES_MOST + count + 1);
    if (!m->sources || !m->entries) return MR_FAIL(err, MR_E_NOMEM, "no memory for trusted lists", MR_NOWHERE);
    for (size_t i = 0; i < count; i++) {
        struct source *s = &m->sources[m->count];
        struct mr_err why = {0};
        s->name = names[i];
        int code = get(m, s->name, &s->text, &why);
        if (code == MR_OK) code = look(m, s, NULL, &why);
        if (code == MR_E_NOMEM) return MR_FAIL(err, code, why.message, MR_NOWHERE);
        if (code != MR_OK)
            fail(m, MR_STR_EMPTY, mr_str_of(s->name), why_of(m, &why));
        else
            m->count++;
    }
    return MR_OK;
}

static int import(struct importing *m, const char *const *sources, size_t count, struct mr_err *err)
{
    MR_TRY(mr_trust_cache_open(m->a, m->i->folder, &m->cache, err));
    MR_TRY(open_sources(m, sources, count, err));
    MR_TRY(take_lists_of_lists(m, err));
    for (size_t i = 0; i < m->count; i++)
        if (!m->sources[i].is_used) take_single(m, &m->sources[i]);
    if (m->entry_count == 0) return MR_OK;
    return mr_trust_cache_put(m->i->folder, m->i->env, m->entries, m->entry_count, err);
}

int mr_trust_import(const struct mr_trust_import *i, const char *const *sources, size_t count,
                    struct mr_trust_imported *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct importing m = {.i = i, .a = &a, .ret = ret};
    *ret = (struct mr_trust_imported){0};
    mr_arena_init(&a, 2048 * MR_MIB);
    mr_buf_init(&m.failures, MR_MIB);
    int code = import(&m, sources, count, err);
    mr_buf_done(&m.failures);
    return code;
}
