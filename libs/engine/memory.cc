#include "libs/engine/memory.h"

#include "absl/strings/str_cat.h"
#include "libs/base/resource_name.h"
#include "libs/engine/limits.h"

namespace crm::engine {
namespace {

template <class T>
void AppendBigEndian(std::string& out, T number) {
  for (int shift = 8 * (static_cast<int>(sizeof(T)) - 1); shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(number >> shift));
  }
}

uint64_t ReadBigEndian(std::string_view bytes) {
  uint64_t number = 0;
  for (const char c : bytes) number = number << 8 | static_cast<uint8_t>(c);
  return number;
}

std::string Join(std::string_view a, std::string_view b) {
  std::string key(a);
  key.push_back('\0');
  return key.append(b);
}

std::string RingKey(std::string_view key, uint64_t slot) {
  std::string ring = Join(key, "");
  AppendBigEndian(ring, static_cast<uint32_t>(slot));
  return ring;
}

constexpr uint64_t kSignBit = uint64_t{1} << 63;

std::string TimerKey(int partition, absl::Time due, std::string_view name) {
  std::string key;
  AppendBigEndian(key, static_cast<uint32_t>(partition));
  AppendBigEndian(key, static_cast<uint64_t>(absl::ToUnixNanos(due)) ^ kSignBit);
  return key.append(name);
}

std::string WatermarkKey(std::string_view reaction, std::string_view source,
                         std::string_view target) {
  return Join(Join(target, reaction), source);
}

std::string Unreadable(absl::string_view what) {
  return absl::StrCat("a stored ", what, " cannot be parsed");
}

std::string ChangeKey(std::string_view parent, eventlog::Offset offset) {
  std::string key = Join(parent, "");
  AppendBigEndian(key, static_cast<uint64_t>(offset));
  return key;
}

std::string PositionKey(std::string_view topic, int partition) {
  std::string key = Join(topic, "");
  AppendBigEndian(key, static_cast<uint32_t>(partition));
  return key;
}

}  // namespace

absl::StatusOr<std::optional<v1::StoredPosition>> ReadPosition(const table::Database& database,
                                                               std::string_view topic,
                                                               int partition) {
  auto stored = database.GetRaw(kPositions, PositionKey(topic, partition));
  if (!stored.ok()) return stored.status();
  if (!stored->has_value()) return std::nullopt;
  v1::StoredPosition position;
  if (!position.ParseFromString(**stored)) return absl::DataLossError(Unreadable("position"));
  return position;
}

void Memory::PutPosition(std::string_view topic, int partition,
                         const v1::StoredPosition& position) {
  batch_.PutRaw(kPositions, PositionKey(topic, partition), position.SerializeAsString());
}

absl::StatusOr<std::optional<v1::StoredRequest>> Memory::FindRequest(
    std::string_view key, std::string_view request_id) const {
  auto stored = batch_.GetRaw(kRequests, Join(key, request_id));
  if (!stored.ok()) return stored.status();
  if (!stored->has_value()) return std::nullopt;
  v1::StoredRequest request;
  if (!request.ParseFromString(**stored)) return batch_.Damaged(Unreadable("request id"));
  return request;
}

