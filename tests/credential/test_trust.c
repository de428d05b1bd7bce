/* Who vouches, who says so, on that day: lists as a folder keeps them, with invented authorities, and certificates made by OpenSSL's own command. */
#include "testing.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "credential/trust_words.h"
#include "json/write.h"

#define GRANTED "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/granted"
#define WITHDRAWN "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/withdrawn"
#define QC "http://uri.etsi.org/TrstSvc/Svctype/CA/QC"
#define FOR_SEALS "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/ForeSeals"
#define FOR_SIGNATURES "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/ForeSignatures"
#define SAYS "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/"

static const char make_certificates[] =
    "set -e; cd '%s'\n"
    "printf '[qc]\\na=SEQUENCE:a\\nc=SEQUENCE:c\\n[qcdevice]\\na=SEQUENCE:a\\nb=SEQUENCE:b\\nc=SEQUENCE:c\\n"
    "[sign]\\na=SEQUENCE:a\\nb=SEQUENCE:b\\nc=SEQUENCE:s\\n[a]\\nid=OID:0.4.0.1862.1.1\\n[b]\\nid=OID:0.4.0.1862.1.4\\n"
    "[c]\\nid=OID:0.4.0.1862.1.6\\nv=SEQUENCE:seal\\n[seal]\\nid=OID:0.4.0.1862.1.6.2\\n"
    "[s]\\nid=OID:0.4.0.1862.1.6\\nv=SEQUENCE:esign\\n[esign]\\nid=OID:0.4.0.1862.1.6.1\\n' > sections\n"
    "for x in ca other; do openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $x.key -out "
    "$x.pem "
    "-days 3650 -subj \"/C=ZZ/O=Trust Services/CN=Trust $x\" -addext basicConstraints=critical,CA:TRUE "
    "-addext keyUsage=critical,keyCertSign,cRLSign; done\n"
    "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout seal.key -out seal.csr "
    "-subj '/C=ZZ/O=School of Nursing (invented)/CN=Seal'\n"
    "for x in plain qc qcdevice sign; do\n"
    "(printf 'keyUsage=critical,nonRepudiation\\ncertificatePolicies=1.2.3.4\\n'; test $x = plain || printf "
    "\"1.3.6.1.5.5.7.1.3=ASN1:SEQUENCE:$x\\n\"; cat sections) > $x.ext\n"
    "openssl x509 -req -in seal.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out $x.pem -days 900 -extfile $x.ext; "
    "done\n"
    "openssl x509 -req -in seal.csr -CA other.pem -CAkey other.key -CAcreateserial -out stranger.pem -days 900 "
    "-extfile plain.ext\n";

struct bench {
    mr_arena a;
    const char *folder; /* of certificates */
    int64_t now;
    mr_env env;
    mr_certificate *ca, *other, *plain, *qc, *qcdevice, *sign, *stranger;
};

static mr_certificate *read_certificate(struct bench *b, const char *name)
{
    mr_certificate **found;
    size_t count;
    struct mr_err err = {0};
    mr_str pem = test_read_file(&b->a, test_path(&b->a, b->folder, name));
    assert_ok(mr_certificates_read_pem(&b->a, pem, &found, &count, &err), err);
    assert_int_equal(count, 1);
    return found[0];
}

static int set_up(void **state)
{
    static struct bench b;
    char command[4096], quiet[4200];
    mr_arena_init(&b.a, 256 * MR_MIB);
    b.folder = test_temp_folder();
    snprintf(command, sizeof command, make_certificates, b.folder);
    snprintf(quiet, sizeof quiet, "(%s) >/dev/null 2>&1", command);
    if (system(quiet) != 0) return -1;
    b.now = mr_env_now(mr_env_system()) / 1000 * 1000 + 3600 * 1000;
    b.env = test_env_fixed(b.now, 7);
    b.ca = read_certificate(&b, "ca.pem");
    b.other = read_certificate(&b, "other.pem");
    b.plain = read_certificate(&b, "plain.pem");
    b.qc = read_certificate(&b, "qc.pem");
    b.qcdevice = read_certificate(&b, "qcdevice.pem");
    b.sign = read_certificate(&b, "sign.pem");
    b.stranger = read_certificate(&b, "stranger.pem");
    *state = &b;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    mr_certificate *const all[] = {b->ca, b->other, b->plain, b->qc, b->qcdevice, b->sign, b->stranger};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) mr_certificate_free(all[i]);
    mr_arena_done(&b->a);
    return 0;
}

