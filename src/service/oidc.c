#include "service/oidc.h"
#include "base/encoding.h"
#include "base/id.h"
#include "base/limits.h"
#include "base/secret.h"
#include "crypto/digest.h"
#include "net/client.h"
#include "proof/jose.h"
#include "proof/jwk.h"
#include "service/session.h"

#define REFETCH_MS 60000 /* an unknown key makes us ask again no more often */

/* ---- text ---- */

static void put_escaped(mr_buf *out, mr_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-._~", c);
        if (plain && c)
            mr_buf_putc(out, (char)c);
        else
            mr_buf_format(out, "%%%02X", c);
    }
}

static void put_field(mr_buf *out, const char *name, mr_str value)
{
    if (out->len) mr_buf_putc(out, '&');
    mr_buf_puts(out, name);
    mr_buf_putc(out, '=');
    put_escaped(out, value);
}

static mr_str redirect_uri(mr_service *s, mr_arena *a, const struct mr_elsewhere_provider *p)
{
    return mr_arena_format(a, "%.*s/sign-in/back/%.*s", MR_STR_ARG(mr_service_public_url(s)), MR_STR_ARG(p->id));
}

static mr_str nonce_of(mr_service *s, mr_arena *a, mr_str state)
{
    char mac[33];
    mr_service_mac(s, "oidc.nonce", state, mac);
    return mr_arena_dup(a, mr_str_of(mac));
}

/* RFC 7636 section 4.1: 43 to 128 characters. */
static mr_str verifier_of(mr_service *s, mr_arena *a, mr_str state)
{
    char one[33], two[33];
    mr_service_mac(s, "oidc.verifier.1", state, one);
    mr_service_mac(s, "oidc.verifier.2", state, two);
    return mr_arena_format(a, "%s%s", one, two);
}

/* ---- what the provider tells of itself ---- */

static int fetch(mr_arena *a, mr_str url, mr_str body, const mr_json **ret, struct mr_err *err)
{
    const struct mr_net_request request = {.url = url,
                                           .configured = true,
                                           .type = body.len ? "application/x-www-form-urlencoded" : NULL,
                                           .accept = "application/json",
                                           .body = body,
                                           .max_answer = MR_LIMIT_SIGN_IN_ANSWER,
                                           .timeout_ms = MR_LIMIT_FETCH_MS};
    mr_str text;
    MR_TRY(mr_net_fetch(a, &request, &text, err));
    return mr_json_parse(a, text, NULL, ret, err);
}

/* Discovery 1.0 section 4.3: the issuer told must be the one that was asked. */
static int ask(struct mr_elsewhere_provider *p, struct mr_err *err)
{
    mr_arena *a = &p->kept;
    p->until = 0;
    p->metadata = p->keys = NULL;
    mr_arena_reset(a);
    mr_str base = p->issuer;
    if (mr_str_has_suffix(base, MR_STR("/"))) base.len--;
    mr_str url = mr_arena_format(a, "%.*s/.well-known/openid-configuration", MR_STR_ARG(base));
    MR_TRY(fetch(a, url, MR_STR_EMPTY, &p->metadata, err));
    if (!mr_str_eq(mr_json_get_str(p->metadata, "issuer"), p->issuer))
        return MR_FAIL(err, MR_E_FORMAT, "the provider names another issuer", MR_NOWHERE);
    if (!mr_json_get_str(p->metadata, "authorization_endpoint").len ||
        !mr_json_get_str(p->metadata, "token_endpoint").len || !mr_json_get_str(p->metadata, "jwks_uri").len)
        return MR_FAIL(err, MR_E_FORMAT, "the provider does not name its end points", MR_NOWHERE);
    return fetch(a, mr_json_get_str(p->metadata, "jwks_uri"), MR_STR_EMPTY, &p->keys, err);
}

