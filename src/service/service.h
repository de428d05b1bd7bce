/* The use cases of Merit, and the installation that they work in: a data folder with the database, the seals, the test authority, trust anchors and secrets.
 * Transactions start and end in this layer; it is the lowest that logs.
 *
 * A data folder holds: merit.db, or database (a file with the address of a PostgreSQL database), secret (32 random bytes, for tokens), password (for key files, unless MERIT_PASSWORD is set),
 * authority.pem (the test authority), lock (held by the one server that works on the folder), seals/ (service/seals.h), keys/ (service/keys.h), and trust/ (anchors in PEM files, put there by the operator). */
#ifndef MR_SERVICE_SERVICE_H
#define MR_SERVICE_SERVICE_H

#include "base/env.h"
#include "credential/issue.h"
#include "credential/trust.h"
#include "db/db.h"

/* How mail leaves (docs/mail.md); all NULL and 0: it waits. */
struct mr_mail_config {
    const char *smtp_url; /* "smtp://mail.example.org:587" (STARTTLS), "smtps://..." */
    const char *user,
        *password; /* to sign in with, or NULL; without a password the file `smtp-password` of the data folder, when there is one */
    const char *authorities; /* PEM file of authorities that may vouch for the mail server, or NULL: the system's */
    const char *from;        /* address to send from */
    const char *back;        /* where reports of non-delivery go, or NULL: the same */
    const char *reports;     /* mailbox to read them from: a file (mbox) or a Maildir, or NULL */
    int64_t per_minute;      /* mails, at most; 0: MR_LIMIT_MAIL_PER_MINUTE */
    long timeout_ms;         /* of the mail server; 0: MR_LIMIT_SMTP_MS */
};
struct mr_service_config {
    const char *data_folder;
    const char *public_url;    /* how browsers reach the server, without a slash at the end: "http://127.0.0.1:8400" */
    const char *timestamp_url; /* time-stamp authority (RFC 3161 over HTTP), or NULL */
    mr_jades_level level; /* of European Digital Credentials; MR_JADES_NONE: T with a time-stamp authority, else B */
    const char *
        fetch_from; /* beginning of URLs that may be fetched although they are not public ("http://127.0.0.1:8500/"), or NULL */
    struct mr_mail_config mail;
    unsigned seal_threads; /* that seal one batch; 0: as many as there are processors, at most MR_LIMIT_SEAL_THREADS */
    int64_t backup_days;   /* how long backups are kept, told to people; 0: not said */
    const mr_env *env;
    bool online;              /* others may be asked over the network when their credentials are verified */
    bool database;            /* false: the command line works on files and needs none */
    const char *database_url; /* of a PostgreSQL database; NULL: where the data folder says (mr_service_database) */
    bool
        beside; /* with the database, and beside a server that may be working on the folder: takes no lock and seals no batch */
    bool
        own_password; /* the file `password`, where there is one, opens the folder's keys even if MERIT_PASSWORD is set, which is another file's then */
};
typedef struct mr_service mr_service; /* safe to use from several threads */

/* Make a data folder: secrets and test authority; what is there is kept. Errors: MR_E_IO, MR_E_CRYPTO. */
int mr_service_init(const char *data_folder, const mr_env *env, bool *ret_made, struct mr_err *err) MR_MUST_CHECK;
/* Open an installation (made by mr_service_init), bring its database up to date, and take up batches that were being sealed when it stopped.
 * Errors: MR_E_NOT_FOUND (no data folder), MR_E_STATE (with a database: another server works on the folder), MR_E_IO, MR_E_DB, MR_E_PASSWORD, ... */
int mr_service_open(const struct mr_service_config *config, mr_service **ret, struct mr_err *err) MR_MUST_CHECK;
/* Where the database of a data folder is: `given`, else what the environment variable MERIT_DATABASE says, else what the file `database` in the folder says, else
 * merit.db in the folder. In the arena. Errors: MR_E_IO, MR_E_USAGE (no address of a PostgreSQL database). */
int mr_service_database(mr_arena *a, mr_str data_folder, const char *given, mr_str *ret,
                        struct mr_err *err) MR_MUST_CHECK;
/* Has the installation a database already? The command line makes none where there is none. */
bool mr_service_has_database(const char *data_folder);
/* Waits for a running seal job to reach a safe place. */
void mr_service_close(mr_service *s);

/* What it was opened with; borrowed. */
const mr_env *mr_service_env(const mr_service *s);
const mr_trust *mr_service_trust(const mr_service *s);
mr_str mr_service_public_url(const mr_service *s);
/* How long its operator keeps backups, days; 0: not said. */
int64_t mr_service_backup_days(const mr_service *s);
/* No seal of this installation comes from anything but the test authority. */
bool mr_service_is_trial(const mr_service *s);

/* The seal of a specification's provider, whose turn it is (service/seals.h); without any a new test seal from the test authority, kept as seals/<slug>.pem.
 * Errors: MR_E_CRYPTO, MR_E_IO, and those of mr_seal_open. */
int mr_service_seal(mr_service *s, const mr_specification *specification, struct mr_seal_key *ret,
                    struct mr_err *err) MR_MUST_CHECK;
/* Its name, which stands in file names and addresses: small letters, digits and hyphens; in the arena. */
mr_str mr_service_issuer(mr_arena *a, const mr_specification *specification);
/* The same of an identifier or name; and is this one? */
mr_str mr_service_issuer_of(mr_arena *a, mr_str source);
bool mr_service_is_issuer(mr_str name);
/* Fill an issuing for this specification with the seal, the clock, the verify link and the time-stamp source of the installation. */
void mr_service_fill_issuing(mr_service *s, const mr_specification *specification, const struct mr_seal_key *seal,
                             struct mr_issuing *ret);

/* A credential behind a link that somebody gave: https and public addresses only. Errors: MR_E_NET, MR_E_LIMIT, MR_E_LIBRARY. */
int mr_service_fetch(mr_service *s, mr_arena *a, mr_str url, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;

/* A text that only this installation can make: HMAC-SHA-256 under its secret over purpose and subject, 32 characters of base64url. For claim links
 * and forms; nothing has to be stored, and a copy of the database opens no link. */
void mr_service_mac(const mr_service *s, const char *purpose, mr_str subject, char out[33]);
bool mr_service_mac_fits(const mr_service *s, const char *purpose, mr_str subject, mr_str mac);

/* Its database, for the other files of this layer. */
mr_db *mr_service_db(mr_service *s);

#endif