absl::Status Memory::RememberRequest(std::string_view key, std::string_view request_id,
                                     const v1::StoredRequest& request, Keep keep) {
  batch_.PutRaw(kRequests, Join(key, request_id), request.SerializeAsString());
  if (keep == Keep::kForEver) return absl::OkStatus();
  const bool answer = keep == Keep::kAsAnswer;
  const uint64_t most = answer ? kAnswersRememberedMax : kRequestsRememberedMax;
  const std::string ring = answer ? Join(key, "answers") : std::string(key);
  const absl::StatusOr<uint64_t> counted = CountOf(ring);
  if (!counted.ok()) return counted.status();
  const uint64_t count = *counted;
  const std::string slot = RingKey(ring, count % most);
  if (count >= most) {
    auto oldest = batch_.GetRaw(kRequestRing, slot);
    if (!oldest.ok()) return oldest.status();
    if (oldest->has_value() && **oldest != request_id)
      batch_.DeleteRaw(kRequests, Join(key, **oldest));
  }
  batch_.PutRaw(kRequestRing, slot, request_id);
  std::string next;
  AppendBigEndian(next, count + 1);
  batch_.PutRaw(kRequestCounts, ring, next);
  *counts_.Find(ring) = count + 1;
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> Memory::CountOf(const std::string& ring) {
  if (const uint64_t* count = counts_.Find(ring); count != nullptr) return *count;
  auto stored = batch_.GetRaw(kRequestCounts, ring);
  if (!stored.ok()) return stored.status();
  if (counts_.size() >= kCountsCachedMax) counts_.Erase(counts_.Oldest()->key);
  return counts_.Add(ring, stored->has_value() ? ReadBigEndian(**stored) : 0);
}

absl::StatusOr<int64_t> Memory::Watermark(std::string_view reaction, std::string_view source,
                                          std::string_view target) const {
  auto stored = batch_.GetRaw(kWatermarks, WatermarkKey(reaction, source, target));
  if (!stored.ok()) return stored.status();
  return stored->has_value() ? static_cast<int64_t>(ReadBigEndian(**stored)) : 0;
}

absl::Status Memory::RaiseWatermark(std::string_view reaction, std::string_view source,
                                    std::string_view target, int64_t revision) {
  const absl::StatusOr<int64_t> mark = Watermark(reaction, source, target);
  if (!mark.ok() || *mark >= revision) return mark.status();
  std::string value;
  AppendBigEndian(value, static_cast<uint64_t>(revision));
  batch_.PutRaw(kWatermarks, WatermarkKey(reaction, source, target), value);
  return absl::OkStatus();
}

void Memory::PutTimer(int partition, absl::Time due, std::string_view name) {
  batch_.PutRaw(kTimers, TimerKey(partition, due, name), "");
}

void Memory::DeleteTimer(int partition, absl::Time due, std::string_view name) {
  batch_.DeleteRaw(kTimers, TimerKey(partition, due, name));
}

absl::Status Memory::MarkChange(const std::string& name, eventlog::Offset offset, bool first) {
  const std::string_view parent = base::ParentOf(name);
  auto stored = batch_.GetRaw(kLastChanges, name);
  if (!stored.ok()) return stored.status();
  if (stored->has_value()) {
    const std::string last = ChangeKey(parent, static_cast<int64_t>(ReadBigEndian(**stored)));
    batch_.DeleteRaw(kChanges, last);
    batch_.DeleteRaw(kFirstChanges, last);
  }
  std::string value;
  AppendBigEndian(value, static_cast<uint64_t>(offset));
  batch_.PutRaw(kLastChanges, name, value);
  const std::string key = ChangeKey(parent, offset);
  batch_.PutRaw(kChanges, key, name);
  if (first) batch_.PutRaw(kFirstChanges, key, name);
  return absl::OkStatus();
}

absl::StatusOr<TimerScan> ScanDueTimers(const table::Database& database, int partition,
                                        absl::Time now, std::string_view from, size_t max,
                                        const TimerVisitor& visit) {
  TimerScan scan;
  std::string prefix;
  AppendBigEndian(prefix, static_cast<uint32_t>(partition));
  size_t seen = 0;
  const absl::Status status =
      database.ScanRaw(kTimers, prefix, from, [&](std::string_view key, std::string_view) {
        const absl::Time due =
            absl::FromUnixNanos(static_cast<int64_t>(ReadBigEndian(key.substr(4, 8)) ^ kSignBit));
        if (due > now) {
          scan.next = due;
          return false;
        }
        if (++seen <= max && visit(due, key.substr(12))) return true;
        scan.resume = std::string(key);
        return false;
      });
  if (!status.ok()) return status;
  return scan;
}

absl::Status ScanChanges(const table::ReadView& view, bool first, std::string_view parent,
                         eventlog::Offset from, const ChangeVisitor& visit) {
  const std::string prefix = Join(parent, "");
  return view.ScanRaw(first ? kFirstChanges : kChanges, prefix, ChangeKey(parent, from),
                      [&](std::string_view key, std::string_view name) {
                        const auto offset =
                            static_cast<int64_t>(ReadBigEndian(key.substr(prefix.size())));
                        return visit(offset, name);
                      });
}

}  // namespace crm::engine
