/* Reading an ELM document for people.
 *
 * JSON-LD lets every property hold one thing or a list of things; the Commission's own files do both (each.h). Texts are language maps whose
 * values are a string or a list of strings; a text is taken in the reader's language, else English, else the first. Concepts speak by their URI where our vocabulary tables know it (so that a
 * Danish reader reads Danish), else by the label that the document gives.
 *
 * An answer is what an element of Annex I says; its values are short texts. What the document does not say is not answered, and never guessed:
 * a level is not derived from a type, credits not from hours. Facts: European Learning Model v3, and the table of elements.def.
 *
 * Nothing is verified here. */
#include "credential/view.h"

#include "credential/each.h"
#include "credential/elm.h"
#include "credential/elm_accreditation.h"
#include "credential/elm_template.h"
#include "credential/wording.h"
#include "json/write.h"

#include <stdio.h>

struct reading {
    mr_arena *arena;
    const mr_language *language;
    mr_str tag;
    mr_view *view;
    const mr_json *document, *issuer, *subject, *achievement, *specification, *awarding;
    mr_str certified_name, certified_identifier; /* of the seal's owner; empty: not known yet */
};

/* ---- walking ---- */

static mr_str literal(const mr_json *node, const char *name);

/* The IRI of a node, or the IRI that stands for it. */
static mr_str id_of(const mr_json *node)
{
    node = mr_each_first(node);
    return mr_json_is(node, MR_JSON_STRING) ? mr_json_text(node) : literal(node, "id");
}

/* ---- texts ---- */

static mr_str string_of(const mr_json *v)
{
    v = mr_each_first(v);
    if (mr_json_is(v, MR_JSON_OBJECT)) v = mr_json_get(v, "@value");
    return mr_str_trim(mr_json_str(v));
}

static mr_str literal(const mr_json *node, const char *name)
{
    return string_of(mr_json_get(mr_each_first(node), name));
}

/* The text of a language map, or of a plain string. ret_language may be NULL. */
static mr_str text_of(const struct reading *r, const mr_json *v, mr_str *ret_language)
{
    v = mr_each_first(v);
    if (!mr_json_is(v, MR_JSON_OBJECT) || mr_json_get(v, "@value")) return string_of(v);
    const mr_json *name = NULL, *found = mr_json_find_member(v, r->tag);
    mr_str language = r->tag;
    if (!found) found = mr_json_get(v, "en"), language = MR_STR("en");
    if (!found) {
        MR_JSON_EACH_MEMBER (n, v) {
            name = n;
            break;
        }
        if (name) found = name + 1, language = mr_json_text(name);
    }
    mr_str text = string_of(found);
    if (text.len && ret_language) *ret_language = language;
    return text;
}

static mr_str label_of(const struct reading *r, mr_scheme_code scheme, const mr_json *concept)
{
    concept = mr_each_first(concept);
    mr_str uri = id_of(concept);
    const mr_concept *known = uri.len ? mr_concept_find_uri(scheme, uri) : NULL;
    if (known && known->label[0]) return mr_concept_label(known, r->tag);
    return text_of(r, mr_json_get(concept, "prefLabel"), NULL);
}

/* Is this text our label of the concept in its language? A title that nobody wrote. */
static bool is_label(mr_str text, mr_str language, mr_scheme_code scheme, const mr_json *concept)
{
    mr_str uri = id_of(mr_each_first(concept));
    const mr_concept *known = uri.len ? mr_concept_find_uri(scheme, uri) : NULL;
    return known && known->label[0] && mr_str_eq(text, mr_concept_label(known, language));
}

/* ---- what Merit wrote at sealing, in a language of the description, or in English; readers are told it in theirs ---- */

static mr_str in_words(const struct reading *r, mr_str text, mr_str language)
{
    static const struct {
        enum mr_elm_label label;
        const char *message; /* NULL: the label itself is as good */
    } ours[] = {{MR_ELM_PASSED, NULL},
                {MR_ELM_CONDITIONS, NULL},
                {MR_ELM_BASIS_DECLARED, "specification.level.declared"},
                {MR_ELM_BASIS_REFERENCED, "specification.level.referenced"},
                {MR_ELM_UNSUPERVISED, "say.supervision.none"},
                {MR_ELM_SUPERVISED_LABEL, "say.supervision.supervised"},
                {MR_ELM_SUPERVISED_ONLINE, "say.supervision.identity_online"},
                {MR_ELM_SUPERVISED_ON_SITE, "say.supervision.identity_on_site"},
                {MR_ELM_QUALITY_INTERNAL, "say.quality.internal"},
                {MR_ELM_QUALITY_EXTERNAL, "say.quality.external"},
                {MR_ELM_QUALITY_PROGRAMME, "say.quality.programme"},
                {MR_ELM_QUALITY_INSTITUTION, "say.quality.institution"},
                {MR_ELM_QUALITY_LABEL, "say.quality.label"},
                {MR_ELM_QUALITY_REGISTER, "say.quality.register"},
                {MR_ELM_NOTE_CONTENT, "field.content"},
                {MR_ELM_NOTE_PURPOSE, "field.purpose"},
                {MR_ELM_NOTE_TARGET_GROUP, "field.target_group"},
                {MR_ELM_NOTE_PRICE, "field.price"},
                {MR_ELM_NOTE_FUNDING, "field.funding"},
                {MR_ELM_NOTE_SCHEDULE, "field.schedule"},
                {MR_ELM_NOTE_RECOGNITION_POLICY, "field.recognition_policy"},
                {MR_ELM_NOTE_REGULATED_PROFESSION, "specification.field.regulated_profession"},
                {MR_ELM_NOTE_REVIEW_BY, "field.review_by"}};
    if (mr_str_eq(language, r->tag)) return text;
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (mr_str_eq(text, mr_elm_label(ours[i].label, language)))
            return ours[i].message ? mr_message(r->language, ours[i].message) : mr_elm_label(ours[i].label, r->tag);
    return text;
}

