/* Older badges in the words of Open Badges 2.0.
 *
 * 0.5 (2011) is one object with all in it, a recipient that is a text, and snake case; 1.0 (2013) has three linked objects without context and type, and
 * `verify`; 1.1 (2015) adds both; 2.0 (2018) renames. An object is written anew, member by member, and read again: what has no older name is copied
 * as it is, so that nothing is lost that a reader might know. Classes lie in each other in one order only, which ends the recursion. */
#include "credential/assertion.h"

#include "base/limits.h"
#include "credential/each.h"
#include "json/write.h"

struct upgrade {
    mr_json_writer w;
    bool oldest; /* 0.5 */
};

static void put_object(struct upgrade *u, const mr_json *o, mr_assertion_class is, mr_str at);

static const struct old_name {
    mr_assertion_class of;
    const char *old, *now;
} old_names[] = {
    {MR_OB_ASSERTION, "verify", "verification"},
    {MR_OB_ASSERTION, "issued_on", "issuedOn"},
    {MR_OB_ALIGNMENT, "name", "targetName"},
    {MR_OB_ALIGNMENT, "url", "targetUrl"},
    {MR_OB_ALIGNMENT, "description", "targetDescription"},
    {MR_OB_PROFILE, "origin", "url"},
    {MR_OB_PROFILE, "contact", "email"},
};

/* What lies in what, and is upgraded with it. */
static const struct inner {
    mr_assertion_class of;
    const char *member;
    mr_assertion_class is;
} inners[] = {
    {MR_OB_ASSERTION, "badge", MR_OB_BADGE_CLASS},     {MR_OB_BADGE_CLASS, "issuer", MR_OB_PROFILE},
    {MR_OB_BADGE_CLASS, "alignment", MR_OB_ALIGNMENT}, {MR_OB_PROFILE, "publicKey", MR_OB_KEY},
    {MR_OB_ENDORSEMENT, "issuer", MR_OB_PROFILE},
};

static const char *type_name(mr_assertion_class c)
{
    switch (c) {
    case MR_OB_ASSERTION: return "Assertion";
    case MR_OB_BADGE_CLASS: return "BadgeClass";
    case MR_OB_PROFILE: return "Issuer";
    case MR_OB_KEY: return "CryptographicKey";
    case MR_OB_REVOCATION_LIST: return "RevocationList";
    case MR_OB_ENDORSEMENT: return "Endorsement";
    default: return NULL;
    }
}

static const char *name_now(mr_assertion_class is, mr_str name)
{
    for (size_t i = 0; i < sizeof old_names / sizeof *old_names; i++)
        if (old_names[i].of == is && mr_str_is(name, old_names[i].old)) return old_names[i].now;
    return NULL;
}

static mr_assertion_class class_inside(mr_assertion_class is, mr_str member)
{
    for (size_t i = 0; i < sizeof inners / sizeof *inners; i++)
        if (inners[i].of == is && mr_str_is(member, inners[i].member)) return inners[i].is;
    return MR_OB_NOTHING;
}

/* ---- values ---- */

static void put_date(struct upgrade *u, const mr_json *v, bool end)
{
    int64_t time = 0;
    char text[21];
    bool day = mr_json_is(v, MR_JSON_NUMBER) || mr_json_str(v).len == 10;
    if (!day || !mr_assertion_time(v, end, &time)) {
        mr_json_put_value(&u->w, v);
        return;
    }
    mr_time_write(time, text);
    mr_json_put_cstr(&u->w, text);
}

/* 0.5: an address, or a hash of it, and the salt beside it. */
static void put_old_recipient(struct upgrade *u, const mr_json *o, mr_str identity)
{
    const mr_json *salt = mr_json_get(o, "salt");
    mr_json_begin_object(&u->w);
    mr_json_put_member_c(&u->w, "type", "email");
    mr_json_put_flag(&u->w, "hashed", mr_str_find_char(identity, '$') > 0);
    mr_json_put_member(&u->w, "identity", identity);
    if (mr_json_is(salt, MR_JSON_STRING)) mr_json_put_member(&u->w, "salt", mr_json_text(salt));
    mr_json_end_object(&u->w);
}

/* 1.x: `url` is where a hosted one stands, and where the key of a signed one stands. */
static void put_verification(struct upgrade *u, const mr_json *v)
{
    const mr_json *url = mr_json_get(v, "url");
    bool is_signed = mr_str_is(mr_json_get_str(v, "type"), "signed") && url && !mr_json_get(v, "creator");
    if (!mr_json_is(v, MR_JSON_OBJECT) || !is_signed) {
        mr_json_put_value(&u->w, v);
        return;
    }
    mr_json_begin_object(&u->w);
    MR_JSON_EACH_MEMBER (name, v) {
        mr_json_put_name_str(&u->w, mr_json_text(name));
        mr_json_put_value(&u->w, name + 1);
    }
    mr_json_put_name(&u->w, "creator");
    mr_json_put_value(&u->w, url);
    mr_json_end_object(&u->w);
}

