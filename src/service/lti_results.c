/* What platforms know of learners: members and results, taken over as a table in preview; and how far one learner is.
 *
 * An access token is asked for each time (client credentials with a signed assertion, RFC 7523), for the two scopes that are needed and no more. Lists come in
 * parts, which Link headers join; a part is believed to be the next one only when it is at the same origin as the first. */
#include "service/lti_inside.h"

#include "base/encoding.h"
#include "base/id.h"
#include "base/limits.h"
#include "json/write.h"
#include "proof/jose.h"
#include "service/audit.h"
#include "service/batch.h"
#include "service/claim.h"
#include "service/enrolment.h"
#include "service/installation.h"

#include <math.h>
#include <stdlib.h>

#define PARTS_MOST 100     /* of one list */
#define MEMBERS_MOST 20000 /* of one course */
#define ASSERTION_S 120    /* a signed assertion is good for */
#define SCOPES                                                                                                         \
    "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly "                                                   \
    "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"

/* ---- the access token ---- */

static int write_assertion(mr_service *s, mr_arena *a, const struct mr_lti_platform_row *platform, mr_buf *out,
                           struct mr_err *err)
{
    MR_CLEANUP(mr_key_freep) mr_key *key = NULL;
    MR_CLEANUP(mr_buf_done) mr_buf claims;
    mr_jose_signer signer;
    mr_json_writer w;
    mr_str kid;
    char id[37];
    int64_t now = mr_env_now(s->env) / 1000;
    mr_buf_init(&claims, 16 * MR_KIB);
    MR_TRY(mr_lti_key(s, a, &key, &kid, err));
    mr_id_random(s->env, id);
    mr_json_writer_init(&w, &claims, 0);
    mr_json_begin_object(&w);
    mr_json_put_member(&w, "iss", platform->client_id);
    mr_json_put_member(&w, "sub", platform->client_id);
    mr_json_put_member(&w, "aud", platform->token_url);
    mr_json_put_number(&w, "iat", now);
    mr_json_put_number(&w, "exp", now + ASSERTION_S);
    mr_json_put_member_c(&w, "jti", id);
    mr_json_end_object(&w);
    const struct mr_jose_header header = {.alg = MR_ALG_RS256, .typ = "JWT", .kid = kid};
    MR_TRY(mr_jose_signer_init(&signer, a, key, &header, err));
    return mr_jose_sign(&signer, mr_buf_str(&claims), a, out, err);
}

static int get_token(mr_service *s, mr_arena *a, const struct mr_lti_platform_row *platform, mr_str *ret,
                     struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf assertion, body;
    const mr_json *answer;
    mr_buf_init(&assertion, 16 * MR_KIB);
    mr_buf_init(&body, 32 * MR_KIB);
    MR_TRY(write_assertion(s, a, platform, &assertion, err));
    mr_buf_puts(&body, "grant_type=client_credentials");
    mr_lti_put_field(&body, "client_assertion_type", MR_STR("urn:ietf:params:oauth:client-assertion-type:jwt-bearer"));
    mr_lti_put_field(&body, "client_assertion", mr_buf_str(&assertion));
    mr_lti_put_field(&body, "scope", MR_STR(SCOPES));
    const struct mr_lti_question question = {.url = platform->token_url,
                                             .type = "application/x-www-form-urlencoded",
                                             .accept = "application/json",
                                             .body = mr_buf_str(&body)};
    MR_TRY(mr_lti_ask(s, a, &question, &answer, err));
    *ret = mr_json_get_str(answer, "access_token");
    return ret->len ? MR_OK : MR_FAIL(err, MR_E_FORMAT, "the platform gave no access_token", MR_NOWHERE);
}

/* ---- lists ---- */

