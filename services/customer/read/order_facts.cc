#include "services/customer/read/order_facts.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "crm/customer/v1/reason.pb.h"
#include "libs/base/date.h"
#include "libs/base/status.h"
#include "libs/base/timestamp.h"
#include "services/customer/read/redirects.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using base::Nanos;
using sales::v1::OrderEvent;
using sales::v1::OrderTotals;

// More could not be told as a Money.
const Nanos kSumMax = Nanos{std::numeric_limits<int64_t>::max()} * 1'000'000'000;

const absl::CivilDay kEpoch(1970, 1, 1);

int32_t DayNumber(absl::CivilDay day) { return static_cast<int32_t>(day - kEpoch); }
int32_t MonthNumber(absl::CivilDay day) {
  return static_cast<int32_t>(12 * day.year() + day.month() - 1);
}

// Null for events that move no money.
const OrderTotals* TotalsOf(const OrderEvent& event) {
  switch (event.event_case()) {
    case OrderEvent::kRecorded:
      return &event.recorded().totals();
    case OrderEvent::kAmended:
      return &event.amended().totals();
    case OrderEvent::kCancelled:
      return &event.cancelled().totals();
    case OrderEvent::kReturned:
      return &event.returned().totals();
    case OrderEvent::kConfirmed:
    case OrderEvent::kDelivered:
    case OrderEvent::EVENT_NOT_SET:  // A fact that is newer than this reader.
      return nullptr;
  }
  return nullptr;
}

Nanos SumOf(const v1::NanosSum& sum) { return Nanos{sum.high()} * (Nanos{1} << 64) + sum.low(); }

void SetSum(Nanos nanos, v1::NanosSum& sum) {
  sum.set_high(static_cast<int64_t>(nanos >> 64));
  sum.set_low(static_cast<uint64_t>(nanos));
}

Nanos Magnitude(Nanos nanos) { return nanos < 0 ? -nanos : nanos; }

// Adds the fact to its customer's month, or takes it away.
void AddToMonth(const v1::OrderFact& fact, int sign, engine::Rows& rows) {
  if (fact.cancelled()) return;
  const int32_t number = MonthNumber(kEpoch + fact.day());
  const std::string& currency = fact.revenue().currency_code();
  v1::OrderMonth month =
      rows.Get(kOrderMonths, number, fact.customer(), currency).value_or(v1::OrderMonth());
  month.set_month(number);
  month.set_customer(fact.customer());
  month.set_currency_code(currency);
  month.set_order_count(month.order_count() + sign);
  if (month.order_count() == 0) {
    rows.Delete(kOrderMonths, number, fact.customer(), currency);
    return;
  }
  const auto add = [&](const google::type::Money& amount, v1::NanosSum& sum) {
    SetSum(SumOf(sum) + sign * base::NanosOf(amount), sum);
  };
  add(fact.revenue(), *month.mutable_revenue());
  if (fact.has_margin()) {
    month.set_margin_order_count(month.margin_order_count() + sign);
    add(fact.margin(), *month.mutable_margin());
    add(fact.revenue(), *month.mutable_margin_revenue());
    if (month.margin_order_count() == 0) {
      month.clear_margin();
      month.clear_margin_revenue();
    }
  }
  rows.Put(kOrderMonths, month);
}

void AddSums(const OrderSums& more, OrderSums& sums) {
  sums.order_count += more.order_count;
  sums.revenue += more.revenue;
  sums.margin_order_count += more.margin_order_count;
  sums.margin += more.margin;
  sums.margin_revenue += more.margin_revenue;
}

// Collects sums and remembers whether more than one currency was met.
class Adder {
 public:
  void Add(const std::string& customer, const std::string& currency, const OrderSums& more) {
    if (sums_.currency_code.empty()) sums_.currency_code = currency;
    mixed_ = mixed_ || currency != sums_.currency_code;
    revenue_ += Magnitude(more.revenue);
    margin_ += Magnitude(more.margin);
    AddSums(more, sums_.customers[customer]);
  }

  // What merged customers ordered counts for those that stand for them.
  void Redirect(const std::unordered_map<std::string, std::string>& redirects) {
    for (const auto& [customer, survivor] : redirects) {
      const auto found = sums_.customers.find(customer);
      if (found == sums_.customers.end() || survivor == customer) continue;
      const OrderSums moved = found->second;
      sums_.customers.erase(found);
      AddSums(moved, sums_.customers[survivor]);
    }
  }

