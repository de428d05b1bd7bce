/* Lists of trusted entities in JSON.
 *
 * The schema is a table: for each kind of object its members, what each holds and whether it must be there ("!"). "[X]" is an array of X, not empty; "X[]" may
 * hold anything. Faults are told with the JSON Pointer of their object, and do not stop the reading, as with lists in XML.
 *
 * The seal is a JWS whose x5c begins with the signer's certificate; JAdES (TS 119 182-1), as the profiles of these lists ask for, is read by the
 * reader of JAdES, whose protected headers are more than plain JWS allows. Whom to trust is decided by the digests that were handed in. */
#include "credential/lote.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "base/time.h"
#include "json/write.h"
#include "proof/jades.h"
#include "proof/jose.h"

/* ---- structure ---- */

struct rule {
    const char *object, *member, *holds;
};
static const struct rule rules[] = {
    {"", "LoTE", "LoTE!"},
    {"LoTE", "ListAndSchemeInformation", "Scheme!"},
    {"LoTE", "TrustedEntitiesList", "[Entity]"},
    {"Scheme", "LoTEVersionIdentifier", "int!"},
    {"Scheme", "LoTESequenceNumber", "int!"},
    {"Scheme", "LoTEType", "text"},
    {"Scheme", "SchemeOperatorName", "[Name]!"},
    {"Scheme", "SchemeOperatorAddress", "SchemeAddress"},
    {"Scheme", "SchemeName", "[Name]"},
    {"Scheme", "SchemeInformationURI", "[URI]"},
    {"Scheme", "StatusDeterminationApproach", "text"},
    {"Scheme", "SchemeTypeCommunityRules", "[URI]"},
    {"Scheme", "SchemeTerritory", "territory"},
    {"Scheme", "PolicyOrLegalNotice", "any[]"},
    {"Scheme", "HistoricalInformationPeriod", "int"},
    {"Scheme", "PointersToOtherLoTE", "[Pointer]"},
    {"Scheme", "ListIssueDateTime", "time!"},
    {"Scheme", "NextUpdate", "time!"},
    {"Scheme", "DistributionPoints", "[text]"},
    {"Scheme", "SchemeExtensions", "any[]"},
    {"Name", "lang", "text!"},
    {"Name", "value", "text!"},
    {"URI", "lang", "text!"},
    {"URI", "uriValue", "text!"},
    {"SchemeAddress", "SchemeOperatorPostalAddress", "[Postal]!"},
    {"SchemeAddress", "SchemeOperatorElectronicAddress", "[URI]!"},
    {"Postal", "lang", "text!"},
    {"Postal", "StreetAddress", "text!"},
    {"Postal", "Locality", "text"},
    {"Postal", "StateOrProvince", "text"},
    {"Postal", "PostalCode", "text"},
    {"Postal", "Country", "text!"},
    {"Pointer", "LoTELocation", "text!"},
    {"Pointer", "ServiceDigitalIdentities", "[Identity]!"},
    {"Pointer", "LoTEQualifiers", "[Qualifier]!"},
    {"Qualifier", "LoTEType", "text!"},
    {"Qualifier", "SchemeOperatorName", "[Name]!"},
    {"Qualifier", "SchemeTypeCommunityRules", "[URI]"},
    {"Qualifier", "SchemeTerritory", "territory"},
    {"Qualifier", "MimeType", "text!"},
    {"Identity", "X509Certificates", "[Certificate]"},
    {"Identity", "X509SubjectNames", "[text]"},
    {"Identity", "PublicKeyValues", "any[]"},
    {"Identity", "X509SKIs", "[text]"},
    {"Identity", "OtherIds", "[text]"},
    {"Identity", "*", ""}, /* the schema leaves this object open */
    {"Certificate", "encoding", "text"},
    {"Certificate", "specRef", "text"},
    {"Certificate", "val", "text!"},
    {"Entity", "TrustedEntityInformation", "EntityInformation!"},
    {"Entity", "TrustedEntityServices", "[Service]!"},
    {"EntityInformation", "TEName", "[Name]!"},
    {"EntityInformation", "TETradeName", "[Name]"},
    {"EntityInformation", "TEAddress", "EntityAddress!"},
    {"EntityInformation", "TEInformationURI", "[URI]!"},
    {"EntityInformation", "TEInformationExtensions", "any[]"},
    {"EntityAddress", "TEPostalAddress", "[Postal]!"},
    {"EntityAddress", "TEElectronicAddress", "[URI]!"},
    {"Service", "ServiceInformation", "Information!"},
    {"Service", "ServiceHistory", "[Past]"},
    {"Information", "ServiceName", "[Name]!"},
    {"Information", "ServiceDigitalIdentity", "Identity!"},
    {"Information", "ServiceTypeIdentifier", "text"},
    {"Information", "ServiceStatus", "text"},
    {"Information", "StatusStartingTime", "time"},
    {"Information", "SchemeServiceDefinitionURI", "[URI]"},
    {"Information", "ServiceSupplyPoints", "[Supply]"},
    {"Information", "ServiceDefinitionURI", "[URI]"},
    {"Information", "ServiceInformationExtensions", "any[]"},
    {"Supply", "ServiceType", "text"},
    {"Supply", "uriValue", "text!"},
    {"Past", "ServiceName", "[Name]!"},
    {"Past", "ServiceDigitalIdentity", "Identity!"},
    {"Past", "ServiceStatus", "text!"},
    {"Past", "StatusStartingTime", "time!"},
    {"Past", "ServiceTypeIdentifier", "text"},
    {"Past", "ServiceInformationExtensions", "any[]"},
};
enum { RULE_COUNT = sizeof rules / sizeof *rules };

