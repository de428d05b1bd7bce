/* The settings of a server: from options, the environment, a file, in this order; what none of them says has its fallback (config.def).
 *
 * The file has lines "name = value"; "#" begins a comment line; blanks around both are nothing; a name that is not known is a mistake, not ignored. */
#ifndef MR_CLI_CONFIG_H
#define MR_CLI_CONFIG_H

#include "base/arena.h"
#include "base/err.h"

#include <stdio.h>

typedef enum mr_setting {
#define MR_SETTING(name, word, type, fallback, help) MR_SET_##name,
#include "cli/config.def"
#undef MR_SETTING
    MR_SET_COUNT
} mr_setting;

/* Where a value was said. */
typedef enum mr_setting_source {
    MR_FROM_FALLBACK,
    MR_FROM_FILE,
    MR_FROM_ENVIRONMENT,
    MR_FROM_OPTION
} mr_setting_source;

typedef struct mr_config {
    mr_arena arena;
    const char *file; /* that was read; NULL: none */
    const char *values[MR_SET_COUNT];
    mr_setting_source sources[MR_SET_COUNT];
} mr_config;

/* Read options, environment and file (--config FILE, or MERIT_CONFIG), and check every value.
 *   help     printed for --help, followed by the settings
 *   returns  false when something is wrong: sentences were printed, all of them; or *ret_done after --help */
bool mr_config_load(mr_config *c, int argc, char **argv, const char *help, int *ret_words, bool *ret_done);
void mr_config_done(mr_config *c);

/* NULL when not set. */
const char *mr_config_text(const mr_config *c, mr_setting s);
bool mr_config_flag(const mr_config *c, mr_setting s);
uint64_t mr_config_number(const mr_config *c, mr_setting s); /* of PORT and COUNT */
/* Every setting with its value and where it comes from; secrets are only said to be set. */
void mr_config_print(const mr_config *c, FILE *to);
/* The file of all settings, explained, with their fallbacks as comments: to begin with. */
void mr_config_print_sample(FILE *to);

#endif
