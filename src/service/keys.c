/* Signing keys in the data folder, and what is published about them.
 *
 * A key file is written before the index names it, and the index is replaced as a whole, so that a stop at any moment leaves either the old state
 * or the new one (and at worst a key file that nothing names). Each key has its own file name; a replaced key's file stays where it is.
 *
 * A did:web document lists each key twice, as a Multikey for Data Integrity and as a JsonWebKey for JOSE: verifiers of either kind look for
 * their own form. */
#include "service/keys.h"

#include "base/encoding.h"
#include "base/file.h"
#include "json/write.h"
#include "proof/controller.h"
#include "proof/jwk.h"
#include "service/audit.h"
#include "service/installation.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

static mr_str path_of(const struct mr_keys *keys, mr_str file)
{
    return mr_arena_format(keys->a, "%.*s/keys/%.*s", MR_STR_ARG(keys->service->folder), MR_STR_ARG(file));
}

static int no_memory(struct mr_err *err)
{
    return MR_FAIL(err, MR_E_NOMEM, "no memory for signing keys", MR_NOWHERE);
}

static mr_str kept(mr_arena *a, const mr_buf *b)
{
    return mr_buf_failed(b) ? MR_STR_EMPTY : mr_arena_dup(a, mr_buf_str(b));
}

static bool is_web(mr_str did)
{
    return mr_str_has_prefix(did, MR_STR("did:web:"));
}

static const char *kind_name(mr_key_kind kind)
{
    return kind == MR_KEY_ED25519 ? "ed25519" : kind == MR_KEY_P256 ? "p256" : "p384";
}

static bool is_signing_kind(mr_key_kind kind)
{
    return kind == MR_KEY_ED25519 || kind == MR_KEY_P256 || kind == MR_KEY_P384;
}

/* What follows from the public key and the DID. did empty: that of the key. */
static int describe(mr_arena *a, const mr_key *key, mr_str did, struct mr_signing_key *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf octets, text;
    uint8_t thumbprint[32];
    mr_buf_init(&octets, MR_LIMIT_BASE58);
    mr_buf_init(&text, MR_LIMIT_IDENTIFIER);
    mr_key_put_multikey(key, &octets);
    mr_multibase_put(&text, 'z', mr_buf_str(&octets));
    ret->multibase = kept(a, &text);
    mr_buf_clear(&text);
    MR_TRY(mr_key_write_jwk(key, &text, err));
    ret->jwk = kept(a, &text);
    MR_TRY(mr_jwk_thumbprint(key, thumbprint, err));
    mr_buf_clear(&text), mr_base64url_put(&text, mr_str_make((const char *)thumbprint, sizeof thumbprint));
    ret->kind = mr_key_get_kind(key);
    ret->did = did.len ? mr_arena_dup(a, did) : mr_arena_format(a, "did:key:%.*s", MR_STR_ARG(ret->multibase));
    ret->method = mr_arena_format(a, "%.*s#%.*s", MR_STR_ARG(ret->did), MR_STR_ARG(ret->multibase));
    ret->kid = is_web(ret->did) ? mr_arena_format(a, "%.*s#%.*s", MR_STR_ARG(ret->did), MR_STR_ARG(mr_buf_str(&text)))
                                : ret->method;
    bool fine = ret->multibase.ptr && ret->jwk.ptr && ret->did.ptr && ret->method.ptr && ret->kid.ptr;
    return fine && !mr_buf_failed(&text) ? MR_OK : no_memory(err);
}

/* ---- the index ---- */

static bool is_name(mr_str s)
{
    if (s.len == 0 || s.len > 64 || s.ptr[0] == '-') return false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-') return false;
    }
    return true;
}

static bool read_time(const mr_json *entry, const char *name, int64_t *ret)
{
    *ret = MR_TIME_NONE;
    return !mr_json_get(entry, name) || mr_time_parse(mr_json_get_str(entry, name), ret, NULL) == MR_OK;
}

