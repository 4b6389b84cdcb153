// The golden log and what it folds to, as they lie in golden/.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/contract/world.h"

namespace crm::contract {

inline constexpr char kGoldenLog[] = "tests/contract/golden/log.txt";
inline constexpr char kGoldenDigests[] = "tests/contract/golden/digests.txt";

// The text of a file of the project; empty when there is none.
std::string ReadSource(const std::string& path);

// One line of the log, and all of them back. kInvalidArgument names a line that is none.
std::string GoldenLine(const GoldenRecord& record);
absl::StatusOr<std::vector<GoldenRecord>> ParseGoldenLog(const std::string& text);

// What digests.txt pins.
struct Pinned {
  std::string log_sha256;  // Of the log that the digests are of.
  struct Table {
    int version = 0;
    std::string sha256;
  };
  std::map<std::string, Table> tables;  // By "<service> <table>".
};
absl::StatusOr<Pinned> ParseDigests(const std::string& text);
std::string PinnedName(const TableDigest& digest);

// The seeds and the scenario, from 2026-01-05 09:00 UTC on, a step a minute. A refusal is an error
// that says which step.
absl::Status RunScenario(World& world);
// Folds the records one after the other.
absl::Status FoldAll(const std::vector<GoldenRecord>& records, World& world);

}  // namespace crm::contract
