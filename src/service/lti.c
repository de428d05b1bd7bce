/* Platforms, sign-ins and places (service/lti.h).
 *
 * A launch is believed when, in this order: its state was given out here less than ten minutes ago and is used for the first time; the token is signed by a key
 * that the platform of that state publishes now; issuer, audience, authorised party and deployment are those of the registration; it is current; and its nonce
 * is the one that was given out with the state. Names and addresses of people are kept as the platform says them, and shown to nobody but themselves. */
#include "service/lti_inside.h"

#include "base/encoding.h"
#include "base/id.h"
#include "base/limits.h"
#include "crypto/digest.h"
#include "net/client.h"
#include "proof/jose.h"
#include "proof/jwk.h"
#include "service/audit.h"
#include "service/catalogue.h"
#include "service/installation.h"

#define STATE_MS 600000          /* to sign in at the platform */
#define SESSION_MS (4 * 3600000) /* of an instructor's page */
#define SKEW_S 60                /* between clocks */
#define TOKEN_AGE_S 3600         /* of an id_token */
#define WAIT_MS 10000            /* for a platform's answer */
#define ANSWER_MOST (8 * MR_MIB) /* of its services */
#define CLAIM "https://purl.imsglobal.org/spec/lti/claim/"
#define MEMBERSHIP "http://purl.imsglobal.org/vocab/lis/v2/membership#"

static int commit(mr_db_tx **tx, struct mr_err *err)
{
    mr_db_tx *done = *tx;
    *tx = NULL;
    return mr_db_commit(done, err);
}

static int refuse(struct mr_err *err, const char *why)
{
    return MR_FAIL_DETAIL(err, MR_E_FORBIDDEN, "the launch is not believed", "%s", why);
}

/* ---- asking platforms ---- */

int mr_lti_ask(mr_service *s, mr_arena *a, const struct mr_lti_question *q, const mr_json **ret, struct mr_err *err)
{
    mr_str text;
    const struct mr_net_request request = {
        .url = q->url,
        .configured = s->fetch_from.len && mr_str_has_prefix(q->url, s->fetch_from),
        .type = q->type,
        .accept = q->accept,
        .body = q->body,
        .bearer = q->bearer,
        .ret_next = q->ret_next,
        .max_answer = ANSWER_MOST,
        .timeout_ms = WAIT_MS,
    };
    MR_TRY(mr_net_fetch(a, &request, &text, err));
    return mr_json_parse(a, text, NULL, ret, err);
}

void mr_lti_put_field(mr_buf *b, const char *name, mr_str value)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    mr_buf_format(b, "&%s=", name);
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if (c && strchr(plain, c))
            mr_buf_putc(b, (char)c);
        else
            mr_buf_format(b, "%%%02X", c);
    }
}

/* ---- registrations ---- */

/* An address that may stand in a header and be asked: https, or what the operator allows besides; without blanks, quotation marks and the like. */
static bool is_url(const mr_service *s, mr_str url)
{
    bool fine =
        mr_str_has_prefix(url, MR_STR("https://")) || (s->fetch_from.len && mr_str_has_prefix(url, s->fetch_from));
    for (size_t i = 0; i < url.len && fine; i++)
        fine = url.ptr[i] > ' ' && url.ptr[i] <= '~' && !strchr("\"'<>\\;,{}|^`", url.ptr[i]);
    return fine && url.len > 10 && url.len < 2000;
}

/* "https://lms.example.org" */
static mr_str origin_of(mr_str url)
{
    ptrdiff_t at = mr_str_find(url, MR_STR("://"));
    if (at < 0) return MR_STR_EMPTY;
    ptrdiff_t end = mr_str_find_char(mr_str_from(url, (size_t)at + 3), '/');
    return end < 0 ? url : mr_str_make(url.ptr, (size_t)at + 3 + (size_t)end);
}

