#include "services/customer/domain/absences.h"

#include "libs/base/date.h"

namespace crm::customer {
namespace {

absl::CivilDay Start(const v1::Absence& absence) { return base::DayOf(absence.period().start()); }
absl::CivilDay End(const v1::Absence& absence) { return base::DayOf(absence.period().end()); }

}  // namespace

bool IsOver(const v1::Absence& absence, absl::CivilDay today) { return End(absence) <= today; }

bool SameAbsence(const v1::Absence& a, const v1::Absence& b) {
  return Start(a) == Start(b) && End(a) == End(b) && a.kind() == b.kind() &&
         a.deputy() == b.deputy();
}

bool Overlaps(const Absences& absences, const v1::Absence& absence) {
  for (const v1::Absence& other : absences) {
    if (Start(other) < End(absence) && Start(absence) < End(other)) return true;
  }
  return false;
}

const v1::Absence* BeginningOn(const Absences& absences, absl::CivilDay day) {
  for (const v1::Absence& absence : absences) {
    if (Start(absence) == day) return &absence;
  }
  return nullptr;
}

void PutAbsence(const v1::Absence& absence, Absences& absences) {
  *absences.Add() = absence;
  for (int i = absences.size() - 1; i > 0 && Start(absences[i]) < Start(absences[i - 1]); --i) {
    absences.SwapElements(i, i - 1);
  }
}

void TakeAbsence(const v1::Absence& absence, Absences& absences) {
  for (int i = 0; i < absences.size(); ++i) {
    if (Start(absences[i]) != Start(absence)) continue;
    absences.DeleteSubrange(i, 1);
    return;
  }
}

}  // namespace crm::customer
