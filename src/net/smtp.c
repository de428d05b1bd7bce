/* SMTP by libcurl.
 *
 * Answers. libcurl hands each line that the server says to the header function; the last of them explains a failure better than libcurl's own words, and the
 * lines of EHLO tell whether the server takes addresses beyond ASCII: when it does not, the conversation is left before MAIL FROM, since libcurl would send the
 * letters all the same.
 *
 * Fates. What went wrong before the message was handed in (no connection, no TLS, no signing in, no greeting) is the server's trouble and says nothing about the
 * message. What the server answers to MAIL, RCPT and DATA is about the message. A connection that breaks in between is a "later": the server may have
 * taken the message over and its answer been lost; only then can a message arrive twice. */
#include "net/smtp.h"

#include "base/buf.h"
#include "base/lazy.h"
#include "base/limits.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#undef curl_easy_setopt
#define CURL_FUNCTIONS(F)                                                                                              \
    F(curl_global_init)                                                                                                \
    F(curl_easy_init)                                                                                                  \
    F(curl_easy_setopt)                                                                                                \
    F(curl_easy_perform)                                                                                               \
    F(curl_easy_cleanup)                                                                                               \
    F(curl_easy_strerror)                                                                                              \
    F(curl_slist_append) F(curl_slist_free_all)
MR_LAZY_LIBRARY(curl, "libcurl.so.4", CURL_FUNCTIONS)

static pthread_once_t global_once = PTHREAD_ONCE_INIT;
static void global_init(void)
{
    curl_table.curl_global_init(CURL_GLOBAL_DEFAULT);
}

struct mr_smtp {
    mr_arena arena; /* which holds this struct and the texts below */
    CURL *curl;
    const char *url, *user, *password, *authorities;
    bool tls; /* asked for; only a server on this machine is spoken to without */
    long timeout_ms;
    bool starts_tls; /* in an open conversation (STARTTLS): there are two EHLOs, and the second counts */
    /* of the connection */
    bool has_utf8; /* SMTPUTF8 was offered */
    bool greeted;  /* EHLO is done: has_utf8 is known */
    int greetings; /* 220 was said so often */
    /* of the message under way */
    bool needs_utf8, lacks_utf8;
    bool asked; /* a line of the server came, to this message */
    bool given; /* the message was begun */
    mr_str rest;
    struct mr_smtp_answer answer;
};

bool mr_smtp_is_url(mr_str url)
{
    mr_str host = mr_str_has_prefix(url, MR_STR("smtp://"))    ? mr_str_from(url, 7)
                  : mr_str_has_prefix(url, MR_STR("smtps://")) ? mr_str_from(url, 8)
                                                               : MR_STR_EMPTY;
    for (size_t i = 0; i < host.len; i++)
        if ((unsigned char)host.ptr[i] <= ' ' || host.ptr[i] == 0x7F || host.ptr[i] == '\\') return false;
    return host.len > 0 && host.ptr[0] != '/';
}

static bool is_loopback(mr_str url)
{
    mr_str rest = mr_str_from(url, (size_t)mr_str_find(url, MR_STR("://")) + 3), host;
    ptrdiff_t at = mr_str_find_char(rest, '@');
    if (at >= 0) rest = mr_str_from(rest, (size_t)at + 1);
    if (mr_str_has_prefix(rest, MR_STR("[::1]"))) return true;
    mr_str_split(&rest, '/', &host);
    rest = host;
    mr_str_split(&rest, ':', &host);
    return mr_str_is(host, "localhost") || mr_str_is(host, "127.0.0.1");
}

static const char *text_or_null(mr_arena *a, mr_str s)
{
    return s.len ? mr_arena_cstr(a, s) : NULL;
}

int mr_smtp_open(const struct mr_smtp_server *server, mr_smtp **ret, struct mr_err *err)
{
    mr_arena arena;
    if (!mr_smtp_is_url(server->url)) return MR_FAIL(err, MR_E_FORMAT, "this is no URL of a mail server", MR_NOWHERE);
    MR_TRY(curl_load(err));
    pthread_once(&global_once, global_init);
    mr_arena_init(&arena, MR_MIB);
    mr_smtp *s = MR_NEW(&arena, mr_smtp);
    if (!s) return MR_FAIL(err, MR_E_NOMEM, "no memory for a connection", MR_NOWHERE);
    mr_str url = server->url, name = server->name.len ? server->name : MR_STR("localhost");
    while (mr_str_has_suffix(url, MR_STR("/"))) url.len--;
    s->url =
        mr_arena_format(&arena, "%.*s/%.*s", MR_STR_ARG(url), MR_STR_ARG(name)).ptr; /* curl's EHLO says the path */
    s->user = text_or_null(&arena, server->user);
    s->password = text_or_null(&arena, server->password);
    s->authorities = text_or_null(&arena, server->authorities);
    s->starts_tls = mr_str_has_prefix(server->url, MR_STR("smtp:"));
    s->tls = mr_str_has_prefix(server->url, MR_STR("smtps:")) || s->authorities || !is_loopback(server->url);
    s->starts_tls = s->starts_tls && s->tls;
    s->timeout_ms = server->timeout_ms ? server->timeout_ms : MR_LIMIT_SMTP_MS;
    s->curl = curl_table.curl_easy_init();
    s->arena = arena;
    if (!s->curl || !s->url) {
        mr_smtp_close(s);
        return MR_FAIL(err, MR_E_NOMEM, "no memory for a connection", MR_NOWHERE);
    }
    *ret = s;
    return MR_OK;
}

