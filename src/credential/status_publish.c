/* Publishing status lists: what Merit signs about its own credentials. One row of entries shows in three lists, so that every format that names one
 * of them learns of a change at the same time.
 * Sources: Bitstring Status List 1.0 section 2.2; VC-JOSE-COSE 1.0 section 3.1; Token Status List sections 5.1 and 6.2. */
#include "credential/status.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "credential/elm.h"
#include "credential/status_inside.h"
#include "proof/status_list.h"

#include <stdio.h>

enum { TOKEN_WIDTH = 2, TTL_MOST_S = 3600 };

/* How a form differs from the others. */
static const struct form {
    const char *name; /* last step of its URL */
    const char *purpose;
    mr_status_list_kind kind;
    uint8_t width;
} forms[] = {
    [MR_STATUS_FORM_REVOCATION] = {"revocation", "revocation", MR_BITSTRING, 1},
    [MR_STATUS_FORM_SUSPENSION] = {"suspension", "suspension", MR_BITSTRING, 1},
    [MR_STATUS_FORM_TOKEN] = {"token", NULL, MR_TOKEN_STATUS_LIST, TOKEN_WIDTH},
};

/* One signature in the making. */
struct publishing {
    mr_arena *a;
    const struct mr_status_publishing *p;
    mr_key *key;
    mr_certificate *const *chain;
    size_t chain_count;
    mr_str kid;
    mr_json_writer w;
    mr_buf payload;
};

static int out_of_room(struct mr_err *err)
{
    return MR_FAIL(err, MR_E_NOMEM, "no memory for a status list", MR_NOWHERE);
}

void mr_status_put_certificate_name(const mr_certificate *c, mr_buf *out)
{
    mr_buf_puts(out, MR_ELM_ISSUER_ID);
    mr_base64url_put(out, mr_str_make((const char *)mr_certificate_sha256(c), 32));
}

/* The issuer's id: as given, else that of the certificate, else the party whose key `kid` names; empty when nothing tells. */
static mr_str issuer_of(struct publishing *p)
{
    MR_CLEANUP(mr_buf_done) mr_buf name = {0};
    ptrdiff_t fragment = mr_str_find_char(p->kid, '#');
    mr_buf_init(&name, 200);
    if (p->p->issuer.len) return p->p->issuer;
    if (!p->chain_count) return fragment < 0 ? p->kid : mr_str_make(p->kid.ptr, (size_t)fragment);
    mr_status_put_certificate_name(p->chain[0], &name);
    return mr_arena_dup(p->a, mr_buf_str(&name));
}

static mr_str list_url(mr_arena *a, mr_str base, mr_status_form form)
{
    return mr_arena_format(a, "%.*s/%s", MR_STR_ARG(base), forms[form].name);
}

/* What a row's status is in a list of this form: a bit of one purpose, or the value itself, which is that of Token Status List section 7.1. */
static uint8_t value_of(mr_status_form form, uint8_t status)
{
    switch (form) {
    case MR_STATUS_FORM_REVOCATION: return status == MR_STATUS_ENTRY_REVOKED;
    case MR_STATUS_FORM_SUSPENSION: return status == MR_STATUS_ENTRY_SUSPENDED;
    default: return status;
    }
}

static int make_list(struct publishing *p, mr_status_form form, mr_buf *out, struct mr_err *err)
{
    size_t bits;
    const struct form *f = &forms[form];
    if (__builtin_mul_overflow(p->p->count, (size_t)f->width, &bits) || bits / 8 >= MR_LIMIT_STATUS_LIST)
        return MR_FAIL(err, MR_E_LIMIT, "more entries than a status list may have", MR_NOWHERE);
    size_t size = (bits + 7) / 8;
    uint8_t *octets = mr_arena_zalloc(p->a, size, 1);
    if (!octets) return out_of_room(err);
    for (size_t i = 0; i < p->p->count; i++)
        if (p->p->statuses[i]) mr_status_list_set(f->kind, f->width, octets, i, value_of(form, p->p->statuses[i]));
    const mr_status_list l = {f->kind, f->width, mr_str_make((const char *)octets, size)};
    return mr_status_list_write(&l, out, err);
}

