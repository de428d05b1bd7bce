#include "service/standing.h"

#include "service/installation.h"

#include <sys/statvfs.h>

static uint64_t disk_free(const mr_service *s)
{
    struct statvfs disk;
    if (statvfs(s->folder.ptr, &disk) != 0) return 0;
    return (uint64_t)disk.f_bavail * disk.f_frsize;
}

int mr_service_ready(mr_service *s, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_db_query(tx, "SELECT MAX(version) FROM schema_version", NULL, 0, &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    if (disk_free(s) < MR_LIMIT_DISK_FREE)
        return MR_FAIL(err, MR_E_IO, "the disk of the data folder is nearly full", MR_NOWHERE);
    return MR_OK;
}

int mr_service_standing(mr_service *s, mr_arena *a, struct mr_service_counts *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    *ret = (struct mr_service_counts){.disk_free = disk_free(s)};
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    return mr_store_standing(tx, a, mr_env_now(s->env), &ret->rows, err);
}
