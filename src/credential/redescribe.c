/* Re-description: which reader, what all readers share, and the gaps.
 *
 * A reader fills the model as far as the source says it in a way that the model can hold. What it says in words that nothing of ours means is a
 * finding ("unclear"), and what has no place is one, too ("lost"). The remaining gaps are those that `merit spec check` would find, found in
 * the same way: the specification is written as a file and read again, so that "complete" here and there are one thing. */
#include "credential/redescribe_inside.h"

#include "base/limits.h"
#include "credential/elm_template.h"
#include "credential/sniff.h"
#include "credential/specification_file.h"
#include "credential/specification_write.h"

/* ---- texts ---- */

mr_str mr_redescribe_language(mr_str tag)
{
    bool region = tag.len > 3 && (tag.ptr[2] == '-' || tag.ptr[2] == '_');
    const mr_concept *c = mr_concept_find(MR_SCHEME_LANGUAGE, region ? mr_str_make(tag.ptr, 2) : tag);
    return c ? mr_str_of(c->code) : MR_STR_EMPTY;
}

/* A growing list of texts. */
struct texts {
    struct mr_localised *items;
    size_t count, room;
};

static void add_text(struct mr_redescribing *d, struct texts *t, mr_str language, mr_str text, bool one_line)
{
    text = mr_str_trim(text);
    if (language.len == 0 || text.len == 0 || t->count == t->room) return;
    for (size_t i = 0; i < t->count; i++)
        if (mr_str_eq(t->items[i].language, language)) return;
    if (one_line && mr_str_find_char(text, '\n') >= 0) {
        text = mr_arena_dup(d->arena, text);
        for (char *p = (char *)(uintptr_t)text.ptr; p && p < text.ptr + text.len; p++)
            if (*p == '\n' || *p == '\r') *p = ' ';
    }
    t->items[t->count++] = (struct mr_localised){language, text};
}

/* A language map's value is a text or a list of texts; of several the first counts. */
static void add_language_map(struct mr_redescribing *d, struct texts *t, const mr_json *map, bool one_line)
{
    MR_JSON_EACH_MEMBER (name, map) {
        add_text(d, t, mr_redescribe_language(mr_json_text(name)), mr_json_str(mr_each_first(name + 1)), one_line);
    }
}

mr_texts mr_redescribe_texts(struct mr_redescribing *d, const mr_json *v, bool one_line)
{
    struct texts t = {.room = MR_REDESCRIBE_ITEMS_MOST};
    if (!v) return (mr_texts){NULL, 0};
    t.items = MR_NEW_ARRAY(d->arena, struct mr_localised, t.room);
    if (!t.items) return d->nomem = true, (mr_texts){NULL, 0};
    MR_EACH(one, v)
    {
        if (mr_json_is(one, MR_JSON_STRING))
            add_text(d, &t, d->primary, mr_json_text(one), one_line);
        else if (mr_json_get(one, "@value"))
            add_text(d, &t,
                     mr_json_get(one, "@language") ? mr_redescribe_language(mr_json_get_str(one, "@language"))
                                                   : d->primary,
                     mr_json_get_str(one, "@value"), one_line);
        else
            add_language_map(d, &t, one, one_line);
    }
    return (mr_texts){t.items, t.count};
}

mr_texts mr_redescribe_one(struct mr_redescribing *d, mr_str language, mr_str text)
{
    if (text.len == 0 || language.len == 0) return (mr_texts){NULL, 0};
    struct mr_localised *one = MR_NEW(d->arena, struct mr_localised);
    if (!one) return d->nomem = true, (mr_texts){NULL, 0};
    *one = (struct mr_localised){language, text};
    return (mr_texts){one, 1};
}

