/* Decentralised identifiers that hold their key (did:key, did:jwk), and those that are an address (did:web).
 *
 * The first two become a document like that of any other identifier, so that there is one way from a document to a key (controller.c).
 * A key that is only derived (X25519 from Ed25519) is left out, as did:key has it unless asked.
 * Sources: did:key 0.9 sections 2 and 3.1, did:jwk, did:web sections 3.1 and 3.2, DID Core 1.0 section 3.1. */
#include "base/encoding.h"
#include "base/limits.h"
#include "json/write.h"
#include "proof/controller_inside.h"
#include "proof/jwk.h"

static const mr_str did_key = MR_STR_INIT("did:key:"), did_jwk = MR_STR_INIT("did:jwk:"),
                    did_web = MR_STR_INIT("did:web:");

/* ---- documents made of an identifier ---- */

enum { FOR_SIGNATURES = 1, FOR_AGREEMENT = 2 };

struct made {
    mr_str did, method_id; /* absolute */
    const char *context, *type;
    mr_str multibase;   /* publicKeyMultibase, or empty */
    const mr_json *jwk; /* publicKeyJwk, or NULL */
    unsigned uses;
};

static void put_method(mr_json_writer *w, const struct made *m)
{
    mr_json_begin_object(w);
    mr_json_put_member(w, "id", m->method_id);
    mr_json_put_member_c(w, "type", m->type);
    mr_json_put_member(w, "controller", m->did);
    if (m->jwk) {
        mr_json_put_name(w, "publicKeyJwk");
        mr_json_put_value(w, m->jwk);
    } else {
        mr_json_put_member(w, "publicKeyMultibase", m->multibase);
    }
    mr_json_end_object(w);
}

static void put_uses(mr_json_writer *w, const struct made *m)
{
    for (mr_relationship r = 0; r < MR_RELATIONSHIP_COUNT; r++) {
        if (!(m->uses & (r == MR_KEY_AGREEMENT ? FOR_AGREEMENT : FOR_SIGNATURES))) continue;
        mr_json_put_name(w, mr_relationship_name(r));
        mr_json_begin_array(w);
        mr_json_put_str(w, m->method_id);
        mr_json_end_array(w);
    }
}

static int make_document(mr_arena *a, const struct made *m, mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_json_writer w;
    mr_buf_init(&out, MR_LIMIT_CONTROLLER);
    mr_json_writer_init(&w, &out, 0);
    mr_json_begin_object(&w);
    mr_json_put_name(&w, "@context");
    mr_json_begin_array(&w);
    mr_json_put_cstr(&w, "https://www.w3.org/ns/did/v1");
    mr_json_put_cstr(&w, m->context);
    mr_json_end_array(&w);
    mr_json_put_member(&w, "id", m->did);
    mr_json_put_name(&w, "verificationMethod");
    mr_json_begin_array(&w);
    put_method(&w, m);
    mr_json_end_array(&w);
    put_uses(&w, m);
    mr_json_end_object(&w);
    *ret = mr_buf_failed(&out) ? MR_STR_EMPTY : mr_arena_dup(a, mr_buf_str(&out));
    return ret->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for a document", MR_NOWHERE);
}

int mr_did_key_document(mr_arena *a, mr_str did, mr_str *ret, struct mr_err *err)
{
    mr_str multibase = mr_str_from(did, did_key.len), octets;
    if (multibase.len == 0 || multibase.ptr[0] != 'z')
        return MR_FAIL(err, MR_E_FORMAT, "did:key holds no base58btc text", did_key.len);
    int code = mr_multibase_read(a, multibase, &octets, err);
    if (code == MR_E_NOMEM || code == MR_E_LIMIT) return code;
    if (code) return MR_FAIL(err, MR_E_FORMAT, "did:key holds no base58btc text", did_key.len);
    const char *kind = mr_multikey_kind(octets);
    if (!kind) return MR_FAIL(err, MR_E_UNSUPPORTED, "did:key holds a key of an unknown kind", did_key.len);
    struct made m = {.did = did,
                     .method_id = mr_arena_format(a, "%.*s#%.*s", MR_STR_ARG(did), MR_STR_ARG(multibase)),
                     .context = "https://w3id.org/security/multikey/v1",
                     .type = "Multikey",
                     .multibase = multibase,
                     .uses = kind[0] == 'X' ? FOR_AGREEMENT : FOR_SIGNATURES}; /* X25519 and X448 sign nothing */
    return make_document(a, &m, ret, err);
}

/* did:jwk: without `use` for everything, "sig" not for agreement, "enc" for nothing else. */
static unsigned uses_of_jwk(const mr_json *jwk)
{
    mr_str use = mr_json_get_str(jwk, "use");
    if (mr_str_is(use, "sig")) return FOR_SIGNATURES;
    return mr_str_is(use, "enc") ? FOR_AGREEMENT : FOR_SIGNATURES | FOR_AGREEMENT;
}

