/* Seals made by xmlsec1's own command over an invented list, and what can be done to a sealed list without breaking the signature. */
#include "testing.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "crypto/certificate.h"
#include "trusted_list/seal.h"

static const char make_keys[] =
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout KEY -out signer.pem -days 30 "
    "-subj '/C=ZZ/O=Invented Agency/CN=List signer' 2>/dev/null && "
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout other.key -out other.pem -days 30 "
    "-subj '/C=ZZ/O=Invented Agency/CN=Other signer' 2>/dev/null";

#define LIST "<TrustServiceStatusList xmlns='http://uri.etsi.org/02231/v2#' Id='list'><a>granted</a>"
#define REFERENCES                                                                                                     \
    "<ds:Reference URI=\"%s\"><ds:Transforms><ds:Transform Algorithm=\"%s\"/>"                                         \
    "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/></ds:Transforms>"                            \
    "<ds:DigestMethod Algorithm=\"%s\"/><ds:DigestValue/></ds:Reference>"                                              \
    "<ds:Reference Type=\"http://uri.etsi.org/01903#SignedProperties\" URI=\"#%s\"><ds:Transforms>"                    \
    "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/></ds:Transforms>"                            \
    "<ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><ds:DigestValue/></ds:Reference>"
#define PROPERTIES                                                                                                     \
    "<x:SignedProperties xmlns:x=\"http://uri.etsi.org/01903/v1.3.2#\" Id=\"%s\"><x:SignedSignatureProperties>"        \
    "<x:SigningTime>2026-10-01T00:00:00Z</x:SigningTime><x:SigningCertificateV2><x:Cert><x:CertDigest>"                \
    "<ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><ds:DigestValue>%s</ds:DigestValue>"      \
    "</x:CertDigest></x:Cert></x:SigningCertificateV2></x:SignedSignatureProperties></x:SignedProperties>"

struct workshop {
    mr_arena a;
    const char *folder;
    uint8_t signer[32], other[32];
    mr_str signer_digest, other_digest; /* base64 */
};

static int run(struct workshop *w, const char *command)
{
    return system(mr_arena_format(&w->a, "cd %s && %s", w->folder, command).ptr);
}

static mr_str read_digest(struct workshop *w, const char *name, uint8_t ret[32])
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_certificate **found;
    size_t count;
    struct mr_err err = {0};
    assert_ok(
        mr_certificates_read_pem(&w->a, test_read_file(&w->a, test_path(&w->a, w->folder, name)), &found, &count, &err),
        err);
    memcpy(ret, mr_certificate_sha256(found[0]), 32);
    mr_certificate_free(found[0]);
    mr_buf_init(&b, 100);
    mr_base64_put(&b, mr_str_make((const char *)ret, 32));
    return mr_arena_dup(&w->a, mr_buf_str(&b));
}

static int open_workshop(void **state)
{
    static struct workshop w;
    struct mr_err err = {0};
    *state = &w;
    mr_arena_init(&w.a, 64 * MR_MIB);
    w.folder = test_temp_folder();
    if (mr_xml_seal_start(&err) != MR_OK || run(&w, make_keys) != 0) return -1;
    w.signer_digest = read_digest(&w, "signer.pem", w.signer);
    w.other_digest = read_digest(&w, "other.pem", w.other);
    return 0;
}

static int close_workshop(void **state)
{
    mr_arena_done(&((struct workshop *)*state)->a);
    return 0;
}

/* One way of sealing; what is NULL is as it should be. */
struct way {
    const char *uri, *transform, *digest, *method, *properties_id, *referred_id, *more_objects, *more_references,
        *cert_digest, *after;
};

static const char *or_else(const char *given, const char *usual)
{
    return given ? given : usual;
}

