/* Any octets as a file of settings, read as the server reads it: never a crash; what is taken can be told again. Its complaints go nowhere. */
#include "cli/config.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static FILE *nowhere;
    static int file = -1;
    static char path[40];
    char command[] = "serve", option[] = "--config", *argv[] = {command, option, path, NULL};
    mr_config config;
    int words;
    bool done;
    if (!nowhere && !(nowhere = fopen("/dev/null", "we"))) abort();
    if (file < 0) {
        if ((file = memfd_create("settings", MFD_CLOEXEC)) < 0) abort();
        snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    }
    if (ftruncate(file, 0) != 0 || pwrite(file, data, size, 0) != (ssize_t)size) abort();
    FILE *errors = stderr;
    stderr = nowhere;
    bool good = mr_config_load(&config, 3, argv, "", &words, &done);
    stderr = errors;
    if (good) mr_config_print(&config, nowhere);
    mr_config_done(&config);
    return 0;
}
