/* The job that sends what waits.
 *
 * One node sends at a time (the job's row is leased), message after message over one connection, in the order in which they fell due.
 *
 * Never lost: a mail waits until the server has answered 2yz to it and that is committed. Hardly ever twice: the answer is committed at once, before anything else is
 * done, so that only a stop between the server's answer and that commit, or an answer that is lost on its way, sends it again; the second one has the same
 * Message-ID, by which mail programs know it.
 *
 * A server that cannot be reached, trusted or signed in to is trouble of the way, not of any mail: nothing is counted against the mails, all of them wait, and
 * the office is told. Whatever the server says to a message is about that message. */
#include "service/mail.h"

#include "base/limits.h"
#include "base/log.h"
#include "net/internet_message.h"
#include "net/smtp.h"
#include "service/jobs.h"
#include "service/mail_inside.h"
#include "store/mail.h"

#define AT_ONCE 20             /* looked up in one go */
#define BEAT_MS 5000           /* between signs of life; a message takes at most 2 * MR_LIMIT_SMTP_MS */
#define FIRST_RETRY_MS 60000   /* doubled each time */
#define LAST_RETRY_MS 14400000 /* four hours */
#define LAST_SERVER_MS 900000  /* a quarter of an hour */

static int commit(mr_db_tx **tx, struct mr_err *err)
{
    mr_db_tx *done = *tx;
    *tx = NULL;
    return mr_db_commit(done, err);
}

static void smtp_cleanup(mr_smtp **c)
{
    mr_smtp_close(*c);
}

struct sending {
    mr_service *s;
    struct mr_job *job;
    mr_smtp *smtp;
    int64_t beaten_at, sent, left; /* left: that may go out in this minute */
    struct mr_mail_way way;
    bool no_server;
};

static int64_t growing(int64_t first, int64_t times, int64_t last)
{
    int64_t wait = first;
    for (int64_t i = 0; i < times && wait < last; i++) wait *= 2;
    return wait < last ? wait : last;
}

/* ---- one mail as a message ---- */

static mr_str domain_of(mr_str address)
{
    return mr_str_from(address, (size_t)mr_str_find_char(address, '@') + 1);
}

static int write_message(struct sending *x, mr_arena *a, const struct mr_mail_row *row, mr_str to, mr_buf *out,
                         struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_mail_source source;
    struct mr_mail_text text;
    const struct mr_post *post = &x->s->post;
    const struct mr_mail_kind *kind = mr_mail_kind_find(row->template_name);
    MR_TRY(mr_db_begin(x->s->db, false, &tx, err));
    MR_TRY(mr_mail_source_of(x->s, tx, a, row->org_id, row->template_name, row->language, &source, err));
    source.data = row->data;
    if (kind && kind->whose == MR_MAIL_REMINDER) {
        mr_str path = mr_mail_stop_path(x->s, a, row->id);
        source.stop = mr_arena_format(a, "%.*s%.*s", MR_STR_ARG(x->s->public_url), MR_STR_ARG(path));
    }
    MR_TRY(mr_mail_text_make(x->s, a, &source, &text, err));
    mr_str contact = MR_STR_EMPTY;
    if (source.contact.len && mr_smtp_ascii_address(a, source.contact, &contact, NULL) != MR_OK) contact = MR_STR_EMPTY;
    const struct mr_internet_message m = {.from_name = text.sender,
                                          .from = post->from,
                                          .to = to,
                                          .reply_to = contact,
                                          .subject = text.subject,
                                          .text = text.text,
                                          .html = text.html,
                                          .message_id =
                                              mr_arena_format(a, "%.*s.%lld@%.*s", MR_STR_ARG(row->id),
                                                              (long long)row->round, MR_STR_ARG(domain_of(post->from))),
                                          .language = mr_language_tag(text.language),
                                          .unsubscribe = source.stop,
                                          .date = mr_env_now(x->s->env)};
    return mr_internet_message_write(&m, out, err);
}

/* ---- what became of it ---- */