struct faults {
    const mr_json *root;
    mr_json_writer *w;
    int64_t count;
};

static void add_fault(struct faults *f, const mr_json *at, const char *what, mr_str name)
{
    char pointer[160];
    if (f->count++ >= MR_LIMIT_LIST_FAULTS) return;
    mr_json_pointer(f->root, at, pointer, sizeof pointer);
    mr_json_begin_object(f->w);
    mr_json_put_member_c(f->w, "element", *pointer ? pointer : "/");
    mr_json_put_member_c(f->w, "what", what);
    if (name.len) mr_json_put_member(f->w, "name", name);
    mr_json_end_object(f->w);
}

static void check_object(struct faults *f, const mr_json *object, mr_str kind, int depth);

/* One value that should hold `holds`, "!" and brackets taken off. */
static void check_value(struct faults *f, const mr_json *value, mr_str holds, int depth)
{
    int64_t number, time;
    struct mr_err ignored;
    if (mr_str_is(holds, "int")) {
        if (!mr_json_is(value, MR_JSON_NUMBER) || !mr_json_to_int64(value, &number))
            add_fault(f, value, "it is no whole number", MR_STR_EMPTY);
    } else if (mr_str_is(holds, "text") || mr_str_is(holds, "time") || mr_str_is(holds, "territory")) {
        mr_str text = mr_json_str(value);
        bool bad_time = mr_str_is(holds, "time") && mr_time_parse(text, &time, &ignored) != MR_OK;
        if (!mr_json_is(value, MR_JSON_STRING) || bad_time || (mr_str_is(holds, "territory") && text.len != 2))
            add_fault(f, value, "it is not of its form", holds);
    } else
        check_object(f, value, holds, depth + 1);
}

static void check_member(struct faults *f, const mr_json *value, const char *rule, int depth)
{
    mr_str holds = mr_str_of(rule);
    if (mr_str_has_suffix(holds, MR_STR("!"))) holds.len--;
    bool any = mr_str_has_suffix(holds, MR_STR("[]"));
    if (!any && holds.ptr[0] != '[') {
        check_value(f, value, holds, depth);
        return;
    }
    if (!mr_json_is(value, MR_JSON_ARRAY) || mr_json_count(value) == 0) {
        add_fault(f, value, "it is no list with something in it", MR_STR_EMPTY);
        return;
    }
    holds = mr_str_make(holds.ptr + 1, holds.len - 2);
    if (any) return;
    MR_JSON_EACH (item, value) check_value(f, item, holds, depth);
}

