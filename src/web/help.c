/* What the verdicts and checks of a report mean, and what to do: written from the tables of checks, so that none can be without an explanation. Every report points here. */
#include "credential/verify.h"
#include "web/report.h"

#include <stdio.h>

static void say(mr_page *p, const char *member, const char *format, const char *code)
{
    char id[64];
    snprintf(id, sizeof id, format, code);
    mr_page_say(p, member, id);
}

static void put_verdicts(mr_page *p)
{
    static const mr_verdict order[] = {MR_VERDICT_VALID, MR_VERDICT_CAUTION, MR_VERDICT_UNKNOWN, MR_VERDICT_INVALID};
    mr_json_put_name(&p->view, "verdicts");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        const char *code = mr_verdict_name(order[i]);
        mr_json_begin_object(&p->view);
        mr_json_put_member_c(&p->view, "code", code);
        say(p, "name", "help.verdict.%s", code);
        say(p, "text", "help.verdict.%s.text", code);
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
}

static const mr_state states[] = {MR_PASSED, MR_FAILED, MR_UNCHECKED, MR_NOT_APPLICABLE};
#define STATES (sizeof states / sizeof *states)

static void put_states(mr_page *p)
{
    mr_json_put_name(&p->view, "states");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < STATES; i++) {
        mr_json_begin_object(&p->view);
        mr_web_put_state(p, states[i]);
        say(p, "text", "help.state.%s", mr_state_name(states[i]));
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
}

static void put_parts(mr_page *p, bool seal)
{
    mr_json_put_flag(&p->view, "has_parts", seal);
    mr_json_put_name(&p->view, "parts");
    mr_json_begin_array(&p->view);
    for (int i = 0; seal && i < MR_SEAL_CHECK_COUNT; i++) {
        const char *code = mr_seal_check_name((mr_seal_check)i);
        mr_json_begin_object(&p->view);
        mr_json_put_member_c(&p->view, "code", code);
        say(p, "name", "check.seal.%s", code);
        say(p, "text", "help.seal.%s", code);
        mr_json_end_object(&p->view);
    }
    mr_json_end_array(&p->view);
}

static void put_check(mr_page *p, mr_check_code check)
{
    const char *code = mr_check_name(check);
    mr_json_begin_object(&p->view);
    mr_json_put_member_c(&p->view, "code", code);
    say(p, "name", "check.%s", code);
    say(p, "text", "help.check.%s", code);
    say(p, "do", "help.check.%s.do", code);
    put_parts(p, check == MR_CHECK_SEAL);
    mr_json_put_name(&p->view, "names");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < STATES; i++)
        mr_json_put_str(&p->view, mr_arena_format(p->arena, "%s.%s", code, mr_state_name(states[i])));
    mr_json_end_array(&p->view);
    mr_json_end_object(&p->view);
}

void mr_web_help_checks(mr_page *p)
{
    mr_page_begin(p, "help.checks_title", "verify");
    put_verdicts(p);
    put_states(p);
    mr_json_put_name(&p->view, "checks");
    mr_json_begin_array(&p->view);
    for (int i = 0; i < MR_CHECK_COUNT; i++) put_check(p, (mr_check_code)i);
    mr_json_end_array(&p->view);
    mr_page_show(p, "help_checks");
}
