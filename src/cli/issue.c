/* `merit issue`: every row of a table becomes a sealed file.
 *
 * The name of a file follows from specification and learner alone: "mette-krogh-poulsen-3f9a1c20b7de.jsonld". So a second run sees what is there and
 * goes on; a run that was stopped leaves whole files only (each is written beside and moved into place). Memory does not grow with the
 * number of rows, but for 16 bytes a row that find duplicates. issued.csv tells which file is whose; refused.csv holds the rows that were
 * left out, with the reason. */
#include "base/encoding.h"
#include "base/file.h"
#include "base/limits.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "credential/check.h"
#include "credential/results.h"
#include "credential/specification_file.h"
#include "crypto/pkcs11_uri.h"
#include "proof/jwk.h"
#include "service/keys.h"
#include "service/status.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const char help[] =
    "merit issue SPECIFICATION RESULTS --out DIR: award. One sealed credential for every row of results.\n\n"
    "  merit issue wound-care.json results.csv --out credentials\n"
    "  merit issue wound-care.json results.csv --out credentials --format elm,vc+jwt\n"
    "  merit issue wound-care.json results.csv --out credentials --seal our-seal.p12\n\n"
    "  --format LIST     one or several, with commas between them:\n"
    "                      elm             European Digital Credential, sealed as JAdES (the default)\n"
    "                      vc+jwt          Verifiable Credential 2.0 as a token\n"
    "                      vc+sd-jwt       the same, of which name, birth date and grade can be held back\n"
    "                      data-integrity  the same as JSON with a Data Integrity proof\n"
    "                      dc+sd-jwt       SD-JWT VC for wallets, with every European element\n"
    "                      eu-learning     SD-JWT VC: the Learning Credential of the European Commission\n"
    "                      open-badges     Open Badge 3.0, with every European element\n"
    "                      open-badges+jwt the same as a token\n"
    "                      all             every one of these but eu-learning, which has room for less\n"
    "  --key NAME        sign vc+jwt, vc+sd-jwt, data-integrity and badges with this key (merit key new) in place "
    "of the seal\n"
    "  --holder FILE     the learner's own key, public, as JWK: dc+sd-jwt, eu-learning and badges are bound to it. For "
    "one "
    "row\n"
    "  --mandate FILE    the seal is not the awarding body's, and this is its mandate to seal for it (PDF, PNG or "
    "JPEG,\n"
    "                    at most 1 MiB): it is enclosed in each European Digital Credential. --mandate none: you hold "
    "it,\n"
    "                    and do not enclose it\n"
    "  --no-image        leave the drawn certificate out of the European Digital Credential\n"
    "  --seal SEAL       your e-seal: a file (PKCS#12 or PEM; its password comes from MERIT_PASSWORD or is asked for), "
    "or\n"
    "                    a key in a token as pkcs11: URI (its PIN comes from MERIT_PIN or is asked for): "
    "docs/seal-keys."
    "md.\n"
    "                    Without it that of the data folder is used (`merit seal list`), at first a test seal, which\n"
    "                    proves nothing to anyone\n"
    "  --certificate FILE  certificates (PEM) for a key in a token that does not hold them\n"
    "  --data DIR        data folder (./merit-data, or MERIT_DATA); made when there is none\n"
    "  --timestamp URL   time-stamp authority (RFC 3161): seals at level T\n"
    "  --level LEVEL     how long the seal of a European Digital Credential can be verified: B (as long as its "
    "certificate),\n"
    "                    T (with a time-stamp), LT (with proof that it was not revoked), LTA (made for keeping; what "
    "Europass\n"
    "                    asks for). LT and LTA ask the authorities of your seal's certificate over the network\n"
    "  --content-time    a time-stamp over the content as well, as the Commission's own tools write it\n"
    "  --fetch-from URL  authorities whose addresses begin so may be asked although they are not public\n"
    "  --status URL      folder in which you will publish the status lists, https://example.org/status; the "
    "credentials\n"
    "                    point to it, so that they can be withdrawn later: `merit status --help`\n"
    "  --verify-url URL  where people verify: printed as QR code on the certificate\n"
    "  --lang LANG       language of messages\n"
    "  --quiet           no progress\n\n"
    "Safe to run again: what is there already stays. Exit status: 0 all rows issued, 1 some were refused (refused.csv "
    "says why).\n";

#define CHUNK 64 /* rows at a time */
#define BAR 30   /* characters of the progress bar */

