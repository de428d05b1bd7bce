/* The small pieces of ELM documents: nodes, texts by language, concepts, notes, and holes.
 *
 * Every node has an id of its own; where the same node stands in two places, both come from the same function with the same key, so that they
 * are alike and merging them by id (which every RDF reader does) changes nothing. Concepts are written whole wherever they stand, with the
 * labels in English and in the languages of the title, as far as our tables have them (mr_elm_label_languages). */
#include "credential/elm_template.h"

#include <stdio.h>

static const struct {
    const char *id;
    const char *label[MR_LABEL_LANGUAGES];
} labels[MR_ELM_LABELS_] = {
#define MR_ELM_LABEL(name, id, en, da, sv, nl, el, bg) [MR_ELM_##name] = {id, {en, da, sv, nl, el, bg}},
#include <elm/notes.def>
#undef MR_ELM_LABEL
};

void mr_elm_begin_node(struct mr_elm_writer *e, const char *kind, const char *key, const char *type)
{
    char id[128];
    snprintf(id, sizeof id, "urn:epass:%s:%s", kind, key);
    mr_json_begin_object(&e->w);
    mr_json_put_member_c(&e->w, "id", id);
    mr_json_put_member_c(&e->w, "type", type);
}

bool mr_elm_is_repeated(struct mr_elm_writer *e, const void *what)
{
    if (!e->brief) return false;
    for (size_t i = 0; i < e->whole_count; i++) {
        if (e->whole[i] == what) return true;
    }
    if (e->whole_count < MR_ELM_WHOLE_MOST) e->whole[e->whole_count++] = what;
    return false;
}

/* --- holes -------------------------------------------------------------------------------------------------------- */

void mr_elm_hole(struct mr_elm_writer *e, enum mr_elm_hole hole)
{
    struct mr_elm_template *t = e->t;
    if (t->hole_count == MR_ELM_HOLES_MOST) {
        e->too_many_holes = true;
        return;
    }
    t->holes[t->hole_count].at = (uint32_t)e->out->len;
    t->holes[t->hole_count++].hole = hole;
}

void mr_elm_hole_text(struct mr_elm_writer *e, const char *before, enum mr_elm_hole hole)
{
    mr_json_put_raw(&e->w, MR_STR("\""));
    mr_buf_puts(e->out, before);
    mr_elm_hole(e, hole);
    mr_buf_putc(e->out, '"');
}

void mr_elm_hole_value(struct mr_elm_writer *e, enum mr_elm_hole hole)
{
    mr_json_put_raw(&e->w, MR_STR(""));
    mr_elm_hole(e, hole);
}

/* --- texts -------------------------------------------------------------------------------------------------------- */

static void put_language_map(struct mr_elm_writer *e, mr_texts texts)
{
    mr_json_begin_object(&e->w);
    for (size_t i = 0; i < texts.count; i++) {
        mr_json_put_name_str(&e->w, texts.items[i].language);
        mr_json_put_str(&e->w, texts.items[i].text);
    }
    mr_json_end_object(&e->w);
}

void mr_elm_put_texts(struct mr_elm_writer *e, const char *name, mr_texts texts)
{
    if (!mr_texts_are_set(texts)) return;
    mr_json_put_name(&e->w, name);
    put_language_map(e, texts);
}

mr_texts mr_elm_primary_texts(struct mr_elm_writer *e, mr_str text)
{
    if (text.len == 0) return (mr_texts){NULL, 0};
    struct mr_localised *one = MR_NEW(e->arena, struct mr_localised);
    if (!one) return e->out->failed = true, (mr_texts){NULL, 0};
    *one = (struct mr_localised){e->t->primary, text};
    return (mr_texts){one, 1};
}

void mr_elm_put_primary(struct mr_elm_writer *e, const char *name, mr_str text)
{
    mr_elm_put_texts(e, name, mr_elm_primary_texts(e, text));
}

unsigned mr_elm_label_languages(mr_texts title)
{
    unsigned bits = 1u; /* English */
    for (size_t i = 1; i < MR_LABEL_LANGUAGES; i++)
        if (mr_texts_find(title, mr_str_of(mr_label_languages[i])).len > 0) bits |= 1u << i;
    return bits;
}

void mr_elm_put_label(struct mr_elm_writer *e, enum mr_elm_label label)
{
    put_language_map(e, mr_elm_label_texts(e, label));
}

mr_str mr_elm_label(enum mr_elm_label label, mr_str language)
{
    for (size_t i = 0; i < MR_LABEL_LANGUAGES; i++) {
        if (mr_str_is(language, mr_label_languages[i])) return mr_str_of(labels[label].label[i]);
    }
    return mr_str_of(labels[label].label[0]);
}

const char *const *mr_elm_labels(enum mr_elm_label label)
{
    return labels[label].label;
}

