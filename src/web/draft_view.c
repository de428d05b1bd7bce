/* A document becomes the fields of a page (draft_form.h), and lines for people.
 *
 * Every member of a field's view is always written, false when there is none: Mustache would look for it further up otherwise, and find another field's. */
#include "web/draft_form.h"

#include "base/limits.h"
#include "credential/annex.h"
#include "service/organisation.h"

struct showing {
    const struct mr_draft_form *form;
    mr_page *page;
    mr_arena *arena;
    mr_json_writer *v;
    size_t language_count;
};

static void put_fields(struct showing *s, const struct mr_draft_field *fields, size_t count, mr_str name,
                       const mr_json *object);

static mr_str below(const struct showing *s, mr_str name, const char *member)
{
    return *member ? mr_arena_format(s->arena, "%.*s.%s", MR_STR_ARG(name), member) : name;
}

static mr_str language_name(mr_page *p, mr_str tag)
{
    const mr_concept *c = mr_concept_find(MR_SCHEME_LANGUAGE, tag);
    return c ? mr_concept_label(c, mr_language_tag(p->language)) : tag;
}

/* Text of a string or number: codes are written as either. */
static mr_str plain(const mr_json *v)
{
    return mr_json_is(v, MR_JSON_NUMBER) ? mr_json_text(v) : mr_json_str(v);
}

/* ---- what is wrong with it, what was remarked ---- */

/* "/a/0/b" and "a.0.b": 0 different, 1 the same, 2 the pointer leads further down. */
static int compare(const char *pointer, mr_str name)
{
    if (*pointer != '/') return 0;
    pointer++;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i] == '.' ? '/' : name.ptr[i];
        if (pointer[i] != c) return 0;
    }
    return pointer[name.len] == '\0' ? 1 : pointer[name.len] == '/' ? 2 : 0;
}

static bool is_about(const struct showing *s, const struct mr_finding *f, mr_str name, bool whole)
{
    if (f->warning && !s->form->gaps) return false;
    int place = compare(f->pointer, name);
    if (place == 1 || (place == 2 && whole)) return true;
    if (*f->pointer || !s->form->gaps) return false;
    return mr_str_find_char(name, '.') < 0 && mr_str_eq(mr_draft_member_of(f->element), name);
}

mr_str mr_draft_finding_say(mr_page *p, const struct mr_finding *f)
{
    static const char *const kinds[] = {"element", "field"};
    mr_str id = mr_arena_format(p->arena, "form.%s", f->id), label = mr_str_of(f->element);
    if (!mr_message_exists(mr_language_english(), id)) return mr_finding_say(p->arena, p->language, f);
    for (size_t i = 0; i < 2; i++) {
        mr_str name = mr_arena_format(p->arena, "%s.%s", kinds[i], f->element);
        if (mr_message_exists(mr_language_english(), name)) label = mr_message_str(p->language, name);
    }
    mr_str why = mr_arena_format(p->arena, "element.%s.why", f->element);
    bool has_why = mr_message_exists(mr_language_english(), why);
    return MR_SAY(p->arena, p->language, id.ptr, {"element", label}, {"value", f->value},
                  {"why", has_why ? mr_message_str(p->language, why) : MR_STR_EMPTY});
}

/* Returns whether there is any. whole: those of parts as well, which have no place of their own. */
static bool put_faults(struct showing *s, mr_str name, bool whole)
{
    bool any = false;
    mr_json_put_name(s->v, "faults");
    mr_json_begin_array(s->v);
    for (size_t i = 0; s->form->findings && i < s->form->findings->count; i++) {
        const struct mr_finding *f = &s->form->findings->items[i];
        if (!is_about(s, f, name, whole)) continue;
        mr_json_put_str(s->v, mr_draft_finding_say(s->page, f));
        any = true;
    }
    mr_json_end_array(s->v);
    mr_json_put_flag(s->v, "wrong", any);
    return any;
}

static void put_remarks(struct showing *s, mr_str name)
{
    mr_json_put_name(s->v, "remarks");
    mr_json_begin_array(s->v);
    for (size_t i = 0; i < s->form->comment_count; i++)
        if (mr_str_eq(s->form->comments[i].element, name)) mr_json_put_str(s->v, s->form->comments[i].remark);
    mr_json_end_array(s->v);
}

