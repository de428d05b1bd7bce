/* Organisations: what is said of them is one JSON object, the "provider" of specification files, so that what a page shows and what stands in credentials is the same. */
#include "service/organisation.h"

#include "base/limits.h"
#include "json/write.h"
#include "model/contact.h"
#include "service/audit.h"
#include "service/search.h"
#include "store/organisation.h"

#include <stdio.h>

#define SLUG_MOST 60
#define UNITS_MOST 200
#define VERSION_MOST 40

const char *const mr_organisation_kinds[] = {"university", "vocational", "adult",  "employer", "union",    "research",
                                             "private",    "assessor",   "agency", "other",    "provider", NULL};
const char *const mr_organisation_unit_kinds[] = {"faculty", "department", "centre", "other", NULL};

static bool is_among(mr_str word, const char *const *words)
{
    for (; *words; words++)
        if (mr_str_is(word, *words)) return true;
    return false;
}

int mr_organisation_as_provider(mr_db_tx *tx, mr_arena *a, mr_str org_id, mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    struct mr_organisation_row row;
    mr_json_writer w;
    mr_buf_init(&text, MR_LIMIT_DOCUMENT);
    MR_TRY(mr_store_organisation_find(tx, a, org_id, &row, err));
    *ret = row.profile;
    if (!row.id.len || row.profile.len) return MR_OK;
    mr_json_writer_init(&w, &text, 0);
    mr_json_begin_object(&w);
    mr_json_put_name(&w, "name");
    mr_json_begin_object(&w);
    mr_json_put_member(&w, "en", row.name);
    mr_json_end_object(&w);
    mr_json_end_object(&w);
    *ret = mr_arena_dup(a, mr_buf_str(&text));
    return ret->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for the provider", MR_NOWHERE);
}

/* ---- short names ---- */

/* The ASCII letter that stands for a letter from U+00C0 to U+017F. */
static const char plain[] = "aaaaaaeceeeeiiiidnooooo-ouuuuytsaaaaaaeceeeeiiiidnooooo-ouuuuyty"
                            "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii--jjkkklllllll"
                            "lllnnnnnnnnnooooooeerrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

mr_str mr_organisation_slug(mr_arena *a, mr_str name)
{
    char slug[SLUG_MOST];
    size_t n = 0;
    for (size_t i = 0; i < name.len && n < SLUG_MOST; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        char to = '-';
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) to = (char)c;
        if (c >= 'A' && c <= 'Z') to = (char)(c + 32);
        if (c >= 0xC3 && c <= 0xC5 && i + 1 < name.len)
            to = plain[((unsigned)(c - 0xC3) << 6 | ((unsigned char)name.ptr[i + 1] & 0x3F))], i++;
        else if (c >= 0x80)
            continue;
        if (to != '-' || (n && slug[n - 1] != '-')) slug[n++] = to;
    }
    while (n && slug[n - 1] == '-') n--;
    return n ? mr_arena_dup(a, mr_str_make(slug, n)) : MR_STR("provider");
}

/* The slug of a name, with a number behind it when another organisation has it already. */
static int free_slug(mr_db_tx *tx, mr_arena *a, mr_str name, mr_str *ret, struct mr_err *err)
{
    mr_str wish = mr_organisation_slug(a, name);
    for (int n = 2; n < 1000; n++) {
        struct mr_organisation_row row;
        *ret = n == 2 ? wish : mr_arena_format(a, "%.*s-%d", MR_STR_ARG(wish), n - 1);
        MR_TRY(mr_store_organisation_find_slug(tx, a, *ret, &row, err));
        if (!row.id.len) return MR_OK;
    }
    return MR_FAIL(err, MR_E_EXISTS, "too many organisations have this name", MR_NOWHERE);
}

int mr_organisation_ensure(mr_service *s, mr_db_tx *tx, mr_arena *a, mr_str name, mr_str *ret_id, struct mr_err *err)
{
    mr_str slug;
    MR_TRY(free_slug(tx, a, name, &slug, err));
    return mr_store_organisation_ensure(tx, a, mr_service_env(s), slug, name, ret_id, err);
}

