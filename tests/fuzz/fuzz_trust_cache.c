/* A folder of trusted lists whose files hold anything: an index is signed over the input, so that what lies behind the signature is reached, and everything that
 * can be asked is asked. No crash; a service that is found is one of a list of the index.
 *
 * The input, in parts that a line feed ends: "lists" of the index (JSON), then rows. The same octets are the list's file. */
#include "base/file.h"
#include "base/limits.h"
#include "credential/trust.h"
#include "proof/jose.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[64];
static mr_key *key;

/* Also with NDEBUG. */
static void need(bool condition)
{
    if (!condition) abort();
}

static void write_file(mr_arena *a, const char *name, mr_str text)
{
    struct mr_err err;
    need(mr_file_write(mr_arena_format(a, "%s/%s", folder, name).ptr, text, 0600, false, &err) == MR_OK);
}

static void clean_up(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    if (system(command)) perror("rm");
    mr_key_free(key);
}

static void start(mr_arena *a)
{
    MR_CLEANUP(mr_buf_done) mr_buf jwk;
    struct mr_err err;
    mr_buf_init(&jwk, MR_KIB);
    if (key) return;
    snprintf(folder, sizeof folder, "/tmp/merit-fuzz-XXXXXX");
    need(mkdtemp(folder) != NULL && mr_key_generate(MR_KEY_P256, 0, &key, &err) == MR_OK);
    atexit(clean_up);
    need(mr_file_make_folder(mr_arena_format(a, "%s/lists", folder).ptr, &err) == MR_OK);
    need(mr_key_write_jwk(key, &jwk, &err) == MR_OK);
    write_file(a, "cache.jwk", mr_buf_str(&jwk));
}

/* One bucket, that of 00, has all rows. */
static void put_buckets(mr_str rows, mr_buf *out)
{
    uint8_t digest[32];
    mr_sha256(mr_str_make(rows.ptr, rows.len / 106 * 106), digest);
    mr_buf_format(out, "%06zx", rows.len / 106);
    for (size_t i = 0; i < 16; i++) mr_buf_format(out, "%02x", digest[i]);
    for (size_t i = 1; i < 256; i++) mr_buf_format(out, "%06x%032x", 0, 0);
}

static void write_index(mr_arena *a, mr_str lists, mr_str rows)
{
    MR_CLEANUP(mr_buf_done) mr_buf payload, out;
    const struct mr_jose_header header = {.typ = "merit-trusted-lists"};
    mr_jose_signer signer;
    struct mr_err err;
    mr_buf_init(&payload, 8 * MR_MIB);
    mr_buf_init(&out, 16 * MR_MIB);
    mr_buf_puts(&payload, "{\"rows\":\"all.rows\",\"buckets\":\"");
    put_buckets(rows, &payload);
    mr_buf_puts(&payload, "\",\"lists\":");
    mr_buf_put(&payload, lists);
    mr_buf_putc(&payload, '}');
    need(mr_jose_signer_init(&signer, a, key, &header, &err) == MR_OK);
    need(mr_jose_sign(&signer, mr_buf_str(&payload), a, &out, &err) == MR_OK);
    write_file(a, "lists/index", mr_buf_str(&out));
    write_file(a, "lists/all.rows", rows);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_str rest = mr_str_make((const char *)data, size), lists = MR_STR("[]");
    mr_trust t = {0};
    struct mr_trust_answer x;
    struct mr_err err = {0};
    size_t named;
    mr_arena_init(&a, 64 * MR_MIB);
    if (size > MR_MIB) return 0;
    start(&a);
    write_file(&a, "lists/list.json", rest);
    (void)mr_str_split(&rest, '\n', &lists);
    if (!rest.ptr) rest = MR_STR("");
    write_index(&a, lists, rest);
    need(mr_trust_load(&a, folder, &t, &err) == MR_OK);
    (void)mr_trust_missing(t.lists, &named);
    /* "id:x180" has a key that begins with 00. */
    if (mr_trust_judge_identifier(&t, &a, MR_STR("x180"), 0, 0, &x, &err) == MR_OK)
        need(x.id && (!x.list || (t.lists && x.list < t.lists->lists + t.lists->count)));
    for (size_t i = 0; t.lists && i < t.lists->count; i++) {
        const mr_json *all;
        (void)!mr_trust_cache_read(t.lists, &a, &t.lists->lists[i], &all, &err);
    }
    mr_trust_done(&t);
    return 0;
}
