/* X.509 certificates (RFC 5280 section 4; EN 319 412-1 to -5 for seals).
 *
 * Idea: a certificate is walked once, here, by the strict DER reader: all fields are views into one copy of its octets. That takes 3 us and
 * wakes nothing; OpenSSL 3.0's reader takes 150 us, most of it in search of a decoder for the key, which would be twice the price of verifying
 * the signature of a credential. OpenSSL's view (X509) is made only when something needs it: CMS, CRLs, name constraints, rare
 * kinds of keys and signatures.
 *
 * Layout: one block of memory, the struct and behind it the DER. Names (UTF-8) and the X509 are made on demand; the fields are atomic, and the
 * second maker throws his away, so that a certificate may be used from several threads.
 *
 * Invariants:
 *   1. what was read is strict DER: one certificate, no octet behind it, both signature algorithms equal (RFC 5280 4.1.1.2);
 *   2. an extension that this file reads occurs once (4.2), and is read completely or the certificate is refused;
 *   3. key_usage has every bit set when the extension is absent. */
#include "base/limits.h"
#include "crypto/der.h"
#include "crypto/inside.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

MR_CRYPTO_CLEANUP(BIO, bio, BIO_free_all)
MR_CRYPTO_CLEANUP(RSA_PSS_PARAMS, pss, RSA_PSS_PARAMS_free)
MR_CRYPTO_CLEANUP(X509_NAME, name, X509_NAME_free)

struct names {
    struct mr_certificate_name subject, issuer;
    mr_arena arena;
};

struct mr_certificate {
    atomic_uint references;
    mr_str der, tbs, serial, issuer, subject, algorithm,
        signature;             /* issuer, subject, algorithm: with tag and length */
    mr_str key_info, key_bits; /* SubjectPublicKeyInfo, and the bits in it */
    int64_t not_before, not_after;
    int version;                                                             /* as encoded: 0 is v1 */
    mr_str purposes, policies, statements, subject_key_id, authority_key_id; /* content; ptr NULL when absent */
    unsigned key_usage, seen, critical; /* the last two: bits by the order of `extensions` */
    int path_length;
    bool is_authority, has_name_constraints, has_unknown_critical;
    uint8_t sha256[32];
    mr_key *key;
    _Atomic(X509 *) x509;
    _Atomic(struct names *) names;
    _Atomic(uint8_t *)
        signed_by; /* SHA-256 of the certificate whose key was found to have signed this one; NULL: not looked at, or wrong */
    char octets[];
};

/* ---- extensions ---- */

static bool read_basic_constraints(mr_certificate *c, mr_str in)
{
    mr_str body, limit;
    if (!mr_der_get(&in, MR_DER_SEQUENCE, &body) || in.len) return false;
    if (body.len && body.ptr[0] == MR_DER_BOOLEAN && !mr_der_boolean(&body, &c->is_authority)) return false;
    if (body.len == 0) return true;
    if (!mr_der_unsigned(&body, 1, &limit) || body.len) return false;
    c->path_length = (uint8_t)limit.ptr[0];
    return true;
}

static bool read_key_usage(mr_certificate *c, mr_str in)
{
    mr_str bits;
    if (!mr_der_get(&in, MR_DER_BIT_STRING, &bits) || in.len || bits.len < 1 || bits.len > 3 ||
        (uint8_t)bits.ptr[0] > 7)
        return false;
    c->key_usage = 0;
    for (size_t i = 0; i < (bits.len - 1) * 8; i++)
        if ((uint8_t)bits.ptr[1 + i / 8] >> (7 - i % 8) & 1) c->key_usage |= 1u << i;
    return true;
}

static bool read_subject_key_id(mr_certificate *c, mr_str in)
{
    return mr_der_get(&in, MR_DER_OCTET_STRING, &c->subject_key_id) && in.len == 0;
}

/* AuthorityKeyIdentifier ::= SEQUENCE { keyIdentifier [0] OPTIONAL, authorityCertIssuer [1], authorityCertSerialNumber [2] } */
static bool read_authority_key_id(mr_certificate *c, mr_str in)
{
    mr_str body;
    return mr_der_get(&in, MR_DER_SEQUENCE, &body) && in.len == 0 &&
           mr_der_optional(&body, MR_DER_CONTEXT, &c->authority_key_id);
}