static int read_entry(mr_arena *a, const mr_json *entry, struct mr_signing_key *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_key_freep) mr_key *key = NULL;
    mr_str did = mr_json_get_str(entry, "did");
    *ret = (struct mr_signing_key){.name = mr_json_get_str(entry, "name"), .file = mr_json_get_str(entry, "file")};
    MR_TRY(mr_jwk_read(mr_json_get(entry, "jwk"), &key, err));
    if (!is_name(ret->name) || !did.len || !ret->file.len || mr_str_find_char(ret->file, '/') >= 0 ||
        !is_signing_kind(mr_key_get_kind(key)) || !read_time(entry, "created", &ret->created) ||
        !read_time(entry, "replaced", &ret->replaced))
        return MR_FAIL(err, MR_E_FORMAT, "an entry of keys/index.json is not as Merit writes it", entry->position);
    return describe(a, key, did, ret, err);
}

static int read_index(struct mr_keys *keys, struct mr_err *err)
{
    const mr_json *root;
    mr_str text;
    keys->count = 0;
    mr_str path = path_of(keys, MR_STR("index.json"));
    if (!path.ptr) return no_memory(err);
    int code = mr_file_read(keys->a, path.ptr, MR_MIB, &text, err);
    if (code == MR_E_NOT_FOUND) {
        if (err) mr_err_clear(err);
        return MR_OK;
    }
    MR_TRY(code);
    MR_TRY(mr_json_parse(keys->a, text, NULL, &root, err));
    const mr_json *list = mr_json_get(root, "keys");
    if (!mr_json_is(list, MR_JSON_ARRAY)) return MR_FAIL(err, MR_E_FORMAT, "keys/index.json lists no keys", 0);
    if (mr_json_count(list) > MR_LIMIT_SIGNING_KEYS)
        return MR_FAIL(err, MR_E_LIMIT, "more signing keys than allowed", list->position);
    MR_JSON_EACH (entry, list) {
        MR_TRY(read_entry(keys->a, entry, &keys->items[keys->count], err));
        keys->count++;
    }
    return MR_OK;
}

static void put_time(mr_json_writer *w, const char *name, int64_t time)
{
    char text[21];
    mr_time_write(time, text);
    mr_json_put_member_c(w, name, text);
}

static void put_entry(mr_json_writer *w, const struct mr_signing_key *k)
{
    mr_json_begin_object(w);
    mr_json_put_member(w, "name", k->name);
    mr_json_put_member_c(w, "state", mr_signing_key_is_current(k) ? "current" : "old");
    mr_json_put_member_c(w, "kind", kind_name(k->kind));
    mr_json_put_member(w, "did", k->did);
    put_time(w, "created", k->created);
    if (!mr_signing_key_is_current(k)) put_time(w, "replaced", k->replaced);
    mr_json_put_member(w, "file", k->file);
    mr_json_put_name(w, "jwk");
    mr_json_put_raw(w, k->jwk);
    mr_json_end_object(w);
}

static int write_index(const struct mr_keys *keys, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_json_writer w;
    mr_buf_init(&out, MR_MIB);
    mr_json_writer_init(&w, &out, 2);
    mr_json_begin_object(&w);
    mr_json_put_name(&w, "keys");
    mr_json_begin_array(&w);
    for (size_t i = 0; i < keys->count; i++) put_entry(&w, &keys->items[i]);
    mr_json_end_array(&w);
    mr_json_end_object(&w);
    mr_buf_putc(&out, '\n');
    mr_str path = path_of(keys, MR_STR("index.json"));
    if (mr_buf_failed(&out) || !path.ptr) return no_memory(err);
    return mr_file_write(path.ptr, mr_buf_str(&out), 0600, true, err);
}

int mr_keys_open(mr_service *s, mr_arena *a, struct mr_keys *ret, struct mr_err *err)
{
    *ret = (struct mr_keys){.service = s, .a = a};
    ret->items = MR_NEW_ARRAY(a, struct mr_signing_key, MR_LIMIT_SIGNING_KEYS);
    return ret->items ? read_index(ret, err) : no_memory(err);
}

