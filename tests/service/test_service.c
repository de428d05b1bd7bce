/* The use cases, on an installation of its own for each test: publishing, a batch from upload to links, claims; and what a stop or a kill -9
 * in the middle of sealing leaves behind. The clock stands still unless a test moves it. */
#include "service/batch.h"
#include "service/claim.h"
#include "service/demo.h"
#include "service/installation.h"
#include "testing_db.h"

#include "base/log.h"
#include "credential/verify.h"
#include "crypto/digest.h"
#include "store/achievement.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#define FORMS 4                    /* in which each achievement is sealed */
#define NOW INT64_C(1795132800000) /* 2026-11-20 */
#define EXAMPLE MERIT_SOURCE_ROOT "/docs/examples/wound-care.json"

/* ---- a world ---- */

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
    mr_arena a;
    const char *folder;
    mr_service *s;
    mr_str specification;
};

static mr_service *open_folder(const char *folder)
{
    struct mr_err err = {0};
    mr_service *s = NULL;
    struct mr_service_config config = {
        .data_folder = folder, .public_url = "http://127.0.0.1:8400", .env = &env, .database = true};
    assert_ok(mr_service_open(&config, &s, &err), err);
    return s;
}

static mr_str publish_example(mr_service *s, mr_arena *a)
{
    struct mr_err err = {0};
    struct mr_findings findings;
    struct mr_published published;
    mr_str slug;
    mr_findings_init(&findings, a);
    assert_ok(mr_catalogue_publish(s, &mr_actor_operator, a, test_read_file(a, EXAMPLE), &findings, &slug, &err), err);
    assert_ok(mr_catalogue_get(s, a, slug, &published, &err), err);
    return published.id;
}

static int set_up(void **state)
{
    struct mr_err err = {0};
    struct world *w = calloc(1, sizeof *w);
    bool made;
    clock_now = NOW;
    mr_arena_init(&w->a, 512 << 20);
    w->folder = test_temp_folder();
    assert_ok(mr_service_init(w->folder, &env, &made, &err), err);
    test_use_database(w->folder);
    assert_true(made);
    w->s = open_folder(w->folder);
    w->specification = publish_example(w->s, &w->a);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    mr_service_close(w->s);
    test_temp_remove();
    test_temp()->count = 0;
    mr_arena_done(&w->a);
    free(w);
    return 0;
}

/* Upload as the operator. */
static int upload_table(mr_service *s, mr_arena *a, mr_str specification, mr_str name, mr_str table, mr_str *ret_id,
                        struct mr_err *err)
{
    const struct mr_upload upload = {.specification_id = specification, .file_name = name, .content = table};
    return mr_upload_add(s, &mr_actor_operator, a, &upload, ret_id, err);
}

static mr_str upload(struct world *w, const char *table)
{
    struct mr_err err = {0};
    mr_str id;
    assert_ok(upload_table(w->s, &w->a, w->specification, MR_STR("results.csv"), mr_str_of(table), &id, &err), err);
    return id;
}

static struct mr_batch batch(struct world *w, mr_str id)
{
    struct mr_err err = {0};
    struct mr_batch b;
    assert_ok(mr_batch_get(w->s, &mr_actor_operator, &w->a, id, &b, &err), err);
    return b;
}

static void seal(struct world *w, mr_str id)
{
    struct mr_err err = {0};
    assert_ok(mr_batch_seal(w->s, &mr_actor_operator, id, false, &err), err);
    mr_batch_wait(w->s);
    struct mr_batch b = batch(w, id);
    if (b.state != MR_BATCH_SEALED) fail_msg("not sealed: %.*s", MR_STR_ARG(b.error));
}

#define TWO "name,birth date,e-mail,grade\nMette Krogh Poulsen,1991-03-02,mette@example.org,Passed\nSukarno,,,7\n"

/* A table of `count` learners. */
static mr_str many(mr_arena *a, int count)
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_buf_init(&b, 8 << 20);
    mr_buf_puts(&b, "name,birth date,e-mail\n");
    for (int i = 0; i < count; i++)
        mr_buf_format(&b, "Learner Æ%d,19%02d-0%d-1%d,l%d@example.org\n", i, 50 + i % 50, 1 + i % 9, i % 9, i);
    return mr_arena_dup(a, mr_buf_str(&b));
}

static int64_t number(mr_db *db, const char *sql)
{
    struct mr_err err = {0};
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    assert_ok(mr_db_begin(db, false, &tx, &err), err);
    assert_ok(mr_db_query(tx, sql, NULL, 0, &c, &err), err);
    assert_ok(mr_db_next(c, &row, &err), err);
    return mr_db_int(c, 0);
}

/* ---- the installation ---- */

static void test_service_init__keeps_what_is_there(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    bool made = true;
    const char *secret = mr_arena_format(&w->a, "%s/secret", w->folder).ptr;
    const char *authority = mr_arena_format(&w->a, "%s/authority.pem", w->folder).ptr;
    mr_str secret_before = test_read_file(&w->a, secret), authority_before = test_read_file(&w->a, authority);
    struct stat st;
    assert_ok(mr_service_init(w->folder, &env, &made, &err), err);
    assert_false(made);
    assert_true(mr_str_eq(test_read_file(&w->a, secret), secret_before));
    assert_true(mr_str_eq(test_read_file(&w->a, authority), authority_before));
    const char *const private[] = {"secret", "password", "authority.pem",
                                   test_on_postgresql() ? "database" : "merit.db"};
    for (size_t i = 0; i < sizeof private / sizeof *private; i++) {
        assert_int_equal(stat(mr_arena_format(&w->a, "%s/%s", w->folder, private[i]).ptr, &st), 0);
        if (st.st_mode & 077) fail_msg("others may read %s", private[i]);
    }
}

