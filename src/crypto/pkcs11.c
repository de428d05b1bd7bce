/* Keys in tokens.
 *
 * Idea: `struct token_key` knows how to find one private key: the library, the URI, the PIN. Signing takes an idle session or opens one (find the token, log
 * in, find the key), signs, and puts it back; so as many threads sign at once as the device has sessions for. When the device says that the
 * session, the token or the key is gone, sessions as old as this one are closed and it is done once more from the beginning.
 *
 * The public half comes from the private object (RSA), the public object beside it, or the certificate of the same CKA_ID: devices differ in what they
 * keep. If it is the wrong one, mr_key_sign finds out, which looks at every signature before it is given away.
 *
 * Sources: PKCS #11 2.40 base specification (sections 5.6, 5.7, 5.11) and current mechanisms (2.1.8, 2.3.6); 3.0 for CKM_EDDSA. */
#include "crypto/pkcs11.h"

#include "base/limits.h"
#include "base/secret.h"
#include "crypto/der.h"
#include "crypto/inside.h"
#include "crypto/pkcs11_module.h"

#include <openssl/crypto.h>
#include <pthread.h>

enum { MOST_OBJECTS = MR_LIMIT_CERTIFICATES, MOST_VALUE = 4096 };

struct session {
    CK_SESSION_HANDLE handle;
    CK_OBJECT_HANDLE key;
    CK_SLOT_ID slot;
    unsigned age; /* `age` of its token_key when it was opened */
};
struct token_key {
    mr_pkcs11_functions *f;
    mr_arena arena; /* of the texts below */
    struct mr_pkcs11_uri uri;
    mr_str pin;
    bool pin_typed;
    bool asks_always; /* the PIN for every signature (CKA_ALWAYS_AUTHENTICATE), as qualified seals often have it */
    pthread_mutex_t lock;
    struct session idle[MR_LIMIT_PKCS11_SESSIONS]; /* under the lock */
    size_t idle_count;
    unsigned age; /* how often the token was away; under the lock */
};

/* The token was away, as a session of this age showed: all that are as old go with it, but not those that another thread has opened since. */
static void leave_behind(struct token_key *t, unsigned age)
{
    size_t kept = 0;
    pthread_mutex_lock(&t->lock);
    if (t->age == age) t->age++;
    for (size_t i = 0; i < t->idle_count; i++) {
        if (t->idle[i].age == t->age)
            t->idle[kept++] = t->idle[i];
        else
            t->f->C_CloseSession(t->idle[i].handle);
    }
    t->idle_count = kept;
    pthread_mutex_unlock(&t->lock);
}

static void token_key_free(void *self)
{
    struct token_key *t = self;
    if (!t) return;
    if (t->f) leave_behind(t, t->age);
    pthread_mutex_destroy(&t->lock);
    mr_secret_wipe((void *)t->pin.ptr, t->pin.len);
    mr_arena_done(&t->arena);
    OPENSSL_clear_free(t, sizeof *t);
}
static void token_key_freep(struct token_key **t)
{
    token_key_free(*t);
}

/* ---- objects ---- */

static int find_objects(struct token_key *t, CK_SESSION_HANDLE session, CK_ATTRIBUTE *template, CK_ULONG attributes,
                        CK_OBJECT_HANDLE *ret, CK_ULONG most, CK_ULONG *ret_count, struct mr_err *err)
{
    CK_RV rv = t->f->C_FindObjectsInit(session, template, attributes);
    *ret_count = 0;
    if (rv != CKR_OK) return mr_pkcs11_fail(rv, "the token does not look for keys", err);
    for (CK_ULONG found = 1; rv == CKR_OK && found && *ret_count < most;) { /* some give one at a time */
        rv = t->f->C_FindObjects(session, ret + *ret_count, most - *ret_count, &found);
        if (rv == CKR_OK) *ret_count += found;
    }
    t->f->C_FindObjectsFinal(session);
    return rv == CKR_OK ? MR_OK : mr_pkcs11_fail(rv, "the token does not look for keys", err);
}

