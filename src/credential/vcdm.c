/* The data model, rule by rule.
 *
 * A document is asked three things. First what it is: its contexts and types, because the rest depends on them. Then its members, by small rules
 * that look at the JSON alone; most of the optional ones are objects with a type, and perhaps an id, and are rows of `extensions`. Last whether
 * every term and type has a meaning in its contexts: JSON-LD expansion in safe mode. That is asked only when the contexts and types are in order,
 * because otherwise everything in it would be told as unknown; it tells the first that it finds. Proofs are left out of it: they have contexts of
 * their own and are read by those who verify them.
 *
 * Credentials in a presentation are documents of their own, each with its contexts (VC Data Model 2.0 appendix B.1: the term
 * verifiableCredential sets the context aside). */
#include "credential/vcdm.h"

#include "base/limits.h"
#include "base/time.h"
#include "credential/each.h"
#include "json/write.h"
#include "rdf/iri.h"
#include "rdf/jsonld.h"

struct checking {
    mr_arena *arena;
    mr_contexts *contexts;
    mr_vcdm_tell *tell;
    void *self;
    const mr_json *expanded; /* the document of which it is known that all in it has a meaning; NULL: none */
    mr_vcdm_version version;
    const mr_json *told[32]; /* places where a fault was found */
    size_t told_count;
    bool readable; /* contexts and types are in order: what is in it has a meaning or has none */
};

static void complain(struct checking *c, const char *message, const mr_json *where)
{
    if (!mr_vcdm_is_remark(message) && c->told_count < sizeof c->told / sizeof *c->told)
        c->told[c->told_count++] = where;
    c->tell(c->self, message, where, mr_json_is(where, MR_JSON_STRING) ? mr_json_text(where) : MR_STR_EMPTY);
}

/* ---- what it is ---- */

static mr_vcdm_version version_of_context(const mr_json *context)
{
    mr_str iri = mr_json_str(context);
    if (mr_str_is(iri, MR_VCDM_2_CONTEXT)) return MR_VCDM_2;
    return mr_str_is(iri, MR_VCDM_1_CONTEXT) ? MR_VCDM_1 : MR_VCDM_NONE;
}

mr_vcdm_version mr_vcdm_version_of(const mr_json *document)
{
    return version_of_context(mr_each_first(mr_json_get(document, "@context")));
}

static const struct {
    const char *type;
    mr_vcdm_kind kind;
} kinds[] = {{"VerifiableCredential", MR_VCDM_CREDENTIAL},
             {"VerifiablePresentation", MR_VCDM_PRESENTATION},
             {"EnvelopedVerifiableCredential", MR_VCDM_ENVELOPED_CREDENTIAL},
             {"EnvelopedVerifiablePresentation", MR_VCDM_ENVELOPED_PRESENTATION}};

mr_vcdm_kind mr_vcdm_kind_of(const mr_json *document)
{
    const mr_json *type = mr_json_get(document, "type");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (mr_each_has(type, kinds[i].type)) return kinds[i].kind;
    return MR_VCDM_NOTHING;
}

bool mr_vcdm_is_remark(const char *message)
{
    static const char *const remarks[] = {"vcdm.context_unknown", "vcdm.term_catch_all", "vcdm.old_date"};
    for (size_t i = 0; i < sizeof remarks / sizeof *remarks; i++)
        if (strcmp(message, remarks[i]) == 0) return true;
    return false;
}

/* ---- small rules ---- */

static bool is_url(const mr_json *v)
{
    return mr_json_is(v, MR_JSON_STRING) && mr_iri_is_well_formed(mr_json_text(v));
}

/* One name or a list of at least one. */
static bool is_type(const mr_json *v)
{
    if (mr_json_is(v, MR_JSON_STRING)) return v->len > 0;
    MR_JSON_EACH (item, v) {
        if (!mr_json_is(item, MR_JSON_STRING) || item->len == 0) return false;
    }
    return mr_json_is(v, MR_JSON_ARRAY) && v->len > 0;
}