struct run {
    const char *out, *seal_file, *certificate_file, *data, *timestamp, *formats_text, *verify_url, *status_url,
        *key_name, *holder_file, *mandate_file, *level_text, *fetch_from;
    struct mr_mandate mandate; /* of --mandate FILE */
    struct mr_issuing_key key; /* of --key */
    mr_key *holder;            /* of --holder */
    mr_str status_base;        /* URL of the folder of status lists; empty: none */
    bool no_image, quiet, content_time;
    mr_jades_level level;
    unsigned formats;
    const char *at; /* what is at work, to be named when it fails: a file, a folder, a key */
    const mr_language *l;
    const mr_env *env;
    mr_arena arena; /* for the whole run */
    mr_specification specification;
    struct mr_seal_key seal;
    mr_service *service;
    mr_issuer *issuer;
    mr_csv_reader csv;
    mr_results *results;
    int table, issued_file, refused_file;
    int folder;
    mr_buf document, issued_lines, refused_lines;
    size_t rows, issued, there, refused;
    bool checked; /* the first credential, against the shapes */
    bool progress;
    int64_t started, shown;
    uint64_t table_size; /* bytes; 0: not known (a pipe) */
};

static void checker_cleanup(mr_checker **c)
{
    if (*c) mr_checker_close(*c);
}

static void run_done(struct run *r)
{
    if (r->issuer) mr_issuer_close(r->issuer);
    if (r->results) mr_results_close(r->results);
    mr_csv_close(&r->csv);
    mr_seal_key_done(&r->seal);
    mr_key_free(r->key.key);
    mr_key_free(r->holder);
    mr_service_close(r->service);
    int *files[] = {&r->table, &r->issued_file, &r->refused_file, &r->folder};
    for (size_t i = 0; i < 4; i++)
        if (*files[i] > 0) close(*files[i]);
    mr_buf_done(&r->document);
    mr_buf_done(&r->issued_lines);
    mr_buf_done(&r->refused_lines);
    mr_arena_done(&r->arena);
}

#define ALL_FORMATS (((1u << MR_FORMAT_COUNT) - 1) & ~(unsigned)MR_FORMAT_EU_LEARNING)

static bool read_formats(struct run *r)
{
    mr_str rest = mr_str_of(r->formats_text ? r->formats_text : "elm"), part;
    while (mr_str_split(&rest, ',', &part)) {
        bool all = mr_str_is(mr_str_trim(part), "all");
        unsigned f = all ? ALL_FORMATS : mr_format_find(mr_str_trim(part));
        if (!f) {
            fputs("merit: \"", stderr);
            mr_cli_put_visible(stderr, mr_arena_dup(&r->arena, part).ptr);
            fputs("\" is no format that Merit issues. Known: elm, vc+jwt, vc+sd-jwt, data-integrity, dc+sd-jwt, "
                  "eu-learning, open-badges, open-badges+jwt, all; several with commas between them.\n",
                  stderr);
            return false;
        }
        r->formats |= f;
    }
    return true;
}

#define SIGNED_WITH_KEY                                                                                                \
    (MR_FORMAT_VC_JWT | MR_FORMAT_VC_SD_JWT | MR_FORMAT_DATA_INTEGRITY | MR_FORMAT_OPEN_BADGES |                       \
     MR_FORMAT_OPEN_BADGES_JWT)
#define BOUND_TO_HOLDER                                                                                                \
    (MR_FORMAT_DC_SD_JWT | MR_FORMAT_EU_LEARNING | MR_FORMAT_OPEN_BADGES | MR_FORMAT_OPEN_BADGES_JWT)

/* Who asks for something that no format of this run does would believe that it was done. */
static bool are_formats_right(const struct run *r)
{
    bool unused_key = r->key_name && !(r->formats & SIGNED_WITH_KEY);
    bool unused_holder = r->holder_file && !(r->formats & BOUND_TO_HOLDER);
    if (unused_key)
        fputs("merit: --key signs vc+jwt, vc+sd-jwt, data-integrity and badges, and none of them is asked for: "
              "name one with --format, or leave --key out.\n",
              stderr);
    if (unused_holder)
        fputs("merit: --holder binds dc+sd-jwt, eu-learning and badges, and none of them is asked for: name one with "
              "--format, "
              "or leave --holder out.\n",
              stderr);
    bool unused_mandate = r->mandate_file && strcmp(r->mandate_file, "none") != 0 && !(r->formats & MR_FORMAT_ELM);
    bool forgotten = r->mandate_file && r->mandate_file[0] == '-';
    if (forgotten)
        fputs("merit: --mandate wants the file of the mandate, or `none` if you hold it and do not enclose it.\n",
              stderr);
    else if (unused_mandate)
        fputs("merit: a mandate is enclosed in the format elm alone, which is not asked for: write --mandate none.\n",
              stderr);
    return !unused_key && !unused_holder && !unused_mandate && !forgotten;
}