/* An end point's address, in `a`. Others wait meanwhile: it is asked once an hour. */
static int end_point(mr_service *s, mr_arena *a, struct mr_elsewhere *e, const struct mr_elsewhere_provider *provider,
                     const char *name, mr_str *ret, struct mr_err *err)
{
    struct mr_elsewhere_provider *p = mr_elsewhere_find(e, provider->id);
    int64_t now = mr_env_now(mr_service_env(s));
    int code = MR_OK;
    pthread_mutex_lock(&e->lock);
    if (p->until < now && (code = ask(p, err)) == MR_OK) p->until = now + MR_LIMIT_SIGN_IN_KEYS_MS;
    if (code == MR_OK) *ret = mr_arena_dup(a, mr_json_get_str(p->metadata, name));
    pthread_mutex_unlock(&e->lock);
    return code;
}

static int find_key(mr_service *s, struct mr_elsewhere *e, const struct mr_elsewhere_provider *provider, mr_str kid,
                    mr_key **ret, struct mr_err *err)
{
    struct mr_elsewhere_provider *p = mr_elsewhere_find(e, provider->id);
    int64_t now = mr_env_now(mr_service_env(s));
    int code = MR_OK;
    pthread_mutex_lock(&e->lock);
    const mr_json *jwk = mr_jwks_find(p->keys, kid);
    if (!jwk && p->until - MR_LIMIT_SIGN_IN_KEYS_MS + REFETCH_MS < now) { /* a new key since */
        if ((code = ask(p, err)) == MR_OK) {
            p->until = now + MR_LIMIT_SIGN_IN_KEYS_MS;
            jwk = mr_jwks_find(p->keys, kid);
        }
    }
    if (code == MR_OK && !jwk) code = MR_FAIL(err, MR_E_SIGNATURE, "the provider has no such key", MR_NOWHERE);
    if (code == MR_OK) code = mr_jwk_read(jwk, ret, err);
    pthread_mutex_unlock(&e->lock);
    return code;
}

/* ---- out ---- */

/* What the browser keeps. Of whom it was asked belongs to it: else what began at one provider could end as the answer of another (RFC 9700 section 4.4). */
static mr_str kept_text(mr_arena *a, const struct mr_elsewhere_provider *provider, mr_str state)
{
    return mr_arena_format(a, "%.*s.%.*s", MR_STR_ARG(provider->id), MR_STR_ARG(state));
}

int mr_oidc_begin(mr_service *s, mr_arena *a, struct mr_elsewhere *e, const struct mr_elsewhere_provider *provider,
                  mr_str *ret_url, mr_str *ret_kept, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf query, challenge;
    char random[33];
    uint8_t digest[32];
    mr_str to, state;
    mr_buf_init(&query, MR_KIB * 8);
    mr_buf_init(&challenge, 64);
    MR_TRY(end_point(s, a, e, provider, "authorization_endpoint", &to, err));
    mr_id_token(mr_service_env(s), random);
    state = mr_str_of(random);
    mr_sha256(verifier_of(s, a, state), digest);
    mr_base64url_put(&challenge, mr_str_make((const char *)digest, sizeof digest));
    put_field(&query, "response_type", MR_STR("code"));
    put_field(&query, "client_id", provider->client_id);
    put_field(&query, "redirect_uri", redirect_uri(s, a, provider));
    put_field(&query, "scope", MR_STR("openid email profile"));
    put_field(&query, "state", state);
    put_field(&query, "nonce", nonce_of(s, a, state));
    put_field(&query, "code_challenge", mr_buf_str(&challenge));
    put_field(&query, "code_challenge_method", MR_STR("S256"));
    *ret_url = mr_arena_format(a, "%.*s%c%.*s", MR_STR_ARG(to), mr_str_find_char(to, '?') < 0 ? '?' : '&',
                               MR_STR_ARG(mr_buf_str(&query)));
    *ret_kept = kept_text(a, provider, state);
    return ret_url->ptr && ret_kept->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for an address", MR_NOWHERE);
}

