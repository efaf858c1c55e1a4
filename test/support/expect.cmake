# cmake -D status=<number> [-D output=<regular expression>] -P expect.cmake -- <command>...
#
# Fails unless the command ends with that very exit status and prints what the expression matches. ctest's own
# PASS_REGULAR_EXPRESSION and WILL_FAIL look at one of the two only: a check that says the right thing and then passes all
# the same would go unnoticed.

set(command "")
set(in_command FALSE)
math(EXPR last "${CMAKE_ARGC} - 1")
foreach(i RANGE ${last})
    if(in_command)
        list(APPEND command "${CMAKE_ARGV${i}}")
    elseif(CMAKE_ARGV${i} STREQUAL "--")
        set(in_command TRUE)
    endif()
endforeach()

# What the command reports is no news of the test run that this is part of.
unset(ENV{PALIMPSEST_REPORT_DESCRIPTOR})
execute_process(COMMAND ${command} RESULT_VARIABLE result OUTPUT_VARIABLE printed ERROR_VARIABLE printed)
message("${printed}")
if(NOT result STREQUAL status)
    message(FATAL_ERROR "exit status ${result}, expected ${status}")
endif()
if(DEFINED output AND NOT printed MATCHES "${output}")
    message(FATAL_ERROR "the output does not match: ${output}")
endif()
