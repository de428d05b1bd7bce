/* What all parts of the interface share: errors, memory, the network as the caller's function. */
#ifndef MERIT_BASE_H
#define MERIT_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define MERIT_API __attribute__((visibility("default")))
#define MERIT_MUST_CHECK __attribute__((warn_unused_result))
#else
#define MERIT_API
#define MERIT_MUST_CHECK
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* "0.1.0": of the library that runs, which may be newer than the header. Static. */
MERIT_API const char *merit_version(void);

/* Why something could not be done. The numbers never change; there may be more. */
typedef enum merit_code {
    MERIT_OK = 0,
    MERIT_E_USAGE = 1,  /* an argument is missing, or is none of the known words */
    MERIT_E_MEMORY = 2, /* not enough memory */
    MERIT_E_LIMIT = 3,  /* larger, deeper or longer than Merit allows */
    MERIT_E_INPUT = 4,  /* a text is not of the form that it must have: JSON, base64, a certificate, a credential */
    MERIT_E_UNSUPPORTED = 5,   /* known, but not handled */
    MERIT_E_NOT_FOUND = 6,     /* a file, or what a JSON Pointer names, is not there */
    MERIT_E_PASSWORD = 7,      /* missing or wrong */
    MERIT_E_KEY = 8,           /* a key or certificate cannot be used for this */
    MERIT_E_SPECIFICATION = 9, /* a specification has faults */
    MERIT_E_NETWORK = 10,      /* the caller's function could not fetch */
    MERIT_E_SYSTEM = 11,       /* a file cannot be read, a library is not installed, OpenSSL did not do its work */
} merit_code;

/* What went wrong. Its layout never changes; the caller owns it, and it needs no freeing. */
typedef struct merit_error {
    merit_code code;
    char name[32];     /* finer than the code, stable: "json_duplicate" */
    char message[480]; /* for the person who runs the program, in English, a sentence or two */
    char pointer[224]; /* JSON Pointer of the place; empty when there is none */
    int64_t position;  /* octet of the input, from 0; -1 when that is not known */
} merit_error;

/* Give a text back that a function made; NULL is fine. */
MERIT_API void merit_free(char *text);

/* Where a fetched document is put. */
typedef struct merit_answer merit_answer;
/* Put octets behind those that were put before; as often as wanted, so that a network library can hand on what arrives.
 *   returns  MERIT_OK; MERIT_E_LIMIT when it is more than was asked for, MERIT_E_MEMORY: then stop */
MERIT_API merit_code merit_answer_put(merit_answer *answer, const void *octets, size_t size);

/* How the library reaches the network: get what stands at an address.
 *
 * The address may come out of a credential, that is, from a stranger. Whoever writes such a function decides where it may lead: https only, public addresses
 * only, redirects not followed, a time limit. docs/examples/verify_online.c shows one with libcurl.
 *   self     as handed in beside the function
 *   url      https, absolute
 *   accept   media types for the Accept field, or NULL
 *   max      most octets of the answer
 *   answer   gets the body of an answer with status 200
 *   returns  MERIT_OK, MERIT_E_NETWORK, or what merit_answer_put returned; the report then says that it could not be asked */
typedef merit_code merit_fetch(void *self, const char *url, const char *accept, size_t max, merit_answer *answer);

#ifdef __cplusplus
}
#endif

#endif
