/* XAdES signatures of trusted lists.
 *
 * A signature that xmlsec finds good says only that the octets it refers to were not changed. What they are, and whether they are those that we read, is
 * asked here, before any digest is made: signature wrapping lives on that difference.
 *
 * Invariants.
 * 1. The signature is the one Signature child of the root element. Nothing is read out of a Signature as part of the list.
 * 2. It refers to the document ("" or the root's Id), by the enveloped-signature transform (or what is the same) and canonicalisation alone; to the SignedProperties inside its own
 *    QualifyingProperties; at most to its own KeyInfo besides; to nothing else. One reference of each.
 * 3. The ids of these stand once in the document, under whichever name an id may have.
 * 4. The key is that of a certificate named to us by its SHA-256. KeyInfo only brings the certificate along; it is never asked whom to trust.
 * 5. Algorithms are those listed here, both in what we check and in what xmlsec may use.
 *
 * SHA-1 is taken in one place: as the digest of the certificate in the signed properties, which lists of before 2020 have. It adds nothing to the
 * SHA-256 that pins the certificate, and need not. */
#include "trusted_list/seal.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "crypto/certificate.h"

#include <libxml/parser.h>
#include <libxml/valid.h>
#include <xmlsec/crypto.h>
#include <xmlsec/errors.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmlsec.h>
#include <xmlsec/xmltree.h>

#define SIGNED_PROPERTIES "http://uri.etsi.org/01903#SignedProperties"

static const char *const canonicalisations[] = {"http://www.w3.org/2001/10/xml-exc-c14n#",
                                                "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
                                                "http://www.w3.org/2006/12/xml-c14n11", NULL};
static const char *const digests[] = {"http://www.w3.org/2001/04/xmlenc#sha256",
                                      "http://www.w3.org/2001/04/xmldsig-more#sha384",
                                      "http://www.w3.org/2001/04/xmlenc#sha512", NULL};
static const char *const methods[] = {"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
                                      "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
                                      "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
                                      "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
                                      "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
                                      "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512",
                                      NULL};
static const char enveloped[] = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

/* What belongs together in one signature. */
struct parts {
    mr_arena *a;
    xmlDoc *doc;
    const xmlNode *root, *signature, *info, *key_info, *qualifying, *properties;
    bool has_list, has_properties, has_key_info; /* references seen */
};

const char *mr_xml_seal_state_name(mr_xml_seal_state s)
{
    static const char *const names[] = {[MR_XML_SEAL_GOOD] = "good",
                                        [MR_XML_SEAL_ABSENT] = "absent",
                                        [MR_XML_SEAL_STRANGER] = "stranger",
                                        [MR_XML_SEAL_CHANGED] = "changed",
                                        [MR_XML_SEAL_REFUSED] = "refused"};
    return names[s];
}

static bool is_one_of(const char *const *list, mr_str text)
{
    for (; *list; list++)
        if (mr_str_is(text, *list)) return true;
    return false;
}

static mr_str algorithm_of(const struct parts *p, const xmlNode *node)
{
    return mr_xml_attribute(p->a, node, "Algorithm");
}

/* How many elements of this name are children. */
static size_t count_children(const xmlNode *node, const char *ns, const char *name)
{
    size_t count = 0;
    for (const xmlNode *c = mr_xml_child(node, ns, name); c; c = mr_xml_next(c)) count++;
    return count;
}

/* ---- ids ---- */

static bool is_id_name(const xmlAttr *attribute)
{
    return xmlStrcasecmp(attribute->name, (const xmlChar *)"id") == 0;
}

/* The next node in document order, inside `root`. */
static const xmlNode *next_node(const xmlNode *node, const xmlNode *root)
{
    if (node->type == XML_ELEMENT_NODE && node->children) return node->children;
    while (node != root && !node->next) node = node->parent;
    return node == root ? NULL : node->next;
}

