// The process around the command: signals, standard streams, processors.
#pragma once

namespace minimand::cli {

// SIGINT, SIGTERM and SIGHUP remove what is half written and then end the process as they always do; SIGXFSZ is
// ignored, so that the write fails; a closed standard stream is put where no file of ours can take its number.
void prepare_process();
// Throws IO004 if something printed did not arrive.
void finish_output();
// Processors this process may use.
int processors();
// Whether standard error is a terminal one may write over, and its columns.
bool terminal();
int terminal_columns();
// Whether standard output is a terminal that shows colours and NO_COLOR (no-color.org) is unset or empty.
bool colours();

}  // namespace minimand::cli