static bool read_purposes(mr_certificate *c, mr_str in)
{
    if (!mr_der_get(&in, MR_DER_SEQUENCE, &c->purposes) || in.len || c->purposes.len == 0) return false;
    mr_str rest = c->purposes, oid;
    while (rest.len)
        if (!mr_der_get(&rest, MR_DER_OID, &oid)) return false;
    return true;
}

/* SEQUENCE OF SEQUENCE { OID, ... }: certificatePolicies and qcStatements alike. */
static bool read_list(mr_str in, mr_str *ret)
{
    mr_str one, oid;
    if (!mr_der_get(&in, MR_DER_SEQUENCE, ret) || in.len) return false;
    mr_str rest = *ret;
    while (rest.len)
        if (!mr_der_get(&rest, MR_DER_SEQUENCE, &one) || !mr_der_get(&one, MR_DER_OID, &oid)) return false;
    return true;
}

static bool read_policies(mr_certificate *c, mr_str in)
{
    return read_list(in, &c->policies);
}

static bool read_statements(mr_certificate *c, mr_str in)
{
    return read_list(in, &c->statements);
}

static bool read_name_constraints(mr_certificate *c, mr_str in)
{
    c->has_name_constraints = true;
    return in.len > 0;
}

static bool read_nothing(mr_certificate *c, mr_str in)
{
    (void)c, (void)in;
    return true;
}

enum { PURPOSES_AT = 6 };
/* What may be critical: read here, or without bearing on seals (policies beyond the OIDs are not evaluated). */
static const struct {
    mr_str oid;
    bool (*read)(mr_certificate *c, mr_str value);
} extensions[] = {
    {MR_STR_INIT("\x55\x1D\x0E"), read_subject_key_id},
    {MR_STR_INIT("\x55\x1D\x0F"), read_key_usage},
    {MR_STR_INIT("\x55\x1D\x13"), read_basic_constraints},
    {MR_STR_INIT("\x55\x1D\x1E"), read_name_constraints},
    {MR_STR_INIT("\x55\x1D\x20"), read_policies},
    {MR_STR_INIT("\x55\x1D\x23"), read_authority_key_id},
    [PURPOSES_AT] = {MR_STR_INIT("\x55\x1D\x25"), read_purposes},
    {MR_STR_INIT("\x2B\x06\x01\x05\x05\x07\x01\x03"), read_statements},
    {MR_STR_INIT("\x55\x1D\x11"), read_nothing}, /* subjectAltName */
    {MR_STR_INIT("\x55\x1D\x12"), read_nothing}, /* issuerAltName */
    {MR_STR_INIT("\x55\x1D\x1F"), read_nothing}, /* cRLDistributionPoints */
    {MR_STR_INIT("\x55\x1D\x21"), read_nothing}, /* policyMappings */
    {MR_STR_INIT("\x55\x1D\x24"), read_nothing}, /* policyConstraints */
    {MR_STR_INIT("\x55\x1D\x36"), read_nothing}, /* inhibitAnyPolicy */
};

static bool read_extension(mr_certificate *c, mr_str in)
{
    mr_str oid, value;
    bool critical = false;
    if (!mr_der_get(&in, MR_DER_OID, &oid)) return false;
    if (in.len && in.ptr[0] == MR_DER_BOOLEAN && !mr_der_boolean(&in, &critical)) return false;
    if (!mr_der_get(&in, MR_DER_OCTET_STRING, &value) || in.len) return false;
    for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++) {
        if (!mr_str_eq(oid, extensions[i].oid)) continue;
        if (c->seen & 1u << i) return false;
        c->seen |= 1u << i;
        if (critical) c->critical |= 1u << i;
        return extensions[i].read(c, value);
    }
    c->has_unknown_critical |= critical;
    return true;
}

static bool read_extensions(mr_certificate *c, mr_str explicit)
{
    mr_str list, one;
    if (!mr_der_get(&explicit, MR_DER_SEQUENCE, &list) || explicit.len || list.len == 0) return false;
    while (list.len)
        if (!mr_der_get(&list, MR_DER_SEQUENCE, &one) || !read_extension(c, one)) return false;
    return true;
}

/* ---- the certificate ---- */

static bool read_version(mr_certificate *c, mr_str *tbs)
{
    mr_str explicit, number;
    if (!mr_der_optional(tbs, MR_DER_CONSTRUCTED, &explicit)) return false;
    if (!explicit.ptr) return true;
    if (!mr_der_unsigned(&explicit, 1, &number) || explicit.len || (uint8_t)number.ptr[0] > 2) return false;
    c->version = number.ptr[0];
    return true;
}

