/* Who may do what: every action, every role, every kind of actor, the own organisation and another's. */
#include "service/actor.h"
#include "text/messages.h"
#include "testing.h"

static const mr_str ours = {"org-ours", sizeof "org-ours" - 1}, theirs = {"org-theirs", sizeof "org-theirs" - 1};

static mr_code ask(const struct mr_actor *actor, mr_action action, mr_str org)
{
    struct mr_err err = {0};
    return mr_authorise(actor, action, org, &err);
}

static void test_authorise__walks_every_action_and_role(void **state)
{
    (void)state;
    for (mr_action action = MR_MAY_SIGNED_IN + 1; action < MR_MAY_COUNT; action++) {
        unsigned roles = mr_action_roles(action);
        assert_true(mr_action_find(mr_action_word(action)) == action);
        assert_int_equal(ask(&mr_actor_stranger, action, ours), MR_E_NOT_FOUND);
        assert_int_equal(ask(&mr_actor_system, action, ours), MR_OK);
        assert_int_equal(ask(&mr_actor_operator, action, ours), MR_OK);
        for (mr_role role = 0; role < MR_ROLE_COUNT; role++) {
            const struct mr_grant grant = {ours, 1u << role};
            const struct mr_actor person = {.kind = MR_ACTOR_PERSON, .grants = &grant, .grant_count = 1};
            assert_int_equal(ask(&person, action, ours), roles & 1u << role ? MR_OK : MR_E_FORBIDDEN);
            assert_int_equal(ask(&person, action, theirs), MR_E_NOT_FOUND);
            assert_int_equal(ask(&person, action, MR_STR_EMPTY), MR_E_NOT_FOUND);
        }
        for (mr_scope scope = MR_SCOPE_NONE; scope <= MR_SCOPE_MANAGE; scope++) {
            const struct mr_grant grant = {ours, 0};
            const struct mr_actor token = {
                .kind = MR_ACTOR_TOKEN, .grants = &grant, .grant_count = 1, .scopes = 1u << scope};
            bool may = scope != MR_SCOPE_NONE && mr_action_scope(action) == scope;
            assert_int_equal(ask(&token, action, ours), may ? MR_OK : MR_E_FORBIDDEN);
            assert_int_equal(ask(&token, action, theirs), MR_E_NOT_FOUND);
        }
    }
}

/* The audit log says in words what was done. */
static void test_action__has_words_in_every_language(void **state)
{
    (void)state;
    for (const mr_language *const *l = mr_languages(); *l; l++)
        for (mr_action action = 0; action < MR_MAY_COUNT; action++) {
            char id[80];
            snprintf(id, sizeof id, "audit.action.%.*s", MR_STR_ARG(mr_action_word(action)));
            if (!mr_message_exists(*l, mr_str_of(id))) fail_msg("%.*s: no %s", MR_STR_ARG(mr_language_tag(*l)), id);
        }
}

static void test_authorise__keeps_the_installation_to_its_administrators(void **state)
{
    (void)state;
    const struct mr_grant all = {ours, (1u << MR_ROLE_COUNT) - 1};
    struct mr_actor person = {.kind = MR_ACTOR_PERSON, .grants = &all, .grant_count = 1};
    assert_int_equal(ask(&person, MR_MAY_ORGANISATION_ADD, ours), MR_E_FORBIDDEN);
    person.installation = true;
    assert_int_equal(ask(&person, MR_MAY_ORGANISATION_ADD, MR_STR_EMPTY), MR_OK);
    assert_int_equal(ask(&person, MR_MAY_BATCH_SEAL, theirs),
                     MR_E_NOT_FOUND); /* running a house is not being a member */
}

static void test_roles__words_are_found_again(void **state)
{
    (void)state;
    for (mr_role role = 0; role < MR_ROLE_COUNT; role++) assert_int_equal(mr_role_find(mr_role_word(role)), role);
    assert_int_equal(mr_role_find(MR_STR("king")), MR_ROLE_COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_authorise__walks_every_action_and_role),
        cmocka_unit_test(test_authorise__keeps_the_installation_to_its_administrators),
        cmocka_unit_test(test_action__has_words_in_every_language),
        cmocka_unit_test(test_roles__words_are_found_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
