# cmake -D compiler=... -D flags=<file with flags> -D source=... -P expect_one_error.cmake
#
# The source file begins with one or more lines
#     // expect: <text>
# It must not compile, the compiler must give exactly one error, and its output must contain every expected text: a user
# who composes policies wrongly shall read one sentence and not a page of templates.

cmake_minimum_required(VERSION 3.22)

# Beforehand and in one line: the text of an error is wrapped.
function(refuse text)
    message("${text}")
    message(FATAL_ERROR "not the error expected")
endfunction()

file(READ ${source} rest)
set(expected_texts 0)
while(rest MATCHES "^// expect: ([^\n]+)\n")
    set(expected_text_${expected_texts} "${CMAKE_MATCH_1}")
    math(EXPR expected_texts "${expected_texts} + 1")
    string(LENGTH "${CMAKE_MATCH_0}" length)
    string(SUBSTRING "${rest}" ${length} -1 rest)
endwhile()
if(expected_texts EQUAL 0)
    refuse("${source} does not begin with `// expect: <text>`")
endif()

# Messages in English, whatever the user's language.
execute_process(
    COMMAND ${CMAKE_COMMAND} -E env LC_ALL=C ${compiler} @${flags} -fsyntax-only ${source}
    RESULT_VARIABLE status
    OUTPUT_VARIABLE output
    ERROR_VARIABLE output)
message("${output}")

if(status EQUAL 0)
    refuse("${source} compiles, but must not")
endif()

# Only what the pattern matches becomes the list, so that semicolons and brackets in the output do no harm.
string(REGEX MATCHALL "error: " errors "${output}")
list(LENGTH errors errors)
if(NOT errors EQUAL 1)
    refuse("expected 1 error, got ${errors}")
endif()

math(EXPR last "${expected_texts} - 1")
foreach(i RANGE ${last})
    string(FIND "${output}" "${expected_text_${i}}" position)
    if(position EQUAL -1)
        refuse("not in the output of the compiler: ${expected_text_${i}}")
    endif()
endforeach()
