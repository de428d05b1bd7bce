/* Where certificates send those who ask, and what is asked: beside what the openssl command makes and says. */
#include "pki.h"
#include "sealed.h"

#include "crypto/evidence.h"

#include <openssl/err.h>

#define WEB                                                                                                            \
    "authorityInfoAccess=OCSP;URI:http://ocsp.example/a,OCSP;URI:ldap://ocsp.example/,OCSP;URI:https://ocsp.example/"  \
    "b,"                                                                                                               \
    "caIssuers;URI:http://ca.example/ca.der\n"                                                                         \
    "crlDistributionPoints=one,two,three\n"                                                                            \
    "[one]\nfullname=URI:http://crl.example/1,URI:https://crl.example/2\n"                                             \
    "[two]\nfullname=URI:http://crl.example/some\nreasons=keyCompromise\n"                                             \
    "[three]\nfullname=URI:http://crl.example/3\n"

static void assert_places(struct peer *p, const mr_certificate *c, mr_certificate_place place, const char *wanted)
{
    struct mr_err err = {0};
    mr_str places[MR_PLACES_MOST], all = MR_STR("");
    size_t count = 0;
    assert_ok(mr_certificate_places(&p->arena, c, place, places, &count, &err), err);
    for (size_t i = 0; i < count; i++)
        all = mr_arena_format(&p->arena, "%.*s%.*s ", MR_STR_ARG(all), MR_STR_ARG(places[i]));
    assert_str(all, wanted);
    assert_int_equal(ERR_peek_error(), 0);
}

static void test_certificate_places__are_those_of_the_sample(void **state)
{
    struct peer *p = *state;
    const char *elm = test_elm();
    if (!elm) test_skip("the ELM samples are not here (MERIT_ELM)");
    struct sealed s;
    assert_true(sealed_read(&p->arena, test_path(&p->arena, elm, "samples/Sample-MC-Annex1-signed.jsonld"), 0, &s));
    peer_write(p, "seal.der", mr_certificate_der(s.pool[0]));
    mr_str places[MR_PLACES_MOST];
    size_t count = 0;
    struct mr_err err = {0};
    if (peer_is_here()) peer_do(p, "openssl x509 -inform DER -in seal.der -noout -ocsp_uri");
    assert_ok(mr_certificate_places(&p->arena, s.pool[0], MR_PLACE_OCSP, places, &count, &err), err);
    assert_true(count >= 1);
    if (peer_is_here()) assert_str_eq(mr_str_trim(peer_file(p, "log")), places[0]);
    sealed_done(&s);
}

static void test_certificate_places__are_web_addresses_for_all_reasons(void **state)
{
    PEER_OR_SKIP(p, state);
    mr_certificate *root = pki_issue(p, "root", "Root", NULL, PKI_AUTHORITY, "");
    mr_certificate *web = pki_issue(p, "web", "Web", "root", PKI_SEAL WEB, "");
    assert_places(p, web, MR_PLACE_OCSP, "http://ocsp.example/a https://ocsp.example/b ");
    assert_places(p, web, MR_PLACE_ISSUER, "http://ca.example/ca.der ");
    assert_places(p, web, MR_PLACE_CRL, "http://crl.example/1 https://crl.example/2 http://crl.example/3 ");
    for (int place = MR_PLACE_OCSP; place <= MR_PLACE_ISSUER; place++)
        assert_places(p, root, (mr_certificate_place)place, "");
    mr_certificate_free(root);
    mr_certificate_free(web);
}

static void test_ocsp_request__is_what_openssl_asks(void **state)
{
    PEER_OR_SKIP(p, state);
    mr_certificate *root = pki_issue(p, "root", "Root", NULL, PKI_AUTHORITY, "");
    mr_certificate *seal = pki_issue(p, "seal", "Seal", "root", PKI_SEAL, "");
    struct mr_err err = {0};
    mr_str der;
    assert_ok(mr_ocsp_request(&p->arena, seal, root, &der, &err), err);
    peer_do(p, "openssl ocsp -issuer root.pem -cert seal.pem -no_nonce -reqout request.der");
    assert_str_eq(der, peer_file(p, "request.der"));
    mr_certificate_free(root);
    mr_certificate_free(seal);
}

