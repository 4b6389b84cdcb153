// What the engine keeps beside the tables, in the system key space of the same database and in the
// same batch: positions, request ids, reaction watermarks and timers. All of it is a function of
// the log.
//
//   p <topic> 00 <partition:4>: StoredPosition
//   q <key> 00 <request_id>: StoredRequest
//   r <key> 00 <slot:4>: request_id, in a ring of the last kRequestsRememberedMax
//   n <key>: commands counted for the ring, 8 bytes
//   r, n <key> 00 "answers" ..: the same for the last kAnswersRememberedMax without an event
//   w <target> 00 <reaction> 00 <source>: highest source revision applied, 8 bytes
//   t <partition:4> <due in nanoseconds:8, sign flipped> <name>: empty
//   o <name>: offset of the last event, 8 bytes; of aggregates that can be watched
//   c <parent> 00 <offset:8>: name; the same by parent
//   u <parent> 00 <offset:8>: name; those of them that a new watch begins with
//
// Numbers are big-endian. A key (first id of a name) belongs to one partition, so that each row has
// one writer.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "crm/engine/v1/engine.pb.h"
#include "libs/base/lru_map.h"
#include "libs/eventlog/record.h"
#include "libs/table/batch.h"
#include "libs/table/database.h"
#include "libs/table/read_view.h"

namespace crm::engine {

inline constexpr table::RawSpace kPositions = 'p', kRequests = 'q', kRequestRing = 'r',
                                 kRequestCounts = 'n', kWatermarks = 'w', kTimers = 't',
                                 kLastChanges = 'o', kChanges = 'c', kFirstChanges = 'u';
inline const std::vector<table::RawSpace> kRawSpaces = {kPositions,     kRequests,   kRequestRing,
                                                        kRequestCounts, kWatermarks, kTimers,
                                                        kLastChanges,   kChanges,    kFirstChanges};

absl::StatusOr<std::optional<v1::StoredPosition>> ReadPosition(const table::Database& database,
                                                               std::string_view topic,
                                                               int partition);

// Reads and writes through one batch, which is committed unless its worker ends; nobody else writes
// what is of the same keys. One thread.
class Memory {
 public:
  explicit Memory(table::Batch& batch) : batch_(batch) {}

  void PutPosition(std::string_view topic, int partition, const v1::StoredPosition& position);

  absl::StatusOr<std::optional<v1::StoredRequest>> FindRequest(std::string_view key,
                                                               std::string_view request_id) const;
  // What is not kept for ever pushes out the oldest of its kind and key.
  enum class Keep { kForEver, kAsRequest, kAsAnswer };
  absl::Status RememberRequest(std::string_view key, std::string_view request_id,
                               const v1::StoredRequest& request, Keep keep);

  // Highest revision of `source` that `reaction` has applied to `target`; 0: none.
  absl::StatusOr<int64_t> Watermark(std::string_view reaction, std::string_view source,
                                    std::string_view target) const;
  absl::Status RaiseWatermark(std::string_view reaction, std::string_view source,
                              std::string_view target, int64_t revision);

  void PutTimer(int partition, absl::Time due, std::string_view name);
  void DeleteTimer(int partition, absl::Time due, std::string_view name);

  // The event at `offset` changed `name`, of an aggregate that can be watched; `first`: a new watch
  // begins with it as it now is.
  absl::Status MarkChange(const std::string& name, eventlog::Offset offset, bool first);

  table::Batch& batch() const { return batch_; }

 private:
  absl::StatusOr<uint64_t> CountOf(const std::string& ring);

  table::Batch& batch_;
  // How many request ids of a key were remembered, as the batch or the tables hold it.
  base::LruMap<uint64_t> counts_;
};

// Calls `visit` with the timers of a partition that are due by `now`, the earliest first, at most
// `max` of them, beginning at `from` ("": at the first one). Ends when `visit` says false.
struct TimerScan {
  std::string resume;                        // Where to go on; empty: all that are due were seen.
  absl::Time next = absl::InfiniteFuture();  // When the first one that is not yet due is.
};
using TimerVisitor = std::function<bool(absl::Time due, std::string_view name)>;
absl::StatusOr<TimerScan> ScanDueTimers(const table::Database& database, int partition,
                                        absl::Time now, std::string_view from, size_t max,
                                        const TimerVisitor& visit);

// Calls `visit` with the names below `parent` that last changed at `from` or later, in the order of
// those changes, until it says false; `first`: only those that a new watch begins with.
using ChangeVisitor = std::function<bool(eventlog::Offset offset, std::string_view name)>;
absl::Status ScanChanges(const table::ReadView& view, bool first, std::string_view parent,
                         eventlog::Offset from, const ChangeVisitor& visit);

}  // namespace crm::engine