/* Never silently a lower level than was asked for. */
static bool read_level(struct run *r)
{
    if (r->level_text) r->level = mr_jades_level_find(mr_str_of(r->level_text));
    if (r->level_text && r->level == MR_JADES_NONE) {
        fputs("merit: \"", stderr);
        mr_cli_put_visible(stderr, r->level_text);
        fputs("\" is no level of a seal. Known: B, T, LT, LTA.\n", stderr);
        return false;
    }
    bool needs_clock = r->level >= MR_JADES_T || r->content_time;
    if (needs_clock && !r->timestamp)
        fputs("merit: levels T, LT and LTA and --content-time need a time-stamp authority: name it with --timestamp "
              "URL.\n",
              stderr);
    else if (r->level == MR_JADES_B && r->timestamp && !r->content_time)
        fputs("merit: a seal of level B carries no time-stamp: leave out --timestamp, or ask for --level T.\n", stderr);
    else if ((needs_clock || r->level_text) && !(r->formats & MR_FORMAT_ELM))
        fputs("merit: --level and --content-time are about European Digital Credentials, and none are asked for: name "
              "elm with --format, or leave them out.\n",
              stderr);
    else
        return true;
    return false;
}

/* Slashes at the end are left out: "<URL>/<list>/revocation" is what stands in credentials. */
static bool read_status_url(struct run *r)
{
    mr_str url = mr_str_of(r->status_url), plain = MR_STR("http://"), secure = MR_STR("https://");
    size_t scheme = mr_str_has_prefix(url, secure) ? secure.len : mr_str_has_prefix(url, plain) ? plain.len : 0;
    if (!r->status_url) return true;
    while (url.len > scheme && url.ptr[url.len - 1] == '/') url.len--;
    r->status_base = url;
    if (scheme && url.len > scheme && strcspn(r->status_url, " \t\r\n\"<>#?") == strlen(r->status_url)) return true;
    fputs("merit: \"", stderr);
    mr_cli_put_visible(stderr, r->status_url);
    fputs("\" is no place for status lists. Write an address like https://example.org/status.\n", stderr);
    return false;
}

/* ---- preparing ---- */

static int read_specification(struct run *r, const char *path)
{
    struct mr_err err = {0};
    struct mr_findings findings;
    mr_str text;
    mr_findings_init(&findings, &r->arena);
    if (mr_file_read(&r->arena, path, MR_LIMIT_DOCUMENT, &text, &err) != MR_OK)
        return mr_cli_fail(&err, path, MR_STR_EMPTY);
    if (mr_specification_read(&r->arena, text, &r->specification, &findings, &err) != MR_OK)
        return mr_cli_fail(&err, path, text);
    if (findings.faults == 0) return 0;
    fprintf(
        stderr,
        "merit: %s is not complete, so nothing was issued. `merit spec check %s` shows all %zu faults; the first:\n",
        path, path, findings.faults);
    for (size_t i = 0; i < findings.count; i++) {
        if (findings.items[i].warning) continue;
        mr_str say = mr_finding_say(&r->arena, r->l, &findings.items[i]);
        fputs("  ", stderr);
        mr_cli_put_visible(stderr, findings.items[i].pointer);
        fprintf(stderr, ": %.*s\n", MR_STR_ARG(say));
        break;
    }
    return 1;
}

static int open_service(struct run *r, struct mr_err *err)
{
    const char *folder = r->at = mr_options_data_folder(r->data);
    bool made;
    MR_TRY(mr_service_init(folder, r->env, &made, err));
    if (made) fprintf(stderr, "No data folder yet: made %s, with a test authority of its own.\n", folder);
    struct mr_service_config config = {.data_folder = folder,
                                       .public_url = "",
                                       .timestamp_url = r->timestamp,
                                       .fetch_from = r->fetch_from,
                                       .env = r->env,
                                       .database = r->status_base.len > 0,
                                       .beside = true};
    return mr_service_open(&config, &r->service, err);
}

