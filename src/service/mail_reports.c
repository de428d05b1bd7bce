/* The job that reads delivery reports from the mailbox that the operator names: a file in mbox form, or a Maildir.
 *
 * A report is believed when it names a Message-ID of ours, which nobody can guess, of the newest sending of a mail that was sent. What is done is done once however
 * often a report is read, so that reading a mailbox again from its start does no harm. A Maildir's messages are moved from new/ to cur/, as a mail program does; of
 * a file the place is kept up to which it was read. Nothing is ever removed: whoever keeps the mailbox clears it. */
#include "base/file.h"
#include "base/id.h"
#include "base/limits.h"
#include "base/log.h"
#include "net/delivery_report.h"
#include "service/jobs.h"
#include "service/mail_inside.h"
#include "store/mail.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static int commit(mr_db_tx **tx, struct mr_err *err)
{
    mr_db_tx *done = *tx;
    *tx = NULL;
    return mr_db_commit(done, err);
}

/* "<id>.<round>@...": ours. */
static bool read_message_id(mr_str message_id, mr_str *ret_id, int64_t *ret_round)
{
    mr_str left;
    uint64_t round;
    if (message_id.len < 38 || message_id.ptr[36] != '.') return false;
    *ret_id = mr_str_make(message_id.ptr, 36);
    mr_str rest = mr_str_from(message_id, 37);
    if (!mr_str_split(&rest, '@', &left) || !mr_str_to_u64(left, &round) || round > INT32_MAX) return false;
    *ret_round = (int64_t)round;
    return mr_id_is_uuid(*ret_id);
}

/* One line that says why, cut to fit. */
static mr_str why_of(mr_arena *a, const struct mr_delivery_report *r)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_buf_init(&text, 4 * MR_KIB);
    mr_str answer = r->answer.len > 280 ? mr_str_make(r->answer.ptr, 280) : r->answer;
    mr_buf_put_visible(&text, r->status.len > 12 ? MR_STR_EMPTY : r->status);
    if (text.len && answer.len) mr_buf_putc(&text, ' ');
    mr_buf_put_visible(&text, answer);
    return mr_arena_dup(a, mr_buf_str(&text));
}

static int take(mr_service *s, mr_arena *a, mr_str message, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_delivery_report report;
    mr_str id;
    int64_t round;
    bool returned;
    MR_TRY(mr_delivery_report_read(a, message, &report, err));
    if (report.outcome != MR_DELIVERY_FAILED || !read_message_id(report.message_id, &id, &round)) return MR_OK;
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_store_mail_return(tx, id, round, why_of(a, &report), &returned, err));
    if (!returned) return MR_OK;
    mr_log(MR_LOG_INFO, "mail.returned", "id", mr_arena_cstr(a, id), NULL);
    return commit(&tx, err);
}

/* ---- a Maildir ---- */

static int take_folder(mr_service *s, struct mr_job *job, mr_str folder, struct mr_err *err)
{
    mr_str *names;
    size_t count;
    const char *fresh = mr_arena_format(job->arena, "%.*s/new", MR_STR_ARG(folder)).ptr;
    MR_TRY(mr_file_list(job->arena, fresh, "", 100 * MR_LIMIT_REPORT_FILES, &names, &count, err));
    for (size_t i = 0; i < count && i < MR_LIMIT_REPORT_FILES; i++) {
        MR_CLEANUP(mr_arena_done) mr_arena a;
        mr_str text;
        mr_arena_init(&a, 4 * MR_LIMIT_REPORT_READ);
        if (names[i].ptr[0] == '.') continue;
        const char *from = mr_arena_format(&a, "%s/%.*s", fresh, MR_STR_ARG(names[i])).ptr;
        const char *to = mr_arena_format(&a, "%.*s/cur/%.*s:2,S", MR_STR_ARG(folder), MR_STR_ARG(names[i])).ptr;
        int code = mr_file_read(&a, from, MR_LIMIT_REPORT_READ, &text, err);
        if (code == MR_OK) MR_TRY(take(s, &a, text, err)); /* a file too large to be one is put aside unread */
        if (rename(from, to) != 0)
            return MR_FAIL_DETAIL(err, MR_E_IO, "a delivery report cannot be moved to cur/", "%s", strerror(errno));
        MR_TRY(mr_job_beat(s, job, (int64_t)i, (int64_t)count, err));
    }
    return MR_OK;
}

