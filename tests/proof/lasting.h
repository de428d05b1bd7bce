/* A small invented world for seals that last: an issuing authority under a root, with an OCSP responder and revocation lists; a time-stamp authority under
 * another root; all made by the openssl command. The source of evidence answers as told: knobs make it lie. */
#ifndef MR_TESTS_PROOF_LASTING_H
#define MR_TESTS_PROOF_LASTING_H

#include "sealing.h"

#define LASTING_WEB                                                                                                    \
    "authorityInfoAccess=OCSP;URI:http://ocsp.example/,caIssuers;URI:http://ca.example/sealca.der\n"                   \
    "crlDistributionPoints=URI:http://crl.example/sealca.crl\n"
#define LASTING_ROOT_LIST "crlDistributionPoints=URI:http://crl.example/sealroot.crl\n"
#define LASTING_CLOCK_LIST "crlDistributionPoints=URI:http://crl.example/tsaroot.crl\n"
#define LASTING_RESPONDER                                                                                              \
    "keyUsage=critical,digitalSignature\nextendedKeyUsage=OCSPSigning\nsubjectKeyIdentifier=hash\n"                    \
    "authorityKeyIdentifier=keyid\n"
#define LASTING_UNCHECKED "noCheck=ignored\n"

struct lasting {
    struct sealing *s;
    struct mr_seal_key seal;
    struct mr_evidence_source source;
    const char *responder;  /* file of who answers: "ocsp" by default */
    const char *about;      /* file of the certificate that is answered about instead, or NULL */
    const char *options;    /* of `openssl ocsp` */
    bool no_ocsp, no_lists; /* nobody answers */
    bool no_issuer;
    size_t asked_ocsp, asked_lists, asked_issuers, stamps;
};

static inline mr_str lasting_serial(struct lasting *l, const char *name)
{
    peer_do(
        l->s->peer,
        mr_arena_format(l->s->a, "openssl x509 -in %s.pem -noout -serial | cut -d= -f2 >%s.serial", name, name).ptr);
    return mr_str_trim(peer_file(l->s->peer, mr_arena_format(l->s->a, "%s.serial", name).ptr));
}

/* What an authority knows of a certificate: good, or revoked at "260101120000Z". */
static inline void lasting_know(struct lasting *l, const char *authority, const char *name, const char *revoked)
{
    mr_str serial = lasting_serial(l, name);
    peer_write(l->s->peer, mr_arena_format(l->s->a, "%s.index", authority).ptr,
               mr_arena_format(l->s->a, "%c\t401231000000Z\t%s%s\t%.*s\tunknown\t/CN=%s\n", revoked ? 'R' : 'V',
                               revoked ? revoked : "", revoked ? ",keyCompromise" : "", MR_STR_ARG(serial), name));
}

static inline void lasting_authority(struct lasting *l, const char *name, const char *subject, const char *issuer,
                                     const char *extensions)
{
    struct peer *p = l->s->peer;
    mr_certificate_free(
        pki_issue(p, name, subject, issuer, mr_arena_format(l->s->a, "%s%s", PKI_AUTHORITY, extensions).ptr, ""));
    peer_write(p, mr_arena_format(l->s->a, "%s.index", name).ptr, MR_STR(""));
    peer_write(p, mr_arena_format(l->s->a, "%s.cnf", name).ptr,
               mr_arena_format(l->s->a,
                               "[ca]\ndefault_ca=one\n[one]\ndatabase=%s.index\ndefault_md=sha256\ndefault_crl_days=7\n"
                               "certificate=%s.pem\nprivate_key=%s.key\n",
                               name, name, name));
}

static inline mr_str lasting_der(struct lasting *l, const char *name)
{
    peer_do(l->s->peer, mr_arena_format(l->s->a, "openssl x509 -in %s.pem -outform DER -out %s.der", name, name).ptr);
    return peer_file(l->s->peer, mr_arena_format(l->s->a, "%s.der", name).ptr);
}

/* ---- the source ---- */

static inline mr_str lasting_file_of(struct lasting *l, const mr_certificate *c)
{
    static const char *const names[] = {"seal", "sealca", "tsa", "ocsp", "other"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!mr_file_exists(test_path(l->s->a, l->s->peer->folder, mr_arena_format(l->s->a, "%s.pem", names[i]).ptr)))
            continue;
        mr_certificate *mine = peer_certificate(l->s->peer, mr_arena_format(l->s->a, "%s.pem", names[i]).ptr);
        bool same = mr_str_eq(mr_certificate_der(mine), mr_certificate_der(c));
        mr_certificate_free(mine);
        if (same) return mr_str_of(names[i]);
    }
    fail_msg("asked about an unknown certificate");
    return MR_STR_EMPTY;
}

