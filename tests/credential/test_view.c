#include "sealed.h"

#include "base/limits.h"
#include "credential/view.h"
#include "json/write.h"

#include <stdlib.h>

static const mr_json *parse(mr_arena *a, mr_str text)
{
    struct mr_err err = {0};
    const mr_json *root = NULL;
    assert_ok(mr_json_parse(a, text, NULL, &root, &err), err);
    return root;
}

static mr_view read_view(mr_arena *a, mr_str text, const char *language)
{
    struct mr_err err = {0};
    mr_view v;
    const mr_language *l = mr_language_find(mr_str_of(language));
    assert_non_null(l);
    assert_ok(mr_view_read(a, parse(a, text), l, &v, &err), err);
    return v;
}

static void assert_values(const mr_view *v, mr_element e, const char *first, const char *second)
{
    const struct mr_view_answer *a = &v->answers[e];
    size_t wanted = (first != NULL) + (second != NULL);
    if (a->value_count != wanted || a->answered != (wanted > 0))
        fail_msg("%s: %zu values, first \"%.*s\"", mr_element_info(e)->code, a->value_count, MR_STR_ARG(a->values[0]));
    if (first) assert_str(a->values[0], first);
    if (second) assert_str(a->values[1], second);
}

static mr_str official(mr_arena *a, const char *name)
{
    const char *elm = test_elm();
    if (!elm) test_skip("the ELM data is not here (MERIT_ELM)");
    return test_read_file(a, test_path(a, elm, name));
}

static void test_view_read__the_commissions_sample(void **state)
{
    (void)state;
    mr_arena a;
    mr_arena_init(&a, 64 * MR_MIB);
    mr_str payload = mr_json_get_str(parse(&a, official(&a, "samples/Sample-MC-Annex1-signed.jsonld")), "payload");
    mr_view v = read_view(&a, payload, "en");
    assert_values(&v, MR_ELEMENT_LEARNER, "Ana Andromeda", "born 2 October 1999");
    assert_values(&v, MR_ELEMENT_TITLE, "Digital micro-credential creation", NULL);
    assert_values(&v, MR_ELEMENT_COUNTRY, "Ireland", "Spain");
    assert_values(&v, MR_ELEMENT_AWARDING_BODY, "University of Zed", NULL);
    assert_values(&v, MR_ELEMENT_DATE, "27 September 2023", NULL);
    assert_values(&v, MR_ELEMENT_OUTCOMES, "Communication, collaboration and creativity", "Developing digital content");
    assert_values(&v, MR_ELEMENT_WORKLOAD, "2 ECTS, 60 hours", NULL);
    assert_values(&v, MR_ELEMENT_LEVEL, "EQF 6", "RQF Level 6");
    assert_values(&v, MR_ELEMENT_ASSESSMENT, "Digital artefact assessment (artefact assessment)", NULL);
    assert_values(&v, MR_ELEMENT_PARTICIPATION, "Blended", NULL);
    assert_values(&v, MR_ELEMENT_QUALITY, NULL, NULL); /* the sample does not meet element 11 */
    assert_true(v.answers[MR_ELEMENT_PREREQUISITES].answered);
    assert_true(v.answers[MR_ELEMENT_SUPERVISION].answered);
    assert_values(&v, MR_ELEMENT_GRADE, "Pass", NULL);
    assert_values(&v, MR_ELEMENT_STACKABILITY, NULL, NULL);
    assert_str(v.on_behalf_of, "University of Zed");
    assert_false(v.mandate_missing);
    assert_str(v.issuer, "ORGANIZACION TEST");
    assert_str(v.issuer_identifier, "VATES-A00000000");
    assert_str(v.issuer_country, "ES");
    assert_str(v.page_image_type, "image/jpeg");
    assert_true(v.page_image.len > 40000);
    assert_false(v.claims_accreditation);
    v = read_view(&a, payload, "da");
    assert_values(&v, MR_ELEMENT_COUNTRY, "Irland", "Spanien");
    mr_arena_done(&a);
}

