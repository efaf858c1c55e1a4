# cmake -D build=<build folder> -D work=<folder> -P install.cmake
#
# Installs into a prefix below the work folder. All that was there goes first: a header of an earlier version must not
# stand in for one that is missing now, nor an option in a consumer's cache for a default that has changed.

file(REMOVE_RECURSE ${work})
execute_process(COMMAND ${CMAKE_COMMAND} --install ${build} --prefix ${work}/prefix COMMAND_ERROR_IS_FATAL ANY)
