#include "services/customer/read/agenda_items.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "libs/base/date.h"
#include "services/customer/read/agenda.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

// Customers by their tier, then what concerns no customer.
int RankOf(const v1::AgendaItem& item) {
  if (item.customer().empty()) return v1::TIER_SMALL + 1;
  return item.tier() == v1::TIER_UNSPECIFIED ? v1::TIER_SMALL : item.tier();
}

// When it is due among the items of one rank: by day, those with a time first, then the others by
// how important they are.
auto OrderOf(const v1::AgendaItem& item) {
  const int64_t day = item.has_due_date()
                          ? base::DayOf(item.due_date()) - absl::CivilDay(1970, 1, 1)
                          : absl::CivilDay(2200, 1, 1) - absl::CivilDay(1970, 1, 1);
  return std::make_tuple(RankOf(item), day, !item.has_due_time(), item.due_time().seconds(),
                         -static_cast<int>(item.priority()), static_cast<int>(item.section()));
}

bool Before(const v1::AgendaItem& a, const v1::AgendaItem& b) {
  const auto left = OrderOf(a), right = OrderOf(b);
  return left != right ? left < right : a.about() < b.about();
}

}  // namespace

bool AgendaItems::LookAt(v1::AgendaSection section) {
  Section& of = sections_[section];
  if (++of.looked_at <= kAgendaLookedAtMax) return true;
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

void AgendaItems::Finish(v1::GetAgendaResponse& response) {
  std::vector<v1::AgendaItem> all;
  for (auto& [section, of] : sections_) {
    for (v1::AgendaItem& item : of.items) {
      const v1::Customer* customer = CustomerOf(item.customer());
      if (customer == nullptr) continue;
      item.set_customer(customer->name());
      item.set_customer_display_name(customer->display_name());
      item.set_tier(customer->tier());
    }
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
