/* The rules of Open Badges 2.0, as a table of members, and small questions about its values.
 *
 * Objects lie in objects (an assertion holds a badge class, which holds a profile, which holds a key), and the table leads from class to class without
 * a way back, so that following it ends; DEPTH is a belt beside these braces. JSON-LD lets every member be one thing or a list: a list of more
 * than one is refused where only one makes sense.
 *
 * What 1EdTech's validator refuses is refused. Two things that its specification demands and its validator lets pass (a badge class without picture, an
 * issuer without e-mail address) are remarks. */
#include "credential/assertion.h"

#include "base/encoding.h"
#include "credential/each.h"
#include "crypto/digest.h"

#define DEPTH 8

enum kind { TEXT, DATE, IRI, WEB, PICTURE, STORED_PICTURE, FLAG, LINK, OBJECT };
enum need { MAY, EXPECTED, NEEDED };
enum { ONE = false, MANY = true };

static const struct rule {
    mr_assertion_class of;
    const char *member;
    enum kind kind;
    enum need need;
    bool many;
    mr_assertion_class inner; /* of LINK and OBJECT */
} rules[] = {
    {MR_OB_ASSERTION, "id", IRI, MAY, ONE,
     0}, /* a hosted one without it has nowhere to ask: verify_assertion.c tells */
    {MR_OB_ASSERTION, "recipient", OBJECT, NEEDED, ONE, MR_OB_IDENTITY},
    {MR_OB_ASSERTION, "badge", LINK, NEEDED, ONE, MR_OB_BADGE_CLASS},
    {MR_OB_ASSERTION, "verification", OBJECT, NEEDED, ONE, MR_OB_VERIFICATION},
    {MR_OB_ASSERTION, "issuedOn", DATE, NEEDED, ONE, 0},
    {MR_OB_ASSERTION, "expires", DATE, MAY, ONE, 0},
    {MR_OB_ASSERTION, "image", STORED_PICTURE, MAY, ONE, MR_OB_IMAGE},
    {MR_OB_ASSERTION, "evidence", LINK, MAY, MANY, MR_OB_EVIDENCE},
    {MR_OB_ASSERTION, "narrative", TEXT, MAY, ONE, 0},
    {MR_OB_ASSERTION, "endorsement", LINK, MAY, MANY, MR_OB_ENDORSEMENT},
    {MR_OB_ASSERTION, "revoked", FLAG, MAY, ONE, 0},
    {MR_OB_ASSERTION, "revocationReason", TEXT, MAY, ONE, 0},
    {MR_OB_BADGE_CLASS, "id", IRI, MAY, ONE, 0},
    {MR_OB_BADGE_CLASS, "name", TEXT, NEEDED, ONE, 0},
    {MR_OB_BADGE_CLASS, "description", TEXT, NEEDED, ONE, 0},
    {MR_OB_BADGE_CLASS, "image", PICTURE, EXPECTED, ONE, MR_OB_IMAGE},
    {MR_OB_BADGE_CLASS, "criteria", LINK, NEEDED, ONE, MR_OB_CRITERIA},
    {MR_OB_BADGE_CLASS, "issuer", LINK, NEEDED, ONE, MR_OB_PROFILE},
    {MR_OB_BADGE_CLASS, "alignment", OBJECT, MAY, MANY, MR_OB_ALIGNMENT},
    {MR_OB_BADGE_CLASS, "tags", TEXT, MAY, MANY, 0},
    {MR_OB_BADGE_CLASS, "endorsement", LINK, MAY, MANY, MR_OB_ENDORSEMENT},
    {MR_OB_PROFILE, "id", IRI, MAY, ONE, 0},
    {MR_OB_PROFILE, "name", TEXT, NEEDED, ONE, 0},
    {MR_OB_PROFILE, "url", WEB, NEEDED, ONE, 0},
    {MR_OB_PROFILE, "email", TEXT, EXPECTED, ONE, 0},
    {MR_OB_PROFILE, "telephone", TEXT, MAY, ONE, 0},
    {MR_OB_PROFILE, "description", TEXT, MAY, ONE, 0},
    {MR_OB_PROFILE, "image", PICTURE, MAY, ONE, MR_OB_IMAGE},
    {MR_OB_PROFILE, "publicKey", LINK, MAY, MANY, MR_OB_KEY},
    {MR_OB_PROFILE, "revocationList", IRI, MAY, ONE, 0},
    {MR_OB_PROFILE, "verification", OBJECT, MAY, ONE, MR_OB_VERIFICATION},
    {MR_OB_ENDORSEMENT, "id", IRI, NEEDED, ONE, 0},
    {MR_OB_ENDORSEMENT, "claim", OBJECT, NEEDED, ONE, MR_OB_CLAIM},
    {MR_OB_ENDORSEMENT, "issuer", LINK, NEEDED, ONE, MR_OB_PROFILE},
    {MR_OB_ENDORSEMENT, "issuedOn", DATE, NEEDED, ONE, 0},
    {MR_OB_ENDORSEMENT, "verification", OBJECT, NEEDED, ONE, MR_OB_VERIFICATION},
    {MR_OB_CLAIM, "id", IRI, NEEDED, ONE, 0},
    {MR_OB_CLAIM, "endorsementComment", TEXT, MAY, ONE, 0},
    {MR_OB_KEY, "id", IRI, MAY, ONE, 0},
    {MR_OB_KEY, "owner", IRI, NEEDED, ONE, 0},
    {MR_OB_KEY, "publicKeyPem", TEXT, NEEDED, ONE, 0},
    {MR_OB_REVOCATION_LIST, "id", IRI, NEEDED, ONE, 0},
    {MR_OB_REVOCATION_LIST, "issuer", IRI, MAY, ONE, 0},
    {MR_OB_VERIFICATION, "creator", IRI, MAY, ONE, 0},
    {MR_OB_VERIFICATION, "verificationProperty", TEXT, MAY, ONE, 0},
    {MR_OB_VERIFICATION, "startsWith", TEXT, MAY, MANY, 0},
    {MR_OB_VERIFICATION, "allowedOrigins", TEXT, MAY, MANY, 0},
    {MR_OB_IDENTITY, "type", TEXT, NEEDED, ONE, 0},
    {MR_OB_IDENTITY, "identity", TEXT, NEEDED, ONE, 0},
    {MR_OB_IDENTITY, "hashed", FLAG, NEEDED, ONE, 0},
    {MR_OB_IDENTITY, "salt", TEXT, MAY, ONE, 0},
    {MR_OB_EVIDENCE, "id", IRI, MAY, ONE, 0},
    {MR_OB_EVIDENCE, "name", TEXT, MAY, ONE, 0},
    {MR_OB_EVIDENCE, "narrative", TEXT, MAY, ONE, 0},
    {MR_OB_EVIDENCE, "description", TEXT, MAY, ONE, 0},
    {MR_OB_EVIDENCE, "genre", TEXT, MAY, ONE, 0},
    {MR_OB_EVIDENCE, "audience", TEXT, MAY, ONE, 0},
    {MR_OB_ALIGNMENT, "targetName", TEXT, NEEDED, ONE, 0},
    {MR_OB_ALIGNMENT, "targetUrl", IRI, NEEDED, ONE, 0},
    {MR_OB_ALIGNMENT, "targetDescription", TEXT, MAY, ONE, 0},
    {MR_OB_ALIGNMENT, "targetFramework", TEXT, MAY, ONE, 0},
    {MR_OB_ALIGNMENT, "targetCode", TEXT, MAY, ONE, 0},
    {MR_OB_CRITERIA, "id", IRI, MAY, ONE, 0},
    {MR_OB_CRITERIA, "narrative", TEXT, MAY, ONE, 0},
    {MR_OB_IMAGE, "id", IRI, MAY, ONE, 0},
    {MR_OB_IMAGE, "caption", TEXT, MAY, ONE, 0},
    {MR_OB_IMAGE, "author", IRI, MAY, ONE, 0},
};

