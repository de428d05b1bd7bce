/* The seals of the data folder: looking through its files, and whose turn it is.
 *
 * Idea: a seal is known by its certificate, which is read without the key where that can be (PEM files, notes that name a file of certificates), so that
 * looking asks no token and opens no key. A name stands for one seal: of NAME.json, NAME.p12 and NAME.pem the first counts. */
#include "service/seals.h"

#include "base/encoding.h"
#include "base/file.h"
#include "base/log.h"
#include "crypto/authority.h"
#include "json/write.h"
#include "service/audit.h"
#include "service/installation.h"
#include "service/seal_reference.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOST_FILES = MR_LIMIT_ANCHORS, MOST_OF_ONE = 64, LOOK_AGAIN_MS = 60000 };

static void seal_cleanup(struct mr_seal_key *s)
{
    mr_seal_key_done(s);
}

/* ---- files ---- */

struct files {
    mr_arena *arena;
    struct mr_kept_seal *items; /* issuer and file only */
    size_t count, room, most;
};

static const char *const endings[] = {".json", ".p12", ".pem"}; /* the first that is there counts */
enum { ENDINGS = sizeof endings / sizeof *endings };

/* The part before the ending; empty when it is no file of a seal. */
static mr_str stem_of(mr_str name, size_t *ret_rank)
{
    for (size_t i = 0; i < ENDINGS; i++) {
        mr_str ending = mr_str_of(endings[i]);
        *ret_rank = i;
        if (mr_str_has_suffix(name, ending) && name.ptr[0] != '.') return mr_str_make(name.ptr, name.len - ending.len);
    }
    return MR_STR_EMPTY;
}

/* names are all of one folder, sorted. */
static bool is_best(const mr_str *names, size_t count, mr_str stem, size_t rank)
{
    for (size_t i = 0; i < count; i++) {
        size_t other;
        mr_str its = stem_of(names[i], &other);
        if (mr_str_eq(its, stem) && other < rank) return false;
    }
    return true;
}