static int find_private(struct token_key *t, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *ret, struct mr_err *err)
{
    CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    CK_ATTRIBUTE template[3] = {{CKA_CLASS, &class, sizeof class}};
    CK_OBJECT_HANDLE found[2];
    CK_ULONG attributes = 1, count;
    if (t->uri.object.ptr)
        template[attributes++] = (CK_ATTRIBUTE){CKA_LABEL, (void *)t->uri.object.ptr, t->uri.object.len};
    if (t->uri.id.ptr) template[attributes++] = (CK_ATTRIBUTE){CKA_ID, (void *)t->uri.id.ptr, t->uri.id.len};
    MR_TRY(find_objects(t, session, template, attributes, found, 2, &count, err));
    mr_str name = t->uri.object.ptr ? t->uri.object : MR_STR_EMPTY;
    if (count == 0)
        return MR_FAIL_DETAIL(err, MR_E_NOT_FOUND, "the token holds no such private key", "%.*s", MR_STR_ARG(name));
    if (count > 1)
        return MR_FAIL_DETAIL(err, MR_E_KEY,
                              "several private keys of the token fit; name one with object= and id=", "%.*s",
                              MR_STR_ARG(name));
    *ret = found[0];
    return MR_OK;
}

/* An attribute's value in `a`; false when the object has none, or keeps it to itself. */
static bool get_value(struct token_key *t, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
                      mr_arena *a, size_t most, mr_str *ret)
{
    CK_ATTRIBUTE attribute = {type, NULL, 0};
    if (t->f->C_GetAttributeValue(session, object, &attribute, 1) != CKR_OK) return false;
    if (attribute.ulValueLen == (CK_ULONG)-1 || attribute.ulValueLen == 0 || attribute.ulValueLen > most) return false;
    attribute.pValue = mr_arena_zalloc(a, 1, attribute.ulValueLen);
    if (!attribute.pValue || t->f->C_GetAttributeValue(session, object, &attribute, 1) != CKR_OK) return false;
    *ret = mr_str_make(attribute.pValue, attribute.ulValueLen);
    return true;
}

static bool get_flag(struct token_key *t, const struct session *s, CK_ATTRIBUTE_TYPE type, bool otherwise)
{
    CK_BBOOL value = CK_FALSE;
    CK_ATTRIBUTE attribute = {type, &value, sizeof value};
    if (t->f->C_GetAttributeValue(s->handle, s->key, &attribute, 1) != CKR_OK) return otherwise;
    return value != CK_FALSE;
}

/* ---- sessions ---- */

static int open_session(struct token_key *t, struct session *ret, struct mr_err *err)
{
    struct session s = {0};
    pthread_mutex_lock(&t->lock);
    s.age = t->age;
    pthread_mutex_unlock(&t->lock);
    MR_TRY(mr_pkcs11_find_slot(t->f, &t->uri, &s.slot, err));
    CK_RV rv = t->f->C_OpenSession(s.slot, CKF_SERIAL_SESSION, NULL, NULL, &s.handle);
    if (rv != CKR_OK) return mr_pkcs11_fail(rv, "the token opens no session", err);
    int code = mr_pkcs11_log_in(t->f, s.slot, s.handle, t->pin, t->pin_typed, err);
    if (code == MR_OK) code = find_private(t, s.handle, &s.key, err);
    if (code != MR_OK) {
        t->f->C_CloseSession(s.handle);
        return code;
    }
    *ret = s;
    return MR_OK;
}

static int take_session(struct token_key *t, struct session *ret, struct mr_err *err)
{
    bool taken = false;
    pthread_mutex_lock(&t->lock);
    if (t->idle_count) *ret = t->idle[--t->idle_count], taken = true;
    pthread_mutex_unlock(&t->lock);
    return taken ? MR_OK : open_session(t, ret, err);
}

static void put_session(struct token_key *t, const struct session *s)
{
    bool kept = false;
    pthread_mutex_lock(&t->lock);
    if (s->age == t->age && t->idle_count < MR_LIMIT_PKCS11_SESSIONS) t->idle[t->idle_count++] = *s, kept = true;
    pthread_mutex_unlock(&t->lock);
    if (!kept) t->f->C_CloseSession(s->handle);
}

/* ---- signing ---- */

