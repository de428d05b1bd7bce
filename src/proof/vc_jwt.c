/* From the claims of a token to its document.
 *
 * First it is found where the document stands (the claims themselves, or the claim vc or vp), then claims and members are compared, and then the document is
 * written: without what is about the token, or, for the elders, completed by what the claims stand for. Comparing comes first, so that a claim never overwrites
 * a member. Where the claims are the document and nothing else, nothing is written. */
#include "proof/vc_jwt.h"

#include "base/limits.h"
#include "base/time.h"
#include "json/write.h"

/* Four forms of tokens hold credentials: what is looked for in each is told by its typ. */
struct token {
    const mr_json *claims;
    const mr_json *base; /* the document so far: the claims, or what the claim vc or vp holds */
    bool elder;          /* claims stand for members of the document */
    bool presentation;
};

static bool lists(const mr_json *v, const char *word)
{
    if (mr_str_is(mr_json_str(v), word)) return true;
    MR_JSON_EACH (item, v) {
        if (mr_str_is(mr_json_str(item), word)) return true;
    }
    return false;
}

static bool is_typ(mr_str typ, const char *const names[3])
{
    for (size_t i = 0; i < 3; i++)
        if (mr_str_eq_ascii_nocase(typ, mr_str_of(names[i]))) return true;
    return false;
}

/* ---- which document ---- */

/* VC-JOSE-COSE 1.0 3.1.1 and 3.1.2: the claims are the document; vc and vp must not be there. */
static int find_in_claims(struct token *t, struct mr_err *err)
{
    const mr_json *old = mr_json_get(t->claims, "vc") ? mr_json_get(t->claims, "vc") : mr_json_get(t->claims, "vp");
    const mr_json *type = mr_json_get(t->claims, "type");
    if (old) return MR_FAIL(err, MR_E_FORMAT, "token.vc_claim", old->position);
    if (!mr_json_get(t->claims, "@context")) return MR_FAIL(err, MR_E_FORMAT, "token.nothing", t->claims->position);
    if (lists(type, t->presentation ? "VerifiableCredential" : "VerifiablePresentation"))
        return MR_FAIL(err, MR_E_FORMAT, "token.typ", type->position);
    t->base = t->claims;
    return MR_OK;
}

/* VC Data Model 1.1 6.3.1: in the claim vc or vp; Open Badges 3.0: the claims are the badge. */
static int find_in_elder(struct token *t, struct mr_err *err)
{
    const mr_json *vc = mr_json_get(t->claims, "vc"), *vp = mr_json_get(t->claims, "vp");
    t->elder = true;
    t->base = vc ? vc : vp ? vp : t->claims;
    t->presentation = vp || (!vc && lists(mr_json_get(t->claims, "type"), "VerifiablePresentation"));
    if ((vc && vp) || !mr_json_is(t->base, MR_JSON_OBJECT) || !mr_json_get(t->base, "@context"))
        return MR_FAIL(err, MR_E_FORMAT, "token.nothing", t->base->position);
    return MR_OK;
}

static int find_document(struct token *t, mr_str typ, struct mr_err *err)
{
    static const char *const credentials[3] = {"vc+jwt", "vc+sd-jwt", "vc+ld+jwt"}, *const presentations[3] = {
                                                                                        "vp+jwt", "vp+sd-jwt",
                                                                                        "vp+ld+jwt"};
    if (!mr_json_is(t->claims, MR_JSON_OBJECT)) return MR_FAIL(err, MR_E_FORMAT, "token.nothing", 0);
    if (typ.len == 0 || mr_str_eq_ascii_nocase(typ, MR_STR("JWT"))) return find_in_elder(t, err);
    t->presentation = is_typ(typ, presentations);
    if (t->presentation || is_typ(typ, credentials)) return find_in_claims(t, err);
    return MR_FAIL_DETAIL(err, MR_E_FORMAT, "token.typ", "%.*s", MR_STR_ARG(typ));
}

/* ---- claims and members must say the same ---- */

static mr_str id_of(const mr_json *v)
{
    return mr_json_is(v, MR_JSON_OBJECT) ? mr_json_get_str(v, "id") : mr_json_str(v);
}