static void put_inner(struct upgrade *u, const mr_json *v, mr_assertion_class is)
{
    if (mr_json_is(v, MR_JSON_OBJECT))
        put_object(u, v, is, MR_STR_EMPTY);
    else
        mr_json_put_value(&u->w, v);
}

static void put_inners(struct upgrade *u, const mr_json *v, mr_assertion_class is)
{
    if (!mr_json_is(v, MR_JSON_ARRAY)) {
        put_inner(u, v, is);
        return;
    }
    mr_json_begin_array(&u->w);
    MR_JSON_EACH (one, v) put_inner(u, one, is);
    mr_json_end_array(&u->w);
}

static void put_value(struct upgrade *u, const mr_json *o, mr_assertion_class is, mr_str member, const mr_json *v)
{
    mr_assertion_class inside = class_inside(is, member);
    bool assertion = is == MR_OB_ASSERTION;
    if (inside != MR_OB_NOTHING)
        put_inners(u, v, inside);
    else if (assertion && (mr_str_is(member, "issuedOn") || mr_str_is(member, "expires")))
        put_date(u, v, mr_str_is(member, "expires"));
    else if (assertion && mr_str_is(member, "verification"))
        put_verification(u, v);
    else if (assertion && u->oldest && mr_str_is(member, "recipient") && mr_json_is(v, MR_JSON_STRING))
        put_old_recipient(u, o, mr_json_text(v));
    else
        mr_json_put_value(&u->w, v);
}

/* ---- objects ---- */

static const mr_json *either(const mr_json *o, const char *name, const char *other)
{
    const mr_json *v = mr_json_get(o, name);
    return v ? v : mr_json_get(o, other);
}

/* An older hosted badge is known by the place that it says it stands at. */
static mr_str place_of(const mr_json *o, mr_assertion_class is, mr_str at)
{
    const mr_json *verify = either(o, "verify", "verification");
    mr_str url = is == MR_OB_ASSERTION ? mr_json_get_str(verify, "url") : MR_STR_EMPTY;
    return url.len && mr_str_is(mr_json_get_str(verify, "type"), "hosted") ? url : at;
}

static void put_type_and_id(struct upgrade *u, const mr_json *o, mr_assertion_class is, mr_str at)
{
    const mr_json *type = either(o, "type", "@type"), *id = either(o, "id", "@id");
    mr_str place = place_of(o, is, at);
    if (type || type_name(is)) mr_json_put_name(&u->w, "type");
    if (type)
        mr_json_put_value(&u->w, type);
    else if (type_name(is))
        mr_json_put_cstr(&u->w, type_name(is));
    if (id || place.len) mr_json_put_name(&u->w, "id");
    if (id)
        mr_json_put_value(&u->w, id);
    else if (place.len)
        mr_json_put_str(&u->w, place);
}

static bool is_put_already(mr_str name)
{
    return mr_str_is(name, "type") || mr_str_is(name, "@type") || mr_str_is(name, "id") || mr_str_is(name, "@id") ||
           mr_str_is(name, "@context");
}

static void put_object(struct upgrade *u, const mr_json *o, mr_assertion_class is, mr_str at)
{
    mr_json_begin_object(&u->w);
    put_type_and_id(u, o, is, at);
    MR_JSON_EACH_MEMBER (name, o) {
        mr_str member = mr_json_text(name);
        const char *now = name_now(is, member);
        if (is_put_already(member) || (now && mr_json_get(o, now))) continue;
        if (now) member = mr_str_of(now);
        mr_json_put_name_str(&u->w, member);
        put_value(u, o, is, member, name + 1);
    }
    if (is == MR_OB_ASSERTION && u->oldest && !either(o, "verify", "verification"))
        mr_json_put_name(&u->w, "verification"), mr_json_put_raw(&u->w, MR_STR("{\"type\":\"hosted\"}"));
    mr_json_end_object(&u->w);
}

int mr_assertion_upgrade(mr_arena *a, const mr_json *document, mr_assertion_class wanted, mr_str at,
                         const mr_json **ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct upgrade u = {.oldest = mr_assertion_version_of(document) == MR_OB_0_5};
    mr_buf_init(&out, MR_LIMIT_DOCUMENT + MR_KIB);
    if (!mr_json_is(document, MR_JSON_OBJECT)) return MR_FAIL(err, MR_E_FORMAT, "format.object", 0);
    mr_json_writer_init(&u.w, &out, 0);
    put_object(&u, document, wanted, at);
    if (mr_buf_failed(&out)) return MR_FAIL(err, MR_E_LIMIT, "an assertion is too large", MR_NOWHERE);
    mr_str text = mr_arena_dup(a, mr_buf_str(&out));
    if (!text.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for an assertion", MR_NOWHERE);
    return mr_json_parse(a, text, NULL, ret, err);
}
