#include "crypto/inside.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <pthread.h>

static void start(void)
{
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS,
                        NULL);
}

void mr_openssl_start(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, start);
}

int mr_openssl_fail(struct mr_err *e, mr_code code, const char *message, const char *file, int line)
{
    ERR_clear_error();
    return mr_err_set(e, code, message, MR_NOWHERE, file, line);
}