/* Does this claim, when it is there, say what the member says? A member that is missing contradicts nothing. */
static int compare(const struct token *t, const char *claim, mr_str member, const char *message, struct mr_err *err)
{
    const mr_json *v = mr_json_get(t->claims, claim);
    if (!v) return MR_OK;
    if (!mr_json_is(v, MR_JSON_STRING) || (member.len && !mr_str_eq(mr_json_text(v), member)))
        return MR_FAIL(err, MR_E_FORMAT, message, v->position);
    return MR_OK;
}

static const char *party_name(const struct token *t)
{
    return t->presentation ? "holder" : "issuer";
}

/* The subject that sub speaks of: the one that has its id, else the first. NULL: there is none. */
static const mr_json *subject_of(const struct token *t)
{
    const mr_json *subjects = mr_json_get(t->base, "credentialSubject");
    mr_str sub = mr_json_get_str(t->claims, "sub");
    if (!mr_json_is(subjects, MR_JSON_ARRAY)) return subjects;
    MR_JSON_EACH (subject, subjects) {
        if (mr_str_eq(id_of(subject), sub)) return subject;
    }
    return mr_json_at(subjects, 0);
}

static int compare_subject(const struct token *t, struct mr_err *err)
{
    const mr_json *subjects = mr_json_get(t->base, "credentialSubject"), *subject = subject_of(t),
                  *sub = mr_json_get(t->claims, "sub");
    if (t->presentation || !sub) return MR_OK;
    bool several = mr_json_is(subjects, MR_JSON_ARRAY) && mr_json_count(subjects) > 1;
    /* of several without ids nobody can tell which one is meant */
    if ((several && id_of(subject).len == 0) || (subject && !mr_json_is(subject, MR_JSON_OBJECT)))
        return MR_FAIL(err, MR_E_FORMAT, "token.subject", sub->position);
    return compare(t, "sub", id_of(subject), "token.subject", err);
}

/* ---- times ---- */

/* The members that nbf and exp stand for: VC Data Model 1.1 and 2.0 name them differently. */
static const char *time_member(const struct token *t, const char *claim)
{
    const mr_json *context = mr_json_get(t->base, "@context");
    bool second = mr_str_is(mr_json_str(mr_json_is(context, MR_JSON_ARRAY) ? mr_json_at(context, 0) : context),
                            "https://www.w3.org/ns/credentials/v2");
    if (strcmp(claim, "nbf") == 0) return second ? "validFrom" : "issuanceDate";
    return second ? "validUntil" : "expirationDate";
}

static int64_t floor_to_seconds(int64_t ms)
{
    return ms / 1000 - (ms % 1000 < 0);
}

/* A NumericDate in whole seconds. */
static bool read_seconds(const mr_json *v, int64_t *ret)
{
    int64_t ms;
    if (!mr_json_to_time(v, &ms)) return false;
    *ret = floor_to_seconds(ms);
    return true;
}

static int compare_time(const struct token *t, const char *claim, struct mr_err *err)
{
    const mr_json *v = mr_json_get(t->claims, claim), *member = mr_json_get(t->base, time_member(t, claim));
    int64_t seconds, ms;
    if (!v) return MR_OK;
    if (!read_seconds(v, &seconds)) return MR_FAIL(err, MR_E_FORMAT, "token.times", v->position);
    if (!t->elder || t->presentation || !member) return MR_OK;
    if (mr_time_parse(mr_json_str(member), &ms, NULL) != MR_OK || floor_to_seconds(ms) != seconds)
        return MR_FAIL(err, MR_E_FORMAT, "token.times", v->position);
    return MR_OK;
}

static int compare_all(const struct token *t, struct mr_err *err)
{
    MR_TRY(compare(t, "iss", id_of(mr_json_get(t->base, party_name(t))), "token.issuer", err));
    MR_TRY(compare(t, "jti", mr_json_get_str(t->base, "id"), "token.id", err));
    MR_TRY(compare_subject(t, err));
    MR_TRY(compare_time(t, "nbf", err));
    return compare_time(t, "exp", err);
}

/* ---- writing the document ---- */