static void put_theirs(struct showing *s, const struct mr_draft_field *f, mr_str name)
{
    bool met = false;
    for (size_t i = 0; i < s->form->conflict_count; i++) {
        if (!mr_str_eq(s->form->conflicts[i].member, name)) continue;
        mr_draft_tell(s->page, "theirs", f, s->form->conflicts[i].theirs);
        met = true;
    }
    mr_json_put_flag(s->v, "conflict", met);
    if (!met) mr_json_put_flag(s->v, "theirs", false);
}

/* ---- vocabularies ---- */

static bool begins(mr_str text, mr_str typed)
{
    while (typed.len)
        if (!text.len || mr_str_take_letter(&text) != mr_str_take_letter(&typed)) return false;
    return true;
}

static bool contains(mr_str text, mr_str typed)
{
    for (; text.len; mr_str_take_letter(&text))
        if (begins(text, typed)) return true;
    return false;
}

size_t mr_draft_search(mr_page *p, mr_scheme_code scheme, mr_str typed, const mr_concept **ret, size_t most)
{
    const mr_scheme *all = mr_scheme_get(scheme);
    size_t found = 0;
    typed = mr_str_trim(typed);
    mr_json_put_name(&p->view, "found");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; typed.len && i < all->count; i++) {
        const mr_concept *c = &all->concepts[i];
        mr_str label = mr_concept_label(c, mr_language_tag(p->language));
        bool fits = contains(mr_str_of(c->code), typed) || contains(label, typed);
        for (size_t l = 0; l < MR_LABEL_COLUMNS && !fits; l++)
            fits = c->label[l] && contains(mr_str_of(c->label[l]), typed);
        if (!fits || found++ >= most) continue;
        if (ret) ret[found - 1] = c;
        mr_json_begin_object(&p->view);
        mr_json_put_member_c(&p->view, "code", c->code);
        mr_json_put_member(&p->view, "label", label);
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
    return found;
}

static mr_str label_of(const struct showing *s, mr_scheme_code scheme, mr_str code)
{
    const mr_concept *c = mr_concept_find(scheme, code);
    return c ? mr_concept_label(c, mr_language_tag(s->page->language)) : code;
}

static void put_option(struct showing *s, mr_str name, mr_str value, mr_str label, bool chosen)
{
    mr_json_begin_object(s->v);
    mr_json_put_member(s->v, "name", name);
    mr_json_put_member(s->v, "value", value);
    mr_json_put_member(s->v, "option", label);
    mr_json_put_flag(s->v, "chosen", chosen);
    mr_json_end_object(s->v);
}

/* A select: of a vocabulary or of words, with what stands there even when it is none of them. */
static void put_select(struct showing *s, const struct mr_draft_field *f, mr_str name, mr_str value)
{
    bool known = !value.len;
    mr_json_put_name(s->v, "select");
    mr_json_begin_object(s->v);
    mr_json_put_name(s->v, "options");
    mr_json_begin_array(s->v);
    if (f->kind == MR_FIELD_WORD) {
        for (const struct mr_draft_word *w = f->words; w->word; w++) {
            bool is = mr_str_is(value, w->word);
            put_option(s, name, mr_str_of(w->word), mr_message(s->page->language, w->label), is);
            known |= is;
        }
    } else {
        const mr_scheme *scheme = mr_scheme_get(f->scheme);
        const mr_concept *now = mr_concept_find(f->scheme, value);
        for (size_t i = 0; i < scheme->count; i++) {
            const mr_concept *c = &scheme->concepts[i];
            put_option(s, name, mr_str_of(c->code), label_of(s, f->scheme, mr_str_of(c->code)), c == now);
        }
        known |= now != NULL;
    }
    if (!known) put_option(s, name, value, value, true);
    mr_json_end_array(s->v);
    mr_json_end_object(s->v);
}

/* Is this code among the value's? */
static bool has_code(const mr_json *value, const char *code)
{
    if (mr_str_eq_ascii_nocase(plain(value), mr_str_of(code))) return true;
    MR_JSON_EACH (element, value)
        if (mr_str_eq_ascii_nocase(plain(element), mr_str_of(code))) return true;
    return false;
}