static const struct {
    const char *name;
    mr_assertion_class is;
} classes[] = {
    {"Assertion", MR_OB_ASSERTION},
    {"BadgeClass", MR_OB_BADGE_CLASS},
    {"Issuer", MR_OB_PROFILE},
    {"Profile", MR_OB_PROFILE},
    {"Endorsement", MR_OB_ENDORSEMENT},
    {"CryptographicKey", MR_OB_KEY},
    {"RevocationList", MR_OB_REVOCATION_LIST},
    {"VerificationObject", MR_OB_VERIFICATION},
    {"IdentityObject", MR_OB_IDENTITY},
    {"Evidence", MR_OB_EVIDENCE},
    {"AlignmentObject", MR_OB_ALIGNMENT},
    {"Criteria", MR_OB_CRITERIA},
    {"Image", MR_OB_IMAGE},
};

/* ---- what is it? ---- */

/* Without the prefix of the vocabulary, as it may be written out or short. */
static mr_str local_name(mr_str name)
{
    static const mr_str prefixes[] = {MR_STR_INIT("obi:"), MR_STR_INIT("https://w3id.org/openbadges#")};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (mr_str_has_prefix(name, prefixes[i])) return mr_str_from(name, prefixes[i].len);
    return name;
}

static mr_assertion_class class_named(mr_str name)
{
    name = local_name(name);
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (mr_str_is(name, classes[i].name)) return classes[i].is;
    return MR_OB_NOTHING;
}

