# SPDX-License-Identifier: GPL-3.0-or-later
# isentrope_test(tst_name [SOURCES …] [LIBRARIES …] [LABELS …]): one Qt Test program, one CTest case.
# tst_name.cpp holds the class; QTEST_GUILESS_MAIN or QTEST_APPLESS_MAIN; `#include "tst_name.moc"`.
function(isentrope_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBRARIES;LABELS" ${ARGN})
  add_executable(${name} ${name}.cpp ${arg_SOURCES})
  set_target_properties(${name} PROPERTIES AUTOMOC ON
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_link_libraries(${name} PRIVATE isentrope_house Qt6::Test ${arg_LIBRARIES})
  target_compile_definitions(${name} PRIVATE
    TEST_DATA_DIR="${PROJECT_SOURCE_DIR}/tests/data"
    SHARED_FIXTURES_DIR="${PROJECT_SOURCE_DIR}/../shared/fixtures")
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 120
    ENVIRONMENT "QT_QPA_PLATFORM=offscreen;LC_ALL=C.UTF-8")
  if(arg_LABELS)
    set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}")
  endif()
endfunction()