static int open_seal(struct run *r, struct mr_err *err)
{
    if (!r->seal_file) return mr_service_seal(r->service, &r->specification, &r->seal, err);
    r->at = mr_pkcs11_uri_show(&r->arena, mr_str_of(r->seal_file)).ptr;
    return mr_options_seal(&r->arena, r->seal_file, r->certificate_file, &r->seal, err);
}

static int open_key(struct run *r, struct mr_err *err)
{
    struct mr_keys keys;
    if (!r->key_name) return MR_OK;
    r->at = r->key_name;
    MR_TRY(mr_keys_open(r->service, &r->arena, &keys, err));
    const struct mr_signing_key *found = mr_keys_find(&keys, mr_str_of(r->key_name));
    if (!found)
        return MR_FAIL_DETAIL(err, MR_E_NOT_FOUND,
                              "there is no key of this name; `merit key list` shows those that are there", "%s",
                              r->key_name);
    r->key = (struct mr_issuing_key){.issuer = found->did, .method = found->method, .kid = found->kid};
    return mr_keys_load(&keys, found, &r->key.key, err);
}

/* A wallet's public key, as JWK. */
static int open_holder(struct run *r, struct mr_err *err)
{
    mr_str text;
    const mr_json *jwk = NULL;
    if (!r->holder_file) return MR_OK;
    r->at = r->holder_file;
    MR_TRY(mr_file_read(&r->arena, r->holder_file, MR_LIMIT_KEY_FILE, &text, err));
    if (mr_json_parse(&r->arena, text, NULL, &jwk, err) == MR_OK && mr_jwk_read(jwk, &r->holder, err) == MR_OK)
        return MR_OK;
    return MR_FAIL(
        err, MR_E_KEY,
        "this is no public key that Merit can read. A JWK is asked for, {\"kty\":\"EC\",\"crv\":\"P-256\",...}, "
        "as the learner's wallet gives it",
        MR_NOWHERE);
}

static int open_mandate(struct run *r, struct mr_err *err)
{
    mr_str octets;
    if (!r->mandate_file || strcmp(r->mandate_file, "none") == 0) return MR_OK;
    r->at = r->mandate_file;
    MR_TRY(mr_file_read(&r->arena, r->mandate_file, MR_LIMIT_MANDATE, &octets, err));
    return mr_mandate_take(octets, mr_str_of(r->mandate_file), &r->mandate, err);
}

static int open_issuer(struct run *r, struct mr_err *err)
{
    struct mr_issuing issuing;
    MR_TRY(open_service(r, err));
    MR_TRY(open_seal(r, err));
    MR_TRY(open_key(r, err));
    MR_TRY(open_holder(r, err));
    MR_TRY(open_mandate(r, err));
    mr_service_fill_issuing(r->service, &r->specification, &r->seal, &issuing);
    issuing.page_image = !r->no_image;
    issuing.level = r->level;
    issuing.content_time = r->content_time;
    issuing.mandate = r->mandate_file != NULL;
    issuing.mandate_document = r->mandate.kind != MR_MANDATE_NONE ? &r->mandate : NULL;
    issuing.verify_url = mr_str_of(r->verify_url);
    issuing.key = r->key.key ? &r->key : NULL;
    issuing.holder = r->holder;
    r->at = NULL;
    return mr_issuer_open(&issuing, &r->issuer, err);
}

