#include "model/accreditation.h"

#include "model/legal_identifier.h"

bool mr_strs_have(mr_strs list, mr_str text)
{
    for (size_t i = 0; i < list.count; i++)
        if (mr_str_eq(list.items[i], text)) return true;
    return false;
}

/* ---- parties ---- */

static void add(mr_party *p, mr_str scheme, mr_str value)
{
    if (!value.len || p->identifier_count == MR_PARTY_IDENTIFIERS) return;
    for (size_t i = 0; i < p->identifier_count; i++)
        if (mr_str_eq(p->identifiers[i].scheme, scheme) && mr_str_eq(p->identifiers[i].value, value)) return;
    p->identifiers[p->identifier_count++] = (struct mr_party_identifier){scheme, value};
}

void mr_party_add_registration(mr_arena *a, mr_party *p, mr_str country, mr_str number)
{
    if (!number.len) return;
    add(p, MR_STR("registration"), mr_arena_format(a, "%.*s:%.*s", MR_STR_ARG(country), MR_STR_ARG(number)));
}

void mr_party_add(mr_arena *a, mr_party *p, mr_str scheme, mr_str value)
{
    char country[3];
    ptrdiff_t dash = mr_str_find_char(value, '-');
    add(p, scheme, value);
    if (!mr_str_is(scheme, "eidas") || dash != 5 || !mr_legal_identifier_is_eidas(value, country)) return;
    mr_str number = mr_str_from(value, 6), prefix = mr_str_make(value.ptr + 3, 2);
    if (mr_str_has_prefix(value, MR_STR("VAT")))
        add(p, MR_STR("vat"), mr_arena_format(a, "%.*s%.*s", MR_STR_ARG(prefix), MR_STR_ARG(number)));
    if (mr_str_has_prefix(value, MR_STR("NTR"))) mr_party_add_registration(a, p, mr_str_of(country), number);
}

bool mr_party_has_name(const mr_party *p, mr_str name)
{
    for (size_t i = 0; i < p->names.count; i++)
        if (name.len && mr_str_eq_ascii_nocase(p->names.items[i].text, name)) return true;
    return false;
}

bool mr_party_share_name(const mr_party *a, const mr_party *b)
{
    for (size_t i = 0; i < a->names.count; i++)
        if (mr_party_has_name(b, a->names.items[i].text)) return true;
    return false;
}

/* Has `p` an identifier of this scheme, and is one of them this value? */
static bool has_scheme(const mr_party *p, const struct mr_party_identifier *wanted, bool *ret_equal)
{
    bool has = false;
    *ret_equal = false;
    for (size_t i = 0; i < p->identifier_count; i++) {
        if (!mr_str_eq(p->identifiers[i].scheme, wanted->scheme)) continue;
        has = true;
        *ret_equal = *ret_equal || mr_str_eq_ascii_nocase(p->identifiers[i].value, wanted->value);
    }
    return has;
}

/* Have `a` and `b` both this scheme, and no value of it in common? */
static bool differ(const mr_party *a, const mr_party *b, mr_str scheme)
{
    bool both = false;
    for (size_t i = 0; i < a->identifier_count; i++) {
        bool equal;
        if (!mr_str_eq(a->identifiers[i].scheme, scheme)) continue;
        both = has_scheme(b, &a->identifiers[i], &equal);
        if (equal) return false;
    }
    return both;
}

mr_same_party mr_party_compare(const mr_party *a, const mr_party *b)
{
    bool same = false, equal;
    for (size_t i = 0; i < a->identifier_count; i++) {
        if (differ(a, b, a->identifiers[i].scheme)) return MR_PARTY_OTHER;
        same = (has_scheme(b, &a->identifiers[i], &equal) && equal) || same;
    }
    if (same) return MR_PARTY_SAME;
    return mr_party_share_name(a, b) ? MR_PARTY_NAME_ONLY : MR_PARTY_OTHER;
}

/* ---- one limit each: inside, outside, or not to be told ---- */

enum within { INSIDE, OUTSIDE, UNTOLD };

/* A country of the list of jurisdictions that is neither the Union nor of the United Kingdom: a member. */
static bool is_member_of_the_union(mr_str country)
{
    const mr_scheme *s = mr_scheme_get(MR_SCHEME_JURISDICTION);
    for (size_t i = 0; i < s->count; i++) {
        const mr_concept *c = &s->concepts[i];
        const char *last = strrchr(c->uri, '/');
        if (strncmp(c->code, "GB", 2) == 0 || strcmp(c->code, "EU") == 0 || !last) continue;
        if (mr_str_is(country, last + 1)) return true;
    }
    return false;
}

