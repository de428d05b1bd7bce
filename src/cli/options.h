/* Options and words that the commands share. */
#ifndef MR_CLI_OPTIONS_H
#define MR_CLI_OPTIONS_H

#include "base/err.h"
#include "crypto/certificate.h"
#include "service/service.h"
#include "text/messages.h"

#include <stdio.h>

/* What an option was given with, each time. */
typedef struct mr_option_list {
    const char *values[64];
    size_t count;
} mr_option_list;

typedef struct mr_option {
    const char *name;     /* without "--" */
    const char **value;   /* option with a value; or NULL */
    bool *flag;           /* option without one; or NULL */
    mr_option_list *list; /* option with a value that may be given several times; or NULL */
} mr_option;

/* Take options out of argv ("--name value" or "--name=value"; "--" ends them); what remains are the words, moved to the front.
 *   help       printed to standard output for --help, which ends with *ret_done
 *   ret_words  how many words there are, argv[0] not counted (they stand in argv[1] ...)
 *   returns    false when the call is wrong; a sentence was printed */
bool mr_options_take(int argc, char **argv, const mr_option *options, size_t count, const char *help, int *ret_words,
                     bool *ret_done);

/* Language of the terminal: --lang when given, else LC_ALL, LC_MESSAGES, LANG; English when Merit does not speak it. */
const mr_language *mr_options_language(const char *given);
/* Print an error as a sentence on standard error: what is true, about which file, where. Returns the exit status that goes with it.
 * text: the input that positions count in, or empty. */
int mr_cli_fail(const struct mr_err *err, const char *subject, mr_str text);
/* Write one line's text that somebody else chose (file names, pointers) so that it cannot steer the terminal. */
void mr_cli_put_visible(FILE *file, const char *text);
/* Write a buffer to standard output; false when that failed. */
bool mr_cli_print(mr_str text);
/* $MERIT_DATA or "merit-data". */
const char *mr_options_data_folder(const char *given);
/* A password: $MERIT_PASSWORD, or asked for on the terminal without echo; NUL-terminated in the arena; empty when neither. */
mr_str mr_options_password(mr_arena *a, const char *question);
/* Open the seal that --seal names: a file, a pkcs11: URI, or a note (service/seal_reference.h); passwords and PINs are asked for on the terminal.
 *   certificates  file of --certificate, or NULL */
int mr_options_seal(mr_arena *a, const char *reference, const char *certificates, struct mr_seal_key *ret,
                    struct mr_err *err) MR_MUST_CHECK;

/* The installation with its database, beside a server that may be working on it; url: how browsers reach it, or NULL. Errors: those of mr_service_open. */
int mr_cli_open_people(const char *data, const char *url, const mr_env *env, mr_service **ret,
                       struct mr_err *err) MR_MUST_CHECK;
/* Print a link that signs in once, and what it is worth. url: empty when it is not known. */
void mr_cli_put_link(mr_str url, mr_str path);

#endif
