// What gRPC, librdkafka and RocksDB alone take for the work of our command: none of our libraries.
#pragma once

#include <string>

#include "tests/bench/work.h"

namespace crm::bench::bare {

inline constexpr char kUpdate[] = "/bench.Bare/Update";  // UpdateCustomerRequest -> Customer
inline constexpr char kReply[] = "/bench.Bare/Reply";    // A number in digits -> so many bytes

// Serves for the rest of the program's life; gives its address. `topic` must be there and empty,
// the database is made in `directory`. A failure ends the program.
std::string Start(const std::string& brokers, const std::string& topic, int partitions,
                  const std::string& directory, Work work);
// The same without a broker: gRPC, one synced write for all records that wait, the tables.
std::string StartEmbedded(int partitions, const std::string& directory, Work work);

}  // namespace crm::bench::bare