/* VC Data Model 2.0 4.3 and 1.1 4.1: an ordered set that begins with the base context; the others are URLs or objects. */
static void check_context(struct checking *c, const mr_json *document)
{
    const mr_json *context = mr_json_get(document, "@context");
    if (!mr_json_is(context, MR_JSON_ARRAY) || mr_vcdm_version_of(document) == MR_VCDM_NONE) {
        complain(c, "vcdm.context", context ? context : document);
        c->readable = false;
    }
    MR_JSON_EACH (item, context) {
        if (mr_json_is(item, MR_JSON_OBJECT) || is_url(item)) continue;
        complain(c, "vcdm.context_item", item);
        c->readable = false;
    }
}

/* 2.0 4.5, 1.1 4.3. */
static void check_type(struct checking *c, const mr_json *document, mr_vcdm_kind kind)
{
    const mr_json *type = mr_json_get(document, "type");
    if (type && !is_type(type))
        complain(c, "vcdm.type_form", type);
    else if (kind == MR_VCDM_NOTHING)
        complain(c, "vcdm.type", type ? type : document);
    else
        return;
    c->readable = false;
}

/* 2.0 4.4, 1.1 4.2: one URL, when it is there. */
static void check_id(struct checking *c, const mr_json *object, const char *message)
{
    const mr_json *id = mr_json_get(object, "id");
    if (id && !is_url(id)) complain(c, message, id);
}

static bool is_language_value(const mr_json *v)
{
    MR_JSON_EACH_MEMBER (name, v) {
        mr_str text = mr_json_text(name), value = mr_json_str(name + 1);
        bool known = mr_str_is(text, "@value") || mr_str_is(text, "@language") ||
                     (mr_str_is(text, "@direction") && (mr_str_is(value, "ltr") || mr_str_is(value, "rtl")));
        if (!known || !mr_json_is(name + 1, MR_JSON_STRING)) return false;
    }
    return mr_json_get(v, "@value") != NULL;
}

/* 2.0 4.6 and 11.1: a text, or language value objects with nothing else in them. */
static void check_text(struct checking *c, const mr_json *object, const char *member, const char *message)
{
    const mr_json *v = mr_json_get(object, member);
    if (!v || mr_json_is(v, MR_JSON_STRING)) return;
    if (!mr_each_first(v)) complain(c, message, v);
    MR_EACH(item, v)
    {
        if (!is_language_value(item)) complain(c, message, item);
    }
}

static void check_texts(struct checking *c, const mr_json *object)
{
    if (c->version == MR_VCDM_1) return; /* 1.1 has no rule for them */
    check_text(c, object, "name", "vcdm.name");
    check_text(c, object, "description", "vcdm.description");
}

/* 2.0 4.7 and 4.13, 1.1 4.5 and 4.10: a URL, or an object whose id is one. */
static void check_party(struct checking *c, const mr_json *party, const char *message)
{
    if (!is_url(mr_json_is(party, MR_JSON_OBJECT) ? mr_json_get(party, "id") : party)) complain(c, message, party);
}

static void check_issuer(struct checking *c, const mr_json *document)
{
    const mr_json *issuer = mr_json_get(document, "issuer");
    if (!issuer) {
        complain(c, "vcdm.issuer_missing", document);
        return;
    }
    check_party(c, issuer, "vcdm.issuer");
    check_texts(c, issuer);
}

/* 2.0 4.8, 1.1 4.4: an object or several, each saying something. */
static void check_subject(struct checking *c, const mr_json *document)
{
    const mr_json *subject = mr_json_get(document, "credentialSubject");
    if (!mr_each_first(subject)) complain(c, "vcdm.subject_missing", subject ? subject : document);
    MR_EACH(one, subject)
    {
        if (!mr_json_is(one, MR_JSON_OBJECT))
            complain(c, "vcdm.subject", one);
        else if (one->len == 0)
            complain(c, "vcdm.subject_empty", one);
        check_id(c, one, "vcdm.subject_id");
    }
}

