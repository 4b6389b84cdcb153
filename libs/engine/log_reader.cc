#include "libs/engine/log_reader.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "crm/eventlog/v1/eventlog.pb.h"
#include "libs/base/hash.h"
#include "libs/base/log.h"
#include "libs/base/status.h"
#include "libs/engine/limits.h"

namespace crm::engine {

using eventlog::Verdict;

namespace {

constexpr std::string_view kPoison = "POISON", kContradiction = "CONTRADICTION";

}  // namespace

absl::Status Poison(std::string why) {
  return base::Failed(absl::StatusCode::kFailedPrecondition, kPoison, why);
}

absl::Status Contradiction(std::string why) {
  return base::Failed(absl::StatusCode::kFailedPrecondition, kContradiction, why);
}

absl::Status OfLog(const absl::Status& status) {
  if (!absl::IsDataLoss(status)) return status;
  return base::Failed(absl::StatusCode::kInternal, "LOG_DAMAGED", "the log is damaged",
                      {{"found", std::string(status.message())}});
}

LogReader::LogReader(std::string topic, int partition, v1::StoredPosition position,
                     OnClaim on_claim, OnAccepted on_accepted, int32_t version)
    : topic_(std::move(topic)),
      partition_(partition),
      position_(std::move(position)),
      on_claim_(std::move(on_claim)),
      on_accepted_(std::move(on_accepted)),
      version_(version) {}

absl::Status LogReader::Feed(const eventlog::Record& record) {
  if (record.offset < next()) return absl::OkStatus();
  if (!stopped_.empty()) return LookAhead(record);
  eventlog::Acceptance acceptance(fence(), number());
  switch (acceptance.Judge(record)) {
    case Verdict::kRejected:
      ++rejected_;
      break;
    case Verdict::kClaim:
      if (!ReadClaim(record)) return absl::OkStatus();
      break;
    case Verdict::kAccepted:
      if (absl::Status s = on_accepted_(record); !s.ok()) {
        const std::string reason = base::ReasonOf(s);
        if (reason != kPoison && reason != kContradiction) return s;
        Stop(record, std::string(s.message()), reason == kPoison);
        return absl::OkStatus();
      }
      break;
  }
  position_.set_number(acceptance.number());
  position_.set_next_offset(record.offset + 1);
  return absl::OkStatus();
}

bool LogReader::ReadClaim(const eventlog::Record& record) {
  eventlog::v1::LogEvent event;
  // A claim counts by its headers alone; one whose value cannot be read names no owner.
  if (!event.ParseFromArray(record.value.data(), static_cast<int>(record.value.size())))
    event.Clear();
  if (const int32_t asked = event.partition_claimed().min_reader_version(); asked > version_) {
    // The fence stays as it is: a program that can read on takes this claim again.
    Stop(record,
         absl::StrCat("its owner writes for readers of version ", asked,
                      " and higher; this program is of version ", version_),
         false);
    return false;
  }
  position_.set_fence(eventlog::ParseFence(record.HeaderOr("ce_fence")));
  position_.set_claim_id(event.partition_claimed().claim_id());
  position_.set_owner(event.partition_claimed().instance());
  if (position_.first_claim_id().empty()) position_.set_first_claim_id(position_.claim_id());
  on_claim_(record);
  return true;
}

void LogReader::Stop(const eventlog::Record& record, std::string why, bool skippable) {
  stopped_ = std::move(why);
  poison_sha256_ = skippable ? base::Sha256Hex(record.value) : "";
  base::Log(base::Level::kError,
            skippable ? "a record cannot be read; its partition stops here"
                      : "a record must not be passed; its partition stops here",
            {{"topic", topic_},
             {"partition", std::to_string(partition_)},
             {"offset", std::to_string(record.offset)},
             {"sha256", poison_sha256_},
             {"why", stopped_}});
  held_.clear();
  if (!skippable) return;
  held_.push_back(eventlog::OwnedRecord::From(record));
  ahead_ = eventlog::Acceptance(fence(), number());
  ahead_.Judge(record);
}

// Keeps what follows and looks for the word that the record may be skipped, which counts only under
// the fence that holds where it stands.
absl::Status LogReader::LookAhead(const eventlog::Record& record) {
  if (poison_sha256_.empty()) return absl::OkStatus();
  if (record.offset <= held_.back().offset) return absl::OkStatus();
  if (held_.size() >= kLookAheadMax) return absl::OkStatus();  // After a restart it looks again.
  held_.push_back(eventlog::OwnedRecord::From(record));
  eventlog::v1::LogEvent event;
  const bool skipped =
      ahead_.Judge(record) == Verdict::kAccepted &&
      record.HeaderOr("ce_type") == eventlog::v1::RecordSkipped::descriptor()->full_name() &&
      event.ParseFromArray(record.value.data(), static_cast<int>(record.value.size())) &&
      event.record_skipped().sha256() == poison_sha256_;
  if (!skipped) return absl::OkStatus();
  base::Log(base::Level::kWarning, "a record is skipped by word of the log",
            {{"topic", topic_},
             {"partition", std::to_string(partition_)},
             {"offset", std::to_string(held_.front().offset)},
             {"sha256", poison_sha256_}});
  std::deque<eventlog::OwnedRecord> held = std::exchange(held_, {});
  stopped_.clear();
  eventlog::Acceptance passed(fence(), number());
  passed.Judge(held.front().View());
  position_.set_number(passed.number());
  position_.set_next_offset(held.front().offset + 1);
  held.pop_front();
  for (const eventlog::OwnedRecord& owned : held) {
    if (absl::Status s = Feed(owned.View()); !s.ok()) return s;
  }
  return absl::OkStatus();
}

}  // namespace crm::engine