static int check_platform(const mr_service *s, const struct mr_lti_platform *p, struct mr_err *err)
{
    const struct {
        const char *pointer;
        bool right;
    } rules[] = {
        {"/name", p->name.len > 0 && mr_utf8_length(p->name) <= 80 && mr_utf8_is_plain(p->name, true)},
        {"/issuer", p->issuer.len > 0 && p->issuer.len < 500},
        {"/client_id", p->client_id.len > 0 && p->client_id.len < 500},
        {"/auth_url", is_url(s, p->auth_url)},
        {"/token_url", is_url(s, p->token_url)},
        {"/jwks_url", is_url(s, p->jwks_url)},
        {"/deployments", p->deployments.len < 5000},
    };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (rules[i].right) continue;
        int code = MR_FAIL(err, MR_E_FORMAT, "the platform cannot be registered so", MR_NOWHERE);
        if (err) memcpy(err->pointer, rules[i].pointer, strlen(rules[i].pointer) + 1);
        return code;
    }
    return MR_OK;
}

int mr_lti_platform_add(mr_service *s, const struct mr_actor *actor, mr_arena *a,
                        const struct mr_lti_platform *platform, mr_str *ret_id, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    const struct mr_lti_platform_row row = {
        .org_id = platform->org_id,
        .name = platform->name,
        .issuer = platform->issuer,
        .client_id = platform->client_id,
        .auth_url = platform->auth_url,
        .token_url = platform->token_url,
        .jwks_url = platform->jwks_url,
        .deployments = platform->deployments.len ? platform->deployments : MR_STR(""),
    };
    MR_TRY(mr_authorise(actor, MR_MAY_INTEGRATION_EDIT, platform->org_id, err));
    MR_TRY(check_platform(s, platform, err));
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_store_lti_platform_add(tx, a, s->env, &row, ret_id, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_INTEGRATION_EDIT, platform->org_id, *ret_id, MR_STR("platform added"), err));
    return commit(&tx, err);
}

static struct mr_lti_platform platform_of(const struct mr_lti_platform_row *r)
{
    return (struct mr_lti_platform){.id = r->id,
                                    .org_id = r->org_id,
                                    .name = r->name,
                                    .issuer = r->issuer,
                                    .client_id = r->client_id,
                                    .auth_url = r->auth_url,
                                    .token_url = r->token_url,
                                    .jwks_url = r->jwks_url,
                                    .deployments = r->deployments};
}

int mr_lti_platform_list(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str org_id,
                         struct mr_lti_platform **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_lti_platform_row *rows;
    size_t count;
    MR_TRY(mr_authorise(actor, MR_MAY_INTEGRATION_EDIT, org_id, err));
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_store_lti_platform_list(tx, a, org_id, MR_LTI_LISTED, &rows, &count, err));
    struct mr_lti_platform *list = MR_NEW_ARRAY(a, struct mr_lti_platform, count);
    if (!list) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    for (size_t i = 0; i < count; i++) list[i] = platform_of(&rows[i]);
    *ret = list, *ret_count = count;
    return MR_OK;
}

int mr_lti_platform_remove(mr_service *s, const struct mr_actor *actor, mr_str id, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_lti_platform_row row;
    mr_arena_init(&a, MR_MIB);
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_store_lti_platform_find(tx, &a, id, &row, err));
    if (!row.id.len) return MR_FAIL(err, MR_E_NOT_FOUND, "there is no such platform", MR_NOWHERE);
    MR_TRY(mr_authorise(actor, MR_MAY_INTEGRATION_EDIT, row.org_id, err));
    MR_TRY(mr_store_lti_platform_remove(tx, id, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_INTEGRATION_EDIT, row.org_id, id, MR_STR("platform removed"), err));
    return commit(&tx, err);
}

/* ---- the beginning of a sign-in ---- */

