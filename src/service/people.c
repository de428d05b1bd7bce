#include "service/people.h"
#include "base/id.h"
#include "base/limits.h"
#include "crypto/password.h"
#include "json/write.h"
#include "model/contact.h"
#include "service/audit.h"
#include "service/mail.h"
#include "service/password_rules.h"
#include "service/sign_in.h"
#include "store/organisation.h"
#include "text/messages.h"

#define MEMBERS_MOST 20000
#define INVITATIONS_MOST 1000
#define MEMBERSHIPS_MOST 2000

static int commit(mr_db_tx **tx, struct mr_err *err)
{
    mr_db_tx *ending = *tx;
    *tx = NULL;
    return mr_db_commit(ending, err);
}

static int64_t now_of(mr_service *s)
{
    return mr_env_now(mr_service_env(s));
}

static mr_str tag_of(mr_str language)
{
    const mr_language *l = mr_language_find(language);
    return mr_language_tag(l ? l : mr_language_english());
}

/* ---- roles ---- */

mr_str mr_people_write_roles(mr_arena *a, unsigned roles)
{
    mr_str words = MR_STR_EMPTY;
    for (mr_role r = 0; r < MR_ROLE_COUNT; r++)
        if (roles & 1u << r)
            words =
                mr_arena_format(a, "%.*s%s%.*s", MR_STR_ARG(words), words.len ? "," : "", MR_STR_ARG(mr_role_word(r)));
    return words;
}

int mr_people_read_roles(mr_str words, unsigned *ret, struct mr_err *err)
{
    mr_str rest = words, word;
    unsigned roles = 0;
    while (mr_str_split(&rest, ',', &word)) {
        word = mr_str_trim(word);
        if (!word.len) continue;
        mr_role role = mr_role_find(word);
        if (role == MR_ROLE_COUNT)
            return MR_FAIL_DETAIL(err, MR_E_FORMAT, "there is no such role", "%.*s", MR_STR_ARG(word));
        roles |= 1u << role;
    }
    *ret = roles;
    return MR_OK;
}

static int set_roles(mr_service *s, mr_db_tx *tx, mr_str person_id, mr_str org_id, unsigned roles, struct mr_err *err)
{
    for (mr_role r = 0; r < MR_ROLE_COUNT; r++)
        if (roles & 1u << r)
            MR_TRY(mr_store_membership_add(tx, person_id, org_id, mr_role_word(r), now_of(s), err));
        else
            MR_TRY(mr_store_membership_remove(tx, person_id, org_id, mr_role_word(r), err));
    return MR_OK;
}

/* ---- members ---- */

static int name_of(mr_db_tx *tx, mr_arena *a, mr_str org_id, mr_str person_id, mr_str *ret, struct mr_err *err)
{
    struct mr_membership_row *rows;
    size_t count;
    *ret = MR_STR_EMPTY;
    if (!person_id.len) return MR_OK;
    MR_TRY(mr_store_membership_of_person(tx, a, person_id, MEMBERSHIPS_MOST, &rows, &count, err));
    for (size_t i = 0; i < count && !ret->len; i++)
        if (mr_str_eq(rows[i].org_id, org_id)) *ret = rows[i].name;
    return MR_OK;
}

int mr_people_names(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str org_id, const mr_str *ids,
                    size_t count, mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    bool may = mr_authorise(actor, MR_MAY_MEMBER_READ, org_id, NULL) == MR_OK;
    if (may) MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    for (size_t i = 0; i < count; i++) {
        size_t same = 0;
        while (same < i && !mr_str_eq(ids[same], ids[i])) same++;
        if (same < i)
            ret[i] = ret[same];
        else if (may)
            MR_TRY(name_of(tx, a, org_id, ids[i], &ret[i], err));
        else
            ret[i] = MR_STR_EMPTY;
    }
    return MR_OK;
}

static int load_members(mr_db_tx *tx, mr_arena *a, mr_str org_id, struct mr_member **ret, size_t *ret_count,
                        struct mr_err *err)
{
    struct mr_membership_row *rows;
    size_t count;
    MR_TRY(mr_store_membership_of_org(tx, a, org_id, MEMBERS_MOST, &rows, &count, err));
    struct mr_member *m = mr_arena_zalloc(a, count ? count : 1, sizeof *m);
    if (!m) return MR_FAIL(err, MR_E_NOMEM, "no memory for members", MR_NOWHERE);
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        mr_role role = mr_role_find(rows[i].role);
        if (!n || !mr_str_eq(m[n - 1].person_id, rows[i].person_id))
            m[n++] = (struct mr_member){rows[i].person_id, rows[i].name, rows[i].email, 0, rows[i].since};
        if (role < MR_ROLE_COUNT) m[n - 1].roles |= 1u << role;
        if (rows[i].since < m[n - 1].since) m[n - 1].since = rows[i].since;
    }
    *ret = m;
    *ret_count = n;
    return MR_OK;
}

