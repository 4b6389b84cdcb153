// Notifications: from what happens in one service to who watches another, in time; and over the end
// of a process.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "crm/customer/v1/notification.pb.h"
#include "crm/servicedesk/v1/ticket.pb.h"
#include "libs/eventlog/kafka/test_broker.h"
#include "libs/rpc/client_stream.h"
#include "libs/testing/matchers.h"
#include "libs/testing/temp_directory.h"
#include "tests/e2e/harness.h"
#include "tests/e2e/load.h"

namespace crm::e2e {
namespace {

using customer::v1::Notification;
using customer::v1::WatchNotificationsResponse;
using testing::IsOk;
using testing::ParseText;

// "At once", of the domain: a notification is readable so long after its cause.
constexpr absl::Duration kAtOnce = absl::Seconds(1);
constexpr int kTickets = 20;

// What somebody who watches is told, and where to go on.
class Watcher {
 public:
  Watcher(const std::string& address, const std::string& staff, const std::string& token = "")
      : resume_token_(token) {
    customer::v1::WatchNotificationsRequest request;
    request.set_parent("staff/" + staff);
    request.set_resume_token(token);
    stream_ = std::make_unique<rpc::IncomingStream>(
        address, rpc::PathOf(MethodOf(*request.GetDescriptor())), request.SerializeAsString());
  }

  // nullopt: nothing came in time, or it has ended. Unset: all was said.
  std::optional<WatchNotificationsResponse> Next(absl::Duration patience = kPatience) {
    const auto bytes = stream_->Next(patience);
    WatchNotificationsResponse response;
    if (!bytes.has_value() || !response.ParseFromString(*bytes)) return std::nullopt;
    resume_token_ = response.resume_token();
    return response;
  }
  // The names of all that is said until there is no more for now.
  std::set<std::string> UntilAllIsSaid() {
    std::set<std::string> said;
    for (auto next = Next(); next.has_value(); next = Next()) {
      if (!next->has_notification()) return said;
      EXPECT_TRUE(said.insert(next->notification().name()).second) << "said twice";
    }
    ADD_FAILURE() << "ended: " << stream_->status();
    return said;
  }
  const std::string& resume_token() const { return resume_token_; }

