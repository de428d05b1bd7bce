#include "credential/specification_quality.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))
#define ELEMENT "quality_assurance"
typedef struct mr_spec_reader reader;

/* Who assures the quality: a party, or "provider". Of internal quality assurance it goes without saying. */
static bool read_by(reader *r, const mr_json *item, const mr_organisation *provider, struct mr_quality *q)
{
    const mr_json *by = mr_json_get(item, "by");
    bool own = by ? mr_str_is(mr_json_str(by), "provider") : q->kind == MR_QUALITY_INTERNAL;
    if (own && q->kind != MR_QUALITY_INTERNAL)
        return mr_spec_fault(r, by, ELEMENT, "spec.quality.own", MR_STR_EMPTY), false;
    if (own) {
        q->by = *provider;
        return true;
    }
    if (!by) return mr_spec_fault(r, item, ELEMENT, "spec.quality.by", MR_STR_EMPTY), false;
    return mr_spec_organisation(r, by, ELEMENT, &q->by);
}

static mr_str read_reference(reader *r, const mr_json *v)
{
    mr_str text = mr_spec_text(r, v, ELEMENT);
    bool is_url = mr_str_has_prefix(text, MR_STR("http:")) || mr_str_has_prefix(text, MR_STR("https:"));
    return is_url ? mr_spec_url(r, v, ELEMENT, false) : text;
}

static void read_limits(reader *r, const mr_json *v, struct mr_quality_limits *l)
{
    static const char *const members[] = {"fields", "levels", "jurisdictions", "types", "programme"};
    static const char *const programme_members[] = {"id", "title"};
    if (!mr_spec_object(r, v, ELEMENT, members, COUNT(members))) return;
    l->fields = mr_spec_codes(r, mr_json_get(v, "fields"), ELEMENT, MR_SCHEME_ISCED_F, &l->field_count);
    l->levels = mr_spec_codes(r, mr_json_get(v, "levels"), ELEMENT, MR_SCHEME_EQF, &l->level_count);
    l->jurisdictions =
        mr_spec_codes(r, mr_json_get(v, "jurisdictions"), ELEMENT, MR_SCHEME_JURISDICTION, &l->jurisdiction_count);
    l->types = mr_spec_codes(r, mr_json_get(v, "types"), ELEMENT, MR_SCHEME_CREDENTIAL_PROFILE, &l->type_count);
    const mr_json *programme = mr_json_get(v, "programme"), *title = mr_json_get(programme, "title");
    if (!mr_spec_object(r, programme, ELEMENT, programme_members, COUNT(programme_members))) return;
    if (!title) mr_spec_fault(r, programme, ELEMENT, "spec.quality.programme", MR_STR_EMPTY);
    l->programme = mr_spec_text(r, mr_json_get(programme, "id"), ELEMENT);
    l->programme_title = mr_spec_texts(r, title, ELEMENT, true);
}

void mr_spec_quality_members(reader *r, const mr_json *item, struct mr_quality *ret)
{
    static const char *const kinds[MR_QUALITY_KINDS_] = {"internal",    "external", "programme",
                                                         "institution", "label",    "register"};
    static const char *const decisions[] = {"positive", "conditional", "negative"};
    const mr_json *kind = mr_json_get(item, "kind");
    if (!kind) mr_spec_fault(r, item, ELEMENT, "spec.quality.kind", MR_STR_EMPTY);
    int k = mr_spec_word(r, kind, ELEMENT, kinds, COUNT(kinds));
    ret->kind = k < 0 ? MR_QUALITY_KINDS_ : (mr_quality_kind)k;
    ret->title = mr_spec_texts(r, mr_json_get(item, "title"), ELEMENT, true);
    ret->reference = read_reference(r, mr_json_get(item, "reference"));
    ret->valid_from = mr_spec_date(r, mr_json_get(item, "valid_from"), ELEMENT);
    ret->valid_until = mr_spec_date(r, mr_json_get(item, "valid_until"), ELEMENT);
    ret->decision =
        (mr_decision)(mr_spec_word(r, mr_json_get(item, "decision"), ELEMENT, decisions, COUNT(decisions)) + 1);
    ret->conditions = mr_spec_texts(r, mr_json_get(item, "conditions"), ELEMENT, false);
    ret->conditional = mr_spec_bool(r, mr_json_get(item, "conditional"), ELEMENT) ||
                       mr_texts_are_set(ret->conditions) || ret->decision == MR_DECISION_CONDITIONAL;
    ret->issued = mr_spec_date(r, mr_json_get(item, "issued"), ELEMENT);
    ret->review = mr_spec_date(r, mr_json_get(item, "review"), ELEMENT);
    ret->report = mr_spec_url(r, mr_json_get(item, "report"), ELEMENT, false);
    read_limits(r, mr_json_get(item, "limits"), &ret->limits);
}

bool mr_spec_quality(reader *r, const mr_json *item, const mr_organisation *provider, struct mr_quality *ret)
{
    static const char *const members[] = {MR_SPEC_QUALITY_MEMBERS};
    *ret = (struct mr_quality){0}; /* an entry that was not usable left its slot to the next */
    if (!mr_spec_object(r, item, ELEMENT, members, COUNT(members))) return false;
    mr_spec_quality_members(r, item, ret);
    return ret->kind != MR_QUALITY_KINDS_ && read_by(r, item, provider, ret);
}
