/* Any octets as an archive: never a crash, no more entries and octets than may be, and the same answer twice. */
#include "base/limits.h"
#include "base/unzip.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST (4 * MR_MIB)

static void require(bool truth)
{
    if (!truth) abort();
}

static int read_all(mr_str archive, size_t *ret_files, uint64_t *ret_octets)
{
    mr_unzip u = {0};
    mr_str name;
    char piece[4096];
    int code = mr_unzip_check(archive, MOST, NULL);
    *ret_files = 0, *ret_octets = 0;
    if (code == MR_OK) code = mr_unzip_open(&u, archive, MOST, NULL);
    while (code == MR_OK) {
        size_t got = 1;
        code = mr_unzip_next(&u, &name, NULL);
        if (code != MR_OK || !name.ptr) break;
        ++*ret_files;
        while (got && code == MR_OK) {
            code = mr_unzip_read(&u, piece, sizeof piece, &got, NULL);
            if (code == MR_OK) *ret_octets += got;
        }
    }
    mr_unzip_close(&u);
    return code;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mr_str archive = mr_str_make((const char *)data, size);
    size_t files, again;
    uint64_t octets, octets_again;
    int code = read_all(archive, &files, &octets);
    require(files <= MR_LIMIT_ZIP_ENTRIES && octets <= MOST);
    require(code == read_all(archive, &again, &octets_again) && files == again && octets == octets_again);
    require(mr_unzip_count(archive) <= 65535);
    return 0;
}
