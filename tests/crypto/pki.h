/* Small invented authorities made by the openssl command. */
#ifndef MR_TESTS_CRYPTO_PKI_H
#define MR_TESTS_CRYPTO_PKI_H

#include "peer.h"

#define PKI_AUTHORITY                                                                                                  \
    "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n"
#define PKI_SEAL                                                                                                       \
    "basicConstraints=CA:FALSE\nkeyUsage=critical,nonRepudiation\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier="  \
    "keyid\n"

/* A certificate NAME.pem with NAME.key and the common name `subject`, issued by ISSUER.pem, or self-signed when issuer is NULL.
 *   extensions  lines of an extension file
 *   options     of `openssl x509 -req`, e.g. "-days 10 -sha1" */
static inline mr_certificate *pki_issue(struct peer *p, const char *name, const char *subject, const char *issuer,
                                        const char *extensions, const char *options)
{
    peer_write(p, "extensions", mr_str_of(extensions));
    peer_do(p, mr_arena_format(
                   &p->arena,
                   "test -f %s.key || openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out %s.key; "
                   "openssl req -new -key %s.key -subj \"/C=DK/O=Invented/CN=%s\" -out csr.pem && "
                   "openssl x509 -req -in csr.pem %s%s%s%s%s -extfile extensions -days 100 %s -out %s.pem",
                   name, name, name, subject, issuer ? "-CA " : "-key ", issuer ? issuer : name,
                   issuer ? ".pem -CAkey " : "", issuer ? issuer : "", issuer ? ".key -CAcreateserial" : ".key",
                   options, name)
                   .ptr);
    return peer_certificate(p, mr_arena_format(&p->arena, "%s.pem", name).ptr);
}

/* An hour into its life, in milliseconds. */
static inline int64_t pki_during(const mr_certificate *c)
{
    return mr_certificate_not_before(c) + 3600000;
}

#endif