static mr_str seal_with(struct workshop *w, const struct way *way)
{
    const char *id = or_else(way->properties_id, "props");
    mr_str references =
        mr_arena_format(&w->a, REFERENCES, or_else(way->uri, ""),
                        or_else(way->transform, "http://www.w3.org/2000/09/xmldsig#enveloped-signature"),
                        or_else(way->digest, "http://www.w3.org/2001/04/xmlenc#sha256"), or_else(way->referred_id, id));
    mr_str properties = mr_arena_format(&w->a, PROPERTIES, id, or_else(way->cert_digest, w->signer_digest.ptr));
    mr_str text = mr_arena_format(
        &w->a,
        LIST "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" Id=\"sig\"><ds:SignedInfo>"
             "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>"
             "<ds:SignatureMethod Algorithm=\"%s\"/>%s%s</ds:SignedInfo><ds:SignatureValue/><ds:KeyInfo><ds:X509Data/>"
             "</ds:KeyInfo><ds:Object><x:QualifyingProperties xmlns:x=\"http://uri.etsi.org/01903/v1.3.2#\" "
             "Target=\"#sig\">%s</x:QualifyingProperties></ds:Object>%s</ds:Signature>%s</TrustServiceStatusList>",
        or_else(way->method, "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"), references.ptr,
        or_else(way->more_references, ""), properties.ptr, or_else(way->more_objects, ""), or_else(way->after, ""));
    struct mr_err err = {0};
    assert_ok(mr_file_write(test_path(&w->a, w->folder, "in.xml"), text, 0644, false, &err), err);
    assert_int_equal(run(w, "xmlsec1 --sign --privkey-pem KEY,signer.pem --id-attr:Id SignedProperties --id-attr:Id "
                            "http://uri.etsi.org/01903/v1.3.2#:SignedProperties --id-attr:Id "
                            "http://uri.etsi.org/02231/v2#:TrustServiceStatusList --id-attr:Id "
                            "http://uri.etsi.org/02231/v2#:extra --output out.xml in.xml 2>/dev/null"),
                     0);
    return test_read_file(&w->a, test_path(&w->a, w->folder, "out.xml"));
}

static void assert_seal(struct workshop *w, mr_str text, const uint8_t signer[32], mr_xml_seal_state wanted,
                        const char *why)
{
    MR_CLEANUP(mr_xml_freep) xmlDoc *doc = NULL;
    struct mr_xml_seal seal;
    struct mr_err err = {0};
    uint8_t signers[1][32];
    memcpy(signers[0], signer, 32);
    assert_ok(mr_xml_read(text, &doc, &err), err);
    assert_ok(mr_xml_seal_verify(&w->a, doc, (const uint8_t(*)[32])signers, 1, &seal, &err), err);
    bool same = seal.state == wanted && (!why || mr_str_find(mr_str_of(seal.why), mr_str_of(why)) >= 0);
    if (!same)
        fail_msg("%s (%s), wanted %s (%s)", mr_xml_seal_state_name(seal.state), seal.why,
                 mr_xml_seal_state_name(wanted), why);
}

/* `text` with the first `old` replaced. */
static mr_str swap(struct workshop *w, mr_str text, const char *old, const char *new)
{
    ptrdiff_t at = mr_str_find(text, mr_str_of(old));
    if (at < 0) fail_msg("there is no %s", old);
    const mr_str parts[] = {mr_str_make(text.ptr, (size_t)at), mr_str_of(new),
                            mr_str_from(text, (size_t)at + strlen(old))};
    return mr_arena_concat(&w->a, parts, 3);
}

static void test_seal__is_good_for_its_signer_alone(void **state)
{
    struct workshop *w = *state;
    mr_str text = seal_with(w, &(struct way){0}), by_id = seal_with(w, &(struct way){.uri = "#list"});
    assert_seal(w, text, w->signer, MR_XML_SEAL_GOOD, NULL);
    assert_seal(w, by_id, w->signer, MR_XML_SEAL_GOOD, NULL);
    assert_seal(w, text, w->other, MR_XML_SEAL_STRANGER, "none of the certificates");
    assert_seal(w, swap(w, text, "granted", "withdrawn"), w->signer, MR_XML_SEAL_CHANGED, NULL);
    assert_seal(w, swap(w, text, "2026-10-01T00", "2026-10-02T00"), w->signer, MR_XML_SEAL_CHANGED, NULL);
    assert_seal(w, MR_STR(LIST "</TrustServiceStatusList>"), w->signer, MR_XML_SEAL_ABSENT, NULL);
}

