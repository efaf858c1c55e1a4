# Some tests call the compiler themselves. They pass it @${palimpsest_compiler_flags}: a file with the flags that the tests
# are compiled with, so that they judge the compiler the user gets and not a configuration of their own.

set(palimpsest_compiler_flags ${CMAKE_CURRENT_BINARY_DIR}/compiler_flags.txt)

add_library(palimpsest_compiler_flags OBJECT EXCLUDE_FROM_ALL support/main.cpp) # never built, only asked
set_target_properties(palimpsest_compiler_flags PROPERTIES EXPORT_COMPILE_COMMANDS OFF)
target_link_libraries(palimpsest_compiler_flags PRIVATE palimpsest::palimpsest palimpsest::warnings)

# -isystem /usr/include would put the C headers before the C++ ones that wrap them.
set(other $<TARGET_PROPERTY:palimpsest_compiler_flags,INCLUDE_DIRECTORIES>)
string(REGEX REPLACE "[^A-Za-z0-9/]" "[\\0]" own ${PROJECT_SOURCE_DIR}/include)
set(other $<FILTER:${other},EXCLUDE,^\(/usr/include|${own}\)$>)
set(definitions $<TARGET_PROPERTY:palimpsest_compiler_flags,COMPILE_DEFINITIONS>)
set(options $<TARGET_PROPERTY:palimpsest_compiler_flags,COMPILE_OPTIONS>)

string(TOUPPER "${CMAKE_BUILD_TYPE}" build_type)
file(GENERATE OUTPUT ${palimpsest_compiler_flags} CONTENT
"${CMAKE_CXX20_STANDARD_COMPILE_OPTION}
${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${build_type}}
$<JOIN:${options},
>
$<$<BOOL:${definitions}>:-D$<JOIN:${definitions},
-D>>
-I\"${PROJECT_SOURCE_DIR}/include\"
$<$<BOOL:${other}>:-isystem\"$<JOIN:${other},\"
-isystem\">\">
")
