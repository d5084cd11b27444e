// Nothing: CMake compiles the headers that tests share beside it.