static const struct rule *find_rule(mr_str kind, mr_str member)
{
    for (size_t i = 0; i < RULE_COUNT; i++)
        if (mr_str_is(kind, rules[i].object) && mr_str_is(member, rules[i].member)) return &rules[i];
    return NULL;
}

/* Depth is bounded by the table: no kind leads to itself. */
static void check_object(struct faults *f, const mr_json *object, mr_str kind, int depth)
{
    if (!mr_json_is(object, MR_JSON_OBJECT)) {
        add_fault(f, object, "it is no object", MR_STR_EMPTY);
        return;
    }
    for (size_t i = 0; i < RULE_COUNT; i++) {
        const struct rule *r = &rules[i];
        if (!mr_str_is(kind, r->object)) continue;
        const mr_json *value = mr_json_get(object, r->member);
        if (value)
            check_member(f, value, r->holds, depth);
        else if (mr_str_has_suffix(mr_str_of(r->holds), MR_STR("!")))
            add_fault(f, object, "a member is missing", mr_str_of(r->member));
    }
    if (find_rule(kind, MR_STR("*"))) return;
    MR_JSON_EACH_MEMBER (name, object)
        if (!find_rule(kind, mr_json_text(name)))
            add_fault(f, object, "a member is not allowed here", mr_json_text(name));
}

/* ---- what is kept ---- */

/* A name in several languages: the English one, else the first. */
static mr_str pick_name(const mr_json *names)
{
    MR_JSON_EACH (one, names)
        if (mr_str_is(mr_json_get_str(one, "lang"), "en")) return mr_json_get_str(one, "value");
    return mr_json_get_str(mr_json_at(names, 0), "value");
}

static void put_texts(mr_json_writer *w, const char *name, const mr_json *list, const char *member)
{
    mr_json_put_name(w, name);
    mr_json_begin_array(w);
    MR_JSON_EACH (one, list) {
        mr_str text = member ? mr_json_get_str(one, member) : mr_json_str(one);
        if (text.len) mr_json_put_str(w, text);
    }
    mr_json_end_array(w);
}

static void put_state(mr_json_writer *w, const mr_json *information)
{
    mr_json_begin_object(w);
    mr_json_put_member_if(w, "type", mr_json_get_str(information, "ServiceTypeIdentifier"));
    mr_json_put_member_if(w, "status", mr_json_get_str(information, "ServiceStatus"));
    mr_json_put_member_if(w, "since", mr_json_get_str(information, "StatusStartingTime"));
    mr_json_end_object(w);
}

static void put_service(mr_json_writer *w, const mr_json *entity, const mr_json *service)
{
    const mr_json *information = mr_json_get(service, "ServiceInformation"),
                  *identity = mr_json_get(information, "ServiceDigitalIdentity");
    mr_json_begin_object(w);
    mr_json_put_member_if(w, "party",
                          pick_name(mr_json_get(mr_json_get(entity, "TrustedEntityInformation"), "TEName")));
    mr_json_put_member_if(w, "name", pick_name(mr_json_get(information, "ServiceName")));
    put_texts(w, "certificates", mr_json_get(identity, "X509Certificates"), "val");
    put_texts(w, "skis", mr_json_get(identity, "X509SKIs"), NULL);
    put_texts(w, "ids", mr_json_get(identity, "OtherIds"), NULL);
    mr_json_put_name(w, "states");
    mr_json_begin_array(w);
    put_state(w, information);
    MR_JSON_EACH (past, mr_json_get(service, "ServiceHistory")) put_state(w, past);
    mr_json_end_array(w);
    mr_json_end_object(w);
}

