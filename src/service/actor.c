#include "service/actor.h"

enum {
    DESIGNER = 1 << MR_ROLE_DESIGNER,
    ASSESSOR = 1 << MR_ROLE_ASSESSOR,
    REGISTRAR = 1 << MR_ROLE_REGISTRAR,
    APPROVER = 1 << MR_ROLE_APPROVER,
    REVIEWER = 1 << MR_ROLE_REVIEWER,
    AUDITOR = 1 << MR_ROLE_AUDITOR,
    ADMINISTRATOR = 1 << MR_ROLE_ADMINISTRATOR,
    EVERYBODY = (1 << MR_ROLE_COUNT) - 1,
};

static const struct rule {
    const char *word;
    unsigned roles;
    mr_scope scope;
} rules[MR_MAY_COUNT] = {
    [MR_MAY_PUBLIC] = {"public", EVERYBODY, MR_SCOPE_READ},
    [MR_MAY_SIGNED_IN] = {"signed_in", EVERYBODY, MR_SCOPE_NONE},
#define MR_ACTION(name, word, roles, scope) [MR_MAY_##name] = {word, roles, MR_SCOPE_##scope},
#include "service/permission.def"
#undef MR_ACTION
};

static const char *const role_words[MR_ROLE_COUNT] = {"designer", "assessor", "registrar",    "approver",
                                                      "reviewer", "auditor",  "administrator"};

const struct mr_actor mr_actor_stranger = {.kind = MR_ACTOR_STRANGER};
const struct mr_actor mr_actor_system = {.kind = MR_ACTOR_SYSTEM, .installation = true};
const struct mr_actor mr_actor_operator = {.kind = MR_ACTOR_OPERATOR, .installation = true};

mr_str mr_role_word(mr_role role)
{
    return mr_str_of(role_words[role]);
}

mr_role mr_role_find(mr_str word)
{
    mr_role r = 0;
    while (r < MR_ROLE_COUNT && !mr_str_is(word, role_words[r])) r++;
    return r;
}

mr_str mr_action_word(mr_action action)
{
    return mr_str_of(rules[action].word);
}

mr_action mr_action_find(mr_str word)
{
    mr_action a = 0;
    while (a < MR_MAY_COUNT && !mr_str_is(word, rules[a].word)) a++;
    return a;
}

unsigned mr_action_roles(mr_action action)
{
    return rules[action].roles;
}

mr_scope mr_action_scope(mr_action action)
{
    return rules[action].scope;
}

const char *mr_actor_word(const struct mr_actor *actor)
{
    static const char *const words[] = {"stranger", "person", "token", "system", "operator"};
    return words[actor->kind];
}

/* Roles in this organisation; *ret_known: they belong to it at all. */
static unsigned roles_in(const struct mr_actor *actor, mr_str org_id, bool *ret_known)
{
    unsigned roles = 0;
    *ret_known = false;
    for (size_t i = 0; i < actor->grant_count; i++) {
        if (!mr_str_eq(actor->grants[i].org_id, org_id)) continue;
        *ret_known = true;
        roles |= actor->grants[i].roles;
    }
    return roles;
}

static bool is_allowed(const struct mr_actor *actor, mr_action action, unsigned roles)
{
    const struct rule *r = &rules[action];
    if (actor->kind == MR_ACTOR_TOKEN) return r->scope != MR_SCOPE_NONE && (actor->scopes & 1u << r->scope);
    return roles & r->roles;
}

int mr_authorise(const struct mr_actor *actor, mr_action action, mr_str org_id, struct mr_err *err)
{
    bool known;
    if (action == MR_MAY_PUBLIC || actor->kind == MR_ACTOR_SYSTEM || actor->kind == MR_ACTOR_OPERATOR) return MR_OK;
    unsigned roles = roles_in(actor, org_id, &known);
    if (rules[action].roles == 0 && actor->installation) return MR_OK;
    if (!known || org_id.len == 0) return MR_FAIL(err, MR_E_NOT_FOUND, "there is no such thing here", MR_NOWHERE);
    if (is_allowed(actor, action, roles)) return MR_OK;
    return MR_FAIL_DETAIL(err, MR_E_FORBIDDEN, "a role that may do this is missing", "%s", rules[action].word);
}

bool mr_actor_may(const struct mr_actor *actor, mr_action action)
{
    if (action == MR_MAY_SIGNED_IN) return actor->kind != MR_ACTOR_STRANGER && actor->kind != MR_ACTOR_TOKEN;
    return mr_authorise(actor, action, actor->org_id, NULL) == MR_OK;
}
