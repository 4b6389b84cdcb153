// A record of the log and what a poll of it gives.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"

namespace crm::eventlog {

using Offset = int64_t;

struct Header {
  std::string_view key;
  std::string_view value;
};

// A view: whoever hands one out says how long its bytes live. Offsets of a partition grow, but need
// not be dense; the position after a record is offset + 1.
struct Record {
  int partition = 0;
  Offset offset = 0;  // Set by the log; ignored when appending.
  std::string_view key;
  std::string_view value;
  std::vector<Header> headers;

  // The first header with this key; empty when there is none.
  std::string_view HeaderOr(std::string_view name) const {
    for (const Header& header : headers) {
      if (header.key == name) return header.value;
    }
    return {};
  }
};

// The fate of one append. kOk: in the log. kUnavailable, kDeadlineExceeded: unknown, the record may
// be in the log or may yet come into it until a later record of the same writer is in. Any other
// code: definite, it is not in the log and will never be (kInvalidArgument too large,
// kPermissionDenied not authorised).
struct Delivery {
  uint64_t token = 0;
  int partition = 0;
  Offset offset = -1;  // Where it lies, when kOk and the log said so; -1: read it back to know.
  absl::Status status;
};

// Records of one poll, in offset order within each partition. Their bytes live as long as the
// batch.
struct Records {
  std::vector<Record> records;
  std::vector<std::shared_ptr<const void>> pins;  // What keeps the bytes alive.
  void Clear() {
    records.clear();
    pins.clear();
  }
};

// A record that owns its bytes, for tests and for keeping one aside. The view it gives lives as
// long as it.
struct OwnedRecord {
  int partition = 0;
  Offset offset = 0;
  std::string key;
  std::string value;
  std::vector<std::pair<std::string, std::string>> headers;

  static OwnedRecord From(const Record& record) {
    OwnedRecord owned{
        record.partition, record.offset, std::string(record.key), std::string(record.value), {}};
    for (const Header& h : record.headers) owned.headers.emplace_back(h.key, h.value);
    return owned;
  }
  Record View() const {
    Record record{partition, offset, key, value, {}};
    for (const auto& [k, v] : headers) record.headers.push_back({k, v});
    return record;
  }
};

}  // namespace crm::eventlog
