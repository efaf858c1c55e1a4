# Gets QuickJS as WebAssembly from npm into the build folder. Included, it defines the build step and
# PALIMPSEST_JAVASCRIPT_WASM; run as a script (-P, with FOLDER and NPM), it is the build step.

set(package "@jitl/quickjs-wasmfile-debug-sync@0.32.0")
set(sha256 4d2f9f8adf28c48ed273515b815e05ae9a698b54955f7348e951faf43b1febc3)

if(NOT CMAKE_SCRIPT_MODE_FILE)
    set(folder ${CMAKE_CURRENT_BINARY_DIR}/quickjs)
    set(PALIMPSEST_JAVASCRIPT_WASM ${folder}/package/dist/emscripten-module.wasm)
    add_custom_command(
        OUTPUT ${PALIMPSEST_JAVASCRIPT_WASM}
        COMMAND ${CMAKE_COMMAND} -D FOLDER=${folder} -D NPM=${PALIMPSEST_NPM} -P ${CMAKE_CURRENT_LIST_FILE}
        DEPENDS ${CMAKE_CURRENT_LIST_FILE}
        COMMENT "Fetching ${package} from npm"
        VERBATIM)
    return()
endif()

file(REMOVE_RECURSE ${FOLDER})
file(MAKE_DIRECTORY ${FOLDER})
execute_process(
    COMMAND ${NPM} pack ${package} --silent
    WORKING_DIRECTORY ${FOLDER}
    RESULT_VARIABLE failed
    OUTPUT_QUIET)
file(GLOB archive ${FOLDER}/*.tgz)
if(failed OR NOT archive)
    message(FATAL_ERROR "npm could not fetch ${package}; the javascript guest needs the npm registry "
                        "once. Without it, serve the other guests: leave out --guest javascript.")
endif()
file(ARCHIVE_EXTRACT INPUT ${archive} DESTINATION ${FOLDER})
file(SHA256 ${FOLDER}/package/dist/emscripten-module.wasm fetched)
if(NOT fetched STREQUAL sha256)
    message(FATAL_ERROR "${package} holds another emscripten-module.wasm (SHA-256 ${fetched}) than this "
                        "example was written for (${sha256})")
endif()
file(TOUCH ${FOLDER}/package/dist/emscripten-module.wasm) # it comes with a time stamp of long ago
