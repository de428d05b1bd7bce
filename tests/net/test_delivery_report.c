/* Delivery reports: the examples of RFC 3464's appendix and what mail servers write in practice. */
#include "net/delivery_report.h"
#include "testing.h"

static mr_arena arena;
static int make_arena(void **state)
{
    mr_arena_init(&arena, 1 << 22);
    return 0;
}
static int drop_arena(void **state)
{
    mr_arena_done(&arena);
    return 0;
}

static struct mr_delivery_report read_it(const char *text)
{
    struct mr_delivery_report r;
    struct mr_err err = {0};
    assert_ok(mr_delivery_report_read(&arena, mr_str_of(text), &r, &err), err);
    return r;
}

/* RFC 3464 appendix E.1, with the headers of the message behind it. */
#define SIMPLE                                                                                                         \
    "Date: Thu, 7 Jul 1994 17:16:05 -0400\r\nFrom: Mail Delivery Subsystem <MAILER-DAEMON@CS.UTK.EDU>\r\n"             \
    "Message-Id: <199407072116.RAA14128@CS.UTK.EDU>\r\nSubject: Returned mail: Cannot send message for 5 days\r\n"     \
    "To: <owner-info-mime@cs.utk.edu>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; "                        \
    "report-type=delivery-status;\r\n      boundary=\"RAA14128.773615765/CS.UTK.EDU\"\r\n\r\n"                         \
    "--RAA14128.773615765/CS.UTK.EDU\r\n\r\nThe original message was received at Sat, 2 Jul 1994\r\n\r\n"              \
    "--RAA14128.773615765/CS.UTK.EDU\r\ncontent-type: message/delivery-status\r\n\r\n"                                 \
    "Reporting-MTA: dns; cs.utk.edu\r\n\r\nOriginal-Recipient: rfc822;louisl@larry.slip.umd.edu\r\n"                   \
    "Final-Recipient: rfc822;louisl@larry.slip.umd.edu\r\nAction: failed\r\nStatus: 4.0.0\r\n"                         \
    "Diagnostic-Code: smtp; 426 connection\r\n   timed out\r\nLast-Attempt-Date: Thu, 7 Jul 1994 17:15:49 -0400\r\n"   \
    "\r\n--RAA14128.773615765/CS.UTK.EDU\r\ncontent-type: message/rfc822\r\n\r\nFrom: a@b.example\r\n"                 \
    "Message-ID: <0190-abc.2@example.org>\r\n\r\nbody\r\n--RAA14128.773615765/CS.UTK.EDU--\r\n"

static void test_delivery_report__reads_the_standards_example(void **state)
{
    struct mr_delivery_report r = read_it(SIMPLE);
    assert_int_equal(r.outcome, MR_DELIVERY_FAILED);
    assert_str(r.message_id, "0190-abc.2@example.org");
    assert_str(r.recipient, "louisl@larry.slip.umd.edu");
    assert_str(r.status, "4.0.0");
    assert_str(r.answer, "426 connection     timed out");
}

#define HEAD "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\ntext\n"
#define STATUS(blocks) "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n" blocks
#define ORIGINAL "--b\nContent-Type: text/rfc822-headers\n\nSubject: x\nMessage-ID:\n <m@x>\n--b--\n"

