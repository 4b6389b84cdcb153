// Whoever may be the same as a customer or a contact: found by keys in common, weighed by the
// model.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "crm/customer/v1/duplicate.pb.h"
#include "crm/customer/v1/linkage_model.pb.h"
#include "libs/engine/model.h"
#include "libs/linkage/model.h"
#include "services/customer/read/linkage_kind.h"
#include "services/customer/read/linkage_record.h"

namespace crm::customer {

// Those that are compared with one at most.
inline constexpr size_t kComparedMax = 250;

// What the comparison of two said.
struct LinkageScore {
  int64_t weight_millibits = 0;
  int32_t probability_ppm = 0;
  std::vector<v1::LinkageKeyKind> exact_keys;
  std::vector<v1::LinkageEvidence> evidence;
};

// Keeps what it has read, so that one that is used for many customers reads each but once. Not
// thread-safe; not longer than its snapshot.
class DuplicateSearch {
 public:
  DuplicateSearch(const LinkageKind& kind, const v1::LinkageModel& model,
                  const engine::Snapshot& snapshot);

  struct Candidates {
    std::vector<std::string> names;  // In their order.
    int skipped_blocks = 0;          // Keys that too many have.
    bool cut = false;                // There are more than kComparedMax.
  };
  // Those other than `self` that have a key in common with the record, of names behind `after`;
  // of too many those with the most keys in common.
  // Cost: a scan and at most block_size_max + 1 rows for each key.
  Candidates CandidatesOf(const LinkageRecord& record, std::string_view self,
                          std::string_view after = {});

  // One that is known, as it is compared; nullptr: there is none that stands for itself.
  const LinkageRecord* Read(const std::string& name);

  linkage::Pattern PatternOf(const LinkageRecord& a, const LinkageRecord& b) const;
  LinkageScore Compare(const LinkageRecord& a, const LinkageRecord& b);

 private:
  // How frequent the rarest name is that both have, taken for one record; `u` of equal names is
  // what some hundred records are not enough to tell better.
  double NameFrequency(const LinkageRecord& a, const LinkageRecord& b, double u);

  const LinkageKind& kind_;
  const v1::LinkageModel& model_;
  const engine::Snapshot& snapshot_;
  const linkage::Model parameters_;
  std::vector<v1::LinkageKeyKind> kinds_;
  const int64_t records_;
  std::unordered_map<std::string, std::unique_ptr<LinkageRecord>> known_;
  std::unordered_map<std::string, int64_t> name_counts_;
};

}  // namespace crm::customer
