/* Is this a well-formed ELM credential?
 *
 * The official shapes hold for nodes by their types, and JSON-LD drops what it does not know: a document without the right types conforms to
 * everything, and a member with one foreign letter (the Commission's own sample has "eIDASΙdentifier" with a Greek iota) says
 * nothing at all. So, before anything is read: @context is exactly one of two known values, the types are there, and every member and type
 * is one that the contexts in force at that place define. No context is ever fetched; the terms are in spec/elm/terms.def.
 *
 * Which terms are known depends on the place (JSON-LD 1.1 section 4.1.8, scoped contexts): the terms of the Verifiable Credentials contexts hold in
 * the node whose type brings them and not in the nodes within; in a VC 2.0 the terms of ELM hold below the members that our own
 * context scopes (MR_ELM_VC2_CONTEXT). Absolute and compact IRIs always expand. Values of language maps are texts by language tag. */
#include "credential/elm.h"

#include "base/limits.h"
#include "json/write.h"

#include <stdio.h>

enum kind { CLASS, PREFIX, MAP, PROPERTY, SCOPED };
struct term {
    const char *name;
    enum kind kind;
};

#define MR_TERM(name, kind) {name, kind},
static const struct term elm_terms[] = {
#include <elm/terms.def>
};
#undef MR_TERM

/* <https://www.w3.org/2018/credentials/v1>: everywhere, and in a node of type VerifiableCredential. Sorted. */
static const struct term v1_terms[] = {
    {"VerifiableCredential", CLASS}, {"VerifiablePresentation", CLASS}, {"proof", PROPERTY}};
static const struct term v1_credential_terms[] = {{"cred", PREFIX},
                                                  {"credentialSchema", PROPERTY},
                                                  {"credentialStatus", PROPERTY},
                                                  {"credentialSubject", PROPERTY},
                                                  {"evidence", PROPERTY},
                                                  {"expirationDate", PROPERTY},
                                                  {"holder", PROPERTY},
                                                  {"issuanceDate", PROPERTY},
                                                  {"issued", PROPERTY},
                                                  {"issuer", PROPERTY},
                                                  {"proof", PROPERTY},
                                                  {"refreshService", PROPERTY},
                                                  {"sec", PREFIX},
                                                  {"termsOfUse", PROPERTY},
                                                  {"validFrom", PROPERTY},
                                                  {"validUntil", PROPERTY},
                                                  {"xsd", PREFIX}};

/* <https://www.w3.org/ns/credentials/v2> with our own context beside it, and its terms in a node of type VerifiableCredential. Sorted. */
static const struct term v2_terms[] = {{"BitstringStatusListEntry", CLASS},
                                       {"Evidence", CLASS},
                                       {"Organisation", CLASS},
                                       {"Person", CLASS},
                                       {"VerifiableCredential", CLASS},
                                       {"altLabel", MAP},
                                       {"dateOfBirth", PROPERTY},
                                       {"dcType", SCOPED},
                                       {"description", PROPERTY},
                                       {"digestMultibase", PROPERTY},
                                       {"digestSRI", PROPERTY},
                                       {"eIDASIdentifier", SCOPED},
                                       {"evidenceStatement", PROPERTY},
                                       {"familyName", MAP},
                                       {"fullName", MAP},
                                       {"givenName", MAP},
                                       {"hasClaim", SCOPED},
                                       {"legalName", MAP},
                                       {"location", SCOPED},
                                       {"mediaType", PROPERTY},
                                       {"name", PROPERTY}};
static const struct term v2_credential_terms[] = {{"confidenceMethod", PROPERTY},
                                                  {"credentialSchema", PROPERTY},
                                                  {"credentialStatus", PROPERTY},
                                                  {"credentialSubject", PROPERTY},
                                                  {"evidence", PROPERTY},
                                                  {"issuer", PROPERTY},
                                                  {"proof", PROPERTY},
                                                  {"refreshService", PROPERTY},
                                                  {"relatedResource", PROPERTY},
                                                  {"renderMethod", PROPERTY},
                                                  {"termsOfUse", PROPERTY},
                                                  {"validFrom", PROPERTY},
                                                  {"validUntil", PROPERTY}};
