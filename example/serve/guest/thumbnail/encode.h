// Writes a picture as JPEG or PNG, natively: it makes what the guest is asked to decode.
#ifndef PALIMPSEST_EXAMPLE_ENCODE_H
#define PALIMPSEST_EXAMPLE_ENCODE_H

#ifdef __cplusplus
extern "C" {
#endif

// Takes some bytes of the file; called until the file is complete.
typedef void take_bytes(void* context, void* bytes, int size);

// `pixels` has three bytes for each. Both return 0 on failure.
int encode_jpeg(take_bytes* take, void* context, int width, int height, const void* pixels);
int encode_png(take_bytes* take, void* context, int width, int height, const void* pixels);

#ifdef __cplusplus
}
#endif

#endif
