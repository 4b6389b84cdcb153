// What a group keeps with a position that it commits.
#pragma once

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"

namespace crm::eventlog {

inline constexpr size_t kCommitMetadataMax = 1'000;  // Bytes.

// kInvalidArgument for what a log does not give back as it was: it is longer, or not UTF-8. Kafka
// keeps a string there and replaces without a word what is none.
absl::Status CheckCommitMetadata(std::string_view metadata);

}  // namespace crm::eventlog
