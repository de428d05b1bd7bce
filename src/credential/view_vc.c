/* Reading a badge, or any other credential, for people.
 *
 * Of an Open Badge the subject (AchievementSubject) has one achievement, which view_badge.c reads; a Comprehensive Learner Record has several, or
 * credentials in it, each of which is read on its own (view_record.c). Any other credential is told by its types and by the members of its subjects,
 * one "name: value" each, one level deep: nothing is known of what they mean.
 *
 * An answer is given where the credential plainly has it. Endorsements are credentials of others that nobody verified here. */
#include "credential/view_vc_inside.h"

#include "credential/endorsement.h"
#include "credential/open_badges.h"
#include "credential/vcdm.h"

/* ---- texts ---- */

/* A plain text, or {"@value", "@language"}. */
static mr_str string_of(const mr_json *v)
{
    return mr_str_trim(mr_json_str(mr_json_is(v, MR_JSON_OBJECT) ? mr_json_get(v, "@value") : v));
}

/* The text in the reader's language, else in English, else the first. */
static const mr_json *best_of(const struct mr_vc_reading *r, const mr_json *v)
{
    const mr_json *english = NULL;
    MR_EACH(one, v)
    {
        mr_str language = mr_json_get_str(one, "@language");
        if (mr_str_eq_ascii_nocase(language, mr_language_tag(r->language))) return one;
        if (!english && mr_str_eq_ascii_nocase(language, MR_STR("en"))) english = one;
    }
    return english ? english : mr_each_first(v);
}

mr_str mr_vc_text(const struct mr_vc_reading *r, const mr_json *object, const char *member)
{
    return string_of(best_of(r, mr_each_get(object, member)));
}

mr_str mr_vc_id(const mr_json *node)
{
    node = mr_each_first(node);
    return mr_json_is(node, MR_JSON_STRING) ? mr_json_text(node) : mr_json_get_str(node, "id");
}

/* "Name: text"; either alone when the other is empty. */
mr_str mr_vc_labelled(const struct mr_vc_reading *r, mr_str label, mr_str text)
{
    if (label.len == 0 || text.len == 0) return label.len ? label : text;
    return mr_arena_concat(r->arena, (const mr_str[]){label, MR_STR(": "), text}, 3);
}

/* A number or text as it stands. */
mr_str mr_vc_scalar(const mr_json *v)
{
    if (mr_json_is(v, MR_JSON_NUMBER)) return mr_json_text(v);
    if (mr_json_is(v, MR_JSON_TRUE)) return MR_STR("true");
    if (mr_json_is(v, MR_JSON_FALSE)) return MR_STR("false");
    return string_of(v);
}

/* ---- answers ---- */

void mr_vc_add(struct mr_vc_reading *r, mr_element e, mr_str value)
{
    struct mr_view_answer *a = &r->view->answers[e];
    if (value.len == 0 || a->value_count == MR_VC_VALUES_MAX) return;
    for (size_t i = 0; i < a->value_count; i++)
        if (mr_str_eq(a->values[i], value)) return;
    a->values[a->value_count++] = value;
    a->answered = true;
}

void mr_vc_add_labelled(struct mr_vc_reading *r, const char *label, mr_str text)
{
    if (text.len) mr_vc_add(r, MR_ELEMENT_FURTHER, mr_vc_labelled(r, mr_message(r->language, label), text));
}

/* ---- who ---- */

/* Open Badges 3.0 B.1.2 Address: the code is ISO 3166-1 alpha-2; the name of a country is a text of any kind, which is told as it stands when the
 * code is of none. Every version of the context has both names. */
static void read_country(struct mr_vc_reading *r)
{
    const mr_json *address = mr_each_first(mr_json_get(r->issuer, "address"));
    mr_str code = mr_json_get_str(address, "addressCountryCode");
    const mr_concept *country = code.len == 2 ? mr_concept_find(MR_SCHEME_COUNTRY, code) : NULL;
    if (!country) {
        mr_vc_add(r, MR_ELEMENT_COUNTRY, mr_vc_text(r, address, "addressCountry"));
        return;
    }
    r->view->issuer_country = mr_str_of(country->code);
    mr_vc_add(r, MR_ELEMENT_COUNTRY, mr_concept_label(country, mr_language_tag(r->language)));
}

static void read_issuer(struct mr_vc_reading *r)
{
    mr_view *v = r->view;
    mr_str name = mr_vc_text(r, r->issuer, "name");
    v->issuer = name.len ? name : mr_vc_id(r->issuer);
    v->awarding_body = name;
    mr_vc_add(r, MR_ELEMENT_AWARDING_BODY, name);
    read_country(r);
}

/* Open Badges 3.0 B.1.13 IdentityObject: known by a name or an address, when that is not hashed. */
static mr_str identity_of(const struct mr_vc_reading *r, const char *type)
{
    MR_EACH(identity, mr_json_get(r->subject, "identifier"))
    {
        if (mr_json_is(mr_json_get(identity, "hashed"), MR_JSON_FALSE) &&
            mr_str_is(mr_json_get_str(identity, "identityType"), type))
            return mr_str_trim(mr_json_get_str(identity, "identityHash"));
    }
    return MR_STR_EMPTY;
}