/* ---- back ---- */

/* "aud" is a text or a list; with several, azp says for whom it is (Core section 3.1.3.7 points 3 to 5). */
static bool is_for(const mr_json *claims, mr_str client_id)
{
    const mr_json *aud = mr_json_get(claims, "aud");
    mr_str azp = mr_json_get_str(claims, "azp");
    if (azp.len && !mr_str_eq(azp, client_id)) return false;
    if (mr_json_is(aud, MR_JSON_STRING)) return mr_str_eq(mr_json_str(aud), client_id);
    if (mr_json_count(aud) > 1 && !azp.len) return false;
    MR_JSON_EACH (one, aud)
        if (mr_str_eq(mr_json_str(one), client_id)) return true;
    return false;
}

/* Seconds since 1970 as milliseconds; false for what no clock will show. */
static bool read_time(const mr_json *claims, const char *name, int64_t *ret)
{
    int64_t seconds;
    if (!mr_json_to_int64(mr_json_get(claims, name), &seconds) || seconds < 0 || seconds > INT64_C(1) << 40)
        return false;
    *ret = seconds * 1000;
    return true;
}

int mr_oidc_check_claims(const mr_json *claims, const struct mr_elsewhere_provider *provider, mr_str nonce, int64_t now,
                         struct mr_err *err)
{
    int64_t ends, made;
    if (!mr_str_eq(mr_json_get_str(claims, "iss"), provider->issuer))
        return MR_FAIL(err, MR_E_SIGNATURE, "the token is of another issuer", MR_NOWHERE);
    if (!is_for(claims, provider->client_id))
        return MR_FAIL(err, MR_E_SIGNATURE, "the token is for another site", MR_NOWHERE);
    if (!read_time(claims, "exp", &ends) || ends + MR_LIMIT_CLOCK_SKEW_MS < now)
        return MR_FAIL(err, MR_E_SIGNATURE, "the token has ended", MR_NOWHERE);
    if (!read_time(claims, "iat", &made) || made > now + MR_LIMIT_CLOCK_SKEW_MS)
        return MR_FAIL(err, MR_E_SIGNATURE, "the token is from the future", MR_NOWHERE);
    if (!nonce.len || !mr_secret_eq(mr_json_get_str(claims, "nonce"), nonce))
        return MR_FAIL(err, MR_E_SIGNATURE, "the token answers another request", MR_NOWHERE);
    if (!mr_json_get_str(claims, "sub").len) return MR_FAIL(err, MR_E_SIGNATURE, "the token says nobody", MR_NOWHERE);
    return MR_OK;
}

static int check_token(mr_service *s, mr_arena *a, struct mr_elsewhere *e, const struct mr_elsewhere_provider *provider,
                       mr_str token, mr_str nonce, const mr_json **ret, struct mr_err *err)
{
    MR_CLEANUP(mr_jws_done) mr_jws jws = {0};
    MR_CLEANUP(mr_key_freep) mr_key *key = NULL;
    MR_TRY(mr_jws_read(a, token, &jws, err));
    if (jws.alg != MR_ALG_RS256 && jws.alg != MR_ALG_ES256)
        return MR_FAIL(err, MR_E_SIGNATURE, "the token is signed in another way", MR_NOWHERE);
    MR_TRY(find_key(s, e, provider, jws.kid, &key, err));
    MR_TRY(mr_jws_verify(&jws, key, err));
    MR_TRY(mr_json_parse(a, jws.payload, NULL, ret, err));
    return mr_oidc_check_claims(*ret, provider, nonce, mr_env_now(mr_service_env(s)), err);
}

