/* The installation: its folder, secrets, seals.
 *
 * Key files are encrypted. The password comes from MERIT_PASSWORD; without that from the file `password` that mr_service_init makes, readable by
 * the operator's account alone. That file protects a stray copy of seals/, not a stray copy of the whole folder: the operator's guide says so. */
#include "service/installation.h"

#include "base/encoding.h"
#include "base/file.h"
#include "base/id.h"
#include "base/limits.h"
#include "crypto/authority.h"
#include "crypto/hmac.h"
#include "model/contact.h"
#include "net/client.h"
#include "net/smtp.h"
#include "rdf/context.h"
#include "service/evidence.h"
#include "service/jobs.h"
#include "service/maker.h"
#include "service/search.h"
#include "service/seal_reference.h"
#include "service/seals.h"
#include "store/installation.h"
#include "store/schema.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#define FETCH_WAIT_MS 10000
#define SERVICE_MEMORY (64 * MR_MIB)
#define SEALS_MEMORY (32 * MR_MIB)
#define SEALS_MEMORY (32 * MR_MIB)

static mr_str in_folder(mr_arena *a, mr_str folder, const char *name)
{
    return mr_arena_format(a, "%.*s/%s", MR_STR_ARG(folder), name);
}

static bool authority_files_exist(mr_arena *a, mr_str folder)
{
    return mr_file_exists(in_folder(a, folder, "authority.pem").ptr);
}

static int make_password(mr_arena *a, mr_str folder, bool own, const mr_env *env, mr_str *ret, struct mr_err *err)
{
    const char *given = getenv("MERIT_PASSWORD");
    mr_str path = in_folder(a, folder, "password");
    bool has = mr_file_exists(path.ptr);
    if (given && *given && !(own && has)) {
        *ret = mr_str_of(given);
        return MR_OK;
    }
    if (has) {
        MR_TRY(mr_file_read(a, path.ptr, MR_KIB, ret, err));
        *ret = mr_str_trim(*ret);
        return MR_OK;
    }
    char token[33];
    mr_id_token(env, token);
    *ret = mr_arena_dup(a, mr_str_of(token));
    return mr_file_write(path.ptr, *ret, 0600, true, err);
}

static int make_secret(mr_arena *a, mr_str folder, const mr_env *env, struct mr_err *err)
{
    mr_str path = in_folder(a, folder, "secret");
    if (mr_file_exists(path.ptr)) return MR_OK;
    char secret[32];
    mr_env_random(env, secret, sizeof secret);
    int code = mr_file_write(path.ptr, mr_str_make(secret, sizeof secret), 0600, true, err);
    mr_secret_wipe(secret, sizeof secret);
    return code;
}

static void authority_cleanup(struct mr_authority *a)
{
    mr_authority_done(a);
}
static void seal_cleanup(struct mr_seal_key *s)
{
    mr_seal_key_done(s);
}

static int make_authority(mr_arena *a, mr_str folder, const mr_env *env, mr_str password, struct mr_err *err)
{
    MR_CLEANUP(authority_cleanup) struct mr_authority authority = {0};
    MR_CLEANUP(mr_buf_wipe) mr_buf pem;
    mr_buf_init(&pem, MR_LIMIT_KEY_FILE);
    MR_TRY(mr_authority_new(env, &authority, err));
    struct mr_seal_key as_seal = {.key = authority.key, .certificate = authority.certificate};
    MR_TRY(mr_seal_key_write(&as_seal, password, &pem, err));
    return mr_file_write(in_folder(a, folder, "authority.pem").ptr, mr_buf_str(&pem), 0600, true, err);
}

int mr_service_init(const char *data_folder, const mr_env *env, bool *ret_made, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, MR_MIB);
    mr_str folder = mr_str_of(data_folder), password;
    MR_TRY(mr_file_make_folder(data_folder, err));
    MR_TRY(mr_file_make_folder(in_folder(&a, folder, "seals").ptr, err));
    MR_TRY(mr_file_make_folder(in_folder(&a, folder, "trust").ptr, err));
    bool had = authority_files_exist(&a, folder);
    MR_TRY(make_secret(&a, folder, env, err));
    MR_TRY(make_password(&a, folder, false, env, &password, err));
    if (!had) MR_TRY(make_authority(&a, folder, env, password, err));
    *ret_made = !had;
    return MR_OK;
}