const struct mr_signing_key *mr_keys_find(const struct mr_keys *keys, mr_str name)
{
    const struct mr_signing_key *found = NULL;
    for (size_t i = 0; i < keys->count; i++) {
        const struct mr_signing_key *k = &keys->items[i];
        if (!mr_signing_key_is_current(k) || (name.len && !mr_str_eq(k->name, name))) continue;
        if (found) return NULL;
        found = k;
    }
    return found;
}

int mr_keys_load(const struct mr_keys *keys, const struct mr_signing_key *key, mr_key **ret, struct mr_err *err)
{
    MR_CLEANUP(mr_key_freep) mr_key *read = NULL;
    MR_CLEANUP(mr_buf_done) mr_buf jwk;
    mr_str pem, path = path_of(keys, key->file);
    mr_buf_init(&jwk, MR_LIMIT_KEY_FILE);
    if (!path.ptr) return no_memory(err);
    MR_TRY(mr_file_read(keys->a, path.ptr, MR_LIMIT_KEY_FILE, &pem, err));
    MR_TRY(mr_key_read_pem(pem, keys->service->password, &read, err));
    MR_TRY(mr_key_write_jwk(read, &jwk, err));
    if (!mr_str_eq(mr_buf_str(&jwk), key->jwk))
        return MR_FAIL_DETAIL(err, MR_E_FORMAT, "the key file does not hold the key that the index names", "%.*s",
                              MR_STR_ARG(key->file));
    *ret = read;
    read = NULL;
    return MR_OK;
}

/* ---- changes ---- */

static void unlock(int *fd)
{
    if (*fd >= 0) close(*fd);
}

/* Hold the folder until the process lets go of it or ends, and read what is there now. */
static int lock_index(struct mr_keys *keys, int *ret_lock, struct mr_err *err)
{
    mr_str folder = path_of(keys, MR_STR("")), path = path_of(keys, MR_STR("lock"));
    if (!folder.ptr || !path.ptr) return no_memory(err);
    MR_TRY(mr_file_make_folder(folder.ptr, err));
    *ret_lock = open(path.ptr, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (*ret_lock < 0 || flock(*ret_lock, LOCK_EX) != 0)
        return MR_FAIL_DETAIL(err, MR_E_IO, "the folder of the signing keys cannot be written", "%s", path.ptr);
    return read_index(keys, err);
}

/* "main.pem", then "main.2.pem": a name has no full stop, so that no other key can have that file. */
static mr_str file_name(const struct mr_keys *keys, mr_str name)
{
    size_t number = 1;
    for (size_t i = 0; i < keys->count; i++) number += mr_str_eq(keys->items[i].name, name);
    return number == 1 ? mr_arena_format(keys->a, "%.*s.pem", MR_STR_ARG(name))
                       : mr_arena_format(keys->a, "%.*s.%zu.pem", MR_STR_ARG(name), number);
}

static int write_key(const struct mr_keys *keys, const mr_key *key, mr_str file, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_wipe) mr_buf pem;
    mr_str path = path_of(keys, file);
    mr_buf_init(&pem, MR_LIMIT_KEY_FILE);
    if (!path.ptr) return no_memory(err);
    MR_TRY(mr_key_write_pem(key, keys->service->password, &pem, err));
    return mr_file_write(path.ptr, mr_buf_str(&pem), 0600, true, err);
}

/* All keys of a folder have one password: a key under another could not be opened by who opens the rest. */
static int check_password(const struct mr_keys *keys, struct mr_err *err)
{
    MR_CLEANUP(mr_key_freep) mr_key *newest = NULL;
    if (keys->count == 0) return MR_OK;
    int code = mr_keys_load(keys, &keys->items[keys->count - 1], &newest, err);
    return code == MR_E_PASSWORD ? MR_FAIL(err, MR_E_PASSWORD,
                                           "the password is not that of the keys that are here, so no key was made. "
                                           "Set MERIT_PASSWORD as before, or unset it",
                                           MR_NOWHERE)
                                 : MR_OK; /* a file that is lost does not stand in the way of a new key */
}

