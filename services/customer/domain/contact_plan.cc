#include "services/customer/domain/contact_plan.h"

#include <google/protobuf/util/message_differencer.h>

#include <memory>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/date.h"
#include "libs/base/field_mask.h"
#include "libs/base/money.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/base/timestamp.h"
#include "libs/engine/update.h"
#include "services/customer/domain/calendar.h"

namespace crm::customer {
namespace {

using base::Invalid;
using Event = ContactPlanModel::Event;

constexpr int kIntervalDaysDefault = 30;
constexpr int kIntervalDaysMax = 3'650;
constexpr int kActivityDueDaysMax = 365;
constexpr int kWholeBps = 10'000;

constexpr std::pair<const char*, v1::Tier> kPlans[] = {{"top", v1::TIER_TOP},
                                                       {"big", v1::TIER_BIG},
                                                       {"medium", v1::TIER_MEDIUM},
                                                       {"small", v1::TIER_SMALL}};

void FillIn(v1::ContactPlan& plan) {
  if (plan.interval_days() == 0) plan.set_interval_days(kIntervalDaysDefault);
  if (plan.lapse_action() == v1::CONTACT_LAPSE_ACTION_UNSPECIFIED)
    plan.set_lapse_action(v1::CONTACT_LAPSE_ACTION_NONE);
  if (plan.activity_kind() == v1::ACTIVITY_KIND_UNSPECIFIED)
    plan.set_activity_kind(v1::ACTIVITY_KIND_CALL);
}

absl::Status CheckChannels(const v1::ContactPlan& plan, std::string_view currency) {
  if (plan.channels().empty()) return Invalid("contact_plan.channels", "must be at least one");
  std::set<int> seen;
  int64_t sum = 0;
  for (int i = 0; i < plan.channels_size(); ++i) {
    const v1::ContactChannelShare& share = plan.channels(i);
    const std::string field = absl::StrCat("contact_plan.channels[", i, "]");
    if (share.channel() == common::v1::CHANNEL_UNSPECIFIED ||
        !common::v1::Channel_IsValid(share.channel()) || !seen.insert(share.channel()).second)
      return Invalid(field + ".channel", "must be a channel, none twice");
    if (share.share_bps() < 1 || share.share_bps() > kWholeBps)
      return Invalid(field + ".share_bps", "must be 1 to 10,000");
    sum += share.share_bps();
    if (!share.has_cost()) continue;
    if (absl::Status s = base::CheckMoney(field + ".cost", share.cost()); !s.ok()) return s;
    if (share.cost().currency_code() != currency)
      return Invalid(field + ".cost.currency_code", "must be the reporting currency");
    if (base::NanosOf(share.cost()) < 0) return Invalid(field + ".cost", "must not be negative");
  }
  if (sum != kWholeBps) return Invalid("contact_plan.channels", "must add up to 10,000");
  return absl::OkStatus();
}

absl::Status CheckPlan(const v1::ContactPlan& plan, std::string_view currency) {
  if (plan.interval_days() < 1 || plan.interval_days() > kIntervalDaysMax)
    return Invalid("contact_plan.interval_days", "must be 1 to 3,650");
  if (!v1::ContactLapseAction_IsValid(plan.lapse_action()))
    return Invalid("contact_plan.lapse_action", "must be an action of the list");
  if (!v1::ActivityKind_IsValid(plan.activity_kind()))
    return Invalid("contact_plan.activity_kind", "must be a kind of the list");
  // No touchpoint follows from a task, so that the lapse would not end.
  if (plan.lapse_action() == v1::CONTACT_LAPSE_ACTION_ACTIVITY &&
      plan.activity_kind() == v1::ACTIVITY_KIND_TASK)
    return Invalid("contact_plan.activity_kind", "must be a contact with the customer");
  if (plan.activity_due_days() < 0 || plan.activity_due_days() > kActivityDueDaysMax)
    return Invalid("contact_plan.activity_due_days", "must be 0 to 365");
  if (plan.check_hour() < 0 || plan.check_hour() > 23)
    return Invalid("contact_plan.check_hour", "must be 0 to 23");
  return CheckChannels(plan, currency);
}

// Whether the first place lies behind the second among those that one look found.
bool IsBehind(const v1::ContactCheckPlace& a, const v1::ContactCheckPlace& b) {
  return std::make_tuple(base::TimeOf(a.contact_time()), a.customer()) >
         std::make_tuple(base::TimeOf(b.contact_time()), b.customer());
}

}  // namespace

v1::Tier TierOfPlan(std::string_view id) {
  for (const auto& [name, tier] : kPlans) {
    if (id == name) return tier;
  }
  return v1::TIER_UNSPECIFIED;
}

std::string PlanOfTier(v1::Tier tier) {
  for (const auto& [name, of_plan] : kPlans) {
    if (tier == of_plan) return absl::StrCat("contactPlans/", name);
  }
  return "contactPlans/small";
}

absl::Time ContactCutoff(const v1::ContactPlan& plan, absl::CivilDay today, absl::TimeZone zone) {
  return absl::FromCivil(today - plan.interval_days(), zone);
}

engine::Decision<ContactPlanModel> ContactPlanModel::Decide(
    const State&, const v1::CreateContactPlanRequest& create, const engine::Context& context) {
  const v1::Tier tier = TierOfPlan(base::LastIdOf(context.name));
  if (tier == v1::TIER_UNSPECIFIED)
    return Invalid("contact_plan_id", "must be \"top\", \"big\", \"medium\" or \"small\"");
  Event event;
  v1::ContactPlan& plan = *event.mutable_created()->mutable_contact_plan();
  plan = create.contact_plan();
  FillIn(plan);
  if (absl::Status s = CheckPlan(plan, context.reporting_currency); !s.ok()) return s;
  plan.set_tier(tier);
  *plan.mutable_next_check_time() = base::TimestampOf(context.time);
  return event;
}

engine::Decision<ContactPlanModel> ContactPlanModel::Decide(
    const State& plan, const v1::UpdateContactPlanRequest& update, const engine::Context& context) {
  const auto meant = engine::ChangedFields(update.contact_plan(), update.update_mask(), plan);
  if (!meant.ok()) return meant.status();
  State next = plan;
  base::ApplyMask(*meant, update.contact_plan(), next);
  FillIn(next);
  if (absl::Status s = CheckPlan(next, context.reporting_currency); !s.ok()) return s;
  if (google::protobuf::util::MessageDifferencer::Equals(next, plan)) return std::nullopt;
  Event event;
  auto& updated = *event.mutable_updated();
  *updated.mutable_changed() = *meant;
  base::ApplyMask(*meant, next, *updated.mutable_contact_plan());
  *updated.mutable_next_check_time() = base::TimestampOf(context.time);
  return event;
}

engine::Decision<ContactPlanModel> ContactPlanModel::Decide(const State& plan,
                                                            const v1::ContactPlanDueRequest&,
                                                            const engine::Context& context) {
  if (context.time < base::TimeOf(plan.next_check_time())) return std::nullopt;
  Event event;
  v1::ContactCheck& check = *event.mutable_checked()->mutable_check();
  check.set_number(plan.last_check().number() + 1);
  *check.mutable_check_time() = base::TimestampOf(context.time);
  *check.mutable_business_date() = base::DateOf(context.business_date);
  *check.mutable_cutoff_time() =
      base::TimestampOf(ContactCutoff(plan, context.business_date, context.zone));
  *check.mutable_activity_due_date() =
      base::DateOf(context.business_date + plan.activity_due_days());
  *event.mutable_checked()->mutable_next_check_time() =
      base::TimestampOf(NextAtHour(plan.check_hour(), context.time, context.zone));
  return event;
}

engine::Decision<ContactPlanModel> ContactPlanModel::Decide(
    const State& plan, const v1::ContinueContactCheckRequest& more, const engine::Context&) {
  if (more.check_number() != plan.last_check().number()) return std::nullopt;
  v1::ContactCheckPlace place;
  place.set_customer(more.after_customer());
  *place.mutable_contact_time() = more.after_contact_time();
  if (plan.has_checked_place() && !IsBehind(place, plan.checked_place())) return std::nullopt;
  Event event;
  *event.mutable_check_continued()->mutable_check() = plan.last_check();
  *event.mutable_check_continued()->mutable_place() = std::move(place);
  return event;
}

std::optional<absl::Time> ContactPlanModel::NextDue(const State& state) {
  if (!state.has_next_check_time()) return std::nullopt;
  return base::TimeOf(state.next_check_time());
}

void ContactPlanModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kCreated:
      state = event.created().contact_plan();
      return;
    case Event::kUpdated:
      base::ApplyMask(event.updated().changed(), event.updated().contact_plan(), state);
      *state.mutable_next_check_time() = event.updated().next_check_time();
      return;
    case Event::kChecked:
      *state.mutable_last_check() = event.checked().check();
      *state.mutable_next_check_time() = event.checked().next_check_time();
      state.clear_checked_place();
      return;
    case Event::kCheckContinued:
      *state.mutable_checked_place() = event.check_continued().place();
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

engine::Commands SeedContactPlans() {
  struct Default {
    const char* id;
    int interval_days;
    v1::ContactLapseAction action;
    v1::ActivityKind kind;
    int due_days;
    std::vector<std::pair<common::v1::Channel, int>> channels;
  };
  const Default defaults[] = {
      {"top",
       14,
       v1::CONTACT_LAPSE_ACTION_ACTIVITY,
       v1::ACTIVITY_KIND_CALL,
       2,
       {{common::v1::CHANNEL_VISIT, 5'000},
        {common::v1::CHANNEL_PHONE, 4'000},
        {common::v1::CHANNEL_EMAIL, 1'000}}},
      {"big",
       30,
       v1::CONTACT_LAPSE_ACTION_ACTIVITY,
       v1::ACTIVITY_KIND_CALL,
       5,
       {{common::v1::CHANNEL_VISIT, 3'000},
        {common::v1::CHANNEL_PHONE, 5'000},
        {common::v1::CHANNEL_EMAIL, 2'000}}},
      {"medium",
       90,
       v1::CONTACT_LAPSE_ACTION_NOTIFICATION,
       v1::ACTIVITY_KIND_CALL,
       10,
       {{common::v1::CHANNEL_PHONE, 5'000}, {common::v1::CHANNEL_EMAIL, 5'000}}},
      {"small",
       180,
       v1::CONTACT_LAPSE_ACTION_NONE,
       v1::ACTIVITY_KIND_EMAIL,
       30,
       {{common::v1::CHANNEL_SELF_SERVICE, 6'000},
        {common::v1::CHANNEL_EMAIL, 3'000},
        {common::v1::CHANNEL_LETTER, 1'000}}},
  };
  engine::Commands commands;
  for (const Default& given : defaults) {
    auto create = std::make_unique<v1::CreateContactPlanRequest>();
    create->set_contact_plan_id(given.id);
    v1::ContactPlan& plan = *create->mutable_contact_plan();
    plan.set_interval_days(given.interval_days);
    plan.set_lapse_action(given.action);
    plan.set_activity_kind(given.kind);
    plan.set_activity_due_days(given.due_days);
    plan.set_check_hour(6);
    for (const auto& [channel, share_bps] : given.channels) {
      v1::ContactChannelShare& share = *plan.add_channels();
      share.set_channel(channel);
      share.set_share_bps(share_bps);
    }
    commands.push_back(std::move(create));
  }
  return commands;
}

}  // namespace crm::customer
