/* The published specifications: the list, a page for each, and the file that it was published as.
 *
 * A page shows what the learner will be able to do first, then the sixteen elements of Annex I (Council Recommendation 2022/C 243/02) in its
 * order, then what else the provider tells. Every text is shown in the reader's language where the provider gave it, else in English, else as it
 * is; then it carries its language, for screen readers and for people.
 *
 * In the view, a text is {"text", "tongue", "href"}: tongue and href are false when there is none. Absent things are written as false and never
 * left out, because Mustache would look for them further up, and find another page part's. */
#include "web/specification.h"

#include "credential/wording.h"
#include "service/organisation.h"
#include "web/opportunity.h"
#include "web/provider.h"

#include <stdio.h>

/* ---- texts ---- */

static void put_told(mr_page *p, mr_str text, mr_str language, mr_str href)
{
    mr_json_begin_object(&p->view);
    mr_json_put_member(&p->view, "text", text);
    mr_json_put_member_or_false(&p->view, "tongue",
                                mr_str_eq(language, mr_language_tag(p->language)) ? MR_STR_EMPTY : language);
    mr_page_tell_language(p, language);
    mr_json_put_member_or_false(&p->view, "href", href);
    mr_json_end_object(&p->view);
}

static void put_texts(mr_page *p, mr_texts texts)
{
    mr_str language, text = mr_texts_get(texts, mr_language_tag(p->language), &language);
    if (text.len)
        put_told(p, text, language, MR_STR_EMPTY);
    else
        mr_json_put_bool(&p->view, false);
}

void mr_web_put_texts(mr_page *p, const char *name, mr_texts texts)
{
    mr_json_put_name(&p->view, name);
    put_texts(p, texts);
}

static mr_str label(const mr_page *p, const mr_concept *c)
{
    return c ? mr_concept_label(c, mr_language_tag(p->language)) : MR_STR_EMPTY;
}

/* Labels of vocabularies begin with a small letter as often as not; one that stands alone begins with a capital. Letters beyond ASCII: U+00E0 to
 * U+00FE, which hold those that our languages begin words with. */
static mr_str capital(mr_page *p, mr_str text)
{
    mr_str copy = mr_arena_dup(p->arena, text);
    if (!copy.ptr || !copy.len) return text;
    char *c = (char *)(uintptr_t)copy.ptr;
    if (c[0] >= 'a' && c[0] <= 'z')
        c[0] = (char)(c[0] - 'a' + 'A');
    else if (copy.len > 1 && (unsigned char)c[0] == 0xC3 && (unsigned char)c[1] >= 0xA0 && (unsigned char)c[1] != 0xB7)
        c[1] = (char)(c[1] - 0x20);
    return copy;
}

/* Labels of modes begin with a capital; behind another word one does not. */
static mr_str small_label(mr_page *p, const mr_concept *c)
{
    mr_str text = mr_arena_dup(p->arena, label(p, c));
    if (c && c->scheme == MR_SCHEME_MODE && text.len && text.ptr[0] >= 'A' && text.ptr[0] <= 'Z')
        *(char *)(uintptr_t)text.ptr = (char)(text.ptr[0] - 'A' + 'a');
    return text;
}

/* "Online, blended" */
static mr_str labels(mr_page *p, const mr_concept *const *concepts, size_t count)
{
    mr_str all = MR_STR_EMPTY;
    for (size_t i = 0; i < count; i++) all = mr_wording_join(p->arena, all, small_label(p, concepts[i]));
    return capital(p, all);
}

/* The name of the language that the title is told in, when that is not the reader's. */
static mr_str foreign_language(mr_page *p, const mr_specification *s)
{
    mr_str language;
    mr_texts_get(s->title, mr_language_tag(p->language), &language);
    if (mr_str_eq(language, mr_language_tag(p->language))) return MR_STR_EMPTY;
    const mr_concept *c = mr_concept_find(MR_SCHEME_LANGUAGE, language);
    return c ? label(p, c) : language;
}

/* ---- the sixteen elements ---- */

/* Values are told one after the other; what an organisation or a period adds stands behind in the same line. */
static void tell(mr_page *p, mr_str text)
{
    if (text.len) put_told(p, text, mr_language_tag(p->language), MR_STR_EMPTY);
}

static void tell_texts(mr_page *p, mr_texts texts)
{
    if (mr_texts_are_set(texts)) put_texts(p, texts);
}

