#include "services/customer/read/linkage_kind.h"

#include <set>

#include "libs/base/resource_name.h"
#include "services/customer/read/linkage_keys.h"
#include "services/customer/read/linkage_tables.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

int64_t CountCustomers(const engine::Snapshot& snapshot) {
  int64_t customers = 0;
  snapshot.Scan(kStatusCounts, "", [&](const v1::StatusCount& count) {
    customers += count.customer_count();
    return true;
  });
  return customers;
}

int64_t CountContacts(const engine::Snapshot& snapshot) {
  int64_t contacts = 0;
  snapshot.Scan(kContactCounts, "", [&](const v1::ContactCount& count) {
    contacts += count.contact_count();
    return true;
  });
  return contacts;
}

std::optional<LinkageRecord> ReadCustomer(const std::string& name,
                                          const engine::Snapshot& snapshot) {
  const auto customer = snapshot.Get(kCustomers, name);
  if (!customer.has_value() || !Stands(*customer)) return std::nullopt;
  return LinkageRecordOf(*customer);
}

std::optional<LinkageRecord> ReadContact(const std::string& name,
                                         const engine::Snapshot& snapshot) {
  const auto contact = snapshot.Get(kContacts, name);
  if (!contact.has_value() || !Stands(*contact)) return std::nullopt;
  return LinkageRecordOf(*contact, EmployersOf(NamesOf(name, snapshot), snapshot));
}

template <class Row, const table::TableSpec<Row>& table>
void Visit(const std::string& after, const engine::Snapshot& snapshot,
           const std::function<bool(const std::string& name)>& visitor) {
  Row start;
  start.set_name(after);
  snapshot.ScanAfter(table, "", start, [&](const Row& row) { return visitor(row.name()); });
}

void SetCustomers(const std::string& first, const std::string& second, v1::MergeCase& merge_case) {
  merge_case.set_first_customer(first);
  merge_case.set_second_customer(second);
}

void SetContacts(const std::string& first, const std::string& second, v1::MergeCase& merge_case) {
  merge_case.set_first_contact(first);
  merge_case.set_second_contact(second);
}

const LinkageKind kOfCustomers{.record_kind = v1::LINKAGE_RECORD_KIND_CUSTOMER,
                               .model = kStandardLinkageModel,
                               .keys = kLinkageKeys,
                               .cases_by_first = "by_first",
                               .count = CountCustomers,
                               .read = ReadCustomer,
                               .visit = Visit<v1::Customer, kCustomers>,
                               .set_pair = SetCustomers};
const LinkageKind kOfContacts{.record_kind = v1::LINKAGE_RECORD_KIND_CONTACT,
                              .model = kContactLinkageModel,
                              .keys = kContactLinkageKeys,
                              .cases_by_first = "by_first_contact",
                              .count = CountContacts,
                              .read = ReadContact,
                              .visit = Visit<v1::Contact, kContacts>,
                              .set_pair = SetContacts};

std::string_view FieldOfCustomer(v1::LinkageAttribute attribute) {
  switch (attribute) {
    case v1::LINKAGE_ATTRIBUTE_NAME:
      return "display_name";
    case v1::LINKAGE_ATTRIBUTE_BIRTH_DATE:
      return "personal.birth_date";
    case v1::LINKAGE_ATTRIBUTE_PHONE:
      return "personal.phones";
    case v1::LINKAGE_ATTRIBUTE_EMAIL:
      return "personal.emails";
    case v1::LINKAGE_ATTRIBUTE_TAX_ID:
      return "personal.tax_id";
    case v1::LINKAGE_ATTRIBUTE_ADDRESS:
      return "personal.addresses";
    case v1::LINKAGE_ATTRIBUTE_POSTAL_CODE:
      return "personal.addresses.postal_code";
    case v1::LINKAGE_ATTRIBUTE_LOCALITY:
      return "personal.addresses.locality";
    case v1::LINKAGE_ATTRIBUTE_WEB_HOST:
      return "website";
    default:
      return "";
  }
}

std::string_view FieldOfContact(v1::LinkageAttribute attribute) {
  switch (attribute) {
    case v1::LINKAGE_ATTRIBUTE_NAME:
      return "personal.family_name";
    case v1::LINKAGE_ATTRIBUTE_BIRTH_DATE:
      return "personal.birthday";
    case v1::LINKAGE_ATTRIBUTE_EMPLOYER:
      return "positions";
    default:
      return FieldOfCustomer(attribute);
  }
}

}  // namespace

const LinkageKind& LinkageKindOf(v1::LinkageRecordKind kind) {
  return kind == v1::LINKAGE_RECORD_KIND_CONTACT ? kOfContacts : kOfCustomers;
}

const LinkageKind& LinkageKindOfModel(std::string_view model) {
  return model == kContactLinkageModel ? kOfContacts : kOfCustomers;
}

std::string_view FieldOf(v1::LinkageRecordKind kind, v1::LinkageAttribute attribute) {
  return kind == v1::LINKAGE_RECORD_KIND_CONTACT ? FieldOfContact(attribute)
                                                 : FieldOfCustomer(attribute);
}

std::vector<Employer> EmployersOf(const std::vector<std::string>& contact,
                                  const engine::Snapshot& snapshot) {
  std::set<std::string> customers;
  for (const std::string& name : contact) {
    snapshot.Scan(
        kPositions, "by_contact",
        [&](const v1::Position& position) {
          customers.emplace(base::ParentOf(position.name()));
          return customers.size() < kEmployersMax;
        },
        name);
  }
  return EmployersNamed({customers.begin(), customers.end()}, snapshot);
}

std::vector<Employer> EmployersNamed(const std::vector<std::string>& customers,
                                     const engine::Snapshot& snapshot) {
  std::set<std::string> survivors;
  for (const std::string& customer : customers) survivors.insert(SurvivorOf(customer, snapshot));
  std::vector<Employer> employers;
  for (const std::string& survivor : survivors) {
    Employer& employer = employers.emplace_back();
    employer.id = base::KeyOf(survivor);
    for (const std::string& name : NamesOf(survivor, snapshot))
      employer.ids.emplace_back(base::KeyOf(name));
  }
  return employers;
}

}  // namespace crm::customer