static int open_list(struct run *r, const char *name, int *ret, struct mr_err *err)
{
    *ret = openat(r->folder, name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    return *ret < 0 ? MR_FAIL_DETAIL(err, MR_E_IO, "cannot be written", "%s/%s: %s", r->out, name, strerror(errno))
                    : MR_OK;
}

static int open_files(struct run *r, const char *results, struct mr_err *err)
{
    r->at = results;
    r->table = strcmp(results, "-") == 0 ? dup(STDIN_FILENO) : open(results, O_RDONLY | O_CLOEXEC);
    if (r->table < 0) return MR_FAIL_DETAIL(err, MR_E_IO, "cannot be read", "%s", strerror(errno));
    struct stat found;
    if (fstat(r->table, &found) == 0 && S_ISREG(found.st_mode)) r->table_size = (uint64_t)found.st_size;
    MR_TRY(mr_csv_open(&r->csv, mr_csv_from_fd(r->table), err));
    MR_TRY(mr_results_open(&r->arena, &r->csv, r->env, &r->results, err));
    r->at = NULL; /* errors of the folder name it themselves */
    MR_TRY(mr_file_make_folder(r->out, err));
    r->folder = open(r->out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (r->folder < 0) return MR_FAIL_DETAIL(err, MR_E_IO, "cannot be opened", "%s: %s", r->out, strerror(errno));
    unlinkat(r->folder, "refused.csv", 0); /* of an earlier run; this one writes its own */
    MR_TRY(open_list(r, "issued.csv", &r->issued_file, err));
    if (lseek(r->issued_file, 0, SEEK_END) <= 0) { /* new, or of a run that ended before its first line */
        static const char *const columns[] = {"row", "name", "e-mail", "credential", "file"};
        for (size_t i = 0; i < 5; i++) mr_csv_put_cell(&r->issued_lines, mr_str_of(columns[i]), ',');
        mr_csv_end_row(&r->issued_lines);
    }
    return MR_OK;
}

/* ---- rows ---- */

/* Lower-case ASCII of a name, for file names: letters that have none are passed over. */
static void put_slug(mr_buf *b, mr_str name)
{
    static const struct {
        const char *from, *to;
    } letters[] = {{"æ", "ae"}, {"Æ", "ae"}, {"ø", "o"},  {"Ø", "o"}, {"å", "a"}, {"Å", "a"}, {"ä", "a"}, {"Ä", "a"},
                   {"ö", "o"},  {"Ö", "o"},  {"ü", "u"},  {"Ü", "u"}, {"é", "e"}, {"É", "e"}, {"è", "e"}, {"ë", "e"},
                   {"í", "i"},  {"Í", "i"},  {"ó", "o"},  {"Ó", "o"}, {"ú", "u"}, {"á", "a"}, {"Á", "a"}, {"ð", "d"},
                   {"Ð", "d"},  {"þ", "th"}, {"Þ", "th"}, {"ł", "l"}, {"Ł", "l"}, {"ñ", "n"}, {"ç", "c"}, {"ß", "ss"},
                   {"č", "c"},  {"š", "s"},  {"ž", "z"},  {"ń", "n"}, {"ř", "r"}, {"ė", "e"}, {"ý", "y"}, {"ı", "i"},
                   {"İ", "i"},  {"ş", "s"},  {"Ş", "s"},  {"ğ", "g"}, {"ż", "z"}, {"ą", "a"}, {"ę", "e"}, {"ő", "o"},
                   {"ű", "u"},  {"ț", "t"},  {"ș", "s"},  {"ā", "a"}, {"ī", "i"}, {"ū", "u"}, {"õ", "o"}, {"à", "a"},
                   {"ê", "e"},  {"ô", "o"},  {"ï", "i"}};
    size_t start = b->len;
    for (size_t i = 0; i < name.len && b->len - start < 60; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            mr_buf_putc(b, (char)c);
        else if (c >= 'A' && c <= 'Z')
            mr_buf_putc(b, (char)(c + 32));
        else if (c < 0x80) {
            if (b->len > start && b->ptr[b->len - 1] != '-') mr_buf_putc(b, '-');
        } else {
            mr_str here = mr_str_from(name, i);
            for (size_t k = 0; k < sizeof letters / sizeof *letters; k++)
                if (mr_str_has_prefix(here, mr_str_of(letters[k].from))) mr_buf_puts(b, letters[k].to);
            while (i + 1 < name.len && ((unsigned char)name.ptr[i + 1] & 0xC0) == 0x80) i++;
        }
    }
    if (b->len > start && b->ptr[b->len - 1] != '-') mr_buf_putc(b, '-');
}

/* The file name of a learner's credential, without its ending. */
static mr_str file_stem(struct run *r, mr_arena *a, const struct mr_result_row *row)
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    uint8_t digest[32];
    mr_buf_init(&b, MR_KIB);
    mr_str key = mr_arena_format(a, "%.*s\n%.*s\n%s", MR_STR_ARG(r->specification.id),
                                 MR_STR_ARG(r->specification.version), row->learner_key);
    mr_sha256(key, digest);
    put_slug(&b, row->achievement.learner.full_name);
    mr_hex_put(&b, mr_str_make((const char *)digest, 6));
    return mr_arena_dup(a, mr_buf_str(&b));
}

static mr_str file_name(mr_arena *a, mr_str stem, mr_format f)
{
    return mr_arena_format(a, "%.*s%s", MR_STR_ARG(stem), mr_format_ending(f));
}

static bool is_there(struct run *r, mr_arena *a, mr_str stem)
{
    for (size_t i = 0; i < MR_FORMAT_COUNT; i++) {
        mr_format f = mr_format_at(i);
        if ((r->formats & f) && faccessat(r->folder, file_name(a, stem, f).ptr, F_OK, 0) != 0) return false;
    }
    return true;
}

/* No half lines: what was written of them before it failed is taken back. */
static int flush_list(mr_buf *lines, int file, size_t keep, struct mr_err *err)
{
    if (lines->len <= keep) return MR_OK;
    size_t at = 0;
    off_t end = lseek(file, 0, SEEK_END);
    while (at < lines->len) {
        ssize_t n = write(file, lines->ptr + at, lines->len - at);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) {
            int number = errno;
            if (at && end >= 0 && ftruncate(file, end) != 0) number = errno;
            return MR_FAIL_DETAIL(err, MR_E_IO, "a list could not be written", "%s", strerror(number));
        }
        at += (size_t)n;
    }
    mr_buf_clear(lines);
    return MR_OK;
}