static void read_learner(struct mr_vc_reading *r)
{
    mr_str given = mr_vc_text(r, r->subject, "givenName"), family = mr_vc_text(r, r->subject, "familyName"),
           name = mr_vc_text(r, r->subject, "name");
    if (name.len == 0 && given.len && family.len)
        name = mr_arena_concat(r->arena, (const mr_str[]){given, MR_STR(" "), family}, 3);
    if (name.len == 0) name = given.len ? given : family;
    if (name.len == 0) name = identity_of(r, "name");
    if (name.len == 0) name = identity_of(r, "emailAddress");
    r->view->learner = name;
    mr_vc_add(r, MR_ELEMENT_LEARNER, name);
}

/* ---- when ---- */

/* A date that is there and cannot be read must not look as if it were absent. */
static int64_t time_of(struct mr_vc_reading *r, const char *member)
{
    const mr_json *v = mr_json_get(r->document, member);
    int64_t time = MR_TIME_NONE;
    if (!v || mr_time_parse(mr_json_str(v), &time, NULL) == MR_OK) return time;
    r->view->dates_unreadable = true;
    return MR_TIME_NONE;
}

static int64_t earlier(int64_t a, int64_t b)
{
    if (a == MR_TIME_NONE || b == MR_TIME_NONE) return a == MR_TIME_NONE ? b : a;
    return a < b ? a : b;
}

/* Of 1.1 its own names count, and validUntil, which its context knows; of 2.0 the new names alone. */
static void read_dates(struct mr_vc_reading *r)
{
    mr_view *v = r->view;
    bool first = mr_vcdm_version_of(r->document) == MR_VCDM_1;
    v->valid_from = time_of(r, first ? "issuanceDate" : "validFrom");
    v->valid_until = time_of(r, "validUntil");
    if (first) v->valid_until = earlier(v->valid_until, time_of(r, "expirationDate"));
    v->issued = v->valid_from;
    int64_t awarded = time_of(r, "awardedDate"); /* Open Badges 3.0 B.1.3 */
    v->awarded_on = mr_date_of_time(awarded != MR_TIME_NONE ? awarded : v->issued);
    if (mr_date_is_set(v->awarded_on)) mr_vc_add(r, MR_ELEMENT_DATE, mr_say_date(r->arena, r->language, v->awarded_on));
}

/* ---- what ---- */

/* What it says of what kind it is, without the types that every credential has. */
static mr_str kind_of(const struct mr_vc_reading *r)
{
    mr_str all = MR_STR_EMPTY;
    size_t looked_at = 0;
    MR_EACH(type, mr_json_get(r->document, "type"))
    {
        mr_str name = mr_json_str(type);
        if (looked_at++ < MR_VC_VALUES_MAX && !mr_str_is(name, "VerifiableCredential"))
            all = mr_wording_join(r->arena, all, name);
    }
    return all;
}

static void read_title(struct mr_vc_reading *r)
{
    mr_str title = mr_vc_text(r, r->achievement, "name");
    if (title.len == 0 && !r->given) title = mr_vc_text(r, r->document, "name");
    if (title.len == 0 && !r->given) title = kind_of(r);
    r->view->title = title;
    mr_vc_add(r, MR_ELEMENT_TITLE, title);
    if (!r->given) mr_vc_add(r, MR_ELEMENT_FURTHER, mr_vc_text(r, r->document, "description"));
}

/* ---- the whole ---- */

static void find_parts(struct mr_vc_reading *r, const mr_json *given)
{
    const mr_json *subjects = mr_json_get(r->document, "credentialSubject");
    bool several = mr_json_is(subjects, MR_JSON_ARRAY) && mr_json_count(subjects) > 1;
    r->issuer = mr_each_first(mr_json_get(r->document, "issuer"));
    r->subject = several ? NULL : mr_each_first(subjects);
    const mr_json *achievement = mr_json_get(r->subject, "achievement");
    bool record = mr_json_is(achievement, MR_JSON_ARRAY) && mr_json_count(achievement) > 1;
    bool is_record = mr_each_has(mr_json_get(r->document, "type"), "ClrCredential");
    r->given = given != NULL;
    r->achievement = given ? given : record || is_record ? NULL : mr_each_first(achievement);
    r->view->not_annex = !mr_vc_is_micro_credential(given ? NULL : r->document, r->achievement);
}

int mr_vc_read(struct mr_vc_reading *r, const mr_json *achievement, struct mr_err *err)
{
    if (!mr_json_is(r->document, MR_JSON_OBJECT)) return MR_FAIL(err, MR_E_FORMAT, "format.object", 0);
    *r->view = (mr_view){.issued = MR_TIME_NONE, .valid_from = MR_TIME_NONE, .valid_until = MR_TIME_NONE};
    find_parts(r, achievement);
    r->view->id = mr_json_get_str(r->document, "id");
    read_issuer(r);
    read_learner(r);
    read_dates(r);
    read_title(r);
    if (r->achievement) {
        mr_vc_read_achievement(r);
        return r->given ? MR_OK : mr_open_badges_view(r->arena, r->document, r->language, r->view, err);
    }
    if (mr_endorsement_is(r->document)) {
        mr_endorsement_view(r->arena, r->document, r->language, r->view);
        return MR_OK;
    }
    MR_TRY(mr_vc_read_record(r, err));
    mr_vc_read_claims(r);
    mr_vc_read_evidence(r);
    return MR_OK;
}

int mr_view_read_vc(mr_arena *a, const mr_json *document, const mr_language *l, mr_view *ret, struct mr_err *err)
{
    struct mr_vc_reading r = {.arena = a, .language = l, .view = ret, .document = document};
    return mr_vc_read(&r, NULL, err);
}
