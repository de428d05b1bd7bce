/* Verify a credential, and ask the network whether it is still good: through libcurl, and carefully, because a stranger wrote the addresses.
 *
 *   cc verify_online.c $(pkg-config --cflags --libs merit libcurl) -o verify_online
 *   ./verify_online mette.jwt
 *
 * Only https; no redirects; no addresses inside one's own network; ten seconds; no more octets than Merit asks for. */
#include <arpa/inet.h>
#include <curl/curl.h>
#include <merit/merit.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t take(char *octets, size_t one, size_t size, void *answer)
{
    return merit_answer_put(answer, octets, one * size) == MERIT_OK ? one * size : 0;
}

/* Loopback, private, link-local and other addresses that are not of the open internet. */
static int is_inside(const struct sockaddr *a)
{
    if (a->sa_family == AF_INET) {
        unsigned long ip = ntohl(((const struct sockaddr_in *)(const void *)a)->sin_addr.s_addr);
        return ip >> 24 == 0 || ip >> 24 == 10 || ip >> 24 == 127 || ip >> 20 == 0xAC1 || ip >> 16 == 0xA9FE ||
               ip >> 16 == 0xC0A8 || ip >> 22 == 0x191 || ip >> 28 >= 0xE;
    }
    if (a->sa_family != AF_INET6) return 1;
    return (((const struct sockaddr_in6 *)(const void *)a)->sin6_addr.s6_addr[0] & 0xE0) != 0x20; /* not 2000::/3 */
}

static curl_socket_t open_socket(void *self, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)self, (void)purpose;
    if (is_inside(&address->addr)) return CURL_SOCKET_BAD;
    return socket(address->family, address->socktype, address->protocol);
}

static merit_code fetch(void *self, const char *url, const char *accept, size_t max, merit_answer *answer)
{
    CURL *curl = self;
    char field[256];
    struct curl_slist *fields = NULL;
    long status = 0;
    (void)max; /* merit_answer_put says when it is enough */
    curl_easy_reset(curl);
    if (accept) {
        snprintf(field, sizeof field, "Accept: %s", accept);
        fields = curl_slist_append(NULL, field);
    }
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, fields);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 10L);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    CURLcode done = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(fields);
    return done == CURLE_OK && status == 200 ? MERIT_OK : MERIT_E_NETWORK;
}

int main(int argc, char **argv)
{
    static char text[4 * 1024 * 1024];
    merit_error err = {0};
    merit_verifier *verifier = NULL;
    merit_report *report = NULL;
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    CURL *curl = curl_easy_init();
    if (!file || !curl || merit_verifier_new(&verifier, &err) != MERIT_OK) return 2;
    size_t size = fread(text, 1, sizeof text, file);
    fclose(file);

    merit_verifier_set_fetch(verifier, fetch, curl);
    int status = 2;
    if (merit_verify(verifier, text, size, &report, &err) == MERIT_OK) {
        const merit_check_result *check = merit_report_find_check(report, "status");
        puts(merit_report_summary(report));
        if (check) puts(merit_check_result_text(check));
        status = (int)merit_report_verdict(report);
    } else
        fprintf(stderr, "%s\n", err.message);

    merit_report_free(report);
    merit_verifier_free(verifier);
    curl_easy_cleanup(curl);
    return status;
}
