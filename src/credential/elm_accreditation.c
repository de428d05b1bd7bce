/* ELM nodes into the model of accreditations.
 *
 * Concepts count by the last part of their URI: the authority lists write "http" here and "https" there, and EBSI writes both. An id "urn:epass:..." names a node
 * within its document and nothing outside; it identifies nobody. */
#include "credential/elm_accreditation.h"

#include "base/limits.h"
#include "credential/each.h"
#include "credential/elm.h"

#include <stdio.h>

struct reading {
    mr_arena *arena;
    const mr_json *document;
    struct mr_err *err;
    size_t *work; /* nodes looked at in search of those that are referred to */
};

static int out_of_memory(const struct reading *r)
{
    return MR_FAIL(r->err, MR_E_NOMEM, "no memory for an accreditation", MR_NOWHERE);
}

/* ---- walking ---- */

static mr_str string_of(const mr_json *v)
{
    v = mr_each_first(v);
    if (mr_json_is(v, MR_JSON_OBJECT)) v = mr_json_get(v, "@value");
    return mr_str_trim(mr_json_str(v));
}

static mr_str literal(const mr_json *node, const char *name)
{
    return string_of(mr_each_get(node, name));
}

static mr_str id_of(const mr_json *node)
{
    node = mr_each_first(node);
    return mr_json_is(node, MR_JSON_STRING) ? mr_json_text(node) : literal(node, "id");
}

const mr_json *mr_elm_whole(const mr_json *document, const mr_json *v)
{
    v = mr_each_first(v);
    mr_str id = id_of(v);
    bool whole = mr_json_is(v, MR_JSON_OBJECT) && mr_json_count(v) > 2;
    if (whole || !id.len || !document) return v;
    for (const mr_json *node = document, *end = document + document->skip; node < end; node++) {
        if (!mr_json_is(node, MR_JSON_OBJECT) || mr_json_count(node) <= 2) continue;
        if (mr_str_eq(mr_json_get_str(node, "id"), id)) return node;
    }
    return v;
}

/* As mr_elm_whole; each search may cost a walk over the whole document, and a hostile one has many references. */
static const mr_json *whole(const struct reading *r, const mr_json *v)
{
    v = mr_each_first(v);
    bool is_whole = mr_json_is(v, MR_JSON_OBJECT) && mr_json_count(v) > 2;
    if (is_whole || !v || !r->document) return v;
    if (*r->work > MR_LIMIT_ACCREDITATION_WORK) return v;
    *r->work += r->document->skip;
    return mr_elm_whole(r->document, v);
}

/* What was not looked at must not count as absent. */
static int finish(const struct reading *r)
{
    return *r->work > MR_LIMIT_ACCREDITATION_WORK
               ? MR_FAIL(r->err, MR_E_LIMIT, "an accreditation with more references than allowed", MR_NOWHERE)
               : MR_OK;
}

mr_date mr_elm_day(mr_str text)
{
    mr_date day = {0};
    int64_t time = MR_TIME_NONE;
    if (text.len < 10 || mr_date_parse(mr_str_make(text.ptr, 10), &day, NULL) != MR_OK) return (mr_date){0};
    if (!mr_str_has_suffix(text, MR_STR("Z")) || mr_time_parse(text, &time, NULL) != MR_OK) return day;
    int64_t of_day = time - mr_date_to_time(day);
    if (of_day >= 21 * (int64_t)3600000 && of_day % 3600000 == 0) return mr_date_of_time(time + 3 * (int64_t)3600000);
    return day;
}

/* "0913" of ".../isced-f/0913". */
static mr_str last_part(mr_str uri)
{
    for (size_t i = uri.len; i > 0; i--)
        if (uri.ptr[i - 1] == '/' || uri.ptr[i - 1] == '#') return mr_str_from(uri, i);
    return uri;
}

static bool is_local(mr_str id)
{
    return !id.len || mr_str_has_prefix(id, MR_STR("urn:epass:")) || mr_str_has_prefix(id, MR_STR("_:"));
}

static size_t count_of(const mr_json *v)
{
    return mr_json_is(v, MR_JSON_ARRAY) ? mr_json_count(v) : v ? 1 : 0;
}

static int too_many(const struct reading *r)
{
    return MR_FAIL(r->err, MR_E_LIMIT, "an accreditation with a longer list than allowed", MR_NOWHERE);
}