static const mr_json *type_of(const mr_json *object)
{
    const mr_json *type = mr_json_get(object, "type");
    return type ? type : mr_json_get(object, "@type");
}

static bool has_type(const mr_json *object, mr_assertion_class wanted)
{
    MR_EACH(type, type_of(object))
    {
        if (class_named(mr_json_str(type)) == wanted) return true;
    }
    return false;
}

mr_assertion_class mr_assertion_class_of(const mr_json *object)
{
    MR_EACH(type, type_of(object))
    {
        mr_assertion_class c = class_named(mr_json_str(type));
        if (c != MR_OB_NOTHING) return c;
    }
    return MR_OB_NOTHING;
}

static mr_assertion_version version_of_context(mr_str iri)
{
    static const struct {
        const char *iri; /* without its scheme */
        mr_assertion_version is;
    } known[] = {
        {"://w3id.org/openbadges/v2", MR_OB_2_0},
        {"://openbadgespec.org/v2/context.json", MR_OB_2_0},
        {"://purl.imsglobal.org/spec/ob/v2p1/ob_v2p1.json", MR_OB_2_0},
        {"://w3id.org/openbadges/v1", MR_OB_1_1},
        {"://openbadgespec.org/v1/context.json", MR_OB_1_1},
    };
    size_t scheme = mr_str_has_prefix(iri, MR_STR("https:")) ? 5 : mr_str_has_prefix(iri, MR_STR("http:")) ? 4 : 0;
    for (size_t i = 0; scheme && i < sizeof known / sizeof *known; i++)
        if (mr_str_is(mr_str_from(iri, scheme), known[i].iri)) return known[i].is;
    return MR_OB_NO_VERSION;
}

/* A context may be written out in the document; it is one of ours when it names the vocabulary. */
static bool names_vocabulary(const mr_json *context)
{
    return mr_str_is(mr_json_get_str(context, "obi"), "https://w3id.org/openbadges#");
}

/* Badges of 0.5 and 1.0 have no context: they are known by what they hold. */
static mr_assertion_version version_of_shape(const mr_json *d)
{
    const mr_json *recipient = mr_json_get(d, "recipient"), *badge = mr_json_get(d, "badge");
    if (!recipient || !badge) return MR_OB_NO_VERSION;
    if (mr_json_get(d, "verify") || mr_json_get(d, "uid")) return MR_OB_1_0;
    bool old = mr_json_is(recipient, MR_JSON_STRING) && mr_json_is(mr_json_get(badge, "issuer"), MR_JSON_OBJECT);
    return old ? MR_OB_0_5 : MR_OB_NO_VERSION;
}

