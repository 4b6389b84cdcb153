#include "services/customer/read/foreign_sales.h"

#include <string>
#include <utility>

#include "crm/sales/v1/pipeline.pb.h"
#include "libs/base/timestamp.h"
#include "services/customer/read/timeline_entry.h"
#include "services/customer/read/timeline_tables.h"

namespace crm::customer {
namespace {

using sales::v1::OpportunityEvent;
using sales::v1::OrderEvent;

v1::OpportunityStanding StandingOf(sales::v1::StageKind kind) {
  if (kind == sales::v1::STAGE_KIND_WON) return v1::OPPORTUNITY_STANDING_WON;
  if (kind == sales::v1::STAGE_KIND_LOST) return v1::OPPORTUNITY_STANDING_LOST;
  return v1::OPPORTUNITY_STANDING_OPEN;
}

void Enter(const sales::v1::StageEntered& entered, v1::FollowedOpportunity& row) {
  row.set_stage(entered.stage());
  row.set_standing(StandingOf(entered.kind()));
  row.set_probability_percent(entered.probability_percent());
}

v1::FollowedOpportunity OpenedRow(const sales::v1::Opportunity& opened,
                                  const engine::EventMeta& meta) {
  v1::FollowedOpportunity row;
  row.set_display_name(opened.display_name());
  row.set_stage(opened.stage());
  row.set_standing(StandingOf(opened.stage_kind()));
  row.set_probability_percent(opened.probability_percent());
  if (opened.has_amount()) *row.mutable_amount() = opened.amount();
  if (opened.has_expected_close_date())
    *row.mutable_expected_close_date() = opened.expected_close_date();
  row.set_owner(opened.owner());
  row.set_campaign(opened.campaign());
  if (opened.type() != sales::v1::OPPORTUNITY_TYPE_UNSPECIFIED)
    row.set_type(ShortName(opened.type()));
  *row.mutable_open_time() = base::TimestampOf(meta.time);
  return row;
}

// What the event made of it. False: it is newer than this reader.
bool Fold(const OpportunityEvent& event, const engine::EventMeta& meta,
          v1::FollowedOpportunity& row) {
  switch (event.event_case()) {
    case OpportunityEvent::kOpened:
      row = OpenedRow(event.opened().opportunity(), meta);
      return true;
    case OpportunityEvent::kStageMoved:
      Enter(event.stage_moved().entered(), row);
      return true;
    case OpportunityEvent::kWon:
      Enter(event.won().entered(), row);
      *row.mutable_amount() = event.won().amount();
      *row.mutable_close_date() = event.won().close_date();
      return true;
    case OpportunityEvent::kLost:
      Enter(event.lost().entered(), row);
      *row.mutable_close_date() = event.lost().close_date();
      return true;
    case OpportunityEvent::kReopened:
      Enter(event.reopened().entered(), row);
      row.clear_close_date();
      return true;
    case OpportunityEvent::EVENT_NOT_SET:
      return false;
  }
  return false;
}

v1::TimelineAction ActionOf(const OpportunityEvent& event) {
  switch (event.event_case()) {
    case OpportunityEvent::kOpened:
      return v1::TIMELINE_ACTION_OPENED;
    case OpportunityEvent::kStageMoved:
      return v1::TIMELINE_ACTION_MOVED;
    case OpportunityEvent::kWon:
      return v1::TIMELINE_ACTION_WON;
    case OpportunityEvent::kLost:
      return v1::TIMELINE_ACTION_LOST;
    case OpportunityEvent::kReopened:
      return v1::TIMELINE_ACTION_REOPENED;
    case OpportunityEvent::EVENT_NOT_SET:
      break;
  }
  return v1::TIMELINE_ACTION_UNSPECIFIED;
}

// As the event left it, with what it was before.
v1::TimelineEntry OpportunityEntry(const OpportunityEvent& event, const engine::EventMeta& meta,
                                   const std::string& stage_before,
                                   const v1::FollowedOpportunity& row) {
  v1::TimelineEntry entry = EntryOf(meta, v1::TIMELINE_KIND_OPPORTUNITY, ActionOf(event));
  entry.set_title(row.display_name());
  entry.set_staff(row.owner());
  entry.set_before(stage_before);
  entry.set_after(row.stage());
  entry.set_campaign(row.campaign());
  if (row.has_amount()) *entry.mutable_amount() = row.amount();
  if (event.has_lost()) entry.set_reason(event.lost().loss_reason());
  if (row.has_close_date()) SetDay(row.close_date(), entry);
  return entry;
}

v1::OrderStanding StandingOf(sales::v1::OrderStatus status) {
  switch (status) {
    case sales::v1::ORDER_STATUS_PLACED:
      return v1::ORDER_STANDING_PLACED;
    case sales::v1::ORDER_STATUS_CONFIRMED:
      return v1::ORDER_STANDING_CONFIRMED;
    case sales::v1::ORDER_STATUS_PARTLY_DELIVERED:
      return v1::ORDER_STANDING_PARTLY_DELIVERED;
    case sales::v1::ORDER_STATUS_DELIVERED:
      return v1::ORDER_STANDING_DELIVERED;
    case sales::v1::ORDER_STATUS_CANCELLED:
      return v1::ORDER_STANDING_CANCELLED;
    default:
      return v1::ORDER_STANDING_UNSPECIFIED;
  }
}

void Count(const sales::v1::OrderTotals& totals, v1::FollowedOrder& row) {
  *row.mutable_order_date() = totals.order_date();
  *row.mutable_revenue() = totals.revenue();
}

// What the event made of it, and the entry that tells so. False: it is newer than this reader.
bool Fold(const OrderEvent& event, v1::FollowedOrder& row, v1::TimelineEntry& entry) {
  switch (event.event_case()) {
    case OrderEvent::kRecorded:
      Count(event.recorded().totals(), row);
      row.set_standing(StandingOf(event.recorded().order().status()));
      row.set_opportunity(event.recorded().order().opportunity());
      row.set_delivery_count(event.recorded().order().deliveries_size());
      entry.set_action(v1::TIMELINE_ACTION_PLACED);
      SetDay(row.order_date(), entry);
      return true;
    case OrderEvent::kConfirmed:
      row.set_standing(v1::ORDER_STANDING_CONFIRMED);
      entry.set_action(v1::TIMELINE_ACTION_CONFIRMED);
      SetDay(event.confirmed().confirm_date(), entry);
      return true;
    case OrderEvent::kAmended:
      Count(event.amended().totals(), row);
      entry.set_action(v1::TIMELINE_ACTION_AMENDED);
      return true;
    case OrderEvent::kCancelled:
      Count(event.cancelled().totals(), row);
      row.set_standing(v1::ORDER_STANDING_CANCELLED);
      entry.set_action(v1::TIMELINE_ACTION_CANCELLED);
      SetDay(event.cancelled().cancel_date(), entry);
      return true;
    case OrderEvent::kDelivered:
      row.set_standing(StandingOf(event.delivered().status()));
      *row.mutable_delivery_date() = event.delivered().delivery().delivery_date();
      row.set_delivery_count(row.delivery_count() + 1);
      entry.set_action(v1::TIMELINE_ACTION_DELIVERED);
      SetDay(row.delivery_date(), entry);
      return true;
    case OrderEvent::kReturned:
      Count(event.returned().totals(), row);
      *row.mutable_return_date() = event.returned().returned().return_date();
      row.set_return_count(row.return_count() + 1);
      entry.set_action(v1::TIMELINE_ACTION_RETURNED);
      SetDay(row.return_date(), entry);
      return true;
    case OrderEvent::EVENT_NOT_SET:
      return false;
  }
  return false;
}

}  // namespace

void FollowOpportunity(const engine::ForeignEvent<OpportunityEvent>& opportunity,
                       engine::Rows& rows) {
  const engine::EventMeta& meta = opportunity.meta;
  v1::FollowedOpportunity row =
      rows.Get(kFollowedOpportunities, meta.name).value_or(v1::FollowedOpportunity());
  const std::string stage_before = row.stage();
  if (!Fold(opportunity.event, meta, row)) return;
  row.set_name(meta.name);
  row.set_customer(CustomerOf(meta.name));
  *row.mutable_change_time() = base::TimestampOf(meta.time);
  rows.Put(kFollowedOpportunities, row);
  v1::TimelineEntry entry = OpportunityEntry(opportunity.event, meta, stage_before, row);
  rows.Put(kTimeline, entry);
  if (!opportunity.event.has_opened() || row.campaign().empty()) return;
  entry.set_kind(v1::TIMELINE_KIND_CAMPAIGN);
  entry.set_action(v1::TIMELINE_ACTION_RESPONDED);
  entry.clear_after();
  rows.Put(kTimeline, entry);
}

void FollowOrder(const engine::ForeignEvent<OrderEvent>& order, engine::Rows& rows) {
  const engine::EventMeta& meta = order.meta;
  v1::FollowedOrder row = rows.Get(kFollowedOrders, meta.name).value_or(v1::FollowedOrder());
  v1::TimelineEntry entry = EntryOf(meta, v1::TIMELINE_KIND_ORDER, v1::TIMELINE_ACTION_UNSPECIFIED);
  if (!Fold(order.event, row, entry)) return;
  row.set_name(meta.name);
  row.set_customer(CustomerOf(meta.name));
  *row.mutable_change_time() = base::TimestampOf(meta.time);
  rows.Put(kFollowedOrders, row);
  const bool refund = order.event.has_returned() && order.event.returned().returned().has_refund();
  *entry.mutable_amount() = refund ? order.event.returned().returned().refund() : row.revenue();
  rows.Put(kTimeline, entry);
}

}  // namespace crm::customer
