/* From the elements of a trusted list to plain JSON.
 *
 * Both families (TS 119 612 and TS 119 602) say the same things under other names; `struct names` holds those. What is kept is what a verifier asks:
 * parties, services, what identifies them, their status from when on, for which kinds of certificates, and the conditions under which a certificate counts as
 * qualified. Addresses, supply points and legal texts are not kept.
 *
 * A fault of structure does not stop the reading: what is there is told, and the faults beside it. A provider without a name is left out. */
#include "trusted_list/reader.h"

#include "base/encoding.h"
#include "json/write.h"
#include "trusted_list/seal.h"
#include "trusted_list/structure.h"

#define CRITERIA_DEPTH 8

struct names {
    const char *kind, *ns, *scheme, *version, *sequence, *type, *pointers, *pointer, *location, *parties, *party,
        *information, *name, *services, *service, *other_id;
};
static const struct names tsl_names = {"tsl",
                                       MR_NS_TSL,
                                       "SchemeInformation",
                                       "TSLVersionIdentifier",
                                       "TSLSequenceNumber",
                                       "TSLType",
                                       "PointersToOtherTSL",
                                       "OtherTSLPointer",
                                       "TSLLocation",
                                       "TrustServiceProviderList",
                                       "TrustServiceProvider",
                                       "TSPInformation",
                                       "TSPName",
                                       "TSPServices",
                                       "TSPService",
                                       "Other"};
static const struct names lote_names = {"lote",
                                        MR_NS_LOTE,
                                        "ListAndSchemeInformation",
                                        "LoTEVersionIdentifier",
                                        "LoTESequenceNumber",
                                        "LoTEType",
                                        "PointersToOtherLoTE",
                                        "OtherLoTEPointer",
                                        "LoTELocation",
                                        "TrustedEntitiesList",
                                        "TrustedEntity",
                                        "TrustedEntityInformation",
                                        "TEName",
                                        "TrustedEntityServices",
                                        "TrustedEntityService",
                                        "OtherId"};

struct reading {
    mr_arena *a;
    mr_json_writer w;
    const struct names *n;
};

/* ---- small parts ---- */

static void put_text(struct reading *r, const char *name, const xmlNode *node)
{
    mr_str text = mr_xml_text(r->a, node);
    if (text.len) mr_json_put_member(&r->w, name, text);
}

static void put_number(struct reading *r, const char *name, const xmlNode *node)
{
    uint64_t number;
    if (mr_str_to_u64(mr_xml_text(r->a, node), &number) && number <= INT32_MAX) {
        mr_json_put_number(&r->w, name, (int64_t)number);
    }
}

/* A name in several languages: the English one, else the first. */
static void put_name(struct reading *r, const char *name, const xmlNode *names)
{
    const xmlNode *first = mr_xml_child(names, r->n->ns, "Name"), *one = first;
    while (one && !mr_str_is(mr_xml_attribute(r->a, one, "xml:lang"), "en")) one = mr_xml_next(one);
    put_text(r, name, one ? one : first);
}

/* The texts of `element` children, as an array; left out when there are none. */
static void put_texts(struct reading *r, const char *name, const xmlNode *parent, const char *ns, const char *element)
{
    const xmlNode *one = mr_xml_child(parent, ns, element);
    if (!one) return;
    mr_json_put_name(&r->w, name);
    mr_json_begin_array(&r->w);
    for (; one; one = mr_xml_next(one)) mr_json_put_str(&r->w, mr_xml_text(r->a, one));
    mr_json_end_array(&r->w);
}

/* base64 texts without white space; what is no base64 is left out. */
static void put_base64(struct reading *r, const xmlNode *node)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_str octets;
    struct mr_err ignored;
    mr_buf_init(&text, MR_LIMIT_CERTIFICATE * 2);
    if (mr_xml_base64(r->a, node, &octets, &ignored) != MR_OK || octets.len == 0) return;
    mr_base64_put(&text, octets);
    if (!mr_buf_failed(&text)) mr_json_put_str(&r->w, mr_buf_str(&text));
}