static bool is_about_token(mr_str name)
{
    static const char *const names[] = {"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "cnf", "nonce"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (mr_str_is(name, names[i])) return true;
    return false;
}

/* An object, with an id when it has none. */
static void put_with_id(mr_json_writer *w, const mr_json *object, mr_str id)
{
    mr_json_begin_object(w);
    if (!mr_json_get(object, "id")) mr_json_put_member(w, "id", id);
    MR_JSON_EACH_MEMBER (name, object) {
        mr_json_put_name_str(w, mr_json_text(name));
        mr_json_put_value(w, name + 1);
    }
    mr_json_end_object(w);
}

static void put_subjects(mr_json_writer *w, const struct token *t, const mr_json *subjects)
{
    const mr_json *meant = subject_of(t);
    mr_str sub = mr_json_get_str(t->claims, "sub");
    if (!mr_json_is(subjects, MR_JSON_ARRAY)) {
        put_with_id(w, subjects, sub);
        return;
    }
    mr_json_begin_array(w);
    MR_JSON_EACH (subject, subjects) {
        if (subject == meant)
            put_with_id(w, subject, sub);
        else
            mr_json_put_value(w, subject);
    }
    mr_json_end_array(w);
}

/* A member of the document, completed from the claims where they stand for a part of it. */
static void put_member(mr_json_writer *w, const struct token *t, const mr_json *name)
{
    mr_str text = mr_json_text(name);
    const mr_json *value = name + 1;
    if (t->base == t->claims && is_about_token(text)) return;
    mr_json_put_name_str(w, text);
    if (t->elder && mr_str_is(text, party_name(t)) && mr_json_is(value, MR_JSON_OBJECT) &&
        mr_json_get(t->claims, "iss"))
        put_with_id(w, value, mr_json_get_str(t->claims, "iss"));
    else if (t->elder && !t->presentation && mr_str_is(text, "credentialSubject") && mr_json_get(t->claims, "sub"))
        put_subjects(w, t, value);
    else
        mr_json_put_value(w, value);
}

static void put_missing(mr_json_writer *w, const struct token *t, const char *claim, const char *member)
{
    const mr_json *v = mr_json_get(t->claims, claim);
    if (v && !mr_json_get(t->base, member)) mr_json_put_member(w, member, mr_json_text(v));
}

static void put_missing_time(mr_json_writer *w, const struct token *t, const char *claim)
{
    const mr_json *v = mr_json_get(t->claims, claim);
    const char *member = time_member(t, claim);
    char text[21];
    int64_t seconds;
    if (!v || mr_json_get(t->base, member) || !read_seconds(v, &seconds)) return;
    mr_time_write(seconds * 1000, text);
    mr_json_put_member_c(w, member, text);
}

/* VC Data Model 1.1 6.3.1, JWT decoding, step 3. */
static void put_all_missing(mr_json_writer *w, const struct token *t)
{
    put_missing(w, t, "jti", "id");
    put_missing(w, t, "iss", party_name(t));
    if (t->presentation) return;
    put_missing_time(w, t, "nbf");
    put_missing_time(w, t, "exp");
    if (!mr_json_get(t->claims, "sub") || mr_json_get(t->base, "credentialSubject")) return;
    mr_json_put_name(w, "credentialSubject");
    put_with_id(w, NULL, mr_json_get_str(t->claims, "sub"));
}

static int write_document(mr_arena *a, const struct token *t, mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_json_writer w;
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    mr_json_writer_init(&w, &out, 0);
    mr_json_begin_object(&w);
    MR_JSON_EACH_MEMBER (name, t->base) put_member(&w, t, name);
    if (t->elder) put_all_missing(&w, t);
    mr_json_end_object(&w);
    if (mr_buf_failed(&out)) return MR_FAIL(err, MR_E_LIMIT, "the document is larger than allowed", MR_NOWHERE);
    *ret = mr_arena_dup(a, mr_buf_str(&out));
    return ret->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for the document", MR_NOWHERE);
}

/* Is the document the claims as they stand, all of them? */
static bool is_all(const struct token *t)
{
    bool all = !t->elder;
    MR_JSON_EACH_MEMBER (name, t->base) all = all && !is_about_token(mr_json_text(name));
    return all;
}

int mr_vc_jwt_document(mr_arena *a, mr_str typ, mr_str text, const mr_json *claims, mr_str *ret_text,
                       const mr_json **ret_document, bool *ret_presentation, struct mr_err *err)
{
    struct token t = {.claims = claims};
    const mr_json *document = claims;
    mr_str document_text = mr_str_trim(text);
    MR_TRY(find_document(&t, typ, err));
    MR_TRY(compare_all(&t, err));
    if (!is_all(&t)) {
        MR_TRY(write_document(a, &t, &document_text, err));
        MR_TRY(mr_json_parse(a, document_text, NULL, &document, err));
    }
    *ret_text = document_text;
    *ret_document = document;
    *ret_presentation = t.presentation;
    return MR_OK;
}
