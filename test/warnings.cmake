# What the project's own tests, examples and benchmarks are compiled with; users never get these flags.

option(PALIMPSEST_WERROR "Warnings are errors in this project's own programs" ON)

add_library(palimpsest_warnings INTERFACE)
add_library(palimpsest::warnings ALIAS palimpsest_warnings)
target_compile_options(palimpsest_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow
    $<$<BOOL:${PALIMPSEST_WERROR}>:-Werror>)

# With a sanitizer GCC 12 loses track of what is initialised, even in the standard library's <regex>.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_FLAGS MATCHES "-fsanitize")
    target_compile_options(palimpsest_warnings INTERFACE -Wno-maybe-uninitialized)
endif()
