// One life of all services: requests in their order, an hour apart, the first in January 2026. Two
// lives that were told the same are the same; what differs is what was told to only one.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "crm/customer/v1/merge_case.pb.h"
#include "tests/contract/scenario.h"
#include "tests/contract/world.h"

namespace crm::contract {

struct Said {
  std::string type, text;  // Full name of a request's message; its fields as text.
};

class Life {
 public:
  Life() { EXPECT_TRUE(world_.Seed(now_).ok()); }

  absl::Status Say(const std::string& type, const std::string& text) {
    now_ += absl::Hours(1);
    const std::string id = absl::StrCat("said-", ++said_);
    return world_.Send(*RequestOf(type, text, id), now_);
  }

  // A row of the customer service; one that is not there fails the test.
  template <class Row>
  Row Get(const std::string& table, const std::string& name) const {
    Row row;
    for (const auto& replica : world_.replicas()) {
      if (replica->def.package != "crm.customer.v1") continue;
      EXPECT_TRUE(replica->batch->GetErased(table, {name}, row)) << name;
    }
    return row;
  }

  // A row but for its etag, the time of its last change and what says that it was merged.
  template <class Row>
  std::string AsNeverMerged(const std::string& table, const std::string& name) const {
    Row row = Get<Row>(table, name);
    row.clear_etag();
    row.clear_update_time();
    row.clear_merges();
    return row.DebugString();
  }
  // Of "mergeCases/m".
  customer::v1::MergeCaseState State() const {
    return Get<customer::v1::MergeCase>("merge_cases", "mergeCases/m").state();
  }

  // Every table of another world that folds the same events.
  void ExpectSameAfterReplay() const {
    World replayed;
    for (const GoldenRecord& record : world_.records()) ASSERT_TRUE(replayed.Apply(record).ok());
    const auto was = world_.Digests(), is = replayed.Digests();
    ASSERT_EQ(is.size(), was.size());
    for (size_t i = 0; i < is.size(); ++i) EXPECT_EQ(is[i].sha256, was[i].sha256) << is[i].table;
  }

 private:
  World world_;
  absl::Time now_ = absl::FromUnixSeconds(1'767'225'600);
  int said_ = 0;
};

}  // namespace crm::contract