mr_texts mr_elm_label_texts(struct mr_elm_writer *e, enum mr_elm_label label)
{
    struct mr_localised *items = MR_NEW_ARRAY(e->arena, struct mr_localised, MR_LABEL_LANGUAGES);
    size_t count = 0;
    if (!items) return e->out->failed = true, (mr_texts){NULL, 0};
    for (size_t i = 0; i < MR_LABEL_LANGUAGES; i++) {
        if (!(e->labels & 1u << i)) continue;
        items[count++] = (struct mr_localised){mr_str_of(mr_label_languages[i]), mr_str_of(labels[label].label[i])};
    }
    return (mr_texts){items, count};
}

mr_texts mr_elm_concept_texts(struct mr_elm_writer *e, const mr_concept *c)
{
    if (!c) return (mr_texts){NULL, 0};
    struct mr_localised *items = MR_NEW_ARRAY(e->arena, struct mr_localised, MR_LABEL_LANGUAGES);
    size_t count = 0;
    if (!items) return e->out->failed = true, (mr_texts){NULL, 0};
    for (size_t i = 0; i < MR_LABEL_LANGUAGES; i++) {
        mr_str language = mr_str_of(mr_label_languages[i]);
        mr_str label = e->labels & 1u << i ? mr_concept_label_in(c, language) : MR_STR_EMPTY;
        if (label.len) items[count++] = (struct mr_localised){language, label};
    }
    if (count == 0 && c->label[0]) items[count++] = (struct mr_localised){MR_STR("en"), mr_str_of(c->label[0])};
    return (mr_texts){items, count};
}

/* --- concepts ----------------------------------------------------------------------------------------------------- */

void mr_elm_put_concept(struct mr_elm_writer *e, const mr_concept *c)
{
    mr_json_begin_object(&e->w);
    mr_json_put_member_c(&e->w, "id", c->uri);
    mr_json_put_member_c(&e->w, "type", "Concept");
    if (!mr_elm_is_repeated(e, c)) {
        mr_json_put_name(&e->w, "inScheme");
        mr_json_begin_object(&e->w);
        mr_json_put_member_c(&e->w, "id", mr_concept_scheme(c)->uri);
        mr_json_put_member_c(&e->w, "type", "ConceptScheme");
        mr_json_end_object(&e->w);
        mr_json_put_name(&e->w, "prefLabel");
        put_language_map(e, mr_elm_concept_texts(e, c));
    }
    mr_json_end_object(&e->w);
}

void mr_elm_put_concept_member(struct mr_elm_writer *e, const char *name, const mr_concept *c)
{
    if (!c) return;
    mr_json_put_name(&e->w, name);
    mr_elm_put_concept(e, c);
}

void mr_elm_put_concepts(struct mr_elm_writer *e, const char *name, const mr_concept *const *c, size_t count)
{
    if (count == 0) return;
    mr_json_put_name(&e->w, name);
    mr_json_begin_array(&e->w);
    for (size_t i = 0; i < count; i++) mr_elm_put_concept(e, c[i]);
    mr_json_end_array(&e->w);
}

void mr_elm_put_own_concept(struct mr_elm_writer *e, enum mr_elm_label label)
{
    mr_json_begin_object(&e->w);
    mr_json_put_member_c(&e->w, "id", labels[label].id);
    mr_json_put_member_c(&e->w, "type", "Concept");
    if (!mr_elm_is_repeated(e, &labels[label])) {
        mr_json_put_name(&e->w, "prefLabel");
        mr_elm_put_label(e, label);
    }
    mr_json_end_object(&e->w);
}

/* --- notes and links ---------------------------------------------------------------------------------------------- */

static void begin_note(struct mr_elm_writer *e)
{
    char key[16];
    snprintf(key, sizeof key, "%u", ++e->notes);
    mr_elm_begin_node(e, "note", key, "Note");
}

void mr_elm_put_note(struct mr_elm_writer *e, const char *name, mr_texts texts)
{
    if (!mr_texts_are_set(texts)) return;
    mr_json_put_name(&e->w, name);
    begin_note(e);
    mr_elm_put_texts(e, "noteLiteral", texts);
    mr_json_end_object(&e->w);
}

void mr_elm_add_note(struct mr_elm_writer *e, struct mr_elm_notes *n, enum mr_elm_label subject, mr_texts texts)
{
    if (!mr_texts_are_set(texts)) return;
    if (!n->open) {
        mr_json_put_name(&e->w, "additionalNote");
        mr_json_begin_array(&e->w);
        n->open = true;
    }
    begin_note(e);
    mr_json_put_name(&e->w, "subject");
    mr_elm_put_own_concept(e, subject);
    mr_elm_put_texts(e, "noteLiteral", texts);
    mr_json_end_object(&e->w);
}

void mr_elm_end_notes(struct mr_elm_writer *e, struct mr_elm_notes *n)
{
    if (n->open) mr_json_end_array(&e->w);
}

void mr_elm_put_web(struct mr_elm_writer *e, const char *name, const char *key, mr_str url)
{
    if (url.len == 0) return;
    mr_json_put_name(&e->w, name);
    mr_json_begin_array(&e->w);
    mr_elm_begin_node(e, "webResource", key, "WebResource");
    mr_json_put_member(&e->w, "contentURL", url);
    mr_json_end_object(&e->w);
    mr_json_end_array(&e->w);
}