mr_texts mr_redescribe_append(struct mr_redescribing *d, mr_texts first, mr_texts second)
{
    if (first.count == 0 || second.count == 0) return first.count ? first : second;
    struct mr_localised *items = MR_NEW_ARRAY(d->arena, struct mr_localised, first.count + second.count);
    size_t count = 0;
    if (!items) return d->nomem = true, first;
    for (size_t i = 0; i < first.count; i++) {
        mr_str more = mr_texts_find(second, first.items[i].language);
        items[count] = first.items[i];
        if (more.len)
            items[count].text = mr_arena_concat(d->arena, (const mr_str[]){items[count].text, MR_STR("\n"), more}, 3);
        count++;
    }
    for (size_t i = 0; i < second.count; i++)
        if (mr_texts_find(first, second.items[i].language).len == 0) items[count++] = second.items[i];
    return (mr_texts){items, count};
}

mr_texts mr_redescribe_labels(struct mr_redescribing *d, const char *const label[MR_LABEL_LANGUAGES])
{
    struct mr_localised *items = MR_NEW_ARRAY(d->arena, struct mr_localised, MR_LABEL_LANGUAGES);
    size_t count = 0;
    if (!items) return d->nomem = true, (mr_texts){NULL, 0};
    for (size_t i = 0; i < MR_LABEL_LANGUAGES; i++) {
        mr_str language = mr_str_of(mr_label_languages[i]);
        bool wanted = mr_texts_find(d->s->title, language).len > 0 || mr_str_eq(language, d->primary);
        if (wanted && label[i]) items[count++] = (struct mr_localised){language, mr_str_of(label[i])};
    }
    if (count == 0 && label[0]) items[count++] = (struct mr_localised){MR_STR("en"), mr_str_of(label[0])};
    return (mr_texts){items, count};
}

bool mr_redescribe_are_labels(mr_texts texts, const char *const label[MR_LABEL_LANGUAGES])
{
    for (size_t i = 0; i < texts.count; i++) {
        bool is_one = false;
        for (size_t k = 0; k < MR_LABEL_LANGUAGES; k++)
            is_one |= label[k] && mr_str_is(texts.items[i].language, mr_label_languages[k]) &&
                      mr_str_is(texts.items[i].text, label[k]);
        if (!is_one) return false;
    }
    return texts.count > 0;
}

/* ---- findings ---- */

void mr_redescribe_unclear(struct mr_redescribing *d, mr_element e, mr_str said)
{
    const struct mr_element_info *info = mr_element_info(e);
    if (said.len == 0) return;
    if (info->mandatory)
        mr_findings_add(&d->r->gaps, info->code, "convert.unclear", said);
    else
        mr_findings_warn(&d->r->gaps, info->code, "convert.unclear_optional", said);
}

void mr_redescribe_lost(struct mr_redescribing *d, const char *element, mr_str said)
{
    if (said.len) mr_findings_warn(&d->r->gaps, element, "convert.lost", said);
}

static bool has_fault(const struct mr_findings *f, const char *element)
{
    for (size_t i = 0; i < f->count; i++)
        if (!f->items[i].warning && strcmp(f->items[i].element, element) == 0) return true;
    return false;
}

/* An element that was told to be unclear is not told to be missing as well. */
static void take_finding(struct mr_findings *gaps, const struct mr_finding *f)
{
    bool missing = strcmp(f->id, "spec.missing") == 0 || strcmp(f->id, "spec.provider.missing") == 0;
    if (missing && has_fault(gaps, f->element)) return;
    struct mr_finding *taken = f->warning ? mr_findings_warn(gaps, f->element, f->id, f->value)
                                          : mr_findings_add(gaps, f->element, f->id, f->value);
    taken->expected = f->expected;
    memcpy(taken->pointer, f->pointer, sizeof taken->pointer);
}