/* The same of a language map that holds nothing but labels of ours. */
static mr_str own_text_of(const struct reading *r, const mr_json *v)
{
    mr_str language = MR_STR_EMPTY, text = text_of(r, v, &language);
    return in_words(r, text, language);
}

/* ---- answers ---- */

#define VALUES_MAX (sizeof((struct mr_view_answer *)0)->values / sizeof(mr_str))

static void add_value(struct mr_view_answer *a, mr_str value)
{
    if (value.len == 0 || a->value_count == VALUES_MAX) return;
    for (size_t i = 0; i < a->value_count; i++)
        if (mr_str_eq(a->values[i], value)) return;
    a->values[a->value_count++] = value;
    a->answered = true;
}

static void add_text(struct reading *r, struct mr_view_answer *a, const mr_json *v)
{
    mr_str language = MR_STR_EMPTY, text = text_of(r, v, &language);
    add_value(a, text);
    if (text.len && a->language.len == 0) a->language = language;
}

static struct mr_view_answer *answer(struct reading *r, mr_element e)
{
    return &r->view->answers[e];
}

/* Notes: {noteLiteral: language map}. */
static void add_notes(struct reading *r, struct mr_view_answer *a, const mr_json *notes)
{
    MR_EACH(note, notes)
    {
        add_text(r, a,
                 mr_json_is(note, MR_JSON_OBJECT) && mr_json_get(note, "noteLiteral") ? mr_json_get(note, "noteLiteral")
                                                                                      : note);
    }
}

/* What a note is about: the rest of its subject's IRI behind `prefix`, or empty. */
static mr_str subject_of(const mr_json *note, const char *prefix)
{
    mr_str iri = id_of(mr_json_get(note, "subject"));
    return mr_str_has_prefix(iri, mr_str_of(prefix)) ? mr_str_from(iri, strlen(prefix)) : MR_STR_EMPTY;
}

/* The note of `node` about this (MR_ELM_NOTE), or NULL. */
static const mr_json *note_about(const mr_json *node, const char *about)
{
    MR_EACH(note, mr_json_get(node, "additionalNote"))
    {
        if (mr_str_is(subject_of(note, MR_ELM_NOTE), about)) return note;
    }
    return NULL;
}

static void add_note_about(struct reading *r, struct mr_view_answer *a, const mr_json *node, const char *about)
{
    const mr_json *note = note_about(node, about);
    if (note) add_notes(r, a, note);
}

/* Why an element does not apply is an answer (DESIGN section 5.1). */
static void add_reason(struct reading *r, struct mr_view_answer *a, const char *about)
{
    mr_str reason = text_of(r, mr_json_get(note_about(r->specification, about), "noteLiteral"), &a->language);
    if (reason.len) add_value(a, MR_SAY(r->arena, r->language, "view.does_not_apply", {"reason", reason}));
}

/* ---- days ---- */

static int64_t time_of(struct reading *r, mr_str text)
{
    int64_t time = MR_TIME_NONE;
    if (text.len == 0) return MR_TIME_NONE;
    if (mr_time_parse(text, &time, NULL) == MR_OK) return time;
    r->view->dates_unreadable = true;
    return MR_TIME_NONE;
}

/* ---- who ---- */

static mr_str name_of_person(struct reading *r, const mr_json *person, mr_str *ret_language)
{
    mr_str full = text_of(r, mr_json_get(person, "fullName"), ret_language);
    if (full.len) return full;
    mr_str given = text_of(r, mr_json_get(person, "givenName"), ret_language),
           family = text_of(r, mr_json_get(person, "familyName"), ret_language);
    if (given.len == 0 || family.len == 0) return given.len ? given : family;
    return mr_arena_concat(r->arena, (const mr_str[]){given, MR_STR(" "), family}, 3);
}

static void read_learner(struct reading *r)
{
    struct mr_view_answer *a = answer(r, MR_ELEMENT_LEARNER);
    r->view->learner = name_of_person(r, r->subject, &a->language);
    r->view->birth_date = mr_elm_day(literal(r->subject, "dateOfBirth"));
    add_value(a, r->view->learner);
    if (a->answered && mr_date_is_set(r->view->birth_date))
        add_value(a, MR_SAY(r->arena, r->language, "view.born",
                            {"date", mr_say_date(r->arena, r->language, r->view->birth_date)}));
}

static const mr_concept *country_at(const mr_json *place)
{
    mr_str uri = id_of(mr_each_get(mr_each_get(place, "address"), "countryCode"));
    return uri.len ? mr_concept_find_uri(MR_SCHEME_COUNTRY, uri) : NULL;
}

