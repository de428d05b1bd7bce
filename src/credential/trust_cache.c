/* The folder of trusted lists.
 *
 * `merit verify` must not read ten megabytes, nor hash half of one, to look at one certificate. So there are three steps, each covered by the one before:
 *
 *     index         a JWS: what is known of each list, and for each of 256 buckets how many rows it has and their digest
 *     *.rows        rows of one width, sorted by key; a bucket holds those whose key begins with its two digits
 *     ID-....json   a list, one line a service
 *
 *     row: key(16) list(3) offset(10) length(8) sha256(64)    hexadecimal, decimal, decimal, decimal, hexadecimal; one blank between, then a line feed
 *
 * The names of the files hold digests of their content. So whatever is used was covered by the signature, and only what is used is read.
 *
 * The key: the first eight octets of SHA-256 over "subject:" and a Name in DER, or over "id:" and an identifier. A collision finds one service more, and who
 * asks compares.
 *
 * The signing key lies in the same folder: it guards against damage and against hands that reach the lists only; whoever may write the whole folder may
 * as well put an anchor into it. It is a P-256 key, because libcrypto is there already: Ed25519 would load libsodium for this alone.
 *
 * Order of writing: files under new names, then the index, in one rename; files that neither the old nor the new index names go. */
#include "credential/trust_cache.h"

#include "base/encoding.h"
#include "base/file.h"
#include "base/limits.h"
#include "json/write.h"
#include "proof/jose.h"
#include "proof/jwk.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { KEY_SIZE = 16, ROW_SIZE = 106, BUCKETS = 256, BUCKET_SIZE = 6 + 32 /* a count and a digest, hexadecimal */ };
#define INDEX_LIMIT (64 * MR_MIB)
#define TYPE "merit-trusted-lists"

/* ---- small parts ---- */

static void make_key(const char *kind, mr_str value, char ret[KEY_SIZE + 1])
{
    static const char digits[] = "0123456789abcdef";
    mr_digest d;
    const mr_str parts[] = {mr_str_of(kind), value};
    struct mr_err ignored;
    memset(ret, '0', KEY_SIZE);
    ret[KEY_SIZE] = '\0';
    if (mr_digest_make(MR_SHA256, parts, 2, &d, &ignored) != MR_OK) return;
    for (size_t i = 0; i < KEY_SIZE / 2; i++) {
        ret[2 * i] = digits[d.bytes[i] >> 4];
        ret[2 * i + 1] = digits[d.bytes[i] & 15];
    }
}

static void hex_digest(mr_str text, char ret[65])
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    uint8_t digest[32];
    mr_sha256(text, digest);
    mr_buf_init(&b, 128);
    mr_hex_put(&b, mr_str_make((const char *)digest, 32));
    memset(ret, 0, 65);
    if (!mr_buf_failed(&b)) memcpy(ret, b.ptr, 64);
}

static const char *path_of(mr_arena *a, const char *folder, const char *name)
{
    return mr_arena_format(a, "%s/%s", folder, name).ptr;
}

static int fail_changed(struct mr_err *err, const char *what)
{
    return MR_FAIL_DETAIL(err, MR_E_SIGNATURE, "the trusted lists kept here were changed after they were fetched",
                          "%s; remove the folder lists and import them again", what);
}

static int64_t time_of(const mr_json *o, const char *name)
{
    int64_t time = MR_TIME_NONE;
    struct mr_err ignored;
    return mr_time_parse(mr_json_get_str(o, name), &time, &ignored) == MR_OK ? time : MR_TIME_NONE;
}

static int64_t number_of(const mr_json *o, const char *name)
{
    int64_t n = 0;
    const mr_json *v = mr_json_get(o, name);
    return mr_json_is(v, MR_JSON_NUMBER) && mr_json_to_int64(v, &n) ? n : 0;
}

/* ---- opening ---- */

