/* Badges in SVG files. One pass of expat (opened on first use) finds the badge's element and where it stands; what is written goes between octets of the file,
 * which is never written anew.
 *
 * A picture comes from a stranger. A document type without declarations of its own is passed over (drawing programs write it, and it is never fetched);
 * one that declares anything is refused, and so are entities. Depth and size have limits. Where the picture will be handed on (`strict`), svg_active.h is
 * asked about every element. */
#include "credential/baked_inside.h"

#include "base/lazy.h"
#include "credential/svg_active.h"

#include <expat.h>
#include <limits.h>

#define OB3_NAMESPACE "https://purl.imsglobal.org/ob/v3p0"
#define OB2_NAMESPACE "http://openbadges.org"

#define EXPAT_FUNCTIONS(F)                                                                                             \
    F(XML_ParserCreateNS)                                                                                              \
    F(XML_ParserFree)                                                                                                  \
    F(XML_Parse)                                                                                                       \
    F(XML_StopParser)                                                                                                  \
    F(XML_SetUserData)                                                                                                 \
    F(XML_SetElementHandler)                                                                                           \
    F(XML_SetCharacterDataHandler)                                                                                     \
    F(XML_SetProcessingInstructionHandler)                                                                             \
    F(XML_SetStartDoctypeDeclHandler)                                                                                  \
    F(XML_SetEntityDeclHandler)                                                                                        \
    F(XML_SetSkippedEntityHandler)                                                                                     \
    F(XML_SetStartNamespaceDeclHandler)                                                                                \
    F(XML_SetXmlDeclHandler)                                                                                           \
    F(XML_GetCurrentByteIndex) F(XML_GetCurrentByteCount) F(XML_GetErrorCode) F(XML_ErrorString)
MR_LAZY_LIBRARY(expat, "libexpat.so.1", EXPAT_FUNCTIONS)

struct reader {
    XML_Parser parser;
    mr_arena *arena;
    mr_str svg;
    struct mr_baked_scan *scan;
    bool strict;
    size_t depth;
    size_t badge_depth; /* of the badge's element that is open; 0: none */
    struct mr_baked_item item;
    size_t style_depth;
    mr_buf text;  /* of that badge */
    mr_buf style; /* of a style sheet */
    int code;     /* why it was stopped; MR_OK: it was not */
    const char *why;
    mr_str what;
    size_t at;
};

static size_t byte_index(const struct reader *r)
{
    return (size_t)expat_table.XML_GetCurrentByteIndex(r->parser);
}

static void stop(struct reader *r, mr_code code, const char *why, const char *what)
{
    if (r->code) return;
    r->code = code;
    r->why = why;
    r->what = mr_arena_dup(r->arena, mr_str_of(what));
    r->at = byte_index(r);
    expat_table.XML_StopParser(r->parser, XML_FALSE);
}

static void stop_without_memory(struct reader *r)
{
    stop(r, MR_E_NOMEM, "no memory to read a picture", "");
}

/* A copy of text that expat forgets. */
static mr_str keep(struct reader *r, mr_str text)
{
    mr_str kept = mr_arena_dup(r->arena, text);
    if (!kept.ptr) stop_without_memory(r);
    return kept;
}

/* ---- the document around ---- */

static void on_doctype(void *self, const XML_Char *name, const XML_Char *system, const XML_Char *public, int declares)
{
    (void)name, (void)system, (void)public;
    if (declares) stop(self, MR_E_UNSUPPORTED, "baked.entities", "");
}

static void on_entity(void *self, const XML_Char *name, int is_parameter, const XML_Char *value, int length,
                      const XML_Char *base, const XML_Char *system, const XML_Char *public, const XML_Char *notation)
{
    (void)is_parameter, (void)value, (void)length, (void)base, (void)system, (void)public, (void)notation;
    stop(self, MR_E_UNSUPPORTED, "baked.entities", name);
}