static int read_secret(mr_service *s, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, MR_MIB);
    mr_str secret;
    MR_TRY(mr_file_read(&a, in_folder(&a, s->folder, "secret").ptr, 64, &secret, err));
    if (secret.len != sizeof s->secret)
        return MR_FAIL(err, MR_E_FORMAT, "the file `secret` in the data folder is not 32 bytes long", MR_NOWHERE);
    memcpy(s->secret, secret.ptr, sizeof s->secret);
    mr_secret_wipe((void *)secret.ptr, secret.len);
    return MR_OK;
}

/* One server works on a data folder: two would take up the same batches. The lock ends with the process, however that ends. */
static int lock_folder(mr_service *s, struct mr_err *err)
{
    const char *path = in_folder(&s->arena, s->folder, "lock").ptr;
    s->folder_lock = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
    if (s->folder_lock < 0)
        return MR_FAIL_DETAIL(err, MR_E_IO, "the data folder cannot be written", "%s", strerror(errno));
    if (flock(s->folder_lock, LOCK_EX | LOCK_NB) == 0) return MR_OK;
    return MR_FAIL_DETAIL(err, MR_E_STATE, "another server works on this data folder", "%.*s", MR_STR_ARG(s->folder));
}

/* Made once and kept, so that a node that starts again knows what it was doing. */
static int name_node(mr_service *s, struct mr_err *err)
{
    mr_str path = in_folder(&s->arena, s->folder, "node");
    if (mr_file_exists(path.ptr)) return mr_file_read(&s->arena, path.ptr, 64, &s->jobs.node, err);
    char id[37];
    mr_id_random(s->env, id);
    s->jobs.node = mr_arena_dup(&s->arena, mr_str_of(id));
    return mr_file_write(path.ptr, s->jobs.node, 0600, true, err);
}

int mr_service_database(mr_arena *a, mr_str data_folder, const char *given, mr_str *ret, struct mr_err *err)
{
    const char *environment = getenv("MERIT_DATABASE");
    mr_str file = in_folder(a, data_folder, "database"), where = mr_str_of(given);
    if (!where.len) where = mr_str_of(environment);
    if (!where.len && !mr_file_exists(file.ptr)) {
        *ret = in_folder(a, data_folder, "merit.db");
        return ret->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory to open", MR_NOWHERE);
    }
    if (!where.len) MR_TRY(mr_file_read(a, file.ptr, 4 * MR_KIB, &where, err));
    where = mr_arena_dup(a, mr_str_trim(where));
    if (!mr_db_is_url(where))
        return MR_FAIL(err, MR_E_USAGE, "the address of the database does not begin with postgresql://", MR_NOWHERE);
    *ret = where;
    return ret->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory to open", MR_NOWHERE);
}

bool mr_service_has_database(const char *data_folder)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_str where;
    mr_arena_init(&a, 64 * MR_KIB);
    if (mr_service_database(&a, mr_str_of(data_folder), NULL, &where, NULL) != MR_OK) return false;
    return mr_db_is_url(where) || mr_file_exists(where.ptr);
}