static void read_country(struct reading *r)
{
    MR_EACH(place, mr_json_get(r->issuer, "location"))
    {
        MR_EACH(address, mr_json_get(place, "address"))
        {
            add_value(answer(r, MR_ELEMENT_COUNTRY),
                      label_of(r, MR_SCHEME_COUNTRY, mr_json_get(address, "countryCode")));
        }
        const mr_concept *country = country_at(place);
        if (country && r->view->issuer_country.len == 0) r->view->issuer_country = mr_str_of(country->code);
    }
    const mr_concept *own = mr_concept_find_uri(
        MR_SCHEME_COUNTRY, id_of(mr_each_get(mr_each_get(r->issuer, "eIDASIdentifier"), "spatial")));
    if (own) r->view->issuer_country = mr_str_of(own->code);
}

static bool same_notation(const mr_json *a, const mr_json *b, const char *property)
{
    mr_str x = literal(mr_each_get(a, property), "notation"), y = literal(mr_each_get(b, property), "notation");
    return x.len && mr_str_eq(x, y);
}

static bool share_a_name(const mr_json *a, const mr_json *b)
{
    const mr_json *x = mr_each_get(a, "legalName"), *y = mr_each_get(b, "legalName");
    MR_JSON_EACH_MEMBER (name, x) {
        MR_JSON_EACH_MEMBER (other, y) {
            mr_str one = string_of(name + 1);
            if (one.len && mr_str_eq_ascii_nocase(one, string_of(other + 1))) return true;
        }
    }
    return false;
}

/* Is the number of an eIDAS identifier ("VATDK-12345678", EN 319 412-1 5.1.4) this organisation's VAT or registration number? */
static bool number_is_of(mr_str eidas, const mr_json *organisation)
{
    ptrdiff_t dash = mr_str_find_char(eidas, '-');
    if (dash < 5) return false;
    mr_str number = mr_str_from(eidas, (size_t)dash + 1), country = mr_str_make(eidas.ptr + 3, 2);
    const char *property = mr_str_has_prefix(eidas, MR_STR("VAT")) ? "vatIdentifier" : "registration";
    mr_str notation = literal(mr_each_get(organisation, property), "notation");
    if (mr_str_has_prefix(notation, country)) notation = mr_str_from(notation, 2);
    return number.len && mr_str_eq(notation, number);
}

static bool has_mandate(const struct reading *r)
{
    const mr_concept *mandate = mr_concept_find(MR_SCHEME_EVIDENCE, MR_STR("mandate"));
    MR_EACH(evidence, mr_json_get(r->document, "evidence"))
    {
        if (mandate && mr_str_is(id_of(mr_json_get(evidence, "dcType")), mandate->uri)) return true;
    }
    return false;
}

static bool is_named(const mr_json *party, mr_str name)
{
    MR_JSON_EACH_MEMBER (language, mr_each_get(party, "legalName")) {
        MR_EACH(text, language + 1)
        {
            if (name.len && mr_str_eq_ascii_nocase(string_of(text), name)) return true;
        }
    }
    return false;
}

/* What the document says of its issuer may be anybody's: of names and numbers only those of the seal's certificate count. */
static bool is_certified_party(const struct reading *r, const mr_json *body)
{
    return is_named(body, r->certified_name) ||
           mr_str_eq(literal(mr_each_get(body, "eIDASIdentifier"), "notation"), r->certified_identifier) ||
           number_is_of(r->certified_identifier, body);
}

/* Compared by what identifies a party, not by node ids, which sealing changes. A shared registration number alone is not enough once a mandate
 * is there: the Commission's issuer copies the awarding body's numbers into the node of whoever seals. */
static bool is_same_party(const struct reading *r, const mr_json *issuer, const mr_json *body, bool mandated)
{
    if (r->certified_identifier.len) return is_certified_party(r, body);
    if (share_a_name(issuer, body) || same_notation(issuer, body, "eIDASIdentifier")) return true;
    if (number_is_of(literal(mr_each_get(issuer, "eIDASIdentifier"), "notation"), body)) return true;
    if (id_of(body).len && mr_str_eq(id_of(body), id_of(issuer)) && !mr_each_get(issuer, "eIDASIdentifier"))
        return true;
    return !mandated && (same_notation(issuer, body, "vatIdentifier") || same_notation(issuer, body, "registration"));
}

static void compare_awarding_bodies(struct reading *r)
{
    bool mandated = has_mandate(r), among = false;
    MR_EACH(body, mr_json_get(r->awarding, "awardingBody"))
    {
        bool same = is_same_party(r, r->issuer, body, mandated);
        among |= same;
        r->view->others_award |= !same;
    }
    if (!answer(r, MR_ELEMENT_AWARDING_BODY)->answered || among) return;
    if (mandated) {
        r->view->on_behalf_of = r->view->awarding_body;
        r->view->mandate = mr_mandate_find(r->document, r->tag);
    } else
        r->view->mandate_missing = true;
}

static void read_awarding_body(struct reading *r)
{
    struct mr_view_answer *a = answer(r, MR_ELEMENT_AWARDING_BODY);
    MR_EACH(body, mr_json_get(r->awarding, "awardingBody"))
    {
        add_text(r, a, mr_json_get(body, "legalName"));
    }
    for (size_t i = 0; i < a->value_count; i++)
        r->view->awarding_body = mr_wording_join(r->arena, r->view->awarding_body, a->values[i]);
    compare_awarding_bodies(r);
}

