// SPDX-License-Identifier: Apache-2.0
// The echo guest: answers with its request, enciphered. It touches the page of its buffer and no
// more, as a small plugin or filter does.

static unsigned char buffer[4096];

__attribute__((export_name("reserve"))) unsigned char* reserve(unsigned size) {
    return size <= sizeof buffer ? buffer : 0;
}

// Each byte is mixed with all that came before it, so that no answer fits another request.
__attribute__((export_name("handle"))) unsigned long long handle(unsigned char* request,
                                                                 unsigned size) {
    unsigned key = 2166136261U;
    for (unsigned at = 0; at < size; ++at) {
        const unsigned char plain = request[at];
        request[at] = (unsigned char)(plain ^ (key >> 24U));
        key = (key ^ plain) * 16777619U;
    }
    return ((unsigned long long)size << 32U) | (unsigned)(unsigned long)request;
}

// The two ways to go wrong that cost a runtime the most care: for `serve --traps`.
__attribute__((export_name("read_at"))) unsigned read_at(const volatile unsigned char* address) {
    return *address;
}

// Needs no stack in the guest's memory, so that it is the host's stack that comes to its end.
__attribute__((export_name("descend"))) unsigned descend(const volatile unsigned char* address) {
    return descend(address) + *address;
}
