# Programs to WebAssembly, and WebAssembly to a library of C.

# add_guest_module(<name> <wasm file>)
# Makes the library guest_<name> of what wasm2c writes: <name>.h with Z_<name>_instance_t and its functions.
function(add_guest_module name wasm)
    set(folder ${CMAKE_CURRENT_BINARY_DIR}/${name})
    file(MAKE_DIRECTORY ${folder})
    add_custom_command(
        OUTPUT ${folder}/${name}.c ${folder}/${name}.h
        COMMAND ${PALIMPSEST_WASM2C} ${wasm} -n ${name} -o ${folder}/${name}.c
        DEPENDS ${wasm}
        COMMENT "Turning the ${name} guest into C"
        VERBATIM)
    add_library(guest_${name} STATIC ${folder}/${name}.c)
    target_include_directories(guest_${name} SYSTEM PUBLIC ${folder})
    # Nobody reads this code, so no warnings. Calls stay calls: a guest that calls itself without end
    # must come to the end of the stack. Fused operations would round otherwise than WebAssembly says.
    target_compile_options(guest_${name} PRIVATE
        -O2 -g0 -w -fno-optimize-sibling-calls -ffp-contract=off)
endfunction()

# compile_guest(<name> SOURCES <source>... [HEADERS <header>...] [OPTIONS <option>...])
# The same from sources, which are compiled and linked in one go.
function(compile_guest name)
    cmake_parse_arguments(PARSE_ARGV 1 given "" "" "SOURCES;HEADERS;OPTIONS")
    set(wasm ${CMAKE_CURRENT_BINARY_DIR}/${name}.wasm)
    set(compiler ${PALIMPSEST_WASM_C})
    if(given_SOURCES MATCHES "\\.cpp")
        set(compiler ${PALIMPSEST_WASM_CXX} -stdlib++-isystem ${PALIMPSEST_WASI_CXX})
    endif()
    list(TRANSFORM given_SOURCES PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
    list(TRANSFORM given_HEADERS PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
    add_custom_command(
        OUTPUT ${wasm}
        COMMAND ${compiler} --target=wasm32-wasi -mexec-model=reactor -O3 -Wl,--strip-debug
                ${given_OPTIONS} -o ${wasm} ${given_SOURCES}
        DEPENDS ${given_SOURCES} ${given_HEADERS}
        COMMENT "Compiling the ${name} guest to WebAssembly"
        COMMAND_EXPAND_LISTS VERBATIM)
    add_guest_module(${name} ${wasm})
endfunction()