static void test_service_open__needs_a_data_folder(void **state)
{
    (void)state;
    struct mr_err err = {0};
    mr_service *s = NULL;
    struct mr_service_config config = {
        .data_folder = test_temp_folder(), .public_url = "", .env = &env, .database = true};
    assert_code(mr_service_open(&config, &s, &err), MR_E_NOT_FOUND, err);
    assert_null(s);
}

static void test_service_open__is_for_one_server_at_a_time(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    mr_service *second = NULL;
    struct mr_service_config config = {.data_folder = w->folder, .public_url = "", .env = &env, .database = true};
    assert_code(mr_service_open(&config, &second, &err), MR_E_STATE, err);
    config.database = false; /* the command line may work on files beside it */
    assert_ok(mr_service_open(&config, &second, &err), err);
    mr_service_close(second);
    config.database = true;
    mr_service_close(w->s);
    assert_ok(mr_service_open(&config, &w->s, &err), err);
}

static void test_service_is_trial__until_a_seal_of_its_own_is_there(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    assert_true(mr_service_is_trial(w->s));
    const char *seal_file = mr_arena_format(&w->a, "%s/seals/own.p12", w->folder).ptr;
    assert_ok(mr_file_write(seal_file, MR_STR("x"), 0600, false, &err), err);
    assert_false(mr_service_is_trial(w->s));
}

static void test_service_mac__belongs_to_purpose_subject_and_installation(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    char mac[33];
    bool made;
    mr_service_mac(w->s, "claim", MR_STR("id-1"), mac);
    assert_int_equal(strlen(mac), 32);
    assert_true(mr_service_mac_fits(w->s, "claim", MR_STR("id-1"), mr_str_of(mac)));
    assert_false(mr_service_mac_fits(w->s, "claim", MR_STR("id-2"), mr_str_of(mac)));
    assert_false(mr_service_mac_fits(w->s, "form", MR_STR("id-1"), mr_str_of(mac)));
    assert_false(mr_service_mac_fits(w->s, "claim", MR_STR("id-1"), mr_str_make(mac, 31)));
    assert_false(mr_service_mac_fits(w->s, "claim", MR_STR("id-1"), MR_STR_EMPTY));
    const char *other_folder = test_temp_folder();
    assert_ok(mr_service_init(other_folder, &env, &made, &err), err);
    test_use_database(other_folder);
    mr_service *other = open_folder(other_folder);
    assert_false(mr_service_mac_fits(other, "claim", MR_STR("id-1"), mr_str_of(mac)));
    mr_service_close(other);
}

static void test_service_fetch__leads_nowhere_inside(void **state)
{
    struct world *w = *state;
    static const char *const urls[] = {"https://127.0.0.1/", "http://example.org/x", "https://[::1]/",
                                       "file:///etc/hosts"};
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        struct mr_err err = {0};
        mr_str got;
        int code = mr_service_fetch(w->s, &w->a, mr_str_of(urls[i]), &got, &err);
        if (code != MR_E_NET) fail_msg("%s: %s", urls[i], mr_code_name((mr_code)code));
    }
}

/* ---- publishing ---- */

static void test_catalogue_publish__keeps_nothing_when_there_are_faults(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_findings findings;
    struct mr_published *list;
    size_t count;
    mr_str slug;
    mr_findings_init(&findings, &w->a);
    assert_code(mr_catalogue_publish(w->s, &mr_actor_operator, &w->a,
                                     MR_STR("{\"specification\":\"1\",\"id\":\"x\",\"version\":\"1\"}"), &findings,
                                     &slug, &err),
                MR_E_SPECIFICATION, err);
    assert_true(findings.faults > 5); /* all at once */
    assert_code(mr_catalogue_publish(w->s, &mr_actor_operator, &w->a, MR_STR("{\"id\":"), &findings, &slug, &err),
                MR_E_JSON, err);
    assert_ok(mr_catalogue_list(w->s, &w->a, &(struct mr_specification_filter){.limit = 100}, &list, &count, &err),
              err);
    assert_int_equal(count, 1);
    assert_int_equal(number(mr_service_db(w->s), "SELECT COUNT(*) FROM organisation"), 1);
}

/* An outcome that the file may have, and that the official shapes refuse in a credential: a concept of theirs under another name. */
#define UNFIT                                                                                                          \
    "\"learning_outcomes\": ["                                                                                         \
    "{\"title\":{\"en\":\"Assess\",\"da\":\"Vurdere\"},\"skills\":[{\"uri\":\"http://data.europa.eu/snb/eqf/6\","      \
    "\"label\":{\"en\":\"Bachelor\"}}]},"

