#include "libs/engine/testdata/account.h"

#include "libs/base/check.h"
#include "libs/base/field_mask.h"
#include "libs/base/status.h"
#include "libs/base/timestamp.h"
#include "libs/engine/update.h"

namespace crm::engine::testdata {
namespace {

void ProjectBalances(const Change<AccountModel>& change, Rows& rows) {
  tv1::BalanceCell cell =
      rows.Get(kBalances, std::string("all"), change.meta.partition).value_or(tv1::BalanceCell());
  cell.set_kind("all");
  cell.set_partition(change.meta.partition);
  cell.set_accounts(cell.accounts() + (change.before != nullptr ? 0 : 1));
  cell.set_balance(cell.balance() + change.after.balance() -
                   (change.before != nullptr ? change.before->balance() : 0));
  rows.Put(kBalances, cell);
}

Commands OnAmountAdded(const ForeignEvent<tv1::AccountEvent>& event, const Snapshot& snapshot) {
  Commands commands;
  if (!event.event.has_added() || event.event.added().mirrored()) return commands;
  const auto account = snapshot.Get(kAccounts, event.meta.name);
  if (!account.has_value()) return commands;
  for (const std::string& name : account->mirrors()) {
    auto mirror = std::make_unique<tv1::MirrorAmountRequest>();
    mirror->set_name(name);
    mirror->set_amount(event.event.added().amount());
    commands.push_back(std::move(mirror));
  }
  return commands;
}

Commands OnAmountSent(const ForeignEvent<tv1::AccountEvent>& event, const Snapshot&) {
  Commands commands;
  if (!event.event.has_sent()) return commands;
  auto receive = std::make_unique<tv1::ReceiveAmountRequest>();
  receive->set_name(event.event.sent().to());
  receive->set_amount(event.event.sent().amount());
  commands.push_back(std::move(receive));
  return commands;
}

void ProjectPartners(const ForeignEvent<tv1::AccountEvent>& event, Rows& rows) {
  tv1::PartnerAccount row = rows.Get(kPartners, event.meta.name).value_or(tv1::PartnerAccount());
  row.set_name(event.meta.name);
  row.set_revision(event.meta.revision);
  row.set_balance(row.balance() + event.event.added().amount() + event.event.received().amount() -
                  event.event.sent().amount());
  rows.Put(kPartners, row);
}

template <class Req>
void Add(ServiceDef& service, bool internal) {
  auto command = EraseCommand<AccountModel, Req, void>(*service.aggregates.front(), internal);
  base::Check(command.ok(), command.status().ToString());
  if constexpr (std::is_same_v<Req, AccountModel::Due>)
    service.aggregates.front()->due = command->get();
  const std::string type = (*command)->type;
  service.commands.emplace(type, *std::move(command));
}

}  // namespace

Decision<AccountModel> AccountModel::Decide(const State&, const tv1::CreateAccountRequest& create,
                                            const Context&) {
  if (create.account().title() == "refused")
    return base::Invalid("account.title", "must be another");
  Event event;
  *event.mutable_opened()->mutable_account() = create.account();
  return event;
}

Decision<AccountModel> AccountModel::Decide(const State& state,
                                            const tv1::UpdateAccountRequest& update,
                                            const Context&) {
  const auto changed = ChangedFields(update.account(), update.update_mask(), state);
  if (!changed.ok()) return changed.status();
  if (changed->paths().empty()) return std::nullopt;
  Event event;
  *event.mutable_updated()->mutable_changed() = *changed;
  base::ApplyMask(*changed, update.account(), *event.mutable_updated()->mutable_account());
  return event;
}

Decision<AccountModel> AccountModel::Decide(const State& state, const tv1::AddAmountRequest& add,
                                            const Context&) {
  if (add.amount() == 0) return std::nullopt;
  if (state.balance() + add.amount() < 0) return absl::FailedPreconditionError("below zero");
  Event event;
  event.mutable_added()->set_amount(add.amount());
  return event;
}

Decision<AccountModel> AccountModel::Decide(const State& state, const tv1::SendAmountRequest& send,
                                            const Context&) {
  if (send.amount() <= 0) return base::Invalid("amount", "must be positive");
  if (state.balance() < send.amount()) return absl::FailedPreconditionError("below zero");
  Event event;
  event.mutable_sent()->set_amount(send.amount());
  event.mutable_sent()->set_to(send.to());
  return event;
}

Decision<AccountModel> AccountModel::Decide(const State&, const tv1::ReceiveAmountRequest& receive,
                                            const Context&) {
  Event event;
  event.mutable_received()->set_amount(receive.amount());
  return event;
}

Decision<AccountModel> AccountModel::Decide(const State& state, const tv1::WakeAccountRequest&,
                                            const Context& context) {
  if (!NextDue(state).has_value() || *NextDue(state) > context.time) return std::nullopt;
  if (state.title() == "sleeps on") return std::nullopt;  // Though it is due, and stays so.
  Event event;
  event.mutable_woken();
  return event;
}

Decision<AccountModel> AccountModel::Decide(const State& state,
                                            const tv1::MirrorAmountRequest& mirror,
                                            const Context&) {
  if (state.title() == "busy") return absl::UnavailableError("busy");
  Event event;
  event.mutable_added()->set_amount(mirror.amount());
  event.mutable_added()->set_mirrored(true);
  return event;
}

std::optional<absl::Time> AccountModel::NextDue(const State& state) {
  if (state.wake_after_seconds() == 0 || state.woken() > 0) return std::nullopt;
  return base::TimeOf(state.create_time()) + absl::Seconds(state.wake_after_seconds());
}

void AccountModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kOpened:
      state = event.opened().account();
      return;
    case Event::kUpdated:
      base::ApplyMask(event.updated().changed(), event.updated().account(), state);
      return;
    case Event::kAdded:
      state.set_balance(state.balance() + event.added().amount());
      return;
    case Event::kWoken:
      state.set_woken(state.woken() + 1);
      return;
    case Event::kSent:
      state.set_balance(state.balance() - event.sent().amount());
      return;
    case Event::kReceived:
      state.set_balance(state.balance() + event.received().amount());
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know");
  }
}