/* A sentence of ours around a text of the provider's: the whole is in the reader's language only if the text is, and says so otherwise. */
static void tell_around(mr_page *p, const char *id, const char *name, mr_texts texts)
{
    mr_str language, text = mr_texts_get(texts, mr_language_tag(p->language), &language);
    if (text.len) put_told(p, MR_SAY(p->arena, p->language, id, {name, text}), language, MR_STR_EMPTY);
}

static void tell_url(mr_page *p, mr_str url)
{
    bool web = mr_str_has_prefix(url, MR_STR("https://")) || mr_str_has_prefix(url, MR_STR("http://"));
    if (url.len) put_told(p, url, mr_language_tag(p->language), web ? url : MR_STR_EMPTY);
}

static void tell_outcomes(mr_page *p, const mr_specification *s)
{
    for (size_t i = 0; i < s->outcome_count; i++) tell_texts(p, s->outcomes[i].title);
}

static void tell_awarding_bodies(mr_page *p, const mr_specification *s)
{
    for (size_t i = 0; i < s->awarding_body_count; i++) tell_texts(p, s->awarding_bodies[i].name);
}

static void tell_workload(mr_page *p, const mr_specification *s)
{
    tell(p, mr_wording_workload(p->arena, p->language, s->ects_hundredths, s->workload_minutes));
    tell_texts(p, s->workload_other);
}

static mr_str level_of(mr_page *p, const mr_specification *s)
{
    return s->eqf ? mr_wording_eqf(p->arena, p->language, mr_str_of(s->eqf->code)) : MR_STR_EMPTY;
}

static void tell_level(mr_page *p, const mr_specification *s)
{
    static const char *const bases[] = {
        [MR_LEVEL_DECLARED] = "specification.level.declared", [MR_LEVEL_REFERENCED] = "specification.level.referenced"};
    mr_str level = level_of(p, s);
    if (level.len && s->level_basis != MR_LEVEL_NOT_SAID)
        level = mr_wording_join(p->arena, level, mr_message(p->language, bases[s->level_basis]));
    tell(p, level);
    if (s->nqf) {
        mr_str nqf = label(p, s->nqf);
        if (s->nqf_authority.len)
            nqf = MR_SAY(p->arena, p->language, "specification.level.nqf_by", {"level", nqf},
                         {"authority", s->nqf_authority}, {"date", mr_say_date(p->arena, p->language, s->nqf_since)});
        tell(p, nqf);
    }
    tell_texts(p, s->cycle);
    tell_around(p, "specification.does_not_apply", "reason", s->level_reason);
}

/* One line below the other; an empty one adds nothing. */
static mr_str below(mr_page *p, mr_str first, mr_str second)
{
    if (!first.len || !second.len) return first.len ? first : second;
    return mr_arena_concat(p->arena, (const mr_str[]){first, MR_STR("\n"), second}, 3);
}

/* A sentence of ours around a text of the provider's, in the best language; empty when there is none. */
static mr_str around(mr_page *p, const char *id, const char *name, mr_texts texts)
{
    mr_str text = mr_texts_get(texts, mr_language_tag(p->language), NULL);
    return text.len ? MR_SAY(p->arena, p->language, id, {name, text}) : MR_STR_EMPTY;
}

static void tell_assessments(mr_page *p, const mr_specification *s)
{
    for (size_t i = 0; i < s->assessment_count; i++) {
        const struct mr_assessment *a = &s->assessments[i];
        mr_str language = mr_language_tag(p->language), text = mr_texts_get(a->title, language, &language);
        mr_str kind = mr_wording_join(p->arena, label(p, a->type), small_label(p, a->mode));
        if (!text.len)
            text = capital(p, kind), language = mr_language_tag(p->language);
        else if (kind.len)
            text = mr_arena_format(p->arena, "%.*s (%.*s)", MR_STR_ARG(text), MR_STR_ARG(kind));
        text = below(p, text, around(p, "specification.grading", "grading", a->grading));
        if (a->assessor) text = below(p, text, around(p, "specification.assessor", "name", a->assessor->name));
        if (text.len) put_told(p, text, language, MR_STR_EMPTY);
    }
}

static void tell_participation(mr_page *p, const mr_specification *s)
{
    tell(p, labels(p, s->modes, s->mode_count));
    tell_around(p, "specification.does_not_apply", "reason", s->participation_reason);
}