/* ---- lists ---- */

static const char *when(struct bench *b, int days)
{
    char text[21];
    mr_time_write(b->now + days * MR_DAY_MS, text);
    return mr_arena_cstr(&b->a, mr_str_of(text));
}

/* A state that begins some days from now. */
static const char *state_since(struct bench *b, int days, const char *type, const char *status, const char *more)
{
    return mr_arena_format(&b->a, "{\"type\":\"%s\",\"status\":\"%s\",\"since\":\"%s\"%s}", type, status, when(b, days),
                           more)
        .ptr;
}

static const char *base64(struct bench *b, const mr_certificate *c)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_buf_init(&text, MR_MIB);
    mr_base64_put(&text, mr_certificate_der(c));
    return mr_arena_cstr(&b->a, mr_buf_str(&text));
}

static const char *service(struct bench *b, const mr_certificate *c, const char *states)
{
    return mr_arena_format(
               &b->a,
               "{\"party\":\"Trust Services (invented)\",\"name\":\"CA\",\"certificates\":[\"%s\"],\"ids\":[],"
               "\"states\":[%s]}",
               base64(b, c), states)
        .ptr;
}

struct list {
    const char *territory, *services, *more;
    int issued, next; /* days from now */
};

static const mr_json *list_of(struct bench *b, const struct list *l)
{
    const mr_json *ret;
    struct mr_err err = {0};
    mr_str text = mr_arena_format(
        &b->a,
        "{\"kind\":\"tsl\",\"version\":5,\"sequence\":7,\"type\":\"http://uri.etsi.org/TrstSvc/TrustedList/TSLType/"
        "EUgeneric\","
        "\"territory\":\"%s\",\"operator\":\"Invented Agency\",\"name\":\"%s:invented\",\"issued\":\"%s\","
        "\"next_update\":\"%s\"%s,\"services\":[%s]}",
        l->territory, l->territory, when(b, l->issued), when(b, l->next), l->more ? l->more : "", l->services);
    assert_ok(mr_json_parse(&b->a, text, NULL, &ret, &err), err);
    return ret;
}

static void put(struct bench *b, const char *folder, const struct list *l)
{
    struct mr_err err = {0};
    const struct mr_trust_entry entry = {
        .list = list_of(b, l), .id = mr_str_of(l->territory), .source = MR_STR("a file"), .signer = MR_STR("00")};
    assert_ok(mr_trust_cache_put(folder, &b->env, &entry, 1, &err), err);
}

static struct mr_trust_answer ask(struct bench *b, const char *folder, mr_certificate *leaf, int days)
{
    mr_trust t = {0};
    struct mr_trust_answer x;
    struct mr_err err = {0};
    assert_ok(mr_trust_load(&b->a, folder, &t, &err), err);
    assert_ok(mr_trust_standing(&t, &b->a, leaf, NULL, 0, b->now + days * MR_DAY_MS, &x, &err), err);
    mr_trust_done(&t);
    return x;
}

#define assert_answer(x, wanted_state, wanted_id)                                                                      \
    do {                                                                                                               \
        struct mr_trust_answer x_ = (x);                                                                               \
        assert_string_equal(mr_trust_state_name(x_.state), mr_trust_state_name(wanted_state));                         \
        assert_string_equal(x_.id, wanted_id);                                                                         \
    } while (0)