/* The profile with this member more. */
static mr_str with_member(mr_arena *a, const mr_json *profile, const char *name, mr_str value)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_json_writer w;
    mr_buf_init(&text, MR_LIMIT_DOCUMENT);
    mr_json_writer_init(&w, &text, 0);
    mr_json_begin_object(&w);
    MR_JSON_EACH_MEMBER (member, profile) {
        mr_json_put_name_str(&w, mr_json_text(member));
        mr_json_put_value(&w, member + 1);
    }
    mr_json_put_member(&w, name, value);
    mr_json_end_object(&w);
    return mr_arena_dup(a, mr_buf_str(&text));
}

int mr_organisation_introduce(mr_db_tx *tx, mr_arena *a, mr_str org_id, mr_str document, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    struct mr_organisation_row row;
    const mr_json *root, *profile;
    mr_json_writer w;
    mr_buf_init(&text, MR_LIMIT_DOCUMENT);
    MR_TRY(mr_store_organisation_find(tx, a, org_id, &row, err));
    if (!row.id.len) return MR_OK;
    MR_TRY(mr_json_parse(a, document, NULL, &root, err));
    const mr_json *provider = mr_json_get(root, "provider");
    if (!provider) return MR_OK;
    if (row.profile.len) {
        mr_str eidas = mr_json_get_str(provider, "eidas");
        MR_TRY(mr_json_parse(a, row.profile, NULL, &profile, err));
        if (!eidas.len || mr_json_get(profile, "eidas")) return MR_OK;
        row.profile = with_member(a, profile, "eidas", eidas);
        if (!row.profile.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for the profile", MR_NOWHERE);
        return mr_store_organisation_set(tx, &row, err);
    }
    mr_json_writer_init(&w, &text, 0);
    mr_json_put_value(&w, provider);
    row.profile = mr_buf_str(&text);
    return mr_store_organisation_set(tx, &row, err);
}

/* ---- in whose name ---- */

/* What a row says of itself. */
static int read_identity(mr_arena *a, const struct mr_organisation_row *row, mr_organisation *ret, struct mr_err *err)
{
    struct mr_findings findings;
    mr_findings_init(&findings, a);
    *ret = (mr_organisation){0};
    return row->profile.len ? mr_organisation_read(a, row->profile, ret, &findings, err) : MR_OK;
}

mr_str mr_organisation_name_in(mr_arena *a, mr_str profile, mr_str name, mr_str language)
{
    const struct mr_organisation_row row = {.profile = profile};
    mr_organisation identity;
    if (read_identity(a, &row, &identity, NULL) != MR_OK || !mr_texts_are_set(identity.name)) return name;
    return mr_texts_get(identity.name, language, NULL);
}

static bool is_called(const struct mr_organisation_row *row, const mr_organisation *identity, mr_str name)
{
    if (mr_str_eq(row->name, name)) return true;
    for (size_t i = 0; i < identity->name.count; i++)
        if (mr_str_eq(identity->name.items[i].text, name)) return true;
    return false;
}

static bool is_same_issuer(mr_arena *a, mr_str one, mr_str other)
{
    return one.len && other.len && mr_str_eq(mr_service_issuer_of(a, one), mr_service_issuer_of(a, other));
}

/* The same identifier or name, or ones under which they would have the same seal. */
static struct mr_provider_doubt compare(mr_arena *a, const struct mr_organisation_row *row,
                                        const mr_organisation *theirs, const mr_organisation *provider)
{
    mr_str key = provider->eidas;
    const char *pointer = "/eidas";
    if (!key.len) key = mr_texts_get(provider->name, MR_STR("en"), NULL), pointer = "/name";
    bool same = is_same_issuer(a, key, theirs->eidas) || is_same_issuer(a, key, row->name);
    for (size_t i = 0; i < theirs->name.count && !same; i++) same = is_same_issuer(a, key, theirs->name.items[i].text);
    if (same) return (struct mr_provider_doubt){"provider.taken", pointer, key};
    for (size_t i = 0; i < provider->name.count; i++)
        if (is_called(row, theirs, provider->name.items[i].text))
            return (struct mr_provider_doubt){"provider.taken", "/name", provider->name.items[i].text};
    return (struct mr_provider_doubt){0};
}

/* Of one house: an organisation, its unit, two units of one. */
static bool is_family(const struct mr_organisation_row *one, const struct mr_organisation_row *other)
{
    mr_str head = one->parent_id.len ? one->parent_id : one->id;
    return mr_str_eq(head, other->parent_id.len ? other->parent_id : other->id);
}

#define PAGE 100

int mr_organisation_find_rival(mr_db_tx *tx, mr_arena *a, mr_str org_id, const mr_organisation *provider,
                               struct mr_provider_doubt *ret, struct mr_err *err)
{
    struct mr_organisation_row own, *rows;
    mr_str after = MR_STR_EMPTY;
    size_t count = PAGE;
    *ret = (struct mr_provider_doubt){0};
    MR_TRY(mr_store_organisation_find(tx, a, org_id, &own, err));
    while (count == PAGE) {
        MR_TRY(
            mr_store_organisation_page(tx, a, MR_ORGANISATION_LIST_ALL, MR_STR_EMPTY, after, PAGE, &rows, &count, err));
        for (size_t i = 0; i < count && !ret->finding; i++) {
            mr_organisation theirs;
            if (is_family(&own, &rows[i])) continue;
            MR_TRY(read_identity(a, &rows[i], &theirs, err));
            *ret = compare(a, &rows[i], &theirs, provider);
        }
        if (ret->finding) break;
        if (count) after = rows[count - 1].slug;
    }
    return MR_OK;
}

int mr_organisation_doubt(mr_db_tx *tx, mr_arena *a, mr_str org_id, const mr_organisation *provider,
                          struct mr_provider_doubt *ret, struct mr_err *err)
{
    struct mr_organisation_row row;
    mr_organisation own;
    bool named = false;
    MR_TRY(mr_store_organisation_find(tx, a, org_id, &row, err));
    MR_TRY(read_identity(a, &row, &own, err));
    for (size_t i = 0; i < provider->name.count; i++) named |= is_called(&row, &own, provider->name.items[i].text);
    if (!named)
        *ret = (struct mr_provider_doubt){"provider.other", "/name", mr_texts_get(provider->name, MR_STR("en"), NULL)};
    else if (own.eidas.len && !mr_str_eq(own.eidas, provider->eidas))
        *ret = (struct mr_provider_doubt){"provider.other", "/eidas", provider->eidas};
    else
        return mr_organisation_find_rival(tx, a, org_id, provider, ret, err);
    return MR_OK;
}

int mr_organisation_check_provider(mr_db_tx *tx, mr_arena *a, mr_str org_id, const mr_organisation *provider,
                                   struct mr_err *err)
{
    struct mr_provider_doubt doubt;
    MR_TRY(mr_organisation_doubt(tx, a, org_id, provider, &doubt, err));
    if (!doubt.finding) return MR_OK;
    int code =
        MR_FAIL_DETAIL(err, MR_E_FORBIDDEN, "the provider is another organisation", "%.*s", MR_STR_ARG(doubt.value));
    if (err) snprintf(err->pointer, sizeof err->pointer, "/provider%s", doubt.pointer);
    return code;
}

/* ---- reading ---- */

static int show(mr_db_tx *tx, mr_arena *a, const struct mr_organisation_row *row, struct mr_organisation_shown *ret,
                struct mr_err *err)
{
    struct mr_findings findings;
    mr_findings_init(&findings, a);
    *ret = (struct mr_organisation_shown){.id = row->id,
                                          .slug = row->slug,
                                          .kind = row->kind,
                                          .parent_id = row->parent_id,
                                          .name = row->name,
                                          .closed_at = row->closed_at};
    MR_TRY(mr_organisation_as_provider(tx, a, row->id, &ret->profile, err));
    return mr_organisation_read(a, ret->profile, &ret->identity, &findings, err);
}

static int not_there(struct mr_err *err)
{
    return MR_FAIL(err, MR_E_NOT_FOUND, "there is no such organisation here", MR_NOWHERE);
}

/* The first organisation of the installation, for its operator; row->id empty when there is none. */
static int first_row(mr_db_tx *tx, mr_arena *a, struct mr_organisation_row *ret, struct mr_err *err)
{
    struct mr_organisation_row *rows;
    size_t count;
    *ret = (struct mr_organisation_row){0};
    MR_TRY(
        mr_store_organisation_page(tx, a, MR_ORGANISATION_LIST_ALL, MR_STR_EMPTY, MR_STR_EMPTY, 1, &rows, &count, err));
    if (count) *ret = rows[0];
    return MR_OK;
}

int mr_organisation_open(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str slug,
                         struct mr_organisation_shown *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_organisation_row row;
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    if (slug.len)
        MR_TRY(mr_store_organisation_find_slug(tx, a, slug, &row, err));
    else if (actor->org_id.len)
        MR_TRY(mr_store_organisation_find(tx, a, actor->org_id, &row, err));
    else
        MR_TRY(first_row(tx, a, &row, err));
    if (!row.id.len) return not_there(err);
    MR_TRY(mr_authorise(actor, MR_MAY_ORGANISATION_READ, row.id, err));
    return show(tx, a, &row, ret, err);
}

int mr_organisation_find_ever(mr_service *s, mr_arena *a, mr_str slug_or_id, struct mr_organisation_shown *ret,
                              struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_organisation_row row;
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    MR_TRY(mr_store_organisation_find_slug(tx, a, slug_or_id, &row, err));
    if (!row.id.len) MR_TRY(mr_store_organisation_find(tx, a, slug_or_id, &row, err));
    return row.id.len ? show(tx, a, &row, ret, err) : not_there(err);
}

int mr_organisation_find(mr_service *s, mr_arena *a, mr_str slug_or_id, struct mr_organisation_shown *ret,
                         struct mr_err *err)
{
    MR_TRY(mr_organisation_find_ever(s, a, slug_or_id, ret, err));
    return ret->closed_at == MR_TIME_NONE ? MR_OK : not_there(err);
}

static int show_all(mr_db_tx *tx, mr_arena *a, const struct mr_organisation_row *rows, size_t count,
                    struct mr_organisation_shown **ret, struct mr_err *err)
{
    *ret = MR_NEW_ARRAY(a, struct mr_organisation_shown, count);
    if (!*ret) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    for (size_t i = 0; i < count; i++) MR_TRY(show(tx, a, &rows[i], &(*ret)[i], err));
    return MR_OK;
}

int mr_organisation_publishers(mr_service *s, mr_arena *a, mr_str after, size_t most,
                               struct mr_organisation_shown **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_organisation_row *rows;
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    MR_TRY(mr_store_organisation_page(tx, a, MR_ORGANISATION_LIST_PUBLISHERS, MR_STR_EMPTY, after, most, &rows,
                                      ret_count, err));
    return show_all(tx, a, rows, *ret_count, ret, err);
}

int mr_organisation_units(mr_service *s, mr_arena *a, mr_str org_id, bool closed_too,
                          struct mr_organisation_shown **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_organisation_row *rows;
    size_t count, kept = 0;
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    MR_TRY(mr_store_organisation_page(tx, a, MR_ORGANISATION_LIST_ALL, org_id, MR_STR_EMPTY, UNITS_MOST, &rows, &count,
                                      err));
    for (size_t i = 0; i < count; i++)
        if (closed_too || rows[i].closed_at == MR_TIME_NONE) rows[kept++] = rows[i];
    *ret_count = kept;
    return show_all(tx, a, rows, kept, ret, err);
}

/* ---- changing ---- */

static int commit(mr_db_tx **tx, struct mr_err *err)
{
    mr_db_tx *done = *tx;
    *tx = NULL;
    return mr_db_commit(done, err);
}

static int has_faults(const struct mr_findings *findings, struct mr_err *err)
{
    if (!findings->faults) return MR_OK;
    return MR_FAIL(err, MR_E_SPECIFICATION, "what is said of it has faults", MR_NOWHERE);
}

/* What it is called first: the name in the first language of the object. */
static mr_str first_name(const mr_organisation *o)
{
    return o->name.count ? o->name.items[0].text : MR_STR_EMPTY;
}

/* Nobody takes another's identifier or name: a fault at its place. */
static int refuse_rival(mr_db_tx *tx, mr_arena *a, mr_str org_id, const mr_organisation *identity,
                        struct mr_findings *findings, struct mr_err *err)
{
    struct mr_provider_doubt doubt;
    MR_TRY(mr_organisation_find_rival(tx, a, org_id, identity, &doubt, err));
    if (!doubt.finding) return MR_OK;
    struct mr_finding *f = mr_findings_add(findings, "awarding_body", doubt.finding, doubt.value);
    snprintf(f->pointer, sizeof f->pointer, "%s", doubt.pointer);
    return has_faults(findings, err);
}

int mr_organisation_save(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str org_id, mr_str kind,
                         mr_str profile, struct mr_findings *findings, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_organisation_row row;
    mr_organisation identity;
    MR_TRY(mr_authorise(actor, MR_MAY_ORGANISATION_EDIT, org_id, err));
    MR_TRY(mr_organisation_read(a, profile, &identity, findings, err));
    MR_TRY(has_faults(findings, err));
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(mr_store_organisation_find(tx, a, org_id, &row, err));
    if (!row.id.len) return not_there(err);
    if (!is_among(kind, row.parent_id.len ? mr_organisation_unit_kinds : mr_organisation_kinds))
        return MR_FAIL_DETAIL(err, MR_E_USAGE, "there is no such kind of organisation", "%.*s", MR_STR_ARG(kind));
    MR_TRY(refuse_rival(tx, a, org_id, &identity, findings, err));
    row.kind = kind, row.profile = profile;
    MR_TRY(mr_store_organisation_set(tx, &row,
                                     err)); /* its first name stays: files of results and seals know it by that */
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_ORGANISATION_EDIT, org_id, org_id, MR_STR("profile"), err));
    return commit(&tx, err);
}

