// Decodes a JPEG or PNG and scales it down. Compiled for the guest, and for the host to know what
// the answer must be.
#ifndef PALIMPSEST_EXAMPLE_SHRINK_H
#define PALIMPSEST_EXAMPLE_SHRINK_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// Returns width * height * 3 bytes, which the caller frees, or null when the picture cannot be
// read.
unsigned char* shrink(const unsigned char* picture, size_t size, int width, int height);

#ifdef __cplusplus
}
#endif

#endif
