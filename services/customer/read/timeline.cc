#include "services/customer/read/timeline.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "libs/base/date.h"
#include "libs/base/hash.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/base/timestamp.h"
#include "services/customer/read/place_token.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/sources.h"
#include "services/customer/read/tables.h"
#include "services/customer/read/timeline_tables.h"

namespace crm::customer {
namespace {

// What is read of a kind at a time.
constexpr size_t kChunk = 8;
// An entry lies at most so far from its day in any time zone.
constexpr absl::Duration kDaySlack = absl::Hours(48);

// What says which entries are meant, but for the page.
std::string QuestionOf(const v1::GetTimelineRequest& request) {
  std::string kinds;
  for (const int kind : request.kinds()) kinds += std::to_string(kind) + ",";
  return base::Sha256({"timeline", request.name(), kinds, request.period().SerializeAsString()});
}

// The order of a timeline: newest first, then by what an entry is about. Each kind of each customer
// lies in this order.
auto PlaceOf(const v1::TimelineEntry& entry) {
  return std::make_tuple(-entry.occur_time().seconds(), -entry.occur_time().nanos(),
                         std::string_view(entry.about()), entry.revision());
}
bool Before(const v1::TimelineEntry& a, const v1::TimelineEntry& b) {
  const auto left = PlaceOf(a), right = PlaceOf(b);
  if (left != right) return left < right;
  return std::make_tuple(a.kind(), std::string_view(a.customer())) <
         std::make_tuple(b.kind(), std::string_view(b.customer()));
}

v1::TimelineEntry OnlyPlace(const v1::TimelineEntry& entry) {
  v1::TimelineEntry place;
  place.set_customer(entry.customer());
  place.set_kind(entry.kind());
  *place.mutable_occur_time() = entry.occur_time();
  place.set_about(entry.about());
  place.set_revision(entry.revision());
  return place;
}

std::string TokenOf(const v1::GetTimelineRequest& request, const v1::TimelineEntry& last) {
  return PlaceToken(QuestionOf(request), OnlyPlace(last).SerializeAsString());
}

absl::StatusOr<std::optional<v1::TimelineEntry>> ParsePlace(const v1::GetTimelineRequest& request) {
  if (request.page_token().empty()) return std::nullopt;
  v1::TimelineEntry place;
  const bool readable = ReadPlace(request.page_token(), QuestionOf(request), place) &&
                        place.revision() > 0 && place.has_occur_time() &&
                        base::CheckTimestamp("page_token", place.occur_time()).ok();
  if (!readable)
    return base::Invalid("page_token", "is not that of the previous page of the same timeline");
  return place;
}

absl::Status CheckKinds(const v1::GetTimelineRequest& request) {
  for (int i = 0; i < request.kinds_size(); ++i) {
    const std::string field = "kinds[" + std::to_string(i) + "]";
    if (request.kinds(i) == v1::TIMELINE_KIND_UNSPECIFIED ||
        !v1::TimelineKind_IsValid(request.kinds(i)))
      return base::Invalid(field, "must be a kind of entry");
    if (std::find(request.kinds().begin(), request.kinds().begin() + i, request.kinds(i)) !=
        request.kinds().begin() + i)
      return base::Invalid(field, "must be unique");
  }
  return absl::OkStatus();
}

absl::Status CheckRequest(const v1::GetTimelineRequest& request) {
  constexpr std::string_view kCollection = "customers/";
  const std::string_view name = request.name();
  if (!name.starts_with(kCollection) || !base::IsResourceId(name.substr(kCollection.size())))
    return base::Invalid("name", "must be the name of a customer");
  if (request.page_size() < 0) return base::Invalid("page_size", "must not be negative");
  const common::v1::Period& period = request.period();
  absl::Status s = CheckKinds(request);
  if (s.ok() && period.has_start()) s = base::CheckDate("period.start", period.start());
  if (s.ok() && period.has_end()) s = base::CheckDate("period.end", period.end());
  if (!s.ok()) return s;
  if (period.has_start() && period.has_end() &&
      base::DayOf(period.end()) <= base::DayOf(period.start()))
    return base::Invalid("period.end", "must be later than the start");
  return absl::OkStatus();
}

// Days of the company's calendar.
class Days {
 public:
  Days(const common::v1::Period& period, absl::TimeZone zone) : zone_(zone) {
    if (period.has_start()) start_ = base::DayOf(period.start());
    if (period.has_end()) end_ = base::DayOf(period.end());
  }

  bool Hold(const v1::TimelineEntry& entry) const {
    const absl::CivilDay day = entry.has_occur_date()
                                   ? base::DayOf(entry.occur_date())
                                   : absl::ToCivilDay(base::TimeOf(entry.occur_time()), zone_);
    return (!start_.has_value() || day >= *start_) && (!end_.has_value() || day < *end_);
  }
  // No entry at this time or before it is of these days.
  bool Over(absl::Time time) const {
    return start_.has_value() && time < absl::FromCivil(*start_, zone_) - kDaySlack;
  }
  // Where the days end, with slack.
  std::optional<absl::Time> Latest() const {
    if (!end_.has_value()) return std::nullopt;
    return absl::FromCivil(*end_, zone_) + kDaySlack;
  }