static void test_trust__is_what_the_list_said_on_that_day(void **state)
{
    struct bench *b = *state;
    const char *folder = test_temp_folder();
    mr_str states =
        mr_arena_format(&b->a, "%s,%s", state_since(b, 10, QC, WITHDRAWN, ""), state_since(b, -900, QC, GRANTED, ""));
    put(b, folder,
        &(struct list){.territory = "ZZ", .services = service(b, b->ca, states.ptr), .issued = 20, .next = 60});
    assert_answer(ask(b, folder, b->plain, 9), MR_TRUST_KNOWN, "trust.listed");
    assert_answer(ask(b, folder, b->plain, 10), MR_TRUST_WITHDRAWN, "trust.withdrawn");
    assert_answer(ask(b, folder, b->plain, 60), MR_TRUST_WITHDRAWN, "trust.withdrawn");
    assert_answer(ask(b, folder, b->plain, 61), MR_TRUST_UNDECIDED, "trust.list_old");
    assert_answer(ask(b, folder, b->stranger, 9), MR_TRUST_NOT_KNOWN, "trust.not_listed");
    assert_answer(ask(b, folder, b->stranger, 61), MR_TRUST_UNDECIDED, "trust.list_old");
    /* A service that came later. */
    put(b, folder,
        &(struct list){.territory = "ZZ",
                       .services = service(b, b->ca, state_since(b, 5, QC, GRANTED, "")),
                       .issued = 20,
                       .next = 60});
    assert_answer(ask(b, folder, b->plain, 4), MR_TRUST_WITHDRAWN, "trust.not_yet_listed");
    assert_answer(ask(b, folder, b->plain, 5), MR_TRUST_KNOWN, "trust.listed");
    /* One that does something else. */
    const char *ocsp = "http://uri.etsi.org/TrstSvc/Svctype/TSA/QTST";
    put(b, folder,
        &(struct list){.territory = "ZZ",
                       .services = service(b, b->ca, state_since(b, -900, ocsp, GRANTED, "")),
                       .issued = -1,
                       .next = 60});
    assert_answer(ask(b, folder, b->plain, 0), MR_TRUST_NOT_KNOWN, "trust.other_service");
}

static void test_trust__without_a_list_that_could_tell_is_undecided(void **state)
{
    struct bench *b = *state;
    const char *folder = test_temp_folder();
    assert_answer(ask(b, folder, b->plain, 0), MR_TRUST_UNDECIDED, "trust.no_anchors");
    put(b, folder,
        &(struct list){.territory = "YY",
                       .services = service(b, b->other, state_since(b, -900, QC, GRANTED, "")),
                       .issued = -1,
                       .next = 60});
    struct mr_trust_answer x = ask(b, folder, b->plain, 0);
    assert_answer(x, MR_TRUST_UNDECIDED, "trust.no_list");
    assert_str(x.territory, "ZZ");
    assert_int_equal(x.standing, MR_STANDING_UNDECIDED);
    /* It stands on the list of another country: that counts. */
    assert_answer(ask(b, folder, b->stranger, 0), MR_TRUST_KNOWN, "trust.listed");
    /* A PEM anchor needs no list. */
    struct mr_err err = {0};
    mr_str pem = test_read_file(&b->a, test_path(&b->a, b->folder, "ca.pem"));
    assert_ok(mr_file_write(test_path(&b->a, folder, "school.pem"), pem, 0644, false, &err), err);
    x = ask(b, folder, b->plain, 0);
    assert_answer(x, MR_TRUST_KNOWN, "trust.passed");
    assert_str(x.says, "school.pem");
    assert_int_equal(x.standing, MR_STANDING_UNDECIDED);
}

static void test_trust__says_so_in_words(void **state)
{
    struct bench *b = *state;
    const char *folder = test_temp_folder();
    put(b, folder,
        &(struct list){.territory = "ZZ",
                       .services = service(b, b->ca, state_since(b, -900, QC, GRANTED, "")),
                       .issued = -1,
                       .next = 60});
    struct mr_trust_answer x = ask(b, folder, b->qcdevice, 1);
    mr_str text = mr_trust_say(&b->a, mr_language_english(), &x, MR_STR("School"));
    assert_true(mr_str_find(text, MR_STR("Trust Services (invented) vouches")) == 0);
    assert_true(mr_str_find(text, MR_STR("the trusted list of ZZ (Invented Agency)")) > 0);
    assert_true(mr_str_find(text, MR_STR("It is a qualified seal.")) > 0);
    mr_str danish = mr_trust_say(&b->a, mr_language_find(MR_STR("da")), &x, MR_STR("School"));
    assert_true(mr_str_find(danish, MR_STR("kvalificeret segl")) > 0);
}

/* ---- standing ---- */

