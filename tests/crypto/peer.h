/* The openssl command as a peer: what it makes we read, what we make it reads. Everything happens in a temporary folder. */
#ifndef MR_TESTS_CRYPTO_PEER_H
#define MR_TESTS_CRYPTO_PEER_H

#include "testing.h"

#include "crypto/certificate.h"

#include <sys/wait.h>

struct peer {
    mr_arena arena;
    const char *folder;
};

static inline bool peer_is_here(void)
{
    return system("openssl version >/dev/null 2>&1") == 0;
}

/* Run a shell command in the folder, at most a minute; its output goes to the file "log". Returns its exit status. */
static inline int peer_run(struct peer *p, const char *command)
{
    const char *text =
        mr_arena_format(&p->arena, "cd '%s' && exec timeout 60 sh -c '%s' >log 2>&1 </dev/null", p->folder, command)
            .ptr;
    assert_non_null(text);
    int status = system(text);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static inline mr_str peer_file(struct peer *p, const char *name)
{
    return test_read_file(&p->arena, test_path(&p->arena, p->folder, name));
}

/* The same, and the test fails with the command's output when it fails. No single quotes in the command. */
static inline void peer_do(struct peer *p, const char *command)
{
    if (peer_run(p, command) == 0) return;
    mr_str log = peer_file(p, "log");
    fail_msg("%s\n%.*s", command, MR_STR_ARG(log));
}

static inline void peer_write(struct peer *p, const char *name, mr_str content)
{
    struct mr_err err = {0};
    assert_ok(mr_file_write(test_path(&p->arena, p->folder, name), content, 0600, false, &err), err);
}

/* Does the output of the last command hold this text? */
static inline void peer_assert_said(struct peer *p, const char *text)
{
    mr_str log = peer_file(p, "log");
    if (mr_str_find(log, mr_str_of(text)) < 0) fail_msg("no \"%s\" in:\n%.*s", text, MR_STR_ARG(log));
}

/* The one certificate in a PEM file; freed by the caller. */
static inline mr_certificate *peer_certificate(struct peer *p, const char *name)
{
    struct mr_err err = {0};
    mr_certificate **list = NULL;
    size_t count = 0;
    assert_ok(mr_certificates_read_pem(&p->arena, peer_file(p, name), &list, &count, &err), err);
    assert_int_equal(count, 1);
    return list[0];
}

static inline mr_key *peer_key(struct peer *p, const char *name)
{
    struct mr_err err = {0};
    mr_key *key = NULL;
    assert_ok(mr_key_read_pem(peer_file(p, name), MR_STR_EMPTY, &key, &err), err);
    return key;
}

static inline int peer_setup(void **state)
{
    struct peer *p = calloc(1, sizeof *p);
    if (!p) return -1;
    mr_arena_init(&p->arena, 256 * 1024 * 1024);
    p->folder = test_temp_folder();
    *state = p;
    return 0;
}

static inline int peer_teardown(void **state)
{
    struct peer *p = *state;
    mr_arena_done(&p->arena);
    free(p);
    return 0;
}

/* At the head of each test that needs the command. */
#define PEER_OR_SKIP(p, state)                                                                                         \
    struct peer *p = *(state);                                                                                         \
    if (!peer_is_here()) test_skip("the openssl command is not installed")

#endif
