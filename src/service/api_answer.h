/* Nothing is done twice: what a request with an Idempotency-Key came to is kept for a day and given again to whoever repeats it.
 *
 * The key is taken, durably, before the work begins, and what was answered is written down after it. So a repetition finds one of these:
 *   no key                     nobody began: it is new
 *   a key with an answer       the same answer
 *   a key without an answer    somebody is at it (now, on this server or another that shares the database), or the server stopped between the two: then the work
 *                              may have been done or not, nobody can tell from here, and it is not done again (MR_API_ANSWER_UNKNOWN)
 * At no moment, kill -9 included, does the same key do its work twice. The alternative, to write the answer in the transaction of the work, would end "unknown"
 * as well, but the answer is made after that transaction (a batch that is sealed is read anew), and every use case would have to know of HTTP. */
#ifndef MR_SERVICE_API_ANSWER_H
#define MR_SERVICE_API_ANSWER_H

#include "service/service.h"

#define MR_API_ANSWER_KEPT_MS MR_DAY_MS
#define MR_API_ANSWER_KEY 255                /* most octets of a key */
#define MR_API_ANSWER_BODY ((size_t)1 << 20) /* most octets of an answer that are kept */

struct mr_api_answer {
    mr_str holder;       /* whose keys these are: id of the token */
    mr_str key;          /* as the client chose it */
    mr_str request_hash; /* digest of all that makes two requests the same */
    mr_str server;       /* this run of the server */
    int64_t status;      /* of HTTP */
    mr_str type, location, body;
};
typedef enum mr_api_answer_found {
    MR_API_ANSWER_NEW,     /* do the work; then mr_api_answer_end */
    MR_API_ANSWER_KNOWN,   /* give what is in the struct now; without a type its body was too large to be kept */
    MR_API_ANSWER_OTHER,   /* the key was used for another request */
    MR_API_ANSWER_RUNNING, /* somebody is at it */
    MR_API_ANSWER_UNKNOWN, /* whether it was done cannot be told */
} mr_api_answer_found;
/* A digest of parts, one after the other, as request_hash; in the arena, empty when memory is short. */
mr_str mr_api_answer_hash(mr_arena *a, const mr_str *parts, size_t count);
/* Take the key, or find what became of it. a: holds what is found. */
int mr_api_answer_begin(mr_service *s, mr_arena *a, struct mr_api_answer *answer, mr_api_answer_found *ret,
                        struct mr_err *err) MR_MUST_CHECK;
/* Write down status, type, location and body. */
int mr_api_answer_end(mr_service *s, const struct mr_api_answer *answer, struct mr_err *err) MR_MUST_CHECK;

#endif
