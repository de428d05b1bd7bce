#include "testing.h"

#include <fcntl.h>

static const char *path_in(mr_arena *a, const char *folder, const char *name)
{
    return test_path(a, folder, name);
}

static size_t count_entries(mr_arena *a, const char *folder)
{
    mr_str *names;
    size_t count = 0;
    struct mr_err err;
    assert_ok(mr_file_list(a, folder, "", 1000, &names, &count, &err), err);
    return count;
}

static void test_file_write__makes_and_replaces_files(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_err err;
    struct stat st;
    mr_arena_init(&a, 1 << 24);
    const char *folder = test_temp_folder(), *path = path_in(&a, folder, "credential.json");
    assert_ok(mr_file_write(path, MR_STR("first"), 0600, false, &err), err);
    assert_str(test_read_file(&a, path), "first");
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_ok(mr_file_write(path, MR_STR("second, longer"), 0600, true, &err), err);
    assert_str(test_read_file(&a, path), "second, longer");
    assert_ok(mr_file_write(path, MR_STR_EMPTY, 0600, false, &err), err);
    assert_str(test_read_file(&a, path), "");
    assert_int_equal(count_entries(&a, folder), 1); /* no temporary file is left */
}

static void test_file_write__writes_into_the_working_folder(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_err err;
    char before[PATH_MAX];
    mr_arena_init(&a, 1 << 24);
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(test_temp_folder()), 0);
    int code = mr_file_write("plain-name", MR_STR("x"), 0644, false, &err);
    bool there = mr_file_exists("plain-name");
    assert_int_equal(chdir(before), 0);
    assert_int_equal(code, MR_OK);
    assert_true(there);
}

static void test_file_write__leaves_nothing_when_it_fails(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_err err;
    mr_arena_init(&a, 1 << 24);
    const char *folder = test_temp_folder(), *taken = path_in(&a, folder, "taken");
    assert_ok(mr_file_make_folder(taken, &err), err);
    assert_code(mr_file_write(taken, MR_STR("x"), 0644, false, &err), MR_E_IO, err); /* the target is a folder */
    assert_non_null(strstr(err.detail, "taken"));
    assert_code(mr_file_write(path_in(&a, folder, "missing/file"), MR_STR("x"), 0644, false, &err), MR_E_IO, err);
    assert_code(mr_file_write("/dev/full", MR_STR("x"), 0644, false, &err), MR_E_FULL, err);
    assert_int_equal(count_entries(&a, folder), 1);
    assert_true(mr_file_exists("/dev/full")); /* devices are written, not replaced */
}

static void test_file_read__stops_at_the_limit(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_err err;
    mr_str text;
    mr_arena_init(&a, 1 << 24);
    const char *path = path_in(&a, test_temp_folder(), "ten");
    assert_ok(mr_file_write(path, MR_STR("0123456789"), 0644, false, &err), err);
    assert_ok(mr_file_read(&a, path, 10, &text, &err), err);
    assert_str(text, "0123456789");
    assert_string_equal(text.ptr, "0123456789"); /* also a C string */
    assert_code(mr_file_read(&a, path, 9, &text, &err), MR_E_LIMIT, err);
    assert_code(mr_file_read(&a, "/dev/zero", 100000, &text, &err), MR_E_LIMIT, err); /* an endless one, too */
    mr_arena small;
    mr_arena_init(&small, 100);
    assert_code(mr_file_read(&small, "/proc/self/maps", 1 << 20, &text, &err), MR_E_NOMEM, err);
    mr_arena_done(&small);
}

static void test_file_read__tells_what_stands_in_the_way(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_err err;
    mr_str text;
    mr_arena_init(&a, 1 << 24);
    const char *folder = test_temp_folder();
    assert_code(mr_file_read(&a, path_in(&a, folder, "none"), 10, &text, &err), MR_E_NOT_FOUND, err);
    assert_non_null(strstr(err.detail, "none"));
    assert_code(mr_file_read(&a, folder, 10, &text, &err), MR_E_IO, err);
    assert_ok(mr_file_read(&a, "/proc/self/status", 100000, &text, &err), err); /* its size is told as 0 */
    assert_true(text.len > 100);
}

static void test_file_read__reads_a_pipe_whole(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_err err;
    mr_str text;
    int ends[2];
    char path[40], block[50000];
    mr_arena_init(&a, 1 << 24);
    memset(block, 'p', sizeof block);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], block, sizeof block), sizeof block);
    close(ends[1]);
    snprintf(path, sizeof path, "/proc/self/fd/%d", ends[0]);
    assert_ok(mr_file_read(&a, path, 1 << 20, &text, &err), err);
    close(ends[0]);
    assert_int_equal(text.len, sizeof block);
    assert_memory_equal(text.ptr, block, sizeof block);
}

static void test_file_make_folder__makes_parents_and_accepts_what_is_there(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_err err;
    mr_arena_init(&a, 1 << 24);
    const char *folder = test_temp_folder(), *deep = path_in(&a, folder, "a/b//c/");
    assert_ok(mr_file_make_folder(deep, &err), err);
    assert_ok(mr_file_make_folder(deep, &err), err);
    assert_true(mr_file_exists(path_in(&a, folder, "a/b/c")));
    assert_ok(mr_file_write(path_in(&a, folder, "file"), MR_STR("x"), 0644, false, &err), err);
    assert_code(mr_file_make_folder(path_in(&a, folder, "file"), &err), MR_E_IO, err);
    assert_code(mr_file_make_folder(path_in(&a, folder, "file/sub"), &err), MR_E_IO, err);
    assert_code(mr_file_make_folder("", &err), MR_E_IO, err);
}

static void test_file_list__sorts_names_with_the_ending(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_err err;
    mr_str *names;
    size_t count;
    mr_arena_init(&a, 1 << 24);
    const char *folder = test_temp_folder();
    static const char *const made[] = {"b.pem", "a.pem", "c.txt", "pem"};
    for (size_t i = 0; i < 4; i++)
        assert_ok(mr_file_write(path_in(&a, folder, made[i]), MR_STR("x"), 0644, false, &err), err);
    assert_ok(mr_file_list(&a, folder, ".pem", 2, &names, &count, &err), err);
    assert_int_equal(count, 2);
    assert_str(names[0], "a.pem");
    assert_str(names[1], "b.pem");
    assert_code(mr_file_list(&a, folder, ".pem", 1, &names, &count, &err), MR_E_LIMIT, err);
    assert_code(mr_file_list(&a, path_in(&a, folder, "none"), "", 1, &names, &count, &err), MR_E_NOT_FOUND, err);
    assert_ok(mr_file_list(&a, folder, ".jsonld", 1, &names, &count, &err), err);
    assert_int_equal(count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_file_write__makes_and_replaces_files),
        cmocka_unit_test(test_file_write__writes_into_the_working_folder),
        cmocka_unit_test(test_file_write__leaves_nothing_when_it_fails),
        cmocka_unit_test(test_file_read__stops_at_the_limit),
        cmocka_unit_test(test_file_read__tells_what_stands_in_the_way),
        cmocka_unit_test(test_file_read__reads_a_pipe_whole),
        cmocka_unit_test(test_file_make_folder__makes_parents_and_accepts_what_is_there),
        cmocka_unit_test(test_file_list__sorts_names_with_the_ending),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
