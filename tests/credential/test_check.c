/* Checking documents: the Commission's samples say exactly what a registrar should hear of them, each single fault is found, and what is right is let be. */
#include "testing.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "credential/check.h"
#include "credential/issue.h"
#include "credential/specification_file.h"
#include "json/write.h"
#include "sealed.h"

/* 2026-10-14T09:12:00Z: TEST_NOW. */

struct bench {
    mr_arena a;
    mr_env env;
    mr_checker *checker;
};

static void bench_open(struct bench *b)
{
    struct mr_err err = {0};
    mr_arena_init(&b->a, MR_LIMIT_DOCUMENT_MEMORY);
    b->env = test_env_fixed(TEST_NOW, 1);
    assert_ok(mr_checker_open(&b->env, &b->checker, &err), err);
}

static void bench_close(struct bench *b)
{
    mr_checker_close(b->checker);
    mr_arena_done(&b->a);
}

static mr_checked check(struct bench *b, mr_str text)
{
    struct mr_err err = {0};
    mr_checked checked;
    assert_ok(mr_check_file(b->checker, &b->a, text, mr_language_english(), &checked, &err), err);
    return checked;
}

/* "✗ code pointer", a line each; "?" for warnings, "·" for remarks. */
static mr_str listed(mr_arena *a, const mr_checked *c)
{
    mr_str all = MR_STR("");
    for (size_t i = 0; i < c->findings.count; i++) {
        const struct mr_finding *f = &c->findings.items[i];
        all = mr_arena_format(a, "%.*s%s %s %s\n", MR_STR_ARG(all),
                              f->remark    ? "·"
                              : f->warning ? "?"
                                           : "✗",
                              f->id, f->pointer);
    }
    return all;
}

static const char *needs_elm(void)
{
    const char *elm = test_elm();
    if (!elm) test_skip("the ELM data are not here (MERIT_ELM)");
    return elm;
}

#define CLAIM "/credentialSubject/hasClaim"

/* ---- the samples ---- */

#define MC_FAULT "✗ check.missing %s" CLAIM "/specifiedBy\n"
#define MC_WARNINGS                                                                                                    \
    "? check.birth_zone %s/credentialSubject/dateOfBirth\n"                                                            \
    "? check.awarding_date %s" CLAIM "/awardedBy\n"                                                                    \
    "? check.duration_months %s" CLAIM "/influencedBy/specifiedBy/volumeOfLearning\n"                                  \
    "? check.language_undeclared %s" CLAIM "/specifiedBy/learningOutcome/1/title/es\n"                                 \
    "? check.valid_before_end %s/validFrom\n"
#define MC_REMARKS                                                                                                     \
    "· check.concept_own %s" CLAIM "/provenBy/specifiedBy/dcType\n"                                                    \
    "· check.optional %s" CLAIM "/specifiedBy\n"                                                                       \
    "· check.national_id %s/credentialSubject/nationalID\n"

/* %s: where the credential begins. */
static const struct {
    const char *file, *at, *findings;
    mr_checked_kind kind;
    size_t answered;
} samples[] = {
    {"samples/Sample-MC-Annex1-unsigned.jsonld", "",
     MC_FAULT MC_WARNINGS "· check.sealing.issued %s\n" MC_REMARKS "· check.sealing.issuer %s/issuer\n",
     MR_CHECKED_UNSEALED, 14},
    {"samples/Sample-MC-Annex1-unsigned-uploadable.json", "/credential",
     MC_FAULT MC_WARNINGS "· check.sealing.issued %s\n" MC_REMARKS "· check.sealing.issuer %s/issuer\n",
     MR_CHECKED_UNSEALED, 14},
    {"samples/Sample-MC-Annex1-signed.jsonld", "", MC_FAULT MC_WARNINGS MC_REMARKS, MR_CHECKED_SEALED, 14},
    {"samples/Sample-CertOfPart-unsigned.jsonld", "",
     "✗ check.missing %s" CLAIM "/specifiedBy\n"
     "✗ check.missing %s" CLAIM "/specifiedBy\n"
     "✗ check.missing %s" CLAIM "\n"
     "✗ check.missing %s" CLAIM "/specifiedBy\n"
     "? check.birth_zone %s/credentialSubject/dateOfBirth\n"
     "? check.duration_months %s" CLAIM "/specifiedBy/volumeOfLearning\n"
     "· check.sealing.issued %s\n"
     "· check.optional %s" CLAIM "\n"
     "· check.optional %s" CLAIM "\n"
     "· check.optional %s" CLAIM "/specifiedBy\n"
     "· check.optional %s" CLAIM "/specifiedBy\n"
     "· check.national_id %s/credentialSubject/nationalID\n"
     "· check.sealing.issuer %s/issuer\n",
     MR_CHECKED_UNSEALED, 8},
    {"samples/credential-sample.jsonld", "",
     "✗ check.term.letter %s/issuer/eIDASΙdentifier\n"
     "✗ check.missing %s" CLAIM "\n"
     "✗ check.missing %s" CLAIM "\n"
     "✗ check.missing %s" CLAIM "\n"
     "✗ check.missing %s" CLAIM "\n"
     "✗ check.missing %s" CLAIM "\n"
     "✗ check.missing %s" CLAIM "\n"
     "✗ check.part_missing %s/displayParameter\n"
     "? check.awarding_date %s" CLAIM "/awardedBy\n"
     "? check.expired %s/validUntil\n"
     "· check.sealing.issuer %s/issuer\n"
     "· check.optional %s" CLAIM "\n"
     "· check.optional %s" CLAIM "\n"
     "· check.optional %s" CLAIM "\n"
     "· check.optional %s" CLAIM "\n"
     "· check.optional %s" CLAIM "\n",
     MR_CHECKED_UNSEALED, 5},
    {"minimal/edc-annex1.jsonld", "",
     "? check.awarding_date %s" CLAIM "/awardedBy\n· check.optional %s" CLAIM "/specifiedBy\n", MR_CHECKED_UNSEALED,
     15},
    {"minimal/loq-minimal.ttl", "", "", MR_CHECKED_OPPORTUNITIES, 0},
    {"minimal/ams-minimal.ttl", "", "", MR_CHECKED_ACCREDITATIONS, 0},
    {"expected/Sample-MC-Annex1-signed.nq", "", "", MR_CHECKED_UNSEALED, 0},
    {"samples/credential-sample-turtle.ttl", "",
     "✗ check.part_missing http://example.org/cl1\n"
     "✗ check.part_missing http://example.org/display1\n"
     "✗ check.part_missing http://example.org/credential132\n",
     MR_CHECKED_UNSEALED, 0},
};

