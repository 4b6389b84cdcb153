#include "services/customer/read/subject_data.h"

#include <google/protobuf/util/json_util.h>

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libs/base/check.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "services/customer/domain/references.h"
#include "services/customer/read/activity_tables.h"
#include "services/customer/read/care_tables.h"
#include "services/customer/read/interview_tables.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/notification_tables.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/report_tables.h"
#include "services/customer/read/tables.h"
#include "services/customer/read/timeline_tables.h"
#include "services/customer/read/transfer_tables.h"

namespace crm::customer {
namespace {

// What other services hold; each answers for itself.
constexpr const char* kElsewhere[] = {"marketing/campaigns", "sales/opportunities", "sales/orders",
                                      "servicedesk/tickets"};

google::protobuf::Struct JsonOf(const google::protobuf::Message& record) {
  std::string json;
  google::protobuf::Struct found;
  base::Check(google::protobuf::util::MessageToJsonString(record, &json).ok() &&
                  google::protobuf::util::JsonStringToMessage(json, &found).ok(),
              "every row has a JSON form");
  return found;
}

class Sections {
 public:
  explicit Sections(v1::ExportSubjectDataResponse& response) : response_(response) {}

  // Begins a kind of record.
  void Begin(const std::string& kind) {
    section_ = response_.add_sections();
    section_->set_kind(kind);
  }
  // False: no more of this kind is shown.
  bool Add(const google::protobuf::Message& record) {
    if (section_->records_size() >= kSubjectRecordsMax) {
      section_->set_incomplete(true);
      return false;
    }
    *section_->add_records() = JsonOf(record);
    return true;
  }

  // The rows of a table that an index finds for each of the values.
  template <class Row>
  void Scan(const std::string& kind, const engine::Snapshot& snapshot,
            const table::TableSpec<Row>& table, std::string_view index,
            const std::vector<std::string>& values) {
    Begin(kind);
    for (const std::string& value : values) {
      snapshot.Scan(
          table, index, [&](const Row& row) { return Add(row); }, value);
    }
  }

