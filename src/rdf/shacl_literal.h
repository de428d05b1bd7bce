/* Literals as shapes look at them: is the lexical form one of its datatype, and which of two values is less. */
#ifndef MR_RDF_SHACL_LITERAL_H
#define MR_RDF_SHACL_LITERAL_H

#include "rdf/dataset.h"

typedef enum mr_datatype {
    MR_DATATYPE_OTHER, /* one that we do not know: everything is well-formed, nothing comparable */
#define MR_DATATYPE(name, iri, form, least, most) MR_DATATYPE_##name,
#include "rdf/shacl_datatypes.def"
#undef MR_DATATYPE
    MR_DATATYPE_COUNT
} mr_datatype;
mr_datatype mr_datatype_find(mr_str iri);

/* Is the lexical form in the lexical space of its datatype? White space counts: RDF 1.1 Concepts 5 has no normalisation before. For what
 * RDF leaves to parsers that take anything (rdf:HTML, rdf:XMLLiteral, xsd:anyURI) the answer is yes.
 *   datatype  mr_datatype_find(literal->datatype)
 *   source    XML Schema 1.1 part 2, sections 3.3 and 3.4; RDF 1.1 Concepts 5 */
bool mr_literal_is_well_formed(const mr_term *literal, mr_datatype datatype);

typedef enum mr_order { MR_ORDER_NONE, MR_ORDER_LESS, MR_ORDER_EQUAL, MR_ORDER_GREATER } mr_order;

/* The order of two values as SPARQL's operator "<" has it (SPARQL 1.1 section 17.3, to which SHACL 4.3 refers): numbers by value, xsd:string by code
 * point, false before true, xsd:dateTime, and likewise xsd:date and xsd:time. MR_ORDER_NONE: not comparable; also an ill-formed
 * literal, NaN, and a moment with a zone beside one without when less than 14 hours lie between (XML Schema 1.1 part 2, D.2.2 "timeOnTimeline" and 3.3.7). */
mr_order mr_literal_compare(const mr_term *a, const mr_term *b);

#endif
