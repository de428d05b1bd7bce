/* Identifiers of legal persons, as registers and seal certificates write them. */
#ifndef MR_MODEL_LEGAL_IDENTIFIER_H
#define MR_MODEL_LEGAL_IDENTIFIER_H

#include "base/str.h"

/* Is it a VAT number with its country in front ("DK12345678")? Two capital letters, then 2 to 13 digits or capital letters.
 *   ret_country  ISO 3166-1 code and NUL: EL (which VAT numbers use for Greece) gives GR, XI (Northern Ireland) GB
 *   source       Council Directive 2006/112/EC, article 215 */
bool mr_legal_identifier_is_vat(mr_str s, char ret_country[3]);
/* Is it a semantics identifier ("VATDK-12345678", "NTRDK-12345678", "LEIXG-529900T8BM49AURSDO55", "GO:DK-123")?
 *   ret_country  as above; "XG" for an LEI, which belongs to no country
 *   source       ETSI EN 319 412-1 section 5.1.4 */
bool mr_legal_identifier_is_eidas(mr_str s, char ret_country[3]);

#endif