static void read_issuer(struct reading *r)
{
    r->view->issuer = text_of(r, mr_json_get(r->issuer, "legalName"), NULL);
    if (r->view->issuer.len == 0) r->view->issuer = text_of(r, mr_json_get(r->issuer, "name"), NULL);
    if (r->view->issuer.len == 0) r->view->issuer = id_of(mr_json_get(r->document, "issuer"));
    r->view->issuer_identifier = literal(mr_each_get(r->issuer, "eIDASIdentifier"), "notation");
}

/* ---- when ---- */

/* A date that is there and no single text must not look as if it were absent: an end that cannot be read is not "no end". */
static mr_str date_of(struct reading *r, const char *name)
{
    const mr_json *v = mr_json_get(r->document, name);
    mr_str text = literal(r->document, name);
    bool absent = !v || mr_json_is(v, MR_JSON_NULL) || (mr_json_is(v, MR_JSON_ARRAY) && mr_json_count(v) == 0);
    bool single = !mr_json_is(v, MR_JSON_ARRAY) || mr_json_count(v) == 1;
    if (!absent && (text.len == 0 || !single)) r->view->dates_unreadable = true;
    return text;
}

/* VC 1.1 calls it expirationDate, its later context and ELM validUntil; with both, the first end counts. */
static int64_t end_of(struct reading *r)
{
    int64_t until = time_of(r, date_of(r, "validUntil")), expiration = time_of(r, date_of(r, "expirationDate"));
    if (until == MR_TIME_NONE || (expiration != MR_TIME_NONE && expiration < until)) return expiration;
    return until;
}

static void read_dates(struct reading *r)
{
    mr_view *v = r->view;
    mr_str issued = date_of(r, "issued"), awarded = literal(r->awarding, "awardingDate");
    if (issued.len == 0) issued = date_of(r, "issuanceDate");
    mr_str from = date_of(r, "validFrom");
    if (issued.len == 0) issued = from;
    v->issued = time_of(r, issued);
    v->valid_from = time_of(r, from.len ? from : literal(r->document, "issuanceDate"));
    v->valid_until = end_of(r);
    v->awarded_on = mr_elm_day(awarded.len ? awarded : issued);
    if (!mr_date_is_set(v->awarded_on)) return;
    struct mr_view_answer *a = answer(r, MR_ELEMENT_DATE);
    add_value(a, mr_say_date(r->arena, r->language, v->awarded_on));
    MR_EACH(place, mr_json_get(r->awarding, "location"))
    {
        add_text(r, a, mr_json_get(place, "geographicName"));
    }
    add_note_about(r, a, r->awarding, "place");
}

/* ---- what ---- */

static void read_title(struct reading *r)
{
    struct mr_view_answer *a = answer(r, MR_ELEMENT_TITLE);
    add_text(r, a, mr_json_get(r->achievement, "title"));
    if (!a->answered) add_text(r, a, mr_json_get(r->specification, "title"));
    r->view->title = a->answered ? a->values[0]
                                 : text_of(r, mr_each_get(mr_json_get(r->document, "displayParameter"), "title"), NULL);
}

static void read_outcomes(struct reading *r)
{
    struct mr_view_answer *a = answer(r, MR_ELEMENT_OUTCOMES);
    size_t over = 0;
    MR_EACH(outcome, mr_json_get(r->specification, "learningOutcome"))
    {
        if (a->value_count < VALUES_MAX - 1)
            add_text(r, a, mr_json_get(outcome, "title"));
        else
            over++;
    }
    if (over)
        add_value(a, MR_SAY(r->arena, r->language, "view.more_outcomes",
                            {"count", mr_say_count(r->arena, r->language, (int64_t)over)}));
    add_notes(r, a, mr_json_get(r->specification, "learningOutcomeSummary"));
}

/* "2", "2.5", also written as JSON numbers: the context makes text of both. Hundredths, or -1. */
static int64_t points_of(const mr_json *v)
{
    v = mr_each_first(v);
    mr_str text = mr_json_is(v, MR_JSON_NUMBER) ? mr_json_text(v) : mr_str_trim(mr_json_str(v)), whole,
           part = MR_STR_EMPTY;
    uint64_t n = 0, hundredths = 0;
    ptrdiff_t point = mr_str_find_char(text, '.');
    if (point < 0) point = mr_str_find_char(text, ',');
    whole = point < 0 ? text : mr_str_make(text.ptr, (size_t)point);
    if (point >= 0) part = mr_str_from(text, (size_t)point + 1);
    while (part.len && part.ptr[part.len - 1] == '0') part.len--;
    if (!mr_str_to_u64(whole, &n) || n > 100000 || part.len > 2) return -1;
    if (part.len && !mr_str_to_u64(part, &hundredths)) return -1;
    return (int64_t)(n * 100 + (part.len == 1 ? hundredths * 10 : hundredths));
}

/* Of credit in ECTS, hundredths; 0 of any other. */
static int64_t ects_of(const mr_json *credit)
{
    const mr_concept *ects = mr_concept_find(MR_SCHEME_CREDIT, MR_STR("ects"));
    int64_t hundredths = points_of(mr_json_get(credit, "point"));
    return ects && mr_str_is(id_of(mr_json_get(credit, "framework")), ects->uri) && hundredths > 0 ? hundredths : 0;
}

