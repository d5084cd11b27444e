// minimand in C++: a function per loss (losses.hpp), losses chosen at run time and partial results (evaluate.hpp),
// the catalogue. To write a loss of your own see custom.hpp; for C see minimand.h.
#pragma once

#include <minimand/array.hpp>
#include <minimand/call.hpp>
#include <minimand/catalogue.hpp>
#include <minimand/error.hpp>
#include <minimand/evaluate.hpp>
#include <minimand/losses.hpp>
