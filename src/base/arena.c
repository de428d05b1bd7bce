/* Region memory.
 *
 * Idea: one list of chunks; a piece is cut from the front chunk by moving a pointer. Nothing is taken from the system
 * before the first piece is asked for, so an arena that is never used costs four stores.
 *
 * Layout: `chunk` is the front of the list; `next` and `end` bound what is free in it. Chunks double from FIRST_CHUNK to
 * LARGEST_CHUNK. A request larger than half of the next chunk gets a chunk of its own, linked behind the front one, so
 * that the room left in the front chunk is not lost.
 *
 * Invariants:
 *   1. used = sum of the sizes (with header) of all chunks <= limit;
 *   2. next and end lie in the front chunk, or all three are NULL;
 *   3. next is a multiple of 16.
 *
 * Under AddressSanitizer free room is poisoned and every piece is followed by 16 poisoned bytes, so that a parser that
 * reads past its piece is caught as if the piece came from malloc. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MR_ARENA_POISON 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define MR_ARENA_POISON 1
#endif

#ifdef MR_ARENA_POISON
#include <sanitizer/asan_interface.h>
enum { RED_ZONE = 16 };
/* Never inline: gcc would warn of poisoning memory that nobody has written yet. */
__attribute__((noinline)) static void poison(void *at, size_t size)
{
    __asan_poison_memory_region(at, size);
}
static void unpoison(void *at, size_t size)
{
    __asan_unpoison_memory_region(at, size);
}
#else
enum { RED_ZONE = 0 };
static void poison(void *at, size_t size)
{
    (void)at, (void)size;
}
static void unpoison(void *at, size_t size)
{
    (void)at, (void)size;
}
#endif

enum { ALIGNMENT = 16, FIRST_CHUNK = 4096, LARGEST_CHUNK = 1 << 20 };

struct mr_arena_chunk {
    struct mr_arena_chunk *older;
    size_t size; /* with this header */
};

_Static_assert(sizeof(struct mr_arena_chunk) % ALIGNMENT == 0, "pieces start aligned");

static char *chunk_start(struct mr_arena_chunk *c)
{
    return (char *)(c + 1);
}
static char *chunk_end(struct mr_arena_chunk *c)
{
    return (char *)c + c->size;
}

static void chunk_free(struct mr_arena_chunk *c)
{
    unpoison(c, c->size);
    free(c);
}

void mr_arena_init(mr_arena *a, size_t limit)
{
    *a = (mr_arena){.limit = limit};
}

struct mr_arena_end {
    void (*end)(void *self);
    void *self;
    struct mr_arena_end *earlier;
};

bool mr_arena_at_end(mr_arena *a, void (*end)(void *self), void *self)
{
    struct mr_arena_end *e = MR_NEW(a, struct mr_arena_end);
    if (!e) return false;
    *e = (struct mr_arena_end){end, self, a->ends};
    a->ends = e;
    return true;
}

static void run_ends(mr_arena *a)
{
    for (struct mr_arena_end *e = a->ends; e; e = e->earlier) e->end(e->self);
    a->ends = NULL;
}

void mr_arena_done(mr_arena *a)
{
    run_ends(a);
    for (struct mr_arena_chunk *c = a->chunk, *older; c; c = older) {
        older = c->older;
        chunk_free(c);
    }
    *a = (mr_arena){.limit = a->limit};
}

void mr_arena_reset(mr_arena *a)
{
    struct mr_arena_chunk *kept = a->chunk;
    if (!kept) return;
    run_ends(a);
    for (struct mr_arena_chunk *c = kept->older, *older; c; c = older) {
        older = c->older;
        chunk_free(c);
    }
    kept->older = NULL;
    a->used = kept->size;
    a->next = chunk_start(kept);
    a->end = chunk_end(kept);
    poison(a->next, (size_t)(a->end - a->next));
}