/* One kind of identity out of one or several ServiceDigitalIdentity. */
static void put_identities(struct reading *r, const char *name, const xmlNode *identity, const char *kind, bool base64)
{
    mr_json_put_name(&r->w, name);
    mr_json_begin_array(&r->w);
    for (; identity; identity = mr_xml_next(identity)) {
        for (const xmlNode *id = mr_xml_child(identity, r->n->ns, "DigitalId"); id; id = mr_xml_next(id)) {
            const xmlNode *value = mr_xml_child(id, r->n->ns, kind);
            if (value && base64)
                put_base64(r, value);
            else if (value)
                mr_json_put_str(&r->w, mr_xml_text(r->a, value));
        }
    }
    mr_json_end_array(&r->w);
}

/* ---- qualifiers ---- */

static void begin(struct reading *r, const char *name)
{
    mr_json_put_name(&r->w, name);
    mr_json_begin_array(&r->w);
}

static void put_key_usages(struct reading *r, const xmlNode *criteria)
{
    begin(r, "key_usages");
    for (const xmlNode *u = mr_xml_child(criteria, MR_NS_QUALIFICATIONS, "KeyUsage"); u; u = mr_xml_next(u)) {
        mr_json_begin_object(&r->w);
        for (const xmlNode *b = mr_xml_child(u, MR_NS_QUALIFICATIONS, "KeyUsageBit"); b; b = mr_xml_next(b)) {
            mr_str value = mr_xml_text(r->a, b), bit = mr_xml_attribute(r->a, b, "name");
            mr_json_put_name_str(&r->w, bit);
            mr_json_put_bool(&r->w, mr_str_is(value, "true") || mr_str_is(value, "1"));
        }
        mr_json_end_object(&r->w);
    }
    mr_json_end_array(&r->w);
}

/* The object identifiers inside an element, "urn:oid:" taken off. */
static void put_oids(struct reading *r, const xmlNode *set)
{
    mr_json_begin_array(&r->w);
    for (const xmlNode *one = mr_xml_first_element(set); one; one = mr_xml_next_element(one)) {
        mr_str oid = mr_xml_text(r->a, mr_xml_child(one, MR_NS_XADES, "Identifier"));
        if (mr_str_has_prefix(oid, MR_STR("urn:oid:"))) oid = mr_str_from(oid, 8);
        mr_json_put_str(&r->w, oid);
    }
    mr_json_end_array(&r->w);
}

static void put_oid_sets(struct reading *r, const char *name, const xmlNode *parent, const char *ns,
                         const char *element)
{
    begin(r, name);
    for (const xmlNode *one = mr_xml_child(parent, ns, element); one; one = mr_xml_next(one)) put_oids(r, one);
    mr_json_end_array(&r->w);
}

/* Is there a condition that we do not know? Then it cannot be said whether all of them are met. */
static bool has_unknown_criteria(const xmlNode *other)
{
    for (const xmlNode *one = mr_xml_first_element(other); one; one = mr_xml_next_element(one))
        if (!mr_xml_is(one, MR_NS_TSL_MORE, "CertSubjectDNAttribute") &&
            !mr_xml_is(one, MR_NS_TSL_MORE, "ExtendedKeyUsage"))
            return true;
    return false;
}

static void put_criteria(struct reading *r, const xmlNode *criteria, int depth)
{
    const xmlNode *other = mr_xml_child(criteria, MR_NS_QUALIFICATIONS, "otherCriteriaList");
    mr_json_begin_object(&r->w);
    mr_json_put_member(&r->w, "assert", mr_xml_attribute(r->a, criteria, "assert"));
    put_key_usages(r, criteria);
    put_oid_sets(r, "policies", criteria, MR_NS_QUALIFICATIONS, "PolicySet");
    put_oid_sets(r, "purposes", other, MR_NS_TSL_MORE, "ExtendedKeyUsage");
    put_oid_sets(r, "subject", other, MR_NS_TSL_MORE, "CertSubjectDNAttribute");
    begin(r, "lists");
    for (const xmlNode *one = mr_xml_child(criteria, MR_NS_QUALIFICATIONS, "CriteriaList"); one; one = mr_xml_next(one))
        if (depth < CRITERIA_DEPTH) put_criteria(r, one, depth + 1);
    mr_json_end_array(&r->w);
    if (has_unknown_criteria(other) || depth == CRITERIA_DEPTH) {
        mr_json_put_flag(&r->w, "unknown", true);
    }
    mr_json_end_object(&r->w);
}