static int add_file(struct files *f, mr_str issuer, mr_str file, struct mr_err *err)
{
    if (f->count == f->most) return MR_FAIL(err, MR_E_LIMIT, "the data folder holds too many seals", f->most);
    if (f->count == f->room) {
        size_t room = f->room ? 2 * f->room : 16;
        struct mr_kept_seal *more = MR_NEW_ARRAY(f->arena, struct mr_kept_seal, room);
        if (!more) return MR_FAIL(err, MR_E_NOMEM, "no memory for seals", MR_NOWHERE);
        if (f->count) memcpy(more, f->items, f->count * sizeof *more);
        f->items = more, f->room = room;
    }
    if (!file.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for seals", MR_NOWHERE);
    f->items[f->count++] = (struct mr_kept_seal){.issuer = issuer, .file = file};
    return MR_OK;
}

/* folder: NULL for seals/ itself, where a file's name is its organisation's. */
static int look_in(mr_service *s, mr_arena *a, const char *folder, struct files *f, struct mr_err *err)
{
    mr_str path = mr_arena_format(a, "%.*s/seals/%s", MR_STR_ARG(s->folder), folder ? folder : ""), *names;
    size_t count, rank;
    if (!path.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for seals", MR_NOWHERE);
    MR_TRY(mr_file_list(a, path.ptr, "", 4 * MOST_FILES, &names, &count, err));
    for (size_t i = 0; i < count; i++) {
        mr_str stem = stem_of(names[i], &rank);
        if (stem.len == 0 || !is_best(names, count, stem, rank)) continue;
        mr_str file = folder ? mr_arena_format(a, "%s/%.*s", folder, MR_STR_ARG(names[i])) : names[i];
        MR_TRY(add_file(f, folder ? mr_str_of(folder) : stem, file, err));
    }
    return MR_OK;
}

/* The simple case of one organisation, without looking at all the others. */
static int look_for(mr_service *s, mr_arena *a, mr_str issuer, struct files *f, struct mr_err *err)
{
    for (size_t i = 0; i < ENDINGS; i++) {
        mr_str file = mr_arena_format(a, "%.*s%s", MR_STR_ARG(issuer), endings[i]);
        mr_str path = mr_arena_format(a, "%.*s/seals/%.*s", MR_STR_ARG(s->folder), MR_STR_ARG(file));
        if (path.ptr && mr_file_exists(path.ptr)) return add_file(f, issuer, file, err);
    }
    return MR_OK;
}

static bool is_folder(mr_service *s, mr_arena *a, mr_str name)
{
    mr_str path = mr_arena_format(a, "%.*s/seals/%.*s/.", MR_STR_ARG(s->folder), MR_STR_ARG(name));
    return path.ptr && mr_file_exists(path.ptr);
}

static int find_files(mr_service *s, mr_arena *a, mr_str issuer, struct files *ret, struct mr_err *err)
{
    mr_str path = mr_arena_format(a, "%.*s/seals", MR_STR_ARG(s->folder)), *names = &issuer;
    size_t count = 1;
    *ret = (struct files){.arena = a, .most = issuer.len ? MOST_OF_ONE : MOST_FILES};
    if (!path.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for seals", MR_NOWHERE);
    if (issuer.len) {
        MR_TRY(look_for(s, a, issuer, ret, err));
    } else {
        MR_TRY(look_in(s, a, NULL, ret, err));
        MR_TRY(mr_file_list(a, path.ptr, "", 4 * MOST_FILES, &names, &count, err));
    }
    for (size_t i = 0; i < count; i++)
        if (mr_service_is_issuer(names[i]) && is_folder(s, a, names[i]))
            MR_TRY(look_in(s, a, mr_arena_cstr(a, names[i]), ret, err));
    return MR_OK;
}

int mr_seals_files(mr_service *s, mr_arena *a, struct mr_kept_seal **ret, size_t *ret_count, struct mr_err *err)
{
    struct files f = {0};
    MR_TRY(find_files(s, a, MR_STR_EMPTY, &f, err));
    *ret = f.items, *ret_count = f.count;
    return MR_OK;
}

/* ---- certificates ---- */

static void fill(mr_arena *a, struct mr_kept_seal *k, const mr_certificate *c, int64_t from)
{
    const struct mr_certificate_name *subject = mr_certificate_subject(c);
    int64_t valid = mr_certificate_not_before(c);
    k->owner = mr_arena_dup(a, subject->organisation.len ? subject->organisation : subject->common_name);
    k->identifier = mr_arena_dup(a, subject->organisation_identifier);
    k->from = from != MR_TIME_NONE && from > valid ? from : valid;
    k->until = mr_certificate_not_after(c);
    k->is_test |= mr_certificate_is_test(c);
}

/* The seal's own in a text of certificates: the first that is no authority's. False when there is none. */
static bool fill_from_pem(mr_arena *a, struct mr_kept_seal *k, mr_str path, int64_t from)
{
    mr_certificate **list;
    size_t count = 0;
    mr_str text;
    bool found = false;
    if (mr_file_read(a, mr_arena_cstr(a, path), MR_LIMIT_KEY_FILE, &text, NULL) != MR_OK ||
        mr_certificates_read_pem(a, text, &list, &count, NULL) != MR_OK)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!found && !mr_certificate_is_authority(list[i])) fill(a, k, list[i], from), found = true;
        mr_certificate_free(list[i]);
    }
    return found;
}

static int fill_from_seal(mr_service *s, mr_arena *a, struct mr_kept_seal *k, mr_str path, int64_t from,
                          struct mr_err *err)
{
    MR_CLEANUP(seal_cleanup) struct mr_seal_key seal = {0};
    const struct mr_seal_opening o = {.reference = path, .password = s->password};
    MR_TRY(mr_seal_open(&o, a, &seal, err));
    k->is_test = seal.is_test;
    fill(a, k, seal.certificate, from);
    return MR_OK;
}

int mr_seals_read(mr_service *s, mr_arena *a, struct mr_kept_seal *k, struct mr_err *err)
{
    mr_str path = mr_arena_format(a, "%.*s/seals/%.*s", MR_STR_ARG(s->folder), MR_STR_ARG(k->file));
    struct mr_seal_note note = {.file = path, .from = MR_TIME_NONE};
    if (!path.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for a seal", MR_NOWHERE);
    if (mr_str_has_suffix(path, MR_STR(".json"))) MR_TRY(mr_seal_note_read(a, path, &note, err));
    k->in_token = note.pkcs11.len > 0;
    mr_str pem = note.certificate.len ? note.certificate : note.file;
    if (pem.len && fill_from_pem(a, k, pem, note.from)) return MR_OK;
    return fill_from_seal(s, a, k, path, note.from, err);
}

/* ---- turns ---- */

static int by_turn(const void *left, const void *right)
{
    const struct mr_kept_seal *a = left, *b = right;
    int by_issuer = mr_str_compare(a->issuer, b->issuer);
    if (by_issuer) return by_issuer;
    if (a->is_test != b->is_test) return a->is_test ? 1 : -1;
    if (a->from != b->from) return a->from < b->from ? 1 : -1;
    return mr_str_compare(a->file, b->file);
}

static bool follows_on(const struct mr_kept_seal *k, const struct mr_kept_seal *other)
{
    return mr_str_eq(k->issuer, other->issuer) && other->turn != MR_SEAL_UNREADABLE && other->from <= k->until &&
           other->until > k->until && (k->is_test || !other->is_test);
}

/* The list is sorted: the first of an organisation whose time it is has its turn. */
static void take_turns(struct mr_kept_seal *list, size_t count, int64_t now)
{
    const struct mr_kept_seal *current = NULL;
    for (size_t i = 0; i < count; i++) {
        struct mr_kept_seal *k = &list[i];
        if (k->turn == MR_SEAL_UNREADABLE) continue;
        bool taken = current && mr_str_eq(current->issuer, k->issuer);
        k->turn = now > k->until  ? MR_SEAL_EXPIRED
                  : now < k->from ? MR_SEAL_NEXT
                  : taken         ? MR_SEAL_OLDER
                                  : MR_SEAL_CURRENT;
        if (k->turn == MR_SEAL_CURRENT) current = k;
    }
    for (size_t i = 0; i < count; i++) {
        bool followed = false;
        if (list[i].turn != MR_SEAL_CURRENT || list[i].until - now > MR_SEAL_SOON_MS) continue;
        for (size_t n = 0; n < count; n++) followed |= follows_on(&list[i], &list[n]);
        list[i].ends_soon = !followed;
    }
}

int mr_seals_of(mr_service *s, mr_arena *a, mr_str issuer, struct mr_kept_seal **ret, size_t *ret_count,
                struct mr_err *err)
{
    struct files f = {0};
    MR_TRY(find_files(s, a, issuer, &f, err));
    for (size_t i = 0; i < f.count; i++) {
        struct mr_kept_seal *k = &f.items[i];
        struct mr_err why = {0};
        int code = mr_seals_read(s, a, k, &why);
        if (code == MR_E_NOMEM) return MR_FAIL(err, MR_E_NOMEM, "no memory for a seal", MR_NOWHERE);
        if (code == MR_OK) continue;
        k->turn = MR_SEAL_UNREADABLE, k->from = k->until = MR_TIME_NONE;
        k->why = mr_arena_format(a, "%s%s%s", why.message ? why.message : mr_code_text(why.code),
                                 why.detail[0] ? ": " : "", why.detail);
    }
    if (f.count) qsort(f.items, f.count, sizeof *f.items, by_turn);
    take_turns(f.items, f.count, mr_env_now(s->env));
    *ret = f.items, *ret_count = f.count;
    return MR_OK;
}

int mr_seals_list(mr_service *s, mr_arena *a, struct mr_kept_seal **ret, size_t *ret_count, struct mr_err *err)
{
    return mr_seals_of(s, a, MR_STR_EMPTY, ret, ret_count, err);
}

/* Under the lock: look, unless that was done a short while ago. */
static int look_for_ending(mr_service *s, struct mr_seals_ending *e, struct mr_err *err)
{
    int64_t now = mr_env_now(s->env), age = now - e->looked_at;
    if (e->looked_at && age >= 0 && age < LOOK_AGAIN_MS) return MR_OK;
    struct mr_kept_seal *all;
    size_t count;
    mr_arena_reset(&e->arena);
    e->looked_at = 0, e->count = 0;
    MR_TRY(mr_seals_list(s, &e->arena, &all, &count, err));
    for (size_t i = 0; i < count; i++)
        if (all[i].ends_soon) all[e->count++] = all[i];
    e->list = all;
    e->looked_at = now;
    return MR_OK;
}

static bool copy_seal(mr_arena *a, const struct mr_kept_seal *from, struct mr_kept_seal *to)
{
    *to = *from;
    mr_str *const texts[] = {&to->issuer, &to->file, &to->owner, &to->identifier, &to->why};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        *texts[i] = mr_arena_dup(a, *texts[i]);
        if (!texts[i]->ptr) return false;
    }
    return true;
}

int mr_seals_ending(mr_service *s, mr_arena *a, struct mr_kept_seal **ret, size_t *ret_count, struct mr_err *err)
{
    struct mr_seals_ending *e = &s->seals_ending;
    pthread_mutex_lock(&e->lock);
    int code = look_for_ending(s, e, err);
    *ret_count = e->count;
    *ret = MR_NEW_ARRAY(a, struct mr_kept_seal, e->count);
    bool copied = *ret != NULL;
    for (size_t i = 0; i < e->count && copied; i++) copied = copy_seal(a, &e->list[i], &(*ret)[i]);
    pthread_mutex_unlock(&e->lock);
    if (code == MR_OK && !copied) code = MR_FAIL(err, MR_E_NOMEM, "no memory for seals", MR_NOWHERE);
    return code;
}

const struct mr_kept_seal *mr_seals_choose(const struct mr_kept_seal *list, size_t count)
{
    const struct mr_kept_seal *next = NULL, *last = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct mr_kept_seal *k = &list[i];
        if (k->turn == MR_SEAL_CURRENT) return k;
        if (k->turn == MR_SEAL_NEXT && (!next || k->from < next->from)) next = k;
        if (k->turn == MR_SEAL_EXPIRED && (!last || k->until > last->until)) last = k;
    }
    return next ? next : last ? last : count ? list : NULL;
}