/* In a node of type BitstringStatusListEntry. */
static const struct term v2_status_terms[] = {{"statusListCredential", PROPERTY}, {"statusListIndex", PROPERTY},
                                              {"statusMessage", PROPERTY},        {"statusPurpose", PROPERTY},
                                              {"statusReference", PROPERTY},      {"statusSize", PROPERTY}};

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const struct term *find(const struct term *terms, size_t count, mr_str name)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = mr_str_compare(name, mr_str_of(terms[mid].name));
        if (order == 0) return &terms[mid];
        if (order < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return NULL;
}

/* --- one node ----------------------------------------------------------------------------------------------------- */

/*   scoped  below a member of a VC 2.0 that the ELM context is scoped to */
struct place {
    mr_elm_kind kind;
    bool scoped;
};
struct checking {
    const mr_json *root;
    mr_elm_kind kind;
    struct mr_err *err;
};

static bool has_type(const mr_json *node, const char *type)
{
    const mr_json *t = mr_json_get(node, "type");
    if (mr_str_is(mr_json_str(t), type)) return true;
    MR_JSON_EACH (one, t) {
        if (mr_str_is(mr_json_str(one), type)) return true;
    }
    return false;
}

/* The term that a name is at this place, or NULL. node: for terms that its type brings; NULL for a name of a type. */
static const struct term *lookup(struct place p, const mr_json *node, mr_str name)
{
    const struct term *t = NULL;
    bool edc = p.kind == MR_ELM_EDC;
    if (edc || p.scoped) t = find(elm_terms, COUNT(elm_terms), name);
    if (!t) t = edc ? find(v1_terms, COUNT(v1_terms), name) : find(v2_terms, COUNT(v2_terms), name);
    if (t || !node) return t;
    if (has_type(node, "VerifiableCredential"))
        t = edc ? find(v1_credential_terms, COUNT(v1_credential_terms), name)
                : find(v2_credential_terms, COUNT(v2_credential_terms), name);
    if (!t && !edc && has_type(node, "BitstringStatusListEntry"))
        t = find(v2_status_terms, COUNT(v2_status_terms), name);
    return t;
}

/* "http://...", "urn:...", or a prefix of the context and a colon. */
static bool is_iri(struct place p, mr_str name)
{
    ptrdiff_t colon = mr_str_find_char(name, ':');
    if (colon <= 0) return false;
    mr_str scheme = mr_str_make(name.ptr, (size_t)colon);
    if (mr_str_is(scheme, "http") || mr_str_is(scheme, "https") || mr_str_is(scheme, "urn")) return true;
    const struct term *t = lookup(p, NULL, scheme);
    return t && t->kind == PREFIX;
}

static bool is_keyword(mr_str name)
{
    static const char *const known[] = {"id", "type", "@id", "@type", "@value", "@language"};
    for (size_t i = 0; i < COUNT(known); i++) {
        if (mr_str_is(name, known[i])) return true;
    }
    return false;
}

static int refuse(struct checking *c, const char *message, const mr_json *at, mr_str what)
{
    if (!c->err) return MR_E_FORMAT;
    int code = MR_FAIL_DETAIL(c->err, MR_E_FORMAT, message, "%.*s", (int)(what.len < 150 ? what.len : 150),
                              what.len ? what.ptr : "");
    c->err->position = at->position;
    mr_json_pointer(c->root, at, c->err->pointer, sizeof c->err->pointer);
    return code;
}

static int check_type(struct checking *c, struct place p, const mr_json *type)
{
    mr_str name = mr_json_str(type);
    if (!mr_json_is(type, MR_JSON_STRING)) return refuse(c, "format.unknown_type", type, MR_STR("(no text)"));
    const struct term *t = lookup(p, NULL, name);
    if ((t && t->kind == CLASS) || is_iri(p, name)) return MR_OK;
    return refuse(c, "format.unknown_type", type, name);
}

