/* From the name of a key to the key: the document that its identifier stands for, and the method in it.
 *
 * The steps are those of Controlled Identifiers 1.0 section 3.3 (Retrieve Verification Method): the name without its fragment is the document's; the
 * document must say that it is that one; it must have the method, once; the method must be controlled by the document's subject; and it must
 * stand under the relationship that the proof is for. A method that is embedded under a relationship is for that one alone (section 2.3).
 *
 * Every way to fail has a cause of its own (controller_inside.h), because "could not be asked", "does not have it" and "is not meant for this"
 * are three different things for whoever reads the report.
 *
 * Looking a method up costs one walk over the document; how many entries it may have is limited. */
#include "base/limits.h"
#include "proof/controller_inside.h"

static const char *const relationship_names[MR_RELATIONSHIP_COUNT] = {
    [MR_ASSERTION_METHOD] = "assertionMethod",
    [MR_AUTHENTICATION] = "authentication",
    [MR_KEY_AGREEMENT] = "keyAgreement",
    [MR_CAPABILITY_INVOCATION] = "capabilityInvocation",
    [MR_CAPABILITY_DELEGATION] = "capabilityDelegation",
};

const char *mr_relationship_name(mr_relationship r)
{
    return r < MR_RELATIONSHIP_COUNT ? relationship_names[r] : "";
}

mr_relationship mr_relationship_find(mr_str name)
{
    mr_relationship r = 0;
    while (r < MR_RELATIONSHIP_COUNT && !mr_str_is(name, relationship_names[r])) r++;
    return r;
}

/* ---- causes ---- */

static const struct cause {
    const char *id; /* of the message */
    mr_state state;
    mr_code code;
    const char *message;
} causes[] = {
    [MR_KEY_FINE] = {"key.found", MR_PASSED, MR_OK, ""},
    [MR_KEY_NOT_ASKED] = {"key.not_asked", MR_UNCHECKED, MR_E_STATE, "the document would have to be fetched"},
    [MR_KEY_UNREACHABLE] = {"key.unreachable", MR_UNCHECKED, MR_E_NET, "the document could not be fetched"},
    [MR_KEY_UNKNOWN_METHOD] = {"key.unknown_method", MR_UNCHECKED, MR_E_UNSUPPORTED,
                               "an identifier of a kind that is not handled"},
    [MR_KEY_UNKNOWN_KIND] = {"key.unknown_kind", MR_UNCHECKED, MR_E_UNSUPPORTED, "a key of a kind that is not handled"},
    [MR_KEY_DOCUMENT] = {"key.document", MR_FAILED, MR_E_FORMAT, "no identifier, or no document of one"},
    [MR_KEY_OTHER_ID] = {"key.other_id", MR_FAILED, MR_E_FORMAT, "the document of another identifier"},
    [MR_KEY_ABSENT] = {"key.absent", MR_FAILED, MR_E_NOT_FOUND, "the document does not have the key"},
    [MR_KEY_RELATIONSHIP] = {"key.relationship", MR_FAILED, MR_E_KEY, "the key is not for this use"},
    [MR_KEY_CONTROLLER] = {"key.controller", MR_FAILED, MR_E_KEY, "the key is controlled by somebody else"},
    [MR_KEY_REVOKED] = {"key.revoked", MR_FAILED, MR_E_KEY, "the key is revoked"},
    [MR_KEY_EXPIRED] = {"key.expired", MR_FAILED, MR_E_KEY, "the key has expired"},
};

struct mr_step mr_key_step(mr_arena *a, mr_key_cause cause, mr_str detail)
{
    struct mr_step step = {.state = causes[cause].state, .id = causes[cause].id, .at = MR_TIME_NONE};
    if (detail.len) step.detail = mr_arena_dup(a, detail);
    if (!step.detail.ptr) step.detail = MR_STR_EMPTY;
    return step;
}

struct mr_step mr_key_step_of(mr_arena *a, const struct mr_err *err)
{
    if (err->code == MR_E_UNSUPPORTED)
        return mr_key_step(a, MR_KEY_UNKNOWN_KIND, mr_str_of(err->detail[0] ? err->detail : err->message));
    return mr_key_step_c(MR_KEY_DOCUMENT, err->message);
}

struct mr_step mr_method_state(const struct mr_method *m, int64_t now)
{
    struct mr_step step = m->why;
    if (step.state != MR_PASSED) return step;
    if (m->revoked != MR_TIME_NONE && m->revoked <= now) {
        step = mr_key_step_c(MR_KEY_REVOKED, NULL);
        step.at = m->revoked;
    } else if (m->expires != MR_TIME_NONE && m->expires <= now) {
        step = mr_key_step_c(MR_KEY_EXPIRED, NULL);
        step.at = m->expires;
    }
    return step;
}

