// SPDX-License-Identifier: Apache-2.0
// Files, through bare system calls.
//
// The C library's functions of these names are cancellation points: a thread that another one
// cancels (pthread_cancel) ends inside them, by unwinding its stack. The library makes such calls
// below noexcept functions and in destructors, where unwinding terminates the process. So no call
// of os/ is a cancellation point: a thread that is cancelled in the library goes on, and ends at
// its own next cancellation point. Asynchronous cancellation (PTHREAD_CANCEL_ASYNCHRONOUS) is not
// supported.
//
// Functions that are not cancellation points need no such replacement: ioctl, mmap and its
// relatives, fcntl except for locks, ftruncate, memfd_create, getrusage, and syscall itself.
#pragma once

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>

namespace palimpsest::os::raw {

// Like the C library's functions, all of these return -1 and set errno on failure.

/// Opens an existing file and returns its descriptor, or -1 and errno. Not a cancellation point.
inline int open(const char* path, int flags) noexcept {
    return static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, flags, 0));
}
/// Closes a descriptor; returns 0, or -1 and errno. Not a cancellation point.
inline long close(int file) noexcept { return ::syscall(SYS_close, file); }
/// Reads up to `bytes` at the file's position; returns how many, or -1 and errno. Not a
/// cancellation point.
inline long read(int file, void* to, std::size_t bytes) noexcept {
    return ::syscall(SYS_read, file, to, bytes);
}
/// Reads up to `bytes` at `offset`, like pread; returns how many, or -1 and errno. Not a
/// cancellation point.
inline long read_at(int file, void* to, std::size_t bytes, ::off_t offset) noexcept {
    return ::syscall(SYS_pread64, file, to, bytes, offset);
}
/// Writes up to `bytes` at the file's position; returns how many, or -1 and errno. Not a
/// cancellation point.
inline long write(int file, const void* from, std::size_t bytes) noexcept {
    return ::syscall(SYS_write, file, from, bytes);
}
/// Writes up to `bytes` at `offset`, like pwrite; returns how many, or -1 and errno. Not a
/// cancellation point.
inline long write_at(int file, const void* from, std::size_t bytes, ::off_t offset) noexcept {
    return ::syscall(SYS_pwrite64, file, from, bytes, offset);
}
/// Allocates part of a file, or frees it if `mode` says so, like fallocate; returns 0, or -1 and
/// errno. `offset` and `bytes` are in bytes. Not a cancellation point.
inline long allocate(int file, int mode, ::off_t offset, ::off_t bytes) noexcept {
    return ::syscall(SYS_fallocate, file, mode, offset, bytes);
}

}  // namespace palimpsest::os::raw
