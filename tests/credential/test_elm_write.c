#include "testing.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "credential/elm.h"
#include "credential/specification_file.h"
#include "credential/view.h"
#include "crypto/authority.h"
#include "json/write.h"

/* 2026-11-20T12:00:00Z */
#define NOW INT64_C(1795176000000)

struct world {
    mr_arena arena;
    mr_env env;
    struct mr_authority authority;
    struct mr_seal_key seal;
    mr_specification specification;
    mr_buf out;
    struct mr_err err;
};

static void seal_for(struct world *w, const char *organisation, const char *identifier)
{
    const struct mr_seal_subject subject = {.organisation = mr_str_of(organisation),
                                            .organisation_identifier = mr_str_of(identifier),
                                            .country = MR_STR("DK"),
                                            .common_name = MR_STR("TEST seal")};
    assert_ok(mr_authority_issue_seal(&w->authority, &w->env, &subject, MR_KEY_P256, &w->seal, &w->err), w->err);
}

static void open_world(struct world *w, const char *specification)
{
    memset(w, 0, sizeof *w);
    mr_arena_init(&w->arena, 64 * MR_MIB);
    mr_buf_init(&w->out, 16 * MR_MIB);
    w->env = test_env_fixed(NOW, 3);
    assert_ok(mr_authority_new(&w->env, &w->authority, &w->err), w->err);
    struct mr_findings findings;
    mr_findings_init(&findings, &w->arena);
    mr_str path = mr_arena_format(&w->arena, MERIT_SOURCE_ROOT "/docs/examples/%s.json", specification);
    mr_str text = test_read_file(&w->arena, path.ptr);
    assert_ok(mr_specification_read(&w->arena, text, &w->specification, &findings, &w->err), w->err);
    assert_int_equal(findings.faults, 0);
}

static void close_world(struct world *w)
{
    mr_seal_key_done(&w->seal);
    mr_authority_done(&w->authority);
    mr_buf_done(&w->out);
    mr_arena_done(&w->arena);
}

static mr_achievement an_achievement(void)
{
    return (mr_achievement){.id = "01934567-89ab-7cde-8f01-23456789abcd",
                            .learner = {.full_name = MR_STR("Søren \"Æ\" Kierke\\gård"),
                                        .given_name = MR_STR("Søren"),
                                        .family_name = MR_STR("Kierkegård"),
                                        .birth_date = {1994, 5, 5},
                                        .email = MR_STR("soren@example.org"),
                                        .student_number = MR_STR("s204711")},
                            .awarded_on = {2026, 10, 14},
                            .place = MR_STR("Malmö"),
                            .grade = MR_STR("12")};
}

static const mr_json *write_edc(struct world *w, const mr_achievement *x)
{
    const struct mr_elm_issuing i = {&w->specification, w->seal.certificate, NOW};
    const mr_json *document;
    mr_buf_clear(&w->out);
    assert_ok(mr_elm_write_edc(&i, x, MR_STR("PNG\xff"), &w->out, &w->err), w->err);
    mr_str text = mr_arena_dup(&w->arena, mr_buf_str(&w->out));
    assert_ok(mr_json_parse(&w->arena, text, NULL, &document, &w->err), w->err);
    return document;
}

static const mr_json *write_vc2(struct world *w, const mr_achievement *x)
{
    const struct mr_elm_issuing i = {&w->specification, w->seal.certificate, NOW};
    const mr_json *document;
    mr_buf_clear(&w->out);
    assert_ok(mr_elm_write_vc2(&i, x, &w->out, &w->err), w->err);
    mr_str text = mr_arena_dup(&w->arena, mr_buf_str(&w->out));
    assert_ok(mr_json_parse(&w->arena, text, NULL, &document, &w->err), w->err);
    return document;
}

#define A "/credentialSubject/hasClaim/0"
#define VALUE(document, pointer) mr_json_str(mr_json_find((document), MR_STR(pointer)))