static mr_str validity(mr_page *p, const struct mr_quality *q)
{
    mr_str from = mr_say_date(p->arena, p->language, q->valid_from),
           until = mr_say_date(p->arena, p->language, q->valid_until);
    bool has_from = mr_date_is_set(q->valid_from), has_until = mr_date_is_set(q->valid_until);
    if (has_from && has_until)
        return MR_SAY(p->arena, p->language, "specification.quality.between", {"from", from}, {"until", until});
    if (has_from) return MR_SAY(p->arena, p->language, "specification.quality.from", {"from", from});
    if (has_until) return MR_SAY(p->arena, p->language, "specification.quality.until", {"until", until});
    return MR_STR_EMPTY;
}

static void tell_quality(mr_page *p, const mr_specification *s)
{
    mr_str tag = mr_language_tag(p->language);
    for (size_t i = 0; i < s->quality_count; i++) {
        const struct mr_quality *q = &s->quality[i];
        mr_str text = mr_wording_quality(p->language, q->kind), language = tag;
        mr_str title = mr_texts_get(q->title, tag, &language);
        if (q->conditional)
            text = mr_wording_join(p->arena, text, mr_message(p->language, "specification.quality.conditional"));
        text = mr_wording_join(p->arena, text, mr_texts_get(q->by.name, tag, NULL));
        text = mr_wording_join(p->arena, text, validity(p, q));
        put_told(p, below(p, title, text), title.len ? language : tag, MR_STR_EMPTY);
        tell_url(p, q->reference);
    }
}

static void tell_element(mr_page *p, const mr_specification *s, mr_element e)
{
    switch (e) {
    case MR_ELEMENT_TITLE: tell_texts(p, s->title); break;
    case MR_ELEMENT_COUNTRY: tell(p, label(p, s->provider.country)); break;
    case MR_ELEMENT_AWARDING_BODY: tell_awarding_bodies(p, s); break;
    case MR_ELEMENT_OUTCOMES: tell_outcomes(p, s); break;
    case MR_ELEMENT_WORKLOAD: tell_workload(p, s); break;
    case MR_ELEMENT_LEVEL: tell_level(p, s); break;
    case MR_ELEMENT_ASSESSMENT: tell_assessments(p, s); break;
    case MR_ELEMENT_PARTICIPATION: tell_participation(p, s); break;
    case MR_ELEMENT_QUALITY: tell_quality(p, s); break;
    case MR_ELEMENT_PREREQUISITES: tell_texts(p, s->prerequisites); break;
    case MR_ELEMENT_SUPERVISION: tell(p, mr_wording_supervision(p->language, s->supervision)); break;
    case MR_ELEMENT_STACKABILITY: tell_texts(p, s->stackability); break;
    case MR_ELEMENT_FURTHER: tell_texts(p, s->further), tell_url(p, s->homepage); break;
    case MR_ELEMENT_LEARNER:
    case MR_ELEMENT_DATE:
    case MR_ELEMENT_GRADE:
    case MR_ELEMENT_COUNT: break; /* of each learner */
    }
}