/* A file and its line belong together: a file without one would be "there already" in the next run, and never listed. */
static int list_file(struct run *r, mr_arena *a, const struct mr_result_row *row, mr_str name, struct mr_err *err)
{
    mr_buf *lines = &r->issued_lines;
    size_t before = lines->len;
    mr_csv_put_cell(lines, mr_arena_format(a, "%zu", row->number), ',');
    mr_csv_put_cell(lines, row->achievement.learner.full_name, ',');
    mr_csv_put_cell(lines, row->achievement.learner.email, ',');
    mr_csv_put_cell(lines, mr_arena_format(a, "urn:credential:%s", row->achievement.id), ',');
    mr_csv_put_cell(lines, name, ',');
    mr_csv_end_row(lines);
    int code = flush_list(lines, r->issued_file, 0, err);
    if (code == MR_OK) return MR_OK;
    unlinkat(r->folder, name.ptr, 0);
    lines->len = before;
    return code;
}

/* What the first credential of a run would have against the official shapes, before it is sealed; the others are made from the same template. */
static int check_first(struct run *r, mr_arena *a, const struct mr_result_row *row, struct mr_err *err)
{
    MR_CLEANUP(checker_cleanup) mr_checker *c = NULL;
    struct mr_findings findings;
    if (r->checked) return MR_OK;
    r->checked = true;
    mr_findings_init(&findings, a);
    MR_TRY(mr_checker_open(r->env, &c, err));
    MR_TRY(mr_check_sample(c, a, &r->specification, r->seal.certificate, &row->achievement, &findings, err));
    for (size_t i = 0; i < findings.count; i++) {
        if (findings.items[i].warning) continue;
        mr_str say = mr_finding_say(a, r->l, &findings.items[i]);
        return MR_FAIL_DETAIL(err, MR_E_SPECIFICATION,
                              "its credentials would break official rules, so nothing was sealed", "%.*s",
                              MR_STR_ARG(say));
    }
    return MR_OK;
}

static int issue_row(struct run *r, mr_arena *a, struct mr_result_row *row, struct mr_err *err)
{
    mr_str stem = file_stem(r, a, row), name = MR_STR_EMPTY;
    MR_TRY(check_first(r, a, row, err));
    for (size_t i = 0; i < MR_FORMAT_COUNT; i++) {
        mr_format f = mr_format_at(i);
        name = file_name(a, stem, f);
        if (!(r->formats & f) || faccessat(r->folder, name.ptr, F_OK, 0) == 0) continue; /* it may be in her hands */
        mr_buf_clear(&r->document);
        MR_TRY(mr_issue(r->issuer, &row->achievement, f, &r->document, err));
        mr_str path = mr_arena_format(a, "%s/%.*s", r->out, MR_STR_ARG(name));
        /* Listed first: of a run that is stopped between the two, the next one makes the file and lists it again. */
        MR_TRY(list_file(r, a, row, name, err));
        MR_TRY(mr_file_write(path.ptr, mr_buf_str(&r->document), 0644, false, err));
    }
    r->issued++;
    return MR_OK;
}