int mr_lti_begin(mr_service *s, mr_arena *a, const struct mr_lti_login *login, mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_CLEANUP(mr_buf_done) mr_buf url;
    struct mr_lti_platform_row platform;
    char state[33], nonce[33];
    int64_t now = mr_env_now(s->env);
    mr_buf_init(&url, 64 * MR_KIB);
    if (!login->login_hint.len) return MR_FAIL(err, MR_E_FORMAT, "login_hint is missing", MR_NOWHERE);
    mr_id_token(s->env, state);
    mr_id_token(s->env, nonce);
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_store_lti_platform_match(tx, a, login->issuer, login->client_id, &platform, err));
    if (!platform.id.len) return MR_FAIL(err, MR_E_NOT_FOUND, "no such platform is registered", MR_NOWHERE);
    MR_TRY(mr_store_lti_state_add(tx, mr_str_of(state), platform.id, mr_str_of(nonce), now + STATE_MS, now, err));
    MR_TRY(commit(&tx, err));
    bool has_query = mr_str_find_char(platform.auth_url, '?') >= 0;
    mr_buf_put(&url, platform.auth_url);
    mr_buf_puts(&url, has_query ? "&scope=openid" : "?scope=openid");
    mr_lti_put_field(&url, "response_type", MR_STR("id_token"));
    mr_lti_put_field(&url, "response_mode", MR_STR("form_post"));
    mr_lti_put_field(&url, "prompt", MR_STR("none"));
    mr_lti_put_field(&url, "client_id", platform.client_id);
    mr_lti_put_field(&url, "redirect_uri", mr_arena_format(a, "%.*s/lti/launch", MR_STR_ARG(s->public_url)));
    mr_lti_put_field(&url, "login_hint", login->login_hint);
    if (login->message_hint.len) mr_lti_put_field(&url, "lti_message_hint", login->message_hint);
    mr_lti_put_field(&url, "state", mr_str_of(state));
    mr_lti_put_field(&url, "nonce", mr_str_of(nonce));
    if (mr_buf_failed(&url)) return MR_FAIL(err, MR_E_LIMIT, "the hints are too long", MR_NOWHERE);
    *ret = mr_arena_dup(a, mr_buf_str(&url));
    return MR_OK;
}

/* ---- the token that comes back ---- */

static const mr_json *claim(const mr_json *claims, const char *name)
{
    char id[128] = CLAIM;
    strncat(id, name, sizeof id - strlen(id) - 1);
    return mr_json_get(claims, id);
}

static bool has_audience(const mr_json *claims, mr_str client_id)
{
    const mr_json *aud = mr_json_get(claims, "aud"), *azp = mr_json_get(claims, "azp");
    bool has = mr_str_eq(mr_json_str(aud), client_id);
    MR_JSON_EACH (one, aud) has = has || mr_str_eq(mr_json_str(one), client_id);
    if (mr_json_count(aud) > 1 && !azp) return false;
    return has && (!azp || mr_str_eq(mr_json_str(azp), client_id));
}

static bool is_current(const mr_json *claims, int64_t now_s)
{
    int64_t expires, issued;
    return mr_json_to_int64(mr_json_get(claims, "exp"), &expires) &&
           mr_json_to_int64(mr_json_get(claims, "iat"), &issued) && expires > now_s - SKEW_S &&
           issued < now_s + SKEW_S && issued > now_s - TOKEN_AGE_S;
}

static bool has_deployment(mr_str deployments, mr_str deployment)
{
    mr_str one;
    if (!deployment.len) return false;
    if (!mr_str_trim(deployments).len) return true;
    while (mr_str_split(&deployments, '\n', &one))
        if (mr_str_eq(mr_str_trim(one), deployment)) return true;
    return false;
}

