/* Handing mail to a mail server (RFC 5321) through libcurl, loaded on first use. One session is one connection over which many messages go, one after the other.
 *
 * smtp:// asks for STARTTLS and goes no further without it, unless the server is this machine (loopback) and no authority's file was given; smtps:// is TLS from
 * the start. Names and certificates are always checked. Nothing is tried twice here: what to do with an answer is the caller's to decide. */
#ifndef MR_NET_SMTP_H
#define MR_NET_SMTP_H

#include "base/arena.h"
#include "base/err.h"

struct mr_smtp_server {
    mr_str
        url; /* "smtp://mail.example.org:587", "smtps://mail.example.org"; a name in it ("user@") is the one to sign in with */
    mr_str user, password; /* empty: no signing in; else they go before what the URL names */
    mr_str authorities;    /* PEM file of authorities to believe; empty: the system's */
    mr_str name;           /* what this machine calls itself (EHLO); empty: "localhost" */
    long timeout_ms;       /* of connecting, and of one message; 0: MR_LIMIT_SMTP_MS */
};
/* Is this a URL of a mail server that Merit can speak to? */
bool mr_smtp_is_url(mr_str url);

typedef struct mr_smtp mr_smtp; /* used by one thread at a time */
/* Prepare; nobody is asked yet. Errors: MR_E_LIBRARY, MR_E_NOMEM, MR_E_FORMAT (url). */
int mr_smtp_open(const struct mr_smtp_server *server, mr_smtp **ret, struct mr_err *err) MR_MUST_CHECK;
void mr_smtp_close(mr_smtp *s); /* NULL is fine; says QUIT */

typedef enum mr_smtp_fate {
    MR_SMTP_ACCEPTED, /* the server has taken it over (2yz) */
    MR_SMTP_REFUSED,  /* for good (5yz), also for want of SMTPUTF8 */
    MR_SMTP_LATER,    /* not now (4yz), or the connection broke: it may have been taken over all the same */
    MR_SMTP_NO_SERVER /* the server could not be reached, trusted, or signed in to: says nothing about this message */
} mr_smtp_fate;
struct mr_smtp_answer {
    mr_smtp_fate fate;
    int code;       /* three digits of the last answer; 0: none came */
    char text[300]; /* what the server said last, or what libcurl says; UTF-8 without control characters */
    bool
        wants_utf8; /* REFUSED because the address has letters beyond ASCII before its "@" and the server cannot handle that (RFC 6531) */
};
/* Hand over one message.
 *   from, to  addresses without angle brackets; the domains in ASCII (mr_smtp_ascii_address). from empty: the empty reverse-path
 *   message   whole, with CRLF line ends (net/internet_message.h)
 *   errors    none but MR_E_NOMEM: whatever the other side does is told in *ret */
int mr_smtp_send(mr_smtp *s, mr_str from, mr_str to, mr_str message, struct mr_smtp_answer *ret,
                 struct mr_err *err) MR_MUST_CHECK;

/* The same address with its domain in ASCII ("post@bücher.example" -> "post@xn--bcher-kva.example", RFC 5891), in the arena. Errors: MR_E_FORMAT, MR_E_LIBRARY. */
int mr_smtp_ascii_address(mr_arena *a, mr_str address, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;

#endif
