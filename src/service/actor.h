/* Who acts, and what they may do. Every use case that is not public takes the actor and asks mr_authorise about the organisation that its object belongs to,
 * so that pages, the API, jobs and commands obey alike. service/permission.def is the whole of the rules. */
#ifndef MR_SERVICE_ACTOR_H
#define MR_SERVICE_ACTOR_H

#include "base/err.h"
#include "base/str.h"

typedef enum mr_role {
    MR_ROLE_DESIGNER,
    MR_ROLE_ASSESSOR,
    MR_ROLE_REGISTRAR, /* who seals */
    MR_ROLE_APPROVER,
    MR_ROLE_REVIEWER,
    MR_ROLE_AUDITOR,
    MR_ROLE_ADMINISTRATOR,
    MR_ROLE_COUNT
} mr_role;
/* "designer" ..., as stored and in the API. */
mr_str mr_role_word(mr_role role);
/* MR_ROLE_COUNT when there is none. */
mr_role mr_role_find(mr_str word);

/* What an API token was given for; every token may read. */
typedef enum mr_scope {
    MR_SCOPE_NONE,
    MR_SCOPE_READ,
    MR_SCOPE_DESCRIBE,
    MR_SCOPE_AWARD,
    MR_SCOPE_SIGN,
    MR_SCOPE_MANAGE
} mr_scope;

typedef enum mr_action {
    MR_MAY_PUBLIC,    /* everybody */
    MR_MAY_SIGNED_IN, /* every person who has signed in */
#define MR_ACTION(name, word, roles, scope) MR_MAY_##name,
#include "service/permission.def"
#undef MR_ACTION
    MR_MAY_COUNT
} mr_action;
mr_str mr_action_word(mr_action action);
mr_action mr_action_find(mr_str word); /* MR_MAY_COUNT when there is none */
/* Bit 1 << role for each role that may; and the scope that a token needs. */
unsigned mr_action_roles(mr_action action);
mr_scope mr_action_scope(mr_action action);

typedef enum mr_actor_kind {
    MR_ACTOR_STRANGER,
    MR_ACTOR_PERSON,
    MR_ACTOR_TOKEN,    /* a program with an API token: acts in one organisation, with the roles its scopes stand for */
    MR_ACTOR_SYSTEM,   /* a job of Merit itself */
    MR_ACTOR_OPERATOR, /* whoever runs the program on the machine: commands, the link printed at start */
} mr_actor_kind;
/* What somebody is in an organisation: membership there or above it. */
struct mr_grant {
    mr_str org_id;
    unsigned roles; /* bit 1 << role */
};
struct mr_actor {
    mr_actor_kind kind;
    mr_str id;     /* of the person or the token; empty for others */
    mr_str name;   /* to greet with; never logged */
    mr_str org_id; /* the organisation that pages and the API are about now; empty: none chosen */
    const struct mr_grant *grants;
    size_t grant_count;
    unsigned scopes;   /* TOKEN: bit 1 << scope */
    bool installation; /* an administrator of the installation */
};
extern const struct mr_actor mr_actor_stranger, mr_actor_system, mr_actor_operator;

/* May they do this to something that belongs to this organisation?
 *   errors  MR_E_NOT_FOUND: it is another's, and nothing is revealed of it; MR_E_FORBIDDEN: it is theirs, and they lack the role or scope (detail: the action) */
int mr_authorise(const struct mr_actor *actor, mr_action action, mr_str org_id, struct mr_err *err) MR_MUST_CHECK;
/* The same about the organisation they act for now, for menus and buttons; SIGNED_IN and PUBLIC too. */
bool mr_actor_may(const struct mr_actor *actor, mr_action action);
/* "person", "token", "system", "operator", "stranger". */
const char *mr_actor_word(const struct mr_actor *actor);

#endif