static void put_qualification(struct reading *r, const xmlNode *element)
{
    const xmlNode *uris = mr_xml_child(element, MR_NS_QUALIFICATIONS, "Qualifiers"),
                  *criteria = mr_xml_child(element, MR_NS_QUALIFICATIONS, "CriteriaList");
    mr_json_begin_object(&r->w);
    begin(r, "says");
    for (const xmlNode *q = mr_xml_child(uris, MR_NS_QUALIFICATIONS, "Qualifier"); q; q = mr_xml_next(q))
        mr_json_put_str(&r->w, mr_xml_attribute(r->a, q, "uri"));
    mr_json_end_array(&r->w);
    if (criteria) {
        mr_json_put_name(&r->w, "of");
        put_criteria(r, criteria, 0);
    }
    mr_json_end_object(&r->w);
}

/* ---- services ---- */

static void put_extensions(struct reading *r, const xmlNode *extensions)
{
    const xmlNode *e;
    begin(r, "for");
    for (e = mr_xml_child(extensions, r->n->ns, "Extension"); e; e = mr_xml_next(e)) {
        const xmlNode *info = mr_xml_child(e, r->n->ns, "AdditionalServiceInformation");
        for (; info; info = mr_xml_next(info))
            mr_json_put_str(&r->w, mr_xml_text(r->a, mr_xml_child(info, r->n->ns, "URI")));
    }
    mr_json_end_array(&r->w);
    begin(r, "qualifiers");
    for (e = mr_xml_child(extensions, r->n->ns, "Extension"); e; e = mr_xml_next(e)) {
        const xmlNode *all = mr_xml_child(e, MR_NS_QUALIFICATIONS, "Qualifications"),
                      *one = mr_xml_child(all, MR_NS_QUALIFICATIONS, "QualificationElement");
        for (; one; one = mr_xml_next(one)) put_qualification(r, one);
    }
    mr_json_end_array(&r->w);
}

static void put_state(struct reading *r, const xmlNode *information)
{
    mr_json_begin_object(&r->w);
    put_text(r, "type", mr_xml_child(information, r->n->ns, "ServiceTypeIdentifier"));
    put_text(r, "status", mr_xml_child(information, r->n->ns, "ServiceStatus"));
    put_text(r, "since", mr_xml_child(information, r->n->ns, "StatusStartingTime"));
    put_extensions(r, mr_xml_child(information, r->n->ns, "ServiceInformationExtensions"));
    mr_json_end_object(&r->w);
}

static void put_service(struct reading *r, const xmlNode *party_name, const xmlNode *service)
{
    const xmlNode *information = mr_xml_child(service, r->n->ns, "ServiceInformation"),
                  *identity = mr_xml_child(information, r->n->ns, "ServiceDigitalIdentity"),
                  *past = mr_xml_find(service, r->n->ns, "ServiceHistory/ServiceHistoryInstance");
    mr_json_begin_object(&r->w);
    put_name(r, "party", party_name);
    put_name(r, "name", mr_xml_child(information, r->n->ns, "ServiceName"));
    put_identities(r, "certificates", identity, "X509Certificate", true);
    put_identities(r, "skis", identity, "X509SKI", true);
    put_identities(r, "ids", identity, r->n->other_id, false);
    begin(r, "states");
    put_state(r, information);
    for (; past; past = mr_xml_next(past)) put_state(r, past);
    mr_json_end_array(&r->w);
    mr_json_end_object(&r->w);
}

