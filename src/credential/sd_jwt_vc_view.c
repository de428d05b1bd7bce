/* SD-JWT VCs, read for people: the same questions as to an ELM document (view.h), answered by the claims that elements.def names for each.
 *
 * What a holder does not show is not answered; nothing here guesses. Texts are as the issuer wrote them, in the language that the credential names; what
 * is a number, a day or a code is said in the reader's language. Claims of the wrong kind are passed over: mr_vct_check tells of them.
 *
 * Nothing is verified here. */
#include "credential/sd_jwt_vc_inside.h"
#include "credential/wording.h"

#define VALUES_MAX (sizeof((struct mr_view_answer *)0)->values / sizeof(mr_str))

struct reading {
    mr_arena *a;
    const mr_language *l;
    const mr_json *claims;
    mr_view *view;
};

/* ---- one claim as a text; empty when it says nothing ---- */

static mr_str get(const struct reading *r, const char *name)
{
    return mr_str_trim(mr_json_get_str(r->claims, name));
}

static mr_date day_of(const struct reading *r, const char *name)
{
    mr_date day = {0};
    if (mr_date_parse(get(r, name), &day, NULL) != MR_OK) return (mr_date){0};
    return day;
}

static mr_str say_text(struct reading *r, const mr_json *v)
{
    (void)r;
    return mr_str_trim(mr_json_str(v));
}

static mr_str say_born(struct reading *r, const mr_json *v)
{
    (void)v;
    mr_date day = day_of(r, "birthdate");
    if (!mr_date_is_set(day)) return MR_STR_EMPTY;
    return MR_SAY(r->a, r->l, "view.born", {"date", mr_say_date(r->a, r->l, day)});
}

static mr_str say_issued(struct reading *r, const mr_json *v)
{
    (void)v;
    return mr_say_date(r->a, r->l, day_of(r, "date_of_issuance"));
}

static mr_str say_concept(struct reading *r, mr_scheme_code scheme, const mr_json *v)
{
    mr_str code = say_text(r, v);
    const mr_concept *c = mr_concept_find(scheme, code);
    return c ? mr_concept_label(c, mr_language_tag(r->l)) : code;
}

static mr_str say_country(struct reading *r, const mr_json *v)
{
    return say_concept(r, MR_SCHEME_COUNTRY, v);
}

static mr_str say_language(struct reading *r, const mr_json *v)
{
    return say_concept(r, MR_SCHEME_LANGUAGE, v);
}

static mr_str say_level(struct reading *r, const mr_json *v)
{
    int64_t level;
    if (!mr_json_to_int64(v, &level) || level < 1 || level > 8) return MR_STR_EMPTY;
    return mr_wording_eqf(r->a, r->l, mr_arena_format(r->a, "%d", (int)level));
}

static mr_str say_credits(struct reading *r, const mr_json *v)
{
    double credits;
    if (!mr_json_to_double(v, &credits) || !(credits > 0 && credits < 100000)) return MR_STR_EMPTY;
    mr_str credit = mr_wording_ects(r->a, r->l, (int64_t)(credits * 100 + 0.5));
    return MR_SAY(r->a, r->l, "view.credit_awarded", {"credit", credit});
}

/* Only that there are some is known. */
static mr_str say_options(struct reading *r, const mr_json *v)
{
    if (mr_json_is(v, MR_JSON_TRUE)) return mr_message(r->l, "view.stackable");
    return mr_json_is(v, MR_JSON_FALSE) ? mr_message(r->l, "view.not_stackable") : MR_STR_EMPTY;
}

static const struct wording {
    const char *claim;
    mr_str (*say)(struct reading *, const mr_json *);
} wordings[] = {
    {"birthdate", say_born},
    {"date_of_issuance", say_issued},
    {"issuing_country", say_country},
    {"language_of_classes", say_language},
    {"level_of_learning_experience", say_level},
    {"ects_credits", say_credits},
    {"integration_stackability_options", say_options},
};

/* ---- answers ---- */

static mr_str say(struct reading *r, mr_str claim, const mr_json *v)
{
    for (size_t i = 0; i < sizeof wordings / sizeof *wordings; i++) {
        if (mr_str_is(claim, wordings[i].claim)) return wordings[i].say(r, v);
    }
    return say_text(r, v);
}

static void add(struct mr_view_answer *a, mr_str value)
{
    if (value.len == 0 || a->value_count == VALUES_MAX) return;
    a->values[a->value_count++] = value;
    a->answered = true;
}

/* A list that is longer than there is room for ends with how many more there are. */
static void add_list(struct reading *r, struct mr_view_answer *a, mr_str claim, const mr_json *list)
{
    int64_t over = 0;
    MR_JSON_EACH (element, list) {
        if (a->value_count < VALUES_MAX - 1)
            add(a, say(r, claim, element));
        else
            over++;
    }
    if (over) add(a, MR_SAY(r->a, r->l, "view.more_outcomes", {"count", mr_say_count(r->a, r->l, over)}));
}

static void read_answer(struct reading *r, mr_element e)
{
    struct mr_view_answer *a = &r->view->answers[e];
    mr_str rest = mr_str_of(mr_element_info(e)->sd_jwt), claim;
    while (mr_str_split(&rest, ',', &claim)) {
        const mr_json *v = mr_json_find_member(r->claims, mr_str_trim(claim));
        if (mr_json_is(v, MR_JSON_ARRAY))
            add_list(r, a, mr_str_trim(claim), v);
        else if (v)
            add(a, say(r, mr_str_trim(claim), v));
    }
    if (a->answered) a->language = get(r, "language_of_texts");
}

/* ---- who ---- */