static void test_view_read__a_complete_document_of_the_commissions_model(void **state)
{
    (void)state;
    mr_arena a;
    mr_arena_init(&a, 64 * MR_MIB);
    mr_view v = read_view(&a, official(&a, "minimal/edc-annex1.jsonld"), "en");
    for (mr_element e = 0; e < MR_ELEMENT_COUNT; e++)
        if (mr_element_info(e)->mandatory && !v.answers[e].answered)
            fail_msg("%s is not answered", mr_element_info(e)->code);
    assert_values(&v, MR_ELEMENT_SUPERVISION, "Supervised with ID Verification", NULL);
    assert_int_equal(v.on_behalf_of.len, 0);
    assert_false(v.mandate_missing);
    assert_false(v.claims_accreditation);
    mr_arena_done(&a);
}

static void test_view_read__ours_in_two_languages(void **state)
{
    (void)state;
    mr_arena a;
    mr_arena_init(&a, 64 * MR_MIB);
    mr_str text = test_credential_write(&a, &(struct test_credential){0});
    mr_view v = read_view(&a, text, "en");
    assert_values(&v, MR_ELEMENT_LEARNER, "Mette Krogh Poulsen", "born 2 March 1991");
    assert_values(&v, MR_ELEMENT_OUTCOMES, "Assess and stage chronic wounds.", "Judge when to refer.");
    assert_values(&v, MR_ELEMENT_WORKLOAD, "2.5 ECTS, 56 hours", NULL);
    assert_values(&v, MR_ELEMENT_LEVEL, "EQF 6", NULL);
    assert_values(&v, MR_ELEMENT_DATE, "13 October 2026", NULL);
    assert_values(&v, MR_ELEMENT_QUALITY, "Internal review of 2026 (Program Quality Assurance)", NULL);
    v = read_view(&a, text, "da");
    assert_str(v.title, "Sårpleje");
    assert_values(&v, MR_ELEMENT_OUTCOMES, "Assess and stage chronic wounds.", "Vurdere, hvornår der skal henvises.");
    assert_values(&v, MR_ELEMENT_WORKLOAD, "2,5 ECTS, 56 timer", NULL);
    assert_values(&v, MR_ELEMENT_COUNTRY, "Danmark", NULL);
    mr_arena_done(&a);
}

static const struct {
    const char *born, *day;
} births[] = {
    {"1999-10-01T22:00:00Z", "1999-10-02"},
    {"1999-10-02T00:00:00Z", "1999-10-02"},
    {"1999-10-02T00:00:00+02:00", "1999-10-02"},
    {"1999-12-31T23:00:00Z", "2000-01-01"},
    {"1999-10-02T00:00:00-05:00", "1999-10-02"},
    {"1999-10-02", "1999-10-02"},
    {"1999-10-01T22:30:00Z", "1999-10-01"},
    {"1999-13-02T00:00:00Z", ""},
    {"yesterday", ""},
};

static void test_view_read__a_birth_date_is_a_day(void **state)
{
    (void)state;
    mr_arena a;
    mr_arena_init(&a, 64 * MR_MIB);
    for (size_t i = 0; i < sizeof births / sizeof *births; i++) {
        char day[11] = "";
        mr_str text =
            test_json(&a, mr_arena_format(&a, "{'credentialSubject':{'fullName':{'en':'Ana'},'dateOfBirth':'%s'}}",
                                          births[i].born)
                              .ptr);
        mr_view v = read_view(&a, text, "en");
        if (mr_date_is_set(v.birth_date)) mr_date_write(v.birth_date, day);
        if (strcmp(day, births[i].day) != 0) fail_msg("%s: got %s, wanted %s", births[i].born, day, births[i].day);
    }
    mr_arena_done(&a);
}