/* A further key of the index, with its file; the index is written by the caller. */
static int add_key(struct mr_keys *keys, mr_str name, mr_key_kind kind, mr_str did, struct mr_err *err)
{
    MR_CLEANUP(mr_key_freep) mr_key *key = NULL;
    struct mr_signing_key k = {
        .created = mr_env_now(keys->service->env),
        .replaced = MR_TIME_NONE,
        .name = mr_arena_dup(keys->a, name),
        .file = file_name(keys, name),
    };
    if (!k.name.ptr || !k.file.ptr) return no_memory(err);
    if (keys->count == MR_LIMIT_SIGNING_KEYS)
        return MR_FAIL(err, MR_E_LIMIT, "there are as many signing keys as allowed", MR_NOWHERE);
    MR_TRY(check_password(keys, err));
    MR_TRY(mr_key_generate(kind, 0, &key, err));
    MR_TRY(describe(keys->a, key, did, &k, err));
    MR_TRY(write_key(keys, key, k.file, err));
    keys->items[keys->count++] = k;
    return MR_OK;
}

static int check_new(const struct mr_keys *keys, mr_str name, mr_key_kind kind, mr_str did, struct mr_err *err)
{
    mr_str url;
    if (!is_name(name))
        return MR_FAIL(err, MR_E_FORMAT, "a key's name has small letters, digits and hyphens, at most 64", MR_NOWHERE);
    if (!is_signing_kind(kind))
        return MR_FAIL(err, MR_E_UNSUPPORTED, "signing keys are of Ed25519, P-256 or P-384", MR_NOWHERE);
    if (did.len && !is_web(did))
        return MR_FAIL_DETAIL(err, MR_E_UNSUPPORTED, "a key of one's own can have a did:web, or its did:key", "%.*s",
                              MR_STR_ARG(did));
    if (did.len) MR_TRY(mr_did_web_url(keys->a, did, &url, err));
    for (size_t i = 0; i < keys->count; i++)
        if (mr_str_eq(keys->items[i].name, name))
            return MR_FAIL_DETAIL(err, MR_E_EXISTS, "there is a key of this name", "%.*s", MR_STR_ARG(name));
    return MR_OK;
}

int mr_keys_new(struct mr_keys *keys, mr_str name, mr_key_kind kind, mr_str did, const struct mr_signing_key **ret,
                struct mr_err *err)
{
    MR_CLEANUP(unlock) int lock = -1;
    MR_TRY(lock_index(keys, &lock, err));
    MR_TRY(check_new(keys, name, kind, did, err));
    MR_TRY(add_key(keys, name, kind, did, err));
    MR_TRY(write_index(keys, err));
    *ret = &keys->items[keys->count - 1];
    return mr_audit_files(keys->service, MR_MAY_ORGANISATION_EDIT, MR_STR("key.new"), err);
}

int mr_keys_rotate(struct mr_keys *keys, mr_str name, const struct mr_signing_key **ret, struct mr_err *err)
{
    MR_CLEANUP(unlock) int lock = -1;
    MR_TRY(lock_index(keys, &lock, err));
    const struct mr_signing_key *found = name.len ? mr_keys_find(keys, name) : NULL;
    if (!found)
        return MR_FAIL_DETAIL(err, MR_E_NOT_FOUND, "there is no current key of this name", "%.*s", MR_STR_ARG(name));
    if (!is_web(found->did))
        return MR_FAIL(err, MR_E_STATE, "a did:key is its key: another key has another identifier", MR_NOWHERE);
    struct mr_signing_key *old = &keys->items[found - keys->items];
    MR_TRY(add_key(keys, name, old->kind, old->did, err));
    old->replaced = keys->items[keys->count - 1].created;
    MR_TRY(write_index(keys, err));
    *ret = &keys->items[keys->count - 1];
    return mr_audit_files(keys->service, MR_MAY_ORGANISATION_EDIT, MR_STR("key.rotate"), err);
}

