# palimpsest_readme_samples(<markdown file> <folder> <variable>)
#
# Writes each sample of the file as a source file into the folder and sets the variable to the list of them. Errors of the
# compiler name the line in the markdown file.
function(palimpsest_readme_samples markdown folder variable)
    file(READ ${markdown} rest)
    set(line 1)
    set(sources "")
    while(TRUE)
        string(FIND "${rest}" "\n```cpp\n" position)
        if(position EQUAL -1)
            break()
        endif()

        # The text before the block: it must end with the marker.
        string(SUBSTRING "${rest}" 0 ${position} before)
        palimpsest_count_lines("${before}" lines)
        math(EXPR line "${line} + ${lines} + 2") # of the first line inside the block
        if(NOT before MATCHES "<!-- sample: ([A-Za-z0-9_]+(\\.[ch]pp)?) -->$")
            message(FATAL_ERROR "${markdown}:${line}: no `<!-- sample: ... -->` before this cpp block")
        endif()
        set(name ${CMAKE_MATCH_1})

        math(EXPR position "${position} + 8")
        string(SUBSTRING "${rest}" ${position} -1 rest)
        string(FIND "${rest}" "\n```" position)
        if(position EQUAL -1)
            message(FATAL_ERROR "${markdown}:${line}: this block has no end")
        endif()
        math(EXPR position "${position} + 1") # its last line ends with a line feed too
        string(SUBSTRING "${rest}" 0 ${position} sample)
        string(SUBSTRING "${rest}" ${position} -1 rest)

        if(NOT name STREQUAL "none")
            cmake_path(GET name STEM stem)
            set(source ${folder}/${stem}.cpp)
            if(source IN_LIST sources)
                message(FATAL_ERROR "${markdown}:${line}: a second sample of the name ${stem}")
            endif()
            palimpsest_sample_program("${sample}" ${name} ${line} ${markdown} program)
            file(GENERATE OUTPUT ${source} CONTENT "${program}") # leaves a file alone that is right already
            list(APPEND sources ${source})
        endif()

        palimpsest_count_lines("${sample}" lines)
        math(EXPR line "${line} + ${lines}")
    endwhile()
    set(${variable} "${sources}" PARENT_SCOPE)
endfunction()

# The whole program of a sample that begins at the line of the markdown file.
function(palimpsest_sample_program sample name line markdown variable)
    set(here "#line ${line} \"${markdown}\"\n")
    if(name MATCHES "hpp$")
        set(program "${here}${sample}\nint main() {}\n")
    elseif(sample MATCHES "(^|\n)int main\\(")
        set(program "${here}${sample}")
    else()
        string(REGEX MATCHALL "#include [<\"][^\n>\"]+[>\"]" includes "${sample}")
        list(JOIN includes "\n" includes)
        string(REGEX REPLACE "#include [<\"][^\n>\"]+[>\"]" "" body "${sample}") # the lines stay, and so their numbers
        set(program "${includes}\n\nint main() {\n${here}${body}}\n")
    endif()
    set(${variable} "${program}" PARENT_SCOPE)
endfunction()

function(palimpsest_count_lines text variable)
    string(REGEX REPLACE "[^\n]" "" line_feeds "${text}")
    string(LENGTH "${line_feeds}" count)
    set(${variable} ${count} PARENT_SCOPE)
endfunction()