static int64_t put_services(struct reading *r, const xmlNode *root)
{
    const xmlNode *party = mr_xml_child(mr_xml_child(root, r->n->ns, r->n->parties), r->n->ns, r->n->party);
    int64_t parties = 0;
    begin(r, "services");
    for (; party; party = mr_xml_next(party)) {
        const xmlNode *name = mr_xml_child(mr_xml_child(party, r->n->ns, r->n->information), r->n->ns, r->n->name),
                      *service = mr_xml_child(mr_xml_child(party, r->n->ns, r->n->services), r->n->ns, r->n->service);
        if (!name) continue;
        parties++;
        for (; service; service = mr_xml_next(service))
            if (mr_xml_child(service, r->n->ns, "ServiceInformation")) put_service(r, name, service);
    }
    mr_json_end_array(&r->w);
    return parties;
}

/* ---- the list ---- */

/* What AdditionalInformation says of a pointer: each in an OtherInformation of its own. */
static const xmlNode *find_told(const struct reading *r, const xmlNode *pointer, const char *name)
{
    const xmlNode *other = mr_xml_find(pointer, r->n->ns, "AdditionalInformation/OtherInformation");
    for (; other; other = mr_xml_next(other)) {
        const xmlNode *found = mr_xml_child(other, NULL, name);
        if (found) return found;
    }
    return NULL;
}

static void put_pointers(struct reading *r, const xmlNode *scheme)
{
    const xmlNode *pointer = mr_xml_child(mr_xml_child(scheme, r->n->ns, r->n->pointers), r->n->ns, r->n->pointer);
    begin(r, "pointers");
    for (; pointer; pointer = mr_xml_next(pointer)) {
        mr_json_begin_object(&r->w);
        put_text(r, "location", mr_xml_child(pointer, r->n->ns, r->n->location));
        put_text(r, "territory", find_told(r, pointer, "SchemeTerritory"));
        put_text(r, "type", find_told(r, pointer, r->n->type));
        put_text(r, "mime", find_told(r, pointer, "MimeType"));
        put_name(r, "operator", find_told(r, pointer, "SchemeOperatorName"));
        put_identities(r, "certificates",
                       mr_xml_find(pointer, r->n->ns, "ServiceDigitalIdentities/ServiceDigitalIdentity"),
                       "X509Certificate", true);
        mr_json_end_object(&r->w);
    }
    mr_json_end_array(&r->w);
}

static void put_list(struct reading *r, const xmlNode *root)
{
    const xmlNode *scheme = mr_xml_child(root, r->n->ns, r->n->scheme);
    mr_json_put_name(&r->w, "list");
    mr_json_begin_object(&r->w);
    mr_json_put_member_c(&r->w, "kind", r->n->kind);
    put_number(r, "version", mr_xml_child(scheme, r->n->ns, r->n->version));
    put_number(r, "sequence", mr_xml_child(scheme, r->n->ns, r->n->sequence));
    put_text(r, "type", mr_xml_child(scheme, r->n->ns, r->n->type));
    put_text(r, "territory", mr_xml_child(scheme, r->n->ns, "SchemeTerritory"));
    put_name(r, "operator", mr_xml_child(scheme, r->n->ns, "SchemeOperatorName"));
    put_name(r, "name", mr_xml_child(scheme, r->n->ns, "SchemeName"));
    put_text(r, "issued", mr_xml_child(scheme, r->n->ns, "ListIssueDateTime"));
    put_text(r, "next_update", mr_xml_find(scheme, r->n->ns, "NextUpdate/dateTime"));
    put_texts(r, "information", mr_xml_child(scheme, r->n->ns, "SchemeInformationURI"), r->n->ns, "URI");
    put_pointers(r, scheme);
    int64_t parties = put_services(r, root);
    mr_json_put_number(&r->w, "parties", parties);
    mr_json_end_object(&r->w);
}