/* ---- what is published ---- */

static const char *alg_of(const struct mr_signing_key *k)
{
    return mr_alg_name(k->kind == MR_KEY_ED25519 ? MR_ALG_EDDSA : k->kind == MR_KEY_P256 ? MR_ALG_ES256 : MR_ALG_ES384);
}

/* kid is the DID URL, so that one name leads to the key in the set, in the document, and in what was signed. */
void mr_signing_key_put_jwk(const struct mr_signing_key *k, mr_buf *out)
{
    mr_buf_puts(out, "{\"kid\":");
    mr_json_quote(out, k->kid);
    mr_buf_format(out, ",\"use\":\"sig\",\"alg\":\"%s\",", alg_of(k));
    mr_buf_put(out, mr_str_from(k->jwk, 1));
}

static void put_raw_jwk(mr_json_writer *w, const struct mr_signing_key *k)
{
    MR_CLEANUP(mr_buf_done) mr_buf jwk;
    mr_buf_init(&jwk, MR_LIMIT_KEY_FILE);
    mr_signing_key_put_jwk(k, &jwk);
    mr_json_put_raw(w, mr_buf_str(&jwk));
}

/* Which keys a document is about: those of a name, or of a DID. */
struct selection {
    const struct mr_keys *keys;
    mr_str name, did;
};

static bool is_selected(const struct selection *s, const struct mr_signing_key *k)
{
    return s->name.len ? mr_str_eq(k->name, s->name) : mr_str_eq(k->did, s->did);
}

static bool has_any(const struct selection *s)
{
    for (size_t i = 0; i < s->keys->count; i++)
        if (is_selected(s, &s->keys->items[i])) return true;
    return false;
}

static void put_set(mr_json_writer *w, const struct selection *s)
{
    mr_json_begin_object(w);
    mr_json_put_name(w, "keys");
    mr_json_begin_array(w);
    for (size_t i = 0; i < s->keys->count; i++)
        if (is_selected(s, &s->keys->items[i])) put_raw_jwk(w, &s->keys->items[i]);
    mr_json_end_array(w);
    mr_json_end_object(w);
}

static void begin_method(mr_json_writer *w, const struct mr_signing_key *k, mr_str id, const char *type)
{
    mr_json_begin_object(w);
    mr_json_put_member(w, "id", id);
    mr_json_put_member_c(w, "type", type);
    mr_json_put_member(w, "controller", k->did);
}

static void put_methods(mr_json_writer *w, const struct selection *s)
{
    mr_json_begin_array(w);
    for (size_t i = 0; i < s->keys->count; i++) {
        const struct mr_signing_key *k = &s->keys->items[i];
        if (!is_selected(s, k)) continue;
        begin_method(w, k, k->method, "Multikey");
        mr_json_put_member(w, "publicKeyMultibase", k->multibase);
        mr_json_end_object(w);
        begin_method(w, k, k->kid, "JsonWebKey");
        mr_json_put_name(w, "publicKeyJwk");
        mr_json_put_raw(w, k->jwk);
        mr_json_end_object(w);
    }
    mr_json_end_array(w);
}

/* The keys assert (DID Core 1.0 section 5.3.2) and do nothing else in their owner's name. */
static void put_assertions(mr_json_writer *w, const struct selection *s)
{
    mr_json_put_name(w, "assertionMethod");
    mr_json_begin_array(w);
    for (size_t i = 0; i < s->keys->count; i++) {
        if (!is_selected(s, &s->keys->items[i])) continue;
        mr_json_put_str(w, s->keys->items[i].method);
        mr_json_put_str(w, s->keys->items[i].kid);
    }
    mr_json_end_array(w);
}

