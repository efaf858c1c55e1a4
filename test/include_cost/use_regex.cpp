// SPDX-License-Identifier: Apache-2.0
// What a program pays for using <regex>, a template library that everybody knows.
#include <regex>
#include <string>

int main(int, char** arguments) {
    const std::regex pattern(arguments[0]);
    return std::regex_search(std::string(arguments[0]), pattern) ? 0 : 1;
}