static void put_elements(mr_page *p, const mr_specification *s)
{
    mr_json_put_name(&p->view, "elements");
    mr_json_begin_array(&p->view);
    for (mr_element e = 0; e < MR_ELEMENT_COUNT; e++) {
        const struct mr_element_info *info = mr_element_info(e);
        char id[64];
        snprintf(id, sizeof id, "element.%s", info->code);
        mr_json_begin_object(&p->view);
        mr_json_put_member(&p->view, "label", mr_message(p->language, id));
        mr_json_put_flag(&p->view, "optional", !info->mandatory);
        mr_json_put_flag(&p->view, "given", info->source == MR_ELEMENT_RESULT);
        mr_json_put_name(&p->view, "values");
        mr_json_begin_array(&p->view);
        tell_element(p, s, e);
        mr_json_end_array(&p->view);
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
}

/* ---- what else the provider tells ---- */

static void begin_field(mr_page *p, const char *id)
{
    mr_json_begin_object(&p->view);
    mr_json_put_member(&p->view, "label", mr_message(p->language, id));
    mr_json_put_name(&p->view, "values");
    mr_json_begin_array(&p->view);
}

static void end_field(mr_page *p)
{
    mr_json_end_array(&p->view);
    mr_json_end_object(&p->view);
}

static void put_field(mr_page *p, const char *id, mr_str text)
{
    if (!text.len) return;
    begin_field(p, id);
    tell(p, text);
    end_field(p);
}

static void put_field_texts(mr_page *p, const char *id, mr_texts texts)
{
    if (!mr_texts_are_set(texts)) return;
    begin_field(p, id);
    tell_texts(p, texts);
    end_field(p);
}

static mr_str date_or_nothing(mr_page *p, mr_date d)
{
    return mr_date_is_set(d) ? mr_say_date(p->arena, p->language, d) : MR_STR_EMPTY;
}

static void put_further_fields(mr_page *p, const mr_specification *s)
{
    mr_json_put_name(&p->view, "fields");
    mr_json_begin_array(&p->view);
    put_field_texts(p, "specification.field.content", s->content);
    put_field_texts(p, "specification.field.purpose", s->purpose);
    put_field_texts(p, "specification.field.target_group", s->target_group);
    put_field_texts(p, "specification.field.price", s->price);
    put_field_texts(p, "specification.field.funding", s->funding);
    put_field(p, "specification.field.languages", labels(p, s->languages, s->language_count));
    put_field(p, "specification.field.schedule", capital(p, label(p, s->schedule)));
    put_field(p, "specification.field.type", capital(p, label(p, s->type)));
    put_field(p, "specification.field.setting", capital(p, label(p, s->setting)));
    put_field(p, "specification.field.fields", labels(p, s->fields, s->field_count));
    put_field_texts(p, "specification.field.recognition_policy", s->recognition_policy);
    put_field_texts(p, "specification.field.regulated_profession", s->regulated_profession);
    if (s->partial_qualification)
        put_field(p, "specification.field.partial", mr_message(p->language, "specification.partial"));
    if (s->valid_months)
        put_field(p, "specification.field.valid",
                  MR_SAY(p->arena, p->language, "specification.valid_months",
                         {"count", mr_say_count(p->arena, p->language, s->valid_months)}));
    put_field(p, "specification.field.review_by", date_or_nothing(p, s->review_by));
    mr_json_end_array(&p->view);
}

/* ---- outcomes, told at length ---- */

static void put_skills(mr_page *p, const struct mr_learning_outcome *o)
{
    mr_json_put_name(&p->view, "skills");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < o->skill_count; i++) {
        mr_str tag = mr_language_tag(p->language), language = tag;
        mr_str text = mr_texts_get(o->skills[i].label, tag, &language), uri = o->skills[i].uri;
        bool web = mr_str_has_prefix(uri, MR_STR("https://")) || mr_str_has_prefix(uri, MR_STR("http://"));
        put_told(p, text.len ? text : uri, text.len ? language : tag, web ? uri : MR_STR_EMPTY);
    }
    mr_json_end_array(&p->view);
    mr_json_put_flag(&p->view, "has_skills", o->skill_count > 0);
}

static void put_outcomes(mr_page *p, const mr_specification *s)
{
    mr_json_put_name(&p->view, "outcomes");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < s->outcome_count; i++) {
        mr_json_begin_object(&p->view);
        mr_web_put_texts(p, "heading", s->outcomes[i].title);
        mr_web_put_texts(p, "description", s->outcomes[i].description);
        mr_json_put_member_or_false(&p->view, "kind", capital(p, label(p, s->outcomes[i].type)));
        put_skills(p, &s->outcomes[i]);
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
}

/* ---- pages ---- */

static void put_facts(mr_page *p, const mr_specification *s)
{
    mr_str tag = mr_language_tag(p->language), workload, level = level_of(p, s);
    workload = mr_wording_workload(p->arena, p->language, s->ects_hundredths, s->workload_minutes);
    mr_json_put_member_or_false(&p->view, "workload",
                                workload.len ? workload : mr_texts_get(s->workload_other, tag, NULL));
    mr_json_put_member_or_false(&p->view, "level", level.len ? level : label(p, s->nqf));
    mr_json_put_member_or_false(&p->view, "modes", labels(p, s->modes, s->mode_count));
    mr_json_put_member_or_false(&p->view, "country", label(p, s->provider.country));
    mr_json_put_member_or_false(&p->view, "taught_in", labels(p, s->languages, s->language_count));
    mr_json_put_member_or_false(&p->view, "tongue_name", foreign_language(p, s));
    mr_web_put_texts(p, "heading", s->title);
    mr_web_put_texts(p, "provider_name", s->provider.name);
}

mr_str mr_web_title_of(mr_page *p, mr_str slug)
{
    struct mr_published published;
    if (mr_catalogue_get(p->service, p->arena, slug, &published, NULL) != MR_OK) return slug;
    return mr_texts_get(published.specification.title, mr_language_tag(p->language), NULL);
}

