/* What Swift's importer needs to use libnghttp2: the header, and nothing that the library does not say itself. */
#ifndef SETTLE_CNGHTTP2_SHIM_H
#define SETTLE_CNGHTTP2_SHIM_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <nghttp2/nghttp2.h>

#endif
