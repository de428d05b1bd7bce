/* CMS signed messages with one signer and signed attributes (RFC 5652), as time-stamp tokens are: a view into their DER.
 *
 * OpenSSL's own reader decodes every certificate in the message with its key, which takes several times as long as the signature itself. */
#ifndef MR_CRYPTO_CMS_H
#define MR_CRYPTO_CMS_H

#include "crypto/certificate.h"

/* All texts point into the input. */
struct mr_cms {
    mr_str whole;
    mr_str content_type;                 /* OID */
    mr_str content;                      /* the octets that are signed */
    mr_str certificates;                 /* CertificateSet, one element after the other; may be empty */
    mr_str issuer, serial, key_id;       /* of the signer: name (DER) and serial, or key identifier alone */
    mr_str digest, algorithm, signature; /* AlgorithmIdentifiers, DER; the signature's octets */
    mr_str attributes;                   /* SignedAttributes with their [0] tag */
};

/*   der     no trailing octets
 *   errors  MR_E_FORMAT (message tells what), also for BER that is not DER */
int mr_cms_read(mr_str der, struct mr_cms *ret, struct mr_err *err) MR_MUST_CHECK;
/* The only value of a signed attribute, with its tag; *ret_there whether there is such an attribute at all. False when it is there twice, without a value or
 * with several. */
bool mr_cms_attribute(const struct mr_cms *m, mr_str oid, bool *ret_there, mr_str *ret_value);
/* Is the signature that of this key, over attributes that name the content's digest? The content type among them is not looked at.
 *   errors  MR_E_SIGNATURE, MR_E_UNSUPPORTED (weak or unknown digest), MR_E_FORMAT (no digest among the attributes), MR_E_CRYPTO, MR_E_NOMEM
 *   source  RFC 5652 sections 5.4, 5.6 and 11.2 */
int mr_cms_verify(const struct mr_cms *m, const mr_certificate *signer, struct mr_err *err) MR_MUST_CHECK;

#endif
