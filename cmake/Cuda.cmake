# SPDX-License-Identifier: GPL-3.0-or-later
# CUDA for the engine: enables the language and gives LibTorch::cuda where nvcc and a LibTorch with
# CUDA are found, else turns ISENTROPE_CUDA off with the reason. ISENTROPE_CUDA is AUTO, ON or OFF;
# ON makes the reason an error. Needs include(LibTorch) before it.

set(_cuda_why "")
if(NOT LibTorch_FOUND)
  set(_cuda_why "there is no LibTorch")
elseif(NOT EXISTS ${LibTorch_LIBRARIES}/libtorch_cuda.so
       OR NOT EXISTS ${LibTorch_INCLUDE}/ATen/cuda/CUDAContext.h)
  set(_cuda_why "LibTorch ${LibTorch_VERSION} in ${LibTorch_LIBRARIES} was built without CUDA")
else()
  # A compiler of the machine comes first, then one that lies beside the wheel as a wheel itself.
  find_program(_nvcc nvcc PATHS /usr/local/cuda/bin NO_CACHE)
  file(GLOB _beside ${LibTorch_LIBRARIES}/../../nvidia/cu*/bin/nvcc)
  if(_beside AND NOT _nvcc AND NOT CUDAToolkit_ROOT)
    list(GET _beside 0 _nvcc)
    get_filename_component(CUDAToolkit_ROOT ${_nvcc}/../.. ABSOLUTE)
  endif()
  find_package(CUDAToolkit QUIET)
  if(NOT CUDAToolkit_NVCC_EXECUTABLE)
    set(_cuda_why "nvcc was not found; put it on the path or set CUDAToolkit_ROOT")
  elseif(CUDAToolkit_VERSION VERSION_LESS 12)
    set(_cuda_why "nvcc is ${CUDAToolkit_VERSION}; C++20 needs 12 or newer")
  endif()
endif()

if(NOT _cuda_why)
  # CMake's own default names a card that recent compilers have dropped, so it is set before the
  # language. 80 carries PTX beside its code: cards that are not named translate that.
  if(NOT CMAKE_CUDA_ARCHITECTURES)
    set(CMAKE_CUDA_ARCHITECTURES 80 90a-real)
    if(CUDAToolkit_VERSION VERSION_GREATER_EQUAL 12.8)
      list(APPEND CMAKE_CUDA_ARCHITECTURES 100-real)
    endif()
  endif()
  if(NOT CMAKE_CUDA_COMPILER)
    set(CMAKE_CUDA_COMPILER ${CUDAToolkit_NVCC_EXECUTABLE})
  endif()
  enable_language(CUDA)
  set(CMAKE_CUDA_STANDARD 20)
  # CMake before 3.26 knows no C++20 flag of nvcc and would leave it out without a word.
  if(NOT CMAKE_CUDA20_STANDARD_COMPILE_OPTION)
    set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION -std=c++20)
    set(CMAKE_CUDA20_EXTENSION_COMPILE_OPTION -std=c++20)
  endif()
  set(CMAKE_CUDA_RUNTIME_LIBRARY Static)
  message(STATUS "CUDA ${CUDAToolkit_VERSION} for ${CMAKE_CUDA_ARCHITECTURES}")

  # Kernels register themselves when the library is loaded: it must be linked even where no symbol
  # of it is named.
  add_library(LibTorch::cuda INTERFACE IMPORTED GLOBAL)
  set_target_properties(LibTorch::cuda PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${CUDAToolkit_INCLUDE_DIRS}"
    INTERFACE_LINK_OPTIONS "LINKER:--no-as-needed"
    INTERFACE_LINK_LIBRARIES "LibTorch::cpu;${LibTorch_LIBRARIES}/libtorch_cuda.so;\
${LibTorch_LIBRARIES}/libc10_cuda.so")
elseif(ISENTROPE_CUDA STREQUAL "AUTO")
  isentrope_off(ISENTROPE_CUDA "${_cuda_why}")
else()
  message(FATAL_ERROR "ISENTROPE_CUDA is ${ISENTROPE_CUDA}, but ${_cuda_why}.")
endif()