/* ---- an mbox ---- */

static void close_file(int *fd)
{
    if (*fd >= 0) close(*fd);
}

/* What is new in it; at most MR_LIMIT_REPORT_READ. A file that became shorter was cleared: from its start. */
static int read_new(const char *path, int64_t *read_to, mr_buf *out, struct mr_err *err)
{
    MR_CLEANUP(close_file) int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 && errno == ENOENT) return MR_OK;
    if (fd < 0 || fstat(fd, &st) != 0)
        return MR_FAIL_DETAIL(err, MR_E_IO, "the mailbox of delivery reports cannot be read", "%s", strerror(errno));
    if (st.st_size < *read_to) *read_to = 0;
    while (out->len < MR_LIMIT_REPORT_READ) {
        char *room = mr_buf_reserve(out, 64 * MR_KIB);
        ssize_t n = room ? pread(fd, room, 64 * MR_KIB, *read_to + (int64_t)out->len) : -1;
        if (n < 0)
            return MR_FAIL_DETAIL(err, MR_E_IO, "the mailbox of delivery reports cannot be read", "%s",
                                  strerror(errno));
        if (n == 0) break;
        out->len += (size_t)n;
    }
    return MR_OK;
}

static int remember(mr_service *s, int64_t read_to, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    const struct mr_mail_way way = {.since = MR_TIME_NONE, .read_to = read_to};
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_store_mail_way_set(tx, MR_STR("reports"), &way, err));
    return commit(&tx, err);
}

static int take_file(mr_service *s, struct mr_job *job, const char *path, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_db_tx *tx = NULL;
    struct mr_mail_way way;
    mr_str message;
    bool whole;
    mr_buf_init(&text, 2 * MR_LIMIT_REPORT_READ);
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    int code = mr_store_mail_way(tx, job->arena, MR_STR("reports"), &way, err);
    mr_db_rollbackp(&tx);
    MR_TRY(code);
    int64_t start = way.read_to;
    MR_TRY(read_new(path, &start, &text, err));
    mr_str rest = mr_buf_str(&text);
    int64_t done = 0;
    while (mr_mbox_next(&rest, &message, &whole)) {
        MR_CLEANUP(mr_arena_done) mr_arena a;
        mr_arena_init(&a, 4 * MR_LIMIT_REPORT_READ);
        bool full =
            !rest.len && text.len >= MR_LIMIT_REPORT_READ; /* cut off by our own limit, unless nothing fits at all */
        if ((!whole || full) && done > 0) break;
        MR_TRY(take(s, &a, message, err));
        if (!whole && !full) break; /* it may still be being written: it is read again */
        done = (int64_t)(text.len - rest.len);
        MR_TRY(mr_job_beat(s, job, done, (int64_t)text.len, err));
    }
    return start + done == way.read_to ? MR_OK : remember(s, start + done, err);
}

int mr_job_mail_reports(mr_service *s, struct mr_job *job, struct mr_err *err)
{
    struct stat st;
    mr_str path = s->post.reports;
    if (!path.len) return MR_OK;
    const char *name = mr_arena_cstr(job->arena, path);
    if (!name) return MR_FAIL(err, MR_E_NOMEM, "no memory for delivery reports", MR_NOWHERE);
    if (stat(name, &st) == 0 && S_ISDIR(st.st_mode)) return take_folder(s, job, path, err);
    return take_file(s, job, name, err);
}
