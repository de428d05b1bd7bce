/* Content models as rows of a table: which children in which order, which attributes, which kind of text.
 *
 * content   child elements in their order: "A" once, "A?" at most once, "A+" at least once, "A*" any number; "A|B" one of them, "A|B+" some of them;
 *           or one word for text: "#text" (not empty), "#uri", "#number", "#time", "#base64", "#any" (whatever is inside is not looked at)
 * attributes  "Name" allowed, "Name!" required
 *
 * An element has one model wherever it stands; the two families of lists share most. A child is in the list's own namespace, but for "ds:".
 * What may stand in Extension is open (xsd:any), and read elsewhere. */
#include "trusted_list/structure.h"

#include "base/time.h"

struct model {
    const char *name, *content, *attributes;
};
struct family {
    const char *ns;
    const struct model *models;
    size_t count;
};

#define LANG "xml:lang!"
/* What both families have alike. */
#define SHARED_MODELS                                                                                                  \
    {"Name", "#text", LANG}, {"URI", "#uri", "xml:lang"}, {"PostalAddresses", "PostalAddress+", ""},                   \
        {"PostalAddress", "StreetAddress Locality StateOrProvince? PostalCode? CountryName", LANG},                    \
        {"StreetAddress", "#text", ""}, {"Locality", "#text", ""}, {"StateOrProvince", "#text", ""},                   \
        {"PostalCode", "#text", ""}, {"CountryName", "#text", ""}, {"ElectronicAddress", "URI+", ""},                  \
        {"SchemeOperatorName", "Name+", ""}, {"SchemeOperatorAddress", "PostalAddresses ElectronicAddress", ""},       \
        {"SchemeName", "Name+", ""}, {"SchemeInformationURI", "URI+", ""},                                             \
        {"StatusDeterminationApproach", "#uri", ""}, {"SchemeTypeCommunityRules", "URI+", ""},                         \
        {"SchemeTerritory", "#text", ""}, {"HistoricalInformationPeriod", "#number", ""},                              \
        {"ListIssueDateTime", "#time", ""}, {"NextUpdate", "dateTime?", ""}, {"dateTime", "#time", ""},                \
        {"DistributionPoints", "URI+", ""}, {"SchemeExtensions", "Extension+", ""},                                    \
        {"Extension", "#any", "Critical!"}, {"ServiceDigitalIdentities", "ServiceDigitalIdentity+", ""},               \
        {"ServiceDigitalIdentity", "DigitalId*", ""}, {"X509Certificate", "#base64", ""},                              \
        {"X509SubjectName", "#text", ""}, {"X509SKI", "#base64", ""},                                                  \
        {"AdditionalInformation", "TextualInformation|OtherInformation+", ""}, {"TextualInformation", "#text", LANG},  \
        {"OtherInformation", "#any", ""}, {"ServiceTypeIdentifier", "#uri", ""}, {"ServiceName", "Name+", ""},         \
        {"ServiceStatus", "#uri", ""}, {"StatusStartingTime", "#time", ""},                                            \
        {"SchemeServiceDefinitionURI", "URI+", ""}, {"ServiceSupplyPoints", "ServiceSupplyPoint+", ""},                \
        {"ServiceSupplyPoint", "#uri", "type"}, {"ServiceInformationExtensions", "Extension+", ""},                    \
    {                                                                                                                  \
        "ServiceHistory", "ServiceHistoryInstance*", ""                                                                \
    }