static void test_delivery_report__tells_apart(void **state)
{
    static const struct {
        const char *what, *text, *id, *recipient;
        mr_delivery_outcome outcome;
    } cases[] = {
        {"several recipients: the one that failed",
         HEAD STATUS("Final-Recipient: rfc822; a@x\nAction: delivered\nStatus: 2.0.0\n\nFinal-Recipient: rfc822; b@x\n"
                     "Action: failed\nStatus: 5.1.1\n\n") ORIGINAL,
         "m@x", "b@x", MR_DELIVERY_FAILED},
        {"delayed", HEAD STATUS("Final-Recipient: rfc822; a@x\nAction: delayed\n\n") ORIGINAL, "m@x", "a@x",
         MR_DELIVERY_DELAYED},
        {"delivered", HEAD STATUS("Final-Recipient: rfc822; a@x\nAction: relayed\n\n") ORIGINAL, "m@x", "a@x",
         MR_DELIVERY_DONE},
        {"without the message", HEAD STATUS("Final-Recipient: rfc822; a@x\nAction: failed\n\n") "--b--\n", "", "a@x",
         MR_DELIVERY_FAILED},
        {"no final recipient", HEAD STATUS("Original-Recipient: rfc822; o@x\nAction: failed\n\n") ORIGINAL, "m@x",
         "o@x", MR_DELIVERY_FAILED},
        {"cut off", HEAD STATUS("Final-Recipient: rfc822; a@x\nAction: failed\n"), "", "a@x", MR_DELIVERY_FAILED},
        {"a holiday reply", "Subject: away\nAuto-Submitted: auto-replied\n\nMessage-ID: <m@x>\nAction: failed\n", "",
         "", MR_DELIVERY_UNKNOWN},
        {"another multipart", "Content-Type: multipart/mixed; boundary=b\n\n" STATUS("Action: failed\n\n") ORIGINAL, "",
         "", MR_DELIVERY_UNKNOWN},
        {"no boundary", "Content-Type: multipart/report\n\n" STATUS("Action: failed\n\n"), "", "", MR_DELIVERY_UNKNOWN},
        {"an action that nobody knows", HEAD STATUS("Final-Recipient: rfc822; a@x\nAction: pondered\n\n") ORIGINAL,
         "m@x", "", MR_DELIVERY_UNKNOWN},
        {"nothing", "", "", "", MR_DELIVERY_UNKNOWN},
        {"the status stands in a part within the message that came back",
         HEAD "--b\nContent-Type: message/rfc822\n\nMessage-ID: <m@x>\nContent-Type: "
              "message/delivery-status\n\nAction: failed\n--b--\n",
         "m@x", "", MR_DELIVERY_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_delivery_report r = read_it(cases[i].text);
        if (r.outcome != cases[i].outcome || !mr_str_is(r.message_id, cases[i].id) ||
            !mr_str_is(r.recipient, cases[i].recipient))
            fail_msg("%s: outcome %d, <%.*s>, %.*s", cases[i].what, r.outcome, MR_STR_ARG(r.message_id),
                     MR_STR_ARG(r.recipient));
    }
}

static void test_mbox__parts_messages(void **state)
{
    mr_str rest = MR_STR(
               "From a Thu Jul  7 17:16:05 1994\nA: 1\n\none\n>From x\nFrom inside\n\nFrom b Thu\nB: 2\n\ntwo\n\n"),
           m;
    bool whole;
    assert_true(mr_mbox_next(&rest, &m, &whole));
    assert_str(m, "A: 1\n\none\n>From x\nFrom inside\n\n");
    assert_true(whole);
    assert_true(mr_mbox_next(&rest, &m, &whole));
    assert_str(m, "B: 2\n\ntwo\n\n");
    assert_true(whole);
    assert_false(mr_mbox_next(&rest, &m, &whole));
    rest = MR_STR("From c\nC: 3\n\nthre");
    assert_true(mr_mbox_next(&rest, &m, &whole));
    assert_false(whole);
    rest = MR_STR("no mailbox\n");
    assert_false(mr_mbox_next(&rest, &m, &whole));
    rest = MR_STR("From x");
    assert_true(mr_mbox_next(&rest, &m, &whole));
    assert_int_equal(m.len, 0);
}

int main(void)
{
#define WITH_ARENA(test) cmocka_unit_test_setup_teardown(test, make_arena, drop_arena)
    const struct CMUnitTest tests[] = {
        WITH_ARENA(test_delivery_report__reads_the_standards_example),
        WITH_ARENA(test_delivery_report__tells_apart),
        WITH_ARENA(test_mbox__parts_messages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