static void on_skipped(void *self, const XML_Char *name, int is_parameter)
{
    (void)is_parameter;
    stop(self, MR_E_UNSUPPORTED, "baked.entities", name);
}

static void on_declaration(void *self, const XML_Char *version, const XML_Char *encoding, int standalone)
{
    struct reader *r = self;
    (void)version, (void)standalone;
    if (encoding) r->scan->is_utf8 = mr_str_eq_ascii_nocase(mr_str_of(encoding), MR_STR("utf-8"));
}

static void on_instruction(void *self, const XML_Char *target, const XML_Char *data)
{
    struct reader *r = self;
    const char *why = r->strict ? mr_svg_active_instruction(target) : NULL;
    (void)data;
    if (why) stop(r, MR_E_UNSUPPORTED, why, target);
}

/* Comes before the element that declares it. */
static void on_namespace(void *self, const XML_Char *prefix, const XML_Char *space)
{
    struct reader *r = self;
    if (r->depth > 0 || !prefix || strcmp(prefix, "openbadges") != 0) return;
    r->scan->has_name = true;
    r->scan->has_ob3_name = space && strcmp(space, OB3_NAMESPACE) == 0;
    r->scan->has_ob2_name = space && strcmp(space, OB2_NAMESPACE) == 0;
}

/* ---- badges ---- */

static bool is_badge(const char *name, mr_baked_standard *ret)
{
    static const struct {
        const char *name;
        mr_baked_standard standard;
    } names[] = {
        {OB3_NAMESPACE "\ncredential", MR_BAKED_OB3},        {OB3_NAMESPACE "/\ncredential", MR_BAKED_OB3},
        {OB2_NAMESPACE "\nassertion", MR_BAKED_OB2},         {OB2_NAMESPACE "/\nassertion", MR_BAKED_OB2},
        {"https://openbadges.org\nassertion", MR_BAKED_OB2}, {"https://openbadges.org/\nassertion", MR_BAKED_OB2}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(name, names[i].name) != 0) continue;
        *ret = names[i].standard;
        return true;
    }
    return false;
}

static void begin_badge(struct reader *r, const char **attributes)
{
    if (r->scan->count == MR_LIMIT_BAKED) {
        stop(r, MR_E_LIMIT, "baked.too_many", "");
        return;
    }
    r->badge_depth = r->depth;
    r->item.from = byte_index(r);
    r->item.url = MR_STR_EMPTY;
    for (size_t i = 0; attributes[i]; i += 2)
        if (strcmp(attributes[i], "verify") == 0) r->item.url = keep(r, mr_str_trim(mr_str_of(attributes[i + 1])));
    mr_buf_clear(&r->text);
}

/* A token, or an address, stands in the attribute; JSON between the tags. An address beside JSON only tells where that lies, too. */
static void end_badge(struct reader *r)
{
    struct mr_baked_item *item = &r->item;
    mr_str verify = item->url, text = mr_str_trim(keep(r, mr_buf_str(&r->text)));
    bool address = mr_baked_is_address(verify);
    item->to = byte_index(r) + (size_t)expat_table.XML_GetCurrentByteCount(r->parser);
    item->contradicts = verify.len && text.len && !address && !mr_str_eq(verify, text);
    item->text = verify.len && !(address && text.len) ? verify : text;
    item->url = address && text.len ? verify : MR_STR_EMPTY;
    r->badge_depth = 0;
    if (mr_buf_failed(&r->text)) stop_without_memory(r); /* it has room for the whole file */
    if (item->text.len > MR_LIMIT_BAKED_TEXT)
        stop(r, MR_E_LIMIT, "baked.too_large", "");
    else
        r->scan->items[r->scan->count++] = *item;
}

/* ---- elements ---- */

static void begin_picture(struct reader *r, const char *name)
{
    size_t at = byte_index(r), size = (size_t)expat_table.XML_GetCurrentByteCount(r->parser);
    if (strcmp(name, MR_SVG_NAMESPACE "\nsvg") != 0 && strcmp(name, "svg") != 0) {
        stop(r, MR_E_FORMAT, "baked.not_svg", mr_svg_local(name));
        return;
    }
    r->scan->place = at + size;
    r->scan->is_empty = size > 1 && at + size <= r->svg.len && r->svg.ptr[at + size - 2] == '/';
}

