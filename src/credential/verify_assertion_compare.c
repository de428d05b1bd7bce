/* Is the file that was given the badge that its publisher has? Both are upgraded, so that a badge of 1.0 that is now published as 2.0 is the same one.
 * What a badge says is compared by its canonical form; what may change without changing what is said (picture, endorsements, form of verification) is passed over. */
#include "credential/verify_assertion_inside.h"

#include "base/limits.h"
#include "credential/each.h"
#include "credential/wording.h"
#include "json/write.h"

static bool is_passed_over(mr_str member)
{
    static const char *const names[] = {"type",        "id",      "image",   "verification", "verify",
                                        "endorsement", "related", "revoked", "@context",     "@language"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (mr_str_is(member, names[i])) return true;
    return false;
}

/* A list of one is that one. */
static const mr_json *unwrapped(const mr_json *v)
{
    return mr_json_is(v, MR_JSON_ARRAY) && v->len == 1 ? v + 1 : v;
}

static bool is_same_value(const mr_json *a, const mr_json *b)
{
    MR_CLEANUP(mr_buf_done) mr_buf one, other;
    mr_buf_init(&one, MR_LIMIT_DOCUMENT);
    mr_buf_init(&other, MR_LIMIT_DOCUMENT);
    if (mr_json_canonicalise(a, &one, NULL) != MR_OK || mr_json_canonicalise(b, &other, NULL) != MR_OK) return false;
    return !mr_buf_failed(&one) && !mr_buf_failed(&other) && mr_str_eq(mr_buf_str(&one), mr_buf_str(&other));
}

/* Is this nothing but an address? */
static bool is_bare(const mr_json *v)
{
    return mr_json_is(v, MR_JSON_STRING) || (mr_json_is(v, MR_JSON_OBJECT) && v->len == 1 && mr_assertion_id(v).len);
}

/* "https://.../work" and {"id": "https://.../work"} are the same; of a badge class that lies in one and is named in the other its address is compared. */
static bool is_same(mr_str member, const mr_json *a, const mr_json *b)
{
    int64_t one, other;
    a = unwrapped(a), b = unwrapped(b);
    if (!a || !b) return false;
    if (mr_str_is(member, "issuedOn") || mr_str_is(member, "expires"))
        return mr_assertion_time(a, false, &one) && mr_assertion_time(b, false, &other) && one == other;
    bool by_address = mr_str_is(member, "badge") ? is_bare(a) || is_bare(b) : is_bare(a) && is_bare(b);
    if (by_address && mr_assertion_is_web(mr_assertion_id(a)))
        return mr_assertion_same_address(mr_assertion_id(a), mr_assertion_id(b));
    return is_same_value(a, b);
}

static bool is_nothing(const mr_json *v)
{
    return !v || mr_json_is(v, MR_JSON_NULL) || (mr_json_is(v, MR_JSON_ARRAY) && v->len == 0);
}

mr_str mr_asserted_differences(mr_arena *a, const mr_json *given, const mr_json *hosted, mr_str *ret_added)
{
    mr_str differing = MR_STR_EMPTY, added = MR_STR_EMPTY;
    MR_JSON_EACH_MEMBER (name, given) {
        mr_str member = mr_json_text(name);
        const mr_json *other = mr_json_find_member(hosted, member);
        if (is_passed_over(member) || is_nothing(name + 1)) continue;
        if (mr_str_is(member, "uid") && !other) continue; /* of 1.x only */
        if (!is_same(member, name + 1, other)) differing = mr_wording_join(a, differing, member);
    }
    MR_JSON_EACH_MEMBER (name, hosted) {
        mr_str member = mr_json_text(name);
        if (is_passed_over(member) || is_nothing(name + 1) || !is_nothing(mr_json_find_member(given, member))) continue;
        added = mr_wording_join(a, added, member);
    }
    *ret_added = added;
    return differing;
}