static bool read_validity(mr_certificate *c, mr_str *tbs)
{
    mr_str validity;
    return mr_der_get(tbs, MR_DER_SEQUENCE, &validity) && mr_der_time(&validity, &c->not_before) &&
           mr_der_time(&validity, &c->not_after) && validity.len == 0;
}

static bool read_key_info(mr_certificate *c, mr_str *tbs)
{
    mr_str body, algorithm;
    if (!mr_der_get_whole(tbs, MR_DER_SEQUENCE, &c->key_info)) return false;
    mr_str whole = c->key_info;
    return mr_der_get(&whole, MR_DER_SEQUENCE, &body) && mr_der_get(&body, MR_DER_SEQUENCE, &algorithm) &&
           mr_der_bits(&body, &c->key_bits);
}

/* Unique identifiers and extensions. */
static bool read_tail(mr_certificate *c, mr_str tbs)
{
    mr_str unique, list;
    if (!mr_der_optional(&tbs, MR_DER_CONTEXT + 1, &unique) || !mr_der_optional(&tbs, MR_DER_CONTEXT + 2, &unique))
        return false;
    if (!mr_der_optional(&tbs, MR_DER_CONSTRUCTED + 3, &list) || tbs.len) return false;
    return !list.ptr || (c->version == 2 && read_extensions(c, list));
}

static bool read_tbs(mr_certificate *c, mr_str outer_algorithm)
{
    mr_str whole = c->tbs, tbs, algorithm;
    return mr_der_get(&whole, MR_DER_SEQUENCE, &tbs) && read_version(c, &tbs) &&
           mr_der_get(&tbs, MR_DER_INTEGER, &c->serial) && c->serial.len > 0 && c->serial.len <= 64 &&
           mr_der_get_whole(&tbs, MR_DER_SEQUENCE, &algorithm) && mr_str_eq(algorithm, outer_algorithm) &&
           mr_der_get_whole(&tbs, MR_DER_SEQUENCE, &c->issuer) && read_validity(c, &tbs) &&
           mr_der_get_whole(&tbs, MR_DER_SEQUENCE, &c->subject) && read_key_info(c, &tbs) && read_tail(c, tbs);
}

static bool read_all(mr_certificate *c)
{
    mr_str in = c->der, body;
    return mr_der_get(&in, MR_DER_SEQUENCE, &body) && in.len == 0 &&
           mr_der_get_whole(&body, MR_DER_SEQUENCE, &c->tbs) &&
           mr_der_get_whole(&body, MR_DER_SEQUENCE, &c->algorithm) && mr_der_bits(&body, &c->signature) &&
           body.len == 0 && read_tbs(c, c->algorithm);
}

int mr_certificate_read(mr_str der, mr_certificate **ret, struct mr_err *err)
{
    if (der.len > MR_LIMIT_CERTIFICATE)
        return MR_FAIL(err, MR_E_LIMIT, "too large for a certificate", MR_LIMIT_CERTIFICATE);
    MR_CLEANUP(mr_certificate_freep) mr_certificate *c = OPENSSL_zalloc(sizeof *c + der.len + 1);
    if (!c) return MR_FAIL(err, MR_E_NOMEM, "not enough memory for a certificate", MR_NOWHERE);
    atomic_init(&c->references, 1);
    if (der.len) memcpy(c->octets, der.ptr, der.len);
    c->der = mr_str_make(c->octets, der.len);
    c->key_usage = ~0u;
    c->path_length = -1;
    if (!read_all(c)) return MR_FAIL(err, MR_E_FORMAT, "not an X.509 certificate in DER", MR_NOWHERE);
    int code = mr_key_of_public_der(c->key_info, &c->key, err);
    if (code == MR_E_NOMEM) return code;
    if (code) return MR_FAIL(err, MR_E_CERTIFICATE, "the public key in the certificate cannot be used", MR_NOWHERE);
    mr_sha256(c->der, c->sha256);
    *ret = c;
    c = NULL;
    return MR_OK;
}

int mr_certificate_of_x509(X509 *x, mr_certificate **ret, struct mr_err *err)
{
    unsigned char *der = NULL;
    int size = i2d_X509(x, &der);
    if (size < 0) return MR_OPENSSL_FAIL(err, MR_E_CRYPTO, "a certificate could not be written");
    int code = mr_certificate_read(mr_str_make((const char *)der, (size_t)size), ret, err);
    OPENSSL_free(der);
    return code;
}

