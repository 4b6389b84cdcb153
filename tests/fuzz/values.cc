// Amounts, days, moments, texts and names of other systems' things. Input: what it is, then its
// message or text.
#include <google/protobuf/message.h>
#include <google/type/date.pb.h>
#include <google/type/money.pb.h>

#include <string>

#include "libs/base/check.h"
#include "libs/base/date.h"
#include "libs/base/external_id.h"
#include "libs/base/money.h"
#include "libs/base/text.h"
#include "libs/base/timestamp.h"
#include "libs/base/utf8.h"
#include "libs/text/fold.h"
#include "libs/text/pinyin.h"
#include "libs/text/utf32.h"
#include "tests/fuzz/fuzz.h"

namespace crm::fuzz {
namespace {

using google::type::Money;

template <class T>
T Parsed(std::string_view bytes) {
  T message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) message.Clear();
  return message;
}

void CheckAmounts(const Money& a, Money b, uint8_t part) {
  if (!base::CheckMoney("a", a).ok()) return;
  base::Check(base::SameMoney(base::MoneyOf(base::NanosOf(a), a.currency_code()), a),
              "an amount is its nanos");
  if (base::NanosOf(a) >= 0) {
    base::Check(base::NanosOf(base::ShareOf(a, part, 255)) <= base::NanosOf(a), "a part is less");
    base::Check(base::NanosOf(base::ShareOf(a, 0, 255)) == 0, "no part is nothing");
  }
  b.set_currency_code(a.currency_code());
  if (!base::CheckMoney("b", b).ok()) return;
  const Money sum = base::Plus(a, b);
  base::Check(base::SameMoney(sum, base::Plus(b, a)), "sums commute");
  base::Check(base::SameMoney(base::Minus(sum, b), a), "minus undoes plus");
}

void CheckDay(const google::type::Date& date) {
  base::DayOf(date);
  if (!base::CheckDate("d", date).ok()) return;
  const google::type::Date again = base::DateOf(base::DayOf(date));
  base::Check(
      again.year() == date.year() && again.month() == date.month() && again.day() == date.day(),
      "a day that exists is itself");
}

void CheckMoment(const google::protobuf::Timestamp& timestamp) {
  const absl::Time time = base::TimeOf(timestamp);
  if (time == absl::InfiniteFuture() || time == absl::InfinitePast()) return;
  const google::protobuf::Timestamp again = base::TimestampOf(time);
  base::Check(again.nanos() >= 0 && again.nanos() < 1'000'000'000, "nanos of one second");
  base::Check(base::TimeOf(again) == time, "a moment is itself");
}

void CheckText(std::string_view text, size_t most) {
  const std::string cut = base::ToUtf8(text, most);
  base::Check(cut.size() <= most && base::IsUtf8(cut), "what is cut is UTF-8");
  base::Check(base::ToUtf8(cut, most) == cut, "and stays as it is");
  if (!base::IsUtf8(text)) return;
  base::Check(base::ToUtf8(text, text.size()) == text, "UTF-8 that fits is not touched");
  base::IsBlank(text);
  base::HasControls(text);
  const std::u32string folded = text::Fold(text);
  base::Check(text::Fold(text::ToUtf8(folded)) == folded, "what is folded stays so");
  base::Check(text::ReadingsOfName(folded).size() == folded.size(), "readings of each character");
}

}  // namespace

void Target(std::string_view bytes) {
  Input input(bytes);
  switch (input.Below(5)) {
    case 0: {
      const uint8_t part = input.Byte();
      const Money a = Parsed<Money>(input.Text());
      return CheckAmounts(a, Parsed<Money>(input.Rest()), part);
    }
    case 1:
      return CheckDay(Parsed<google::type::Date>(input.Rest()));
    case 2:
      return CheckMoment(Parsed<google::protobuf::Timestamp>(input.Rest()));
    case 3: {
      const size_t most = input.Byte();
      return CheckText(input.Rest(), most);
    }
    default: {
      const auto id = Parsed<common::v1::ExternalId>(input.Rest());
      base::CheckExternalId("id", id).IgnoreError();
      base::Check(base::SameExternalId(id, id), "a name is itself");
    }
  }
}

}  // namespace crm::fuzz