static void put_time(struct publishing *p, const char *name, int64_t time)
{
    char text[21];
    mr_time_write(time, text);
    mr_json_put_member_c(&p->w, name, text);
}

static void put_seconds(struct publishing *p, const char *name, int64_t ms)
{
    mr_json_put_number(&p->w, name, ms / 1000);
}

static void put_types(mr_json_writer *w, const char *type)
{
    mr_json_put_name(w, "type");
    mr_json_begin_array(w);
    mr_json_put_cstr(w, "VerifiableCredential");
    mr_json_put_cstr(w, type);
    mr_json_end_array(w);
}

static void put_list_credential(struct publishing *p, mr_status_form form, mr_str url, mr_str issuer, mr_str list)
{
    mr_json_writer *w = &p->w;
    mr_json_begin_object(w);
    mr_json_put_name(w, "@context");
    mr_json_begin_array(w);
    mr_json_put_cstr(w, "https://www.w3.org/ns/credentials/v2");
    mr_json_end_array(w);
    mr_json_put_member(w, "id", url);
    put_types(w, "BitstringStatusListCredential");
    mr_json_put_member(w, "issuer", issuer);
    put_time(p, "validFrom", p->p->now);
    put_time(p, "validUntil", p->p->now + p->p->valid_for_ms);
    mr_json_put_name(w, "credentialSubject");
    mr_json_begin_object(w);
    mr_json_put_member(w, "id", mr_arena_format(p->a, "%.*s#list", MR_STR_ARG(url)));
    mr_json_put_member_c(w, "type", "BitstringStatusList");
    mr_json_put_member_c(w, "statusPurpose", forms[form].purpose);
    mr_json_put_member(w, "encodedList", list);
    mr_json_end_object(w);
    mr_json_end_object(w);
}

static void put_token_times(struct publishing *p)
{
    put_seconds(p, "iat", p->p->now);
    put_seconds(p, "exp", p->p->now + p->p->valid_for_ms);
}

static void put_list_token(struct publishing *p, mr_str url, mr_str issuer, mr_str list)
{
    int64_t valid_s = p->p->valid_for_ms / 1000;
    mr_json_writer *w = &p->w;
    mr_json_begin_object(w);
    mr_json_put_member(w, "iss", issuer);
    mr_json_put_member(w, "sub", url);
    put_token_times(p);
    mr_json_put_number(w, "ttl", valid_s < TTL_MOST_S ? valid_s : TTL_MOST_S);
    mr_json_put_name(w, "status_list");
    mr_json_begin_object(w);
    mr_json_put_number(w, "bits", TOKEN_WIDTH);
    mr_json_put_member(w, "lst", list);
    mr_json_end_object(w);
    mr_json_end_object(w);
}

static int sign(struct publishing *p, const char *typ, const char *cty, mr_buf *out, struct mr_err *err)
{
    /* Who has no certificates is known by the key alone. */
    const struct mr_jose_header header = {.typ = typ,
                                          .cty = cty,
                                          .kid = p->kid,
                                          .chain = p->chain,
                                          .chain_count = p->chain_count,
                                          .jwk = p->chain_count == 0};
    mr_jose_signer signer;
    if (mr_buf_failed(&p->payload)) return MR_FAIL(err, MR_E_LIMIT, "the list is larger than allowed", MR_NOWHERE);
    MR_TRY(mr_jose_signer_init(&signer, p->a, p->key, &header, err));
    return mr_jose_sign(&signer, mr_buf_str(&p->payload), p->a, out, err);
}

static int publish_list(struct publishing *p, mr_status_form form, mr_buf *list, mr_buf *out, struct mr_err *err)
{
    mr_str url = list_url(p->a, p->p->base, form), issuer = issuer_of(p);
    if (!url.ptr) return out_of_room(err);
    if (!issuer.len) return MR_FAIL(err, MR_E_KEY, "nothing names the issuer of the list", MR_NOWHERE);
    MR_TRY(make_list(p, form, list, err));
    if (form == MR_STATUS_FORM_TOKEN) {
        put_list_token(p, url, issuer, mr_buf_str(list));
        return sign(p, MR_STATUS_LIST_TOKEN_TYPE, NULL, out, err);
    }
    put_list_credential(p, form, url, issuer, mr_buf_str(list));
    return sign(p, "vc+jwt", "vc", out, err);
}