int mr_certificate_sha1(mr_str der, uint8_t out[20], struct mr_err *err)
{
    mr_openssl_start();
    if (EVP_Digest(der.ptr, der.len, out, NULL, EVP_sha1(), NULL) != 1)
        return MR_OPENSSL_FAIL(err, MR_E_CRYPTO, "SHA-1 of a certificate could not be made");
    return MR_OK;
}

mr_certificate *mr_certificate_share(mr_certificate *c)
{
    if (c) atomic_fetch_add_explicit(&c->references, 1, memory_order_relaxed);
    return c;
}

static void names_free(struct names *names)
{
    if (!names) return;
    mr_arena_done(&names->arena);
    OPENSSL_free(names);
}

void mr_certificate_free(mr_certificate *c)
{
    if (!c || atomic_fetch_sub_explicit(&c->references, 1, memory_order_acq_rel) != 1) return;
    mr_key_free(c->key);
    X509_free(atomic_load(&c->x509));
    names_free(atomic_load(&c->names));
    OPENSSL_free(atomic_load(&c->signed_by));
    OPENSSL_free(c);
}

void mr_certificate_freep(mr_certificate **c)
{
    mr_certificate_free(*c);
    *c = NULL;
}

/* ---- PEM ---- */

static bool is_certificate_block(const char *name)
{
    return strcmp(name, PEM_STRING_X509) == 0 || strcmp(name, PEM_STRING_X509_OLD) == 0;
}

/* The next block: 1 a certificate, 0 another block, -1 the end, -2 an error. */
static int next_block(BIO *in, mr_certificate **ret, int *ret_code, struct mr_err *err)
{
    char *name = NULL, *header = NULL;
    unsigned char *data = NULL;
    long size = 0;
    int found = 0;
    if (PEM_read_bio(in, &name, &header, &data, &size) != 1) {
        bool end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
        *ret_code = end ? MR_OK : MR_OPENSSL_FAIL(err, MR_E_FORMAT, "a PEM block is damaged");
        ERR_clear_error();
        return end ? -1 : -2;
    }
    if (is_certificate_block(name)) {
        *ret_code = mr_certificate_read(mr_str_make((const char *)data, (size_t)size), ret, err);
        found = *ret_code ? -2 : 1;
    }
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_clear_free(data, (size_t)size);
    return found;
}

/* How many blocks the text can hold at most. */
static size_t count_blocks(mr_str text)
{
    size_t count = 0;
    ptrdiff_t at;
    while ((at = mr_str_find(text, MR_STR("-----BEGIN"))) >= 0) {
        text = mr_str_from(text, (size_t)at + 10);
        count++;
    }
    return count;
}

int mr_certificates_read_pem(mr_arena *a, mr_str pem, mr_certificate ***ret, size_t *ret_count, struct mr_err *err)
{
    int code = MR_OK, found = 0;
    size_t most = count_blocks(pem), count = 0;
    if (most > MR_LIMIT_ANCHORS || pem.len > INT32_MAX)
        return MR_FAIL(err, MR_E_LIMIT, "too many certificates in one text", MR_NOWHERE);
    mr_certificate **list = MR_NEW_ARRAY(a, mr_certificate *, most + 1);
    MR_CLEANUP(bio_freep) BIO *in = BIO_new_mem_buf(pem.ptr ? pem.ptr : "", (int)pem.len);
    if (!list || !in) return MR_OPENSSL_FAIL(err, MR_E_NOMEM, "not enough memory for certificates");
    for (size_t i = 0; i < most && found >= 0; i++) {
        found = next_block(in, &list[count], &code, err);
        if (found == 1) count++;
    }
    if (code) {
        for (size_t i = 0; i < count; i++) mr_certificate_free(list[i]);
        return code;
    }
    *ret = list;
    *ret_count = count;
    return MR_OK;
}

int mr_certificate_write_pem(const mr_certificate *c, mr_buf *out, struct mr_err *err)
{
    char *text = NULL;
    MR_CLEANUP(bio_freep) BIO *bio = BIO_new(BIO_s_mem());
    if (!bio || PEM_write_bio(bio, PEM_STRING_X509, "", (const unsigned char *)c->der.ptr, (long)c->der.len) <= 0)
        return MR_OPENSSL_FAIL(err, MR_E_NOMEM, "not enough memory for a certificate");
    long size = BIO_get_mem_data(bio, &text);
    mr_buf_put(out, mr_str_make(text, (size_t)size));
    if (mr_buf_failed(out)) return MR_FAIL(err, MR_E_NOMEM, "not enough memory for a certificate", MR_NOWHERE);
    return MR_OK;
}