int mr_seals_find(mr_service *s, mr_arena *a, mr_str issuer, mr_str *ret_path, struct mr_err *err)
{
    struct files f = {0};
    struct mr_kept_seal *list;
    size_t count;
    *ret_path = MR_STR_EMPTY;
    MR_TRY(find_files(s, a, issuer, &f, err));
    if (f.count == 0) return MR_OK;
    mr_str file = f.items[0].file; /* the simple case: nothing to choose, nothing to read */
    if (f.count > 1) {
        MR_TRY(mr_seals_of(s, a, issuer, &list, &count, err));
        file = mr_seals_choose(list, count)->file;
    }
    *ret_path = mr_arena_format(a, "%.*s/seals/%.*s", MR_STR_ARG(s->folder), MR_STR_ARG(file));
    return ret_path->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory to open the seal", MR_NOWHERE);
}

int mr_seals_open(mr_service *s, mr_arena *a, const struct mr_kept_seal *k, struct mr_seal_key *ret, struct mr_err *err)
{
    const struct mr_seal_opening o = {
        .reference = mr_arena_format(a, "%.*s/seals/%.*s", MR_STR_ARG(s->folder), MR_STR_ARG(k->file)),
        .password = s->password};
    return mr_seal_open(&o, a, ret, err);
}