static void put_pointer(mr_json_writer *w, const mr_json *pointer)
{
    const mr_json *told = mr_json_at(mr_json_get(pointer, "LoTEQualifiers"), 0);
    mr_json_begin_object(w);
    mr_json_put_member_if(w, "location", mr_json_get_str(pointer, "LoTELocation"));
    mr_json_put_member_if(w, "territory", mr_json_get_str(told, "SchemeTerritory"));
    mr_json_put_member_if(w, "type", mr_json_get_str(told, "LoTEType"));
    mr_json_put_member_if(w, "mime", mr_json_get_str(told, "MimeType"));
    mr_json_put_member_if(w, "operator", pick_name(mr_json_get(told, "SchemeOperatorName")));
    mr_json_put_name(w, "certificates");
    mr_json_begin_array(w);
    MR_JSON_EACH (identity, mr_json_get(pointer, "ServiceDigitalIdentities"))
        MR_JSON_EACH (certificate, mr_json_get(identity, "X509Certificates"))
            mr_json_put_str(w, mr_json_get_str(certificate, "val"));
    mr_json_end_array(w);
    mr_json_end_object(w);
}

static void put_number(mr_json_writer *w, const char *name, const mr_json *number)
{
    int64_t value;
    if (!mr_json_is(number, MR_JSON_NUMBER) || !mr_json_to_int64(number, &value)) return;
    mr_json_put_number(w, name, value);
}

static void put_list(mr_json_writer *w, const mr_json *lote)
{
    const mr_json *scheme = mr_json_get(lote, "ListAndSchemeInformation");
    int64_t parties = 0;
    mr_json_put_name(w, "list");
    mr_json_begin_object(w);
    mr_json_put_member_c(w, "kind", "lote");
    put_number(w, "version", mr_json_get(scheme, "LoTEVersionIdentifier"));
    put_number(w, "sequence", mr_json_get(scheme, "LoTESequenceNumber"));
    mr_json_put_member_if(w, "type", mr_json_get_str(scheme, "LoTEType"));
    mr_json_put_member_if(w, "territory", mr_json_get_str(scheme, "SchemeTerritory"));
    mr_json_put_member_if(w, "operator", pick_name(mr_json_get(scheme, "SchemeOperatorName")));
    mr_json_put_member_if(w, "name", pick_name(mr_json_get(scheme, "SchemeName")));
    mr_json_put_member_if(w, "issued", mr_json_get_str(scheme, "ListIssueDateTime"));
    mr_json_put_member_if(w, "next_update", mr_json_get_str(scheme, "NextUpdate"));
    mr_json_put_name(w, "pointers");
    mr_json_begin_array(w);
    MR_JSON_EACH (pointer, mr_json_get(scheme, "PointersToOtherLoTE")) put_pointer(w, pointer);
    mr_json_end_array(w);
    mr_json_put_name(w, "services");
    mr_json_begin_array(w);
    MR_JSON_EACH (entity, mr_json_get(lote, "TrustedEntitiesList")) {
        parties++;
        MR_JSON_EACH (service, mr_json_get(entity, "TrustedEntityServices")) put_service(w, entity, service);
    }
    mr_json_end_array(w);
    mr_json_put_number(w, "parties", parties);
    mr_json_end_object(w);
}

/* ---- the seal ---- */

struct seal {
    const char *state, *why; /* names as in trusted_list/seal.h */
    bool has_signer;
    uint8_t signer[32];
    mr_str payload;
};

static bool is_given(const uint8_t digest[32], const uint8_t (*signers)[32], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (memcmp(signers[i], digest, 32) == 0) return true;
    return false;
}

static void judge_signer(struct seal *s, const mr_certificate *certificate, bool good, const uint8_t (*signers)[32],
                         size_t count)
{
    s->has_signer = certificate != NULL;
    if (certificate) memcpy(s->signer, mr_certificate_sha256(certificate), 32);
    bool given = certificate && is_given(s->signer, signers, count);
    s->state = !given ? "stranger" : good ? "good" : "changed";
    s->why = !given ? "none of the certificates given signed it" : good ? NULL : "the list was changed after signing";
}

static int open_jws(mr_arena *a, mr_str text, const uint8_t (*signers)[32], size_t count, struct seal *s,
                    struct mr_err *err)
{
    mr_jws j;
    struct mr_err ignored = {0};
    MR_TRY(mr_jws_read(a, text, &j, err));
    bool good = j.certificate_count && mr_jws_verify(&j, mr_certificate_key(j.certificates[0]), &ignored) == MR_OK;
    judge_signer(s, j.certificate_count ? j.certificates[0] : NULL, good, signers, count);
    s->payload = j.payload;
    mr_jws_done(&j);
    return MR_OK;
}

