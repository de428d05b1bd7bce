/* From a listed service and a certificate to what the seal is worth.
 *
 * A certificate says of itself that it is qualified, for seals, with its key in a certified device (QcStatements). That alone decides nothing: the list
 * decides whether its issuer may say so (type CA/QC, status granted, both on the day of issue and on the day of the seal), for which kind (ForeSeals), and
 * its qualifiers may say something else of a part of the certificates, chosen by conditions. A condition that is not known here makes the answer
 * "undecided" where it matters, never a guess. */
#include "credential/qualification.h"

#include "base/encoding.h"
#include "base/limits.h"

#define EIDAS_MS INT64_C(1467331200000) /* 2016-07-01: before it there were no qualified seals (eIDAS article 52) */
#define CRITERIA_DEPTH 10

const char *mr_standing_name(mr_standing s)
{
    static const char *const names[] = {[MR_STANDING_UNDECIDED] = "undecided",
                                        [MR_STANDING_ADVANCED] = "advanced",
                                        [MR_STANDING_ADVANCED_QUALIFIED] = "advanced_qualified_certificate",
                                        [MR_STANDING_QUALIFIED] = "qualified"};
    return names[s];
}

/* ---- the service ---- */

static int64_t since_of(const mr_json *state)
{
    int64_t time;
    struct mr_err ignored;
    return mr_time_parse(mr_json_get_str(state, "since"), &time, &ignored) == MR_OK ? time : MR_TIME_NONE;
}

/* The latest state that had begun; lists have the newest first, and that is not relied on. */
struct mr_service_state mr_service_at(const mr_json *service, int64_t at)
{
    struct mr_service_state best = {.since = MR_TIME_NONE};
    MR_JSON_EACH (state, mr_json_get(service, "states")) {
        int64_t since = since_of(state);
        if (since > at || (best.state && since <= best.since)) continue;
        best.state = state;
        best.since = since;
    }
    best.type = mr_json_get_str(best.state, "type");
    best.status = mr_json_get_str(best.state, "status");
    return best;
}

int64_t mr_service_until(const mr_json *service, int64_t at)
{
    int64_t until = MR_TIME_NONE;
    MR_JSON_EACH (state, mr_json_get(service, "states")) {
        int64_t since = since_of(state);
        if (since > at && (until == MR_TIME_NONE || since < until)) until = since;
    }
    return until;
}

bool mr_service_is_for_seals(const struct mr_service_state *s)
{
    static const char *const kinds[] = {"/Svctype/CA/QC", "/Svctype/CA/PKC",      "/Svctype/EAA",
                                        "/Svctype/EAA/Q", "/Svctype/EAA/Pub-EAA", "EAA/Issuance"};
    if (!s->state) return false;
    if (s->type.len == 0) return true; /* a LoTE whose entries are of one kind */
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (mr_str_has_suffix(s->type, mr_str_of(kinds[i]))) return true;
    return false;
}

bool mr_service_is_for_time_stamps(const struct mr_service_state *s)
{
    return s->state && mr_str_find(s->type, MR_STR("/Svctype/TSA")) >= 0;
}

/* TS 119 612 5.5.4 and D.5.5, with what was said before eIDAS; TS 119 602: notified. */
bool mr_service_is_active(const struct mr_service_state *s)
{
    static const char *const active[] = {"/granted",   "/recognisedatnationallevel", "/setbynationallaw",
                                         "/notified",  "/undersupervision",          "/supervisionincessation",
                                         "/accredited"};
    if (!s->state) return false;
    if (s->status.len == 0) return true;
    for (size_t i = 0; i < sizeof active / sizeof *active; i++)
        if (mr_str_has_suffix(s->status, mr_str_of(active[i]))) return true;
    return false;
}

bool mr_service_has_certificate(const mr_json *service, mr_arena *a, const mr_certificate *c)
{
    MR_JSON_EACH (text, mr_json_get(service, "certificates")) {
        mr_str der;
        struct mr_err ignored;
        if (mr_base64_read(a, mr_json_str(text), &der, &ignored) == MR_OK && mr_str_eq(der, mr_certificate_der(c)))
            return true;
    }
    return false;
}

/* ---- conditions ---- */

typedef enum answer { NO, YES, UNKNOWN } answer;

