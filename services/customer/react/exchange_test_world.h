// Imports and exports in memory, with the tables and the loop of reactions that the engine gives
// them: for tests.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "crm/customer/v1/notification.pb.h"
#include "libs/base/check.h"
#include "libs/base/field_limits.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/domain/contact.h"
#include "services/customer/domain/customer.h"
#include "services/customer/domain/export.h"
#include "services/customer/domain/export_chunk.h"
#include "services/customer/domain/import.h"
#include "services/customer/domain/position.h"
#include "services/customer/react/exports.h"
#include "services/customer/react/imports.h"
#include "services/customer/read/custom_field_tables.h"
#include "services/customer/read/exchange_tables.h"
#include "services/customer/read/import_views.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/ownership_tables.h"
#include "services/customer/read/tables.h"

namespace crm::customer {

class ExchangeWorld {
 public:
  testing::FakeRows& rows() { return *rows_; }

  // Gives the command to the aggregate; the fact, or what it said instead (testing::WordOf).
  template <class M, class Command>
  std::string Do(const std::string& name, const Command& command,
                 const std::string& actor = "user:tester") {
    engine::Context context = testing::FixedContext<M>();
    context.time += waited_;
    context.actor = actor;
    context.name = name;
    Command named = AsRead(command);
    if constexpr (requires { named.set_name(name); }) named.set_name(name);
    if (const absl::Status s = base::ValidateLimits(named); !s.ok())
      return testing::WordOf(engine::Decision<M>(s));
    const auto state = rows_->Get(TableOf<M>(), name).value_or(typename M::State());
    if (std::is_same_v<Command, v1::CreateContactRequest> && !state.etag().empty())
      return "!ALREADY_EXISTS";
    const engine::Decision<M> decided = Decide<M>(state, named, context);
    if (decided.ok() && decided->has_value()) Fold<M>(name, state, AsRead(**decided), context);
    return testing::WordOf(decided);
  }

  // Runs the reactions until nothing follows any more; the clock goes to what exports wait for.
  void React() {
    while (!events_.empty() || BeginReading()) {
      const Event event = std::move(events_.front());
      events_.pop_front();
      // A server that stops forgets that it reacted, but not what came of it: the first commands,
      // or the last ones, by which the aggregate went on.
      if (stop_often_) {
        engine::Commands commands = event.react(*rows_);
        if (++stops_ % 2 == 0) std::reverse(commands.begin(), commands.end());
        Send(event, std::move(commands), stops_ % 7);
      }
      Send(event, event.react(*rows_), static_cast<size_t>(-1));
    }
  }

  void StopOften() { stop_often_ = true; }

  void AddCustomer(const std::string& id,
                   const std::vector<std::pair<std::string, std::string>>& external_ids) {
    v1::CreateCustomerRequest create;
    create.mutable_customer()->set_kind(v1::CUSTOMER_KIND_COMPANY);
    create.mutable_customer()->set_display_name(id);
    for (const auto& [system, external_id] : external_ids) {
      auto& added = *create.mutable_customer()->add_external_ids();
      added.set_system(system);
      added.set_id(external_id);
    }
    Do<CustomerModel>("customers/" + id, create);
  }
  // The customer or contact with this external id is not made, for this reason.
  void Refuse(const std::string& system, const std::string& id, v1::Reason reason) {
    refused_[base::IdFromExternal(system, id)] = reason;
  }
  template <class Row>
  void Forget(const table::TableSpec<Row>& table, const std::string& name) {
    rows_->Delete(table, name);
    marks_.clear();
  }

  std::vector<std::string> CustomerNames() const {
    std::vector<std::string> names;
    rows_->Scan(kCustomers, "by_display_name", [&](const v1::Customer& customer) {
      names.push_back(customer.display_name());
      return true;
    });
    return names;
  }
  // "title at customer id", of each position.
  std::vector<std::string> Positions() const {
    std::vector<std::string> positions;
    rows_->Scan(kPositions, "", [&](const v1::Position& position) {
      positions.push_back(position.title() + " at " +
                          std::string(base::ParentOf(position.name()).substr(10)));
      return true;
    });
    std::sort(positions.begin(), positions.end());
    return positions;
  }
  std::string Customers() const {
    std::string all;
    rows_->Scan(kCustomers, "", [&](const v1::Customer& customer) {
      absl::StrAppend(&all, customer.ShortDebugString(), "\n");
      return true;
    });
    return all;
  }
  // "REASON staff/name" of each notification that was asked for.
  const std::vector<std::string>& Notices() const { return notices_; }