static void put_seal(struct reading *r, const struct mr_xml_seal *seal)
{
    MR_CLEANUP(mr_buf_done) mr_buf hex;
    mr_buf_init(&hex, 128);
    mr_json_put_name(&r->w, "signature");
    mr_json_begin_object(&r->w);
    mr_json_put_member_c(&r->w, "state", mr_xml_seal_state_name(seal->state));
    if (seal->why) mr_json_put_member_c(&r->w, "why", seal->why);
    if (seal->has_signer) {
        mr_hex_put(&hex, mr_str_make((const char *)seal->signer, 32));
        mr_json_put_member(&r->w, "signer", mr_buf_str(&hex));
    }
    if (seal->signing_time.len) mr_json_put_member(&r->w, "time", seal->signing_time);
    mr_json_end_object(&r->w);
}

static void put_faults(struct reading *r, const struct mr_xml_faults *f)
{
    begin(r, "faults");
    for (size_t i = 0; i < f->count && i < MR_LIMIT_LIST_FAULTS; i++) {
        mr_json_begin_object(&r->w);
        mr_json_put_number(&r->w, "line", f->items[i].line);
        mr_json_put_member_c(&r->w, "element", f->items[i].element);
        mr_json_put_member_c(&r->w, "what", f->items[i].what);
        mr_str name = mr_str_of(f->items[i].name), first;
        if (mr_str_split(&name, ' ', &first) && first.len) mr_json_put_member(&r->w, "name", first);
        mr_json_end_object(&r->w);
    }
    mr_json_end_array(&r->w);
    mr_json_put_number(&r->w, "fault_count", (int64_t)f->count);
}

/* Version 5 names the signer by SigningCertificate, version 6 by SigningCertificateV2 (TS 119 612 B.6). */
static void judge_version(const struct reading *r, const xmlNode *root, int version, const struct mr_xml_seal *seal,
                          struct mr_xml_faults *f)
{
    bool signed_so = seal->state != MR_XML_SEAL_ABSENT && seal->state != MR_XML_SEAL_REFUSED;
    if (r->n != &tsl_names) return;
    if (version != 5 && version != 6)
        mr_xml_fault_add(f, root, "the version is not one that is known", "TSLVersionIdentifier");
    else if (signed_so && seal->is_old_form != (version == 5))
        mr_xml_fault_add(f, root, "the signature names its certificate in the form of another version",
                         seal->is_old_form ? "SigningCertificate" : "SigningCertificateV2");
}

static void put_all(struct reading *r, const xmlNode *root, const struct mr_xml_seal *seal)
{
    struct mr_xml_faults faults = {.count = 0};
    mr_xml_list_kind kind = mr_xml_list_kind_of(root);
    uint64_t version = 0;
    r->n = kind == MR_XML_LIST_LOTE ? &lote_names : &tsl_names;
    mr_json_begin_object(&r->w);
    put_seal(r, seal);
    if (kind == MR_XML_LIST_UNKNOWN)
        mr_xml_fault_add(&faults, root, "it is no trusted list", NULL);
    else {
        const xmlNode *scheme = mr_xml_child(root, r->n->ns, r->n->scheme);
        (void)!mr_str_to_u64(mr_xml_text(r->a, mr_xml_child(scheme, r->n->ns, r->n->version)), &version);
        mr_xml_structure_check(root, (int)(version & 0xff), &faults);
        judge_version(r, root, (int)(version & 0xff), seal, &faults);
    }
    put_faults(r, &faults);
    if (kind != MR_XML_LIST_UNKNOWN) put_list(r, root);
    mr_json_end_object(&r->w);
}

int mr_trusted_list_read(mr_arena *a, mr_str xml, const uint8_t (*signers)[32], size_t signer_count, mr_buf *out,
                         struct mr_err *err)
{
    MR_CLEANUP(mr_xml_freep) xmlDoc *doc = NULL;
    struct reading r = {.a = a};
    struct mr_xml_seal seal;
    size_t before = out->len;
    MR_TRY(mr_xml_read(xml, &doc, err));
    MR_TRY(mr_xml_seal_verify(a, doc, signers, signer_count, &seal, err));
    mr_json_writer_init(&r.w, out, 0);
    put_all(&r, xmlDocGetRootElement(doc), &seal);
    if (!mr_buf_failed(out)) return MR_OK;
    out->len = before;
    return MR_FAIL(err, MR_E_LIMIT, "the list is larger than can be handled", MR_NOWHERE);
}