/* ---- names ---- */

static mr_str one_attribute(X509_NAME *name, int nid, mr_arena *a)
{
    unsigned char *utf8 = NULL;
    int at = X509_NAME_get_index_by_NID(name, nid, -1);
    if (at < 0) return MR_STR_EMPTY;
    int size = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    if (size < 0) return MR_STR_EMPTY;
    mr_str text = mr_str_make((const char *)utf8, (size_t)size);
    mr_str copy = mr_utf8_check(text) == text.len ? mr_arena_dup(a, text) : MR_STR_EMPTY;
    OPENSSL_free(utf8);
    return copy.ptr ? copy : MR_STR_EMPTY;
}

static mr_str whole_line(X509_NAME *name, mr_arena *a)
{
    char *text = NULL;
    MR_CLEANUP(bio_freep) BIO *bio = BIO_new(BIO_s_mem());
    if (!bio || X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) < 0)
        return MR_STR_EMPTY;
    long size = BIO_get_mem_data(bio, &text);
    mr_str line = mr_str_make(text, size > 0 ? (size_t)size : 0);
    mr_str copy = mr_utf8_check(line) == line.len ? mr_arena_dup(a, line) : MR_STR_EMPTY;
    return copy.ptr ? copy : MR_STR_EMPTY;
}

static void read_name(mr_str der, mr_arena *a, struct mr_certificate_name *ret)
{
    const unsigned char *p = (const unsigned char *)der.ptr;
    MR_CLEANUP(name_freep) X509_NAME *name = d2i_X509_NAME(NULL, &p, (long)der.len);
    if (name)
        *ret = (struct mr_certificate_name){
            .common_name = one_attribute(name, NID_commonName, a),
            .organisation = one_attribute(name, NID_organizationName, a),
            .organisation_identifier = one_attribute(name, NID_organizationIdentifier, a),
            .country = one_attribute(name, NID_countryName, a),
            .given_name = one_attribute(name, NID_givenName, a),
            .surname = one_attribute(name, NID_surname, a),
            .line = whole_line(name, a),
        };
    ERR_clear_error();
}

static const struct names *get_names(const mr_certificate *c)
{
    static const struct names nameless; /* when memory is short */
    mr_certificate *mine = (mr_certificate *)c;
    struct names *names = atomic_load(&mine->names);
    if (names) return names;
    mr_openssl_start();
    struct names *made = OPENSSL_zalloc(sizeof *made);
    if (!made) return &nameless;
    mr_arena_init(&made->arena, 4 * MR_LIMIT_CERTIFICATE);
    read_name(c->subject, &made->arena, &made->subject);
    read_name(c->issuer, &made->arena, &made->issuer);
    if (atomic_compare_exchange_strong(&mine->names, &names, made)) return made;
    names_free(made);
    return names;
}

const struct mr_certificate_name *mr_certificate_subject(const mr_certificate *c)
{
    return &get_names(c)->subject;
}

const struct mr_certificate_name *mr_certificate_issuer(const mr_certificate *c)
{
    return &get_names(c)->issuer;
}

/* ---- fields ---- */

mr_str mr_certificate_der(const mr_certificate *c)
{
    return c->der;
}

mr_key *mr_certificate_key(const mr_certificate *c)
{
    return c->key;
}

int64_t mr_certificate_not_before(const mr_certificate *c)
{
    return c->not_before;
}

int64_t mr_certificate_not_after(const mr_certificate *c)
{
    return c->not_after;
}

mr_str mr_certificate_serial(const mr_certificate *c)
{
    return c->serial;
}

mr_str mr_certificate_issuer_der(const mr_certificate *c)
{
    return c->issuer;
}

mr_str mr_certificate_subject_der(const mr_certificate *c)
{
    return c->subject;
}

mr_str mr_certificate_key_bits(const mr_certificate *c)
{
    return c->key_bits;
}

mr_str mr_certificate_subject_key_id(const mr_certificate *c)
{
    return c->subject_key_id;
}

mr_str mr_certificate_authority_key_id(const mr_certificate *c)
{
    return c->authority_key_id;
}

const uint8_t *mr_certificate_sha256(const mr_certificate *c)
{
    return c->sha256;
}

