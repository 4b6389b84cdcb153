// Transfers in memory, with the tables and the loop of reactions that the engine gives them: for
// tests.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/domain/activity.h"
#include "services/customer/domain/customer.h"
#include "services/customer/domain/interview.h"
#include "services/customer/domain/notification.h"
#include "services/customer/domain/owner_slot.h"
#include "services/customer/domain/transfer.h"
#include "services/customer/react/care_reactions.h"
#include "services/customer/react/ownership_reactions.h"
#include "services/customer/react/transfer_reactions.h"
#include "services/customer/read/activity_tables.h"
#include "services/customer/read/interview_tables.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/notification_tables.h"
#include "services/customer/read/owner_book.h"
#include "services/customer/read/owner_terms.h"
#include "services/customer/read/ownership_tables.h"
#include "services/customer/read/tables.h"
#include "services/customer/read/transfer_tables.h"
#include "services/customer/read/transfer_views.h"

namespace crm::customer {

class TransferWorld {
 public:
  testing::FakeRows& rows() { return *rows_; }

  // Gives the command to the aggregate; the fact, or what it said instead (testing::WordOf).
  template <class M, class Command>
  std::string Do(const std::string& name, const Command& command,
                 const std::string& actor = "user:tester") {
    engine::Context context = testing::FixedContext<M>();
    context.actor = actor;
    context.name = name;
    context.time += later_;
    Command named = command;
    if constexpr (requires { named.set_name(name); }) named.set_name(name);
    const auto state = rows_->Get(TableOf<M>(), name).value_or(typename M::State());
    engine::Decision<M> decided = std::nullopt;
    if constexpr (engine::Gathers<M, Command>) {
      decided = M::Decide(state, named, context, M::Gather(named, context, *rows_));
    } else {
      decided = M::Decide(state, named, context);
    }
    if (decided.ok() && decided->has_value()) Fold<M>(name, state, **decided, context);
    return testing::WordOf(decided);
  }

  template <class Command>
  std::string DoTransfer(const std::string& text) {
    return Do<TransferModel>("transfers/t", testing::ParseText<Command>(text));
  }

  // Runs the reactions until nothing follows any more, or so many events were looked at.
  void React(int events_max = 1'000'000) {
    for (; !events_.empty() && events_max > 0; --events_max) {
      const Event event = std::move(events_.front());
      events_.pop_front();
      // A server that stops forgets that it reacted, but not what came of it: the first commands,
      // or the last ones, by which the aggregate went on.
      if (stop_often_) {
        engine::Commands commands = event.react(*rows_);
        if (++stops_ % 2 == 0) std::reverse(commands.begin(), commands.end());
        Send(event, commands, stops_ % 7);
      }
      Send(event, event.react(*rows_), static_cast<size_t>(-1));
    }
  }
  void StopOften() { stop_often_ = true; }
  // Moves the clock on; events that wait for their reactions keep their time.
  void Wait(absl::Duration duration) { later_ += duration; }

  template <class Row>
  void Put(const table::TableSpec<Row>& table, const std::string& text) {
    auto row = testing::ParseText<Row>(text);
    if constexpr (requires { row.set_etag("1"); }) row.set_etag("1");
    rows_->Put(table, row);
  }
  // A customer that came to its owner by an event, so that its term is known.
  void AddCustomer(const std::string& id, const std::string& text) {
    v1::Customer customer = testing::ParseText<v1::Customer>(text);
    customer.set_name("customers/" + id);
    customer.set_etag("1");
    customer.set_display_name(id);
    if (!customer.owner().empty()) customer.set_ownership_state(v1::OWNERSHIP_STATE_OWNED);
    rows_->Put(kCustomers, customer);
    if (customer.owner().empty()) return;
    v1::OwnerTerm term;
    term.set_name(customer.name() + "/ownerTerms/1");
    term.set_owner(customer.owner());
    rows_->Put(kOwnerTerms, term);
  }

