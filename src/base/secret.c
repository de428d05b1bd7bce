#include "base/secret.h"

bool mr_secret_eq(mr_str a, mr_str b)
{
    if (a.len != b.len) return false;
    unsigned char difference = 0;
    for (size_t i = 0; i < a.len; i++) {
        difference |= (unsigned char)(a.ptr[i] ^ b.ptr[i]);
        __asm__ volatile("" : "+r"(difference)); /* or the compiler might leave the loop early */
    }
    return difference == 0;
}

void mr_secret_wipe(void *p, size_t size)
{
    if (p) explicit_bzero(p, size);
}