/* What `merit spec check` says of the file. */
static int find_gaps(struct mr_redescribing *d, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf file;
    struct mr_findings findings;
    mr_specification again;
    mr_buf_init(&file, MR_LIMIT_DOCUMENT);
    mr_specification_write(d->s, &file);
    mr_str text = mr_arena_dup(d->arena, mr_buf_str(&file));
    if (mr_buf_failed(&file) || !text.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for a specification", MR_NOWHERE);
    mr_findings_init(&findings, d->arena);
    MR_TRY(mr_specification_read(d->arena, text, &again, &findings, err));
    for (size_t i = 0; i < findings.count; i++) take_finding(&d->r->gaps, &findings.items[i]);
    if (d->r->achievement.learner.full_name.len == 0)
        mr_findings_add(&d->r->gaps, "learner", "convert.missing", MR_STR_EMPTY);
    if (!mr_date_is_set(d->r->achievement.awarded_on))
        mr_findings_add(&d->r->gaps, "date", "convert.missing", MR_STR_EMPTY);
    return MR_OK;
}

/* ---- days ---- */

int mr_redescribe_months(mr_date awarded_on, int64_t valid_until)
{
    if (!mr_date_is_set(awarded_on) || valid_until == MR_TIME_NONE) return 0;
    const mr_achievement a = {.awarded_on = awarded_on};
    mr_date last = mr_date_of_time(valid_until);
    for (int months = 1; months <= 1200; months++) {
        const mr_specification s = {.valid_months = months};
        if (mr_date_compare(mr_date_of_time(mr_achievement_valid_until(&a, &s, 0)), last) == 0) return months;
    }
    return 0;
}

mr_date mr_redescribe_day(mr_str text)
{
    mr_date day = {0};
    int64_t time = MR_TIME_NONE;
    if (text.len < 10 || mr_date_parse(mr_str_make(text.ptr, 10), &day, NULL) != MR_OK) return (mr_date){0};
    if (!mr_str_has_suffix(text, MR_STR("Z")) || mr_time_parse(text, &time, NULL) != MR_OK) return day;
    int64_t of_day = time - mr_date_to_time(day);
    if (of_day >= 21 * (int64_t)3600000 && of_day % 3600000 == 0) return mr_date_of_time(time + 3 * (int64_t)3600000);
    return day;
}

/* ---- the name of the specification ---- */

/* The provider's own short name for it is seldom in a credential: made of the title, and told. */
static void name_it(struct mr_redescribing *d)
{
    mr_str title = mr_texts_get(d->s->title, MR_STR("en"), NULL);
    char *name = mr_arena_alloc(d->arena, 65);
    size_t n = 0;
    if (d->s->id.len && d->s->version.len) return;
    if (!name) {
        d->nomem = true;
        return;
    }
    for (size_t i = 0; i < title.len && n < 48; i++) {
        char c = title.ptr[i];
        if (c >= 'A' && c <= 'Z') c = (char)(c + 32);
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (plain)
            name[n++] = c;
        else if (n > 0 && name[n - 1] != '-' && (c == ' ' || c == '-'))
            name[n++] = '-';
    }
    for (size_t whole = n; n >= 48 && whole > 0; whole--) { /* no half word at the end */
        if (name[whole - 1] != '-') continue;
        n = whole;
        break;
    }
    while (n > 0 && name[n - 1] == '-') n--;
    d->s->id = n ? mr_str_make(name, n) : MR_STR("converted");
    d->s->version = MR_STR("1");
    mr_findings_warn(&d->r->gaps, "", "convert.named", d->s->id)->remark = true;
}

/* ---- the whole ---- */

static bool is_elm(const mr_json *document)
{
    return !mr_json_get(document, "vct") && mr_sniffed_is_elm(document);
}

static int choose_reader(struct mr_redescribing *d, struct mr_err *err)
{
    const mr_json *subjects = mr_json_get(d->document, "credentialSubject");
    const mr_json *achievement = mr_each_get(subjects, "achievement");
    bool several = (mr_json_is(subjects, MR_JSON_ARRAY) && mr_json_count(subjects) > 1) ||
                   (mr_json_is(achievement, MR_JSON_ARRAY) && mr_json_count(achievement) > 1) ||
                   mr_each_has(mr_json_get(d->document, "type"), "ClrCredential");
    if (mr_json_get(d->document, "vct")) {
        mr_redescribe_claims(d);
        return MR_OK;
    }
    if (d->given) {
        mr_redescribe_badge(d);
        return MR_OK;
    }
    if (several) return MR_FAIL(err, MR_E_FORMAT, "convert.several", MR_NOWHERE);
    if (is_elm(d->document) && mr_each_get(subjects, "hasClaim"))
        mr_redescribe_elm(d);
    else if (mr_json_is(mr_each_first(achievement), MR_JSON_OBJECT))
        mr_redescribe_badge(d);
    else
        return MR_FAIL(err, MR_E_FORMAT, "convert.no_achievement", MR_NOWHERE);
    return MR_OK;
}

int mr_redescribe(mr_arena *a, const mr_json *document, mr_redescription *ret, struct mr_err *err)
{
    return mr_redescribe_achievement(a, document, NULL, ret, err);
}

int mr_redescribe_achievement(mr_arena *a, const mr_json *document, const mr_json *achievement, mr_redescription *ret,
                              struct mr_err *err)
{
    const mr_json *wrapped = mr_json_get(document, "credential");
    if (mr_json_is(wrapped, MR_JSON_OBJECT)) document = wrapped;
    if (!mr_json_is(document, MR_JSON_OBJECT)) return MR_FAIL(err, MR_E_FORMAT, "convert.no_object", 0);
    *ret = (mr_redescription){0};
    mr_findings_init(&ret->gaps, a);
    struct mr_redescribing d = {.arena = a,
                                .document = document,
                                .given = achievement,
                                .primary = MR_STR("en"),
                                .r = ret,
                                .s = &ret->specification,
                                .work = MR_LIMIT_REDESCRIBE_WORK};
    MR_TRY(choose_reader(&d, err));
    if (d.work < 0) return MR_FAIL(err, MR_E_LIMIT, "the document refers to more than it may", MR_NOWHERE);
    name_it(&d);
    if (d.nomem) return MR_FAIL(err, MR_E_NOMEM, "no memory for a re-description", MR_NOWHERE);
    return find_gaps(&d, err);
}

/* ---- the mark ---- */

static mr_texts mark_of(struct mr_redescribing *d)
{
    enum mr_elm_label sentence = d->r->unsealed ? MR_ELM_REDESCRIBED_UNSEALED : MR_ELM_REDESCRIBED;
    struct mr_localised *items = MR_NEW_ARRAY(d->arena, struct mr_localised, MR_LABEL_LANGUAGES);
    unsigned wanted = mr_elm_label_languages(d->s->title);
    size_t count = 0;
    if (!items) return d->nomem = true, (mr_texts){NULL, 0};
    for (size_t i = 0; i < MR_LABEL_LANGUAGES; i++) {
        mr_str language = mr_str_of(mr_label_languages[i]);
        if (!(wanted & 1u << i)) continue;
        mr_str of = d->r->source.len ? d->r->source : MR_STR("?"), by = d->r->issuer;
        items[count++] = (struct mr_localised){
            language, mr_arena_format(d->arena, "%.*s %.*s%s%.*s%s", MR_STR_ARG(mr_elm_label(sentence, language)),
                                      MR_STR_ARG(of), by.len ? " (" : "", MR_STR_ARG(by), by.len ? ")" : "")};
    }
    return (mr_texts){items, count};
}

int mr_redescription_mark(mr_arena *a, mr_redescription *r, struct mr_err *err)
{
    struct mr_redescribing d = {.arena = a, .r = r, .s = &r->specification};
    r->specification.further = mr_redescribe_append(&d, r->specification.further, mark_of(&d));
    return d.nomem ? MR_FAIL(err, MR_E_NOMEM, "no memory for a re-description", MR_NOWHERE) : MR_OK;
}