static const struct {
    const char *what, *more; /* of the state of the service */
    const char *leaf;
    mr_standing wanted;
} standings[] = {
    {"in a device", "", "qcdevice", MR_STANDING_QUALIFIED},
    {"no device", "", "qc", MR_STANDING_ADVANCED_QUALIFIED},
    {"not qualified", "", "plain", MR_STANDING_ADVANCED},
    {"for signatures", "", "sign", MR_STANDING_ADVANCED},
    {"for seals", ",\"for\":[\"" FOR_SEALS "\"]", "qcdevice", MR_STANDING_QUALIFIED},
    {"issuer for signatures only", ",\"for\":[\"" FOR_SIGNATURES "\"]", "qcdevice", MR_STANDING_ADVANCED},
    {"the list says no device",
     ",\"qualifiers\":[{\"says\":[\"" SAYS "QCNoQSCD\"],\"of\":{\"assert\":\"all\",\"policies\":[[\"1.2.3.4\"]]}}]",
     "qcdevice", MR_STANDING_ADVANCED_QUALIFIED},
    {"the list says a device",
     ",\"qualifiers\":[{\"says\":[\"" SAYS
     "QCWithQSCD\"],\"of\":{\"assert\":\"all\",\"key_usages\":[{\"nonRepudiation\":true}]}}]",
     "qc", MR_STANDING_QUALIFIED},
    {"of other policies",
     ",\"qualifiers\":[{\"says\":[\"" SAYS "QCWithQSCD\"],\"of\":{\"assert\":\"all\",\"policies\":[[\"1.2.3.5\"]]}}]",
     "qc", MR_STANDING_ADVANCED_QUALIFIED},
    {"none of other policies",
     ",\"qualifiers\":[{\"says\":[\"" SAYS "QCWithQSCD\"],\"of\":{\"assert\":\"none\",\"policies\":[[\"1.2.3.5\"]]}}]",
     "qc", MR_STANDING_QUALIFIED},
    {"not qualified, says the list",
     ",\"qualifiers\":[{\"says\":[\"" SAYS
     "NotQualified\"],\"of\":{\"assert\":\"atLeastOne\",\"subject\":[[\"2.5.4.10\"],[\"2.5.4.42\"]]}}]",
     "qcdevice", MR_STANDING_ADVANCED},
    {"of persons only",
     ",\"qualifiers\":[{\"says\":[\"" SAYS "NotQualified\"],\"of\":{\"assert\":\"all\",\"subject\":[[\"2.5.4.42\"]]}}]",
     "qcdevice", MR_STANDING_QUALIFIED},
    {"qualified and for seals, says the list",
     ",\"qualifiers\":[{\"says\":[\"" SAYS "QCStatement\",\"" SAYS "QCForESeal\"],\"of\":{\"assert\":\"all\"}}]",
     "plain", MR_STANDING_ADVANCED_QUALIFIED},
    {"for seals, says the list", ",\"qualifiers\":[{\"says\":[\"" SAYS "QCForESeal\"],\"of\":{\"assert\":\"all\"}}]",
     "sign", MR_STANDING_QUALIFIED},
    {"a condition that is not known",
     ",\"qualifiers\":[{\"says\":[\"" SAYS "QCNoQSCD\"],\"of\":{\"assert\":\"all\",\"unknown\":true}}]", "qcdevice",
     MR_STANDING_UNDECIDED},
    {"one that is not met anyway",
     ",\"qualifiers\":[{\"says\":[\"" SAYS
     "QCNoQSCD\"],\"of\":{\"assert\":\"all\",\"unknown\":true,\"policies\":[[\"1.9\"]]}}]",
     "qcdevice", MR_STANDING_QUALIFIED},
    {"a list against itself",
     ",\"qualifiers\":[{\"says\":[\"" SAYS "QCNoQSCD\",\"" SAYS "QCWithQSCD\"],\"of\":{\"assert\":\"all\"}}]",
     "qcdevice", MR_STANDING_UNDECIDED},
    {"lists within lists",
     ",\"qualifiers\":[{\"says\":[\"" SAYS
     "QCNoQSCD\"],\"of\":{\"assert\":\"all\",\"lists\":[{\"assert\":\"none\",\"subject\":[[\"2.5.4.42\"]]},{\"assert\":"
     "\"all\",\"subject\":[[\"2.5.4.10\"]]}]}}]",
     "qcdevice", MR_STANDING_ADVANCED_QUALIFIED},
};

static mr_certificate *leaf_of(struct bench *b, const char *name)
{
    return strcmp(name, "qc") == 0         ? b->qc
           : strcmp(name, "qcdevice") == 0 ? b->qcdevice
           : strcmp(name, "sign") == 0     ? b->sign
                                           : b->plain;
}

