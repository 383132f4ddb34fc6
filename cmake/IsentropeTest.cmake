# SPDX-License-Identifier: GPL-3.0-or-later
# What all tests are compiled with, and the headers that are read once for all of them.
function(isentrope_test_headers)
  add_library(isentrope_test_settings INTERFACE)
  target_link_libraries(isentrope_test_settings INTERFACE isentrope_house Qt6::Test)
  target_compile_definitions(isentrope_test_settings INTERFACE
    TEST_DATA_DIR="${PROJECT_SOURCE_DIR}/tests/data"
    SHARED_FIXTURES_DIR="${PROJECT_SOURCE_DIR}/../shared/fixtures")
  # Qt names each test's folder; one set of precompiled headers serves only what is defined alike.
  target_compile_options(isentrope_test_settings INTERFACE
    -UQT_TESTCASE_BUILDDIR -UQT_TESTCASE_SOURCEDIR)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(isentrope_test_settings INTERFACE -fpch-preprocess) # lets ccache follow
  endif()
  add_executable(isentrope_test_precompiled precompiled.cpp)
  set_target_properties(isentrope_test_precompiled PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_link_libraries(isentrope_test_precompiled PRIVATE isentrope_test_settings)
  target_precompile_headers(isentrope_test_precompiled PRIVATE <QtTest> <nlohmann/json.hpp>)
endfunction()

# isentrope_test(tst_name [SOURCES …] [LIBRARIES …] [LABELS …]): one Qt Test program, one CTest case.
# tst_name.cpp holds the class; QTEST_GUILESS_MAIN or QTEST_APPLESS_MAIN; `#include "tst_name.moc"`.
function(isentrope_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBRARIES;LABELS" ${ARGN})
  add_executable(${name} ${name}.cpp ${arg_SOURCES})
  set_target_properties(${name} PROPERTIES AUTOMOC ON
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_link_libraries(${name} PRIVATE isentrope_test_settings ${arg_LIBRARIES})
  if(NOT arg_LIBRARIES MATCHES OpenMP) # its flag would make the headers others
    target_precompile_headers(${name} REUSE_FROM isentrope_test_precompiled)
  endif()
  add_test(NAME ${name} COMMAND ${name})
  set(seconds 120)
  if(ISENTROPE_SANITIZE)
    set(seconds 900) # everything is slower, some of it fifty times
  endif()
  set_tests_properties(${name} PROPERTIES TIMEOUT ${seconds}
    ENVIRONMENT "QT_QPA_PLATFORM=offscreen;LC_ALL=C.UTF-8;LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/leaks.supp")
  if(arg_LABELS)
    set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}")
  endif()
endfunction()