static struct mr_arena_chunk *chunk_new(mr_arena *a, size_t size)
{
    struct mr_arena_chunk *c = malloc(size);
    if (!c) return NULL;
    c->size = size;
    a->used += size;
    poison(chunk_start(c), size - sizeof *c);
    return c;
}

/* Size that the next front chunk should have. */
static size_t next_chunk_size(const mr_arena *a)
{
    if (!a->chunk) return FIRST_CHUNK;
    if (a->chunk->size >= LARGEST_CHUNK) return LARGEST_CHUNK;
    return a->chunk->size < FIRST_CHUNK ? (size_t)FIRST_CHUNK : a->chunk->size * 2;
}

/* A piece of `room` bytes (aligned, red zone included) that the front chunk has no room for. */
static void *alloc_slow(mr_arena *a, size_t room)
{
    size_t left = a->limit > a->used ? a->limit - a->used : 0;
    if (left < sizeof(struct mr_arena_chunk) || room > left - sizeof(struct mr_arena_chunk)) return NULL;
    size_t size = next_chunk_size(a), needed = room + sizeof(struct mr_arena_chunk);
    bool own = needed > size / 2;
    if (own) size = needed;
    if (size > left) size = left & ~(size_t)(ALIGNMENT - 1); /* the last chunk is what is left */
    if (size < needed) size = needed;
    struct mr_arena_chunk *c = chunk_new(a, size);
    if (!c) return NULL;
    char *piece = chunk_start(c);
    if (own && a->chunk) {
        c->older = a->chunk->older;
        a->chunk->older = c;
    } else {
        c->older = a->chunk;
        a->chunk = c;
        a->next = piece + room;
        a->end = chunk_end(c);
    }
    return piece;
}

void *mr_arena_alloc(mr_arena *a, size_t size)
{
    if (size > SIZE_MAX / 2) return NULL;
    size_t room = ((size ? size : 1) + RED_ZONE + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    char *piece = a->next;
    if (__builtin_expect((size_t)(a->end - a->next) >= room, 1))
        a->next += room;
    else
        piece = alloc_slow(a, room);
    if (piece) unpoison(piece, size);
    return piece;
}

void *mr_arena_zalloc(mr_arena *a, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total)) return NULL;
    void *piece = mr_arena_alloc(a, total);
    if (piece) memset(piece, 0, total);
    return piece;
}

mr_str mr_arena_dup(mr_arena *a, mr_str s)
{
    char *copy = s.len < SIZE_MAX ? mr_arena_alloc(a, s.len + 1) : NULL;
    if (!copy) return MR_STR_EMPTY;
    if (s.len) memcpy(copy, s.ptr, s.len);
    copy[s.len] = '\0';
    return (mr_str){copy, s.len};
}

mr_str mr_arena_format(mr_arena *a, const char *format, ...)
{
    char small[256];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(small, sizeof small, format, arguments);
    va_end(arguments);
    if (length < 0) return MR_STR_EMPTY;
    if ((size_t)length < sizeof small) return mr_arena_dup(a, (mr_str){small, (size_t)length});
    char *text = mr_arena_alloc(a, (size_t)length + 1);
    if (!text) return MR_STR_EMPTY;
    va_start(arguments, format);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    return (mr_str){text, (size_t)length};
}

mr_str mr_arena_concat(mr_arena *a, const mr_str *parts, size_t count)
{
    size_t total = 1;
    for (size_t i = 0; i < count; i++)
        if (__builtin_add_overflow(total, parts[i].len, &total)) return MR_STR_EMPTY;
    char *text = mr_arena_alloc(a, total), *at = text;
    if (!text) return MR_STR_EMPTY;
    for (size_t i = 0; i < count; i++) {
        if (parts[i].len) memcpy(at, parts[i].ptr, parts[i].len);
        at += parts[i].len;
    }
    *at = '\0';
    return (mr_str){text, total - 1};
}
