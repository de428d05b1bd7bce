/* Has a trusted list the structure that its version asks for? Content models of TS 119 612 v2.4.1 annex C (lists of version 5 and 6) and TS 119 602
 * v1.1.1 annex B (LoTE in XML), as tables of our own. */
#ifndef MR_TRUSTED_LIST_STRUCTURE_H
#define MR_TRUSTED_LIST_STRUCTURE_H

#include "base/limits.h"
#include "trusted_list/xml.h"

struct mr_xml_fault {
    long line;           /* in the XML, from 1 */
    const char *element; /* of the document */
    const char *what;    /* constant text: "an element is missing" ... */
    const char *name;    /* what it is about, or "" */
};
struct mr_xml_faults {
    struct mr_xml_fault items[MR_LIMIT_LIST_FAULTS];
    size_t count; /* of all; the first MR_LIMIT_LIST_FAULTS are told */
};

typedef enum mr_xml_list_kind { MR_XML_LIST_UNKNOWN, MR_XML_LIST_TSL, MR_XML_LIST_LOTE } mr_xml_list_kind;
mr_xml_list_kind mr_xml_list_kind_of(const xmlNode *root);
/* Check the whole document.
 *   version  as TSLVersionIdentifier says (5 or 6); not used for a LoTE
 *   ret      its texts point into the document and into constants */
void mr_xml_structure_check(const xmlNode *root, int version, struct mr_xml_faults *ret);
void mr_xml_fault_add(struct mr_xml_faults *f, const xmlNode *at, const char *what, const char *name);

#endif