static bool is_same_origin(mr_str a, mr_str b)
{
    ptrdiff_t at = mr_str_find(a, MR_STR("://"));
    if (at < 0) return false;
    ptrdiff_t end = mr_str_find_char(mr_str_from(a, (size_t)at + 3), '/');
    size_t len = end < 0 ? a.len : (size_t)at + 3 + (size_t)end;
    return b.len >= len && memcmp(a.ptr, b.ptr, len) == 0 && (b.len == len || b.ptr[len] == '/' || b.ptr[len] == '?');
}

struct list {
    const mr_json *parts[PARTS_MOST];
    size_t count;
};

static int get_list(mr_service *s, mr_arena *a, mr_str url, mr_str token, const char *accept, struct list *ret,
                    struct mr_err *err)
{
    mr_str at = url, next;
    for (ret->count = 0; at.len; at = next) {
        next = MR_STR_EMPTY;
        if (ret->count == PARTS_MOST) return MR_FAIL(err, MR_E_LIMIT, "the platform's list does not end", MR_NOWHERE);
        if (!is_same_origin(url, at)) return MR_FAIL(err, MR_E_NET, "the list goes on at another site", MR_NOWHERE);
        const struct mr_lti_question question = {.url = at, .accept = accept, .bearer = token, .ret_next = &next};
        MR_TRY(mr_lti_ask(s, a, &question, &ret->parts[ret->count], err));
        ret->count++;
    }
    return MR_OK;
}

/* ---- who has completed it ---- */

struct member {
    mr_str subject, name, email;
    double share; /* of the maximum; negative: no result */
    mr_str grade; /* "17.5/20" */
};

static bool is_learner(const mr_json *member)
{
    mr_str status = mr_json_get_str(member, "status");
    if (status.len && !mr_str_is(status, "Active")) return false;
    MR_JSON_EACH (role, mr_json_get(member, "roles")) {
        mr_str text = mr_json_str(role);
        if (mr_str_is(text, "Learner") || mr_str_has_suffix(text, MR_STR("membership#Learner"))) return true;
    }
    return false;
}

static mr_str name_of(mr_arena *a, const mr_json *member)
{
    mr_str given = mr_json_get_str(member, "given_name"), family = mr_json_get_str(member, "family_name");
    mr_str name = mr_json_get_str(member, "name");
    return name.len ? name : mr_str_trim(mr_arena_format(a, "%.*s %.*s", MR_STR_ARG(given), MR_STR_ARG(family)));
}

static int read_members(mr_arena *a, const struct list *list, struct member *members, size_t *ret_count,
                        struct mr_err *err)
{
    for (size_t i = 0; i < list->count; i++)
        MR_JSON_EACH (m, mr_json_get(list->parts[i], "members")) {
            if (!is_learner(m)) continue;
            if (*ret_count == MEMBERS_MOST)
                return MR_FAIL(err, MR_E_LIMIT, "more members than a course has", MR_NOWHERE);
            members[(*ret_count)++] = (struct member){.subject = mr_json_get_str(m, "user_id"),
                                                      .name = name_of(a, m),
                                                      .email = mr_json_get_str(m, "email"),
                                                      .share = -1};
        }
    return MR_OK;
}

static int by_subject(const void *x, const void *y)
{
    return mr_str_compare(((const struct member *)x)->subject, ((const struct member *)y)->subject);
}

/* AGS 2.0 section 3.3.4.2: a result without a score says that there is none. */
static void read_result(mr_arena *a, const mr_json *result, struct member *members, size_t count, size_t *ret_results)
{
    const struct member wanted = {.subject = mr_json_get_str(result, "userId")};
    const mr_json *score_text = mr_json_get(result, "resultScore"), *most_text = mr_json_get(result, "resultMaximum");
    double score, most = 1;
    struct member *m = bsearch(&wanted, members, count, sizeof *members, by_subject);
    if (!m || !mr_json_to_double(score_text, &score)) return;
    if (most_text && !mr_json_to_double(most_text, &most)) return;
    if (!isfinite(score) || !isfinite(most) || most <= 0) return;
    m->share = score / most;
    mr_str of = most_text ? mr_json_text(most_text) : MR_STR("1");
    m->grade = mr_arena_format(a, "%.*s/%.*s", MR_STR_ARG(mr_json_text(score_text)), MR_STR_ARG(of));
    (*ret_results)++;
}