static const char *const examples[][3] = {{"wound-care", "Aarhus School of Nursing (invented)", "VATDK-00000000"},
                                          {"data-ethics", "Somebody else", "NTRDK-1"},
                                          {"circular-textiles", "Somebody else", "NTRDK-1"}};

/* Both documents of every example are well-formed, and what they say can be read back: all eleven mandatory elements. */
static void test_elm_write__is_read_back_whole(void **state)
{
    for (size_t i = 0; i < 3; i++) {
        struct world w;
        open_world(&w, examples[i][0]);
        seal_for(&w, examples[i][1], examples[i][2]);
        mr_achievement x = an_achievement();
        const mr_json *documents[] = {write_edc(&w, &x), write_vc2(&w, &x)};
        for (size_t d = 0; d < 2; d++) {
            mr_elm_kind kind;
            mr_view view;
            assert_ok(mr_elm_check_format(documents[d], &kind, &w.err), w.err);
            assert_int_equal(kind, d ? MR_ELM_VC2 : MR_ELM_EDC);
            assert_ok(mr_view_read(&w.arena, documents[d], mr_language_english(), &view, &w.err), w.err);
            for (mr_element e = 0; e < MR_ELEMENT_COUNT; e++) {
                if (mr_element_info(e)->mandatory && !view.answers[e].answered)
                    fail_msg("%s, document %zu: %s is not answered", examples[i][0], d, mr_element_info(e)->code);
            }
            assert_str(view.learner, "Søren \"Æ\" Kierke\\gård");
            assert_int_equal(view.birth_date.day, 5);
            assert_int_equal(view.awarded_on.day, 14);
            assert_str(view.id, "urn:credential:01934567-89ab-7cde-8f01-23456789abcd");
            assert_int_equal(view.mandate_missing, 0);
        }
        close_world(&w);
    }
}

static void test_elm_write__says_what_the_row_says(void **state)
{
    struct world w;
    open_world(&w, "wound-care");
    seal_for(&w, "Aarhus School of Nursing (invented)", "VATDK-00000000");
    mr_achievement x = an_achievement();
    const mr_json *d = write_edc(&w, &x);
    assert_str(VALUE(d, "/id"), "urn:credential:01934567-89ab-7cde-8f01-23456789abcd");
    assert_str(VALUE(d, "/issued"), "2026-11-20T12:00:00Z");
    assert_str(VALUE(d, "/issuanceDate"), "2026-11-20T12:00:00Z");
    assert_str(VALUE(d, "/validFrom"), "2026-10-14T00:00:00Z");
    assert_str(VALUE(d, "/credentialSubject/dateOfBirth"), "1994-05-05T00:00:00Z");
    assert_str(VALUE(d, "/credentialSubject/givenName/en"), "Søren");
    assert_str(VALUE(d, A "/awardedBy/awardingDate"), "2026-10-14T00:00:00Z");
    assert_str(VALUE(d, A "/awardedBy/additionalNote/0/subject/id"), "urn:merit:note:place");
    assert_str(VALUE(d, A "/awardedBy/additionalNote/0/noteLiteral/en"), "Malmö");
    assert_str(VALUE(d, A "/provenBy/0/grade/noteLiteral/en"), "12");
    assert_str(VALUE(d, A "/creditReceived/0/point"), "2");
    assert_str(VALUE(d, A "/specifiedBy/creditPoint/0/point"), "2");
    assert_str(VALUE(d, A "/specifiedBy/volumeOfLearning"), "PT56H");
    assert_str(VALUE(d, A "/specifiedBy/eqfLevel/id"), "http://data.europa.eu/snb/eqf/6");
    assert_str(VALUE(d, A "/specifiedBy/type"), "Qualification");
    assert_str(VALUE(d, "/displayParameter/individualDisplay/0/displayDetail/0/image/content"), "UE5H/w==");
    assert_str(VALUE(d, "/issuer/eIDASIdentifier/notation"), "VATDK-00000000");
    assert_str(VALUE(d, "/issuer/legalName/en"), "Aarhus School of Nursing (invented)");
    assert_null(mr_json_get(d, "evidence"));
    assert_true(mr_str_find(mr_buf_str(&w.out), MR_STR("soren@example.org")) < 0); /* never sealed */
    assert_true(mr_str_find(mr_buf_str(&w.out), MR_STR("s204711")) < 0);
    close_world(&w);
}

