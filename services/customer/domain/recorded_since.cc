#include "services/customer/domain/recorded_since.h"

#include "services/customer/read/timeline_tables.h"

namespace crm::customer {

void RecordedSince::LookAtOthers(v1::TimelineKind kind, const std::string& customer) {
  int seen = 0, found = 0;
  snapshot_.Scan(
      kTimeline, "",
      [&](const v1::TimelineEntry& entry) {
        if (!MayLookAt(seen)) return false;
        if (entry.revision() != 1 || base::TimeOf(entry.record_time()) < time_) return true;
        names_.insert(entry.about());
        return ++found <= kKeptMax;
      },
      customer, kind);
}

v1::MergeKept RecordedSince::Take() const {
  v1::MergeKept kept;
  kept.set_resources_incomplete(incomplete_);
  for (const std::string& name : names_) {
    if (kept.resources_size() == kKeptMax) {
      kept.set_resources_incomplete(true);
      break;
    }
    kept.add_resources(name);
  }
  return kept;
}

}  // namespace crm::customer
