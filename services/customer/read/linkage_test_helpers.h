// A book of customers in memory, with what is needed to find those that are recorded twice.
#pragma once

#include <string>

#include "libs/testing/fake_rows.h"
#include "libs/testing/matchers.h"
#include "services/customer/domain/linkage_model.h"
#include "services/customer/read/linkage_keys.h"
#include "services/customer/read/linkage_tables.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/tables.h"

namespace crm::customer {

class LinkageBook {
 public:
  LinkageBook() {
    model_.set_name(kStandardLinkageModel);
    model_.set_etag("1");
    FillInLinkageModel(model_);
    rows_.Put(kLinkageModels, model_);
  }

  v1::LinkageModel& model() { return model_; }
  void PutModel() { rows_.Put(kLinkageModels, model_); }

  // Records or changes one, "customers/<id>".
  void Put(const std::string& id, const std::string& fields) {
    auto customer = testing::ParseText<v1::Customer>(fields);
    customer.set_name("customers/" + id);
    const auto before = rows_.Get(kCustomers, customer.name());
    rows_.Put(kCustomers, customer);
    const v1::CustomerEvent event;
    const engine::EventMeta meta{.name = customer.name()};
    ProjectLinkageKeys({before.has_value() ? &*before : nullptr, customer, event, meta}, rows_);
    if (before.has_value()) return;
    v1::StatusCount count;
    count.set_customer_count(++customers_);
    rows_.Put(kStatusCounts, count);
  }

  testing::FakeRows& rows() { return rows_; }

 private:
  testing::FakeRows rows_{kCustomers,  kLinkageKeys,  kLinkageModels,
                          kMergeCases, kStatusCounts, kDuplicateScans};
  v1::LinkageModel model_;
  int64_t customers_ = 0;
};

}  // namespace crm::customer
