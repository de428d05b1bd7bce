/* The official shapes, and what their results mean in words.
 *
 * A document says by which profile it was made (credentialSchema, credentialProfiles); the generic shapes hold for all. The full shapes import
 * those without vocabularies, and the profiles import the full ones: here that union is made, once for each set of profiles that comes along, and
 * kept by the checker. A result names a focus node, a path and a constraint; from the JSON that the quads remember come the place, what kind of
 * thing the node is and under which name the value stands.
 *
 * A document before sealing lacks what the seal's certificate and the moment of sealing will add (facts elm-edc 1.7): the identifier of the issuer, and
 * when it was issued. These two are told, and are no faults. */
#include "credential/check_inside.h"

#include "base/limits.h"
#include "rdf/shape_table.h"

#include <stdlib.h>

#define ELM "http://data.europa.eu/snb/model/elm/"

/* ---- which shapes ---- */

static const struct {
    unsigned set;
    const char *table;
} tables[] = {
    {MR_SHAPES_GENERIC, "edc-generic-no-cv"},
    {MR_SHAPES_GENERIC, "edc-generic-full"},
    {MR_SHAPES_ACCREDITED, "edc-accredited"},
    {MR_SHAPES_CONVERTED, "edc-converted"},
    {MR_SHAPES_DIPLOMA_SUPPLEMENT, "edc-diploma-supplement"},
    {MR_SHAPES_MANDATE, "edc-issued-by-mandate"},
    {MR_SHAPES_OPPORTUNITIES, "loq"},
    {MR_SHAPES_OPPORTUNITIES, "loq-mdr"},
    {MR_SHAPES_ACCREDITATIONS, "ams"},
    {MR_SHAPES_ACCREDITATIONS, "ams-mdr"},
};

/* A profile by the last part of its schema's address, and by its concept. */
static const struct {
    unsigned set;
    const char *schema, *concept;
} profiles[] = {
    {MR_SHAPES_ACCREDITED, "edc-accredited", "c_ae121a00"},
    {MR_SHAPES_CONVERTED, "edc-converted", "c_7e400154"},
    {MR_SHAPES_DIPLOMA_SUPPLEMENT, "edc-diploma-supplement", "6dff8a0f87"},
    {MR_SHAPES_MANDATE, "edc-issued-by-mandate", "c_9a31f32a"},
};

static mr_str last_part(mr_str iri)
{
    size_t at = iri.len;
    while (at > 0 && iri.ptr[at - 1] != '/' && iri.ptr[at - 1] != '#') at--;
    return mr_str_from(iri, at);
}

static unsigned sets_of_document(const struct mr_checking *c)
{
    unsigned sets = MR_SHAPES_GENERIC;
    for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++) {
        MR_EACH(schema, mr_json_get(c->document, "credentialSchema"))
        {
            if (mr_str_is(last_part(mr_check_id(schema)), profiles[i].schema)) sets |= profiles[i].set;
        }
        MR_EACH(profile, mr_json_get(c->document, "credentialProfiles"))
        {
            if (mr_str_is(last_part(mr_check_id(profile)), profiles[i].concept)) sets |= profiles[i].set;
        }
    }
    return sets;
}

unsigned mr_check_sets_of_data(const mr_dataset *data)
{
    static const struct {
        const char *class;
        unsigned set;
    } classes[] = {{ELM "EuropeanDigitalCredential", MR_SHAPES_GENERIC},
                   {ELM "LearningOpportunity", MR_SHAPES_OPPORTUNITIES},
                   {ELM "LearningAchievementSpecification", MR_SHAPES_OPPORTUNITIES},
                   {ELM "Qualification", MR_SHAPES_OPPORTUNITIES},
                   {ELM "Accreditation", MR_SHAPES_ACCREDITATIONS}};
    unsigned sets = 0;
    for (size_t i = 0; i < data->count; i++) {
        const mr_quad *q = &data->quads[i];
        if (q->graph || !mr_term_eq(q->predicate, &mr_rdf_type)) continue;
        for (size_t k = 0; k < sizeof classes / sizeof *classes; k++)
            if (mr_str_is(q->object->text, classes[k].class)) sets |= classes[k].set;
    }
    /* Credentials and opportunities have accreditations in them. */
    if (sets & MR_SHAPES_GENERIC) return MR_SHAPES_GENERIC;
    return sets & MR_SHAPES_OPPORTUNITIES ? MR_SHAPES_OPPORTUNITIES : sets;
}

