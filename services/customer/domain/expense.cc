#include "services/customer/domain/expense.h"

#include <string>

#include "crm/customer/v1/reason.pb.h"
#include "libs/base/check.h"
#include "libs/base/date.h"
#include "libs/base/money.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "services/customer/domain/checks.h"
#include "services/customer/domain/references.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using base::Invalid;
using Event = ExpenseModel::Event;

absl::Status CheckExpense(const v1::Expense& expense, const engine::Context& context) {
  if (expense.kind() == v1::EXPENSE_KIND_UNSPECIFIED || !v1::ExpenseKind_IsValid(expense.kind()))
    return Invalid("expense.kind", "must be one of the list");
  if (absl::Status s = base::CheckPositive("expense.amount", expense.amount()); !s.ok()) return s;
  if (absl::Status s =
          base::CheckCurrency("expense.amount", expense.amount(), context.reporting_currency);
      !s.ok())
    return s;
  if (absl::Status s = base::CheckDate("expense.expense_date", expense.expense_date()); !s.ok())
    return s;
  if (base::DayOf(expense.expense_date()) > context.business_date)
    return Invalid("expense.expense_date", "must not be later than the business date");
  if (!expense.staff().empty() && !base::IsResourceId(expense.staff()))
    return Invalid("expense.staff", "must be an id of staff");
  return CheckAnyName("expense.about", expense.about());
}

}  // namespace

ExpenseModel::Facts ExpenseModel::Gather(const v1::RecordExpenseRequest& record,
                                         const engine::Context& context,
                                         const engine::Snapshot& snapshot) {
  Facts facts{.customer = snapshot.Get(kCustomers, record.parent())};
  if (IsByHand(context.actor)) facts.staff = RefusedStaff(record.expense().staff(), "", snapshot);
  const std::string about = CustomerIn(record.expense().about());
  facts.of_another = !about.empty() && about != record.parent() &&
                     SurvivorOf(about, snapshot) != SurvivorOf(record.parent(), snapshot);
  return facts;
}

engine::Decision<ExpenseModel> ExpenseModel::Decide(const State&,
                                                    const v1::RecordExpenseRequest& record,
                                                    const engine::Context& context,
                                                    const Facts& facts) {
  if (!facts.customer.has_value()) return base::NotFound(record.parent());
  if (absl::Status s = CheckNotErased(facts.customer->status()); !s.ok()) return s;
  Event event;
  v1::Expense& expense = *event.mutable_recorded()->mutable_expense();
  expense = record.expense();
  if (expense.staff().empty()) expense.set_staff(StaffOfActor(context.actor));
  if (absl::Status s = CheckExpense(expense, context); !s.ok()) return s;
  if (facts.of_another) return Invalid("expense.about", "must not be another customer's");
  if (!facts.staff.ok()) return facts.staff;
  return event;
}

engine::Decision<ExpenseModel> ExpenseModel::Decide(const State& expense,
                                                    const v1::VoidExpenseRequest& voided,
                                                    const engine::Context&) {
  if (base::IsBlank(voided.reason())) return Invalid("reason", "must be given");
  if (expense.void_reason() == voided.reason()) return std::nullopt;
  if (!expense.void_reason().empty())
    return base::Refused(v1::REASON_EXPENSE_VOIDED, "the expense was voided for another reason");
  Event event;
  event.mutable_voided()->set_reason(voided.reason());
  return event;
}

void ExpenseModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kRecorded:
      state = event.recorded().expense();
      return;
    case Event::kVoided:
      state.set_void_reason(event.voided().reason());
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

}  // namespace crm::customer
