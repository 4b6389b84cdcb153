#include "services/customer/read/linkage_keys.h"

#include <string>

#include "libs/base/hash.h"
#include "services/customer/read/linkage_tables.h"

namespace crm::customer {
namespace {

bool Stands(const v1::Customer& customer) {
  return customer.status() != v1::CUSTOMER_STATUS_ERASED && customer.merged_into().empty();
}

// What keys are made of, as bytes.
std::string SourceOf(const v1::Customer& customer) {
  return customer.display_name() + '\n' + customer.personal().SerializeAsString();
}

}  // namespace

std::set<LinkageKeyOf> StandingKeysOf(const v1::Customer& customer, const std::string& name) {
  if (!Stands(customer)) return {};
  std::set<LinkageKeyOf> keys = LinkageRecordOf(customer).keys;
  keys.emplace(v1::LINKAGE_KEY_KIND_SAMPLE, base::DeriveId({"linkage-sample", name}));
  return keys;
}

void ProjectLinkageKeys(const engine::Change<CustomerModel>& change, engine::Rows& rows) {
  if (change.before != nullptr && Stands(*change.before) == Stands(change.after) &&
      SourceOf(*change.before) == SourceOf(change.after))
    return;
  const std::set<LinkageKeyOf> before = change.before != nullptr
                                            ? StandingKeysOf(*change.before, change.meta.name)
                                            : std::set<LinkageKeyOf>();
  const std::set<LinkageKeyOf> after = StandingKeysOf(change.after, change.meta.name);
  for (const auto& [kind, term] : before) {
    if (!after.contains({kind, term})) rows.Delete(kLinkageKeys, kind, term, change.meta.name);
  }
  v1::LinkageKey row;
  row.set_customer(change.meta.name);
  for (const auto& [kind, term] : after) {
    if (before.contains({kind, term})) continue;
    row.set_kind(kind);
    row.set_term(term);
    rows.Put(kLinkageKeys, row);
  }
}

}  // namespace crm::customer