static void test_elm_write__leaves_out_what_the_row_does_not_say(void **state)
{
    struct world w;
    open_world(&w, "wound-care");
    seal_for(&w, "Aarhus School of Nursing (invented)", "VATDK-00000000");
    mr_achievement x = {
        .id = "x", .learner = {.full_name = MR_STR("Madonna")}, .awarded_on = {2026, 11, 21}, .ects_awarded = 150};
    const mr_json *d = write_edc(&w, &x);
    assert_null(mr_json_find(d, MR_STR("/credentialSubject/givenName")));
    assert_null(mr_json_find(d, MR_STR("/credentialSubject/dateOfBirth")));
    assert_null(mr_json_find(d, MR_STR(A "/awardedBy/additionalNote")));
    assert_str(VALUE(d, A "/provenBy/1/grade/noteLiteral/en"), "Passed");
    assert_str(VALUE(d, A "/provenBy/1/grade/noteLiteral/da"), "Bestået");
    assert_str(VALUE(d, A "/creditReceived/0/point"), "1.5");
    assert_str(VALUE(d, "/validFrom"), "2026-11-20T12:00:00Z"); /* never later than issued */
    close_world(&w);
}

static void test_elm_write__tells_supervision_in_concept_and_words(void **state)
{
    static const struct {
        mr_supervision supervision;
        const char *id, *words;
    } cases[] = {
        {MR_SUPERVISION_NONE, "http://data.europa.eu/snb/supervision-verification/c598449d64",
         "Without supervision and identity check"},
        {MR_SUPERVISION_SUPERVISED, MR_ELM_SUPERVISED, "Supervised without ID Verification"},
        {MR_SUPERVISION_IDENTITY_ONLINE, "http://data.europa.eu/snb/supervision-verification/70be69aaf9",
         "Supervised with identity check, online"},
        {MR_SUPERVISION_IDENTITY_ON_SITE, "http://data.europa.eu/snb/supervision-verification/70be69aaf9",
         "Supervised with identity check, on site"},
        {MR_SUPERVISION_NOT_SAID, "http://data.europa.eu/snb/supervision-verification/70be69aaf9",
         "Supervised with identity check, on site"}, /* as the specification says */
    };
    struct world w;
    open_world(&w, "wound-care");
    seal_for(&w, "Aarhus School of Nursing (invented)", "VATDK-00000000");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_achievement x = an_achievement();
        x.supervision = cases[i].supervision;
        const mr_json *d = write_edc(&w, &x);
        assert_str(VALUE(d, A "/provenBy/0/idVerification/id"), cases[i].id);
        assert_str(VALUE(d, A "/provenBy/0/additionalNote/0/noteLiteral/en"), cases[i].words);
    }
    w.specification.supervision = MR_SUPERVISION_NOT_SAID;
    mr_achievement x = an_achievement();
    assert_null(mr_json_find(write_edc(&w, &x), MR_STR(A "/provenBy/0/idVerification")));
    close_world(&w);
}