static mr_str unfit_example(mr_arena *a)
{
    mr_str good = test_read_file(a, EXAMPLE), head = MR_STR("\"learning_outcomes\": [");
    ptrdiff_t at = mr_str_find(good, head);
    assert_true(at > 0);
    return mr_arena_concat(
        a, (const mr_str[]){mr_str_make(good.ptr, (size_t)at), MR_STR(UNFIT), mr_str_from(good, (size_t)at + head.len)},
        3);
}

static void test_catalogue_publish__holds_a_sample_against_the_official_shapes(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_findings findings;
    mr_str slug;
    mr_findings_init(&findings, &w->a);
    assert_code(mr_catalogue_publish(w->s, &mr_actor_operator, &w->a, unfit_example(&w->a), &findings, &slug, &err),
                MR_E_SPECIFICATION, err);
    assert_int_equal(findings.faults, 1);
    assert_string_equal(findings.items[findings.count - 1].id, "check.two_texts");
    assert_string_equal(findings.items[findings.count - 1].pointer, "");
}

static void test_catalogue_publish__a_version_is_published_once(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_findings findings;
    struct mr_published found;
    mr_str slug, text = test_read_file(&w->a, EXAMPLE), version = MR_STR("\"2026.1\"");
    mr_findings_init(&findings, &w->a);
    assert_code(mr_catalogue_publish(w->s, &mr_actor_operator, &w->a, text, &findings, &slug, &err), MR_E_EXISTS, err);
    ptrdiff_t at = mr_str_find(text, version);
    assert_true(at > 0);
    mr_str newer = mr_arena_format(&w->a, "%.*s\"2026.2\"%.*s", (int)at, text.ptr,
                                   MR_STR_ARG(mr_str_from(text, (size_t)at + version.len)));
    clock_now += 1000;
    assert_ok(mr_catalogue_publish(w->s, &mr_actor_operator, &w->a, newer, &findings, &slug, &err), err);
    assert_ok(mr_catalogue_get(w->s, &w->a, slug, &found, &err), err);
    assert_str(found.version, "2026.2");
    assert_ok(mr_catalogue_get(w->s, &w->a, w->specification, &found, &err), err);
    assert_str(found.version, "2026.1");
    assert_code(mr_catalogue_get(w->s, &w->a, MR_STR("nothing"), &found, &err), MR_E_NOT_FOUND, err);
}

/* ---- upload and preview ---- */

static void test_batch_upload__keeps_nothing_of_what_is_no_table(void **state)
{
    struct world *w = *state;
    static const struct {
        mr_str table;
        mr_code code;
    } cases[] = {
        {MR_STR_INIT(""), MR_E_CSV},
        {MR_STR_INIT("\xEF\xBB\xBF"), MR_E_CSV},
        {MR_STR_INIT("name,e-mail\n"), MR_E_CSV},
        {MR_STR_INIT("name,grade\nMette,7\n\"Jonas,7\n"), MR_E_CSV},
        {MR_STR_INIT("PK\x03\x04 a workbook"), MR_E_CSV},
        {MR_STR_INIT("%PDF-1.7"), MR_E_CSV},
        {MR_STR_INIT("n\0a\0m\0e\0\n\0"), MR_E_CSV},
        {MR_STR_INIT("name,grade\nMette\0,7\n"), MR_E_CSV},
    };
    struct mr_batch *list;
    size_t count;
    struct mr_err err = {0};
    mr_str id;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int code = upload_table(w->s, &w->a, w->specification, MR_STR("x"), cases[i].table, &id, &err);
        if (code != (int)cases[i].code) fail_msg("case %zu: %s", i, mr_code_name((mr_code)code));
    }
    assert_code(
        upload_table(w->s, &w->a, w->specification, MR_STR("x"), many(&w->a, MR_LIMIT_UPLOAD_ROWS + 1), &id, &err),
        MR_E_LIMIT, err);
    assert_code(upload_table(w->s, &w->a, MR_STR("nothing"), MR_STR("x"), MR_STR(TWO), &id, &err), MR_E_NOT_FOUND, err);
    assert_ok(mr_batch_list(w->s, &mr_actor_operator, &w->a, w->specification, MR_STR_EMPTY, 100, &list, &count, &err),
              err);
    assert_int_equal(count, 0);
}