static size_t count_id(const struct parts *p, mr_str id)
{
    size_t count = 0;
    for (const xmlNode *n = p->root; n; n = next_node(n, p->root)) {
        if (n->type != XML_ELEMENT_NODE) continue;
        for (const xmlAttr *at = n->properties; at; at = at->next) {
            if (!is_id_name(at) || !at->children) continue;
            xmlChar *value = xmlNodeListGetString(p->doc, at->children, 1);
            count += value && mr_str_is(id, (const char *)value);
            xmlFree(value);
        }
    }
    return count;
}

/* Is it "#" and the id of this element, which stands once in the document? It is then made known to libxml2. */
static bool leads_to(const struct parts *p, mr_str uri, const xmlNode *element)
{
    mr_str id = mr_xml_attribute(p->a, element, "Id");
    if (!element || id.len == 0 || uri.len < 2 || uri.ptr[0] != '#' || !mr_str_eq(mr_str_from(uri, 1), id))
        return false;
    if (count_id(p, id) != 1) return false;
    xmlAttr *attribute = xmlHasProp(element, (const xmlChar *)"Id");
    if (xmlGetID(p->doc, (const xmlChar *)id.ptr) == attribute) return true;
    return xmlAddID(NULL, p->doc, (const xmlChar *)id.ptr, attribute) != NULL;
}

/* ---- what the signature refers to ---- */

static size_t count_signatures(const xmlNode *root)
{
    size_t count = 0;
    for (const xmlNode *n = root; n; n = next_node(n, root)) count += mr_xml_is(n, MR_NS_DS, "Signature");
    return count;
}

/* The enveloped-signature transform; or an XPath filter that some write for it, word for word. Those leave out every Signature element, so there must be no
 * other. */
static bool is_enveloped(const struct parts *p, const xmlNode *transform)
{
    static const struct {
        const char *algorithm, *ns, *text, *filter;
    } forms[] = {{"http://www.w3.org/TR/1999/REC-xpath-19991116", MR_NS_DS, "not(ancestor-or-self::ds:Signature)", ""},
                 {"http://www.w3.org/2002/06/xmldsig-filter2", "http://www.w3.org/2002/06/xmldsig-filter2",
                  "/descendant::ds:Signature", "subtract"}};
    mr_str algorithm = algorithm_of(p, transform);
    if (mr_str_is(algorithm, enveloped)) return true;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        const xmlNode *filter = mr_xml_child(transform, forms[i].ns, "XPath");
        if (!mr_str_is(algorithm, forms[i].algorithm) || !filter || mr_xml_next_element(filter)) continue;
        const xmlNs *ds = xmlSearchNs(p->doc, (xmlNode *)(uintptr_t)filter, (const xmlChar *)"ds");
        return ds && strcmp((const char *)ds->href, MR_NS_DS) == 0 && count_signatures(p->root) == 1 &&
               mr_str_is(mr_xml_attribute(p->a, filter, "Filter"), forms[i].filter) &&
               mr_str_is(mr_xml_text(p->a, filter), forms[i].text);
    }
    return false;
}

/* Only canonicalisation, behind one enveloped-signature where it must stand. */
static const char *judge_transforms(const struct parts *p, const xmlNode *reference, bool is_list)
{
    const xmlNode *t = mr_xml_first_element(mr_xml_child(reference, MR_NS_DS, "Transforms"));
    size_t count = 0;
    if (is_list) {
        if (!t || !is_enveloped(p, t)) return "the list is not signed by an enveloped signature";
        t = mr_xml_next_element(t);
    }
    for (; t; t = mr_xml_next_element(t), count++)
        if (!mr_xml_is(t, MR_NS_DS, "Transform") || !is_one_of(canonicalisations, algorithm_of(p, t)) || count)
            return "a reference has a transform that is not taken";
    return NULL;
}