/* ---- documents ---- */

struct document {
    mr_str id, text;
    const mr_json *json; /* an object whose id is `id`; NULL unless why is PASSED */
    bool fetched;
    struct mr_step why;
};

static int read_object(mr_arena *a, mr_str text, const mr_json **ret, struct mr_step *ret_why, struct mr_err *err)
{
    struct mr_err why = {0};
    const mr_json *json = NULL;
    int code = mr_json_parse(a, text, NULL, &json, &why);
    if (code == MR_E_NOMEM) return MR_FAIL(err, MR_E_NOMEM, why.message, MR_NOWHERE);
    if (code == MR_OK && mr_json_is(json, MR_JSON_OBJECT)) {
        *ret = json;
        *ret_why = mr_key_step_c(MR_KEY_FINE, NULL);
    } else {
        *ret_why = mr_key_step_c(MR_KEY_DOCUMENT, code ? why.message : "not a JSON object");
    }
    return MR_OK;
}

int mr_controller_fetch(mr_arena *a, mr_str url, const char *accept, const mr_fetch *fetch, mr_str *ret_text,
                        const mr_json **ret, struct mr_step *ret_why, struct mr_err *err)
{
    struct mr_err why = {0};
    if (!fetch) {
        *ret_why = mr_key_step(a, MR_KEY_NOT_ASKED, url);
        return MR_OK;
    }
    int code = fetch->get(fetch->self, a, url, accept, MR_LIMIT_CONTROLLER, ret_text, &why);
    if (code == MR_E_NOMEM) return MR_FAIL(err, MR_E_NOMEM, "no memory for a document", MR_NOWHERE);
    if (code == MR_OK) return read_object(a, *ret_text, ret, ret_why, err);
    if (code == MR_E_STATE) {
        *ret_why = mr_key_step(a, MR_KEY_NOT_ASKED, url);
        return MR_OK;
    }
    mr_str detail = mr_arena_format(a, "%.*s: %s", MR_STR_ARG(url), why.detail[0] ? why.detail : why.message);
    *ret_why = mr_key_step(a, MR_KEY_UNREACHABLE, detail);
    return MR_OK;
}

/* The characters of a DID (DID Core 1.0 section 3.1); a path or query belongs to DID URLs that ask for more than a document. */
static bool is_did(mr_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool letter = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
        if (!letter && (c == 0 || !strchr(".-_:%", c))) return false;
    }
    return true;
}

static bool is_https(mr_str url)
{
    static const mr_str scheme = MR_STR_INIT("https://");
    if (!mr_str_has_prefix(url, scheme) || url.len == scheme.len) return false;
    for (size_t i = 0; i < url.len; i++)
        if ((uint8_t)url.ptr[i] <= ' ' || url.ptr[i] == 0x7F) return false;
    return true;
}

/* "ebsi" of "did:ebsi:..."; the scheme of another URI; empty when it is neither. */
static mr_str method_name(mr_str id)
{
    bool did = mr_str_has_prefix(id, MR_STR("did:"));
    mr_str rest = mr_str_from(id, did ? 4 : 0);
    ptrdiff_t colon = mr_str_find_char(rest, ':');
    return colon <= 0 ? MR_STR_EMPTY : mr_str_make(id.ptr, (size_t)colon + (did ? 4 : 0));
}

/* A document out of the identifier itself. */
static int make(mr_arena *a, struct document *d, int (*make_text)(mr_arena *, mr_str, mr_str *, struct mr_err *),
                struct mr_err *err)
{
    struct mr_err why = {0};
    int code = make_text(a, d->id, &d->text, &why);
    if (code == MR_E_NOMEM) return MR_FAIL(err, MR_E_NOMEM, why.message, MR_NOWHERE);
    if (code == MR_OK) return read_object(a, d->text, &d->json, &d->why, err);
    d->why = mr_key_step_of(a, &why);
    return MR_OK;
}

static int fetch_document(mr_arena *a, mr_str url, const mr_fetch *fetch, struct document *d, struct mr_err *err)
{
    static const char accept[] = "application/did+ld+json, application/did+json, application/cid, application/json";
    MR_TRY(mr_controller_fetch(a, url, accept, fetch, &d->text, &d->json, &d->why, err));
    d->fetched = d->json != NULL;
    return MR_OK;
}