/* ---- times ---- */

/* xsd:dateTimeStamp: with a zone. 1.1 asks for xsd:dateTime, whose zone may be missing. */
static bool read_time(const struct checking *c, const mr_json *v, int64_t *ret)
{
    mr_str s = mr_json_str(v);
    if (mr_time_parse(s, ret, NULL) != MR_OK || s.len < 19 || s.ptr[10] != 'T') return false;
    char last = s.ptr[s.len - 1], sign = s.ptr[s.len - 6];
    return c->version == MR_VCDM_1 || last == 'Z' || sign == '+' || sign == '-';
}

/* MR_TIME_NONE when it is not there, or was told. */
static int64_t check_time(struct checking *c, const mr_json *document, const char *member, const char *message)
{
    const mr_json *v = mr_json_get(document, member);
    int64_t time;
    if (!v) return MR_TIME_NONE;
    if (read_time(c, v, &time)) return time;
    complain(c, message, v);
    return MR_TIME_NONE;
}

static void check_order(struct checking *c, const mr_json *document, int64_t from, int64_t until, const char *member)
{
    if (from != MR_TIME_NONE && until != MR_TIME_NONE && from > until)
        complain(c, "vcdm.validity_order", mr_json_get(document, member));
}

/* 2.0 4.9; 1.1 4.6 and 4.8, whose context knows the names of 2.0, too. */
static void check_validity(struct checking *c, const mr_json *document)
{
    int64_t from = check_time(c, document, "validFrom", "vcdm.valid_from"),
            until = check_time(c, document, "validUntil", "vcdm.valid_until");
    check_order(c, document, from, until, "validUntil");
    if (c->version != MR_VCDM_1) {
        const mr_json *issued = mr_json_get(document, "issuanceDate"),
                      *expires = mr_json_get(document, "expirationDate");
        if (issued || expires) complain(c, "vcdm.old_date", expires ? expires : issued);
        return;
    }
    if (!mr_json_get(document, "issuanceDate")) complain(c, "vcdm.issuance_date_missing", document);
    int64_t issued = check_time(c, document, "issuanceDate", "vcdm.issuance_date"),
            expires = check_time(c, document, "expirationDate", "vcdm.expiration_date");
    check_order(c, document, issued, expires, "expirationDate");
}

/* ---- objects with a type ---- */

/* Members whose values are objects with a type, and with an id where the version asks for one. 2.0 sections 4.10, 4.11, 5.4 to 5.7; 1.1 sections 4.9
 * and 5.4 to 5.6. */
static const struct extension {
    const char *member, *type_message, *id_message;
    bool needs_id_1, needs_id_2;
} extensions[] = {
    {"credentialStatus", "vcdm.status_type", "vcdm.status_id", true, false},
    {"credentialSchema", "vcdm.schema_type", "vcdm.schema_id", true, true},
    {"termsOfUse", "vcdm.terms_of_use_type", "vcdm.terms_of_use_id", false, false},
    {"evidence", "vcdm.evidence_type", "vcdm.evidence_id", false, false},
    {"refreshService", "vcdm.refresh_type", "vcdm.refresh_id", true, false},
    {"renderMethod", "vcdm.render_type", "vcdm.render_id", false, false},
    {"confidenceMethod", "vcdm.confidence_type", "vcdm.confidence_id", false, false},
    {"proof", "vcdm.proof_type", "vcdm.proof_id", false, false},
};

