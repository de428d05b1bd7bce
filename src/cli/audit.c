#include "cli/cli.h"
#include "cli/options.h"
#include "service/audit.h"

#include "base/limits.h"

#include <inttypes.h>
#include <stdio.h>

static const char help[] =
    "merit audit check|export: who did what, and when.\n\n"
    "  merit audit check                             has the log only grown? Every checkpoint is made anew and "
    "compared\n"
    "  merit audit export > audit.jsonl              the newest lines of all organisations, one JSON object each\n\n"
    "  --data DIR        data folder (./merit-data, or MERIT_DATA)\n\n"
    "Lines hold ids and codes, no names. `check` ends with 1 when a line was changed, removed or put in between.\n";

static int check(mr_service *s)
{
    struct mr_err err = {0};
    int64_t checkpoints, rows, since;
    int code = mr_audit_check(s, &checkpoints, &rows, &since, &err);
    if (code == MR_E_SIGNATURE) {
        printf("The audit log was changed: %s.\n", err.detail);
        return 1;
    }
    if (code != MR_OK) return mr_cli_fail(&err, NULL, MR_STR_EMPTY);
    printf("The audit log only grew: %" PRId64 " checkpoints over %" PRId64 " lines agree; %" PRId64
           " newer lines wait for the next one.\n",
           checkpoints, rows, since);
    return 0;
}

static int take(mr_service *s)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err err = {0};
    const struct mr_audit_filter all = {0};
    bool more;
    mr_buf_init(&out, MR_LIMIT_AUDIT_FILE);
    if (mr_audit_export(s, &mr_actor_operator, &all, MR_AUDIT_JSON_LINES, &out, &more, &err) != MR_OK)
        return mr_cli_fail(&err, NULL, MR_STR_EMPTY);
    if (more) fprintf(stderr, "merit: there are older lines; this is the newest part.\n");
    return mr_cli_print(mr_buf_str(&out)) ? 0 : 2;
}

int mr_cli_audit(int argc, char **argv, const mr_env *env)
{
    const char *data = NULL;
    const mr_option options[] = {{"data", &data, NULL}};
    struct mr_err err = {0};
    mr_service *s = NULL;
    int words, status = 2;
    bool done;
    if (!mr_options_take(argc, argv, options, 1, help, &words, &done)) return 2;
    if (done) return 0;
    if (words != 1 || (strcmp(argv[1], "check") != 0 && strcmp(argv[1], "export") != 0)) {
        fputs(help, stderr);
        return 2;
    }
    data = mr_options_data_folder(data);
    const struct mr_service_config config = {
        .data_folder = data, .public_url = "", .env = env, .database = true, .beside = true};
    if (mr_service_open(&config, &s, &err) != MR_OK) return mr_cli_fail(&err, data, MR_STR_EMPTY);
    status = strcmp(argv[1], "check") == 0 ? check(s) : take(s);
    mr_service_close(s);
    return status;
}