 private:
  // As the one that it is sent to, or a replay, reads it.
  template <class Message>
  static Message AsRead(const Message& written) {
    Message read;
    base::Check(read.ParseFromString(written.SerializeAsString()), "what is written can be read");
    return read;
  }

  struct Event {
    std::string source;
    int64_t revision = 0;
    std::function<engine::Commands(const engine::Snapshot&)> react;
  };

  template <class M>
  static const table::TableSpec<typename M::State>& TableOf() {
    if constexpr (std::is_same_v<M, ImportModel>) return kImports;
    if constexpr (std::is_same_v<M, ExportModel>) return kExports;
    if constexpr (std::is_same_v<M, ExportChunkModel>) return kExportChunks;
    if constexpr (std::is_same_v<M, CustomerModel>) return kCustomers;
    if constexpr (std::is_same_v<M, ContactModel>) return kContacts;
    if constexpr (std::is_same_v<M, PositionModel>) return kPositions;
  }

  template <class M, class Command>
  engine::Decision<M> Decide(const typename M::State& state, const Command& command,
                             const engine::Context& context) {
    const auto refused = refused_.find(context.name.substr(context.name.find('/') + 1));
    if (refused != refused_.end()) return base::Refused(refused->second, "refused by the test");
    if constexpr (std::is_same_v<M, CustomerModel>) {
      CustomerFacts facts;
      facts.custom_fields = LookUpCustomFields(command.customer(), context, *rows_);
      return M::Decide(state, command, context, facts);
    } else if constexpr (engine::Gathers<M, Command>) {
      return M::Decide(state, command, context, M::Gather(command, context, *rows_));
    } else {
      return M::Decide(state, command, context);
    }
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
    const engine::EventMeta meta{context.time, context.actor, name, revision, 3};
    if constexpr (std::is_same_v<M, ImportModel>) {
      ProjectImport({before.etag().empty() ? nullptr : &before, after, event, meta}, *rows_);
      events_.push_back({name, revision, [event, meta](const engine::Snapshot& snapshot) {
                           return OnImport({event, meta}, snapshot);
                         }});
    }
    if constexpr (std::is_same_v<M, ExportModel>) {
      events_.push_back({name, revision, [event, meta](const engine::Snapshot& snapshot) {
                           return OnExport({event, meta}, snapshot);
                         }});
    }
  }

  // False: no export waits for its moment.
  bool BeginReading() {
    std::vector<v1::Export> waiting;
    rows_->Scan(kExports, "", [&](const v1::Export& exported) {
      if (exported.state() == v1::EXPORT_STATE_RUNNING && ExportModel::NextDue(exported))
        waiting.push_back(exported);
      return true;
    });
    for (const v1::Export& exported : waiting) {
      const absl::Duration to_come =
          *ExportModel::NextDue(exported) - testing::FixedContext<ExportModel>().time;
      waited_ = std::max(waited_, to_come);
      Do<ExportModel>(exported.name(), v1::ExpireExportRequest(), "service:customer");
    }
    return !events_.empty();
  }

  template <class M, class Command>
  bool Try(const Event& event, const std::string& name, const google::protobuf::Message& message) {
    const auto* command = dynamic_cast<const Command*>(&message);
    if (command == nullptr) return false;
    int64_t& mark = marks_[{event.source, name}];
    if (mark >= event.revision) return true;
    const std::string word = Do<M>(name, *command, "service:customer");
    // Not now: it is sent again.
    if (word == "!EXPORT_PARTS_MISSING") return true;
    mark = event.revision;
    if (!word.empty() && word[0] != '!') return true;
    const std::string reaction = kOnImport;
    const std::string reason(absl::StripPrefix(word, "!"));
    ProjectImportRefusal({reaction, event.source, event.revision, name, reason, 3}, *rows_);
    return true;
  }

