// Expense: money that was spent on a customer. Recorded, and voided when it was none.
// Pure: no I/O, no clock, no randomness.
#pragma once

#include <optional>

#include "crm/customer/v1/customer_resource.pb.h"
#include "crm/customer/v1/expense.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

struct ExpenseModel {
  using State = v1::Expense;
  using Event = v1::ExpenseEvent;

  // The customer that it hangs on, of the same key.
  struct Facts {
    std::optional<v1::Customer> customer;
  };

  static Facts Gather(const v1::RecordExpenseRequest&, const engine::Context&,
                      const engine::Snapshot&);
  // NOT_FOUND: no such customer. Refuses CUSTOMER_ERASED.
  static engine::Decision<ExpenseModel> Decide(const State&, const v1::RecordExpenseRequest&,
                                               const engine::Context&, const Facts&);
  // Refuses EXPENSE_VOIDED.
  static engine::Decision<ExpenseModel> Decide(const State&, const v1::VoidExpenseRequest&,
                                               const engine::Context&);

  static void Evolve(State& state, const Event& event);
};

}  // namespace crm::customer
