/* libxml2 behind a few functions. Its reader is told to keep what it would give up for safety or speed by default: texts above 10 MB, nesting
 * above 256 and entity growth stay errors (no XML_PARSE_HUGE), external things are never loaded (no DTDLOAD, NONET). A DOCTYPE stops the reader at once,
 * before any entity is declared: no list has one, and whatever could be done with one (bombs, files, other hosts) begins there. */
#include "trusted_list/xml.h"

#include "base/encoding.h"
#include "base/limits.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

struct reading {
    bool has_doctype;
};

static void stop_at_doctype(void *self, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
    xmlParserCtxt *context = self;
    (void)name, (void)external, (void)system;
    ((struct reading *)context->_private)->has_doctype = true;
    xmlStopParser(context);
}

static int refuse(const xmlParserCtxt *context, const struct reading *r, struct mr_err *err)
{
    const xmlError *e = &context->lastError;
    if (r->has_doctype)
        return MR_FAIL(err, MR_E_FORMAT, "the XML has a document type declaration, which no trusted list has",
                       MR_NOWHERE);
    if (e->code == XML_ERR_NO_MEMORY) return MR_FAIL(err, MR_E_NOMEM, "no memory for this XML", MR_NOWHERE);
    return MR_FAIL_DETAIL(err, MR_E_FORMAT, "not well-formed XML", "line %d: %.120s", e->line,
                          e->message ? e->message : "");
}

int mr_xml_read(mr_str text, xmlDoc **ret, struct mr_err *err)
{
    struct reading r = {0};
    if (text.len > MR_LIMIT_TRUSTED_LIST)
        return MR_FAIL(err, MR_E_LIMIT, "larger than a trusted list may be", MR_LIMIT_TRUSTED_LIST);
    xmlParserCtxt *context = xmlNewParserCtxt();
    if (!context) return MR_FAIL(err, MR_E_NOMEM, "no memory for this XML", MR_NOWHERE);
    context->_private = &r;
    context->sax->internalSubset = stop_at_doctype;
    xmlDoc *doc = xmlCtxtReadMemory(context, text.ptr ? text.ptr : "", (int)text.len, NULL, NULL,
                                    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    int code = MR_OK;
    if (!doc || r.has_doctype || doc->intSubset || !xmlDocGetRootElement(doc)) {
        code = refuse(context, &r, err);
        xmlFreeDoc(doc);
    } else
        *ret = doc;
    xmlFreeParserCtxt(context);
    return code;
}

void mr_xml_freep(xmlDoc **doc)
{
    xmlFreeDoc(*doc);
    *doc = NULL;
}

/* ---- walking ---- */

bool mr_xml_is(const xmlNode *node, const char *ns, const char *name)
{
    if (!node || node->type != XML_ELEMENT_NODE || strcmp((const char *)node->name, name) != 0) return false;
    return !ns || (node->ns && strcmp((const char *)node->ns->href, ns) == 0);
}

const xmlNode *mr_xml_first_element(const xmlNode *node)
{
    const xmlNode *child = node ? node->children : NULL;
    while (child && child->type != XML_ELEMENT_NODE) child = child->next;
    return child;
}

const xmlNode *mr_xml_next_element(const xmlNode *node)
{
    const xmlNode *next = node->next;
    while (next && next->type != XML_ELEMENT_NODE) next = next->next;
    return next;
}

const xmlNode *mr_xml_child(const xmlNode *node, const char *ns, const char *name)
{
    const xmlNode *child = mr_xml_first_element(node);
    while (child && !mr_xml_is(child, ns, name)) child = mr_xml_next_element(child);
    return child;
}

const xmlNode *mr_xml_next(const xmlNode *node)
{
    const char *ns = node->ns ? (const char *)node->ns->href : NULL;
    const xmlNode *next = mr_xml_next_element(node);
    while (next && !mr_xml_is(next, ns, (const char *)node->name)) next = mr_xml_next_element(next);
    return next;
}

const xmlNode *mr_xml_find(const xmlNode *node, const char *ns, const char *path)
{
    char name[64];
    while (node && *path) {
        size_t size = strcspn(path, "/");
        if (size >= sizeof name) return NULL;
        memcpy(name, path, size);
        name[size] = '\0';
        node = mr_xml_child(node, ns, name);
        path += size + (path[size] == '/');
    }
    return node;
}

static mr_str take(mr_arena *a, xmlChar *text)
{
    mr_str copy = mr_arena_dup(a, text ? mr_str_trim(mr_str_of((const char *)text)) : MR_STR(""));
    xmlFree(text);
    return copy;
}

mr_str mr_xml_text(mr_arena *a, const xmlNode *node)
{
    return node ? take(a, xmlNodeGetContent(node)) : MR_STR_EMPTY;
}

mr_str mr_xml_attribute(mr_arena *a, const xmlNode *node, const char *name)
{
    static const char xml[] = "http://www.w3.org/XML/1998/namespace";
    if (!node) return MR_STR_EMPTY;
    xmlChar *value = strncmp(name, "xml:", 4) == 0 ? xmlGetNsProp(node, (const xmlChar *)name + 4, (const xmlChar *)xml)
                                                   : xmlGetNoNsProp(node, (const xmlChar *)name);
    return value ? take(a, value) : MR_STR_EMPTY;
}

int mr_xml_base64(mr_arena *a, const xmlNode *node, mr_str *ret, struct mr_err *err)
{
    mr_str text = mr_xml_text(a, node);
    char *tight = mr_arena_alloc(a, text.len);
    size_t size = 0;
    if (!tight) return MR_FAIL(err, MR_E_NOMEM, "no memory for a base64 text", MR_NOWHERE);
    for (size_t i = 0; i < text.len; i++)
        if (!strchr(" \t\r\n", text.ptr[i])) tight[size++] = text.ptr[i];
    return mr_base64_read(a, mr_str_make(tight, size), ret, err);
}
