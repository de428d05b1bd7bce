/* What both kinds of pictures share: which badge counts, and what may be baked. */
#include "credential/baked_inside.h"

#include "base/encoding.h"
#include "credential/each.h"
#include "credential/sniff.h"
#include "credential/vcdm.h"
#include "proof/data_integrity.h"
#include "proof/jades.h"

mr_picture_kind mr_picture_kind_of(mr_str file)
{
    mr_str text;
    switch (mr_sniff(file, &text)) {
    case MR_SNIFFED_PNG: return MR_PICTURE_PNG;
    case MR_SNIFFED_SVG: return MR_PICTURE_SVG;
    default: return MR_PICTURE_NONE;
    }
}

const char *mr_picture_kind_name(mr_picture_kind k)
{
    return k == MR_PICTURE_PNG ? "PNG" : k == MR_PICTURE_SVG ? "SVG" : "";
}

bool mr_baked_is_address(mr_str text)
{
    bool web = mr_str_has_prefix(text, MR_STR("https://")) || mr_str_has_prefix(text, MR_STR("http://"));
    for (size_t i = 0; web && i < text.len; i++)
        if ((unsigned char)text.ptr[i] <= ' ' || text.ptr[i] == 127) return false;
    return web && text.len <= MR_LIMIT_IDENTIFIER;
}

static int scan(mr_arena *a, mr_picture_kind kind, mr_str picture, bool strict, struct mr_baked_scan *ret,
                struct mr_err *err)
{
    if (kind == MR_PICTURE_NONE) return MR_FAIL(err, MR_E_FORMAT, "baked.no_picture", MR_NOWHERE);
    return kind == MR_PICTURE_PNG ? mr_baked_scan_png(a, picture, strict, ret, err)
                                  : mr_baked_scan_svg(a, picture, strict, ret, err);
}

/* ---- reading ---- */

/* Readers of Open Badges 3.0 take their first one, and know no other. */
static const struct mr_baked_item *choose(const struct mr_baked_scan *scan)
{
    for (size_t i = 0; i < scan->count; i++)
        if (scan->items[i].standard == MR_BAKED_OB3) return &scan->items[i];
    return scan->items;
}

int mr_baked_read(mr_arena *a, mr_str picture, mr_baked *ret, struct mr_err *err)
{
    struct mr_baked_scan found;
    mr_baked made = {.picture = mr_picture_kind_of(picture)};
    MR_TRY(scan(a, made.picture, picture, false, &found, err));
    made.cut_off = found.cut_off, made.behind = found.behind;
    if (found.count == 0) {
        if (found.cut_off) return MR_FAIL(err, MR_E_FORMAT, "baked.cut_off", picture.len);
        *ret = made;
        return MR_OK;
    }
    const struct mr_baked_item *first = choose(&found);
    if (first->text.len == 0) return MR_FAIL(err, MR_E_FORMAT, "baked.hollow", first->from);
    made.standard = first->standard, made.text = first->text, made.url = first->url;
    for (size_t i = 0; i < found.count; i++) {
        made.count += 1 + found.items[i].contradicts;
        made.differ = made.differ || found.items[i].contradicts || !mr_str_eq(found.items[i].text, first->text);
    }
    *ret = made;
    return MR_OK;
}

/* ---- what may be baked ---- */

