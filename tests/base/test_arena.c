#include "testing.h"

static void test_arena_init__takes_nothing_before_the_first_piece(void **state)
{
    mr_arena a;
    mr_arena_init(&a, 1 << 20);
    assert_int_equal(a.used, 0);
    assert_null(a.chunk);
    mr_arena_done(&a);
    mr_arena_done(&a); /* twice is fine */
}

static void test_arena_alloc__gives_aligned_pieces_that_do_not_overlap(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct piece {
        unsigned char *at;
        size_t size;
    } pieces[2000];
    mr_arena_init(&a, 64 << 20);
    for (size_t i = 0; i < 2000; i++) {
        pieces[i].size = i % 97 == 0 ? i * 40 : i % 61;
        pieces[i].at = mr_arena_alloc(&a, pieces[i].size);
        assert_non_null(pieces[i].at);
        assert_int_equal((uintptr_t)pieces[i].at % 16, 0);
        memset(pieces[i].at, (int)(i % 251), pieces[i].size);
    }
    for (size_t i = 0; i < 2000; i++)
        for (size_t k = 0; k < pieces[i].size; k++) assert_int_equal(pieces[i].at[k], i % 251);
}

static void test_arena_alloc__refuses_beyond_the_limit_and_stays_usable(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    size_t total = 0;
    mr_arena_init(&a, 100000);
    assert_null(mr_arena_alloc(&a, 100001));
    assert_null(mr_arena_alloc(&a, 100000)); /* the chunk's own head counts */
    volatile size_t absurd = SIZE_MAX;       /* volatile: the compiler would warn */
    assert_null(mr_arena_alloc(&a, absurd));
    assert_null(mr_arena_alloc(&a, absurd / 2));
    for (void *p; (p = mr_arena_alloc(&a, 1000));) total += 1000;
    assert_in_range(total, 85000, 100000); /* nearly all of it can be used */
    assert_true(a.used <= 100000);
    mr_arena_reset(&a);
    assert_non_null(mr_arena_alloc(&a, 1000));
}

static void test_arena_alloc__keeps_the_front_chunk_when_a_large_piece_comes(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 1 << 20);
    char *first = mr_arena_alloc(&a, 16);
    char *large = mr_arena_alloc(&a, 100000);
    size_t used = a.used;
    char *second = mr_arena_alloc(&a, 16);
    assert_non_null(first);
    assert_non_null(large);
    assert_non_null(second);
    assert_int_equal(a.used, used);
}

static void test_arena_reset__reuses_its_chunk_in_a_loop(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 1 << 20);
    size_t settled = 0;
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < 300; i++) assert_non_null(mr_arena_zalloc(&a, 10, 10));
        if (round == 10) settled = a.used;
        if (round > 10) assert_int_equal(a.used, settled);
        mr_arena_reset(&a);
    }
}

static void test_arena_zalloc__is_zero_and_checks_for_overflow(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 1 << 20);
    unsigned char *dirty = mr_arena_alloc(&a, 500);
    assert_non_null(dirty);
    memset(dirty, 0xAA, 500);
    mr_arena_reset(&a);
    unsigned char *clean = mr_arena_zalloc(&a, 50, 10);
    for (int i = 0; i < 500; i++) assert_int_equal(clean[i], 0);
    volatile size_t many = SIZE_MAX / 4 + 2;
    assert_null(mr_arena_zalloc(&a, many, 4));
    assert_non_null(mr_arena_zalloc(&a, 0, 4));
}

static void test_arena_dup__ends_copies_with_nul(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 1 << 20);
    mr_str s = mr_arena_dup(&a, mr_str_make("hello world", 5));
    assert_str(s, "hello");
    assert_string_equal(s.ptr, "hello");
    assert_string_equal(mr_arena_cstr(&a, MR_STR_EMPTY), "");
    assert_string_equal(mr_arena_format(&a, "%d of %s", 7, "them").ptr, "7 of them");
    mr_str longer = mr_arena_format(&a, "%0300d", 1);
    assert_int_equal(longer.len, 300);
    assert_int_equal(strlen(longer.ptr), 300);
    mr_str parts[] = {MR_STR("a"), MR_STR_EMPTY, MR_STR("bc")};
    assert_str(mr_arena_concat(&a, parts, 3), "abc");
    assert_string_equal(mr_arena_concat(&a, parts, 0).ptr, "");
}

static void test_arena_dup__is_null_when_memory_is_short(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    char text[300];
    memset(text, 'x', sizeof text);
    mr_arena_init(&a, 200);
    mr_str s = mr_str_make(text, sizeof text);
    assert_null(mr_arena_dup(&a, s).ptr);
    assert_null(mr_arena_format(&a, "%.*s", MR_STR_ARG(s)).ptr);
    assert_null(mr_arena_concat(&a, &s, 1).ptr);
    mr_str too_much[] = {{text, SIZE_MAX - 10}, {text, 100}};
    assert_null(mr_arena_concat(&a, too_much, 2).ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arena_init__takes_nothing_before_the_first_piece),
        cmocka_unit_test(test_arena_alloc__gives_aligned_pieces_that_do_not_overlap),
        cmocka_unit_test(test_arena_alloc__refuses_beyond_the_limit_and_stays_usable),
        cmocka_unit_test(test_arena_alloc__keeps_the_front_chunk_when_a_large_piece_comes),
        cmocka_unit_test(test_arena_reset__reuses_its_chunk_in_a_loop),
        cmocka_unit_test(test_arena_zalloc__is_zero_and_checks_for_overflow),
        cmocka_unit_test(test_arena_dup__ends_copies_with_nul),
        cmocka_unit_test(test_arena_dup__is_null_when_memory_is_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