static void publishing_begin(struct publishing *p)
{
    mr_buf_init(&p->payload, MR_LIMIT_STATUS_DOCUMENT);
    mr_json_writer_init(&p->w, &p->payload, 0);
}

static void publishing_end(struct publishing *p)
{
    mr_buf_done(&p->payload);
}

int mr_status_publish(mr_arena *a, const struct mr_status_publishing *p, mr_status_form form, mr_key *key,
                      mr_certificate *const *chain, size_t chain_count, mr_str kid, mr_buf *out, struct mr_err *err)
{
    MR_CLEANUP(publishing_end) struct publishing it = {a, p, key, chain, chain_count, kid, {0}, {0}};
    MR_CLEANUP(mr_buf_done) mr_buf list;
    publishing_begin(&it);
    mr_buf_init(&list, MR_LIMIT_STATUS_DOCUMENT);
    return publish_list(&it, form, &list, out, err);
}

int mr_status_publish_withdrawn(mr_arena *a, const struct mr_status_publishing *p, const mr_str *ids, size_t id_count,
                                mr_key *key, mr_certificate *const *chain, size_t chain_count, mr_buf *out,
                                struct mr_err *err)
{
    MR_CLEANUP(publishing_end) struct publishing it = {a, p, key, chain, chain_count, MR_STR_EMPTY, {0}, {0}};
    publishing_begin(&it);
    mr_str issuer = issuer_of(&it);
    if (!issuer.len) return MR_FAIL(err, MR_E_KEY, "nothing names the issuer of the list", MR_NOWHERE);
    mr_json_begin_object(&it.w);
    mr_json_put_member(&it.w, "iss", issuer);
    mr_json_put_member(&it.w, "sub", p->base);
    put_token_times(&it);
    mr_json_put_name(&it.w, "withdrawn");
    mr_json_begin_array(&it.w);
    for (size_t i = 0; i < id_count; i++) mr_json_put_str(&it.w, ids[i]);
    mr_json_end_array(&it.w);
    mr_json_end_object(&it.w);
    return sign(&it, MR_STATUS_WITHDRAWN_TYPE, NULL, out, err);
}

/* ---- in the credentials ---- */

static void put_address(mr_json_writer *w, const char *name, mr_str base, mr_status_form form, const char *fragment)
{
    mr_json_put_name(w, name);
    mr_json_put_raw(w, MR_STR("\"")); /* settles the comma; an address needs no escapes */
    mr_buf_put(w->out, base);
    mr_buf_putc(w->out, '/');
    mr_buf_puts(w->out, forms[form].name);
    mr_buf_puts(w->out, fragment);
    mr_buf_putc(w->out, '"');
}

static void put_entry(mr_json_writer *w, mr_str base, mr_status_form form, uint64_t index)
{
    char fragment[24];
    const char *digits = fragment + 1;
    snprintf(fragment, sizeof fragment, "#%llu", (unsigned long long)index);
    mr_json_begin_object(w);
    put_address(w, "id", base, form, fragment);
    mr_json_put_member_c(w, "type", "BitstringStatusListEntry");
    mr_json_put_member_c(w, "statusPurpose", forms[form].purpose);
    mr_json_put_member_c(w, "statusListIndex", digits);
    put_address(w, "statusListCredential", base, form, "");
    mr_json_end_object(w);
}

void mr_status_put_entries(mr_json_writer *w, mr_str base, uint64_t index)
{
    mr_json_begin_array(w);
    put_entry(w, base, MR_STATUS_FORM_REVOCATION, index);
    put_entry(w, base, MR_STATUS_FORM_SUSPENSION, index);
    mr_json_end_array(w);
}

void mr_status_put_token_status(mr_json_writer *w, mr_str base, uint64_t index)
{
    mr_json_begin_object(w);
    mr_json_put_name(w, "status_list");
    mr_json_begin_object(w);
    mr_json_put_number(w, "idx", (int64_t)index);
    put_address(w, "uri", base, MR_STATUS_FORM_TOKEN, "");
    mr_json_end_object(w);
    mr_json_end_object(w);
}