bool mr_certificate_is_authority(const mr_certificate *c)
{
    return c->is_authority;
}

bool mr_certificate_is_self_issued(const mr_certificate *c)
{
    return mr_str_eq(c->subject, c->issuer);
}

unsigned mr_certificate_key_usage(const mr_certificate *c)
{
    return c->key_usage;
}

int mr_certificate_path_length(const mr_certificate *c)
{
    return c->path_length;
}

bool mr_certificate_is_version1(const mr_certificate *c)
{
    return c->version == 0;
}

bool mr_certificate_has_unknown_critical(const mr_certificate *c)
{
    return c->has_unknown_critical;
}

bool mr_certificate_has_name_constraints(const mr_certificate *c)
{
    return c->has_name_constraints;
}

bool mr_certificate_has_purpose(const mr_certificate *c, mr_str oid)
{
    mr_str rest = c->purposes, one;
    while (rest.len && mr_der_get(&rest, MR_DER_OID, &one))
        if (mr_str_eq(one, oid)) return true;
    return false;
}

/* Name ::= SEQUENCE OF SET OF SEQUENCE { type OID, value } */
bool mr_certificate_has_subject_attribute(const mr_certificate *c, mr_str oid)
{
    mr_str whole = c->subject, list, set, one, type;
    if (!mr_der_get(&whole, MR_DER_SEQUENCE, &list)) return false;
    while (list.len && mr_der_get(&list, MR_DER_SET, &set))
        while (set.len && mr_der_get(&set, MR_DER_SEQUENCE, &one))
            if (mr_der_get(&one, MR_DER_OID, &type) && mr_str_eq(type, oid)) return true;
    return false;
}

bool mr_certificate_has_policy(const mr_certificate *c, mr_str oid)
{
    mr_str rest = c->policies, one, name;
    while (rest.len && mr_der_get(&rest, MR_DER_SEQUENCE, &one))
        if (mr_der_get(&one, MR_DER_OID, &name) && mr_str_eq(name, oid)) return true;
    return false;
}

/* Purposes that have nothing to do with documents: TLS, code, IPsec, time-stamps, OCSP, smart card log-on. */
static bool is_foreign_purpose(mr_str oid)
{
    static const char pkix[] = "\x2B\x06\x01\x05\x05\x07\x03"; /* id-kp */
    if (MR_DER_IS(oid, "\x2B\x06\x01\x04\x01\x82\x37\x14\x02\x02")) return true;
    if (oid.len != sizeof pkix || memcmp(oid.ptr, pkix, sizeof pkix - 1) != 0) return false;
    return strchr("\x01\x02\x03\x05\x06\x07\x08\x09\x11", oid.ptr[oid.len - 1]) != NULL;
}

bool mr_certificate_may_seal(const mr_certificate *c, const char **ret_why)
{
    if (!(c->key_usage & (MR_USE_DIGITAL_SIGNATURE | MR_USE_NON_REPUDIATION))) {
        *ret_why = "its keyUsage has neither digitalSignature nor nonRepudiation";
        return false;
    }
    mr_str rest = c->purposes, one;
    if (rest.len == 0) return true;
    while (rest.len && mr_der_get(&rest, MR_DER_OID, &one))
        if (!is_foreign_purpose(one)) return true;
    *ret_why = "its extendedKeyUsage allows only other purposes (such as TLS, code signing, time-stamping)";
    return false;
}

struct mr_certificate_qc mr_certificate_qc(const mr_certificate *c)
{
    struct mr_certificate_qc qc = {0};
    mr_str rest = c->statements, one, oid, types;
    while (rest.len && mr_der_get(&rest, MR_DER_SEQUENCE, &one) && mr_der_get(&one, MR_DER_OID, &oid)) {
        if (MR_DER_IS(oid, "\x04\x00\x8E\x46\x01\x01")) qc.compliance = true; /* EN 319 412-5 4.2.1 */
        if (MR_DER_IS(oid, "\x04\x00\x8E\x46\x01\x04")) qc.sscd = true;       /* 4.2.2 */
        if (!MR_DER_IS(oid, "\x04\x00\x8E\x46\x01\x06") || !mr_der_get(&one, MR_DER_SEQUENCE, &types))
            continue; /* 4.2.3 */
        while (types.len && mr_der_get(&types, MR_DER_OID, &oid)) {
            if (MR_DER_IS(oid, "\x04\x00\x8E\x46\x01\x06\x01")) qc.type_esign = true;
            if (MR_DER_IS(oid, "\x04\x00\x8E\x46\x01\x06\x02")) qc.type_eseal = true;
            if (MR_DER_IS(oid, "\x04\x00\x8E\x46\x01\x06\x03")) qc.type_web = true;
        }
    }
    return qc;
}