static void test_standing__is_what_certificate_and_list_say_together(void **state)
{
    struct bench *b = *state;
    for (size_t i = 0; i < sizeof standings / sizeof *standings; i++) {
        const mr_json *all;
        struct mr_err err = {0};
        const char *why = NULL;
        mr_str text = mr_str_of(service(b, b->ca, state_since(b, -900, QC, GRANTED, standings[i].more)));
        assert_ok(mr_json_parse(&b->a, text, NULL, &all, &err), err);
        mr_standing got = mr_standing_of(leaf_of(b, standings[i].leaf), all, b->now, &why);
        if (got != standings[i].wanted)
            fail_msg("%s: %s (%s)", standings[i].what, mr_standing_name(got), why ? why : "");
    }
}

static void test_standing__needs_the_day_of_issue_too(void **state)
{
    struct bench *b = *state;
    const mr_json *late, *national;
    struct mr_err err = {0};
    const char *why;
    /* Granted only after the certificate was issued. */
    mr_str text = mr_arena_format(&b->a, "%s",
                                  service(b, b->ca,
                                          mr_arena_format(&b->a, "%s,%s", state_since(b, 3, QC, GRANTED, ""),
                                                          state_since(b, -90, QC, WITHDRAWN, ""))
                                              .ptr));
    assert_ok(mr_json_parse(&b->a, text, NULL, &late, &err), err);
    assert_int_equal(mr_standing_of(b->qcdevice, late, b->now + 5 * MR_DAY_MS, &why), MR_STANDING_ADVANCED);
    /* An authority that is listed, for certificates that are not qualified. */
    text = mr_str_of(
        service(b, b->ca,
                state_since(b, -90, "http://uri.etsi.org/TrstSvc/Svctype/CA/PKC",
                            "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/recognisedatnationallevel", "")));
    assert_ok(mr_json_parse(&b->a, text, NULL, &national, &err), err);
    assert_int_equal(mr_standing_of(b->qcdevice, national, b->now, &why), MR_STANDING_ADVANCED);
    /* Before eIDAS. */
    text = mr_str_of(service(b, b->ca, state_since(b, -9000, QC, GRANTED, "")));
    assert_ok(mr_json_parse(&b->a, text, NULL, &late, &err), err);
    assert_int_equal(mr_standing_of(b->qcdevice, late, INT64_C(1467331199000), &why), MR_STANDING_ADVANCED);
}

/* ---- the folder ---- */

static void spoil(struct bench *b, const char *path, size_t at)
{
    struct mr_err err = {0};
    mr_str text = test_read_file(&b->a, path);
    char *copy = mr_arena_alloc(&b->a, text.len);
    memcpy(copy, text.ptr, text.len);
    assert_true(at < text.len);
    copy[at] ^= 1;
    assert_ok(mr_file_write(path, mr_str_make(copy, text.len), 0644, false, &err), err);
}

static const char *only_list(struct bench *b, const char *folder)
{
    mr_str *names;
    size_t count;
    struct mr_err err = {0};
    const char *lists = test_path(&b->a, folder, "lists");
    assert_ok(mr_file_list(&b->a, lists, ".json", 10, &names, &count, &err), err);
    assert_int_equal(count, 1);
    return test_path(&b->a, lists, mr_arena_cstr(&b->a, names[0]));
}

