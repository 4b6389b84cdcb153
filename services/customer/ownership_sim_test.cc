// Books under fire: many want the same few places at once, on the real engine over the simulated
// log, with replicas that die and records that get lost or land late. At no event of the log has
// anybody more customers than they may, or more picks of a day.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "libs/app/service.h"
#include "libs/base/resource_name.h"
#include "libs/engine/log_reader.h"
#include "libs/engine/testdata/cluster.h"
#include "libs/table/read_view.h"
#include "services/customer/domain/customer.h"
#include "services/customer/domain/owner_slot.h"
#include "services/customer/domain/pool.h"
#include "services/customer/domain/staff.h"
#include "services/customer/react/ownership_reactions.h"
#include "services/customer/read/custom_field_tables.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/owner_book.h"
#include "services/customer/read/owner_terms.h"
#include "services/customer/read/ownership_tables.h"
#include "services/customer/read/tables.h"
#include "services/customer/service.h"

namespace crm::customer {
namespace {

using engine::testdata::Cluster;

constexpr int kPartitions = 4;
constexpr int kCustomers0 = 24;
constexpr int kOperations = 500;
constexpr int kCapacity = 5, kOwnCapacity = 2, kDailyLimit = 2;
// The last of them may own no more than kOwnCapacity, whatever the pool says.
const std::array<std::string, 4> kStaffIds = {"ann", "bob", "cem", "dee"};

int CapacityOf(const std::string& owner) {
  return owner == kStaffIds.back() ? kOwnCapacity : kCapacity;
}

// What the service has around ownership, as service.cc declares it.
engine::ServiceDef OwnershipService() {
  app::Service service("customer", kPackage);
  service.Aggregate<CustomerModel>(kCustomers)
      .Command<v1::CreateCustomerRequest>()
      .Command<v1::UpdateCustomerRequest>()
      .Command<v1::TransferCustomerRequest>()
      .Command<v1::ReleaseCustomerRequest>()
      .Command<v1::PickCustomerRequest>()
      .Internal<v1::ReimportCustomerRequest>()
      .Internal<v1::HandCustomerRequest>()
      .Internal<v1::SettleOwnerRequest>()
      .Internal<v1::RecycleCustomerRequest>()
      .Internal<v1::CheckActivityRequest>();
  service.Table(kOwnerTerms);
  service.Project(ProjectOwnerTerms);
  service.Aggregate<StaffModel>(kStaff)
      .Command<v1::CreateStaffRequest>()
      .Internal<v1::CheckStaffLeaveRequest>();
  service.Aggregate<PoolModel>(kPools)
      .Command<v1::CreatePoolRequest>()
      .Internal<v1::CheckPoolRequest>()
      .Internal<v1::ContinueSweepRequest>();
  service.Aggregate<OwnerSlotModel>(kOwnerSlots)
      .Internal<v1::ReserveSlotRequest>()
      .Internal<v1::FreeSlotRequest>();
  service.Table(kOwnerBooks);
  service.Project(ProjectOwnerBook);
  service.Table(kStaffTouches);
  service.Table(kRedirects);
  service.Table(kBranches);
  service.Table(kDepartments);
  service.Table(kTeams);
  service.Table(kCustomFields);
  service.Table(kCustomerPolicies);
  service.React("OnOwnerChange", OnOwnerChange);
  service.React("OnOwnerSlot", OnOwnerSlot);
  EXPECT_TRUE(service.status().ok()) << service.status();
  return service.Take();
}

// Reads the log as anybody downstream does, and holds it to the limits.
class Judge {
 public:
  explicit Judge(Cluster& cluster) : cluster_(cluster) {
    for (int partition = 0; partition < kPartitions; ++partition) {
      readers_.push_back(std::make_unique<engine::LogReader>(
          cluster.service().topic, partition, engine::v1::StoredPosition(),
          [](const eventlog::Record&) {},
          [this](const eventlog::Record& record) {
            Take(record);
            return absl::OkStatus();
          }));
    }
  }