static void test_issuer_read__takes_every_usual_form(void **state)
{
    PEER_OR_SKIP(p, state);
    static const char *const makers[] = {
        "openssl x509 -in root.pem -outform DER -out form",
        "cat other.pem root.pem >form",
        "openssl crl2pkcs7 -nocrl -certfile other.pem -certfile root.pem -outform DER -out form",
    };
    mr_certificate *root = pki_issue(p, "root", "Root", NULL, PKI_AUTHORITY, "");
    mr_certificate *other = pki_issue(p, "other", "Other", NULL, PKI_AUTHORITY, "");
    mr_certificate *seal = pki_issue(p, "seal", "Seal", "root", PKI_SEAL, "");
    struct mr_err err = {0};
    for (size_t i = 0; i < sizeof makers / sizeof *makers; i++) {
        mr_certificate *found = NULL;
        peer_do(p, makers[i]);
        assert_ok(mr_issuer_read(peer_file(p, "form"), seal, &found, &err), err);
        assert_str_eq(mr_certificate_der(found), mr_certificate_der(root));
        mr_certificate_free(found);
    }
    mr_certificate *none = NULL;
    peer_do(p, "cp other.pem form");
    assert_code(mr_issuer_read(peer_file(p, "form"), seal, &none, &err), MR_E_CERTIFICATE, err);
    assert_code(mr_issuer_read(MR_STR("<html>"), seal, &none, &err), MR_E_CERTIFICATE, err);
    assert_code(mr_issuer_read(MR_STR_EMPTY, seal, &none, &err), MR_E_CERTIFICATE, err);
    assert_int_equal(ERR_peek_error(), 0);
    mr_certificate_free(root);
    mr_certificate_free(other);
    mr_certificate_free(seal);
}

#define RESPONDER                                                                                                      \
    "keyUsage=digitalSignature\nextendedKeyUsage=OCSPSigning\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier="      \
    "keyid\n"

static void test_ocsp_certificates__are_those_in_the_response(void **state)
{
    PEER_OR_SKIP(p, state);
    mr_certificate *root = pki_issue(p, "root", "Root", NULL, PKI_AUTHORITY, "");
    mr_certificate *one = pki_issue(p, "one", "Responder", "root", RESPONDER "noCheck=ignored\n", "");
    mr_certificate *two = pki_issue(p, "two", "Another", "root", RESPONDER, "");
    assert_true(mr_certificate_is_unchecked(one) && !mr_certificate_is_unchecked(two));
    assert_true(mr_certificate_is_responder(two) && !mr_certificate_is_responder(root));
    peer_write(p, "index", MR_STR(""));
    peer_do(p, "openssl ocsp -issuer root.pem -cert one.pem -no_nonce -reqout request.der && openssl ocsp -index index "
               "-CA root.pem -rsigner two.pem -rkey two.key -reqin request.der -respout response.der -ndays 3");
    struct mr_err err = {0};
    mr_certificate *list[4];
    size_t count = 0;
    mr_str response = peer_file(p, "response.der");
    assert_ok(mr_ocsp_certificates(response, list, 4, &count, &err), err);
    assert_int_equal(count, 1);
    assert_str_eq(mr_certificate_der(list[0]), mr_certificate_der(two));
    mr_certificate_free(list[0]);
    int64_t end = mr_evidence_next_update(response), now = mr_env_now(mr_env_system());
    assert_true(end > now + 2 * MR_DAY_MS && end < now + 4 * MR_DAY_MS);
    assert_ok(mr_ocsp_certificates(MR_STR("nothing"), list, 4, &count, &err), err);
    assert_int_equal(count, 0);
    assert_true(mr_evidence_next_update(MR_STR("nothing")) == MR_TIME_NONE);
    assert_int_equal(ERR_peek_error(), 0);
    mr_certificate *all[] = {root, one, two};
    for (size_t i = 0; i < 3; i++) mr_certificate_free(all[i]);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, peer_setup, peer_teardown)
    const struct CMUnitTest tests[] = {
        CASE(test_certificate_places__are_those_of_the_sample),
        CASE(test_certificate_places__are_web_addresses_for_all_reasons),
        CASE(test_ocsp_request__is_what_openssl_asks),
        CASE(test_issuer_read__takes_every_usual_form),
        CASE(test_ocsp_certificates__are_those_in_the_response),
    };
    return cmocka_run_group_tests_name("evidence", tests, NULL, NULL);
}