static void check_extension(struct checking *c, const struct extension *x, const mr_json *v)
{
    MR_EACH(one, v)
    {
        bool needs_id = c->version == MR_VCDM_1 ? x->needs_id_1 : x->needs_id_2;
        if (!mr_json_is(one, MR_JSON_OBJECT) || !is_type(mr_json_get(one, "type"))) complain(c, x->type_message, one);
        if (!mr_json_is(one, MR_JSON_OBJECT)) continue;
        if (needs_id && !mr_json_get(one, "id")) complain(c, x->id_message, one);
        check_id(c, one, x->id_message);
    }
}

static void check_extensions(struct checking *c, const mr_json *document)
{
    for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++)
        check_extension(c, &extensions[i], mr_json_get(document, extensions[i].member));
}

/* 2.0 5.3: digestSRI as Subresource Integrity writes it, or digestMultibase. */
static bool is_digest(const mr_json *resource)
{
    const mr_json *sri = mr_json_get(resource, "digestSRI"), *multibase = mr_json_get(resource, "digestMultibase");
    mr_str s = mr_json_str(sri), m = mr_json_str(multibase);
    static const mr_str algorithms[] = {MR_STR_INIT("sha256-"), MR_STR_INIT("sha384-"), MR_STR_INIT("sha512-")};
    bool known = false;
    for (size_t i = 0; i < 3; i++) known |= s.len > algorithms[i].len && mr_str_has_prefix(s, algorithms[i]);
    if (sri && !known) return false;
    if (multibase && (m.len < 2 || (m.ptr[0] != 'u' && m.ptr[0] != 'z'))) return false;
    return sri || multibase;
}

/* No resource twice. */
static void check_related(struct checking *c, const mr_json *document)
{
    mr_str ids[MR_LIMIT_RELATED_RESOURCES];
    size_t count = 0;
    if (c->version == MR_VCDM_1) return;
    MR_EACH(one, mr_json_get(document, "relatedResource"))
    {
        const mr_json *id = mr_json_get(one, "id");
        if (count == MR_LIMIT_RELATED_RESOURCES) {
            complain(c, "vcdm.related_many", one);
            return;
        }
        ids[count] = mr_json_str(id);
        for (size_t i = 0; i < count; i++)
            if (id && mr_str_eq(ids[i], ids[count])) complain(c, "vcdm.related_twice", id);
        if (!is_url(id)) complain(c, "vcdm.related_id", id ? id : one);
        if (!is_digest(one)) complain(c, "vcdm.related_digest", one);
        count++;
    }
}

/* ---- do terms and types have a meaning? ---- */

/* The document without what is read elsewhere. Pointers into it are pointers into the document. */
static int write_without(mr_arena *a, const mr_json *document, mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_json_writer w;
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    mr_json_writer_init(&w, &out, 0);
    mr_json_begin_object(&w);
    MR_JSON_EACH_MEMBER (name, document) {
        mr_str text = mr_json_text(name);
        if (mr_str_is(text, "proof") || mr_str_is(text, "verifiableCredential")) continue;
        mr_json_put_name_str(&w, text);
        mr_json_put_value(&w, name + 1);
    }
    mr_json_end_object(&w);
    if (mr_buf_failed(&out)) return MR_FAIL(err, MR_E_NOMEM, "no memory for the document", MR_NOWHERE);
    *ret = mr_arena_dup(a, mr_buf_str(&out));
    return ret->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for the document", MR_NOWHERE);
}

static const char *message_of(const struct mr_err *e)
{
    static const struct {
        const char *said, *message;
    } messages[] = {{MR_JSONLD_CONTEXT_UNKNOWN, "vcdm.context_unknown"},
                    {"protected term redefinition", "vcdm.term_redefined"},
                    {MR_JSONLD_TERM_UNDEFINED, "vcdm.term_unknown"},
                    {MR_JSONLD_TYPE_UNDEFINED, "vcdm.type_unknown"},
                    {MR_JSONLD_ID_RELATIVE, "vcdm.id_relative"}};
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++)
        if (strcmp(e->message, messages[i].said) == 0) return messages[i].message;
    return "vcdm.linked_data";
}