static const struct model tsl_models[] = {
    {"TrustServiceStatusList", "SchemeInformation TrustServiceProviderList? ds:Signature?", "TSLTag! Id"},
    {"SchemeInformation",
     "TSLVersionIdentifier TSLSequenceNumber TSLType SchemeOperatorName SchemeOperatorAddress SchemeName "
     "SchemeInformationURI StatusDeterminationApproach SchemeTypeCommunityRules? SchemeTerritory? PolicyOrLegalNotice? "
     "HistoricalInformationPeriod PointersToOtherTSL? ListIssueDateTime NextUpdate DistributionPoints? "
     "SchemeExtensions?",
     ""},
    {"TSLVersionIdentifier", "#number", ""},
    {"TSLSequenceNumber", "#number", ""},
    {"TSLType", "#uri", ""},
    {"PolicyOrLegalNotice", "TSLPolicy|TSLLegalNotice+", ""},
    {"TSLPolicy", "#uri", LANG},
    {"TSLLegalNotice", "#text", LANG},
    {"PointersToOtherTSL", "OtherTSLPointer+", ""},
    {"OtherTSLPointer", "ServiceDigitalIdentities? TSLLocation AdditionalInformation?", ""},
    {"TSLLocation", "#uri", ""},
    {"DigitalId", "X509Certificate|X509SubjectName|ds:KeyValue|X509SKI|Other", ""},
    {"Other", "#any", ""},
    {"TrustServiceProviderList", "TrustServiceProvider+", ""},
    {"TrustServiceProvider", "TSPInformation TSPServices", ""},
    {"TSPInformation", "TSPName TSPTradeName? TSPAddress TSPInformationURI TSPInformationExtensions?", ""},
    {"TSPName", "Name+", ""},
    {"TSPTradeName", "Name+", ""},
    {"TSPAddress", "PostalAddresses ElectronicAddress", ""},
    {"TSPInformationURI", "URI+", ""},
    {"TSPInformationExtensions", "Extension+", ""},
    {"TSPServices", "TSPService+", ""},
    {"TSPService", "ServiceInformation ServiceHistory?", ""},
    {"ServiceInformation",
     "ServiceTypeIdentifier ServiceName ServiceDigitalIdentity? ServiceStatus StatusStartingTime "
     "SchemeServiceDefinitionURI? ServiceSupplyPoints? TSPServiceDefinitionURI? ServiceInformationExtensions?",
     ""},
    {"TSPServiceDefinitionURI", "URI+", ""},
    {"ServiceHistoryInstance",
     "ServiceTypeIdentifier ServiceName ServiceDigitalIdentity ServiceStatus StatusStartingTime "
     "ServiceInformationExtensions?",
     ""},
    SHARED_MODELS,
};
static const struct model lote_models[] = {
    {"ListOfTrustedEntities", "ListAndSchemeInformation TrustedEntitiesList? ds:Signature?", "LOTETag! Id"},
    {"ListAndSchemeInformation",
     "LoTEVersionIdentifier LoTESequenceNumber LoTEType SchemeOperatorName SchemeOperatorAddress SchemeName "
     "SchemeInformationURI StatusDeterminationApproach SchemeTypeCommunityRules? SchemeTerritory? PolicyOrLegalNotice? "
     "HistoricalInformationPeriod? PointersToOtherLoTE? ListIssueDateTime NextUpdate DistributionPoints? "
     "SchemeExtensions?",
     ""},
    {"LoTEVersionIdentifier", "#number", ""},
    {"LoTESequenceNumber", "#number", ""},
    {"LoTEType", "#uri", ""},
    {"PolicyOrLegalNotice", "LoTEPolicy|LoTELegalNotice+", ""},
    {"LoTEPolicy", "#uri", LANG},
    {"LoTELegalNotice", "#text", LANG},
    {"PointersToOtherLoTE", "OtherLoTEPointer+", ""},
    {"OtherLoTEPointer", "ServiceDigitalIdentities? LoTELocation AdditionalInformation?", ""},
    {"LoTELocation", "#uri", ""},
    {"DigitalId", "X509Certificate|X509SubjectName|ds:KeyValue|X509SKI|OtherId", ""},
    {"OtherId", "#any", ""},
    {"TrustedEntitiesList", "TrustedEntity+", ""},
    {"TrustedEntity", "TrustedEntityInformation TrustedEntityServices", ""},
    {"TrustedEntityInformation", "TEName TETradeName? TEAddress TEInformationURI TEInformationExtensions?", ""},
    {"TEName", "Name+", ""},
    {"TETradeName", "Name+", ""},
    {"TEAddress", "PostalAddresses ElectronicAddress", ""},
    {"TEInformationURI", "URI+", ""},
    {"TEInformationExtensions", "Extension+", ""},
    {"TrustedEntityServices", "TrustedEntityService+", ""},
    {"TrustedEntityService", "ServiceInformation ServiceHistory?", ""},
    {"ServiceInformation",
     "ServiceTypeIdentifier? ServiceName ServiceDigitalIdentity ServiceStatus? StatusStartingTime? "
     "SchemeServiceDefinitionURI? ServiceSupplyPoints? TEServiceDefinitionURI? ServiceInformationExtensions?",
     ""},
    {"TEServiceDefinitionURI", "URI+", ""},
    {"ServiceHistoryInstance",
     "ServiceTypeIdentifier? ServiceName ServiceDigitalIdentity ServiceStatus StatusStartingTime "
     "ServiceInformationExtensions?",
     ""},
    SHARED_MODELS,
};
static const struct family tsl = {MR_NS_TSL, tsl_models, sizeof tsl_models / sizeof *tsl_models},
                           lote = {MR_NS_LOTE, lote_models, sizeof lote_models / sizeof *lote_models};

