/* Values that are well-formed and odd all the same: durations, workload, dates, grades.
 *
 * Most of what is asked here happened: the Commission's own sample has "P60M" (sixty months) for an activity of sixty hours, and a birth date that a
 * time zone moved to the day before. Nothing is asked twice: what the shapes refuse (check_shapes.c) is passed over here. */
#include "credential/check_inside.h"

#include <ctype.h>

static mr_str member_text(const mr_json *object, const char *name)
{
    return mr_check_text(mr_each_get(object, name));
}

static const mr_json *value_of(const mr_json *object, const char *name)
{
    return mr_each_first(mr_each_get(object, name));
}

/* ---- durations and workload ---- */

/* The number in "P60M", when the whole duration is a number of months; else 0. */
static int64_t only_months(mr_str text)
{
    uint64_t n = 0;
    if (text.len < 3 || text.ptr[0] != 'P' || text.ptr[text.len - 1] != 'M') return 0;
    return mr_str_to_u64(mr_str_make(text.ptr + 1, text.len - 2), &n) && n < 100000 ? (int64_t)n : 0;
}

/* Months and years as a volume of learning: "PT" was left out. hint: another volume in the same document, or empty. */
static void check_volume(struct mr_checking *c, const mr_json *v, mr_str hint)
{
    mr_str text = mr_check_text(v);
    int64_t hours = 0, months = 0;
    if (text.len == 0 || mr_duration_parse(text, &hours, &months, NULL) != MR_OK) return;
    if (months == 0) {
        if (hours > 1800) mr_check_add(c, MR_CHECK_IS_WARNING, NULL, "check.hours_unusual", v, text)->count = hours;
        return;
    }
    int64_t number = only_months(text);
    struct mr_finding *f =
        mr_check_add(c, MR_CHECK_IS_WARNING, NULL, number ? "check.duration_months" : "check.duration_long", v, text);
    f->count = number;
    f->expected = hint.len ? hint : mr_arena_format(c->arena, "PT%lldH", (long long)number);
}

/* How long something lasts on the calendar may well be months; not years. */
static void check_length(struct mr_checking *c, const mr_json *v)
{
    mr_str text = mr_check_text(v);
    int64_t hours = 0, months = 0;
    if (text.len == 0 || mr_duration_parse(text, &hours, &months, NULL) != MR_OK || months <= 24) return;
    struct mr_finding *f = mr_check_add(c, MR_CHECK_IS_WARNING, NULL, "check.duration_long", v, text);
    f->expected = mr_arena_format(c->arena, "PT%lldH", (long long)months);
}

static mr_str sound_volume(const mr_json *node)
{
    mr_str text = member_text(node, "volumeOfLearning");
    int64_t hours = 0, months = 0;
    bool sound = text.len > 0 && mr_duration_parse(text, &hours, &months, NULL) == MR_OK && months == 0;
    return sound ? text : MR_STR_EMPTY;
}

static void check_durations(struct mr_checking *c, const mr_json *achievement)
{
    const mr_json *specification = mr_each_first(mr_json_get(achievement, "specifiedBy"));
    mr_str hint = sound_volume(specification);
    MR_EACH(specified, mr_json_get(achievement, "specifiedBy"))
    {
        check_volume(c, value_of(specified, "volumeOfLearning"), MR_STR_EMPTY);
        check_length(c, value_of(specified, "maximumDuration"));
    }
    MR_EACH(activity, mr_json_get(achievement, "influencedBy"))
    {
        check_volume(c, value_of(activity, "workload"), hint);
        MR_EACH(specified, mr_json_get(activity, "specifiedBy"))
        {
            check_volume(c, value_of(specified, "volumeOfLearning"), hint);
            check_length(c, value_of(specified, "maximumDuration"));
        }
    }
}

/* "2.5" in hundredths; -1 when it is no such number. */
static int64_t hundredths_of(mr_str text)
{
    int64_t whole = 0, part = 0;
    size_t digits = 0, decimals = 0;
    bool point = false;
    for (size_t i = 0; i < text.len; i++) {
        char ch = text.ptr[i];
        if ((ch == '.' || ch == ',') && !point) {
            point = true;
            continue;
        }
        if (ch < '0' || ch > '9' || ++digits > 6) return -1;
        if (!point)
            whole = 10 * whole + (ch - '0');
        else if (decimals++ < 2)
            part = 10 * part + (ch - '0');
    }
    if (digits == 0) return -1;
    return 100 * whole + (decimals == 1 ? 10 * part : part);
}

