/* `merit seal`: the seals of an installation and of sealed files. Each word is a function of its own. */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

static const char help[] = "merit seal COMMAND: seals and what they are worth.\n\n"
                           "  merit seal list      the seals of the data folder, and whose turn it is\n"
                           "  merit seal test      is a seal fit for use, what is it worth, what will verifiers see?\n"
                           "  merit seal add       keep a seal in the data folder: the first, or the next one\n"
                           "  merit seal due       which sealed files must be extended soon\n"
                           "  merit seal extend    give older seals what they need to stay verifiable\n\n"
                           "`merit seal COMMAND --help` tells more of each.\n";

static const struct {
    const char *name;
    mr_cli_command *run;
} words[] = {
    {"add", mr_cli_seal_add},   {"due", mr_cli_seal_due},   {"extend", mr_cli_seal_extend},
    {"list", mr_cli_seal_list}, {"test", mr_cli_seal_test},
};

int mr_cli_seal(int argc, char **argv, const mr_env *env)
{
    for (size_t i = 0; argc > 1 && i < sizeof words / sizeof *words; i++)
        if (strcmp(argv[1], words[i].name) == 0) return words[i].run(argc - 1, argv + 1, env);
    bool asked = argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0);
    if (argc > 1 && !asked) fprintf(stderr, "merit: there is no command \"seal %s\".\n\n", argv[1]);
    fputs(help, asked ? stdout : stderr);
    return asked ? 0 : 2;
}
