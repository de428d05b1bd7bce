/* Reading the values of a specification file.
 *
 * Every reader finds as many faults as the value has and goes on, so that one run of `merit spec check` shows all of them. What is returned
 * is usable or empty, never half right. Texts borrow from the file, which outlives the specification. */
#include "credential/specification_values.h"

#include "base/limits.h"
#include "model/contact.h"
#include "model/guess.h"
#include "model/legal_identifier.h"

#include <stdio.h>

const char *const mr_spec_bases[2] = {"declared", "referenced"};
const char *const mr_spec_quality_kinds[MR_QUALITY_KINDS_] = {"internal",    "external", "programme",
                                                              "institution", "label",    "register"};
const char *const mr_spec_supervisions[4] = {"none", "supervised", "identity-online", "identity-on-site"};

static struct mr_finding *place(struct mr_spec_reader *r, const mr_json *at, struct mr_finding *f)
{
    if (at) mr_json_pointer(r->root, at, f->pointer, sizeof f->pointer);
    return f;
}

struct mr_finding *mr_spec_fault(struct mr_spec_reader *r, const mr_json *at, const char *element, const char *id,
                                 mr_str value)
{
    return place(r, at, mr_findings_add(r->findings, element, id, value));
}

struct mr_finding *mr_spec_warn(struct mr_spec_reader *r, const mr_json *at, const char *element, const char *id,
                                mr_str value)
{
    return place(r, at, mr_findings_warn(r->findings, element, id, value));
}

/* What stands there, for a fault: the text of a string or number, else the kind of value as JSON calls it. */
static mr_str shown(const mr_json *v)
{
    static const char *const kinds[] = {"null", "false", "true", "", "", "[...]", "{...}"};
    bool is_text = v->type == MR_JSON_STRING || v->type == MR_JSON_NUMBER;
    return is_text ? mr_json_text(v) : mr_str_of(kinds[v->type]);
}

static bool is_member(mr_str name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (mr_str_is(name, names[i])) return true;
    }
    return false;
}

bool mr_spec_object(struct mr_spec_reader *r, const mr_json *v, const char *element, const char *const *names,
                    size_t count)
{
    if (!v) return false;
    if (!mr_json_is(v, MR_JSON_OBJECT)) {
        mr_spec_fault(r, v, element, "spec.form.object", shown(v));
        return false;
    }
    MR_JSON_EACH_MEMBER (name, v) {
        mr_str typed = mr_json_text(name);
        if (is_member(typed, names, count)) continue;
        const char *guess = mr_guess_word(typed, names, count);
        struct mr_finding *f = mr_spec_fault(r, name + 1, element, guess ? "spec.member.guess" : "spec.member", typed);
        if (guess) f->expected = mr_str_of(guess);
    }
    return true;
}

bool mr_spec_list(struct mr_spec_reader *r, const mr_json *v, const char *element)
{
    if (!v) return false;
    if (!mr_json_is(v, MR_JSON_ARRAY)) {
        mr_spec_fault(r, v, element, "spec.form.list", shown(v));
        return false;
    }
    if (v->len == 0) mr_spec_fault(r, v, element, "spec.list.empty", MR_STR_EMPTY);
    if (v->len > MR_SPEC_ITEMS_MOST) {
        mr_spec_fault(r, v, element, "spec.list.long", mr_arena_format(r->arena, "%u", v->len))->expected =
            mr_arena_format(r->arena, "%d", MR_SPEC_ITEMS_MOST);
        return false;
    }
    return v->len > 0;
}

/* --- texts -------------------------------------------------------------------------------------------------------- */

/* The trimmed text, or empty after noting why not. */
static mr_str checked_text(struct mr_spec_reader *r, const mr_json *v, const char *element, bool one_line)
{
    if (!mr_json_is(v, MR_JSON_STRING)) {
        mr_spec_fault(r, v, element, "spec.form.text", shown(v));
        return MR_STR_EMPTY;
    }
    mr_str text = mr_str_trim(mr_json_text(v));
    const char *id = NULL;
    if (text.len == 0)
        id = "spec.text.empty";
    else if (!mr_utf8_is_plain(text, one_line))
        id = "spec.text.control";
    else if (text.len > MR_LIMIT_TEXT && mr_utf8_length(text) > MR_LIMIT_TEXT)
        id = "spec.text.long";
    if (!id) return text;
    mr_spec_fault(r, v, element, id, text)->expected = mr_arena_format(r->arena, "%d", MR_LIMIT_TEXT);
    return MR_STR_EMPTY;
}

