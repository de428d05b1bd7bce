/* A strict reader of DER (ITU-T X.690 section 10), for certificates and the few structures that OpenSSL keeps closed.
 *
 * The cursor is an mr_str that shrinks from the front; a value is a view into the input. Refused: indefinite and
 * non-minimal lengths, tags above 30, values that reach beyond their parent. All functions return false on malformed input
 * and then leave the cursor where it was. */
#ifndef MR_CRYPTO_DER_H
#define MR_CRYPTO_DER_H

#include "base/str.h"

enum {
    MR_DER_BOOLEAN = 0x01,
    MR_DER_INTEGER = 0x02,
    MR_DER_BIT_STRING = 0x03,
    MR_DER_OCTET_STRING = 0x04,
    MR_DER_NULL = 0x05,
    MR_DER_OID = 0x06,
    MR_DER_ENUMERATED = 0x0A,
    MR_DER_UTC_TIME = 0x17,
    MR_DER_GENERALIZED_TIME = 0x18,
    MR_DER_SEQUENCE = 0x30,
    MR_DER_SET = 0x31,
    MR_DER_CONTEXT = 0x80,     /* + number: primitive [n] */
    MR_DER_CONSTRUCTED = 0xA0, /* + number: constructed [n] */
};

/* The next element, whatever it is.
 *   ret_value  its content; ret_whole: with tag and length; each may be NULL */
bool mr_der_next(mr_str *in, uint8_t *ret_tag, mr_str *ret_value, mr_str *ret_whole);
/* The next element, which must have this tag. */
bool mr_der_get(mr_str *in, uint8_t tag, mr_str *ret_value);
/* The same, giving tag and length too. */
bool mr_der_get_whole(mr_str *in, uint8_t tag, mr_str *ret_whole);
/* The next element if it has this tag; *ret_value.ptr is NULL otherwise. False only on malformed input. */
bool mr_der_optional(mr_str *in, uint8_t tag, mr_str *ret_value);
/* A positive INTEGER as magnitude without leading zero octets, at most max octets; zero is one octet. */
bool mr_der_unsigned(mr_str *in, size_t max, mr_str *ret_magnitude);
/* A BOOLEAN: 00 or FF. */
bool mr_der_boolean(mr_str *in, bool *ret);
/* The octets of a BIT STRING without unused bits. */
bool mr_der_bits(mr_str *in, mr_str *ret_octets);
/* "20260131120000Z" or "260131120000Z" as X.509 writes them (RFC 5280 4.1.2.5), in milliseconds. */
bool mr_der_time(mr_str *in, int64_t *ret);

/* Whether `oid` (content octets) is this constant: MR_DER_IS(oid, "\x55\x1d\x0f"). */
#define MR_DER_IS(oid, octets) mr_str_eq((oid), MR_STR(octets))

#endif
