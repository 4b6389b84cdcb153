#include "services/customer/read/caller.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "services/customer/domain/phones.h"
#include "services/customer/domain/position.h"
#include "services/customer/read/caller_facts.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/search_terms.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

// Most contacts of one number that are looked at, and most callers that are put in order.
constexpr int kContactsMax = 1'000;
constexpr size_t kCallersComparedMax = 200;

class Lookup {
 public:
  Lookup(const engine::Snapshot& snapshot, std::string number, absl::CivilDay today)
      : snapshot_(snapshot), number_(std::move(number)), today_(today) {}

  // Contacts first: they say more than that a customer has the number.
  v1::LookupCallerResponse Run() {
    snapshot_.Scan(
        kContacts, "by_phone", [&](const v1::Contact& contact) { return AddContact(contact); },
        number_);
    snapshot_.Scan(
        kSearchTerms, "", [&](const v1::SearchTerm& term) { return AddCustomer(term.customer()); },
        v1::SEARCH_TERM_KIND_PHONE, PhoneTerm(number_));
    std::sort(callers_.begin(), callers_.end(),
              [](const v1::Caller& a, const v1::Caller& b) { return RankOf(a) < RankOf(b); });
    v1::LookupCallerResponse response;
    response.set_incomplete(full_ || callers_.size() > kCallersMax);
    callers_.resize(std::min<size_t>(callers_.size(), kCallersMax));
    for (v1::Caller& caller : callers_) *response.add_callers() = std::move(caller);
    return response;
  }

 private:
  static std::tuple<bool, int, std::string_view, std::string_view> RankOf(
      const v1::Caller& caller) {
    const v1::Tier tier = caller.customer().tier();
    return {!caller.has_customer(), tier == v1::TIER_UNSPECIFIED ? v1::TIER_SMALL + 1 : tier,
            caller.customer().name(), caller.contact().name()};
  }

  // False when there is no room for more.
  bool Add(v1::Caller caller) {
    if (callers_.size() == kCallersComparedMax) {
      full_ = true;
      return false;
    }
    callers_.push_back(std::move(caller));
    return true;
  }

  bool AddContact(const v1::Contact& contact) {
    if (++contacts_ > kContactsMax) full_ = true;
    if (full_) return false;
    const auto& phones = contact.personal().phones();
    const bool reached = std::any_of(phones.begin(), phones.end(), [&](const auto& phone) {
      return phone.number() == number_ && !phone.invalid();
    });
    if (!reached) return true;
    const std::string survivor = SurvivorOf(contact.name(), snapshot_);
    if (!people_.insert(survivor).second) return true;
    const auto known =
        survivor == contact.name() ? std::optional(contact) : snapshot_.Get(kContacts, survivor);
    return !known.has_value() || AddPerson(*known);
  }

  // Wherever the contact works, once for each; alone when that is nowhere.
  bool AddPerson(const v1::Contact& contact) {
    const size_t first = callers_.size();
    for (const std::string& name : NamesOf(contact.name(), snapshot_)) {
      snapshot_.Scan(
          kPositions, "by_contact",
          [&](const v1::Position& position) {
            if (!HeldOn(position, today_)) return true;
            auto customer = Known(base::ParentOf(position.name()));
            if (!customer.has_value()) return true;
            const auto there = std::find_if(
                callers_.begin() + static_cast<std::ptrdiff_t>(first), callers_.end(),
                [&](const auto& known) { return known.customer().name() == customer->name(); });
            if (there != callers_.end()) {
              if (ComesFirst(position, there->position())) *there->mutable_position() = position;
              return true;
            }
            v1::Caller caller;
            *caller.mutable_customer() = *std::move(customer);
            *caller.mutable_contact() = contact;
            *caller.mutable_position() = position;
            return Add(std::move(caller));
          },
          name);
    }
    if (full_ || callers_.size() > first) return !full_;
    v1::Caller caller;
    *caller.mutable_contact() = contact;
    return Add(std::move(caller));
  }

  bool AddCustomer(const std::string& name) {
    const bool by_contact = std::any_of(callers_.begin(), callers_.end(), [&](const auto& caller) {
      return caller.customer().name() == name;
    });
    auto customer = Known(name);
    if (by_contact || !customer.has_value()) return true;
    // A term says how a number ends, and may be cut short.
    const auto& phones = customer->personal().phones();
    if (std::find(phones.begin(), phones.end(), number_) == phones.end()) return true;
    v1::Caller caller;
    *caller.mutable_customer() = *std::move(customer);
    return Add(std::move(caller));
  }

  // The customer, or the one that it was merged into.
  std::optional<v1::Customer> Known(std::string_view name) const {
    auto customer = snapshot_.Get(kCustomers, name);
    if (customer.has_value() && !customer->merged_into().empty())
      customer = snapshot_.Get(kCustomers, SurvivorOf(customer->name(), snapshot_));
    if (customer.has_value() && customer->status() == v1::CUSTOMER_STATUS_ERASED)
      return std::nullopt;
    return customer;
  }

  const engine::Snapshot& snapshot_;
  const std::string number_;
  const absl::CivilDay today_;
  std::vector<v1::Caller> callers_;
  std::set<std::string> people_;  // Contacts that were looked at, as who stands for them.
  int contacts_ = 0;
  bool full_ = false;
};

}  // namespace

absl::StatusOr<v1::LookupCallerResponse> QueryCaller(const v1::LookupCallerRequest& request,
                                                     const engine::Snapshot& snapshot,
                                                     const engine::Context& context) {
  std::optional<std::string> number = ReadPhone(request.number(), PhoneCountry(snapshot));
  if (!number.has_value())
    return base::Invalid("number", "must be a telephone number, with its country or of ours");
  auto response = Lookup(snapshot, *std::move(number), context.business_date).Run();
  AddCallerFacts(snapshot, context, response);
  return response;
}

}  // namespace crm::customer