static const char *judge_reference(struct parts *p, const xmlNode *reference)
{
    mr_str uri = mr_xml_attribute(p->a, reference, "URI"), type = mr_xml_attribute(p->a, reference, "Type");
    bool has_uri = xmlHasProp(reference, (const xmlChar *)"URI") != NULL, *seen, is_list = false;
    if (!mr_xml_is(reference, MR_NS_DS, "Reference") || !has_uri) return "a reference is malformed";
    if (mr_str_is(type, SIGNED_PROPERTIES)) {
        if (!leads_to(p, uri, p->properties)) return "the signed properties are not those of this signature (wrapping)";
        seen = &p->has_properties;
    } else if (uri.len == 0 || leads_to(p, uri, p->root)) {
        seen = &p->has_list;
        is_list = true;
    } else if (leads_to(p, uri, p->key_info))
        seen = &p->has_key_info;
    else
        return "it refers to something that is not the whole list (wrapping)";
    if (*seen) return "two references lead to the same";
    *seen = true;
    if (!is_one_of(digests, algorithm_of(p, mr_xml_child(reference, MR_NS_DS, "DigestMethod"))))
        return "a digest is weak or not known";
    return judge_transforms(p, reference, is_list);
}

static const char *judge_references(struct parts *p)
{
    if (!is_one_of(canonicalisations, algorithm_of(p, mr_xml_child(p->info, MR_NS_DS, "CanonicalizationMethod"))))
        return "the canonicalisation is not taken";
    if (!is_one_of(methods, algorithm_of(p, mr_xml_child(p->info, MR_NS_DS, "SignatureMethod"))))
        return "the signature algorithm is weak or not handled";
    for (const xmlNode *r = mr_xml_child(p->info, MR_NS_DS, "Reference"); r; r = mr_xml_next(r)) {
        const char *why = judge_reference(p, r);
        if (why) return why;
    }
    if (!p->has_list) return "it does not cover the list";
    return p->has_properties ? NULL : "it does not cover its own properties";
}

/* Find the parts; NULL or why they are not there. */
static const char *find_parts(struct parts *p)
{
    const xmlNode *object = NULL;
    size_t qualifying = 0;
    if (count_children(p->root, MR_NS_DS, "Signature") != 1) return "the list has more than one signature";
    p->signature = mr_xml_child(p->root, MR_NS_DS, "Signature");
    p->info = mr_xml_child(p->signature, MR_NS_DS, "SignedInfo");
    p->key_info = mr_xml_child(p->signature, MR_NS_DS, "KeyInfo");
    if (count_children(p->signature, MR_NS_DS, "SignedInfo") != 1 ||
        count_children(p->signature, MR_NS_DS, "KeyInfo") != 1)
        return "the signature is malformed";
    for (object = mr_xml_child(p->signature, MR_NS_DS, "Object"); object; object = mr_xml_next(object)) {
        const xmlNode *found = mr_xml_child(object, MR_NS_XADES, "QualifyingProperties");
        qualifying += count_children(object, MR_NS_XADES, "QualifyingProperties");
        if (found) p->qualifying = found;
    }
    if (qualifying != 1 || count_children(p->qualifying, MR_NS_XADES, "SignedProperties") != 1)
        return "it is no XAdES signature with one set of signed properties";
    p->properties = mr_xml_child(p->qualifying, MR_NS_XADES, "SignedProperties");
    if (!leads_to(p, mr_xml_attribute(p->a, p->qualifying, "Target"), p->signature))
        return "its properties are of another signature (wrapping)";
    return judge_references(p);
}

/* ---- who signed ---- */

static bool is_given(const uint8_t digest[32], const uint8_t (*signers)[32], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (memcmp(signers[i], digest, 32) == 0) return true;
    return false;
}

