# Finds what serve needs beyond the library: a compiler for WebAssembly with its C and C++ libraries,
# wasm2c, and the libraries that host and guests share. PALIMPSEST_SERVE_MISSING says what is not there.

set(PALIMPSEST_SERVE_MISSING)

macro(need_program variable label)
    find_program(${variable} NAMES ${ARGN})
    if(NOT ${variable})
        list(APPEND PALIMPSEST_SERVE_MISSING "${label}")
    endif()
    mark_as_advanced(${variable})
endmacro()

macro(need_header variable label)
    find_path(${variable} ${ARGN})
    if(NOT ${variable})
        list(APPEND PALIMPSEST_SERVE_MISSING "${label}")
    endif()
    mark_as_advanced(${variable})
endmacro()

need_program(PALIMPSEST_WASM_C "clang-16" clang-16)
need_program(PALIMPSEST_WASM_CXX "clang++-16" clang++-16)
need_program(PALIMPSEST_WASM_LINKER "wasm-ld-16 (lld-16)" wasm-ld-16)
need_program(PALIMPSEST_WASM2C "wasm2c (wabt)" wasm2c)
need_header(PALIMPSEST_WASM_RT "wasm-rt.h (wabt)" wasm-rt.h)
need_header(PALIMPSEST_WASI "wasi-libc" wasi/api.h PATHS /usr/include/wasm32-wasi)
need_header(PALIMPSEST_WASI_CXX "libc++-16-dev-wasm32" cstddef
    PATHS /usr/include/wasm32-wasi/c++/v1 NO_DEFAULT_PATH)
need_header(PALIMPSEST_NLOHMANN "nlohmann-json3-dev" nlohmann/json.hpp)
need_header(PALIMPSEST_STB "libstb-dev" stb_image_resize.h PATH_SUFFIXES stb)
need_header(PALIMPSEST_CLI11 "libcli11-dev" CLI/CLI.hpp)
if(PALIMPSEST_EXAMPLE_JAVASCRIPT)
    need_program(PALIMPSEST_NPM "npm" npm)
endif()

# The compiler finds this library by itself; only its absence would be hard to read.
find_library(PALIMPSEST_WASM_BUILTINS NAMES libclang_rt.builtins-wasm32.a
    PATHS /usr/lib/llvm-16/lib/clang/16/lib/wasi NO_DEFAULT_PATH)
if(NOT PALIMPSEST_WASM_BUILTINS)
    list(APPEND PALIMPSEST_SERVE_MISSING "libclang-rt-16-dev-wasm32")
endif()
mark_as_advanced(PALIMPSEST_WASM_BUILTINS)