static CK_RV sign_in(struct token_key *t, const struct session *s, CK_MECHANISM *mechanism, mr_str data, uint8_t *out,
                     size_t size, CK_ULONG *ret_written)
{
    CK_RV rv = t->f->C_SignInit(s->handle, mechanism, s->key);
    if (rv != CKR_OK) return rv;
    if (t->asks_always) {
        rv = mr_pkcs11_confirm(t->f, s->slot, s->handle, t->pin);
        if (rv != CKR_OK) return rv;
    }
    *ret_written = size;
    return t->f->C_Sign(s->handle, (CK_BYTE *)data.ptr, data.len, out, ret_written);
}

/* DigestInfo of RFC 8017 9.2, without the digest. */
static mr_str digest_prefix(mr_digest_kind kind)
{
    static const mr_str prefixes[] = {
        [MR_SHA256] = MR_STR_INIT("\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20"),
        [MR_SHA384] = MR_STR_INIT("\x30\x41\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00\x04\x30"),
        [MR_SHA512] = MR_STR_INIT("\x30\x51\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00\x04\x40"),
    };
    return prefixes[kind];
}

/* Every device signs a DigestInfo, but for some that insist on making the digest themselves. */
static CK_RV sign_rsa(struct token_key *t, const struct session *s, mr_digest_kind kind, mr_str text,
                      const mr_digest *digest, uint8_t *out, size_t size, CK_ULONG *written)
{
    static const CK_MECHANISM_TYPE whole[] = {
        [MR_SHA256] = CKM_SHA256_RSA_PKCS, [MR_SHA384] = CKM_SHA384_RSA_PKCS, [MR_SHA512] = CKM_SHA512_RSA_PKCS};
    uint8_t info[19 + 64];
    mr_str prefix = digest_prefix(kind);
    memcpy(info, prefix.ptr, prefix.len);
    memcpy(info + prefix.len, digest->bytes, digest->size);
    CK_MECHANISM plain = {CKM_RSA_PKCS, NULL, 0}, hashing = {whole[kind], NULL, 0};
    CK_RV rv = sign_in(t, s, &plain, mr_str_make((const char *)info, prefix.len + digest->size), out, size, written);
    return rv == CKR_MECHANISM_INVALID ? sign_in(t, s, &hashing, text, out, size, written) : rv;
}

static CK_RV sign_pss(struct token_key *t, const struct session *s, mr_digest_kind kind, const mr_digest *digest,
                      uint8_t *out, size_t size, CK_ULONG *written)
{
    static const struct {
        CK_MECHANISM_TYPE hash;
        unsigned long mgf;
    } by_kind[] = {[MR_SHA256] = {CKM_SHA256, CKG_MGF1_SHA256},
                   [MR_SHA384] = {CKM_SHA384, CKG_MGF1_SHA384},
                   [MR_SHA512] = {CKM_SHA512, CKG_MGF1_SHA512}};
    CK_RSA_PKCS_PSS_PARAMS params = {by_kind[kind].hash, by_kind[kind].mgf, digest->size};
    CK_MECHANISM mechanism = {CKM_RSA_PKCS_PSS, &params, sizeof params};
    return sign_in(t, s, &mechanism, mr_digest_str(digest), out, size, written);
}

static CK_RV sign_with(struct token_key *t, const struct session *s, struct mr_scheme scheme, mr_str text,
                       const mr_digest *digest, uint8_t *out, size_t size)
{
    CK_MECHANISM ecdsa = {CKM_ECDSA, NULL, 0}, eddsa = {CKM_EDDSA, NULL, 0};
    CK_ULONG written = 0;
    CK_RV rv = CKR_MECHANISM_INVALID;
    switch (scheme.family) {
    case MR_SCHEME_ECDSA: rv = sign_in(t, s, &ecdsa, mr_digest_str(digest), out, size, &written); break;
    case MR_SCHEME_ED25519: rv = sign_in(t, s, &eddsa, text, out, size, &written); break;
    case MR_SCHEME_RSA: rv = sign_rsa(t, s, scheme.digest, text, digest, out, size, &written); break;
    case MR_SCHEME_RSA_PSS: rv = sign_pss(t, s, scheme.digest, digest, out, size, &written); break;
    }
    return rv == CKR_OK && written != size ? CKR_SIGNATURE_LEN_RANGE : rv;
}

