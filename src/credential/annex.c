/* The Annex I elements, asked of a specification.
 *
 * mr_annex_check looks at the finished description, wherever it came from: is every mandatory element answered (DESIGN 5.1), and do the answers
 * go together (5.2 to 5.6)? What is wrong with the form of one member is found where files are read (specification_file.c); an element that has a
 * fault already is not told to be missing as well.
 *
 * Numbers that only look odd are warnings: one ECTS credit stands for 25 to 30 hours (ECTS Users' Guide 2015, section 1), so below 20 and above
 * 35 somebody has probably mistyped; and what nobody calls a small volume of learning is worth a second look. */
#include "credential/annex.h"

#include <stdio.h>

static const struct mr_element_info elements[MR_ELEMENT_COUNT] = {
#define MR_ELEMENT(name, code, mandatory, source, field, elm, open_badges, sd_jwt)                                     \
    [MR_ELEMENT_##name] = {code, mandatory, MR_ELEMENT_##source, field, elm, open_badges, sd_jwt},
#include "credential/elements.def"
#undef MR_ELEMENT
};

const struct mr_element_info *mr_element_info(mr_element e)
{
    return &elements[e];
}

static bool has_fault(const struct mr_findings *f, const char *element)
{
    for (size_t i = 0; i < f->count; i++) {
        if (!f->items[i].warning && strcmp(f->items[i].element, element) == 0) return true;
    }
    return false;
}

static void point(struct mr_finding *f, const char *pointer)
{
    snprintf(f->pointer, sizeof f->pointer, "%s", pointer);
}

static void fault(struct mr_findings *f, mr_element e, const char *id, const char *pointer)
{
    point(mr_findings_add(f, elements[e].code, id, MR_STR_EMPTY), pointer);
}

static void missing(struct mr_findings *f, mr_element e, bool answered, const char *pointer)
{
    if (answered || has_fault(f, elements[e].code)) return;
    fault(f, e, "spec.missing", pointer);
}

static void check_answered(const mr_specification *s, struct mr_findings *f)
{
    missing(f, MR_ELEMENT_TITLE, mr_texts_are_set(s->title), "/title");
    missing(f, MR_ELEMENT_COUNTRY, s->provider.country != NULL, "/provider/country");
    missing(f, MR_ELEMENT_AWARDING_BODY, s->awarding_body_count > 0 && mr_texts_are_set(s->awarding_bodies[0].name),
            "/provider/name");
    missing(f, MR_ELEMENT_OUTCOMES, s->outcome_count > 0, "/learning_outcomes");
    missing(f, MR_ELEMENT_WORKLOAD,
            s->ects_hundredths > 0 || s->workload_minutes > 0 || mr_texts_are_set(s->workload_other), "/workload");
    missing(f, MR_ELEMENT_LEVEL, s->eqf || s->nqf || mr_texts_are_set(s->level_reason), "/level");
    missing(f, MR_ELEMENT_ASSESSMENT, s->assessment_count > 0, "/assessment");
    missing(f, MR_ELEMENT_PARTICIPATION, s->mode_count > 0 || mr_texts_are_set(s->participation_reason),
            "/participation");
    missing(f, MR_ELEMENT_QUALITY, s->quality_count > 0, "/quality_assurance");
}

static void check_workload(const mr_specification *s, struct mr_findings *f)
{
    int64_t ects = s->ects_hundredths, minutes = s->workload_minutes;
    char value[32];
    if (ects > 0 && (ects < 50 || ects > 6000)) {
        snprintf(value, sizeof value, "%lld.%02lld", (long long)(ects / 100), (long long)(ects % 100));
        point(mr_findings_warn(f, "workload", "spec.ects.unusual", mr_str_of(value)), "/workload/ects");
    }
    if (minutes > 1800 * 60) {
        snprintf(value, sizeof value, "%lld", (long long)(minutes / 60));
        point(mr_findings_warn(f, "workload", "spec.hours.unusual", mr_str_of(value)), "/workload/hours");
    }
    if (ects <= 0 || minutes <= 0) return;
    int64_t hours_per_credit = minutes * 100 / (60 * ects); /* rounded down */
    if (hours_per_credit >= 20 && minutes * 100 <= 35 * 60 * ects) return;
    snprintf(value, sizeof value, "%lld", (long long)hours_per_credit);
    point(mr_findings_warn(f, "workload", "spec.hours_per_ects", mr_str_of(value)), "/workload");
}

/* DESIGN 5.3: the level with its basis; inclusion in a national framework by which authority. */
static void check_level(const mr_specification *s, struct mr_findings *f)
{
    bool level = s->eqf || s->nqf;
    if (level && mr_texts_are_set(s->level_reason)) fault(f, MR_ELEMENT_LEVEL, "spec.level.both", "/level");
    if (s->eqf && !s->nqf && s->level_basis == MR_LEVEL_NOT_SAID && !has_fault(f, "level"))
        fault(f, MR_ELEMENT_LEVEL, "spec.level.basis", "/level/basis");
    if (s->nqf && s->nqf_authority.len == 0) fault(f, MR_ELEMENT_LEVEL, "spec.level.authority", "/level/authority");
    if (s->nqf && !mr_date_is_set(s->nqf_since))
        point(mr_findings_warn(f, "level", "spec.level.since", MR_STR_EMPTY), "/level/since");
    if (!level && s->partial_qualification)
        point(mr_findings_warn(f, "level", "spec.partial_without_level", MR_STR_EMPTY), "/partial_qualification");
}

static bool same_name(const mr_organisation *a, const mr_organisation *b)
{
    for (size_t i = 0; i < a->name.count; i++) {
        mr_str other = mr_texts_find(b->name, a->name.items[i].language);
        if (other.len > 0 && mr_str_eq_ascii_nocase(other, a->name.items[i].text)) return true;
    }
    return false;
}

/* DESIGN 5.4: everything but internal quality assurance is somebody else's to give. */
static void check_quality(const mr_specification *s, struct mr_findings *f)
{
    for (size_t i = 0; i < s->quality_count; i++) {
        const struct mr_quality *q = &s->quality[i];
        char pointer[64];
        if (q->kind != MR_QUALITY_INTERNAL && same_name(&q->by, &s->provider)) {
            snprintf(pointer, sizeof pointer, "/quality_assurance/%zu/by", i);
            fault(f, MR_ELEMENT_QUALITY, "spec.quality.own", pointer);
        }
        if (mr_date_is_set(q->valid_from) && mr_date_is_set(q->valid_until) &&
            mr_date_compare(q->valid_from, q->valid_until) > 0) {
            snprintf(pointer, sizeof pointer, "/quality_assurance/%zu/valid_until", i);
            fault(f, MR_ELEMENT_QUALITY, "spec.date.order", pointer);
        }
    }
}

void mr_annex_check(const mr_specification *s, struct mr_findings *findings)
{
    check_answered(s, findings);
    check_workload(s, findings);
    check_level(s, findings);
    if (s->mode_count > 0 && mr_texts_are_set(s->participation_reason))
        fault(findings, MR_ELEMENT_PARTICIPATION, "spec.participation.both", "/participation");
    check_quality(s, findings);
}