ServiceDef MakeAccountService(const AccountServiceOptions& options) {
  ServiceDef service;
  service.name = "test";
  service.package = options.package;
  service.topic = TopicOfPackage(service.package);
  service.tables.push_back(table::Compile(kAccounts));
  service.tables.push_back(table::Compile(kBalances));
  auto aggregate = EraseAggregate<AccountModel>(kAccounts.name);
  base::Check(aggregate.ok(), aggregate.status().ToString());
  service.aggregates.push_back(*std::move(aggregate));
  Add<tv1::CreateAccountRequest>(service, false);
  Add<tv1::UpdateAccountRequest>(service, false);
  Add<tv1::AddAmountRequest>(service, false);
  Add<tv1::SendAmountRequest>(service, false);
  Add<tv1::WakeAccountRequest>(service, true);
  Add<tv1::MirrorAmountRequest>(service, true);
  Add<tv1::ReceiveAmountRequest>(service, true);
  service.aggregates.front()->views.push_back(EraseView<AccountModel>(ProjectBalances));
  service.reactions.push_back(EraseReaction<tv1::AccountEvent>("OnAmountAdded", OnAmountAdded));
  service.reactions.back().topic = service.topic;
  if (options.partner.empty()) return service;
  const std::string partner_topic = TopicOfPackage(options.partner);
  service.tables.push_back(table::Compile(kPartners));
  service.reactions.push_back(EraseReaction<tv1::AccountEvent>("OnAmountSent", OnAmountSent));
  service.reactions.back().topic = partner_topic;
  service.foreigns.push_back(EraseForeign<tv1::AccountEvent>(ProjectPartners));
  service.foreigns.back().topic = partner_topic;
  return service;
}

}  // namespace crm::engine::testdata
