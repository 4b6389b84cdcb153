#include "services/customer/domain/absences.h"

#include <gmock/gmock.h>

#include "libs/base/date.h"
#include "libs/testing/matchers.h"

namespace crm::customer {
namespace {

v1::Absence From(int first, int back) {
  v1::Absence absence;
  *absence.mutable_period()->mutable_start() = base::DateOf(absl::CivilDay(2026, 3, first));
  *absence.mutable_period()->mutable_end() = base::DateOf(absl::CivilDay(2026, 3, back));
  absence.set_kind(v1::ABSENCE_KIND_VACATION);
  return absence;
}

std::vector<int> FirstDays(const Absences& absences) {
  std::vector<int> days;
  for (const v1::Absence& absence : absences) days.push_back(absence.period().start().day());
  return days;
}

TEST(Absences, StandInTheOrderOfTheirDays) {
  Absences absences;
  for (const int first : {20, 5, 12, 1}) PutAbsence(From(first, first + 2), absences);
  EXPECT_THAT(FirstDays(absences), ::testing::ElementsAre(1, 5, 12, 20));
  TakeAbsence(From(12, 30), absences);
  TakeAbsence(From(13, 30), absences);
  EXPECT_THAT(FirstDays(absences), ::testing::ElementsAre(1, 5, 20));
  EXPECT_EQ(BeginningOn(absences, absl::CivilDay(2026, 3, 2)), nullptr);
  EXPECT_EQ(BeginningOn(absences, absl::CivilDay(2026, 3, 5)), &absences[1]);
}

// The first day back is free: one may end and the next begin on it.
TEST(Absences, OverlapOnACommonDayOnly) {
  Absences absences;
  PutAbsence(From(10, 12), absences);
  EXPECT_FALSE(Overlaps(absences, From(8, 10)));
  EXPECT_TRUE(Overlaps(absences, From(8, 11)));
  EXPECT_TRUE(Overlaps(absences, From(11, 12)));
  EXPECT_TRUE(Overlaps(absences, From(9, 14)));
  EXPECT_FALSE(Overlaps(absences, From(12, 14)));
}

TEST(Absences, AreOverOnTheFirstDayBack) {
  EXPECT_FALSE(IsOver(From(10, 12), absl::CivilDay(2026, 3, 11)));
  EXPECT_TRUE(IsOver(From(10, 12), absl::CivilDay(2026, 3, 12)));
}

}  // namespace
}  // namespace crm::customer