/* The pattern with every "%s" replaced. */
static mr_str placed(mr_arena *a, const char *pattern, const char *at)
{
    mr_str all = MR_STR(""), rest = mr_str_of(pattern);
    for (ptrdiff_t i; (i = mr_str_find(rest, MR_STR("%s"))) >= 0; rest = mr_str_from(rest, (size_t)i + 2))
        all = mr_arena_concat(a, (const mr_str[]){all, mr_str_make(rest.ptr, (size_t)i), mr_str_of(at)}, 3);
    return mr_arena_concat(a, (const mr_str[]){all, rest}, 2);
}

static void test_check__says_of_the_samples_what_is_missing_or_odd_and_no_more(void **state)
{
    const char *elm = needs_elm();
    struct bench b;
    bench_open(&b);
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        print_message("# %s\n", samples[i].file);
        mr_checked c = check(&b, test_read_file(&b.a, test_path(&b.a, elm, samples[i].file)));
        mr_str got = listed(&b.a, &c), wanted = placed(&b.a, samples[i].findings, samples[i].at);
        assert_str_eq(got, wanted);
        assert_int_equal(c.kind, samples[i].kind);
        assert_int_equal(c.answered, samples[i].answered);
        mr_arena_reset(&b.a);
    }
    bench_close(&b);
}

/* ---- single faults ---- */

/* A value with that at `at` (a path of this value) replaced by JSON text, or taken out when the text is NULL. */
static void edit(mr_json_writer *w, const mr_json *v, const mr_json *at, const char *text)
{
    if (v == at)
        mr_json_put_raw(w, mr_str_of(text));
    else if (mr_json_is(v, MR_JSON_OBJECT)) {
        mr_json_begin_object(w);
        MR_JSON_EACH_MEMBER (name, v) {
            if (name + 1 == at && !text) continue;
            mr_json_put_name_str(w, mr_json_text(name));
            edit(w, name + 1, at, text);
        }
        mr_json_end_object(w);
    } else if (mr_json_is(v, MR_JSON_ARRAY)) {
        mr_json_begin_array(w);
        MR_JSON_EACH (item, v) edit(w, item, at, text);
        mr_json_end_array(w);
    } else
        mr_json_put_value(w, v);
}

static mr_str edited(mr_arena *a, mr_str document, const char *pointer, const char *text)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err err = {0};
    const mr_json *root;
    mr_json_writer w;
    assert_ok(mr_json_parse(a, document, NULL, &root, &err), err);
    const mr_json *at = mr_json_find(root, mr_str_of(pointer));
    if (!at) fail_msg("there is no %s", pointer);
    mr_buf_init(&out, MR_MIB);
    mr_json_writer_init(&w, &out, 0);
    edit(&w, root, at, text ? test_json(a, text).ptr : NULL);
    return mr_arena_dup(a, mr_buf_str(&out));
}

