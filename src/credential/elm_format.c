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
#include "credential/each.h"
#include "credential/elm.h"

#include "base/limits.h"
#include "json/write.h"
#include "model/guess.h"

#include <stdio.h>

enum kind { CLASS, PREFIX, MAP, PROPERTY, SCOPED };
struct term {
    mr_str name;
    enum kind kind;
};

#define MR_TERM(name, kind) {MR_STR_INIT(name), kind},
static const struct term elm_terms[] = {
#include <elm/terms.def>
};
#undef MR_TERM

/* <https://www.w3.org/2018/credentials/v1>: everywhere, and in a node of type VerifiableCredential. Sorted. */
static const struct term v1_terms[] = {{MR_STR_INIT("VerifiableCredential"), CLASS},
                                       {MR_STR_INIT("VerifiablePresentation"), CLASS},
                                       {MR_STR_INIT("proof"), PROPERTY}};
static const struct term v1_credential_terms[] = {{MR_STR_INIT("cred"), PREFIX},
                                                  {MR_STR_INIT("credentialSchema"), PROPERTY},
                                                  {MR_STR_INIT("credentialStatus"), PROPERTY},
                                                  {MR_STR_INIT("credentialSubject"), PROPERTY},
                                                  {MR_STR_INIT("evidence"), PROPERTY},
                                                  {MR_STR_INIT("expirationDate"), PROPERTY},
                                                  {MR_STR_INIT("holder"), PROPERTY},
                                                  {MR_STR_INIT("issuanceDate"), PROPERTY},
                                                  {MR_STR_INIT("issued"), PROPERTY},
                                                  {MR_STR_INIT("issuer"), PROPERTY},
                                                  {MR_STR_INIT("proof"), PROPERTY},
                                                  {MR_STR_INIT("refreshService"), PROPERTY},
                                                  {MR_STR_INIT("sec"), PREFIX},
                                                  {MR_STR_INIT("termsOfUse"), PROPERTY},
                                                  {MR_STR_INIT("validFrom"), PROPERTY},
                                                  {MR_STR_INIT("validUntil"), PROPERTY},
                                                  {MR_STR_INIT("xsd"), PREFIX}};

/* <https://www.w3.org/ns/credentials/v2> with our own context beside it, and its terms in a node of type VerifiableCredential. Sorted. */
static const struct term v2_terms[] = {{MR_STR_INIT("BitstringStatusListEntry"), CLASS},
                                       {MR_STR_INIT("Evidence"), CLASS},
                                       {MR_STR_INIT("Organisation"), CLASS},
                                       {MR_STR_INIT("Person"), CLASS},
                                       {MR_STR_INIT("VerifiableCredential"), CLASS},
                                       {MR_STR_INIT("altLabel"), MAP},
                                       {MR_STR_INIT("dateOfBirth"), PROPERTY},
                                       {MR_STR_INIT("dcType"), SCOPED},
                                       {MR_STR_INIT("description"), PROPERTY},
                                       {MR_STR_INIT("digestMultibase"), PROPERTY},
                                       {MR_STR_INIT("digestSRI"), PROPERTY},
                                       {MR_STR_INIT("eIDASIdentifier"), SCOPED},
                                       {MR_STR_INIT("evidenceStatement"), PROPERTY},
                                       {MR_STR_INIT("familyName"), MAP},
                                       {MR_STR_INIT("fullName"), MAP},
                                       {MR_STR_INIT("givenName"), MAP},
                                       {MR_STR_INIT("hasClaim"), SCOPED},
                                       {MR_STR_INIT("legalName"), MAP},
                                       {MR_STR_INIT("location"), SCOPED},
                                       {MR_STR_INIT("mediaType"), PROPERTY},
                                       {MR_STR_INIT("name"), PROPERTY}};
