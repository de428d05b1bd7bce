/* Region memory: many small pieces with one lifetime, given back at once. Chunked, with a hard limit, so that one
 * hostile document cannot take the process down: beyond the limit every allocation is NULL.
 * Whoever returns memory takes the arena as a parameter: the signature tells the lifetime. */
#ifndef MR_BASE_ARENA_H
#define MR_BASE_ARENA_H

#include "base/str.h"

typedef struct mr_arena {
    struct mr_arena_chunk *chunk;
    char *next, *end;
    size_t used, limit;
    struct mr_arena_end *ends;
} mr_arena;

/* Calls function(&variable) when the variable goes out of scope. */
#define MR_CLEANUP(function) __attribute__((cleanup(function)))

/* limit: most bytes taken from the system, all chunks together. */
void mr_arena_init(mr_arena *a, size_t limit);
void mr_arena_done(mr_arena *a);
/* Forget everything but keep the newest chunk for reuse (loops over many documents). */
void mr_arena_reset(mr_arena *a);
/* Have `end(self)` called when what the arena holds is given back (done or reset), the latest first: for what is not in it but lives as long. False beyond the limit. */
bool mr_arena_at_end(mr_arena *a, void (*end)(void *self), void *self);
/* 16-byte aligned, uninitialised; NULL beyond the limit or when the system has none. size 0 gives a valid pointer. */
void *mr_arena_alloc(mr_arena *a, size_t size) __attribute__((malloc, alloc_size(2)));
/* The same, zeroed; checks count * size for overflow. */
void *mr_arena_zalloc(mr_arena *a, size_t count, size_t size) __attribute__((malloc, alloc_size(2, 3)));
#define MR_NEW(arena, type) ((type *)mr_arena_zalloc((arena), 1, sizeof(type)))
#define MR_NEW_ARRAY(arena, type, count) ((type *)mr_arena_zalloc((arena), (count), sizeof(type)))

/* Copies; NUL-terminated behind the end, so that .ptr is also a C string. ptr NULL when memory is short. */
mr_str mr_arena_dup(mr_arena *a, mr_str s);
mr_str mr_arena_format(mr_arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Parts one after the other. */
mr_str mr_arena_concat(mr_arena *a, const mr_str *parts, size_t count);
/* A C string of s in the arena. */
static inline const char *mr_arena_cstr(mr_arena *a, mr_str s)
{
    return mr_arena_dup(a, s).ptr;
}

#endif