int mr_lti_check_claims(const mr_json *claims, const struct mr_lti_platform_row *platform, mr_str nonce, int64_t now,
                        struct mr_err *err)
{
    mr_str deployment = mr_json_str(claim(claims, "deployment_id"));
    if (!mr_str_eq(mr_json_get_str(claims, "iss"), platform->issuer)) return refuse(err, "iss is another platform");
    if (!has_audience(claims, platform->client_id)) return refuse(err, "aud does not name us");
    if (!is_current(claims, now / 1000)) return refuse(err, "exp and iat are not of now");
    if (!mr_str_eq(mr_json_get_str(claims, "nonce"), nonce)) return refuse(err, "nonce is not the one given out");
    if (!has_deployment(platform->deployments, deployment)) return refuse(err, "deployment_id is not registered");
    if (!mr_str_is(mr_json_str(claim(claims, "version")), "1.3.0")) return refuse(err, "version is not 1.3.0");
    if (!mr_str_is(mr_json_str(claim(claims, "message_type")), "LtiResourceLinkRequest"))
        return refuse(err, "message_type is not LtiResourceLinkRequest");
    if (!mr_json_get_str(claim(claims, "resource_link"), "id").len) return refuse(err, "resource_link has no id");
    if (!mr_json_get_str(claims, "sub").len) return refuse(err, "nobody is signed in there");
    return MR_OK;
}

static void jws_cleanup(mr_jws *j)
{
    mr_jws_done(j);
}

/* The signature, by a key that the platform publishes now. The token's own header names the key and nothing else of it is believed. */
static int verify(mr_service *s, mr_arena *a, mr_str id_token, const struct mr_lti_platform_row *platform,
                  const mr_json **ret_claims, struct mr_err *err)
{
    MR_CLEANUP(jws_cleanup) mr_jws jws = {0};
    MR_CLEANUP(mr_key_freep) mr_key *key = NULL;
    const struct mr_lti_question question = {.url = platform->jwks_url, .accept = "application/json"};
    const mr_json *set;
    MR_TRY(mr_jws_read(a, id_token, &jws, err));
    MR_TRY(mr_lti_ask(s, a, &question, &set, err));
    const mr_json *jwk = mr_jwks_find(set, jws.kid);
    if (!jwk) return refuse(err, "the platform has no key of this kid");
    MR_TRY(mr_jwk_read(jwk, &key, err));
    MR_TRY(mr_jws_verify(&jws, key, err));
    return mr_json_parse(a, mr_arena_dup(a, jws.payload), NULL, ret_claims, err);
}

static bool has_role(const mr_json *claims, const char *role)
{
    MR_JSON_EACH (one, claim(claims, "roles")) {
        mr_str text = mr_json_str(one);
        if (mr_str_is(text, role)) return true; /* the short form of context roles */
        if (mr_str_has_prefix(text, MR_STR(MEMBERSHIP)) && mr_str_is(mr_str_from(text, strlen(MEMBERSHIP)), role))
            return true;
    }
    return false;
}

/* "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint" and the like: what the platform offers here. */
static mr_str service_url(const mr_service *s, const mr_json *claims, const char *claim_id, const char *member)
{
    mr_str url = mr_json_get_str(mr_json_get(claims, claim_id), member);
    return is_url(s, url) ? url : MR_STR_EMPTY;
}

static mr_str title_of(const mr_json *claims)
{
    mr_str context = mr_json_get_str(claim(claims, "context"), "title");
    mr_str resource = mr_json_get_str(claim(claims, "resource_link"), "title");
    return resource.len ? resource : context.len ? context : MR_STR("");
}

static void fill(const mr_service *s, mr_arena *a, const struct mr_lti_platform_row *platform,
                 const struct mr_lti_link_row *link, struct mr_lti_launch *ret)
{
    mr_str auth = origin_of(platform->auth_url), issuer = platform->issuer;
    mr_str also = is_url(s, issuer) ? origin_of(issuer) : MR_STR_EMPTY;
    *ret = (struct mr_lti_launch){
        .platform_name = platform->name,
        .org_id = platform->org_id,
        .frame = mr_arena_format(a, "%.*s %.*s", MR_STR_ARG(auth), MR_STR_ARG(also)),
        .link_id = link->id,
        .title = link->title,
        .specification_slug = link->specification_slug,
        .has_results = link->line_item_url.len > 0,
        .has_members = link->memberships_url.len > 0,
    };
}