static void put_document(mr_json_writer *w, const struct selection *s)
{
    static const char *const contexts[] = {"https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1",
                                           "https://w3id.org/security/jwk/v1"};
    mr_json_begin_object(w);
    mr_json_put_name(w, "@context");
    mr_json_begin_array(w);
    for (size_t i = 0; i < sizeof contexts / sizeof *contexts; i++) mr_json_put_cstr(w, contexts[i]);
    mr_json_end_array(w);
    mr_json_put_member(w, "id", s->did);
    mr_json_put_name(w, "verificationMethod");
    put_methods(w, s);
    put_assertions(w, s);
    mr_json_end_object(w);
}

/* https://example.org/path of did:web:example.org:path: what its address has in front of did.json. */
static mr_str issuer_of(mr_str did_url)
{
    static const mr_str endings[] = {MR_STR_INIT("/.well-known/did.json"), MR_STR_INIT("/did.json")};
    for (size_t i = 0; i < 2; i++)
        if (mr_str_has_suffix(did_url, endings[i])) return mr_str_make(did_url.ptr, did_url.len - endings[i].len);
    return did_url;
}

static void put_metadata(mr_json_writer *w, const struct selection *s, mr_str issuer)
{
    mr_json_begin_object(w);
    mr_json_put_member(w, "issuer", issuer);
    mr_json_put_name(w, "jwks");
    put_set(w, s);
    mr_json_end_object(w);
}

enum text { TEXT_SET, TEXT_DOCUMENT, TEXT_METADATA };

static int write_text(const struct selection *s, enum text text, mr_str issuer, mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_json_writer w;
    mr_buf_init(&out, MR_MIB);
    if (!has_any(s)) return MR_FAIL(err, MR_E_NOT_FOUND, "there is no such key", MR_NOWHERE);
    mr_json_writer_init(&w, &out, 2);
    if (text == TEXT_SET)
        put_set(&w, s);
    else if (text == TEXT_DOCUMENT)
        put_document(&w, s);
    else
        put_metadata(&w, s, issuer);
    mr_buf_putc(&out, '\n');
    mr_str written = kept(s->keys->a, &out);
    if (!written.ptr) return no_memory(err);
    *ret = written;
    return MR_OK;
}

int mr_keys_did_document(const struct mr_keys *keys, mr_str did, mr_str *ret, struct mr_err *err)
{
    const struct selection s = {.keys = keys, .did = did};
    if (is_web(did)) return write_text(&s, TEXT_DOCUMENT, MR_STR_EMPTY, ret, err);
    if (!has_any(&s)) return MR_FAIL(err, MR_E_NOT_FOUND, "there is no such key", MR_NOWHERE);
    return mr_controller_resolve(keys->a, did, NULL, ret, err);
}

int mr_keys_jwt_vc_issuer(const struct mr_keys *keys, mr_str did, mr_str *ret, struct mr_err *err)
{
    const struct selection s = {.keys = keys, .did = did};
    mr_str url;
    if (!is_web(did))
        return MR_FAIL(err, MR_E_UNSUPPORTED, "only a did:web has an address for issuer metadata", MR_NOWHERE);
    MR_TRY(mr_did_web_url(keys->a, did, &url, err));
    return write_text(&s, TEXT_METADATA, issuer_of(url), ret, err);
}

int mr_keys_jwks(const struct mr_keys *keys, mr_str name, mr_str *ret, struct mr_err *err)
{
    const struct selection s = {.keys = keys, .name = name};
    return write_text(&s, TEXT_SET, MR_STR_EMPTY, ret, err);
}

int mr_keys_publish(const struct mr_keys *keys, mr_str url, mr_str *ret, struct mr_err *err)
{
    *ret = MR_STR_EMPTY;
    for (size_t i = 0; i < keys->count; i++) {
        mr_str did = keys->items[i].did, document, metadata;
        if (!is_web(did)) continue;
        MR_TRY(mr_did_web_url(keys->a, did, &document, err));
        MR_TRY(mr_jwt_vc_issuer_url(keys->a, issuer_of(document), &metadata, err));
        if (mr_str_eq(url, document)) return mr_keys_did_document(keys, did, ret, err);
        if (mr_str_eq(url, metadata)) return mr_keys_jwt_vc_issuer(keys, did, ret, err);
    }
    return MR_OK;
}
