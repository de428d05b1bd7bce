/* Errors: a fallible function returns a code (0 is success) and fills a struct mr_err. "Not found" and "not valid" are
 * results, not errors. Errors travel up with MR_TRY; the page or command turns the code into a sentence. */
#ifndef MR_BASE_ERR_H
#define MR_BASE_ERR_H

#include "base/str.h"

typedef enum mr_code {
    MR_OK = 0,
#define MR_ERROR(name, code, http, exit, text) MR_E_##name,
#include "base/errors.def"
#undef MR_ERROR
} mr_code;

struct mr_err {
    mr_code code;
    const char *message; /* constant text: what is wrong, in English, for experts */
    size_t position;     /* byte offset in the input, or MR_NOWHERE */
    char pointer[160];   /* JSON Pointer (RFC 6901) or another place name; "" when there is none */
    char detail[200]; /* a value or name that belongs to the message, cut to fit, always UTF-8; "" when there is none */
    const char *file; /* place in our code */
    int line;
};

/* The position of an error that has none. */
#define MR_NOWHERE ((size_t)-1)
#define MR_MUST_CHECK __attribute__((warn_unused_result))

/* Pass an error on. */
#define MR_TRY(expression)                                                                                             \
    do {                                                                                                               \
        int mr_try_code_ = (expression);                                                                               \
        if (__builtin_expect(mr_try_code_ != MR_OK, 0)) return mr_try_code_;                                           \
    } while (0)

/* Fill *e (may be NULL) and return the code: `return MR_FAIL(err, MR_E_JSON, "a comma is missing", position);` */
#define MR_FAIL(e, code, message, position) mr_err_set((e), (code), (message), (position), __FILE__, __LINE__)
int mr_err_set(struct mr_err *e, mr_code code, const char *message, size_t position, const char *file, int line);
/* The same with a detail: `return MR_FAIL_DETAIL(err, MR_E_IO, "cannot be opened", "%s", path);` */
#define MR_FAIL_DETAIL(e, code, message, ...) mr_err_detail((e), (code), (message), __FILE__, __LINE__, __VA_ARGS__)
int mr_err_detail(struct mr_err *e, mr_code code, const char *message, const char *file, int line, const char *format,
                  ...) __attribute__((format(printf, 6, 7)));
void mr_err_clear(struct mr_err *e);

const char *mr_code_name(mr_code code); /* the stable code, "json_duplicate" */
const char *mr_code_text(mr_code code);
int mr_code_http(mr_code code);
int mr_code_exit(mr_code code);

#endif
