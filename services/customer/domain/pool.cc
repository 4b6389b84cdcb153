#include "services/customer/domain/pool.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/customer_resource.pb.h"
#include "crm/customer/v1/reason.pb.h"
#include "libs/base/check.h"
#include "libs/base/date.h"
#include "libs/base/field_mask.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/base/timestamp.h"
#include "libs/engine/update.h"
#include "services/customer/domain/calendar.h"
#include "services/customer/domain/references.h"

namespace crm::customer {
namespace {

using base::Invalid;
using Event = PoolModel::Event;

constexpr int kDaysMax = 3'660;
constexpr int kHourMax = 23;

// `check` refuses one of them by its field.
template <class List, class Check>
absl::Status CheckEach(const std::string& field, const List& list, const Check& check) {
  std::set<std::string> seen;
  for (int i = 0; i < list.size(); ++i) {
    const std::string at = absl::StrCat(field, "[", i, "]");
    if (absl::Status s = check(at, list[i]); !s.ok()) return s;
    if (!seen.insert(absl::StrCat(list[i])).second) return Invalid(at, "must be unique");
  }
  return absl::OkStatus();
}

auto NameIn(std::string_view collection) {
  return [collection](const std::string& field, const std::string& name) {
    return name.empty() ? Invalid(field, "must be given") : CheckName(field, collection, name);
  };
}

absl::Status CheckId(const std::string& field, const std::string& id) {
  if (base::IsResourceId(id)) return absl::OkStatus();
  return Invalid(field, "must be 1 to 63 characters of a-z, 0-9 and -");
}

absl::Status CheckWord(const std::string& field, const std::string& word) {
  return base::IsBlank(word) ? Invalid(field, "must be given") : absl::OkStatus();
}

absl::Status CheckNumber(std::string_view field, int64_t number, int64_t min, int64_t max) {
  if (number >= min && number <= max) return absl::OkStatus();
  return Invalid(field, absl::StrCat("must be ", min, " to ", max));
}

absl::Status CheckPickRule(const v1::PickRule& rule) {
  const std::string field = "pool.pick_rule.";
  if (absl::Status s = CheckNumber(field + "daily_limit", rule.daily_limit(), 0, INT32_MAX);
      !s.ok())
    return s;
  if (absl::Status s =
          CheckNumber(field + "former_owner_days", rule.former_owner_days(), 0, kDaysMax);
      !s.ok())
    return s;
  if (absl::Status s = CheckNumber(field + "new_data_days", rule.new_data_days(), 0, kDaysMax);
      !s.ok())
    return s;
  if (absl::Status s = CheckEach(field + "branches", rule.branches(), NameIn("branches")); !s.ok())
    return s;
  return CheckEach(field + "teams", rule.teams(), NameIn("teams"));
}

absl::Status CheckRecycleRule(const std::string& field, const v1::RecycleRule& rule) {
  if (absl::Status s = CheckId(field + ".id", rule.id()); !s.ok()) return s;
  if (absl::Status s = CheckWord(field + ".display_name", rule.display_name()); !s.ok()) return s;
  if (absl::Status s = CheckNumber(field + ".untouched_days", rule.untouched_days(), 0, kDaysMax);
      !s.ok())
    return s;
  if (absl::Status s = CheckNumber(field + ".created_days", rule.created_days(), 0, kDaysMax);
      !s.ok())
    return s;
  if (rule.untouched_days() == 0 && rule.created_days() == 0 && rule.statuses().empty())
    return Invalid(field + ".untouched_days", "must be given, or created_days or statuses");
  return CheckEach(field + ".statuses", rule.statuses(), [](const std::string& at, int status) {
    const bool owned = v1::CustomerStatus_IsValid(status) &&
                       status != v1::CUSTOMER_STATUS_UNSPECIFIED &&
                       status != v1::CUSTOMER_STATUS_ERASED;
    return owned ? absl::OkStatus() : Invalid(at, "must be a status in which somebody may own it");
  });
}

// A path of fields of a customer, each but the last a single message.
bool IsCustomerField(std::string_view path) {
  const google::protobuf::Descriptor* message = v1::Customer::descriptor();
  while (message != nullptr) {
    const size_t dot = path.find('.');
    const auto* field = message->FindFieldByName(std::string(path.substr(0, dot)));
    if (field == nullptr) return false;
    if (dot == std::string_view::npos) return true;
    if (field->is_repeated()) return false;
    message = field->message_type();
    path.remove_prefix(dot + 1);
  }
  return false;
}

absl::Status CheckPool(const v1::Pool& pool) {
  if (absl::Status s = CheckWord("pool.display_name", pool.display_name()); !s.ok()) return s;
  if (absl::Status s = CheckPoolScope("pool.scope", pool.scope()); !s.ok()) return s;
  if (absl::Status s = CheckNumber("pool.rank", pool.rank(), 0, INT32_MAX); !s.ok()) return s;
  if (absl::Status s = CheckEach("pool.admins", pool.admins(), NameIn("staff")); !s.ok()) return s;
  if (absl::Status s = CheckPickRule(pool.pick_rule()); !s.ok()) return s;
  std::set<std::string> rules;
  for (int i = 0; i < pool.recycle_rules_size(); ++i) {
    const std::string field = absl::StrCat("pool.recycle_rules[", i, "]");
    if (absl::Status s = CheckRecycleRule(field, pool.recycle_rules(i)); !s.ok()) return s;
    if (!rules.insert(pool.recycle_rules(i).id()).second)
      return Invalid(field + ".id", "must be unique");
  }
  const auto check_hidden = [](const std::string& at, const std::string& path) {
    return IsCustomerField(path) ? absl::OkStatus() : Invalid(at, "must be a field of a customer");
  };
  if (absl::Status s = CheckEach("pool.hidden_fields", pool.hidden_fields(), check_hidden); !s.ok())
    return s;
  if (absl::Status s = CheckNumber("pool.capacity", pool.capacity(), 0, INT32_MAX); !s.ok())
    return s;
  if (absl::Status s =
          CheckEach("pool.capacity_exempt_staff", pool.capacity_exempt_staff(), NameIn("staff"));
      !s.ok())
    return s;
  return CheckNumber("pool.sweep_hour", pool.sweep_hour(), 0, kHourMax);
}

// The next full `sweep_hour` by the clock, when there is something to look for.
std::optional<absl::Time> NextSweep(const v1::Pool& pool, const engine::Context& context) {
  const auto& rules = pool.recycle_rules();
  const bool looks = !pool.paused() && std::any_of(rules.begin(), rules.end(),
                                                   [](const auto& r) { return !r.disabled(); });
  if (!looks) return std::nullopt;
  return NextAtHour(pool.sweep_hour(), context.time, context.zone);
}

void SetRules(const v1::Pool& pool, google::protobuf::RepeatedPtrField<v1::RecycleRule>& rules) {
  for (const v1::RecycleRule& rule : pool.recycle_rules()) {
    if (!rule.disabled()) *rules.Add() = rule;
  }
}

Event Swept(const v1::Pool& pool, const engine::Context& context) {
  Event event;
  auto& swept = *event.mutable_swept();
  swept.mutable_sweep()->set_number(pool.last_sweep().number() + 1);
  *swept.mutable_sweep()->mutable_sweep_time() = base::TimestampOf(context.time);
  *swept.mutable_sweep()->mutable_business_date() = base::DateOf(context.business_date);
  SetRules(pool, *swept.mutable_recycle_rules());
  if (const auto next = NextSweep(pool, context); next.has_value())
    *swept.mutable_next_sweep_time() = base::TimestampOf(*next);
  return event;
}

}  // namespace

absl::Status CheckPoolScope(const std::string& field, const v1::PoolScope& scope) {
  absl::Status s = CheckEach(field + ".branches", scope.branches(), CheckId);
  if (s.ok()) s = CheckEach(field + ".teams", scope.teams(), CheckId);
  if (s.ok()) s = CheckEach(field + ".territories", scope.territories(), CheckId);
  if (s.ok()) s = CheckEach(field + ".regions", scope.regions(), CheckWord);
  if (!s.ok()) return s;
  return CheckEach(field + ".kinds", scope.kinds(), [](const std::string& at, int kind) {
    const bool known = v1::CustomerKind_IsValid(kind) && kind != v1::CUSTOMER_KIND_UNSPECIFIED;
    return known ? absl::OkStatus() : Invalid(at, "must be a kind");
  });
}

engine::Decision<PoolModel> PoolModel::Decide(const State&, const v1::CreatePoolRequest& create,
                                              const engine::Context& context) {
  if (absl::Status s = CheckPool(create.pool()); !s.ok()) return s;
  Event event;
  v1::Pool& pool = *event.mutable_created()->mutable_pool();
  pool = create.pool();
  if (const auto next = NextSweep(pool, context); next.has_value())
    *pool.mutable_next_sweep_time() = base::TimestampOf(*next);
  return event;
}

engine::Decision<PoolModel> PoolModel::Decide(const State& pool,
                                              const v1::UpdatePoolRequest& update,
                                              const engine::Context& context) {
  const auto changed = engine::ChangedFields(update.pool(), update.update_mask(), pool);
  if (!changed.ok()) return changed.status();
  if (changed->paths().empty()) return std::nullopt;
  State next = pool;
  base::ApplyMask(*changed, update.pool(), next);
  if (absl::Status s = CheckPool(next); !s.ok()) return s;
  Event event;
  auto& updated = *event.mutable_updated();
  *updated.mutable_changed() = *changed;
  base::ApplyMask(*changed, update.pool(), *updated.mutable_pool());
  if (const auto sweep = NextSweep(next, context); sweep.has_value())
    *updated.mutable_next_sweep_time() = base::TimestampOf(*sweep);
  return event;
}

engine::Decision<PoolModel> PoolModel::Decide(const State& pool, const v1::SweepPoolRequest&,
                                              const engine::Context& context) {
  if (pool.paused()) return base::Refused(v1::REASON_POOL_PAUSED, "the pool is paused");
  return Swept(pool, context);
}

engine::Decision<PoolModel> PoolModel::Decide(const State& pool, const v1::CheckPoolRequest&,
                                              const engine::Context& context) {
  if (!pool.has_next_sweep_time() || context.time < base::TimeOf(pool.next_sweep_time()))
    return std::nullopt;
  return Swept(pool, context);
}

engine::Decision<PoolModel> PoolModel::Decide(const State& pool,
                                              const v1::ContinueSweepRequest& sweep,
                                              const engine::Context&) {
  if (sweep.number() != pool.last_sweep().number()) return std::nullopt;
  if (sweep.told_through() <= pool.last_sweep().told_through()) return std::nullopt;
  Event event;
  auto& continued = *event.mutable_sweep_continued();
  *continued.mutable_sweep() = pool.last_sweep();
  continued.mutable_sweep()->set_told_through(sweep.told_through());
  SetRules(pool, *continued.mutable_recycle_rules());
  return event;
}

std::optional<absl::Time> PoolModel::NextDue(const State& state) {
  if (!state.has_next_sweep_time()) return std::nullopt;
  return base::TimeOf(state.next_sweep_time());
}

void PoolModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kCreated:
      state = event.created().pool();
      return;
    case Event::kUpdated:
      base::ApplyMask(event.updated().changed(), event.updated().pool(), state);
      state.clear_next_sweep_time();
      if (event.updated().has_next_sweep_time())
        *state.mutable_next_sweep_time() = event.updated().next_sweep_time();
      return;
    case Event::kSwept:
      *state.mutable_last_sweep() = event.swept().sweep();
      state.clear_next_sweep_time();
      if (event.swept().has_next_sweep_time())
        *state.mutable_next_sweep_time() = event.swept().next_sweep_time();
      return;
    case Event::kSweepContinued:
      *state.mutable_last_sweep() = event.sweep_continued().sweep();
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

}  // namespace crm::customer