int mr_people_members(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str org_id, struct mr_member **ret,
                      size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_authorise(actor, MR_MAY_MEMBER_READ, org_id, err));
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    return load_members(tx, a, org_id, ret, ret_count, err);
}

/* Units may be administered from above; everybody else keeps one of their own. */
static int keep_administrator(mr_db_tx *tx, mr_arena *a, mr_str org_id, const struct mr_member *member, unsigned roles,
                              struct mr_err *err)
{
    const unsigned administrator = 1u << MR_ROLE_ADMINISTRATOR;
    struct mr_organisation_row org;
    int64_t others;
    if (!(member->roles & administrator) || roles & administrator) return MR_OK;
    MR_TRY(mr_store_organisation_find(tx, a, org_id, &org, err));
    MR_TRY(mr_store_membership_count_others(tx, org_id, mr_role_word(MR_ROLE_ADMINISTRATOR), member->person_id, &others,
                                            err));
    if (others || org.parent_id.len) return MR_OK;
    return MR_FAIL_DETAIL(err, MR_E_STATE, "an organisation keeps an administrator", "%s", "last_administrator");
}

int mr_people_set_roles(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str org_id, mr_str person_id,
                        unsigned roles, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_member *members;
    size_t count, at = 0;
    MR_TRY(mr_authorise(actor, MR_MAY_MEMBER_EDIT, org_id, err));
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(load_members(tx, a, org_id, &members, &count, err));
    while (at < count && !mr_str_eq(members[at].person_id, person_id)) at++;
    if (at == count) return MR_FAIL(err, MR_E_NOT_FOUND, "nobody of this organisation", MR_NOWHERE);
    MR_TRY(keep_administrator(tx, a, org_id, &members[at], roles, err));
    MR_TRY(set_roles(s, tx, person_id, org_id, roles, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_MEMBER_EDIT, org_id, person_id,
                    mr_arena_format(a, "roles=%.*s", MR_STR_ARG(mr_people_write_roles(a, roles))), err));
    return commit(&tx, err);
}

/* ---- invitations ---- */

/* Their names, in the language of the mail. */
static mr_str say_roles(mr_arena *a, mr_str words, mr_str language)
{
    const mr_language *l = mr_language_find(language);
    mr_str said = MR_STR_EMPTY, word;
    while (mr_str_split(&words, ',', &word)) {
        mr_str id = mr_arena_format(a, "role.%.*s", MR_STR_ARG(word));
        said = mr_arena_format(a, "%.*s%s%.*s", MR_STR_ARG(said), said.len ? ", " : "",
                               MR_STR_ARG(mr_message_str(l ? l : mr_language_english(), id)));
    }
    return said;
}

static int mail_invitation(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_invitation_row *row,
                           const struct mr_actor *actor, mr_str org_name, const char *token, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf data;
    mr_json_writer w;
    char until[21];
    mr_buf_init(&data, MR_KIB * 16);
    mr_json_writer_init(&w, &data, 0);
    mr_json_begin_object(&w);
    mr_json_put_member(&w, "organisation", org_name);
    if (actor->name.len) mr_json_put_member(&w, "inviter", actor->name);
    mr_json_put_member(&w, "roles", say_roles(a, row->roles, row->language));
    mr_time_write(row->expires_at, until);
    mr_json_put_member_c(&w, "until", until);
    mr_json_put_member(&w, "link",
                       mr_arena_format(a, "%.*s/invitation/%s", MR_STR_ARG(mr_service_public_url(s)), token));
    mr_json_end_object(&w);
    const struct mr_mail m = {.template_name = "invitation",
                              .org_id = row->org_id,
                              .to = row->email,
                              .language = row->language,
                              .object_id = row->id,
                              .data = mr_buf_str(&data)};
    return mr_mail_queue(s, tx, a, &m, NULL, err);
}

