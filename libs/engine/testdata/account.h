// A service of one aggregate, for tests of the engine: accounts that hold an amount.
#pragma once

#include "crm/enginetest/v1/account.pb.h"
#include "libs/engine/erase.h"

namespace crm::engine::testdata {

namespace tv1 = ::crm::enginetest::v1;

struct AccountModel {
  using State = tv1::Account;
  using Event = tv1::AccountEvent;
  using Due = tv1::WakeAccountRequest;

  static Decision<AccountModel> Decide(const State&, const tv1::CreateAccountRequest&,
                                       const Context&);
  static Decision<AccountModel> Decide(const State&, const tv1::UpdateAccountRequest&,
                                       const Context&);
  static Decision<AccountModel> Decide(const State&, const tv1::AddAmountRequest&, const Context&);
  static Decision<AccountModel> Decide(const State&, const tv1::SendAmountRequest&, const Context&);
  static Decision<AccountModel> Decide(const State&, const tv1::WakeAccountRequest&,
                                       const Context&);
  static Decision<AccountModel> Decide(const State&, const tv1::MirrorAmountRequest&,
                                       const Context&);
  static Decision<AccountModel> Decide(const State&, const tv1::ReceiveAmountRequest&,
                                       const Context&);
  static std::optional<absl::Time> NextDue(const State& state);
  static void Evolve(State& state, const Event& event);
};

inline constexpr table::TableSpec<tv1::Account> kAccounts{
    .name = "accounts", .key = {"name"}, .indexes = {{.name = "by_title", .fields = {"title"}}}};
inline constexpr table::TableSpec<tv1::BalanceCell> kBalances{.name = "balances",
                                                              .key = {"kind", "partition"}};
inline constexpr table::TableSpec<tv1::PartnerAccount> kPartners{.name = "partners",
                                                                 .key = {"name"}};

struct AccountServiceOptions {
  std::string package = "crm.enginetest.v1";
  // The service that accounts send amounts to and receive them from; empty: none.
  std::string partner;
};

// All of it, with a view and a reaction of its own log: what is added to an account with mirrors is
// added to each mirror too. With a partner also a reaction to what that sent here, and a table of
// its accounts.
ServiceDef MakeAccountService(const AccountServiceOptions& options = {});

}  // namespace crm::engine::testdata