/* findings: beside those that the document has as it is. */
static const struct {
    const char *document, *pointer, *text, *findings;
} changes[] = {
    /* those of expected/shacl-mutations.tsv, where they break a shape */
    {"edc-minimal", "/type", NULL, "✗ check.types \n"},
    {"edc-minimal", "/credentialProfiles", NULL, "✗ check.part_missing \n"},
    {"edc-minimal", "/credentialSchema", NULL, "✗ check.part_missing \n"},
    {"edc-minimal", "/displayParameter", NULL, "✗ check.part_missing \n"},
    {"edc-minimal", "/issuer", NULL, "✗ check.part_missing \n"},
    {"edc-minimal", "/issuanceDate", NULL, ""},
    {"edc-minimal", "/issued", NULL, "· check.sealing.issued \n"},
    {"edc-minimal", "/validFrom", NULL, "✗ check.part_missing \n"},
    {"edc-minimal", "/credentialSubject", NULL, "✗ check.part_missing \n"},
    {"edc-minimal", "/displayParameter/individualDisplay/displayDetail/image", NULL,
     "✗ check.part_missing /displayParameter/individualDisplay/displayDetail\n"},
    {"edc-minimal", "/issuer/location", NULL, "✗ check.part_missing /issuer\n"},
    {"edc-minimal", "/issuer/eIDASIdentifier", NULL, "· check.sealing.issuer /issuer\n"},
    {"edc-minimal", CLAIM, NULL, "✗ check.part_missing /credentialSubject\n"},
    {"edc-minimal", CLAIM "/awardedBy", NULL, "✗ check.part_missing " CLAIM "\n"},
    {"edc-minimal", CLAIM "/awardedBy/awardingBody", NULL, "✗ check.part_missing " CLAIM "/awardedBy\n"},
    {"edc-annex1", "/issuer/location/address/countryCode/inScheme/id", "'http://example.org/scheme'",
     "✗ check.concept_scheme /issuer/location/address/countryCode/inScheme\n"},
    {"edc-annex1", "/credentialSubject/familyName", "{'en':'Andromeda','fr':'Andromède'}",
     "✗ check.one_language /credentialSubject/familyName\n? check.language_undeclared "
     "/credentialSubject/familyName/fr\n"},
    {"edc-annex1", "/credentialSubject/dateOfBirth", "'1999-10-02'",
     "✗ check.form.time /credentialSubject/dateOfBirth\n"},
    {"edc-annex1", CLAIM "/specifiedBy/eqfLevel/inScheme/id", "'http://example.org/scheme'",
     "✗ check.concept_scheme " CLAIM "/specifiedBy/eqfLevel/inScheme\n"},
    {"edc-annex1", CLAIM "/provenBy/grade", NULL, "✗ check.part_missing " CLAIM "/provenBy\n"},
    {"edc-annex1", CLAIM "/specifiedBy/volumeOfLearning", "'60 hours'",
     "✗ check.form.duration " CLAIM "/specifiedBy/volumeOfLearning\n"},
    {"edc-annex1", CLAIM "/specifiedBy/creditPoint/point", "2", ""},
    /* and more */
    {"edc-annex1", "/@context", "['https://www.w3.org/2018/credentials/v1','https://example.org/x']",
     "✗ check.context /@context\n"},
    {"edc-annex1", "/issuer/type", "'Organization'", "✗ check.class.guess /issuer/type\n"},
    {"edc-annex1", CLAIM "/specifiedBy/eqfLevel", "{'id':'http://data.europa.eu/snb/eqf/6'}",
     "✗ check.not_described " CLAIM "/specifiedBy/eqfLevel\n"},
    {"edc-annex1", CLAIM "/specifiedBy/mode/id", "'http://data.europa.eu/snb/learning-assessment/0000000000'",
     "✗ check.concept_unknown.guess " CLAIM "/specifiedBy/mode/id\n"},
    {"edc-annex1", CLAIM "/specifiedBy/mode/id", "'http://data.europa.eu/snb/learning-setting/6fd4685715'",
     "✗ check.concept_list " CLAIM "/specifiedBy/mode/id\n"},
    {"edc-annex1", CLAIM "/title", "'Title'", "✗ check.form.language " CLAIM "/title\n"},
    {"edc-annex1", CLAIM "/title", "{'en':'Digital micro-credential creation','dk':'Digitalt'}",
     "✗ check.language_code.guess " CLAIM "/title/dk\n"},
    {"edc-annex1", CLAIM "/title", "{'en':'To make it well','da':'To make it well'}",
     "? check.language_undeclared " CLAIM "/title/da\n? check.same_text " CLAIM "/title/da\n"
     "? check.translation " CLAIM "/specifiedBy/title\n"
     "? check.outcome_language " CLAIM "/specifiedBy/learningOutcome/0/title\n"},
    {"edc-annex1", CLAIM "/specifiedBy/learningOutcome", NULL, "✗ check.missing " CLAIM "/specifiedBy\n"},
    {"edc-annex1", CLAIM "/specifiedBy/volumeOfLearning", "'P60M'",
     "? check.duration_months " CLAIM "/specifiedBy/volumeOfLearning\n"},
    {"edc-annex1", CLAIM "/specifiedBy/volumeOfLearning", "'PT300H'",
     "? check.hours_per_credit " CLAIM "/specifiedBy/creditPoint/point\n"},
    {"edc-annex1", CLAIM "/specifiedBy/creditPoint/point", "'two'",
     "✗ check.credit_number " CLAIM "/specifiedBy/creditPoint/point\n"},
    {"edc-annex1", "/credentialSubject/dateOfBirth", "'2999-10-02T00:00:00Z'",
     "✗ check.birth_ahead /credentialSubject/dateOfBirth\n"},
    {"edc-annex1", "/credentialSubject/dateOfBirth", "'1999-10-01T22:00:00Z'",
     "? check.birth_zone /credentialSubject/dateOfBirth\n"},
    {"edc-annex1", "/credentialSubject/dateOfBirth", "'2025-10-02T00:00:00Z'",
     "? check.birth_unlikely /credentialSubject/dateOfBirth\n"},
    {"edc-annex1", "/issuanceDate", "'2026-01-15T10:00:00Z','validUntil':'2025-01-15T10:00:00Z'",
     "✗ check.valid_order /validUntil\n"},
    {"edc-annex1", "/validFrom", "'2025-01-15T10:00:00Z','validUntil':'2025-03-15T10:00:00Z'",
     "✗ check.valid_issued /validUntil\n"},
    /* what would be lost, or passes the shapes unseen */
    {"edc-annex1", "/@context",
     "['http://data.europa.eu/snb/model/context/edc-ap','https://www.w3.org/2018/credentials/v1']",
     "✗ check.context_missing /@context\n"},
    {"edc-annex1", CLAIM "/specifiedBy/id", "'specification-1'", "✗ check.id " CLAIM "/specifiedBy/id\n"},
    {"edc-annex1", CLAIM "/specifiedBy/eqfLevel/id", "'http//data.europa.eu/snb/eqf/6'",
     "✗ check.concept_unknown.guess " CLAIM "/specifiedBy/eqfLevel/id\n"},
    {"edc-annex1", CLAIM "/specifiedBy/eqfLevel/id", "'https://data.europa.eu/snb/eqf/6'",
     "✗ check.concept_unknown.guess " CLAIM "/specifiedBy/eqfLevel/id\n"},
    {"edc-annex1", "/issuer/location/address/countryCode", "'IE'",
     "✗ check.concept_unknown.guess /issuer/location/address/countryCode\n"},
    {"edc-annex1", CLAIM "/type", NULL, "✗ check.type_missing " CLAIM "\n"},
    {"edc-annex1", CLAIM "/specifiedBy/eqfLevel/type", NULL, "✗ check.type_missing " CLAIM "/specifiedBy/eqfLevel\n"},
    {"edc-annex1", CLAIM "/specifiedBy/type", "'Qualificaton'", "✗ check.class.guess " CLAIM "/specifiedBy/type\n"},
    {"edc-annex1", CLAIM "/awardedBy/awardingBody/legalName", "{'en':'University of Wed'}",
     "✗ check.copies " CLAIM "/awardedBy/awardingBody/legalName\n"},
    {"edc-annex1", "/issuer/location/type",
     "'Location','spatialCode':{'id':'http://publications.europa.eu/resource/authority/country/"
     "IRL','type':'Concept','inScheme':{'id':"
     "'http://publications.europa.eu/resource/authority/country','type':'ConceptScheme'},'prefLabel':{'en':'Ireland'}}",
     ""},
    {"edc-annex1", CLAIM "/id", "'urn:epass:achievement:1','@context':{'other':'http://example.org/t'}",
     "✗ check.context_nested " CLAIM "/@context\n"},
    {"edc-annex1", "/issuer", "'https://school.example'", "✗ check.missing \n✗ check.not_described /issuer\n"},
    {"edc-annex1", "/validFrom",
     "'2026-01-15T10:00:00Z','credentialStatus':{'id':'https://school.example/1','type':'Concept'}",
     "✗ check.no_status /credentialStatus\n"},
    {"edc-annex1", "/displayParameter/individualDisplay/displayDetail/image/content", "''",
     "✗ check.page_image /displayParameter/individualDisplay/displayDetail/image/content\n"},
    {"edc-annex1", "/displayParameter/individualDisplay/displayDetail/image/content", "'iVBORw0KGgo <b>'",
     "✗ check.page_image /displayParameter/individualDisplay/displayDetail/image/content\n"},
    {"edc-annex1", "/credentialSchema/id", "'http://data.europa.eu/snb/model/ap/edc-generik-full'",
     "? check.schema /credentialSchema\n"},
    {"edc-annex1", CLAIM "/specifiedBy/title", "{'en':'Title','da':''}",
     "? check.empty_text " CLAIM "/specifiedBy/title/da\n"},
    {"edc-annex1", CLAIM "/specifiedBy/learningOutcome/0/title",
     "{'en':'Make it'},'relatedESCOSkill':{'id':'http://example.org/1','type':'Concept','inScheme':{'id':"
     "'http://data.europa.eu/esco/concept-scheme/skills','type':'ConceptScheme'},'prefLabel':{'en':'x'}}",
     "✗ check.concept_esco " CLAIM "/specifiedBy/learningOutcome/0/relatedESCOSkill/id\n"},
    {"edc-annex1", "/issued", "'2030-01-15T10:00:00Z'", "? check.issued_ahead /issued\n"},
    {"edc-annex1", CLAIM "/provenBy/grade/noteLiteral/en", "'12'",
     "? check.grade_scale " CLAIM "/provenBy/grade/noteLiteral/en\n"},
    {"edc-annex1", "/credentialSchema/id", "'http://data.europa.eu/snb/model/ap/edc-issued-by-mandate'",
     "✗ check.part_missing \n"},
    {"edc-annex1", CLAIM "/specifiedBy/learningOutcome/0/title",
     "{'en':'Make "
     "it'},'relatedESCOSkill':{'id':'http://data.europa.eu/esco/skill/1','type':'Concept','prefLabel':{'en':'x'}}",
     "✗ check.esco " CLAIM "/specifiedBy/learningOutcome/0/relatedESCOSkill\n"},
    {"edc-annex1", "/credentialSchema/id", "'http://data.europa.eu/snb/model/ap/edc-accredited'",
     "✗ check.part_missing \n"},
};

