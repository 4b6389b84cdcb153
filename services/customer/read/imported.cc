#include "services/customer/read/imported.h"

#include "services/customer/read/redirects.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

std::string StandsFor(const v1::Customer& customer, const engine::Snapshot& snapshot) {
  return customer.merged_into().empty() ? customer.name() : SurvivorOf(customer.name(), snapshot);
}

}  // namespace

std::set<std::string> CustomersOf(
    const google::protobuf::RepeatedPtrField<common::v1::ExternalId>& ids,
    const engine::Snapshot& snapshot) {
  std::set<std::string> names;
  for (const auto& id : ids) {
    snapshot.Scan(
        kCustomers, "by_external_id",
        [&](const v1::Customer& customer) {
          names.insert(StandsFor(customer, snapshot));
          return names.size() < 2;
        },
        id.system(), id.id());
  }
  return names;
}

Imported FindImported(const google::protobuf::RepeatedPtrField<common::v1::ExternalId>& ids,
                      const std::string& id, const engine::Snapshot& snapshot) {
  const std::set<std::string> names = CustomersOf(ids, snapshot);
  if (names.size() > 1) return {.ambiguous = true};
  if (!names.empty()) return {.name = *names.begin()};
  const auto here = snapshot.Get(kCustomers, "customers/" + id);
  if (!here.has_value()) return {.name = "customers/" + id, .is_new = true};
  return {.name = StandsFor(*here, snapshot)};
}

}  // namespace crm::customer
