// A rep leaves: a preview, one transfer of the whole book over the end of a process, and back again
// but for what was changed since. On a real broker.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/activity.pb.h"
#include "crm/customer/v1/customer.pb.h"
#include "crm/customer/v1/owner_book.pb.h"
#include "crm/customer/v1/owner_term.pb.h"
#include "crm/customer/v1/staff.pb.h"
#include "crm/customer/v1/transfer.pb.h"
#include "google/longrunning/operations.pb.h"
#include "libs/testing/matchers.h"
#include "tests/e2e/four_services.h"

namespace crm::e2e {
namespace {

namespace v1 = ::crm::customer::v1;
using testing::IsOk;

// More than one stretch tries.
constexpr int kCustomers = 900;
constexpr int kActivities = 20;
// Bob's book has less room than there are customers, so that it is asked for each.
constexpr int kCapacity = 850;

class TransferStory : public OnFourServices {
 protected:
  TransferStory() : OnFourServices("2026-03-02") {}

  v1::Transfer Transfer() {
    v1::GetTransferRequest get;
    get.set_name("transfers/book");
    return customers().Insist<v1::Transfer>(get).value_or(v1::Transfer());
  }
  int CustomersMoved() {
    const v1::Transfer transfer = Transfer();
    return transfer.counts().empty() ? 0 : transfer.counts(0).moved_count();
  }
  void AwaitState(v1::TransferState state) {
    ASSERT_TRUE(Until(v1::TransferState_Name(state), [&] { return Transfer().state() == state; }));
  }
  std::vector<v1::TransferItem> Items(const std::string& filter) {
    std::vector<v1::TransferItem> items;
    v1::ListTransferItemsRequest list;
    list.set_parent("transfers/book");
    list.set_filter(filter);
    list.set_page_size(99);
    do {
      const auto page = customers().Insist<v1::ListTransferItemsResponse>(list);
      EXPECT_THAT(page.status(), IsOk());
      if (!page.ok()) return items;
      items.insert(items.end(), page->transfer_items().begin(), page->transfer_items().end());
      list.set_page_token(page->next_page_token());
    } while (!list.page_token().empty());
    return items;
  }
  int BookOf(const std::string& owner) {
    v1::GetOwnedCustomersRequest get;
    get.set_name("ownerBooks/" + owner);
    const auto owned = customers().Insist<v1::GetOwnedCustomersResponse>(get);
    EXPECT_THAT(owned.status(), IsOk());
    return owned.ok() ? owned->customer_count() : -1;
  }
  // How many terms of customers began for the reason.
  int TermsOf(const std::string& reason) {
    int terms = 0;
    v1::ListOwnerTermsRequest list;
    list.set_parent("customers/-");
    list.set_page_size(1000);
    do {
      const auto page = customers().Insist<v1::ListOwnerTermsResponse>(list);
      EXPECT_THAT(page.status(), IsOk());
      if (!page.ok()) return -1;
      for (const v1::OwnerTerm& term : page->owner_terms()) terms += term.start_reason() == reason;
      list.set_page_token(page->next_page_token());
    } while (!list.page_token().empty());
    return terms;
  }
  std::string OwnerOf(const std::string& customer) {
    v1::GetCustomerRequest get;
    get.set_name(customer);
    return customers().Insist<v1::Customer>(get).value_or(v1::Customer()).owner();
  }
  void KillAndStart() {
    Service& process = service("crm.customer.v1");
    process.Kill();
    process.Start();
    ASSERT_TRUE(process.WaitUntilReady());
  }

