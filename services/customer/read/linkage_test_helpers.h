// A book of customers and contacts in memory, with what is needed to find those that are recorded
// twice.
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
    FillInLinkageModel(v1::LINKAGE_RECORD_KIND_CUSTOMER, model_);
    rows_.Put(kLinkageModels, model_);
    v1::LinkageModel contacts;
    contacts.set_name(kContactLinkageModel);
    contacts.set_etag("1");
    FillInLinkageModel(v1::LINKAGE_RECORD_KIND_CONTACT, contacts);
    rows_.Put(kLinkageModels, contacts);
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

  // Records or changes one, "contacts/<id>".
  void PutContact(const std::string& id, const std::string& fields) {
    auto contact = testing::ParseText<v1::Contact>(fields);
    contact.set_name("contacts/" + id);
    const auto before = rows_.Get(kContacts, contact.name());
    rows_.Put(kContacts, contact);
    const v1::ContactEvent event;
    const engine::EventMeta meta{.name = contact.name()};
    ProjectContactLinkageKeys({before.has_value() ? &*before : nullptr, contact, event, meta},
                              rows_);
  }

  // The contact gets a position at the customer.
  void PutPosition(const std::string& contact, const std::string& customer) {
    v1::Position position;
    position.set_name("customers/" + customer + "/positions/" + contact);
    position.set_contact("contacts/" + contact);
    rows_.Put(kPositions, position);
    const v1::PositionEvent event;
    const engine::EventMeta meta{.name = position.name()};
    ProjectEmployerKeys({nullptr, position, event, meta}, rows_);
  }

  void Redirect(const std::string& from, const std::string& to) {
    v1::Redirect redirect;
    redirect.set_customer(from);
    redirect.set_survivor(to);
    rows_.Put(kRedirects, redirect);
  }

  testing::FakeRows& rows() { return rows_; }

 private:
  testing::FakeRows rows_{kCustomers,    kLinkageKeys,        kLinkageModels, kMergeCases,
                          kStatusCounts, kDuplicateScans,     kContacts,      kPositions,
                          kRedirects,    kContactLinkageKeys, kContactCounts, kCustomerPolicies};
  v1::LinkageModel model_;
  int64_t customers_ = 0;
};

}  // namespace crm::customer