/* A password for the mail server stands in the environment or in a file, never among the words of a command, where everybody on the machine sees it. */
static int read_post(mr_service *s, const struct mr_mail_config *config, struct mr_err *err)
{
    mr_arena *a = &s->arena;
    mr_str file = in_folder(a, s->folder, "smtp-password"), given = mr_str_of(config->password);
    if (!given.len && mr_file_exists(file.ptr)) MR_TRY(mr_file_read(a, file.ptr, MR_KIB, &given, err));
    s->post = (struct mr_post){.url = mr_arena_dup(a, mr_str_of(config->smtp_url)),
                               .user = mr_arena_dup(a, mr_str_of(config->user)),
                               .password = mr_arena_dup(a, mr_str_trim(given)),
                               .authorities = mr_arena_dup(a, mr_str_of(config->authorities)),
                               .from = mr_arena_dup(a, mr_str_of(config->from)),
                               .back = mr_arena_dup(a, mr_str_of(config->back)),
                               .reports = mr_arena_dup(a, mr_str_of(config->reports)),
                               .per_minute = config->per_minute > 0 ? config->per_minute : MR_LIMIT_MAIL_PER_MINUTE,
                               .timeout_ms = config->timeout_ms};
    if (s->post.url.len && !mr_smtp_is_url(s->post.url))
        return MR_FAIL_DETAIL(err, MR_E_FORMAT, "this is no URL of a mail server (smtp://..., smtps://...)", "%s",
                              config->smtp_url);
    if (s->post.url.len && !mr_contact_is_email(s->post.from))
        return MR_FAIL_DETAIL(err, MR_E_FORMAT, "mail needs an address to be sent from", "%s",
                              config->from ? config->from : "none is given");
    if (s->post.back.len && !mr_contact_is_email(s->post.back))
        return MR_FAIL_DETAIL(err, MR_E_FORMAT, "this is no e-mail address", "%s", config->back);
    return MR_OK;
}

/* Does the folder belong to this database? Links that one node made fit on another only when both have the same secret, and so do sessions and the audit log. */
static int check_secret(mr_service *s, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    mr_str known;
    char ours[33];
    mr_arena_init(&a, MR_MIB);
    mr_service_mac(s, "installation", MR_STR_EMPTY, ours);
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_store_installation_find(tx, &a, "secret", &known, err));
    mr_db_rollbackp(&tx);
    tx = NULL;
    if (!known.len) {
        MR_TRY(mr_db_begin(s->db, true, &tx, err));
        MR_TRY(mr_store_installation_add(tx, "secret", mr_str_of(ours), err));
        MR_TRY(mr_store_installation_find(tx, &a, "secret", &known, err)); /* another node may have been first */
        mr_db_tx *ending = tx;
        tx = NULL;
        MR_TRY(mr_db_commit(ending, err));
    }
    if (mr_str_is(known, ours)) return MR_OK;
    return MR_FAIL(err, MR_E_STATE,
                   "the file `secret` in the data folder is not the one that this database was used with; copy it from "
                   "another node or a backup",
                   MR_NOWHERE);
}