/* "1.3.6.1" as content octets (X.690 8.19); empty when it is no such text or too long. */
static mr_str write_oid(mr_str text, uint8_t out[64])
{
    size_t size = 0, arc = 0;
    uint64_t first = 0, n;
    mr_str part;
    while (mr_str_split(&text, '.', &part)) {
        uint8_t digits[10];
        int count = 0;
        if (!mr_str_to_u64(part, &n) || n > UINT32_MAX) return MR_STR_EMPTY;
        if (arc == 0) first = n;
        if (arc == 1) n += first * 40;
        if (arc++ == 0) continue;
        do digits[count++] = n & 0x7f;
        while (n >>= 7);
        if (size + (size_t)count > 64) return MR_STR_EMPTY;
        for (int i = count - 1; i >= 0; i--) out[size++] = (uint8_t)(digits[i] | (i ? 0x80 : 0));
    }
    return mr_str_make((const char *)out, arc > 1 ? size : 0);
}

static bool key_usage_fits(const mr_certificate *c, const mr_json *bits)
{
    static const char *const names[] = {"digitalSignature", "nonRepudiation", "keyEncipherment",
                                        "dataEncipherment", "keyAgreement",   "keyCertSign",
                                        "crlSign",          "encipherOnly",   "decipherOnly"};
    unsigned usage = mr_certificate_key_usage(c);
    if (usage == ~0u) usage = 0;
    MR_JSON_EACH_MEMBER (name, bits) {
        bool wanted = mr_json_is(name + 1, MR_JSON_TRUE), has = false;
        for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
            has |= mr_str_is(mr_json_text(name), names[i]) && (usage >> i & 1);
        if (has != wanted) return false;
    }
    return true;
}

static bool has_all(const mr_certificate *c, const mr_json *oids, bool (*has)(const mr_certificate *c, mr_str oid))
{
    uint8_t octets[64];
    MR_JSON_EACH (oid, oids) {
        mr_str content = write_oid(mr_json_str(oid), octets);
        if (content.len == 0 || !has(c, content)) return false;
    }
    return true;
}

/* How many of the conditions are met, are not, cannot be told. */
struct tally {
    unsigned of[3];
};

static answer judge_criteria(const mr_certificate *c, const mr_json *criteria, int depth);

static struct tally count_answers(const mr_certificate *c, const mr_json *criteria, int depth)
{
    static const struct {
        const char *member;
        bool (*has)(const mr_certificate *c, mr_str oid);
    } sets[] = {{"policies", mr_certificate_has_policy},
                {"purposes", mr_certificate_has_purpose},
                {"subject", mr_certificate_has_subject_attribute}};
    struct tally t = {{0}};
    MR_JSON_EACH (usage, mr_json_get(criteria, "key_usages")) t.of[key_usage_fits(c, usage) ? YES : NO]++;
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        MR_JSON_EACH (set, mr_json_get(criteria, sets[i].member)) t.of[has_all(c, set, sets[i].has) ? YES : NO]++;
    MR_JSON_EACH (list, mr_json_get(criteria, "lists")) t.of[judge_criteria(c, list, depth + 1)]++;
    if (mr_json_get(criteria, "unknown")) t.of[UNKNOWN]++;
    return t;
}

/* CriteriaList with its assert (TS 119 612 5.5.9.2.2). */
static answer judge_criteria(const mr_certificate *c, const mr_json *criteria, int depth)
{
    mr_str how = mr_json_get_str(criteria, "assert");
    if (depth > CRITERIA_DEPTH || !criteria) return UNKNOWN;
    struct tally t = count_answers(c, criteria, depth);
    if (mr_str_is(how, "all")) return t.of[NO] ? NO : t.of[UNKNOWN] ? UNKNOWN : YES;
    if (mr_str_is(how, "atLeastOne")) return t.of[YES] ? YES : t.of[UNKNOWN] ? UNKNOWN : NO;
    if (mr_str_is(how, "none")) return t.of[YES] ? NO : t.of[UNKNOWN] ? UNKNOWN : YES;
    return UNKNOWN;
}

/* ---- qualifiers ---- */

enum {
    QUALIFIED = 1 << 0,
    NOT_QUALIFIED = 1 << 1,
    FOR_SIGNATURES = 1 << 2,
    FOR_SEALS = 1 << 3,
    FOR_SITES = 1 << 4,
    DEVICE = 1 << 5,
    NO_DEVICE = 1 << 6,
    OPEN = 1 << 7, /* a qualifier whose conditions cannot be judged */
};
#define KINDS (FOR_SIGNATURES | FOR_SEALS | FOR_SITES)

