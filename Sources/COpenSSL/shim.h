/* What Swift's importer needs to use OpenSSL: the headers, and the macros of the API as functions. */
#ifndef SETTLE_COPENSSL_SHIM_H
#define SETTLE_COPENSSL_SHIM_H

/* SHA256_Init and its kin are deprecated in favour of EVP, which allocates per digest: too slow for short messages. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

/* SSL_CTX */
static inline int settle_SSL_CTX_set_min_proto_version(SSL_CTX *ctx, int version) {
  return (int)SSL_CTX_set_min_proto_version(ctx, version);
}
static inline long settle_SSL_CTX_set_mode(SSL_CTX *ctx, long mode) { return SSL_CTX_set_mode(ctx, mode); }
static inline long settle_SSL_CTX_set_session_cache_mode(SSL_CTX *ctx, long mode) {
  return SSL_CTX_set_session_cache_mode(ctx, mode);
}
static inline int settle_SSL_CTX_set1_groups_list(SSL_CTX *ctx, const char *list) {
  return (int)SSL_CTX_set1_groups_list(ctx, (char *)list);
}
static inline uint64_t settle_SSL_CTX_set_options(SSL_CTX *ctx, uint64_t options) {
  return SSL_CTX_set_options(ctx, options);
}

/* SSL options and modes, as typed constants */
static const uint64_t settle_SSL_OP_NO_RENEGOTIATION = SSL_OP_NO_RENEGOTIATION;
static const uint64_t settle_SSL_OP_NO_TICKET = SSL_OP_NO_TICKET;
static const uint64_t settle_SSL_OP_NO_COMPRESSION = SSL_OP_NO_COMPRESSION;
static const uint64_t settle_SSL_OP_CIPHER_SERVER_PREFERENCE = SSL_OP_CIPHER_SERVER_PREFERENCE;
static const uint64_t settle_SSL_OP_IGNORE_UNEXPECTED_EOF = SSL_OP_IGNORE_UNEXPECTED_EOF;
static const long settle_SSL_MODE_PARTIAL_WRITE = SSL_MODE_ENABLE_PARTIAL_WRITE;
static const long settle_SSL_MODE_MOVING_WRITE_BUFFER = SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER;
static const long settle_SSL_MODE_RELEASE_BUFFERS = SSL_MODE_RELEASE_BUFFERS;

/* SSL */
static inline long settle_SSL_set_tlsext_host_name(SSL *ssl, const char *name) {
  return SSL_set_tlsext_host_name(ssl, (char *)name);
}

/* BIO: the retry flags */
static inline void settle_BIO_set_retry_read(BIO *bio) { BIO_set_retry_read(bio); }
static inline void settle_BIO_set_retry_write(BIO *bio) { BIO_set_retry_write(bio); }
static inline void settle_BIO_clear_retry_flags(BIO *bio) { BIO_clear_retry_flags(bio); }
static inline long settle_BIO_get_mem_data(BIO *bio, char **data) { return BIO_get_mem_data(bio, data); }

/* Stacks of general names: subject alternative names */
static inline int settle_GENERAL_NAMES_count(const GENERAL_NAMES *names) { return sk_GENERAL_NAME_num(names); }
static inline GENERAL_NAME *settle_GENERAL_NAMES_at(const GENERAL_NAMES *names, int index) {
  return sk_GENERAL_NAME_value(names, index);
}
/* The bytes of a URI name; NULL for every other kind of name. */
static inline const ASN1_IA5STRING *settle_GENERAL_NAME_uri(const GENERAL_NAME *name) {
  return name->type == GEN_URI ? name->d.uniformResourceIdentifier : NULL;
}

/* EVP */
static inline int settle_EVP_PKEY_CTX_set_ec_paramgen_curve_nid(EVP_PKEY_CTX *ctx, int nid) {
  return EVP_PKEY_CTX_set_ec_paramgen_curve_nid(ctx, nid);
}

#endif