static void test_batch_preview__tells_the_fate_of_each_row(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_upload_view p;
    struct mr_upload_item *rows;
    size_t count;
    seal(w, upload(w, TWO));
    mr_str id = upload(w, "name;birth date;e-mail;shoe size\nJonas Bech;1988-11-30;jonas@example.org;43\n"
                          "Aylin Demir;1997-09-13;aylin@example;38\nJONAS  BECH;30.11.1988;jonas@example.org;43\n"
                          "Mette Krogh Poulsen;1991-03-02;mette@example.org;39\n");
    assert_int_equal(batch(w, id).rows_ready, 1);
    assert_ok(mr_upload_get(w->s, &mr_actor_operator, &w->a, id, &p, &err), err);
    assert_int_equal(p.counts[MR_UPLOAD_ALL], 4);
    assert_int_equal(p.counts[MR_UPLOAD_READY], 1);
    assert_int_equal(p.counts[MR_UPLOAD_REFUSED], 1);
    assert_int_equal(p.counts[MR_UPLOAD_DUPLICATE], 1);
    assert_int_equal(p.counts[MR_UPLOAD_HAS_IT], 1);
    assert_int_equal(p.counts[MR_UPLOAD_LEFT_OUT], 3);
    assert_ok(mr_upload_rows(w->s, &mr_actor_operator, &w->a, id, MR_UPLOAD_ALL, 0, 10, &rows, &count, &err), err);
    assert_int_equal(count, 4);
    assert_int_equal(rows[0].fate, MR_UPLOAD_READY);
    assert_int_equal(rows[1].fate, MR_UPLOAD_REFUSED);
    assert_int_equal(rows[1].findings.faults, 1);
    assert_int_equal(rows[2].fate, MR_UPLOAD_DUPLICATE);
    assert_int_equal(rows[2].first_number, 2);
    assert_int_equal(rows[3].fate, MR_UPLOAD_HAS_IT);
    assert_str(rows[3].had_on, "2026-11-20");
    assert_int_equal(p.unused_count, 1);
    assert_str(p.unused[0], "shoe size");
    assert_false(p.latin1);
    mr_str latin = upload(w, "name,birth date\nS\xF8ren \xC6gir,1990-01-01\n");
    assert_ok(mr_upload_get(w->s, &mr_actor_operator, &w->a, latin, &p, &err), err);
    assert_true(p.latin1);
    assert_ok(mr_upload_rows(w->s, &mr_actor_operator, &w->a, latin, MR_UPLOAD_READY, 0, 10, &rows, &count, &err), err);
    assert_str(rows[0].name, "Søren Ægir");
}

static void test_batch_write_refused__can_be_mended_and_uploaded(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_buf_init(&out, 1 << 20);
    mr_str id = upload(
        w, "name,birth date,e-mail\nJonas Bech,1988-11-30,jonas@example.org\nAylin Demir,1997-09-13,aylin@example\n");
    assert_ok(mr_upload_write_left_out(w->s, &mr_actor_operator, &w->a, id, mr_language_english(), false, &out, &err),
              err);
    mr_str text = mr_buf_str(&out);
    assert_true(mr_str_find(text, MR_STR("Jonas")) < 0);
    assert_true(mr_str_find(text, MR_STR("Aylin Demir")) > 0);
    assert_true(mr_str_find(text, MR_STR("not a complete e-mail address")) > 0);
    ptrdiff_t at = mr_str_find(text, MR_STR("aylin@example,"));
    assert_true(at > 0);
    mr_str mended = mr_arena_format(&w->a, "%.*saylin@example.org%.*s", (int)at, text.ptr,
                                    MR_STR_ARG(mr_str_from(text, (size_t)at + strlen("aylin@example"))));
    struct mr_upload_view p;
    assert_ok(mr_upload_get(w->s, &mr_actor_operator, &w->a, upload(w, mended.ptr), &p, &err), err);
    assert_int_equal(p.counts[MR_UPLOAD_READY], 1);
    assert_int_equal(p.counts[MR_UPLOAD_ALL], 1);
}

static void test_batch_draw_sample__is_a_picture_of_a_ready_row(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_buf_init(&out, 1 << 20);
    assert_ok(mr_upload_draw_sample(w->s, &mr_actor_operator, &w->a, upload(w, TWO), &out, &err), err);
    assert_true(mr_str_has_prefix(mr_buf_str(&out), MR_STR("\x89PNG\r\n\x1A\n")));
    mr_str none = upload(w, "name,e-mail\nAylin,aylin@example\n");
    assert_code(mr_upload_draw_sample(w->s, &mr_actor_operator, &w->a, none, &out, &err), MR_E_STATE, err);
}

static void test_batch_discard__keeps_no_table(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_upload_view p;
    mr_str id = upload(w, TWO);
    assert_ok(mr_batch_discard(w->s, &mr_actor_operator, id, &err), err);
    assert_int_equal(batch(w, id).state, MR_BATCH_DISCARDED);
    assert_int_equal(number(mr_service_db(w->s), "SELECT COUNT(*) FROM batch WHERE content IS NOT NULL"), 0);
    assert_code(mr_batch_discard(w->s, &mr_actor_operator, id, &err), MR_E_STATE, err);
    assert_code(mr_batch_seal(w->s, &mr_actor_operator, id, false, &err), MR_E_STATE, err);
    assert_code(mr_upload_get(w->s, &mr_actor_operator, &w->a, id, &p, &err), MR_E_STATE, err);
    assert_code(mr_batch_discard(w->s, &mr_actor_operator, MR_STR("nothing"), &err), MR_E_NOT_FOUND, err);
}

/* ---- sealing ---- */

static void verify_elm(struct world *w, mr_str elm, const char *learner)
{
    struct mr_err err = {0};
    mr_verifier *v;
    mr_report r;
    struct mr_verifying verifying = {.trust = mr_service_trust(w->s), .env = &env, .language = mr_language_english()};
    assert_ok(mr_verifier_open(&verifying, &v, &err), err);
    assert_ok(mr_verify(v, &w->a, elm, &r, &err), err);
    assert_true(r.has_view);
    assert_true(r.test_seal);
    assert_int_equal(r.checks[MR_CHECK_SEAL].state, MR_PASSED);
    assert_int_equal(r.missing_count, 0);
    assert_str(r.view.learner, learner);
    mr_verifier_close(v);
}

