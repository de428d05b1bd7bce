#include "net/internet_message.h"

#include "base/encoding.h"
#include "base/time.h"

#define WORD_OCTETS 42 /* of text in one encoded word: 56 characters of base64, and 12 around them, fit into a line */
#define LINE 76        /* RFC 2045 section 6.7 (5) */

static bool is_ascii(mr_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] >= 0x80) return false;
    return true;
}

/* In angle brackets, whole and on its own line: nothing in it may end it. */
static int check_plain(mr_str s, const char *what, struct mr_err *err)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c <= ' ' || c == 0x7F || c == '<' || c == '>' || c == '"' || c == '\\' || c == ',')
            return MR_FAIL_DETAIL(err, MR_E_FORMAT, "this may not stand in a header", "%s", what);
    }
    return s.len <= 900 ? MR_OK : MR_FAIL_DETAIL(err, MR_E_FORMAT, "this is too long for a header", "%s", what);
}

static int check(const struct mr_internet_message *m, struct mr_err *err)
{
    MR_TRY(check_plain(m->from, "from", err));
    MR_TRY(check_plain(m->to, "to", err));
    MR_TRY(check_plain(m->reply_to, "reply_to", err));
    MR_TRY(check_plain(m->message_id, "message_id", err));
    MR_TRY(check_plain(m->language, "language", err));
    MR_TRY(check_plain(m->unsubscribe, "unsubscribe", err));
    return m->from.len && m->to.len && m->message_id.len
               ? MR_OK
               : MR_FAIL(err, MR_E_FORMAT, "an address or the id is missing", MR_NOWHERE);
}

/* ---- headers ---- */

static char visible(char c)
{
    return (unsigned char)c < ' ' || c == 0x7F ? ' ' : c;
}

