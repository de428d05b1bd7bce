/* Taking an ELM document apart: what was achieved. The inverse of elm_write.c, and as tolerant of the documents of others as view.c is.
 *
 * What Merit writes into notes (elm.h) it finds there again, by their subject. Titles that are only the label of a type were put there because ELM
 * demands one, and are left out again. */
#include "credential/redescribe_inside.h"

#include "credential/elm.h"
#include "credential/elm_template.h"

/* ---- walking ---- */

/* An object of the document with this id that says more than its id and type. */
static const mr_json *find_whole(struct mr_redescribing *d, mr_str id)
{
    for (const mr_json *node = d->document, *end = node + node->skip; node < end && d->work >= 0; node++) {
        d->work--;
        if (mr_json_is(node, MR_JSON_OBJECT) && mr_json_count(node) > 2 && mr_str_eq(mr_json_get_str(node, "id"), id))
            return node;
    }
    return NULL;
}

const mr_json *mr_redescribe_resolve(struct mr_redescribing *d, const mr_json *node)
{
    node = mr_each_first(node);
    mr_str id = mr_redescribe_iri(node);
    bool brief = mr_json_is(node, MR_JSON_STRING) || (mr_json_is(node, MR_JSON_OBJECT) && mr_json_count(node) <= 2);
    const mr_json *whole = brief && id.len ? find_whole(d, id) : NULL;
    return whole ? whole : node;
}

mr_str mr_redescribe_literal(const mr_json *node, const char *name)
{
    const mr_json *v = mr_each_first(mr_json_get(mr_each_first(node), name));
    if (mr_json_is(v, MR_JSON_OBJECT)) v = mr_json_get(v, "@value");
    return mr_json_is(v, MR_JSON_NUMBER) ? mr_json_text(v) : mr_str_trim(mr_json_str(v));
}

mr_str mr_redescribe_iri(const mr_json *node)
{
    node = mr_each_first(node);
    return mr_json_is(node, MR_JSON_STRING) ? mr_json_text(node) : mr_json_get_str(node, "id");
}

/* What a note is about: the rest of its subject's IRI behind `prefix`, or empty. */
static mr_str subject_of(const mr_json *note, const char *prefix)
{
    mr_str iri = mr_redescribe_iri(mr_json_get(note, "subject"));
    return mr_str_has_prefix(iri, mr_str_of(prefix)) ? mr_str_from(iri, strlen(prefix)) : MR_STR_EMPTY;
}

static mr_texts note_texts(struct mr_redescribing *d, const mr_json *note)
{
    const mr_json *literal = mr_json_get(mr_each_first(note), "noteLiteral");
    return mr_redescribe_texts(d, literal ? literal : mr_each_first(note), false);
}

mr_texts mr_redescribe_note(struct mr_redescribing *d, const mr_json *node, const char *about)
{
    MR_EACH(note, mr_json_get(node, "additionalNote"))
    {
        if (mr_str_is(subject_of(note, MR_ELM_NOTE), about)) return note_texts(d, note);
    }
    return (mr_texts){NULL, 0};
}

/* All notes of a property that have no subject of ours, one below the other. */
static mr_texts plain_notes(struct mr_redescribing *d, const mr_json *notes)
{
    mr_texts all = {NULL, 0};
    size_t count = 0;
    MR_EACH(note, notes)
    {
        if (subject_of(note, MR_ELM_NOTE).len || subject_of(note, MR_ELM_QUALITY).len) continue;
        if (count++ < MR_REDESCRIBE_ITEMS_MOST) all = mr_redescribe_append(d, all, note_texts(d, note));
    }
    return all;
}

/* ---- concepts ---- */

/* The text by which a concept is called that we do not know: its label, else its IRI. */
static mr_str name_of_concept(struct mr_redescribing *d, const mr_json *concept)
{
    mr_texts label = mr_redescribe_texts(d, mr_each_get(concept, "prefLabel"), true);
    mr_str name = mr_texts_get(label, d->primary, NULL);
    return name.len ? name : mr_redescribe_iri(concept);
}

static const mr_concept *concept_of(mr_scheme_code scheme, const mr_json *concept)
{
    mr_str uri = mr_redescribe_iri(concept);
    return uri.len ? mr_concept_find_uri(scheme, uri) : NULL;
}