static const struct term v2_credential_terms[] = {{MR_STR_INIT("confidenceMethod"), PROPERTY},
                                                  {MR_STR_INIT("credentialSchema"), PROPERTY},
                                                  {MR_STR_INIT("credentialStatus"), PROPERTY},
                                                  {MR_STR_INIT("credentialSubject"), PROPERTY},
                                                  {MR_STR_INIT("evidence"), PROPERTY},
                                                  {MR_STR_INIT("issuer"), PROPERTY},
                                                  {MR_STR_INIT("proof"), PROPERTY},
                                                  {MR_STR_INIT("refreshService"), PROPERTY},
                                                  {MR_STR_INIT("relatedResource"), PROPERTY},
                                                  {MR_STR_INIT("renderMethod"), PROPERTY},
                                                  {MR_STR_INIT("termsOfUse"), PROPERTY},
                                                  {MR_STR_INIT("validFrom"), PROPERTY},
                                                  {MR_STR_INIT("validUntil"), PROPERTY}};
/* In a node of type BitstringStatusListEntry. */
static const struct term v2_status_terms[] = {
    {MR_STR_INIT("statusListCredential"), PROPERTY}, {MR_STR_INIT("statusListIndex"), PROPERTY},
    {MR_STR_INIT("statusMessage"), PROPERTY},        {MR_STR_INIT("statusPurpose"), PROPERTY},
    {MR_STR_INIT("statusReference"), PROPERTY},      {MR_STR_INIT("statusSize"), PROPERTY}};

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const struct term *find(const struct term *terms, size_t count, mr_str name)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = mr_str_compare(name, terms[mid].name);
        if (order == 0) return &terms[mid];
        if (order < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return NULL;
}

/* The terms of ELM by a hash of their names, for one check: filling it takes a microsecond, and every member of a document is asked for. At most
 * half of the slots are taken, so that a search ends. */
struct elm_index {
    uint8_t slots[512]; /* number of a term, from 1; 0: free */
};
_Static_assert(COUNT(elm_terms) <= UINT8_MAX, "numbers of terms are octets");

/* Length and three characters tell nearly all terms apart. */
static size_t first_slot(mr_str name)
{
    if (name.len == 0) return 0;
    uint32_t first = (unsigned char)name.ptr[0], middle = (unsigned char)name.ptr[name.len / 2],
             last = (unsigned char)name.ptr[name.len - 1];
    return ((uint32_t)name.len << 24 ^ first << 16 ^ middle << 8 ^ last) * 0x9e3779b1u >> 23;
}

/* The slot of a term: it holds its number, or is free. */
static uint8_t *slot_of(struct elm_index *x, mr_str name)
{
    size_t i = first_slot(name);
    while (x->slots[i] && !mr_str_eq(elm_terms[x->slots[i] - 1].name, name)) i = (i + 1) % sizeof x->slots;
    return &x->slots[i];
}

static void fill_index(struct elm_index *x)
{
    memset(x, 0, sizeof *x);
    for (size_t i = 0; i < COUNT(elm_terms); i++) *slot_of(x, elm_terms[i].name) = (uint8_t)(i + 1);
}

/* --- one node ----------------------------------------------------------------------------------------------------- */

/*   scoped  below a member of a VC 2.0 that the ELM context is scoped to */
struct place {
    mr_elm_kind kind;
    bool scoped;
    bool credential, status; /* the types of the node that members are asked for, found once for all of them */
};
struct checking {
    struct elm_index elm;
    const mr_json *root;
    mr_elm_kind kind;
    struct mr_err *err;
    unsigned guesses;          /* made so far */
    mr_elm_listener *listener; /* NULL: the first fault ends it */
    void *self;
};

/* A document that does not say that it is a credential is told so once, and then taken for one. */
static bool is_credential(const struct checking *c, const mr_json *node, const mr_json *type)
{
    return mr_each_has(type, "VerifiableCredential") || (node == c->root && c->listener);
}