static void test_seal__must_cover_what_is_read(void **state)
{
    struct workshop *w = *state;
    static const struct {
        struct way way;
        const char *why;
    } refused[] = {
        {{.uri = "#x", .after = "<extra Id='x'>signed alone</extra>"}, "wrapping"},
        {{.referred_id = "fake",
          .more_objects =
              "<ds:Object><x:SignedProperties xmlns:x='http://uri.etsi.org/01903/v1.3.2#' Id='fake'/></ds:Object>"},
         "wrapping"},
        {{.digest = "http://www.w3.org/2000/09/xmldsig#sha1"}, "weak"},
        {{.method = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha224"}, "weak"},
        {{.more_references = "<ds:Reference URI=\"\"><ds:Transforms><ds:Transform "
                             "Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/></ds:Transforms>"
                             "<ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>"
                             "<ds:DigestValue/></ds:Reference>"},
         "two references"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_seal(w, seal_with(w, &refused[i].way), w->signer, MR_XML_SEAL_REFUSED, refused[i].why);
    struct way other = {.cert_digest = w->other_digest.ptr};
    assert_seal(w, seal_with(w, &other), w->signer, MR_XML_SEAL_REFUSED, "another certificate");
}

static void test_seal__cannot_be_moved_to_another_list(void **state)
{
    struct workshop *w = *state;
    mr_str text = seal_with(w, &(struct way){.uri = "#list"});
    ptrdiff_t at = mr_str_find(text, MR_STR("<TrustServiceStatusList"));
    mr_str head = MR_STR("<TrustServiceStatusList xmlns='http://uri.etsi.org/02231/v2#'>"),
           body = mr_str_from(text, (size_t)at);
    ptrdiff_t sig = mr_str_find(body, MR_STR("<ds:Signature")),
              end = mr_str_find(body, MR_STR("</TrustServiceStatusList>"));
    mr_str original = mr_str_make(body.ptr, (size_t)sig), signature = mr_str_make(body.ptr + sig, (size_t)(end - sig)),
           close = MR_STR("</TrustServiceStatusList>");
    /* The signed list inside another one, the signature where it belongs. */
    const mr_str around[] = {head, MR_STR("<b>granted to all</b>"), original, close, signature, close};
    assert_seal(w, mr_arena_concat(&w->a, around, 6), w->signer, MR_XML_SEAL_REFUSED, "wrapping");
    /* Two elements with the id that is signed. */
    const mr_str twice[] = {MR_STR("<TrustServiceStatusList xmlns='http://uri.etsi.org/02231/v2#' Id='list'>"),
                            original, close, signature, close};
    assert_seal(w, mr_arena_concat(&w->a, twice, 5), w->signer, MR_XML_SEAL_REFUSED, "wrapping");
    /* The same id under another name. */
    assert_seal(w, swap(w, text, "<a>", "<a xml:id='props'>"), w->signer, MR_XML_SEAL_REFUSED, "wrapping");
    assert_seal(w, swap(w, text, "<a>", "<a ID='list'>"), w->signer, MR_XML_SEAL_REFUSED, "wrapping");
    /* Two signatures. */
    const mr_str two[] = {original, signature, signature, close};
    assert_seal(w, mr_arena_concat(&w->a, two, 4), w->signer, MR_XML_SEAL_REFUSED, "more than one");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_seal__is_good_for_its_signer_alone),
                                       cmocka_unit_test(test_seal__must_cover_what_is_read),
                                       cmocka_unit_test(test_seal__cannot_be_moved_to_another_list)};
    if (system("command -v xmlsec1 >/dev/null && command -v openssl >/dev/null") != 0) {
        puts("1..0 # skipped: xmlsec1 and openssl are needed");
        return 0;
    }
    return cmocka_run_group_tests(tests, open_workshop, close_workshop);
}
