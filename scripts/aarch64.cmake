# CMake toolchain: a static spile for 64-bit ARM, cross-compiled on any Debian machine.
#
#   scripts/sysroot-arm64 build/sysroot-arm64
#   cmake -B build-arm64 --toolchain scripts/aarch64.cmake
#
# libc and libstdc++ come with the package g++-aarch64-linux-gnu, all other libraries from the
# folder that scripts/sysroot-arm64 fills.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)

set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)

set(SPILE_SYSROOT "${CMAKE_CURRENT_LIST_DIR}/../build/sysroot-arm64" CACHE PATH
    "folder that scripts/sysroot-arm64 filled")
get_filename_component(sysroot "${SPILE_SYSROOT}" ABSOLUTE)

# Not CMAKE_SYSROOT: the cross compiler brings its own libc, this folder only adds libraries.
list(APPEND CMAKE_FIND_ROOT_PATH "${sysroot}" /usr/aarch64-linux-gnu)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_LIBDIR} "${sysroot}/usr/lib/aarch64-linux-gnu/pkgconfig")
set(ENV{PKG_CONFIG_SYSROOT_DIR} "${sysroot}")

set(CMAKE_C_FLAGS_INIT "-isystem ${sysroot}/usr/include")
set(CMAKE_CXX_FLAGS_INIT "-isystem ${sysroot}/usr/include")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-static -L${sysroot}/usr/lib/aarch64-linux-gnu")