/* The lines of `after` that `before` does not have; those of an element that is not answered only from `annex1`, which answers all. */
static mr_str added(mr_arena *a, mr_str before, mr_str after, bool answers_all)
{
    mr_str all = MR_STR(""), rest = after, line;
    while (mr_str_split(&rest, '\n', &line)) {
        mr_str whole = mr_str_make(line.ptr, line.len + 1);
        bool unanswered =
            mr_str_find(line, MR_STR(" check.missing ")) >= 0 || mr_str_find(line, MR_STR(" check.optional ")) >= 0;
        if (line.len == 0 || (unanswered && (!answers_all || mr_str_has_prefix(line, MR_STR("·"))))) continue;
        if (mr_str_find(line, MR_STR("check.awarding_date")) >= 0) continue;
        if (mr_str_find(before, whole) < 0 || (unanswered && answers_all))
            all = mr_arena_concat(a, (const mr_str[]){all, whole}, 2);
    }
    return all;
}

static void test_check__finds_each_single_fault(void **state)
{
    const char *elm = needs_elm();
    struct bench b;
    size_t faults = 0;
    bench_open(&b);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        mr_str file = mr_arena_format(&b.a, "minimal/%s.jsonld", changes[i].document);
        mr_str text = test_read_file(&b.a, test_path(&b.a, elm, file.ptr));
        mr_checked whole = check(&b, text), less = check(&b, edited(&b.a, text, changes[i].pointer, changes[i].text));
        mr_str got =
            added(&b.a, listed(&b.a, &whole), listed(&b.a, &less), strcmp(changes[i].document, "edc-annex1") == 0);
        if (!mr_str_is(got, changes[i].findings)) {
            faults++;
            print_error("%s %s %s\n  got:\n%.*s  wanted:\n%s", changes[i].document, changes[i].pointer,
                        changes[i].text ? changes[i].text : "-", MR_STR_ARG(got), changes[i].findings);
        }
        mr_arena_reset(&b.a);
    }
    bench_close(&b);
    assert_int_equal(faults, 0);
}

