# palimpsest_test(<name> <source>... [CONCURRENT] [SERIAL] [POOL | UNITY] [OPTIMIZED])
#
# Makes the executable <name>_test of the sources and a ctest test "<name>/<test case>" of each test case, which runs in
# a process of its own and carries the label <name>.
#   CONCURRENT  the label is "concurrent" instead, and the thread sanitizer runs the tests too
#   SERIAL      no other test runs at the same time
#   POOL        each source includes Catch2 and <palimpsest/pool.hpp>, which are compiled once for all such programs
#   UNITY       the compiler is given many sources at once, since they make much the same of the library's templates: what
#               one has in an unnamed namespace no other may have
#   OPTIMIZED   it computes for longer than it takes to compile
function(palimpsest_test name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "CONCURRENT;SERIAL;POOL;UNITY;OPTIMIZED" "" "")

    add_executable(${name}_test ${arg_UNPARSED_ARGUMENTS})
    target_link_libraries(${name}_test PRIVATE
        palimpsest::palimpsest palimpsest::warnings palimpsest_test_main)
    if(arg_POOL)
        target_precompile_headers(${name}_test REUSE_FROM palimpsest_test_pool_headers)
    endif()
    if(arg_OPTIMIZED)
        palimpsest_optimized(${name}_test)
    endif()
    set_target_properties(${name}_test PROPERTIES UNITY_BUILD ${arg_UNITY} UNITY_BUILD_BATCH_SIZE 12)

    set(label ${name})
    if(arg_CONCURRENT)
        set(label concurrent)
        add_dependencies(palimpsest_concurrent_tests ${name}_test)
    endif()

    # The exit status that support/main.cpp gives a run that passed and skipped something. A regular expression over the
    # output would not do: ctest takes a match for a skip even when the test failed later on.
    set(properties LABELS ${label} SKIP_RETURN_CODE 4 TIMEOUT 120)
    if(arg_SERIAL)
        list(APPEND properties RUN_SERIAL TRUE)
    endif()
    catch_discover_tests(${name}_test TEST_PREFIX ${name}/ PROPERTIES ${properties})
endfunction()

# Where tests are not optimised (PALIMPSEST_TEST_OPTIONS), this one is.
function(palimpsest_optimized target)
    target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
endfunction()

# palimpsest_test_folder(<folder> [options as above]): one palimpsest_test of all sources below the folder.
function(palimpsest_test_folder folder)
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.cpp)
    if(sources)
        palimpsest_test(${folder} ${sources} ${ARGN})
    endif()
endfunction()