static bool is_open_badge(const mr_json *document)
{
    static const char *const types[] = {"OpenBadgeCredential", "AchievementCredential", "EndorsementCredential"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (mr_each_has(mr_json_get(document, "type"), types[i])) return true;
    return false;
}

/* Of Open Badges 1.x and 2.0: older ones name no type. */
static bool is_assertion(const mr_json *document)
{
    return mr_each_has(mr_json_get(document, "type"), "Assertion") ||
           (mr_json_get(document, "recipient") && mr_json_get(document, "badge"));
}

/* Where a hosted assertion lies: its id, or what `verify` says in 1.x. */
static mr_str address_of(const mr_json *assertion)
{
    mr_str url = mr_json_get_str(mr_json_get(assertion, "verify"), "url");
    if (!mr_baked_is_address(url)) url = mr_json_get_str(assertion, "id");
    return mr_baked_is_address(url) ? url : MR_STR_EMPTY;
}

/* A base proof is for the holder alone, who shows parts of it: CBOR tag 0x5d00, in multibase (Data Integrity ECDSA Cryptosuites 1.0 section 3.5.2). */
static bool is_for_the_holder(const mr_json *document)
{
    MR_EACH(proof, mr_json_get(document, "proof"))
    {
        if (mr_str_is(mr_json_get_str(proof, "cryptosuite"), "ecdsa-sd-2023") &&
            mr_str_has_prefix(mr_json_get_str(proof, "proofValue"), MR_STR("u2V0A")))
            return true;
    }
    return false;
}

static int read_json(mr_arena *a, struct mr_bakable *b, struct mr_err *err)
{
    const mr_json *document;
    struct mr_err e = {0};
    int code = mr_json_parse(a, b->text, NULL, &document, &e);
    if (code == MR_E_NOMEM) return MR_FAIL(err, MR_E_NOMEM, "no memory to read a credential", MR_NOWHERE);
    if (code) return MR_FAIL(err, MR_E_FORMAT, mr_sniffed_json_message(&e, b->text), e.position);
    if (is_assertion(document)) {
        b->standard = MR_BAKED_OB2, b->is_badge = true, b->url = address_of(document);
        return MR_OK;
    }
    if (mr_jades_is(document)) return MR_FAIL(err, MR_E_UNSUPPORTED, "bake.edc", MR_NOWHERE);
    if (mr_vcdm_kind_of(document) != MR_VCDM_CREDENTIAL)
        return MR_FAIL(err, MR_E_FORMAT, "bake.not_a_credential", MR_NOWHERE);
    if (!mr_data_integrity_is(document)) return MR_FAIL(err, MR_E_FORMAT, "bake.unsealed", MR_NOWHERE);
    if (is_for_the_holder(document)) return MR_FAIL(err, MR_E_UNSUPPORTED, "bake.base_proof", MR_NOWHERE);
    b->is_badge = is_open_badge(document);
    return MR_OK;
}

/* The payload of a token, only to see what it is; NULL when it cannot be read. */
static const mr_json *peek_payload(mr_arena *a, mr_str token)
{
    mr_str part, octets;
    const mr_json *payload;
    struct mr_err e;
    if (!mr_str_split(&token, '.', &part) || !mr_str_split(&token, '.', &part)) return NULL;
    if (mr_base64url_read(a, part, &octets, &e) != MR_OK) return NULL;
    if (mr_json_parse(a, octets, NULL, &payload, &e) != MR_OK || !mr_json_is(payload, MR_JSON_OBJECT)) return NULL;
    return payload;
}

static int read_token(mr_arena *a, struct mr_bakable *b, struct mr_err *err)
{
    const mr_json *payload = peek_payload(a, b->text), *vc = mr_json_get(payload, "vc");
    if (!payload) return MR_FAIL(err, MR_E_FORMAT, "bake.not_a_credential", MR_NOWHERE);
    b->is_token = true;
    if (is_assertion(payload))
        b->standard = MR_BAKED_OB2, b->is_badge = true;
    else
        b->is_badge = is_open_badge(mr_json_is(vc, MR_JSON_OBJECT) ? vc : payload);
    return MR_OK;
}

int mr_bakable_read(mr_arena *a, mr_str file, struct mr_bakable *ret, struct mr_err *err)
{
    struct mr_bakable b = {.standard = MR_BAKED_OB3};
    mr_sniffed is = mr_sniff(file, &b.text);
    if (is == MR_SNIFFED_SD_JWT) return MR_FAIL(err, MR_E_UNSUPPORTED, "bake.sd_jwt", MR_NOWHERE);
    if (is != MR_SNIFFED_JSON && is != MR_SNIFFED_COMPACT)
        return MR_FAIL(err, MR_E_FORMAT,
                       is == MR_SNIFFED_PNG || is == MR_SNIFFED_SVG ? "bake.picture_instead" : mr_sniffed_message(is),
                       MR_NOWHERE);
    if (b.text.len > MR_LIMIT_BAKED_TEXT) return MR_FAIL(err, MR_E_LIMIT, "baked.too_large", MR_NOWHERE);
    MR_TRY(is == MR_SNIFFED_JSON ? read_json(a, &b, err) : read_token(a, &b, err));
    *ret = b;
    return MR_OK;
}

/* ---- writing ---- */

/* What XML has no way to say (XML 1.0 section 2.2); other such characters are none of JSON. */
static bool has_noncharacter(mr_str text)
{
    return mr_str_find(text, MR_STR("\xEF\xBF\xBE")) >= 0 || mr_str_find(text, MR_STR("\xEF\xBF\xBF")) >= 0;
}

static int check_svg(const struct mr_baked_scan *found, const struct mr_bakable *b, struct mr_err *err)
{
    if (!found->is_utf8) return MR_FAIL(err, MR_E_UNSUPPORTED, "baked.not_utf8", MR_NOWHERE);
    if (found->is_empty) return MR_FAIL(err, MR_E_FORMAT, "baked.svg_empty", MR_NOWHERE);
    if (has_noncharacter(b->text)) return MR_FAIL(err, MR_E_UNSUPPORTED, "bake.character", MR_NOWHERE);
    return MR_OK;
}

int mr_baked_write(mr_arena *a, mr_str picture, const struct mr_bakable *b, bool replace, mr_buf *out,
                   struct mr_err *err)
{
    struct mr_baked_scan found;
    mr_picture_kind kind = mr_picture_kind_of(picture);
    MR_TRY(scan(a, kind, picture, true, &found, err));
    if (found.cut_off) return MR_FAIL(err, MR_E_FORMAT, "baked.cut_off", picture.len);
    if ((found.count || found.behind) && !replace) return MR_FAIL(err, MR_E_EXISTS, "baked.there", MR_NOWHERE);
    if (kind == MR_PICTURE_SVG) MR_TRY(check_svg(&found, b, err));
    (void)mr_buf_reserve(out, picture.len + b->text.len + b->text.len / 8 + 512);
    if (kind == MR_PICTURE_PNG)
        mr_baked_put_png(picture, &found, b, out);
    else
        mr_baked_put_svg(picture, &found, b, out);
    return mr_buf_failed(out) ? MR_FAIL(err, MR_E_LIMIT, "baked.too_large", MR_NOWHERE) : MR_OK;
}
