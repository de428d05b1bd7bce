/* Bare P-256 signing: signatures a second of processor time over SIZE octets, a fresh context for each. The limit of every issuer.
 *
 *   bench_sign SIZE */
#include "bench.h"
#include <openssl/ec.h>
#include <openssl/evp.h>

struct signing {
    EVP_PKEY *key;
    EVP_MD_CTX *context;
    unsigned char *octets;
    size_t size;
};

static void sign(void *self, size_t turn)
{
    struct signing *s = self;
    unsigned char signature[80];
    size_t length = sizeof signature;
    s->octets[turn % s->size]++;
    EVP_MD_CTX_reset(s->context);
    BENCH_NEED(EVP_DigestSignInit(s->context, NULL, EVP_sha256(), NULL, s->key) == 1);
    BENCH_NEED(EVP_DigestSign(s->context, signature, &length, s->octets, s->size) == 1);
}

int main(int argc, char **argv)
{
    struct signing s = {.size = argc == 2 ? (size_t)strtoul(argv[1], NULL, 10) : 0};
    BENCH_NEED(s.size > 0 && s.size < 1000000);
    s.octets = calloc(s.size, 1);
    s.key = EVP_EC_gen("P-256");
    s.context = EVP_MD_CTX_new();
    BENCH_NEED(s.octets && s.key && s.context);
    double rates[BENCH_ROUNDS];
    struct bench_side side = {.work = sign, .self = &s};
    bench_turn(&side, BENCH_TURN_SECONDS, 10);
    for (int round = 0; round < BENCH_ROUNDS; round++) {
        side.seconds = side.operations = 0;
        bench_turn(&side, BENCH_TURNS * BENCH_TURN_SECONDS, 10);
        rates[round] = side.operations / side.seconds;
    }
    printf("%.1f\n", bench_median(rates, BENCH_ROUNDS));
    EVP_MD_CTX_free(s.context);
    EVP_PKEY_free(s.key);
    free(s.octets);
    return 0;
}