  // Takes what has come into the log since.
  void Look() {
    for (auto& reader : readers_) {
      if (cluster_.log().End(reader->topic(), reader->partition()) <= reader->next()) continue;
      for (const eventlog::OwnedRecord& record :
           cluster_.log().Contents(reader->topic(), reader->partition())) {
        if (record.offset < reader->next()) continue;
        ASSERT_TRUE(reader->Feed(record.View()).ok());
      }
    }
    std::map<std::string, int> owned;
    for (const auto& [name, customer] : customers_) {
      if (!customer.owner().empty()) ++owned[customer.owner()];
    }
    for (const auto& [owner, count] : owned)
      EXPECT_LE(count, CapacityOf(owner)) << "customers of " << owner;
  }

  int waiting() const {
    return static_cast<int>(
        std::count_if(customers_.begin(), customers_.end(),
                      [](const auto& entry) { return entry.second.has_owner_request(); }));
  }
  // "ann a, ann b": whose customers they are, and whose slots.
  std::set<std::string> owned() const {
    std::set<std::string> all;
    for (const auto& [name, customer] : customers_) {
      if (!customer.owner().empty()) all.insert(customer.owner() + " " + name);
    }
    return all;
  }
  std::multiset<std::string> held() const {
    std::multiset<std::string> all;
    for (const auto& [name, slot] : slots_) {
      if (slot.state() == v1::OWNER_SLOT_STATE_HELD)
        all.insert(std::string(base::KeyOf(name)) + " " + slot.customer());
    }
    return all;
  }
  // How often a request was answered so: a run without refusals is worth nothing.
  int CountOf(const std::string& fact) const {
    const auto found = facts_.find(fact);
    return found == facts_.end() ? 0 : found->second;
  }
  const std::map<std::string, int>& facts() const { return facts_; }

 private:
  void Take(const eventlog::Record& record) {
    const std::string name(record.HeaderOr("ce_subject"));
    const std::string_view schema = record.HeaderOr("ce_dataschema");
    if (schema == v1::CustomerEvent::descriptor()->full_name()) {
      v1::CustomerEvent event;
      ASSERT_TRUE(event.ParseFromArray(record.value.data(), static_cast<int>(record.value.size())));
      CustomerModel::Evolve(customers_[name], event);
      ++facts_[event.has_owner_refused() ? v1::Reason_Name(event.owner_refused().refusal().reason())
               : event.has_owner_granted() ? "granted"
                                           : "other"];
    }
    if (schema != v1::OwnerSlotEvent::descriptor()->full_name()) return;
    v1::OwnerSlotEvent event;
    ASSERT_TRUE(event.ParseFromArray(record.value.data(), static_cast<int>(record.value.size())));
    v1::OwnerSlot& slot = slots_[name];
    OwnerSlotModel::Evolve(slot, event);
    if (!event.has_reserved()) return;
    const std::string owner(base::KeyOf(name));
    const auto held = this->held();
    const auto of_owner = std::count_if(held.begin(), held.end(), [&](const std::string& entry) {
      return entry.starts_with(owner + " ");
    });
    EXPECT_LE(of_owner, CapacityOf(owner)) << "slots of " << owner;
    if (slot.kind() != v1::OWNER_REQUEST_KIND_PICK) return;
    const int picks = ++picks_[{owner, slot.slot_date().ShortDebugString()}];
    EXPECT_LE(picks, kDailyLimit) << "picks of " << owner;
  }

