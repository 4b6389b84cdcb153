#include "services/customer/domain/duplicate_scan.h"

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/reason.pb.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/base/timestamp.h"
#include "services/customer/read/linkage_kind.h"
#include "services/customer/read/linkage_tables.h"

namespace crm::customer {
namespace {

using Event = DuplicateScanModel::Event;

constexpr absl::Duration kAheadMax = absl::Hours(30 * 24);

bool IsOver(v1::DuplicateScanState state) {
  return state == v1::DUPLICATE_SCAN_STATE_DONE || state == v1::DUPLICATE_SCAN_STATE_CANCELLED;
}

// What the scan has done with the stretch.
v1::DuplicateScanProgress Sum(const v1::DuplicateScanProgress& before,
                              const v1::DuplicateScanProgress& stretch) {
  v1::DuplicateScanProgress sum = stretch;
  sum.set_scanned_customer_count(before.scanned_customer_count() +
                                 stretch.scanned_customer_count());
  sum.set_compared_pair_count(before.compared_pair_count() + stretch.compared_pair_count());
  sum.set_suggested_pair_count(before.suggested_pair_count() + stretch.suggested_pair_count());
  sum.set_skipped_block_count(before.skipped_block_count() + stretch.skipped_block_count());
  if (stretch.scanned_through().empty()) sum.set_scanned_through(before.scanned_through());
  return sum;
}

}  // namespace

ScanFacts DuplicateScanModel::Gather(const v1::FindDuplicatesRequest& find, const engine::Context&,
                                     const engine::Snapshot& snapshot) {
  const LinkageKind& kind = LinkageKindOf(find.duplicate_scan().record_kind());
  return {.model_known = snapshot.Get(kLinkageModels, kind.model).has_value(),
          .customer_count = kind.count(snapshot)};
}

engine::Decision<DuplicateScanModel> DuplicateScanModel::Decide(
    const State&, const v1::FindDuplicatesRequest& find, const engine::Context& context,
    const ScanFacts& facts) {
  const int32_t suggest_bps = find.duplicate_scan().suggest_bps();
  if (suggest_bps < 0 || suggest_bps > 10'000)
    return base::Invalid("duplicate_scan.suggest_bps", "must be 1 to 10,000, or 0");
  if (!v1::LinkageRecordKind_IsValid(find.duplicate_scan().record_kind()))
    return base::Invalid("duplicate_scan.record_kind", "must be one of the list");
  const google::protobuf::Timestamp& start = find.duplicate_scan().start_time();
  const bool later = find.duplicate_scan().has_start_time() && base::TimeOf(start) > context.time;
  if (later && base::TimeOf(start) > context.time + kAheadMax)
    return base::Invalid("duplicate_scan.start_time", "must be at most 30 days ahead");
  if (!facts.model_known)
    return base::Refused(v1::REASON_LINKAGE_MODEL_MISSING, "there is no linkage model yet");
  Event event;
  v1::DuplicateScan& scan = *event.mutable_started()->mutable_duplicate_scan();
  scan.set_record_kind(find.duplicate_scan().record_kind());
  scan.set_suggest_bps(suggest_bps);
  scan.set_state(later ? v1::DUPLICATE_SCAN_STATE_PLANNED : v1::DUPLICATE_SCAN_STATE_RUNNING);
  if (later) *scan.mutable_start_time() = start;
  scan.set_customer_count(facts.customer_count);
  scan.set_operation(absl::StrCat("operations/", context.name));
  return event;
}

engine::Decision<DuplicateScanModel> DuplicateScanModel::Decide(
    const State& scan, const v1::BeginDuplicateScanRequest&, const engine::Context& context) {
  if (scan.state() != v1::DUPLICATE_SCAN_STATE_PLANNED ||
      context.time < base::TimeOf(scan.start_time()))
    return std::nullopt;
  Event event;
  event.mutable_begun();
  return event;
}

engine::Decision<DuplicateScanModel> DuplicateScanModel::Decide(
    const State& scan, const v1::CancelDuplicateScanRequest& cancel,
    const engine::Context& context) {
  if (scan.state() == v1::DUPLICATE_SCAN_STATE_CANCELLED) return std::nullopt;
  if (IsOver(scan.state())) {
    if (cancel.only_running()) return std::nullopt;
    return base::Refused(v1::REASON_DUPLICATE_SCAN_OVER, "the scan is done");
  }
  Event event;
  auto& cancelled = *event.mutable_cancelled();
  *cancelled.mutable_end_time() = base::TimestampOf(context.time);
  cancelled.set_reason(cancel.reason());
  return event;
}

engine::Decision<DuplicateScanModel> DuplicateScanModel::Decide(
    const State& scan, const v1::ContinueDuplicateScanRequest& next,
    const engine::Context& context) {
  if (scan.state() != v1::DUPLICATE_SCAN_STATE_RUNNING) return std::nullopt;
  if (next.after_customer() != scan.progress().scanned_through()) return std::nullopt;
  Event event;
  const v1::DuplicateScanProgress progress = Sum(scan.progress(), next.stretch());
  if (next.last()) {
    *event.mutable_finished()->mutable_progress() = progress;
    *event.mutable_finished()->mutable_end_time() = base::TimestampOf(context.time);
  } else {
    *event.mutable_continued()->mutable_progress() = progress;
  }
  return event;
}

std::optional<absl::Time> DuplicateScanModel::NextDue(const State& state) {
  if (state.state() != v1::DUPLICATE_SCAN_STATE_PLANNED) return std::nullopt;
  return base::TimeOf(state.start_time());
}

void DuplicateScanModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kStarted:
      state = event.started().duplicate_scan();
      return;
    case Event::kBegun:
      state.set_state(v1::DUPLICATE_SCAN_STATE_RUNNING);
      return;
    case Event::kContinued:
      *state.mutable_progress() = event.continued().progress();
      return;
    case Event::kFinished:
      *state.mutable_progress() = event.finished().progress();
      state.set_state(v1::DUPLICATE_SCAN_STATE_DONE);
      *state.mutable_end_time() = event.finished().end_time();
      return;
    case Event::kCancelled:
      state.set_state(v1::DUPLICATE_SCAN_STATE_CANCELLED);
      *state.mutable_end_time() = event.cancelled().end_time();
      state.set_cancel_reason(event.cancelled().reason());
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

}  // namespace crm::customer