static int open_parts(mr_service *s, const struct mr_service_config *config, struct mr_err *err)
{
    mr_arena *a = &s->arena;
    s->folder = mr_arena_dup(a, mr_str_of(config->data_folder));
    s->public_url = mr_arena_dup(a, mr_str_of(config->public_url));
    s->verify_url = mr_arena_format(a, "%.*s/verify", MR_STR_ARG(s->public_url));
    s->fetch_from = mr_arena_dup(a, mr_str_of(config->fetch_from));
    if (s->fetch_from.len &&
        !mr_str_has_suffix(s->fetch_from, MR_STR("/"))) /* or "http://host" would let "http://host@other" in */
        s->fetch_from = mr_arena_format(a, "%.*s/", MR_STR_ARG(s->fetch_from));
    if (!s->folder.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory to open", MR_NOWHERE);
    if (!authority_files_exist(a, s->folder))
        return MR_FAIL_DETAIL(err, MR_E_NOT_FOUND, "this is no data folder of Merit; `merit init` makes one", "%s",
                              config->data_folder);
    MR_TRY(make_password(a, s->folder, config->own_password, s->env, &s->password, err));
    MR_TRY(read_secret(s, err));
    mr_str trust = in_folder(a, s->folder, "trust");
    if (mr_file_exists(trust.ptr)) MR_TRY(mr_trust_load(a, trust.ptr, &s->trust, err));
    s->level = config->level;
    s->seal_threads = config->seal_threads;
    s->backup_days = config->backup_days;
    const struct mr_evidence_client_options evidence = {s->env, mr_str_of(config->timestamp_url), s->fetch_from};
    MR_TRY(mr_evidence_client_new(&evidence, &s->evidence, err));
    const struct mr_net_fetcher_options net = {.env = s->env, .allow_private = s->fetch_from};
    if (config->online) MR_TRY(mr_net_fetcher_new(&net, &s->net, err));
    if (!config->database) return MR_OK;
    MR_TRY(read_post(s, &config->mail, err));
    if (!config->beside) MR_TRY(lock_folder(s, err));
    mr_str where;
    MR_TRY(mr_service_database(a, s->folder, config->database_url, &where, err));
    MR_TRY(mr_db_open(where.ptr, &s->db, err));
    MR_TRY(mr_store_migrate(s->db, err));
    MR_TRY(check_secret(s, err));
    MR_TRY(mr_search_open(s, err));
    if (config->beside) return MR_OK;
    MR_TRY(name_node(s, err));
    return mr_jobs_start(s, 2, err);
}

int mr_service_open(const struct mr_service_config *config, mr_service **ret, struct mr_err *err)
{
    mr_arena arena;
    mr_arena_init(&arena, SERVICE_MEMORY);
    mr_service *s = MR_NEW(&arena, mr_service);
    if (!s) return MR_FAIL(err, MR_E_NOMEM, "no memory to open", MR_NOWHERE);
    s->arena = arena; /* which holds s itself */
    s->env = config->env;
    s->folder_lock = -1;
    s->status_size = MR_LIMIT_STATUS_INDEXES;
    pthread_mutex_init(&s->seal_lock, NULL);
    pthread_mutex_init(&s->seals_ending.lock, NULL);
    mr_arena_init(&s->seals_ending.arena, SEALS_MEMORY);
    pthread_mutex_init(&s->check_lock, NULL);
    pthread_mutex_init(&s->status_lock, NULL);
    pthread_mutex_init(&s->maker_lock, NULL);
    mr_kept_specifications_init(&s->kept);
    mr_jobs_init(s);
    int code = open_parts(s, config, err);
    if (code != MR_OK) {
        mr_service_close(s);
        return code;
    }
    *ret = s;
    return MR_OK;
}

void mr_service_close(mr_service *s)
{
    if (!s) return;
    mr_jobs_stop(s);
    mr_maker_end(s);
    if (s->db) mr_db_close(s->db);
    if (s->folder_lock >= 0) close(s->folder_lock);
    mr_net_fetcher_free(s->net);
    mr_evidence_client_free(s->evidence);
    mr_trust_done(&s->trust);
    mr_secret_wipe(s->secret, sizeof s->secret);
    if (s->post.password.len) mr_secret_wipe((void *)s->post.password.ptr, s->post.password.len);
    pthread_mutex_destroy(&s->seal_lock);
    pthread_mutex_destroy(&s->seals_ending.lock);
    mr_arena_done(&s->seals_ending.arena);
    pthread_mutex_destroy(&s->check_lock);
    pthread_mutex_destroy(&s->status_lock);
    for (size_t i = 0; i < MR_LIMIT_STATUS_KEPT; i++) mr_buf_done(&s->status_signed[i].text);
    if (s->checker) mr_checker_close(s->checker);
    while (s->idle_contexts_count) mr_contexts_close(s->idle_contexts[--s->idle_contexts_count]);
    pthread_mutex_destroy(&s->maker_lock);
    mr_kept_specifications_done(&s->kept);
    pthread_mutex_destroy(&s->jobs.lock);
    pthread_cond_destroy(&s->jobs.changed);
    mr_arena arena = s->arena;
    mr_arena_done(&arena);
}

const mr_env *mr_service_env(const mr_service *s)
{
    return s->env;
}
const mr_trust *mr_service_trust(const mr_service *s)
{
    return &s->trust;
}
mr_str mr_service_public_url(const mr_service *s)
{
    return s->public_url;
}
int64_t mr_service_backup_days(const mr_service *s)
{
    return s->backup_days;
}
mr_db *mr_service_db(mr_service *s)
{
    return s->db;
}

/* What is in the folder decides, not what is in the files: this is asked before any password. Test seals are made as PEM files of the simple case; whatever else is
 * there was put there by the operator. */
bool mr_service_is_trial(const mr_service *s)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 4 * MR_MIB);
    mr_str *names;
    size_t count = 0;
    if (mr_file_list(&a, in_folder(&a, s->folder, "seals").ptr, "", 4 * MR_LIMIT_ANCHORS, &names, &count, NULL) !=
        MR_OK)
        return true;
    for (size_t i = 0; i < count; i++)
        if (names[i].ptr[0] != '.' && !mr_str_has_suffix(names[i], MR_STR(".pem"))) return false;
    return true;
}

