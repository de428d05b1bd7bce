/* Data Integrity proofs: text to text with a proof, and text to verdict. The key of a proof is found by its did:key each time, as a verifier does.
 *
 *   bench_data_integrity rates CREDENTIALS            a document a line; prints "SUITE.issue RATE" and "SUITE.verify RATE"
 *   bench_data_integrity batch COUNT CREDENTIALS OUT  issue COUNT documents, each with an id of its own, to a file, by two threads; prints "rate RATE" and
 *                                                     "peak MIB"
 *
 * Rates are operations per second of processor time. What was signed is verified, and refused when changed, before anything is measured. */
#include "bench.h"
#include "base/file.h"
#include "base/limits.h"
#include "proof/data_integrity.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define DOCUMENTS 4096
#define THREADS 2
#define PIECE (256 * MR_KIB) /* of one write to the file */
#define NOW 1780000000000

struct issuer {
    mr_key *key;
    char method[256];
    struct mr_proof_options options;
};

static void make_issuer(struct issuer *i, mr_key_kind kind)
{
    mr_buf did;
    struct mr_err err = {0};
    mr_buf_init(&did, sizeof i->method);
    BENCH_NEED(mr_key_generate(kind, 0, &i->key, &err) == MR_OK);
    mr_did_key_put(i->key, &did);
    mr_str name = mr_buf_str(&did);
    snprintf(i->method, sizeof i->method, "%.*s#%.*s", MR_STR_ARG(name),
             MR_STR_ARG(mr_str_from(name, strlen("did:key:"))));
    i->options = (struct mr_proof_options){.suite = mr_cryptosuite_of_key(i->key),
                                           .method = mr_str_of(i->method),
                                           .purpose = MR_ASSERTION_METHOD,
                                           .created = NOW,
                                           .expires = MR_TIME_NONE};
    mr_buf_done(&did);
}

/* What one thread works with. */
struct worker {
    mr_contexts *contexts;
    mr_arena memory; /* of one document, forgotten after it */
    mr_buf out;
};

static void worker_init(struct worker *w)
{
    struct mr_err err = {0};
    mr_arena_init(&w->memory, MR_LIMIT_DOCUMENT_MEMORY);
    mr_buf_init(&w->out, MR_LIMIT_DOCUMENT);
    BENCH_NEED(mr_contexts_open(&w->contexts, &err) == MR_OK);
}

static void worker_done(struct worker *w)
{
    mr_contexts_close(w->contexts);
    mr_buf_done(&w->out);
    mr_arena_done(&w->memory);
}

static const mr_json *parse(struct worker *w, mr_str text)
{
    const mr_json *root;
    struct mr_err err = {0};
    BENCH_NEED(mr_json_parse(&w->memory, text, NULL, &root, &err) == MR_OK);
    return root;
}

/* Append the document with its proof to w->out. */
static void issue_one(struct worker *w, const struct issuer *i, mr_str text)
{
    struct mr_err err = {0};
    const mr_json *root = parse(w, text);
    int code = mr_data_integrity_sign(&w->memory, w->contexts, text, root, i->key, &i->options, &w->out, &err);
    if (code != MR_OK) fprintf(stderr, "%s: %s (%s)\n", err.message, err.detail, err.pointer);
    BENCH_NEED(code == MR_OK);
}

static mr_state verdict(struct worker *w, mr_str text)
{
    struct mr_err err = {0};
    struct mr_resolver resolver = {0};
    struct mr_key_source keys = {mr_controller_find, &resolver};
    struct mr_proof_wanted wanted = {.purpose = MR_ASSERTION_METHOD, .now = NOW};
    struct mr_data_integrity d;
    mr_arena_reset(&w->memory);
    BENCH_NEED(mr_data_integrity_verify(&w->memory, w->contexts, parse(w, text), &keys, &wanted, &d, &err) == MR_OK);
    mr_state state = d.step.state;
    mr_data_integrity_done(&d);
    return state;
}

/* ---- rates ---- */

struct input {
    mr_str documents[DOCUMENTS], signed_ones[DOCUMENTS];
    size_t count;
    struct issuer issuer;
    struct worker worker;
};

static void read_documents(mr_arena *a, const char *path, struct input *in)
{
    mr_str text, line;
    struct mr_err err = {0};
    BENCH_NEED(mr_file_read(a, path, MR_LIMIT_DOCUMENT, &text, &err) == MR_OK);
    while (mr_str_split(&text, '\n', &line) && in->count < DOCUMENTS)
        if (line.len) in->documents[in->count++] = line;
    BENCH_NEED(in->count > 0);
}

static void issue(void *self, size_t turn)
{
    struct input *in = self;
    mr_arena_reset(&in->worker.memory);
    mr_buf_clear(&in->worker.out);
    issue_one(&in->worker, &in->issuer, in->documents[turn % in->count]);
}

static void verify(void *self, size_t turn)
{
    struct input *in = self;
    BENCH_NEED(verdict(&in->worker, in->signed_ones[turn % in->count]) == MR_PASSED);
}