static int sign(void *self, struct mr_scheme scheme, mr_str text, const mr_digest *digest, uint8_t *out, size_t size,
                struct mr_err *err)
{
    struct token_key *t = self;
    for (bool again = false;; again = true) {
        struct session s;
        MR_TRY(take_session(t, &s, err));
        CK_RV rv = sign_with(t, &s, scheme, text, digest, out, size);
        if (rv == CKR_OK) return put_session(t, &s), MR_OK;
        t->f->C_CloseSession(s.handle); /* which also ends what was begun in it */
        if (!mr_pkcs11_is_lost(rv) || again) return mr_pkcs11_fail(rv, "the token did not sign", err);
        leave_behind(t, s.age); /* and once more, from finding the token on */
    }
}

/* ---- the public half ---- */

/* An object of this class beside the private key: of the same CKA_ID, else of the same label. */
static bool find_beside(struct token_key *t, const struct session *s, CK_OBJECT_CLASS class, mr_arena *a,
                        CK_OBJECT_HANDLE *ret)
{
    static const CK_ATTRIBUTE_TYPE by[] = {CKA_ID, CKA_LABEL};
    for (size_t i = 0; i < 2; i++) {
        mr_str value;
        CK_ULONG count;
        if (!get_value(t, s->handle, s->key, by[i], a, MOST_VALUE, &value)) continue;
        CK_ATTRIBUTE template[] = {{CKA_CLASS, &class, sizeof class}, {by[i], (void *)value.ptr, value.len}};
        if (find_objects(t, s->handle, template, 2, ret, 1, &count, NULL) == MR_OK && count == 1) return true;
    }
    return false;
}

static int make_rsa(struct token_key *t, const struct session *s, mr_arena *a, mr_key **ret, struct mr_err *err)
{
    mr_str n, e;
    if (!get_value(t, s->handle, s->key, CKA_MODULUS, a, MOST_VALUE, &n) ||
        !get_value(t, s->handle, s->key, CKA_PUBLIC_EXPONENT, a, MOST_VALUE, &e))
        return MR_E_NOT_FOUND;
    while (n.len && n.ptr[0] == 0) n = mr_str_from(n, 1);
    while (e.len && e.ptr[0] == 0) e = mr_str_from(e, 1);
    MR_CLEANUP(mr_key_freep) mr_key *k = mr_key_alloc(MR_KEY_RSA, false);
    if (!k) return MR_FAIL(err, MR_E_NOMEM, "not enough memory for a key", MR_NOWHERE);
    MR_TRY(mr_rsa_set_public(k, n, e, err));
    *ret = k, k = NULL;
    return MR_OK;
}

/* CKA_EC_PARAMS: the curve by its OID, or "edwards25519" as a PrintableString. */
static mr_key_kind kind_of_curve(mr_str params)
{
    static const struct {
        mr_str der;
        mr_key_kind kind;
    } curves[] = {
        {MR_STR_INIT("\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"), MR_KEY_P256},
        {MR_STR_INIT("\x06\x05\x2b\x81\x04\x00\x22"), MR_KEY_P384},
        {MR_STR_INIT("\x06\x05\x2b\x81\x04\x00\x23"), MR_KEY_P521},
        {MR_STR_INIT("\x06\x03\x2b\x65\x70"), MR_KEY_ED25519},
        {MR_STR_INIT("\x13\x0c"
                     "edwards25519"),
         MR_KEY_ED25519},
    };
    for (size_t i = 0; i < sizeof curves / sizeof *curves; i++)
        if (mr_str_eq(params, curves[i].der)) return curves[i].kind;
    return MR_KEY_OTHER;
}

/* CKA_EC_POINT is the point in an OCTET STRING; some devices leave that out. */
static mr_str unwrap_point(mr_str value)
{
    mr_str rest = value, inside;
    return mr_der_get(&rest, MR_DER_OCTET_STRING, &inside) && rest.len == 0 ? inside : value;
}