static void test_view_read__notes_and_quality_of_ours(void **state)
{
    (void)state;
    mr_arena a;
    mr_arena_init(&a, 64 * MR_MIB);
    struct test_credential t = {
        .eqf = "",
        .more_specification =
            ",'additionalNote':["
            "{'type':'Note','noteLiteral':{'en':'It is below level "
            "1.'},'subject':{'id':'urn:merit:note:level-does-not-apply','type':'Concept'}},"
            "{'type':'Note','noteLiteral':{'en':'Part of the "
            "diploma.'},'subject':{'id':'urn:merit:note:stackability','type':'Concept'}},"
            "{'type':'Note','noteLiteral':{'en':'Free of "
            "charge'},'subject':{'id':'urn:merit:note:price','type':'Concept','prefLabel':{'en':'Price'}}},"
            "{'type':'Note','noteLiteral':{'en':'Bring your own device.'}}]",
        .more = ",'evidence':{'type':'Evidence','accreditation':{'type':'Accreditation','title':{'en':'Institutional "
                "accreditation'},"
                "'additionalNote':[{'type':'Note','noteLiteral':{'en':'Institutional "
                "accreditation'},'subject':{'id':'urn:merit:quality:institution'}},"
                "{'type':'Note','noteLiteral':{'en':'accredited with "
                "conditions'},'subject':{'id':'urn:merit:note:conditional'}}],"
                "'accreditingAgent':{'legalName':{'en':'The Agency'}}}}"};
    mr_view v = read_view(&a, test_credential_write(&a, &t), "en");
    assert_values(&v, MR_ELEMENT_LEVEL, "Does not apply: It is below level 1.", NULL);
    assert_values(&v, MR_ELEMENT_STACKABILITY, "Part of the diploma.", NULL);
    assert_values(&v, MR_ELEMENT_FURTHER, "Price: Free of charge", "Bring your own device.");
    assert_values(&v, MR_ELEMENT_QUALITY, "Internal review of 2026 (Program Quality Assurance)",
                  "Institutional accreditation, The Agency, accredited with conditions");
    assert_true(v.claims_accreditation);
    mr_arena_done(&a);
}

/* What nobody but Merit wrote, and in English, is said to readers in their language; what a provider wrote stays. */
static void test_view_read__our_own_english_in_the_language_of_the_reader(void **state)
{
    (void)state;
    mr_arena a;
    mr_arena_init(&a, 64 * MR_MIB);
    struct test_credential t = {
        .more_specification =
            ",'additionalNote':["
            "{'type':'Note','noteLiteral':{'en':'The level is declared by the "
            "provider'},'subject':{'id':'urn:merit:note:level-basis','type':'Concept'}},"
            "{'type':'Note','noteLiteral':{'en':'Part time "
            "light'},'subject':{'id':'urn:merit:note:schedule','type':'Concept','prefLabel':{'en':'Pace'}}},"
            "{'type':'Note','noteLiteral':{'en':'2028-12-31'},'subject':{'id':'urn:merit:note:review-by',"
            "'type':'Concept','prefLabel':{'en':'To be reviewed by'}}}]",
        .more = ",'evidence':{'type':'Evidence','accreditation':{'type':'Accreditation','title':{'en':'Quality label'},"
                "'additionalNote':[{'type':'Note','noteLiteral':{'en':'Quality "
                "label'},'subject':{'id':'urn:merit:quality:label'}}],"
                "'accreditingAgent':{'legalName':{'en':'The Agency'}}}}"};
    mr_str text = test_credential_write(&a, &t);
    mr_view v = read_view(&a, text, "el");
    assert_values(&v, MR_ELEMENT_LEVEL, "ΕΠΕΠ 6", "κατά δήλωση του παρόχου");
    assert_values(&v, MR_ELEMENT_FURTHER, "Ρυθμός: Μερική φοίτηση, ελαφριά", "Επανεξέταση έως: 31 Δεκεμβρίου 2028");
    assert_str(v.answers[MR_ELEMENT_QUALITY].values[1], "Quality label (Σήμα ποιότητας), The Agency");
    v = read_view(&a, text, "en");
    assert_values(&v, MR_ELEMENT_LEVEL, "EQF 6", "The level is declared by the provider");
    assert_values(&v, MR_ELEMENT_FURTHER, "Pace: Part time light", "To be reviewed by: 31 December 2028");
    mr_arena_done(&a);
}