bool mr_certificate_may_timestamp(const mr_certificate *c)
{
    const unsigned allowed = MR_USE_DIGITAL_SIGNATURE | MR_USE_NON_REPUDIATION;
    mr_str rest = c->purposes, only;
    if (c->key_usage != ~0u && (c->key_usage & ~allowed || !(c->key_usage & allowed))) return false;
    return c->critical & 1u << PURPOSES_AT && mr_der_get(&rest, MR_DER_OID, &only) && rest.len == 0 &&
           MR_DER_IS(only, "\x2B\x06\x01\x05\x05\x07\x03\x08");
}

X509 *mr_certificate_x509(const mr_certificate *c)
{
    mr_certificate *mine = (mr_certificate *)c;
    X509 *x = atomic_load(&mine->x509);
    if (x) return x;
    const unsigned char *p = (const unsigned char *)c->der.ptr;
    mr_openssl_start();
    X509 *made = d2i_X509(NULL, &p, (long)c->der.len);
    ERR_clear_error();
    if (!made) return NULL;
    if (atomic_compare_exchange_strong(&mine->x509, &x, made)) return made;
    X509_free(made);
    return x;
}

/* ---- signatures ---- */

bool mr_scheme_of_algorithm(mr_str algorithm, struct mr_scheme *ret)
{
    static const struct {
        mr_str oid;
        struct mr_scheme scheme;
    } known[] = {
        {MR_STR_INIT("\x2A\x86\x48\xCE\x3D\x04\x03\x02"), {MR_SCHEME_ECDSA, MR_SHA256}},
        {MR_STR_INIT("\x2A\x86\x48\xCE\x3D\x04\x03\x03"), {MR_SCHEME_ECDSA, MR_SHA384}},
        {MR_STR_INIT("\x2A\x86\x48\xCE\x3D\x04\x03\x04"), {MR_SCHEME_ECDSA, MR_SHA512}},
        {MR_STR_INIT("\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0B"), {MR_SCHEME_RSA, MR_SHA256}},
        {MR_STR_INIT("\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0C"), {MR_SCHEME_RSA, MR_SHA384}},
        {MR_STR_INIT("\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0D"), {MR_SCHEME_RSA, MR_SHA512}},
        {MR_STR_INIT("\x2B\x65\x70"), {MR_SCHEME_ED25519, MR_SHA512}},
    };
    mr_str body, oid;
    if (!mr_der_get(&algorithm, MR_DER_SEQUENCE, &body) || !mr_der_get(&body, MR_DER_OID, &oid)) return false;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!mr_str_eq(oid, known[i].oid)) continue;
        *ret = known[i].scheme;
        return true;
    }
    return false;
}

static bool is_strong_digest(int nid)
{
    return nid == NID_sha256 || nid == NID_sha384 || nid == NID_sha512 || nid == NID_sha512_256 ||
           nid == NID_sha3_256 || nid == NID_sha3_384 || nid == NID_sha3_512;
}

/* RSASSA-PSS-params: without a hash it is SHA-1 (RFC 4055 section 3.1). */
static bool is_strong_pss(const X509_ALGOR *algorithm)
{
    MR_CLEANUP(pss_freep)
    RSA_PSS_PARAMS *pss =
        algorithm->parameter ? ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(RSA_PSS_PARAMS), algorithm->parameter) : NULL;
    return pss && pss->hashAlgorithm && is_strong_digest(OBJ_obj2nid(pss->hashAlgorithm->algorithm));
}

bool mr_algorithm_is_strong(const X509_ALGOR *algorithm)
{
    int digest = NID_undef, key = NID_undef, nid = OBJ_obj2nid(algorithm->algorithm);
    if (nid == NID_rsassaPss) return is_strong_pss(algorithm);
    if (nid == NID_ED25519 || nid == NID_ED448) return true;
    return OBJ_find_sigid_algs(nid, &digest, &key) == 1 && is_strong_digest(digest);
}

