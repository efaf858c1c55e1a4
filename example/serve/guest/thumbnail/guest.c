// SPDX-License-Identifier: Apache-2.0
// The thumbnail guest: a picture comes in, its thumbnail goes out.

#include <stdint.h>
#include <stdlib.h>

#include "shrink.h"
#include "size.h"

__attribute__((export_name("reserve"))) unsigned char* reserve(size_t size) { return malloc(size); }

__attribute__((export_name("handle"))) uint64_t handle(const unsigned char* picture, size_t size) {
    const unsigned char* small = shrink(picture, size, thumbnail_width, thumbnail_height);
    const uint64_t bytes = small ? thumbnail_width * thumbnail_height * 3 : 0;
    return bytes << 32U | (uint32_t)(uintptr_t)small;
}