mr_assertion_version mr_assertion_version_of(const mr_json *document)
{
    const mr_json *contexts = mr_json_get(document, "@context");
    mr_assertion_version found = MR_OB_NO_VERSION;
    if (!contexts) return version_of_shape(document);
    MR_EACH(context, contexts)
    {
        mr_assertion_version v = names_vocabulary(context) ? MR_OB_2_0 : version_of_context(mr_json_str(context));
        if (v > found) found = v;
    }
    return found;
}

const char *mr_assertion_version_name(mr_assertion_version v)
{
    static const char *const names[] = {"", "0.5", "1.0", "1.1", "2.0"};
    return (size_t)v < sizeof names / sizeof *names ? names[v] : "";
}

/* Some badges of the Verifiable Credentials Data Model name an older context, too. */
static bool is_newer(const mr_json *document)
{
    return mr_each_has(type_of(document), "VerifiableCredential") ||
           mr_each_has(type_of(document), "VerifiablePresentation");
}

bool mr_assertion_is(const mr_json *document)
{
    if (!mr_json_is(document, MR_JSON_OBJECT) || is_newer(document)) return false;
    return mr_assertion_version_of(document) != MR_OB_NO_VERSION || has_type(document, MR_OB_ASSERTION);
}

/* ---- values ---- */

bool mr_assertion_is_web(mr_str url)
{
    return mr_assertion_host(url).len > 0;
}

mr_str mr_assertion_host(mr_str url)
{
    size_t scheme = mr_str_has_prefix(url, MR_STR("https://")) ? 8 : mr_str_has_prefix(url, MR_STR("http://")) ? 7 : 0;
    if (!scheme) return MR_STR_EMPTY;
    mr_str rest = mr_str_from(url, scheme);
    size_t end = 0;
    while (end < rest.len && !strchr("/?#", rest.ptr[end])) end++;
    mr_str host = mr_str_make(rest.ptr, end);
    /* somebody@host looks like another host; blanks and backslashes are read in several ways */
    for (size_t i = 0; i < url.len; i++)
        if ((unsigned char)url.ptr[i] <= ' ' || url.ptr[i] == '\\') return MR_STR_EMPTY;
    return mr_str_find_char(host, '@') >= 0 ? MR_STR_EMPTY : host;
}

static mr_str without_scheme(mr_str url)
{
    return mr_str_from(url, mr_str_has_prefix(url, MR_STR("https:"))  ? 6
                            : mr_str_has_prefix(url, MR_STR("http:")) ? 5
                                                                      : 0);
}

bool mr_assertion_same_address(mr_str a, mr_str b)
{
    if (!mr_assertion_is_web(a) || !mr_assertion_is_web(b)) return a.len > 0 && mr_str_eq(a, b);
    return mr_str_eq(without_scheme(a), without_scheme(b));
}

mr_str mr_assertion_id(const mr_json *value)
{
    value = mr_each_first(value);
    if (mr_json_is(value, MR_JSON_STRING)) return mr_json_text(value);
    mr_str id = mr_json_get_str(value, "id");
    return id.len ? id : mr_json_get_str(value, "@id");
}

/* A scheme, a colon and more, without blanks; "_:b0" too. */
static bool is_iri(mr_str s)
{
    ptrdiff_t colon = mr_str_find_char(s, ':');
    if (colon < 1 || (size_t)colon + 1 == s.len) return false;
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] <= ' ') return false;
    for (ptrdiff_t i = 0; i < colon; i++)
        if (strchr("/?#", s.ptr[i])) return false;
    return true;
}

static bool is_data(mr_str s)
{
    return s.len >= 5 && mr_str_eq_ascii_nocase(mr_str_make(s.ptr, 5), MR_STR("data:"));
}

