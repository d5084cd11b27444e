// Losses of your own. Write the formula file as in losses/huber.h, then either let CMake do the rest,
//     minimand_add_losses(my_program my_loss.h)
// or write one translation unit of this form and nothing else in it:
//     #define MINIMAND_LOSSES "my_losses.inc"   // a file of #include lines, or the formula file itself
//     #define MINIMAND_UNIT my_losses           // optional: a name for the unit, if the program has several
//     #include <minimand/custom.hpp>
// compiled with the directory of the internal headers on the include path (the CMake function says which).
// The program then has minimand::loss("my_loss:a=1"): value, gradient and second derivative, on every instruction
// set, at the speed of the built-in losses. The loss is in minimand::catalogue() from the start of the program.
#ifndef MINIMAND_LOSSES
#error "minimand: define MINIMAND_LOSSES as the file of your losses before <minimand/custom.hpp>"
#endif
#ifndef MINIMAND_UNIT
#define MINIMAND_UNIT custom_losses
#endif

#include "kernels/reference_unit.h"
#include "kernels/unit.h"

#include "kernels/loss_set.h"

namespace minimand::MINIMAND_UNIT {
static const LossRegistration registration({count(), fill_facts, fill_kernels});
}