  v1::Transfer transfer() { return rows_->Get(kTransfers, "transfers/t").value_or(v1::Transfer()); }
  std::string OwnerOf(const std::string& id) {
    return rows_->Get(kCustomers, "customers/" + id).value_or(v1::Customer()).owner();
  }
  // "kind target -> receiver: STATE (why)", of each item in its order.
  std::vector<std::string> Items() {
    std::vector<std::string> items;
    rows_->Scan(kTransferItems, "", [&](const v1::TransferItem& item) {
      const std::string kind = v1::TransferKind_Name(item.kind()).substr(14);
      const std::string state = v1::TransferItemState_Name(item.state()).substr(20);
      const std::string& why = item.refusal().empty() ? item.foreseen_refusal() : item.refusal();
      items.push_back(absl::StrCat(kind, " ", item.target(), " -> ",
                                   std::string(base::LastIdOf(item.receiver())), ": ", state,
                                   why.empty() ? "" : " (" + why + ")"));
      return true;
    });
    return items;
  }
  // How often each fact of an aggregate was written.
  int Facts(const std::string& name) { return facts_[name]; }
  const std::set<std::string>& Notices() const { return notices_; }

 private:
  struct Event {
    std::string reaction;
    std::string source;
    int64_t revision = 0;
    std::function<engine::Commands(const engine::Snapshot&)> react;
  };

  template <class M>
  static const table::TableSpec<typename M::State>& TableOf() {
    if constexpr (std::is_same_v<M, TransferModel>) return kTransfers;
    if constexpr (std::is_same_v<M, CustomerModel>) return kCustomers;
    if constexpr (std::is_same_v<M, OwnerSlotModel>) return kOwnerSlots;
    if constexpr (std::is_same_v<M, ActivityModel>) return kActivities;
    if constexpr (std::is_same_v<M, InterviewModel>) return kInterviews;
    if constexpr (std::is_same_v<M, NotificationModel>) return kNotifications;
  }

  template <class E>
  void Follow(const std::string& reaction, const E& event, const engine::EventMeta& meta,
              engine::Commands (*react)(const engine::ForeignEvent<E>&, const engine::Snapshot&)) {
    events_.push_back({reaction, meta.name, meta.revision,
                       [event, meta, react](const engine::Snapshot& snapshot) {
                         return react({event, meta}, snapshot);
                       }});
  }

  template <class M>
  void Fold(const std::string& name, const typename M::State& before,
            const typename M::Event& event, const engine::Context& context) {
    typename M::State after = before;
    M::Evolve(after, event);
    const int64_t revision = before.etag().empty() ? 1 : std::stoll(before.etag()) + 1;
    testing::Stamp(context, revision, after);
    after.set_name(name);
    rows_->Put(TableOf<M>(), after);
    ++facts_[name];
    const engine::EventMeta meta{context.time, context.actor, name, revision, 3};
    const auto* known = before.etag().empty() ? nullptr : &before;
    if constexpr (std::is_same_v<M, TransferModel>) {
      ProjectTransfer({known, after, event, meta}, *rows_);
      Follow(kOnTransfer, event, meta, OnTransfer);
    }
    if constexpr (std::is_same_v<M, CustomerModel>) {
      ProjectOwnerTerms({known, after, event, meta}, *rows_);
      Follow("OnOwnerChange", event, meta, OnOwnerChange);
      Follow("OnTransferredCustomer", event, meta, OnTransferredCustomer);
      Follow("OnStaleCustomer", event, meta, OnStaleCustomer);
      Follow("OnNewOwner", event, meta, OnNewOwner);
    }
    if constexpr (std::is_same_v<M, OwnerSlotModel>) {
      ProjectOwnerBook({known, after, event, meta}, *rows_);
      Follow("OnOwnerSlot", event, meta, OnOwnerSlot);
    }
  }