/* File name of a provider's seal: its eIDAS identifier in small letters ("vatdk-00000000"), or its English name in the same way
 * ("aarhus-school-of-nursing"); other letters become their hexadecimal octets. */
mr_str mr_service_issuer_of(mr_arena *a, mr_str source)
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_buf_init(&b, MR_KIB);
    for (size_t i = 0; i < source.len && b.len < 120; i++) {
        unsigned char c = (unsigned char)source.ptr[i];
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')
            mr_buf_putc(&b, (char)c);
        else if (c >= 'A' && c <= 'Z')
            mr_buf_putc(&b, (char)(c + 32));
        else if (c == ' ')
            mr_buf_putc(&b, '-');
        else
            mr_buf_format(&b, "%02x", c);
    }
    if (b.len >= 120) { /* cut: what tells long names apart is their digest */
        uint8_t digest[32];
        mr_sha256(source, digest);
        mr_buf_putc(&b, '-');
        mr_hex_put(&b, mr_str_make((const char *)digest, 16));
    }
    return mr_arena_dup(a, mr_buf_str(&b));
}

mr_str mr_service_issuer(mr_arena *a, const mr_specification *specification)
{
    mr_str eidas = specification->provider.eidas;
    return mr_service_issuer_of(a, eidas.len ? eidas : mr_texts_get(specification->provider.name, MR_STR("en"), NULL));
}

static int make_test_seal(mr_service *s, mr_arena *a, const mr_specification *specification, mr_str path,
                          struct mr_seal_key *ret, struct mr_err *err)
{
    MR_CLEANUP(seal_cleanup) struct mr_seal_key root = {0};
    MR_CLEANUP(mr_buf_wipe) mr_buf pem;
    mr_str file;
    mr_buf_init(&pem, MR_LIMIT_KEY_FILE);
    MR_TRY(mr_file_read(a, in_folder(a, s->folder, "authority.pem").ptr, MR_LIMIT_KEY_FILE, &file, err));
    MR_TRY(mr_seal_key_read(file, s->password, &root, err));
    const mr_organisation *provider = &specification->provider;
    mr_str name = mr_texts_get(provider->name, mr_specification_primary_language(specification), NULL);
    mr_str country = provider->country ? mr_str_of(provider->country->code) : MR_STR("EU");
    struct mr_seal_subject subject = {
        .organisation = name,
        .organisation_identifier =
            provider->eidas.len ? provider->eidas : mr_arena_format(a, "NTR%.*s-TEST", MR_STR_ARG(country)),
        .country = country,
        .common_name = mr_arena_format(a, "%.*s (TEST SEAL)", MR_STR_ARG(name)),
    };
    const struct mr_authority authority = {.key = root.key, .certificate = root.certificate};
    MR_TRY(mr_authority_issue_seal(&authority, s->env, &subject, MR_KEY_P256, ret, err));
    int code = mr_seal_key_write(ret, s->password, &pem, err);
    if (code == MR_OK) code = mr_file_write(path.ptr, mr_buf_str(&pem), 0600, true, err);
    if (code != MR_OK) mr_seal_key_done(ret);
    return code;
}

static int read_seal(mr_service *s, mr_arena *a, mr_str path, struct mr_seal_key *ret, struct mr_err *err)
{
    const struct mr_seal_opening o = {.reference = path, .password = s->password};
    return mr_seal_open(&o, a, ret, err);
}

static int find_seal(mr_service *s, mr_arena *a, const mr_specification *specification, struct mr_seal_key *ret,
                     struct mr_err *err)
{
    mr_str issuer = mr_service_issuer(a, specification), path;
    MR_TRY(mr_seals_find(s, a, issuer, &path, err));
    if (path.ptr) return read_seal(s, a, path, ret, err);
    path = mr_arena_format(a, "%.*s/seals/%.*s.pem", MR_STR_ARG(s->folder), MR_STR_ARG(issuer));
    return make_test_seal(s, a, specification, path, ret, err);
}

