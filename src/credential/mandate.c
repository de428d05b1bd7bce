#include "credential/mandate.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "credential/each.h"
#include "model/vocabulary.h"

/* How each kind begins, as it is and in base64. */
static const struct {
    const char *code, *ending;
    mr_str magic, base64;
} kinds[] = {
    [MR_MANDATE_NONE] = {"", "", MR_STR_INIT(""), MR_STR_INIT("")},
    [MR_MANDATE_PDF] = {"pdf", ".pdf", MR_STR_INIT("%PDF-"), MR_STR_INIT("JVBERi")},
    [MR_MANDATE_PNG] = {"png", ".png", MR_STR_INIT("\x89PNG\r\n\x1a\n"), MR_STR_INIT("iVBORw0KGg")},
    [MR_MANDATE_JPEG] = {"jpeg", ".jpg", MR_STR_INIT("\xff\xd8\xff"), MR_STR_INIT("/9j/")},
};

const char *mr_mandate_kind_code(mr_mandate_kind k)
{
    return kinds[k].code;
}
const char *mr_mandate_kind_ending(mr_mandate_kind k)
{
    return kinds[k].ending;
}

static mr_mandate_kind kind_of(mr_str octets)
{
    for (mr_mandate_kind k = MR_MANDATE_PDF; k <= MR_MANDATE_JPEG; k++)
        if (mr_str_has_prefix(octets, kinds[k].magic)) return k;
    return MR_MANDATE_NONE;
}

int mr_mandate_take(mr_str octets, mr_str path, struct mr_mandate *ret, struct mr_err *err)
{
    size_t name = path.len;
    while (name && path.ptr[name - 1] != '/') name--;
    struct mr_mandate m = {kind_of(octets), octets, mr_str_from(path, name), octets.len};
    if (octets.len > MR_LIMIT_MANDATE)
        return MR_FAIL(err, MR_E_LIMIT, "a mandate to be enclosed has at most 1 MiB, for it stands in every credential",
                       MR_LIMIT_MANDATE);
    if (m.kind == MR_MANDATE_NONE)
        return MR_FAIL(err, MR_E_FORMAT, "a mandate to be enclosed is a PDF, PNG or JPEG file", MR_NOWHERE);
    if (mr_utf8_check(m.name) < m.name.len) m.name = MR_STR("mandate");
    *ret = m;
    return MR_OK;
}

/* ---- reading ---- */

static mr_str text_of(const mr_json *v)
{
    v = mr_each_first(v);
    if (mr_json_is(v, MR_JSON_OBJECT) && mr_json_get(v, "@value")) v = mr_json_get(v, "@value");
    return mr_json_str(v);
}

static mr_str id_of(const mr_json *v)
{
    v = mr_each_first(v);
    return mr_json_is(v, MR_JSON_OBJECT) ? mr_json_get_str(v, "id") : mr_json_str(v);
}

/* A text by language: this one, else the first. */
static mr_str title_of(const mr_json *v, mr_str language)
{
    v = mr_each_first(v);
    mr_str found = mr_json_str(mr_json_find_member(v, language));
    MR_JSON_EACH_MEMBER (name, v) {
        if (found.len) break;
        found = mr_json_str(name + 1);
    }
    return found.len ? found : mr_json_str(v);
}

static struct mr_mandate read_media(const mr_json *media, mr_str language)
{
    struct mr_mandate m = {.kind = MR_MANDATE_NONE};
    mr_str content = text_of(mr_json_get(media, "content"));
    for (mr_mandate_kind k = MR_MANDATE_PDF; k <= MR_MANDATE_JPEG; k++)
        if (mr_str_has_prefix(content, kinds[k].base64)) m.kind = k;
    if (m.kind == MR_MANDATE_NONE) return m;
    m.content = content;
    m.name = title_of(mr_json_get(media, "title"), language);
    m.size = content.len / 4 * 3;
    while (content.len && content.ptr[content.len - 1] == '=') content.len--, m.size--;
    return m;
}

struct mr_mandate mr_mandate_find(const mr_json *document, mr_str language)
{
    const mr_concept *mandate = mr_concept_find(MR_SCHEME_EVIDENCE, MR_STR("mandate"));
    MR_EACH(evidence, mr_json_get(document, "evidence"))
    {
        if (!mandate || !mr_str_is(id_of(mr_json_get(evidence, "dcType")), mandate->uri)) continue;
        MR_EACH(media, mr_json_get(evidence, "embeddedEvidence"))
        {
            struct mr_mandate m = read_media(media, language);
            if (m.kind != MR_MANDATE_NONE) return m;
        }
    }
    return (struct mr_mandate){.kind = MR_MANDATE_NONE};
}

int mr_mandate_decode(mr_arena *a, const struct mr_mandate *m, mr_str *ret, struct mr_err *err)
{
    MR_TRY(mr_base64_read(a, m->content, ret, err));
    return kind_of(*ret) == m->kind
               ? MR_OK
               : MR_FAIL(err, MR_E_FORMAT, "the enclosed document is not of the kind that it says", MR_NOWHERE);
}