static struct mr_claim_link *links(struct world *w, mr_str id, size_t expected)
{
    struct mr_err err = {0};
    struct mr_claim_link *list;
    size_t count;
    assert_ok(mr_batch_search(w->s, &mr_actor_operator, &w->a,
                              &(struct mr_achievement_query){.batch_id = id, .limit = 1000}, &list, &count, &err),
              err);
    assert_int_equal(count, expected);
    /* in one millisecond, ids have no order: put them by name */
    for (size_t i = 1; i < count; i++)
        for (size_t k = i; k > 0 && mr_str_compare(list[k].learner, list[k - 1].learner) < 0; k--) {
            struct mr_claim_link swap = list[k];
            list[k] = list[k - 1], list[k - 1] = swap;
        }
    return list;
}

/* The parts of ".../claim/<id>/<mac>". */
static int open_link(struct world *w, const struct mr_claim_link *link, mr_str *ret_mac, struct mr_claim *ret,
                     struct mr_err *err)
{
    *ret_mac = mr_str_from(link->url, link->url.len - 32);
    return mr_claim_open(w->s, &w->a, link->achievement_id, *ret_mac, MR_STR_EMPTY, ret, err);
}

static void test_batch_seal__gives_each_learner_a_credential(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_claim claim;
    mr_str mac, id = upload(w, TWO);
    seal(w, id);
    struct mr_batch b = batch(w, id);
    assert_int_equal(b.rows_sealed, 2);
    assert_int_equal(b.sealed_at, NOW);
    struct mr_claim_link *list = links(w, id, 2);
    assert_true(mr_str_has_prefix(list[0].url, MR_STR("http://127.0.0.1:8400/claim/")));
    assert_ok(open_link(w, &list[0], &mac, &claim, &err), err);
    assert_str(claim.learner, "Mette Krogh Poulsen");
    assert_str(claim.email, "mette@example.org");
    verify_elm(w, claim.elm, "Mette Krogh Poulsen");
    verify_elm(w, claim.jwt, "Mette Krogh Poulsen");
    assert_ok(open_link(w, &list[1], &mac, &claim, &err), err);
    verify_elm(w, claim.elm, "Sukarno");
    assert_int_equal(number(mr_service_db(w->s), "SELECT COUNT(*) FROM batch WHERE content IS NOT NULL"), 0);
    assert_code(mr_batch_seal(w->s, &mr_actor_operator, id, false, &err), MR_E_STATE, err);
}

/* A specification that was published before it was held against the shapes: nothing is sealed, nothing is lost. */
static void test_batch_seal__stops_before_a_credential_that_breaks_official_rules(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_findings findings;
    mr_db_tx *tx;
    mr_str id = upload(w, TWO), good = test_read_file(&w->a, EXAMPLE);
    for (int round = 0; round < 2; round++) {
        assert_ok(mr_db_begin(mr_service_db(w->s), true, &tx, &err), err);
        assert_ok(mr_db_run(tx, "UPDATE specification SET document = $document",
                            MR_DB_ARGS(MR_DB_B("document", round == 0 ? unfit_example(&w->a) : good)), NULL, &err),
                  err);
        assert_ok(mr_db_commit(tx, &err), err);
        mr_kept_specifications_forget(&w->s->kept);
        if (round > 0) break;
        assert_code(mr_batch_seal(w->s, &mr_actor_operator, id, false, &err), MR_E_SPECIFICATION, err);
        assert_int_equal(batch(w, id).state, MR_BATCH_PREVIEW);
        mr_findings_init(&findings, &w->a);
        assert_ok(mr_upload_check(w->s, &mr_actor_operator, &w->a, id, &findings, &err), err);
        assert_int_equal(findings.faults, 1);
        assert_int_equal(number(mr_service_db(w->s), "SELECT COUNT(*) FROM achievement"), 0);
    }
    seal(w, id); /* mended, it goes on */
    assert_int_equal(batch(w, id).rows_sealed, 2);
}

static void test_batch_seal__leaves_out_who_has_it(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    seal(w, upload(w, TWO));
    mr_str again = upload(w, TWO);
    assert_int_equal(batch(w, again).rows_ready, 0);
    assert_code(mr_batch_seal(w->s, &mr_actor_operator, again, false, &err), MR_E_STATE, err);
    assert_int_equal(batch(w, again).state, MR_BATCH_PREVIEW);
    mr_str first = upload(w, "name\nA B\nC D\n"), second = upload(w, "name\nC D\nE F\n");
    assert_int_equal(batch(w, second).rows_ready, 2);
    seal(w, first);
    seal(w, second);
    assert_int_equal(batch(w, second).rows_ready, 1);
    assert_int_equal(batch(w, second).rows_sealed, 1);
    assert_int_equal(number(mr_service_db(w->s), "SELECT COUNT(*) FROM achievement"), 5);
}

