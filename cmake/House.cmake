# SPDX-License-Identifier: GPL-3.0-or-later
# What every target of ours shares: standard, warnings, places of outputs, options with a reason.

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Release, Debug or RelWithDebInfo" FORCE)
endif()

include(GNUInstallDirs)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_EXTENSIONS OFF)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
  set(CMAKE_CUDA_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()

# The one warning set for our own code. Third-party headers come in as SYSTEM.
add_library(isentrope_house INTERFACE)
target_compile_features(isentrope_house INTERFACE cxx_std_20)
target_compile_options(isentrope_house INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
  -Wnon-virtual-dtor -Wold-style-cast -Wcast-qual -Woverloaded-virtual -Wnull-dereference>)
option(ISENTROPE_WERROR "Treat every warning in our own code as an error" OFF)
if(ISENTROPE_WERROR)
  target_compile_options(isentrope_house INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Werror>)
endif()
set(ISENTROPE_SANITIZE "" CACHE STRING "Sanitizers, e.g. address,undefined or thread")
if(ISENTROPE_SANITIZE)
  # Asserts are on: a run under a sanitizer is there to find bugs.
  add_compile_options(-fsanitize=${ISENTROPE_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all -UNDEBUG)
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
  add_link_options(-fsanitize=${ISENTROPE_SANITIZE})
endif()

# isentrope_option(NAME "what it builds" DEFAULT): an option that is listed at the end.
function(isentrope_option name what default)
  option(${name} "Build ${what}" ${default})
  set_property(GLOBAL APPEND PROPERTY ISENTROPE_OPTIONS ${name})
  set_property(GLOBAL PROPERTY ISENTROPE_WHAT_${name} "${what}")
endfunction()

# isentrope_choice(NAME "what it builds" DEFAULT): the same with AUTO, ON and OFF.
function(isentrope_choice name what default)
  set(${name} ${default} CACHE STRING "Build ${what}: AUTO, ON or OFF")
  set_property(CACHE ${name} PROPERTY STRINGS AUTO ON OFF)
  set_property(GLOBAL APPEND PROPERTY ISENTROPE_OPTIONS ${name})
  set_property(GLOBAL PROPERTY ISENTROPE_WHAT_${name} "${what}")
endfunction()

# isentrope_off(NAME "reason"): the option is on, but cannot be built here; said once at the end.
function(isentrope_off name reason)
  set_property(GLOBAL PROPERTY ISENTROPE_WHY_${name} "${reason}")
  set(${name} OFF PARENT_SCOPE)
endfunction()

function(isentrope_print_options)
  get_property(names GLOBAL PROPERTY ISENTROPE_OPTIONS)
  message(STATUS "Isentrope ${PROJECT_VERSION}, ${CMAKE_BUILD_TYPE}:")
  foreach(name IN LISTS names)
    get_property(what GLOBAL PROPERTY ISENTROPE_WHAT_${name})
    get_property(why GLOBAL PROPERTY ISENTROPE_WHY_${name})
    if(why)
      message(STATUS "  off  ${name}: ${what}; ${why}")
    elseif(${name})
      message(STATUS "  on   ${name}: ${what}")
    else()
      message(STATUS "  off  ${name}: ${what}; not asked for")
    endif()
  endforeach()
endfunction()