static void test_cache__that_was_changed_is_not_used(void **state)
{
    struct bench *b = *state;
    const char *folder = test_temp_folder();
    struct list l = {.territory = "ZZ",
                     .services = service(b, b->ca, state_since(b, -900, QC, GRANTED, "")),
                     .issued = -1,
                     .next = 60};
    put(b, folder, &l);
    const char *list = only_list(b, folder), *index = test_path(&b->a, folder, "lists/index");
    mr_str text = test_read_file(&b->a, list);
    ptrdiff_t at = mr_str_find(text, MR_STR("granted"));
    spoil(b, list, (size_t)at);
    assert_answer(ask(b, folder, b->plain, 0), MR_TRUST_UNDECIDED, "trust.lists_changed");
    spoil(b, list, (size_t)at);
    assert_answer(ask(b, folder, b->plain, 0), MR_TRUST_KNOWN, "trust.listed");
    text = test_read_file(&b->a, index);
    mr_str *names;
    size_t count;
    struct mr_err err = {0};
    assert_ok(mr_file_list(&b->a, test_path(&b->a, folder, "lists"), ".rows", 10, &names, &count, &err), err);
    assert_int_equal(count, 1);
    const char *rows = test_path(&b->a, test_path(&b->a, folder, "lists"), mr_arena_cstr(&b->a, names[0]));
    for (size_t i = 0; i < 106; i += 5) {
        spoil(b, rows, i);
        assert_answer(ask(b, folder, b->plain, 0), MR_TRUST_UNDECIDED, "trust.lists_changed");
        spoil(b, rows, i);
    }
    for (size_t i = 5; i < 200; i += 50) {
        spoil(b, index, i);
        assert_answer(ask(b, folder, b->plain, 0), MR_TRUST_UNDECIDED, "trust.lists_changed");
        spoil(b, index, i);
    }
    assert_answer(ask(b, folder, b->plain, 0), MR_TRUST_KNOWN, "trust.listed");
    /* Signed by somebody else. */
    const char *elsewhere = test_temp_folder();
    put(b, elsewhere, &l);
    mr_str other = test_read_file(&b->a, test_path(&b->a, elsewhere, "lists/index"));
    assert_ok(mr_file_write(index, other, 0644, false, &err), err);
    assert_answer(ask(b, folder, b->plain, 0), MR_TRUST_UNDECIDED, "trust.lists_changed");
}

static void test_cache__replaces_one_list_and_keeps_the_others(void **state)
{
    struct bench *b = *state;
    const char *folder = test_temp_folder();
    struct list zz = {.territory = "ZZ",
                      .services = service(b, b->ca, state_since(b, -900, QC, GRANTED, "")),
                      .issued = -1,
                      .next = 60};
    struct list yy = {.territory = "YY",
                      .services = service(b, b->other, state_since(b, -900, QC, GRANTED, "")),
                      .issued = -1,
                      .next = 60};
    put(b, folder, &zz);
    put(b, folder, &yy);
    assert_answer(ask(b, folder, b->plain, 0), MR_TRUST_KNOWN, "trust.listed");
    assert_answer(ask(b, folder, b->stranger, 0), MR_TRUST_KNOWN, "trust.listed");
    zz.services = "";
    put(b, folder, &zz);
    assert_answer(ask(b, folder, b->plain, 0), MR_TRUST_NOT_KNOWN, "trust.not_listed");
    assert_answer(ask(b, folder, b->stranger, 0), MR_TRUST_KNOWN, "trust.listed");
    put(b, folder, &zz);
    mr_str *names;
    size_t count;
    struct mr_err err = {0};
    assert_ok(mr_file_list(&b->a, test_path(&b->a, folder, "lists"), ".json", 10, &names, &count, &err), err);
    assert_int_equal(count, 2); /* what was replaced is gone by now */
}

static void test_cache__counts_what_a_list_of_lists_names(void **state)
{
    struct bench *b = *state;
    const char *folder = test_temp_folder();
    struct list eu = {.territory = "EU",
                      .services = "",
                      .issued = -1,
                      .next = 60,
                      .more = ",\"pointers\":[{\"territory\":\"ZZ\",\"mime\":\"application/vnd.etsi.tsl+xml\"},"
                              "{\"territory\":\"ZZ\",\"mime\":\"application/pdf\"},"
                              "{\"territory\":\"EL\",\"mime\":\"application/vnd.etsi.tsl+xml\"},"
                              "{\"territory\":\"EU\",\"mime\":\"application/vnd.etsi.tsl+xml\"}]"};
    const mr_json *list = list_of(b, &eu);
    (void)list;
    mr_str text =
        mr_arena_format(&b->a,
                        "{\"kind\":\"tsl\",\"sequence\":1,\"type\":\"http://x/EUlistofthelists\",\"territory\":\"EU\","
                        "\"issued\":\"2026-01-01T00:00:00Z\"%s,\"services\":[]}",
                        eu.more);
    struct mr_err err = {0};
    const mr_json *lists;
    assert_ok(mr_json_parse(&b->a, text, NULL, &lists, &err), err);
    const struct mr_trust_entry entry = {.list = lists, .id = MR_STR("EU")};
    assert_ok(mr_trust_cache_put(folder, &b->env, &entry, 1, &err), err);
    put(b, folder, &(struct list){.territory = "GR", .services = "", .issued = -1, .next = 60});
    const mr_trust_cache *c;
    size_t named;
    assert_ok(mr_trust_cache_open(&b->a, folder, &c, &err), err);
    assert_int_equal(mr_trust_missing(c, &named), 1); /* GR is EL */
    assert_int_equal(named, 2);
}

