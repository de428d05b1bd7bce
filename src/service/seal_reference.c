#include "service/seal_reference.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/secret.h"
#include "crypto/pkcs11.h"
#include "json/json.h"

#include <stdlib.h>

/* ---- notes ---- */

static mr_str beside(mr_arena *a, mr_str path, mr_str name)
{
    size_t folder = path.len;
    while (folder && path.ptr[folder - 1] != '/') folder--;
    if (name.len == 0 || name.ptr[0] == '/') return mr_arena_dup(a, name);
    const mr_str parts[] = {mr_str_make(path.ptr, folder), name};
    return mr_arena_concat(a, parts, 2);
}

int mr_seal_date_read(mr_str text, int64_t *ret, struct mr_err *err)
{
    mr_date date;
    if (text.len != 10) return mr_time_parse(text, ret, err);
    MR_TRY(mr_date_parse(text, &date, err));
    *ret = mr_date_to_time(date);
    return MR_OK;
}

static int check_members(const mr_json *note, struct mr_err *err)
{
    static const char *const known[] = {"pkcs11", "file", "certificate", "from"};
    if (!mr_json_is(note, MR_JSON_OBJECT)) return MR_FAIL(err, MR_E_FORMAT, "a note about a seal is an object", 0);
    MR_JSON_EACH_MEMBER (name, note) {
        bool found = false;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++) found |= mr_str_is(mr_json_text(name), known[i]);
        if (!found || !mr_json_str(name + 1).len)
            return MR_FAIL_DETAIL(err, MR_E_FORMAT,
                                  "a note about a seal has the texts pkcs11 or file, certificate and from", "%.*s",
                                  MR_STR_ARG(mr_json_text(name)));
    }
    return MR_OK;
}

int mr_seal_note_read(mr_arena *a, mr_str path, struct mr_seal_note *ret, struct mr_err *err)
{
    mr_str text;
    const mr_json *note;
    MR_TRY(mr_file_read(a, mr_arena_cstr(a, path), MR_LIMIT_KEY_FILE, &text, err));
    MR_TRY(mr_json_parse(a, text, NULL, &note, err));
    MR_TRY(check_members(note, err));
    struct mr_seal_note n = {.pkcs11 = mr_json_get_str(note, "pkcs11"),
                             .file = beside(a, path, mr_json_get_str(note, "file")),
                             .certificate = beside(a, path, mr_json_get_str(note, "certificate")),
                             .from = MR_TIME_NONE};
    mr_str from = mr_json_get_str(note, "from");
    if (from.len) MR_TRY(mr_seal_date_read(from, &n.from, err));
    if ((n.pkcs11.len > 0) == (n.file.len > 0))
        return MR_FAIL(err, MR_E_FORMAT, "a note about a seal names either a key in a token (pkcs11) or a file", 0);
    *ret = n;
    return MR_OK;
}

/* ---- files ---- */

static mr_str ask(const struct mr_seal_opening *o, mr_arena *a, mr_seal_secret what)
{
    return o->ask ? o->ask(o->self, a, what) : MR_STR_EMPTY;
}

static int open_file(const struct mr_seal_opening *o, mr_arena *a, mr_str file, struct mr_seal_key *ret,
                     struct mr_err *err)
{
    struct mr_err first = {0};
    int code = mr_seal_key_read(file, o->password, ret, &first);
    mr_str asked = code == MR_E_PASSWORD ? ask(o, a, MR_SEAL_PASSWORD) : MR_STR_EMPTY;
    if (asked.len) {
        code = mr_seal_key_read(file, asked, ret, &first);
        mr_secret_wipe((void *)asked.ptr, asked.len);
    }
    if (code != MR_OK && err) *err = first;
    return code;
}

/* ---- tokens ---- */

struct certificates {
    mr_certificate **list;
    size_t count;
};
static void certificates_done(struct certificates *c)
{
    for (size_t i = 0; i < c->count; i++) mr_certificate_free(c->list[i]);
}

