/* Whose request it is behind a proxy: only what a believed proxy added counts. */
#include "http/proxy.h"
#include "testing.h"

static void test_proxy_client__believes_only_what_a_known_proxy_added(void **state)
{
    (void)state;
    static const struct {
        const char *proxies, *peer, *header, *client;
    } cases[] = {
        {"", "203.0.113.9", "198.51.100.1", "203.0.113.9"},
        {"127.0.0.1", "203.0.113.9", "198.51.100.1", "203.0.113.9"},
        {"127.0.0.1", "127.0.0.1", "198.51.100.1", "198.51.100.1"},
        {"127.0.0.1", "127.0.0.1", "", "127.0.0.1"},
        {"127.0.0.1", "127.0.0.1", "10.0.0.1, 198.51.100.1", "198.51.100.1"}, /* the first was sent by the client */
        {"127.0.0.1 10.0.0.2", "127.0.0.1", "198.51.100.1,10.0.0.2", "198.51.100.1"},
        {"::1 127.0.0.1", "::1", "2001:db8::7", "2001:db8::7"},
        {"127.0.0.1", "127.0.0.1", "198.51.100.1, nonsense", "127.0.0.1"},
        {"127.0.0.1", "127.0.0.1", "198.51.100.1,", "127.0.0.1"},
        {"127.0.0.1", "127.0.0.1", "127.0.0.1, 127.0.0.1", "127.0.0.1"},
        {"127.0.0.1", "127.0.0.1", "198.51.100.1:4711", "127.0.0.1"},
        {" 127.0.0.1  ::1 ", "127.0.0.1", " 198.51.100.1 ", "198.51.100.1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_str client =
            mr_http_proxy_client(mr_str_of(cases[i].proxies), mr_str_of(cases[i].peer), mr_str_of(cases[i].header));
        assert_str(client, cases[i].client);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_proxy_client__believes_only_what_a_known_proxy_added)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