static void ask_whether_active(struct reader *r, const char *name, const char **attributes)
{
    const char *what, *why = mr_svg_active_element(name, attributes, &what);
    if (why)
        stop(r, MR_E_UNSUPPORTED, why, what);
    else if (mr_svg_is_style(name) && !r->style_depth) {
        r->style_depth = r->depth;
        mr_buf_clear(&r->style);
    }
}

static void on_start(void *self, const XML_Char *name, const XML_Char **attributes)
{
    struct reader *r = self;
    if (r->code) return;
    if (++r->depth > MR_LIMIT_XML_DEPTH) {
        stop(r, MR_E_LIMIT, "baked.too_deep", "");
        return;
    }
    if (r->depth == 1) begin_picture(r, name);
    if (r->badge_depth) return;
    if (is_badge(name, &r->item.standard))
        begin_badge(r, attributes);
    else if (r->strict && !r->code)
        ask_whether_active(r, name, attributes);
}

static void on_end(void *self, const XML_Char *name)
{
    struct reader *r = self;
    (void)name;
    if (r->code) return;
    if (r->badge_depth == r->depth) end_badge(r);
    if (r->style_depth == r->depth && r->depth) {
        const char *why = mr_svg_active_style(mr_buf_str(&r->style));
        r->style_depth = 0;
        if (mr_buf_failed(&r->style)) stop_without_memory(r);
        if (why) stop(r, MR_E_UNSUPPORTED, why, "style");
    }
    r->depth--;
}

static void on_text(void *self, const XML_Char *text, int length)
{
    struct reader *r = self;
    if (r->badge_depth) mr_buf_put(&r->text, mr_str_make(text, (size_t)length));
    if (r->style_depth) mr_buf_put(&r->style, mr_str_make(text, (size_t)length));
}

/* ---- one pass ---- */

static void free_parser(XML_Parser *p)
{
    if (*p) expat_table.XML_ParserFree(*p);
}

static void set_handlers(struct reader *r)
{
    expat_table.XML_SetUserData(r->parser, r);
    expat_table.XML_SetElementHandler(r->parser, on_start, on_end);
    expat_table.XML_SetCharacterDataHandler(r->parser, on_text);
    expat_table.XML_SetProcessingInstructionHandler(r->parser, on_instruction);
    expat_table.XML_SetStartDoctypeDeclHandler(r->parser, on_doctype);
    expat_table.XML_SetEntityDeclHandler(r->parser, on_entity);
    expat_table.XML_SetSkippedEntityHandler(r->parser, on_skipped);
    expat_table.XML_SetStartNamespaceDeclHandler(r->parser, on_namespace);
    expat_table.XML_SetXmlDeclHandler(r->parser, on_declaration);
}

/* Does the file end too early? */
static bool ends_early(const struct reader *r)
{
    enum XML_Error error = expat_table.XML_GetErrorCode(r->parser);
    return !r->code && (error == XML_ERROR_NO_ELEMENTS || error == XML_ERROR_UNCLOSED_TOKEN ||
                        error == XML_ERROR_PARTIAL_CHAR || error == XML_ERROR_UNCLOSED_CDATA_SECTION);
}

static int fault(const struct reader *r, struct mr_err *err)
{
    enum XML_Error error = expat_table.XML_GetErrorCode(r->parser);
    mr_code code = r->code ? (mr_code)r->code : error == XML_ERROR_NO_MEMORY ? MR_E_NOMEM : MR_E_FORMAT;
    if (r->code)
        (void)MR_FAIL_DETAIL(err, code, r->why, "%.*s", MR_STR_ARG(r->what));
    else
        (void)MR_FAIL_DETAIL(err, code, ends_early(r) ? "baked.cut_off" : "baked.svg_faulty", "%s",
                             expat_table.XML_ErrorString(error));
    if (err) err->position = r->code ? r->at : byte_index(r);
    return code;
}