static mr_str say_credit(struct reading *r, const mr_json *credit)
{
    const mr_concept *ects = mr_concept_find(MR_SCHEME_CREDIT, MR_STR("ects"));
    const mr_json *framework = mr_json_get(credit, "framework"), *point = mr_json_get(credit, "point");
    int64_t hundredths = points_of(point);
    if (ects && mr_str_is(id_of(framework), ects->uri) && hundredths >= 0)
        return mr_wording_ects(r->arena, r->language, hundredths);
    mr_str text =
        mr_json_is(mr_each_first(point), MR_JSON_NUMBER) ? mr_json_text(mr_each_first(point)) : string_of(point);
    if (text.len == 0) return MR_STR_EMPTY;
    return mr_arena_concat(r->arena, (const mr_str[]){text, MR_STR(" "), label_of(r, MR_SCHEME_CREDIT, framework)}, 3);
}

/* "60 hours"; months and years as "2 months". */
static mr_str say_duration(struct reading *r, mr_str duration)
{
    int64_t hours = 0, months = 0;
    if (duration.len == 0 || mr_duration_parse(duration, &hours, &months, NULL) != MR_OK) return MR_STR_EMPTY;
    r->view->workload_minutes = hours * 60;
    mr_str text = mr_wording_workload(r->arena, r->language, 0, hours * 60);
    if (months == 0) return text;
    return mr_wording_join(
        r->arena, MR_SAY(r->arena, r->language, "view.months", {"count", mr_say_count(r->arena, r->language, months)}),
        text);
}

static void read_workload(struct reading *r)
{
    struct mr_view_answer *a = answer(r, MR_ELEMENT_WORKLOAD);
    mr_str all = MR_STR_EMPTY, offered = MR_STR_EMPTY;
    MR_EACH(credit, mr_json_get(r->specification, "creditPoint"))
    {
        all = mr_wording_join(r->arena, all, say_credit(r, credit));
    }
    offered = all;
    mr_str duration = literal(r->specification, "volumeOfLearning");
    if (duration.len == 0) duration = literal(mr_each_get(r->achievement, "influencedBy"), "workload");
    all = mr_wording_join(r->arena, all, say_duration(r, duration));
    add_value(a, all);
    add_note_about(r, a, r->specification, "workload");
    MR_EACH(received, mr_json_get(r->achievement, "creditReceived"))
    {
        mr_str credit = say_credit(r, received);
        r->view->ects_awarded += ects_of(received);
        if (credit.len && !mr_str_eq(credit, offered))
            add_value(a, MR_SAY(r->arena, r->language, "view.credit_awarded", {"credit", credit}));
    }
    r->view->workload = all.len ? all : a->answered ? a->values[0] : all;
}

static mr_str say_eqf(struct reading *r, const mr_json *level)
{
    const mr_concept *known = mr_concept_find_uri(MR_SCHEME_EQF, id_of(level));
    if (known) return mr_wording_eqf(r->arena, r->language, mr_str_of(known->code));
    mr_str label = label_of(r, MR_SCHEME_EQF, level);
    return label.len ? mr_wording_join(r->arena, MR_STR("EQF"), label) : label;
}

static void read_level(struct reading *r)
{
    struct mr_view_answer *a = answer(r, MR_ELEMENT_LEVEL);
    mr_str eqf = mr_json_get(r->specification, "eqfLevel") ? say_eqf(r, mr_json_get(r->specification, "eqfLevel"))
                                                           : MR_STR_EMPTY;
    mr_str basis = own_text_of(r, mr_json_get(note_about(r->specification, "level-basis"), "noteLiteral"));
    add_value(a, eqf);
    r->view->level = eqf;
    MR_EACH(level, mr_json_get(r->specification, "nqfLevel"))
    {
        mr_str nqf = label_of(r, MR_SCHEME_NQF, level);
        add_value(a, nqf);
        r->view->level = mr_wording_join(r->arena, r->view->level, nqf);
    }
    if (eqf.len) add_value(a, basis);
    MR_EACH(education, mr_json_get(r->specification, "educationLevel"))
    {
        add_text(r, a, mr_json_get(education, "prefLabel"));
    }
    add_note_about(r, a, r->specification, "nqf-inclusion");
    add_note_about(r, a, r->specification, "cycle");
    add_reason(r, a, "level-does-not-apply");
}

/* As the provider wrote it, or "Passed" of ours. */
static void add_grade(struct reading *r, const mr_json *note)
{
    struct mr_view_answer *a = answer(r, MR_ELEMENT_GRADE);
    const mr_json *literal = mr_json_is(note, MR_JSON_OBJECT) ? mr_json_get(note, "noteLiteral") : NULL;
    mr_str language = MR_STR_EMPTY, text = text_of(r, literal ? literal : note, &language);
    mr_str said = in_words(r, text, language);
    add_value(a, said);
    if (said.len && a->language.len == 0) a->language = mr_str_eq(said, text) ? language : r->tag;
}