/* ---- what is no credential ---- */

static const struct {
    const char *text, *refusal;
} refused[] = {
    {"", "format.empty"},
    {"%PDF-1.7", "check.page"},
    {"{'a':1}", "format.other_json"},
    {"{'a':", "format.truncated"},
    {"{'a':1,'a':2}", "check.duplicate"},
    {"<?xml version='1.0'?><a/>", "check.xml"},
    {"{'a':1,}", "check.not_json"},
    {"[1,2]", "format.other_json"},
    {"just a text", "format.text"},
    {"@prefix x: <http://example.org/> . x:a x:b", "check.not_turtle"},
    {"<http://example.org/a> <http://example.org/b> <http://example.org/c> .", "check.other_data"},
    {"{'@context':'https://example.org/nowhere','id':'urn:x'}", "check.context_unknown"},
    {"{'@context':{'a':5},'id':'urn:x'}", "check.not_jsonld"},
    {"{'@context':{'a':'http://example.org/a'},'a':'x'}", "check.other_data"},
    {"{'@context':'https://w3id.org/openbadges/v2','type':'Assertion'}", "format.open_badge"},
    {"{'payload':'{}','signatures':[{'protected':'e30','signature':'AA'}]}", "format.broken_seal"},
    {"{'payload':'{}','signatures':[{'protected':'eyJiNjQiOmZhbHNlfQ','signature':'AA'}]}",
     "format.not_elm"}, /* {"b64":false} */
    {"{'payload':'a text','signatures':[{'protected':'eyJiNjQiOmZhbHNlfQ','signature':'AA'}]}", "format.not_elm"},
};

static void test_check__says_what_else_a_file_is(void **state)
{
    struct bench b;
    bench_open(&b);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        mr_checked c = check(&b, test_json(&b.a, refused[i].text));
        assert_int_equal(c.kind, MR_CHECKED_NOTHING);
        assert_string_equal(c.refusal, refused[i].refusal);
        assert_int_equal(mr_checked_exit(&c), 2);
    }
    bench_close(&b);
}

/* ---- badges, other credentials, presentations ---- */

#define V2                                                                                                             \
    "'@context':['https://www.w3.org/ns/credentials/v2','https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json']"
#define BADGE                                                                                                          \
    "{" V2 ",'id':'urn:x:1','type':['VerifiableCredential','OpenBadgeCredential'],'issuer':{'id':'did:e:i','type':["   \
    "'Profile'],'name':'N'},'validFrom':'2020-01-01T00:00:00Z','credentialSubject':{'type':['AchievementSubject'],"    \
    "'achievement':{'id':'urn:x:2','type':['Achievement'],'name':'Wound care','description':'D','criteria':{"          \
    "'narrative':'C'}}}%s}"

static const struct {
    const char *text; /* %s in BADGE filled with `more` */
    const char *more;
    mr_checked_kind kind;
    const char *findings;
} others[] = {
    {BADGE, "", MR_CHECKED_CREDENTIAL, ""},
    {BADGE, ",'proof':{'type':'DataIntegrityProof'}", MR_CHECKED_CREDENTIAL, ""},
    {BADGE, ",'evidence':{'id':'urn:x:3'}", MR_CHECKED_CREDENTIAL, "✗ vcdm.evidence_type /evidence\n"},
    {BADGE, ",'colour':'red','validUntil':'2019-01-01T00:00:00Z'", MR_CHECKED_CREDENTIAL,
     "✗ vcdm.term_unknown /colour\n✗ vcdm.validity_order /validUntil\n"},
    {"{'type':['VerifiableCredential','OpenBadgeCredential'],'credentialSubject':{'a':1}}%s", "", MR_CHECKED_CREDENTIAL,
     "✗ vcdm.context \n✗ vcdm.issuer_missing \n"},
    {"{'@context':['https://www.w3.org/ns/credentials/v2','https://example.org/c'],'type':['VerifiableCredential'],"
     "'issuer':'did:e:i','credentialSubject':{'a':1}}%s",
     "", MR_CHECKED_CREDENTIAL, "? vcdm.context_unknown /@context\n"},
    {"{" V2 ",'type':['VerifiablePresentation'],'verifiableCredential':[" BADGE ",'x.y.z']}", "",
     MR_CHECKED_PRESENTATION, "✗ vcdm.presented /verifiableCredential/1\n"},
};

