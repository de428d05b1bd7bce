/* The text format of Prometheus (exposition format 0.0.4): fixed names, fixed labels, so that nothing of a request can become one. */
#include "web/operation.h"

#include "base/limits.h"
#include "base/log.h"
#include "service/standing.h"
#include "web/page.h"

#include <inttypes.h>

/* Upper ends, in microseconds. */
static const uint64_t ends[MR_COUNT_BUCKETS] = {1000, 5000, 10000, 25000, 50000, 100000, 250000, 1000000, 5000000};
static const char *const end_words[MR_COUNT_BUCKETS] = {"0.001", "0.005", "0.01", "0.025", "0.05",
                                                        "0.1",   "0.25",  "1",    "5"};

void mr_web_count(struct mr_web_counts *c, int kind, int status, uint64_t microseconds)
{
    size_t b = 0;
    while (b < MR_COUNT_BUCKETS && microseconds > ends[b]) b++;
    atomic_fetch_add(&c->requests[kind][status / 100 < MR_COUNT_STATUSES ? status / 100 : 0], 1);
    atomic_fetch_add(&c->bucket[b], 1);
    atomic_fetch_add(&c->microseconds, microseconds);
}

static void answer_plainly(mr_page *p, int status, const char *text)
{
    mr_http_set_status(p->response, status);
    mr_http_set_type(p->response, "text/plain; charset=utf-8");
    mr_http_set_header(p->response, "Cache-Control", MR_STR("no-store"));
    mr_buf_puts(mr_http_body(p->response), text);
}

void mr_web_health(mr_page *p)
{
    answer_plainly(p, 200, "alive\n");
}

void mr_web_ready(mr_page *p)
{
    struct mr_err err = {0};
    if (mr_service_ready(p->service, &err) == MR_OK) {
        answer_plainly(p, 200, "ready\n");
        return;
    }
    mr_log_err(MR_LOG_ERROR, "ready.not", &err);
    answer_plainly(p, 503, mr_arena_format(p->arena, "not ready: %s\n", err.message).ptr);
}

/* ---- metrics ---- */

static void put_requests(mr_buf *b, struct mr_web_counts *c)
{
    static const char *const kinds[] = {"page", "api", "static"};
    mr_buf_puts(b, "# HELP merit_requests_total Answered requests.\n# TYPE merit_requests_total counter\n");
    for (int kind = 0; kind < MR_COUNT_KINDS; kind++)
        for (int status = 1; status < MR_COUNT_STATUSES; status++)
            mr_buf_format(b, "merit_requests_total{kind=\"%s\",status=\"%dxx\"} %" PRIuFAST64 "\n", kinds[kind], status,
                          atomic_load(&c->requests[kind][status]));
}

static void put_times(mr_buf *b, struct mr_web_counts *c)
{
    uint64_t sum = 0;
    mr_buf_puts(b, "# HELP merit_request_seconds Time from a whole request to its answer.\n"
                   "# TYPE merit_request_seconds histogram\n");
    for (size_t i = 0; i < MR_COUNT_BUCKETS; i++) {
        sum += atomic_load(&c->bucket[i]);
        mr_buf_format(b, "merit_request_seconds_bucket{le=\"%s\"} %" PRIu64 "\n", end_words[i], sum);
    }
    sum += atomic_load(&c->bucket[MR_COUNT_BUCKETS]);
    mr_buf_format(b, "merit_request_seconds_bucket{le=\"+Inf\"} %" PRIu64 "\n", sum);
    mr_buf_format(b, "merit_request_seconds_sum %.6f\nmerit_request_seconds_count %" PRIu64 "\n",
                  (double)atomic_load(&c->microseconds) / 1e6, sum);
}

static void put_gauge(mr_buf *b, const char *name, const char *help, uint64_t value)
{
    mr_buf_format(b, "# HELP %s %s\n# TYPE %s gauge\n%s %" PRIu64 "\n", name, help, name, name, value);
}

static void put_states(mr_buf *b, const char *name, const char *help, const struct mr_standing_count *counts, size_t n)
{
    mr_buf_format(b, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
    for (size_t i = 0; i < n; i++)
        mr_buf_format(b, "%s{state=\"%.*s\"} %" PRId64 "\n", name, MR_STR_ARG(counts[i].state), counts[i].count);
}

static void put_standing(mr_buf *b, const struct mr_service_counts *s, int64_t now)
{
    const struct mr_standing_row *r = &s->rows;
    int64_t late = r->oldest_due_job == INT64_MAX ? 0 : now - r->oldest_due_job;
    put_states(b, "merit_jobs", "Background work by state.", r->jobs, r->job_states);
    put_states(b, "merit_mails", "Mail that waits, or could not be delivered.", r->mails, r->mail_states);
    put_gauge(b, "merit_job_lateness_seconds", "How long the oldest due job has waited.", (uint64_t)(late / 1000));
    put_gauge(b, "merit_achievements", "Achievements with a place in a status list.", (uint64_t)r->achievements);
    put_gauge(b, "merit_disk_free_bytes", "Room on the disk of the data folder.", s->disk_free);
}

/* For programs on this machine only: nobody for whom a proxy speaks. */
static bool is_local(const mr_page *p)
{
    bool loopback = mr_str_has_prefix(p->request->peer, MR_STR("127.")) || mr_str_is(p->request->peer, "::1");
    return loopback && !mr_http_header(p->request, "X-Forwarded-For").len &&
           !mr_http_header(p->request, "Forwarded").len;
}

void mr_web_metrics(mr_page *p)
{
    struct mr_service_counts standing;
    struct mr_err err = {0};
    mr_buf *b = mr_http_body(p->response);
    if (!is_local(p)) {
        mr_page_not_found(p);
        return;
    }
    answer_plainly(p, 200, "");
    mr_http_set_type(p->response, "text/plain; version=0.0.4; charset=utf-8");
    put_requests(b, mr_page_counts(p));
    put_times(b, mr_page_counts(p));
    put_gauge(b, "merit_build_info", "Constant 1; the version stands in `merit --version`.", 1);
    if (mr_service_standing(p->service, p->arena, &standing, &err) == MR_OK)
        put_standing(b, &standing, mr_env_now(mr_service_env(p->service)));
    else
        mr_log_err(MR_LOG_ERROR, "metrics.no_database", &err);
    put_gauge(b, "merit_up_database", "1: the database answered.", err.code == MR_OK);
}