 private:
  absl::TimeZone zone_;
  std::optional<absl::CivilDay> start_, end_;
};

// The entries of one kind of one customer, newest first, read in chunks.
class Stream {
 public:
  // Behind `last`, the place of an entry of any stream; before the days end.
  Stream(const engine::Snapshot& snapshot, const Days& days, const std::string& customer,
         v1::TimelineKind kind, const std::optional<v1::TimelineEntry>& last)
      : snapshot_(snapshot), days_(days) {
    if (last.has_value()) {
      after_ = *last;
      // Of one event there may be an entry of several kinds: those of this kind come later.
      if (std::make_tuple(kind, std::string_view(customer)) >
          std::make_tuple(last->kind(), std::string_view(last->customer())))
        after_.set_revision(last->revision() - 1);
    } else {
      constexpr absl::Time kLatest = absl::FromUnixSeconds(253'402'300'799);  // Of year 9999.
      *after_.mutable_occur_time() =
          base::TimestampOf(std::min(days.Latest().value_or(kLatest), kLatest));
      after_.set_revision(std::numeric_limits<int64_t>::min());
    }
    after_.set_customer(customer);
    after_.set_kind(kind);
    Fill();
  }

  const v1::TimelineEntry* Head() const { return at_ < chunk_.size() ? &chunk_[at_] : nullptr; }
  v1::TimelineEntry Take() {
    v1::TimelineEntry taken = std::move(chunk_[at_++]);
    if (at_ == chunk_.size() && !over_) Fill();
    return taken;
  }

 private:
  void Fill() {
    chunk_.clear();
    at_ = 0;
    bool more = false;
    snapshot_.ScanAfter(
        kTimeline, "", after_,
        [&](const v1::TimelineEntry& entry) {
          if (days_.Over(base::TimeOf(entry.occur_time()))) return false;
          after_ = OnlyPlace(entry);
          if (days_.Hold(entry)) chunk_.push_back(entry);
          more = chunk_.size() == kChunk;
          return !more;
        },
        after_.customer(), after_.kind());
    over_ = !more;
  }

  const engine::Snapshot& snapshot_;
  const Days& days_;
  v1::TimelineEntry after_;
  std::vector<v1::TimelineEntry> chunk_;
  size_t at_ = 0;
  bool over_ = false;
};

std::vector<v1::TimelineKind> KindsOf(const v1::GetTimelineRequest& request) {
  std::vector<v1::TimelineKind> kinds;
  for (const int kind : request.kinds()) kinds.push_back(static_cast<v1::TimelineKind>(kind));
  if (!kinds.empty()) return kinds;
  for (int kind = v1::TimelineKind_MIN; kind <= v1::TimelineKind_MAX; ++kind) {
    if (kind != v1::TIMELINE_KIND_UNSPECIFIED && v1::TimelineKind_IsValid(kind))
      kinds.push_back(static_cast<v1::TimelineKind>(kind));
  }
  return kinds;
}

void AddSubject(const engine::Snapshot& snapshot, v1::TimelineEntry& entry) {
  if (entry.kind() != v1::TIMELINE_KIND_TOUCHPOINT) return;
  const auto touchpoint = snapshot.Get(kTouchpoints, entry.about());
  if (touchpoint.has_value()) entry.set_subject(touchpoint->personal().subject());
}

// Their entries in one order, at most `max`.
std::vector<v1::TimelineEntry> Merge(std::vector<Stream>& streams, size_t max) {
  std::vector<v1::TimelineEntry> entries;
  // The stream whose head comes first is the last of the heap.
  const auto later = [](const Stream* a, const Stream* b) {
    return Before(*b->Head(), *a->Head());
  };
  std::vector<Stream*> heap;
  for (Stream& stream : streams) {
    if (stream.Head() != nullptr) heap.push_back(&stream);
  }
  std::make_heap(heap.begin(), heap.end(), later);
  while (!heap.empty() && entries.size() < max) {
    std::pop_heap(heap.begin(), heap.end(), later);
    entries.push_back(heap.back()->Take());
    if (heap.back()->Head() == nullptr) {
      heap.pop_back();
    } else {
      std::push_heap(heap.begin(), heap.end(), later);
    }
  }
  return entries;
}

}  // namespace

absl::StatusOr<v1::GetTimelineResponse> QueryTimeline(const v1::GetTimelineRequest& request,
                                                      const engine::Snapshot& snapshot,
                                                      const engine::Context& context) {
  if (absl::Status s = CheckRequest(request); !s.ok()) return s;
  const auto last = ParsePlace(request);
  if (!last.ok()) return last.status();
  if (!snapshot.Get(kCustomers, request.name()).has_value()) return base::NotFound(request.name());
  const std::vector<std::string> names = NamesOf(SurvivorOf(request.name(), snapshot), snapshot);
  const Days days(request.period(), context.zone);
  std::vector<Stream> streams;
  for (const std::string& name : names) {
    for (const v1::TimelineKind kind : KindsOf(request))
      streams.emplace_back(snapshot, days, name, kind, *last);
  }
  const int asked = request.page_size() == 0 ? kTimelinePageDefault : request.page_size();
  const size_t page = static_cast<size_t>(std::min(asked, kTimelinePageMax));
  std::vector<v1::TimelineEntry> entries = Merge(streams, page + 1);
  v1::GetTimelineResponse response;
  if (entries.size() > page) {
    entries.pop_back();
    response.set_next_page_token(TokenOf(request, entries.back()));
  }
  for (v1::TimelineEntry& entry : entries) {
    AddSubject(snapshot, entry);
    *response.add_entries() = std::move(entry);
  }
  for (const std::string& name : names) response.add_customers(name);
  *response.mutable_sources() = SourcesOf(names, context);
  return response;
}

}  // namespace crm::customer