  absl::StatusOr<PeriodSums> Take() {
    if (mixed_)
      return base::Refused(v1::REASON_CURRENCIES_MIXED,
                           "the orders of the period are in several currencies");
    if (revenue_ > kSumMax || margin_ > kSumMax)
      return base::Refused(v1::REASON_SUM_TOO_LARGE, "the orders add up to more than can be told");
    return std::move(sums_);
  }

 private:
  PeriodSums sums_;
  // Of all, whatever their signs: no sum of some of them is larger.
  Nanos revenue_ = 0;
  Nanos margin_ = 0;
  bool mixed_ = false;
};

OrderSums SumsOf(const v1::OrderMonth& row) {
  return {.order_count = row.order_count(),
          .revenue = SumOf(row.revenue()),
          .margin_order_count = row.margin_order_count(),
          .margin = SumOf(row.margin()),
          .margin_revenue = SumOf(row.margin_revenue())};
}

OrderSums SumsOf(const v1::OrderFact& fact) {
  OrderSums one{.order_count = 1, .revenue = base::NanosOf(fact.revenue())};
  if (fact.has_margin()) {
    one.margin_order_count = 1;
    one.margin = base::NanosOf(fact.margin());
    one.margin_revenue = one.revenue;
  }
  return one;
}

void AddDays(const engine::Snapshot& snapshot, absl::CivilDay start, absl::CivilDay end,
             Adder& adder) {
  for (absl::CivilDay day = start; day < end; ++day) {
    snapshot.Scan(
        kOrderFacts, "by_day",
        [&](const v1::OrderFact& fact) {
          if (fact.cancelled()) return true;
          adder.Add(fact.customer(), fact.revenue().currency_code(), SumsOf(fact));
          return true;
        },
        DayNumber(day));
  }
}

// A longer window holds most of the table, and may be an event's that names any years: then the
// table is walked, not the calendar.
constexpr int64_t kMonthsOneByOneMax = 240;

void AddMonths(const engine::Snapshot& snapshot, absl::CivilMonth start, absl::CivilMonth end,
               Adder& adder) {
  const auto add = [&](const v1::OrderMonth& row) {
    adder.Add(row.customer(), row.currency_code(), SumsOf(row));
    return true;
  };
  if (end - start <= kMonthsOneByOneMax) {
    for (absl::CivilMonth month = start; month < end; ++month) {
      snapshot.Scan(kOrderMonths, "", add, MonthNumber(absl::CivilDay(month)));
    }
    return;
  }
  const int32_t from = MonthNumber(absl::CivilDay(start)), to = MonthNumber(absl::CivilDay(end));
  snapshot.Scan(kOrderMonths, "", [&](const v1::OrderMonth& row) {
    return row.month() < from || (row.month() < to && add(row));
  });
}

void AddDaysOf(const engine::Snapshot& snapshot, const std::string& customer, absl::CivilDay start,
               absl::CivilDay end, Adder& adder) {
  v1::OrderFact before;
  before.set_customer(customer);
  before.set_day(DayNumber(start));
  const int32_t last = DayNumber(end);
  snapshot.ScanAfter(
      kOrderFacts, "by_customer", before,
      [&](const v1::OrderFact& fact) {
        if (fact.day() >= last) return false;
        if (!fact.cancelled()) adder.Add(customer, fact.revenue().currency_code(), SumsOf(fact));
        return true;
      },
      customer);
}

void AddMonthsOf(const engine::Snapshot& snapshot, const std::string& customer, int32_t from,
                 int32_t to, Adder& adder) {
  v1::OrderMonth before;
  before.set_customer(customer);
  before.set_month(from);
  snapshot.ScanAfter(
      kOrderMonths, "by_customer", before,
      [&](const v1::OrderMonth& row) {
        if (row.month() >= to) return false;
        adder.Add(customer, row.currency_code(), SumsOf(row));
        return true;
      },
      customer);
}

}  // namespace