static void put_choice(struct showing *s, const struct mr_draft_field *f, mr_str name, const char *code, bool chosen)
{
    bool many = f->kind != MR_FIELD_PICK;
    mr_str value = mr_str_of(code), label = label_of(s, f->scheme, value);
    if (f->kind != MR_FIELD_CODES && f->scheme != MR_SCHEME_LANGUAGE && f->scheme != MR_SCHEME_COUNTRY && *code)
        label = mr_arena_format(s->arena, "%.*s (%s)", MR_STR_ARG(label), code);
    if (!*code) label = mr_message(s->page->language, "draft.form.none");
    put_option(s, many ? below(s, name, code) : name, many ? MR_STR("1") : value, label, chosen);
}

/* Results of a search that are not chosen yet. */
static void put_found(struct showing *s, const struct mr_draft_field *f, mr_str name, const mr_json *value,
                      mr_str typed)
{
    const mr_concept *found[MR_LIMIT_VOCABULARY_FOUND];
    size_t count = 0;
    if (typed.len) {
        MR_CLEANUP(mr_buf_done) mr_buf aside;
        mr_page other = *s->page; /* the list itself is not wanted here */
        mr_buf_init(&aside, MR_MIB);
        mr_json_writer_init(&other.view, &aside, 0);
        mr_json_begin_object(&other.view);
        count = mr_draft_search(&other, f->scheme, typed, found, MR_LIMIT_VOCABULARY_FOUND);
    }
    for (size_t i = 0; i < count && i < MR_LIMIT_VOCABULARY_FOUND; i++)
        if (!has_code(value, found[i]->code)) put_choice(s, f, name, found[i]->code, false);
    mr_json_end_array(s->v);
    if (typed.len)
        mr_json_put_member(s->v, "result",
                           count == 0 ? mr_message(s->page->language, "draft.form.found_none")
                           : count > MR_LIMIT_VOCABULARY_FOUND
                               ? MR_SAY(s->arena, s->page->language, "draft.form.found_many",
                                        {"count", mr_say_count(s->arena, s->page->language, (int64_t)count)})
                               : MR_SAY(s->arena, s->page->language, "draft.form.found",
                                        {"count", mr_say_count(s->arena, s->page->language, (int64_t)count)}));
    else
        mr_json_put_member_c(s->v, "result", "");
}

/* Ticks or dots: all of a short vocabulary; of a long one those chosen, and a search. */
static void put_choices(struct showing *s, const struct mr_draft_field *f, mr_str name, const mr_json *value)
{
    bool pick = f->kind != MR_FIELD_CODES, one = f->kind == MR_FIELD_PICK;
    const mr_scheme *scheme = mr_scheme_get(f->scheme);
    mr_str typed = mr_str_eq(s->form->search, name) ? mr_http_query(s->page->request, "q") : MR_STR_EMPTY;
    mr_json_put_name(s->v, "choices");
    mr_json_begin_object(s->v);
    mr_json_put_flag(s->v, "one", one);
    mr_json_put_flag(s->v, "pick", pick);
    mr_json_put_member_c(s->v, "scheme", scheme->name);
    mr_json_put_member(s->v, "typed", typed);
    mr_json_put_name(s->v, "options");
    mr_json_begin_array(s->v);
    if (one) put_choice(s, f, name, "", !plain(value).len);
    if (one && plain(value).len) put_choice(s, f, name, mr_arena_cstr(s->arena, plain(value)), true);
    if (!one && pick)
        MR_JSON_EACH (element, value) put_choice(s, f, name, mr_arena_cstr(s->arena, plain(element)), true);
    for (size_t i = 0; !pick && i < scheme->count; i++)
        put_choice(s, f, name, scheme->concepts[i].code, has_code(value, scheme->concepts[i].code));
    if (pick)
        put_found(s, f, name, value, typed);
    else {
        mr_json_end_array(s->v);
        mr_json_put_member_c(s->v, "result", "");
    }
    mr_json_end_object(s->v);
}

/* ---- texts ---- */