static void test_batch_seal__goes_on_after_the_cause_of_a_failure_is_gone(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    mr_str first = upload(w, "name\nA B\n"), *names;
    size_t count;
    seal(w, first);
    const char *seals = mr_arena_format(&w->a, "%s/seals", w->folder).ptr;
    assert_ok(mr_file_list(&w->a, seals, ".pem", 10, &names, &count, &err), err);
    assert_int_equal(count, 1);
    const char *good = mr_arena_format(&w->a, "%s/%.*s", seals, MR_STR_ARG(names[0])).ptr;
    mr_str key = test_read_file(&w->a, good);
    assert_ok(mr_file_write(good, MR_STR("no key"), 0600, false, &err), err);
    mr_str id = upload(w, TWO);
    assert_ok(mr_batch_seal(w->s, &mr_actor_operator, id, false, &err), err);
    mr_batch_wait(w->s);
    struct mr_batch b = batch(w, id);
    assert_int_equal(b.state, MR_BATCH_FAILED);
    assert_true(mr_str_find_char(b.error, ':') > 0);
    assert_int_equal(b.rows_sealed, 0);
    assert_ok(mr_file_write(good, key, 0600, false, &err), err);
    seal(w, id);
    links(w, id, 2);
}

static void pause_ms(int ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000L}, NULL);
}

/* All rows are there once, each whole. */
static void assert_all_sealed(mr_service *s, int64_t count)
{
    mr_db *db = mr_service_db(s);
    assert_int_equal(number(db, "SELECT COUNT(*) FROM achievement"), count);
    assert_int_equal(number(db, "SELECT COUNT(DISTINCT learner_key) FROM achievement"), count);
    assert_int_equal(number(db, "SELECT COUNT(*) FROM credential"), FORMS * count);
    assert_int_equal(number(db, "SELECT COUNT(*) FROM batch WHERE state = 'sealed'"), 1);
    assert_int_equal(number(db, "SELECT rows_sealed FROM batch"), count);
    assert_int_equal(number(db, "SELECT COUNT(*) FROM achievement n JOIN status_entry e ON e.achievement_id = n.id"),
                     count);
    assert_int_equal(number(db, "SELECT COUNT(*) FROM status_entry"), count); /* places taken before are taken up */
}

static void test_batch_seal__is_taken_up_again_after_a_stop(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    mr_str id = upload(w, many(&w->a, 400).ptr);
    assert_ok(mr_batch_seal(w->s, &mr_actor_operator, id, false, &err), err);
    while (batch(w, id).rows_sealed == 0) pause_ms(1);
    mr_service_close(w->s);
    w->s = NULL;
    mr_db *db;
    mr_str where;
    assert_ok(mr_service_database(&w->a, mr_str_of(w->folder), NULL, &where, &err), err);
    assert_ok(mr_db_open(where.ptr, &db, &err), err);
    int64_t sealed = number(db, "SELECT COUNT(*) FROM achievement");
    assert_in_range(sealed, 1, 399);
    assert_int_equal(number(db, "SELECT COUNT(*) FROM credential"), FORMS * sealed);
    assert_int_equal(number(db, "SELECT COUNT(*) FROM batch WHERE state = 'sealing'"), 1);
    mr_db_close(db);
    w->s = open_folder(w->folder);
    mr_batch_wait(w->s);
    assert_all_sealed(w->s, 400);
}

/* The child of the next test: seals until it is killed. */
static int seal_until_killed(const char *folder)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_err err = {0};
    mr_str id;
    clock_now = NOW;
    mr_log_set_level(MR_LOG_ERROR);
    mr_arena_init(&a, 64 << 20);
    mr_service *s = open_folder(folder);
    struct mr_published p;
    if (mr_catalogue_get(s, &a, MR_STR("wound-care-2026"), &p, &err) != MR_OK ||
        upload_table(s, &a, p.id, MR_STR("many.csv"), many(&a, 400), &id, &err) != MR_OK ||
        mr_batch_seal(s, &mr_actor_operator, id, true, &err) != MR_OK)
        return 1;
    mr_batch_wait(s);
    pause_ms(60000);
    return 0;
}

static void test_batch_seal__loses_nothing_to_kill_9(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    int status;
    mr_service_close(w->s);
    w->s = NULL;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        execl("/proc/self/exe", "test_service", "seal-until-killed", w->folder, NULL);
        _exit(127);
    }
    mr_db *db;
    mr_str where;
    assert_ok(mr_service_database(&w->a, mr_str_of(w->folder), NULL, &where, &err), err);
    assert_ok(mr_db_open(where.ptr, &db, &err), err);
    int64_t sealed = 0;
    for (int waited = 0; sealed < 40 && waited < 30000; waited += 2) {
        pause_ms(2);
        if (waitpid(child, &status, WNOHANG) != 0) fail_msg("the child ended by itself");
        sealed = number(db, "SELECT COUNT(*) FROM achievement");
    }
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    sealed = number(db, "SELECT COUNT(*) FROM achievement");
    assert_in_range(sealed, 40, 399);
    assert_int_equal(number(db, "SELECT COUNT(*) FROM credential"), FORMS * sealed);
    assert_int_equal(number(db, "SELECT rows_sealed FROM batch"), sealed);
    assert_int_equal(number(db, "SELECT COUNT(DISTINCT object_id) FROM mail WHERE template = 'claim'"), sealed);
    assert_int_equal(number(db, "SELECT COUNT(*) FROM batch WHERE state = 'sealing'"), 1);
    mr_db_close(db);
    w->s = open_folder(w->folder);
    mr_batch_wait(w->s);
    assert_all_sealed(w->s, 400);
    assert_int_equal(number(mr_service_db(w->s), "SELECT COUNT(*) FROM mail WHERE template = 'claim'"), 400);
}

