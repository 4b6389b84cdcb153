// What was recorded of a survivor since a merge, when that is taken back: it stays there.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "crm/customer/v1/customer_merge.pb.h"
#include "crm/customer/v1/timeline.pb.h"
#include "libs/base/timestamp.h"
#include "libs/engine/model.h"
#include "libs/table/spec.h"
#include "services/customer/domain/merge_steps.h"

namespace crm::customer {

// Rows of a kind that are looked at: no index is in the order in which they were recorded.
inline constexpr int kSinceRowsMax = 10'000;

// Names of what was recorded since a time, of each kind one more than can be kept.
class RecordedSince {
 public:
  RecordedSince(absl::Time time, const engine::Snapshot& snapshot)
      : time_(time), snapshot_(snapshot) {}

  // Of rows that have a name and the time at which they were made.
  template <class Row, class... Key>
  void Look(const table::TableSpec<Row>& table, std::string_view index, const Key&... key) {
    int seen = 0, found = 0;
    snapshot_.Scan(
        table, index,
        [&](const Row& row) {
          if (!MayLookAt(seen)) return false;
          if (base::TimeOf(row.create_time()) < time_) return true;
          names_.insert(row.name());
          return ++found <= kKeptMax;
        },
        key...);
  }
  // What another service made, as its first event says.
  void LookAtOthers(v1::TimelineKind kind, const std::string& customer);

  // In the order of their names; incomplete: there are more than kKeptMax, or may be.
  v1::MergeKept Take() const;

 private:
  bool MayLookAt(int& seen) {
    if (++seen <= kSinceRowsMax) return true;
    incomplete_ = true;
    return false;
  }

  absl::Time time_;
  const engine::Snapshot& snapshot_;
  std::set<std::string> names_;
  bool incomplete_ = false;
};

}  // namespace crm::customer
