# `cmake --install` puts the headers and the package files below the prefix; find_package(palimpsest) reads them.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# Headers fit every architecture, so the package files go to share/, not to a lib/ of one of them.
set(package_folder ${CMAKE_INSTALL_DATADIR}/cmake/palimpsest)

install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/palimpsest
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
    FILES_MATCHING PATTERN "*.hpp")
install(TARGETS palimpsest EXPORT palimpsestTargets
    INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT palimpsestTargets NAMESPACE palimpsest:: DESTINATION ${package_folder})

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/palimpsestConfig.cmake.in
    ${PROJECT_BINARY_DIR}/palimpsestConfig.cmake
    INSTALL_DESTINATION ${package_folder})
# Before 1.0 a new minor version may change the interface.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/palimpsestConfigVersion.cmake
    COMPATIBILITY SameMinorVersion
    ARCH_INDEPENDENT)
install(FILES
    ${PROJECT_BINARY_DIR}/palimpsestConfig.cmake
    ${PROJECT_BINARY_DIR}/palimpsestConfigVersion.cmake
    DESTINATION ${package_folder})