static void put_tongue(struct showing *s, mr_str name, mr_str tag, const mr_json *value, bool is_primary)
{
    mr_str text = mr_json_str(mr_json_find_member(value, tag));
    mr_json_begin_object(s->v);
    mr_json_put_member(s->v, "name", mr_arena_format(s->arena, "%.*s.%.*s", MR_STR_ARG(name), MR_STR_ARG(tag)));
    mr_json_put_member(s->v, "tongue", tag);
    mr_json_put_member(s->v, "tongue_name", language_name(s->page, tag));
    mr_json_put_member(s->v, "text", text);
    mr_json_put_flag(s->v, "lacking", !text.len && !is_primary && mr_json_count(value));
    mr_json_end_object(s->v);
}

static void put_texts(struct showing *s, const struct mr_draft_field *f, mr_str name, const mr_json *value)
{
    mr_str rest = s->form->draft->languages, tag;
    bool first = true;
    mr_json_put_name(s->v, "texts");
    mr_json_begin_object(s->v);
    mr_json_put_flag(s->v, "area", f->kind == MR_FIELD_TEXTS);
    mr_json_put_name(s->v, "tongues");
    mr_json_begin_array(s->v);
    while (mr_str_split(&rest, ' ', &tag)) {
        put_tongue(s, name, tag, value, first);
        first = false;
    }
    MR_JSON_EACH_MEMBER (member, value)
        if (mr_str_find(s->form->draft->languages, mr_json_text(member)) < 0)
            put_tongue(s, name, mr_json_text(member), value, true);
    mr_json_end_array(s->v);
    mr_json_end_object(s->v);
}

/* ---- objects and lists ---- */

static size_t inputs_of(const struct mr_draft_field *fields, size_t count, size_t languages)
{
    size_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        bool texts = fields[i].kind == MR_FIELD_TITLE || fields[i].kind == MR_FIELD_TEXTS;
        sum += texts                   ? languages
               : fields[i].field_count ? inputs_of(fields[i].fields, fields[i].field_count, languages)
                                       : 2;
    }
    return sum;
}

/* Assessors to choose from; false when the organisation names none. */
static void put_known(struct showing *s, const struct mr_draft_field *f)
{
    struct mr_assessor_row *rows;
    size_t count = 0;
    if (!f->is_assessor || mr_organisation_assessors(s->page->service, s->arena, s->page->actor, s->form->draft->org_id,
                                                     &rows, &count, NULL) != MR_OK)
        count = 0;
    if (!count) {
        mr_json_put_flag(s->v, "known", false);
        return;
    }
    mr_json_put_name(s->v, "known");
    mr_json_begin_object(s->v);
    mr_json_put_name(s->v, "assessors");
    mr_json_begin_array(s->v);
    for (size_t i = 0; i < count; i++) {
        mr_json_begin_object(s->v);
        mr_json_put_member(s->v, "id", rows[i].id);
        mr_json_put_member(s->v, "assessor", rows[i].name);
        mr_json_end_object(s->v);
    }
    mr_json_end_array(s->v);
    mr_json_end_object(s->v);
}

static void put_object(struct showing *s, const struct mr_draft_field *f, mr_str name, const mr_json *value)
{
    mr_json_put_name(s->v, "object");
    mr_json_begin_object(s->v);
    mr_json_put_flag(s->v, "folded", f->is_folded);
    bool open = mr_json_count(value) > 0;
    if (!*f->name) { /* a part of the object around it: open when something in it is answered */
        open = false;
        for (size_t i = 0; i < f->field_count; i++) open |= mr_json_get(value, f->fields[i].name) != NULL;
    }
    mr_json_put_flag(s->v, "opened", open);
    put_known(s, f);
    put_fields(s, f->fields, f->field_count, name, value);
    mr_json_end_object(s->v);
}

