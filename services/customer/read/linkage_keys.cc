#include "services/customer/read/linkage_keys.h"

#include <set>
#include <string>

#include "libs/base/hash.h"
#include "libs/base/resource_name.h"
#include "services/customer/read/linkage_record.h"
#include "services/customer/read/linkage_tables.h"

namespace crm::customer {
namespace {

LinkageRecord RecordOf(const v1::Customer& customer) { return LinkageRecordOf(customer); }
// Where somebody works says a position.
LinkageRecord RecordOf(const v1::Contact& contact) { return LinkageRecordOf(contact, {}); }

// What keys are made of, as bytes.
std::string SourceOf(const v1::Customer& customer) {
  return customer.display_name() + '\n' + customer.personal().SerializeAsString();
}
std::string SourceOf(const v1::Contact& contact) { return contact.personal().SerializeAsString(); }

template <class Row>
std::set<LinkageKeyOf> KeysOf(const Row& row, const std::string& name) {
  if (!Stands(row)) return {};
  std::set<LinkageKeyOf> keys = RecordOf(row).keys;
  keys.emplace(v1::LINKAGE_KEY_KIND_SAMPLE, base::DeriveId({"linkage-sample", name}));
  return keys;
}

template <class Model>
void Project(const engine::Change<Model>& change, const table::TableSpec<v1::LinkageKey>& table,
             engine::Rows& rows) {
  if (change.before != nullptr && Stands(*change.before) == Stands(change.after) &&
      SourceOf(*change.before) == SourceOf(change.after))
    return;
  const std::set<LinkageKeyOf> before = change.before != nullptr
                                            ? KeysOf(*change.before, change.meta.name)
                                            : std::set<LinkageKeyOf>();
  const std::set<LinkageKeyOf> after = KeysOf(change.after, change.meta.name);
  for (const auto& [kind, term] : before) {
    if (!after.contains({kind, term})) rows.Delete(table, kind, term, change.meta.name);
  }
  v1::LinkageKey row;
  row.set_record(change.meta.name);
  for (const auto& [kind, term] : after) {
    if (before.contains({kind, term})) continue;
    row.set_kind(kind);
    row.set_term(term);
    rows.Put(table, row);
  }
}

}  // namespace

bool Stands(const v1::Customer& customer) {
  return customer.status() != v1::CUSTOMER_STATUS_ERASED && customer.merged_into().empty();
}

bool Stands(const v1::Contact& contact) { return contact.merged_into().empty(); }

void ProjectLinkageKeys(const engine::Change<CustomerModel>& change, engine::Rows& rows) {
  Project(change, kLinkageKeys, rows);
}

void ProjectContactLinkageKeys(const engine::Change<ContactModel>& change, engine::Rows& rows) {
  Project(change, kContactLinkageKeys, rows);
  if (change.before != nullptr) return;
  const int partition = change.meta.partition;
  v1::ContactCount count = rows.Get(kContactCounts, partition).value_or(v1::ContactCount());
  count.set_partition(partition);
  count.set_contact_count(count.contact_count() + 1);
  rows.Put(kContactCounts, count);
}

void ProjectEmployerKeys(const engine::Change<PositionModel>& change, engine::Rows& rows) {
  if (change.before != nullptr || change.after.contact().empty()) return;
  v1::LinkageKey row;
  row.set_kind(v1::LINKAGE_KEY_KIND_EMPLOYER);
  row.set_term(std::string(base::KeyOf(change.meta.name)));
  row.set_record(change.after.contact());
  rows.Put(kContactLinkageKeys, row);
}

}  // namespace crm::customer
