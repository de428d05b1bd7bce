/* Shapes that the program brings along: tables of our own (spec/shapes, whose README says how they are written), which become SHACL graphs. They
 * keep the names of the published shapes and all that has behaviour; sentences are not in them. */
#ifndef MR_RDF_SHAPE_TABLE_H
#define MR_RDF_SHAPE_TABLE_H

#include "rdf/dataset.h"

/* Append the shapes of a table to the default graph of a dataset.
 *   name    "edc-generic-no-cv" and so on: one of mr_shape_table_names
 *   errors  MR_E_NOT_FOUND (no table of that name), MR_E_LIMIT, MR_E_NOMEM */
int mr_shape_table_read(mr_dataset *ds, mr_str name, struct mr_err *err) MR_MUST_CHECK;

/* In the order of their bytes; ends with NULL. */
const char *const *mr_shape_table_names(void);

/* The same for the text of any table.
 *   text    borrowed: it must live as long as the dataset
 *   errors  MR_E_FORMAT (position = byte offset of the word that cannot be), MR_E_LIMIT, MR_E_NOMEM */
int mr_shape_table_parse(mr_dataset *ds, mr_str text, struct mr_err *err) MR_MUST_CHECK;

#endif
