/* What is this file? From its octets alone; names and endings are not asked. */
#ifndef MR_CREDENTIAL_SNIFF_H
#define MR_CREDENTIAL_SNIFF_H

#include "json/json.h"

typedef enum mr_sniffed {
    MR_SNIFFED_JSON,    /* begins like an object or list */
    MR_SNIFFED_COMPACT, /* three parts of base64url with full stops: a compact JWS */
    MR_SNIFFED_SD_JWT,  /* the same with tildes behind */
    MR_SNIFFED_EMPTY,   /* nothing, or nothing but white space */
    MR_SNIFFED_TOO_LARGE,
    MR_SNIFFED_PDF,
    MR_SNIFFED_PNG,     /* a picture into which a credential may be baked (baked.h) */
    MR_SNIFFED_SVG,     /* likewise */
    MR_SNIFFED_SVGZ,    /* an SVG compressed with gzip: told by mr_sniff_gzip only */
    MR_SNIFFED_PICTURE, /* JPEG, GIF, WebP, TIFF, HEIC */
    MR_SNIFFED_ARCHIVE, /* ZIP and what is made of it (office files), 7z */
    MR_SNIFFED_GZIP,
    MR_SNIFFED_XML,
    MR_SNIFFED_HTML,
    MR_SNIFFED_PEM, /* a key or certificate */
    MR_SNIFFED_UTF16,
    MR_SNIFFED_TOKEN, /* nothing but letters of a token, but broken into lines, or of less than three parts */
    MR_SNIFFED_TEXT,  /* readable, but none of the above */
    MR_SNIFFED_BINARY,
} mr_sniffed;

/* ret_text: the part to read on: without byte order mark and surrounding white space. */
mr_sniffed mr_sniff(mr_str file, mr_str *ret_text);
/* What a MR_SNIFFED_GZIP file is: MR_SNIFFED_SVGZ, or an archive. `a` is for looking into it. */
mr_sniffed mr_sniff_gzip(mr_arena *a, mr_str file);
/* Message id of the sentence for a file that is no credential: "format.pdf"; NULL for JSON, COMPACT and SD_JWT. */
const char *mr_sniffed_message(mr_sniffed s);
/* Message id of what keeps a text from being JSON: the cause, as far as the error of mr_json_parse tells it. */
const char *mr_sniffed_json_message(const struct mr_err *e, mr_str text);
/* Documents that Merit knows and does not read, by the message that names them; NULL for others. */
const char *mr_sniffed_other_credential(const mr_json *document);
/* Has it a context, or the type of a credential or presentation? */
bool mr_sniffed_may_be_credential(const mr_json *document);
/* Is it, or was it meant to be, a document of the European Learning Model (elm.h)? A badge or a presentation is none, nor is another
 * credential with a context of the VC Data Model. What names no context that is known is taken for one, so that it is told what is missing. */
bool mr_sniffed_is_elm(const mr_json *document);

#endif
