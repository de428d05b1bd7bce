/* Whose turn it is among several seals, on both sides of every date; and adding them. Seals come from an invented authority, whose certificates do not carry the
 * sign of a test authority of Merit's. */
#include "service/seals.h"
#include "testing_db.h"

#include "base/limits.h"
#include "crypto/authority.h"
#include "crypto/pki.h"
#include "service/seal_reference.h"

#define IDENTIFIER "VATDK-00000000"
#define ISSUER "vatdk-00000000"
#define PASSWORD "an invented password"

static int64_t clock_now;
static int64_t still(void *self)
{
    (void)self;
    return clock_now;
}
static void system_random(void *self, void *out, size_t size)
{
    (void)self;
    mr_env_random(mr_env_system(), out, size);
}
static const mr_env env = {still, system_random, NULL};

struct world {
    struct peer *peer;
    mr_arena *a;
    const char *folder;
    mr_service *s;
    int64_t start; /* when the authority began */
};

static int64_t day(const char *text)
{
    struct mr_err err = {0};
    int64_t time = 0;
    assert_ok(mr_seal_date_read(mr_str_of(text), &time, &err), err);
    return time;
}

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    struct mr_err err = {0};
    void *peer = NULL;
    bool made;
    assert_int_equal(peer_setup(&peer), 0);
    w->peer = peer, w->a = &w->peer->arena;
    clock_now = day("2027-01-01");
    setenv("MERIT_PASSWORD", PASSWORD, 1);
    w->folder = test_temp_folder();
    assert_ok(mr_service_init(w->folder, &env, &made, &err), err);
    test_use_database(w->folder);
    const struct mr_service_config config = {.data_folder = w->folder, .public_url = "", .env = &env};
    assert_ok(mr_service_open(&config, &w->s, &err), err);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    void *peer = w->peer;
    mr_service_close(w->s);
    peer_teardown(&peer);
    test_temp_remove();
    test_temp()->count = 0;
    free(w);
    return 0;
}

/* A seal whose certificate is valid from and until these days, in seals/FILE. ending decides the form. */
static void make(struct world *w, const char *file, const char *from, const char *until)
{
    const char *name = "made", *path = mr_arena_format(w->a, "%s/seals/%s", w->folder, file).ptr;
    peer_run(w->peer, mr_arena_format(w->a, "mkdir -p %s/seals/" ISSUER, w->folder).ptr);
    peer_do(
        w->peer,
        "test -f root.key || (openssl ecparam -name prime256v1 -genkey -noout -out root.key && openssl req -x509 -new "
        "-key root.key -subj \"/C=DK/O=Invented trust/CN=Invented root\" -days 20000 -out root.pem); rm -rf db* new; "
        "mkdir new; : >db; echo 01 >db.serial; printf \"[ca]\\ndefault_ca=d\\n[d]\\ndatabase=db\\nnew_certs_dir=new\\n"
        "serial=db.serial\\ndefault_md=sha256\\npolicy=p\\nrand_serial=yes\\n[p]\\ncountryName=optional\\n"
        "organizationName=optional\\ncommonName=optional\\norganizationIdentifier=optional\\n\" >ca.conf");
    peer_write(w->peer, "extensions", MR_STR(PKI_SEAL));
    mr_str f = mr_str_of(from), u = mr_str_of(until); /* 2027-01-01 */
    peer_do(w->peer, mr_arena_format(
                         w->a,
                         "openssl ecparam -name prime256v1 -genkey -noout -out %s.key && openssl req -new -key %s.key "
                         "-subj \"/C=DK/O=Invented University/organizationIdentifier=" IDENTIFIER
                         "/CN=Invented seal\" -out made.csr && openssl ca -batch -config ca.conf -cert root.pem "
                         "-keyfile root.key -in made.csr -out made.pem -notext -extfile extensions -startdate "
                         "%.4s%.2s%.2s000000Z -enddate %.4s%.2s%.2s000000Z",
                         name, name, f.ptr, f.ptr + 5, f.ptr + 8, u.ptr, u.ptr + 5, u.ptr + 8)
                         .ptr);
    if (mr_str_has_suffix(mr_str_of(file), MR_STR(".p12")))
        peer_do(w->peer, mr_arena_format(w->a,
                                         "openssl pkcs12 -export -inkey made.key -in made.pem -certfile root.pem "
                                         "-passout pass:\"" PASSWORD "\" -out %s",
                                         path)
                             .ptr);
    else
        peer_do(w->peer, mr_arena_format(w->a, "cat made.key made.pem root.pem > %s", path).ptr);
}

