#include "services/customer/read/programme_members.h"

#include <functional>

#include "libs/base/date.h"
#include "libs/base/hash.h"
#include "libs/base/resource_name.h"
#include "libs/base/timestamp.h"
#include "libs/engine/update.h"
#include "services/customer/read/interview_tables.h"

namespace crm::customer {
namespace {

using Fits = std::function<bool(const v1::ProgrammeMember&, const v1::InterviewProgramme&)>;

// Whether a programme that was not cancelled, and the customer's part in it, fit.
bool HasPart(const std::string& customer, const engine::Snapshot& snapshot, const Fits& fits) {
  bool found = false;
  snapshot.Scan(
      kProgrammeMembers, "by_customer",
      [&](const v1::ProgrammeMember& member) {
        const auto programme = snapshot.Get(kInterviewProgrammes, base::ParentOf(member.name()));
        found = programme.has_value() && programme->status() != v1::PROGRAMME_STATUS_CANCELLED &&
                fits(member, *programme);
        return !found;
      },
      customer);
  return found;
}

}  // namespace

void ProjectProgrammeMembers(const engine::Change<InterviewProgrammeModel>& change,
                             engine::Rows& rows) {
  if (!change.event.has_book_drawn()) return;
  const v1::ProgrammeBookDrawn& drawn = change.event.book_drawn();
  for (const v1::DrawnCustomer& customer : drawn.customers()) {
    v1::ProgrammeMember member;
    member.set_name(change.meta.name + "/programmeMembers/" +
                    std::string(base::LastIdOf(customer.customer())));
    member.set_etag(engine::EtagOf(change.meta.revision));
    *member.mutable_create_time() = *member.mutable_update_time() =
        base::TimestampOf(change.meta.time);
    member.set_customer(customer.customer());
    member.set_staff(drawn.staff());
    member.set_group(customer.group());
    if (customer.has_planned_time()) {
      *member.mutable_planned_time() = customer.planned_time();
      member.set_interview(customer.customer() + "/interviews/" +
                           ProgrammeInterviewId(change.meta.name, customer.customer()));
    }
    rows.Put(kProgrammeMembers, member);
  }
}

std::string ProgrammeInterviewId(const std::string& programme, const std::string& customer) {
  return base::DeriveId({"programme interview", programme, customer});
}

bool IsControl(const std::string& customer, absl::CivilDay today,
               const engine::Snapshot& snapshot) {
  return HasPart(customer, snapshot,
                 [&](const v1::ProgrammeMember& member, const v1::InterviewProgramme& programme) {
                   return member.group() == v1::PROGRAMME_GROUP_CONTROL &&
                          today < base::DayOf(programme.period().end());
                 });
}

bool IsDrawnElsewhere(const std::string& customer, const common::v1::Period& period,
                      const std::string& but, const engine::Snapshot& snapshot) {
  return HasPart(customer, snapshot,
                 [&](const v1::ProgrammeMember&, const v1::InterviewProgramme& programme) {
                   return programme.name() != but &&
                          base::DayOf(programme.period().start()) < base::DayOf(period.end()) &&
                          base::DayOf(period.start()) < base::DayOf(programme.period().end());
                 });
}

}  // namespace crm::customer