static void test_batch_write_links__is_for_a_mail_merge(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_buf_init(&out, 1 << 20);
    mr_str id = upload(w, "name,e-mail\n\"=cmd|' /C calc'!A0\",x@example.org\n");
    seal(w, id);
    assert_ok(mr_batch_write_links(w->s, &mr_actor_operator, id, mr_language_english(), &out, &err), err);
    mr_str text = mr_buf_str(&out);
    assert_true(mr_str_has_prefix(text, MR_STR("\xEF\xBB\xBFLearner,E-mail,State,Link\r\n'=cmd")));
    assert_true(mr_str_find(text, MR_STR("x@example.org,Not decided yet,http://127.0.0.1:8400/claim/")) > 0);
}

/* ---- claims ---- */

static void test_claim_open__needs_the_link_of_that_very_achievement(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_claim claim;
    mr_claim_pass pass;
    mr_str id = upload(w, TWO), mac, other;
    seal(w, id);
    struct mr_claim_link *list = links(w, id, 2);
    assert_ok(open_link(w, &list[0], &mac, &claim, &err), err);
    assert_ok(open_link(w, &list[1], &other, &claim, &err), err);
    assert_code(mr_claim_open(w->s, &w->a, list[0].achievement_id, other, MR_STR_EMPTY, &claim, &err), MR_E_NOT_FOUND,
                err);
    assert_code(mr_claim_accept(w->s, list[0].achievement_id, other, MR_STR_EMPTY, pass, &err), MR_E_NOT_FOUND, err);
    assert_code(mr_claim_decline(w->s, list[0].achievement_id, other, MR_STR_EMPTY, pass, &err), MR_E_NOT_FOUND, err);
    assert_code(mr_claim_open(w->s, &w->a, list[0].achievement_id, MR_STR(""), MR_STR_EMPTY, &claim, &err),
                MR_E_NOT_FOUND, err);
    assert_code(mr_claim_open(w->s, &w->a, MR_STR("' OR 1=1 --"), mac, MR_STR_EMPTY, &claim, &err), MR_E_NOT_FOUND,
                err);
    /* a right mac over an id that is not there reveals no more */
    mr_str absent = MR_STR("01900000-0000-7000-8000-000000000000");
    mr_str path = mr_claim_path(w->s, &w->a, absent, 0);
    assert_code(mr_claim_open(w->s, &w->a, absent, mr_str_from(path, path.len - 32), MR_STR_EMPTY, &claim, &err),
                MR_E_NOT_FOUND, err);
}

static void test_claim_accept__once_for_all(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_claim claim;
    mr_claim_pass pass, none;
    mr_str id = upload(w, TWO), mac;
    seal(w, id);
    struct mr_claim_link *link = links(w, id, 2);
    assert_ok(open_link(w, link, &mac, &claim, &err), err);
    assert_int_equal(claim.state, MR_CLAIM_OPEN);
    assert_true(claim.claimed_at == MR_TIME_NONE);
    clock_now += 5000;
    assert_ok(mr_claim_accept(w->s, link->achievement_id, mac, MR_STR_EMPTY, pass, &err), err);
    assert_true(pass[0] != 0);
    /* a form that was sent twice by the browser that decided; anybody else comes too late */
    assert_ok(mr_claim_accept(w->s, link->achievement_id, mac, mr_str_of(pass), none, &err), err);
    assert_int_equal(none[0], 0);
    assert_code(mr_claim_accept(w->s, link->achievement_id, mac, MR_STR_EMPTY, none, &err), MR_E_STATE, err);
    assert_code(mr_claim_decline(w->s, link->achievement_id, mac, mr_str_of(pass), none, &err), MR_E_STATE, err);
    assert_ok(mr_claim_open(w->s, &w->a, link->achievement_id, mac, mr_str_of(pass), &claim, &err), err);
    assert_int_equal(claim.door, MR_CLAIM_PASS);
    assert_int_equal(claim.state, MR_CLAIM_ACCEPTED);
    assert_int_equal(claim.claimed_at, NOW + 5000);
    assert_true(claim.elm.len > 0 && claim.jwt.len > 0);
}

static void test_claim_decline__removes_her_copies_and_keeps_the_record(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_claim claim;
    mr_claim_pass pass, none;
    mr_str id = upload(w, TWO), mac;
    seal(w, id);
    struct mr_claim_link *link = links(w, id, 2);
    assert_ok(open_link(w, link, &mac, &claim, &err), err);
    assert_ok(mr_claim_decline(w->s, link->achievement_id, mac, MR_STR_EMPTY, pass, &err), err);
    assert_ok(mr_claim_decline(w->s, link->achievement_id, mac, mr_str_of(pass), none, &err), err);
    assert_code(mr_claim_accept(w->s, link->achievement_id, mac, mr_str_of(pass), none, &err), MR_E_STATE, err);
    assert_ok(mr_claim_open(w->s, &w->a, link->achievement_id, mac, mr_str_of(pass), &claim, &err), err);
    assert_int_equal(claim.state, MR_CLAIM_DECLINED);
    assert_int_equal(claim.elm.len, 0);
    assert_int_equal(claim.jwt.len, 0);
    assert_int_equal(number(mr_service_db(w->s), "SELECT COUNT(*) FROM credential"), FORMS);
    assert_int_equal(number(mr_service_db(w->s), "SELECT COUNT(*) FROM achievement"), 2);
}