bool mr_place_is_in(mr_str place, mr_str area)
{
    static const char *const parts[] = {"ENG", "NIR", "SCT", "CYM"};
    ptrdiff_t end = mr_str_find_char(place, '_');
    mr_str country = end < 0 ? place : mr_str_make(place.ptr, (size_t)end);
    if (!area.len || !place.len) return false;
    if (mr_str_eq(place, area)) return true;
    if (mr_str_has_prefix(place, area) && place.ptr[area.len] == '_') return true;
    if (mr_str_is(area, "EUR")) return is_member_of_the_union(country);
    for (size_t i = 0; mr_str_is(area, "GBR") && i < sizeof parts / sizeof *parts; i++)
        if (mr_str_is(country, parts[i])) return true;
    return false;
}

static bool field_is_in(mr_str field, mr_str broader)
{
    return broader.len > 0 && mr_str_has_prefix(field, broader);
}

/* Each stated value must be in one of the limits. One that a limit is a part of could be in it or not. */
static enum within all_within(mr_strs stated, mr_strs limits, bool is_in(mr_str, mr_str))
{
    enum within all = INSIDE;
    if (!limits.count) return INSIDE;
    if (!stated.count) return UNTOLD;
    for (size_t i = 0; i < stated.count; i++) {
        bool inside = false, broader = false;
        for (size_t k = 0; k < limits.count; k++) {
            inside = inside || is_in(stated.items[i], limits.items[k]);
            broader = broader || is_in(limits.items[k], stated.items[i]);
        }
        if (inside) continue;
        if (!broader) return OUTSIDE;
        all = UNTOLD;
    }
    return all;
}

static enum within type_within(mr_strs stated, mr_strs limits)
{
    if (!limits.count) return INSIDE;
    for (size_t i = 0; i < stated.count; i++)
        if (mr_strs_have(limits, stated.items[i])) return INSIDE;
    return stated.count ? OUTSIDE : UNTOLD;
}

static enum within level_within(int level, unsigned limits)
{
    if (!limits) return INSIDE;
    if (level < 1 || level > 8) return UNTOLD;
    return limits & 1u << level ? INSIDE : OUTSIDE;
}

static bool share_a_title(mr_texts a, mr_texts b)
{
    for (size_t i = 0; i < a.count; i++) {
        mr_str other = mr_texts_find(b, a.items[i].language);
        if (other.len && mr_str_eq_ascii_nocase(other, a.items[i].text)) return true;
    }
    return false;
}

static enum within programme_within(const struct mr_coverage_question *q, const struct mr_accreditation_limits *l)
{
    bool by_id = false;
    if (!l->programme_count) return INSIDE;
    for (size_t i = 0; i < l->programme_count; i++) {
        const struct mr_named_programme *p = &l->programmes[i];
        for (size_t k = 0; k < p->ids.count; k++)
            if (mr_strs_have(q->programme_ids, p->ids.items[k])) return INSIDE;
        if (!p->ids.count && share_a_title(p->title, q->programme_title)) return INSIDE;
        by_id = by_id || p->ids.count;
    }
    return by_id && !q->programme_ids.count ? UNTOLD : OUTSIDE;
}

/* ---- all of them ---- */

static mr_same_party compare_organisations(const mr_accreditation *r, const mr_party *body)
{
    mr_same_party best = MR_PARTY_OTHER;
    for (size_t i = 0; i < r->organisation_count; i++) {
        mr_same_party same = mr_party_compare(&r->organisations[i], body);
        if (same > best) best = same;
    }
    return best;
}

static bool is_before(mr_date a, mr_date b)
{
    return mr_date_is_set(a) && mr_date_is_set(b) && mr_date_compare(a, b) < 0;
}