/* RFC 2047: words of whole letters, each on a line of its own. */
static void put_encoded(mr_buf *out, mr_str s)
{
    bool first = true;
    while (s.len > 0) {
        char piece[WORD_OCTETS];
        size_t n = s.len < WORD_OCTETS ? s.len : WORD_OCTETS;
        while (n > 0 && n < s.len && ((unsigned char)s.ptr[n] & 0xC0) == 0x80) n--;
        if (n == 0) n = s.len < WORD_OCTETS ? s.len : WORD_OCTETS; /* no UTF-8 at all: still an end */
        for (size_t i = 0; i < n; i++) piece[i] = visible(s.ptr[i]);
        mr_buf_puts(out, first ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?");
        mr_base64_put(out, mr_str_make(piece, n));
        mr_buf_puts(out, "?=");
        s = mr_str_from(s, n);
        first = false;
    }
}

/* An unstructured text: as it is when it is short ASCII that nobody takes for an encoded word. */
static void put_text(mr_buf *out, const char *name, mr_str s)
{
    mr_buf_format(out, "%s: ", name);
    if (is_ascii(s) && s.len <= 60 && mr_str_find(s, MR_STR("=?")) < 0)
        for (size_t i = 0; i < s.len; i++) mr_buf_putc(out, visible(s.ptr[i]));
    else
        put_encoded(out, s);
    mr_buf_puts(out, "\r\n");
}

static void put_address(mr_buf *out, const char *name, mr_str display, mr_str address)
{
    mr_buf_format(out, "%s: ", name);
    if (display.len && is_ascii(display) && display.len <= 60 && mr_str_find(display, MR_STR("=?")) < 0) {
        mr_buf_putc(out, '"');
        for (size_t i = 0; i < display.len; i++) {
            if (strchr("\"\\", display.ptr[i])) mr_buf_putc(out, '\\');
            mr_buf_putc(out, visible(display.ptr[i]));
        }
        mr_buf_puts(out, "\" ");
    } else if (display.len) {
        put_encoded(out, display);
        mr_buf_puts(out, "\r\n ");
    }
    mr_buf_format(out, "<%.*s>\r\n", MR_STR_ARG(address));
}

static void put_date(mr_buf *out, int64_t time)
{
    static const char *const days[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"}; /* 1970-01-01 was a Thursday */
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    mr_date d = mr_date_of_time(time);
    if (!mr_date_is_set(d)) d = mr_date_of_time(0), time = 0;
    int64_t day = mr_date_to_time(d) / MR_DAY_MS, seconds = (time - mr_date_to_time(d)) / 1000;
    mr_buf_format(out, "Date: %s, %d %s %04d %02d:%02d:%02d +0000\r\n", days[((day % 7) + 7) % 7], d.day,
                  months[d.month - 1], d.year, (int)(seconds / 3600), (int)(seconds / 60 % 60), (int)(seconds % 60));
}

static void put_headers(mr_buf *out, const struct mr_internet_message *m)
{
    put_date(out, m->date);
    put_address(out, "From", m->from_name, m->from);
    put_address(out, "To", MR_STR_EMPTY, m->to);
    if (m->reply_to.len) put_address(out, "Reply-To", MR_STR_EMPTY, m->reply_to);
    put_text(out, "Subject", m->subject);
    mr_buf_format(out, "Message-ID: <%.*s>\r\n", MR_STR_ARG(m->message_id));
    mr_buf_puts(out, "Auto-Submitted: auto-generated\r\n"); /* RFC 3834: no holiday replies, please */
    if (m->language.len) mr_buf_format(out, "Content-Language: %.*s\r\n", MR_STR_ARG(m->language));
    if (m->unsubscribe.len)
        mr_buf_format(out, "List-Unsubscribe: <%.*s>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
                      MR_STR_ARG(m->unsubscribe));
    mr_buf_puts(out, "MIME-Version: 1.0\r\n");
}

/* ---- bodies ---- */

static void put_hex(mr_buf *out, unsigned char c)
{
    static const char digits[] = "0123456789ABCDEF";
    mr_buf_putc(out, '=');
    mr_buf_putc(out, digits[c >> 4]);
    mr_buf_putc(out, digits[c & 15]);
}

/* One line without its end, broken softly. A blank at its end, a dot or "From " at its beginning are written in hexadecimal, so that no server changes them. */
static void put_line(mr_buf *out, mr_str line)
{
    size_t column = 0;
    for (size_t i = 0; i < line.len; i++) {
        unsigned char c = (unsigned char)line.ptr[i];
        bool last = i + 1 == line.len;
        bool plain = (c > ' ' && c < 0x7F && c != '=') || ((c == ' ' || c == '\t') && !last);
        if (column == 0 && (c == '.' || (c == 'F' && mr_str_has_prefix(mr_str_from(line, i), MR_STR("From ")))))
            plain = false;
        size_t width = plain ? 1 : 3;
        if (column + width > LINE - 1) {
            mr_buf_puts(out, "=\r\n");
            column = 0;
            if (c == '.') plain = false, width = 3;
        }
        if (plain)
            mr_buf_putc(out, (char)c);
        else
            put_hex(out, c);
        column += width;
    }
    mr_buf_puts(out, "\r\n");
}

static void put_body(mr_buf *out, const char *type, mr_str body)
{
    mr_str line;
    mr_buf_format(out, "Content-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", type);
    while (mr_str_has_suffix(body, MR_STR("\n"))) body.len--;
    while (mr_str_split(&body, '\n', &line)) {
        if (mr_str_has_suffix(line, MR_STR("\r"))) line.len--;
        put_line(out, line);
    }
}

int mr_internet_message_write(const struct mr_internet_message *m, mr_buf *out, struct mr_err *err)
{
    MR_TRY(check(m, err));
    put_headers(out, m);
    if (m->html.len == 0) {
        put_body(out, "text/plain", m->text);
    } else {
        static const char boundary[] =
            "=_merit_alternative"; /* "=_" cannot stand in quoted-printable: RFC 2045 section 6.7 */
        mr_buf_format(out, "Content-Type: multipart/alternative; boundary=\"%s\"\r\n\r\n--%s\r\n", boundary, boundary);
        put_body(out, "text/plain", m->text);
        mr_buf_format(out, "--%s\r\n", boundary);
        put_body(out, "text/html", m->html);
        mr_buf_format(out, "--%s--\r\n", boundary);
    }
    return mr_buf_failed(out) ? MR_FAIL(err, MR_E_LIMIT, "the message is too long", MR_NOWHERE) : MR_OK;
}