  template <class M, class Command>
  bool Try(const Event& event, const google::protobuf::Message& message) {
    const auto* command = dynamic_cast<const Command*>(&message);
    if (command == nullptr) return false;
    const std::string name = NameOf(*command);
    int64_t& mark = marks_[{event.reaction, event.source, name}];
    if (mark >= event.revision) return true;
    mark = event.revision;
    const bool is_taken = std::is_same_v<Command, v1::PlanActivityRequest> &&
                          rows_->Get(TableOf<M>(), name).has_value();
    const std::string word =
        is_taken ? "!ALREADY_EXISTS" : Do<M>(name, *command, "service:customer");
    if (!word.empty() && word[0] != '!') return true;
    std::string reason(absl::StripPrefix(word, "!"));
    if (reason.starts_with("field:")) reason = base::ReasonOf(base::Invalid("field", "is none"));
    ProjectTransferRefusal({event.reaction, event.source, event.revision, name, reason, 3}, *rows_);
    return true;
  }

  void Send(const Event& event, const engine::Commands& commands, size_t at_most) {
    std::set<std::string> targets;
    for (size_t i = 0; i < std::min(commands.size(), at_most); ++i) {
      const google::protobuf::Message& command = *commands[i];
      if (const auto* notify = dynamic_cast<const v1::NotifyRequest*>(&command)) {
        const std::string reason = v1::NotificationReason_Name(notify->notification().reason());
        notices_.insert(absl::StrCat(absl::StripPrefix(reason, "NOTIFICATION_REASON_"), " ",
                                     notify->parent(), " ", notify->notification().note()));
      }
      const bool known = Try<TransferModel, v1::RecordTransferItemsRequest>(event, command) ||
                         Try<TransferModel, v1::ContinueTransferRequest>(event, command) ||
                         Try<TransferModel, v1::SettleTransferItemRequest>(event, command) ||
                         Try<CustomerModel, v1::HandCustomerRequest>(event, command) ||
                         Try<CustomerModel, v1::HandCollaborationRequest>(event, command) ||
                         Try<CustomerModel, v1::SettleOwnerRequest>(event, command) ||
                         Try<OwnerSlotModel, v1::ReserveSlotRequest>(event, command) ||
                         Try<OwnerSlotModel, v1::FreeSlotRequest>(event, command) ||
                         Try<ActivityModel, v1::PlanActivityRequest>(event, command) ||
                         Try<ActivityModel, v1::HandActivityRequest>(event, command) ||
                         Try<ActivityModel, v1::TakeBackActivityRequest>(event, command) ||
                         Try<InterviewModel, v1::HandInterviewRequest>(event, command) ||
                         Try<NotificationModel, v1::NotifyRequest>(event, command) ||
                         Try<NotificationModel, v1::AcknowledgeNotificationRequest>(event, command);
      base::Check(known, "the command is one of transfers");
      base::Check(targets.insert(NameOf(command)).second, "each target once");
    }
  }

  static std::string NameOf(const google::protobuf::Message& command) {
    if (const auto* reserve = dynamic_cast<const v1::ReserveSlotRequest*>(&command))
      return reserve->parent() + "/ownerSlots/" + reserve->owner_slot_id();
    if (const auto* plan = dynamic_cast<const v1::PlanActivityRequest*>(&command))
      return "activities/" + plan->activity_id();
    if (const auto* notify = dynamic_cast<const v1::NotifyRequest*>(&command))
      return notify->parent() + "/notifications/" + notify->notification_id();
    return command.GetReflection()->GetString(command,
                                              command.GetDescriptor()->FindFieldByName("name"));
  }

  std::unique_ptr<testing::FakeRows> rows_ = std::make_unique<testing::FakeRows>(
      kTransfers, kTransferItems, kTransferRefusals, kCustomers, kOwnerTerms, kStaff, kPools,
      kOwnerBooks, kOwnerSlots, kStaffTouches, kRedirects, kCustomerPolicies, kActivities,
      kContactStates, kTouchpoints, kInterviews, kNotifications, kNotificationPolicies);
  std::deque<Event> events_;
  std::map<std::tuple<std::string, std::string, std::string>, int64_t> marks_;
  std::map<std::string, int> facts_;
  std::set<std::string> notices_;
  absl::Duration later_;
  bool stop_often_ = false;
  size_t stops_ = 0;
};

}  // namespace crm::customer