static int invite(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_actor *actor,
                  const struct mr_organisation_row *org, mr_str email, unsigned roles, mr_str language,
                  struct mr_err *err)
{
    char token[33];
    email = mr_sign_in_email(a, email);
    if (!mr_contact_is_email(email))
        return MR_FAIL_DETAIL(err, MR_E_FORMAT, "this is no e-mail address", "%.*s", MR_STR_ARG(email));
    mr_id_token(mr_service_env(s), token);
    struct mr_invitation_row row = {.org_id = org->id,
                                    .email = email,
                                    .roles = mr_people_write_roles(a, roles),
                                    .token_hash = mr_session_digest(a, mr_str_of(token)),
                                    .language = tag_of(language),
                                    .expires_at = now_of(s) + MR_LIMIT_INVITATION_MS};
    MR_TRY(mr_store_invitation_replace(tx, org->id, email, err));
    MR_TRY(mr_store_invitation_add(tx, a, mr_service_env(s), &row, &row.id, err));
    MR_TRY(mail_invitation(s, tx, a, &row, actor, org->name, token, err));
    return mr_audit(s, tx, actor, MR_MAY_MEMBER_EDIT, org->id, row.id,
                    mr_arena_format(a, "invite=%.*s", MR_STR_ARG(row.roles)), err);
}

static bool next_address(mr_str *rest, mr_str *ret)
{
    static const char between[] = " \t\r\n,;";
    while (rest->len && memchr(between, rest->ptr[0], sizeof between - 1)) *rest = mr_str_from(*rest, 1);
    size_t n = 0;
    while (n < rest->len && !memchr(between, rest->ptr[n], sizeof between - 1)) n++;
    *ret = mr_str_make(rest->ptr, n);
    *rest = mr_str_from(*rest, n);
    return n > 0;
}

int mr_people_invite(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str org_id, mr_str emails,
                     unsigned roles, mr_str language, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_organisation_row org;
    mr_str email;
    *ret_count = 0;
    MR_TRY(mr_authorise(actor, MR_MAY_MEMBER_EDIT, org_id, err));
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(mr_store_organisation_find(tx, a, org_id, &org, err));
    if (!org.id.len) return MR_FAIL(err, MR_E_NOT_FOUND, "there is no such organisation", MR_NOWHERE);
    while (next_address(&emails, &email)) {
        if (++*ret_count > MR_LIMIT_INVITED_AT_ONCE)
            return MR_FAIL_DETAIL(err, MR_E_LIMIT, "too many at once", "%d", MR_LIMIT_INVITED_AT_ONCE);
        MR_TRY(invite(s, tx, a, actor, &org, email, roles, language, err));
    }
    if (!*ret_count) return MR_FAIL_DETAIL(err, MR_E_FORMAT, "nobody is named", "%s", "emails");
    if (!roles) return MR_FAIL_DETAIL(err, MR_E_FORMAT, "no role is chosen", "%s", "roles");
    return commit(&tx, err);
}

int mr_people_invitations(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str org_id,
                          struct mr_invitation_row **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_authorise(actor, MR_MAY_MEMBER_READ, org_id, err));
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    return mr_store_invitation_list(tx, a, org_id, INVITATIONS_MOST, ret, ret_count, err);
}

/* Somebody else's invitation is none. */
static int find_invitation(mr_db_tx *tx, mr_arena *a, const struct mr_actor *actor, mr_str id,
                           struct mr_invitation_row *ret, struct mr_err *err)
{
    MR_TRY(mr_store_invitation_find(tx, a, id, ret, err));
    if (!ret->id.len) return MR_FAIL(err, MR_E_NOT_FOUND, "there is no such invitation", MR_NOWHERE);
    MR_TRY(mr_authorise(actor, MR_MAY_MEMBER_EDIT, ret->org_id, err));
    if (!mr_str_is(ret->state, "open")) return MR_FAIL(err, MR_E_STATE, "the invitation is open no more", MR_NOWHERE);
    return MR_OK;
}

int mr_people_invite_again(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str id, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_invitation_row row;
    struct mr_organisation_row org;
    char token[33];
    bool changed;
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(find_invitation(tx, a, actor, id, &row, err));
    MR_TRY(mr_store_organisation_find(tx, a, row.org_id, &org, err));
    mr_id_token(mr_service_env(s), token);
    MR_TRY(mr_store_invitation_change(tx, id, MR_STR("open"), mr_session_digest(a, mr_str_of(token)),
                                      row.expires_at = now_of(s) + MR_LIMIT_INVITATION_MS, &changed, err));
    MR_TRY(mail_invitation(s, tx, a, &row, actor, org.name, token, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_MEMBER_EDIT, org.id, id, MR_STR("invite_again"), err));
    return commit(&tx, err);
}

