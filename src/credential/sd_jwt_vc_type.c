/* The types of SD-JWT VC that Merit knows: their claims as data, as type metadata for wallets, and as questions to a credential.
 *
 * Sources: SD-JWT VC (draft 19) sections 2.2.2.3 (claims that are never disclosable), 5.2, 5.5 and 5.6 (type metadata); the metadata of the Commission's
 * Learning Credential. */
#include "credential/each.h"
#include "credential/sd_jwt_vc_inside.h"

#include <stdio.h>

#define CLAIM(name, kind, mandatory, sd) {#name, MR_STR_INIT("/" #name), MR_CLAIM_##kind, mandatory, MR_CLAIM_##sd},

static const struct mr_claim eu_claims[] = {
#define MR_EU_CLAIM CLAIM
#include "credential/sd_jwt_claims.def"
};
static const struct mr_claim own_claims[] = {
#define MR_OWN_CLAIM CLAIM
#include "credential/sd_jwt_claims.def"
};

_Static_assert(sizeof eu_claims / sizeof *eu_claims <= MR_CLAIMS_MOST &&
                   sizeof own_claims / sizeof *own_claims <= MR_CLAIMS_MOST,
               "room for the claims of a type");

static const struct type {
    const char *vct, *message; /* "<message>.name", "<message>.description" */
    const struct mr_claim *claims;
    size_t count;
} types[] = {
    [MR_VCT_IS_MICRO_CREDENTIAL] = {MR_VCT_MICRO_CREDENTIAL, "vct.micro_credential", own_claims,
                                    sizeof own_claims / sizeof *own_claims},
    [MR_VCT_IS_EU_LEARNING] = {MR_VCT_EU_LEARNING, "vct.eu_learning", eu_claims, sizeof eu_claims / sizeof *eu_claims},
};
#define TYPES (sizeof types / sizeof *types)

const struct mr_claim *mr_vct_claims(mr_vct type, size_t *ret_count)
{
    *ret_count = types[type].count;
    return types[type].claims;
}

mr_vct mr_vct_find(mr_str vct)
{
    for (size_t t = MR_VCT_NONE + 1; t < TYPES; t++) {
        if (mr_str_is(vct, types[t].vct)) return (mr_vct)t;
    }
    return MR_VCT_NONE;
}

/* ---- type metadata ---- */

static void put_message(mr_json_writer *w, const mr_language *l, const char *member, const char *prefix,
                        const char *suffix)
{
    char id[MR_LIMIT_MESSAGE_ID];
    snprintf(id, sizeof id, "%s.%s", prefix, suffix);
    mr_json_put_member(w, member, mr_message(l, id));
}

/* Section 5.5; the colours are those of the pages. */
static void put_display(mr_json_writer *w, const struct type *t)
{
    mr_json_put_name(w, "display");
    mr_json_begin_array(w);
    for (const mr_language *const *l = mr_languages(); *l; l++) {
        mr_json_begin_object(w);
        mr_json_put_member(w, "locale", mr_language_tag(*l));
        put_message(w, *l, "name", t->message, "name");
        put_message(w, *l, "description", t->message, "description");
        mr_json_put_name(w, "rendering");
        mr_json_put_raw(w, MR_STR("{\"simple\":{\"background_color\":\"#0d5c4f\",\"text_color\":\"#ffffff\"}}"));
        mr_json_end_object(w);
    }
    mr_json_end_array(w);
}

/* Section 5.6: what is inside a claim that is disclosed goes with it. */
static void put_claim_inside(mr_json_writer *w, const struct mr_claim *c)
{
    if (c->kind != MR_CLAIM_LIST && c->kind != MR_CLAIM_KEY) return;
    mr_json_begin_object(w);
    mr_json_put_name(w, "path");
    mr_json_begin_array(w);
    mr_json_put_cstr(w, c->name);
    if (c->kind == MR_CLAIM_LIST)
        mr_json_put_null(w); /* every element (section 5.6.1) */
    else
        mr_json_put_cstr(w, "jwk");
    mr_json_end_array(w);
    mr_json_put_flag(w, "mandatory", c->mandatory);
    mr_json_put_member_c(w, "sd", "never");
    mr_json_end_object(w);
}

static void put_claim(mr_json_writer *w, const struct mr_claim *c)
{
    mr_json_begin_object(w);
    mr_json_put_name(w, "path");
    mr_json_begin_array(w);
    mr_json_put_cstr(w, c->name);
    mr_json_end_array(w);
    mr_json_put_name(w, "display");
    mr_json_begin_array(w);
    for (const mr_language *const *l = mr_languages(); *l; l++) {
        mr_json_begin_object(w);
        mr_json_put_member(w, "locale", mr_language_tag(*l));
        put_message(w, *l, "label", "vct.claim", c->name);
        mr_json_end_object(w);
    }
    mr_json_end_array(w);
    mr_json_put_flag(w, "mandatory", c->mandatory);
    mr_json_put_member_c(w, "sd", c->sd == MR_CLAIM_ALWAYS ? "always" : "never");
    mr_json_end_object(w);
    put_claim_inside(w, c);
}

void mr_vct_write_metadata(mr_vct type, mr_buf *out)
{
    const struct type *t = &types[type];
    mr_json_writer w;
    if (!t->vct) return;
    mr_json_writer_init(&w, out, 0);
    mr_json_begin_object(&w);
    mr_json_put_member_c(&w, "vct", t->vct);
    put_message(&w, mr_language_english(), "name", t->message, "name");
    put_message(&w, mr_language_english(), "description", t->message, "description");
    put_display(&w, t);
    mr_json_put_name(&w, "claims");
    mr_json_begin_array(&w);
    for (size_t i = 0; i < t->count; i++) put_claim(&w, &t->claims[i]);
    mr_json_end_array(&w);
    mr_json_end_object(&w);
}