/* A unit's profile, with what it does not say taken from its organisation. */
static int inherit(mr_arena *a, mr_str parent, mr_str own, mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    const mr_json *from, *said;
    mr_json_writer w;
    mr_buf_init(&text, MR_LIMIT_DOCUMENT);
    MR_TRY(mr_json_parse(a, parent, NULL, &from, err));
    MR_TRY(mr_json_parse(a, own, NULL, &said, err));
    mr_json_writer_init(&w, &text, 0);
    mr_json_begin_object(&w);
    MR_JSON_EACH_MEMBER (name, said) {
        mr_json_put_name_str(&w, mr_json_text(name));
        mr_json_put_value(&w, name + 1);
    }
    MR_JSON_EACH_MEMBER (name, from) {
        mr_str is = mr_json_text(name);
        if (mr_json_find_member(said, is) || mr_str_is(is, "name") || mr_str_is(is, "address")) continue;
        mr_json_put_name_str(&w, is);
        mr_json_put_value(&w, name + 1);
    }
    mr_json_end_object(&w);
    *ret = mr_arena_dup(a, mr_buf_str(&text));
    return ret->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for the unit", MR_NOWHERE);
}

int mr_organisation_add_unit(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str org_id, mr_str kind,
                             mr_str profile, struct mr_findings *findings, mr_str *ret_slug, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_organisation_row row = {.parent_id = org_id, .kind = kind};
    mr_organisation identity;
    mr_str id, of_parent;
    MR_TRY(mr_authorise(actor, MR_MAY_ORGANISATION_EDIT, org_id, err));
    if (!is_among(kind, mr_organisation_unit_kinds))
        return MR_FAIL_DETAIL(err, MR_E_USAGE, "there is no such kind of unit", "%.*s", MR_STR_ARG(kind));
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(mr_organisation_as_provider(tx, a, org_id, &of_parent, err));
    if (!of_parent.len) return not_there(err);
    MR_TRY(inherit(a, of_parent, profile, &row.profile, err));
    MR_TRY(mr_organisation_read(a, row.profile, &identity, findings, err));
    MR_TRY(has_faults(findings, err));
    row.name = first_name(&identity);
    MR_TRY(refuse_rival(tx, a, org_id, &identity, findings, err));
    MR_TRY(free_slug(tx, a, row.name, &row.slug, err));
    MR_TRY(mr_store_organisation_add(tx, a, mr_service_env(s), &row, &id, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_ORGANISATION_EDIT, org_id, id, MR_STR("unit added"), err));
    *ret_slug = row.slug;
    return commit(&tx, err);
}