static void read_list(const mr_json *o, struct mr_trust_list *ret)
{
    const mr_json *announced = mr_json_get(o, "announced"), *failures = mr_json_get(o, "failures");
    *ret = (struct mr_trust_list){
        .file = mr_json_get_str(o, "file"),
        .id = mr_json_get_str(o, "id"),
        .given_name = mr_json_get_str(o, "given_name"),
        .kind = mr_json_get_str(o, "kind"),
        .type = mr_json_get_str(o, "type"),
        .territory = mr_json_get_str(o, "territory"),
        .operator= mr_json_get_str(o, "operator"),
        .name = mr_json_get_str(o, "name"),
        .source = mr_json_get_str(o, "source"),
        .signer = mr_json_get_str(o, "signer"),
        .version = number_of(o, "version"),
        .sequence = number_of(o, "sequence"),
        .issued = time_of(o, "issued"),
        .next_update = time_of(o, "next_update"),
        .imported = time_of(o, "imported"),
        .services = number_of(o, "services"),
        .certificates = number_of(o, "certificates"),
        .unusable = number_of(o, "unusable"),
        .faults = number_of(o, "faults"),
        .announced = mr_json_is(announced, MR_JSON_ARRAY) ? announced : NULL,
        .failures = mr_json_is(failures, MR_JSON_ARRAY) ? failures : NULL,
    };
}

static int read_public_key(mr_arena *a, const char *folder, mr_key **ret, struct mr_err *err)
{
    mr_str text;
    const mr_json *jwk;
    const char *path = path_of(a, folder, "cache.jwk");
    if (!path) return MR_FAIL(err, MR_E_NOMEM, "no memory for trusted lists", MR_NOWHERE);
    MR_TRY(mr_file_read(a, path, MR_LIMIT_KEY_FILE, &text, err));
    MR_TRY(mr_json_parse(a, text, NULL, &jwk, err));
    return mr_jwk_read(jwk, ret, err);
}

static int check_index(mr_arena *a, const char *folder, mr_str line, const mr_json **ret, struct mr_err *err)
{
    MR_CLEANUP(mr_key_freep) mr_key *key = NULL;
    mr_jws j;
    struct mr_err why = {0};
    MR_TRY(read_public_key(a, folder, &key, err));
    if (mr_jws_read(a, mr_str_trim(line), &j, &why) != MR_OK) return fail_changed(err, "index");
    bool good = mr_jws_verify(&j, key, &why) == MR_OK && mr_str_is(j.typ, TYPE);
    mr_str payload = j.payload;
    mr_jws_done(&j);
    if (!good || mr_json_parse(a, payload, NULL, ret, &why) != MR_OK) return fail_changed(err, "index");
    return mr_json_get_str(*ret, "buckets").len == BUCKETS * BUCKET_SIZE ? MR_OK : fail_changed(err, "index");
}

int mr_trust_cache_open(mr_arena *a, const char *folder, const mr_trust_cache **ret, struct mr_err *err)
{
    mr_str text;
    const mr_json *payload;
    const char *path = path_of(a, folder, "lists/index");
    *ret = NULL;
    if (!path) return MR_FAIL(err, MR_E_NOMEM, "no memory for trusted lists", MR_NOWHERE);
    if (!mr_file_exists(path)) return MR_OK;
    MR_TRY(mr_file_read(a, path, INDEX_LIMIT, &text, err));
    MR_TRY(check_index(a, folder, text, &payload, err));
    mr_trust_cache *c = MR_NEW(a, mr_trust_cache);
    const mr_json *lists = mr_json_get(payload, "lists");
    if (c) c->lists = MR_NEW_ARRAY(a, struct mr_trust_list, mr_json_count(lists) + 1);
    if (c) c->folder = mr_arena_dup(a, mr_str_of(folder)).ptr;
    if (!c || !c->lists || !c->folder) return MR_FAIL(err, MR_E_NOMEM, "no memory for trusted lists", MR_NOWHERE);
    MR_JSON_EACH (list, lists) read_list(list, &c->lists[c->count++]);
    c->rows = mr_json_get_str(payload, "rows");
    c->buckets = mr_json_get_str(payload, "buckets");
    *ret = c;
    return MR_OK;
}

