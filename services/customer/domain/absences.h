// The list of somebody's absences: earliest first, no day in two.
#pragma once

#include <google/protobuf/repeated_field.h>

#include "absl/time/civil_time.h"
#include "crm/customer/v1/staff.pb.h"

namespace crm::customer {

using Absences = google::protobuf::RepeatedPtrField<v1::Absence>;

// Whether the first day back is today or earlier.
bool IsOver(const v1::Absence& absence, absl::CivilDay today);
bool SameAbsence(const v1::Absence& a, const v1::Absence& b);
// Whether a day of it is in one that is there.
bool Overlaps(const Absences& absences, const v1::Absence& absence);
// The one that begins on a day; nullptr: none does.
const v1::Absence* BeginningOn(const Absences& absences, absl::CivilDay day);

// Puts one in its place.
void PutAbsence(const v1::Absence& absence, Absences& absences);
// Takes away the one that begins as this one does.
void TakeAbsence(const v1::Absence& absence, Absences& absences);

}  // namespace crm::customer