static int refuse_row(struct run *r, mr_arena *a, const struct mr_result_row *row, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf reason;
    mr_buf_init(&reason, 64 * MR_KIB);
    if (row->fate == MR_ROW_DUPLICATE)
        mr_buf_put(&reason,
                   MR_SAY(a, r->l, "batch.row.duplicate", {"row", mr_arena_format(a, "%zu", row->first_number)}));
    for (size_t i = 0; i < row->findings.count; i++) {
        if (reason.len) mr_buf_putc(&reason, ' ');
        mr_buf_put(&reason, mr_finding_say(a, r->l, &row->findings.items[i]));
    }
    if (r->refused++ == 0) {
        MR_TRY(open_list(r, "refused.csv", &r->refused_file, err));
        mr_results_write_refused(r->results, NULL, mr_message(r->l, "batch.reason"), true, &r->refused_lines);
    }
    mr_results_write_refused(r->results, row, mr_buf_str(&reason), false, &r->refused_lines);
    return flush_list(&r->refused_lines, r->refused_file, 64 * MR_KIB, err);
}

static void show_progress(struct run *r, bool last)
{
    if (!r->progress) return;
    int64_t now = mr_env_now(mr_env_system());
    if (!last && now - r->shown < 100) return;
    r->shown = now;
    double seconds = (double)(now - r->started) / 1000.0;
    if (r->table_size > 0) {
        uint64_t done = mr_csv_progress(&r->csv);
        unsigned part = last || done > r->table_size ? BAR : (unsigned)(done * BAR / r->table_size);
        fprintf(stderr, "\r[%.*s%.*s] %3u %%  ", (int)part, "##############################", (int)(BAR - part),
                "..............................", part * 100 / BAR);
    } else
        fputc('\r', stderr);
    fprintf(stderr, "%zu rows, %zu issued, %zu refused, %.0f a second \033[K", r->rows, r->issued, r->refused,
            seconds > 0.05 ? (double)r->issued / seconds : 0.0);
    if (last) fputc('\n', stderr);
}

/* Rows that are issued together, so that their places in a status list cost one transaction. */
struct rows {
    struct mr_result_row list[CHUNK];
    size_t count;
    bool end; /* of the table */
};

/* Read on: refuse what is bad, pass over what is there, keep what is to be issued. */
static int read_rows(struct run *r, mr_arena *a, struct rows *ret, struct mr_err *err)
{
    ret->count = 0;
    for (size_t i = 0; i < CHUNK; i++) {
        struct mr_result_row *row = &ret->list[ret->count];
        bool has_row;
        MR_TRY(mr_results_next(r->results, a, row, &has_row, err));
        ret->end = !has_row;
        if (!has_row) break;
        r->rows++;
        if (row->fate != MR_ROW_READY)
            MR_TRY(refuse_row(r, a, row, err));
        else if (is_there(r, a, file_stem(r, a, row)))
            r->there++;
        else
            ret->count++;
    }
    return MR_OK;
}

/* A key is one learner's: what is bound to it must be known to be hers before anything is signed. */
static int check_holder(struct run *r, const struct rows *rows, struct mr_err *err)
{
    if (!r->holder || rows->count + r->there + r->issued <= 1) return MR_OK;
    r->at = r->holder_file;
    return MR_FAIL(err, MR_E_USAGE,
                   "a holder's key belongs to one learner, and the table has more rows. Give --holder a table with "
                   "this learner's row alone",
                   MR_NOWHERE);
}

/* The same award has the same id and place in every run. */
static int place_rows(struct run *r, mr_arena *a, struct rows *rows, struct mr_err *err)
{
    char keys[CHUNK][33];
    mr_str names[CHUNK];
    struct mr_status_place *places;
    if (!r->status_base.len || !rows->count) return MR_OK;
    for (size_t i = 0; i < rows->count; i++) {
        mr_status_award_key(r->service, &r->specification, mr_str_of(rows->list[i].learner_key), keys[i]);
        names[i] = mr_str_of(keys[i]);
    }
    MR_TRY(mr_status_allocate(r->service, a, &r->specification, r->status_base, names, rows->count, &places, err));
    for (size_t i = 0; i < rows->count; i++) {
        mr_achievement *achievement = &rows->list[i].achievement;
        memcpy(achievement->id, places[i].achievement_id, sizeof achievement->id);
        achievement->status_list = places[i].list;
        achievement->status_index = places[i].index;
    }
    return MR_OK;
}

