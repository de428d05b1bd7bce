/* The terms of open_badges.def, both ways.
 *
 * Only their names and forms differ: {"title": {"da": "..."}} in ELM is {"http://purl.org/dc/terms/title": [{"@language": "da", "@value": "..."}]} in a badge. The
 * scheme of a concept is left out of badges: its IRI tells which it is. Reading is forgiving, since another's badge may have one thing where ours has
 * a list: what is read is a text, an object or a list of them. */
#include "credential/open_badges_terms.h"

#include "base/limits.h"
#include "credential/each.h"

#define XSD "http://www.w3.org/2001/XMLSchema#"

enum form { NODE, TEXTS, PLAIN, DATE_TIME, DURATION, URL };
struct word {
    mr_str name, iri;
    enum form form;
};
static const struct word terms[] = {
#define MR_BADGE_TERM(term, iri, form) {MR_STR_INIT(#term), MR_STR_INIT(iri), form},
#define MR_BADGE_TYPE(name, iri)
#include "credential/open_badges.def"
#undef MR_BADGE_TERM
#undef MR_BADGE_TYPE
};
static const struct word types[] = {
#define MR_BADGE_TERM(term, iri, form)
#define MR_BADGE_TYPE(name, iri) {MR_STR_INIT(#name), MR_STR_INIT(iri), NODE},
#include "credential/open_badges.def"
#undef MR_BADGE_TERM
#undef MR_BADGE_TYPE
};
static const char *const datatypes[] = {
    [DATE_TIME] = XSD "dateTime", [DURATION] = XSD "duration", [URL] = XSD "anyURI"};

#define FIND(table, member, text) find(table, sizeof(table) / sizeof *(table), offsetof(struct word, member), text)

static const struct word *find(const struct word *table, size_t count, size_t member, mr_str text)
{
    for (size_t i = 0; i < count; i++) {
        const mr_str *have = (const mr_str *)((const char *)&table[i] + member);
        if (mr_str_eq(*have, text)) return &table[i];
    }
    return NULL;
}

mr_str mr_badge_iri_of_term(mr_str term)
{
    const struct word *w = FIND(terms, name, term);
    return w ? w->iri : MR_STR_EMPTY;
}

mr_str mr_badge_iri_of_type(mr_str type)
{
    const struct word *w = FIND(types, name, type);
    return w ? w->iri : MR_STR_EMPTY;
}

/* ---- into a badge ---- */

static void put_language_value(mr_json_writer *w, mr_str language, mr_str text)
{
    mr_json_begin_object(w);
    mr_json_put_member(w, "@language", language);
    mr_json_put_member(w, "@value", text);
    mr_json_end_object(w);
}

void mr_badge_put_text(mr_json_writer *w, const char *term, mr_str language, mr_str text)
{
    if (text.len == 0) return;
    mr_json_put_name_str(w, mr_badge_iri_of_term(mr_str_of(term)));
    put_language_value(w, language, text);
}

static void put_texts(mr_json_writer *w, const mr_json *map)
{
    mr_json_begin_array(w);
    MR_JSON_EACH_MEMBER (language, map) {
        MR_EACH(text, language + 1)
        {
            put_language_value(w, mr_json_text(language), mr_json_str(text));
        }
    }
    mr_json_end_array(w);
}

static void put_typed(mr_json_writer *w, enum form form, const mr_json *value)
{
    mr_json_begin_object(w);
    mr_json_put_member_c(w, "@type", datatypes[form]);
    mr_json_put_member(w, "@value", mr_json_str(value));
    mr_json_end_object(w);
}

/* The document is ours: it is as deep as our own writer makes it. */
static void put_node(struct mr_badge_terms *t, const mr_json *node)
{
    mr_str type = mr_json_get_str(node, "type"), iri = mr_badge_iri_of_type(type);
    mr_json_begin_object(t->w);
    if (mr_json_get(node, "id")) mr_json_put_member(t->w, "id", mr_json_get_str(node, "id"));
    if (iri.len)
        mr_json_put_member(t->w, "type", iri);
    else if (type.len)
        t->unknown = type;
    mr_badge_put_members(t, node);
    mr_json_end_object(t->w);
}

static void put_nodes(struct mr_badge_terms *t, const mr_json *value)
{
    bool list = mr_json_is(value, MR_JSON_ARRAY);
    if (list) mr_json_begin_array(t->w);
    MR_EACH(node, value)
    {
        put_node(t, node);
    }
    if (list) mr_json_end_array(t->w);
}

void mr_badge_put_term(struct mr_badge_terms *t, mr_str term, const mr_json *value)
{
    const struct word *w = FIND(terms, name, term);
    if (!w) {
        t->unknown = term;
        return;
    }
    mr_json_put_name_str(t->w, w->iri);
    switch (w->form) {
    case NODE: put_nodes(t, value); break;
    case TEXTS: put_texts(t->w, value); break;
    case PLAIN: mr_json_put_value(t->w, value); break;
    case DATE_TIME:
    case DURATION:
    case URL: put_typed(t->w, w->form, value); break;
    }
}