int mr_organisation_close_unit(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str slug, bool closed,
                               struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_organisation_row row;
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(mr_store_organisation_find_slug(tx, a, slug, &row, err));
    if (!row.parent_id.len) return not_there(err);
    MR_TRY(mr_authorise(actor, MR_MAY_ORGANISATION_EDIT, row.parent_id, err));
    MR_TRY(mr_store_organisation_close(tx, row.id, closed ? mr_env_now(mr_service_env(s)) : MR_TIME_NONE, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_ORGANISATION_EDIT, row.parent_id, row.id,
                    closed ? MR_STR("unit closed") : MR_STR("unit opened"), err));
    return commit(&tx, err);
}

/* What it offers leaves the catalogue, or comes back. */
static int list_again(mr_service *s, mr_db_tx *tx, mr_arena *a, mr_str org_id, struct mr_err *err)
{
    mr_str *slugs;
    size_t count;
    MR_TRY(mr_store_search_slugs(tx, a, org_id, &slugs, &count, err));
    for (size_t i = 0; i < count; i++) MR_TRY(mr_search_update(s, tx, slugs[i], err));
    return MR_OK;
}

int mr_organisation_close(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str org_id, bool closed,
                          struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_organisation_row row, *units;
    size_t count = 0;
    int64_t at = closed ? mr_env_now(mr_service_env(s)) : MR_TIME_NONE;
    mr_action action = closed ? MR_MAY_ORGANISATION_EDIT : MR_MAY_ORGANISATION_ADD;
    MR_TRY(mr_authorise(actor, action, closed ? org_id : MR_STR_EMPTY, err));
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(mr_store_organisation_find(tx, a, org_id, &row, err));
    if (!row.id.len || row.parent_id.len) return not_there(err);
    if (closed == (row.closed_at != MR_TIME_NONE)) return MR_FAIL(err, MR_E_STATE, "it is so already", MR_NOWHERE);
    MR_TRY(mr_store_organisation_close(tx, row.id, at, err));
    if (closed)
        MR_TRY(mr_store_organisation_page(tx, a, MR_ORGANISATION_LIST_ALL, org_id, MR_STR_EMPTY, UNITS_MOST, &units,
                                          &count, err));
    for (size_t i = 0; i < count; i++)
        if (units[i].closed_at == MR_TIME_NONE) MR_TRY(mr_store_organisation_close(tx, units[i].id, at, err));
    MR_TRY(list_again(s, tx, a, org_id, err));
    MR_TRY(mr_audit(s, tx, actor, action, row.id, row.id,
                    closed ? MR_STR("organisation closed") : MR_STR("organisation opened"), err));
    return commit(&tx, err);
}

