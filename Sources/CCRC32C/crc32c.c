#include "ccrc32c.h"

#include <pthread.h>
#include <string.h>

#if defined(__x86_64__)
#include <nmmintrin.h>
#elif defined(__aarch64__) && defined(__linux__)
#include <arm_acle.h>
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

/* The reflected Castagnoli polynomial. */
static const uint32_t polynomial = 0x82F63B78u;

/* table[k][b]: the effect of byte b followed by k zero bytes, so that eight bytes are one step ("slicing by 8"). */
static uint32_t table[8][256];
static pthread_once_t table_once = PTHREAD_ONCE_INIT;

static void build_table(void) {
  for (uint32_t byte = 0; byte < 256; byte++) {
    uint32_t state = byte;
    for (int bit = 0; bit < 8; bit++) state = (state >> 1) ^ ((state & 1) ? polynomial : 0);
    table[0][byte] = state;
  }
  for (uint32_t byte = 0; byte < 256; byte++)
    for (int slice = 1; slice < 8; slice++)
      table[slice][byte] = (table[slice - 1][byte] >> 8) ^ table[0][table[slice - 1][byte] & 0xFF];
}

uint32_t settle_crc32c_update_portable(uint32_t state, const void *bytes, size_t count) {
  pthread_once(&table_once, build_table);
  const uint8_t *next = bytes;
  for (; count >= 8; next += 8, count -= 8) {
    uint32_t low = state ^ ((uint32_t)next[0] | (uint32_t)next[1] << 8 | (uint32_t)next[2] << 16 | (uint32_t)next[3] << 24);
    state = table[7][low & 0xFF] ^ table[6][(low >> 8) & 0xFF] ^ table[5][(low >> 16) & 0xFF] ^ table[4][low >> 24] ^
            table[3][next[4]] ^ table[2][next[5]] ^ table[1][next[6]] ^ table[0][next[7]];
  }
  for (; count > 0; next++, count--) state = (state >> 8) ^ table[0][(state ^ *next) & 0xFF];
  return state;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t update_by_instruction(uint32_t state, const void *bytes, size_t count) {
  const uint8_t *next = bytes;
  uint64_t wide = state;
  for (; count >= 8; next += 8, count -= 8) {
    uint64_t word;
    memcpy(&word, next, sizeof word);
    wide = _mm_crc32_u64(wide, word);
  }
  state = (uint32_t)wide;
  for (; count > 0; next++, count--) state = _mm_crc32_u8(state, *next);
  return state;
}
static int has_instruction(void) { return __builtin_cpu_supports("sse4.2"); }
#elif defined(__aarch64__) && defined(__linux__)
__attribute__((target("crc"))) static uint32_t update_by_instruction(uint32_t state, const void *bytes, size_t count) {
  const uint8_t *next = bytes;
  for (; count >= 8; next += 8, count -= 8) {
    uint64_t word;
    memcpy(&word, next, sizeof word);
    state = __crc32cd(state, word);
  }
  for (; count > 0; next++, count--) state = __crc32cb(state, *next);
  return state;
}
static int has_instruction(void) { return (getauxval(AT_HWCAP) & HWCAP_CRC32) != 0; }
#else
static uint32_t update_by_instruction(uint32_t state, const void *bytes, size_t count) {
  return settle_crc32c_update_portable(state, bytes, count);
}
static int has_instruction(void) { return 0; }
#endif

static int use_instruction;
static pthread_once_t choice_once = PTHREAD_ONCE_INIT;
static void choose(void) { use_instruction = has_instruction(); }

uint32_t settle_crc32c_update(uint32_t state, const void *bytes, size_t count) {
  pthread_once(&choice_once, choose);
  return use_instruction ? update_by_instruction(state, bytes, count) : settle_crc32c_update_portable(state, bytes, count);
}
