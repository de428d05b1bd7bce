#include "web/fields.h"

#include "text/collate.h"
#include "base/limits.h"

#include <stdio.h>

enum { TONGUES_MOST = 24, LANGUAGES_SHOWN = 3 };

/* Languages that are offered: the official ones of the Union, and those of its neighbours and newcomers that schools teach in most. */
static const char *const offered[] = {"bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga",
                                      "hr", "hu", "is", "it", "lb", "lt", "lv", "mt", "nb", "nl", "nn",
                                      "pl", "pt", "ro", "sk", "sl", "sv", "tr", "uk", "ar", "se", NULL};

/* ---- what was sent ---- */

struct tongues {
    mr_str tags[TONGUES_MOST];
    size_t count;
};

static void add_tongue(struct tongues *t, mr_str tag)
{
    for (size_t i = 0; i < t->count; i++)
        if (mr_str_eq(t->tags[i], tag)) return;
    if (t->count < TONGUES_MOST && mr_concept_find(MR_SCHEME_LANGUAGE, tag)) t->tags[t->count++] = tag;
}

static void sent_tongues(const mr_page *p, struct tongues *ret)
{
    mr_str list = mr_http_form(p->request, "tongues"), tag;
    while (list.len && mr_str_split(&list, ' ', &tag)) add_tongue(ret, tag);
    add_tongue(ret, mr_http_form(p->request, "add_tongue"));
}

bool mr_fields_wants_tongue(const mr_page *p)
{
    return mr_http_form(p->request, "more_tongues").len > 0;
}

/* Browsers end the lines of a text with two characters; here they end with one. */
static mr_str sent(const mr_page *p, const char *name)
{
    mr_str text = mr_arena_dup(p->arena, mr_str_trim(mr_http_form(p->request, name)));
    char *to = (char *)(uintptr_t)text.ptr;
    size_t n = 0;
    for (size_t i = 0; to && i < text.len; i++)
        if (text.ptr[i] != '\r' || i + 1 == text.len || text.ptr[i + 1] != '\n') to[n++] = text.ptr[i];
    return mr_str_make(text.ptr, n);
}

/* A number as people write it, as JSON writes it; false when it is none. */
static bool as_number(mr_str text, char out[32])
{
    size_t dots = 0;
    if (!text.len || text.len > 20) return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool point = c == '.' || c == ',';
        dots += point;
        if (!point && !(c >= '0' && c <= '9')) return false;
        out[i] = (char)(c == ',' ? '.' : c);
    }
    out[text.len] = '\0';
    bool leading = text.len > 1 && out[0] == '0' && out[1] != '.';
    return dots <= 1 && out[0] != '.' && out[text.len - 1] != '.' && !leading;
}

static void write_number(mr_json_writer *w, const char *member, mr_str text)
{
    char number[32];
    if (!text.len) return;
    mr_json_put_name(w, member);
    if (as_number(text, number))
        mr_json_put_raw(w, mr_str_of(number));
    else
        mr_json_put_str(w, text);
}

static void write_texts(mr_page *p, mr_json_writer *w, const char *member, const struct tongues *t)
{
    bool any = false;
    for (size_t i = 0; i < t->count; i++) {
        mr_str text = sent(p, mr_arena_format(p->arena, "%s_%.*s", member, MR_STR_ARG(t->tags[i])).ptr);
        if (!text.len) continue;
        if (!any) mr_json_put_name(w, member), mr_json_begin_object(w);
        any = true;
        mr_json_put_name_str(w, t->tags[i]);
        mr_json_put_str(w, text);
    }
    if (any) mr_json_end_object(w);
}

static void write_languages(mr_page *p, mr_json_writer *w, const char *member)
{
    mr_str seen[LANGUAGES_SHOWN];
    size_t count = 0;
    for (int i = 1; i <= LANGUAGES_SHOWN; i++) {
        mr_str code = sent(p, mr_arena_format(p->arena, "%s_%d", member, i).ptr);
        bool again = !code.len;
        for (size_t k = 0; k < count; k++) again |= mr_str_eq(seen[k], code);
        if (!again) seen[count++] = code;
    }
    if (!count) return;
    mr_json_put_name(w, member);
    mr_json_begin_array(w);
    for (size_t k = 0; k < count; k++) mr_json_put_str(w, seen[k]);
    mr_json_end_array(w);
}