int mr_organisation_check_open(mr_service *s, mr_str org_id, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_organisation_row row;
    mr_arena_init(&a, MR_MIB);
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    MR_TRY(mr_store_organisation_find(tx, &a, org_id, &row, err));
    if (row.id.len && row.closed_at == MR_TIME_NONE) return MR_OK;
    return MR_FAIL_DETAIL(err, MR_E_FORBIDDEN, "the organisation was closed", "%s", "closed");
}

/* ---- statements in public ---- */

static void put_pointer(struct mr_findings *findings, size_t from, const char *before)
{
    for (size_t i = from; i < findings->count; i++) {
        struct mr_finding *f = &findings->items[i];
        char rest[sizeof f->pointer];
        memcpy(rest, f->pointer, sizeof rest);
        snprintf(f->pointer, sizeof f->pointer, "%s%.200s", before, rest);
    }
}

static void fault(struct mr_findings *findings, const char *element, const char *id, mr_str value, const char *pointer)
{
    struct mr_finding *f = mr_findings_add(findings, element, id, value);
    snprintf(f->pointer, sizeof f->pointer, "%s", pointer);
}

static int check_statement(mr_arena *a, const struct mr_statement_order *o, struct mr_findings *findings,
                           struct mr_err *err)
{
    mr_texts texts;
    mr_date day;
    size_t before = findings->count;
    MR_TRY(mr_texts_read(a, o->texts, "statement.text", &texts, findings, err));
    put_pointer(findings, before, "/text");
    if (!o->version.len || mr_utf8_length(o->version) > VERSION_MOST)
        fault(findings, "statement.version", "statement.version.form", o->version, "/version");
    if (o->valid_from.len != 10 || mr_date_parse(o->valid_from, &day, NULL) != MR_OK)
        fault(findings, "statement.valid_from", "spec.date", o->valid_from, "/valid_from");
    if (o->url.len && !mr_contact_is_url(o->url, false)) fault(findings, "statement.url", "spec.url", o->url, "/url");
    return has_faults(findings, err);
}