static void assert_changes_are_seen(struct input *in, mr_str text)
{
    ptrdiff_t at = mr_str_find(text, MR_STR("\"creditsEarned\":"));
    BENCH_NEED(at > 0);
    char *changed = (char *)text.ptr + at + strlen("\"creditsEarned\":");
    BENCH_NEED(*changed != '9');
    *changed += 1;
    BENCH_NEED(verdict(&in->worker, text) == MR_FAILED);
    *changed -= 1;
    BENCH_NEED(verdict(&in->worker, text) == MR_PASSED);
}

static void measure(struct input *in, mr_arena *a, mr_key_kind kind, const char *suite)
{
    char name[64];
    make_issuer(&in->issuer, kind);
    for (size_t i = 0; i < in->count; i++) {
        issue(in, i);
        in->signed_ones[i] = mr_arena_dup(a, mr_buf_str(&in->worker.out));
        assert_changes_are_seen(in, in->signed_ones[i]);
    }
    snprintf(name, sizeof name, "%s.issue", suite);
    bench_alone(name, issue, in, 5);
    snprintf(name, sizeof name, "%s.verify", suite);
    bench_alone(name, verify, in, 5);
    mr_key_free(in->issuer.key);
}

static void rates(const char *path)
{
    static struct input in;
    mr_arena memory;
    mr_arena_init(&memory, MR_LIMIT_DOCUMENT_MEMORY);
    worker_init(&in.worker);
    read_documents(&memory, path, &in);
    measure(&in, &memory, MR_KEY_ED25519, "eddsa-rdfc-2022");
    measure(&in, &memory, MR_KEY_P256, "ecdsa-rdfc-2019");
    worker_done(&in.worker);
    mr_arena_done(&memory);
}

/* ---- a batch ---- */

struct batch {
    const struct input *in;
    unsigned long count;
    unsigned long next; /* taken by one thread at a time, atomically */
    int file;
    pthread_mutex_t lock; /* of the file: pieces are written whole */
};

static void write_piece(struct batch *b, mr_buf *out)
{
    pthread_mutex_lock(&b->lock);
    for (size_t done = 0; done < out->len;) {
        ssize_t n = write(b->file, out->ptr + done, out->len - done);
        BENCH_NEED(n > 0 || (n < 0 && errno == EINTR));
        if (n > 0) done += (size_t)n;
    }
    pthread_mutex_unlock(&b->lock);
    mr_buf_clear(out);
}

/* A document of the input with the number in its id. */
static mr_str numbered(mr_arena *a, mr_str text, unsigned long number)
{
    static const mr_str id = MR_STR_INIT("\"id\":\"urn:uuid:");
    char digits[13];
    mr_str copy = mr_arena_dup(a, text);
    ptrdiff_t at = mr_str_find(copy, id);
    BENCH_NEED(at > 0);
    snprintf(digits, sizeof digits, "%012lx", number & 0xffffffffffff);
    memcpy((char *)copy.ptr + at + id.len + strlen("00000000-0000-0000-0000-"), digits, 12);
    return copy;
}

static void *run_batch(void *self)
{
    struct batch *b = self;
    struct worker w;
    worker_init(&w);
    for (unsigned long n; (n = __atomic_fetch_add(&b->next, 1, __ATOMIC_RELAXED)) < b->count;) {
        mr_arena_reset(&w.memory);
        issue_one(&w, &b->in->issuer, numbered(&w.memory, b->in->documents[n % b->in->count], n));
        mr_buf_putc(&w.out, '\n');
        if (w.out.len >= PIECE) write_piece(b, &w.out);
    }
    write_piece(b, &w.out);
    worker_done(&w);
    return NULL;
}

static void batch(unsigned long count, const char *path, const char *out)
{
    static struct input in;
    mr_arena memory;
    pthread_t threads[THREADS];
    struct rusage used;
    struct batch b = {.in = &in, .count = count, .lock = PTHREAD_MUTEX_INITIALIZER};
    mr_arena_init(&memory, MR_LIMIT_DOCUMENT_MEMORY);
    read_documents(&memory, path, &in);
    make_issuer(&in.issuer, MR_KEY_ED25519);
    b.file = open(out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    BENCH_NEED(b.file >= 0 && count > 0);
    double start = bench_cpu();
    for (int t = 0; t < THREADS; t++) BENCH_NEED(pthread_create(&threads[t], NULL, run_batch, &b) == 0);
    for (int t = 0; t < THREADS; t++) BENCH_NEED(pthread_join(threads[t], NULL) == 0);
    double seconds = bench_cpu() - start;
    BENCH_NEED(close(b.file) == 0 && getrusage(RUSAGE_SELF, &used) == 0);
    printf("rate %.1f\npeak %.1f\n", (double)count / seconds, (double)used.ru_maxrss / 1024);
    mr_key_free(in.issuer.key);
    mr_arena_done(&memory);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "rates") == 0)
        rates(argv[2]);
    else if (argc == 5 && strcmp(argv[1], "batch") == 0)
        batch(strtoul(argv[2], NULL, 10), argv[3], argv[4]);
    else
        BENCH_NEED(!"bench_data_integrity rates CREDENTIALS | batch COUNT CREDENTIALS OUT");
    return 0;
}