/* The same of a credential that speaks Greek alone. */
static void test_view_read__our_own_greek_in_the_language_of_the_reader(void **state)
{
    (void)state;
    mr_arena a;
    mr_arena_init(&a, 64 * MR_MIB);
    struct test_credential t = {
        .more_specification =
            ",'additionalNote':["
            "{'type':'Note','noteLiteral':{'el':'Το επίπεδο δηλώνεται από τον πάροχο'},"
            "'subject':{'id':'urn:merit:note:level-basis','type':'Concept'}},"
            "{'type':'Note','noteLiteral':{'el':'Μερική φοίτηση, ελαφριά'},"
            "'subject':{'id':'urn:merit:note:schedule','type':'Concept','prefLabel':{'el':'Ρυθμός'}}}]",
        .more = ",'evidence':{'type':'Evidence','accreditation':{'type':'Accreditation','title':{'el':'Απόφαση'},"
                "'additionalNote':[{'type':'Note','noteLiteral':{'el':'Ιδρυματική διαπίστευση'},"
                "'subject':{'id':'urn:merit:quality:institution'}},"
                "{'type':'Note','noteLiteral':{'el':'Διαπίστευση με "
                "όρους'},'subject':{'id':'urn:merit:note:conditional'}}],"
                "'accreditingAgent':{'legalName':{'el':'Αρχή'}}}}"};
    mr_str text = test_credential_write(&a, &t);
    mr_view v = read_view(&a, text, "da");
    assert_values(&v, MR_ELEMENT_LEVEL, "EQF 6", "angivet af udbyderen");
    assert_values(&v, MR_ELEMENT_FURTHER, "Tempo: Deltid, let", NULL);
    assert_str(v.answers[MR_ELEMENT_QUALITY].values[1],
               "Απόφαση (Institutionsakkreditering), Αρχή, Akkrediteret med betingelser");
    v = read_view(&a, text, "el");
    assert_values(&v, MR_ELEMENT_LEVEL, "ΕΠΕΠ 6", "Το επίπεδο δηλώνεται από τον πάροχο");
    mr_arena_done(&a);
}

static void test_view_read__more_outcomes_than_places(void **state)
{
    (void)state;
    mr_arena a;
    mr_buf b;
    mr_arena_init(&a, 64 * MR_MIB);
    mr_buf_init(&b, MR_MIB);
    mr_buf_puts(&b,
                "{'credentialSubject':{'hasClaim':{'type':'LearningAchievement','specifiedBy':{'learningOutcome':[");
    for (int i = 0; i < 40; i++) mr_buf_format(&b, "%s{'title':{'en':'Outcome %d'}}", i ? "," : "", i);
    mr_buf_puts(&b, "]}}}}");
    mr_buf_putc(&b, '\0');
    mr_view v = read_view(&a, test_json(&a, b.ptr), "en");
    assert_int_equal(v.answers[MR_ELEMENT_OUTCOMES].value_count, 24);
    assert_str(v.answers[MR_ELEMENT_OUTCOMES].values[23], "and 17 more");
    mr_buf_done(&b);
    mr_arena_done(&a);
}

/* Whatever stands where, nothing is read beyond it: every value of the document is replaced by every other kind of value. */
static void replace_and_read(mr_str text, const mr_json *node, const char *by)
{
    mr_arena a;
    struct mr_err err = {0};
    const mr_json *root = NULL;
    mr_view v;
    mr_arena_init(&a, 32 * MR_MIB);
    size_t start = node->position, end = start, depth = 0;
    bool quoted = false;
    do { /* the end of a JSON value, found by hand */
        char c = text.ptr[end];
        if (quoted) {
            if (c == '\\') end++;
            if (c == '"') quoted = false;
        } else if (c == '"')
            quoted = true;
        else if (c == '{' || c == '[')
            depth++;
        else if (c == '}' || c == ']')
            depth--;
        end++;
    } while (quoted || depth || (node->type == MR_JSON_NUMBER && strchr("0123456789.", text.ptr[end])));
    mr_str parts[] = {mr_str_make(text.ptr, start), mr_str_of(by), mr_str_from(text, end)};
    assert_ok(mr_json_parse(&a, mr_arena_concat(&a, parts, 3), NULL, &root, &err), err);
    int code = mr_view_read(&a, root, mr_language_english(), &v, &err);
    assert_true(code == MR_OK || code == MR_E_FORMAT);
    mr_arena_done(&a);
}