/* Was something said of this place, or of what it lies in? What is said of the whole document is about what it lacks. */
static bool is_told(const struct checking *c, const mr_json *document, const mr_json *where)
{
    for (size_t i = 0; i < c->told_count; i++) {
        const mr_json *told = c->told[i];
        if (told != document && where >= told && where < told + told->skip) return true;
    }
    return false;
}

/* The context in force for the members of the document: its own, then those that its types bring (JSON-LD 1.1 API 5.1.2 steps 9 and 11). */
static int find_context(const struct checking *c, const mr_json *document, const mr_context **ret, struct mr_err *err)
{
    const mr_context *context;
    MR_TRY(mr_context_initial(c->contexts, MR_STR_EMPTY, 11, &context, err));
    MR_TRY(mr_context_apply(c->contexts, context, mr_json_get(document, "@context"), MR_STR_EMPTY, false, true,
                            &context, err));
    *ret = context;
    MR_EACH(type, mr_json_get(document, "type"))
    {
        const mr_definition *d = mr_context_find(context, mr_json_str(type));
        if (d && d->context) MR_TRY(mr_context_apply_scoped(c->contexts, *ret, d, true, ret, err));
    }
    return MR_OK;
}

/* 2.0 5.2: a member of the document itself that no context defines, and that a catch-all (@vocab) makes something of. */
static int check_catch_all(struct checking *c, const mr_json *document, struct mr_err *err)
{
    const mr_context *context;
    MR_TRY(find_context(c, document, &context, err));
    if (!context->vocab.ptr) return MR_OK;
    MR_JSON_EACH_MEMBER (name, document) {
        mr_str text = mr_json_text(name);
        if (mr_str_find_char(text, ':') < 0 && !mr_keyword_has_form(text) && !mr_context_find(context, text))
            c->tell(c->self, "vcdm.term_catch_all", name + 1, text);
    }
    return MR_OK;
}

/* VC Data Model 2.0 4.3 (terms), 4.5 (types map to URLs), 5.2 (extensibility), appendix B.1 (protected terms). */
static int check_meaning(struct checking *c, const mr_json *document, struct mr_err *err)
{
    const mr_jsonld_options options = {.contexts = c->contexts, .safe = true};
    mr_expanded_items items;
    struct mr_err e = {0};
    const mr_json *plain = document;
    mr_str text;
    bool presents = mr_json_get(document, "verifiableCredential") != NULL;
    if (document == c->expanded && !presents) return check_catch_all(c, document, err);
    if (presents || mr_json_get(document, "proof")) {
        MR_TRY(write_without(c->arena, document, &text, err));
        MR_TRY(mr_json_parse(c->arena, text, NULL, &plain, err));
    }
    int code = mr_jsonld_expand(c->arena, plain, &options, &items, &e);
    if (code == MR_OK) return check_catch_all(c, document, err);
    if (code == MR_E_NOMEM) return MR_FAIL(err, MR_E_NOMEM, "no memory for the expanded document", MR_NOWHERE);
    const mr_json *where = mr_json_find(document, mr_str_of(e.pointer));
    mr_str detail = mr_arena_dup(c->arena, mr_str_of(e.detail[0] ? e.detail : e.message));
    if (where && is_told(c, document, where)) return MR_OK;
    c->tell(c->self, message_of(&e), where ? where : document, detail);
    return MR_OK;
}

/* ---- documents ---- */

static void check_credential(struct checking *c, const mr_json *document)
{
    check_issuer(c, document);
    check_subject(c, document);
    check_validity(c, document);
    check_texts(c, document);
    check_extensions(c, document);
    check_related(c, document);
}