static void test_claim__is_over_when_nobody_decided_in_time(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_claim claim, late;
    mr_claim_pass pass;
    mr_str id = upload(w, TWO), mac, late_mac;
    int64_t removed;
    seal(w, id);
    struct mr_claim_link *list = links(w, id, 2);
    assert_ok(open_link(w, &list[0], &mac, &claim, &err), err);
    assert_ok(open_link(w, &list[1], &late_mac, &late, &err), err);
    assert_ok(mr_claim_accept(w->s, list[0].achievement_id, mac, MR_STR_EMPTY, pass, &err), err);
    clock_now = late.until;
    assert_ok(open_link(w, &list[1], &late_mac, &late, &err), err);
    assert_ok(mr_claim_remove_unclaimed(w->s, &removed, &err), err);
    assert_int_equal(removed, 0);
    clock_now = late.until + 1;
    assert_code(open_link(w, &list[1], &late_mac, &late, &err), MR_E_STATE, err);
    assert_code(mr_claim_accept(w->s, list[1].achievement_id, late_mac, MR_STR_EMPTY, pass, &err), MR_E_STATE, err);
    assert_ok(mr_claim_look(w->s, &w->a, list[0].achievement_id, &claim, &err), err); /* hers for good */
    assert_true(claim.elm.len > 0);
    assert_str(mr_claim_link_state(w->s, mr_language_english(), &list[1]), "Time is over");
    mr_service_close(w->s);
    w->s = open_folder(w->folder); /* keeps house by itself */
    mr_batch_wait(w->s);
    assert_int_equal(number(mr_service_db(w->s), "SELECT COUNT(*) FROM credential"), FORMS);
    assert_ok(mr_claim_look(w->s, &w->a, list[0].achievement_id, &claim, &err), err);
    assert_true(claim.elm.len > 0);
}

static void test_demo_load__only_into_an_empty_installation(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_published *list;
    size_t count;
    bool made;
    assert_ok(mr_demo_load(w->s, &err), err);
    assert_ok(mr_catalogue_list(w->s, &w->a, &(struct mr_specification_filter){.limit = 100}, &list, &count, &err),
              err);
    assert_int_equal(count, 1);
    const char *folder = test_temp_folder();
    assert_ok(mr_service_init(folder, &env, &made, &err), err);
    test_use_database(folder);
    mr_service_close(w->s);
    w->s = open_folder(folder);
    assert_ok(mr_demo_load(w->s, &err), err);
    assert_ok(mr_demo_load(w->s, &err), err);
    assert_ok(mr_catalogue_list(w->s, &w->a, &(struct mr_specification_filter){.limit = 100}, &list, &count, &err),
              err);
    assert_int_equal(count, 3);
    int64_t awarded = 0;
    for (size_t i = 0; i < count; i++) {
        awarded += list[i].awarded;
        assert_true(list[i].specification.title.count >= 2);
    }
    assert_true(awarded >= 3);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "seal-until-killed") == 0) return seal_until_killed(argv[2]);
#define T(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(test_service_init__keeps_what_is_there),
        cmocka_unit_test(test_service_open__needs_a_data_folder),
        T(test_service_open__is_for_one_server_at_a_time),
        T(test_service_is_trial__until_a_seal_of_its_own_is_there),
        T(test_service_mac__belongs_to_purpose_subject_and_installation),
        T(test_service_fetch__leads_nowhere_inside),
        T(test_catalogue_publish__keeps_nothing_when_there_are_faults),
        T(test_catalogue_publish__holds_a_sample_against_the_official_shapes),
        T(test_catalogue_publish__a_version_is_published_once),
        T(test_batch_upload__keeps_nothing_of_what_is_no_table),
        T(test_batch_preview__tells_the_fate_of_each_row),
        T(test_batch_write_refused__can_be_mended_and_uploaded),
        T(test_batch_draw_sample__is_a_picture_of_a_ready_row),
        T(test_batch_discard__keeps_no_table),
        T(test_batch_seal__gives_each_learner_a_credential),
        T(test_batch_seal__stops_before_a_credential_that_breaks_official_rules),
        T(test_batch_seal__leaves_out_who_has_it),
        T(test_batch_seal__goes_on_after_the_cause_of_a_failure_is_gone),
        T(test_batch_seal__is_taken_up_again_after_a_stop),
        T(test_batch_seal__loses_nothing_to_kill_9),
        T(test_batch_write_links__is_for_a_mail_merge),
        T(test_claim_open__needs_the_link_of_that_very_achievement),
        T(test_claim_accept__once_for_all),
        T(test_claim_decline__removes_her_copies_and_keeps_the_record),
        T(test_claim__is_over_when_nobody_decided_in_time),
        T(test_demo_load__only_into_an_empty_installation),
    };
    mr_log_set_level(MR_LOG_ERROR);
    return cmocka_run_group_tests_name("service", tests, NULL, NULL);
}