void ProjectOrder(const engine::ForeignEvent<OrderEvent>& order, engine::Rows& rows) {
  const OrderTotals* totals = TotalsOf(order.event);
  if (totals == nullptr) return;
  if (const auto before = rows.Get(kOrderFacts, order.meta.name); before.has_value()) {
    AddToMonth(*before, -1, rows);
  }
  v1::OrderFact fact;
  fact.set_order(order.meta.name);
  fact.set_customer(totals->customer());
  fact.set_day(DayNumber(base::DayOf(totals->order_date())));
  *fact.mutable_revenue() = totals->revenue();
  if (totals->has_margin()) *fact.mutable_margin() = totals->margin();
  fact.set_cancelled(totals->cancelled());
  AddToMonth(fact, +1, rows);
  rows.Put(kOrderFacts, fact);
  if (IsImport(order.event)) {
    v1::OrderImport import;
    import.set_partition(order.meta.partition);
    *import.mutable_import_time() = base::TimestampOf(order.meta.time);
    rows.Put(kOrderImports, import);
  }
}

bool IsImport(const OrderEvent& event) {
  return event.has_recorded() &&
         event.recorded().order().origin() == sales::v1::ORDER_ORIGIN_IMPORTED;
}

std::optional<absl::Time> LastOrderImport(const engine::Snapshot& snapshot) {
  std::optional<absl::Time> last;
  snapshot.Scan(kOrderImports, "", [&](const v1::OrderImport& import) {
    const absl::Time time = base::TimeOf(import.import_time());
    last = last.has_value() ? std::max(*last, time) : time;
    return true;
  });
  return last;
}

absl::StatusOr<PeriodSums> SumOrders(const engine::Snapshot& snapshot, absl::CivilDay start,
                                     absl::CivilDay end) {
  Adder adder;
  const absl::CivilMonth first = start == absl::CivilDay(absl::CivilMonth(start))
                                     ? absl::CivilMonth(start)
                                     : absl::CivilMonth(start) + 1;
  const absl::CivilMonth last(end);  // The month that `end` lies in does not count as a whole.
  if (first >= last) {
    AddDays(snapshot, start, end, adder);
  } else {
    AddDays(snapshot, start, absl::CivilDay(first), adder);
    AddMonths(snapshot, first, last, adder);
    AddDays(snapshot, absl::CivilDay(last), end, adder);
  }
  adder.Redirect(Redirects(snapshot));
  return adder.Take();
}

absl::StatusOr<PeriodSums> SumOrdersOf(const engine::Snapshot& snapshot,
                                       const std::vector<std::string>& customers,
                                       const std::optional<OrderPeriod>& period) {
  Adder adder;
  for (const std::string& customer : customers) {
    if (!period.has_value()) {
      AddMonthsOf(snapshot, customer, std::numeric_limits<int32_t>::min(),
                  std::numeric_limits<int32_t>::max(), adder);
      continue;
    }
    const auto& [start, end] = *period;
    const absl::CivilMonth first = start == absl::CivilDay(absl::CivilMonth(start))
                                       ? absl::CivilMonth(start)
                                       : absl::CivilMonth(start) + 1;
    const absl::CivilMonth last(end);
    if (first >= last) {
      AddDaysOf(snapshot, customer, start, end, adder);
      continue;
    }
    AddDaysOf(snapshot, customer, start, absl::CivilDay(first), adder);
    AddMonthsOf(snapshot, customer, MonthNumber(absl::CivilDay(first)),
                MonthNumber(absl::CivilDay(last)), adder);
    AddDaysOf(snapshot, customer, absl::CivilDay(last), end, adder);
  }
  return adder.Take();
}

std::unordered_set<std::string> OrderedBefore(const engine::Snapshot& snapshot,
                                              absl::CivilDay day) {
  std::unordered_set<std::string> customers;
  const absl::CivilDay month(day.year(), day.month(), 1);
  snapshot.Scan(kOrderMonths, "", [&](const v1::OrderMonth& row) {
    if (row.month() >= MonthNumber(month)) return false;
    customers.insert(row.customer());
    return true;
  });
  for (absl::CivilDay at = month; at < day; ++at) {
    snapshot.Scan(
        kOrderFacts, "by_day",
        [&](const v1::OrderFact& fact) {
          if (!fact.cancelled()) customers.insert(fact.customer());
          return true;
        },
        DayNumber(at));
  }
  for (const auto& [customer, survivor] : Redirects(snapshot)) {
    if (customers.erase(customer) > 0) customers.insert(survivor);
  }
  return customers;
}

}  // namespace crm::customer
