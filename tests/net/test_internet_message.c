/* Messages: no header can be smuggled in, every line is short, every letter survives. What real readers make of them is tested by tests/interop/mail.py. */
#include "net/internet_message.h"
#include "testing.h"

static mr_buf out;
static int make_buffer(void **state)
{
    mr_buf_init(&out, 1 << 20);
    return 0;
}
static int drop_buffer(void **state)
{
    mr_buf_done(&out);
    return 0;
}

static struct mr_internet_message plain(void)
{
    return (struct mr_internet_message){.from_name = MR_STR("Merit"),
                                        .from = MR_STR("post@example.org"),
                                        .to = MR_STR("ada@example.org"),
                                        .subject = MR_STR("Hello"),
                                        .text = MR_STR("Text\n"),
                                        .html = MR_STR("<p>Text</p>\n"),
                                        .message_id = MR_STR("1@example.org"),
                                        .date = INT64_C(1795132800000)};
}

static void write_it(const struct mr_internet_message *m)
{
    struct mr_err err = {0};
    mr_buf_clear(&out);
    assert_ok(mr_internet_message_write(m, &out, &err), err);
}

static void assert_has(const char *text)
{
    if (mr_str_find(mr_buf_str(&out), mr_str_of(text)) < 0)
        fail_msg("the message lacks %s\n%.*s", text, (int)out.len, out.ptr);
}

static void test_internet_message__is_what_the_standards_ask_for(void **state)
{
    struct mr_internet_message m = plain();
    write_it(&m);
    assert_has("Date: Fri, 20 Nov 2026 00:00:00 +0000\r\n");
    assert_has("From: \"Merit\" <post@example.org>\r\nTo: <ada@example.org>\r\nSubject: Hello\r\n");
    assert_has("Message-ID: <1@example.org>\r\nAuto-Submitted: auto-generated\r\n");
    assert_has("MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=");
    assert_int_equal(mr_str_find(mr_buf_str(&out), MR_STR("List-Unsubscribe")), -1);
    m.unsubscribe = MR_STR("https://example.org/stop");
    m.reply_to = MR_STR("office@example.org");
    write_it(&m);
    assert_has("List-Unsubscribe: <https://example.org/stop>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n");
    assert_has("Reply-To: <office@example.org>\r\n");
}

/* RFC 2047 and 2045 by hand: "Blåbær" is 42 6C C3 A5 62 C3 A6 72. */
static void test_internet_message__writes_letters_beyond_ascii(void **state)
{
    struct mr_internet_message m = plain();
    m.subject = MR_STR("Blåbær");
    m.text = MR_STR("Blåbær = 1\n.dot\nFrom me\nend \n");
    write_it(&m);
    assert_has("Subject: =?UTF-8?B?QmzDpWLDpnI=?=\r\n");
    assert_has("\r\nBl=C3=A5b=C3=A6r =3D 1\r\n=2Edot\r\n=46rom me\r\nend=20\r\n");
}

static void test_internet_message__lines_are_short_and_end_right(void **state)
{
    struct mr_internet_message m = plain();
    char many[9000];
    memset(many, 'x', sizeof many);
    for (size_t i = 0; i + 3 < sizeof many; i += 7) memcpy(many + i, "\xC3\xA6 ", 3);
    many[sizeof many - 1] = '\n';
    m.text = mr_str_make(many, sizeof many);
    m.subject = mr_str_make(many, 700);
    m.from_name = mr_str_make(many, 210);
    write_it(&m);
    mr_str rest = mr_buf_str(&out), line;
    while (mr_str_split(&rest, '\n', &line)) {
        if (line.len == 0 && !rest.ptr) break;
        assert_true(line.len > 0 && line.ptr[line.len - 1] == '\r');
        if (line.len > 79) fail_msg("a line of %zu: %.*s", line.len, MR_STR_ARG(line));
        for (size_t i = 0; i < line.len; i++) assert_true((unsigned char)line.ptr[i] < 0x80);
    }
}

static void test_internet_message__no_header_is_smuggled_in(void **state)
{
    static const char *const bad[] = {
        "ada@example.org\r\nBcc: eve@example.org", "ada@example.org\nX: y", "a b@example.org",
        "ada@example.org>, <eve@example.org",      "ada\r@example.org",     "a,b@example.org"};
    struct mr_internet_message m = plain();
    struct mr_err err;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        mr_str *const places[] = {&m.to, &m.from, &m.reply_to, &m.message_id, &m.unsubscribe, &m.language};
        for (size_t k = 0; k < sizeof places / sizeof *places; k++) {
            mr_str kept = *places[k];
            *places[k] = mr_str_of(bad[i]);
            mr_buf_clear(&out);
            if (mr_internet_message_write(&m, &out, &err) != MR_E_FORMAT) fail_msg("%s in place %zu", bad[i], k);
            assert_int_equal(out.len, 0);
            *places[k] = kept;
        }
    }
    m.subject = MR_STR("Hello\r\nBcc: eve@example.org\r\n\r\nbody");
    m.from_name = MR_STR("Merit\"\r\nBcc: eve@example.org");
    write_it(&m);
    assert_has("Subject: Hello  Bcc: eve@example.org    body\r\n");
    assert_has("From: \"Merit\\\"  Bcc: eve@example.org\" <post@example.org>\r\n");
    m.subject = MR_STR("=?UTF-8?B?YQ==?=\nBcc: eve@example.org");
    write_it(&m);
    assert_int_equal(mr_str_find(mr_buf_str(&out), MR_STR("\nBcc")), -1);
}

int main(void)
{
#define WITH_BUFFER(test) cmocka_unit_test_setup_teardown(test, make_buffer, drop_buffer)
    const struct CMUnitTest tests[] = {
        WITH_BUFFER(test_internet_message__is_what_the_standards_ask_for),
        WITH_BUFFER(test_internet_message__writes_letters_beyond_ascii),
        WITH_BUFFER(test_internet_message__lines_are_short_and_end_right),
        WITH_BUFFER(test_internet_message__no_header_is_smuggled_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