/* Room for `more` texts behind those of a list. */
static int make_room(const struct reading *r, mr_strs *list, size_t more)
{
    if (list->count + more > MR_LIMIT_ACCREDITATION_LIST) return too_many(r);
    mr_str *items = MR_NEW_ARRAY(r->arena, mr_str, list->count + more + 1);
    if (!items) return out_of_memory(r);
    if (list->count) memcpy(items, list->items, list->count * sizeof *items);
    list->items = items;
    return MR_OK;
}

static void put(mr_strs *list, mr_str text)
{
    if (text.len && !mr_strs_have(*list, text)) list->items[list->count++] = text;
}

/* The last parts of the URIs of concepts. */
static int read_codes(const struct reading *r, const mr_json *concepts, mr_strs *ret)
{
    MR_TRY(make_room(r, ret, count_of(concepts)));
    MR_EACH(concept, concepts)
    {
        put(ret, last_part(id_of(concept)));
    }
    return MR_OK;
}

static int read_ids(const struct reading *r, const mr_json *things, mr_strs *ret)
{
    MR_TRY(make_room(r, ret, count_of(things)));
    MR_EACH(thing, things)
    {
        put(ret, id_of(thing));
    }
    return MR_OK;
}

static int read_texts(const struct reading *r, const mr_json *map, mr_texts *ret)
{
    map = mr_each_first(map);
    struct mr_localised *items = MR_NEW_ARRAY(r->arena, struct mr_localised, mr_json_count(map) + 1);
    size_t count = 0;
    if (!items) return out_of_memory(r);
    if (!mr_json_is(map, MR_JSON_OBJECT) || mr_json_get(map, "@value")) {
        items[0] = (struct mr_localised){MR_STR_EMPTY, string_of(map)};
        *ret = (mr_texts){items, items[0].text.len ? 1 : 0};
        return MR_OK;
    }
    MR_JSON_EACH_MEMBER (name, map) {
        mr_str text = string_of(name + 1);
        if (text.len) items[count++] = (struct mr_localised){mr_json_text(name), text};
    }
    *ret = (mr_texts){items, count};
    return MR_OK;
}

/* ---- parties ---- */

static const mr_concept *country_of(const mr_json *identifier)
{
    mr_str code = last_part(id_of(mr_each_get(identifier, "spatial")));
    const mr_scheme *s = mr_scheme_get(MR_SCHEME_COUNTRY);
    for (size_t i = 0; code.len && i < s->count; i++)
        if (mr_str_eq(last_part(mr_str_of(s->concepts[i].uri)), code)) return &s->concepts[i];
    return NULL;
}

static bool starts_with_letters(mr_str s)
{
    return s.len > 2 && s.ptr[0] >= 'A' && s.ptr[0] <= 'Z' && s.ptr[1] >= 'A' && s.ptr[1] <= 'Z';
}

static void add_vat(const struct reading *r, mr_party *p, const mr_json *identifier)
{
    mr_str number = literal(identifier, "notation");
    const mr_concept *country = country_of(identifier);
    if (number.len && country && !starts_with_letters(number))
        number = mr_arena_format(r->arena, "%s%.*s", strcmp(country->code, "GR") == 0 ? "EL" : country->code,
                                 MR_STR_ARG(number));
    mr_party_add(r->arena, p, MR_STR("vat"), number);
}

static void add_registration(const struct reading *r, mr_party *p, const mr_json *identifier)
{
    const mr_concept *country = country_of(identifier);
    mr_party_add_registration(r->arena, p, mr_str_of(country ? country->code : ""), literal(identifier, "notation"));
}

/* The name of a register in small letters. */
static mr_str scheme_name(const struct reading *r, mr_str name)
{
    mr_str copy = mr_arena_dup(r->arena, name);
    char *c = (char *)(uintptr_t)copy.ptr;
    for (size_t i = 0; c && i < copy.len; i++)
        if (c[i] >= 'A' && c[i] <= 'Z') c[i] = (char)(c[i] + 32);
    return copy;
}

static void add_uri(const struct reading *r, mr_party *p, mr_str uri)
{
    static const char ror[] = "https://ror.org/";
    if (mr_str_has_prefix(uri, MR_STR("did:"))) mr_party_add(r->arena, p, MR_STR("did"), uri);
    if (mr_str_has_prefix(uri, MR_STR(ror))) mr_party_add(r->arena, p, MR_STR("ror"), mr_str_from(uri, sizeof ror - 1));
}