static void test_elm_write__without_a_level_is_no_qualification(void **state)
{
    static const struct mr_localised reason[] = {{MR_STR_INIT("en"), MR_STR_INIT("Not levelled yet.")}};
    struct world w;
    open_world(&w, "wound-care");
    seal_for(&w, "Aarhus School of Nursing (invented)", "VATDK-00000000");
    w.specification.eqf = NULL;
    w.specification.level_reason = (mr_texts){reason, 1};
    mr_achievement x = an_achievement();
    const mr_json *documents[] = {write_edc(&w, &x), write_vc2(&w, &x)};
    for (size_t i = 0; i < 2; i++) {
        const mr_json *d = documents[i];
        mr_elm_kind kind;
        mr_view view;
        assert_ok(mr_elm_check_format(d, &kind, &w.err), w.err);
        assert_str(VALUE(d, A "/specifiedBy/type"), "LearningAchievementSpecification");
        assert_null(mr_json_find(d, MR_STR(A "/specifiedBy/isPartialQualification")));
        assert_null(mr_json_find(d, MR_STR(A "/specifiedBy/accreditation")));
        assert_str(VALUE(d, A "/awardedBy/awardingBody/0/accreditation/0/additionalNote/0/subject/id"),
                   MR_ELM_QUALITY "internal");
        assert_ok(mr_view_read(&w.arena, d, mr_language_english(), &view, &w.err), w.err);
        assert_true(view.answers[MR_ELEMENT_LEVEL].answered);
        assert_true(view.answers[MR_ELEMENT_QUALITY].answered);
        assert_false(view.claims_accreditation); /* internal quality assurance claims none */
    }
    close_world(&w);
}

static void test_elm_write__sealed_by_another_party_is_on_behalf(void **state)
{
    struct world w;
    open_world(&w, "wound-care");
    seal_for(&w, "Sealing Service", "VATDK-99999999");
    mr_achievement x = an_achievement();
    const mr_json *documents[] = {write_edc(&w, &x), write_vc2(&w, &x)};
    for (size_t i = 0; i < 2; i++) {
        mr_elm_kind kind;
        assert_ok(mr_elm_check_format(documents[i], &kind, &w.err), w.err);
        assert_str(VALUE(documents[i], "/evidence/0/dcType/id"), "http://data.europa.eu/snb/evidence-type/c_18016257");
        assert_str(VALUE(documents[i], "/evidence/0/evidenceStatement"),
                   "Issued by Sealing Service on behalf of Aarhus School of Nursing (invented)");
        assert_str(VALUE(documents[i], "/issuer/legalName/en"), "Sealing Service");
    }
    close_world(&w);
}

static void test_elm_write__expires_at_the_end_of_its_last_day(void **state)
{
    static const struct {
        mr_date awarded;
        int months;
        const char *until;
    } cases[] = {{{2026, 10, 14}, 24, "2028-10-14T23:59:59Z"},
                 {{2024, 1, 31}, 1, "2024-02-29T23:59:59Z"},
                 {{2024, 2, 29}, 12, "2025-02-28T23:59:59Z"},
                 {{2025, 12, 31}, 1, "2026-01-31T23:59:59Z"},
                 {{2025, 8, 31}, 6, "2026-02-28T23:59:59Z"}};
    struct world w;
    open_world(&w, "wound-care");
    seal_for(&w, "Aarhus School of Nursing (invented)", "VATDK-00000000");
    mr_achievement x = an_achievement();
    assert_null(mr_json_get(write_edc(&w, &x), "validUntil"));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        w.specification.valid_months = cases[i].months;
        x.awarded_on = cases[i].awarded;
        const mr_json *d = write_edc(&w, &x);
        assert_str(VALUE(d, "/validUntil"), cases[i].until);
        assert_str(VALUE(d, "/expirationDate"), cases[i].until);
        assert_str(VALUE(write_vc2(&w, &x), "/validUntil"), cases[i].until);
    }
    close_world(&w);
}

static void test_elm_write_vc2__is_no_edc_and_names_its_certificate(void **state)
{
    MR_CLEANUP(mr_buf_done) mr_buf id;
    struct world w;
    open_world(&w, "data-ethics");
    seal_for(&w, "Somebody else", "NTRDK-1");
    mr_achievement x = an_achievement();
    const mr_json *d = write_vc2(&w, &x);
    mr_buf_init(&id, MR_KIB);
    mr_buf_puts(&id, MR_ELM_ISSUER_ID);
    mr_base64url_put(&id, mr_str_make((const char *)mr_certificate_sha256(w.seal.certificate), 32));
    assert_str_eq(VALUE(d, "/issuer/id"), mr_buf_str(&id));
    assert_null(mr_json_get(d, "displayParameter"));
    assert_int_equal(mr_json_count(mr_json_get(d, "type")), 1);
    assert_true(w.out.len < 24 * MR_KIB);
    close_world(&w);
}