int mr_organisation_publish_statement(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str org_id,
                                      const struct mr_statement_order *order, struct mr_findings *findings,
                                      struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    const struct mr_statement_row row = {.org_id = org_id,
                                         .kind = order->kind,
                                         .version = order->version,
                                         .valid_from = order->valid_from,
                                         .texts = order->texts,
                                         .url = order->url};
    MR_TRY(mr_authorise(actor, MR_MAY_ORGANISATION_EDIT, org_id, err));
    if (!mr_str_is(order->kind, "recognition") && !mr_str_is(order->kind, "quality"))
        return MR_FAIL(err, MR_E_USAGE, "a statement is about \"recognition\" or \"quality\"", MR_NOWHERE);
    MR_TRY(check_statement(a, order, findings, err));
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(mr_store_statement_add(tx, mr_service_env(s), &row, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_ORGANISATION_EDIT, org_id, org_id, order->kind, err));
    return commit(&tx, err);
}

int mr_organisation_statements(mr_service *s, mr_arena *a, mr_str org_id, struct mr_statement **ret, size_t *ret_count,
                               struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_statement_row *rows;
    struct mr_findings findings;
    mr_findings_init(&findings, a);
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    MR_TRY(mr_store_statement_list(tx, a, org_id, &rows, ret_count, err));
    struct mr_statement *list = MR_NEW_ARRAY(a, struct mr_statement, *ret_count);
    if (!list) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    for (size_t i = 0; i < *ret_count; i++) {
        list[i] = (struct mr_statement){
            .kind = rows[i].kind, .version = rows[i].version, .url = rows[i].url, .published_at = rows[i].published_at};
        MR_TRY(mr_date_parse(rows[i].valid_from, &list[i].valid_from, err));
        MR_TRY(mr_texts_read(a, rows[i].texts, "statement.text", &list[i].texts, &findings, err));
    }
    *ret = list;
    return MR_OK;
}