/* Only a number whose register is named identifies anybody. */
static void add_register_entry(const struct reading *r, mr_party *p, const mr_json *identifier)
{
    mr_str notation = literal(identifier, "notation"), scheme = literal(identifier, "schemeName");
    add_uri(r, p, notation);
    if (!scheme.len || mr_str_find_char(notation, ':') >= 0) return;
    mr_party_add(r->arena, p, scheme_name(r, scheme), notation);
}

static int read_places(const struct reading *r, const mr_json *locations, mr_strs *ret)
{
    MR_EACH(location, locations)
    {
        const mr_json *place = whole(r, location), *units = mr_json_get(place, "spatialCode");
        MR_TRY(read_codes(r, units, ret));
        if (units) continue; /* which is more exact than the country */
        MR_EACH(address, mr_json_get(place, "address"))
        {
            MR_TRY(read_codes(r, mr_json_get(whole(r, address), "countryCode"), ret));
        }
    }
    return MR_OK;
}

static int read_party(const struct reading *r, const mr_json *organisation, mr_party *ret)
{
    const mr_json *o = whole(r, organisation);
    *ret = (mr_party){0};
    MR_TRY(read_texts(r, mr_json_get(o, "legalName"), &ret->names));
    if (!ret->names.count) MR_TRY(read_texts(r, mr_json_get(o, "name"), &ret->names));
    add_uri(r, ret, id_of(o));
    MR_EACH(identifier, mr_json_get(o, "eIDASIdentifier"))
    {
        mr_party_add(r->arena, ret, MR_STR("eidas"), literal(whole(r, identifier), "notation"));
    }
    MR_EACH(vat, mr_json_get(o, "vatIdentifier"))
    {
        add_vat(r, ret, whole(r, vat));
    }
    MR_EACH(registration, mr_json_get(o, "registration"))
    {
        add_registration(r, ret, whole(r, registration));
    }
    MR_EACH(entry, mr_json_get(o, "identifier"))
    {
        add_register_entry(r, ret, whole(r, entry));
    }
    return read_places(r, mr_json_get(o, "location"), &ret->places);
}

int mr_elm_read_party(mr_arena *a, const mr_json *document, const mr_json *organisation, mr_party *ret,
                      struct mr_err *err)
{
    size_t work = 0;
    const struct reading r = {a, document, err, &work};
    MR_TRY(read_party(&r, organisation, ret));
    return finish(&r);
}

/* ---- accreditations ---- */

/* What a note is about: the rest of its subject's id behind `prefix`, or empty. */
static mr_str subject_of(const mr_json *note, const char *prefix)
{
    mr_str id = id_of(mr_json_get(note, "subject"));
    return mr_str_has_prefix(id, mr_str_of(prefix)) ? mr_str_from(id, strlen(prefix)) : MR_STR_EMPTY;
}

static mr_quality_kind kind_of(const mr_json *node)
{
    static const char *const names[MR_QUALITY_KINDS_] = {"internal",    "external", "programme",
                                                         "institution", "label",    "register"};
    MR_EACH(note, mr_json_get(node, "additionalNote"))
    {
        mr_str name = subject_of(note, MR_ELM_QUALITY);
        for (int i = 0; name.len && i < MR_QUALITY_KINDS_; i++)
            if (mr_str_is(name, names[i])) return (mr_quality_kind)i;
    }
    static const char *const programme[] = {"820101cba6", "e57dddfcf3", "c_64666c29"}; /* quality, licence, EQAR */
    mr_str type = last_part(id_of(mr_json_get(node, "dcType")));
    for (size_t i = 0; i < sizeof programme / sizeof *programme; i++)
        if (mr_str_is(type, programme[i])) return MR_QUALITY_PROGRAMME;
    return MR_QUALITY_INSTITUTION;
}

