#include "net/client.h"
#include "base/buf.h"
#include "base/fetch.h"
#include "base/lazy.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>

/* curl_easy_setopt is a macro over a checked function in C; the table wants the function itself. */
#undef curl_easy_setopt
#define CURL_FUNCTIONS(F)                                                                                              \
    F(curl_global_init)                                                                                                \
    F(curl_easy_init)                                                                                                  \
    F(curl_easy_setopt)                                                                                                \
    F(curl_easy_perform)                                                                                               \
    F(curl_easy_getinfo) F(curl_easy_cleanup) F(curl_easy_strerror) F(curl_slist_append) F(curl_slist_free_all)
#undef curl_easy_getinfo
MR_LAZY_LIBRARY(curl, "libcurl.so.4", CURL_FUNCTIONS)

static void easy_cleanup(CURL **c)
{
    if (*c) curl_table.curl_easy_cleanup(*c);
}
static void headers_cleanup(struct curl_slist **l)
{
    if (*l) curl_table.curl_slist_free_all(*l);
}

static size_t take(char *data, size_t size, size_t count, void *self)
{
    mr_buf *b = self;
    mr_buf_put(b, mr_str_make(data, size * count));
    return mr_buf_failed(b) ? 0 : size * count;
}

static bool add_header(struct curl_slist **list, const char *name, const char *value)
{
    char line[256];
    if (snprintf(line, sizeof line, "%s: %s", name, value) >= (int)sizeof line) return false;
    struct curl_slist *longer = curl_table.curl_slist_append(*list, line);
    if (longer) *list = longer;
    return longer != NULL;
}

/* The access token is longer than other headers; it is in the request's arena. */
static bool add_bearer(struct curl_slist **list, mr_arena *a, mr_str token)
{
    mr_str line = mr_arena_format(a, "Authorization: Bearer %.*s", MR_STR_ARG(token));
    for (size_t i = 0; i < token.len; i++)
        if (token.ptr[i] <= ' ' || token.ptr[i] > '~') return false; /* it came from the other side of a network */
    struct curl_slist *longer = line.ptr ? curl_table.curl_slist_append(*list, line.ptr) : NULL;
    if (longer) *list = longer;
    return longer != NULL;
}

/* The parameter "rel" of a link, which may hold several words; `text` is what follows the ">". */
static bool is_next(mr_str text)
{
    mr_str parameter, words, word;
    while (mr_str_split(&text, ';', &parameter)) {
        ptrdiff_t sign = mr_str_find_char(parameter, '=');
        if (sign < 0) continue;
        mr_str name = mr_str_trim(mr_str_make(parameter.ptr, (size_t)sign));
        if (!mr_str_eq_ascii_nocase(name, MR_STR("rel"))) continue;
        words = mr_str_trim(mr_str_from(parameter, (size_t)sign + 1));
        if (words.len > 1 && words.ptr[0] == '"' && words.ptr[words.len - 1] == '"')
            words = mr_str_make(words.ptr + 1, words.len - 2);
        while (mr_str_split(&words, ' ', &word))
            if (mr_str_eq_ascii_nocase(word, MR_STR("next"))) return true;
        return false; /* only the first one counts */
    }
    return false;
}

mr_str mr_net_next_link(mr_str value)
{
    for (;;) {
        ptrdiff_t open = mr_str_find_char(value, '<');
        if (open < 0) return MR_STR_EMPTY;
        value = mr_str_from(value, (size_t)open + 1);
        ptrdiff_t close = mr_str_find_char(value, '>');
        if (close < 0) return MR_STR_EMPTY;
        mr_str url = mr_str_make(value.ptr, (size_t)close), rest = mr_str_from(value, (size_t)close + 1);
        ptrdiff_t end = mr_str_find_char(rest, ',');
        if (url.len && is_next(end < 0 ? rest : mr_str_make(rest.ptr, (size_t)end))) return url;
        value = rest;
    }
}

struct next {
    mr_arena *a;
    mr_str url;
};
static size_t see_header(char *data, size_t size, size_t count, void *self)
{
    struct next *next = self;
    mr_str line = mr_str_make(data, size * count);
    if (line.len < 5 || !mr_str_eq_ascii_nocase(mr_str_make(line.ptr, 5), MR_STR("Link:"))) return size * count;
    mr_str url = mr_net_next_link(mr_str_trim(mr_str_from(line, 5)));
    if (url.len && !next->url.len) next->url = mr_arena_dup(next->a, url);
    return size * count;
}

/* Is this an address of the public internet? Private, loopback, link-local, multicast and documentation ranges are not (RFC 6890). */
static bool is_public4(uint32_t ip)
{
    static const struct {
        uint32_t net;
        int bits;
    } closed[] = {{0x00000000, 8},  {0x0A000000, 8},  {0x64400000, 10}, {0x7F000000, 8},  {0xA9FE0000, 16},
                  {0xAC100000, 12}, {0xC0000000, 24}, {0xC0000200, 24}, {0xC0586300, 24}, {0xC0A80000, 16},
                  {0xC6120000, 15}, {0xC6336400, 24}, {0xCB007100, 24}, {0xE0000000, 3}};
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++)
        if ((ip ^ closed[i].net) >> (32 - closed[i].bits) == 0) return false;
    return true;
}

