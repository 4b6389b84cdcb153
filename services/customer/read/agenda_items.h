// An agenda that is being put together: whose items are worth what, how many fit, in which order.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "crm/customer/v1/agenda.pb.h"
#include "crm/customer/v1/customer_resource.pb.h"
#include "crm/customer/v1/reading.pb.h"
#include "google/type/money.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// What is looked at for a section: each has its own bound, so that many of the one take no room
// from the other.
enum class AgendaLook { kRows, kOwnRows, kCustomers };

class AgendaItems {
 public:
  AgendaItems(const engine::Snapshot& snapshot, const engine::Context& context)
      : snapshot_(snapshot), context_(context) {}

  // One more was looked at for the section; false when that are too many.
  bool LookAt(v1::AgendaSection section, AgendaLook look = AgendaLook::kRows);
  void Add(v1::AgendaSection section, v1::AgendaItem item);

  // The customer of this name, or the one that stands for it; nullptr: unknown, or erased.
  const v1::Customer* CustomerOf(const std::string& name);

  // A section of our own tables.
  void Tell(v1::AgendaSection section);
  // One of what another service recorded.
  void Tell(v1::AgendaSection section, const v1::SourceReading& source);
  // One of what no service records yet.
  void TellNotAvailable(v1::AgendaSection section);

  // In the order of GetAgenda.
  void Finish(v1::GetAgendaResponse& response);

 private:
  // What the customer ordered in twelve months; unset: nothing that can be added up.
  const google::type::Money& RevenueOf(const v1::Customer& customer);
  void DescribeCustomer(v1::AgendaItem& item);

  struct Section {
    v1::AgendaSectionStatus status;
    std::vector<v1::AgendaItem> items;
    std::map<AgendaLook, int> looked_at;
  };

  const engine::Snapshot& snapshot_;
  const engine::Context& context_;
  std::map<v1::AgendaSection, Section> sections_;
  std::map<std::string, std::optional<v1::Customer>> customers_;
  std::map<std::string, google::type::Money> revenues_;
};

}  // namespace crm::customer