/* The payload of a JWS that is no good is read all the same: only to tell what the list is. */
static int open_jades(mr_arena *a, mr_str text, const uint8_t (*signers)[32], size_t count, int64_t now, struct seal *s,
                      struct mr_err *err)
{
    mr_jades j = {0};
    mr_str rest = text, part;
    MR_TRY(mr_jades_verify(a, text, NULL, NULL, 0, now, &j, err));
    judge_signer(s, j.certificate, j.signature.state == MR_PASSED, signers, count);
    s->payload = j.signature.state == MR_PASSED ? mr_arena_dup(a, j.payload) : MR_STR_EMPTY;
    mr_jades_done(&j);
    if (s->payload.len) return MR_OK;
    if (!mr_str_split(&rest, '.', &part) || !mr_str_split(&rest, '.', &part))
        return MR_FAIL(err, MR_E_FORMAT, "no list of trusted entities", MR_NOWHERE);
    return mr_base64url_read(a, part, &s->payload, err);
}

static int open_seal(mr_arena *a, mr_str text, const uint8_t (*signers)[32], size_t count, int64_t now, struct seal *s,
                     struct mr_err *err)
{
    struct mr_err ignored = {0};
    *s = (struct seal){.state = "absent", .why = "the list is not signed", .payload = text};
    if (text.len && text.ptr[0] == '{') return MR_OK;
    if (open_jws(a, text, signers, count, s, &ignored) == MR_OK) return MR_OK;
    return open_jades(a, text, signers, count, now, s, err);
}

static void put_seal(mr_json_writer *w, const struct seal *s)
{
    MR_CLEANUP(mr_buf_done) mr_buf hex;
    mr_buf_init(&hex, 128);
    mr_json_put_name(w, "signature");
    mr_json_begin_object(w);
    mr_json_put_member_c(w, "state", s->state);
    if (s->why) mr_json_put_member_c(w, "why", s->why);
    if (s->has_signer) {
        mr_hex_put(&hex, mr_str_make((const char *)s->signer, 32));
        mr_json_put_member(w, "signer", mr_buf_str(&hex));
    }
    mr_json_end_object(w);
}

bool mr_lote_is(mr_str text)
{
    text = mr_str_trim(text);
    if (text.len == 0) return false;
    return text.ptr[0] == '{' || mr_str_has_prefix(text, MR_STR("eyJ"));
}

int mr_lote_read(mr_arena *a, mr_str text, const uint8_t (*signers)[32], size_t signer_count, int64_t now, mr_buf *out,
                 struct mr_err *err)
{
    struct seal seal;
    const mr_json *root;
    mr_json_writer w;
    size_t before = out->len;
    text = mr_str_trim(text);
    if (text.len > MR_LIMIT_TRUSTED_LIST)
        return MR_FAIL(err, MR_E_LIMIT, "larger than a trusted list may be", MR_LIMIT_TRUSTED_LIST);
    MR_TRY(open_seal(a, text, signers, signer_count, now, &seal, err));
    MR_TRY(mr_json_parse(a, seal.payload, NULL, &root, err));
    mr_json_writer_init(&w, out, 0);
    mr_json_begin_object(&w);
    put_seal(&w, &seal);
    struct faults f = {.root = root, .w = &w};
    mr_json_put_name(&w, "faults");
    mr_json_begin_array(&w);
    check_object(&f, root, MR_STR(""), 0);
    mr_json_end_array(&w);
    mr_json_put_number(&w, "fault_count", f.count);
    if (mr_json_is(mr_json_get(root, "LoTE"), MR_JSON_OBJECT)) put_list(&w, mr_json_get(root, "LoTE"));
    mr_json_end_object(&w);
    if (!mr_buf_failed(out)) return MR_OK;
    out->len = before;
    return MR_FAIL(err, MR_E_LIMIT, "the list is larger than can be handled", MR_NOWHERE);
}