static inline int lasting_ocsp(void *self, mr_arena *a, const mr_certificate *c, const mr_certificate *issuer,
                               mr_str *ret, struct mr_err *err)
{
    struct lasting *l = self;
    mr_str places[MR_PLACES_MOST], request;
    size_t count;
    MR_TRY(mr_certificate_places(a, c, MR_PLACE_OCSP, places, &count, err));
    if (count == 0) return MR_FAIL(err, MR_E_NOT_FOUND, "no responder is named", MR_NOWHERE);
    assert_str(places[0], "http://ocsp.example/");
    l->asked_ocsp++;
    if (l->no_ocsp) return MR_FAIL(err, MR_E_NET, "the responder does not answer", MR_NOWHERE);
    MR_TRY(mr_ocsp_request(a, c, issuer, &request, err));
    peer_write(l->s->peer, "question.der", request);
    if (l->about)
        peer_do(l->s->peer,
                mr_arena_format(l->s->a, "openssl ocsp -issuer sealca.pem -cert %s.pem -reqout question.der -no_nonce",
                                l->about)
                    .ptr);
    peer_do(l->s->peer,
            mr_arena_format(l->s->a,
                            "openssl ocsp -index sealca.index -CA sealca.pem -rsigner %s.pem -rkey %s.key -reqin "
                            "question.der -respout answer.der %s",
                            l->responder, l->responder, l->options)
                .ptr);
    *ret = peer_file(l->s->peer, "answer.der");
    return MR_OK;
}

static inline int lasting_crl(void *self, mr_arena *a, const mr_certificate *c, mr_str *ret, struct mr_err *err)
{
    struct lasting *l = self;
    mr_str places[MR_PLACES_MOST];
    size_t count;
    MR_TRY(mr_certificate_places(a, c, MR_PLACE_CRL, places, &count, err));
    if (count == 0) return MR_FAIL(err, MR_E_NOT_FOUND, "no list is named", MR_NOWHERE);
    l->asked_lists++;
    if (l->no_lists) return MR_FAIL(err, MR_E_NET, "nobody answers", MR_NOWHERE);
    mr_str name = mr_str_from(places[0], strlen("http://crl.example/"));
    name.len -= strlen(".crl");
    peer_do(l->s->peer,
            mr_arena_format(
                l->s->a,
                "openssl ca -config %.*s.cnf -gencrl -out crl.pem && openssl crl -in crl.pem -outform DER -out crl.der",
                MR_STR_ARG(name))
                .ptr);
    *ret = peer_file(l->s->peer, "crl.der");
    return MR_OK;
}

static inline int lasting_issuer(void *self, mr_arena *a, const mr_certificate *c, mr_str *ret, struct mr_err *err)
{
    struct lasting *l = self;
    mr_str places[MR_PLACES_MOST];
    size_t count;
    MR_TRY(mr_certificate_places(a, c, MR_PLACE_ISSUER, places, &count, err));
    if (count == 0 || l->no_issuer) return MR_FAIL(err, MR_E_NOT_FOUND, "no place is named", MR_NOWHERE);
    l->asked_issuers++;
    *ret = lasting_der(l, "sealca");
    return MR_OK;
}

static inline int lasting_stamp(void *self, mr_arena *a, const mr_digest *digest, mr_str *ret_token, struct mr_err *err)
{
    struct lasting *l = self;
    l->stamps++;
    return sealing_stamp(l->s, a, digest, ret_token, err);
}

/* ---- the world ---- */

/* The seal, with its issuing certificate in x5c or not. */
static inline void lasting_read_seal(struct lasting *l, bool with_issuer)
{
    mr_str parts[] = {peer_file(l->s->peer, "seal.key"), peer_file(l->s->peer, "seal.pem"),
                      with_issuer ? peer_file(l->s->peer, "sealca.pem") : MR_STR_EMPTY,
                      with_issuer ? peer_file(l->s->peer, "sealroot.pem") : MR_STR_EMPTY};
    mr_seal_key_done(&l->seal);
    assert_ok(mr_seal_key_read(mr_arena_concat(l->s->a, parts, 4), MR_STR_EMPTY, &l->seal, &l->s->err), l->s->err);
    l->s->now = mr_env_now(&l->s->env);
}

