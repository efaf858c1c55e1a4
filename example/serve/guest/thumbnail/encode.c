// SPDX-License-Identifier: Apache-2.0
#include "encode.h"

#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STBI_WRITE_NO_STDIO
#include <stb_image_write.h>

enum { channels = 3, jpeg_quality = 85 };

int encode_jpeg(take_bytes* take, void* context, int width, int height, const void* pixels) {
    return stbi_write_jpg_to_func(take, context, width, height, channels, pixels, jpeg_quality);
}

int encode_png(take_bytes* take, void* context, int width, int height, const void* pixels) {
    return stbi_write_png_to_func(take, context, width, height, channels, pixels, width * channels);
}