/* ---- compiling ---- */

static int read_shapes(unsigned sets, mr_dataset *ret, struct mr_err *err)
{
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (sets & tables[i].set) MR_TRY(mr_shape_table_read(ret, mr_str_of(tables[i].table), err));
    return MR_OK;
}

static int compile_shapes(mr_checker *c, unsigned sets, const mr_shapes **ret, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena scratch;
    mr_dataset shapes;
    mr_arena_init(&scratch, MR_LIMIT_SHAPES_MEMORY);
    mr_dataset_init(&shapes, &scratch);
    MR_TRY(read_shapes(sets, &shapes, err));
    return mr_shapes_compile(&c->arena, &shapes, ret, err);
}

static int get_shapes(mr_checker *c, unsigned sets, const mr_shapes **ret, struct mr_err *err)
{
    for (size_t i = 0; i < c->compiled_count; i++) {
        if (c->compiled[i].sets != sets) continue;
        *ret = c->compiled[i].shapes;
        return MR_OK;
    }
    MR_TRY(compile_shapes(c, sets, ret, err));
    c->compiled[c->compiled_count].sets = sets;
    c->compiled[c->compiled_count++].shapes = *ret;
    return MR_OK;
}

/* ---- places ---- */

struct mr_check_node {
    mr_str id;
    const mr_json *object;
};

/* By id; of one id the fullest first, then the first of the document. */
static int compare_nodes(const void *x, const void *y)
{
    const struct mr_check_node *a = x, *b = y;
    int order = mr_str_compare(a->id, b->id);
    if (order) return order;
    if (a->object->len != b->object->len) return a->object->len > b->object->len ? -1 : 1;
    return a->object < b->object ? -1 : a->object > b->object;
}

static void index_nodes(struct mr_checking *c)
{
    const mr_json *end = c->root + c->root->skip;
    size_t count = 0;
    for (const mr_json *v = c->root; v != end; v++) count += mr_json_is(v, MR_JSON_OBJECT);
    struct mr_check_node *nodes = MR_NEW_ARRAY(c->arena, struct mr_check_node, count + 1);
    c->nomem |= !nodes;
    if (!nodes) return;
    for (const mr_json *v = c->root; v != end; v++) {
        mr_str id = mr_json_is(v, MR_JSON_OBJECT) ? mr_check_id(v) : MR_STR_EMPTY;
        if (id.len) nodes[c->node_count++] = (struct mr_check_node){id, v};
    }
    qsort(nodes, c->node_count, sizeof *nodes, compare_nodes);
    c->nodes = nodes;
}

