// What librdkafka, protobuf and RocksDB alone take to make tables as large as ours out of the same
// topics: none of our libraries.
#pragma once

#include <string>
#include <vector>

#include "tests/bench/replay_work.h"

namespace crm::bench::bare {

// Reads the topics of each work from their first record, parses the events and writes as many keys
// as ours, all works at once, each on a thread of its own. Databases are made in `directory`. A
// failure ends the program. Gives the seconds until all was written; then it closes everything.
double Replay(const std::string& brokers, int partitions, const std::string& directory,
              const std::vector<ReplayWork>& works);

}  // namespace crm::bench::bare
