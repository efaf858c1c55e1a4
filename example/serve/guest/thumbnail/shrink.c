// SPDX-License-Identifier: Apache-2.0
#include "shrink.h"

#include <stdlib.h>

#define STB_IMAGE_IMPLEMENTATION
#define STBI_ONLY_JPEG
#define STBI_ONLY_PNG
#define STBI_NO_STDIO
#define STBI_NO_SIMD  // the guest has none, and both must decode to the same bytes
#define STBI_NO_THREAD_LOCALS
#include <stb_image.h>

#define STB_IMAGE_RESIZE_IMPLEMENTATION
#include <stb_image_resize.h>

unsigned char* shrink(const unsigned char* picture, size_t size, int width, int height) {
    int full_width, full_height, channels;
    unsigned char* const pixels =
        stbi_load_from_memory(picture, (int)size, &full_width, &full_height, &channels, 3);
    if (!pixels) return NULL;
    unsigned char* small = malloc((size_t)width * (size_t)height * 3);
    if (small &&
        !stbir_resize_uint8(pixels, full_width, full_height, 0, small, width, height, 0, 3)) {
        free(small);
        small = NULL;
    }
    stbi_image_free(pixels);
    return small;
}