/* What an item is called while it is folded. */
static mr_str title_of(struct showing *s, const struct mr_draft_field *f, const mr_json *item, size_t number)
{
    static const char *const names[] = {"title", "name", "label"};
    mr_str text = MR_STR_EMPTY;
    for (size_t i = 0; i < sizeof names / sizeof *names && !text.len; i++) {
        const mr_json *texts = mr_json_get(item, names[i]);
        text = mr_json_str(mr_json_find_member(texts, mr_language_tag(s->page->language)));
        MR_JSON_EACH_MEMBER (member, texts)
            if (!text.len) text = mr_json_str(member + 1);
    }
    for (size_t i = 0; i < f->field_count && !text.len; i++) {
        const struct mr_draft_field *first = &f->fields[i];
        mr_str value = mr_json_get_str(item, first->name);
        if (!value.len) continue;
        if (first->kind == MR_FIELD_CODE) text = label_of(s, first->scheme, value);
        for (const struct mr_draft_word *w = first->words; w && w->word; w++)
            if (mr_str_is(value, w->word)) text = mr_message(s->page->language, w->label);
    }
    if (!text.len && mr_str_is(mr_json_str(item), "provider"))
        text = mr_message(s->page->language, "draft.form.provider_itself");
    mr_str which = mr_arena_format(s->arena, "%zu", number + 1);
    if (!text.len) return MR_SAY(s->arena, s->page->language, "draft.form.item", {"number", which});
    return MR_SAY(s->arena, s->page->language, "draft.form.item_named", {"number", which}, {"title", text});
}

static void put_item(struct showing *s, const struct mr_draft_field *f, mr_str list, const mr_json *item, size_t i,
                     size_t count, bool folded)
{
    mr_str name = mr_arena_format(s->arena, "%.*s.%zu", MR_STR_ARG(list), i);
    mr_json_begin_object(s->v);
    mr_json_put_member(s->v, "name", name);
    mr_json_put_member(s->v, "list_name", list);
    mr_json_put_member(s->v, "place", mr_arena_format(s->arena, "%zu", i));
    mr_json_put_member(s->v, "item_title", title_of(s, f, item, i));
    mr_json_put_flag(s->v, "kept", folded);
    mr_json_put_flag(s->v, "first", i == 0);
    mr_json_put_flag(s->v, "last", i + 1 >= count);
    mr_json_put_flag(s->v, "there", i < count);
    mr_json_put_flag(s->v, "or_provider", f->or_provider);
    mr_json_put_flag(s->v, "is_provider", mr_str_is(mr_json_str(item), "provider"));
    put_faults(s, name, folded);
    if (folded)
        mr_json_put_flag(s->v, "fields", false);
    else
        put_fields(s, f->fields, f->field_count, name, item);
    mr_json_end_object(s->v);
}

/* Items are open while there is room on the page; the one that was asked for always is. */
static void put_list(struct showing *s, const struct mr_draft_field *f, mr_str name, const mr_json *value)
{
    size_t count = mr_json_is(value, MR_JSON_ARRAY) ? mr_json_count(value) : 0, i = 0;
    bool add = mr_str_eq(s->form->add, name) || (!count && f->wants_one);
    size_t each = inputs_of(f->fields, f->field_count, s->language_count);
    bool crowded = (count + add) * each > MR_LIMIT_DRAFT_INPUTS;
    bool chosen = add || mr_str_has_prefix(s->form->open, mr_arena_format(s->arena, "%.*s.", MR_STR_ARG(name)));
    size_t room = chosen ? 0 : MR_LIMIT_DRAFT_INPUTS / (each ? each : 1);
    mr_json_put_name(s->v, "list");
    mr_json_begin_object(s->v);
    mr_json_put_member(s->v, "count", mr_arena_format(s->arena, "%zu", count + add));
    mr_json_put_flag(s->v, "numbered", true);
    mr_json_put_name(s->v, "items");
    mr_json_begin_array(s->v);
    MR_JSON_EACH (item, value) {
        mr_str item_name = mr_arena_format(s->arena, "%.*s.%zu", MR_STR_ARG(name), i);
        bool folded = crowded && i >= room && !mr_str_eq(s->form->open, item_name);
        put_item(s, f, name, item, i, count, folded);
        i++;
    }
    if (add) put_item(s, f, name, NULL, count, count, false);
    mr_json_end_array(s->v);
    mr_json_end_object(s->v);
}

/* ---- a field ---- */