mr_str mr_fields_read(mr_page *p, const struct mr_field *fields, size_t count)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    struct tongues tongues = {.count = 0};
    mr_json_writer w;
    mr_buf_init(&text, 2 * MR_LIMIT_HTTP_BODY);
    sent_tongues(p, &tongues);
    mr_json_writer_init(&w, &text, 0);
    mr_json_begin_object(&w);
    for (size_t i = 0; i < count; i++) {
        const struct mr_field *f = &fields[i];
        mr_str value = sent(p, f->member);
        if (f->kind == MR_FIELD_TEXTS || f->kind == MR_FIELD_AREAS)
            write_texts(p, &w, f->member, &tongues);
        else if (f->kind == MR_FIELD_LANGUAGES)
            write_languages(p, &w, f->member);
        else if (f->kind == MR_FIELD_NUMBER)
            write_number(&w, f->member, value);
        else if (value.len)
            mr_json_put_member(&w, f->member, value);
    }
    mr_json_end_object(&w);
    return mr_arena_dup(p->arena, mr_buf_str(&text));
}

/* ---- the view ---- */

void mr_fields_put_option(mr_page *p, mr_str value, mr_str label, mr_str chosen)
{
    mr_json_begin_object(&p->view);
    mr_json_put_member(&p->view, "value", value);
    mr_json_put_member(&p->view, "label", label);
    mr_json_put_flag(&p->view, "chosen", mr_str_eq(value, chosen));
    mr_json_end_object(&p->view);
}

static mr_str say_word(mr_page *p, const struct mr_field *f, const char *word)
{
    return f->words_say ? mr_message_str(p->language, mr_arena_format(p->arena, "%s.%s", f->words_say, word))
                        : mr_str_of(word);
}

/* Names of places stand in the order of the reader's language; the rest in its own: levels, fields of education. */
static void put_concepts(mr_page *p, const mr_scheme *scheme, mr_str chosen)
{
    struct mr_named *names = MR_NEW_ARRAY(p->arena, struct mr_named, scheme->count);
    if (!names) return;
    for (size_t i = 0; i < scheme->count; i++)
        names[i] = (struct mr_named){mr_concept_label(&scheme->concepts[i], mr_language_tag(p->language)),
                                     scheme->concepts[i].code};
    if (scheme == mr_scheme_get(MR_SCHEME_COUNTRY) || scheme == mr_scheme_get(MR_SCHEME_JURISDICTION))
        mr_collate(p->language, names, scheme->count);
    for (size_t i = 0; i < scheme->count; i++) mr_fields_put_option(p, mr_str_of(names[i].what), names[i].name, chosen);
}

void mr_fields_put_options(mr_page *p, const char *name, const struct mr_field *f, mr_str chosen)
{
    mr_json_put_name(&p->view, name);
    mr_json_begin_array(&p->view);
    if (!f->required || !chosen.len)
        mr_fields_put_option(p, MR_STR(""), mr_message(p->language, "fields.choose"), chosen);
    for (const char *const *word = f->words; word && *word; word++)
        mr_fields_put_option(p, mr_str_of(*word), say_word(p, f, *word), chosen);
    if (!f->words) put_concepts(p, mr_scheme_get(f->scheme), chosen);
    mr_json_end_array(&p->view);
}

static void put_language_options(mr_page *p, mr_str chosen)
{
    enum { MOST = sizeof offered / sizeof *offered };
    struct mr_named names[MOST];
    size_t count = 0;
    bool known = !chosen.len;
    mr_json_put_name(&p->view, "options");
    mr_json_begin_array(&p->view);
    mr_fields_put_option(p, MR_STR(""), mr_message(p->language, "fields.choose"), chosen);
    for (const char *const *tag = offered; *tag; tag++) {
        const mr_concept *c = mr_concept_find(MR_SCHEME_LANGUAGE, mr_str_of(*tag));
        if (!c) continue;
        known |= mr_str_is(chosen, *tag);
        names[count++] = (struct mr_named){mr_concept_label(c, mr_language_tag(p->language)), *tag};
    }
    mr_collate(p->language, names, count);
    for (size_t i = 0; i < count; i++) mr_fields_put_option(p, mr_str_of(names[i].what), names[i].name, chosen);
    const mr_concept *other = known ? NULL : mr_concept_find(MR_SCHEME_LANGUAGE, chosen);
    if (other) mr_fields_put_option(p, chosen, mr_concept_label(other, mr_language_tag(p->language)), chosen);
    mr_json_end_array(&p->view);
}

