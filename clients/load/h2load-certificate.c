// h2load has no option for a client certificate. Preloaded, this gives every TLS context that the program makes the
// certificate and key named by SETTLE_CERT and SETTLE_KEY.
//
//   cc -shared -fPIC -o h2load-certificate.so h2load-certificate.c -lssl -ldl
//   LD_PRELOAD=$PWD/h2load-certificate.so h2load ...
#define _GNU_SOURCE
#include <dlfcn.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>

SSL_CTX *SSL_CTX_new(const SSL_METHOD *method) {
  SSL_CTX *(*original)(const SSL_METHOD *) = (SSL_CTX * (*)(const SSL_METHOD *)) dlsym(RTLD_NEXT, "SSL_CTX_new");
  SSL_CTX *context = original(method);
  const char *certificate = getenv("SETTLE_CERT"), *key = getenv("SETTLE_KEY");
  if (context == NULL || certificate == NULL || key == NULL) return context;
  if (SSL_CTX_use_certificate_chain_file(context, certificate) != 1 ||
      SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1) {
    fprintf(stderr, "cannot use %s with %s as a client certificate\n", certificate, key);
    exit(1);
  }
  return context;
}