static void test_check__asks_other_credentials_for_the_data_model(void **state)
{
    struct bench b;
    bench_open(&b);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        mr_str with = mr_str_of(others[i].text), more = mr_str_of(others[i].more);
        ptrdiff_t at = mr_str_find(with, MR_STR("%s"));
        mr_str text = mr_arena_concat(
            &b.a, (const mr_str[]){mr_str_make(with.ptr, (size_t)at), more, mr_str_from(with, (size_t)at + 2)}, 3);
        print_message("# %s\n", text.ptr);
        mr_checked c = check(&b, test_json(&b.a, text.ptr));
        assert_int_equal(c.kind, others[i].kind);
        assert_str(listed(&b.a, &c), others[i].findings);
        assert_int_equal(mr_checked_exit(&c), strstr(others[i].findings, "✗") != NULL);
    }
    bench_close(&b);
}

/* header {"typ": ...}, payload, no signature: nothing is verified here. */
static mr_str token(mr_arena *a, const char *typ, const char *claims)
{
    mr_buf out;
    mr_buf_init(&out, MR_MIB);
    mr_base64url_put(&out, mr_arena_format(a, "{\"alg\":\"ES256\",\"typ\":\"%s\"}", typ));
    mr_buf_putc(&out, '.');
    mr_base64url_put(&out, test_json(a, claims));
    mr_buf_puts(&out, ".AAAA");
    mr_str text = mr_arena_dup(a, mr_buf_str(&out));
    mr_buf_done(&out);
    return text;
}

static void test_check__asks_what_is_in_a_token(void **state)
{
    struct bench b;
    bench_open(&b);
    static const char vc[] = "{'@context':['https://www.w3.org/ns/credentials/v2'],'type':['VerifiableCredential'],"
                             "'issuer':'did:e:i','credentialSubject':{'id':'did:e:s'},'iss':'%s','exp':1}";
    mr_checked c = check(&b, token(&b.a, "vc+jwt", mr_arena_format(&b.a, vc, "did:e:i").ptr));
    assert_int_equal(c.kind, MR_CHECKED_CREDENTIAL);
    assert_str(listed(&b.a, &c), "");
    c = check(&b, token(&b.a, "vc+jwt", mr_arena_format(&b.a, vc, "did:e:other").ptr));
    assert_int_equal(c.kind, MR_CHECKED_NOTHING);
    assert_string_equal(c.refusal, "token.issuer");
    c = check(&b, token(&b.a, "JWT",
                        "{'iss':'did:e:i','vc':{'@context':['https://www.w3.org/2018/credentials/v1'],'type':["
                        "'VerifiableCredential'],'credentialSubject':{'id':'did:e:s'}}}"));
    assert_int_equal(c.kind, MR_CHECKED_CREDENTIAL);
    assert_str(listed(&b.a, &c), "✗ vcdm.issuance_date_missing \n");
    c = check(&b, token(&b.a, "statuslist+jwt", "{'a':1}"));
    assert_string_equal(c.refusal, "format.other_token");
    bench_close(&b);
}

/* ---- SD-JWTs ---- */

#define IN_CLEAR                                                                                                       \
    "'iat':1,'language_of_texts':'en','achievement_title':'Wound care','issuing_country':'DK','issuing_authority':"    \
    "'A','date_of_issuance':'2026-10-14'"
#define DIGEST "'_sd':['AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA']"

static const struct {
    const char *typ, *claims;
    mr_checked_kind kind;
    bool partial;
    const char *findings;
} sd_jwts[] = {
    {"dc+sd-jwt", "{'vct':'urn:merit:micro-credential:1'," IN_CLEAR "," DIGEST "}", MR_CHECKED_TOKEN, true,
     "· check.vct.hidden \n· check.vct.hidden \n· check.vct.hidden \n· check.vct.hidden \n· check.vct.hidden \n"
     "· check.vct.hidden \n· check.vct.hidden \n· check.vct.hidden \n"},
    {"dc+sd-jwt", "{'vct':'urn:merit:micro-credential:1','birthdate':'2000-02-30'," IN_CLEAR "," DIGEST "}",
     MR_CHECKED_TOKEN, true,
     "✗ check.vct.in_clear /birthdate\n✗ check.vct.kind /birthdate\n"
     "· check.vct.hidden \n· check.vct.hidden \n· check.vct.hidden \n· check.vct.hidden \n· check.vct.hidden \n"
     "· check.vct.hidden \n· check.vct.hidden \n· check.vct.hidden \n"},
    {"dc+sd-jwt", "{'vct':'https://example.org/type','a':1}", MR_CHECKED_CREDENTIAL, false,
     "? check.vct.unknown /vct\n"},
    {"dc+sd-jwt", "{'vct':'https://example.org/type','status':{" DIGEST "}}", MR_CHECKED_CREDENTIAL, false,
     "✗ check.vct.disclosable /status\n? check.vct.unknown /vct\n"},
    {"vc+sd-jwt",
     "{'@context':['https://www.w3.org/ns/credentials/v2'],'type':['VerifiableCredential'],'issuer':'did:e:i',"
     "'credentialSubject':{'id':'did:e:s'}," DIGEST "}",
     MR_CHECKED_CREDENTIAL, false, ""},
    {"vc+sd-jwt",
     "{'@context':['https://www.w3.org/ns/credentials/v2'],'type':['VerifiableCredential'],"
     "'credentialSubject':{'id':'did:e:s'}," DIGEST "}",
     MR_CHECKED_CREDENTIAL, true, "✗ vcdm.issuer_missing \n? check.hidden \n"},
};

