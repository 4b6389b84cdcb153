// What a transfer would move, and to whom each item would go: the same for the same rows.
//
// Items come by kind and then by name; a stretch goes on behind the last one. Who receives follows
// from scopes, room and what receivers were given before. What an item concerns goes to whoever
// receives its customer.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "crm/customer/v1/customer_resource.pb.h"
#include "crm/customer/v1/owner_book.pb.h"
#include "crm/customer/v1/pool.pb.h"
#include "crm/customer/v1/staff.pb.h"
#include "crm/customer/v1/transfer.pb.h"
#include "crm/customer/v1/transfer_event.pb.h"
#include "libs/engine/model.h"
#include "services/customer/read/holdings.h"

namespace crm::customer {

// The kinds that a transfer moves, in their order.
std::vector<v1::TransferKind> KindsOf(const v1::Transfer& transfer);
// "transfers/{transfer}/transferItems/{number}".
std::string TransferItemName(const std::string& transfer, int number);
int NumberOf(const v1::TransferItem& item);

// Lists items. Reads rows of other keys, which may be behind: what a preview expects is no promise.
class TransferPlan {
 public:
  // `transfer` with name, giver, receivers (and their counts), kinds, scope and business date; it
  // and `snapshot` outlive the plan.
  TransferPlan(const v1::Transfer& transfer, absl::TimeZone zone, const engine::Snapshot& snapshot);

  // The next items, at most `items_max`, from where the transfer is. Cost: a row or two for each
  // item of the kinds that are looked at, whatever comes of it; at most kTransferItemsMax of a
  // kind. Once in a transfer also a row for each customer of a receiver, up to what they may have,
  // or at most kTransferItemsMax and one where who has fewest is looked for.
  v1::TransferItemsListed Next(int items_max);

  // Whether there is more to look at than a transfer may move, so that some was left out.
  bool saw_too_much() const { return saw_too_much_; }

 private:
  std::vector<Holding> Behind(v1::TransferKind kind, const std::string& told_through);
  bool InScopeOf(const Holding& holding) const;
  v1::TransferItem ItemOf(v1::TransferKind kind, const Holding& holding);
  void GiveCustomer(const v1::Customer& customer, v1::TransferItem& item);
  void GiveOther(const Holding& holding, const std::optional<v1::Customer>& customer,
                 v1::TransferItem& item);
  // Those who may receive what concerns the customer, by place among the receivers.
  std::vector<int> Fitting(const std::optional<v1::Customer>& customer) const;
  // Room that a receiver has for customers of a pool; nullopt: without limit.
  std::optional<int> RoomOf(int receiver, const std::optional<v1::Pool>& pool);
  int Choose(const std::vector<int>& among, const std::optional<v1::Pool>& pool);
  v1::OwnerLimits LimitsAt(int receiver, const std::optional<v1::Pool>& pool);
  int OwnedBy(int receiver, int capacity);
  void SetCounts(v1::TransferPosition& next) const;
  int GivenOfPool(int receiver, const std::string& pool);
  std::string ReceiverOf(const std::string& customer) const;

  const v1::Transfer& transfer_;
  const absl::TimeZone zone_;
  const engine::Snapshot& snapshot_;
  std::vector<v1::TransferReceiver> receivers_;
  std::map<int, std::optional<v1::Staff>> staff_;  // Of receivers, as they were looked up.
  // Customers that receivers had when that was first asked; nobody of whom it was not.
  std::map<std::string, int> owned_;
  // Customers given so far by receiver and pool, of pools that limit the receiver.
  std::map<std::pair<std::string, std::string>, int> given_by_pool_;
  std::map<std::string, std::string> receivers_by_customer_;  // Of those that this plan listed.
  bool saw_too_much_ = false;
};

}  // namespace crm::customer