/* A concept of the scheme, or NULL after telling that its code has no place. e: the element, or MR_ELEMENT_COUNT when it concerns none. */
static const mr_concept *known_concept(struct mr_redescribing *d, mr_scheme_code scheme, const mr_json *concept,
                                       mr_element e)
{
    const mr_concept *c = concept_of(scheme, concept);
    if (c || !mr_each_first(concept)) return c;
    if (e == MR_ELEMENT_COUNT)
        mr_redescribe_lost(d, "", name_of_concept(d, concept));
    else
        mr_redescribe_unclear(d, e, name_of_concept(d, concept));
    return NULL;
}

static void add_concepts(struct mr_redescribing *d, mr_scheme_code scheme, const mr_json *concepts, mr_element e,
                         const mr_concept ***list, size_t *count)
{
    if (!mr_each_first(concepts)) return;
    if (!*list) *list = MR_NEW_ARRAY(d->arena, const mr_concept *, MR_REDESCRIBE_ITEMS_MOST);
    if (!*list) {
        d->nomem = true;
        return;
    }
    MR_EACH(concept, concepts)
    {
        const mr_concept *c = *count < MR_REDESCRIBE_ITEMS_MOST ? known_concept(d, scheme, concept, e) : NULL;
        bool again = false;
        for (size_t i = 0; i < *count; i++) again |= (*list)[i] == c;
        if (c && !again) (*list)[(*count)++] = c;
    }
}

/* ---- learning outcomes ---- */

static void add_skills(struct mr_redescribing *d, const mr_json *skills, struct mr_skill *list, size_t *count)
{
    MR_EACH(skill, skills)
    {
        struct mr_skill s = {.uri = mr_redescribe_iri(skill),
                             .label = mr_redescribe_texts(d, mr_json_get(skill, "prefLabel"), true)};
        if (*count == MR_REDESCRIBE_ITEMS_MOST || s.uri.len == 0) continue;
        if (mr_texts_are_set(s.label))
            list[(*count)++] = s;
        else
            mr_redescribe_lost(d, "learning_outcomes", s.uri);
    }
}

static void read_skills(struct mr_redescribing *d, const mr_json *outcome, struct mr_learning_outcome *o)
{
    struct mr_skill *list;
    if (!mr_json_get(outcome, "relatedESCOSkill") && !mr_json_get(outcome, "relatedSkill")) return;
    list = MR_NEW_ARRAY(d->arena, struct mr_skill, MR_REDESCRIBE_ITEMS_MOST);
    if (!list) {
        d->nomem = true;
        return;
    }
    add_skills(d, mr_json_get(outcome, "relatedESCOSkill"), list, &o->skill_count);
    add_skills(d, mr_json_get(outcome, "relatedSkill"), list, &o->skill_count);
    o->skills = list;
}

static void read_outcomes(const struct mr_redescribe_elm *e)
{
    struct mr_redescribing *d = e->d;
    mr_specification *s = d->s;
    s->outcomes = MR_NEW_ARRAY(d->arena, struct mr_learning_outcome, MR_REDESCRIBE_ITEMS_MOST + 1);
    if (!s->outcomes) {
        d->nomem = true;
        return;
    }
    MR_EACH(item, mr_json_get(e->specification, "learningOutcome"))
    {
        const mr_json *outcome = mr_redescribe_resolve(d, item);
        struct mr_learning_outcome *o = &s->outcomes[s->outcome_count];
        if (s->outcome_count == MR_REDESCRIBE_ITEMS_MOST) {
            mr_redescribe_lost(d, "learning_outcomes", mr_redescribe_literal(outcome, "id"));
            continue;
        }
        *o = (struct mr_learning_outcome){.title = mr_redescribe_texts(d, mr_json_get(outcome, "title"), true)};
        if (!mr_texts_are_set(o->title)) continue;
        o->description = plain_notes(d, mr_json_get(outcome, "additionalNote"));
        o->type = concept_of(MR_SCHEME_SKILL_TYPE, mr_json_get(outcome, "dcType"));
        o->reuse_level = concept_of(MR_SCHEME_REUSE_LEVEL, mr_json_get(outcome, "reusabilityLevel"));
        read_skills(d, outcome, o);
        s->outcome_count++;
    }
    mr_texts summary = note_texts(d, mr_json_get(e->specification, "learningOutcomeSummary"));
    if (mr_texts_are_set(summary)) s->outcomes[s->outcome_count++] = (struct mr_learning_outcome){.title = summary};
}

/* ---- workload, level ---- */