static int fetch_did_web(mr_arena *a, const mr_fetch *fetch, struct document *d, struct mr_err *err)
{
    struct mr_err why = {0};
    mr_str url;
    int code = mr_did_web_url(a, d->id, &url, &why);
    if (code == MR_E_NOMEM) return MR_FAIL(err, MR_E_NOMEM, why.message, MR_NOWHERE);
    if (code == MR_OK) return fetch_document(a, url, fetch, d, err);
    d->why = mr_key_step_c(MR_KEY_DOCUMENT, why.message);
    return MR_OK;
}

static int load(mr_arena *a, mr_str id, const mr_fetch *fetch, struct document *d, struct mr_err *err)
{
    mr_str name = method_name(id);
    *d = (struct document){.id = id};
    if (id.len > MR_LIMIT_IDENTIFIER)
        d->why = mr_key_step_c(MR_KEY_DOCUMENT, "the identifier is longer than allowed");
    else if (is_https(id))
        MR_TRY(fetch_document(a, id, fetch, d, err));
    else if (name.len == 0 || (mr_str_has_prefix(id, MR_STR("did:")) && !is_did(id)) ||
             mr_str_has_prefix(id, MR_STR("https:")))
        d->why = mr_key_step_c(MR_KEY_DOCUMENT, "not an identifier");
    else if (mr_str_is(name, "did:key"))
        MR_TRY(make(a, d, mr_did_key_document, err));
    else if (mr_str_is(name, "did:jwk"))
        MR_TRY(make(a, d, mr_did_jwk_document, err));
    else if (mr_str_is(name, "did:web"))
        MR_TRY(fetch_did_web(a, fetch, d, err));
    else
        d->why = mr_key_step(a, MR_KEY_UNKNOWN_METHOD, name);
    if (d->json && !mr_str_eq(mr_json_get_str(d->json, "id"), id)) {
        d->why = mr_key_step(a, MR_KEY_OTHER_ID, mr_json_get_str(d->json, "id"));
        d->json = NULL;
    }
    return MR_OK;
}

int mr_controller_resolve(mr_arena *a, mr_str id, const mr_fetch *fetch, mr_str *ret, struct mr_err *err)
{
    struct document d;
    MR_TRY(load(a, id, fetch, &d, err));
    if (d.json) {
        *ret = d.text;
        return MR_OK;
    }
    const struct cause *cause = &causes[MR_KEY_NOT_ASKED];
    while (strcmp(cause->id, d.why.id) != 0) cause++;
    return MR_FAIL_DETAIL(err, cause->code, cause->message, "%.*s", MR_STR_ARG(d.why.detail));
}

/* ---- the method in a document ---- */

struct search {
    mr_str document, wanted;
    size_t looked;
    const mr_json *method; /* the object, wherever it stands */
    size_t found;          /* how often it is defined */
    bool listed;           /* the relationship has it */
    bool elsewhere;        /* it is embedded under another relationship */
};

/* Is `id`, which may be relative to the document, the one that is looked for? */
static bool is_wanted(const struct search *s, mr_str id)
{
    if (id.len == 0 || id.ptr[0] != '#') return mr_str_eq(id, s->wanted);
    return mr_str_has_prefix(s->wanted, s->document) && mr_str_eq(mr_str_from(s->wanted, s->document.len), id);
}

/* Where entries stand: among the methods, under the relationship that is asked for, or under another. */
enum place { AMONG_METHODS, WANTED_USE, OTHER_USE };

/* The same members with the same values, in the same order. */
static bool is_same(const mr_json *a, const mr_json *b)
{
    if (a->skip != b->skip) return false;
    for (uint32_t i = 0; i < a->skip; i++) {
        bool text = a[i].type == MR_JSON_STRING || a[i].type == MR_JSON_NUMBER;
        if (a[i].type != b[i].type || a[i].len != b[i].len || a[i].skip != b[i].skip) return false;
        if (text && !mr_str_eq(mr_json_text(&a[i]), mr_json_text(&b[i]))) return false;
    }
    return true;
}

/* Some documents have a key whole among the methods and once more under its relationship: that is one key, as long as both are the same. */
static void look_at(struct search *s, const mr_json *entry, enum place place)
{
    if (mr_json_is(entry, MR_JSON_STRING)) {
        s->listed = s->listed || (place == WANTED_USE && is_wanted(s, mr_json_text(entry)));
    } else if (is_wanted(s, mr_json_get_str(entry, "id"))) {
        s->found += !s->method || !is_same(s->method, entry);
        s->method = entry;
        s->listed = s->listed || place == WANTED_USE;
        s->elsewhere = s->elsewhere || place == OTHER_USE;
    }
}