void mr_smtp_close(mr_smtp *s)
{
    if (!s) return;
    if (s->curl) curl_table.curl_easy_cleanup(s->curl);
    mr_arena arena = s->arena;
    mr_arena_done(&arena);
}

/* ---- what the server says ---- */

/* Cut to fit, whole letters, no line that could steer a terminal. */
static void keep_text(char *out, size_t size, mr_str text)
{
    MR_CLEANUP(mr_buf_done) mr_buf visible;
    mr_buf_init(&visible, 4 * MR_KIB);
    if (text.len > MR_KIB) text.len = MR_KIB;
    mr_buf_put_visible(&visible, mr_str_trim(text));
    mr_str kept = mr_buf_str(&visible);
    size_t len = kept.len < size - 1 ? kept.len : size - 1;
    while (len > 0 && len < kept.len && ((unsigned char)kept.ptr[len] & 0xC0) == 0x80) len--;
    if (len) memcpy(out, kept.ptr, len);
    out[len] = '\0';
}

/* "250-SMTPUTF8", "550 5.1.1 no such user". Of an answer of several lines the last is kept. */
static size_t hear(char *data, size_t size, size_t count, void *self)
{
    mr_smtp *s = self;
    mr_str line = mr_str_trim(mr_str_make(data, size * count));
    int code = line.len < 3 ? 0 : atoi((char[]){line.ptr[0], line.ptr[1], line.ptr[2], '\0'});
    if (code < 200 || code == 221) return size * count; /* no answer of SMTP; "bye", which comes after what counts */
    s->answer.code = code;
    s->asked = true;
    keep_text(s->answer.text, sizeof s->answer.text, line);
    if (s->answer.code == 220) { /* a new connection, or TLS from here on: EHLO comes (again) */
        s->greetings = s->greeted ? 1 : s->greetings + 1;
        s->has_utf8 = s->greeted = false;
    }
    if (s->greeted || s->answer.code != 250) return size * count;
    if (line.len >= 12 && strncasecmp(line.ptr + 4, "SMTPUTF8", 8) == 0) s->has_utf8 = true;
    s->greeted = (line.len == 3 || line.ptr[3] == ' ') && s->greetings == (s->starts_tls ? 2 : 1);
    s->lacks_utf8 = s->greeted && s->needs_utf8 && !s->has_utf8;
    return s->lacks_utf8 ? 0 : size * count; /* 0 ends the conversation */
}

static size_t give(char *out, size_t size, size_t count, void *self)
{
    mr_smtp *s = self;
    size_t room = size * count, len = s->rest.len < room ? s->rest.len : room;
    s->given = true;
    if (len) memcpy(out, s->rest.ptr, len);
    s->rest = mr_str_from(s->rest, len);
    return len;
}

/* RFC 4954 section 6: it wants to be signed in to, or to be signed in to otherwise, or has broken off while that was done. */
static bool is_about_signing_in(int code)
{
    return code == 334 || code == 530 || code == 534 || code == 535 || code == 538;
}

static mr_smtp_fate fate_of(const mr_smtp *s, CURLcode code)
{
    int kind = s->answer.code / 100;
    switch (code) {
    case CURLE_OK: return MR_SMTP_ACCEPTED;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_USE_SSL_FAILED:
    case CURLE_LOGIN_DENIED:
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_REMOTE_ACCESS_DENIED: return MR_SMTP_NO_SERVER;
    case CURLE_WEIRD_SERVER_REPLY: /* to the greeting, or to the message */
        if (!s->given) return MR_SMTP_NO_SERVER;
        break;
    default: break; /* MAIL and RCPT refused are "failed sending data" to libcurl: the server's own code tells */
    }
    if (!s->asked) return MR_SMTP_NO_SERVER; /* not even a greeting */
    if (is_about_signing_in(s->answer.code)) return MR_SMTP_NO_SERVER;
    if (kind == 5) return MR_SMTP_REFUSED;
    return MR_SMTP_LATER;
}

/* ---- sending ---- */

static bool is_ascii(mr_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] >= 0x80) return false;
    return true;
}

static void refuse_for_utf8(struct mr_smtp_answer *ret)
{
    *ret = (struct mr_smtp_answer){.fate = MR_SMTP_REFUSED, .wants_utf8 = true};
    snprintf(ret->text, sizeof ret->text, "the server does not offer SMTPUTF8");
}

