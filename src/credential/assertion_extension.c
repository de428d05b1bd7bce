/* Extensions: objects with a type of their own inside the objects of Open Badges. Their schemas stand somewhere on the web; the known ones are our own table
 * (assertion_extensions.def), one that is not known is told as a remark and not followed. */
#include "credential/assertion.h"

#include "credential/each.h"

enum kind { TEXT, NUMBER, FLAG, WEB, TEXTS, OBJECT, SOME, NUMBERS, DAY };

/* Rows: a name alone begins an extension, members follow. */
static const struct row {
    const char *extension, *member, *iri;
    enum kind kind;
    bool needed;
} rows[] = {
#define MR_EXTENSION(name) {name, NULL, NULL, SOME, false},
#define MR_EXTENSION_MEMBER(name, iri, kind, needed) {NULL, name, iri, kind, needed},
#include "credential/assertion_extensions.def"
#undef MR_EXTENSION
#undef MR_EXTENSION_MEMBER
};
static const size_t row_count = sizeof rows / sizeof *rows;

/* "extensions:ECTSExtension", "obi:extensions/#ECTSExtension", "https://w3id.org/openbadges/extensions#ECTSExtension": behind the last of these marks. */
static mr_str last_part(mr_str name)
{
    size_t at = name.len;
    if (at == 0) return name;
    while (at > 0 && !strchr(":/#", name.ptr[at - 1])) at--;
    return mr_str_from(name, at);
}

static const struct row *find(mr_str name)
{
    for (size_t i = 0; i < row_count; i++)
        if (rows[i].extension && mr_str_eq_ascii_nocase(last_part(name), mr_str_of(rows[i].extension))) return &rows[i];
    return NULL;
}

static bool is_extension(const mr_json *name)
{
    if (!mr_json_is(name + 1, MR_JSON_OBJECT)) return false;
    mr_str member = mr_json_text(name);
    return mr_str_has_prefix(member, MR_STR("extensions:")) ||
           mr_str_has_prefix(member, MR_STR("https://w3id.org/openbadges/extensions#")) ||
           mr_each_has(mr_json_get(name + 1, "type"), "Extension");
}

/* By its types, else by the name of its member. */
static const struct row *find_of(const mr_json *name)
{
    const mr_json *type = mr_json_get(name + 1, "type");
    MR_EACH(one, type)
    {
        const struct row *r = find(mr_json_str(one));
        if (r) return r;
    }
    return find(mr_json_text(name));
}

static bool is_number_or_text(const mr_json *v)
{
    return mr_json_is(v, MR_JSON_NUMBER) || mr_json_is(v, MR_JSON_STRING);
}

static bool all_are_numbers(const mr_json *v)
{
    MR_EACH(one, v)
    {
        if (!is_number_or_text(one)) return false;
    }
    return true;
}

static bool is_uri(mr_str s)
{
    ptrdiff_t colon = mr_str_find_char(s, ':');
    return colon > 0 && (size_t)colon + 1 < s.len && mr_str_find_char(s, ' ') < 0;
}

static bool fits(const mr_json *v, enum kind kind)
{
    int64_t time;
    switch (kind) {
    case TEXT: return mr_json_is(v, MR_JSON_STRING);
    case NUMBER: return mr_json_is(v, MR_JSON_NUMBER);
    case FLAG: return mr_json_is(v, MR_JSON_TRUE) || mr_json_is(v, MR_JSON_FALSE);
    case WEB: return is_uri(mr_json_str(v));
    case TEXTS: return mr_each_is_texts(v);
    case OBJECT: return mr_json_is(v, MR_JSON_OBJECT);
    case SOME: return !mr_json_is(v, MR_JSON_NULL);
    case NUMBERS: return all_are_numbers(v);
    case DAY: return mr_json_str(v).len == 8 || mr_assertion_time(v, false, &time);
    }
    return false;
}

static bool has_coordinates(const mr_json *extension)
{
    const mr_json *geo = mr_json_get(extension, "geo");
    return fits(mr_json_get(geo, "latitude"), NUMBER) && fits(mr_json_get(geo, "longitude"), NUMBER);
}

static void check_one(const mr_json *name, mr_assertion_tell *tell, void *self)
{
    const struct row *r = find_of(name);
    if (!r) {
        tell(self, "ob.extension_unknown", name + 1, last_part(mr_json_text(name)));
        return;
    }
    bool good = mr_each_has(mr_json_get(name + 1, "type"), "Extension");
    if (mr_str_is(mr_str_of(r->extension), "GeoCoordinates")) good = good && has_coordinates(name + 1);
    for (const struct row *m = r + 1; m < rows + row_count && m->member; m++) {
        const mr_json *v = mr_json_get(name + 1, m->member);
        if (!v && m->iri) v = mr_json_get(name + 1, m->iri);
        good = good && (v ? fits(v, m->kind) : !m->needed);
    }
    if (!good) tell(self, "ob.extension", name + 1, last_part(mr_json_text(name)));
}

void mr_assertion_check_extensions(const mr_json *object, mr_assertion_tell *tell, void *self)
{
    MR_JSON_EACH_MEMBER (name, object) {
        if (is_extension(name)) check_one(name, tell, self);
    }
}

const mr_json *mr_assertion_extension(const mr_json *object, const char *wanted)
{
    MR_JSON_EACH_MEMBER (name, object) {
        if (!is_extension(name)) continue;
        const struct row *r = find_of(name);
        if (r && mr_str_is(mr_str_of(r->extension), wanted)) return name + 1;
    }
    return NULL;
}