/* The whole name, or what is shown of its parts; the answer says it once. */
static void read_learner(struct reading *r)
{
    struct mr_view_answer *a = &r->view->answers[MR_ELEMENT_LEARNER];
    mr_str whole = get(r, "name"), given = get(r, "given_name"), family = get(r, "family_name");
    if (whole.len == 0 && given.len && family.len)
        whole = mr_arena_concat(r->a, (const mr_str[]){given, MR_STR(" "), family}, 3);
    if (whole.len == 0) whole = given.len ? given : family;
    r->view->learner = whole;
    r->view->birth_date = day_of(r, "birthdate");
    *a = (struct mr_view_answer){0};
    add(a, whole);
    add(a, say_born(r, NULL));
    add(a, get(r, "learner_identification"));
}

/* The Commission's type knows no other awarding body than the issuing authority; in ours the list may be hidden. An issuer that is not among them
 * says so in a claim of its own: names alone cannot tell, because they may be in two languages. */
static void read_awarding_body(struct reading *r)
{
    struct mr_view_answer *a = &r->view->answers[MR_ELEMENT_AWARDING_BODY];
    const mr_json *bodies = mr_json_get(r->claims, "awarding_bodies");
    r->view->on_behalf_of = get(r, "issued_on_behalf_of");
    r->view->others_award = r->view->on_behalf_of.len || mr_json_count(bodies) > 1;
    *a = (struct mr_view_answer){.language = a->language};
    if (mr_vct_find(get(r, "vct")) == MR_VCT_IS_MICRO_CREDENTIAL)
        add_list(r, a, MR_STR_EMPTY, bodies);
    else
        add(a, r->view->issuer);
    for (size_t i = 0; i < a->value_count; i++)
        r->view->awarding_body = mr_wording_join(r->a, r->view->awarding_body, a->values[i]);
}

static void read_parties(struct reading *r)
{
    r->view->issuer = get(r, "issuing_authority");
    if (r->view->issuer.len == 0) r->view->issuer = get(r, "iss");
    r->view->issuer_country = get(r, "issuing_country");
    read_learner(r);
    read_awarding_body(r);
}

/* ---- when ---- */

static int64_t time_of(struct reading *r, const char *name)
{
    const mr_json *v = mr_json_get(r->claims, name);
    int64_t time;
    if (!v) return MR_TIME_NONE;
    if (mr_json_to_time(v, &time) && time >= 0) return time;
    r->view->dates_unreadable = true;
    return MR_TIME_NONE;
}

/* The achievement may end before the token does: after its last day. */
static int64_t end_of(struct reading *r)
{
    int64_t end = time_of(r, "exp");
    mr_date last = day_of(r, "date_of_expiry");
    if (!mr_date_is_set(last)) return end;
    int64_t over = mr_date_to_time(last) + MR_DAY_MS;
    return end == MR_TIME_NONE || over < end ? over : end;
}

static void read_times(struct reading *r)
{
    r->view->issued = time_of(r, "iat");
    r->view->valid_from = time_of(r, "nbf");
    if (r->view->valid_from == MR_TIME_NONE) r->view->valid_from = r->view->issued;
    r->view->valid_until = end_of(r);
    r->view->awarded_on = day_of(r, "date_of_issuance");
}

/* ---- what ---- */

static void read_summary(struct reading *r)
{
    const struct mr_view_answer *level = &r->view->answers[MR_ELEMENT_LEVEL];
    r->view->id = get(r, "jti");
    r->view->title = get(r, "achievement_title");
    r->view->workload = get(r, "expected_study_time");
    if (level->answered) r->view->level = level->values[0];
}

/* "Internal quality assurance, until ..." or "Internal review 2026 (Internal quality assurance)" */
static bool is_internal(struct reading *r, mr_str value, mr_str internal)
{
    mr_str in_brackets = mr_arena_concat(r->a, (const mr_str[]){MR_STR("("), internal, MR_STR(")")}, 3);
    if (mr_str_find(value, in_brackets) >= 0) return true;
    return mr_str_has_prefix(value, internal) && (value.len == internal.len || value.ptr[internal.len] == ',');
}

/* Ours tells who vouches, in the language of the texts. The Commission's type names kinds only, and nobody who could be asked. */
static void read_quality(struct reading *r)
{
    const struct mr_view_answer *a = &r->view->answers[MR_ELEMENT_QUALITY];
    const mr_language *l = mr_language_find(get(r, "language_of_texts"));
    mr_str internal = mr_wording_quality(l ? l : mr_language_english(), MR_QUALITY_INTERNAL);
    if (mr_vct_find(get(r, "vct")) != MR_VCT_IS_MICRO_CREDENTIAL) return;
    for (size_t i = 0; i < a->value_count; i++)
        r->view->claims_accreditation |= !is_internal(r, a->values[i], internal);
}

int mr_sd_jwt_vc_view(mr_arena *a, const mr_json *claims, const mr_language *l, mr_view *ret, struct mr_err *err)
{
    if (!mr_json_is(claims, MR_JSON_OBJECT)) return MR_FAIL(err, MR_E_FORMAT, "format.object", 0);
    *ret = (mr_view){.issued = MR_TIME_NONE, .valid_from = MR_TIME_NONE, .valid_until = MR_TIME_NONE};
    struct reading r = {.a = a, .l = l, .claims = claims, .view = ret};
    for (mr_element e = 0; e < MR_ELEMENT_COUNT; e++) read_answer(&r, e);
    read_parties(&r);
    read_times(&r);
    read_summary(&r);
    read_quality(&r);
    ret->not_annex = mr_vct_find(mr_json_get_str(claims, "vct")) == MR_VCT_NONE;
    return MR_OK;
}