/* One ECTS credit stands for 25 to 30 hours (ECTS Users' Guide 2015, section 1); below 20 and above 35 somebody has probably mistyped. */
static void check_credit(struct mr_checking *c, const mr_json *specification)
{
    const mr_concept *ects = mr_concept_find(MR_SCHEME_CREDIT, MR_STR("ects"));
    int64_t hours = 0, months = 0;
    mr_str volume = sound_volume(specification);
    MR_EACH(credit, mr_json_get(specification, "creditPoint"))
    {
        const mr_json *point = value_of(credit, "point");
        mr_str text = mr_json_is(point, MR_JSON_NUMBER) ? mr_json_text(point) : mr_check_text(point);
        if (!point || !ects || !mr_str_is(mr_check_id(mr_each_get(credit, "framework")), ects->uri)) continue;
        int64_t points = hundredths_of(text);
        if (points <= 0) {
            mr_check_add(c, MR_CHECK_IS_FAULT, NULL, "check.credit_number", point, text);
            continue;
        }
        if (points > 6000) mr_check_add(c, MR_CHECK_IS_WARNING, NULL, "check.credit_unusual", point, text);
        if (volume.len == 0 || mr_duration_parse(volume, &hours, &months, NULL) != MR_OK || hours == 0) continue;
        int64_t each = hours * 100 / points;
        if (each >= 20 && hours * 100 <= 35 * points) continue;
        struct mr_finding *f = mr_check_add(c, MR_CHECK_IS_WARNING, NULL, "check.hours_per_credit", point, text);
        f->expected = volume, f->count = each;
    }
}

/* ---- dates ---- */

static int64_t time_of(const mr_json *v)
{
    int64_t time = MR_TIME_NONE;
    mr_str text = mr_check_text(v);
    return text.len > 0 && mr_time_parse(text, &time, NULL) == MR_OK ? time : MR_TIME_NONE;
}

/* Midnight in a zone east of Greenwich, converted to UTC: 21, 22 or 23 o'clock sharp of the day before. */
static bool is_moved_midnight(mr_str text, int64_t time)
{
    int64_t of_day = ((time % MR_DAY_MS) + MR_DAY_MS) % MR_DAY_MS;
    return mr_str_has_suffix(text, MR_STR("Z")) && of_day >= 21 * (int64_t)3600000 && of_day % 3600000 == 0;
}

static void check_birth(struct mr_checking *c, const mr_json *subject)
{
    const mr_json *v = value_of(subject, "dateOfBirth");
    mr_str text = mr_check_text(v);
    int64_t time = time_of(v), now = mr_env_now(c->checker->env);
    if (time == MR_TIME_NONE) return;
    if (time > now) {
        mr_check_add(c, MR_CHECK_IS_FAULT, "learner", "check.birth_ahead", v, text);
        return;
    }
    if (is_moved_midnight(text, time)) {
        char day[11];
        mr_date_write(mr_date_of_time(time + 3 * (int64_t)3600000), day);
        mr_check_add(c, MR_CHECK_IS_WARNING, "learner", "check.birth_zone", v, text)->expected =
            mr_arena_dup(c->arena, mr_str_of(day));
    }
    mr_date born = mr_date_of_time(time), today = mr_date_of_time(now);
    int age = today.year - born.year;
    if (age > 110 || age < 6)
        mr_check_add(c, MR_CHECK_IS_WARNING, "learner", "check.birth_unlikely", v, text)->count = age;
}

/* later must not be before earlier. */
static void check_order(struct mr_checking *c, mr_check_severity severity, const char *id, const mr_json *earlier,
                        const mr_json *later)
{
    int64_t from = time_of(earlier), until = time_of(later);
    if (from == MR_TIME_NONE || until == MR_TIME_NONE || until >= from) return;
    mr_check_add(c, severity, NULL, id, later, mr_check_text(later))->expected = mr_check_text(earlier);
}