const struct mr_trust_list *mr_trust_cache_list(const mr_trust_cache *c, mr_str id)
{
    for (size_t i = 0; c && i < c->count; i++)
        if (mr_str_eq_ascii_nocase(c->lists[i].id, id)) return &c->lists[i];
    return NULL;
}

/* ---- finding ---- */

/* A part of a file. */
static int read_part(mr_arena *a, const char *path, uint64_t offset, uint64_t size, mr_str *ret, struct mr_err *err)
{
    if (size > MR_LIMIT_TRUSTED_LIST || offset > MR_LIMIT_TRUSTED_LIST * 2) return fail_changed(err, path);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return MR_FAIL_DETAIL(err, MR_E_NOT_FOUND, "a trusted list is gone", "%s", path);
    char *text = mr_arena_alloc(a, size + 1);
    ssize_t got = text ? pread(fd, text, size, (off_t)offset) : -1;
    close(fd);
    if (!text) return MR_FAIL(err, MR_E_NOMEM, "no memory for a trusted list", MR_NOWHERE);
    if (got < 0) return MR_FAIL_DETAIL(err, MR_E_IO, "a trusted list cannot be read", "%s", path);
    *ret = mr_str_make(text, (size_t)got);
    return MR_OK;
}

static bool row_number(mr_str row, size_t at, size_t size, uint64_t *ret)
{
    return mr_str_to_u64(mr_str_make(row.ptr + at, size), ret);
}