static inline void lasting_found(struct lasting *l)
{
    struct peer *p = l->s->peer;
    mr_arena *a = l->s->a;
    lasting_authority(l, "sealroot", "Invented Root", NULL, "");
    lasting_authority(l, "sealca", "Invented Issuing", "sealroot", LASTING_ROOT_LIST);
    mr_certificate_free(pki_issue(p, "seal", "Invented Seal", "sealca", PKI_SEAL LASTING_WEB, ""));
    mr_certificate_free(pki_issue(p, "other", "Other Seal", "sealca", PKI_SEAL LASTING_WEB, ""));
    mr_certificate_free(pki_issue(p, "ocsp", "Invented Responder", "sealca", LASTING_RESPONDER LASTING_UNCHECKED, ""));
    lasting_authority(l, "tsaroot", "Clock Root", NULL, "");
    mr_certificate_free(pki_issue(p, "tsa", "Invented Clock", "tsaroot",
                                  mr_arena_format(a, "%s%s", SEALING_TSA, LASTING_CLOCK_LIST).ptr, "-days 50"));
    lasting_know(l, "sealca", "seal", NULL);
    peer_write(p, "ts.cnf", MR_STR(SEALING_TSA_CONFIG));
    peer_write(p, "serial", MR_STR("01\n"));
    l->responder = "ocsp";
    l->options = "-ndays 7";
    l->source = (struct mr_evidence_source){lasting_ocsp, lasting_crl, lasting_issuer, l};
    lasting_read_seal(l, true);
}

static inline int lasting_setup(void **state)
{
    void *sealing = NULL;
    struct lasting *l = calloc(1, sizeof *l);
    if (!l || sealing_setup(&sealing) != 0) return -1;
    l->s = sealing;
    *state = l;
    return 0;
}

static inline int lasting_teardown(void **state)
{
    struct lasting *l = *state;
    void *sealing = l->s;
    mr_seal_key_done(&l->seal);
    free(l);
    return sealing_teardown(&sealing);
}

static inline int lasting_try_seal(struct lasting *l, mr_jades_level level)
{
    struct mr_jades_sealing how = {.seal = &l->seal,
                                   .now = l->s->now,
                                   .timestamp = lasting_stamp,
                                   .timestamp_self = l,
                                   .level = level,
                                   .evidence = &l->source};
    mr_buf_clear(&l->s->out);
    return mr_jades_seal(&how, MR_STR(SEALING_PAYLOAD), l->s->a, &l->s->out, &l->s->err);
}

static inline mr_str lasting_seal(struct lasting *l, mr_jades_level level)
{
    assert_ok(lasting_try_seal(l, level), l->s->err);
    return sealing_keep(l->s);
}

static inline int lasting_try_extend(struct lasting *l, mr_str text, mr_jades_level level, bool renew,
                                     bool *ret_changed)
{
    struct mr_jades_extending how = {.level = level,
                                     .renew = renew,
                                     .now = mr_env_now(&l->s->env),
                                     .timestamp = lasting_stamp,
                                     .timestamp_self = l,
                                     .evidence = &l->source};
    mr_buf_clear(&l->s->out);
    return mr_jades_extend(&how, text, l->s->a, &l->s->out, ret_changed, NULL, &l->s->err);
}

static inline mr_str lasting_extend(struct lasting *l, mr_str text, mr_jades_level level, bool renew)
{
    bool changed = false;
    assert_ok(lasting_try_extend(l, text, level, renew, &changed), l->s->err);
    assert_true(changed);
    return sealing_keep(l->s);
}

/* The element number `at` of etsiU, decoded. */
static inline mr_str lasting_element(struct lasting *l, mr_str text, unsigned at)
{
    mr_str decoded;
    mr_str part = sealing_part(l->s, text, mr_arena_format(l->s->a, "/signatures/0/header/etsiU/%u", at).ptr);
    assert_ok(mr_base64url_read(l->s->a, part, &decoded, &l->s->err), l->s->err);
    return decoded;
}

static inline void lasting_assert_elements(struct lasting *l, mr_str text, const char *const *names, unsigned count)
{
    const mr_json *root = NULL;
    assert_ok(mr_json_parse(l->s->a, text, NULL, &root, &l->s->err), l->s->err);
    assert_int_equal(mr_json_count(mr_json_find(root, MR_STR("/signatures/0/header/etsiU"))), count);
    for (unsigned i = 0; i < count; i++) {
        mr_str start = mr_arena_format(l->s->a, "{\"%s\":", names[i]);
        if (!mr_str_has_prefix(lasting_element(l, text, i), start)) fail_msg("element %u is no %s", i, names[i]);
    }
}

/* At the head of each test. */
#define LASTING_OPEN(l, state)                                                                                         \
    struct lasting *l = *(state);                                                                                      \
    if (!peer_is_here()) test_skip("the openssl command is not installed");                                            \
    lasting_found(l)

#endif