/* "T10:00Z" and "+0200", which ISO 8601 allows and RFC 3339 does not, in the form of the latter. */
static mr_str complete_time(mr_str s, char out[40])
{
    size_t zone = 19, n = 0;
    if (s.len < 16 || s.len > 32 || s.ptr[10] != 'T') return s;
    bool seconds = s.len > 16 && s.ptr[16] == ':';
    zone = seconds ? 19 : 16;
    while (zone < s.len && !strchr("Z+-", s.ptr[zone])) zone++;
    mr_str offset = mr_str_from(s, zone);
    memcpy(out, s.ptr, zone), n = zone;
    if (!seconds) memcpy(out + n, ":00", 3), n += 3;
    if (offset.len == 5 && offset.ptr[0] != 'Z') {
        memcpy(out + n, offset.ptr, 3), n += 3;
        out[n++] = ':';
        offset = mr_str_from(offset, 3);
    }
    memcpy(out + n, offset.ptr, offset.len);
    return mr_str_make(out, n + offset.len);
}

bool mr_assertion_time(const mr_json *value, bool end, int64_t *ret)
{
    int64_t seconds = 0;
    mr_date day;
    mr_str s = mr_str_trim(mr_json_str(value));
    char form[40];
    if (mr_json_to_int64(value, &seconds)) {
        if (seconds < 0 || seconds > INT64_C(9999999999)) return false;
        *ret = seconds * 1000;
        return true;
    }
    if (s.len == 10 && s.ptr[4] == '-' && mr_date_parse(s, &day, NULL) == MR_OK) {
        *ret = mr_date_to_time(day) + (end ? MR_DAY_MS - 1000 : 0);
        return true;
    }
    return s.len > 10 && mr_time_parse(complete_time(s, form), ret, NULL) == MR_OK;
}

bool mr_assertion_is_signed(const mr_json *assertion)
{
    MR_EACH(type, mr_json_get(mr_each_first(mr_json_get(assertion, "verification")), "type"))
    {
        mr_str name = local_name(mr_json_str(type));
        if (mr_str_is(name, "signed") || mr_str_is(name, "SignedBadge")) return true;
    }
    return false;
}

/* ---- the rules ---- */

struct checking {
    mr_assertion_tell *tell;
    void *self;
};

static void check_object(const struct checking *c, const mr_json *object, mr_assertion_class is, size_t depth);

static bool is_text(const mr_json *v)
{
    return mr_json_is(v, MR_JSON_STRING) || mr_json_is(mr_json_get(v, "@value"), MR_JSON_STRING);
}

static void check_linked(const struct checking *c, const struct rule *r, const mr_json *v, size_t depth)
{
    bool text = mr_json_is(v, MR_JSON_STRING);
    if (text ? r->kind == OBJECT || !is_iri(mr_json_text(v)) : !mr_json_is(v, MR_JSON_OBJECT))
        c->tell(c->self, "ob.member", v, mr_str_of(r->member));
    else if (r->kind == STORED_PICTURE && is_data(mr_assertion_id(v)))
        c->tell(c->self, "ob.image_data", v, mr_str_of(r->member));
    else if (!text)
        check_object(c, v, r->inner, depth + 1);
}

static void check_value(const struct checking *c, const struct rule *r, const mr_json *v, size_t depth)
{
    int64_t time;
    bool good = true;
    switch (r->kind) {
    case TEXT: good = is_text(v); break;
    case DATE: good = mr_assertion_time(v, false, &time); break;
    case IRI: good = is_iri(mr_assertion_id(v)); break;
    case WEB: good = mr_assertion_is_web(mr_json_str(v)); break;
    case FLAG: good = mr_json_is(v, MR_JSON_TRUE) || mr_json_is(v, MR_JSON_FALSE); break;
    case PICTURE:
    case STORED_PICTURE:
    case LINK:
    case OBJECT: check_linked(c, r, v, depth); break;
    }
    if (!good) c->tell(c->self, r->kind == DATE ? "ob.date" : "ob.member", v, mr_str_of(r->member));
}

