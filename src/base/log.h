/* Log lines for operators: one JSON object a line on standard error. Only `service` and above log. No personal values, ever: log ids. */
#ifndef MR_BASE_LOG_H
#define MR_BASE_LOG_H

#include "base/err.h"

typedef enum mr_log_level { MR_LOG_DEBUG, MR_LOG_INFO, MR_LOG_WARNING, MR_LOG_ERROR } mr_log_level;

/* Lines below this level are not written; MR_LOG_INFO at first. For the whole process, at its start. */
void mr_log_set_level(mr_log_level lowest);
/* event: a stable word with dots, "batch.sealed"; then pairs of key and value text, ended by NULL. */
void mr_log(mr_log_level level, const char *event, ...) __attribute__((sentinel));
/* The same with an error's code, message and place. */
void mr_log_err(mr_log_level level, const char *event, const struct mr_err *err);

#endif
