/* XML of trusted lists, as libxml2 reads it: no DTD, no entity, no network, limits on size and depth; and walking in it. */
#ifndef MR_TRUSTED_LIST_XML_H
#define MR_TRUSTED_LIST_XML_H

#include "base/arena.h"
#include "base/err.h"

#include <libxml/tree.h>

#define MR_NS_TSL "http://uri.etsi.org/02231/v2#"
#define MR_NS_TSL_MORE "http://uri.etsi.org/02231/v2/additionaltypes#"
#define MR_NS_QUALIFICATIONS "http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#"
#define MR_NS_LOTE "http://uri.etsi.org/019602/v1#"
#define MR_NS_DS "http://www.w3.org/2000/09/xmldsig#"
#define MR_NS_XADES "http://uri.etsi.org/01903/v1.3.2#"

/* Read a document. ret: the caller frees it (mr_xml_freep).
 *   errors  MR_E_FORMAT (not well-formed; a document type declaration, which is refused whatever it holds), MR_E_LIMIT, MR_E_NOMEM */
int mr_xml_read(mr_str text, xmlDoc **ret, struct mr_err *err) MR_MUST_CHECK;
void mr_xml_freep(xmlDoc **doc);

/* Is it an element of this name? ns NULL: of any namespace. */
bool mr_xml_is(const xmlNode *node, const char *ns, const char *name);
/* The first child element of this name, or NULL; node may be NULL. ns NULL: any namespace. */
const xmlNode *mr_xml_child(const xmlNode *node, const char *ns, const char *name);
/* The next sibling of the same name and namespace, or NULL. */
const xmlNode *mr_xml_next(const xmlNode *node);
/* The child elements one after the other. */
const xmlNode *mr_xml_first_element(const xmlNode *node);
const xmlNode *mr_xml_next_element(const xmlNode *node);
/* A path of child elements in one namespace: "TSPInformation/TSPName". */
const xmlNode *mr_xml_find(const xmlNode *node, const char *ns, const char *path);
/* The text inside, without white space around it; empty when node is NULL or has none. In the arena; ptr NULL when memory is short. */
mr_str mr_xml_text(mr_arena *a, const xmlNode *node);
/* An attribute without namespace ("Id"), or of the xml namespace ("xml:lang"). Empty when absent. */
mr_str mr_xml_attribute(mr_arena *a, const xmlNode *node, const char *name);
/* base64Binary (XML Schema part 2 section 3.2.16): white space anywhere is fine. Errors: MR_E_ENCODING, MR_E_NOMEM. */
int mr_xml_base64(mr_arena *a, const xmlNode *node, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;

#endif
