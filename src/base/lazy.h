/* Libraries loaded on first use, so that `merit verify` starts like a small program. An adapter lists the functions that it calls:
 *
 *   #define CAIRO_FUNCTIONS(F) F(cairo_create) F(cairo_destroy)
 *   MR_LAZY_LIBRARY(cairo, "libcairo.so.2", CAIRO_FUNCTIONS)
 *   ...
 *   MR_TRY(cairo_load(err));            // once per entry point; thread-safe; MR_E_LIBRARY names what to install
 *   cairo_table.cairo_create(surface);  // types come from the library's own header
 */
#ifndef MR_BASE_LAZY_H
#define MR_BASE_LAZY_H

#include "base/err.h"
#include <pthread.h>

struct mr_lazy_library {
    const char *soname;
    const char *const *names; /* of the functions, in the order of the table */
    size_t count;
    void **table;
    pthread_mutex_t lock;
    bool ready;
};

/* Fill the library's table unless that is done; all of its functions or none. Errors: MR_E_LIBRARY, whose detail names the library
 * and, when it is there but too old, the function that it lacks. */
int mr_lazy_load(struct mr_lazy_library *library, struct mr_err *err) MR_MUST_CHECK;

#define MR_LAZY_MEMBER_(f) __typeof__(f) *f;
#define MR_LAZY_NAME_(f) #f,
#define MR_LAZY_LIBRARY(prefix, so, LIST)                                                                              \
    static struct {                                                                                                    \
        LIST(MR_LAZY_MEMBER_)                                                                                          \
    } prefix##_table;                                                                                                  \
    static int prefix##_load(struct mr_err *err)                                                                       \
    {                                                                                                                  \
        static const char *const names[] = {LIST(MR_LAZY_NAME_)};                                                      \
        static struct mr_lazy_library library = {                                                                      \
            so,   names, sizeof names / sizeof *names, (void **)(void *)&prefix##_table, PTHREAD_MUTEX_INITIALIZER,    \
            false};                                                                                                    \
        return mr_lazy_load(&library, err);                                                                            \
    }

#endif
