#include "libs/app/watches.h"

#include <string_view>
#include <utility>

#include "absl/strings/escaping.h"
#include "libs/app/field_bytes.h"
#include "libs/app/limits.h"
#include "libs/base/hash.h"
#include "libs/base/status.h"
#include "libs/engine/limits.h"
#include "libs/engine/memory.h"
#include "libs/table/read_view.h"

namespace crm::app {
namespace {

using engine::v1::WatchToken;

constexpr size_t kWatchedBytes = 16;

std::string WatchedBy(const engine::Engine& engine, const engine::WatchDef& def,
                      const std::string& parent) {
  return base::Sha256({engine.log_id(), engine.service().topic, def.table, parent})
      .substr(0, kWatchedBytes);
}

std::string TextOf(const WatchToken& token) {
  return absl::WebSafeBase64Escape(token.SerializeAsString());
}

absl::Status Stopping() {
  return base::Unavailable("SHUTTING_DOWN", "this replica is stopping", engine::kRetryAfter);
}

}  // namespace

absl::StatusOr<WatchToken> PlaceOf(const engine::Engine& engine, const engine::WatchDef& def,
                                   const std::string& parent, int partition,
                                   const std::string& resume_token) {
  WatchToken place;
  if (resume_token.empty()) {
    place.set_watched(WatchedBy(engine, def, parent));
    place.set_first_until_offset(engine.PositionOf(partition).next);
    return place;
  }
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(resume_token, &bytes) || !place.ParseFromString(bytes) ||
      place.next_offset() < 0 || place.first_until_offset() < 0) {
    return base::Invalid("resume_token", "is not a resume token");
  }
  if (place.watched() != WatchedBy(engine, def, parent))
    return base::Invalid("resume_token", "is of another parent, or of another log");
  return place;
}

struct Watches::Watch {
  engine::Engine& engine;
  const engine::WatchDef& def;
  const table::TableDef& table;
  const std::string parent;
  const std::shared_ptr<rpc::Call> call;
  WatchToken place;       // Of the watches' thread.
  bool said_all = false;  // Of the watches' thread.
  bool queued = false;    // Guarded by the watches' mutex.
};

Watches::Watches() : thread_([this] { Loop(); }) {}

Watches::~Watches() { Stop(); }

void Watches::Open(engine::Engine& engine, const engine::WatchDef& def, std::string parent,
                   WatchToken from, std::shared_ptr<rpc::Call> call) {
  auto watch = std::make_shared<Watch>(Watch{engine, def, *engine.database().FindTable(def.table),
                                             std::move(parent), call, std::move(from)});
  // Before anything is sent. Weak: the watch holds the call, which would hold the watch.
  call->OnRoom([this, weak = std::weak_ptr(watch)] {
    if (const auto held = weak.lock()) Queue(held);
  });
  bool stopping = false;
  {
    const std::lock_guard lock(mutex_);
    stopping = stopping_;
    if (!stopping) {
      by_parent_.emplace(watch->parent, watch);
      QueueLocked(watch);
    }
  }
  if (stopping) return call->Finish(Stopping());
  changed_.notify_one();
}

void Watches::Touch(const std::string& parent) {
  bool any = false;
  {
    const std::lock_guard lock(mutex_);
    const auto [begin, end] = by_parent_.equal_range(parent);
    for (auto at = begin; at != end; ++at) {
      QueueLocked(at->second);
      any = true;
    }
  }
  if (any) changed_.notify_one();
}

void Watches::Queue(const std::shared_ptr<Watch>& watch) {
  {
    const std::lock_guard lock(mutex_);
    QueueLocked(watch);
  }
  changed_.notify_one();
}

void Watches::QueueLocked(const std::shared_ptr<Watch>& watch) {
  if (std::exchange(watch->queued, true)) return;
  queue_.push_back(watch);
}

void Watches::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
  std::unordered_multimap<std::string, std::shared_ptr<Watch>> left;
  {
    const std::lock_guard lock(mutex_);
    left.swap(by_parent_);
    queue_.clear();
  }
  for (const auto& [parent, watch] : left) {
    watch->call->Finish(Stopping());
  }
}

size_t Watches::size() const {
  const std::lock_guard lock(mutex_);
  return by_parent_.size();
}

void Watches::Loop() {
  while (true) {
    std::shared_ptr<Watch> watch;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (stopping_) return;
      watch = std::move(queue_.front());
      queue_.pop_front();
      watch->queued = false;
    }
    if (!watch->call->cancelled() && Tell(*watch)) Queue(watch);
    if (watch->call->cancelled()) Forget(watch);
  }
}

bool Watches::Send(Watch& watch, std::string_view row, const WatchToken& next) {
  std::string message;
  message.reserve(row.size() + 2 * kFieldHeadBytesMax + 2 * kWatchedBytes);
  if (!row.empty()) AppendField(*watch.def.row, row, message);
  AppendField(*watch.def.next_token, TextOf(next), message);
  if (!watch.call->Send(std::move(message))) return false;
  watch.place = next;
  return true;
}

bool Watches::Tell(Watch& watch) {
  const bool first = watch.place.first_until_offset() > 0;
  size_t seen = 0;
  bool more = false, stuck = false;
  absl::Status failed;
  {
    const table::ReadView view(watch.engine.database());
    const auto tell = [&](eventlog::Offset offset, std::string_view name) {
      // What changed since the watch began is said with the other changes.
      if (first && offset >= watch.place.first_until_offset()) return false;
      if (++seen > kWatchRowsPerTurn) {
        more = true;
        return false;
      }
      auto stored = view.GetStored(watch.table, {std::string(name)});
      if (!stored.ok()) failed = engine::OfTables(stored.status());
      if (!stored.ok() || !stored->has_value()) return stored.ok();
      WatchToken next = watch.place;
      next.set_next_offset(offset + 1);
      stuck = !Send(watch, (*stored)->bytes, next);
      return !stuck;
    };
    absl::Status scanned =
        engine::ScanChanges(view, first, watch.parent, watch.place.next_offset(), tell);
    if (!scanned.ok()) failed = engine::OfTables(scanned);
  }
  if (!failed.ok()) {
    watch.call->Finish(std::move(failed));
    watch.call->Cancel();
    return false;
  }
  if (more || stuck) return more && !stuck;
  if (!first && watch.said_all) return false;
  WatchToken next = watch.place;
  if (first) {
    next.set_next_offset(next.first_until_offset());
    next.clear_first_until_offset();
    watch.place = next;
    return true;
  }
  watch.said_all = Send(watch, "", next);
  return false;
}

void Watches::Forget(const std::shared_ptr<Watch>& watch) {
  const std::lock_guard lock(mutex_);
  const auto [begin, end] = by_parent_.equal_range(watch->parent);
  for (auto at = begin; at != end; ++at) {
    if (at->second != watch) continue;
    by_parent_.erase(at);
    return;
  }
}

}  // namespace crm::app
