/* A device that does what a test tells it: locks, counts, is pulled out. SoftHSM knows none of that. */
#ifndef MR_TESTS_CRYPTO_FAKE_DEVICE_H
#define MR_TESTS_CRYPTO_FAKE_DEVICE_H

#include <p11-kit/pkcs11.h>

/* Exported as `fake_device`; the test sets it up. */
struct fake_device {
    /* what it is */
    CK_FLAGS flags; /* of the token, beside initialised and login required */
    const char *pin;
    const void *point, *certificate; /* CKA_EC_POINT in its OCTET STRING, CKA_VALUE */
    size_t point_size, certificate_size;
    CK_BBOOL asks_always;
    int (*sign)(const void *digest, size_t size, void *out); /* r || s; 0 when done */
    int refuses_context;                                     /* another PIN than for logging in would be right */
    int gone; /* so many calls of C_SignInit answer that the device was removed */
    /* what happened */
    int logins, wrong_pins, context_logins, opened, closed;
    int logged_in;
    int pin_was_null;
};

#endif