mr_str mr_spec_text(struct mr_spec_reader *r, const mr_json *v, const char *element)
{
    return v ? checked_text(r, v, element, true) : MR_STR_EMPTY;
}

/* The language that a name of a member stands for. When only its writing is wrong ("EN", "en-GB") the fault is noted and it is read as what was
 * meant, so that no other fault follows from it; otherwise empty. */
static mr_str checked_language(struct mr_spec_reader *r, const mr_json *name, const char *element)
{
    mr_str typed = mr_json_text(name);
    const mr_concept *c = mr_concept_find(MR_SCHEME_LANGUAGE, typed);
    if (c && mr_str_is(typed, c->code)) return typed;
    if (!c && typed.len > 3 && (typed.ptr[2] == '-' || typed.ptr[2] == '_'))
        c = mr_concept_find(MR_SCHEME_LANGUAGE, mr_str_make(typed.ptr, 2));
    mr_str meant = c ? mr_str_of(c->code) : MR_STR_EMPTY;
    if (!c) (void)mr_concept_guess(MR_SCHEME_LANGUAGE, typed, &c, 1);
    struct mr_finding *f = mr_spec_fault(r, name + 1, element, c ? "spec.language.guess" : "spec.language", typed);
    if (c) f->expected = mr_str_of(c->code);
    return meant;
}

static void plain_text(struct mr_spec_reader *r, const mr_json *v, const char *element)
{
    mr_str text = mr_json_str(v);
    mr_str language = r->primary.len > 0 ? r->primary : MR_STR("en");
    struct mr_finding *f = mr_spec_fault(r, v, element, "spec.text.plain", text);
    f->expected = mr_arena_format(r->arena, "{\"%.*s\": \"%.*s\"}", MR_STR_ARG(language), MR_STR_ARG(f->value));
}

mr_texts mr_spec_texts(struct mr_spec_reader *r, const mr_json *v, const char *element, bool one_line)
{
    mr_texts none = {NULL, 0};
    if (!v) return none;
    if (mr_json_is(v, MR_JSON_STRING)) return plain_text(r, v, element), none;
    if (!mr_json_is(v, MR_JSON_OBJECT)) return mr_spec_fault(r, v, element, "spec.form.texts", shown(v)), none;
    if (v->len == 0 || v->len > MR_SPEC_ITEMS_MOST) {
        mr_spec_fault(r, v, element, v->len == 0 ? "spec.text.empty" : "spec.form.texts", MR_STR_EMPTY);
        return none;
    }
    struct mr_localised *items = MR_NEW_ARRAY(r->arena, struct mr_localised, v->len);
    size_t count = 0;
    bool has_primary = r->primary.len == 0;
    if (!items) return r->nomem = true, none;
    MR_JSON_EACH_MEMBER (name, v) {
        mr_str language = checked_language(r, name, element), text = checked_text(r, name + 1, element, one_line);
        has_primary |= mr_str_eq(language, r->primary);
        if (language.len > 0 && text.len > 0) items[count++] = (struct mr_localised){language, text};
    }
    if (!has_primary) mr_spec_fault(r, v, element, "spec.text.primary", MR_STR_EMPTY)->expected = r->primary;
    return (mr_texts){items, count};
}

/* --- single values ------------------------------------------------------------------------------------------------ */

mr_str mr_spec_url(struct mr_spec_reader *r, const mr_json *v, const char *element, bool plain_too)
{
    mr_str text = mr_spec_text(r, v, element);
    if (text.len == 0 || mr_contact_is_url(text, plain_too)) return text;
    mr_spec_fault(r, v, element, "spec.url", text);
    return MR_STR_EMPTY;
}

mr_str mr_spec_email(struct mr_spec_reader *r, const mr_json *v, const char *element)
{
    mr_str text = mr_spec_text(r, v, element);
    if (text.len == 0 || mr_contact_is_email(text)) return text;
    mr_spec_fault(r, v, element, "spec.email", text);
    return MR_STR_EMPTY;
}

