/* Links libcrypto and does nothing: what a process costs before it can do anything of ours. A linker that is told to drop what is not needed
 * (a distribution's compiler may say so on its own) would leave libcrypto out, so one of its names is used. */
#include <openssl/crypto.h>

int main(int argc, char **argv)
{
    (void)argv;
    return argc < 0 ? (int)OpenSSL_version_num() : 0;
}