static mr_str hash_of(mr_arena *a, mr_str session)
{
    MR_CLEANUP(mr_buf_done) mr_buf hex;
    uint8_t digest[32];
    mr_buf_init(&hex, 128);
    mr_sha256(session, digest);
    mr_hex_put(&hex, mr_str_make((const char *)digest, sizeof digest));
    return mr_arena_dup(a, mr_buf_str(&hex));
}

/* Keep the place and who came to it; an instructor gets a session. */
static int keep(mr_service *s, mr_arena *a, const mr_json *claims, const struct mr_lti_platform_row *platform,
                struct mr_lti_launch *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    int64_t now = mr_env_now(s->env);
    char session[33];
    struct mr_lti_link_row link = {
        .org_id = platform->org_id,
        .platform_id = platform->id,
        .deployment = mr_json_str(claim(claims, "deployment_id")),
        .resource_id = mr_json_get_str(claim(claims, "resource_link"), "id"),
        .title = title_of(claims),
        .line_item_url = service_url(s, claims, "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint", "lineitem"),
        .memberships_url = service_url(s, claims, "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice",
                                       "context_memberships_url"),
    };
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_store_lti_link_save(tx, a, s->env, &link, err));
    fill(s, a, platform, &link, ret);
    ret->subject = mr_json_get_str(claims, "sub");
    ret->name = mr_json_get_str(claims, "name");
    ret->email = mr_json_get_str(claims, "email");
    ret->is_instructor = has_role(claims, "Instructor");
    ret->is_learner = !ret->is_instructor && has_role(claims, "Learner");
    const struct mr_lti_member_row member = {
        .link_id = link.id, .org_id = link.org_id, .subject = ret->subject, .name = ret->name, .email = ret->email};
    if (ret->is_learner) MR_TRY(mr_store_lti_member_save(tx, &member, err));
    if (ret->is_instructor) {
        mr_id_token(s->env, session);
        ret->session = mr_arena_dup(a, mr_str_of(session));
        MR_TRY(mr_store_lti_session_add(tx, hash_of(a, ret->session), link.id, now + SESSION_MS, now, err));
    }
    return commit(&tx, err);
}

static int take_state(mr_service *s, mr_arena *a, mr_str state, struct mr_lti_platform_row *ret, mr_str *ret_nonce,
                      struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    mr_str platform_id;
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_store_lti_state_take(tx, a, state, mr_env_now(s->env), &platform_id, ret_nonce, err));
    if (!platform_id.len) return refuse(err, "state is not one that waits for an answer");
    MR_TRY(mr_store_lti_platform_find(tx, a, platform_id, ret, err));
    return commit(&tx, err);
}

int mr_lti_launch(mr_service *s, mr_arena *a, mr_str id_token, mr_str state, struct mr_lti_launch *ret,
                  struct mr_err *err)
{
    struct mr_lti_platform_row platform;
    const mr_json *claims;
    mr_str nonce;
    if (!state.len || !id_token.len) return refuse(err, "state or id_token is missing");
    MR_TRY(take_state(s, a, state, &platform, &nonce, err));
    MR_TRY(verify(s, a, id_token, &platform, &claims, err));
    MR_TRY(mr_lti_check_claims(claims, &platform, nonce, mr_env_now(s->env), err));
    return keep(s, a, claims, &platform, ret, err);
}

int mr_lti_resume(mr_service *s, mr_arena *a, mr_str session, struct mr_lti_launch *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_lti_link_row link;
    struct mr_lti_platform_row platform;
    mr_str link_id;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_store_lti_session_find(tx, a, hash_of(a, session), mr_env_now(s->env), &link_id, err));
    if (!link_id.len) return refuse(err, "this page has been open for too long");
    MR_TRY(mr_store_lti_link_find(tx, a, link_id, &link, err));
    MR_TRY(mr_store_lti_platform_find(tx, a, link.platform_id, &platform, err));
    fill(s, a, &platform, &link, ret);
    ret->is_instructor = true;
    ret->session = mr_arena_dup(a, session);
    return MR_OK;
}

