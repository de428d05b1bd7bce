/* What validation found, told to others: as RDF (SHACL section 3.6), and what would have been right. */
#include "rdf/shacl_shapes.h"

#define IRI(name)                                                                                                      \
    {                                                                                                                  \
        .kind = MR_TERM_IRI, .text = MR_STR_INIT(name)                                                                 \
    }
static const mr_term validation_report = IRI(MR_SH "ValidationReport"),
                     validation_result = IRI(MR_SH "ValidationResult"), conforms = IRI(MR_SH "conforms"),
                     result_of = IRI(MR_SH "result"), focus_node = IRI(MR_SH "focusNode"),
                     result_path = IRI(MR_SH "resultPath"), value = IRI(MR_SH "value"),
                     source_shape = IRI(MR_SH "sourceShape"), component_of = IRI(MR_SH "sourceConstraintComponent"),
                     result_severity = IRI(MR_SH "resultSeverity"), result_message = IRI(MR_SH "resultMessage");
static const mr_term path_words[] = {
    [MR_PATH_INVERSE] = IRI(MR_SH "inversePath"),         [MR_PATH_ALTERNATIVE] = IRI(MR_SH "alternativePath"),
    [MR_PATH_ZERO_OR_MORE] = IRI(MR_SH "zeroOrMorePath"), [MR_PATH_ONE_OR_MORE] = IRI(MR_SH "oneOrMorePath"),
    [MR_PATH_ZERO_OR_ONE] = IRI(MR_SH "zeroOrOnePath"),
};
#undef IRI
static const mr_term yes = {.kind = MR_TERM_LITERAL,
                            .text = MR_STR_INIT("true"),
                            .datatype = MR_STR_INIT(MR_XSD "boolean")},
                     no = {.kind = MR_TERM_LITERAL,
                           .text = MR_STR_INIT("false"),
                           .datatype = MR_STR_INIT(MR_XSD "boolean")};

struct report {
    mr_dataset *ds;
    /* The new blank nodes of those of the data and of the shapes, by their numbers; NULL: not met yet. */
    const mr_term **of_data, **of_shapes;
    struct mr_err *err;
};

#define NO_MEMORY(err) MR_FAIL((err), MR_E_NOMEM, "a validation report", MR_NOWHERE)

static int put(struct report *r, const mr_term *subject, const mr_term *predicate, const mr_term *object)
{
    return mr_dataset_add(r->ds, subject, predicate, object, NULL, NULL, r->err);
}

static int new_blank(mr_dataset *ds, const mr_term **ret, struct mr_err *err)
{
    *ret = mr_dataset_new_blank(ds);
    return *ret ? MR_OK : NO_MEMORY(err);
}

/* A term of the data or of the shapes; its blank nodes are strangers to the dataset of the report. */
static int put_foreign(struct report *r, const mr_term *subject, const mr_term *predicate, const mr_term *object,
                       const mr_term **blanks)
{
    if (object->kind != MR_TERM_BLANK) return put(r, subject, predicate, object);
    if (!blanks[object->number]) MR_TRY(new_blank(r->ds, &blanks[object->number], r->err));
    return put(r, subject, predicate, blanks[object->number]);
}

/* ---- paths ---- */

static int write_parts(const mr_shacl_path *path, mr_dataset *ds, const mr_term **ret, struct mr_err *err)
{
    const mr_term *at = NULL, *part, *next;
    *ret = &mr_rdf_nil;
    for (uint32_t i = 0; i < path->count; i++, at = next) {
        MR_TRY(new_blank(ds, &next, err));
        if (at)
            MR_TRY(mr_dataset_add(ds, at, &mr_rdf_rest, next, NULL, NULL, err));
        else
            *ret = next;
        MR_TRY(mr_shacl_path_write(path->parts[i], ds, &part, err));
        MR_TRY(mr_dataset_add(ds, next, &mr_rdf_first, part, NULL, NULL, err));
    }
    return at ? mr_dataset_add(ds, at, &mr_rdf_rest, &mr_rdf_nil, NULL, NULL, err) : MR_OK;
}

int mr_shacl_path_write(const mr_shacl_path *path, mr_dataset *ds, const mr_term **ret, struct mr_err *err)
{
    const mr_term *inner;
    if (path->kind == MR_PATH_PREDICATE) return *ret = path->term, MR_OK;
    if (path->kind == MR_PATH_SEQUENCE) return write_parts(path, ds, ret, err);
    MR_TRY(new_blank(ds, ret, err));
    if (path->kind == MR_PATH_ALTERNATIVE)
        MR_TRY(write_parts(path, ds, &inner, err));
    else
        MR_TRY(mr_shacl_path_write(path->parts[0], ds, &inner, err));
    return mr_dataset_add(ds, *ret, &path_words[path->kind], inner, NULL, NULL, err);
}

/* ---- results ---- */