/* --- the same node is the same wherever it stands ------------------------------------------------------------------ */

struct node {
    mr_str id, text;
};
struct nodes {
    struct world *w;
    struct node seen[512];
    size_t count;
    size_t repeated;
};

static void look_at(struct nodes *n, const mr_json *v)
{
    mr_str id = mr_json_get_str(v, "id");
    MR_JSON_EACH (item, v) look_at(n, item);
    MR_JSON_EACH_MEMBER (name, v) look_at(n, name + 1);
    if (id.len == 0 || mr_json_count(v) <= 2) return; /* only referred to */
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_json_writer writer;
    mr_buf_init(&text, MR_MIB);
    mr_json_writer_init(&writer, &text, 0);
    mr_json_put_value(&writer, v);
    for (size_t i = 0; i < n->count; i++) {
        if (!mr_str_eq(n->seen[i].id, id)) continue;
        assert_str_eq(mr_buf_str(&text), n->seen[i].text);
        n->repeated++;
        return;
    }
    assert_true(n->count < 512);
    n->seen[n->count++] = (struct node){id, mr_arena_dup(&n->w->arena, mr_buf_str(&text))};
}

static void test_elm_write__repeated_nodes_are_alike(void **state)
{
    for (size_t i = 0; i < 6; i++) {
        struct world w;
        open_world(&w, examples[i % 3][0]);
        seal_for(&w, "Somebody else", "NTRDK-1");
        mr_achievement x = an_achievement();
        if (i == 5) w.specification.eqf = w.specification.nqf = NULL;
        static struct nodes n;
        n = (struct nodes){.w = &w};
        const mr_json *d = i < 3 ? write_edc(&w, &x) : write_vc2(&w, &x);
        look_at(&n, d);
        assert_true(n.count > 30);
        if (i < 3) assert_true(n.repeated > 10); /* an EDC says them again, like the Commission's */
        close_world(&w);
    }
}

static void test_elm_write__a_full_buffer_is_an_error(void **state)
{
    struct world w;
    open_world(&w, "wound-care");
    seal_for(&w, "Aarhus School of Nursing (invented)", "VATDK-00000000");
    mr_achievement x = an_achievement();
    const struct mr_elm_issuing i = {&w.specification, w.seal.certificate, NOW};
    for (size_t max = 0; max < 16000; max += 500) {
        MR_CLEANUP(mr_buf_done) mr_buf small;
        mr_buf_init(&small, max);
        assert_int_equal(mr_elm_write_edc(&i, &x, MR_STR("PNG"), &small, &w.err), MR_E_LIMIT);
    }
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_elm_write__is_read_back_whole),
        cmocka_unit_test(test_elm_write__says_what_the_row_says),
        cmocka_unit_test(test_elm_write__leaves_out_what_the_row_does_not_say),
        cmocka_unit_test(test_elm_write__tells_supervision_in_concept_and_words),
        cmocka_unit_test(test_elm_write__without_a_level_is_no_qualification),
        cmocka_unit_test(test_elm_write__sealed_by_another_party_is_on_behalf),
        cmocka_unit_test(test_elm_write__expires_at_the_end_of_its_last_day),
        cmocka_unit_test(test_elm_write_vc2__is_no_edc_and_names_its_certificate),
        cmocka_unit_test(test_elm_write__repeated_nodes_are_alike),
        cmocka_unit_test(test_elm_write__a_full_buffer_is_an_error),
    };
    return cmocka_run_group_tests_name("credential/elm_write", tests, NULL, NULL);
}