int mr_seals_warn(mr_service *s, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_kept_seal *list;
    size_t count;
    mr_arena_init(&a, 32 * MR_MIB);
    MR_TRY(mr_seals_list(s, &a, &list, &count, err));
    for (size_t i = 0; i < count; i++) {
        char until[11];
        const char *file = mr_arena_cstr(&a, list[i].file);
        if (list[i].turn == MR_SEAL_UNREADABLE)
            mr_log(MR_LOG_WARNING, "seal.unreadable", "seal", file, "why", mr_arena_cstr(&a, list[i].why), NULL);
        if (!list[i].ends_soon) continue;
        mr_date_write(mr_date_of_time(list[i].until), until);
        mr_log(MR_LOG_WARNING, "seal.ends_soon", "seal", file, "until", until, NULL);
    }
    return MR_OK;
}

/* ---- adding ---- */

/* "2026-11-29-1a2b3c4d": when its certificate began, and which it is. */
static mr_str name_of(mr_arena *a, const mr_certificate *c)
{
    char date[11];
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_buf_init(&b, 64);
    mr_date_write(mr_date_of_time(mr_certificate_not_before(c)), date);
    mr_buf_puts(&b, date);
    mr_buf_putc(&b, '-');
    mr_hex_put(&b, mr_str_make((const char *)mr_certificate_sha256(c), 4));
    return mr_arena_dup(a, mr_buf_str(&b));
}

static int write_certificates(const struct mr_seal_key *seal, const char *path, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf pem;
    mr_buf_init(&pem, MR_LIMIT_KEY_FILE);
    MR_TRY(mr_certificate_write_pem(seal->certificate, &pem, err));
    for (size_t i = 0; i < seal->issuer_count; i++) MR_TRY(mr_certificate_write_pem(seal->issuers[i], &pem, err));
    return mr_file_write(path, mr_buf_str(&pem), 0644, true, err);
}

static int write_key(mr_service *s, const struct mr_seal_key *seal, const char *path, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_wipe) mr_buf pem;
    mr_buf_init(&pem, MR_LIMIT_KEY_FILE);
    (void)!mr_buf_reserve(&pem, MR_LIMIT_KEY_FILE / 2); /* one that grows leaves copies behind */
    MR_TRY(mr_seal_key_write(seal, s->password, &pem, err));
    return mr_file_write(path, mr_buf_str(&pem), 0600, true, err);
}

