#include "services/customer/read/timeline_views.h"

#include <string>

#include "services/customer/read/timeline_entry.h"
#include "services/customer/read/timeline_tables.h"

namespace crm::customer {
namespace {

// One entry for something of the customer that the event changed.
class Changes {
 public:
  Changes(const engine::Change<CustomerModel>& change, engine::Rows& rows)
      : change_(change), rows_(rows) {}

  void Put(v1::TimelineKind kind, v1::TimelineAction action, const std::string& before,
           const std::string& after) {
    v1::TimelineEntry entry = EntryOf(change_.meta, kind, action);
    entry.set_before(before);
    entry.set_after(after);
    if (kind == v1::TIMELINE_KIND_STATUS && change_.after.has_loss())
      entry.set_reason(change_.after.loss().loss_reason());
    rows_.Put(kTimeline, entry);
  }
  void PutChanged(v1::TimelineKind kind, const std::string& before, const std::string& after) {
    if (before != after) Put(kind, v1::TIMELINE_ACTION_CHANGED, before, after);
  }

 private:
  const engine::Change<CustomerModel>& change_;
  engine::Rows& rows_;
};

std::string NameOf(v1::Tier tier) {
  return tier == v1::TIER_UNSPECIFIED ? std::string() : ShortName(tier);
}

// The entry that a version of a touchpoint has: always that of its first event.
v1::TimelineEntry TouchpointEntry(const v1::Touchpoint& touchpoint, const engine::EventMeta& meta) {
  v1::TimelineEntry entry = EntryOf(meta, v1::TIMELINE_KIND_TOUCHPOINT, v1::TIMELINE_ACTION_MET);
  entry.set_revision(1);
  *entry.mutable_occur_time() = touchpoint.occur_time();
  *entry.mutable_record_time() = touchpoint.create_time();
  entry.set_channel(touchpoint.channel());
  entry.set_direction(touchpoint.direction());
  entry.set_staff(touchpoint.staff());
  return entry;
}

void Remove(const v1::TimelineEntry& entry, engine::Rows& rows) {
  rows.Delete(kTimeline, entry.customer(), entry.kind(), entry.occur_time(), entry.about(),
              entry.revision());
}

// The beginning and the end of a position are told apart by their revisions.
constexpr int64_t kStartRevision = 1, kEndRevision = 2;

v1::TimelineEntry PositionEntry(const v1::Position& position, const engine::EventMeta& meta,
                                bool end) {
  v1::TimelineEntry entry = EntryOf(meta, v1::TIMELINE_KIND_POSITION,
                                    end ? v1::TIMELINE_ACTION_ENDED : v1::TIMELINE_ACTION_STARTED);
  entry.set_revision(end ? kEndRevision : kStartRevision);
  *entry.mutable_record_time() = end ? position.update_time() : position.create_time();
  *entry.mutable_occur_time() = position.create_time();
  // At the beginning of its day whenever that was recorded, so that it is found again to be moved.
  if (end || position.has_start_date()) {
    *entry.mutable_occur_date() = end ? position.end_date() : position.start_date();
    *entry.mutable_occur_time() = StartOf(entry.occur_date());
  }
  return entry;
}

}  // namespace

void ProjectCustomerTimeline(const engine::Change<CustomerModel>& change, engine::Rows& rows) {
  const v1::Customer none;
  const v1::Customer& before = change.before != nullptr ? *change.before : none;
  const v1::Customer& after = change.after;
  Changes changes(change, rows);
  if (change.before == nullptr) {
    changes.Put(v1::TIMELINE_KIND_PROFILE, v1::TIMELINE_ACTION_CREATED, "",
                ShortName(after.status()));
  } else {
    changes.PutChanged(v1::TIMELINE_KIND_STATUS, ShortName(before.status()),
                       ShortName(after.status()));
  }
  changes.PutChanged(v1::TIMELINE_KIND_OWNER, before.owner(), after.owner());
  changes.PutChanged(v1::TIMELINE_KIND_TIER, NameOf(before.tier()), NameOf(after.tier()));
  if (change.before == nullptr) return;
  changes.PutChanged(v1::TIMELINE_KIND_PROFILE, before.parent(), after.parent());
  changes.PutChanged(v1::TIMELINE_KIND_PROFILE, before.merged_into(), after.merged_into());
  if (change.event.has_verified())
    changes.Put(v1::TIMELINE_KIND_PROFILE, v1::TIMELINE_ACTION_VERIFIED, "", "");
}

void ProjectTouchpointTimeline(const engine::Change<TouchpointModel>& change, engine::Rows& rows) {
  v1::TimelineEntry entry = TouchpointEntry(change.after, change.meta);
  if (change.before != nullptr) {
    const v1::TimelineEntry old = TouchpointEntry(*change.before, change.meta);
    const auto first = rows.Get(kTimeline, old.customer(), old.kind(), old.occur_time(),
                                old.about(), old.revision());
    if (first.has_value()) entry.set_actor(first->actor());
    Remove(old, rows);
  }
  rows.Put(kTimeline, entry);
}

void ProjectPositionTimeline(const engine::Change<PositionModel>& change, engine::Rows& rows) {
  const bool ended = change.after.has_end_date();
  if (change.before == nullptr) {
    rows.Put(kTimeline, PositionEntry(change.after, change.meta, false));
    if (ended) rows.Put(kTimeline, PositionEntry(change.after, change.meta, true));
    return;
  }
  const v1::Position& before = *change.before;
  v1::TimelineEntry old_start = PositionEntry(before, change.meta, false);
  v1::TimelineEntry start = PositionEntry(change.after, change.meta, false);
  if (const auto first = rows.Get(kTimeline, old_start.customer(), old_start.kind(),
                                  old_start.occur_time(), old_start.about(), old_start.revision());
      first.has_value())
    start.set_actor(first->actor());
  Remove(old_start, rows);
  rows.Put(kTimeline, start);
  const std::string was = before.end_date().ShortDebugString();
  if (was == change.after.end_date().ShortDebugString()) return;
  if (before.has_end_date()) Remove(PositionEntry(before, change.meta, true), rows);
  if (ended) rows.Put(kTimeline, PositionEntry(change.after, change.meta, true));
}

}  // namespace crm::customer
