#include "services/customer/read/timeline_views.h"

#include <string>

#include "libs/base/timestamp.h"
#include "services/customer/domain/consent.h"
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
  // Into its pool, or out of it: by who picked it, or otherwise.
  void PutPool(const std::string& before, const std::string& after) {
    if (before == after) return;
    const v1::CustomerEvent& event = change_.event;
    const bool picked = event.has_owner_granted() &&
                        event.owner_granted().owner_request().kind() == v1::OWNER_REQUEST_KIND_PICK;
    v1::TimelineEntry entry = EntryOf(change_.meta, v1::TIMELINE_KIND_POOL,
                                      !after.empty() ? v1::TIMELINE_ACTION_ENTERED
                                      : picked       ? v1::TIMELINE_ACTION_PICKED
                                                     : v1::TIMELINE_ACTION_CHANGED);
    entry.set_before(before);
    entry.set_after(after);
    if (after.empty()) entry.set_staff(change_.after.owner());
    if (event.has_recycled()) entry.set_reason(event.recycled().recycle_rule());
    rows_.Put(kTimeline, entry);
  }
  // From when on it holds.
  void PutConsent(const v1::Customer& before, const v1::ConsentTerm& term) {
    v1::TimelineEntry entry =
        EntryOf(change_.meta, v1::TIMELINE_KIND_CONSENT, v1::TIMELINE_ACTION_CHANGED);
    const v1::ConsentTerm* held =
        ConsentAt(before, term.channel(), base::TimeOf(term.effect_time()), absl::InfiniteFuture());
    if (held != nullptr) entry.set_before(ShortName(held->state()));
    entry.set_after(ShortName(term.state()));
    entry.set_channel(term.channel());
    *entry.mutable_occur_time() = term.effect_time();
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
  changes.PutPool(before.pool(), after.pool());
  if (change.before == nullptr) return;
  changes.PutChanged(v1::TIMELINE_KIND_PROFILE, before.parent(), after.parent());
  changes.PutChanged(v1::TIMELINE_KIND_PROFILE, before.merged_into(), after.merged_into());
  if (change.event.has_consent_recorded())
    changes.PutConsent(before, change.event.consent_recorded().consent());
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

void ProjectExpenseTimeline(const engine::Change<ExpenseModel>& change, engine::Rows& rows) {
  const bool voided = change.event.has_voided();
  v1::TimelineEntry entry =
      EntryOf(change.meta, v1::TIMELINE_KIND_EXPENSE,
              voided ? v1::TIMELINE_ACTION_VOIDED : v1::TIMELINE_ACTION_SPENT);
  if (!voided) SetDay(change.after.expense_date(), entry);
  entry.set_staff(change.after.staff());
  entry.set_after(ShortName(change.after.kind()));
  *entry.mutable_amount() = change.after.amount();
  rows.Put(kTimeline, entry);
}

void ProjectInterviewTimeline(const engine::Change<InterviewModel>& change, engine::Rows& rows) {
  const v1::InterviewEvent& event = change.event;
  v1::TimelineAction action = v1::TIMELINE_ACTION_UNSPECIFIED;
  if (event.has_planned()) action = v1::TIMELINE_ACTION_PLANNED;
  if (event.has_declined()) action = v1::TIMELINE_ACTION_DECLINED;
  if (event.has_missed()) action = v1::TIMELINE_ACTION_MISSED;
  if (action == v1::TIMELINE_ACTION_UNSPECIFIED) return;
  v1::TimelineEntry entry = EntryOf(change.meta, v1::TIMELINE_KIND_INTERVIEW, action);
  entry.set_staff(change.after.staff());
  rows.Put(kTimeline, entry);
}

}  // namespace crm::customer