/* The table as a registrar would have uploaded it.
 *   least  share of the maximum; -1: everybody, whatever the results */
static void write_table(const struct member *members, size_t count, double least, mr_buf *out, size_t *ret_completed)
{
    mr_buf_puts(out, "name,e-mail,student number,grade\n");
    for (size_t i = 0; i < count; i++) {
        if (members[i].share < least) continue;
        const mr_str cells[] = {members[i].name, members[i].email, members[i].subject, members[i].grade};
        for (size_t k = 0; k < 4; k++) mr_csv_put_cell(out, cells[k], ',');
        mr_csv_end_row(out);
        (*ret_completed)++;
    }
}

/* Who they are and how far they are; and enrolments, where results that are uploaded find them. */
static int keep_members(mr_service *s, mr_arena *a, const struct mr_lti_launch *launch,
                        const struct mr_published *published, const struct member *members, size_t count, double least,
                        struct mr_lti_taken *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_CLEANUP(mr_buf_done) mr_buf table;
    size_t written = 0;
    mr_buf_init(&table, MR_LIMIT_HTTP_BODY);
    write_table(members, count, -1, &table, &written);
    if (mr_buf_failed(&table)) return MR_FAIL(err, MR_E_LIMIT, "more members than a course has", MR_NOWHERE);
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    for (size_t i = 0; i < count; i++) {
        const struct mr_lti_member_row row = {.link_id = launch->link_id,
                                              .org_id = launch->org_id,
                                              .subject = members[i].subject,
                                              .name = members[i].name,
                                              .email = members[i].email,
                                              .completed = members[i].share >= least};
        MR_TRY(mr_store_lti_member_save(tx, &row, err));
    }
    if (written) MR_TRY(mr_enrolment_add_members(s, tx, a, published, mr_buf_str(&table), &ret->enrolled, err));
    MR_TRY(mr_audit(s, tx, &mr_actor_system, MR_MAY_RESULT_ENTER, launch->org_id, launch->link_id,
                    MR_STR("results taken from a platform"), err));
    mr_db_tx *done = tx;
    tx = NULL;
    return mr_db_commit(done, err);
}

static int load(mr_service *s, mr_arena *a, const struct mr_lti_launch *launch, struct mr_lti_link_row *ret_link,
                struct mr_lti_platform_row *ret_platform, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_store_lti_link_find(tx, a, launch->link_id, ret_link, err));
    return mr_store_lti_platform_find(tx, a, ret_link->platform_id, ret_platform, err);
}