/* ---- does a credential keep to its type? ---- */

struct checking {
    const mr_sd_jwt *s;
    mr_vct_tell *tell;
    void *self;
    size_t hidden; /* digests at the top level that have no disclosure */
};

static bool is_day(const mr_json *v)
{
    mr_date day;
    mr_str text = mr_json_str(v);
    return text.len == 10 && text.ptr[4] == '-' && mr_date_parse(text, &day, NULL) == MR_OK;
}

static bool is_of_kind(const mr_json *v, enum mr_claim_kind kind)
{
    int64_t level;
    switch (kind) {
    case MR_CLAIM_TEXT: return mr_json_is(v, MR_JSON_STRING);
    case MR_CLAIM_LIST: return mr_each_is_texts(v);
    case MR_CLAIM_DAY: return is_day(v);
    case MR_CLAIM_TIME:
    case MR_CLAIM_NUMBER: return mr_json_is(v, MR_JSON_NUMBER);
    case MR_CLAIM_LEVEL: return mr_json_to_int64(v, &level) && level >= 1 && level <= 8;
    case MR_CLAIM_FLAG: return mr_json_is(v, MR_JSON_TRUE) || mr_json_is(v, MR_JSON_FALSE);
    case MR_CLAIM_KEY: return mr_json_is(mr_json_get(v, "jwk"), MR_JSON_OBJECT);
    }
    return false;
}

/* Digests at the top level without a disclosure: those of _sd, less the claims that are processed and not in clear. */
static size_t count_hidden(const mr_sd_jwt *s)
{
    size_t digests = mr_json_count(mr_json_get(s->payload, "_sd")), in_clear = mr_json_count(s->payload);
    if (mr_json_get(s->payload, "_sd")) in_clear--;
    if (mr_json_get(s->payload, "_sd_alg")) in_clear--;
    size_t disclosed = mr_json_count(s->claims) - in_clear;
    return digests > disclosed ? digests - disclosed : 0;
}

/* Section 2.2.2.3: claims of every type that may not be hidden. */
static const char *const registered[] = {"iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "aka_vcts", "status"};

static bool is_registered(mr_str name)
{
    for (size_t i = 0; i < sizeof registered / sizeof *registered; i++) {
        if (mr_str_is(name, registered[i])) return true;
    }
    return false;
}

/* Is something inside a value that stands in clear disclosable? */
static bool has_digests(const mr_json *v)
{
    for (const mr_json *node = v, *end = v + v->skip; node < end; node++) {
        if (mr_json_get(node, "_sd") || mr_json_get(node, "...")) return true;
    }
    return false;
}

/* With all that is inside them. */
static void check_registered(const struct checking *c)
{
    for (size_t i = 0; i < sizeof registered / sizeof *registered; i++) {
        const mr_json *in_clear = mr_json_get(c->s->payload, registered[i]);
        if (in_clear ? has_digests(in_clear) : mr_json_get(c->s->claims, registered[i]) != NULL)
            c->tell(c->self, "vct.disclosable", mr_str_of(registered[i]));
    }
}

static void check_claim(const struct checking *c, const struct mr_claim *claim)
{
    const mr_json *in_clear = mr_json_get(c->s->payload, claim->name), *shown = mr_json_get(c->s->claims, claim->name);
    mr_str name = mr_str_of(claim->name);
    if (in_clear && claim->sd == MR_CLAIM_ALWAYS) c->tell(c->self, "vct.in_clear", name);
    bool can_be_hidden = in_clear ? has_digests(in_clear) : shown != NULL;
    if (can_be_hidden && claim->sd == MR_CLAIM_NEVER && !is_registered(name)) c->tell(c->self, "vct.disclosable", name);
    if (shown && !is_of_kind(shown, claim->kind)) c->tell(c->self, "vct.kind", name);
    if (shown || !claim->mandatory || claim->kind == MR_CLAIM_KEY) return; /* of no key tells the step of key binding */
    bool may_be_hidden = claim->sd == MR_CLAIM_ALWAYS && c->hidden > 0;
    c->tell(c->self, may_be_hidden ? "vct.hidden" : "vct.missing", name);
}

/* The type, or one that it says it is also of (section 2.2.2.2). */
static mr_vct find_type(const mr_json *payload)
{
    mr_vct type = mr_vct_find(mr_json_get_str(payload, "vct"));
    MR_JSON_EACH (other, mr_json_get(payload, "aka_vcts")) {
        if (type == MR_VCT_NONE) type = mr_vct_find(mr_json_str(other));
    }
    return type;
}

int mr_vct_check(mr_arena *a, const mr_sd_jwt *s, mr_vct_tell *tell, void *self, struct mr_err *err)
{
    (void)a, (void)err;
    size_t count;
    const struct checking c = {s, tell, self, count_hidden(s)};
    mr_vct type = find_type(s->payload);
    if (type == MR_VCT_NONE) tell(self, "vct.unknown", mr_json_get_str(s->payload, "vct"));
    const struct mr_claim *claims = mr_vct_claims(type, &count);
    for (size_t i = 0; i < count; i++) check_claim(&c, &claims[i]);
    check_registered(&c);
    return MR_OK;
}
