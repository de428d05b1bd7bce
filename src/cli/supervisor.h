/* Talking to what supervises a server (systemd, or anything that keeps to its two small protocols): a socket that listens already, and being ready. */
#ifndef MR_CLI_SUPERVISOR_H
#define MR_CLI_SUPERVISOR_H

/* The one socket that was handed over for this process; 0 when there is none. It keeps listening while this process is replaced by a new one, so that nobody is refused.
 *   source  sd_listen_fds(3) */
int mr_supervisor_listener(void);
/* "READY=1", "STOPPING=1": nothing happens without a supervisor that wants to know.
 *   source  sd_notify(3) */
void mr_supervisor_tell(const char *state);

#endif