static void check_credential_dates(struct mr_checking *c)
{
    const mr_json *d = c->document, *from = value_of(d, "validFrom"), *issued = value_of(d, "issued");
    if (!issued) issued = value_of(d, "issuanceDate");
    const mr_json *end = value_of(d, "validUntil"); /* VC 1.1 calls it expirationDate */
    if (!end) end = value_of(d, "expirationDate");
    int64_t time = time_of(end);
    check_order(c, MR_CHECK_IS_FAULT, "check.valid_order", from, end);
    bool ordered = time == MR_TIME_NONE || time >= time_of(from);
    if (ordered) check_order(c, MR_CHECK_IS_FAULT, "check.valid_issued", issued, end);
    if (ordered && time >= time_of(issued) && !c->sealed && time != MR_TIME_NONE && time < mr_env_now(c->checker->env))
        mr_check_add(c, MR_CHECK_IS_WARNING, NULL, "check.expired", end, mr_check_text(end));
    if (time_of(issued) != MR_TIME_NONE && time_of(issued) > mr_env_now(c->checker->env) + MR_DAY_MS)
        mr_check_add(c, MR_CHECK_IS_WARNING, NULL, "check.issued_ahead", issued, mr_check_text(issued));
}

static void check_awarding(struct mr_checking *c, const mr_json *achievement)
{
    const mr_json *d = c->document, *issued = value_of(d, "issued");
    const mr_json *awarding = mr_each_first(mr_json_get(achievement, "awardedBy"));
    const mr_json *awarded = value_of(awarding, "awardingDate");
    if (!awarded && awarding)
        mr_check_add(c, MR_CHECK_IS_WARNING, "date", "check.awarding_date", awarding, MR_STR_EMPTY);
    if (!issued) issued = value_of(d, "issuanceDate");
    int64_t at = time_of(awarded), sealed = time_of(issued);
    if (at != MR_TIME_NONE && sealed != MR_TIME_NONE && at > sealed + MR_DAY_MS)
        mr_check_add(c, MR_CHECK_IS_WARNING, "date", "check.awarded_after_issued", awarded, mr_check_text(awarded))
            ->expected = mr_check_text(issued);
}

/* The learning must have ended before the credential about it holds. */
static void check_activity_dates(struct mr_checking *c, const mr_json *achievement)
{
    const mr_json *from = value_of(c->document, "validFrom");
    int64_t starts = time_of(from);
    MR_EACH(activity, mr_json_get(achievement, "influencedBy"))
    {
        MR_EACH(period, mr_json_get(activity, "temporal"))
        {
            const mr_json *end = value_of(period, "endDate");
            check_order(c, MR_CHECK_IS_FAULT, "check.period_order", value_of(period, "startDate"), end);
            if (starts == MR_TIME_NONE || time_of(end) == MR_TIME_NONE || time_of(end) < starts + MR_DAY_MS) continue;
            mr_check_add(c, MR_CHECK_IS_WARNING, "", "check.valid_before_end", from, mr_check_text(from))->expected =
                mr_check_text(end);
        }
    }
    MR_EACH(proof, mr_json_get(achievement, "provenBy"))
    {
        const mr_json *made = value_of(proof, "issued");
        if (starts == MR_TIME_NONE || time_of(made) == MR_TIME_NONE || time_of(made) < starts + MR_DAY_MS) continue;
        mr_check_add(c, MR_CHECK_IS_WARNING, "", "check.valid_before_end", from, mr_check_text(from))->expected =
            mr_check_text(made);
    }
}

/* ---- grades ---- */

/* "12", "87 %", "A", "B+": means nothing to whom the scale is not told. */
static bool needs_scale(mr_str grade)
{
    for (size_t i = 0; i < grade.len; i++)
        if (grade.ptr[i] >= '0' && grade.ptr[i] <= '9') return true;
    return grade.len > 0 && grade.len <= 2;
}

static void check_grades(struct mr_checking *c, const mr_json *achievement)
{
    MR_EACH(proof, mr_json_get(achievement, "provenBy"))
    {
        const mr_json *literal = mr_each_get(mr_each_get(proof, "grade"), "noteLiteral"), *scheme = NULL;
        MR_EACH(specified, mr_json_get(proof, "specifiedBy"))
        {
            if (mr_json_get(specified, "gradingScheme")) scheme = mr_json_get(specified, "gradingScheme");
        }
        if (scheme) continue;
        MR_JSON_EACH_MEMBER (language, literal) {
            mr_str grade = mr_check_text(language + 1);
            if (!needs_scale(grade)) continue;
            mr_check_add(c, MR_CHECK_IS_WARNING, "grade", "check.grade_scale", language + 1, grade);
            break;
        }
    }
}