static int make_ec(struct token_key *t, const struct session *s, mr_arena *a, mr_key **ret, struct mr_err *err)
{
    mr_str params, point;
    CK_OBJECT_HANDLE beside;
    if (!get_value(t, s->handle, s->key, CKA_EC_PARAMS, a, MOST_VALUE, &params)) return MR_E_NOT_FOUND;
    mr_key_kind kind = kind_of_curve(params);
    if (kind == MR_KEY_OTHER)
        return MR_FAIL(err, MR_E_KEY, "the key in the token is of a curve that does not seal", MR_NOWHERE);
    if (!get_value(t, s->handle, s->key, CKA_EC_POINT, a, MOST_VALUE, &point) &&
        !(find_beside(t, s, CKO_PUBLIC_KEY, a, &beside) &&
          get_value(t, s->handle, beside, CKA_EC_POINT, a, MOST_VALUE, &point)))
        return MR_E_NOT_FOUND;
    MR_CLEANUP(mr_key_freep) mr_key *k = mr_key_alloc(kind, false);
    if (!k) return MR_FAIL(err, MR_E_NOMEM, "not enough memory for a key", MR_NOWHERE);
    if (kind == MR_KEY_ED25519)
        MR_TRY(mr_ed25519_set_public(k, unwrap_point(point), err));
    else
        MR_TRY(mr_ec_set_public(k, unwrap_point(point), err));
    *ret = k, k = NULL;
    return MR_OK;
}

/* A public key of its own from somebody's certificate. */
static int copy_public(const mr_key *from, mr_key **ret, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_str der;
    mr_arena_init(&a, MR_LIMIT_CERTIFICATE);
    MR_TRY(mr_key_write_public_der(from, &a, &der, err));
    return mr_key_of_public_der(der, ret, err);
}

static int make_of_certificate(struct token_key *t, const struct session *s, const struct mr_pkcs11_opening *o,
                               mr_arena *a, mr_key **ret, struct mr_err *err)
{
    CK_OBJECT_HANDLE beside;
    mr_str der;
    mr_certificate *c = NULL;
    if (find_beside(t, s, CKO_CERTIFICATE, a, &beside) &&
        get_value(t, s->handle, beside, CKA_VALUE, a, MR_LIMIT_CERTIFICATE, &der) &&
        mr_certificate_read(der, &c, err) == MR_OK) {
        int code = copy_public(mr_certificate_key(c), ret, err);
        mr_certificate_free(c);
        return code;
    }
    if (o->certificate_count) return copy_public(mr_certificate_key(o->certificates[0]), ret, err);
    return MR_FAIL(
        err, MR_E_CERTIFICATE,
        "the token holds neither a public key nor a certificate for this key; give the certificate as a file",
        MR_NOWHERE);
}

static int make_public(struct token_key *t, const struct session *s, const struct mr_pkcs11_opening *o, mr_key **ret,
                       struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    CK_KEY_TYPE type = 0;
    CK_ATTRIBUTE attribute = {CKA_KEY_TYPE, &type, sizeof type};
    mr_arena_init(&a, MR_MIB);
    CK_RV rv = t->f->C_GetAttributeValue(s->handle, s->key, &attribute, 1);
    if (rv != CKR_OK) return mr_pkcs11_fail(rv, "the token does not tell what its key is", err);
    int code = MR_E_NOT_FOUND;
    if (type == CKK_RSA)
        code = make_rsa(t, s, &a, ret, err);
    else if (type == CKK_EC || type == CKK_EC_EDWARDS)
        code = make_ec(t, s, &a, ret, err);
    else
        return MR_FAIL(err, MR_E_KEY, "the key in the token is of a kind that does not seal", MR_NOWHERE);
    return code == MR_E_NOT_FOUND ? make_of_certificate(t, s, o, &a, ret, err) : code;
}

/* ---- certificates ---- */

struct certificates {
    mr_certificate *list[MR_LIMIT_CERTIFICATES];
    size_t count;
};
static void certificates_done(struct certificates *c)
{
    for (size_t i = 0; i < c->count; i++) mr_certificate_free(c->list[i]);
}

/* Those of the token; what is none, or of a kind that Merit does not know, is passed over. */
static int read_certificates(struct token_key *t, CK_SESSION_HANDLE session, struct certificates *ret,
                             struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    CK_OBJECT_CLASS class = CKO_CERTIFICATE;
    CK_CERTIFICATE_TYPE type = CKC_X_509;
    CK_ATTRIBUTE template[] = {{CKA_CLASS, &class, sizeof class}, {CKA_CERTIFICATE_TYPE, &type, sizeof type}};
    CK_OBJECT_HANDLE found[MOST_OBJECTS];
    CK_ULONG count;
    mr_arena_init(&a, MOST_OBJECTS * MR_LIMIT_CERTIFICATE);
    MR_TRY(find_objects(t, session, template, 2, found, MOST_OBJECTS, &count, err));
    for (CK_ULONG i = 0; i < count && ret->count < MR_LIMIT_CERTIFICATES; i++) {
        mr_str der;
        if (get_value(t, session, found[i], CKA_VALUE, &a, MR_LIMIT_CERTIFICATE, &der) &&
            mr_certificate_read(der, &ret->list[ret->count], NULL) == MR_OK)
            ret->count++;
    }
    return MR_OK;
}