static mr_str sd_jwt(mr_arena *a, const char *typ, const char *claims, const char *behind)
{
    mr_str text = token(a, typ, claims);
    return mr_arena_format(a, "%.*s~%s", MR_STR_ARG(text), behind);
}

static void test_check__asks_an_sd_jwt_for_its_type_and_tells_nothing_hidden_as_missing(void **state)
{
    struct bench b;
    bench_open(&b);
    for (size_t i = 0; i < sizeof sd_jwts / sizeof *sd_jwts; i++) {
        print_message("# %s\n", sd_jwts[i].claims);
        mr_checked c = check(&b, sd_jwt(&b.a, sd_jwts[i].typ, sd_jwts[i].claims, ""));
        assert_int_equal(c.kind, sd_jwts[i].kind);
        assert_str(listed(&b.a, &c), sd_jwts[i].findings);
        assert_int_equal(c.partial, sd_jwts[i].partial);
        assert_int_equal(mr_checked_exit(&c), c.partial || strstr(sd_jwts[i].findings, "✗"));
    }
    bench_close(&b);
}

/* Every mandatory claim that is missing is told, and what the Commission's type has no place for. */
static void test_check__tells_what_an_sd_jwt_lacks_that_hides_nothing(void **state)
{
    struct bench b;
    bench_open(&b);
    mr_checked c = check(&b, sd_jwt(&b.a, "dc+sd-jwt", "{'vct':'urn:merit:micro-credential:1'," IN_CLEAR "}", ""));
    mr_str all = listed(&b.a, &c);
    assert_true(mr_str_find(all, MR_STR("✗ check.vct.missing ")) == 0);
    assert_true(mr_str_find(all, MR_STR("check.vct.hidden")) < 0);
    assert_int_equal(c.findings.faults,
                     8); /* learner, awarding body, outcomes, workload, level, assessment, participation, quality */
    c = check(&b, sd_jwt(&b.a, "dc+sd-jwt", "{'vct':'urn:eu.europa.ec.eudi:learning:credential:1'}", ""));
    assert_true(mr_str_find(listed(&b.a, &c), MR_STR("✗ check.vct.no_room")) > 0);
    for (size_t i = 0; i < c.findings.count; i++) /* of which the type has no claim */
        assert_false(mr_str_is(c.findings.items[i].value, "supervision"));
    c = check(&b, sd_jwt(&b.a, "dc+sd-jwt", "{'vct':'urn:merit:micro-credential:1'}", "x~"));
    assert_int_equal(c.kind, MR_CHECKED_NOTHING);
    assert_string_equal(c.refusal, "sd_jwt.disclosure");
    c = check(&b, sd_jwt(&b.a, "dc+sd-jwt", "[1]", ""));
    assert_int_equal(mr_checked_exit(&c), 2);
    bench_close(&b);
}

/* ---- what Merit makes ---- */

static mr_str example(mr_arena *a, const char *name)
{
    return test_read_file(a, test_path(a, MERIT_SOURCE_ROOT "/docs/examples", name));
}

static const char *const examples[] = {"wound-care.json", "data-ethics.json", "circular-textiles.json"};

static void test_check__finds_nothing_wrong_with_our_own_documents(void **state)
{
    struct bench b;
    bench_open(&b);
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        struct mr_err err = {0};
        struct mr_findings findings;
        mr_specification s;
        mr_str text = example(&b.a, examples[i]);
        mr_findings_init(&findings, &b.a);
        assert_ok(mr_specification_read(&b.a, text, &s, &findings, &err), err);
        assert_ok(mr_check_sample(b.checker, &b.a, &s, NULL, NULL, &findings, &err), err);
        assert_int_equal(findings.count, 0);
        mr_checked c = check(&b, text);
        assert_int_equal(c.kind, MR_CHECKED_SPECIFICATION);
        assert_true(mr_checked_is_complete(&c));
        mr_arena_reset(&b.a);
    }
    bench_close(&b);
}

/* A concept of an official list, named in words of one's own, is one node with two names in one language: only the shapes see that. */
static void test_check_sample__finds_what_only_the_shapes_know(void **state)
{
    struct bench b;
    struct mr_err err = {0};
    struct mr_findings findings;
    mr_specification s;
    bench_open(&b);
    mr_str text = edited(&b.a, example(&b.a, "wound-care.json"), "/learning_outcomes/0",
                         "{'title':{'en':'Assess a wound','da':'Vurdere et sår'},'skills':[{'uri':"
                         "'http://data.europa.eu/snb/eqf/6','label':{'en':'Bachelor'}}]}");
    mr_findings_init(&findings, &b.a);
    assert_ok(mr_specification_read(&b.a, text, &s, &findings, &err), err);
    assert_int_equal(findings.faults, 0);
    assert_ok(mr_check_sample(b.checker, &b.a, &s, NULL, NULL, &findings, &err), err);
    assert_int_equal(findings.faults, 1);
    assert_string_equal(findings.items[findings.count - 1].id, "check.two_texts");
    bench_close(&b);
}