static void check_member(const struct checking *c, const struct rule *r, const mr_json *object, size_t depth)
{
    const mr_json *all = mr_json_get(object, r->member);
    bool absent = !all || mr_json_is(all, MR_JSON_NULL) || (mr_json_is(all, MR_JSON_ARRAY) && all->len == 0);
    if (absent) {
        if (r->need != MAY)
            c->tell(c->self, r->need == NEEDED ? "ob.missing" : "ob.expected", object, mr_str_of(r->member));
        return;
    }
    if (!r->many && mr_json_is(all, MR_JSON_ARRAY) && all->len > 1) {
        c->tell(c->self, "ob.several", all, mr_str_of(r->member));
        return;
    }
    MR_EACH(v, all)
    {
        check_value(c, r, v, depth);
    }
}

/* How an assertion is verified must be said; of an issuer's verification the type need not be. */
static void check_verification(const struct checking *c, const mr_json *assertion)
{
    const mr_json *verification = mr_each_first(mr_json_get(assertion, "verification"));
    size_t known = 0;
    if (!mr_json_is(verification, MR_JSON_OBJECT)) return; /* told by its rule */
    MR_EACH(type, mr_json_get(verification, "type"))
    {
        mr_str name = local_name(mr_json_str(type));
        known += mr_str_is(name, "hosted") || mr_str_is(name, "HostedBadge") || mr_str_is(name, "signed") ||
                 mr_str_is(name, "SignedBadge");
    }
    if (!known) c->tell(c->self, "ob.verification", verification, mr_json_get_str(verification, "type"));
}

/* Entries are ids, or objects with an id or uid. */
static void check_revoked(const struct checking *c, const mr_json *list)
{
    const mr_json *all = mr_json_get(list, "revokedAssertions");
    if (!all) c->tell(c->self, "ob.missing", list, MR_STR("revokedAssertions"));
    MR_EACH(entry, all)
    {
        if (mr_assertion_id(entry).len == 0 && mr_json_get_str(entry, "uid").len == 0) {
            c->tell(c->self, "ob.member", entry, MR_STR("revokedAssertions"));
            return;
        }
    }
}

static bool must_have_type(mr_assertion_class is)
{
    return is == MR_OB_ASSERTION || is == MR_OB_BADGE_CLASS || is == MR_OB_PROFILE || is == MR_OB_ENDORSEMENT ||
           is == MR_OB_KEY || is == MR_OB_REVOCATION_LIST;
}

static void check_object(const struct checking *c, const mr_json *object, mr_assertion_class is, size_t depth)
{
    if (depth > DEPTH) return;
    if (must_have_type(is) && !has_type(object, is)) {
        c->tell(c->self, "ob.type", object, mr_json_str(mr_each_first(type_of(object))));
        return;
    }
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (rules[i].of == is) check_member(c, &rules[i], object, depth);
    if (is == MR_OB_ASSERTION) check_verification(c, object);
    if (is == MR_OB_REVOCATION_LIST) check_revoked(c, object);
    mr_assertion_check_extensions(object, c->tell, c->self);
}

void mr_assertion_check(const mr_json *object, mr_assertion_class wanted, mr_assertion_tell *tell, void *self)
{
    const struct checking c = {tell, self};
    check_object(&c, object, wanted, 0);
}

void mr_assertion_check_context(const mr_json *document, mr_assertion_tell *tell, void *self)
{
    const mr_json *context = mr_json_get(document, "@context");
    if (context && mr_assertion_version_of(document) == MR_OB_NO_VERSION)
        tell(self, "ob.context", context, mr_json_str(mr_each_first(context)));
}

bool mr_assertion_is_remark(const char *message)
{
    mr_str m = mr_str_of(message);
    return mr_str_is(m, "ob.expected") || mr_str_is(m, "ob.extension_unknown");
}