  Cluster& cluster_;
  std::vector<std::unique_ptr<engine::LogReader>> readers_;
  std::map<std::string, v1::Customer> customers_;
  std::map<std::string, v1::OwnerSlot> slots_;
  std::map<std::pair<std::string, std::string>, int> picks_;
  std::map<std::string, int> facts_;
};

template <class Request>
Request With(const std::string& request_id) {
  Request request;
  request.set_request_id(request_id);
  return request;
}

void MakePoolAndStaff(Cluster& cluster) {
  auto pool = With<v1::CreatePoolRequest>("pool");
  pool.set_pool_id("standard");
  pool.mutable_pool()->set_display_name("All");
  pool.mutable_pool()->set_capacity(kCapacity);
  pool.mutable_pool()->mutable_pick_rule()->set_daily_limit(kDailyLimit);
  pool.mutable_pool()->set_takes_unowned(true);
  ASSERT_TRUE(cluster.SendAnywhere(pool).status.ok());
  for (const std::string& id : kStaffIds) {
    auto staff = With<v1::CreateStaffRequest>("staff-" + id);
    staff.set_staff_id(id);
    staff.mutable_staff()->mutable_personal()->set_display_name(id);
    staff.mutable_staff()->add_roles(v1::STAFF_ROLE_REP);
    if (CapacityOf(id) != kCapacity) staff.mutable_staff()->set_capacity(CapacityOf(id));
    const auto made = cluster.SendAnywhere(staff);
    ASSERT_TRUE(made.status.ok()) << made.status;
  }
  ASSERT_TRUE(cluster.RunUntilCaughtUp());
}

eventlog::SimFaults Weather() {
  eventlog::SimFaults faults;
  faults.delay_max = absl::Milliseconds(5);
  faults.lose_append = 0.02;
  faults.lose_ack = 0.02;
  faults.land_late = 0.02;
  faults.late_max = absl::Seconds(5);
  faults.slow_read = 0.02;
  faults.slow_read_max = absl::Seconds(1);
  faults.split_view = 0.2;
  return faults;
}

// One of the verbs that give or take an owner.
std::unique_ptr<google::protobuf::Message> AnyVerb(std::mt19937_64& random, int number) {
  const std::string request_id = "request-" + std::to_string(number);
  const std::string customer = "customers/c" + std::to_string(random() % kCustomers0);
  const std::string owner = kStaffIds[random() % kStaffIds.size()];
  const auto boxed = [](auto request) {
    return std::make_unique<decltype(request)>(std::move(request));
  };
  switch (random() % 16) {
    case 0: {
      auto create = With<v1::CreateCustomerRequest>(request_id);
      create.set_customer_id("new-" + std::to_string(number));
      create.mutable_customer()->set_kind(v1::CUSTOMER_KIND_COMPANY);
      create.mutable_customer()->set_display_name("New");
      create.mutable_customer()->set_owner(owner);
      return boxed(create);
    }
    case 1: {
      auto update = With<v1::UpdateCustomerRequest>(request_id);
      update.mutable_customer()->set_name(customer);
      update.mutable_update_mask()->add_paths("owner");
      update.set_owner_reason("random");
      if (random() % 3 != 0) update.mutable_customer()->set_owner(owner);
      return boxed(update);
    }
    case 2: {
      auto import = With<v1::ReimportCustomerRequest>(request_id);
      import.set_name(customer);
      import.mutable_customer()->set_owner(owner);
      return boxed(import);
    }
    case 3:
    case 4: {
      auto transfer = With<v1::TransferCustomerRequest>(request_id);
      transfer.set_name(customer);
      transfer.set_owner(owner);
      return boxed(transfer);
    }
    case 5:
    case 6:
    case 7:
    case 8:
    case 9: {
      auto release = With<v1::ReleaseCustomerRequest>(request_id);
      release.set_name(customer);
      release.set_reason("no time");
      return boxed(release);
    }
    case 14:
    case 15: {
      // Forth, or back what the transfer gave.
      auto hand = With<v1::HandCustomerRequest>(request_id);
      hand.set_name(customer);
      hand.set_giver(kStaffIds[random() % kStaffIds.size()]);
      hand.set_receiver(owner);
      hand.set_transfer("transfers/t");
      hand.set_undoing(random() % 2 == 0);
      return boxed(hand);
    }
    default: {
      auto pick = With<v1::PickCustomerRequest>(request_id);
      pick.set_name(customer);
      pick.set_picker(owner);
      return boxed(pick);
    }
  }
}

class OwnershipSim : public ::testing::TestWithParam<int> {};

TEST_P(OwnershipSim, NobodyHasMoreThanTheyMay) {
  Cluster cluster(5000 + GetParam(), kPartitions, OwnershipService());
  std::mt19937_64 random(GetParam());
  const std::array<std::string, 3> replicas = {"one", "two", "three"};
  for (const std::string& replica : replicas) cluster.StartReplica(replica);
  ASSERT_TRUE(cluster.RunUntilOwned());
  MakePoolAndStaff(cluster);
  Judge judge(cluster);
  for (int i = 0; i < kCustomers0; ++i) {
    auto create = With<v1::CreateCustomerRequest>("create-" + std::to_string(i));
    create.set_customer_id("c" + std::to_string(i));
    create.mutable_customer()->set_kind(v1::CUSTOMER_KIND_COMPANY);
    create.mutable_customer()->set_display_name("Works");
    if (i % 3 == 0) create.mutable_customer()->set_owner(kStaffIds[i % kStaffIds.size()]);
    ASSERT_TRUE(cluster.SendAnywhere(create).status.ok());
  }
  for (const std::string& replica : replicas) cluster.log().SetFaults(replica, Weather());
  const auto pass = [&](absl::Duration time) {
    const absl::Duration until = cluster.clock().SinceBoot() + time;
    cluster.Run([&] {
      judge.Look();
      return cluster.clock().SinceBoot() >= until || ::testing::Test::HasFailure();
    });
  };
  for (int i = 0; i < kOperations && !HasFailure(); ++i) {
    // Nobody waits for an answer: all that matters is in the log.
    cluster.Start(replicas[random() % replicas.size()], *AnyVerb(random, i),
                  [](engine::CommandResult) {});
    if (random() % 25 == 0) cluster.log().Rebalance("");
    if (random() % 50 == 0) {
      const std::string victim = replicas[random() % replicas.size()];
      cluster.Kill(victim, random() % 2 == 0);
      cluster.StartReplica(victim);
    }
    if (random() % 3 == 0) pass(absl::Milliseconds(random() % 300));
  }
  for (const std::string& replica : replicas) cluster.log().SetFaults(replica, {});
  ASSERT_TRUE(cluster.RunUntilOwned());
  cluster.Run(
      [&] {
        judge.Look();
        const auto held = judge.held();
        return ::testing::Test::HasFailure() ||
               (judge.waiting() == 0 &&
                std::set<std::string>(held.begin(), held.end()) == judge.owned());
      },
      absl::Seconds(60));
  pass(absl::Seconds(5));
  // Whoever asked was answered, and no slot is left behind or missing.
  EXPECT_EQ(judge.waiting(), 0);
  const auto held = judge.held();
  EXPECT_EQ(std::set<std::string>(held.begin(), held.end()), judge.owned());
  EXPECT_EQ(held.size(), judge.owned().size());
  EXPECT_GT(judge.CountOf("granted"), 0);
  EXPECT_GT(judge.CountOf("REASON_CAPACITY_REACHED"), 0);
  EXPECT_GT(judge.CountOf("REASON_DAILY_LIMIT_REACHED"), 0);
  for (const auto& [fact, count] : judge.facts()) RecordProperty(fact, count);
  ASSERT_TRUE(cluster.RunUntilCaughtUp());
  for (const std::string& replica : replicas)
    EXPECT_EQ(cluster.Digest(replica), cluster.Digest(replicas[0])) << replica;
  const table::ReadView view(cluster.database(replicas[0]));
  for (const std::string& owner : kStaffIds) {
    v1::OwnerBook book;
    view.GetErased("owner_books", {BookOf(owner)}, book);
    EXPECT_EQ(book.slot_count(),
              std::count_if(held.begin(), held.end(), [&](const std::string& entry) {
                return entry.starts_with(owner + " ");
              }));
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, OwnershipSim, ::testing::Range(0, 30));

}  // namespace
}  // namespace crm::customer