/* Of an accepted mail this is the one step that must not fail for a passing reason: it is tried again. */
static int settle(struct sending *x, const struct mr_mail_row *row, const struct mr_mail_outcome *outcome,
                  struct mr_err *err)
{
    int code = MR_OK;
    bool tidy, is_last = mr_str_is(row->template_name, "erased") && strcmp(outcome->state, "waiting") != 0;
    for (int i = 0; i < 3; i++) {
        mr_db_tx *tx = NULL;
        code = mr_db_begin(x->s->db, true, &tx, err);
        if (code == MR_OK) code = mr_store_mail_settle(tx, row, outcome, err);
        if (code == MR_OK && is_last) code = mr_store_mail_empty(tx, row->id, err);
        if (code == MR_OK) code = mr_db_commit(tx, err), tx = NULL;
        if (code == MR_OK) return is_last ? mr_db_tidy(x->s->db, MR_LIMIT_DB_REWRITE, &tidy, err) : MR_OK;
        mr_db_rollbackp(&tx);
    }
    return code;
}

static int set_trouble(struct sending *x, mr_str what, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    int64_t now = mr_env_now(x->s->env);
    if (!what.len && !x->way.failures) return MR_OK;
    x->way = (struct mr_mail_way){.trouble = what,
                                  .since = !what.len         ? MR_TIME_NONE
                                           : x->way.failures ? x->way.since
                                                             : now,
                                  .failures = what.len ? x->way.failures + 1 : 0};
    MR_TRY(mr_db_begin(x->s->db, true, &tx, err));
    MR_TRY(mr_store_mail_way_set(tx, MR_STR("server"), &x->way, err));
    return commit(&tx, err);
}

/* Not for a passing reason: it is kept as it is, and the office says why. */
static int give_up(struct sending *x, const struct mr_mail_row *row, mr_str why, struct mr_err *err)
{
    const struct mr_mail_outcome outcome = {.state = "given_up", .next_at = row->next_at, .answer = why};
    return settle(x, row, &outcome, err);
}

static int settle_answer(struct sending *x, const struct mr_mail_row *row, const struct mr_smtp_answer *answer,
                         struct mr_err *err)
{
    int64_t now = mr_env_now(x->s->env);
    struct mr_mail_outcome outcome = {
        .state = "sent", .now = now, .next_at = row->next_at, .code = answer->code, .answer = mr_str_of(answer->text)};
    if (answer->fate == MR_SMTP_REFUSED) {
        outcome.state = "refused";
        if (answer->wants_utf8) outcome.answer = MR_STR("no SMTPUTF8");
    } else if (answer->fate == MR_SMTP_LATER) {
        outcome.state = now - row->created_at > MR_LIMIT_MAIL_RETRY_MS && row->attempts > 2 ? "given_up" : "waiting";
        outcome.next_at = now + growing(FIRST_RETRY_MS, row->attempts, LAST_RETRY_MS);
    }
    MR_TRY(settle(x, row, &outcome, err));
    return set_trouble(x, MR_STR_EMPTY, err);
}

/* A link to sign in with is worth nothing hours later. */
static bool is_stale(struct sending *x, const struct mr_mail_row *row)
{
    const struct mr_mail_kind *kind = mr_mail_kind_find(row->template_name);
    return kind && kind->keep_ms && mr_env_now(x->s->env) - row->created_at > kind->keep_ms;
}