int mr_lti_take_results(mr_service *s, mr_arena *a, const struct mr_lti_launch *launch, unsigned percent,
                        struct mr_lti_taken *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf table;
    struct mr_lti_link_row link;
    struct mr_lti_platform_row platform;
    struct mr_published published;
    struct list members, results;
    mr_str token, results_url;
    double least = percent / 100.0;
    mr_buf_init(&table, MR_LIMIT_HTTP_BODY);
    *ret = (struct mr_lti_taken){0};
    MR_TRY(load(s, a, launch, &link, &platform, err));
    if (!link.specification_slug.len || !link.line_item_url.len || !link.memberships_url.len)
        return MR_FAIL(err, MR_E_STATE, "the place is not linked, or the platform offers no such service", MR_NOWHERE);
    MR_TRY(mr_catalogue_get(s, a, link.specification_slug, &published, err));
    MR_TRY(get_token(s, a, &platform, &token, err));
    MR_TRY(get_list(s, a, link.memberships_url, token, "application/vnd.ims.lti-nrps.v2.membershipcontainer+json",
                    &members, err));
    /* AGS 2.0 section 3.3.2: the path of the line item and "/results", before its query */
    ptrdiff_t query = mr_str_find_char(link.line_item_url, '?');
    size_t path = query < 0 ? link.line_item_url.len : (size_t)query;
    mr_str rest = mr_str_from(link.line_item_url, path);
    results_url = mr_arena_format(a, "%.*s/results%.*s", (int)path, link.line_item_url.ptr, MR_STR_ARG(rest));
    MR_TRY(get_list(s, a, results_url, token, "application/vnd.ims.lis.v2.resultcontainer+json", &results, err));
    struct member *all = MR_NEW_ARRAY(a, struct member, MEMBERS_MOST);
    if (!all) return MR_FAIL(err, MR_E_NOMEM, "no memory for the members", MR_NOWHERE);
    MR_TRY(read_members(a, &members, all, &ret->members, err));
    qsort(all, ret->members, sizeof *all, by_subject);
    for (size_t i = 0; i < results.count; i++)
        MR_JSON_EACH (result, results.parts[i]) read_result(a, result, all, ret->members, &ret->results);
    write_table(all, ret->members, least, &table, &ret->completed);
    MR_TRY(keep_members(s, a, launch, &published, all, ret->members, least, ret, err));
    if (!ret->completed) return MR_OK;
    mr_str file = mr_arena_format(a, "%.*s (LTI)", MR_STR_ARG(platform.name));
    const struct mr_upload upload = {
        .specification_id = published.id, .file_name = file, .content = mr_buf_str(&table)};
    return mr_upload_add(s, &mr_actor_system, a, &upload, &ret->batch_id, err);
}

/* ---- one learner ---- */

/* By the key that a row with this name and address gets: so only what was taken over from a platform is found. Name and address are those with which she completed it,
 * not those of the launch, which she may have changed since to somebody else's. */
static int find_key(mr_service *s, mr_arena *a, const struct mr_lti_member_row *member, char out[33],
                    struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf table;
    struct mr_csv_reader csv;
    struct mr_result_row row;
    mr_results *reader;
    bool has_row;
    mr_buf_init(&table, 64 * MR_KIB);
    mr_buf_puts(&table, "name,e-mail\n");
    mr_csv_put_cell(&table, member->name, ',');
    mr_csv_put_cell(&table, member->email, ',');
    mr_csv_end_row(&table);
    mr_str rest = mr_buf_str(&table);
    out[0] = '\0';
    MR_TRY(mr_csv_open(&csv, mr_csv_from_text(&rest), err));
    int code = mr_results_open(a, &csv, s->env, &reader, err);
    if (code == MR_OK) {
        code = mr_results_next(reader, a, &row, &has_row, err);
        if (code == MR_OK && has_row && row.fate == MR_ROW_READY)
            mr_service_mac(s, "learner", mr_str_of(row.learner_key), out);
        mr_results_close(reader);
    }
    mr_csv_close(&csv);
    return code;
}

int mr_lti_standing(mr_service *s, mr_arena *a, const struct mr_lti_launch *launch, struct mr_lti_standing *ret,
                    struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_lti_member_row member;
    char key[33] = "";
    mr_str id = MR_STR_EMPTY;
    int64_t turn = 0;
    *ret = (struct mr_lti_standing){0};
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_store_lti_member_find(tx, a, launch->link_id, launch->subject, &member, err));
    ret->completed = member.completed;
    if (!member.completed || !launch->specification_slug.len) return MR_OK;
    if (member.name.len) MR_TRY(find_key(s, a, &member, key, err));
    if (key[0]) MR_TRY(mr_store_lti_achievement(tx, a, launch->specification_slug, mr_str_of(key), &id, &turn, err));
    if (id.len) ret->claim_path = mr_claim_path(s, a, id, turn);
    return MR_OK;
}
