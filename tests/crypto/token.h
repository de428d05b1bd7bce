/* A SoftHSM token for tests: in a temporary folder, with invented keys and seals. One for a test program, because the library looks for its configuration
 * once. */
#ifndef MR_TESTS_CRYPTO_TOKEN_H
#define MR_TESTS_CRYPTO_TOKEN_H

#include "pki.h"

#include "crypto/pkcs11.h"

#define TOKEN_PIN "4711"

/* The library, or NULL: SoftHSM and the tools to fill a token are not installed. */
static inline const char *token_module(void)
{
    static const char *const places[] = {"/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm2.so",
                                         "/usr/local/lib/softhsm/libsofthsm2.so"};
    const char *named = getenv("MERIT_SOFTHSM");
    if (system("softhsm2-util --version >/dev/null 2>&1") != 0 ||
        system("command -v pkcs11-tool >/dev/null 2>&1") != 0 || !peer_is_here())
        return NULL;
    if (named && *named) return access(named, R_OK) == 0 ? named : NULL;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (access(places[i], R_OK) == 0) return places[i];
    return NULL;
}

#define TOKEN_OR_SKIP()                                                                                                \
    if (!token_module()) test_skip("softhsm2, opensc or openssl is not installed")

/* Before anything else of the program uses the token. */
static inline void token_new(struct peer *p, const char *label)
{
    if (!getenv("MERIT_TEST_TOKEN")) {
        peer_do(p, "mkdir tokens");
        peer_write(p, "softhsm2.conf",
                   mr_arena_format(&p->arena,
                                   "directories.tokendir = %s/tokens\nobjectstore.backend = file\nlog.level "
                                   "= ERROR\n",
                                   p->folder));
        setenv("SOFTHSM2_CONF", test_path(&p->arena, p->folder, "softhsm2.conf"), 1);
        setenv("MERIT_TEST_TOKEN", "1", 1);
    }
    peer_do(p,
            mr_arena_format(&p->arena,
                            "softhsm2-util --init-token --free --label %s --pin " TOKEN_PIN " --so-pin 12345678", label)
                .ptr);
}

/* Put NAME.key (PEM) into the token under its name, with this id (hexadecimal). */
static inline void token_put_key(struct peer *p, const char *token, const char *name, const char *id)
{
    peer_do(p, mr_arena_format(&p->arena,
                               "openssl pkcs8 -topk8 -nocrypt -in %s.key -out %s.p8 && softhsm2-util --import %s.p8 "
                               "--token %s --label %s --id %s --pin " TOKEN_PIN,
                               name, name, name, token, name, id)
                   .ptr);
}

static inline void token_put_certificate(struct peer *p, const char *token, const char *name, const char *id)
{
    peer_do(p, mr_arena_format(&p->arena,
                               "openssl x509 -in %s.pem -outform DER -out %s.der && pkcs11-tool --module %s "
                               "--token-label %s --login --pin " TOKEN_PIN
                               " --write-object %s.der --type cert --label %s --id %s",
                               name, name, token_module(), token, name, name, id)
                   .ptr);
}

/* pkcs11:token=TOKEN;object=OBJECT?module-path=... ; object may be NULL. */
static inline mr_str token_uri(struct peer *p, const char *token, const char *object)
{
    return mr_arena_format(&p->arena, "pkcs11:token=%s%s%s?module-path=%s", token, object ? ";object=" : "",
                           object ? object : "", token_module());
}

#endif