  void MakeBook() {
    const auto staff = [&](const std::string& id, const std::string& more) {
      Do<v1::Staff, v1::CreateStaffRequest>(
          customers(), absl::StrCat("request_id: 'staff-", id, "' staff_id: '", id,
                                    "' staff { personal { display_name: '", id,
                                    "' } roles: STAFF_ROLE_REP ", more, "}"));
    };
    staff("ann", "hire_date { year: 2020 month: 1 day: 1 }");
    staff("bob", absl::StrCat("capacity: ", kCapacity));
    for (int i = 0; i < kCustomers; ++i) {
      Do<v1::Customer, v1::CreateCustomerRequest>(
          customers(), absl::StrCat("request_id: 'c", i, "' customer_id: 'c", i,
                                    "' customer { kind: CUSTOMER_KIND_COMPANY display_name: 'C", i,
                                    "' owner: 'ann' }"));
    }
    for (int i = 0; i < kActivities; ++i) {
      Do<v1::Activity, v1::PlanActivityRequest>(
          customers(),
          absl::StrCat("request_id: 'a", i, "' activity_id: 'a", i,
                       "' activity { kind: ACTIVITY_KIND_CALL customer: 'customers/c", i,
                       "' owner: 'ann' personal { subject: 'Call' } due_date { year: 2027 month: 3 "
                       "day: 9 } }"));
    }
  }
};

TEST_F(TransferStory, ALeaversBookGoesOnOnceAndComesBack) {
  MakeBook();
  const auto left = Do<v1::Staff, v1::MarkStaffLeftRequest>(
      customers(),
      "name: 'staff/ann' request_id: 'leaves' leave_date { year: 2026 month: 3 day: 1 }");
  EXPECT_EQ(left.leave_holdings().customer_count(), kCustomers);
  EXPECT_EQ(left.leave_holdings().activity_count(), kActivities);
  const auto leavers = Do<v1::SearchLeaversResponse, v1::SearchLeaversRequest>(customers(), "");
  ASSERT_EQ(leavers.leavers_size(), 1);
  EXPECT_EQ(leavers.leavers(0).staff(), "staff/ann");

  const std::string create =
      "transfer_id: 'book' transfer { giver: 'staff/ann' receivers { staff: 'staff/bob' } "
      "kinds: [TRANSFER_KIND_CUSTOMER, TRANSFER_KIND_ACTIVITY] } ";
  const auto preview = Do<v1::Transfer, v1::CreateTransferRequest>(
      customers(), create + "request_id: 'preview' validate_only: true");
  EXPECT_EQ(preview.counts(0).item_count(), kCustomers);
  EXPECT_EQ(preview.counts(0).foreseen_refusal_count(), kCustomers - kCapacity);
  Do<v1::Transfer, v1::CreateTransferRequest>(customers(), create + "request_id: 'create'");
  AwaitState(v1::TRANSFER_STATE_PREVIEWED);
  EXPECT_EQ(Items("").size(), static_cast<size_t>(kCustomers + kActivities));
  EXPECT_EQ(BookOf("ann"), kCustomers) << "a preview moves nothing";

  Do<v1::Transfer, v1::StartTransferRequest>(customers(),
                                             "name: 'transfers/book' request_id: 'start'");
  // In the middle of it.
  ASSERT_TRUE(Until("some are moved", [&] { return CustomersMoved() > 0; }));
  EXPECT_LT(CustomersMoved(), kCapacity);
  KillAndStart();
  AwaitState(v1::TRANSFER_STATE_DONE);
  EXPECT_EQ(BookOf("bob"), kCapacity);
  EXPECT_EQ(BookOf("ann"), kCustomers - kCapacity);
  EXPECT_EQ(TermsOf("transfers/book"), kCapacity) << "each customer changed hands once";
  EXPECT_EQ(Items("state = TRANSFER_ITEM_STATE_MOVED").size(),
            static_cast<size_t>(kCapacity + kActivities));
  const auto refused = Items("state = TRANSFER_ITEM_STATE_REFUSED");
  ASSERT_EQ(refused.size(), static_cast<size_t>(kCustomers - kCapacity));
  for (const v1::TransferItem& item : refused) EXPECT_EQ(item.refusal(), "CAPACITY_REACHED");
  const auto operation =
      Do<google::longrunning::Operation, google::longrunning::GetOperationRequest>(
          customers(), "name: 'operations/transfers/book'");
  EXPECT_TRUE(operation.done());

  // One of them is changed by hand.
  const std::string changed =
      Items("state = TRANSFER_ITEM_STATE_MOVED AND kind = TRANSFER_KIND_CUSTOMER").front().target();
  Do<v1::Customer, v1::TransferCustomerRequest>(
      customers(),
      absl::StrCat("name: '", changed, "' request_id: 'by-hand' owner: 'cid' reason: 'asked'"));
  Do<v1::Transfer, v1::UndoTransferRequest>(
      customers(), "name: 'transfers/book' request_id: 'undo' reason: 'stays'");
  KillAndStart();
  AwaitState(v1::TRANSFER_STATE_UNDONE);
  EXPECT_EQ(OwnerOf(changed), "cid");
  EXPECT_EQ(BookOf("ann"), kCustomers - 1);
  EXPECT_EQ(BookOf("bob"), 0);
  const auto kept = Items("state = TRANSFER_ITEM_STATE_KEPT");
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept.front().target(), changed);
  EXPECT_EQ(kept.front().refusal(), "OWNER_CHANGED");
}

}  // namespace
}  // namespace crm::e2e