/* "2", "2.5"; hundredths, or -1. */
static int64_t points_of(mr_str text)
{
    uint64_t n = 0, hundredths = 0;
    ptrdiff_t point = mr_str_find_char(text, '.');
    if (point < 0) point = mr_str_find_char(text, ',');
    mr_str whole = point < 0 ? text : mr_str_make(text.ptr, (size_t)point),
           part = point < 0 ? MR_STR_EMPTY : mr_str_from(text, (size_t)point + 1);
    while (part.len && part.ptr[part.len - 1] == '0') part.len--;
    if (!mr_str_to_u64(whole, &n) || n > 100000 || part.len > 2) return -1;
    if (part.len && !mr_str_to_u64(part, &hundredths)) return -1;
    return (int64_t)(n * 100 + (part.len == 1 ? hundredths * 10 : hundredths));
}

/* ECTS in hundredths; anything else is told. */
static int64_t ects_of(struct mr_redescribing *d, const mr_json *credit)
{
    const mr_concept *ects = mr_concept_find(MR_SCHEME_CREDIT, MR_STR("ects"));
    mr_str point = mr_redescribe_literal(credit, "point");
    int64_t hundredths = points_of(point);
    if (concept_of(MR_SCHEME_CREDIT, mr_json_get(credit, "framework")) == ects && hundredths > 0) return hundredths;
    if (point.len)
        mr_redescribe_unclear(d, MR_ELEMENT_WORKLOAD,
                              mr_arena_format(d->arena, "%.*s %.*s", MR_STR_ARG(point),
                                              MR_STR_ARG(name_of_concept(d, mr_json_get(credit, "framework")))));
    return 0;
}

/* "PT56H", "PT1H30M": whole minutes; 0 for what has days or more, whose hours nobody knows. */
static int64_t minutes_of(mr_str text)
{
    int64_t minutes = 0, number = -1;
    bool time = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c >= '0' && c <= '9' && number < 1000000)
            number = (number < 0 ? 0 : number * 10) + (c - '0');
        else if (c == 'T')
            time = true;
        else if (time && number >= 0 && (c == 'H' || c == 'M'))
            minutes += number * (c == 'H' ? 60 : 1), number = -1;
        else if (!(c == 'P' && i == 0) && !(time && c == 'S'))
            return 0;
    }
    return minutes;
}

static void read_workload(const struct mr_redescribe_elm *e)
{
    struct mr_redescribing *d = e->d;
    MR_EACH(credit, mr_json_get(e->specification, "creditPoint"))
    {
        int64_t ects = ects_of(d, credit);
        if (d->s->ects_hundredths == 0) d->s->ects_hundredths = ects;
    }
    mr_str duration = mr_redescribe_literal(e->specification, "volumeOfLearning");
    if (duration.len == 0)
        duration = mr_redescribe_literal(mr_each_first(mr_json_get(e->achievement, "influencedBy")), "workload");
    d->s->workload_minutes = minutes_of(duration);
    if (d->s->workload_minutes == 0) mr_redescribe_unclear(d, MR_ELEMENT_WORKLOAD, duration);
    d->s->workload_other = mr_redescribe_note(d, e->specification, "workload");
    MR_EACH(received, mr_json_get(e->achievement, "creditReceived"))
    {
        int64_t ects = ects_of(d, received);
        if (ects != d->s->ects_hundredths) d->r->achievement.ects_awarded = ects;
    }
}

/* Are these texts nothing but labels of the concept, each in its language? */
static bool are_labels_of(mr_texts texts, const mr_concept *c)
{
    for (size_t i = 0; i < texts.count; i++)
        if (!mr_str_eq(texts.items[i].text, mr_concept_label_in(c, texts.items[i].language))) return false;
    return texts.count > 0;
}

static bool is_basis(mr_texts basis, enum mr_elm_label label)
{
    return mr_redescribe_are_labels(basis, mr_elm_labels(label));
}

/* "Name of the authority, 2026-01-01" */
static void read_inclusion(const struct mr_redescribe_elm *e)
{
    mr_specification *s = e->d->s;
    mr_str text = mr_texts_get(mr_redescribe_note(e->d, e->specification, "nqf-inclusion"), e->d->primary, NULL);
    mr_date day = {0};
    s->nqf_authority = text;
    if (text.len < 12 || memcmp(text.ptr + text.len - 12, ", ", 2) != 0) return;
    if (mr_date_parse(mr_str_from(text, text.len - 10), &day, NULL) != MR_OK) return;
    s->nqf_since = day;
    s->nqf_authority = mr_str_make(text.ptr, text.len - 12);
}