int mr_people_withdraw(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str id, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_invitation_row row;
    bool changed;
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(find_invitation(tx, a, actor, id, &row, err));
    MR_TRY(mr_store_invitation_change(tx, id, MR_STR("withdrawn"), MR_STR_EMPTY, row.expires_at, &changed, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_MEMBER_EDIT, row.org_id, id, MR_STR("withdraw"), err));
    return commit(&tx, err);
}

static int open_invitation(mr_service *s, mr_db_tx *tx, mr_arena *a, mr_str token, struct mr_invited *ret,
                           struct mr_err *err)
{
    struct mr_invitation_row row;
    struct mr_organisation_row org;
    struct mr_person_row person;
    *ret = (struct mr_invited){0};
    MR_TRY(mr_store_invitation_find_token(tx, a, mr_session_digest(a, token), &row, err));
    if (!mr_str_is(row.state, "open") || row.expires_at < now_of(s)) return MR_OK;
    if (row.expires_at > now_of(s) + MR_LIMIT_INVITATION_MS + MR_DAY_MS)
        return MR_OK; /* made by a clock that was ahead */
    MR_TRY(mr_store_organisation_find(tx, a, row.org_id, &org, err));
    MR_TRY(mr_store_person_find_email(tx, a, row.email, &person, err));
    MR_TRY(mr_people_read_roles(row.roles, &ret->roles, err));
    ret->id = row.id;
    ret->org_id = row.org_id;
    ret->organisation = org.name;
    ret->email = row.email;
    ret->known = person.id.len > 0;
    return MR_OK;
}

int mr_people_invitation_open(mr_service *s, mr_arena *a, mr_str token, struct mr_invited *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    return open_invitation(s, tx, a, token, ret, err);
}

/* The person to be: name and password are looked at before anything is written. */
static int fill_person(mr_arena *a, mr_str email, mr_str name, mr_str language, mr_str password,
                       struct mr_person_row *ret, struct mr_err *err)
{
    char hash[MR_PASSWORD_HASH] = {0};
    name = mr_str_trim(name);
    if (!name.len || mr_utf8_length(name) > MR_LIMIT_NAME || !mr_utf8_is_plain(name, true))
        return MR_FAIL_DETAIL(err, MR_E_FORMAT, "the name is empty or too long", "%s", "name");
    const char *fault = password.len ? mr_password_fault(password, email, name) : NULL;
    if (fault) return MR_FAIL_DETAIL(err, MR_E_FORMAT, "this password is not taken", "%s", fault);
    if (password.len) MR_TRY(mr_password_hash(password, hash, err));
    *ret = (struct mr_person_row){
        .email = email, .name = name, .language = tag_of(language), .password = mr_arena_dup(a, mr_str_of(hash))};
    return MR_OK;
}

static int join(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_invited *invited, mr_str person_id,
                struct mr_err *err)
{
    const struct mr_actor actor = {.kind = MR_ACTOR_PERSON, .id = person_id};
    bool changed;
    for (mr_role r = 0; r < MR_ROLE_COUNT; r++)
        if (invited->roles & 1u << r)
            MR_TRY(mr_store_membership_add(tx, person_id, invited->org_id, mr_role_word(r), now_of(s), err));
    MR_TRY(mr_store_invitation_change(tx, invited->id, MR_STR("accepted"), MR_STR_EMPTY, now_of(s), &changed, err));
    return mr_audit(s, tx, &actor, MR_MAY_SIGNED_IN, invited->org_id, invited->id, MR_STR("invitation.accept"), err);
}

int mr_people_accept(mr_service *s, mr_arena *a, mr_str token, mr_str name, mr_str language, mr_str password,
                     mr_str agent, mr_str old_token, char ret_token[33], struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_invited invited;
    struct mr_person_row person = {0};
    ret_token[0] = '\0';
    MR_TRY(mr_people_invitation_open(s, a, token, &invited, err));
    if (!invited.id.len) return MR_FAIL(err, MR_E_STATE, "the invitation is open no more", MR_NOWHERE);
    if (!invited.known) MR_TRY(fill_person(a, invited.email, name, language, password, &person, err));
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(open_invitation(s, tx, a, token, &invited, err));
    if (!invited.id.len) return MR_FAIL(err, MR_E_STATE, "the invitation is open no more", MR_NOWHERE);
    mr_str person_id;
    bool fresh = !invited.known && person.email.len;
    if (fresh) {
        MR_TRY(mr_store_person_add(tx, a, mr_service_env(s), &person, &person_id, err));
        MR_TRY(mr_session_start(s, tx, a, person_id, agent, old_token, ret_token, err));
    } else {
        MR_TRY(mr_store_person_find_email(tx, a, invited.email, &person, err));
        person_id = person.id;
    }
    MR_TRY(join(s, tx, a, &invited, person_id, err));
    return commit(&tx, err);
}