static void set_options(mr_smtp *s, const char *from, const struct curl_slist *to)
{
#define SET(option, value) (void)curl_table.curl_easy_setopt(s->curl, option, value)
    SET(CURLOPT_URL, s->url);
    SET(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    SET(CURLOPT_PROXY, "");
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_USE_SSL, (long)(s->tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
    if (s->authorities) SET(CURLOPT_CAINFO, s->authorities);
    if (s->user) SET(CURLOPT_USERNAME, s->user);
    if (s->password) SET(CURLOPT_PASSWORD, s->password);
    SET(CURLOPT_CONNECTTIMEOUT_MS, s->timeout_ms);
    SET(CURLOPT_SERVER_RESPONSE_TIMEOUT, (s->timeout_ms + 999) / 1000);
    SET(CURLOPT_TIMEOUT_MS, 2 * s->timeout_ms);
    SET(CURLOPT_MAIL_FROM, from);
    SET(CURLOPT_MAIL_RCPT, to);
    SET(CURLOPT_UPLOAD, 1L);
    SET(CURLOPT_INFILESIZE_LARGE, (curl_off_t)s->rest.len);
    SET(CURLOPT_READFUNCTION, give);
    SET(CURLOPT_READDATA, s);
    SET(CURLOPT_HEADERFUNCTION, hear);
    SET(CURLOPT_HEADERDATA, s);
    SET(CURLOPT_WRITEFUNCTION, hear); /* what comes behind a message, on any stream that libcurl chooses */
    SET(CURLOPT_WRITEDATA, s);
#undef SET
}

static void free_list(struct curl_slist **list)
{
    if (*list) curl_table.curl_slist_free_all(*list);
}

int mr_smtp_send(mr_smtp *s, mr_str from, mr_str to, mr_str message, struct mr_smtp_answer *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(free_list) struct curl_slist *list = NULL;
    mr_arena_init(&a, 64 * MR_KIB);
    const char *sender = mr_arena_format(&a, "<%.*s>", MR_STR_ARG(from)).ptr;
    const char *recipient = mr_arena_format(&a, "<%.*s>", MR_STR_ARG(to)).ptr;
    if (recipient) list = curl_table.curl_slist_append(NULL, recipient);
    if (!sender || !list) return MR_FAIL(err, MR_E_NOMEM, "no memory for a message", MR_NOWHERE);
    s->answer = (struct mr_smtp_answer){0};
    s->asked = s->given = s->lacks_utf8 = false;
    s->needs_utf8 = !is_ascii(to) || !is_ascii(from);
    s->rest = message;
    if (s->needs_utf8 && s->greeted && !s->has_utf8) { /* known from the message before */
        refuse_for_utf8(ret);
        return MR_OK;
    }
    if (!s->greeted) s->greetings = 0;
    set_options(s, sender, list);
    CURLcode code = curl_table.curl_easy_perform(s->curl);
    *ret = s->answer;
    if (s->lacks_utf8) {
        s->greeted = false; /* the connection was left */
        refuse_for_utf8(ret);
        return MR_OK;
    }
    ret->fate = fate_of(s, code);
    if (code != CURLE_OK && (!s->asked || ret->code < 400)) {
        ret->code = 0;
        keep_text(ret->text, sizeof ret->text, mr_str_of(curl_table.curl_easy_strerror(code)));
    }
    return MR_OK;
}

/* ---- addresses ---- */

/* The library that libcurl itself takes for this, asked directly: libcurl's own door to it looks at the process's locale. As in idn2.h, whose package is not needed
 * for three lines. */
int idn2_to_ascii_8z(const char *input, char **output, int flags);
void idn2_free(void *text);
#define IDN2_NFC_INPUT 1
#define IDN2_NONTRANSITIONAL 8
#define IDN_FUNCTIONS(F) F(idn2_to_ascii_8z) F(idn2_free)
MR_LAZY_LIBRARY(idn, "libidn2.so.0", IDN_FUNCTIONS)

int mr_smtp_ascii_address(mr_arena *a, mr_str address, mr_str *ret, struct mr_err *err)
{
    *ret = address;
    ptrdiff_t at = mr_str_find_char(address, '@');
    if (at < 0) return MR_FAIL(err, MR_E_FORMAT, "this is no e-mail address", MR_NOWHERE);
    mr_str local = mr_str_make(address.ptr, (size_t)at), domain = mr_str_from(address, (size_t)at + 1);
    if (is_ascii(domain)) return MR_OK;
    MR_TRY(idn_load(err));
    const char *text = mr_arena_cstr(a, domain);
    char *host = NULL;
    if (!text) return MR_FAIL(err, MR_E_NOMEM, "no memory for an address", MR_NOWHERE);
    if (idn_table.idn2_to_ascii_8z(text, &host, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != 0 || !host)
        return MR_FAIL_DETAIL(err, MR_E_FORMAT, "the domain of an address cannot be written in ASCII", "%.*s",
                              MR_STR_ARG(domain));
    *ret = mr_arena_format(a, "%.*s@%s", MR_STR_ARG(local), host);
    idn_table.idn2_free(host);
    return ret->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for an address", MR_NOWHERE);
}