static void put_about(struct showing *s, const struct mr_draft_field *f, mr_str name)
{
    bool top = mr_str_find_char(name, '.') < 0, needed = false;
    mr_json_put_member_c(s->v, "base_name", f->name);
    mr_json_put_flag(s->v, "top", top && *f->name);
    for (mr_element e = 0; top && e < MR_ELEMENT_COUNT; e++) {
        const struct mr_element_info *info = mr_element_info(e);
        needed |= info->mandatory && info->source == MR_ELEMENT_SPECIFICATION && mr_str_is(name, info->code);
    }
    mr_json_put_flag(s->v, "needed", needed || mr_str_is(name, "provider"));
    mr_json_put_member_or_false(
        s->v, "mark", top ? mr_draft_mark(s->arena, mr_json_find_member(s->form->draft->root, name)) : MR_STR_EMPTY);
    static const char *const parts[] = {"help", "example"};
    for (size_t i = 0; i < 2; i++) {
        mr_str id = f->key ? mr_arena_format(s->arena, "draft.%s.%s", parts[i], f->key) : MR_STR_EMPTY;
        bool there = id.len && mr_message_exists(mr_language_english(), id);
        mr_json_put_member_or_false(s->v, parts[i], there ? mr_message_str(s->page->language, id) : MR_STR_EMPTY);
    }
}

static void put_answer(struct showing *s, const struct mr_draft_field *f, mr_str name, const mr_json *value)
{
    static const char *const parts[] = {"line", "texts", "flag", "select", "choices", "object", "list"};
    enum { LINE, TEXTS, FLAG, SELECT, CHOICES, OBJECT, LIST };
    static const int of_kind[] = {LINE,    LINE,    TEXTS,   TEXTS,  FLAG,   SELECT,
                                  CHOICES, CHOICES, CHOICES, SELECT, OBJECT, LIST};
    int part = of_kind[f->kind];
    for (int i = 0; i < (int)(sizeof parts / sizeof *parts); i++)
        if (i != part) mr_json_put_flag(s->v, parts[i], false);
    switch (part) {
    case LINE:
        mr_json_put_name(s->v, "line");
        mr_json_begin_object(s->v);
        mr_json_put_member(s->v, "value", plain(value));
        mr_json_put_member_c(s->v, "inputmode",
                             f->kind == MR_FIELD_NUMBER     ? "decimal"
                             : f->input && *f->input != 'd' ? f->input
                                                            : "text");
        mr_json_put_flag(s->v, "short", f->kind == MR_FIELD_NUMBER || (f->input && *f->input == 'd'));
        mr_json_put_flag(s->v, "date", f->input && *f->input == 'd');
        mr_json_end_object(s->v);
        break;
    case TEXTS: put_texts(s, f, name, value); break;
    case FLAG:
        mr_json_put_name(s->v, "flag");
        mr_json_begin_object(s->v);
        mr_json_put_flag(s->v, "chosen", mr_json_is(value, MR_JSON_TRUE));
        mr_json_end_object(s->v);
        break;
    case SELECT: put_select(s, f, name, plain(value)); break;
    case CHOICES: put_choices(s, f, name, value); break;
    case OBJECT: put_object(s, f, name, value); break;
    default: put_list(s, f, name, value); break;
    }
}

static void put_fields(struct showing *s, const struct mr_draft_field *fields, size_t count, mr_str name,
                       const mr_json *object)
{
    mr_json_put_name(s->v, "fields");
    mr_json_begin_array(s->v);
    for (size_t i = 0; i < count; i++) {
        const struct mr_draft_field *f = &fields[i];
        mr_str id = !name.len ? mr_str_of(f->name) : below(s, name, f->name);
        const mr_json *value = *f->name ? mr_json_get(object, f->name) : object;
        bool container = f->kind == MR_FIELD_OBJECT || f->kind == MR_FIELD_LIST;
        mr_json_begin_object(s->v);
        mr_json_put_member(s->v, "name", *f->name ? id : mr_arena_format(s->arena, "%.*s.more", MR_STR_ARG(id)));
        mr_json_put_member(s->v, "label", mr_message(s->page->language, f->label));
        put_about(s, f, id);
        if (*f->name)
            put_faults(s, id, !container);
        else {
            mr_json_put_flag(s->v, "faults", false);
            mr_json_put_flag(s->v, "wrong", false);
        }
        if (mr_str_find_char(id, '.') < 0) {
            put_remarks(s, id);
            put_theirs(s, f, id);
        } else {
            mr_json_put_flag(s->v, "remarks", false);
            mr_json_put_flag(s->v, "theirs", false);
            mr_json_put_flag(s->v, "conflict", false);
        }
        put_answer(s, f, id, value);
        mr_json_end_object(s->v);
    }
    mr_json_end_array(s->v);
}