static int put_component(struct report *r, const mr_term *node, mr_shacl_component component)
{
    const char *name = mr_shacl_component_name(component);
    mr_str iri = mr_arena_format(r->ds->arena, MR_SH "%sConstraintComponent", name);
    const mr_term *term = iri.ptr ? mr_term_iri(r->ds->arena, iri) : NULL;
    return term ? put(r, node, &component_of, term) : NO_MEMORY(r->err);
}

static int put_path(struct report *r, const mr_term *node, const mr_shacl_result *result)
{
    const mr_term *path = result->path;
    if (result->complex_path) MR_TRY(mr_shacl_path_write(result->complex_path, r->ds, &path, r->err));
    return path ? put(r, node, &result_path, path) : MR_OK;
}

static int put_messages(struct report *r, const mr_term *node, const mr_shape *shape)
{
    for (uint32_t i = 0; i < shape->message_count; i++) MR_TRY(put(r, node, &result_message, shape->messages[i]));
    return MR_OK;
}

static int put_result(struct report *r, const mr_term *report, const mr_shacl_result *result)
{
    const mr_term *node;
    MR_TRY(new_blank(r->ds, &node, r->err));
    MR_TRY(put(r, report, &result_of, node));
    MR_TRY(put(r, node, &mr_rdf_type, &validation_result));
    MR_TRY(put_foreign(r, node, &focus_node, result->focus, r->of_data));
    MR_TRY(put_path(r, node, result));
    if (result->value) MR_TRY(put_foreign(r, node, &value, result->value, r->of_data));
    MR_TRY(put_foreign(r, node, &source_shape, result->shape, r->of_shapes));
    MR_TRY(put_component(r, node, result->component));
    MR_TRY(put(r, node, &result_severity, result->severity_iri));
    return put_messages(r, node, result->constraint->owner);
}

static uint32_t after(uint32_t most, const mr_term *t)
{
    return t && t->kind == MR_TERM_BLANK && t->number >= most ? t->number + 1 : most;
}

static int make_maps(struct report *r, const mr_shacl_report *report)
{
    uint32_t data = 0, shapes = 0;
    for (size_t i = 0; i < report->count; i++) {
        const mr_shacl_result *result = &report->results[i];
        data = after(after(data, result->focus), result->value);
        shapes = after(shapes, result->shape);
    }
    r->of_data = MR_NEW_ARRAY(r->ds->arena, const mr_term *, data);
    r->of_shapes = MR_NEW_ARRAY(r->ds->arena, const mr_term *, shapes);
    return r->of_data && r->of_shapes ? MR_OK : NO_MEMORY(r->err);
}

int mr_shacl_write_report(const mr_shacl_report *report, mr_dataset *ds, struct mr_err *err)
{
    struct report r = {.ds = ds, .err = err};
    const mr_term *node;
    MR_TRY(make_maps(&r, report));
    MR_TRY(new_blank(ds, &node, err));
    MR_TRY(put(&r, node, &mr_rdf_type, &validation_report));
    MR_TRY(put(&r, node, &conforms, report->conforms ? &yes : &no));
    for (size_t i = 0; i < report->count; i++) MR_TRY(put_result(&r, node, &report->results[i]));
    return MR_OK;
}

/* ---- what would have been right ---- */

struct expected {
    const mr_term **out;
    size_t most, count;
};

static void expect(struct expected *e, const mr_term *term)
{
    for (size_t i = 0; i < e->count; i++)
        if (mr_term_eq(e->out[i], term)) return;
    if (e->count < e->most) e->out[e->count++] = term;
}

static void expect_terms(struct expected *e, const mr_constraint *c)
{
    for (uint32_t i = 0; i < c->count; i++) expect(e, c->terms[i]);
}

/* What a shape asks of a value itself, and of its properties what they must be equal to (a concept's scheme). */
static void expect_of_shape(struct expected *e, const mr_shape *shape, bool with_properties)
{
    for (uint32_t i = 0; i < shape->constraint_count; i++) {
        const mr_constraint *c = &shape->constraints[i];
        bool said =
            c->component == MR_SHACL_CLASS || c->component == MR_SHACL_DATATYPE || c->component == MR_SHACL_NODE_KIND;
        if (c->component == MR_SHACL_HAS_VALUE || (said && with_properties)) expect(e, c->parameter);
        if (c->component == MR_SHACL_IN) expect_terms(e, c);
    }
    for (uint32_t i = 0; with_properties && i < shape->property_count; i++)
        expect_of_shape(e, shape->properties[i], false);
}

size_t mr_shacl_expected(const mr_shacl_result *result, const mr_term **out, size_t most)
{
    struct expected e = {.out = out, .most = most};
    const mr_constraint *c = result->constraint;
    switch (result->component) {
    case MR_SHACL_IN:
    case MR_SHACL_LANGUAGE_IN: expect_terms(&e, c); break;
    case MR_SHACL_NODE:
    case MR_SHACL_AND:
    case MR_SHACL_OR:
    case MR_SHACL_XONE:
        for (uint32_t i = 0; i < c->count; i++) expect_of_shape(&e, c->shapes[i], true);
        break;
    default: break;
    }
    if (e.count == 0) expect(&e, c->parameter);
    return e.count;
}