static int exchange(mr_service *s, mr_arena *a, struct mr_elsewhere *e, const struct mr_elsewhere_provider *provider,
                    const struct mr_oidc_return *back, const mr_json **ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf body;
    mr_str to;
    mr_buf_init(&body, MR_KIB * 16);
    MR_TRY(end_point(s, a, e, provider, "token_endpoint", &to, err));
    put_field(&body, "grant_type", MR_STR("authorization_code"));
    put_field(&body, "code", back->code);
    put_field(&body, "redirect_uri", redirect_uri(s, a, provider));
    put_field(&body, "code_verifier", verifier_of(s, a, back->state));
    put_field(&body, "client_id", provider->client_id);
    if (provider->client_secret.len) put_field(&body, "client_secret", provider->client_secret);
    return fetch(a, to, mr_arena_dup(a, mr_buf_str(&body)), ret, err);
}

/* Providers that keep to the letter tell the address at their UserInfo end point only (Core section 5.4). It counts for the same subject alone. */
static int ask_userinfo(mr_service *s, mr_arena *a, struct mr_elsewhere *e,
                        const struct mr_elsewhere_provider *provider, const mr_json *tokens, mr_str subject,
                        const mr_json **ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf body;
    mr_str to;
    mr_buf_init(&body, MR_KIB * 16);
    MR_TRY(end_point(s, a, e, provider, "userinfo_endpoint", &to, err));
    if (!to.len || !mr_json_get_str(tokens, "access_token").len) return MR_OK;
    put_field(&body, "access_token", mr_json_get_str(tokens, "access_token"));
    const mr_json *info;
    MR_TRY(fetch(a, to, mr_arena_dup(a, mr_buf_str(&body)), &info, err));
    if (mr_str_eq(mr_json_get_str(info, "sub"), subject)) *ret = info;
    return MR_OK;
}

static int use_state(mr_service *s, mr_arena *a, const struct mr_elsewhere_provider *provider,
                     const struct mr_oidc_return *back, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    const struct mr_single_use_row row = {.token_hash = mr_session_digest(a, back->state),
                                          .kind = MR_STR("oidc"),
                                          .expires_at = mr_env_now(mr_service_env(s)) + MR_LIMIT_SIGN_IN_LINK_MS};
    if (!back->state.len || !mr_secret_eq(kept_text(a, provider, back->state), back->kept))
        return MR_FAIL(err, MR_E_FORBIDDEN, "this browser did not ask for this", MR_NOWHERE);
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    if (mr_store_single_use_add(tx, &row, err) != MR_OK)
        return MR_FAIL(err, MR_E_FORBIDDEN, "this answer was used already", MR_NOWHERE);
    mr_db_tx *ending = tx;
    tx = NULL;
    return mr_db_commit(ending, err);
}

int mr_oidc_end(mr_service *s, mr_arena *a, struct mr_elsewhere *e, const struct mr_elsewhere_provider *provider,
                const struct mr_oidc_return *back, struct mr_oidc_person *ret, struct mr_err *err)
{
    const mr_json *tokens, *claims;
    MR_TRY(use_state(s, a, provider, back, err));
    if (back->error.len || !back->code.len || (back->issuer.len && !mr_str_eq(back->issuer, provider->issuer)))
        return MR_FAIL(err, MR_E_FORBIDDEN, "the provider refused", MR_NOWHERE);
    MR_TRY(exchange(s, a, e, provider, back, &tokens, err));
    MR_TRY(
        check_token(s, a, e, provider, mr_json_get_str(tokens, "id_token"), nonce_of(s, a, back->state), &claims, err));
    *ret = (struct mr_oidc_person){.issuer = provider->issuer, .subject = mr_json_get_str(claims, "sub")};
    if (!mr_json_get(claims, "email")) MR_TRY(ask_userinfo(s, a, e, provider, tokens, ret->subject, &claims, err));
    mr_str email = mr_json_get_str(claims, "email");
    if (mr_json_is(mr_json_get(claims, "email_verified"), MR_JSON_TRUE) &&
        mr_elsewhere_trusts(provider->domains, email))
        ret->email = email;
    return MR_OK;
}