static void read_level(const struct mr_redescribe_elm *e)
{
    struct mr_redescribing *d = e->d;
    mr_specification *s = d->s;
    mr_texts basis = mr_redescribe_note(d, e->specification, "level-basis");
    s->eqf = known_concept(d, MR_SCHEME_EQF, mr_json_get(e->specification, "eqfLevel"), MR_ELEMENT_LEVEL);
    MR_EACH(level, mr_json_get(e->specification, "nqfLevel"))
    {
        const mr_concept *c = known_concept(d, MR_SCHEME_NQF, level, MR_ELEMENT_LEVEL);
        if (c && s->nqf) mr_redescribe_lost(d, "level", name_of_concept(d, level));
        if (c && !s->nqf) s->nqf = c;
    }
    s->level_basis = is_basis(basis, MR_ELM_BASIS_DECLARED)     ? MR_LEVEL_DECLARED
                     : is_basis(basis, MR_ELM_BASIS_REFERENCED) ? MR_LEVEL_REFERENCED
                                                                : MR_LEVEL_NOT_SAID;
    if (s->nqf) read_inclusion(e);
    s->cycle = mr_redescribe_note(d, e->specification, "cycle");
    s->level_reason = mr_redescribe_note(d, e->specification, "level-does-not-apply");
    s->partial_qualification =
        mr_json_is(mr_each_first(mr_json_get(e->specification, "isPartialQualification")), MR_JSON_TRUE);
}

/* ---- assessment, participation ---- */

/* Supervision of one assessment: our note tells online from on site; of ELM's concepts only those are taken that mean one thing. */
static mr_supervision supervision_of(struct mr_redescribing *d, const mr_json *proof)
{
    static const struct {
        enum mr_elm_label label;
        mr_supervision means;
    } notes[] = {{MR_ELM_UNSUPERVISED, MR_SUPERVISION_NONE},
                 {MR_ELM_SUPERVISED_LABEL, MR_SUPERVISION_SUPERVISED},
                 {MR_ELM_SUPERVISED_ONLINE, MR_SUPERVISION_IDENTITY_ONLINE},
                 {MR_ELM_SUPERVISED_ON_SITE, MR_SUPERVISION_IDENTITY_ON_SITE}};
    mr_texts note = mr_redescribe_note(d, proof, "supervision");
    const mr_json *concept = mr_json_get(proof, "idVerification");
    mr_str iri = mr_redescribe_iri(concept);
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
        if (mr_redescribe_are_labels(note, mr_elm_labels(notes[i].label))) return notes[i].means;
    if (mr_str_is(iri, MR_ELM_SUPERVISED)) return MR_SUPERVISION_SUPERVISED;
    const mr_concept *c = concept_of(MR_SCHEME_SUPERVISION, concept);
    if (c && strcmp(c->code, "none") == 0) return MR_SUPERVISION_NONE;
    if (iri.len) mr_redescribe_unclear(d, MR_ELEMENT_SUPERVISION, name_of_concept(d, concept));
    return MR_SUPERVISION_NOT_SAID;
}

static void read_assessor(struct mr_redescribing *d, const mr_json *assessors, struct mr_assessment *a)
{
    const mr_json *node = mr_redescribe_resolve(d, assessors);
    if (!mr_json_is(node, MR_JSON_OBJECT)) return;
    a->assessor = MR_NEW(d->arena, mr_organisation);
    if (!a->assessor)
        d->nomem = true;
    else
        mr_redescribe_elm_organisation(d, node, a->assessor);
}

static void read_assessment(struct mr_redescribing *d, const mr_json *proof, struct mr_assessment *a)
{
    const mr_json *specified = mr_redescribe_resolve(d, mr_json_get(proof, "specifiedBy"));
    *a = (struct mr_assessment){.title = mr_redescribe_texts(d, mr_json_get(specified, "title"), true)};
    if (!mr_texts_are_set(a->title)) a->title = mr_redescribe_texts(d, mr_json_get(proof, "title"), true);
    a->type = concept_of(MR_SCHEME_ASSESSMENT, mr_json_get(specified, "dcType"));
    if (!a->type && !mr_texts_are_set(a->title))
        mr_redescribe_unclear(d, MR_ELEMENT_ASSESSMENT, name_of_concept(d, mr_json_get(specified, "dcType")));
    if (a->type && are_labels_of(a->title, a->type)) a->title = (mr_texts){NULL, 0};
    a->mode = concept_of(MR_SCHEME_MODE, mr_each_first(mr_json_get(specified, "mode")));
    a->grading = mr_redescribe_texts(
        d, mr_json_get(mr_redescribe_resolve(d, mr_json_get(specified, "gradingScheme")), "description"), false);
    read_assessor(d, mr_json_get(proof, "assessedBy"), a);
}