static int issue_rows(struct run *r, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a, scratch;
    struct rows rows = {.end = false};
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    mr_arena_init(&scratch, MR_LIMIT_DOCUMENT_MEMORY);
    r->progress = !r->quiet && isatty(STDERR_FILENO);
    r->started = mr_env_now(mr_env_system());
    while (!rows.end) {
        mr_arena_reset(&a);
        MR_TRY(read_rows(r, &a, &rows, err));
        MR_TRY(check_holder(r, &rows, err));
        MR_TRY(place_rows(r, &a, &rows, err));
        for (size_t i = 0; i < rows.count; i++) {
            mr_arena_reset(&scratch);
            MR_TRY(issue_row(r, &scratch, &rows.list[i], err));
            show_progress(r, false);
        }
    }
    return MR_OK;
}

static int issue(struct run *r, const char *results, struct mr_err *err)
{
    MR_TRY(open_issuer(r, err));
    MR_TRY(open_files(r, results, err));
    r->at = results;
    int code = issue_rows(r, err);
    show_progress(r, true);
    struct mr_err late = {0};
    if (flush_list(&r->issued_lines, r->issued_file, 0, &late) != MR_OK && code == MR_OK) *err = late, code = late.code;
    if (r->refused && flush_list(&r->refused_lines, r->refused_file, 0, &late) != MR_OK && code == MR_OK)
        *err = late, code = late.code;
    if (r->folder > 0) fsync(r->folder);
    return code;
}

static void say_outcome(const struct run *r)
{
    printf("%zu %s read. %zu issued into %s", r->rows, r->rows == 1 ? "row" : "rows", r->issued, r->out);
    if (r->there) printf(", %zu there already", r->there);
    if (r->refused) printf(", %zu left out: %s/refused.csv says why", r->refused, r->out);
    puts(".");
    if (r->csv.encoding != MR_CSV_UTF8)
        puts("The table was not UTF-8 and was read as Windows-1252; look whether the names are right.");
    bool key_alone = r->key.key && !(r->formats & ~(unsigned)SIGNED_WITH_KEY);
    if (r->seal.is_test && !key_alone) puts("Sealed with a test seal: good for trying, proof of nothing.");
}

int mr_cli_issue(int argc, char **argv, const mr_env *env)
{
    MR_CLEANUP(run_done) struct run r = {.env = env};
    const char *lang = NULL;
    const mr_option options[] = {
        {"out", &r.out, NULL},
        {"format", &r.formats_text, NULL},
        {"mandate", &r.mandate_file, NULL},
        {"no-image", NULL, &r.no_image},
        {"seal", &r.seal_file, NULL},
        {"certificate", &r.certificate_file, NULL},
        {"key", &r.key_name, NULL},
        {"holder", &r.holder_file, NULL},
        {"data", &r.data, NULL},
        {"timestamp", &r.timestamp, NULL},
        {"level", &r.level_text, NULL},
        {"content-time", NULL, &r.content_time},
        {"fetch-from", &r.fetch_from, NULL},
        {"status", &r.status_url, NULL},
        {"verify-url", &r.verify_url, NULL},
        {"lang", &lang, NULL},
        {"quiet", NULL, &r.quiet},
    };
    struct mr_err err = {0};
    int words;
    bool done;
    mr_arena_init(&r.arena, 2 * MR_LIMIT_DOCUMENT_MEMORY);
    mr_buf_init(&r.document, MR_LIMIT_DOCUMENT);
    mr_buf_init(&r.issued_lines, MR_MIB);
    mr_buf_init(&r.refused_lines, MR_MIB);
    if (!mr_options_take(argc, argv, options, sizeof options / sizeof *options, help, &words, &done)) return 2;
    if (done) return 0;
    if (words != 2 || !r.out) {
        fputs(help, stderr);
        return 2;
    }
    r.l = mr_options_language(lang);
    if (!read_formats(&r) || !are_formats_right(&r) || !read_level(&r) || !read_status_url(&r)) return 2;
    int status = read_specification(&r, argv[1]);
    if (status) return status;
    if (issue(&r, argv[2], &err) != MR_OK) {
        if (r.issued)
            fprintf(stderr, "merit: %zu %s issued before this; running again goes on from there.\n", r.issued,
                    r.issued == 1 ? "credential was" : "credentials were");
        return mr_cli_fail(&err, r.at, MR_STR_EMPTY);
    }
    say_outcome(&r);
    return r.refused ? 1 : 0;
}