void mr_web_put_cards(mr_page *p, const struct mr_published *list, size_t count, size_t most)
{
    mr_json_put_name(&p->view, "cards");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < count && (!most || i < most); i++) {
        mr_json_begin_object(&p->view);
        mr_json_put_member(&p->view, "slug", list[i].slug);
        put_facts(p, &list[i].specification);
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
}

#define VERSIONS_SHOWN 50
#define OPPORTUNITIES_SHOWN 50

/* All versions, the newest first, and whether this is an older one, which is still there for those who were awarded it. */
static int put_versions(mr_page *p, const struct mr_published *this, struct mr_err *err)
{
    struct mr_version *list;
    size_t count;
    MR_TRY(mr_catalogue_public_versions(p->service, p->arena, this->slug, VERSIONS_SHOWN, &list, &count, err));
    mr_json_put_name(&p->view, "versions");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < count; i++) {
        mr_json_begin_object(&p->view);
        mr_json_put_member(
            &p->view, "path",
            mr_arena_format(p->arena, "/specifications/%.*s", MR_STR_ARG(i == 0 ? this->slug : list[i].id)));
        mr_json_put_member(&p->view, "number", list[i].version);
        mr_json_put_member(&p->view, "since", mr_say_day(p->arena, p->language, list[i].published_at));
        mr_json_put_flag(&p->view, "shown", mr_str_eq(list[i].id, this->id));
        mr_json_put_flag(&p->view, "newest", i == 0);
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
    mr_json_put_flag(&p->view, "has_versions", count > 1);
    mr_json_put_flag(&p->view, "older", count > 0 && !mr_str_eq(list[0].id, this->id));
    return MR_OK;
}

/* What the provider says beside the description: who it is, its policy, its quality assurance, and when one can begin. */
static int put_provider(mr_page *p, const struct mr_published *this, struct mr_err *err)
{
    struct mr_organisation_shown o;
    struct mr_offered *offered;
    size_t count;
    MR_TRY(
        mr_organisation_find_ever(p->service, p->arena, this->org_id, &o, err)); /* credentials point here for good */
    mr_web_put_closed(p, &o);
    mr_json_put_member(&p->view, "provider_path", mr_web_provider_path(p, o.slug));
    MR_TRY(mr_web_put_statements(p, o.id, err));
    MR_TRY(mr_opportunity_upcoming(p->service, p->arena, MR_STR_EMPTY, this->slug, OPPORTUNITIES_SHOWN, &offered,
                                   &count, err));
    mr_web_put_opportunities(p, "opportunities", offered, count, false);
    return MR_OK;
}

void mr_web_show_specification(mr_page *p, const struct mr_published *published, mr_str draft_path)
{
    const mr_specification *s = &published->specification;
    struct mr_err err = {0};
    mr_page_begin_titled(p, mr_texts_get(s->title, mr_language_tag(p->language), NULL),
                         draft_path.len ? "provider.specifications" : "find");
    mr_json_put_member(&p->view, "draft_path", draft_path);
    mr_json_put_member(&p->view, "slug", published->slug);
    mr_json_put_member(&p->view, "version", published->version);
    mr_json_put_member(&p->view, "published", mr_say_day(p->arena, p->language, published->published_at));
    put_facts(p, s);
    mr_web_put_texts(p, "description", s->description);
    put_outcomes(p, s);
    put_elements(p, s);
    put_further_fields(p, s);
    int code = draft_path.len ? MR_OK : put_versions(p, published, &err);
    if (code == MR_OK && !draft_path.len) code = put_provider(p, published, &err);
    if (code != MR_OK)
        mr_page_fail(p, &err);
    else if (draft_path.len)
        mr_page_show_private(p, "specification");
    else
        mr_page_show(p, "specification");
}

void mr_web_specification(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_published published;
    if (mr_catalogue_get(p->service, p->arena, p->part[0], &published, &err) != MR_OK)
        mr_page_fail(p, &err);
    else
        mr_web_show_specification(p, &published, MR_STR_EMPTY);
}

void mr_web_specification_file(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_published published;
    if (mr_catalogue_get(p->service, p->arena, p->part[0], &published, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_page_download(p, "application/json", mr_arena_format(p->arena, "%.*s.json", MR_STR_ARG(published.slug)),
                     published.document);
}