static void read_assessments(const struct mr_redescribe_elm *e)
{
    struct mr_redescribing *d = e->d;
    mr_specification *s = d->s;
    s->assessments = MR_NEW_ARRAY(d->arena, struct mr_assessment, MR_REDESCRIBE_ITEMS_MOST);
    if (!s->assessments) {
        d->nomem = true;
        return;
    }
    MR_EACH(proof, mr_json_get(e->achievement, "provenBy"))
    {
        if (s->assessment_count == MR_REDESCRIBE_ITEMS_MOST) return;
        struct mr_assessment *a = &s->assessments[s->assessment_count];
        read_assessment(d, proof, a);
        mr_supervision supervision = supervision_of(d, proof);
        if (s->supervision == MR_SUPERVISION_NOT_SAID) s->supervision = supervision;
        mr_texts grade = note_texts(d, mr_json_get(proof, "grade"));
        if (d->r->achievement.grade.len == 0 && !mr_redescribe_are_labels(grade, mr_elm_labels(MR_ELM_PASSED)))
            d->r->achievement.grade = mr_texts_get(grade, d->primary, NULL);
        if (a->type || mr_texts_are_set(a->title)) s->assessment_count++;
    }
}

static void read_participation(const struct mr_redescribe_elm *e)
{
    struct mr_redescribing *d = e->d;
    add_concepts(d, MR_SCHEME_MODE, mr_json_get(e->specification, "mode"), MR_ELEMENT_PARTICIPATION, &d->s->modes,
                 &d->s->mode_count);
    MR_EACH(activity, mr_json_get(e->achievement, "influencedBy"))
    {
        add_concepts(d, MR_SCHEME_MODE, mr_json_get(mr_each_first(mr_json_get(activity, "specifiedBy")), "mode"),
                     MR_ELEMENT_PARTICIPATION, &d->s->modes, &d->s->mode_count);
    }
    d->s->participation_reason = mr_redescribe_note(d, e->specification, "participation-does-not-apply");
}

/* ---- the rest ---- */

/* The pace stands in a note, as the labels of its concept. */
static const mr_concept *schedule_of(mr_texts texts)
{
    const mr_scheme *scheme = mr_scheme_get(MR_SCHEME_SCHEDULE);
    for (size_t i = 0; i < scheme->count; i++)
        if (are_labels_of(texts, &scheme->concepts[i])) return &scheme->concepts[i];
    return NULL;
}

static void read_notes(const struct mr_redescribe_elm *e)
{
    struct mr_redescribing *d = e->d;
    mr_specification *s = d->s;
    const struct {
        const char *about;
        mr_texts *into;
    } notes[] = {{"stackability", &s->stackability},
                 {"content", &s->content},
                 {"purpose", &s->purpose},
                 {"target-group", &s->target_group},
                 {"price", &s->price},
                 {"funding", &s->funding},
                 {"recognition-policy", &s->recognition_policy},
                 {"regulated-profession", &s->regulated_profession}};
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
        *notes[i].into = mr_redescribe_note(d, e->specification, notes[i].about);
    s->schedule = schedule_of(mr_redescribe_note(d, e->specification, "schedule"));
    mr_str review = mr_texts_get(mr_redescribe_note(d, e->specification, "review-by"), d->primary, NULL);
    if (review.len) (void)!mr_date_parse(review, &s->review_by, NULL);
    s->prerequisites = plain_notes(d, mr_json_get(e->specification, "entryRequirement"));
    s->further =
        mr_redescribe_append(d, mr_redescribe_note(d, e->achievement, "further-information"),
                             mr_redescribe_append(d, plain_notes(d, mr_json_get(e->achievement, "additionalNote")),
                                                  plain_notes(d, mr_json_get(e->specification, "additionalNote"))));
}

static void read_more(const struct mr_redescribe_elm *e)
{
    struct mr_redescribing *d = e->d;
    mr_specification *s = d->s;
    s->type = concept_of(MR_SCHEME_LEARNING_TYPE, mr_json_get(e->specification, "dcType"));
    s->setting = concept_of(MR_SCHEME_SETTING, mr_json_get(e->specification, "learningSetting"));
    add_concepts(d, MR_SCHEME_ISCED_F, mr_json_get(e->specification, "thematicArea"), MR_ELEMENT_COUNT, &s->fields,
                 &s->field_count);
    add_concepts(d, MR_SCHEME_LANGUAGE, mr_json_get(e->specification, "language"), MR_ELEMENT_COUNT, &s->languages,
                 &s->language_count);
    s->homepage = mr_redescribe_literal(mr_json_get(e->specification, "homepage"), "contentURL");
}

