# Runs the programs of the consumer's build folder, in which it is called.
foreach(program IN ITEMS consumer compiled)
    execute_process(COMMAND ./${program} RESULT_VARIABLE status)
    if(NOT status EQUAL 0)
        message(FATAL_ERROR "${program} gave ${status}")
    endif()
endforeach()

# What is compiled once is not compiled in the files that use it.
file(GLOB_RECURSE object compiled_too.cpp.o)
execute_process(COMMAND nm --demangle --defined-only ${object} OUTPUT_VARIABLE defined RESULT_VARIABLE status)
if(NOT status EQUAL 0 OR defined MATCHES "print_block|print<void>")
    message(FATAL_ERROR "the printer is compiled in compiled_too.cpp:\n${defined}")
endif()