static int send_one(struct sending *x, const struct mr_mail_row *row, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf message;
    struct mr_smtp_answer answer;
    struct mr_err why = {0};
    mr_str to, from = x->s->post.back.len ? x->s->post.back : x->s->post.from;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    mr_buf_init(&message, MR_LIMIT_MAIL * 2);
    if (is_stale(x, row)) return give_up(x, row, MR_STR("too late"), err);
    int code = mr_smtp_ascii_address(&a, row->recipient, &to, &why);
    if (code == MR_OK) code = write_message(x, &a, row, to, &message, &why);
    if (code != MR_OK) {
        mr_log_err(MR_LOG_ERROR, "mail.not_written", &why);
        return give_up(x, row, mr_arena_format(&a, "%s", why.message), err);
    }
    MR_TRY(mr_smtp_send(x->smtp, from, to, mr_buf_str(&message), &answer, err));
    if (answer.fate == MR_SMTP_NO_SERVER) {
        mr_log(MR_LOG_WARNING, "mail.no_server", "answer", answer.text, NULL);
        x->no_server = true;
        return set_trouble(x, mr_str_of(answer.text), err);
    }
    x->sent++, x->left--;
    return settle_answer(x, row, &answer, err);
}

/* ---- the job ---- */

static int beat(struct sending *x, struct mr_err *err)
{
    int64_t now = mr_env_now(x->s->env);
    if (now - x->beaten_at < BEAT_MS && now >= x->beaten_at) return MR_OK;
    x->beaten_at = now;
    return mr_job_beat(x->s, x->job, x->sent, 0, err);
}

static int find_due(struct sending *x, mr_arena *a, struct mr_mail_row **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    int64_t now = mr_env_now(x->s->env), gone;
    MR_TRY(mr_db_begin(x->s->db, false, &tx, err));
    MR_TRY(mr_store_mail_sent_between(tx, now - 60000, now, &gone, err));
    x->left = x->s->post.per_minute - gone;
    size_t most = x->left < 1 ? 0 : x->left < AT_ONCE ? (size_t)x->left : AT_ONCE;
    *ret_count = 0;
    if (most) MR_TRY(mr_store_mail_due(tx, a, now, most, ret, ret_count, err));
    if (*ret_count) return MR_OK;
    int64_t next;
    MR_TRY(mr_store_mail_next_at(tx, &next, err));
    if (most == 0 && next <= now)
        x->job->again_at = now + 2000; /* the minute is full */
    else if (x->sent && next > now + 1000)
        x->job->again_at = now + 1000; /* what was queued while this ran found no waiting job to hasten */
    else if (next < now + 60000)
        x->job->again_at = next;
    return MR_OK;
}

static int open_way(struct sending *x, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    const struct mr_post *post = &x->s->post;
    const struct mr_smtp_server server = {.url = post->url,
                                          .user = post->user,
                                          .password = post->password,
                                          .authorities = post->authorities,
                                          .name = domain_of(post->from),
                                          .timeout_ms = post->timeout_ms};
    MR_TRY(mr_db_begin(x->s->db, false, &tx, err));
    MR_TRY(mr_store_mail_way(tx, x->job->arena, MR_STR("server"), &x->way, err));
    return mr_smtp_open(&server, &x->smtp, err);
}

static int send_due(struct sending *x, const struct mr_mail_row *rows, size_t count, struct mr_err *err)
{
    for (size_t i = 0; i < count && !x->no_server; i++) {
        MR_TRY(beat(x, err));
        MR_TRY(send_one(x, &rows[i], err));
    }
    return MR_OK;
}

int mr_job_mail_send(mr_service *s, struct mr_job *job, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct sending x = {.s = s, .job = job, .beaten_at = mr_env_now(s->env)};
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    if (!s->post.url.len) return MR_OK; /* all of it waits until the operator names a server */
    struct mr_mail_row *rows;
    size_t count;
    MR_TRY(find_due(&x, &a, &rows, &count, err));
    if (count == 0) return MR_OK;
    MR_TRY(open_way(&x, err));
    MR_CLEANUP(smtp_cleanup) mr_smtp *closing = x.smtp;
    (void)closing;
    while (count > 0) {
        MR_TRY(send_due(&x, rows, count, err));
        if (x.no_server) {
            job->again_at = mr_env_now(s->env) + growing(10000, x.way.failures, LAST_SERVER_MS);
            return MR_OK;
        }
        mr_arena_reset(&a);
        MR_TRY(find_due(&x, &a, &rows, &count, err));
    }
    return MR_OK;
}