int mr_did_jwk_document(mr_arena *a, mr_str did, mr_str *ret, struct mr_err *err)
{
    mr_str text;
    const mr_json *jwk;
    MR_CLEANUP(mr_key_freep) mr_key *key = NULL;
    int code = mr_base64url_read(a, mr_str_from(did, did_jwk.len), &text, err);
    if (code == MR_OK) code = mr_json_parse(a, text, NULL, &jwk, err);
    if (code == MR_E_NOMEM) return code;
    if (code) return MR_FAIL(err, MR_E_FORMAT, "did:jwk holds no JSON in base64url", did_jwk.len);
    code = mr_jwk_read(jwk, &key, err); /* malformed and private keys are refused, unknown kinds get their document */
    if (code && code != MR_E_UNSUPPORTED) return code;
    struct made m = {.did = did,
                     .method_id = mr_arena_format(a, "%.*s#0", MR_STR_ARG(did)),
                     .context = "https://w3id.org/security/jwk/v1",
                     .type = "JsonWebKey",
                     .jwk = jwk,
                     .uses = uses_of_jwk(jwk)};
    return make_document(a, &m, ret, err);
}

/* ---- identifiers of keys ---- */

void mr_did_key_put(const mr_key *k, mr_buf *out)
{
    MR_CLEANUP(mr_buf_done) mr_buf octets;
    mr_buf_init(&octets, MR_LIMIT_BASE58);
    mr_key_put_multikey(k, &octets);
    mr_buf_put(out, did_key);
    mr_multibase_put(out, 'z', mr_buf_str(&octets));
    if (mr_buf_failed(&octets)) out->failed = true;
}

void mr_did_jwk_put(const mr_key *k, mr_buf *out)
{
    MR_CLEANUP(mr_buf_done) mr_buf jwk;
    mr_buf_init(&jwk, MR_LIMIT_KEY_FILE);
    if (mr_key_write_jwk(k, &jwk, NULL) != MR_OK) out->failed = true;
    mr_buf_put(out, did_jwk);
    mr_base64url_put(out, mr_buf_str(&jwk));
}

/* ---- did:web ---- */

static bool is_alnum(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static bool is_digits(mr_str s)
{
    size_t i = 0;
    while (i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9') i++;
    return s.len && i == s.len;
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/* A domain name, which no address in numbers is (did:web section 3.1): its last label is not a number. */
static bool is_domain(mr_str host)
{
    mr_str rest = host, label = MR_STR_EMPTY;
    while (mr_str_split(&rest, '.', &label)) {
        if (label.len == 0 || label.len > 63) return false;
        for (size_t i = 0; i < label.len; i++)
            if (!is_alnum(label.ptr[i]) && (label.ptr[i] != '-' || i == 0 || i + 1 == label.len)) return false;
    }
    bool hexadecimal = label.len > 1 && label.ptr[0] == '0' && (label.ptr[1] | 0x20) == 'x';
    return host.len <= 253 && label.len && !is_digits(label) && !hexadecimal;
}

/* "example.org%3A8443": the colon before a port is the one character that is encoded. */
static bool read_host(mr_str segment, mr_str *ret_host, mr_str *ret_port)
{
    ptrdiff_t at = mr_str_find_char(segment, '%');
    uint64_t port = 0;
    *ret_host = segment;
    *ret_port = MR_STR_EMPTY;
    if (at >= 0) {
        mr_str encoded = mr_str_from(segment, (size_t)at);
        *ret_host = mr_str_make(segment.ptr, (size_t)at);
        *ret_port = mr_str_from(encoded, 3);
        if (encoded.len < 4 || !mr_str_eq_ascii_nocase(mr_str_make(encoded.ptr, 3), MR_STR("%3A"))) return false;
        if (ret_port->len > 5 || !mr_str_to_u64(*ret_port, &port) || port == 0 || port > 65535) return false;
    }
    return is_domain(*ret_host);
}

/* idchar of DID Core 3.1; and no step up in the path. */
static bool is_path_segment(mr_str s)
{
    if (s.len == 0 || mr_str_is(s, ".") || mr_str_is(s, "..")) return false;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '%') {
            if (s.len - i < 3 || !is_hex(s.ptr[i + 1]) || !is_hex(s.ptr[i + 2])) return false;
            i += 2;
        } else if (!is_alnum(s.ptr[i]) && (s.ptr[i] == 0 || !strchr("._-", s.ptr[i]))) {
            return false;
        }
    }
    return true;
}

static bool put_web_url(mr_str did, mr_buf *out)
{
    mr_str rest = mr_str_from(did, did_web.len), segment, host, port;
    bool path = false;
    if (!mr_str_has_prefix(did, did_web) || !mr_str_split(&rest, ':', &segment)) return false;
    if (!read_host(segment, &host, &port)) return false;
    mr_buf_puts(out, "https://");
    mr_buf_put(out, host);
    if (port.len) mr_buf_format(out, ":%.*s", MR_STR_ARG(port));
    for (; mr_str_split(&rest, ':', &segment); path = true) {
        if (!is_path_segment(segment)) return false;
        mr_buf_format(out, "/%.*s", MR_STR_ARG(segment));
    }
    mr_buf_puts(out, path ? "/did.json" : "/.well-known/did.json");
    return true;
}

int mr_did_web_url(mr_arena *a, mr_str did, mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_buf_init(&out, 2 * MR_LIMIT_IDENTIFIER);
    if (did.len > MR_LIMIT_IDENTIFIER || !put_web_url(did, &out))
        return MR_FAIL(err, MR_E_FORMAT, "not a did:web identifier", MR_NOWHERE);
    *ret = mr_buf_failed(&out) ? MR_STR_EMPTY : mr_arena_dup(a, mr_buf_str(&out));
    return ret->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for an address", MR_NOWHERE);
}