/* The first certificate in KeyInfo that is given, else the first of all. */
static void find_signer(const struct parts *p, const uint8_t (*signers)[32], size_t count, struct mr_xml_seal *ret)
{
    struct mr_err ignored;
    const xmlNode *data = mr_xml_child(p->key_info, MR_NS_DS, "X509Data");
    size_t looked = 0;
    ret->state = MR_XML_SEAL_STRANGER;
    for (; data; data = mr_xml_next(data)) {
        for (const xmlNode *c = mr_xml_child(data, MR_NS_DS, "X509Certificate"); c; c = mr_xml_next(c)) {
            uint8_t digest[32];
            mr_str der;
            if (looked++ == MR_LIMIT_CERTIFICATES) return;
            if (mr_xml_base64(p->a, c, &der, &ignored) != MR_OK) continue;
            mr_sha256(der, digest);
            bool given = is_given(digest, signers, count);
            if (ret->has_signer && !given) continue;
            ret->has_signer = true;
            ret->certificate = der;
            memcpy(ret->signer, digest, 32);
            if (!given) continue;
            ret->state = MR_XML_SEAL_GOOD; /* so far */
            return;
        }
    }
}

static int make_digest(mr_str algorithm, mr_str der, uint8_t out[64], size_t *ret_size, struct mr_err *err)
{
    static const mr_digest_kind kinds[] = {MR_SHA256, MR_SHA384, MR_SHA512};
    mr_digest digest;
    *ret_size = 0;
    if (mr_str_is(algorithm, "http://www.w3.org/2000/09/xmldsig#sha1")) {
        *ret_size = 20;
        return mr_certificate_sha1(der, out, err);
    }
    for (size_t i = 0; digests[i]; i++) {
        if (!mr_str_is(algorithm, digests[i])) continue;
        MR_TRY(mr_digest_make(kinds[i], &der, 1, &digest, err));
        memcpy(out, digest.bytes, digest.size);
        *ret_size = digest.size;
    }
    return MR_OK;
}

/* SigningCertificate or SigningCertificateV2 must name the certificate that is taken (EN 319 132-1 5.2.2). */
static int judge_named_certificate(const struct parts *p, struct mr_xml_seal *ret, struct mr_err *err)
{
    const xmlNode *props = mr_xml_child(p->properties, MR_NS_XADES, "SignedSignatureProperties"),
                  *old = mr_xml_child(props, MR_NS_XADES, "SigningCertificate"),
                  *named = old ? old : mr_xml_child(props, MR_NS_XADES, "SigningCertificateV2"),
                  *digest = mr_xml_find(named, MR_NS_XADES, "Cert/CertDigest");
    uint8_t made[64];
    size_t size = 0;
    mr_str value = MR_STR_EMPTY;
    struct mr_err ignored;
    ret->signing_time = mr_xml_text(p->a, mr_xml_child(props, MR_NS_XADES, "SigningTime"));
    ret->is_old_form = old != NULL;
    if (ret->state != MR_XML_SEAL_GOOD) return MR_OK;
    MR_TRY(make_digest(algorithm_of(p, mr_xml_child(digest, MR_NS_DS, "DigestMethod")), ret->certificate, made, &size,
                       err));
    bool same = size && mr_xml_base64(p->a, mr_xml_child(digest, MR_NS_DS, "DigestValue"), &value, &ignored) == MR_OK &&
                mr_str_eq(value, mr_str_make((const char *)made, size));
    if (same) return MR_OK;
    ret->state = MR_XML_SEAL_REFUSED;
    ret->why = "the signed properties name another certificate";
    return MR_OK;
}

/* ---- xmlsec ---- */