struct checking {
    const struct family *family;
    int version;
    struct mr_xml_faults *faults;
};

void mr_xml_fault_add(struct mr_xml_faults *f, const xmlNode *at, const char *what, const char *name)
{
    if (f->count < MR_LIMIT_LIST_FAULTS)
        f->items[f->count] = (struct mr_xml_fault){xmlGetLineNo(at), (const char *)at->name, what, name ? name : ""};
    f->count++;
}

mr_xml_list_kind mr_xml_list_kind_of(const xmlNode *root)
{
    return mr_xml_is(root, MR_NS_TSL, "TrustServiceStatusList")   ? MR_XML_LIST_TSL
           : mr_xml_is(root, MR_NS_LOTE, "ListOfTrustedEntities") ? MR_XML_LIST_LOTE
                                                                  : MR_XML_LIST_UNKNOWN;
}

static const struct model *find_model(const struct family *f, const char *name)
{
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(f->models[i].name, name) == 0) return &f->models[i];
    return NULL;
}

/* ---- attributes and texts ---- */

static bool names_attribute(const char *list, const char *prefix, const xmlChar *name)
{
    mr_str rest = mr_str_of(list), one;
    while (mr_str_split(&rest, ' ', &one)) {
        if (one.len && one.ptr[one.len - 1] == '!') one.len--;
        mr_str wanted = mr_str_of((const char *)name);
        if (*prefix) {
            if (!mr_str_has_prefix(one, mr_str_of(prefix))) continue;
            one = mr_str_from(one, strlen(prefix));
        }
        if (mr_str_eq(one, wanted)) return true;
    }
    return false;
}

static bool has_required(const xmlNode *node, mr_str name)
{
    char text[32];
    bool is_xml = mr_str_has_prefix(name, MR_STR("xml:"));
    if (is_xml) name = mr_str_from(name, 4);
    if (name.len >= sizeof text) return true;
    memcpy(text, name.ptr, name.len);
    text[name.len] = '\0';
    return is_xml ? xmlHasNsProp(node, (const xmlChar *)text, XML_XML_NAMESPACE) != NULL
                  : xmlHasProp(node, (const xmlChar *)text) != NULL;
}

static void check_attributes(const struct checking *c, const xmlNode *node, const struct model *m)
{
    mr_str rest = mr_str_of(m->attributes), one;
    bool old_point = c->family == &tsl && c->version < 6 && strcmp(m->name, "ServiceSupplyPoint") == 0;
    for (const xmlAttr *at = node->properties; at; at = at->next) {
        const char *ns = at->ns ? (const char *)at->ns->href : "";
        if (strcmp(ns, "http://www.w3.org/2001/XMLSchema-instance") == 0) continue;
        bool is_xml = strcmp(ns, (const char *)XML_XML_NAMESPACE) == 0, foreign = *ns && !is_xml;
        if (foreign || old_point || !names_attribute(m->attributes, is_xml ? "xml:" : "", at->name))
            mr_xml_fault_add(c->faults, node, "an attribute is not allowed here", (const char *)at->name);
    }
    while (mr_str_split(&rest, ' ', &one)) {
        if (!one.len || one.ptr[one.len - 1] != '!') continue;
        one.len--;
        if (!has_required(node, one)) mr_xml_fault_add(c->faults, node, "an attribute is missing", m->attributes);
    }
}

static bool is_number(mr_str s)
{
    if (s.len && (s.ptr[0] == '-' || s.ptr[0] == '+')) s = mr_str_from(s, 1);
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < '0' || s.ptr[i] > '9') return false;
    return s.len > 0;
}