static int open_row(const mr_trust_cache *c, mr_arena *a, mr_str row, struct mr_listed *ret, struct mr_err *err)
{
    uint64_t list, offset, size;
    mr_str text;
    char digest[65];
    if (!row_number(row, 17, 3, &list) || !row_number(row, 21, 10, &offset) || !row_number(row, 32, 8, &size) ||
        list >= c->count)
        return fail_changed(err, "index");
    ret->list = &c->lists[list];
    mr_str path = mr_arena_format(a, "%s/lists/%.*s", c->folder, MR_STR_ARG(ret->list->file));
    if (!path.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for a trusted list", MR_NOWHERE);
    MR_TRY(read_part(a, path.ptr, offset, size, &text, err));
    hex_digest(text, digest);
    if (!mr_str_eq(mr_str_make(row.ptr + 41, 64), mr_str_of(digest))) return fail_changed(err, path.ptr);
    return mr_json_parse(a, text, NULL, &ret->service, err);
}

static int hex_value(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 0;
}

/* How many rows a bucket has. */
static uint64_t count_rows(const mr_trust_cache *c, size_t bucket)
{
    uint64_t count = 0;
    for (size_t i = 0; i < 6; i++) count = count << 4 | (unsigned)hex_value(c->buckets.ptr[bucket * BUCKET_SIZE + i]);
    return count;
}

/* The rows of a bucket, checked. */
static int read_bucket(const mr_trust_cache *c, mr_arena *a, size_t bucket, mr_str *ret, struct mr_err *err)
{
    char digest[65];
    uint64_t before = 0, count = count_rows(c, bucket);
    *ret = MR_STR("");
    if (count == 0) return MR_OK;
    for (size_t i = 0; i < bucket; i++) before += count_rows(c, i);
    mr_str path = mr_arena_format(a, "%s/lists/%.*s", c->folder, MR_STR_ARG(c->rows));
    if (!path.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for trusted lists", MR_NOWHERE);
    MR_TRY(read_part(a, path.ptr, before * ROW_SIZE, count * ROW_SIZE, ret, err));
    hex_digest(*ret, digest);
    return memcmp(c->buckets.ptr + bucket * BUCKET_SIZE + 6, digest, 32) == 0 && ret->len == count * ROW_SIZE
               ? MR_OK
               : fail_changed(err, path.ptr);
}

static int find_key(const mr_trust_cache *c, mr_arena *a, const char *key, struct mr_listed ret[MR_LISTED_MOST],
                    size_t *ret_count, struct mr_err *err)
{
    mr_str rows;
    *ret_count = 0;
    if (!c) return MR_OK;
    MR_TRY(read_bucket(c, a, (size_t)(hex_value(key[0]) << 4 | hex_value(key[1])), &rows, err));
    for (size_t at = 0; at < rows.len && *ret_count < MR_LISTED_MOST; at += ROW_SIZE) {
        mr_str row = mr_str_make(rows.ptr + at, ROW_SIZE);
        if (memcmp(row.ptr, key, KEY_SIZE) != 0) continue;
        MR_TRY(open_row(c, a, row, &ret[*ret_count], err));
        (*ret_count)++;
    }
    return MR_OK;
}

int mr_trust_cache_find_subject(const mr_trust_cache *c, mr_arena *a, mr_str subject,
                                struct mr_listed ret[MR_LISTED_MOST], size_t *ret_count, struct mr_err *err)
{
    char key[KEY_SIZE + 1];
    make_key("subject:", subject, key);
    return find_key(c, a, key, ret, ret_count, err);
}

int mr_trust_cache_find_id(const mr_trust_cache *c, mr_arena *a, mr_str id, struct mr_listed ret[MR_LISTED_MOST],
                           size_t *ret_count, struct mr_err *err)
{
    char key[KEY_SIZE + 1];
    make_key("id:", id, key);
    return find_key(c, a, key, ret, ret_count, err);
}

int mr_trust_cache_read(const mr_trust_cache *c, mr_arena *a, const struct mr_trust_list *list, const mr_json **ret,
                        struct mr_err *err)
{
    mr_str text;
    /* The file's name ends in the digest of its content; the name is under the signature. */
    char digest[65];
    mr_str path = mr_arena_format(a, "%s/lists/%.*s", c->folder, MR_STR_ARG(list->file));
    if (!path.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for a trusted list", MR_NOWHERE);
    MR_TRY(mr_file_read(a, path.ptr, MR_LIMIT_TRUSTED_LIST * 2, &text, err));
    hex_digest(text, digest);
    if (mr_str_find(list->file, mr_str_make(digest, 32)) < 0) return fail_changed(err, path.ptr);
    return mr_json_parse(a, text, NULL, ret, err);
}

/* ---- writing ---- */

struct writing {
    mr_arena *a;
    const char *folder;
    const mr_trust_cache *old; /* NULL when there is none */
    mr_str old_rows;           /* all of them */
    mr_json_writer w;          /* "lists" of the index */
    size_t lists;
    mr_str *rows; /* ROW_SIZE octets each */
    size_t row_count, row_room;
    int64_t now;
};

static int make_row_room(struct writing *w, struct mr_err *err)
{
    if (w->row_count < w->row_room) return MR_OK;
    size_t room = w->row_room ? w->row_room * 2 : 1024;
    mr_str *more = MR_NEW_ARRAY(w->a, mr_str, room);
    if (!more) return MR_FAIL(err, MR_E_NOMEM, "no memory for trusted lists", MR_NOWHERE);
    if (w->row_count) memcpy(more, w->rows, w->row_count * sizeof *more);
    w->rows = more;
    w->row_room = room;
    return MR_OK;
}

static int add_row(struct writing *w, const char *key, uint64_t offset, mr_str line, struct mr_err *err)
{
    char digest[65];
    MR_TRY(make_row_room(w, err));
    hex_digest(line, digest);
    mr_str row = mr_arena_format(w->a, "%s %03zu %010llu %08zu %s\n", key, w->lists, (unsigned long long)offset,
                                 line.len, digest);
    if (row.len != ROW_SIZE) return MR_FAIL(err, MR_E_LIMIT, "a trusted list is too large", MR_NOWHERE);
    w->rows[w->row_count++] = row;
    return MR_OK;
}

/* Rows for one service; counts what can be used of it. */
static int index_service(struct writing *w, const mr_json *service, uint64_t offset, mr_str line, int64_t *certificates,
                         int64_t *unusable, struct mr_err *err)
{
    size_t before = w->row_count;
    char key[KEY_SIZE + 1];
    MR_JSON_EACH (text, mr_json_get(service, "certificates")) {
        MR_CLEANUP(mr_certificate_freep) mr_certificate *c = NULL;
        mr_str der;
        struct mr_err ignored = {0};
        if (mr_base64_read(w->a, mr_json_str(text), &der, &ignored) != MR_OK ||
            mr_certificate_read(der, &c, &ignored) != MR_OK)
            continue;
        (*certificates)++;
        make_key("subject:", mr_certificate_subject_der(c), key);
        MR_TRY(add_row(w, key, offset, line, err));
    }
    MR_JSON_EACH (id, mr_json_get(service, "ids")) {
        if (mr_str_find_char(mr_json_str(id), ':') <= 0) continue; /* a DID or URL */
        make_key("id:", mr_json_str(id), key);
        MR_TRY(add_row(w, key, offset, line, err));
    }
    *unusable += w->row_count == before;
    return MR_OK;
}

static void put_time(mr_json_writer *w, const char *name, int64_t time)
{
    char text[21];
    if (time == MR_TIME_NONE) return;
    mr_time_write(time, text);
    mr_json_put_member_c(w, name, text);
}

static void put_old(struct writing *w, const struct mr_trust_list *l)
{
    mr_json_begin_object(&w->w);
    mr_json_put_member(&w->w, "file", l->file);
    mr_json_put_member(&w->w, "id", l->id);
    mr_json_put_member(&w->w, "given_name", l->given_name);
    mr_json_put_member(&w->w, "kind", l->kind);
    mr_json_put_member(&w->w, "type", l->type);
    mr_json_put_member(&w->w, "territory", l->territory);
    mr_json_put_member(&w->w, "operator", l->operator);
    mr_json_put_member(&w->w, "name", l->name);
    mr_json_put_member(&w->w, "source", l->source);
    mr_json_put_member(&w->w, "signer", l->signer);
    mr_json_put_number(&w->w, "version", l->version);
    mr_json_put_number(&w->w, "sequence", l->sequence);
    put_time(&w->w, "issued", l->issued);
    put_time(&w->w, "next_update", l->next_update);
    put_time(&w->w, "imported", l->imported);
    mr_json_put_number(&w->w, "services", l->services);
    mr_json_put_number(&w->w, "certificates", l->certificates);
    mr_json_put_number(&w->w, "unusable", l->unusable);
    mr_json_put_number(&w->w, "faults", l->faults);
    mr_json_put_name(&w->w, "announced");
    if (l->announced)
        mr_json_put_value(&w->w, l->announced);
    else
        mr_json_put_null(&w->w);
    mr_json_put_name(&w->w, "failures");
    if (l->failures)
        mr_json_put_value(&w->w, l->failures);
    else
        mr_json_put_null(&w->w);
    mr_json_end_object(&w->w);
}

/* The territories that a list of lists points to, itself and what is not in XML or JSON left out, as JSON text. */
static int list_announced(struct writing *w, const mr_json *list, const mr_json **ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_json_writer out;
    mr_str own = mr_json_get_str(list, "territory");
    size_t count = 0;
    *ret = NULL;
    mr_buf_init(&b, MR_MIB);
    mr_json_writer_init(&out, &b, 0);
    mr_json_begin_array(&out);
    MR_JSON_EACH (pointer, mr_json_get(list, "pointers")) {
        mr_str territory = mr_json_get_str(pointer, "territory"), mime = mr_json_get_str(pointer, "mime");
        bool readable = mr_str_is(mime, "application/vnd.etsi.tsl+xml") || mr_str_is(mime, "application/json") ||
                        mr_str_is(mime, "application/jose");
        if (!readable || territory.len == 0 || mr_str_eq(territory, own)) continue;
        mr_json_put_str(&out, territory);
        count++;
    }
    mr_json_end_array(&out);
    bool is_lists = mr_str_find(mr_json_get_str(list, "type"), MR_STR("listofthelists")) >= 0;
    if (mr_buf_failed(&b) || count == 0 || !is_lists) return MR_OK;
    mr_str text = mr_arena_dup(w->a, mr_buf_str(&b));
    return text.ptr ? mr_json_parse(w->a, text, NULL, ret, err)
                    : MR_FAIL(err, MR_E_NOMEM, "no memory for trusted lists", MR_NOWHERE);
}

/* The file of a list: one line a service, so that rows can lead to it. */
static int write_list(struct writing *w, const struct mr_trust_entry *e, struct mr_trust_list *l, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_json_writer writer;
    bool first = true;
    char digest[65];
    mr_buf_init(&out, MR_LIMIT_TRUSTED_LIST * 2);
    mr_buf_puts(&out, "{\"list\":");
    mr_json_writer_init(&writer, &out, 0);
    mr_json_begin_object(&writer);
    MR_JSON_EACH_MEMBER (name, e->list) {
        if (mr_str_is(mr_json_text(name), "services")) continue;
        mr_json_put_name_str(&writer, mr_json_text(name));
        mr_json_put_value(&writer, name + 1);
    }
    mr_json_end_object(&writer);
    mr_buf_puts(&out, ",\n\"services\":[\n");
    MR_JSON_EACH (service, mr_json_get(e->list, "services")) {
        if (!first) mr_buf_puts(&out, ",\n");
        first = false;
        size_t start = out.len;
        mr_json_writer_init(&writer, &out, 0);
        mr_json_put_value(&writer, service);
        l->services++;
        if (mr_buf_failed(&out)) break;
        MR_TRY(index_service(w, service, start, mr_str_make(out.ptr + start, out.len - start), &l->certificates,
                             &l->unusable, err));
    }
    mr_buf_puts(&out, "\n]}\n");
    if (mr_buf_failed(&out)) return MR_FAIL(err, MR_E_LIMIT, "a trusted list is too large", MR_NOWHERE);
    hex_digest(mr_buf_str(&out), digest);
    l->file = mr_arena_format(w->a, "%.*s-%.32s.json", MR_STR_ARG(e->id), digest);
    mr_str path = mr_arena_format(w->a, "%s/lists/%.*s", w->folder, MR_STR_ARG(l->file));
    if (!path.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for trusted lists", MR_NOWHERE);
    return mr_file_write(path.ptr, mr_buf_str(&out), 0644, true, err);
}

static int put_new(struct writing *w, const struct mr_trust_entry *e, struct mr_err *err)
{
    struct mr_trust_list l;
    read_list(e->list, &l);
    l.id = e->id, l.given_name = e->given_name, l.source = e->source, l.signer = e->signer;
    l.imported = w->now, l.faults = e->faults, l.failures = e->failures;
    l.services = l.certificates = l.unusable = 0;
    if (w->lists == MR_LIMIT_LISTS) return MR_FAIL(err, MR_E_LIMIT, "too many trusted lists", MR_NOWHERE);
    MR_TRY(list_announced(w, e->list, &l.announced, err));
    MR_TRY(write_list(w, e, &l, err));
    put_old(w, &l);
    w->lists++;
    return MR_OK;
}

static bool is_replaced(mr_str id, const struct mr_trust_entry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (mr_str_eq_ascii_nocase(entries[i].id, id)) return true;
    return false;
}

/* A list that stays, with its rows under its new number. */
static int keep_old(struct writing *w, size_t at, struct mr_err *err)
{
    char number[4], now[4];
    snprintf(number, sizeof number, "%03u", (unsigned)at % 1000);
    snprintf(now, sizeof now, "%03u", (unsigned)w->lists % 1000);
    for (size_t i = 0; i < w->old_rows.len; i += ROW_SIZE) {
        mr_str row = mr_str_make(w->old_rows.ptr + i, ROW_SIZE);
        if (memcmp(row.ptr + KEY_SIZE + 1, number, 3) != 0) continue;
        MR_TRY(make_row_room(w, err));
        char *copy = mr_arena_alloc(w->a, ROW_SIZE);
        if (!copy) return MR_FAIL(err, MR_E_NOMEM, "no memory for trusted lists", MR_NOWHERE);
        memcpy(copy, row.ptr, ROW_SIZE);
        memcpy(copy + KEY_SIZE + 1, now, 3);
        w->rows[w->row_count++] = mr_str_make(copy, ROW_SIZE);
    }
    put_old(w, &w->old->lists[at]);
    w->lists++;
    return MR_OK;
}

static int compare_rows(const void *a, const void *b)
{
    return mr_str_compare(*(const mr_str *)a, *(const mr_str *)b);
}

/* The folder's key; made when there is none. */
static int open_key(struct writing *w, mr_key **ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_wipe) mr_buf pem;
    MR_CLEANUP(mr_buf_done) mr_buf jwk;
    const char *path = path_of(w->a, w->folder, "cache.key"), *public = path_of(w->a, w->folder, "cache.jwk");
    mr_str text;
    mr_buf_init(&pem, 4 * MR_KIB);
    mr_buf_init(&jwk, 4 * MR_KIB);
    if (!path || !public) return MR_FAIL(err, MR_E_NOMEM, "no memory for trusted lists", MR_NOWHERE);
    if (mr_file_exists(path)) {
        MR_TRY(mr_file_read(w->a, path, MR_LIMIT_KEY_FILE, &text, err));
        return mr_key_read_pem(text, MR_STR(""), ret, err);
    }
    mr_buf_reserve(&pem, 4 * MR_KIB);
    MR_TRY(mr_key_generate(MR_KEY_P256, 0, ret, err));
    MR_TRY(mr_key_write_pem(*ret, MR_STR(""), &pem, err));
    MR_TRY(mr_key_write_jwk(*ret, &jwk, err));
    MR_TRY(mr_file_write(public, mr_buf_str(&jwk), 0644, true, err));
    return mr_file_write(path, mr_buf_str(&pem), 0600, true, err);
}

/* How many rows each bucket has and what they come to; the rows are sorted. */
static void put_buckets(const mr_str rows, mr_buf *out)
{
    size_t at = 0;
    for (unsigned bucket = 0; bucket < BUCKETS; bucket++) {
        char digits[3], digest[65];
        size_t start = at;
        snprintf(digits, sizeof digits, "%02x", bucket);
        while (at < rows.len && memcmp(rows.ptr + at, digits, 2) == 0) at += ROW_SIZE;
        hex_digest(mr_str_make(rows.ptr + start, at - start), digest);
        mr_buf_format(out, "%06zx%.32s", (at - start) / ROW_SIZE, digest);
    }
}

/* The rows, in a file of their own whose name is returned. */
static int write_rows(struct writing *w, mr_buf *rows, mr_str *ret_name, struct mr_err *err)
{
    char digest[65];
    if (w->row_count) qsort(w->rows, w->row_count, sizeof *w->rows, compare_rows);
    for (size_t i = 0; i < w->row_count; i++) mr_buf_put(rows, w->rows[i]);
    if (mr_buf_failed(rows)) return MR_FAIL(err, MR_E_LIMIT, "too many trusted lists", MR_NOWHERE);
    hex_digest(mr_buf_str(rows), digest);
    *ret_name = mr_arena_format(w->a, "%.32s.rows", digest);
    mr_str path = mr_arena_format(w->a, "%s/lists/%.*s", w->folder, MR_STR_ARG(*ret_name));
    if (!path.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for trusted lists", MR_NOWHERE);
    return mr_file_write(path.ptr, mr_buf_str(rows), 0644, true, err);
}

static int write_index(struct writing *w, mr_str lists, struct mr_err *err)
{
    MR_CLEANUP(mr_key_freep) mr_key *key = NULL;
    MR_CLEANUP(mr_buf_done) mr_buf rows, out, payload;
    const struct mr_jose_header header = {.typ = TYPE};
    mr_jose_signer signer;
    mr_str name = MR_STR_EMPTY;
    mr_buf_init(&rows, INDEX_LIMIT);
    mr_buf_init(&out, INDEX_LIMIT);
    mr_buf_init(&payload, INDEX_LIMIT);
    MR_TRY(write_rows(w, &rows, &name, err));
    mr_buf_format(&payload, "{\"rows\":\"%.*s\",\"buckets\":\"", MR_STR_ARG(name));
    put_buckets(mr_buf_str(&rows), &payload);
    mr_buf_puts(&payload, "\",\"lists\":");
    mr_buf_put(&payload, lists);
    mr_buf_putc(&payload, '}');
    if (mr_buf_failed(&payload)) return MR_FAIL(err, MR_E_LIMIT, "too many trusted lists", MR_NOWHERE);
    MR_TRY(open_key(w, &key, err));
    MR_TRY(mr_jose_signer_init(&signer, w->a, key, &header, err));
    MR_TRY(mr_jose_sign(&signer, mr_buf_str(&payload), w->a, &out, err));
    mr_buf_putc(&out, '\n');
    if (mr_buf_failed(&out)) return MR_FAIL(err, MR_E_LIMIT, "too many trusted lists", MR_NOWHERE);
    const char *path = path_of(w->a, w->folder, "lists/index");
    return path ? mr_file_write(path, mr_buf_str(&out), 0644, true, err)
                : MR_FAIL(err, MR_E_NOMEM, "no memory for trusted lists", MR_NOWHERE);
}

static bool names_file(const mr_trust_cache *c, mr_str file)
{
    for (size_t i = 0; c && i < c->count; i++)
        if (mr_str_eq(c->lists[i].file, file)) return true;
    return c && mr_str_eq(c->rows, file);
}

/* Files that neither the index before nor the index now names. */
static void remove_leftovers(struct writing *w)
{
    static const char *const endings[] = {".json", ".rows"};
    const mr_trust_cache *now = NULL;
    struct mr_err ignored = {0};
    const char *folder = path_of(w->a, w->folder, "lists");
    if (!folder || mr_trust_cache_open(w->a, w->folder, &now, &ignored) != MR_OK) return;
    for (size_t e = 0; e < 2; e++) {
        mr_str *names = NULL;
        size_t count = 0;
        if (mr_file_list(w->a, folder, endings[e], MR_LIMIT_ANCHORS, &names, &count, &ignored) != MR_OK) return;
        for (size_t i = 0; i < count; i++) {
            mr_str path = mr_arena_format(w->a, "%s/%.*s", folder, MR_STR_ARG(names[i]));
            if (path.ptr && !names_file(w->old, names[i]) && !names_file(now, names[i])) unlink(path.ptr);
        }
    }
}

/* What is there, with all of its rows, each bucket checked. */
static int read_old(struct writing *w, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf all;
    mr_str rows;
    mr_buf_init(&all, INDEX_LIMIT);
    MR_TRY(mr_trust_cache_open(w->a, w->folder, &w->old, err));
    for (size_t i = 0; w->old && i < BUCKETS; i++) {
        MR_TRY(read_bucket(w->old, w->a, i, &rows, err));
        mr_buf_put(&all, rows);
    }
    w->old_rows = mr_arena_dup(w->a, mr_buf_str(&all));
    return w->old_rows.ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for trusted lists", MR_NOWHERE);
}

int mr_trust_cache_put(const char *folder, const mr_env *env, const struct mr_trust_entry *entries, size_t count,
                       struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf lists;
    mr_arena_init(&a, 256 * MR_MIB);
    mr_buf_init(&lists, INDEX_LIMIT);
    struct writing w = {.a = &a, .folder = folder, .now = mr_env_now(env)};
    const char *inside = path_of(&a, folder, "lists");
    if (!inside) return MR_FAIL(err, MR_E_NOMEM, "no memory for trusted lists", MR_NOWHERE);
    MR_TRY(mr_file_make_folder(inside, err));
    MR_TRY(read_old(&w, err));
    mr_json_writer_init(&w.w, &lists, 0);
    mr_json_begin_array(&w.w);
    for (size_t i = 0; w.old && i < w.old->count; i++)
        if (!is_replaced(w.old->lists[i].id, entries, count)) MR_TRY(keep_old(&w, i, err));
    for (size_t i = 0; i < count; i++) MR_TRY(put_new(&w, &entries[i], err));
    mr_json_end_array(&w.w);
    if (mr_buf_failed(&lists)) return MR_FAIL(err, MR_E_LIMIT, "too many trusted lists", MR_NOWHERE);
    MR_TRY(write_index(&w, mr_buf_str(&lists), err));
    remove_leftovers(&w);
    return MR_OK;
}