static int check_types(struct checking *c, struct place p, const mr_json *types)
{
    if (!mr_json_is(types, MR_JSON_ARRAY)) return check_type(c, p, types);
    MR_JSON_EACH (one, types) MR_TRY(check_type(c, p, one));
    return MR_OK;
}

static int check_value(struct checking *c, struct place p, const mr_json *value);

static int check_member(struct checking *c, struct place p, const mr_json *node, const mr_json *name)
{
    mr_str text = mr_json_text(name);
    const mr_json *value = name + 1;
    if (mr_str_is(text, "type") || mr_str_is(text, "@type")) return check_types(c, p, value);
    if (mr_str_is(text, "@context") && node == c->root) return MR_OK; /* compared whole */
    if (is_keyword(text)) return MR_OK;
    const struct term *t = lookup(p, node, text);
    if (!t && !is_iri(p, text)) return refuse(c, "format.unknown_term", value, text);
    if (t && (t->kind == MAP || mr_str_is(text, "proof")))
        return MR_OK; /* texts by language; a proof has contexts of its own */
    if (t && (t->kind == CLASS || t->kind == PREFIX)) return refuse(c, "format.unknown_term", value, text);
    if (t && t->kind == SCOPED) p.scoped = true;
    return check_value(c, p, value);
}

/* As deep as the reader went (MR_LIMIT_JSON_DEPTH). */
static int check_value(struct checking *c, struct place p, const mr_json *value)
{
    MR_JSON_EACH (item, value) MR_TRY(check_value(c, p, item));
    MR_JSON_EACH_MEMBER (name, value) MR_TRY(check_member(c, p, value, name));
    return MR_OK;
}

/* --- the document ------------------------------------------------------------------------------------------------- */

/* The kind of document that a context, written compactly, belongs to. */
static mr_elm_kind kind_of_context(const mr_json *context)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_json_writer w;
    mr_buf_init(&text, 64 * MR_KIB);
    mr_json_writer_init(&w, &text, 0);
    mr_json_put_value(&w, context);
    if (mr_buf_failed(&text)) return MR_ELM_NONE;
    if (mr_str_is(mr_buf_str(&text), MR_ELM_EDC_CONTEXT)) return MR_ELM_EDC;
    return mr_str_is(mr_buf_str(&text), MR_ELM_VC2_CONTEXT) ? MR_ELM_VC2 : MR_ELM_NONE;
}

/* The first context that is none of ours, to be named. */
static mr_str foreign_context(const mr_json *context)
{
    if (mr_json_is(context, MR_JSON_STRING)) return mr_json_text(context);
    MR_JSON_EACH (one, context) {
        mr_str iri = mr_json_str(one);
        bool known = mr_str_is(iri, MR_ELM_CONTEXT_IRI) || mr_str_is(iri, "https://www.w3.org/2018/credentials/v1") ||
                     mr_str_is(iri, "https://www.w3.org/ns/credentials/v2");
        if (iri.len > 0 && !known) return iri;
    }
    return MR_STR_EMPTY;
}

int mr_elm_check_format(const mr_json *document, mr_elm_kind *ret, struct mr_err *err)
{
    struct checking c = {document, MR_ELM_NONE, err};
    if (!mr_json_is(document, MR_JSON_OBJECT)) return refuse(&c, "format.object", document, MR_STR_EMPTY);
    const mr_json *context = mr_json_get(document, "@context"), *type = mr_json_get(document, "type");
    if (!context) return refuse(&c, "format.context", document, MR_STR_EMPTY);
    c.kind = kind_of_context(context);
    if (c.kind == MR_ELM_NONE) return refuse(&c, "format.context", context, foreign_context(context));
    bool typed = has_type(document, "VerifiableCredential") &&
                 (c.kind == MR_ELM_VC2 || has_type(document, "EuropeanDigitalCredential"));
    if (!typed) return refuse(&c, "format.types", type ? type : document, mr_json_str(type));
    MR_TRY(check_value(&c, (struct place){c.kind, false}, document));
    *ret = c.kind;
    return MR_OK;
}