/* 2.0 4.12.1 and 4.12.2: a context, the type, and an id that is a data: URL with the secured document. */
static void check_envelope(struct checking *c, const mr_json *envelope)
{
    if (!mr_each_first(mr_json_get(envelope, "@context"))) complain(c, "vcdm.envelope_context", envelope);
    if (!mr_str_has_prefix(mr_json_get_str(envelope, "id"), MR_STR("data:"))) complain(c, "vcdm.envelope", envelope);
    MR_JSON_EACH_MEMBER (name, envelope) {
        mr_str text = mr_json_text(name);
        if (!mr_str_is(text, "@context") && !mr_str_is(text, "id") && !mr_str_is(text, "type"))
            complain(c, "vcdm.envelope_other", name + 1);
    }
}

static int check_document(const struct checking *around, const mr_json *document, bool presented,
                          struct mr_err *err) MR_MUST_CHECK;

/* One of a presentation. 2.0 4.13: an object, never a text; 1.1 also has texts, which are tokens (6.3.1). */
static int check_presented(struct checking *c, const mr_json *item, struct mr_err *err)
{
    if (mr_json_is(item, MR_JSON_STRING) && c->version == MR_VCDM_1) return MR_OK;
    if (!mr_json_is(item, MR_JSON_OBJECT)) {
        complain(c, "vcdm.presented", item);
        return MR_OK;
    }
    bool looks_enveloped = mr_str_has_prefix(mr_json_get_str(item, "id"), MR_STR("data:"));
    if (mr_vcdm_kind_of(item) == MR_VCDM_NOTHING && looks_enveloped) {
        complain(c, "vcdm.envelope_type", item);
        return MR_OK;
    }
    return check_document(c, item, true, err);
}

static int check_presentation(struct checking *c, const mr_json *document, struct mr_err *err)
{
    const mr_json *holder = mr_json_get(document, "holder");
    if (holder) check_party(c, holder, "vcdm.holder");
    check_extensions(c, document);
    MR_EACH(item, mr_json_get(document, "verifiableCredential")) MR_TRY(check_presented(c, item, err));
    return MR_OK;
}

/* A presentation within a presentation is none of its credentials: nothing here goes deeper than that. */
static int check_document(const struct checking *around, const mr_json *document, bool presented, struct mr_err *err)
{
    struct checking c = *around;
    mr_vcdm_kind kind = mr_vcdm_kind_of(document);
    if (kind == MR_VCDM_ENVELOPED_CREDENTIAL || (kind == MR_VCDM_ENVELOPED_PRESENTATION && !presented)) {
        check_envelope(&c, document);
        return MR_OK;
    }
    if (presented && kind != MR_VCDM_CREDENTIAL) kind = MR_VCDM_NOTHING;
    c.version = mr_vcdm_version_of(document);
    c.readable = true, c.told_count = 0;
    check_context(&c, document);
    check_type(&c, document, kind);
    check_id(&c, document, "vcdm.id");
    if (kind == MR_VCDM_CREDENTIAL) check_credential(&c, document);
    if (kind == MR_VCDM_PRESENTATION) MR_TRY(check_presentation(&c, document, err));
    return c.readable && c.contexts ? check_meaning(&c, document, err) : MR_OK;
}

static int check_whole(const struct checking *c, const mr_json *document, struct mr_err *err)
{
    if (mr_json_is(document, MR_JSON_OBJECT)) return check_document(c, document, false, err);
    c->tell(c->self, "vcdm.object", document, MR_STR_EMPTY);
    return MR_OK;
}

int mr_vcdm_check(mr_arena *a, mr_contexts *contexts, const mr_json *document, mr_vcdm_tell *tell, void *self,
                  struct mr_err *err)
{
    const struct checking c = {.arena = a, .contexts = contexts, .tell = tell, .self = self};
    return check_whole(&c, document, err);
}

int mr_vcdm_check_expanded(mr_arena *a, mr_contexts *contexts, const mr_json *document, mr_vcdm_tell *tell, void *self,
                           struct mr_err *err)
{
    const struct checking c = {.arena = a, .contexts = contexts, .tell = tell, .self = self, .expanded = document};
    return check_whole(&c, document, err);
}
