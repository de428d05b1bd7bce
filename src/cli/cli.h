/* The `merit` command: the same code as the server's, on files. Each command is a file of this folder and a row of commands.def. */
#ifndef MR_CLI_CLI_H
#define MR_CLI_CLI_H

#include "base/env.h"
#include "text/messages.h"

/* Run the program: argv as main has it. Returns the exit status: 0 done, 1 the answer is no, 2 wrong call or unreadable, and for
 * `merit verify` 3 and 4 (credential/verify.h). */
int mr_cli_main(int argc, char **argv, const mr_env *env);

/* A command: argv[0] is its own name. */
typedef int mr_cli_command(int argc, char **argv, const mr_env *env);
#define MR_COMMAND(name, function, about) mr_cli_command function;
#include "cli/commands.def"
#undef MR_COMMAND
/* Words of `merit seal`. */
mr_cli_command mr_cli_seal_due;
mr_cli_command mr_cli_seal_add;
mr_cli_command mr_cli_seal_extend;
mr_cli_command mr_cli_seal_list;
mr_cli_command mr_cli_seal_test;

#endif