/* ---- whose may it be? ---- */

static bool begins_with(mr_str id, mr_str prefix)
{
    /* "https://school.example" is the beginning of "https://school.example.elsewhere.example", too */
    return mr_assertion_is_web(prefix) && mr_str_has_prefix(id, prefix) &&
           mr_str_eq_ascii_nocase(mr_assertion_host(id), mr_assertion_host(prefix));
}

/* A host as the specification has it, or an origin as others write it. */
static bool is_of_origin(mr_str id, mr_str origin)
{
    mr_str host = mr_assertion_is_web(origin) ? mr_assertion_host(origin) : origin;
    return host.len && mr_str_eq_ascii_nocase(mr_assertion_host(id), host);
}

bool mr_assertion_in_scope(const mr_json *issuer, mr_str issuer_id, mr_str id)
{
    const mr_json *verification = mr_each_first(mr_json_get(issuer, "verification")),
                  *begins = mr_json_get(verification, "startsWith"),
                  *origins = mr_json_get(verification, "allowedOrigins");
    bool begun = !mr_json_is(mr_each_first(begins), MR_JSON_STRING), allowed = false;
    if (!mr_assertion_is_web(id)) return false;
    bool limited = !begun;
    MR_EACH(prefix, begins)
    {
        begun = begun || begins_with(id, mr_json_str(prefix));
    }
    MR_EACH(origin, origins)
    {
        limited = limited || mr_json_is(origin, MR_JSON_STRING);
        allowed = allowed || is_of_origin(id, mr_json_str(origin));
    }
    if (!limited) return is_of_origin(id, issuer_id);
    return begun && (allowed || !mr_json_is(mr_each_first(origins), MR_JSON_STRING));
}

/* ---- whom is it about? ---- */

static bool is_digest_of(mr_arena *a, mr_str method, mr_str wanted, mr_str identity, mr_str salt)
{
    const mr_str parts[] = {identity, salt};
    mr_digest d;
    mr_str octets;
    if (mr_hex_read(a, wanted, &octets, NULL) != MR_OK) return false;
    if (mr_str_is(method, "sha256")) {
        if (mr_digest_make(MR_SHA256, parts, 2, &d, NULL) != MR_OK) return false;
    } else if (!mr_digest_make_old(method, parts, 2, &d))
        return false;
    return mr_str_eq(octets, mr_digest_str(&d));
}

static mr_str lower(mr_arena *a, mr_str s)
{
    mr_str copy = mr_arena_dup(a, s);
    char *at = (char *)(uintptr_t)copy.ptr; /* our own copy */
    for (size_t i = 0; at && i < copy.len; i++)
        if (at[i] >= 'A' && at[i] <= 'Z') at[i] = (char)(at[i] + 32);
    return copy.ptr ? copy : s;
}

mr_recipient_match mr_assertion_match(mr_arena *a, const mr_json *recipient, mr_str identity)
{
    mr_str held = mr_str_trim(mr_json_get_str(recipient, "identity")), salt = mr_json_get_str(recipient, "salt");
    mr_str rest = held, method = MR_STR_EMPTY;
    if (!mr_json_is(mr_json_get(recipient, "hashed"), MR_JSON_TRUE))
        return mr_str_eq_ascii_nocase(held, identity) ? MR_RECIPIENT_SAME : MR_RECIPIENT_OTHER;
    if (mr_str_find_char(held, '$') < 1 || !mr_str_split(&rest, '$', &method)) return MR_RECIPIENT_UNKNOWN_HASH;
    if (!mr_str_is(method, "sha256") && !mr_str_is(method, "md5") && !mr_str_is(method, "sha1"))
        return MR_RECIPIENT_UNKNOWN_HASH;
    bool same =
        is_digest_of(a, method, rest, identity, salt) || is_digest_of(a, method, rest, lower(a, identity), salt);
    return same ? MR_RECIPIENT_SAME : MR_RECIPIENT_OTHER;
}
