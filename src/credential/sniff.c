#include "credential/sniff.h"

#include "base/compression.h"
#include "base/limits.h"
#include "credential/each.h"
#include "credential/vcdm.h"

static const struct magic {
    mr_str octets;
    size_t at;
    mr_sniffed is;
} magics[] = {
    {MR_STR_INIT("%PDF-"), 0, MR_SNIFFED_PDF},
    {MR_STR_INIT("\x89PNG\r\n\x1a\n"), 0, MR_SNIFFED_PNG},
    {MR_STR_INIT("\xff\xd8\xff"), 0, MR_SNIFFED_PICTURE},
    {MR_STR_INIT("GIF8"), 0, MR_SNIFFED_PICTURE},
    {MR_STR_INIT("WEBP"), 8, MR_SNIFFED_PICTURE},
    {MR_STR_INIT("II*\0"), 0, MR_SNIFFED_PICTURE},
    {MR_STR_INIT("MM\0*"), 0, MR_SNIFFED_PICTURE},
    {MR_STR_INIT("ftyp"), 4, MR_SNIFFED_PICTURE},
    {MR_STR_INIT("PK\3\4"), 0, MR_SNIFFED_ARCHIVE},
    {MR_STR_INIT("PK\5\6"), 0, MR_SNIFFED_ARCHIVE},
    {MR_STR_INIT("\x1f\x8b"), 0, MR_SNIFFED_GZIP},
    {MR_STR_INIT("7z\xbc\xaf\x27\x1c"), 0, MR_SNIFFED_ARCHIVE},
    {MR_STR_INIT("\xff\xfe"), 0, MR_SNIFFED_UTF16},
    {MR_STR_INIT("\xfe\xff"), 0, MR_SNIFFED_UTF16},
    {MR_STR_INIT("{\0"), 0, MR_SNIFFED_UTF16},
    {MR_STR_INIT("\0{"), 0, MR_SNIFFED_UTF16},
    {MR_STR_INIT("<\0"), 0, MR_SNIFFED_UTF16},
    {MR_STR_INIT("\0<"), 0, MR_SNIFFED_UTF16},
    {MR_STR_INIT("-----BEGIN "), 0, MR_SNIFFED_PEM},
};

static bool has_at(mr_str s, mr_str octets, size_t at)
{
    return s.len >= at + octets.len && memcmp(s.ptr + at, octets.ptr, octets.len) == 0;
}

static bool begins_word(mr_str s, const char *word)
{
    size_t size = strlen(word);
    return s.len >= size && mr_str_eq_ascii_nocase(mr_str_make(s.ptr, size), mr_str_of(word));
}