static bool is_public6(const uint8_t ip[16])
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    if (memcmp(ip, mapped, 12) == 0)
        return is_public4((uint32_t)ip[12] << 24 | (uint32_t)ip[13] << 16 | (uint32_t)ip[14] << 8 | ip[15]);
    if ((ip[0] & 0xE0) != 0x20) return false;                         /* only 2000::/3 is global unicast */
    if (ip[0] == 0x20 && ip[1] == 0x01 && ip[2] < 0x02) return false; /* 2001::/23: protocol assignments, Teredo */
    if (ip[0] == 0x20 && ip[1] == 0x02) return false;                 /* 6to4 carries an IPv4 address */
    return !(ip[0] == 0x20 && ip[1] == 0x01 && ip[2] == 0x0D && ip[3] == 0xB8); /* documentation */
}

/* self: a bool that remembers a refusal, because libcurl only says that it could not connect. */
static curl_socket_t open_public(void *self, curlsocktype purpose, struct curl_sockaddr *address)
{
    bool *refused = self, fine = false;
    (void)purpose;
    if (address->family == AF_INET)
        fine = is_public4(ntohl(((struct sockaddr_in *)(void *)&address->addr)->sin_addr.s_addr));
    if (address->family == AF_INET6)
        fine = is_public6(((struct sockaddr_in6 *)(void *)&address->addr)->sin6_addr.s6_addr);
    *refused = *refused || !fine;
    return fine ? socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol) : CURL_SOCKET_BAD;
}

static pthread_once_t global_once = PTHREAD_ONCE_INIT;
static void global_init(void)
{
    curl_table.curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* A redirection tells where to, when that can be said whole. */
static int fail_with_status(CURL *c, long status, struct mr_err *err)
{
    static const char what[] = "the other side answered with an error";
    char *to = NULL;
    if (status >= 300 && status < 400) curl_table.curl_easy_getinfo(c, CURLINFO_REDIRECT_URL, &to);
    if (to && strlen(to) + sizeof "HTTP status 302 to " <= sizeof err->detail)
        return MR_FAIL_DETAIL(err, MR_E_NET, what, "HTTP status %ld to %s", status, to);
    return MR_FAIL_DETAIL(err, MR_E_NET, what, "HTTP status %ld", status);
}

int mr_net_fetch(mr_arena *a, const struct mr_net_request *request, mr_str *ret, struct mr_err *err)
{
    MR_TRY(curl_load(err));
    pthread_once(&global_once, global_init);
    MR_CLEANUP(easy_cleanup) CURL *c = curl_table.curl_easy_init();
    MR_CLEANUP(headers_cleanup) struct curl_slist *headers = NULL;
    MR_CLEANUP(mr_buf_done) mr_buf body;
    bool refused = false;
    mr_buf_init(&body, request->max_answer);
    const char *url = mr_arena_cstr(a, request->url);
    if (!c || !url) return MR_FAIL(err, MR_E_NOMEM, "no memory for a request", MR_NOWHERE);
    if (request->accept && !add_header(&headers, "Accept", request->accept))
        return MR_FAIL(err, MR_E_NOMEM, "no memory for a request", MR_NOWHERE);
    if (request->type && !add_header(&headers, "Content-Type", request->type))
        return MR_FAIL(err, MR_E_NOMEM, "no memory for a request", MR_NOWHERE);
    if (request->bearer.len && !add_bearer(&headers, a, request->bearer))
        return MR_FAIL(err, MR_E_NET, "the access token cannot be sent", MR_NOWHERE);
    struct next next = {.a = a};
    for (size_t i = 0; i < request->header_count; i++)
        if (!add_header(&headers, request->headers[i].name, request->headers[i].value))
            return MR_FAIL(err, MR_E_NOMEM, "no memory for a request", MR_NOWHERE);
#define SET(option, value) (void)curl_table.curl_easy_setopt(c, option, value)
    SET(CURLOPT_URL, url);
    SET(CURLOPT_PROTOCOLS_STR, request->configured || request->plain ? "http,https" : "https");
    if (!request->configured) {
        SET(CURLOPT_OPENSOCKETFUNCTION, open_public);
        SET(CURLOPT_OPENSOCKETDATA, &refused);
    }
    SET(CURLOPT_PROXY, "");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_TIMEOUT_MS, request->timeout_ms);
    SET(CURLOPT_HTTPHEADER, headers);
    SET(CURLOPT_WRITEFUNCTION, take);
    SET(CURLOPT_WRITEDATA, &body);
    if (request->ret_next) {
        SET(CURLOPT_HEADERFUNCTION, see_header);
        SET(CURLOPT_HEADERDATA, &next);
    }
    SET(CURLOPT_USERAGENT, "merit/" MERIT_VERSION);
    if (request->type) {
        SET(CURLOPT_POST, 1L);
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
        SET(CURLOPT_POSTFIELDS, request->body.len ? request->body.ptr : "");
    }
#undef SET
    CURLcode code = curl_table.curl_easy_perform(c);
    if (mr_buf_failed(&body))
        return MR_FAIL_DETAIL(err, MR_E_LIMIT, "the answer is larger than allowed", "more than %zu octets",
                              request->max_answer);
    if (code != CURLE_OK && refused) return MR_FAIL_DETAIL(err, MR_E_NET, "the request failed", "not a public address");
    if (code == CURLE_OPERATION_TIMEDOUT)
        return MR_FAIL_DETAIL(err, MR_E_NET, "the request failed", MR_FETCH_SLOW "%ld ms", request->timeout_ms);
    if (code != CURLE_OK)
        return MR_FAIL_DETAIL(err, MR_E_NET, "the request failed", "%s", curl_table.curl_easy_strerror(code));
    long status = 0;
    curl_table.curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
    if (request->ret_status)
        *request->ret_status = status;
    else if (status != 200)
        return fail_with_status(c, status, err);
    if (request->ret_next) *request->ret_next = next.url;
    *ret = mr_arena_dup(a, mr_buf_str(&body));
    return ret->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for the answer", MR_NOWHERE);
}