/* The term that a name is at this place, or NULL. node: for terms that its type brings; NULL for a name of a type. */
static const struct term *lookup(struct checking *c, struct place p, const mr_json *node, mr_str name)
{
    const struct term *t = NULL;
    bool edc = p.kind == MR_ELM_EDC;
    uint8_t number = edc || p.scoped ? *slot_of(&c->elm, name) : 0;
    if (number) t = &elm_terms[number - 1];
    if (!t) t = edc ? find(v1_terms, COUNT(v1_terms), name) : find(v2_terms, COUNT(v2_terms), name);
    if (t || !node) return t;
    if (p.credential)
        t = edc ? find(v1_credential_terms, COUNT(v1_credential_terms), name)
                : find(v2_credential_terms, COUNT(v2_credential_terms), name);
    if (!t && !edc && p.status) t = find(v2_status_terms, COUNT(v2_status_terms), name);
    return t;
}

/* "http://...", "urn:...", or a prefix of the context and a colon. */
static bool is_iri(struct checking *c, struct place p, mr_str name)
{
    ptrdiff_t colon = mr_str_find_char(name, ':');
    if (colon <= 0) return false;
    mr_str scheme = mr_str_make(name.ptr, (size_t)colon);
    if (mr_str_is(scheme, "http") || mr_str_is(scheme, "https") || mr_str_is(scheme, "urn")) return true;
    const struct term *t = lookup(c, p, NULL, scheme);
    return t && t->kind == PREFIX;
}

static bool is_keyword(mr_str name)
{
    static const mr_str known[] = {MR_STR_INIT("id"),    MR_STR_INIT("type"),   MR_STR_INIT("@id"),
                                   MR_STR_INIT("@type"), MR_STR_INIT("@value"), MR_STR_INIT("@language")};
    for (size_t i = 0; i < COUNT(known); i++) {
        if (mr_str_eq(name, known[i])) return true;
    }
    return false;
}

/* The term that was probably meant by a name at this place; NULL when none is near. */
static const struct term *guess(struct checking *c, struct place p, const mr_json *node, mr_str name, bool is_class);

static int refuse(struct checking *c, const char *message, const mr_json *at, mr_str what)
{
    if (c->listener) {
        c->listener(c->self, message, at, what, MR_STR_EMPTY);
        return MR_OK;
    }
    if (!c->err) return MR_E_FORMAT;
    int code = MR_FAIL_DETAIL(c->err, MR_E_FORMAT, message, "%.*s", (int)(what.len < 150 ? what.len : 150),
                              what.len ? what.ptr : "");
    c->err->position = at->position;
    mr_json_pointer(c->root, at, c->err->pointer, sizeof c->err->pointer);
    return code;
}

/* A name that no context defines. node: NULL for the name of a type. */
static int refuse_term(struct checking *c, struct place p, const mr_json *node, const mr_json *at, mr_str name)
{
    const char *message = node ? "format.unknown_term" : "format.unknown_type";
    if (!c->listener) return refuse(c, message, at, name);
    const struct term *t = guess(c, p, node, name, !node);
    c->listener(c->self, message, at, name, t ? t->name : MR_STR_EMPTY);
    return MR_OK;
}

static int check_type(struct checking *c, struct place p, const mr_json *type)
{
    mr_str name = mr_json_str(type);
    if (!mr_json_is(type, MR_JSON_STRING)) return refuse(c, "format.unknown_type", type, MR_STR("(no text)"));
    const struct term *t = lookup(c, p, NULL, name);
    if ((t && t->kind == CLASS) || is_iri(c, p, name)) return MR_OK;
    return refuse_term(c, p, NULL, type, name);
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
    const struct term *t = lookup(c, p, node, text);
    if (!t && !is_iri(c, p, text)) return refuse_term(c, p, node, value, text);
    if (t && (t->kind == MAP || mr_str_is(text, "proof")))
        return MR_OK; /* texts by language; a proof has contexts of its own */
    if (t && (t->kind == CLASS || t->kind == PREFIX)) return refuse_term(c, p, node, value, text);
    if (t && t->kind == SCOPED) p.scoped = true;
    return check_value(c, p, value);
}