static unsigned effect_of(mr_str uri)
{
    static const struct {
        const char *name;
        unsigned effect;
    } all[] = {{"/QCStatement", QUALIFIED}, {"/NotQualified", NOT_QUALIFIED},   {"/QCForESig", FOR_SIGNATURES},
               {"/QCForESeal", FOR_SEALS},  {"/QCForWSA", FOR_SITES},           {"/QCWithQSCD", DEVICE},
               {"/QCWithSSCD", DEVICE},     {"/QCQSCDManagedOnBehalf", DEVICE}, {"/QCNoQSCD", NO_DEVICE},
               {"/QCNoSSCD", NO_DEVICE}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (mr_str_has_suffix(uri, mr_str_of(all[i].name))) return all[i].effect;
    return 0; /* "as in the certificate", and what is not known */
}

static unsigned qualifiers_of(const mr_certificate *leaf, const mr_json *state)
{
    unsigned all = 0;
    MR_JSON_EACH (element, mr_json_get(state, "qualifiers")) {
        answer fits = judge_criteria(leaf, mr_json_get(element, "of"), 0);
        if (fits == NO) continue;
        MR_JSON_EACH (uri, mr_json_get(element, "says"))
            all |= fits == UNKNOWN ? (effect_of(mr_json_str(uri)) ? OPEN : 0) : effect_of(mr_json_str(uri));
    }
    return all;
}

static unsigned kind_of(struct mr_certificate_qc qc)
{
    unsigned kind =
        (qc.type_esign ? FOR_SIGNATURES : 0) | (qc.type_eseal ? FOR_SEALS : 0) | (qc.type_web ? FOR_SITES : 0);
    return kind ? kind : FOR_SIGNATURES; /* EN 319 412-5 4.2.3: without a type it is for signatures */
}

/* What the list grants the service for: everything when it does not say. */
static bool is_for_kind(const mr_json *state, unsigned kind)
{
    const mr_json *all = mr_json_get(state, "for");
    bool says = false;
    MR_JSON_EACH (uri, all) {
        unsigned of = mr_str_has_suffix(mr_json_str(uri), MR_STR("/ForeSeals"))                  ? FOR_SEALS
                      : mr_str_has_suffix(mr_json_str(uri), MR_STR("/ForeSignatures"))           ? FOR_SIGNATURES
                      : mr_str_has_suffix(mr_json_str(uri), MR_STR("/ForWebSiteAuthentication")) ? FOR_SITES
                                                                                                 : 0;
        if (of & kind) return true;
        says |= of != 0;
    }
    return !says;
}

/* Why the certificate was no qualified one for seals under this state; NULL when it was. *ret_device: its key is in a certified device. */
static const char *judge_state(const mr_certificate *leaf, const struct mr_service_state *s, int64_t at,
                               bool *ret_device, bool *ret_open)
{
    struct mr_certificate_qc qc = mr_certificate_qc(leaf);
    if (at < EIDAS_MS) return "there were no qualified seals before 1 July 2016";
    if (!s->state || !mr_str_has_suffix(s->type, MR_STR("/Svctype/CA/QC")))
        return "its issuer does not stand on the list for qualified certificates";
    if (!mr_str_has_suffix(s->status, MR_STR("/granted"))) return "its issuer was not granted then";
    unsigned q = qualifiers_of(leaf, s->state), kind = q & KINDS ? q & KINDS : kind_of(qc);
    bool conflict = (q & QUALIFIED && q & NOT_QUALIFIED) || (q & DEVICE && q & NO_DEVICE);
    *ret_open |= q & OPEN || conflict;
    if (conflict) return "the list contradicts itself";
    if (q & NOT_QUALIFIED || !(qc.compliance || q & QUALIFIED)) return "the certificate is not a qualified one";
    if (!(kind & FOR_SEALS)) return "the certificate is qualified for something other than seals";
    if (!is_for_kind(s->state, FOR_SEALS)) return "the list does not grant its issuer certificates for seals";
    *ret_device = q & DEVICE ? true : q & NO_DEVICE ? false : qc.sscd;
    return NULL;
}

mr_standing mr_standing_of(const mr_certificate *leaf, const mr_json *service, int64_t at, const char **ret_why)
{
    int64_t issued = mr_certificate_not_before(leaf);
    struct mr_service_state then = mr_service_at(service, issued), now = mr_service_at(service, at);
    bool device = false, device_then = false, open = false;
    *ret_why = judge_state(leaf, &now, at, &device, &open);
    if (!*ret_why) *ret_why = judge_state(leaf, &then, issued, &device_then, &open);
    if (open) {
        *ret_why = "the list sets conditions that cannot be judged here";
        return MR_STANDING_UNDECIDED;
    }
    if (*ret_why) return MR_STANDING_ADVANCED;
    if (device) return MR_STANDING_QUALIFIED;
    *ret_why = "the key of the seal is in no certified device";
    return MR_STANDING_ADVANCED_QUALIFIED;
}