/* Ours by their ids, others' by the words that DEQAR and AMS data use. */
static mr_decision decision_of(const mr_json *node)
{
    static const struct {
        const char *word;
        mr_decision decision;
    } words[] = {
        {"positive", MR_DECISION_POSITIVE},
        {"conditional", MR_DECISION_CONDITIONAL},
        {"negative", MR_DECISION_NEGATIVE},
        {"positive with conditions", MR_DECISION_CONDITIONAL},
        {"positive with conditions or restrictions", MR_DECISION_CONDITIONAL},
    };
    const mr_json *v = mr_json_get(node, "decision"), *label = mr_each_get(v, "prefLabel");
    mr_str id = id_of(v), word = last_part(id);
    if (!v) return MR_DECISION_NOT_SAID;
    if (mr_str_has_prefix(id, MR_STR(MR_ELM_DECISION))) word = mr_str_from(id, strlen(MR_ELM_DECISION));
    mr_str english = string_of(mr_json_is(label, MR_JSON_OBJECT) ? mr_json_get(label, "en") : label);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (mr_str_eq_ascii_nocase(word, mr_str_of(words[i].word)) ||
            mr_str_eq_ascii_nocase(english, mr_str_of(words[i].word)))
            return words[i].decision;
    return MR_DECISION_UNKNOWN;
}

static unsigned levels_of(const mr_json *concepts)
{
    unsigned levels = 0;
    MR_EACH(concept, concepts)
    {
        mr_str code = last_part(id_of(concept));
        if (code.len == 1 && code.ptr[0] >= '1' && code.ptr[0] <= '8')
            levels |= 1u << (code.ptr[0] - '0');
        else
            levels |= 1; /* a level that is none: nothing is on it, and it limits all the same */
    }
    return levels;
}

static int read_programme_ids(const struct reading *r, const mr_json *node, mr_strs *ret)
{
    const mr_json *identifiers = mr_json_get(node, "identifier");
    MR_TRY(make_room(r, ret, count_of(identifiers) + 1));
    if (!is_local(id_of(node))) put(ret, id_of(node));
    MR_EACH(identifier, identifiers)
    {
        put(ret, literal(whole(r, identifier), "notation"));
    }
    return MR_OK;
}

static int read_programmes(const struct reading *r, const mr_json *programmes, struct mr_accreditation_limits *l)
{
    size_t count = count_of(programmes);
    if (l->programme_count + count > MR_LIMIT_ACCREDITATION_LIST) return too_many(r);
    struct mr_named_programme *all = MR_NEW_ARRAY(r->arena, struct mr_named_programme, l->programme_count + count + 1);
    if (!all) return out_of_memory(r);
    if (l->programme_count) memcpy(all, l->programmes, l->programme_count * sizeof *all);
    l->programmes = all;
    MR_EACH(programme, programmes)
    {
        const mr_json *named = whole(r, programme);
        struct mr_named_programme *p = &all[l->programme_count++];
        MR_TRY(read_programme_ids(r, named, &p->ids));
        MR_TRY(read_texts(r, mr_json_get(named, "title"), &p->title));
    }
    return MR_OK;
}

static int read_limits(const struct reading *r, const mr_json *node, struct mr_accreditation_limits *l)
{
    MR_TRY(read_codes(r, mr_json_get(node, "limitField"), &l->fields));
    MR_TRY(read_codes(r, mr_json_get(node, "limitJurisdiction"), &l->jurisdictions));
    MR_TRY(read_codes(r, mr_json_get(node, "limitCredentialType"), &l->types));
    l->levels = levels_of(mr_json_get(node, "limitEQFLevel"));
    MR_TRY(read_programmes(r, mr_json_get(node, "limitQualification"), l));
    return read_programmes(r, mr_json_get(node, "limitAbstractProgramme"), l);
}

/* "2026-05-01" or "2026-05-01/2026-08-31". */
static void read_days(mr_str text, mr_date *ret_first, mr_date *ret_last)
{
    *ret_first = mr_elm_day(text);
    if (text.len > 11 && text.ptr[10] == '/') *ret_last = mr_elm_day(mr_str_from(text, 11));
}

static int read_notes(const struct reading *r, const mr_json *node, mr_accreditation *ret)
{
    MR_EACH(note, mr_json_get(node, "additionalNote"))
    {
        mr_str about = subject_of(note, MR_ELM_NOTE);
        mr_texts texts = {0};
        mr_date none;
        if (!about.len) continue;
        MR_TRY(read_texts(r, mr_json_get(note, "noteLiteral"), &texts));
        mr_str text = texts.count ? texts.items[0].text : MR_STR_EMPTY;
        if (mr_str_is(about, "conditional")) ret->conditions = texts;
        if (mr_str_is(about, "withdrawn")) read_days(text, &ret->withdrawn, &none);
        if (mr_str_is(about, "suspended")) read_days(text, &ret->suspended_from, &ret->suspended_until);
    }
    return MR_OK;
}