/* As deep as the reader went (MR_LIMIT_JSON_DEPTH). */
static int check_value(struct checking *c, struct place p, const mr_json *value)
{
    const mr_json *type = mr_json_get(value, "type");
    p.credential = is_credential(c, value, type), p.status = mr_each_has(type, "BitstringStatusListEntry");
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

/* The nearest of some terms; *nearest is its distance, and that of the nearest so far when it comes in. */
static const struct term *nearest_of(const struct term *terms, size_t count, mr_str name, bool is_class,
                                     uint32_t *nearest)
{
    const struct term *best = NULL;
    for (size_t i = 0; i < count; i++) {
        if (terms[i].kind == PREFIX || (terms[i].kind == CLASS) != is_class) continue;
        uint32_t d = mr_guess_distance(name, terms[i].name);
        if (d < *nearest) *nearest = d, best = &terms[i];
    }
    return best;
}

static const struct term *guess(struct checking *c, struct place p, const mr_json *node, mr_str name, bool is_class)
{
    uint32_t nearest = MR_GUESS_FAR;
    bool edc = p.kind == MR_ELM_EDC, credential = node && p.credential;
    const struct term *best = NULL, *t;
    if (c->guesses++ >= MR_LIMIT_FINDINGS) return NULL;
    if (edc || p.scoped) best = nearest_of(elm_terms, COUNT(elm_terms), name, is_class, &nearest);
    t = edc ? nearest_of(v1_terms, COUNT(v1_terms), name, is_class, &nearest)
            : nearest_of(v2_terms, COUNT(v2_terms), name, is_class, &nearest);
    if (t) best = t;
    if (!credential) return best;
    t = edc ? nearest_of(v1_credential_terms, COUNT(v1_credential_terms), name, is_class, &nearest)
            : nearest_of(v2_credential_terms, COUNT(v2_credential_terms), name, is_class, &nearest);
    return t ? t : best;
}

static int check_document(struct checking *c, const mr_json *document)
{
    if (!mr_json_is(document, MR_JSON_OBJECT)) return refuse(c, "format.object", document, MR_STR_EMPTY);
    const mr_json *context = mr_json_get(document, "@context"), *type = mr_json_get(document, "type");
    if (!context) return refuse(c, "format.context", document, MR_STR_EMPTY);
    c->kind = kind_of_context(context);
    if (c->kind == MR_ELM_NONE) return refuse(c, "format.context", context, foreign_context(context));
    bool typed = mr_each_has(mr_json_get(document, "type"), "VerifiableCredential") &&
                 (c->kind == MR_ELM_VC2 || mr_each_has(mr_json_get(document, "type"), "EuropeanDigitalCredential"));
    if (!typed) MR_TRY(refuse(c, "format.types", type ? type : document, mr_json_str(type)));
    fill_index(&c->elm);
    return check_value(c, (struct place){.kind = c->kind}, document);
}

int mr_elm_check_format(const mr_json *document, mr_elm_kind *ret, struct mr_err *err)
{
    struct checking c = {.root = document, .kind = MR_ELM_NONE, .err = err};
    MR_TRY(check_document(&c, document));
    *ret = c.kind;
    return MR_OK;
}

mr_elm_kind mr_elm_find_faults(const mr_json *document, mr_elm_listener *listener, void *self)
{
    struct checking c = {.root = document, .kind = MR_ELM_NONE, .listener = listener, .self = self};
    return check_document(&c, document) == MR_OK ? c.kind : MR_ELM_NONE;
}

bool mr_elm_is_language_map(mr_str term)
{
    const struct term *t = find(elm_terms, COUNT(elm_terms), term);
    return t && t->kind == MAP;
}
