#include "services/customer/domain/interview_programme.h"

#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <set>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/reason.pb.h"
#include "libs/base/check.h"
#include "libs/base/date.h"
#include "libs/base/field_mask.h"
#include "libs/base/hash.h"
#include "libs/base/resource_name.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/base/timestamp.h"
#include "libs/engine/update.h"
#include "services/customer/domain/follow_up_policy.h"
#include "services/customer/domain/interview_checks.h"
#include "services/customer/domain/listed.h"
#include "services/customer/domain/periods.h"
#include "services/customer/domain/references.h"
#include "services/customer/read/interview_tables.h"
#include "services/customer/read/programme_draw.h"

namespace crm::customer {
namespace {

using base::Invalid;
using Event = InterviewProgrammeModel::Event;

absl::Status Closed() {
  return base::Refused(v1::REASON_PROGRAMME_CLOSED, "the programme is no draft any more");
}

absl::Status CheckManagers(const v1::InterviewProgramme& programme) {
  if (programme.managers().empty())
    return Invalid("interview_programme.managers", "must be at least one");
  std::set<std::string_view> seen;
  for (int i = 0; i < programme.managers_size(); ++i) {
    const v1::ProgrammeManager& manager = programme.managers(i);
    const std::string field = absl::StrCat("interview_programme.managers[", i, "]");
    if (!base::IsResourceId(manager.staff()) || !seen.insert(manager.staff()).second)
      return Invalid(field + ".staff", "must be an id of staff, none twice");
    if (manager.quota() < 1 || manager.quota() > 1'000)
      return Invalid(field + ".quota", "must be 1 to 1,000");
  }
  return absl::OkStatus();
}

absl::Status CheckSelection(const v1::ProgrammeSelection& selection) {
  const std::string field = "interview_programme.selection.";
  absl::Status s = CheckListed<v1::Tier_IsValid>(field + "tiers", selection.tiers(), true);
  if (s.ok()) s = CheckListed<v1::CustomerStatus_IsValid>(field + "statuses", selection.statuses());
  if (s.ok()) s = CheckListed<v1::CustomerKind_IsValid>(field + "kinds", selection.kinds());
  if (!s.ok()) return s;
  for (const int status : selection.statuses()) {
    if (status == v1::CUSTOMER_STATUS_ERASED)
      return Invalid(field + "statuses", "must not be those who were erased");
  }
  if (selection.quiet_months() < 0 || selection.quiet_months() > 120)
    return Invalid(field + "quiet_months", "must be 0 to 120");
  return absl::OkStatus();
}

absl::Status CheckProgramme(const v1::InterviewProgramme& programme) {
  if (base::IsBlank(programme.title()))
    return Invalid("interview_programme.title", "must be given");
  absl::Status s =
      CheckRunOfDays("interview_programme.period", programme.period(), kProgrammeDaysMax);
  if (s.ok()) s = CheckManagers(programme);
  if (s.ok()) s = CheckSelection(programme.selection());
  if (!s.ok()) return s;
  if (programme.control_share_bps() < 0 || programme.control_share_bps() > 9'000)
    return Invalid("interview_programme.control_share_bps", "must be 0 to 9,000");
  if (!v1::ProgrammeSampling_IsValid(programme.sampling()))
    return Invalid("interview_programme.sampling", "must be one of the list");
  if (programme.daily_interviews_max() < 0 || programme.daily_interviews_max() > 50)
    return Invalid("interview_programme.daily_interviews_max", "must be 0 to 50");
  return CheckName("interview_programme.script", "interviewScripts", programme.script());
}

// What is not said means the default; it is written down, so that a new default does not change an
// old programme.
void FillIn(v1::InterviewProgramme& programme) {
  if (programme.script().empty()) programme.set_script(kStandardInterviewScript);
  if (programme.sampling() == v1::PROGRAMME_SAMPLING_UNSPECIFIED)
    programme.set_sampling(v1::PROGRAMME_SAMPLING_RANDOM);
  if (programme.daily_interviews_max() == 0)
    programme.set_daily_interviews_max(kDailyInterviewsDefault);
  for (v1::ProgrammeManager& manager : *programme.mutable_managers()) {
    manager.clear_candidate_count();
    manager.clear_treated_count();
    manager.clear_control_count();
  }
}

bool IsSeed(std::string_view seed) {
  return seed.size() >= 16 && seed.size() <= 64 &&
         seed.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// Nobody knows it beforehand, but whoever can choose a request_id and a moment could try some: who
// must not, gives a seed of a source that others trust.
std::string SeedOf(const v1::PlanInterviewsRequest& plan, const engine::Context& context) {
  if (!plan.seed().empty()) return plan.seed();
  return base::Sha256Hex(absl::StrCat(context.name, "\n", context.request_id, "\n",
                                      absl::ToUnixNanos(context.time)))
      .substr(0, 32);
}

void AddUp(v1::InterviewProgramme& programme) {
  int treated = 0, control = 0;
  for (const v1::ProgrammeManager& manager : programme.managers()) {
    treated += manager.treated_count();
    control += manager.control_count();
  }
  programme.set_treated_count(treated);
  programme.set_control_count(control);
}

void EvolveBook(const v1::ProgrammeBookDrawn& drawn, v1::InterviewProgramme& state) {
  state.set_books_drawn(drawn.book() + 1);
  if (drawn.last()) state.set_status(v1::PROGRAMME_STATUS_PLANNED);
  if (drawn.book() < 0 || drawn.book() >= state.managers_size()) return;
  v1::ProgrammeManager& manager = *state.mutable_managers(drawn.book());
  int treated = 0;
  for (const v1::DrawnCustomer& customer : drawn.customers()) {
    if (customer.group() == v1::PROGRAMME_GROUP_TREATED) ++treated;
  }
  manager.set_candidate_count(drawn.candidate_count());
  manager.set_treated_count(treated);
  manager.set_control_count(drawn.customers_size() - treated);
  AddUp(state);
}

// One manager's part as it would be drawn now; a refusal when it cannot be.
absl::Status Expect(const v1::InterviewProgramme& programme, v1::ProgrammeManager& manager,
                    const v1::FollowUpPolicy& policy, const engine::Context& context,
                    const engine::Snapshot& snapshot) {
  RefusedReferences refused;
  const absl::CivilDay first =
      std::max(context.business_date, base::DayOf(programme.period().start()));
  NoteStaff("staff", "staff/" + manager.staff(), first, snapshot, refused);
  if (absl::Status s = RefusedAt(refused, "staff"); !s.ok()) return s;
  const auto candidates = CandidatesOf(programme, manager.staff(), context, snapshot);
  const int count = static_cast<int>(candidates.size());
  const int members = std::min(count, manager.quota());
  manager.set_candidate_count(count);
  manager.set_control_count(ControlCount(members, programme.control_share_bps()));
  manager.set_treated_count(members - manager.control_count());
  int free = 0;
  for (const FreeDay& day : FreeDaysOf(programme, manager.staff(), policy, context, snapshot))
    free += day.free;
  if (free < manager.treated_count())
    return base::Refused(v1::REASON_PROGRAMME_TOO_TIGHT, "too few working days for the interviews",
                         {{"staff", manager.staff()},
                          {"interviews", std::to_string(manager.treated_count())},
                          {"free", std::to_string(free)}});
  return absl::OkStatus();
}

absl::Status RefusedManagers(const v1::InterviewProgramme& programme,
                             const v1::InterviewProgramme& before, const engine::Context& context,
                             const engine::Snapshot& snapshot) {
  if (!IsByHand(context.actor)) return absl::OkStatus();
  std::set<std::string_view> known;
  for (const v1::ProgrammeManager& manager : before.managers()) known.insert(manager.staff());
  for (const v1::ProgrammeManager& manager : programme.managers()) {
    if (known.count(manager.staff()) > 0) continue;
    if (absl::Status s = RefusedStaff(manager.staff(), "", snapshot); !s.ok()) return s;
  }
  return absl::OkStatus();
}

}  // namespace

InterviewProgrammeModel::ManagerFacts InterviewProgrammeModel::Gather(
    const v1::CreateInterviewProgrammeRequest& create, const engine::Context& context,
    const engine::Snapshot& snapshot) {
  return {RefusedManagers(create.interview_programme(), {}, context, snapshot)};
}

engine::Decision<InterviewProgrammeModel> InterviewProgrammeModel::Decide(
    const State&, const v1::CreateInterviewProgrammeRequest& create, const engine::Context&,
    const ManagerFacts& facts) {
  Event event;
  v1::InterviewProgramme& programme = *event.mutable_created()->mutable_interview_programme();
  programme = create.interview_programme();
  FillIn(programme);
  if (absl::Status s = CheckProgramme(programme); !s.ok()) return s;
  if (!facts.staff.ok()) return facts.staff;
  programme.set_status(v1::PROGRAMME_STATUS_DRAFT);
  return event;
}

InterviewProgrammeModel::ManagerFacts InterviewProgrammeModel::Gather(
    const v1::UpdateInterviewProgrammeRequest& update, const engine::Context& context,
    const engine::Snapshot& snapshot) {
  const v1::InterviewProgramme& programme = update.interview_programme();
  const auto before = snapshot.Get(kInterviewProgrammes, programme.name());
  return {RefusedManagers(programme, before.value_or(v1::InterviewProgramme()), context, snapshot)};
}

engine::Decision<InterviewProgrammeModel> InterviewProgrammeModel::Decide(
    const State& programme, const v1::UpdateInterviewProgrammeRequest& update,
    const engine::Context&, const ManagerFacts& facts) {
  const auto changed =
      engine::ChangedFields(update.interview_programme(), update.update_mask(), programme);
  if (!changed.ok()) return changed.status();
  if (changed->paths().empty()) return std::nullopt;
  State next = programme;
  base::ApplyMask(*changed, update.interview_programme(), next);
  const bool only_title = changed->paths_size() == 1 && changed->paths(0) == "title";
  if (programme.status() != v1::PROGRAMME_STATUS_DRAFT && !only_title) return Closed();
  if (!only_title) FillIn(next);
  if (absl::Status s = CheckProgramme(next); !s.ok()) return s;
  if (base::MaskTouches(*changed, "managers") && !facts.staff.ok()) return facts.staff;
  if (google::protobuf::util::MessageDifferencer::Equals(next, programme)) return std::nullopt;
  Event event;
  v1::InterviewProgrammeUpdated& updated = *event.mutable_updated();
  *updated.mutable_changed() = *changed;
  base::ApplyMask(*changed, next, *updated.mutable_interview_programme());
  return event;
}

InterviewProgrammeModel::PlanFacts InterviewProgrammeModel::Gather(
    const v1::PlanInterviewsRequest& plan, const engine::Context& context,
    const engine::Snapshot& snapshot) {
  PlanFacts facts;
  const auto programme = snapshot.Get(kInterviewProgrammes, plan.name());
  if (!programme.has_value() || programme->status() != v1::PROGRAMME_STATUS_DRAFT) return facts;
  if (!snapshot.Get(kInterviewScripts, programme->script()).has_value()) {
    facts.refusal = ScriptUnknown(programme->script());
    return facts;
  }
  int customers = 0;
  for (const v1::ProgrammeManager& manager : programme->managers()) {
    customers += BookSize(manager.staff(), kProgrammeCustomersMax + 1 - customers, snapshot);
    if (customers <= kProgrammeCustomersMax) continue;
    facts.refusal = base::Refused(v1::REASON_PROGRAMME_TOO_LARGE, "the books are too large",
                                  {{"most", std::to_string(kProgrammeCustomersMax)}});
    return facts;
  }
  const v1::FollowUpPolicy policy = FollowUpPolicyIn(snapshot);
  for (const v1::ProgrammeManager& manager : programme->managers()) {
    facts.managers.push_back(manager);
    facts.refusal = Expect(*programme, facts.managers.back(), policy, context, snapshot);
    if (!facts.refusal.ok()) return facts;
  }
  return facts;
}

engine::Decision<InterviewProgrammeModel> InterviewProgrammeModel::Decide(
    const State& programme, const v1::PlanInterviewsRequest& plan, const engine::Context& context,
    const PlanFacts& facts) {
  if (!plan.seed().empty() && !IsSeed(plan.seed()))
    return Invalid("seed", "must be 16 to 64 hexadecimal digits");
  if (programme.status() == v1::PROGRAMME_STATUS_CANCELLED) return Closed();
  if (programme.status() != v1::PROGRAMME_STATUS_DRAFT) {
    if (plan.seed().empty() || plan.seed() == programme.seed()) return std::nullopt;
    return Closed();
  }
  if (!facts.refusal.ok()) return facts.refusal;
  int members = 0;
  for (const v1::ProgrammeManager& manager : facts.managers)
    members += manager.treated_count() + manager.control_count();
  if (members == 0)
    return base::Refused(v1::REASON_PROGRAMME_EMPTY, "no customer fits the programme");
  Event event;
  v1::ProgrammeDrawBegun& begun = *event.mutable_draw_begun();
  begun.set_seed(SeedOf(plan, context));
  *begun.mutable_draw_time() = base::TimestampOf(context.time);
  begun.mutable_managers()->Add(facts.managers.begin(), facts.managers.end());
  return event;
}

v1::ProgrammeBookDrawn InterviewProgrammeModel::Gather(const v1::DrawBookRequest& draw,
                                                       const engine::Context& context,
                                                       const engine::Snapshot& snapshot) {
  const auto programme = snapshot.Get(kInterviewProgrammes, draw.name());
  if (!programme.has_value() || programme->status() != v1::PROGRAMME_STATUS_PLANNING ||
      draw.book() != programme->books_drawn())
    return {};
  return DrawBook(*programme, draw.book(), context, snapshot);
}

engine::Decision<InterviewProgrammeModel> InterviewProgrammeModel::Decide(
    const State& programme, const v1::DrawBookRequest& draw, const engine::Context&,
    const v1::ProgrammeBookDrawn& drawn) {
  if (programme.status() != v1::PROGRAMME_STATUS_PLANNING || draw.book() != programme.books_drawn())
    return std::nullopt;
  Event event;
  *event.mutable_book_drawn() = drawn;
  return event;
}

engine::Decision<InterviewProgrammeModel> InterviewProgrammeModel::Decide(
    const State& programme, const v1::CancelInterviewProgrammeRequest& cancel,
    const engine::Context&) {
  if (programme.status() == v1::PROGRAMME_STATUS_CANCELLED) return std::nullopt;
  Event event;
  event.mutable_cancelled()->set_reason(cancel.reason());
  return event;
}

void InterviewProgrammeModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kCreated:
      state = event.created().interview_programme();
      return;
    case Event::kUpdated:
      base::ApplyMask(event.updated().changed(), event.updated().interview_programme(), state);
      return;
    case Event::kDrawBegun:
      state.set_status(v1::PROGRAMME_STATUS_PLANNING);
      state.set_seed(event.draw_begun().seed());
      *state.mutable_draw_time() = event.draw_begun().draw_time();
      *state.mutable_managers() = event.draw_begun().managers();
      AddUp(state);
      return;
    case Event::kBookDrawn:
      EvolveBook(event.book_drawn(), state);
      return;
    case Event::kCancelled:
      state.set_status(v1::PROGRAMME_STATUS_CANCELLED);
      state.set_cancel_reason(event.cancelled().reason());
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

}  // namespace crm::customer