/* As mr_service_issuer makes them. */
bool mr_service_is_issuer(mr_str name)
{
    const mr_str letters = MR_STR("abcdefghijklmnopqrstuvwxyz0123456789-");
    for (size_t i = 0; i < name.len; i++)
        if (mr_str_find_char(letters, name.ptr[i]) < 0) return false;
    return name.len > 0 && name.len < 200;
}

bool mr_service_has_seal(mr_service *s, mr_str issuer)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_str path;
    mr_arena_init(&a, SEALS_MEMORY);
    return mr_service_is_issuer(issuer) && mr_seals_find(s, &a, issuer, &path, NULL) == MR_OK && path.ptr;
}

int mr_service_seal_named(mr_service *s, mr_str issuer, struct mr_seal_key *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_str path = MR_STR_EMPTY;
    mr_arena_init(&a, SEALS_MEMORY);
    if (mr_service_is_issuer(issuer)) MR_TRY(mr_seals_find(s, &a, issuer, &path, err));
    if (!path.ptr)
        return MR_FAIL_DETAIL(err, MR_E_NOT_FOUND, "the data folder has no seal of this name", "%.*s",
                              MR_STR_ARG(issuer));
    return read_seal(s, &a, path, ret, err);
}

int mr_service_seal(mr_service *s, const mr_specification *specification, struct mr_seal_key *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, SEALS_MEMORY);
    pthread_mutex_lock(&s->seal_lock);
    int code = find_seal(s, &a, specification, ret, err);
    s->own_seals_at = 0; /* it may have been made just now */
    pthread_mutex_unlock(&s->seal_lock);
    return code;
}

void mr_service_fill_issuing(mr_service *s, const mr_specification *specification, const struct mr_seal_key *seal,
                             struct mr_issuing *ret)
{
    *ret = (struct mr_issuing){
        .specification = specification,
        .seal = seal,
        .env = s->env,
        .page_image = true,
        .verify_url = s->verify_url,
        .level = s->level,
        .timestamp = mr_evidence_client_timestamp(s->evidence),
        .timestamp_self = s->evidence,
        .evidence = mr_evidence_client_source(s->evidence),
        .anchors = s->trust.anchors,
        .anchor_count = s->trust.count,
    };
}

int mr_service_check_sample(mr_service *s, mr_arena *a, const mr_specification *specification,
                            const mr_achievement *achievement, struct mr_findings *findings, struct mr_err *err)
{
    pthread_mutex_lock(&s->check_lock);
    int code = s->checker ? MR_OK : mr_checker_open(s->env, &s->checker, err);
    if (code == MR_OK) code = mr_check_sample(s->checker, a, specification, NULL, achievement, findings, err);
    pthread_mutex_unlock(&s->check_lock);
    return code;
}

int mr_service_fetch(mr_service *s, mr_arena *a, mr_str url, mr_str *ret, struct mr_err *err)
{
    struct mr_net_request request = {
        .url = url,
        .configured = s->fetch_from.len && mr_str_has_prefix(url, s->fetch_from),
        .accept = "application/vc+ld+json, application/vc+jwt, application/json, */*;q=0.5",
        .max_answer = MR_LIMIT_DOCUMENT,
        .timeout_ms = FETCH_WAIT_MS,
    };
    return mr_net_fetch(a, &request, ret, err);
}

void mr_service_mac(const mr_service *s, const char *purpose, mr_str subject, char out[33])
{
    MR_CLEANUP(mr_buf_done) mr_buf text, encoded;
    uint8_t mac[32];
    mr_buf_init(&text, MR_KIB * 4);
    mr_buf_init(&encoded, 64);
    mr_buf_puts(&text, purpose);
    mr_buf_putc(&text, '\0');
    mr_buf_put(&text, subject);
    mr_hmac_sha256(mr_str_make((const char *)s->secret, sizeof s->secret), mr_buf_str(&text), mac);
    mr_base64url_put(&encoded, mr_str_make((const char *)mac, 24));
    memcpy(out, encoded.ptr, 32);
    out[32] = '\0';
}

bool mr_service_mac_fits(const mr_service *s, const char *purpose, mr_str subject, mr_str mac)
{
    char right[33];
    mr_service_mac(s, purpose, subject, right);
    return mr_secret_eq(mr_str_of(right), mac);
}
