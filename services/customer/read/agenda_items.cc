#include "services/customer/read/agenda_items.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "libs/base/date.h"
#include "libs/base/money.h"
#include "services/customer/read/agenda.h"
#include "services/customer/read/followed.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

// Customers by their tier, then what concerns no customer.
int RankOf(const v1::AgendaItem& item) {
  if (item.customer().empty()) return v1::TIER_SMALL + 1;
  return item.tier() == v1::TIER_UNSPECIFIED ? v1::TIER_SMALL : item.tier();
}

int PriorityOf(const v1::AgendaItem& item) {
  return item.priority() == v1::ACTIVITY_PRIORITY_UNSPECIFIED ? v1::ACTIVITY_PRIORITY_NORMAL
                                                              : item.priority();
}

// Among those that are worth the same what is overdue, important, and of who orders most; only then
// the clock: by day, those with a time first.
auto OrderOf(const v1::AgendaItem& item) {
  const int64_t day = item.has_due_date()
                          ? base::DayOf(item.due_date()) - absl::CivilDay(1970, 1, 1)
                          : absl::CivilDay(2200, 1, 1) - absl::CivilDay(1970, 1, 1);
  return std::make_tuple(RankOf(item), !item.overdue(), -PriorityOf(item),
                         -base::NanosOf(item.customer_revenue()), day, !item.has_due_time(),
                         item.due_time().seconds(), static_cast<int>(item.section()));
}

bool Before(const v1::AgendaItem& a, const v1::AgendaItem& b) {
  const auto left = OrderOf(a), right = OrderOf(b);
  return left != right ? left < right : a.about() < b.about();
}

}  // namespace

bool AgendaItems::LookAt(v1::AgendaSection section, AgendaLook look) {
  Section& of = sections_[section];
  if (++of.looked_at[look] <= kAgendaLookedAtMax) return true;
  of.status.set_incomplete(true);
  return false;
}

void AgendaItems::Add(v1::AgendaSection section, v1::AgendaItem item) {
  item.set_section(section);
  sections_[section].items.push_back(std::move(item));
}

const v1::Customer* AgendaItems::CustomerOf(const std::string& name) {
  if (name.empty()) return nullptr;
  auto [found, is_new] = customers_.try_emplace(name);
  if (is_new) {
    found->second = snapshot_.Get(kCustomers, SurvivorOf(name, snapshot_));
    if (found->second.has_value() && found->second->status() == v1::CUSTOMER_STATUS_ERASED)
      found->second.reset();
  }
  return found->second.has_value() ? &*found->second : nullptr;
}

void AgendaItems::Tell(v1::AgendaSection section) {
  sections_[section].status.set_state(v1::READING_STATE_AVAILABLE);
}

void AgendaItems::Tell(v1::AgendaSection section, const v1::SourceReading& source) {
  v1::AgendaSectionStatus& status = sections_[section].status;
  status.set_state(source.state());
  if (source.has_newest_event_time())
    *status.mutable_newest_event_time() = source.newest_event_time();
}

void AgendaItems::TellNotAvailable(v1::AgendaSection section) {
  sections_[section].status.set_state(v1::READING_STATE_NOT_AVAILABLE);
}

const google::type::Money& AgendaItems::RevenueOf(const v1::Customer& customer) {
  auto [found, is_new] = revenues_.try_emplace(customer.name());
  if (is_new) {
    std::vector<std::string> names = {customer.name()};
    if (!customer.absorbed_customers().empty()) names = NamesOf(customer.name(), snapshot_);
    const auto value = ValueOf(snapshot_, names, TwelveMonths(context_.business_date));
    if (value.ok()) found->second = value->revenue();
  }
  return found->second;
}

void AgendaItems::DescribeCustomer(v1::AgendaItem& item) {
  const v1::Customer* customer = CustomerOf(item.customer());
  if (customer == nullptr) return;
  item.set_customer(customer->name());
  item.set_customer_display_name(customer->display_name());
  item.set_tier(customer->tier());
  const google::type::Money& revenue = RevenueOf(*customer);
  if (!revenue.currency_code().empty()) *item.mutable_customer_revenue() = revenue;
}

void AgendaItems::Finish(v1::GetAgendaResponse& response) {
  std::vector<v1::AgendaItem> all;
  for (auto& [section, of] : sections_) {
    for (v1::AgendaItem& item : of.items) DescribeCustomer(item);
    std::sort(of.items.begin(), of.items.end(), Before);
    if (of.items.size() > kAgendaSectionMax) {
      of.items.resize(kAgendaSectionMax);
      of.status.set_incomplete(true);
    }
    of.status.set_section(section);
    of.status.set_item_count(static_cast<int32_t>(of.items.size()));
    *response.add_sections() = of.status;
    std::move(of.items.begin(), of.items.end(), std::back_inserter(all));
  }
  std::sort(all.begin(), all.end(), Before);
  for (v1::AgendaItem& item : all) *response.add_items() = std::move(item);
}

}  // namespace crm::customer