static int read_certificates(mr_arena *a, mr_str path, struct certificates *ret, struct mr_err *err)
{
    mr_str text;
    if (path.len == 0) return MR_OK;
    MR_TRY(mr_file_read(a, mr_arena_cstr(a, path), MR_LIMIT_KEY_FILE, &text, err));
    MR_TRY(mr_certificates_read_pem(a, text, &ret->list, &ret->count, err));
    if (ret->count) return MR_OK;
    return MR_FAIL_DETAIL(err, MR_E_FORMAT, "the file holds no certificate (PEM)", "%.*s", MR_STR_ARG(path));
}

/* pin-source: a file, also as file: URI (RFC 7512 2.4); its first line. */
static int read_pin_file(mr_arena *a, mr_str source, mr_str *ret, struct mr_err *err)
{
    const mr_str scheme = MR_STR("file:"), authority = MR_STR("//");
    mr_str path = mr_str_has_prefix(source, scheme) ? mr_str_from(source, scheme.len) : source, text;
    if (mr_str_has_prefix(path, authority)) path = mr_str_from(path, authority.len);
    if (path.len == 0 || path.ptr[0] == '|')
        return MR_FAIL(err, MR_E_UNSUPPORTED, "pin-source names a file that holds the PIN", MR_NOWHERE);
    MR_TRY(mr_file_read(a, mr_arena_cstr(a, path), MR_KIB, &text, err));
    mr_str rest = text, line = MR_STR_EMPTY;
    if (mr_str_split(&rest, '\n', &line) && mr_str_has_suffix(line, MR_STR("\r"))) line.len--;
    *ret = line;
    return MR_OK;
}

/* What is known without asking; empty when nothing is. */
static int find_pin(mr_arena *a, mr_str uri, mr_str *ret, struct mr_err *err)
{
    struct mr_pkcs11_uri u;
    MR_TRY(mr_pkcs11_uri_read(a, uri, &u, err));
    if (u.pin_source.len) return read_pin_file(a, u.pin_source, ret, err);
    *ret = u.pin_value.len ? u.pin_value : mr_str_of(getenv("MERIT_PIN"));
    return MR_OK;
}

/* A PIN that was asked for is given to the token once, like every other. */
static int open_token(const struct mr_seal_opening *o, mr_arena *a, mr_str uri, mr_str path, struct mr_seal_key *ret,
                      struct mr_err *err)
{
    MR_CLEANUP(certificates_done) struct certificates given = {0};
    struct mr_pkcs11_opening opening = {.uri = uri, .default_module = mr_str_of(getenv("MERIT_PKCS11_MODULE"))};
    MR_TRY(read_certificates(a, path, &given, err));
    MR_TRY(find_pin(a, uri, &opening.pin, err));
    opening.certificates = given.list, opening.certificate_count = given.count;
    bool known = opening.pin.len > 0;
    int code = mr_pkcs11_open(&opening, ret, err);
    if (code != MR_E_PASSWORD || known) return code;
    opening.pin = ask(o, a, MR_SEAL_PIN);
    opening.pin_typed = true;
    if (!opening.pin.len) return code;
    code = mr_pkcs11_open(&opening, ret, err);
    mr_secret_wipe((void *)opening.pin.ptr, opening.pin.len);
    return code;
}

/* ---- both ---- */

int mr_seal_open(const struct mr_seal_opening *o, mr_arena *a, struct mr_seal_key *ret, struct mr_err *err)
{
    struct mr_seal_note note = {.file = o->reference};
    mr_str file;
    if (mr_pkcs11_uri_is(o->reference)) return open_token(o, a, o->reference, o->certificates, ret, err);
    if (mr_str_has_suffix(o->reference, MR_STR(".json"))) MR_TRY(mr_seal_note_read(a, o->reference, &note, err));
    if (note.pkcs11.len)
        return open_token(o, a, note.pkcs11, o->certificates.len ? o->certificates : note.certificate, ret, err);
    MR_TRY(mr_file_read(a, mr_arena_cstr(a, note.file), MR_LIMIT_KEY_FILE, &file, err));
    return open_file(o, a, file, ret, err);
}