  void Send(const Event& event, engine::Commands commands, size_t at_most) {
    std::set<std::string> targets;
    for (size_t i = 0; i < std::min(commands.size(), at_most); ++i) {
      const google::protobuf::Message& command = *commands[i];
      if (const auto* notify = dynamic_cast<const v1::NotifyRequest*>(&command)) {
        const std::string reason = v1::NotificationReason_Name(notify->notification().reason());
        const std::string notice =
            absl::StrCat(absl::StripPrefix(reason, "NOTIFICATION_REASON_"), " ", notify->parent());
        if (std::find(notices_.begin(), notices_.end(), notice) == notices_.end())
          notices_.push_back(notice);
        continue;
      }
      const std::string name = NameOf(command);
      base::Check(targets.insert(name).second, "the commands of a reaction have distinct targets");
      const bool known = Try<CustomerModel, v1::CreateCustomerRequest>(event, name, command) ||
                         Try<CustomerModel, v1::ReimportCustomerRequest>(event, name, command) ||
                         Try<ContactModel, v1::CreateContactRequest>(event, name, command) ||
                         Try<ContactModel, v1::ReimportContactRequest>(event, name, command) ||
                         Try<PositionModel, v1::CreatePositionRequest>(event, name, command) ||
                         Try<PositionModel, v1::UpdatePositionRequest>(event, name, command) ||
                         Try<ImportModel, v1::RecordImportCheckRequest>(event, name, command) ||
                         Try<ImportModel, v1::FailImportRequest>(event, name, command) ||
                         Try<ImportModel, v1::ContinueImportRequest>(event, name, command) ||
                         Try<ImportModel, v1::FinishImportRequest>(event, name, command) ||
                         Try<ExportModel, v1::ContinueExportRequest>(event, name, command) ||
                         Try<ExportModel, v1::FinishExportRequest>(event, name, command) ||
                         Try<ExportModel, v1::FailExportRequest>(event, name, command) ||
                         Try<ExportChunkModel, v1::WriteExportChunkRequest>(event, name, command) ||
                         Try<ExportChunkModel, v1::DropExportChunkRequest>(event, name, command);
      base::Check(known, "the command is one of imports and exports");
    }
  }

  static std::string NameOf(const google::protobuf::Message& command) {
    if (const auto* customer = dynamic_cast<const v1::CreateCustomerRequest*>(&command))
      return "customers/" + customer->customer_id();
    if (const auto* contact = dynamic_cast<const v1::CreateContactRequest*>(&command))
      return "contacts/" + contact->contact_id();
    if (const auto* position = dynamic_cast<const v1::CreatePositionRequest*>(&command))
      return position->parent() + "/positions/" + position->position_id();
    if (const auto* position = dynamic_cast<const v1::UpdatePositionRequest*>(&command))
      return position->position().name();
    if (const auto* chunk = dynamic_cast<const v1::WriteExportChunkRequest*>(&command))
      return chunk->parent() + "/exportChunks/" + chunk->export_chunk_id();
    return command.GetReflection()->GetString(command,
                                              command.GetDescriptor()->FindFieldByName("name"));
  }

  std::unique_ptr<testing::FakeRows> rows_ = std::make_unique<testing::FakeRows>(
      kImports, kImportErrors, kImportChunks, kImportStretches, kImportRefusals, kExports,
      kExportChunks, kCustomers, kContacts, kPositions, kCustomerPolicies, kStaff, kRedirects,
      kPools, kCustomFields);
  std::deque<Event> events_;
  std::map<std::pair<std::string, std::string>, int64_t> marks_;
  std::map<std::string, v1::Reason> refused_;
  std::vector<std::string> notices_;
  absl::Duration waited_;  // For moments that were to come.
  bool stop_often_ = false;
  size_t stops_ = 0;
};

}  // namespace crm::customer
