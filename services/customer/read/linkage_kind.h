// What duplicates are looked for among: customers, or contacts. All that tells the one from the
// other stands here; whatever searches, compares and learns takes it as a parameter.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crm/customer/v1/linkage.pb.h"
#include "crm/customer/v1/linkage_key.pb.h"
#include "crm/customer/v1/merge_case.pb.h"
#include "libs/engine/model.h"
#include "libs/table/spec.h"
#include "services/customer/read/linkage_record.h"

namespace crm::customer {

struct LinkageKind {
  v1::LinkageRecordKind record_kind;
  const char* model;  // The name of the linkage model.
  const table::TableSpec<v1::LinkageKey>& keys;
  const char* cases_by_first;  // The index of merge cases by their two.

  // How many there are, merged and erased ones too.
  int64_t (*count)(const engine::Snapshot& snapshot);
  // One that stands for itself; nullopt: there is none, or it was merged or erased.
  std::optional<LinkageRecord> (*read)(const std::string& name, const engine::Snapshot& snapshot);
  // The names behind `after` in their order, until it says false.
  void (*visit)(const std::string& after, const engine::Snapshot& snapshot,
                const std::function<bool(const std::string& name)>& visitor);
  // Makes the two those of a case.
  void (*set_pair)(const std::string& first, const std::string& second, v1::MergeCase& merge_case);
};

// Of customers unless it says contacts.
const LinkageKind& LinkageKindOf(v1::LinkageRecordKind kind);
// By the name of the model.
const LinkageKind& LinkageKindOfModel(std::string_view model);

// The attribute as a field of Customer or Contact.
std::string_view FieldOf(v1::LinkageRecordKind kind, v1::LinkageAttribute attribute);

// Where a contact, known by these names, has or had positions: at most kEmployersMax, in the order
// of their ids.
inline constexpr size_t kEmployersMax = 20;
std::vector<Employer> EmployersOf(const std::vector<std::string>& contact,
                                  const engine::Snapshot& snapshot);
// These customers; merged ones as who stands for them.
std::vector<Employer> EmployersNamed(const std::vector<std::string>& customers,
                                     const engine::Snapshot& snapshot);

}  // namespace crm::customer
