/* Writing an internet message (mail): RFC 5322 with MIME. The text stands twice, plain and as HTML (multipart/alternative, RFC 2046 section 5.1.4), both UTF-8 in
 * quoted-printable, lines of at most 76 characters and CRLF at their ends. */
#ifndef MR_NET_INTERNET_MESSAGE_H
#define MR_NET_INTERNET_MESSAGE_H

#include "base/buf.h"
#include "base/err.h"

struct mr_internet_message {
    mr_str from_name, from; /* name of the sender, may be empty; address with its domain in ASCII */
    mr_str to;              /* address with its domain in ASCII */
    mr_str reply_to;        /* address, may be empty */
    mr_str subject;         /* one line; control characters become blanks */
    mr_str text, html;      /* bodies; line ends of any kind. html empty: text alone */
    mr_str message_id;      /* "left@right", without angle brackets; RFC 5322 section 3.6.4 */
    mr_str language;        /* tag, for Content-Language */
    mr_str unsubscribe;     /* https or http URL that stops mail of this kind (RFC 2369, RFC 8058), or empty */
    int64_t date;           /* milliseconds since 1970 */
};
/* Errors: MR_E_FORMAT (a control character, blank or bracket in an address, the id or the URL: no header can be smuggled in), MR_E_LIMIT. */
int mr_internet_message_write(const struct mr_internet_message *m, mr_buf *out, struct mr_err *err) MR_MUST_CHECK;

#endif
