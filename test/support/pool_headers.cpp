// SPDX-License-Identifier: Apache-2.0
// Empty: what the tests of the pool include is compiled once, before this file
// (test/CMakeLists.txt).