/* What is wrong with the member at this pointer, in one text. first: also what is wrong with the whole of which it is a part. */
static mr_str wrong_with(mr_page *p, const struct mr_findings *findings, const char *pointer, bool first)
{
    mr_str all = MR_STR_EMPTY;
    for (size_t i = 0; findings && i < findings->count; i++) {
        const struct mr_finding *f = &findings->items[i];
        size_t n = strlen(f->pointer);
        bool whole = first && n && strncmp(pointer, f->pointer, n) == 0 && pointer[n] == '/';
        if (f->warning || (strcmp(pointer, f->pointer) != 0 && !whole)) continue;
        all = mr_arena_format(p->arena, "%.*s%s%.*s", MR_STR_ARG(all), all.len ? " " : "",
                              MR_STR_ARG(mr_finding_say(p->arena, p->language, f)));
    }
    return all;
}

struct shown {
    const struct mr_field *f;
    const char *name, *pointer;
    mr_str value, tongue; /* tongue: language of the value; empty: none */
    bool first;
    int number; /* of several that have the same label; 0: there is one */
};

static mr_str label_of(mr_page *p, const struct shown *s)
{
    mr_str label = mr_message(p->language, s->f->label);
    if (s->number > 1)
        return MR_SAY(p->arena, p->language, "fields.nth", {"label", label},
                      {"number", mr_arena_format(p->arena, "%d", s->number)});
    if (!s->tongue.len) return label;
    const mr_concept *c = mr_concept_find(MR_SCHEME_LANGUAGE, s->tongue);
    return MR_SAY(p->arena, p->language, "fields.in_language", {"label", label},
                  {"language", c ? mr_concept_label(c, mr_language_tag(p->language)) : s->tongue});
}

static void put_field(mr_page *p, const struct shown *s, const struct mr_findings *findings)
{
    static const char *const types[] = {"text", "email", "url", "date", "text", "text", "", "", ""};
    const struct mr_field *f = s->f;
    mr_str hint = mr_arena_format(p->arena, "%s.hint", f->label);
    bool has_hint = s->first && mr_message_exists(mr_language_english(), hint);
    bool is_select = f->kind == MR_FIELD_SELECT || f->kind == MR_FIELD_LANGUAGES;
    mr_json_begin_object(&p->view);
    mr_json_put_member_c(&p->view, "name", s->name);
    mr_json_put_member(&p->view, "label", label_of(p, s));
    mr_json_put_member_or_false(&p->view, "hint", has_hint ? mr_message_str(p->language, hint) : MR_STR_EMPTY);
    mr_json_put_member(&p->view, "value", s->value);
    mr_json_put_member_or_false(&p->view, "tongue", s->tongue);
    mr_json_put_member_or_false(&p->view, "error", wrong_with(p, findings, s->pointer, s->first));
    mr_json_put_flag(&p->view, "required", f->required && s->first);
    mr_json_put_flag(&p->view, "is_line", !is_select && f->kind != MR_FIELD_AREAS);
    mr_json_put_flag(&p->view, "is_area", f->kind == MR_FIELD_AREAS);
    mr_json_put_flag(&p->view, "is_number", f->kind == MR_FIELD_NUMBER);
    mr_json_put_member_c(&p->view, "type", types[f->kind]);
    mr_json_put_flag(&p->view, "is_select", is_select);
    if (f->kind == MR_FIELD_LANGUAGES)
        put_language_options(p, s->value);
    else if (is_select)
        mr_fields_put_options(p, "options", f, s->value);
    mr_json_end_object(&p->view);
}

static mr_str text_of(const mr_json *v)
{
    return v && (mr_json_is(v, MR_JSON_STRING) || mr_json_is(v, MR_JSON_NUMBER)) ? mr_json_text(v) : MR_STR_EMPTY;
}

static void put_texts(mr_page *p, const struct mr_field *f, const mr_json *v, const struct tongues *t,
                      const struct mr_findings *findings)
{
    for (size_t i = 0; i < t->count; i++) {
        const struct shown s = {
            .f = f,
            .name = mr_arena_format(p->arena, "%s_%.*s", f->member, MR_STR_ARG(t->tags[i])).ptr,
            .pointer = mr_arena_format(p->arena, "/%s/%.*s", f->member, MR_STR_ARG(t->tags[i])).ptr,
            .value = text_of(mr_json_find_member(v, t->tags[i])),
            .tongue = t->tags[i],
            .first = i == 0,
        };
        put_field(p, &s, findings);
    }
}

static void put_languages(mr_page *p, const struct mr_field *f, const mr_json *v, const struct mr_findings *findings)
{
    for (uint32_t i = 0; i < LANGUAGES_SHOWN; i++) {
        const struct shown s = {
            .f = f,
            .name = mr_arena_format(p->arena, "%s_%u", f->member, i + 1).ptr,
            .pointer = mr_arena_format(p->arena, "/%s/%u", f->member, i).ptr,
            .value = mr_json_is(v, MR_JSON_ARRAY) && i < v->len ? text_of(mr_json_at(v, i)) : MR_STR_EMPTY,
            .first = i == 0,
            .number = (int)i + 1,
        };
        put_field(p, &s, findings);
    }
}