/* ---- the installation ---- */

int mr_people_organisations(mr_service *s, mr_arena *a, const struct mr_actor *actor, struct mr_org_count **ret,
                            size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_authorise(actor, MR_MAY_INSTALLATION_READ, MR_STR_EMPTY, err));
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    return mr_store_membership_count_orgs(tx, a, INVITATIONS_MOST, ret, ret_count, err);
}

static int invite_first(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_actor *actor, mr_str org_id,
                        mr_str email, mr_str language, struct mr_err *err)
{
    struct mr_organisation_row org;
    MR_TRY(mr_store_organisation_find(tx, a, org_id, &org, err));
    if (!org.id.len) return MR_FAIL(err, MR_E_NOT_FOUND, "there is no such organisation", MR_NOWHERE);
    if (!mr_contact_is_email(mr_sign_in_email(a, email)))
        return MR_FAIL_DETAIL(err, MR_E_FORMAT, "this is no e-mail address", "%s", "email");
    return invite(s, tx, a, actor, &org, email, 1u << MR_ROLE_ADMINISTRATOR, language, err);
}

static int has_organisation(mr_db_tx *tx, mr_arena *a, mr_str name, bool *ret, struct mr_err *err)
{
    struct mr_org_count *orgs;
    size_t count;
    *ret = false;
    MR_TRY(mr_store_membership_count_orgs(tx, a, INVITATIONS_MOST, &orgs, &count, err));
    for (size_t i = 0; i < count; i++)
        if (mr_str_eq_ascii_nocase(orgs[i].name, name)) *ret = true;
    return MR_OK;
}

int mr_people_add_organisation(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str name, mr_str email,
                               mr_str language, mr_str *ret_id, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    bool there;
    MR_TRY(mr_authorise(actor, MR_MAY_ORGANISATION_ADD, MR_STR_EMPTY, err));
    name = mr_str_trim(name);
    if (!name.len || mr_utf8_length(name) > MR_LIMIT_NAME || !mr_utf8_is_plain(name, true))
        return MR_FAIL_DETAIL(err, MR_E_FORMAT, "the name is empty or too long", "%s", "name");
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(has_organisation(tx, a, name, &there, err));
    if (there) return MR_FAIL_DETAIL(err, MR_E_EXISTS, "there is an organisation of this name", "%s", "name");
    MR_TRY(mr_store_organisation_ensure(tx, a, mr_service_env(s), mr_service_issuer_of(a, name), name, ret_id, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_ORGANISATION_ADD, *ret_id, *ret_id, MR_STR_EMPTY, err));
    MR_TRY(invite_first(s, tx, a, actor, *ret_id, email, language, err));
    return commit(&tx, err);
}

int mr_people_invite_administrator(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str org_id,
                                   mr_str email, mr_str language, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_authorise(actor, MR_MAY_ORGANISATION_ADD, MR_STR_EMPTY, err));
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(invite_first(s, tx, a, actor, org_id, email, language, err));
    return commit(&tx, err);
}

/* By id or name; empty: the first there is. */
static int find_org(mr_db_tx *tx, mr_arena *a, mr_str org, mr_str *ret_id, struct mr_err *err)
{
    struct mr_org_count *orgs;
    size_t count;
    MR_TRY(mr_store_membership_count_orgs(tx, a, INVITATIONS_MOST, &orgs, &count, err));
    for (size_t i = 0; i < count; i++)
        if (!org.len || mr_str_eq(orgs[i].id, org) || mr_str_eq_ascii_nocase(orgs[i].name, org)) {
            *ret_id = orgs[i].id;
            return MR_OK;
        }
    return MR_FAIL_DETAIL(err, MR_E_NOT_FOUND, "there is no such organisation", "%.*s", MR_STR_ARG(org));
}