/* ---- saying it ---- */

static void test_checked_write__names_line_and_column_in_both_languages(void **state)
{
    const char *elm = needs_elm();
    struct bench b;
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_buf_init(&out, MR_MIB);
    bench_open(&b);
    mr_checked c = check(&b, test_read_file(&b.a, test_path(&b.a, elm, "samples/credential-sample.jsonld")));
    mr_checked_write_text(&c, &b.a, mr_language_english(), MR_STR("sample.jsonld"), &out);
    assert_true(mr_str_find(mr_buf_str(&out), MR_STR("looks like “eIDASIdentifier”, but letter 6 in")) > 0);
    assert_true(mr_str_find(mr_buf_str(&out), MR_STR("/issuer/eIDASΙdentifier (line 58, column 24)")) > 0);
    mr_buf_clear(&out);
    mr_checked_write_text(&c, &b.a, mr_language_find(MR_STR("da")), MR_STR("sample.jsonld"), &out);
    assert_true(mr_str_find(mr_buf_str(&out), MR_STR("et græsk bogstav")) > 0);
    mr_str rest = mr_buf_str(&out), line;
    while (mr_str_split(&rest, '\n', &line))
        if (mr_utf8_length(line) > 80 && mr_str_find_char(mr_str_trim(line), ' ') > 0)
            fail_msg("too wide: %.*s", MR_STR_ARG(line));
    mr_buf_clear(&out);
    mr_checked_write_json(&c, &b.a, mr_language_english(), MR_STR("sample.jsonld"), &out);
    const mr_json *report;
    struct mr_err err = {0};
    assert_ok(mr_json_parse(&b.a, mr_buf_str(&out), NULL, &report, &err), err);
    const mr_json *first = mr_json_at(mr_json_get(report, "findings"), 0);
    assert_str(mr_json_get_str(first, "code"), "check.term.letter");
    assert_str(mr_json_get_str(first, "severity"), "fault");
    assert_str(mr_json_get_str(first, "expected"), "eIDASIdentifier");
    assert_str(mr_json_get_str(report, "kind"), "unsealed");
    bench_close(&b);
}

/* Findings are named in many places of the source: each name is a message, and so is the name of each list. */
static void test_check__every_finding_can_be_said(void **state)
{
    static const char *const files[] = {"check.c",        "check_concepts.c", "check_report.c", "check_sd_jwt.c",
                                        "check_shapes.c", "check_texts.c",    "check_values.c"};
    mr_arena a;
    size_t known = 0, unknown = 0;
    mr_arena_init(&a, MR_MIB);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        mr_str rest = test_read_file(&a, test_path(&a, MERIT_SOURCE_ROOT "/src/credential", files[i]));
        for (ptrdiff_t at; (at = mr_str_find(rest, MR_STR("\"check."))) >= 0;) {
            mr_str id;
            rest = mr_str_from(rest, (size_t)at + 1);
            mr_str_split(&rest, '"', &id);
            bool whole = mr_str_find_char(id, '%') < 0 && id.ptr[id.len - 1] != '.' && id.ptr[id.len - 1] != '_' &&
                         !mr_str_has_suffix(id, MR_STR(".c"));
            bool said = !whole || mr_message_exists(mr_language_english(), id);
            known += whole && said, unknown += !said;
            if (!said) print_error("%s: there is no message %.*s\n", files[i], MR_STR_ARG(id));
        }
    }
    for (int s = 0; s < MR_SCHEME_COUNT_; s++) {
        mr_str id = mr_arena_format(&a, "check.list.%s", mr_scheme_get((mr_scheme_code)s)->name);
        bool said = mr_message_exists(mr_language_english(), id);
        if (!said) print_error("there is no message %.*s\n", MR_STR_ARG(id));
        unknown += !said;
    }
    assert_true(known > 50);
    assert_int_equal(unknown, 0);
    mr_arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check__says_of_the_samples_what_is_missing_or_odd_and_no_more),
        cmocka_unit_test(test_check__finds_each_single_fault),
        cmocka_unit_test(test_check__says_what_else_a_file_is),
        cmocka_unit_test(test_check__asks_other_credentials_for_the_data_model),
        cmocka_unit_test(test_check__asks_what_is_in_a_token),
        cmocka_unit_test(test_check__asks_an_sd_jwt_for_its_type_and_tells_nothing_hidden_as_missing),
        cmocka_unit_test(test_check__tells_what_an_sd_jwt_lacks_that_hides_nothing),
        cmocka_unit_test(test_check__finds_nothing_wrong_with_our_own_documents),
        cmocka_unit_test(test_check_sample__finds_what_only_the_shapes_know),
        cmocka_unit_test(test_check__every_finding_can_be_said),
        cmocka_unit_test(test_checked_write__names_line_and_column_in_both_languages),
    };
    return cmocka_run_group_tests_name("credential/check", tests, NULL, NULL);
}