static void write_note(struct world *w, const char *file, const char *text)
{
    struct mr_err err = {0};
    const char *path = mr_arena_format(w->a, "%s/seals/%s", w->folder, file).ptr;
    assert_ok(mr_file_write(path, mr_str_of(text), 0600, false, &err), err);
}

/* The file that has its turn at this time, or "". */
static mr_str chosen(struct world *w, int64_t at)
{
    struct mr_err err = {0};
    mr_str path;
    clock_now = at;
    assert_ok(mr_seals_find(w->s, w->a, MR_STR(ISSUER), &path, &err), err);
    if (!path.ptr) return MR_STR("");
    return mr_str_from(path, strlen(w->folder) + strlen("/seals/"));
}

static void assert_turn(struct world *w, const char *file, int64_t at, mr_seal_turn turn, bool ends_soon)
{
    struct mr_err err = {0};
    struct mr_kept_seal *list;
    size_t count;
    clock_now = at;
    assert_ok(mr_seals_list(w->s, w->a, &list, &count, &err), err);
    for (size_t i = 0; i < count; i++) {
        if (!mr_str_is(list[i].file, file)) continue;
        if (list[i].turn != turn || list[i].ends_soon != ends_soon)
            fail_msg("%s: turn %d, soon %d: %.*s", file, list[i].turn, list[i].ends_soon, MR_STR_ARG(list[i].why));
        return;
    }
    fail_msg("%s is not listed", file);
}

#define SECOND 1000

static void test_seals__the_newest_valid_one_has_its_turn(void **state)
{
    struct world *w = *state;
    if (!peer_is_here()) test_skip("the openssl command is not installed");
    assert_str(chosen(w, day("2027-01-01")), "");
    make(w, ISSUER ".p12", "2026-01-01", "2028-01-01");
    assert_str(chosen(w, day("2027-06-01")), ISSUER ".p12"); /* the simple case */
    make(w, ISSUER "/next.pem", "2027-10-01", "2029-10-01");
    assert_str(chosen(w, day("2027-10-01") - SECOND), ISSUER ".p12");
    assert_str(chosen(w, day("2027-10-01")), ISSUER "/next.pem");
    assert_turn(w, ISSUER "/next.pem", day("2027-10-01") - SECOND, MR_SEAL_NEXT, false);
    assert_turn(w, ISSUER ".p12", day("2027-10-01"), MR_SEAL_OLDER, false);
    assert_turn(w, ISSUER ".p12", day("2028-01-01") + SECOND, MR_SEAL_EXPIRED, false);
    assert_str(chosen(w, day("2029-10-01")), ISSUER "/next.pem");
    assert_str(chosen(w, day("2029-10-01") + SECOND), ISSUER "/next.pem"); /* ended, and the last: issuing refuses it */
}

static void test_seals__its_day_may_be_set(void **state)
{
    struct world *w = *state;
    if (!peer_is_here()) test_skip("the openssl command is not installed");
    make(w, ISSUER ".p12", "2026-01-01", "2028-01-01");
    make(w, ISSUER "/next.p12", "2027-01-01", "2029-01-01");
    assert_str(chosen(w, day("2027-06-01") - SECOND), ISSUER "/next.p12");
    write_note(w, ISSUER "/next.json", "{\"file\": \"next.p12\", \"from\": \"2027-06-01\"}");
    assert_str(chosen(w, day("2027-06-01") - SECOND), ISSUER ".p12");
    assert_str(chosen(w, day("2027-06-01")), ISSUER "/next.json");
}

static void test_seals__warns_when_nothing_follows(void **state)
{
    struct world *w = *state;
    if (!peer_is_here()) test_skip("the openssl command is not installed");
    int64_t soon = day("2028-01-01") - MR_SEAL_SOON_MS;
    make(w, ISSUER ".p12", "2026-01-01", "2028-01-01");
    assert_turn(w, ISSUER ".p12", soon - SECOND, MR_SEAL_CURRENT, false);
    assert_turn(w, ISSUER ".p12", soon, MR_SEAL_CURRENT, true);
    make(w, ISSUER "/late.pem", "2028-02-01", "2030-01-01"); /* leaves a gap */
    assert_turn(w, ISSUER ".p12", soon, MR_SEAL_CURRENT, true);
    make(w, ISSUER "/next.pem", "2027-12-31", "2030-01-01");
    assert_turn(w, ISSUER ".p12", soon, MR_SEAL_CURRENT, false);
}