/* MR_COVERS: on this day nothing speaks against it. */
static mr_coverage judge_day(const mr_accreditation *r, mr_date day)
{
    mr_date first = mr_date_is_set(r->valid_from) ? r->valid_from : r->issued;
    if (is_before(day, first)) return MR_OUTSIDE_EARLY;
    if (is_before(r->valid_until, day)) return MR_OUTSIDE_EXPIRED;
    if (mr_date_is_set(r->withdrawn) && mr_date_is_set(day) && !is_before(day, r->withdrawn))
        return MR_OUTSIDE_WITHDRAWN;
    if (mr_date_is_set(r->suspended_from) && mr_date_is_set(day) && !is_before(day, r->suspended_from) &&
        !is_before(r->suspended_until, day))
        return MR_OUTSIDE_SUSPENDED;
    return MR_COVERS;
}

static bool has_days(const mr_accreditation *r)
{
    return mr_date_is_set(r->valid_from) || mr_date_is_set(r->issued) || mr_date_is_set(r->valid_until) ||
           mr_date_is_set(r->withdrawn) || mr_date_is_set(r->suspended_from);
}

mr_coverage mr_accreditation_covers(const mr_accreditation *record, const struct mr_coverage_question *q)
{
    const struct mr_accreditation_limits *l = &record->limits;
    mr_same_party same = compare_organisations(record, q->body);
    if (same == MR_PARTY_OTHER) return MR_OUTSIDE_ORGANISATION;
    if (record->decision == MR_DECISION_NEGATIVE) return MR_OUTSIDE_DECISION;
    mr_coverage day = judge_day(record, q->day);
    if (day != MR_COVERS) return day;
    const struct {
        enum within within;
        mr_coverage outside, untold;
    } limits[] = {
        {programme_within(q, l), MR_OUTSIDE_PROGRAMME, MR_UNDECIDED_PROGRAMME},
        {all_within(q->fields, l->fields, field_is_in), MR_OUTSIDE_FIELD, MR_UNDECIDED_FIELD},
        {level_within(q->level, l->levels), MR_OUTSIDE_LEVEL, MR_UNDECIDED_LEVEL},
        {all_within(q->places.count ? q->places : q->body->places, l->jurisdictions, mr_place_is_in),
         MR_OUTSIDE_JURISDICTION, MR_UNDECIDED_JURISDICTION},
        {type_within(q->types, l->types), MR_OUTSIDE_TYPE, MR_UNDECIDED_TYPE},
    };
    size_t count = sizeof limits / sizeof *limits;
    for (size_t i = 0; i < count; i++)
        if (limits[i].within == OUTSIDE) return limits[i].outside;
    if (same == MR_PARTY_NAME_ONLY) return MR_UNDECIDED_ORGANISATION;
    if (record->decision == MR_DECISION_UNKNOWN) return MR_UNDECIDED_DECISION;
    if (!mr_date_is_set(q->day) && has_days(record)) return MR_UNDECIDED_DAY;
    for (size_t i = 0; i < count; i++)
        if (limits[i].within == UNTOLD) return limits[i].untold;
    return mr_accreditation_is_conditional(record) ? MR_COVERS_WITH_CONDITIONS : MR_COVERS;
}

const char *mr_coverage_name(mr_coverage c)
{
    static const char *const names[MR_COVERAGES_] = {
        [MR_COVERS] = "covers",
        [MR_COVERS_WITH_CONDITIONS] = "with_conditions",
        [MR_OUTSIDE_ORGANISATION] = "organisation",
        [MR_OUTSIDE_DECISION] = "decision",
        [MR_OUTSIDE_EARLY] = "early",
        [MR_OUTSIDE_EXPIRED] = "expired",
        [MR_OUTSIDE_WITHDRAWN] = "withdrawn",
        [MR_OUTSIDE_SUSPENDED] = "suspended",
        [MR_OUTSIDE_PROGRAMME] = "programme",
        [MR_OUTSIDE_FIELD] = "field",
        [MR_OUTSIDE_LEVEL] = "level",
        [MR_OUTSIDE_JURISDICTION] = "jurisdiction",
        [MR_OUTSIDE_TYPE] = "type",
        [MR_UNDECIDED_ORGANISATION] = "organisation",
        [MR_UNDECIDED_DECISION] = "decision",
        [MR_UNDECIDED_DAY] = "day",
        [MR_UNDECIDED_PROGRAMME] = "programme",
        [MR_UNDECIDED_FIELD] = "field",
        [MR_UNDECIDED_LEVEL] = "level",
        [MR_UNDECIDED_JURISDICTION] = "jurisdiction",
        [MR_UNDECIDED_TYPE] = "type",
    };
    return (size_t)c < MR_COVERAGES_ ? names[c] : "";
}