static void read_assessment(struct reading *r)
{
    MR_EACH(proof, mr_json_get(r->achievement, "provenBy"))
    {
        const mr_json *specified = mr_each_get(proof, "specifiedBy");
        mr_str language = MR_STR_EMPTY, title = text_of(r, mr_json_get(specified, "title"), &language);
        if (title.len == 0) title = text_of(r, mr_json_get(proof, "title"), &language);
        struct mr_view_answer *a = answer(r, MR_ELEMENT_ASSESSMENT);
        const mr_json *type = mr_json_get(specified, "dcType");
        if (!mr_str_eq(language, r->tag) && is_label(title, language, MR_SCHEME_ASSESSMENT, type))
            title = language = MR_STR_EMPTY;
        add_value(a, mr_wording_with_type(r->arena, title, label_of(r, MR_SCHEME_ASSESSMENT, type)));
        if (a->language.len == 0) a->language = language;
        const mr_json *supervised = note_about(proof, "supervision");
        if (supervised)
            add_value(answer(r, MR_ELEMENT_SUPERVISION), own_text_of(r, mr_json_get(supervised, "noteLiteral")));
        MR_EACH(supervision, supervised ? NULL : mr_json_get(proof, "idVerification"))
        {
            add_value(answer(r, MR_ELEMENT_SUPERVISION), label_of(r, MR_SCHEME_SUPERVISION, supervision));
        }
        MR_EACH(grade, mr_json_get(proof, "grade"))
        {
            add_grade(r, grade);
        }
    }
}

static void add_concepts(struct reading *r, struct mr_view_answer *a, mr_scheme_code scheme, const mr_json *concepts)
{
    MR_EACH(concept, concepts)
    {
        add_value(a, label_of(r, scheme, concept));
    }
}

static void read_participation(struct reading *r)
{
    struct mr_view_answer *a = answer(r, MR_ELEMENT_PARTICIPATION);
    add_concepts(r, a, MR_SCHEME_MODE, mr_json_get(r->specification, "mode"));
    MR_EACH(activity, mr_json_get(r->achievement, "influencedBy"))
    {
        add_concepts(r, a, MR_SCHEME_MODE, mr_json_get(mr_each_get(activity, "specifiedBy"), "mode"));
    }
    add_reason(r, a, "participation-does-not-apply");
}

/* The note that tells of which kind an assurance is (MR_ELM_QUALITY), or NULL. */
static const mr_json *kind_note(const mr_json *accreditation)
{
    MR_EACH(note, mr_json_get(accreditation, "additionalNote"))
    {
        if (subject_of(note, MR_ELM_QUALITY).len) return note;
    }
    return NULL;
}

/* {"id": ...} of a node that stands elsewhere in the document. */
static bool refers_to(const mr_json *reference, const mr_json *node)
{
    return !mr_json_get(reference, "legalName") && id_of(node).len && mr_str_eq(id_of(reference), id_of(node));
}

/* An assurance by the issuer or an awarding body itself is internal; one by another party is a claim that can be checked with that party,
 * whatever its note calls it. */
static bool is_internal(const struct reading *r, const mr_json *accreditation, const mr_json *kind)
{
    const mr_json *agent = mr_each_get(accreditation, "accreditingAgent");
    if (kind && !mr_str_is(subject_of(kind, MR_ELM_QUALITY), "internal")) return false;
    if (!agent) return kind != NULL;
    if (refers_to(agent, r->issuer) || is_same_party(r, r->issuer, agent, false)) return true;
    MR_EACH(body, mr_json_get(r->awarding, "awardingBody"))
    {
        if (refers_to(agent, body) || is_same_party(r, body, agent, false)) return true;
    }
    return false;
}

/* "091 Health, EQF 6": what an accreditation is limited to. */
static mr_str say_limits(struct reading *r, const mr_json *accreditation)
{
    mr_str all = MR_STR_EMPTY;
    MR_EACH(field, mr_json_get(accreditation, "limitField"))
    {
        all = mr_wording_join(r->arena, all, label_of(r, MR_SCHEME_ISCED_F, field));
    }
    MR_EACH(level, mr_json_get(accreditation, "limitEQFLevel"))
    {
        all = mr_wording_join(r->arena, all, say_eqf(r, level));
    }
    MR_EACH(place, mr_json_get(accreditation, "limitJurisdiction"))
    {
        all = mr_wording_join(r->arena, all, label_of(r, MR_SCHEME_JURISDICTION, place));
    }
    MR_EACH(programme, mr_json_get(accreditation, "limitQualification"))
    {
        all = mr_wording_join(r->arena, all, text_of(r, mr_json_get(programme, "title"), NULL));
    }
    return all.len ? MR_SAY(r->arena, r->language, "view.limited", {"limits", all}) : all;
}