static bool is_base64url(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* The beginning is looked at closely; what follows is for the reader of tokens to refuse. */
#define CLOSELY 1024
static bool is_compact(mr_str s, bool *ret_tilde)
{
    size_t stops = 0;
    for (size_t i = 0; i < s.len && i < CLOSELY; i++)
        if (!is_base64url(s.ptr[i]) && s.ptr[i] != '.' && s.ptr[i] != '~') return false;
    for (mr_str rest = s; stops < 3; stops++) {
        ptrdiff_t at = mr_str_find_char(rest, '.');
        if (at < 0) break;
        rest = mr_str_from(rest, (size_t)at + 1);
    }
    *ret_tilde = mr_str_find_char(s, '~') >= 0;
    return *ret_tilde ? stops >= 2 : stops == 2;
}

/* A token begins with a JSON object in base64url. Programs for mail and text break what is long into lines; whether the blanks that they put in are all
 * that is wrong nobody can tell, so it is named and not mended. */
static bool is_broken_token(mr_str s)
{
    if (!mr_str_has_prefix(s, MR_STR("eyJ"))) return false;
    for (size_t i = 0; i < s.len && i < CLOSELY; i++)
        if (!is_base64url(s.ptr[i]) && !memchr(".~ \t\r\n", s.ptr[i], 6)) return false;
    return true;
}

static mr_str behind(mr_str s, mr_str end)
{
    ptrdiff_t at = mr_str_find(s, end);
    return at < 0 ? MR_STR_EMPTY : mr_str_trim(mr_str_from(s, (size_t)at + end.len));
}

/* A document type may hold declarations in brackets. */
static mr_str behind_doctype(mr_str s)
{
    ptrdiff_t bracket = mr_str_find_char(s, '['), end = mr_str_find_char(s, '>');
    return bracket >= 0 && bracket < end ? behind(behind(s, MR_STR("]")), MR_STR(">")) : behind(s, MR_STR(">"));
}

/* The first element of a document of XML, behind declarations and comments, without its prefix. */
#define PROLOG_MOST 32
static mr_str first_element(mr_str s)
{
    size_t size = 1;
    for (int i = 0; i < PROLOG_MOST && s.len; i++) {
        if (mr_str_has_prefix(s, MR_STR("<?")))
            s = behind(s, MR_STR("?>"));
        else if (mr_str_has_prefix(s, MR_STR("<!--")))
            s = behind(s, MR_STR("-->"));
        else if (mr_str_has_prefix(s, MR_STR("<!")))
            s = behind_doctype(s);
        else
            break;
    }
    if (s.len < 2 || s.ptr[0] != '<') return MR_STR_EMPTY;
    while (size < s.len && !memchr(" \t\r\n/>", s.ptr[size], 6)) size++;
    mr_str name = mr_str_make(s.ptr + 1, size - 1);
    ptrdiff_t colon = mr_str_find_char(name, ':');
    return colon < 0 ? name : mr_str_from(name, (size_t)colon + 1);
}

static mr_sniffed sniff_text(mr_str s)
{
    bool tilde = false;
    if (s.ptr[0] == '{' || s.ptr[0] == '[') return MR_SNIFFED_JSON;
    if (is_compact(s, &tilde)) return tilde ? MR_SNIFFED_SD_JWT : MR_SNIFFED_COMPACT;
    if (is_broken_token(s)) return MR_SNIFFED_TOKEN;
    if (begins_word(s, "<!doctype html") || begins_word(s, "<html")) return MR_SNIFFED_HTML;
    if (begins_word(s, "<")) return mr_str_is(first_element(s), "svg") ? MR_SNIFFED_SVG : MR_SNIFFED_XML;
    for (size_t i = 0; i < s.len && i < 4096; i++)
        if ((unsigned char)s.ptr[i] < 32 && !memchr("\t\n\r\f", s.ptr[i], 4)) return MR_SNIFFED_BINARY;
    return MR_SNIFFED_TEXT;
}

mr_sniffed mr_sniff(mr_str file, mr_str *ret_text)
{
    *ret_text = file;
    if (file.len > MR_LIMIT_DOCUMENT) return MR_SNIFFED_TOO_LARGE;
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
        if (has_at(file, magics[i].octets, magics[i].at)) return magics[i].is;
    *ret_text = mr_str_trim(file);
    return ret_text->len ? sniff_text(*ret_text) : MR_SNIFFED_EMPTY;
}

mr_sniffed mr_sniff_gzip(mr_arena *a, mr_str file)
{
    struct mr_err e;
    mr_str inside, text;
    if (mr_inflate(a, MR_GZIP, file, MR_LIMIT_DOCUMENT, &inside, &e) != MR_OK) return MR_SNIFFED_ARCHIVE;
    return mr_sniff(inside, &text) == MR_SNIFFED_SVG ? MR_SNIFFED_SVGZ : MR_SNIFFED_ARCHIVE;
}

const char *mr_sniffed_message(mr_sniffed s)
{
    switch (s) {
    case MR_SNIFFED_JSON:
    case MR_SNIFFED_COMPACT:
    case MR_SNIFFED_SD_JWT: break;
    case MR_SNIFFED_EMPTY: return "format.empty";
    case MR_SNIFFED_TOO_LARGE: return "format.too_large";
    case MR_SNIFFED_PDF: return "format.pdf";
    case MR_SNIFFED_PNG:
    case MR_SNIFFED_SVG: return "format.picture_bare";
    case MR_SNIFFED_SVGZ: return "format.svgz";
    case MR_SNIFFED_PICTURE: return "format.picture";
    case MR_SNIFFED_ARCHIVE:
    case MR_SNIFFED_GZIP: return "format.archive";
    case MR_SNIFFED_XML: return "format.xml";
    case MR_SNIFFED_HTML: return "format.html";
    case MR_SNIFFED_PEM: return "format.pem";
    case MR_SNIFFED_UTF16: return "format.utf16";
    case MR_SNIFFED_TOKEN: return "format.token_in_pieces";
    case MR_SNIFFED_TEXT: return "format.text";
    case MR_SNIFFED_BINARY: return "format.binary";
    }
    return NULL;
}

const char *mr_sniffed_json_message(const struct mr_err *e, mr_str text)
{
    if (e->code == MR_E_UTF8) return "format.not_utf8";
    if (e->code == MR_E_JSON_DUPLICATE) return "format.duplicate";
    if (e->code == MR_E_LIMIT) return "format.too_deep";
    if (e->code == MR_E_NOMEM) return "format.too_much";
    return e->position != MR_NOWHERE && e->position >= text.len ? "format.truncated" : "format.not_json";
}

const char *mr_sniffed_other_credential(const mr_json *document)
{
    return mr_each_has(mr_json_get(document, "type"), "Assertion") ? "format.open_badge" : NULL;
}

bool mr_sniffed_may_be_credential(const mr_json *document)
{
    return mr_json_get(document, "@context") || mr_vcdm_kind_of(document) != MR_VCDM_NOTHING;
}

static bool is_badge(const mr_json *document)
{
    static const char *const types[] = {"OpenBadgeCredential", "AchievementCredential", "ClrCredential",
                                        "EndorsementCredential"};
    const mr_json *type = mr_json_get(document, "type");
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (mr_each_has(type, types[i])) return true;
    return false;
}

/* Names the European Learning Model, or has the claims of one of its documents. */
static bool speaks_elm(const mr_json *document)
{
    static const mr_str model = MR_STR_INIT("http://data.europa.eu/snb/");
    MR_EACH(context, mr_json_get(document, "@context"))
    {
        if (mr_str_has_prefix(mr_json_str(context), model)) return true;
    }
    MR_EACH(subject, mr_json_get(document, "credentialSubject"))
    {
        if (mr_json_get(subject, "hasClaim")) return true;
    }
    return mr_each_has(mr_json_get(document, "type"), "EuropeanDigitalCredential");
}

bool mr_sniffed_is_elm(const mr_json *document)
{
    mr_vcdm_kind kind = mr_vcdm_kind_of(document);
    if ((kind != MR_VCDM_NOTHING && kind != MR_VCDM_CREDENTIAL) || is_badge(document)) return false;
    return mr_vcdm_version_of(document) == MR_VCDM_NONE || speaks_elm(document);
}
