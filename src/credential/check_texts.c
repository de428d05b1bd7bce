/* Texts in several languages: are the languages languages, are they those that the document says it is in, and is the same said in all of them?
 *
 * A document says its languages in displayParameter; one without (a vc+jwt) is in those of its title. The labels of concepts come along in many
 * languages and are passed over; so are names of people, places and organisations, which are not translated. */
#include "credential/check_inside.h"

#define LANGUAGES_MOST 32

struct languages {
    mr_str code[LANGUAGES_MOST];
    size_t count;
};

static bool has(const struct languages *l, mr_str code)
{
    for (size_t i = 0; i < l->count; i++)
        if (mr_str_eq_ascii_nocase(l->code[i], code)) return true;
    return false;
}

static void put(struct languages *l, mr_str code)
{
    if (code.len && !has(l, code) && l->count < LANGUAGES_MOST) l->code[l->count++] = code;
}

/* "da" of "da-DK". */
static mr_str primary(mr_str tag)
{
    ptrdiff_t dash = mr_str_find_char(tag, '-');
    return dash > 0 ? mr_str_make(tag.ptr, (size_t)dash) : tag;
}

static void put_concepts(struct languages *l, const mr_json *concepts)
{
    MR_EACH(concept, concepts)
    {
        const mr_concept *known = mr_concept_find_uri(MR_SCHEME_LANGUAGE, mr_check_id(concept));
        if (known) put(l, mr_str_of(known->code));
    }
}

static void put_tags(struct languages *l, const mr_json *texts)
{
    MR_JSON_EACH_MEMBER (name, texts) {
        mr_str code = primary(mr_json_text(name));
        if (mr_concept_find(MR_SCHEME_LANGUAGE, code)) put(l, code);
    }
}

/* What the document says that it is in. */
static struct languages languages_of(const struct mr_checking *c, const mr_json *achievement)
{
    struct languages l = {.count = 0};
    const mr_json *display = mr_each_first(mr_json_get(c->document, "displayParameter"));
    put_concepts(&l, mr_json_get(display, "primaryLanguage"));
    put_concepts(&l, mr_json_get(display, "language"));
    if (l.count == 0) put_tags(&l, mr_each_get(achievement, "title"));
    return l;
}

/* ---- tags ---- */

/* The code of a language by a code that is not ISO 639-1: of three letters, or of a country where mostly that language is meant. */
static mr_str mended(struct mr_checking *c, mr_str tag)
{
    static const struct {
        const char *country, *language;
    } meant[] = {{"at", "de"}, {"be", "nl"}, {"cn", "zh"}, {"cz", "cs"}, {"dk", "da"}, {"ee", "et"},
                 {"gb", "en"}, {"gr", "el"}, {"ie", "en"}, {"jp", "ja"}, {"kr", "ko"}, {"no", "nb"},
                 {"rs", "sr"}, {"se", "sv"}, {"si", "sl"}, {"ua", "uk"}, {"us", "en"}};
    mr_str code = primary(tag);
    const mr_scheme *all = mr_scheme_get(MR_SCHEME_LANGUAGE);
    for (size_t i = 0; i < sizeof meant / sizeof *meant; i++)
        if (mr_str_eq_ascii_nocase(code, mr_str_of(meant[i].country))) return mr_str_of(meant[i].language);
    for (size_t i = 0; code.len == 3 && i < all->count; i++) {
        mr_str uri = mr_str_of(all->concepts[i].uri);
        if (mr_str_eq_ascii_nocase(mr_str_from(uri, uri.len - 3), code)) return mr_str_of(all->concepts[i].code);
    }
    const mr_concept *near = NULL;
    bool word = code.len > 3 && mr_check_may_guess(c) && mr_concept_guess(MR_SCHEME_LANGUAGE, code, &near, 1) == 1;
    return word ? mr_str_of(near->code) : MR_STR_EMPTY;
}

/* Is it the code of a language? ISO 639-1 where there is one; three letters for those that have none. */
static bool check_tag(struct mr_checking *c, const mr_json *name)
{
    mr_str tag = mr_json_text(name), code = primary(tag);
    if (mr_str_has_prefix(tag, MR_STR("@")) || mr_concept_find(MR_SCHEME_LANGUAGE, code)) return true;
    mr_str meant = mended(c, tag);
    if (code.len == 3 && meant.len == 0) return true;
    struct mr_finding *f = mr_check_add(c, MR_CHECK_IS_FAULT, NULL,
                                        meant.len ? "check.language_code.guess" : "check.language_code", name + 1, tag);
    f->expected = meant;
    return false;
}

/* ---- the same in all languages ---- */

/* "da, fr" */
static mr_str join(struct mr_checking *c, const struct languages *l)
{
    mr_str all = MR_STR_EMPTY;
    for (size_t i = 0; i < l->count; i++)
        all = mr_arena_concat(c->arena, (const mr_str[]){all, i ? MR_STR(", ") : MR_STR_EMPTY, l->code[i]}, 3);
    return all;
}

static struct languages missing_of(const struct languages *wanted, const mr_json *texts)
{
    struct languages there = {.count = 0}, missing = {.count = 0};
    put_tags(&there, texts);
    for (size_t i = 0; i < wanted->count; i++)
        if (!has(&there, wanted->code[i])) put(&missing, wanted->code[i]);
    return missing;
}