/* "Institutional accreditation 2024 (Institutional accreditation), The Agency, with conditions, only for: Health, EQF 6" */
static void add_accreditation(struct reading *r, const mr_json *accreditation)
{
    struct mr_view_answer *a = answer(r, MR_ELEMENT_QUALITY);
    const mr_json *kind = kind_note(accreditation);
    mr_str language = MR_STR_EMPTY, title = text_of(r, mr_json_get(accreditation, "title"), &language);
    mr_str type = kind ? own_text_of(r, mr_json_get(kind, "noteLiteral"))
                       : label_of(r, MR_SCHEME_ACCREDITATION, mr_json_get(accreditation, "dcType"));
    mr_str said = mr_wording_with_type(r->arena, title, type);
    if (said.len == 0) return;
    if (!is_internal(r, accreditation, kind)) {
        r->view->claims_accreditation = true;
        said = mr_wording_join(
            r->arena, said, text_of(r, mr_each_get(mr_each_get(accreditation, "accreditingAgent"), "legalName"), NULL));
    }
    mr_str conditions = own_text_of(r, mr_json_get(note_about(accreditation, "conditional"), "noteLiteral"));
    if (mr_str_has_suffix(conditions, MR_STR("."))) conditions.len--; /* a part of a longer line */
    said = mr_wording_join(r->arena, said, conditions);
    said = mr_wording_join(r->arena, said, say_limits(r, accreditation));
    mr_str reference = literal(mr_each_get(accreditation, "landingPage"), "contentURL"),
           until = literal(accreditation, "expiryDate");
    if (reference.len == 0) reference = literal(mr_each_get(accreditation, "identifier"), "notation");
    said = mr_wording_join(r->arena, said, reference);
    mr_date last = mr_elm_day(until);
    if (mr_date_is_set(last))
        said = mr_wording_join(
            r->arena, said,
            MR_SAY(r->arena, r->language, "view.until", {"date", mr_say_date(r->arena, r->language, last)}));
    add_value(a, said);
    if (a->language.len == 0) a->language = language;
}

static void add_accreditations(struct reading *r, const mr_json *accreditations)
{
    MR_EACH(accreditation, accreditations)
    {
        add_accreditation(r, accreditation);
    }
}

static void read_quality(struct reading *r)
{
    add_accreditations(r, mr_json_get(r->specification, "accreditation"));
    MR_EACH(body, mr_json_get(r->awarding, "awardingBody"))
    {
        add_accreditations(r, mr_json_get(body, "accreditation"));
    }
    add_accreditations(r, mr_json_get(r->issuer, "accreditation"));
    MR_EACH(evidence, mr_json_get(r->document, "evidence"))
    {
        add_accreditations(r, mr_json_get(evidence, "accreditation"));
    }
}

static void add_titles(struct reading *r, struct mr_view_answer *a, const mr_json *things)
{
    MR_EACH(thing, things)
    {
        add_text(r, a, mr_json_get(thing, "title"));
    }
}

/* A day as the reader writes days, a pace in the reader's words; else what the note says. */
static mr_str further_text(struct reading *r, const mr_json *note, mr_str about, mr_str *ret_language)
{
    mr_date day;
    mr_str text = text_of(r, mr_json_get(note, "noteLiteral"), ret_language);
    if (mr_str_is(about, "review-by") && mr_date_parse(text, &day, NULL) == MR_OK)
        return mr_say_date(r->arena, r->language, day);
    if (!mr_str_is(about, "schedule") || mr_str_eq(*ret_language, r->tag)) return text;
    const mr_scheme *paces = mr_scheme_get(MR_SCHEME_SCHEDULE);
    for (size_t i = 0; i < paces->count; i++)
        if (mr_str_eq(text, mr_concept_label(&paces->concepts[i], *ret_language)))
            return mr_concept_label(&paces->concepts[i], r->tag);
    return text;
}

/* Notes without a subject are further information; of ours, those that no element asks for, each with its label. */
static void add_further_notes(struct reading *r, struct mr_view_answer *a, const mr_json *node)
{
    static const char *const answers[] = {"workload",      "level-basis", "level-does-not-apply",
                                          "nqf-inclusion", "cycle",       "participation-does-not-apply",
                                          "stackability",  "supervision"};
    MR_EACH(note, mr_json_get(node, "additionalNote"))
    {
        mr_str about = subject_of(note, MR_ELM_NOTE), language = MR_STR_EMPTY;
        bool elsewhere = false;
        for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) elsewhere |= mr_str_is(about, answers[i]);
        if (elsewhere) continue;
        mr_str label = about.len && !mr_str_is(about, "further-information")
                           ? own_text_of(r, mr_json_get(mr_each_get(note, "subject"), "prefLabel"))
                           : MR_STR_EMPTY;
        mr_str text = further_text(r, note, about, &language);
        if (label.len && text.len) text = mr_arena_concat(r->arena, (const mr_str[]){label, MR_STR(": "), text}, 3);
        add_value(a, text);
        if (a->language.len == 0) a->language = language;
    }
}

static void read_optional(struct reading *r)
{
    add_notes(r, answer(r, MR_ELEMENT_PREREQUISITES), mr_json_get(r->specification, "entryRequirement"));
    struct mr_view_answer *stacks = answer(r, MR_ELEMENT_STACKABILITY), *further = answer(r, MR_ELEMENT_FURTHER);
    add_titles(r, stacks, mr_json_get(r->achievement, "isPartOf"));
    add_titles(r, stacks, mr_json_get(r->specification, "isPartOf"));
    add_titles(r, stacks, mr_json_get(r->achievement, "entitlesTo"));
    add_note_about(r, stacks, r->specification, "stackability");
    r->view->regulated_profession =
        text_of(r, mr_json_get(note_about(r->specification, "regulated-profession"), "noteLiteral"), NULL);
    add_further_notes(r, further, r->achievement);
    add_further_notes(r, further, r->specification);
    add_text(r, further, mr_each_get(mr_json_get(r->document, "displayParameter"), "description"));
    MR_EACH(page, mr_json_get(r->specification, "homepage"))
    {
        add_value(further, literal(page, "contentURL"));
    }
}