/* ---- what readers cannot use ---- */

/* Viewers show this picture as the credential. Its first octets, in base64, tell what it is. */
static bool is_picture(mr_str text)
{
    if (!mr_str_has_prefix(text, MR_STR("iVBORw0KGgo")) && !mr_str_has_prefix(text, MR_STR("/9j/"))) return false;
    for (size_t i = 0; i < text.len; i++)
        if (!isalnum((unsigned char)text.ptr[i]) && !strchr("+/=\r\n", text.ptr[i])) return false;
    return true;
}

static void check_pages(struct mr_checking *c)
{
    const mr_json *display = mr_each_first(mr_json_get(c->document, "displayParameter"));
    MR_EACH(individual, mr_json_get(display, "individualDisplay"))
    {
        MR_EACH(page, mr_json_get(individual, "displayDetail"))
        {
            const mr_json *content = value_of(mr_each_first(mr_json_get(page, "image")), "content");
            if (content && !is_picture(mr_check_text(content)))
                mr_check_add(c, MR_CHECK_IS_FAULT, NULL, "check.page_image", content, MR_STR_EMPTY);
        }
    }
}

/* JSON-LD drops a node whose id is no IRI, and nothing that stands in it is asked of any shape. */
static void check_ids(struct mr_checking *c)
{
    const mr_json *end = c->document + c->document->skip;
    for (const mr_json *v = c->document; v != end; v++) {
        const mr_json *id = mr_json_get(v, "id");
        mr_str text = mr_json_str(id);
        bool whole = mr_iri_is_absolute(text) || mr_str_has_prefix(text, MR_STR("_:"));
        if (!mr_json_is(id, MR_JSON_STRING) || whole) continue;
        if (c->told >= MR_LIMIT_CHECK_TOLD) {
            mr_check_count(c, MR_CHECK_IS_FAULT);
            continue;
        }
        struct mr_finding f = mr_check_describe(c, id);
        f.id = "check.id";
        if (!mr_check_is_told(c, "check.concept_", mr_str_of(f.pointer))) mr_check_put(c, MR_CHECK_IS_FAULT, &f, text);
    }
}

/* The shapes that a document names are asked of it; a name that is misspelt asks for none. */
static void check_schema(struct mr_checking *c)
{
    static const char *const official[] = {"edc-generic-full", "edc-generic-no-cv",      "edc-accredited",
                                           "edc-converted",    "edc-diploma-supplement", "edc-issued-by-mandate"};
    mr_str base = MR_STR("http://data.europa.eu/snb/model/ap/");
    MR_EACH(schema, mr_json_get(c->document, "credentialSchema"))
    {
        mr_str id = mr_check_id(schema), name = mr_str_has_prefix(id, base) ? mr_str_from(id, base.len) : MR_STR_EMPTY;
        bool known = id.len == 0;
        for (size_t i = 0; i < sizeof official / sizeof *official; i++) known |= mr_str_is(name, official[i]);
        if (!known)
            mr_check_add(c, MR_CHECK_IS_WARNING, NULL, "check.schema", schema, id)->expected =
                MR_STR("http://data.europa.eu/snb/model/ap/edc-generic-full");
    }
}

/* ---- what need not be told ---- */

static void check_privacy(struct mr_checking *c, const mr_json *subject)
{
    const mr_json *number = mr_each_first(mr_json_get(subject, "nationalID"));
    if (number) mr_check_add(c, MR_CHECK_IS_REMARK, "learner", "check.national_id", number, MR_STR_EMPTY);
}

void mr_check_values(struct mr_checking *c)
{
    const mr_json *subject = mr_each_first(mr_json_get(c->document, "credentialSubject"));
    check_birth(c, subject);
    check_privacy(c, subject);
    check_credential_dates(c);
    check_ids(c);
    if (c->kind == MR_ELM_EDC) {
        check_pages(c);
        check_schema(c);
    }
    MR_EACH(claim, mr_json_get(subject, "hasClaim"))
    {
        check_durations(c, claim);
        check_credit(c, mr_each_first(mr_json_get(claim, "specifiedBy")));
        if (mr_each_has(mr_json_get(claim, "type"), "LearningAchievement")) check_awarding(c, claim);
        check_activity_dates(c, claim);
        check_grades(c, claim);
    }
}