int mr_lti_link(mr_service *s, mr_arena *a, const struct mr_lti_launch *launch, mr_str slug, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_published published;
    MR_TRY(mr_catalogue_get(s, a, slug, &published, err));
    if (!mr_str_eq(published.org_id, launch->org_id))
        return MR_FAIL(err, MR_E_NOT_FOUND, "it is another organisation's", MR_NOWHERE);
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_store_lti_link_set(tx, launch->link_id, published.slug, err));
    MR_TRY(mr_audit(s, tx, &mr_actor_system, MR_MAY_INTEGRATION_EDIT, launch->org_id, launch->link_id,
                    MR_STR("place linked by an instructor"), err));
    return commit(&tx, err);
}

/* ---- the tool's key ---- */

static int read_key(mr_service *s, mr_arena *a, mr_key **ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    char password[33];
    mr_str pem;
    *ret = NULL;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_store_lti_key_find(tx, a, &pem, err));
    if (!pem.len) return MR_OK;
    mr_service_mac(s, "lti key", MR_STR("main"), password);
    return mr_key_read_pem(pem, mr_str_of(password), ret, err);
}

/* Two that make one at the same moment end with the same. RSA, because platforms must know RS256 and need not know more (Security Framework 6.1.1). */
static int make_key(mr_service *s, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_CLEANUP(mr_key_freep) mr_key *key = NULL;
    MR_CLEANUP(mr_buf_wipe) mr_buf pem;
    char password[33];
    mr_buf_init(&pem, MR_LIMIT_KEY_FILE);
    mr_service_mac(s, "lti key", MR_STR("main"), password);
    MR_TRY(mr_key_generate(MR_KEY_RSA, 2048, &key, err));
    MR_TRY(mr_key_write_pem(key, mr_str_of(password), &pem, err));
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_store_lti_key_add(tx, mr_buf_str(&pem), mr_env_now(s->env), err));
    return commit(&tx, err);
}

int mr_lti_key(mr_service *s, mr_arena *a, mr_key **ret, mr_str *ret_kid, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf kid;
    uint8_t thumbprint[32];
    mr_key *key;
    mr_buf_init(&kid, 64);
    MR_TRY(read_key(s, a, &key, err));
    if (!key) {
        MR_TRY(make_key(s, err));
        MR_TRY(read_key(s, a, &key, err));
    }
    if (!key) return MR_FAIL(err, MR_E_STATE, "the key was not kept", MR_NOWHERE);
    int code = mr_jwk_thumbprint(key, thumbprint, err);
    if (code != MR_OK) {
        mr_key_free(key);
        return code;
    }
    mr_base64url_put(&kid, mr_str_make((const char *)thumbprint, sizeof thumbprint));
    *ret_kid = mr_arena_dup(a, mr_buf_str(&kid));
    *ret = key;
    return MR_OK;
}

int mr_lti_write_keys(mr_service *s, mr_arena *a, mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_key_freep) mr_key *key = NULL;
    MR_CLEANUP(mr_buf_done) mr_buf jwk;
    mr_str kid;
    mr_buf_init(&jwk, 16 * MR_KIB);
    MR_TRY(mr_lti_key(s, a, &key, &kid, err));
    MR_TRY(mr_key_write_jwk(key, &jwk, err));
    mr_str members = mr_str_from(mr_buf_str(&jwk), 1); /* behind the opening brace */
    *ret = mr_arena_format(a, "{\"keys\":[{\"kid\":\"%.*s\",\"alg\":\"RS256\",\"use\":\"sig\",%.*s]}", MR_STR_ARG(kid),
                           MR_STR_ARG(members));
    return MR_OK;
}