/* ---- identifiers ---- */

static struct mr_trust_answer ask_id(struct bench *b, const char *folder, const char *id, const char *day,
                                     const char *now)
{
    mr_trust t = {0};
    struct mr_trust_answer x;
    struct mr_err err = {0};
    int64_t at, today;
    assert_ok(mr_time_parse(mr_str_of(day), &at, &err), err);
    assert_ok(mr_time_parse(mr_str_of(now), &today, &err), err);
    assert_ok(mr_trust_load(&b->a, folder, &t, &err), err);
    assert_ok(mr_trust_judge_identifier(&t, &b->a, mr_str_of(id), at, today, &x, &err), err);
    mr_trust_done(&t);
    return x;
}

static void test_identifier__is_known_from_and_until_a_day(void **state)
{
    struct bench *b = *state;
    const char *folder = test_temp_folder();
    struct mr_err err = {0};
    static const char list[] =
        "[{\"id\":\"did:web:school.example\",\"name\":\"A "
        "school\",\"from\":\"2024-01-01\",\"until\":\"2026-06-30\",\"says\":\"Invented Agency\"},"
        "{\"id\":\"did:web:other.example\",\"name\":\"Another\"}]";
    static const char registry[] =
        "{\"meta\":{\"name\":\"Invented register\"},\"registry\":{\"did:key:z6MkInvented\":{\"name\":\"A member\"}}}";
    assert_ok(mr_file_write(test_path(&b->a, folder, "known.json"), mr_str_of(list), 0644, false, &err), err);
    assert_ok(mr_file_write(test_path(&b->a, folder, "members.json"), mr_str_of(registry), 0644, false, &err), err);
    static const char d1[] = "2025-05-05T00:00:00Z", d2[] = "2026-05-05T00:00:00Z", d3[] = "2026-07-01T00:00:00Z",
                      d0[] = "2023-12-31T00:00:00Z";
    assert_answer(ask_id(b, folder, "did:web:school.example", d1, d2), MR_TRUST_KNOWN, "trust.known");
    assert_answer(ask_id(b, folder, "did:web:school.example", d1, d3), MR_TRUST_KNOWN, "trust.known_until");
    assert_answer(ask_id(b, folder, "did:web:school.example", d3, d3), MR_TRUST_WITHDRAWN, "trust.known_other_time");
    assert_answer(ask_id(b, folder, "did:web:school.example", d0, d3), MR_TRUST_WITHDRAWN, "trust.known_other_time");
    assert_answer(ask_id(b, folder, "did:web:other.example", d0, d3), MR_TRUST_KNOWN, "trust.known");
    assert_answer(ask_id(b, folder, "did:web:nobody.example", d0, d3), MR_TRUST_NOT_KNOWN, "trust.identifier");
    struct mr_trust_answer x = ask_id(b, folder, "did:key:z6MkInvented", d1, d1);
    assert_answer(x, MR_TRUST_KNOWN, "trust.known");
    assert_str(x.says, "Invented register");
    assert_str(x.party, "A member");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trust__is_what_the_list_said_on_that_day),
        cmocka_unit_test(test_trust__without_a_list_that_could_tell_is_undecided),
        cmocka_unit_test(test_trust__says_so_in_words),
        cmocka_unit_test(test_standing__is_what_certificate_and_list_say_together),
        cmocka_unit_test(test_standing__needs_the_day_of_issue_too),
        cmocka_unit_test(test_cache__that_was_changed_is_not_used),
        cmocka_unit_test(test_cache__replaces_one_list_and_keeps_the_others),
        cmocka_unit_test(test_cache__counts_what_a_list_of_lists_names),
        cmocka_unit_test(test_identifier__is_known_from_and_until_a_day),
    };
    if (system("openssl version >/dev/null 2>&1") != 0) {
        puts("1..0 # skipped: the openssl command is not here");
        return 0;
    }
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