void mr_draft_form_put(const struct mr_draft_form *form, const struct mr_draft_section *section)
{
    struct showing s = {.form = form, .page = form->page, .arena = form->page->arena, .v = &form->page->view};
    mr_str rest = form->draft->languages, tag;
    while (mr_str_split(&rest, ' ', &tag)) s.language_count++;
    put_fields(&s, section->fields, section->field_count, MR_STR_EMPTY, form->root);
}

/* ---- telling ---- */

struct telling {
    mr_page *page;
    size_t lines;
};

static void tell_line(struct telling *t, mr_str label, mr_str text, mr_str tongue)
{
    mr_json_writer *v = &t->page->view;
    if (!text.len || t->lines++ > 400) return;
    mr_json_begin_object(v);
    mr_json_put_member_or_false(v, "line_label", label);
    mr_json_put_member(v, "text", text);
    mr_json_put_member_or_false(v, "tongue", tongue);
    mr_json_end_object(v);
}

static mr_str joined(struct telling *t, mr_str first, mr_str second)
{
    if (!first.len || !second.len) return first.len ? first : second;
    return mr_arena_format(t->page->arena, "%.*s › %.*s", MR_STR_ARG(first), MR_STR_ARG(second));
}

static mr_str code_label(struct telling *t, const struct mr_draft_field *f, mr_str code)
{
    for (const struct mr_draft_word *w = f->words; w && w->word; w++)
        if (mr_str_is(code, w->word)) return mr_message(t->page->language, w->label);
    const mr_concept *c = mr_concept_find(f->scheme, code);
    return c && !f->words ? mr_concept_label(c, mr_language_tag(t->page->language)) : code;
}

/* The field table is as deep as it is; values that do not fit it are told as they are. */
static void tell(struct telling *t, const struct mr_draft_field *f, mr_str label, const mr_json *v)
{
    size_t number = 1;
    switch (f->kind) {
    case MR_FIELD_LINE:
    case MR_FIELD_NUMBER: tell_line(t, label, plain(v), MR_STR_EMPTY); break;
    case MR_FIELD_CODE:
    case MR_FIELD_PICK:
    case MR_FIELD_WORD: tell_line(t, label, code_label(t, f, plain(v)), MR_STR_EMPTY); break;
    case MR_FIELD_FLAG:
        if (mr_json_is(v, MR_JSON_TRUE))
            tell_line(t, label, mr_message(t->page->language, "draft.form.yes"), MR_STR_EMPTY);
        break;
    case MR_FIELD_TITLE:
    case MR_FIELD_TEXTS:
        MR_JSON_EACH_MEMBER (member, v)
            tell_line(t, joined(t, label, language_name(t->page, mr_json_text(member))), mr_json_str(member + 1),
                      mr_json_text(member));
        break;
    case MR_FIELD_CODES:
    case MR_FIELD_PICKS:
        MR_JSON_EACH (element, v) tell_line(t, label, code_label(t, f, plain(element)), MR_STR_EMPTY);
        break;
    case MR_FIELD_OBJECT:
        for (size_t i = 0; i < f->field_count; i++) {
            const struct mr_draft_field *part = &f->fields[i];
            const mr_json *value = *part->name ? mr_json_get(v, part->name) : v;
            mr_str name = *part->name ? joined(t, label, mr_message(t->page->language, part->label)) : label;
            if (value) tell(t, part, name, value);
        }
        if (mr_json_is(v, MR_JSON_STRING))
            tell_line(t, label, mr_message(t->page->language, "draft.form.provider_itself"), MR_STR_EMPTY);
        break;
    case MR_FIELD_LIST:
        MR_JSON_EACH (item, v) {
            struct mr_draft_field one = *f;
            one.kind = MR_FIELD_OBJECT;
            tell(t, &one, joined(t, label, mr_arena_format(t->page->arena, "%zu", number++)), item);
        }
        break;
    }
}

void mr_draft_tell(mr_page *p, const char *member, const struct mr_draft_field *field, const mr_json *value)
{
    struct telling t = {.page = p};
    mr_json_put_name(&p->view, member);
    mr_json_begin_array(&p->view);
    if (value) tell(&t, field, MR_STR_EMPTY, value);
    mr_json_end_array(&p->view);
}