int mr_baked_scan_svg(mr_arena *a, mr_str svg, bool strict, struct mr_baked_scan *ret, struct mr_err *err)
{
    MR_CLEANUP(free_parser) XML_Parser parser = NULL;
    struct reader r = {.arena = a, .svg = svg, .scan = ret, .strict = strict};
    *ret = (struct mr_baked_scan){.is_utf8 = true};
    MR_TRY(expat_load(err));
    if (svg.len > INT_MAX) return MR_FAIL(err, MR_E_LIMIT, "baked.too_large", MR_NOWHERE);
    r.parser = parser = expat_table.XML_ParserCreateNS(NULL, '\n');
    if (!parser) return MR_FAIL(err, MR_E_NOMEM, "no memory for a reader of XML", MR_NOWHERE);
    mr_buf_init(&r.text, 4 * svg.len + 1); /* another encoding may grow on the way to UTF-8 */
    mr_buf_init(&r.style, 4 * svg.len + 1);
    set_handlers(&r);
    bool whole = expat_table.XML_Parse(parser, svg.ptr, (int)svg.len, XML_TRUE) == XML_STATUS_OK && !r.code;
    mr_buf_done(&r.text);
    mr_buf_done(&r.style);
    /* As with a PNG: a badge that is whole is read, whatever is missing of the picture behind it. */
    ret->cut_off = !whole && !strict && ret->count && ends_early(&r);
    return whole || ret->cut_off ? MR_OK : fault(&r, err);
}

/* ---- writing ---- */

static void put_attribute(mr_str value, mr_buf *out)
{
    mr_buf_puts(out, " verify=\"");
    mr_buf_put_html(out, value); /* & < > " ' are escaped alike in XML but for ', which becomes a number */
    mr_buf_putc(out, '"');
}

/* A section ends with "]]>", so that text is cut within it. XML would read CR LF as LF (XML 1.0 section 2.11); in JSON a CR is blank space, and is left out. */
static void put_section(mr_str json, mr_buf *out)
{
    mr_buf_puts(out, "<![CDATA[");
    for (size_t i = 0; i < json.len; i++) {
        if (json.ptr[i] == '>' && i >= 2 && json.ptr[i - 1] == ']' && json.ptr[i - 2] == ']')
            mr_buf_puts(out, "]]><![CDATA[");
        if (json.ptr[i] != '\r') mr_buf_putc(out, json.ptr[i]);
    }
    mr_buf_puts(out, "]]>");
}

void mr_baked_put_svg(mr_str svg, const struct mr_baked_scan *scan, const struct mr_bakable *b, mr_buf *out)
{
    bool ob3 = b->standard == MR_BAKED_OB3, named = ob3 ? scan->has_ob3_name : scan->has_ob2_name;
    const char *element = ob3 ? "openbadges:credential" : "openbadges:assertion";
    mr_buf_put(out, mr_str_make(svg.ptr, scan->place - 1));
    /* On the first element, where it belongs; if the prefix stands for something else there, on the badge's own. */
    if (!scan->has_name) mr_buf_format(out, " xmlns:openbadges=\"%s\"", ob3 ? OB3_NAMESPACE : OB2_NAMESPACE);
    mr_buf_format(out, "><%s", element);
    if (scan->has_name && !named) mr_buf_format(out, " xmlns:openbadges=\"%s\"", ob3 ? OB3_NAMESPACE : OB2_NAMESPACE);
    if (b->is_token || b->url.len) put_attribute(b->is_token ? b->text : b->url, out);
    mr_buf_putc(out, '>');
    if (!b->is_token) put_section(b->text, out);
    mr_buf_format(out, "</%s>", element);
    mr_baked_put_rest(svg, scan, scan->place, svg.len, out);
}