static int write_note(const struct mr_seal_adding *adding, mr_str name, const char *path, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_json_writer w;
    char from[21], file[64];
    mr_buf_init(&text, MR_LIMIT_KEY_FILE);
    mr_json_writer_init(&w, &text, 2);
    mr_json_begin_object(&w);
    if (adding->pkcs11.len) {
        mr_json_put_member(&w, "pkcs11", adding->pkcs11);
        snprintf(file, sizeof file, "%.*s.crt", MR_STR_ARG(name));
        mr_json_put_member_c(&w, "certificate", file);
    } else {
        snprintf(file, sizeof file, "%.*s.key", MR_STR_ARG(name));
        mr_json_put_member_c(&w, "file", file);
    }
    if (adding->from != MR_TIME_NONE) {
        mr_time_write(adding->from, from);
        mr_json_put_member_c(&w, "from", from);
    }
    mr_json_end_object(&w);
    mr_buf_putc(&text, '\n');
    return mr_file_write(path, mr_buf_str(&text), 0600, true, err);
}

/* A file NAME.pem is a seal on its own; NAME.key and NAME.crt are none until the note is there, which comes last. */
static int write_all(mr_service *s, const struct mr_seal_adding *adding, mr_arena *a, mr_str folder, mr_str name,
                     struct mr_err *err)
{
    mr_str base = mr_arena_format(a, "%.*s/%.*s", MR_STR_ARG(folder), MR_STR_ARG(name));
    const char *note = mr_arena_format(a, "%.*s.json", MR_STR_ARG(base)).ptr;
    const char *pem = mr_arena_format(a, "%.*s.pem", MR_STR_ARG(base)).ptr;
    const char *part = mr_arena_format(a, "%.*s.%s", MR_STR_ARG(base), adding->pkcs11.len ? "crt" : "key").ptr;
    if (!base.ptr || !note || !pem || !part) return MR_FAIL(err, MR_E_NOMEM, "no memory for a seal", MR_NOWHERE);
    if (mr_file_exists(note) || mr_file_exists(pem))
        return MR_FAIL_DETAIL(err, MR_E_EXISTS, "this seal is in the data folder already", "%.*s", MR_STR_ARG(name));
    if (!adding->pkcs11.len && adding->from == MR_TIME_NONE) return write_key(s, adding->seal, pem, err);
    if (adding->pkcs11.len)
        MR_TRY(write_certificates(adding->seal, part, err));
    else
        MR_TRY(write_key(s, adding->seal, part, err));
    return write_note(adding, name, note, err);
}

int mr_seals_add(mr_service *s, mr_arena *a, const struct mr_seal_adding *adding, mr_str *ret_file, struct mr_err *err)
{
    const mr_certificate *c = adding->seal->certificate;
    const struct mr_certificate_name *subject = mr_certificate_subject(c);
    mr_str whose = subject->organisation_identifier.len ? subject->organisation_identifier : subject->organisation;
    mr_str issuer = adding->issuer.len ? adding->issuer : mr_service_issuer_of(a, whose);
    if (!mr_service_is_issuer(issuer))
        return MR_FAIL(err, MR_E_CERTIFICATE,
                       "the certificate names no organisation; say for which specification it is", MR_NOWHERE);
    if (mr_env_now(s->env) > mr_certificate_not_after(c))
        return MR_FAIL(err, MR_E_CERTIFICATE, "the seal's certificate has expired", MR_NOWHERE);
    mr_str folder = mr_arena_format(a, "%.*s/seals/%.*s", MR_STR_ARG(s->folder), MR_STR_ARG(issuer));
    mr_str name = name_of(a, c);
    if (!folder.ptr || !name.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for a seal", MR_NOWHERE);
    MR_TRY(mr_file_make_folder(folder.ptr, err));
    pthread_mutex_lock(&s->seal_lock);
    int code = write_all(s, adding, a, folder, name, err);
    s->own_seals_at = 0;
    pthread_mutex_unlock(&s->seal_lock);
    pthread_mutex_lock(&s->seals_ending.lock);
    s->seals_ending.looked_at = 0;
    pthread_mutex_unlock(&s->seals_ending.lock);
    *ret_file = mr_arena_format(a, "%.*s/%.*s", MR_STR_ARG(issuer), MR_STR_ARG(name));
    return code == MR_OK ? mr_audit_files(s, MR_MAY_ORGANISATION_EDIT, MR_STR("seal.add"), err) : code;
}