mr_date mr_spec_date(struct mr_spec_reader *r, const mr_json *v, const char *element)
{
    mr_date date = {0};
    mr_str text = mr_spec_text(r, v, element);
    if (text.len == 0) return date;
    bool iso = text.len == 10 && text.ptr[4] == '-' && text.ptr[7] == '-'; /* a file says dates in one way */
    if (iso && mr_date_parse(text, &date, NULL) == MR_OK) return date;
    mr_spec_fault(r, v, element, "spec.date", text);
    return (mr_date){0};
}

static void unknown_code(struct mr_spec_reader *r, const mr_json *v, const char *element, mr_scheme_code scheme)
{
    const mr_concept *near[3];
    mr_str typed = shown(v), parts[5];
    size_t count = mr_concept_guess(scheme, typed, near, 3), n = 0;
    struct mr_finding *f = mr_spec_fault(r, v, element, count ? "spec.code.guess" : "spec.code", typed);
    for (size_t i = 0; i < count; i++) {
        if (i > 0) parts[n++] = MR_STR(", ");
        parts[n++] = mr_str_of(near[i]->code);
    }
    f->expected = count ? mr_arena_concat(r->arena, parts, n) : mr_str_of(mr_scheme_get(scheme)->name);
}

const mr_concept *mr_spec_code(struct mr_spec_reader *r, const mr_json *v, const char *element, mr_scheme_code scheme)
{
    if (!v) return NULL;
    bool is_text = mr_json_is(v, MR_JSON_STRING) || mr_json_is(v, MR_JSON_NUMBER);
    const mr_concept *c = is_text ? mr_concept_find(scheme, mr_str_trim(mr_json_text(v))) : NULL;
    if (!c) unknown_code(r, v, element, scheme);
    return c;
}

const mr_concept **mr_spec_codes(struct mr_spec_reader *r, const mr_json *v, const char *element, mr_scheme_code scheme,
                                 size_t *ret_count)
{
    bool single = mr_json_is(v, MR_JSON_STRING) || mr_json_is(v, MR_JSON_NUMBER);
    *ret_count = 0;
    if (!single && !mr_spec_list(r, v, element)) return NULL;
    const mr_concept **codes = MR_NEW_ARRAY(r->arena, const mr_concept *, single ? 1 : v->len);
    if (!codes) return r->nomem = true, NULL;
    if (single) {
        codes[0] = mr_spec_code(r, v, element, scheme);
        *ret_count = codes[0] != NULL;
        return codes;
    }
    MR_JSON_EACH (item, v) {
        const mr_concept *c = mr_spec_code(r, item, element, scheme);
        bool again = false;
        for (size_t i = 0; i < *ret_count; i++) again |= codes[i] == c;
        if (c && again) mr_spec_fault(r, item, element, "spec.code.twice", shown(item));
        if (c && !again) codes[(*ret_count)++] = c;
    }
    return codes;
}

int mr_spec_word(struct mr_spec_reader *r, const mr_json *v, const char *element, const char *const *words,
                 size_t count)
{
    if (!v) return -1;
    for (size_t i = 0; i < count; i++) {
        if (mr_str_is(mr_json_str(v), words[i])) return (int)i;
    }
    mr_str *parts = MR_NEW_ARRAY(r->arena, mr_str, 2 * count);
    if (!parts) return r->nomem = true, -1;
    for (size_t i = 0; i < count; i++) {
        parts[2 * i] = mr_str_of(words[i]);
        parts[2 * i + 1] = MR_STR(", ");
    }
    mr_spec_fault(r, v, element, "spec.word", shown(v))->expected = mr_arena_concat(r->arena, parts, 2 * count - 1);
    return -1;
}

bool mr_spec_bool(struct mr_spec_reader *r, const mr_json *v, const char *element)
{
    if (!v) return false;
    if (!mr_json_is(v, MR_JSON_TRUE) && !mr_json_is(v, MR_JSON_FALSE))
        mr_spec_fault(r, v, element, "spec.form.boolean", shown(v));
    return mr_json_is(v, MR_JSON_TRUE);
}