int mr_people_add(mr_service *s, mr_arena *a, const struct mr_new_person *new_person, mr_str *ret_id,
                  struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_person_row person;
    mr_str email = mr_sign_in_email(a, new_person->email), org_id = MR_STR_EMPTY;
    if (!mr_contact_is_email(email))
        return MR_FAIL_DETAIL(err, MR_E_FORMAT, "this is no e-mail address", "%.*s", MR_STR_ARG(email));
    MR_TRY(fill_person(a, email, new_person->name, new_person->language, new_person->password, &person, err));
    person.installation = new_person->installation;
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    if (new_person->roles) MR_TRY(find_org(tx, a, new_person->org, &org_id, err));
    if (mr_store_person_add(tx, a, mr_service_env(s), &person, ret_id, err) != MR_OK)
        return MR_FAIL(err, MR_E_EXISTS, "somebody has this address already", MR_NOWHERE);
    if (new_person->roles) MR_TRY(set_roles(s, tx, *ret_id, org_id, new_person->roles, err));
    MR_TRY(mr_audit(s, tx, &mr_actor_operator, MR_MAY_MEMBER_EDIT, org_id, *ret_id,
                    mr_people_write_roles(a, new_person->roles), err));
    return commit(&tx, err);
}

int mr_people_list(mr_service *s, mr_arena *a, size_t most, struct mr_person_row **ret, size_t *ret_count,
                   struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    return mr_store_person_list(tx, a, most, ret, ret_count, err);
}

static int find_person(mr_db_tx *tx, mr_arena *a, mr_str email, struct mr_person_row *ret, struct mr_err *err)
{
    MR_TRY(mr_store_person_find_email(tx, a, mr_sign_in_email(a, email), ret, err));
    if (ret->id.len) return MR_OK;
    return MR_FAIL_DETAIL(err, MR_E_NOT_FOUND, "nobody here has this address", "%.*s", MR_STR_ARG(email));
}

int mr_people_roles_of(mr_service *s, mr_arena *a, mr_str email, struct mr_person_row *ret_person,
                       struct mr_membership_row **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    MR_TRY(find_person(tx, a, email, ret_person, err));
    return mr_store_membership_of_person(tx, a, ret_person->id, MR_LIMIT_GRANTS, ret, ret_count, err);
}

int mr_people_change(mr_service *s, mr_arena *a, mr_str email, mr_str org, bool with_roles, unsigned roles,
                     const bool *installation, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_person_row person;
    mr_str org_id = MR_STR_EMPTY;
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(find_person(tx, a, email, &person, err));
    if (installation) {
        person.installation = *installation;
        MR_TRY(mr_store_person_change(tx, &person, err));
    }
    if (with_roles) {
        MR_TRY(find_org(tx, a, org, &org_id, err));
        struct mr_member *members;
        size_t count;
        MR_TRY(load_members(tx, a, org_id, &members, &count, err));
        for (size_t i = 0; i < count; i++)
            if (mr_str_eq(members[i].person_id, person.id))
                MR_TRY(keep_administrator(tx, a, org_id, &members[i], roles, err));
        MR_TRY(set_roles(s, tx, person.id, org_id, roles, err));
    }
    MR_TRY(mr_audit(s, tx, &mr_actor_operator, MR_MAY_MEMBER_EDIT, org_id, person.id,
                    mr_arena_format(a, "roles=%.*s", MR_STR_ARG(mr_people_write_roles(a, roles))), err));
    return commit(&tx, err);
}

int mr_people_reset(mr_service *s, mr_arena *a, mr_str email, mr_str *ret, struct mr_err *err)
{
    {
        MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
        struct mr_person_row person;
        MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
        MR_TRY(find_person(tx, a, email, &person, err));
        person.password = person.totp_salt = MR_STR_EMPTY;
        MR_TRY(mr_store_person_change(tx, &person, err));
        MR_TRY(mr_store_recovery_codes_set(tx, person.id, NULL, 0, err));
        MR_TRY(mr_store_passkey_remove_all(tx, person.id, err));
        MR_TRY(mr_store_session_end_others(tx, person.id, MR_STR_EMPTY, err));
        MR_TRY(mr_audit(s, tx, &mr_actor_operator, MR_MAY_SIGNED_IN, MR_STR_EMPTY, person.id, MR_STR("account.reset"),
                        err));
        MR_TRY(commit(&tx, err));
    }
    return mr_sign_in_link_make(s, a, email, ret, err);
}

int mr_people_has_administrator(mr_service *s, bool *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    int64_t count;
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    MR_TRY(mr_store_person_count_installation(tx, &count, err));
    *ret = count > 0;
    return MR_OK;
}