const struct mr_statement *mr_statement_now(const mr_service *s, const struct mr_statement *list, size_t count,
                                            const char *kind)
{
    mr_date today = mr_date_of_time(mr_env_now(mr_service_env(s)));
    for (size_t i = 0; i < count; i++)
        if (mr_str_is(list[i].kind, kind) && mr_date_compare(list[i].valid_from, today) <= 0) return &list[i];
    return NULL;
}

/* ---- assessors ---- */

int mr_organisation_add_assessor(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str org_id,
                                 mr_str profile, struct mr_findings *findings, mr_str *ret_id, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    mr_organisation identity;
    MR_TRY(mr_authorise(actor, MR_MAY_ORGANISATION_EDIT, org_id, err));
    MR_TRY(mr_organisation_read(a, profile, &identity, findings, err));
    MR_TRY(has_faults(findings, err));
    const struct mr_assessor_row row = {.org_id = org_id, .name = first_name(&identity), .profile = profile};
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(mr_store_assessor_add(tx, a, mr_service_env(s), &row, ret_id, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_ORGANISATION_EDIT, org_id, *ret_id, MR_STR("assessor added"), err));
    return commit(&tx, err);
}

int mr_organisation_remove_assessor(mr_service *s, const struct mr_actor *actor, mr_str org_id, mr_str id,
                                    struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_authorise(actor, MR_MAY_ORGANISATION_EDIT, org_id, err));
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(mr_store_assessor_remove(tx, org_id, id, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_ORGANISATION_EDIT, org_id, id, MR_STR("assessor removed"), err));
    return commit(&tx, err);
}

int mr_organisation_assessors(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str org_id,
                              struct mr_assessor_row **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_authorise(actor, MR_MAY_ORGANISATION_READ, org_id, err));
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    return mr_store_assessor_list(tx, a, org_id, ret, ret_count, err);
}