static int assemble(struct token_key *t, const struct session *s, const struct mr_pkcs11_opening *o, mr_key *key,
                    struct mr_seal_key *ret, struct mr_err *err)
{
    MR_CLEANUP(certificates_done) struct certificates all = {.count = 0};
    for (size_t i = 0; i < o->certificate_count && i < MR_LIMIT_CERTIFICATES; i++)
        all.list[all.count++] = mr_certificate_share(o->certificates[i]);
    MR_TRY(read_certificates(t, s->handle, &all, err));
    if (all.count == 0)
        return MR_FAIL(err, MR_E_CERTIFICATE, "the token holds no certificate; give the certificate as a file",
                       MR_NOWHERE);
    int code = mr_seal_key_assemble(key, all.list, all.count, ret, err);
    if (code != MR_E_KEY) return code;
    return MR_FAIL(err, MR_E_CERTIFICATE,
                   o->certificate_count ? "no certificate, of the token or given, belongs to the key in the token"
                                        : "no certificate in the token belongs to its key; give it as a file",
                   MR_NOWHERE);
}

/* ---- opening ---- */

static int copy_text(mr_arena *a, mr_str *text, struct mr_err *err)
{
    if (!text->ptr) return MR_OK;
    *text = mr_arena_dup(a, *text);
    return text->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for a token", MR_NOWHERE);
}

static int new_token_key(const struct mr_pkcs11_opening *o, struct token_key **ret, struct mr_err *err)
{
    MR_CLEANUP(token_key_freep) struct token_key *t = OPENSSL_zalloc(sizeof *t);
    if (!t) return MR_FAIL(err, MR_E_NOMEM, "no memory for a token", MR_NOWHERE);
    pthread_mutex_init(&t->lock, NULL);
    mr_arena_init(&t->arena, MR_MIB);
    MR_TRY(mr_pkcs11_uri_read(&t->arena, o->uri, &t->uri, err));
    t->pin = t->uri.pin_value.len ? t->uri.pin_value : o->pin;
    t->pin_typed = o->pin_typed && !t->uri.pin_value.len;
    MR_TRY(copy_text(&t->arena, &t->pin, err));
    mr_str fallback = o->default_module;
    MR_TRY(copy_text(&t->arena, &fallback, err));
    MR_TRY(mr_pkcs11_module_load(&t->uri, fallback, &t->f, err));
    *ret = t, t = NULL;
    return MR_OK;
}

/* The key takes over `t` in any case. */
static int make_key(struct token_key *t, const struct session *s, const struct mr_pkcs11_opening *o, mr_key **ret,
                    struct mr_err *err)
{
    int code = make_public(t, s, o, ret, err);
    t->asks_always = get_flag(t, s, CKA_ALWAYS_AUTHENTICATE, false);
    if (code == MR_OK && !get_flag(t, s, CKA_SIGN, true)) {
        mr_key_free(*ret);
        code = mr_pkcs11_fail(CKR_KEY_FUNCTION_NOT_PERMITTED, "", err);
    }
    put_session(t, s);
    if (code == MR_OK)
        mr_key_set_elsewhere(*ret, (struct mr_key_elsewhere){.sign = sign, .free = token_key_free, .self = t});
    else
        token_key_free(t);
    return code;
}

int mr_pkcs11_open(const struct mr_pkcs11_opening *o, struct mr_seal_key *ret, struct mr_err *err)
{
    struct token_key *t = NULL;
    struct session s = {0};
    MR_CLEANUP(mr_key_freep) mr_key *key = NULL;
    MR_TRY(new_token_key(o, &t, err));
    int code = open_session(t, &s, err);
    if (code != MR_OK) {
        token_key_free(t);
        return code;
    }
    MR_TRY(make_key(t, &s, o, &key, err));
    return assemble(t, &s, o, key, ret, err); /* t lives with the key */
}
