# SPDX-License-Identifier: GPL-3.0-or-later
# isentrope_embed(FILE NAME CPP): writes CPP, which defines `isentrope::NAME`, a std::string_view
# of FILE's bytes. Bytes and not a literal: a literal's length is limited, its encoding assumed.
function(isentrope_embed file name cpp)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  file(READ ${file} bytes HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  string(REGEX REPLACE "(....................................................................................................)" "\\1\n" bytes "${bytes}")
  file(CONFIGURE OUTPUT ${cpp} @ONLY CONTENT
"// Made from the file of this name by CMake.
#include <string_view>

namespace isentrope {
namespace {

const unsigned char bytes[] = {
@bytes@
};

} // namespace

extern const std::string_view @name@;
const std::string_view @name@(reinterpret_cast<const char*>(bytes), sizeof bytes);

} // namespace isentrope
")
endfunction()