 private:
  v1::ExportSubjectDataResponse& response_;
  v1::SubjectDataSection* section_ = nullptr;
};

// Cases in which one of them is the first or the second; each once.
void AddMergeCases(const std::vector<std::string>& names, const engine::Snapshot& snapshot,
                   std::string_view by_first, std::string_view by_second, Sections& sections) {
  sections.Begin("mergeCases");
  std::set<std::string> seen;
  const auto add = [&](const v1::MergeCase& merge_case) {
    return !seen.insert(merge_case.name()).second || sections.Add(merge_case);
  };
  for (const std::string& name : names) {
    snapshot.Scan(kMergeCases, by_first, add, name);
    snapshot.Scan(kMergeCases, by_second, add, name);
  }
}

// Lists of customers that we want, with nobody else's name in them; each once.
void AddTargetLists(const std::vector<std::string>& names, const engine::Snapshot& snapshot,
                    Sections& sections) {
  sections.Begin("targetLists");
  std::set<std::string> seen;
  const std::set<std::string_view> own(names.begin(), names.end());
  for (const std::string& name : names) {
    snapshot.Scan(
        kTargetLists, "by_customer",
        [&](const v1::TargetList& list) {
          if (!seen.insert(list.name()).second) return true;
          v1::TargetList shown = list;
          shown.clear_customers();
          for (const std::string& wanted : list.customers()) {
            if (own.count(wanted) > 0) shown.add_customers(wanted);
          }
          return sections.Add(shown);
        },
        name);
  }
}

// `names`: the customer and all that were merged into it.
void AddCustomer(const std::vector<std::string>& names, const engine::Snapshot& snapshot,
                 Sections& sections) {
  std::vector<std::string> ids;
  std::set<std::string> contacts;
  for (const std::string& name : names) {
    ids.emplace_back(base::KeyOf(name));
    snapshot.Scan(
        kPositions, "by_customer",
        [&](const v1::Position& position) {
          for (std::string& contact : NamesOf(SurvivorOf(position.contact(), snapshot), snapshot))
            contacts.insert(std::move(contact));
          return contacts.size() <= static_cast<size_t>(kSubjectRecordsMax);
        },
        ids.back());
  }
  sections.Scan("activities", snapshot, kActivities, "by_customer", names);
  sections.Begin("contacts");
  for (const std::string& name : contacts) {
    const auto contact = snapshot.Get(kContacts, name);
    if (contact.has_value() && !sections.Add(*contact)) break;
  }
  sections.Begin("customers");
  for (const std::string& name : names) {
    const auto customer = snapshot.Get(kCustomers, name);
    if (customer.has_value() && !sections.Add(*customer)) break;
  }
  sections.Scan("erasures", snapshot, kErasures, "by_subject", names);
  sections.Scan("expenses", snapshot, kExpenses, "by_customer", ids);
  // Our copies of what other services recorded.
  sections.Scan("followedOpportunities", snapshot, kFollowedOpportunities, "by_customer", names);
  sections.Scan("followedOrders", snapshot, kFollowedOrders, "by_customer", names);
  sections.Scan("followedTickets", snapshot, kFollowedTickets, "by_customer", names);
  sections.Scan("insightSheets", snapshot, kInsightSheets, "by_customer", ids);
  sections.Scan("interviews", snapshot, kInterviews, "by_customer", ids);
  AddMergeCases(names, snapshot, "by_first", "by_second", sections);
  sections.Scan("notifications", snapshot, kNotifications, "by_customer", names);
  sections.Scan("ownerTerms", snapshot, kOwnerTerms, "by_customer", ids);
  sections.Scan("positions", snapshot, kPositions, "by_customer", ids);
  sections.Scan("programmeMembers", snapshot, kProgrammeMembers, "by_customer", names);
  sections.Scan("reminders", snapshot, kReminders, "by_customer", names);
  AddTargetLists(names, snapshot, sections);
  sections.Scan("touchpoints", snapshot, kTouchpoints, "by_customer", ids);
  sections.Scan("transferItems", snapshot, kTransferItems, "by_customer", names);
}

// By all the names that the contact has been known by.
void AddContact(const std::vector<std::string>& names, const engine::Snapshot& snapshot,
                Sections& sections) {
  sections.Scan("activities", snapshot, kActivities, "by_contact", names);
  sections.Begin("contacts");
  for (const std::string& name : names) {
    const auto contact = snapshot.Get(kContacts, name);
    if (contact.has_value() && !sections.Add(*contact)) break;
  }
  sections.Scan("erasures", snapshot, kErasures, "by_subject", names);
  sections.Scan("followedTickets", snapshot, kFollowedTickets, "by_contact", names);
  sections.Scan("interviews", snapshot, kInterviews, "by_contact", names);
  AddMergeCases(names, snapshot, "by_first_contact", "by_second_contact", sections);
  sections.Scan("positions", snapshot, kPositions, "by_contact", names);
  sections.Scan("touchpoints", snapshot, kTouchpoints, "by_contact", names);
}

}  // namespace

absl::StatusOr<v1::ExportSubjectDataResponse> QuerySubjectData(
    const v1::ExportSubjectDataRequest& request, const engine::Snapshot& snapshot,
    const engine::Context&) {
  v1::ExportSubjectDataResponse response;
  Sections sections(response);
  if (!request.subject().empty() && CheckName("subject", "contacts", request.subject()).ok()) {
    const std::string survivor = SurvivorOf(request.subject(), snapshot);
    if (!snapshot.Get(kContacts, survivor).has_value()) return base::NotFound(request.subject());
    AddContact(NamesOf(survivor, snapshot), snapshot, sections);
  } else {
    if (absl::Status s = CheckName("subject", "customers", request.subject()); !s.ok()) return s;
    const std::string survivor = SurvivorOf(request.subject(), snapshot);
    if (!snapshot.Get(kCustomers, survivor).has_value()) return base::NotFound(request.subject());
    AddCustomer(NamesOf(survivor, snapshot), snapshot, sections);
  }
  for (const char* kind : kElsewhere) {
    v1::SubjectDataSection& section = *response.add_sections();
    section.set_kind(kind);
    section.set_not_available(true);
  }
  return response;
}

}  // namespace crm::customer
