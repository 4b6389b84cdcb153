// Writes down what clients did, as tests/fault/go/README.md says.
#pragma once

#include <cstdint>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace crm::fault {

// Nanoseconds of one monotonic clock for all operations and marks.
int64_t MonotonicNs();

// A call with all its retries. The fields are those of a line, under their names there.
struct Operation {
  int client = 0;
  std::string op, topic, read, name, request_id, value, expected_etag;
  std::map<int, int64_t> token;
  int64_t call_ns = 0, return_ns = 0;
  std::string outcome, code, reason, etag, seen_value;
  std::optional<std::pair<int, int64_t>> position;
  int sends = 0;
};

// Thread-safe.
class Recorder {
 public:
  struct Counts {
    int64_t operations = 0, acknowledged = 0, refused = 0, unknown = 0;
  };
  explicit Recorder(const std::string& path) : file_(path) {}
  void Add(const Operation& operation);
  // From now on the write gap of `partitions` is measured.
  void Mark(const std::string& kind, const std::string& target, const std::vector<int>& partitions);
  Counts counts() const;
  // Ends the file.
  void Close();

 private:
  mutable std::mutex mutex_;
  std::ofstream file_;
  Counts counts_;
};

}  // namespace crm::fault
