# SPDX-License-Identifier: GPL-3.0-or-later
# Finds LibTorch by its files and gives the targets LibTorch::cpu and, with CUDA, LibTorch::cuda.
#
# find_package(Torch) is not used: a wheel's finds the distribution's libtorch.so first where both
# are installed, and its CUDA detection fails with recent compilers. Naming torch_cpu and c10 avoids
# both, and a program that does not link torch_cuda starts in a tenth of the time.
#
# Looked for in this order: Torch_DIR and CMAKE_PREFIX_PATH, the torch of the Python on the path, a
# copy that scripts/lib/libtorch.sh fetched, the distribution's libtorch-dev. Sets LibTorch_FOUND,
# LibTorch_ORIGIN, LibTorch_VERSION, LibTorch_INCLUDE, LibTorch_LIBRARIES (a folder) and
# LibTorch_REASON: per place that was passed over, why.

set(LIBTORCH_OLDEST 1.13)
set(LibTorch_FOUND FALSE)
set(LibTorch_REASON "")

# The version in the headers; they have moved from the C++ API to headeronly/.
function(_libtorch_version include out)
  set(${out} "" PARENT_SCOPE)
  foreach(header torch/headeronly/version.h torch/csrc/api/include/torch/version.h)
    if(NOT EXISTS ${include}/${header})
      continue()
    endif()
    file(STRINGS ${include}/${header} lines REGEX "define TORCH_VERSION_(MAJOR|MINOR|PATCH) [0-9]")
    string(REGEX MATCHALL "[A-Z] [0-9]+" numbers "${lines}")
    if(numbers)
      string(REGEX REPLACE "[A-Z] " "" numbers "${numbers}")
      string(REPLACE ";" "." numbers "${numbers}")
      set(${out} ${numbers} PARENT_SCOPE)
      return()
    endif()
  endforeach()
endfunction()

# Where headers and libraries lie under `root`: a wheel's torch folder, an unpacked LibTorch, or a
# prefix such as /usr. Debian's python3-torch is a folder of links to the files of libtorch-dev.
function(_libtorch_folders root out_include out_libraries)
  set(${out_include} "" PARENT_SCOPE)
  set(${out_libraries} "" PARENT_SCOPE)
  if(NOT EXISTS ${root}/include/torch/csrc/api/include/torch/torch.h)
    return()
  endif()
  file(REAL_PATH ${root}/include/torch include)
  get_filename_component(include ${include} DIRECTORY)
  get_filename_component(prefix ${include} DIRECTORY)
  set(${out_include} ${include} PARENT_SCOPE)
  foreach(folder ${root}/lib ${root}/lib/${CMAKE_LIBRARY_ARCHITECTURE}
                 ${prefix}/lib/${CMAKE_LIBRARY_ARCHITECTURE} ${prefix}/lib)
    if(EXISTS ${folder}/libtorch_cpu.so AND EXISTS ${folder}/libc10.so)
      file(REAL_PATH ${folder}/libtorch_cpu.so library)
      get_filename_component(real ${library} DIRECTORY)
      if(NOT EXISTS ${real}/libc10.so)
        set(real ${folder})
      endif()
      set(${out_libraries} ${real} PARENT_SCOPE)
      return()
    endif()
  endforeach()
endfunction()

# Libraries that libtorch_cpu.so needs and the system cannot find: a wheel without its CUDA wheels.
function(_libtorch_missing library out)
  set(${out} "" PARENT_SCOPE)
  find_program(ldd ldd NO_CACHE)
  if(ldd AND NOT CMAKE_CROSSCOMPILING)
    execute_process(COMMAND ${ldd} ${library} OUTPUT_VARIABLE text ERROR_QUIET)
    string(REGEX MATCHALL "[^ \t\n]+ => not found" missing "${text}")
    string(REPLACE " => not found" "" missing "${missing}")
    list(JOIN missing ", " missing)
    set(${out} "${missing}" PARENT_SCOPE)
  endif()
endfunction()

# Takes `root` when it can be used. `asked` is on for a place that a person named: one that cannot
# be loaded here is then good enough to compile against, as on a build machine without a GPU.
macro(_libtorch_try origin root asked)
  if(NOT LibTorch_FOUND)
    _libtorch_folders("${root}" _include _libraries)
    set(_why "")
    if(NOT _include)
      set(_why "no headers (include/torch/csrc/api/include/torch/torch.h) in ${root}")
    elseif(NOT _libraries)
      set(_why "no libtorch_cpu.so for the headers in ${_include}")
    else()
      _libtorch_version(${_include} _version)
      _libtorch_missing(${_libraries}/libtorch_cpu.so _missing)
      file(STRINGS ${_libraries}/libc10.so _abi REGEX "_ZN3c10.*St7__cxx11" LIMIT_COUNT 1)
      if(NOT _version OR _version VERSION_LESS LIBTORCH_OLDEST)
        set(_why "version '${_version}' in ${root}, wanted ${LIBTORCH_OLDEST} or newer")
      elseif(NOT _abi)
        set(_why "${root} (${_version}) was built with the old C++ ABI \
(_GLIBCXX_USE_CXX11_ABI=0), as wheels before 2.7 are; install a newer one")
      elseif(_missing AND NOT ${asked})
        set(_why "${_libraries}/libtorch_cpu.so cannot be loaded, missing: ${_missing}")
      endif()
    endif()
    if(_why)
      list(APPEND LibTorch_REASON "${origin}: ${_why}")
    else()
      set(LibTorch_FOUND TRUE)
      set(LibTorch_ORIGIN "${origin}")
      set(LibTorch_VERSION ${_version})
      set(LibTorch_INCLUDE ${_include})
      set(LibTorch_LIBRARIES ${_libraries})
      if(_missing)
        message(WARNING "LibTorch in ${_libraries} can be linked but not loaded here, missing: "
                        "${_missing}")
      endif()
    endif()
  endif()
