/* CRC32C (Castagnoli), by the processor's own instruction where there is one. */
#ifndef SETTLE_CCRC32C_H
#define SETTLE_CCRC32C_H

#include <stddef.h>
#include <stdint.h>

/* Continues `state` (start with 0xFFFFFFFF, invert the final state) over `count` bytes. */
uint32_t settle_crc32c_update(uint32_t state, const void *bytes, size_t count);

/* The same by table, on any processor: the reference for the tests. */
uint32_t settle_crc32c_update_portable(uint32_t state, const void *bytes, size_t count);

#endif