static bool is_base64(mr_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || strchr("+/= \t\r\n", c)))
            return false;
    }
    return s.len > 0;
}

static void check_text(const struct checking *c, const xmlNode *node, const char *kind)
{
    struct mr_err ignored;
    int64_t time;
    xmlChar *content = xmlNodeGetContent(node);
    mr_str raw = mr_str_of(content ? (const char *)content : ""), text = mr_str_trim(raw);
    if (mr_xml_first_element(node)) mr_xml_fault_add(c->faults, node, "an element stands where text belongs", NULL);
    if (raw.len == 0)
        mr_xml_fault_add(c->faults, node, "it is empty", NULL);
    else if (strcmp(kind, "#number") == 0 && !is_number(text))
        mr_xml_fault_add(c->faults, node, "it is no number", NULL);
    else if (strcmp(kind, "#time") == 0 && mr_time_parse(text, &time, &ignored) != MR_OK)
        mr_xml_fault_add(c->faults, node, "it is no date and time", NULL);
    else if (strcmp(kind, "#base64") == 0 && !is_base64(text))
        mr_xml_fault_add(c->faults, node, "it is no base64", NULL);
    xmlFree(content);
}

/* ---- elements ---- */

struct particle {
    mr_str names; /* with "|" between alternatives */
    bool optional, many;
};

static struct particle read_particle(mr_str token)
{
    struct particle p = {.names = token};
    char last = token.ptr[token.len - 1];
    p.optional = last == '?' || last == '*';
    p.many = last == '+' || last == '*';
    if (p.optional || p.many) p.names.len--;
    return p;
}

static bool fits(const struct family *f, const struct particle *p, const xmlNode *element)
{
    mr_str rest = p->names, one;
    const char *ns = element->ns ? (const char *)element->ns->href : "";
    while (mr_str_split(&rest, '|', &one)) {
        bool is_ds = mr_str_has_prefix(one, MR_STR("ds:"));
        if (is_ds) one = mr_str_from(one, 3);
        if (strcmp(ns, is_ds ? MR_NS_DS : f->ns) == 0 && mr_str_is(one, (const char *)element->name)) return true;
    }
    return false;
}

static bool has_stray_text(const xmlNode *node)
{
    for (const xmlNode *n = node->children; n; n = n->next) {
        if (n->type == XML_CDATA_SECTION_NODE) return true;
        if (n->type == XML_TEXT_NODE && !xmlIsBlankNode(n)) return true;
    }
    return false;
}

static void check_element(const struct checking *c, const xmlNode *node, int depth);

static void check_children(const struct checking *c, const xmlNode *node, const struct model *m, int depth)
{
    mr_str rest = mr_str_of(m->content), token;
    const xmlNode *child = mr_xml_first_element(node);
    if (has_stray_text(node)) mr_xml_fault_add(c->faults, node, "text stands between the elements", NULL);
    while (mr_str_split(&rest, ' ', &token)) {
        struct particle p = read_particle(token);
        size_t count = 0;
        for (; child && fits(c->family, &p, child) && (p.many || count == 0); child = mr_xml_next_element(child)) {
            count++;
            if (strcmp((const char *)child->name, "Signature") != 0) check_element(c, child, depth + 1);
        }
        if (count == 0 && !p.optional) mr_xml_fault_add(c->faults, node, "an element is missing", token.ptr);
    }
    if (child) mr_xml_fault_add(c->faults, child, "an element is not allowed here", NULL);
}

/* Depth is bounded by the table: no model leads to itself. */
static void check_element(const struct checking *c, const xmlNode *node, int depth)
{
    const struct model *m = find_model(c->family, (const char *)node->name);
    if (!m || depth > MR_LIMIT_LIST_FAULTS) return; /* ds:KeyValue */
    check_attributes(c, node, m);
    if (strcmp(m->content, "#any") == 0) return;
    if (m->content[0] == '#')
        check_text(c, node, m->content);
    else
        check_children(c, node, m, depth);
}

void mr_xml_structure_check(const xmlNode *root, int version, struct mr_xml_faults *ret)
{
    const struct checking c = {mr_xml_list_kind_of(root) == MR_XML_LIST_LOTE ? &lote : &tsl, version, ret};
    ret->count = 0;
    check_element(&c, root, 0);
}