static void read_page_image(struct reading *r)
{
    const mr_json *image = mr_each_get(
        mr_each_get(mr_each_get(mr_json_get(r->document, "displayParameter"), "individualDisplay"), "displayDetail"),
        "image");
    r->view->page_image = literal(mr_each_first(image), "content");
    mr_str type = id_of(mr_each_get(image, "contentType"));
    r->view->page_image_type = mr_str_has_suffix(type, MR_STR("/PNG"))    ? MR_STR("image/png")
                               : mr_str_has_suffix(type, MR_STR("/JPEG")) ? MR_STR("image/jpeg")
                                                                          : MR_STR_EMPTY;
    if (r->view->page_image_type.len == 0) r->view->page_image = MR_STR_EMPTY;
}

static bool is_several(const mr_json *v)
{
    return mr_json_is(v, MR_JSON_ARRAY) && mr_json_count(v) > 1;
}

/* A document about several persons, or by several issuers, cannot be told as one by one about one: it is refused, not read in part. */
static int find_parts(struct reading *r, struct mr_err *err)
{
    if (is_several(mr_json_get(r->document, "issuer")))
        return MR_FAIL(err, MR_E_FORMAT, "more than one issuer", MR_NOWHERE);
    if (is_several(mr_json_get(r->document, "credentialSubject")))
        return MR_FAIL(err, MR_E_FORMAT, "more than one subject", MR_NOWHERE);
    r->issuer = mr_each_first(mr_json_get(r->document, "issuer"));
    r->subject = mr_each_first(mr_json_get(r->document, "credentialSubject"));
    if (!mr_json_is(r->subject, MR_JSON_OBJECT)) return MR_FAIL(err, MR_E_FORMAT, "format.subject", MR_NOWHERE);
    r->achievement = mr_each_first(mr_json_get(r->subject, "hasClaim"));
    MR_EACH(claim, mr_json_get(r->subject, "hasClaim"))
    {
        if (!mr_each_has(mr_json_get(claim, "type"), "LearningAchievement")) continue;
        r->achievement = claim;
        break;
    }
    r->specification = mr_each_first(mr_json_get(r->achievement, "specifiedBy"));
    r->awarding = mr_each_first(mr_json_get(r->achievement, "awardedBy"));
    return MR_OK;
}

int mr_view_read(mr_arena *a, const mr_json *document, const mr_language *l, mr_view *ret, struct mr_err *err)
{
    if (!mr_json_is(document, MR_JSON_OBJECT)) return MR_FAIL(err, MR_E_FORMAT, "format.object", 0);
    *ret = (mr_view){.issued = MR_TIME_NONE, .valid_from = MR_TIME_NONE, .valid_until = MR_TIME_NONE};
    struct reading r = {.arena = a, .language = l, .tag = mr_language_tag(l), .view = ret, .document = document};
    MR_TRY(find_parts(&r, err));
    ret->id = literal(document, "id");
    read_issuer(&r);
    read_learner(&r);
    read_title(&r);
    read_country(&r);
    read_awarding_body(&r);
    read_dates(&r);
    read_outcomes(&r);
    read_workload(&r);
    read_level(&r);
    read_assessment(&r);
    read_participation(&r);
    read_quality(&r);
    read_optional(&r);
    read_page_image(&r);
    return MR_OK;
}

void mr_view_certify(mr_arena *a, const mr_json *document, const mr_language *l, mr_str name, mr_str identifier,
                     mr_view *v)
{
    struct mr_err ignored;
    struct reading r = {.arena = a,
                        .language = l,
                        .tag = mr_language_tag(l),
                        .view = v,
                        .document = document,
                        .certified_name = name,
                        .certified_identifier = identifier};
    if (find_parts(&r, &ignored) != MR_OK) return; /* it was read before */
    v->on_behalf_of = MR_STR_EMPTY;
    v->mandate = (struct mr_mandate){.kind = MR_MANDATE_NONE};
    v->mandate_missing = v->others_award = false;
    compare_awarding_bodies(&r);
}

static void write_element(const mr_view *v, const mr_language *l, mr_element e, struct mr_json_writer *w)
{
    const struct mr_element_info *info = mr_element_info(e);
    const struct mr_view_answer *answer = &v->answers[e];
    char id[64];
    snprintf(id, sizeof id, "element.%s", info->code);
    mr_json_begin_object(w);
    mr_json_put_member_c(w, "code", info->code);
    mr_json_put_member(w, "label", mr_message(l, id));
    mr_json_put_flag(w, "mandatory", info->mandatory);
    mr_json_put_flag(w, "answered", answer->answered);
    mr_json_put_name(w, "values");
    mr_json_begin_array(w);
    for (size_t i = 0; i < answer->value_count; i++) mr_json_put_str(w, answer->values[i]);
    mr_json_end_array(w);
    if (answer->language.len) mr_json_put_member(w, "language", answer->language);
    mr_json_end_object(w);
}

void mr_view_write_elements(const mr_view *v, const mr_language *l, struct mr_json_writer *w)
{
    mr_json_begin_array(w);
    write_element(v, l, MR_ELEMENT_OUTCOMES, w);
    for (mr_element e = 0; e < MR_ELEMENT_COUNT; e++)
        if (e != MR_ELEMENT_OUTCOMES) write_element(v, l, e, w);
    mr_json_end_array(w);
}