/* The text of the number counts, not its nearest double: 2.10 is two decimals. */
int64_t mr_spec_hundredths(struct mr_spec_reader *r, const mr_json *v, const char *element, const char *id)
{
    if (!v) return 0;
    mr_str text = shown(v), part = MR_STR_EMPTY;
    ptrdiff_t dot = mr_str_find_char(text, '.');
    mr_str whole = dot < 0 ? text : mr_str_make(text.ptr, (size_t)dot);
    uint64_t units = 0, hundredths = 0;
    if (dot >= 0) part = mr_str_from(text, (size_t)dot + 1);
    while (part.len > 0 && part.ptr[part.len - 1] == '0') part.len--;
    bool ok = mr_json_is(v, MR_JSON_NUMBER) && mr_str_to_u64(whole, &units) && units <= 1000000 && part.len <= 2 &&
              (part.len == 0 || mr_str_to_u64(part, &hundredths));
    if (part.len == 1) hundredths *= 10;
    int64_t value = (int64_t)(units * 100 + hundredths);
    if (ok && value > 0) return value;
    mr_spec_fault(r, v, element, id, text);
    return 0;
}

/* --- organisations ------------------------------------------------------------------------------------------------ */

static mr_str legal_identifier(struct mr_spec_reader *r, const mr_json *v, const char *element,
                               bool (*is)(mr_str, char[3]), const char *id, const mr_concept *country)
{
    mr_str text = mr_spec_text(r, v, element);
    char found[3] = "";
    if (text.len == 0) return text;
    if (!is(text, found)) return mr_spec_fault(r, v, element, id, text), MR_STR_EMPTY;
    if (country && strcmp(found, "XG") != 0 && strcmp(found, country->code) != 0)
        mr_spec_warn(r, v, element, "spec.identifier.country", text)->expected = mr_str_of(country->code);
    return text;
}

static const char *const organisation_members[] = {"name",  "country",  "address", "registration", "vat",
                                                   "eidas", "homepage", "email",   "deqar",        "schac",
                                                   "ror",   "did",      "linkedin"};

bool mr_spec_organisation(struct mr_spec_reader *r, const mr_json *v, const char *element, mr_organisation *ret)
{
    *ret = (mr_organisation){0};
    if (!mr_spec_object(r, v, element, organisation_members, sizeof organisation_members / sizeof(char *)))
        return false;
    const mr_json *name = mr_json_get(v, "name"), *country = mr_json_get(v, "country");
    bool provider =
        strcmp(element, "provider") == 0; /* its name and country answer elements; mr_annex_check misses them */
    ret->name = mr_spec_texts(r, name, provider ? "awarding_body" : element, true);
    ret->country = mr_spec_code(r, country, provider ? "country" : element, MR_SCHEME_COUNTRY);
    if (!name && !provider) mr_spec_fault(r, v, element, "spec.organisation.name", MR_STR_EMPTY);
    if (!country && !provider) mr_spec_fault(r, v, element, "spec.organisation.country", MR_STR_EMPTY);
    ret->address = mr_spec_texts(r, mr_json_get(v, "address"), element, false);
    ret->registration = mr_spec_text(r, mr_json_get(v, "registration"), element);
    ret->vat =
        legal_identifier(r, mr_json_get(v, "vat"), element, mr_legal_identifier_is_vat, "spec.vat", ret->country);
    ret->eidas =
        legal_identifier(r, mr_json_get(v, "eidas"), element, mr_legal_identifier_is_eidas, "spec.eidas", ret->country);
    ret->homepage = mr_spec_url(r, mr_json_get(v, "homepage"), element, false);
    ret->email = mr_spec_email(r, mr_json_get(v, "email"), element);
    ret->deqar = mr_spec_text(r, mr_json_get(v, "deqar"), element);
    ret->schac = mr_spec_text(r, mr_json_get(v, "schac"), element);
    ret->ror = mr_spec_text(r, mr_json_get(v, "ror"), element);
    ret->did = mr_spec_text(r, mr_json_get(v, "did"), element);
    if (ret->did.len && !mr_str_has_prefix(ret->did, MR_STR("did:")))
        mr_spec_fault(r, mr_json_get(v, "did"), element, "spec.did", ret->did);
    ret->linkedin = mr_spec_text(r, mr_json_get(v, "linkedin"), element);
    uint64_t number;
    if (ret->linkedin.len && !mr_str_to_u64(ret->linkedin, &number))
        mr_spec_fault(r, mr_json_get(v, "linkedin"), element, "spec.linkedin", ret->linkedin);
    return mr_texts_are_set(ret->name) && ret->country;
}