static int read_organisations(const struct reading *r, const mr_json *organisations, mr_accreditation *ret)
{
    size_t count = count_of(organisations);
    if (count > MR_LIMIT_ACCREDITATION_LIST) return too_many(r);
    ret->organisations = MR_NEW_ARRAY(r->arena, mr_party, count + 1);
    if (!ret->organisations) return out_of_memory(r);
    MR_EACH(organisation, organisations)
    {
        MR_TRY(read_party(r, organisation, &ret->organisations[ret->organisation_count++]));
    }
    return MR_OK;
}

int mr_elm_read_accreditation(mr_arena *a, const mr_json *document, const mr_json *accreditation, mr_accreditation *ret,
                              struct mr_err *err)
{
    size_t work = 0;
    const struct reading r = {a, document, err, &work};
    const mr_json *node = whole(&r, accreditation);
    mr_str number = literal(whole(&r, mr_json_get(node, "identifier")), "notation");
    *ret = (mr_accreditation){.kind = kind_of(node), .decision = decision_of(node)};
    ret->id = is_local(id_of(node)) ? number : id_of(node);
    ret->reference = literal(whole(&r, mr_json_get(node, "landingPage")), "contentURL");
    if (!ret->reference.len) ret->reference = number;
    ret->report = literal(whole(&r, mr_json_get(node, "report")), "contentURL");
    ret->issued = mr_elm_day(literal(node, "dateIssued"));
    ret->valid_from = mr_elm_day(literal(node, "valid"));
    ret->valid_until = mr_elm_day(literal(node, "expiryDate"));
    ret->review = mr_elm_day(literal(node, "reviewDate"));
    MR_TRY(read_texts(&r, mr_json_get(node, "title"), &ret->title));
    MR_TRY(read_notes(&r, node, ret));
    MR_TRY(read_party(&r, mr_json_get(node, "accreditingAgent"), &ret->agent));
    MR_TRY(read_organisations(&r, mr_json_get(node, "organisation"), ret));
    MR_TRY(read_limits(&r, node, &ret->limits));
    return finish(&r);
}

/* ---- what was awarded ---- */

/* Types that every credential has tell nothing of it. */
static void drop_general_types(mr_strs *types)
{
    static const char *const general[] = {"VerifiableCredential", "VerifiableAttestation", "EuropeanDigitalCredential"};
    size_t kept = 0;
    for (size_t i = 0; i < types->count; i++) {
        bool is_general = false;
        for (size_t k = 0; k < 3; k++) is_general = is_general || mr_str_is(types->items[i], general[k]);
        if (!is_general) types->items[kept++] = types->items[i];
    }
    types->count = kept;
}

int mr_elm_read_question(mr_arena *a, const mr_json *document, const mr_json *achievement,
                         struct mr_coverage_question *ret, struct mr_err *err)
{
    size_t work = 0;
    const struct reading r = {a, document, err, &work};
    const mr_json *specification = whole(&r, mr_json_get(achievement, "specifiedBy"));
    const mr_json *awarding = whole(&r, mr_json_get(achievement, "awardedBy"));
    mr_date day = mr_elm_day(literal(awarding, "awardingDate"));
    *ret = (struct mr_coverage_question){.day = mr_date_is_set(day) ? day : ret->day};
    MR_TRY(read_codes(&r, mr_json_get(specification, "thematicArea"), &ret->fields));
    mr_str level = last_part(id_of(mr_json_get(specification, "eqfLevel")));
    if (level.len == 1 && level.ptr[0] >= '1' && level.ptr[0] <= '8') ret->level = level.ptr[0] - '0';
    MR_TRY(read_places(&r, mr_json_get(awarding, "location"), &ret->places));
    MR_TRY(read_codes(&r, mr_json_get(document, "credentialProfiles"), &ret->types));
    MR_TRY(read_ids(&r, mr_json_get(document, "type"), &ret->types));
    drop_general_types(&ret->types);
    MR_TRY(read_programme_ids(&r, specification, &ret->programme_ids));
    MR_TRY(read_texts(&r, mr_json_get(specification, "title"), &ret->programme_title));
    return finish(&r);
}
