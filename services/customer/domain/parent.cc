#include "services/customer/domain/parent.h"

#include <string_view>

#include "crm/customer/v1/reason.pb.h"
#include "libs/base/status.h"
#include "services/customer/domain/references.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

// As SurvivorOf, but not past `apart`.
std::string SurvivorUpTo(const std::string& apart, const std::string& customer,
                         const engine::Snapshot& snapshot) {
  std::string at = customer;
  for (int i = 0; at != apart && i < kRedirectsMax; ++i) {
    const auto redirect = snapshot.Get(kRedirects, at);
    if (!redirect.has_value()) break;
    at = redirect->survivor();
  }
  return at;
}

}  // namespace

absl::Status ParentRefusal(const std::string& customer, const std::string& parent,
                           const engine::Snapshot& snapshot) {
  if (parent.empty()) return absl::OkStatus();
  if (absl::Status s = CheckName("customer.parent", "customers", parent); !s.ok()) return s;
  std::string at = SurvivorOf(parent, snapshot);
  for (int level = 0; level < kGroupLevelsMax; ++level) {
    if (at == customer) break;
    const auto above = snapshot.Get(kCustomers, at);
    const bool known = above.has_value() && above->status() != v1::CUSTOMER_STATUS_ERASED;
    if (level == 0 && !known)
      return base::Refused(v1::REASON_PARENT_UNKNOWN, "the parent is not known here",
                           {{"parent", parent}});
    if (!known || above->parent().empty()) return absl::OkStatus();
    at = SurvivorOf(above->parent(), snapshot);
  }
  return base::Refused(v1::REASON_PARENT_CYCLE,
                       "the customer would belong to itself, or have too many above it",
                       {{"parent", parent}});
}

bool LeadsTo(const std::string& customer, const std::string& parent, const std::string& apart,
             const engine::Snapshot& snapshot) {
  std::string at = parent;
  for (int level = 0; !at.empty() && level < kParentsFollowedMax; ++level) {
    at = SurvivorUpTo(apart, at, snapshot);
    if (at == customer) return true;
    const auto above = snapshot.Get(kCustomers, at);
    at = above.has_value() ? above->parent() : std::string();
  }
  return false;
}

}  // namespace crm::customer