static bool allow(xmlSecDSigCtx *context)
{
    const xmlSecTransformId for_references[] = {
        xmlSecTransformEnvelopedId, xmlSecTransformXPathId,    xmlSecTransformXPath2Id,
        xmlSecTransformExclC14NId,  xmlSecTransformInclC14NId, xmlSecTransformInclC14N11Id,
        xmlSecTransformSha256Id,    xmlSecTransformSha384Id,   xmlSecTransformSha512Id};
    const xmlSecTransformId for_signature[] = {
        xmlSecTransformExclC14NId,    xmlSecTransformInclC14NId,    xmlSecTransformInclC14N11Id,
        xmlSecTransformRsaSha256Id,   xmlSecTransformRsaSha384Id,   xmlSecTransformRsaSha512Id,
        xmlSecTransformEcdsaSha256Id, xmlSecTransformEcdsaSha384Id, xmlSecTransformEcdsaSha512Id};
    for (size_t i = 0; i < sizeof for_references / sizeof *for_references; i++)
        if (xmlSecDSigCtxEnableReferenceTransform(context, for_references[i]) < 0) return false;
    for (size_t i = 0; i < sizeof for_signature / sizeof *for_signature; i++)
        if (xmlSecDSigCtxEnableSignatureTransform(context, for_signature[i]) < 0) return false;
    context->enabledReferenceUris = xmlSecTransformUriTypeEmpty | xmlSecTransformUriTypeSameDocument;
    return true;
}

static int verify_digests(const struct parts *p, struct mr_xml_seal *ret, struct mr_err *err)
{
    xmlSecDSigCtx *context = xmlSecDSigCtxCreate(NULL);
    bool made = context && allow(context), good = false;
    if (made)
        context->signKey =
            xmlSecCryptoAppKeyLoadMemory((const xmlSecByte *)ret->certificate.ptr, (xmlSecSize)ret->certificate.len,
                                         xmlSecKeyDataFormatCertDer, NULL, NULL, NULL);
    if (made && context->signKey)
        good = xmlSecDSigCtxVerify(context, (xmlNode *)(uintptr_t)p->signature) == 0 &&
               context->status == xmlSecDSigStatusSucceeded &&
               xmlSecPtrListGetSize(&context->signedInfoReferences) == 2u + p->has_key_info;
    bool no_key = made && !context->signKey;
    if (context) xmlSecDSigCtxDestroy(context);
    if (!made) return MR_FAIL(err, MR_E_NOMEM, "no memory to check a signature", MR_NOWHERE);
    if (good) return MR_OK;
    ret->state = no_key ? MR_XML_SEAL_REFUSED : MR_XML_SEAL_CHANGED;
    ret->why = no_key ? "the key of the signer's certificate cannot be used" : "the list was changed after signing";
    return MR_OK;
}

int mr_xml_seal_start(struct mr_err *err)
{
    xmlInitParser();
    xmlSecErrorsDefaultCallbackEnableOutput(0);
    if (xmlSecInit() < 0 || xmlSecCheckVersion() != 1 || xmlSecCryptoAppInit(NULL) < 0 || xmlSecCryptoInit() < 0)
        return MR_FAIL(err, MR_E_LIBRARY, "xmlsec cannot be used", MR_NOWHERE);
    return MR_OK;
}

int mr_xml_seal_verify(mr_arena *a, xmlDoc *doc, const uint8_t (*signers)[32], size_t signer_count,
                       struct mr_xml_seal *ret, struct mr_err *err)
{
    struct parts p = {.a = a, .doc = doc, .root = xmlDocGetRootElement(doc)};
    *ret = (struct mr_xml_seal){.state = MR_XML_SEAL_ABSENT, .why = "the list is not signed"};
    if (mr_xml_is(p.root, MR_NS_DS, "Signature")) {
        ret->state = MR_XML_SEAL_REFUSED;
        ret->why = "the signature is not inside what it signs (wrapping)";
        return MR_OK;
    }
    if (!mr_xml_child(p.root, MR_NS_DS, "Signature")) return MR_OK;
    ret->why = find_parts(&p);
    if (ret->why) {
        ret->state = MR_XML_SEAL_REFUSED;
        return MR_OK;
    }
    find_signer(&p, signers, signer_count, ret);
    if (ret->state == MR_XML_SEAL_STRANGER) ret->why = "none of the certificates given signed it";
    MR_TRY(judge_named_certificate(&p, ret, err));
    return ret->state == MR_XML_SEAL_GOOD ? verify_digests(&p, ret, err) : MR_OK;
}