/* A node as it is written in full: the first object of this id that has more members than any that refers to it. */
static const mr_json *find_object(struct mr_checking *c, mr_str id)
{
    size_t low = 0, high;
    if (c->root && !c->nodes) index_nodes(c);
    for (high = c->node_count; low < high;) {
        size_t mid = low + (high - low) / 2;
        if (mr_str_compare(c->nodes[mid].id, id) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low < c->node_count && mr_str_eq(c->nodes[low].id, id) ? c->nodes[low].object : NULL;
}

static const mr_json *object_of(struct mr_checking *c, const mr_shacl_result *r)
{
    const mr_json *object = r->focus->kind == MR_TERM_IRI ? find_object(c, r->focus->text) : NULL;
    if (object || !r->origin || !c->root) return object;
    /* A node without id: the object around the value, or the value itself. */
    return mr_check_object_around(c->root, r->origin, NULL);
}

/* The term of the ELM context for a property: its local name, but for a few (facts elm-edc section 2). */
static mr_str term_of(const mr_term *path)
{
    static const struct {
        const char *iri, *term;
    } renamed[] = {{ELM "EQFLevel", "eqfLevel"},
                   {ELM "NQFLevel", "nqfLevel"},
                   {ELM "ISCEDFCode", "thematicArea"},
                   {ELM "nationalId", "nationalID"},
                   {ELM "eidasLegalIdentifier", "eIDASIdentifier"},
                   {ELM "contentUrl", "contentURL"},
                   {"http://purl.org/dc/terms/type", "dcType"}};
    if (!path) return MR_STR_EMPTY;
    for (size_t i = 0; i < sizeof renamed / sizeof *renamed; i++)
        if (mr_str_is(path->text, renamed[i].iri)) return mr_str_of(renamed[i].term);
    return last_part(path->text);
}

/* ---- words ---- */

static const char *id_of_datatype(mr_str datatype)
{
    static const struct {
        const char *name, *id;
    } ids[] = {{"duration", "check.form.duration"},   {"dateTime", "check.form.time"},
               {"date", "check.form.time"},           {"boolean", "check.form.boolean"},
               {"integer", "check.form.whole"},       {"positiveInteger", "check.form.whole"},
               {"decimal", "check.form.number"},      {"anyURI", "check.form.address"},
               {"langString", "check.form.language"}, {"string", "check.form.plain"}};
    mr_str name = last_part(datatype);
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        if (mr_str_is(name, ids[i].name)) return ids[i].id;
    return "check.form";
}

/* A reference by id alone to something that is nowhere described: {"id": "urn:epass:org:7"}. */
static bool is_dangling(struct mr_checking *c, const mr_shacl_result *r)
{
    if (!c->root || !r->value || r->value->kind != MR_TERM_IRI) return false;
    const mr_json *object = find_object(c, r->value->text);
    return !object || (object->len == 1 && !mr_json_get(object, "type"));
}

/* An object that does not say what it is. */
static bool lacks_type(struct mr_checking *c, const mr_shacl_result *r)
{
    const mr_json *object = r->value && r->value->kind == MR_TERM_IRI ? find_object(c, r->value->text) : NULL;
    if (!object && mr_json_is(r->origin, MR_JSON_OBJECT)) object = r->origin;
    return object && !mr_json_get(object, "type") && !mr_json_get(object, "@type");
}

static const char *id_of_kind(struct mr_checking *c, const mr_shacl_result *r, const char *otherwise)
{
    return is_dangling(c, r) ? "check.not_described" : lacks_type(c, r) ? "check.type_missing" : otherwise;
}

/* A shape that asks for the class of a node, and not for the list of a concept. */
static bool is_of_class(const mr_shacl_result *r)
{
    mr_str name = r->parameter ? last_part(r->parameter->text) : MR_STR_EMPTY;
    return mr_str_is(name, "ClaimNodeShape") || mr_str_is(name, "ClaimTypeNodeShape");
}

static const char *id_of_result(struct mr_checking *c, const mr_shacl_result *r, const mr_json *member)
{
    switch (r->component) {
    case MR_SHACL_MIN_COUNT: return "check.part_missing";
    case MR_SHACL_MAX_COUNT:
        return mr_json_is(member, MR_JSON_OBJECT) && mr_elm_is_language_map(term_of(r->path)) ? "check.one_language"
                                                                                              : "check.too_many";
    case MR_SHACL_DATATYPE:
        if (mr_str_is(term_of(r->path), "credentialStatus")) return "check.no_status";
        return id_of_datatype(r->parameter ? r->parameter->text : MR_STR_EMPTY);
    case MR_SHACL_UNIQUE_LANG: return "check.two_texts";
    case MR_SHACL_CLASS:
    case MR_SHACL_OR: return id_of_kind(c, r, "check.wrong_kind");
    case MR_SHACL_NODE_KIND: return "check.wrong_kind";
    case MR_SHACL_NODE: return id_of_kind(c, r, is_of_class(r) ? "check.wrong_kind" : "check.list_required");
    case MR_SHACL_PATTERN: return "check.pattern";
    case MR_SHACL_CLOSED: return "check.no_place";
    case MR_SHACL_IN:
    case MR_SHACL_HAS_VALUE: return "check.wrong_value";
    case MR_SHACL_MIN_INCLUSIVE:
    case MR_SHACL_MAX_INCLUSIVE:
    case MR_SHACL_MIN_EXCLUSIVE:
    case MR_SHACL_MAX_EXCLUSIVE: return "check.range";
    default: return "check.rule";
    }
}

/* What was asked for, for people: a class by its name, else the value. */
static mr_str expected_of(struct mr_checking *c, const mr_shacl_result *r)
{
    if (r->component == MR_SHACL_NODE || r->component == MR_SHACL_OR) return MR_STR_EMPTY;
    if (!r->parameter || r->parameter->kind == MR_TERM_BLANK) return mr_str_of(mr_shacl_component_name(r->component));
    if (r->component == MR_SHACL_CLASS) return mr_arena_dup(c->arena, last_part(r->parameter->text));
    return mr_arena_dup(c->arena, r->parameter->text);
}

/* What was found wrong already (a concept by check_concepts.c, a type by elm_format.c) is not found wrong again by its shape. */
static bool is_told(struct mr_checking *c, const mr_shacl_result *r, const struct mr_finding *f)
{
    mr_str here = mr_str_of(f->pointer);
    if (r->component == MR_SHACL_NODE || r->component == MR_SHACL_MAX_COUNT)
        return mr_check_is_told(c, "check.concept_", here);
    mr_str part = mr_arena_format(c->arena, "%s/%.*s", f->pointer, MR_STR_ARG(term_of(r->path)));
    if (r->component == MR_SHACL_MIN_COUNT) return mr_check_is_told(c, "check.concept_unknown", part);
    return strcmp(f->id, "check.wrong_kind") == 0 &&
           mr_check_is_told(c, "check.class", mr_arena_format(c->arena, "%s/type", f->pointer));
}

/* One text where there may be one, and two in the data: the node is written in several places, and not alike. */
static bool is_written_apart(struct mr_checking *c, const mr_shacl_result *r, const mr_json *member, mr_str term)
{
    size_t copies = 0;
    if (!c->result->root || mr_json_is(member, MR_JSON_ARRAY))
        return false; /* a sample has no author who could mend it so */
    MR_JSON_EACH_MEMBER (name, member)
        if (mr_json_is(name + 1, MR_JSON_ARRAY)) return false;
    for (const struct mr_check_node *n = c->nodes; n && n < c->nodes + c->node_count; n++)
        copies += mr_str_eq(n->id, r->focus->text) && mr_json_find_member(n->object, term) != NULL;
    return copies > 1;
}

/* ---- results ---- */

/* Facts elm-edc 1.7: what sealing fills in. */
static bool is_filled_by_sealing(struct mr_checking *c, const mr_shacl_result *r, const mr_json *object)
{
    mr_str term = term_of(r->path);
    if (object != c->document) return false;
    if (r->component == MR_SHACL_MIN_COUNT && mr_str_is(term, "issued")) return true;
    const mr_json *issuer = mr_each_first(mr_json_get(object, "issuer"));
    return r->component == MR_SHACL_NODE && mr_str_is(term, "issuer") && mr_json_is(issuer, MR_JSON_OBJECT) &&
           !mr_json_get(issuer, "eIDASIdentifier");
}

static void put_filled_by_sealing(struct mr_checking *c, const mr_shacl_result *r, const mr_json *object)
{
    bool issuer = r->component == MR_SHACL_NODE;
    const mr_json *at = issuer ? mr_each_first(mr_json_get(object, "issuer")) : object;
    struct mr_finding f = mr_check_describe(c, at);
    f.element = issuer ? "awarding_body" : "date";
    f.member = mr_check_name_member(c, issuer ? MR_STR("eIDASIdentifier") : MR_STR("issued"));
    f.id = c->sealed ? "check.part_missing" : issuer ? "check.sealing.issuer" : "check.sealing.issued";
    mr_check_put(c, c->sealed ? MR_CHECK_IS_FAULT : MR_CHECK_IS_REMARK, &f, MR_STR_EMPTY);
}

/* The element of a part that is missing is that of the place where it would stand. */
static const char *element_of_part(const struct mr_finding *f, mr_arena *a, mr_str term)
{
    mr_str place = mr_arena_format(a, "%s/%.*s", f->pointer, MR_STR_ARG(term));
    return mr_check_element_of(place);
}

/* Data without JSON: the place is the address of the node, and its class names it. */
static struct mr_finding describe_node(struct mr_checking *c, const mr_dataset *data, const mr_term *focus)
{
    struct mr_finding f = {.element = "", .about = focus->text};
    mr_str class = MR_STR_EMPTY;
    for (size_t i = 0; i < data->count && class.len == 0; i++) {
        const mr_quad *q = &data->quads[i];
        if (mr_term_eq(q->subject, focus) && mr_term_eq(q->predicate, &mr_rdf_type)) class = last_part(q->object->text);
    }
    mr_str id = mr_arena_concat(c->arena, (const mr_str[]){MR_STR("check.node."), class}, 2);
    f.node = mr_message_exists(mr_language_english(), id) ? id : class;
    size_t len = focus->text.len < sizeof f.pointer ? focus->text.len : sizeof f.pointer - 1;
    if (focus->kind == MR_TERM_IRI) memcpy(f.pointer, focus->text.ptr, len);
    return f;
}

static void put_result(struct mr_checking *c, const mr_dataset *data, const mr_shacl_result *r)
{
    if (c->told >= MR_LIMIT_CHECK_TOLD) {
        mr_check_count(c, MR_CHECK_IS_FAULT);
        return;
    }
    const mr_json *object = object_of(c, r);
    mr_str term = term_of(r->path);
    const mr_json *member = mr_json_find_member(object, term);
    if (object && is_filled_by_sealing(c, r, object)) {
        put_filled_by_sealing(c, r, object);
        return;
    }
    bool about_value = r->value && r->origin && c->root;
    const mr_json *at = about_value ? r->origin : r->component != MR_SHACL_MIN_COUNT && member ? member : object;
    struct mr_finding f = at ? mr_check_describe(c, at) : describe_node(c, data, r->focus);
    if (object) f.node = mr_check_name_node(c, object), f.about = mr_check_id(object);
    f.member = mr_check_name_member(c, term);
    f.id = id_of_result(c, r, member);
    if (r->component == MR_SHACL_MIN_COUNT) f.element = element_of_part(&f, c->arena, term);
    if (object && is_told(c, r, &f)) return;
    if ((r->component == MR_SHACL_MAX_COUNT || r->component == MR_SHACL_UNIQUE_LANG) &&
        is_written_apart(c, r, member, term))
        f.id = "check.copies";
    f.expected = expected_of(c, r);
    f.count = r->count;
    bool of_list = strcmp(f.id, "check.list_required") == 0;
    const mr_scheme *list = of_list ? mr_check_list_of(term, object) : NULL;
    if (list)
        f.also = mr_check_list_name(c, list).ptr, f.expected = mr_str_of(list->uri);
    else if (of_list && r->parameter && mr_str_has_prefix(last_part(r->parameter->text), MR_STR("URL")))
        f.id = "check.web_address";
    else if (of_list && r->parameter && mr_str_has_prefix(last_part(r->parameter->text), MR_STR("Esco")))
        f.id = "check.esco";
    else if (of_list)
        f.id = "check.rule",
        f.expected = r->parameter ? mr_arena_dup(c->arena, last_part(r->parameter->text)) : MR_STR_EMPTY;
    mr_str value = r->value && r->value->kind != MR_TERM_BLANK ? r->value->text : MR_STR_EMPTY;
    if (value.len == 0 && mr_json_is(member, MR_JSON_OBJECT) && r->component == MR_SHACL_MAX_COUNT) value = term;
    mr_check_put(c, r->severity == MR_SEVERITY_VIOLATION ? MR_CHECK_IS_FAULT : MR_CHECK_IS_WARNING, &f, value);
}

int mr_check_dataset(struct mr_checking *c, const mr_dataset *data, unsigned sets, struct mr_err *err)
{
    const mr_shapes *shapes;
    mr_shacl_report report;
    MR_TRY(get_shapes(c->checker, sets, &shapes, err));
    MR_TRY(mr_shacl_validate(c->arena, shapes, data, 0, &report, err));
    for (size_t i = 0; i < report.count; i++) put_result(c, data, &report.results[i]);
    return MR_OK;
}

int mr_check_shapes(struct mr_checking *c, struct mr_err *err)
{
    mr_dataset data;
    struct mr_err e = {0};
    MR_TRY(mr_check_contexts(c->checker, err));
    mr_dataset_init(&data, c->arena);
    const mr_jsonld_options options = {.contexts = c->checker->contexts};
    int code = mr_jsonld_to_rdf(c->document, &options, &data, &e);
    if (code == MR_E_NOMEM) return *err = e, code;
    if (code != MR_OK) {
        const mr_json *at = mr_json_find(c->document, mr_str_of(e.pointer));
        bool unknown = mr_check_names_unknown_context(&e);
        mr_str detail = mr_arena_dup(c->arena, mr_str_of(e.detail));
        struct mr_finding *f =
            mr_check_add(c, MR_CHECK_IS_FAULT, NULL, unknown ? "check.context_unknown" : "check.jsonld",
                         at ? at : c->document, unknown ? detail : mr_str_of(e.message));
        f->expected = detail;
        return MR_OK;
    }
    return mr_check_dataset(c, &data, sets_of_document(c), err);
}
