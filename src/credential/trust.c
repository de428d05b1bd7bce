#include "credential/trust.h"

#include "base/file.h"
#include "base/limits.h"
#include "json/json.h"

static int add_file(mr_arena *a, const char *path, mr_certificate **all, size_t *count, struct mr_err *err)
{
    mr_str pem = MR_STR_EMPTY;
    mr_certificate **found = NULL;
    size_t found_count = 0;
    MR_TRY(mr_file_read(a, path, MR_LIMIT_KEY_FILE, &pem, err));
    if (mr_certificates_read_pem(a, pem, &found, &found_count, err) != MR_OK || found_count == 0)
        return MR_FAIL_DETAIL(err, MR_E_FORMAT, "no certificate can be read from this file", "%s", path);
    size_t kept = 0;
    while (kept < found_count && *count < MR_LIMIT_ANCHORS) all[(*count)++] = found[kept++];
    if (kept == found_count) return MR_OK;
    while (kept < found_count) mr_certificate_free(found[kept++]);
    return MR_FAIL_DETAIL(err, MR_E_LIMIT, "too many trust anchors", "%s", path);
}

/* ---- known issuers ---- */

static int add_issuer(mr_arena *a, const mr_json *item, const char *path, mr_trust *t, struct mr_err *err)
{
    struct mr_known_issuer known = {
        mr_json_get_str(item, "id"), mr_json_get_str(item, "name"), mr_json_get_str(item, "withdrawn"),
        mr_json_is(mr_json_get(item, "accredits"), MR_JSON_TRUE), mr_json_get_str(item, "registry")};
    if (!known.id.len || !known.name.len)
        return MR_FAIL_DETAIL(err, MR_E_FORMAT, "an issuer has no id or no name", "%s", path);
    if (t->issuer_count == MR_LIMIT_ANCHORS)
        return MR_FAIL_DETAIL(err, MR_E_LIMIT, "too many known issuers", "%s", path);
    t->issuers[t->issuer_count++] = known;
    return MR_OK;
}

static int add_issuers(mr_arena *a, const char *path, mr_trust *t, struct mr_err *err)
{
    mr_str text = MR_STR_EMPTY;
    const mr_json *list = NULL;
    MR_TRY(mr_file_read(a, path, MR_LIMIT_KEY_FILE, &text, err));
    struct mr_err e = {0};
    if (mr_json_parse(a, text, NULL, &list, &e) != MR_OK)
        return MR_FAIL_DETAIL(err, e.code, "a list of issuers is no JSON", "%s: %s", path, e.message);
    if (!mr_json_is(list, MR_JSON_ARRAY)) return MR_FAIL_DETAIL(err, MR_E_FORMAT, "no list of issuers", "%s", path);
    MR_JSON_EACH (item, list) MR_TRY(add_issuer(a, item, path, t, err));
    return MR_OK;
}

static int load_issuers(mr_arena *a, const char *folder, mr_trust *t, struct mr_err *err)
{
    mr_str *names = NULL;
    size_t count = 0;
    MR_TRY(mr_file_list(a, folder, ".json", MR_LIMIT_ANCHORS, &names, &count, err));
    if (!count) return MR_OK;
    t->issuers = MR_NEW_ARRAY(a, struct mr_known_issuer, MR_LIMIT_ANCHORS);
    if (!t->issuers) return MR_FAIL(err, MR_E_NOMEM, "no memory for known issuers", MR_NOWHERE);
    for (size_t i = 0; i < count; i++) {
        mr_str path = mr_arena_format(a, "%s/%.*s", folder, MR_STR_ARG(names[i]));
        if (!path.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory", MR_NOWHERE);
        MR_TRY(add_issuers(a, path.ptr, t, err));
    }
    return MR_OK;
}

static int load_records(mr_arena *a, const char *folder, mr_trust *t, struct mr_err *err)
{
    const char *records = mr_arena_format(a, "%s/accreditations", folder).ptr;
    if (!records) return MR_FAIL(err, MR_E_NOMEM, "no memory for accreditations", MR_NOWHERE);
    return mr_accreditations_load(a, records, &t->records, &t->record_count, err);
}

const struct mr_known_issuer *mr_trust_find(const mr_trust *t, mr_str id)
{
    for (size_t i = 0; t && id.len && i < t->issuer_count; i++)
        if (t->issuers[i].name.len && mr_str_eq(t->issuers[i].id, id)) return &t->issuers[i];
    return NULL;
}

const struct mr_known_issuer *mr_trust_find_accreditor(const mr_trust *t, mr_str id)
{
    for (size_t i = 0; t && id.len && i < t->issuer_count; i++)
        if (t->issuers[i].accredits && mr_str_eq(t->issuers[i].id, id)) return &t->issuers[i];
    return NULL;
}

const struct mr_known_issuer *mr_trust_find_registry(const mr_trust *t, mr_str url)
{
    for (size_t i = 0; t && i < t->issuer_count; i++) {
        mr_str registry = t->issuers[i].registry;
        /* with its slash, or https://registry.example would be https://registry.example.attacker.example, too */
        if (registry.len && registry.ptr[registry.len - 1] == '/' && mr_str_has_prefix(url, registry))
            return &t->issuers[i];
    }
    return NULL;
}

const struct mr_known_issuer *mr_trust_next_withdrawn(const mr_trust *t, mr_str id, const struct mr_known_issuer *after)
{
    size_t i = after ? (size_t)(after - t->issuers) + 1 : 0;
    for (; t && id.len && i < t->issuer_count; i++)
        if (t->issuers[i].withdrawn.len && mr_str_eq(t->issuers[i].id, id)) return &t->issuers[i];
    return NULL;
}

int mr_trust_load(mr_arena *a, const char *folder, mr_trust *ret, struct mr_err *err)
{
    mr_str *names = NULL;
    size_t name_count = 0;
    MR_TRY(mr_file_list(a, folder, ".pem", MR_LIMIT_ANCHORS, &names, &name_count, err));
    mr_trust t = {.anchors = MR_NEW_ARRAY(a, mr_certificate *, MR_LIMIT_ANCHORS)};
    if (!t.anchors) return MR_FAIL(err, MR_E_NOMEM, "no memory for trust anchors", MR_NOWHERE);
    for (size_t i = 0; i < name_count; i++) {
        mr_str path = mr_arena_format(a, "%s/%.*s", folder, MR_STR_ARG(names[i]));
        int code = path.ptr ? add_file(a, path.ptr, t.anchors, &t.count, err)
                            : MR_FAIL(err, MR_E_NOMEM, "no memory", MR_NOWHERE);
        if (code) {
            mr_trust_done(&t);
            return code;
        }
    }
    int code = load_issuers(a, folder, &t, err);
    if (code == MR_OK) code = load_records(a, folder, &t, err);
    if (code) {
        mr_trust_done(&t);
        return code;
    }
    *ret = t;
    return MR_OK;
}

void mr_trust_done(mr_trust *t)
{
    for (size_t i = 0; i < t->count; i++) mr_certificate_free(t->anchors[i]);
    *t = (mr_trust){0};
}