static void check_there(struct mr_checking *c, const struct languages *wanted, const mr_json *texts, const char *id)
{
    if (!mr_json_is(texts, MR_JSON_OBJECT) || mr_json_get(texts, "@value")) return;
    struct languages missing = missing_of(wanted, texts);
    mr_str first = MR_STR_EMPTY;
    MR_JSON_EACH_MEMBER (name, texts) {
        first = mr_check_text(name + 1);
        break;
    }
    if (missing.count == 0 || first.len == 0) return;
    mr_check_add(c, MR_CHECK_IS_WARNING, NULL, id, texts, first)->expected = join(c, &missing);
}

/* The title is there in every language that the document says it is in; outcomes and descriptions in those of the title. */
static void check_translations(struct mr_checking *c, const mr_json *achievement, const struct languages *declared)
{
    struct languages titled = {.count = 0};
    const mr_json *title = mr_each_first(mr_each_get(achievement, "title"));
    check_there(c, declared, title, "check.title_language");
    put_tags(&titled, title);
    MR_EACH(specification, mr_json_get(achievement, "specifiedBy"))
    {
        check_there(c, &titled, mr_each_first(mr_each_get(specification, "title")), "check.translation");
        check_there(c, &titled, mr_each_first(mr_each_get(specification, "description")), "check.translation");
        MR_EACH(outcome, mr_json_get(specification, "learningOutcome"))
        {
            check_there(c, &titled, mr_each_first(mr_json_get(outcome, "title")), "check.outcome_language");
        }
    }
}

/* ---- every text ---- */

/* Members whose texts are prose, so that the same words under two languages mean that one was not translated. */
static bool is_prose(mr_str member)
{
    static const char *const prose[] = {"title", "description", "noteLiteral", "definition"};
    for (size_t i = 0; i < sizeof prose / sizeof *prose; i++)
        if (mr_str_is(member, prose[i])) return true;
    return false;
}

/* Several words, or it may be called the same in both languages. */
static bool is_sentence(mr_str text)
{
    ptrdiff_t first = mr_str_find_char(text, ' ');
    return first > 0 && mr_str_find_char(mr_str_from(text, (size_t)first + 1), ' ') > 0;
}

static void check_same(struct mr_checking *c, const mr_json *texts)
{
    size_t compared = 0;
    MR_JSON_EACH_MEMBER (a, texts) {
        mr_str text = mr_check_text(a + 1);
        if (!is_sentence(text)) continue;
        for (const mr_json *b = a + 1 + a[1].skip; b != texts + texts->skip; b += 1 + b[1].skip) {
            if (++compared > 1000) return;
            if (!mr_str_eq(text, mr_check_text(b + 1))) continue;
            struct mr_finding *f = mr_check_add(c, MR_CHECK_IS_WARNING, NULL, "check.same_text", b + 1, text);
            f->expected =
                mr_arena_concat(c->arena, (const mr_str[]){mr_json_text(a), MR_STR(", "), mr_json_text(b)}, 3);
            return;
        }
    }
}

/* A language that the document does not say it is in is told once. */
static void check_declared(struct mr_checking *c, const mr_json *name, struct languages *declared)
{
    mr_str code = primary(mr_json_text(name)), text = mr_check_text(name + 1);
    if (declared->count == 0 || has(declared, code) || text.len == 0) return;
    struct mr_finding *f = mr_check_add(c, MR_CHECK_IS_WARNING, NULL, "check.language_undeclared", name + 1, text);
    f->expected = code;
    put(declared, code);
}

static void check_map(struct mr_checking *c, const mr_json *texts, mr_str member, struct languages *declared)
{
    MR_JSON_EACH_MEMBER (name, texts) {
        if (check_tag(c, name)) check_declared(c, name, declared);
        if (mr_json_is(name + 1, MR_JSON_STRING) && mr_check_text(name + 1).len == 0)
            mr_check_add(c, MR_CHECK_IS_WARNING, NULL, "check.empty_text", name + 1, mr_json_text(name));
    }
    if (is_prose(member)) check_same(c, texts);
}

/* As deep as the reader of JSON went (MR_LIMIT_JSON_DEPTH). */
static void walk(struct mr_checking *c, const mr_json *value, mr_str member, struct languages *declared)
{
    MR_JSON_EACH (item, value) walk(c, item, member, declared);
    if (mr_each_has(mr_json_get(value, "type"), "Concept")) return;
    if (mr_json_is(value, MR_JSON_OBJECT) && mr_elm_is_language_map(member)) {
        check_map(c, value, member, declared);
        return;
    }
    MR_JSON_EACH_MEMBER (name, value) {
        bool foreign = mr_str_is(mr_json_text(name), "@context") || mr_str_is(mr_json_text(name), "proof");
        if (name[1].type >= MR_JSON_ARRAY && !foreign) walk(c, name + 1, mr_json_text(name), declared);
    }
}

void mr_check_texts(struct mr_checking *c)
{
    const mr_json *subject = mr_each_first(mr_json_get(c->document, "credentialSubject"));
    const mr_json *achievement = mr_each_first(mr_json_get(subject, "hasClaim"));
    struct languages declared = languages_of(c, achievement);
    check_translations(c, achievement, &declared);
    walk(c, c->document, MR_STR_EMPTY, &declared);
}