/* A member's entries; JSON-LD may write a single one without brackets. False when there are more than allowed. */
static bool look_through(struct search *s, const mr_json *member, enum place place)
{
    if (member && !mr_json_is(member, MR_JSON_ARRAY)) look_at(s, member, place);
    MR_JSON_EACH (entry, member) {
        if (++s->looked > MR_LIMIT_CONTROLLER_KEYS) return false;
        look_at(s, entry, place);
    }
    return true;
}

static bool search_document(struct search *s, const mr_json *document, mr_relationship use)
{
    bool fine = look_through(s, mr_json_get(document, "verificationMethod"), AMONG_METHODS);
    for (mr_relationship r = 0; fine && r < MR_RELATIONSHIP_COUNT; r++)
        fine = look_through(s, mr_json_get(document, relationship_names[r]), r == use ? WANTED_USE : OTHER_USE);
    return fine;
}

/* Controlled Identifiers 1.0 section 3.3 steps 7 to 11. */
static struct mr_step judge(mr_arena *a, const struct search *s, bool complete)
{
    const mr_json *controller = mr_json_get(s->method, "controller");
    if (!complete) return mr_key_step_c(MR_KEY_DOCUMENT, "more keys than allowed");
    if (!s->method) return mr_key_step(a, MR_KEY_ABSENT, s->wanted);
    if (s->found > 1) return mr_key_step_c(MR_KEY_DOCUMENT, "the key is defined more than once");
    if (!mr_json_is(controller, MR_JSON_STRING))
        return mr_key_step_c(MR_KEY_DOCUMENT, "a verification method without controller");
    if (!mr_str_eq(mr_json_text(controller), s->document))
        return mr_key_step(a, MR_KEY_CONTROLLER, mr_json_text(controller));
    if (!s->listed || s->elsewhere) return mr_key_step(a, MR_KEY_RELATIONSHIP, s->wanted);
    return mr_key_step_c(MR_KEY_FINE, NULL);
}

static int find_method(mr_arena *a, const struct document *d, mr_relationship use, struct mr_method *ret,
                       struct mr_err *err)
{
    struct search s = {.document = d->id, .wanted = ret->id};
    bool complete = search_document(&s, d->json, use);
    ret->why = judge(a, &s, complete);
    if (ret->why.state != MR_PASSED) return MR_OK;
    return mr_verification_method_read(a, s.method, ret, err);
}

int mr_controller_find(void *self, mr_arena *a, mr_str method, mr_relationship use, struct mr_method *ret,
                       struct mr_err *err)
{
    const struct mr_resolver *resolver = self;
    struct document d;
    ptrdiff_t hash = mr_str_find_char(method, '#');
    *ret = (struct mr_method){.expires = MR_TIME_NONE, .revoked = MR_TIME_NONE};
    if (method.len > MR_LIMIT_IDENTIFIER) {
        ret->why = mr_key_step_c(MR_KEY_DOCUMENT, "the identifier is longer than allowed");
        return MR_OK;
    }
    ret->id = mr_arena_dup(a, method);
    if (!ret->id.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for an identifier", MR_NOWHERE);
    ret->controller = mr_str_make(ret->id.ptr, hash < 0 ? method.len : (size_t)hash);
    MR_TRY(load(a, ret->controller, resolver->fetch, &d, err));
    ret->fetched = d.fetched;
    ret->why = d.why;
    if (!d.json) return MR_OK;
    if (hash >= 0) return find_method(a, &d, use, ret, err);
    ret->why = mr_key_step_c(MR_KEY_ABSENT, "the identifier names no key of the document");
    return MR_OK;
}

int mr_controller_find_in(mr_arena *a, mr_str document, mr_str method, mr_relationship use, struct mr_method *ret,
                          struct mr_err *err)
{
    struct document d = {.text = document};
    ptrdiff_t hash = mr_str_find_char(method, '#');
    *ret = (struct mr_method){.expires = MR_TIME_NONE, .revoked = MR_TIME_NONE, .fetched = true};
    ret->id = mr_arena_dup(a, method);
    if (!ret->id.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for an identifier", MR_NOWHERE);
    ret->controller = d.id = mr_str_make(ret->id.ptr, hash < 0 ? method.len : (size_t)hash);
    MR_TRY(read_object(a, document, &d.json, &ret->why, err));
    if (!d.json) return MR_OK;
    if (!mr_str_eq(mr_json_get_str(d.json, "id"), d.id))
        ret->why = mr_key_step(a, MR_KEY_OTHER_ID, d.id);
    else if (hash < 0)
        ret->why = mr_key_step_c(MR_KEY_ABSENT, "the identifier names no key of the document");
    else
        return find_method(a, &d, use, ret, err);
    return MR_OK;
}
