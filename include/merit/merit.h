/* Merit as a library: verify, check, issue, sign and disclose European micro-credentials, and publish whether they are still good.
 *
 *   cc verify.c $(pkg-config --cflags --libs merit)
 *
 * The rules of all functions:
 * 1. Memory. What a `_new`, `_read` or verb gives through `ret` is the caller's and goes back through the `_free` of its type, which accepts NULL.
 *    Texts that such an object hands out (`const char *`) are the object's and live as long as it does; they are never NULL unless that is said.
 *    A `char *` is the caller's and goes back through merit_free. Everything handed in is borrowed for the call only, unless that is said.
 * 2. Texts are UTF-8 and end in a NUL. Where a length goes with them, octets may hold anything; a `ret_size` may be NULL.
 * 3. Errors. A function that can fail returns MERIT_OK or another code and then fills *err (which may be NULL); `ret` is left as it was. That a credential
 *    is not valid, or a document not complete, is an answer and no error.
 * 4. Threads. One object, one thread at a time; objects of different threads know nothing of each other, keys may be shared.
 * 5. Nothing is asked of the network but through a function that the caller hands in; nothing is printed; no file is opened but where a path is given, and
 *    libraries on first use: libsodium (Ed25519), zlib (status lists, pictures), cairo, pango, qrencode (the picture of a certificate), serd (Turtle), PCRE2, expat (SVG).
 * 6. Growing. Structs that callers fill begin with their size: `struct merit_signing s = {.size = sizeof s}`; members are added at their end, and zero is
 *    what they meant before they were there. Names of formats, suites and checks are texts, because there will be more. */
#ifndef MERIT_MERIT_H
#define MERIT_MERIT_H

#include <merit/bake.h>
#include <merit/check.h>
#include <merit/disclose.h>
#include <merit/issue.h>
#include <merit/keys.h>
#include <merit/sign.h>
#include <merit/status.h>
#include <merit/verify.h>

#endif
