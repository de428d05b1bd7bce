#include "credential/wording.h"

static mr_str decimal(mr_arena *a, const mr_language *l, int64_t hundredths)
{
    mr_str point = mr_message(l, "say.decimal_point");
    long long whole = (long long)(hundredths / 100), part = (long long)(hundredths % 100);
    if (part == 0) return mr_arena_format(a, "%lld", whole);
    if (part % 10 == 0) return mr_arena_format(a, "%lld%.*s%lld", whole, MR_STR_ARG(point), part / 10);
    return mr_arena_format(a, "%lld%.*s%02lld", whole, MR_STR_ARG(point), part);
}

mr_str mr_wording_ects(mr_arena *a, const mr_language *l, int64_t hundredths)
{
    return MR_SAY(a, l, "say.ects", {"points", decimal(a, l, hundredths)});
}

static mr_str hours(mr_arena *a, const mr_language *l, int64_t minutes)
{
    if (minutes < 60) return MR_SAY(a, l, "say.minutes", {"count", mr_say_count(a, l, minutes)});
    return MR_SAY(a, l, "say.hours",
                  {"count", minutes % 60 ? decimal(a, l, minutes * 100 / 60) : mr_say_count(a, l, minutes / 60)});
}

mr_str mr_wording_workload(mr_arena *a, const mr_language *l, int64_t ects_hundredths, int64_t minutes)
{
    return mr_wording_join(a, ects_hundredths > 0 ? mr_wording_ects(a, l, ects_hundredths) : MR_STR_EMPTY,
                           minutes > 0 ? hours(a, l, minutes) : MR_STR_EMPTY);
}

mr_str mr_wording_eqf(mr_arena *a, const mr_language *l, mr_str level)
{
    return MR_SAY(a, l, "say.eqf", {"level", level});
}

mr_str mr_wording_join(mr_arena *a, mr_str first, mr_str second)
{
    if (first.len == 0) return second;
    if (second.len == 0) return first;
    return mr_arena_concat(a, (const mr_str[]){first, MR_STR(", "), second}, 3);
}

mr_str mr_wording_with_type(mr_arena *a, mr_str title, mr_str type)
{
    if (title.len == 0) return type;
    if (type.len == 0 || mr_str_eq_ascii_nocase(title, type)) return title;
    return mr_arena_concat(a, (const mr_str[]){title, MR_STR(" ("), type, MR_STR(")")}, 4);
}

mr_str mr_wording_supervision(const mr_language *l, mr_supervision s)
{
    static const char *const ids[] = {
        [MR_SUPERVISION_NONE] = "say.supervision.none",
        [MR_SUPERVISION_SUPERVISED] = "say.supervision.supervised",
        [MR_SUPERVISION_IDENTITY_ONLINE] = "say.supervision.identity_online",
        [MR_SUPERVISION_IDENTITY_ON_SITE] = "say.supervision.identity_on_site",
    };
    return (size_t)s < sizeof ids / sizeof *ids && ids[s] ? mr_message(l, ids[s]) : MR_STR_EMPTY;
}

mr_str mr_wording_quality(const mr_language *l, mr_quality_kind kind)
{
    static const char *const ids[MR_QUALITY_KINDS_] = {
        [MR_QUALITY_INTERNAL] = "say.quality.internal",   [MR_QUALITY_EXTERNAL] = "say.quality.external",
        [MR_QUALITY_PROGRAMME] = "say.quality.programme", [MR_QUALITY_INSTITUTION] = "say.quality.institution",
        [MR_QUALITY_LABEL] = "say.quality.label",         [MR_QUALITY_REGISTER] = "say.quality.register",
    };
    return (size_t)kind < MR_QUALITY_KINDS_ ? mr_message(l, ids[kind]) : MR_STR_EMPTY;
}

mr_str mr_wording_identifier(mr_arena *a, mr_str name)
{
    enum { BEGINNING = 20, END = 8 };
    bool is_key = mr_str_has_prefix(name, MR_STR("did:key:")) || mr_str_has_prefix(name, MR_STR("did:jwk:"));
    if (!is_key || name.len <= BEGINNING + END + 8 || mr_utf8_length(name) != name.len) return name;
    mr_str end = mr_str_from(name, name.len - END);
    return mr_arena_format(a, "%.*s…%.*s", (int)BEGINNING, name.ptr, MR_STR_ARG(end));
}