void mr_badge_put_members(struct mr_badge_terms *t, const mr_json *node)
{
    mr_str type = mr_json_get_str(node, "type");
    MR_JSON_EACH_MEMBER (name, node) {
        mr_str term = mr_json_text(name);
        if (mr_str_is(term, "id") || mr_str_is(term, "type") || mr_str_is(term, "inScheme")) continue;
        if (t->leaves_out && t->leaves_out(t->self, type, term)) continue;
        mr_badge_put_term(t, term, name + 1);
    }
    if (t->ends) t->ends(t->self, type);
}

/* ---- and out of it ---- */

static void read_members(mr_json_writer *w, const mr_json *node, unsigned depth);

/* {"da": "..."}: of several in one language the first. A text without a language is a text. */
static void read_texts(mr_json_writer *w, const mr_json *value)
{
    const mr_json *first = mr_each_first(value);
    if (!mr_json_get_str(first, "@language").len) {
        mr_json_put_str(w, mr_json_is(first, MR_JSON_OBJECT) ? mr_json_get_str(first, "@value") : mr_json_str(first));
        return;
    }
    size_t looked_at = 0;
    mr_json_begin_object(w);
    MR_EACH(text, value)
    {
        mr_str language = mr_json_get_str(text, "@language");
        bool seen = false;
        if (looked_at++ == MR_LIMIT_BADGE_LANGUAGES) break;
        MR_EACH(before, value)
        {
            if (before == text) break;
            seen |= mr_str_eq(mr_json_get_str(before, "@language"), language);
        }
        if (language.len == 0 || seen) continue;
        mr_json_put_name_str(w, language);
        mr_json_put_str(w, mr_json_get_str(text, "@value"));
    }
    mr_json_end_object(w);
}

static void read_literal(mr_json_writer *w, const mr_json *value)
{
    value = mr_each_first(value);
    if (mr_json_is(value, MR_JSON_OBJECT)) value = mr_json_get(value, "@value");
    if (!value || mr_json_is(value, MR_JSON_OBJECT) || mr_json_is(value, MR_JSON_ARRAY))
        mr_json_put_str(w, MR_STR_EMPTY);
    else
        mr_json_put_value(w, value);
}

/* The first of its types that is one of ELM's. */
static mr_str type_of(const mr_json *node)
{
    MR_EACH(type, mr_json_get(node, "type"))
    {
        const struct word *w = FIND(types, iri, mr_json_str(type));
        if (w) return w->name;
    }
    return MR_STR_EMPTY;
}

/* A list of one is that one: so it is written in ELM where there can be one only. */
static void read_nodes(mr_json_writer *w, const mr_json *value, unsigned depth)
{
    bool list = mr_json_is(value, MR_JSON_ARRAY) && mr_json_count(value) != 1;
    if (list) mr_json_begin_array(w);
    MR_EACH(node, value)
    {
        mr_str id = mr_json_is(node, MR_JSON_STRING) ? mr_json_text(node) : mr_json_get_str(node, "id"),
               type = type_of(node);
        mr_json_begin_object(w);
        if (id.len) mr_json_put_member(w, "id", id);
        if (type.len) mr_json_put_member(w, "type", type);
        read_members(w, node, depth + 1);
        mr_json_end_object(w);
    }
    if (list) mr_json_end_array(w);
}

static void read_member(mr_json_writer *w, const mr_json *name, unsigned depth)
{
    const struct word *term = FIND(terms, iri, mr_json_text(name));
    if (!term) return;
    mr_json_put_name_str(w, term->name);
    switch (term->form) {
    case NODE: read_nodes(w, name + 1, depth); break;
    case TEXTS: read_texts(w, name + 1); break;
    case PLAIN:
    case DATE_TIME:
    case DURATION:
    case URL: read_literal(w, name + 1); break;
    }
}

static void read_members(mr_json_writer *w, const mr_json *node, unsigned depth)
{
    if (depth > MR_LIMIT_BADGE_DEPTH) return;
    MR_JSON_EACH_MEMBER (name, node) {
        read_member(w, name, depth);
    }
}

void mr_badge_read_member(mr_json_writer *w, const mr_json *name)
{
    read_member(w, name, 0);
}

void mr_badge_read_members(mr_json_writer *w, const mr_json *node)
{
    read_members(w, node, 0);
}

bool mr_badge_has_terms(const mr_json *node)
{
    MR_JSON_EACH_MEMBER (name, node) {
        if (FIND(terms, iri, mr_json_text(name))) return true;
    }
    return false;
}