static void test_seals__one_that_cannot_be_read_has_no_turn(void **state)
{
    struct world *w = *state;
    if (!peer_is_here()) test_skip("the openssl command is not installed");
    make(w, ISSUER ".p12", "2026-01-01", "2028-01-01");
    write_note(w, ISSUER "/broken.json", "{\"file\": \"nowhere.p12\"}");
    write_note(w, ISSUER "/strange.json", "{\"fil\": \"nowhere.p12\"}");
    write_note(w, ISSUER "/both.json", "{\"file\": \"nowhere.p12\", \"pkcs11\": \"pkcs11:object=a\"}");
    assert_str(chosen(w, day("2027-06-01")), ISSUER ".p12");
    assert_turn(w, ISSUER "/broken.json", day("2027-06-01"), MR_SEAL_UNREADABLE, false);
    assert_turn(w, ISSUER "/strange.json", day("2027-06-01"), MR_SEAL_UNREADABLE, false);
    assert_turn(w, ISSUER "/both.json", day("2027-06-01"), MR_SEAL_UNREADABLE, false);
}

/* Authority's own, as made on first use. */
static void test_seals__a_test_seal_gives_way(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_authority authority;
    struct mr_seal_key seal;
    struct mr_seal_adding adding = {.from = MR_TIME_NONE};
    const struct mr_seal_subject subject = {MR_STR("Invented University"), MR_STR(IDENTIFIER), MR_STR("DK"),
                                            MR_STR("Invented seal")};
    mr_str file;
    if (!peer_is_here()) test_skip("the openssl command is not installed");
    assert_ok(mr_authority_new(&env, &authority, &err), err);
    assert_ok(mr_authority_issue_seal(&authority, &env, &subject, MR_KEY_P256, &seal, &err), err);
    adding.seal = &seal;
    assert_ok(mr_seals_add(w->s, w->a, &adding, &file, &err), err);
    assert_true(mr_str_has_prefix(chosen(w, day("2027-06-01")), file)); /* better than none */
    make(w, ISSUER ".p12", "2026-01-01", "2028-01-01");                 /* older, and real */
    assert_str(chosen(w, day("2027-06-01")), ISSUER ".p12");
    mr_seal_key_done(&seal);
    mr_authority_done(&authority);
}

static void open_made(struct world *w, struct mr_seal_key *ret)
{
    struct mr_err err = {0};
    const mr_str parts[] = {peer_file(w->peer, "made.key"), peer_file(w->peer, "made.pem"),
                            peer_file(w->peer, "root.pem")};
    assert_ok(mr_seal_key_read(mr_arena_concat(w->a, parts, 3), MR_STR_EMPTY, ret, &err), err);
}

static void test_seals_add__keeps_it_encrypted_and_once(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_seal_key seal, again;
    mr_str file;
    if (!peer_is_here()) test_skip("the openssl command is not installed");
    make(w, "elsewhere.pem", "2026-01-01", "2028-01-01");
    open_made(w, &seal);
    const struct mr_seal_adding adding = {.seal = &seal, .from = day("2027-03-01")};
    assert_ok(mr_seals_add(w->s, w->a, &adding, &file, &err), err);
    assert_true(mr_str_has_prefix(file, MR_STR(ISSUER "/2026-01-01-")));
    assert_code(mr_seals_add(w->s, w->a, &adding, &file, &err), MR_E_EXISTS, err);
    mr_str note = mr_arena_format(w->a, "%.*s.json", MR_STR_ARG(file));
    assert_turn(w, note.ptr, day("2027-03-01") - SECOND, MR_SEAL_NEXT, false);
    assert_turn(w, note.ptr, day("2027-03-01"), MR_SEAL_CURRENT, false);
    mr_str key = test_read_file(w->a, mr_arena_format(w->a, "%s/seals/%.*s.key", w->folder, MR_STR_ARG(file)).ptr);
    assert_true(mr_str_find(key, MR_STR("BEGIN ENCRYPTED PRIVATE KEY")) >= 0);
    const struct mr_seal_opening o = {.reference = mr_arena_format(w->a, "%s/seals/%.*s", w->folder, MR_STR_ARG(note)),
                                      .password = MR_STR(PASSWORD)};
    assert_ok(mr_seal_open(&o, w->a, &again, &err), err);
    assert_str_eq(mr_certificate_der(again.certificate), mr_certificate_der(seal.certificate));
    mr_seal_key_done(&again);
    clock_now = day("2028-01-02");
    assert_code(mr_seals_add(w->s, w->a, &adding, &file, &err), MR_E_CERTIFICATE, err);
    mr_seal_key_done(&seal);
}

#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_seals__the_newest_valid_one_has_its_turn),
        T(test_seals__its_day_may_be_set),
        T(test_seals__warns_when_nothing_follows),
        T(test_seals__one_that_cannot_be_read_has_no_turn),
        T(test_seals__a_test_seal_gives_way),
        T(test_seals_add__keeps_it_encrypted_and_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