static void test_view_read__any_value_anywhere(void **state)
{
    (void)state;
    static const char *const values[] = {"null",
                                         "true",
                                         "-1.5e3",
                                         "\"\"",
                                         "[]",
                                         "{}",
                                         "[[{}]]",
                                         "[null,1,\"x\",{\"id\":3}]",
                                         "{\"en\":{\"en\":[[]]}}",
                                         "{\"id\":[\"a\"],\"@value\":{}}"};
    mr_arena a;
    size_t tried = 0;
    mr_arena_init(&a, 64 * MR_MIB);
    mr_str text = test_credential_write(
        &a, &(struct test_credential){
                .more = ",'expirationDate':'2030-01-01T00:00:00Z','evidence':[{'accreditation':[]}]"});
    const mr_json *root = parse(&a, text);
    for (uint32_t i = 0; i < root->skip; i++) {
        /* names of members are no values: they are followed by a colon */
        const mr_json *node = root + i;
        if (node->type == MR_JSON_STRING && node->ptr[node->len] == '"' && node->ptr[node->len + 1] == ':') continue;
        for (size_t k = 0; k < sizeof values / sizeof *values; k++) replace_and_read(text, node, values[k]), tried++;
    }
    assert_true(tried > 1000);
    mr_arena_done(&a);
}

static void test_view_write_elements__outcomes_first(void **state)
{
    (void)state;
    mr_arena a;
    mr_buf out;
    mr_json_writer w;
    mr_arena_init(&a, 64 * MR_MIB);
    mr_buf_init(&out, MR_MIB);
    mr_view v = read_view(&a, test_credential_write(&a, &(struct test_credential){.eqf = ""}), "en");
    mr_json_writer_init(&w, &out, 0);
    mr_view_write_elements(&v, mr_language_english(), &w);
    const mr_json *list = parse(&a, mr_buf_str(&out));
    assert_int_equal(mr_json_count(list), MR_ELEMENT_COUNT);
    assert_str(mr_json_get_str(mr_json_at(list, 0), "code"), "learning_outcomes");
    assert_int_equal(mr_json_count(mr_json_get(mr_json_at(list, 0), "values")), 2);
    assert_true(mr_json_is(mr_json_get(mr_json_at(list, 0), "mandatory"), MR_JSON_TRUE));
    size_t unanswered = 0;
    MR_JSON_EACH (element, list) {
        if (mr_json_is(mr_json_get(element, "mandatory"), MR_JSON_TRUE) &&
            mr_json_is(mr_json_get(element, "answered"), MR_JSON_FALSE))
            unanswered++;
    }
    assert_int_equal(unanswered, 1);
    mr_buf_done(&out);
    mr_arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_view_read__the_commissions_sample),
        cmocka_unit_test(test_view_read__a_complete_document_of_the_commissions_model),
        cmocka_unit_test(test_view_read__ours_in_two_languages),
        cmocka_unit_test(test_view_read__a_birth_date_is_a_day),
        cmocka_unit_test(test_view_read__notes_and_quality_of_ours),
        cmocka_unit_test(test_view_read__our_own_english_in_the_language_of_the_reader),
        cmocka_unit_test(test_view_read__our_own_greek_in_the_language_of_the_reader),
        cmocka_unit_test(test_view_read__more_outcomes_than_places),
        cmocka_unit_test(test_view_read__any_value_anywhere),
        cmocka_unit_test(test_view_write_elements__outcomes_first),
    };
    return cmocka_run_group_tests_name("credential/view", tests, NULL, NULL);
}
