// How large a thumbnail is, in pixels. The guest and the host agree on it.
#ifndef PALIMPSEST_EXAMPLE_THUMBNAIL_SIZE_H
#define PALIMPSEST_EXAMPLE_THUMBNAIL_SIZE_H

enum { thumbnail_width = 48, thumbnail_height = 32 };

#endif