/* What key.c does not do (other curves, PSS with other salts, Ed448) by OpenSSL. */
static int check_by_openssl(const mr_certificate *c, const mr_certificate *issuer, struct mr_err *err)
{
    const X509_ALGOR *algorithm = NULL;
    X509 *x = mr_certificate_x509(c);
    EVP_PKEY *key = mr_key_pkey(issuer->key);
    if (!x || !key) return MR_OPENSSL_FAIL(err, MR_E_UNSUPPORTED, "a certificate that OpenSSL cannot read");
    X509_get0_signature(NULL, &algorithm, x);
    if (!mr_algorithm_is_strong(algorithm))
        return MR_OPENSSL_FAIL(err, MR_E_UNSUPPORTED, "signed with a weak or unknown digest");
    if (X509_verify(x, key) != 1) return MR_OPENSSL_FAIL(err, MR_E_SIGNATURE, "its signature is not its issuer's");
    return MR_OK;
}

static bool is_too_short(const mr_key *key)
{
    EVP_PKEY *pkey = key->kind == MR_KEY_OTHER ? mr_key_pkey(key) : NULL;
    if (pkey) return EVP_PKEY_get_security_bits(pkey) < 112;
    return key->kind == MR_KEY_RSA && key->bits < 2048;
}

static int check_signature(const mr_certificate *c, const mr_certificate *issuer, struct mr_err *err)
{
    struct mr_scheme scheme;
    if (is_too_short(issuer->key)) return MR_FAIL(err, MR_E_UNSUPPORTED, "its issuer's key is too short", MR_NOWHERE);
    if (issuer->key->kind == MR_KEY_OTHER || !mr_scheme_of_algorithm(c->algorithm, &scheme))
        return check_by_openssl(c, issuer, err);
    return mr_key_verify_x509(issuer->key, scheme, c->tbs, c->signature, err);
}

/* Neither changes: what held once holds. A chain, each piece of evidence and each time-stamp ask the same again. */
int mr_certificate_check_signature(const mr_certificate *c, const mr_certificate *issuer, struct mr_err *err)
{
    mr_certificate *mine = (mr_certificate *)c;
    uint8_t *known = atomic_load(&mine->signed_by);
    if (known && memcmp(known, issuer->sha256, sizeof issuer->sha256) == 0) return MR_OK;
    MR_TRY(check_signature(c, issuer, err));
    uint8_t *made = known ? NULL : OPENSSL_memdup(issuer->sha256, sizeof issuer->sha256);
    if (made && !atomic_compare_exchange_strong(&mine->signed_by, &known, made)) OPENSSL_free(made);
    return MR_OK;
}

/* Names are compared octet by octet, as authorities must write them (RFC 5280 4.1.2.4); where the key identifiers agree, also by the rules of
 * section 7.1 (case, blanks, kind of string). */
static bool same_name(mr_str a, mr_str b, bool lenient)
{
    if (mr_str_eq(a, b)) return true;
    if (!lenient) return false;
    const unsigned char *p = (const unsigned char *)a.ptr, *q = (const unsigned char *)b.ptr;
    MR_CLEANUP(name_freep) X509_NAME *x = d2i_X509_NAME(NULL, &p, (long)a.len);
    MR_CLEANUP(name_freep) X509_NAME *y = d2i_X509_NAME(NULL, &q, (long)b.len);
    ERR_clear_error();
    return x && y && X509_NAME_cmp(x, y) == 0;
}

bool mr_certificate_names_issuer(const mr_certificate *c, const mr_certificate *issuer)
{
    bool both = c->authority_key_id.ptr && issuer->subject_key_id.ptr;
    if (both && !mr_str_eq(c->authority_key_id, issuer->subject_key_id)) return false;
    return same_name(c->issuer, issuer->subject, both);
}

int64_t mr_time_of_asn1(const ASN1_STRING *t)
{
    struct tm tm;
    if (!t || ASN1_TIME_to_tm(t, &tm) != 1) {
        ERR_clear_error();
        return MR_TIME_NONE;
    }
    mr_date day = {tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday};
    if (!mr_date_exists(day.year, day.month, day.day)) return MR_TIME_NONE;
    int64_t ms = mr_date_to_time(day) + ((tm.tm_hour * 60 + tm.tm_min) * 60 + tm.tm_sec) * INT64_C(1000);
    const unsigned char *p = ASN1_STRING_get0_data(t), *end = p + ASN1_STRING_length(t);
    while (p < end && *p != '.') p++;
    for (int weight = 100; ++p < end && *p >= '0' && *p <= '9' && weight; weight /= 10) ms += (*p - '0') * weight;
    return ms;
}