/* Our own name for it, "wound-care/2026.1". */
static void read_name(const struct mr_redescribe_elm *e)
{
    MR_EACH(identifier, mr_json_get(e->specification, "identifier"))
    {
        mr_str notation = mr_redescribe_literal(identifier, "notation");
        ptrdiff_t slash = mr_str_find_char(notation, '/');
        if (!mr_str_is(mr_redescribe_literal(identifier, "schemeName"), "specification/version") || slash <= 0)
            continue;
        e->d->s->id = mr_str_make(notation.ptr, (size_t)slash);
        e->d->s->version = mr_str_from(notation, (size_t)slash + 1);
    }
}

/* ---- the whole ---- */

/* The language in which the document says that it is written, else the first of its title. */
static mr_str primary_of(struct mr_redescribe_elm *e)
{
    const mr_json *display = mr_each_first(mr_json_get(e->d->document, "displayParameter"));
    const mr_concept *said = concept_of(MR_SCHEME_LANGUAGE, mr_json_get(display, "primaryLanguage"));
    mr_texts title = mr_redescribe_texts(e->d, mr_json_get(e->specification, "title"), true);
    if (!mr_texts_are_set(title)) title = mr_redescribe_texts(e->d, mr_json_get(e->achievement, "title"), true);
    if (said && mr_texts_find(title, mr_str_of(said->code)).len) return mr_str_of(said->code);
    return title.count ? title.items[0].language : MR_STR("en");
}

/* The first language of a title is the primary one of a specification. */
static mr_texts primary_first(struct mr_redescribing *d, mr_texts title)
{
    mr_str primary = mr_texts_find(title, d->primary);
    struct mr_localised *items = MR_NEW_ARRAY(d->arena, struct mr_localised, title.count + 1);
    size_t count = 0;
    if (!items) return d->nomem = true, title;
    if (primary.len) items[count++] = (struct mr_localised){d->primary, primary};
    for (size_t i = 0; i < title.count; i++)
        if (!mr_str_eq(title.items[i].language, d->primary)) items[count++] = title.items[i];
    return (mr_texts){items, count};
}

static void find_parts(struct mr_redescribe_elm *e)
{
    struct mr_redescribing *d = e->d;
    e->issuer = mr_redescribe_resolve(d, mr_json_get(d->document, "issuer"));
    e->subject = mr_each_first(mr_json_get(d->document, "credentialSubject"));
    e->achievement = mr_each_first(mr_json_get(e->subject, "hasClaim"));
    MR_EACH(claim, mr_json_get(e->subject, "hasClaim"))
    {
        if (!mr_each_has(mr_json_get(claim, "type"), "LearningAchievement")) continue;
        e->achievement = claim;
        break;
    }
    e->specification = mr_redescribe_resolve(d, mr_json_get(e->achievement, "specifiedBy"));
    e->awarding = mr_redescribe_resolve(d, mr_json_get(e->achievement, "awardedBy"));
}

void mr_redescribe_elm(struct mr_redescribing *d)
{
    struct mr_redescribe_elm e = {.d = d};
    find_parts(&e);
    d->primary = primary_of(&e);
    mr_texts title = mr_redescribe_texts(d, mr_json_get(e.specification, "title"), true);
    if (!mr_texts_are_set(title)) title = mr_redescribe_texts(d, mr_json_get(e.achievement, "title"), true);
    d->s->title = primary_first(d, title);
    d->s->description = mr_redescribe_texts(d, mr_json_get(e.specification, "description"), false);
    if (!mr_texts_are_set(d->s->description))
        d->s->description = mr_redescribe_texts(d, mr_json_get(e.achievement, "description"), false);
    d->r->source = mr_json_get_str(d->document, "id");
    read_name(&e);
    mr_redescribe_elm_parties(&e);
    read_outcomes(&e);
    read_workload(&e);
    read_level(&e);
    read_assessments(&e);
    read_participation(&e);
    mr_redescribe_elm_quality(&e);
    read_notes(&e);
    read_more(&e);
    mr_redescribe_elm_learner(&e);
}
