// The facts, the readable reference and the code as text of the losses of the catalogue.
#define MINIMAND_LOSSES "losses/catalogue.h"
#define MINIMAND_UNIT builtin_facts
#include "kernels/reference_unit.h"