endmacro()

# 1. What a person named. A Torch_DIR is PREFIX/share/cmake/Torch or PREFIX/lib/ARCH/cmake/Torch, a
# prefix path is PREFIX or PREFIX/share/cmake (what torch.utils.cmake_prefix_path answers).
foreach(_name Torch_DIR CMAKE_PREFIX_PATH)
  set(_asked "${${_name}}")
  if(NOT _asked)
    string(REPLACE ":" ";" _asked "$ENV{${_name}}")
  endif()
  foreach(_path IN LISTS _asked)
    foreach(_up "" /../.. /../../.. /../../../..)
      get_filename_component(_root "${_path}${_up}" ABSOLUTE)
      if(EXISTS ${_root}/include/torch/csrc/api/include/torch/torch.h)
        _libtorch_try("${_name}" ${_root} TRUE)
        break()
      endif()
    endforeach()
  endforeach()
  if(_asked AND _name STREQUAL "Torch_DIR" AND NOT LibTorch_FOUND AND NOT LibTorch_REASON)
    list(APPEND LibTorch_REASON "Torch_DIR: no LibTorch at ${_asked}")
  endif()
endforeach()

# 2. The Python on the path; found without importing it, away from folders named torch.
if(NOT LibTorch_FOUND)
  find_program(_python NAMES python3 python NO_CACHE)
  if(_python)
    execute_process(
      COMMAND ${_python} -c
              "import importlib.util as u; s = u.find_spec('torch'); print(s.origin if s else '')"
      WORKING_DIRECTORY ${CMAKE_BINARY_DIR}/CMakeFiles
      OUTPUT_VARIABLE _root OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    if(_root MATCHES "/__init__\\.py$")
      get_filename_component(_root ${_root} DIRECTORY)
      _libtorch_try("the Python on the path" ${_root} FALSE)
    else()
      list(APPEND LibTorch_REASON "the Python on the path: has no torch")
    endif()
  endif()
endif()

# 3. A copy that an earlier set-up fetched.
if(NOT LibTorch_FOUND)
  set(_cache "$ENV{XDG_CACHE_HOME}")
  if(NOT _cache)
    set(_cache "$ENV{HOME}/.cache")
  endif()
  file(GLOB _roots ${PROJECT_SOURCE_DIR}/build/libtorch-venv/lib/python3*/site-packages/torch
                   ${_cache}/isentrope/libtorch-venv/lib/python3*/site-packages/torch)
  foreach(_root IN LISTS _roots)
    _libtorch_try("the copy that the set-up fetched" ${_root} FALSE)
  endforeach()
endif()

# 4. The distribution's.
if(NOT LibTorch_FOUND)
  if(EXISTS /usr/include/torch)
    _libtorch_try("the distribution's libtorch-dev" /usr FALSE)
  else()
    list(APPEND LibTorch_REASON "the distribution's libtorch-dev: not installed")
  endif()
endif()

# Read by scripts/lib/libtorch.sh.
set(_short "${LibTorch_ORIGIN}")
if(_short MATCHES "distribution")
  set(_short distribution)
endif()
set(ISENTROPE_LIBTORCH "${LibTorch_LIBRARIES}" CACHE INTERNAL "the LibTorch in use")
set(ISENTROPE_LIBTORCH_ORIGIN "${_short}" CACHE INTERNAL "how it was found")

if(LibTorch_FOUND)
  message(STATUS "LibTorch ${LibTorch_VERSION} in ${LibTorch_LIBRARIES} (${LibTorch_ORIGIN})")
  foreach(_line IN LISTS LibTorch_REASON)
    message(STATUS "  passed over ${_line}")
  endforeach()
  add_library(LibTorch::cpu INTERFACE IMPORTED GLOBAL)
  set_target_properties(LibTorch::cpu PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES
      "${LibTorch_INCLUDE};${LibTorch_INCLUDE}/torch/csrc/api/include"
    INTERFACE_LINK_LIBRARIES "${LibTorch_LIBRARIES}/libtorch_cpu.so;${LibTorch_LIBRARIES}/libc10.so")
endif()