 private:
  std::unique_ptr<rpc::IncomingStream> stream_;
  std::string resume_token_;
};

void MakeCustomer(Client& customers, const std::string& id, const std::string& owner) {
  auto create = NewCustomer(id);
  create.mutable_customer()->set_owner(owner);
  ASSERT_THAT(customers.Insist<customer::v1::Customer>(create), IsOk());
}

// That a customer is theirs; nothing else.
void ExpectGiven(Watcher& watcher) {
  const size_t said = watcher.UntilAllIsSaid().size();
  EXPECT_LE(said, 1u);
  if (said == 1) return;
  const auto given = watcher.Next();
  ASSERT_TRUE(given.has_value());
  EXPECT_EQ(given->notification().reason(), customer::v1::NOTIFICATION_REASON_CUSTOMER_GIVEN);
}

void Complain(Client& servicedesk, const std::string& customer, const std::string& id) {
  auto open = ParseText<servicedesk::v1::OpenTicketRequest>(R"pb(
    ticket {
      type: TICKET_TYPE_COMPLAINT
      personal { subject: "It leaks" }
      channel: CHANNEL_PHONE
      impact: 4
      urgency: 4
    }
  )pb");
  open.set_parent("customers/" + customer);
  open.set_ticket_id(id);
  open.set_request_id("open-" + id);
  ASSERT_THAT(servicedesk.Insist<servicedesk::v1::Ticket>(open), IsOk());
}

// Complaints one after another: each is said to the owner, once, within `at_once` of its answer.
void ExpectToldAtOnce(Client& servicedesk, Watcher& watcher) {
  Complain(servicedesk, "c1", "warm-up");
  ASSERT_TRUE(watcher.Next().has_value());
  absl::Duration longest, sum;
  for (int i = 0; i < kTickets; ++i) {
    const std::string id = absl::StrCat("t", i);
    Complain(servicedesk, "c1", id);
    const absl::Time opened = absl::Now();
    const auto told = watcher.Next();
    const absl::Duration took = absl::Now() - opened;
    ASSERT_TRUE(told.has_value());
    EXPECT_EQ(told->notification().about(), "customers/c1/tickets/" + id);
    EXPECT_EQ(told->notification().reason(), customer::v1::NOTIFICATION_REASON_COMPLAINT);
    longest = std::max(longest, took);
    sum += took;
  }
  std::cout << "told after " << sum / kTickets << " on average, " << longest << " at most\n";
  EXPECT_LT(longest, kAtOnce);
}

// Each service waits at its start for the logs of the others.
TEST(Notifications, OfAnotherServiceAreToldAtOnceOnABroker) {
  eventlog::kafka::TestBroker broker;
  const crm::testing::TempDirectory directory("notifications");
  const std::map<std::string, std::string> programs = {{"crm.customer.v1", CRM_CUSTOMER},
                                                       {"crm.sales.v1", CRM_SALES},
                                                       {"crm.marketing.v1", CRM_MARKETING},
                                                       {"crm.servicedesk.v1", CRM_SERVICEDESK}};
  std::map<std::string, std::string> addresses;
  std::vector<std::string> known;
  for (const auto& [package, program] : programs) {
    addresses[package] = FreeAddress();
    known.push_back(absl::StrCat(package, "=", addresses[package]));
  }
  std::map<std::string, std::unique_ptr<Service>> services;
  for (const auto& [package, program] : programs) {
    std::vector<std::string> flags = OnBroker(broker.bootstrap());
    flags.insert(flags.end(), {"--service-addresses", absl::StrJoin(known, ",")});
    services[package] = std::make_unique<Service>(Service::Options{
        program, absl::StrCat(directory.path(), "/", package), flags, addresses[package]});
    services[package]->Start();
  }
  for (const auto& [package, service] : services) ASSERT_TRUE(service->WaitUntilReady());
  Service& customers = *services["crm.customer.v1"];
  MakeCustomer(customers.client(), "c1", "ann");
  Watcher watcher(customers.address(), "ann");
  ExpectGiven(watcher);
  ExpectToldAtOnce(services["crm.servicedesk.v1"]->client(), watcher);
}

TEST(Notifications, InOneProcessAreToldAtOnceAndOverItsEnd) {
  const crm::testing::TempDirectory directory("notifications");
  Service suite({CRM_SUITE, directory.path(), {"--log", "embedded"}});
  suite.Start();
  ASSERT_TRUE(suite.WaitUntilReady());
  MakeCustomer(suite.client(), "c1", "ann");
  auto watcher = std::make_unique<Watcher>(suite.address(), "ann");
  ExpectGiven(*watcher);
  ExpectToldAtOnce(suite.client(), *watcher);

  // One is read, and one is new, while nobody watches and the process is killed.
  const std::string token = watcher->resume_token();
  watcher.reset();
  Complain(suite.client(), "c1", "last");
  customer::v1::ListNotificationsRequest list;
  list.set_parent("staff/ann");
  list.set_filter("state = NOTIFICATION_STATE_UNREAD");
  list.set_page_size(1'000);
  std::string last;
  EXPECT_TRUE(Until("the last complaint", [&] {
    const auto page = suite.client().Call<customer::v1::ListNotificationsResponse>(list);
    if (!page.ok() || page->notifications_size() != kTickets + 3) return false;
    for (const Notification& found : page->notifications()) {
      if (found.about() == "customers/c1/tickets/last") last = found.name();
    }
    return true;
  }));
  Watcher unread(suite.address(), "ann");
  const std::set<std::string> all = unread.UntilAllIsSaid();
  EXPECT_EQ(all.size(), static_cast<size_t>(kTickets + 3));
  customer::v1::AcknowledgeNotificationRequest read;
  read.set_name(*all.begin() == last ? *std::next(all.begin()) : *all.begin());
  read.set_request_id("read");
  ASSERT_THAT(suite.client().Insist<Notification>(read), IsOk());
  suite.Kill();
  suite.Start();
  ASSERT_TRUE(suite.WaitUntilReady());
  Watcher again(suite.address(), "ann", token);
  EXPECT_THAT(again.UntilAllIsSaid(), ::testing::UnorderedElementsAre(last, read.name()));
  Watcher fresh(suite.address(), "ann");
  EXPECT_EQ(fresh.UntilAllIsSaid().size(), static_cast<size_t>(kTickets + 2));
}

}  // namespace
}  // namespace crm::e2e
