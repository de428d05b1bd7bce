/* The halves of `merit accreditation`. */
#ifndef MR_CLI_ACCREDITATION_H
#define MR_CLI_ACCREDITATION_H

#include "base/env.h"
#include "model/achievement.h"
#include "text/messages.h"

#include <stdio.h>

/* Show the faults of a record that is to be signed. Returns the exit status. */
int mr_cli_accreditation_faults(const char *path, const struct mr_findings *f, const mr_language *l, mr_arena *a,
                                FILE *file);
/* `merit accreditation check FILE`: a record that is to be signed, or was. Returns the exit status.
 *   trust  folder, or NULL */
int mr_cli_accreditation_check(const char *path, const char *trust, const char *lang, bool online, const mr_env *env);

#endif
