# End-to-end tests in Python: include this file from the CMakeLists.txt of a folder of tests.

# spile_python_test(NAME SCRIPT [LABELS label...] [TIMEOUT seconds] [SERIAL])
# One ctest test that runs SCRIPT (relative to the calling folder) with spiletest on its path.
# The system's interpreter is used, not the first in PATH: peers such as bcc bring modules for it.
function(spile_python_test name script)
  cmake_parse_arguments(arg "SERIAL" "TIMEOUT" "LABELS" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  add_test(NAME ${name} COMMAND /usr/bin/python3 ${CMAKE_CURRENT_SOURCE_DIR}/${script})
  set(environment
      "SPILE_SOURCE_DIR=${PROJECT_SOURCE_DIR}"
      "SPILE_BUILD_DIR=${PROJECT_BINARY_DIR}"
      "PYTHONPATH=${PROJECT_SOURCE_DIR}/tests/support"
      "PYTHONDONTWRITEBYTECODE=1")
  set_tests_properties(${name} PROPERTIES
    ENVIRONMENT "${environment}"
    LABELS "${arg_LABELS}"
    TIMEOUT ${arg_TIMEOUT}
    SKIP_RETURN_CODE 77)
  if(arg_SERIAL)
    set_tests_properties(${name} PROPERTIES RUN_SERIAL TRUE)
  endif()
endfunction()
