#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    mr_cli_command *run;
    const char *about;
} commands[] = {
#define MR_COMMAND(name, function, about) {name, function, about},
#include "cli/commands.def"
#undef MR_COMMAND
};

static void help(FILE *out)
{
    fputs("Merit: describe, award, seal and verify micro-credentials as Europe describes them.\n\n"
          "Try it, from nothing to a verified credential:\n"
          "  merit results template > results.csv\n"
          "  merit issue specification.json results.csv --out credentials\n"
          "  merit verify credentials/*.jsonld\n\n"
          "Commands (`merit help COMMAND` tells more of each):\n",
          out);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        fprintf(out, "  %-14s %s\n", commands[i].name, commands[i].about);
    fprintf(out, "  %-14s %s\n  %-14s %s\n", "help", "this text", "version", "which Merit this is");
}

static int run(int argc, char **argv, const mr_env *env)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(argv[0], commands[i].name) == 0) return commands[i].run(argc, argv, env);
    fprintf(stderr, "merit: there is no command \"%s\". `merit help` lists them.\n", argv[0]);
    return 2;
}

/* `merit help seal add`, which is `merit seal add --help`: each command knows its own. argv: "merit", "help", a command, ... */
static int help_about(int argc, char **argv, const mr_env *env)
{
    static char option[] = "--help";
    for (int i = 1; i + 1 < argc; i++) argv[i] = argv[i + 1];
    argv[argc - 1] = option;
    return run(argc - 1, argv + 1, env);
}

int mr_cli_main(int argc, char **argv, const mr_env *env)
{
    if (argc < 2) {
        help(stderr);
        return 2;
    }
    const char *name = argv[1];
    if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        if (argc > 2 && argv[2][0] != '-') return help_about(argc, argv, env);
        help(stdout);
        return 0;
    }
    if (strcmp(name, "version") == 0 || strcmp(name, "--version") == 0) {
        puts("merit " MERIT_VERSION);
        return 0;
    }
    return run(argc - 1, argv + 1, env);
}
