// Reads one partition of any topic by the acceptance rule, and stops at what cannot be read until
// the log says that it may be skipped. Own partitions, foreign tables and reactions all read
// through it. One thread.
#pragma once

#include <deque>
#include <functional>
#include <limits>
#include <string>

#include "absl/status/status.h"
#include "crm/engine/v1/engine.pb.h"
#include "libs/eventlog/acceptance.h"
#include "libs/eventlog/record.h"

namespace crm::engine {

// What this program can read. Raised when a new fact ships in readers, one release before anybody
// writes it.
inline constexpr int32_t kReaderVersion = 2;

// What OnAccepted says of a record that the reader must stop at; any other error is a failure of
// the program or its tables, and stops no partition.
// Poison: nobody here can read it. It may be skipped by word of the log.
absl::Status Poison(std::string why);
// Contradiction: it contradicts the log before it, which is a bug. Nothing skips it.
absl::Status Contradiction(std::string why);

// An error of the log as the engine hands it on. kDataLoss it says of damaged tables alone, which
// are then made anew from the log: a damaged log is not mended that way.
absl::Status OfLog(const absl::Status& status);

class LogReader {
 public:
  // Told of each claim that counts.
  using OnClaim = std::function<void(const eventlog::Record&)>;
  // Told of each other record that counts. Poison or Contradiction: the reader stops there. Any
  // other error is handed to Feed's caller, and the record counts as not read.
  using OnAccepted = std::function<absl::Status(const eventlog::Record&)>;

  // It stops at a claim that asks for readers of a higher version than `version`: what is written
  // under it could not be read. Of foreign topics what is not known is passed over, so by default
  // any will do.
  LogReader(std::string topic, int partition, v1::StoredPosition position, OnClaim on_claim,
            OnAccepted on_accepted, int32_t version = std::numeric_limits<int32_t>::max());

  // The next record of the partition. Records before the position are passed over: a tail opened
  // anew may overlap.
  absl::Status Feed(const eventlog::Record& record);

  const std::string& topic() const { return topic_; }
  int partition() const { return partition_; }
  eventlog::Offset next() const { return position_.next_offset(); }
  int64_t fence() const { return position_.fence(); }
  // Highest that counted under that claim.
  int64_t number() const { return position_.number(); }
  // next, fence, number, latest claim and identity, as they are stored.
  const v1::StoredPosition& position() const { return position_; }
  // Why it stopped; empty while it reads.
  const std::string& stopped() const { return stopped_; }
  // Records that did not count, since it was made.
  int64_t rejected() const { return rejected_; }

 private:
  bool ReadClaim(const eventlog::Record& record);
  void Stop(const eventlog::Record& record, std::string why, bool skippable);
  absl::Status LookAhead(const eventlog::Record& record);

  const std::string topic_;
  const int partition_;
  v1::StoredPosition position_;
  OnClaim on_claim_;
  OnAccepted on_accepted_;
  const int32_t version_;
  int64_t rejected_ = 0;
  std::string stopped_;
  std::string poison_sha256_;               // Of the record that may be skipped; empty: it may not.
  std::deque<eventlog::OwnedRecord> held_;  // That record, and what came after it.
  eventlog::Acceptance ahead_;              // The rule, folded over held_.
};

}  // namespace crm::engine
