// Expense: money that was spent on a customer. Recorded, and voided when it was none.
// Pure: no I/O, no clock, no randomness.
#pragma once

#include <optional>

#include "absl/status/status.h"
#include "crm/customer/v1/customer_resource.pb.h"
#include "crm/customer/v1/expense.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

struct ExpenseModel {
  using State = v1::Expense;
  using Event = v1::ExpenseEvent;

  // The customer that it hangs on, of the same key; the rest of other keys, so it may be behind.
  struct Facts {
    std::optional<v1::Customer> customer;
    absl::Status staff = {};  // Why the one cannot be who is named, by hand.
    bool of_another = false;  // What it is about hangs on another customer, also by merges.
  };

  static Facts Gather(const v1::RecordExpenseRequest&, const engine::Context&,
                      const engine::Snapshot&);
  // kInvalidArgument; NOT_FOUND: no such customer. Refuses CUSTOMER_ERASED, STAFF_UNKNOWN.
  static engine::Decision<ExpenseModel> Decide(const State&, const v1::RecordExpenseRequest&,
                                               const engine::Context&, const Facts&);
  // Refuses EXPENSE_VOIDED.
  static engine::Decision<ExpenseModel> Decide(const State&, const v1::VoidExpenseRequest&,
                                               const engine::Context&);

  static void Evolve(State& state, const Event& event);
};

}  // namespace crm::customer
