#include "cli/cli.h"
#include "cli/options.h"
#include "service/service.h"

#include <stdio.h>

static const char help[] =
    "merit init [--data DIR]: make a data folder.\n\n"
    "  merit init                     in ./merit-data, or where MERIT_DATA says\n"
    "  merit init --data /srv/merit\n\n"
    "The folder gets a self-made test authority, so that you can seal at once. What it seals "
    "proves nothing to anyone, and\n"
    "says so everywhere. To seal for real, add your e-seal with `merit seal add`; trust anchors (PEM) "
    "go into DIR/trust.\n"
    "Key files are encrypted with MERIT_PASSWORD, or with a password kept in DIR/password.\n";

int mr_cli_init(int argc, char **argv, const mr_env *env)
{
    const char *data = NULL;
    const mr_option options[] = {{"data", &data, NULL}};
    struct mr_err err = {0};
    int words;
    bool done, made;
    if (!mr_options_take(argc, argv, options, 1, help, &words, &done)) return 2;
    if (done) return 0;
    data = mr_options_data_folder(data);
    if (mr_service_init(data, env, &made, &err) != MR_OK) return mr_cli_fail(&err, data, MR_STR_EMPTY);
    if (made)
        printf("%s is ready. It seals with a test authority of its own: good for trying, proof of nothing.\n"
               "Next: merit issue SPECIFICATION RESULTS --out DIR --data %s\n",
               data, data);
    else
        printf("%s was there already; nothing was changed.\n", data);
    return 0;
}
