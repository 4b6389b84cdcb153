#include "services/customer/domain/expense.h"

#include <gtest/gtest.h>

#include <string>

#include "libs/testing/decisions.h"
#include "libs/testing/fake_rows.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using testing::CheckDecisions;
using testing::FixedContext;

ExpenseModel::Facts Of(v1::CustomerStatus status) {
  v1::Customer customer;
  customer.set_name("customers/customer-1");
  customer.set_status(status);
  return {customer};
}

std::string Expense(const std::string& rest) {
  return "parent: 'customers/customer-1' expense { " + rest + " }";
}

constexpr char kDinner[] =
    "kind: EXPENSE_KIND_HOSPITALITY amount { currency_code: 'USD' units: 80 } "
    "expense_date { year: 2026 month: 3 day: 1 } ";

TEST(RecordExpense, Rules) {
  const std::string dinner = kDinner;
  CheckDecisions<ExpenseModel, v1::RecordExpenseRequest>(
      {
          {"records who said so",
           {},
           Expense(dinner),
           "recorded { expense { " + dinner + "staff: 'tester' } }"},
          {"records who spent it",
           {},
           Expense(dinner + "staff: 'ann' about: 'activities/7'"),
           "recorded { expense { " + dinner + "staff: 'ann' about: 'activities/7' } }"},
          {"needs a kind",
           {},
           Expense("amount { currency_code: 'USD' units: 80 } expense_date { year: 2026 month: 3 "
                   "day: 1 }"),
           "!field:expense.kind"},
          {"needs an amount",
           {},
           Expense("kind: EXPENSE_KIND_GIFT expense_date { year: 2026 month: 3 day: 1 }"),
           "!field:expense.amount.currency_code"},
          {"refuses another currency",
           {},
           Expense("kind: EXPENSE_KIND_GIFT amount { currency_code: 'EUR' units: 80 } expense_date "
                   "{ year: 2026 month: 3 day: 1 }"),
           "!field:expense.amount.currency_code"},
          {"needs a day",
           {},
           Expense("kind: EXPENSE_KIND_GIFT amount { currency_code: 'USD' units: 80 }"),
           "!field:expense.expense_date"},
          {"refuses tomorrow",
           {},
           Expense("kind: EXPENSE_KIND_GIFT amount { currency_code: 'USD' units: 80 } expense_date "
                   "{ year: 2026 month: 3 day: 3 }"),
           "!field:expense.expense_date"},
          {"refuses staff that is none",
           {},
           Expense(dinner + "staff: 'Ann B'"),
           "!field:expense.staff"},
      },
      FixedContext<ExpenseModel>(), Of(v1::CUSTOMER_STATUS_ACTIVE));
  CheckDecisions<ExpenseModel, v1::RecordExpenseRequest>(
      {{"refuses an erased customer", {}, Expense(dinner), "!CUSTOMER_ERASED"}},
      FixedContext<ExpenseModel>(), Of(v1::CUSTOMER_STATUS_ERASED));
}

TEST(RecordExpense, NamesWhatThereIs) {
  using testing::ParseText;
  engine::Context context = FixedContext<ExpenseModel>();
  testing::FakeRows rows(kCustomers, kStaff, kRedirects);
  rows.Put(kCustomers, ParseText<v1::Customer>("name: 'customers/customer-1'"));
  rows.Put(kStaff, ParseText<v1::Staff>("name: 'staff/ann'"));
  rows.Put(kRedirects,
           ParseText<v1::Redirect>("customer: 'customers/old' survivor: 'customers/customer-1'"));
  const auto said = [&](const std::string& rest) {
    const auto record = ParseText<v1::RecordExpenseRequest>(Expense(kDinner + rest));
    return testing::WordOf(
        ExpenseModel::Decide({}, record, context, ExpenseModel::Gather(record, context, rows)));
  };
  EXPECT_EQ(said("staff: 'ann'"), "recorded");
  EXPECT_EQ(said("staff: 'ghost'"), "!STAFF_UNKNOWN");
  EXPECT_EQ(said("about: 'activities/a'"), "recorded");
  EXPECT_EQ(said("about: 'customers/customer-1'"), "recorded");
  EXPECT_EQ(said("about: 'customers/customer-1/opportunities/o'"), "recorded");
  EXPECT_EQ(said("about: 'customers/old/opportunities/o'"), "recorded") << "it was merged in";
  EXPECT_EQ(said("about: 'customers/s1/opportunities/o'"), "!field:expense.about");
  EXPECT_EQ(said("about: 'zzz'"), "!field:expense.about");
  EXPECT_EQ(said("about: 'activities/A b'"), "!field:expense.about");
  EXPECT_EQ(said("about: '7/a'"), "!field:expense.about");
  context.actor = "service:customer";
  EXPECT_EQ(said("staff: 'ghost'"), "recorded") << "it was recorded elsewhere";
}

TEST(RecordExpense, NeedsItsCustomer) {
  const testing::FakeRows rows(kCustomers);
  v1::RecordExpenseRequest record;
  record.set_parent("customers/nobody");
  const auto context = FixedContext<ExpenseModel>();
  const auto facts = ExpenseModel::Gather(record, context, rows);
  EXPECT_EQ(ExpenseModel::Decide({}, record, context, facts).status().code(),
            absl::StatusCode::kNotFound);
}

TEST(VoidExpense, Rules) {
  const std::string recorded = std::string("recorded { expense { ") + kDinner + " } }";
  const std::string voided = "voided { reason: 'paid by them' }";
  CheckDecisions<ExpenseModel, v1::VoidExpenseRequest>({
      {"says why", {recorded}, "reason: 'paid by them'", voided},
      {"is quiet the second time", {recorded, voided}, "reason: 'paid by them'", ""},
      {"refuses another reason", {recorded, voided}, "reason: 'twice'", "!EXPENSE_VOIDED"},
      {"needs a reason", {recorded}, "reason: ' '", "!field:reason"},
  });
}

}  // namespace
}  // namespace crm::customer