static void collect_tongues(const mr_page *p, const struct mr_field *fields, size_t count, const mr_json *values,
                            struct tongues *ret)
{
    sent_tongues(p, ret);
    for (size_t i = 0; i < count; i++) {
        if (fields[i].kind != MR_FIELD_TEXTS && fields[i].kind != MR_FIELD_AREAS) continue;
        MR_JSON_EACH_MEMBER (name, mr_json_get(values, fields[i].member)) add_tongue(ret, mr_json_text(name));
    }
    if (!ret->count) add_tongue(ret, mr_language_tag(p->language));
}

static void put_tongues(mr_page *p, const struct tongues *t, bool needed)
{
    mr_str all = MR_STR_EMPTY;
    for (size_t i = 0; i < t->count; i++)
        all = mr_arena_format(p->arena, "%.*s%s%.*s", MR_STR_ARG(all), i ? " " : "", MR_STR_ARG(t->tags[i]));
    mr_json_put_name(&p->view, "tongues");
    if (!needed) {
        mr_json_put_bool(&p->view, false);
        return;
    }
    mr_json_begin_object(&p->view);
    mr_json_put_member(&p->view, "all", all);
    put_language_options(p, MR_STR_EMPTY);
    mr_json_end_object(&p->view);
}

/* A link from the list on top to the field: findings point to members, or into them. */
static mr_str field_name(mr_page *p, const struct mr_field *fields, size_t count, const char *pointer,
                         const struct tongues *t)
{
    for (size_t i = 0; i < count; i++) {
        size_t n = strlen(fields[i].member);
        if (pointer[0] != '/' || strncmp(pointer + 1, fields[i].member, n) != 0) continue;
        const char *rest = pointer + 1 + n;
        if (*rest != '\0' && *rest != '/') continue;
        bool texts = fields[i].kind == MR_FIELD_TEXTS || fields[i].kind == MR_FIELD_AREAS;
        if (texts && *rest == '/') return mr_arena_format(p->arena, "%s_%s", fields[i].member, rest + 1);
        if (texts) return mr_arena_format(p->arena, "%s_%.*s", fields[i].member, MR_STR_ARG(t->tags[0]));
        if (fields[i].kind == MR_FIELD_LANGUAGES) return mr_arena_format(p->arena, "%s_1", fields[i].member);
        return mr_str_of(fields[i].member);
    }
    return MR_STR_EMPTY;
}

static void put_faults(mr_page *p, const struct mr_field *fields, size_t count, const struct mr_findings *findings,
                       const struct tongues *t)
{
    bool any = findings && findings->faults;
    mr_json_put_flag(&p->view, "has_faults", any);
    mr_json_put_name(&p->view, "faults");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; any && i < findings->count; i++) {
        const struct mr_finding *f = &findings->items[i];
        if (f->warning) continue;
        mr_json_begin_object(&p->view);
        mr_json_put_member_or_false(&p->view, "name", field_name(p, fields, count, f->pointer, t));
        mr_json_put_member(&p->view, "text", mr_finding_say(p->arena, p->language, f));
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
    if (any) mr_http_set_status(p->response, 422);
}

void mr_fields_put(mr_page *p, const struct mr_field *fields, size_t count, const mr_json *values,
                   const struct mr_findings *findings)
{
    struct tongues tongues = {.count = 0};
    bool any_texts = false;
    collect_tongues(p, fields, count, values, &tongues);
    put_faults(p, fields, count, findings, &tongues);
    mr_json_put_name(&p->view, "fields");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < count; i++) {
        const struct mr_field *f = &fields[i];
        const mr_json *v = mr_json_get(values, f->member);
        bool texts = f->kind == MR_FIELD_TEXTS || f->kind == MR_FIELD_AREAS;
        any_texts |= texts;
        if (texts)
            put_texts(p, f, v, &tongues, findings);
        else if (f->kind == MR_FIELD_LANGUAGES)
            put_languages(p, f, v, findings);
        else
            put_field(p,
                      &(struct shown){.f = f,
                                      .name = f->member,
                                      .pointer = mr_arena_format(p->arena, "/%s", f->member).ptr,
                                      .value = text_of(v),
                                      .first = true},
                      findings);
    }
    mr_json_end_array(&p->view);
    put_tongues(p, &tongues, any_texts);
}
