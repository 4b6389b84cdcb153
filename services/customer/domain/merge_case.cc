#include "services/customer/domain/merge_case.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "crm/customer/v1/reason.pb.h"
#include "google/protobuf/util/message_differencer.h"
#include "libs/base/check.h"
#include "libs/base/hash.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/base/timestamp.h"
#include "services/customer/domain/checks.h"
#include "services/customer/domain/contact_merge.h"
#include "services/customer/domain/customer_merge.h"
#include "services/customer/domain/references.h"
#include "services/customer/domain/survivorship.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using base::Invalid;
using base::Refused;
using engine::Context;
using engine::Decision;
using engine::Snapshot;
using Event = MergeCaseModel::Event;
using Facts = MergeCaseModel::Facts;

constexpr int kProbabilityMaxPpm = 1'000'000;

bool IsOpen(v1::MergeCaseState state) {
  return state != v1::MERGE_CASE_STATE_REJECTED && state != v1::MERGE_CASE_STATE_UNMERGED;
}

bool IsOfContacts(const v1::MergeCase& merge_case) {
  return !merge_case.first_contact().empty() || !merge_case.second_contact().empty();
}

// The names of the two.
const std::string& FirstOf(const v1::MergeCase& merge_case) {
  return IsOfContacts(merge_case) ? merge_case.first_contact() : merge_case.first_customer();
}
const std::string& SecondOf(const v1::MergeCase& merge_case) {
  return IsOfContacts(merge_case) ? merge_case.second_contact() : merge_case.second_customer();
}

Facts TwoOf(const v1::MergeCase& merge_case, const Snapshot& snapshot) {
  Facts facts;
  facts.bar = MergeBarOf(FirstOf(merge_case), SecondOf(merge_case), snapshot);
  if (IsOfContacts(merge_case)) {
    facts.first_contact = snapshot.Get(kContacts, merge_case.first_contact());
    facts.second_contact = snapshot.Get(kContacts, merge_case.second_contact());
  } else {
    facts.first = snapshot.Get(kCustomers, merge_case.first_customer());
    facts.second = snapshot.Get(kCustomers, merge_case.second_customer());
  }
  return facts;
}

Facts FactsOf(const v1::MergeCase& merge_case, const Snapshot& snapshot) {
  Facts facts = TwoOf(merge_case, snapshot);
  const auto& [first, second] = std::minmax(FirstOf(merge_case), SecondOf(merge_case));
  snapshot.Scan(
      kMergeCases, IsOfContacts(merge_case) ? "by_first_contact" : "by_first",
      [&](const v1::MergeCase& known) {
        facts.pair_known = true;
        facts.pair_open = facts.pair_open || IsOpen(known.state());
        return !facts.pair_open;
      },
      first, second);
  return facts;
}

// The two of a case that exists.
Facts FactsOf(const std::string& name, const Snapshot& snapshot) {
  const auto merge_case = snapshot.Get(kMergeCases, name);
  return merge_case.has_value() ? TwoOf(*merge_case, snapshot) : Facts();
}

absl::Status CheckTakesPart(const v1::Customer& customer) {
  if (absl::Status s = CheckNotMerged(customer); !s.ok()) return s;
  return CheckNotErased(customer.status());
}
absl::Status CheckTakesPart(const v1::Contact& contact) { return CheckNotMerged(contact); }

// `etag`: as it was seen; empty: any.
template <class Row>
absl::Status CheckOne(const std::string& name, const std::optional<Row>& row,
                      const std::string& etag = {}) {
  if (!row.has_value()) return base::NotFound(name);
  if (absl::Status s = CheckTakesPart(*row); !s.ok()) return s;
  if (etag.empty() || etag == row->etag()) return absl::OkStatus();
  return Refused(v1::REASON_MERGE_CUSTOMER_CHANGED, "one of the two has changed since it was seen",
                 {{"name", name}});
}

absl::Status CheckNames(const v1::MergeCase& merge_case) {
  const bool contacts = IsOfContacts(merge_case);
  const char* collection = contacts ? "contacts" : "customers";
  const std::string first = contacts ? "merge_case.first_contact" : "merge_case.first_customer";
  const std::string second = contacts ? "merge_case.second_contact" : "merge_case.second_customer";
  for (const auto& [field, name] :
       {std::pair(&first, &FirstOf(merge_case)), std::pair(&second, &SecondOf(merge_case))}) {
    if (name->empty()) return Invalid(*field, "must be given");
    if (absl::Status s = CheckName(*field, collection, *name); !s.ok()) return s;
  }
  if (FirstOf(merge_case) == SecondOf(merge_case)) return Invalid(second, "must be another one");
  const bool both =
      contacts && !(merge_case.first_customer() + merge_case.second_customer()).empty();
  if (both) return Invalid("merge_case.first_customer", "must be empty in a case of contacts");
  return absl::OkStatus();
}

absl::Status CheckShape(const v1::MergeCase& merge_case) {
  if (absl::Status s = CheckNames(merge_case); !s.ok()) return s;
  if (merge_case.match_probability_ppm() < 0 ||
      merge_case.match_probability_ppm() > kProbabilityMaxPpm)
    return Invalid("merge_case.match_probability_ppm", "must be 0 to 1,000,000");
  for (int i = 0; i < merge_case.evidence_size(); ++i) {
    if (base::IsBlank(merge_case.evidence(i).field()))
      return Invalid(absl::StrCat("merge_case.evidence[", i, "].field"), "must be given");
  }
  return absl::OkStatus();
}

// `etags`: those of the first and the second as they were seen.
absl::Status CheckTwo(const v1::MergeCase& merge_case, const Facts& facts,
                      const std::string& first_etag = {}, const std::string& second_etag = {}) {
  const std::string &first = FirstOf(merge_case), &second = SecondOf(merge_case);
  const bool contacts = IsOfContacts(merge_case);
  absl::Status s = contacts ? CheckOne(first, facts.first_contact, first_etag)
                            : CheckOne(first, facts.first, first_etag);
  if (!s.ok()) return s;
  s = contacts ? CheckOne(second, facts.second_contact, second_etag)
               : CheckOne(second, facts.second, second_etag);
  if (!s.ok() || facts.bar.erasure.empty()) return s;
  return Refused(v1::REASON_ERASURE_ASKED, "it was asked for that one of the two be erased",
                 {{"erasure", facts.bar.erasure}});
}

absl::Status CheckPair(const v1::MergeCase& merge_case, const Facts& facts,
                       const Context& context) {
  if (absl::Status s = CheckTwo(merge_case, facts); !s.ok()) return s;
  if (IsOfContacts(merge_case)) return absl::OkStatus();
  const v1::Reason why_not = WhyNotOne(*facts.first, *facts.second, context.reporting_currency);
  if (why_not == v1::REASON_UNSPECIFIED) return absl::OkStatus();
  return Refused(why_not, "the two cannot be one customer");
}

Decision<MergeCaseModel> Open(const v1::MergeCase& merge_case, const Facts& facts, bool known,
                              const Context& context) {
  if (absl::Status s = CheckShape(merge_case); !s.ok()) return s;
  if (absl::Status s = CheckPair(merge_case, facts, context); !s.ok()) return s;
  if (known) {
    return Refused(v1::REASON_MERGE_PAIR_KNOWN, "there is a case of these two already");
  }
  Event event;
  v1::MergeCase& opened = *event.mutable_opened()->mutable_merge_case();
  opened = merge_case;
  if (opened.second_customer() < opened.first_customer())
    opened.mutable_first_customer()->swap(*opened.mutable_second_customer());
  if (opened.second_contact() < opened.first_contact())
    opened.mutable_first_contact()->swap(*opened.mutable_second_contact());
  opened.set_state(v1::MERGE_CASE_STATE_SUGGESTED);
  return event;
}

absl::Status CaseClosed(const v1::MergeCase& merge_case) {
  return Refused(v1::REASON_MERGE_CASE_CLOSED, "the case was decided",
                 {{"state", v1::MergeCaseState_Name(merge_case.state())}});
}

absl::Status Running(const v1::MergeCase& merge_case) {
  return Refused(v1::REASON_MERGE_RUNNING, "the merge is being carried out",
                 {{"state", v1::MergeCaseState_Name(merge_case.state())}});
}

absl::Status CheckRule(const v1::MergeCase& merge_case, const std::string& field,
                       const v1::MergeFieldRule& rule) {
  if (!IsOfContacts(merge_case)) return CheckMergeRule(field, rule);
  if (!CanBeMergedOfContact(rule.field()))
    return Invalid(field + ".field", "must be a field of a contact that a merge touches");
  return CheckMergeRuleKind(field, rule);
}

absl::Status CheckChoices(const v1::MergeCase& merge_case, const v1::ConfirmMergeRequest& confirm) {
  std::set<std::string> seen;
  for (int i = 0; i < confirm.choices_size(); ++i) {
    const v1::MergeFieldRule& choice = confirm.choices(i);
    if (absl::Status s = CheckRule(merge_case, absl::StrCat("choices[", i, "]"), choice); !s.ok())
      return s;
    if (!seen.insert(choice.field()).second)
      return Invalid(absl::StrCat("choices[", i, "].field"), "must be unique");
  }
  return absl::OkStatus();
}

bool SameDecision(const v1::MergeCase& merge_case, const v1::ConfirmMergeRequest& confirm) {
  if (merge_case.survivor() != confirm.survivor()) return false;
  return std::equal(merge_case.choices().begin(), merge_case.choices().end(),
                    confirm.choices().begin(), confirm.choices().end(),
                    [](const auto& a, const auto& b) {
                      return google::protobuf::util::MessageDifferencer::Equals(a, b);
                    });
}

template <class Fact>
void SetDecided(const Context& context, Fact& fact) {
  fact.set_decider(context.actor);
  *fact.mutable_decide_time() = base::TimestampOf(context.time);
}

template <class Fact>
void FoldDecided(const Fact& fact, v1::MergeCase& state) {
  state.set_decider(fact.decider());
  *state.mutable_decide_time() = fact.decide_time();
}

void FoldConfirmed(const v1::MergeConfirmed& confirmed, v1::MergeCase& state) {
  state.set_state(v1::MERGE_CASE_STATE_CONFIRMED);
  state.set_survivor(confirmed.survivor());
  state.set_absorbed(confirmed.absorbed());
  *state.mutable_choices() = confirmed.choices();
  state.clear_declining_customer();
  state.clear_decline_reason();
  FoldDecided(confirmed, state);
}

void FoldFailed(const v1::MergeFailed& failed, v1::MergeCase& state) {
  state.set_state(state.state() == v1::MERGE_CASE_STATE_UNMERGING ? v1::MERGE_CASE_STATE_MERGED
                                                                  : v1::MERGE_CASE_STATE_FAILED);
  state.set_declining_customer(failed.customer());
  state.set_decline_reason(failed.reason());
}

void FoldUndone(const v1::MergeUndone& undone, v1::MergeCase& state) {
  state.set_state(v1::MERGE_CASE_STATE_UNMERGED);
  *state.mutable_unmerge_time() = undone.unmerge_time();
  *state.mutable_kept_fields() = undone.kept_fields();
  *state.mutable_kept_resources() = undone.kept_resources();
  state.set_kept_resources_incomplete(undone.kept_resources_incomplete());
}

}  // namespace

std::string MergeCaseIdOf(std::string_view a, std::string_view b) {
  const auto& [first, second] = std::minmax(a, b);
  return base::DeriveId({"merge-case", first, second});
}

Facts MergeCaseModel::Gather(const v1::CreateMergeCaseRequest& create, const Context&,
                             const Snapshot& snapshot) {
  return FactsOf(create.merge_case(), snapshot);
}

Decision<MergeCaseModel> MergeCaseModel::Decide(const State&,
                                                const v1::CreateMergeCaseRequest& create,
                                                const Context& context, const Facts& facts) {
  return Open(create.merge_case(), facts, facts.pair_open, context);
}

Facts MergeCaseModel::Gather(const v1::SuggestMergeRequest& suggest, const Context&,
                             const Snapshot& snapshot) {
  return FactsOf(suggest.merge_case(), snapshot);
}

Decision<MergeCaseModel> MergeCaseModel::Decide(const State&,
                                                const v1::SuggestMergeRequest& suggest,
                                                const Context& context, const Facts& facts) {
  return Open(suggest.merge_case(), facts, facts.pair_known, context);
}

Facts MergeCaseModel::Gather(const v1::ConfirmMergeRequest& confirm, const Context&,
                             const Snapshot& snapshot) {
  return FactsOf(confirm.name(), snapshot);
}

Decision<MergeCaseModel> MergeCaseModel::Decide(const State& merge_case,
                                                const v1::ConfirmMergeRequest& confirm,
                                                const Context& context, const Facts& facts) {
  const bool first = confirm.survivor() == FirstOf(merge_case);
  if (!first && confirm.survivor() != SecondOf(merge_case))
    return Invalid("survivor", "must be one of the two");
  if (absl::Status s = CheckChoices(merge_case, confirm); !s.ok()) return s;
  switch (merge_case.state()) {
    case v1::MERGE_CASE_STATE_CONFIRMED:
      if (SameDecision(merge_case, confirm)) return std::nullopt;
      return Running(merge_case);
    case v1::MERGE_CASE_STATE_MERGED:
      if (SameDecision(merge_case, confirm)) return std::nullopt;
      return CaseClosed(merge_case);
    case v1::MERGE_CASE_STATE_UNMERGING:
      return Running(merge_case);
    case v1::MERGE_CASE_STATE_UNMERGED:
    case v1::MERGE_CASE_STATE_REJECTED:
      return CaseClosed(merge_case);
    default:
      break;
  }
  const std::string& first_etag = first ? confirm.survivor_etag() : confirm.absorbed_etag();
  const std::string& second_etag = first ? confirm.absorbed_etag() : confirm.survivor_etag();
  if (absl::Status s = CheckTwo(merge_case, facts, first_etag, second_etag); !s.ok()) return s;
  Event event;
  auto& confirmed = *event.mutable_confirmed();
  confirmed.set_survivor(confirm.survivor());
  confirmed.set_absorbed(first ? SecondOf(merge_case) : FirstOf(merge_case));
  *confirmed.mutable_choices() = confirm.choices();
  confirmed.set_survivor_etag(confirm.survivor_etag());
  confirmed.set_absorbed_etag(confirm.absorbed_etag());
  SetDecided(context, confirmed);
  return event;
}

Decision<MergeCaseModel> MergeCaseModel::Decide(const State& merge_case,
                                                const v1::RejectMergeRequest& reject,
                                                const Context& context) {
  switch (merge_case.state()) {
    case v1::MERGE_CASE_STATE_REJECTED:
      if (merge_case.reason() == reject.reason()) return std::nullopt;
      return CaseClosed(merge_case);
    case v1::MERGE_CASE_STATE_CONFIRMED:
    case v1::MERGE_CASE_STATE_UNMERGING:
      return Running(merge_case);
    case v1::MERGE_CASE_STATE_MERGED:
    case v1::MERGE_CASE_STATE_UNMERGED:
      return CaseClosed(merge_case);
    default:
      break;
  }
  Event event;
  event.mutable_rejected()->set_reason(reject.reason());
  SetDecided(context, *event.mutable_rejected());
  return event;
}

Facts MergeCaseModel::Gather(const v1::UnmergeRequest& unmerge, const Context&,
                             const Snapshot& snapshot) {
  return FactsOf(unmerge.name(), snapshot);
}

Decision<MergeCaseModel> MergeCaseModel::Decide(const State& merge_case,
                                                const v1::UnmergeRequest& unmerge,
                                                const Context& context, const Facts& facts) {
  if (base::IsBlank(unmerge.reason())) return Invalid("reason", "must be given");
  switch (merge_case.state()) {
    case v1::MERGE_CASE_STATE_UNMERGING:
    case v1::MERGE_CASE_STATE_UNMERGED:
      return std::nullopt;
    case v1::MERGE_CASE_STATE_CONFIRMED:
      return Running(merge_case);
    case v1::MERGE_CASE_STATE_MERGED:
      break;
    default:
      return Refused(v1::REASON_NOT_MERGED, "the two are not merged",
                     {{"state", v1::MergeCaseState_Name(merge_case.state())}});
  }
  const bool first = merge_case.survivor() == FirstOf(merge_case);
  const std::optional<v1::Customer>& survivor = first ? facts.first : facts.second;
  if (survivor.has_value()) {
    if (absl::Status s = CheckTakesPart(*survivor); !s.ok()) return s;
  }
  const std::optional<v1::Contact>& contact = first ? facts.first_contact : facts.second_contact;
  if (contact.has_value()) {
    if (absl::Status s = CheckTakesPart(*contact); !s.ok()) return s;
  }
  Event event;
  auto& begun = *event.mutable_undo_begun();
  begun.set_reason(unmerge.reason());
  begun.set_survivor(merge_case.survivor());
  begun.set_absorbed(merge_case.absorbed());
  SetDecided(context, begun);
  return event;
}

Decision<MergeCaseModel> MergeCaseModel::Decide(const State& merge_case,
                                                const v1::FinishMergeRequest& finish,
                                                const Context& context) {
  if (merge_case.state() != v1::MERGE_CASE_STATE_CONFIRMED) return std::nullopt;
  Event event;
  *event.mutable_done()->mutable_merged_fields() = finish.merged_fields();
  *event.mutable_done()->mutable_merge_time() = base::TimestampOf(context.time);
  return event;
}

Decision<MergeCaseModel> MergeCaseModel::Decide(const State& merge_case,
                                                const v1::FailMergeRequest& fail, const Context&) {
  if (merge_case.state() != v1::MERGE_CASE_STATE_CONFIRMED &&
      merge_case.state() != v1::MERGE_CASE_STATE_UNMERGING)
    return std::nullopt;
  Event event;
  event.mutable_failed()->set_customer(fail.customer());
  event.mutable_failed()->set_reason(fail.reason());
  return event;
}

Decision<MergeCaseModel> MergeCaseModel::Decide(const State& merge_case,
                                                const v1::FinishUnmergeRequest& finish,
                                                const Context& context) {
  if (merge_case.state() != v1::MERGE_CASE_STATE_UNMERGING) return std::nullopt;
  Event event;
  auto& undone = *event.mutable_undone();
  *undone.mutable_kept_fields() = finish.kept().fields();
  *undone.mutable_kept_resources() = finish.kept().resources();
  undone.set_kept_resources_incomplete(finish.kept().resources_incomplete());
  *undone.mutable_unmerge_time() = base::TimestampOf(context.time);
  return event;
}

void MergeCaseModel::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kOpened:
      state = event.opened().merge_case();
      return;
    case Event::kConfirmed:
      FoldConfirmed(event.confirmed(), state);
      return;
    case Event::kRejected:
      state.set_state(v1::MERGE_CASE_STATE_REJECTED);
      state.set_reason(event.rejected().reason());
      FoldDecided(event.rejected(), state);
      return;
    case Event::kDone:
      state.set_state(v1::MERGE_CASE_STATE_MERGED);
      *state.mutable_merged_fields() = event.done().merged_fields();
      *state.mutable_merge_time() = event.done().merge_time();
      return;
    case Event::kFailed:
      FoldFailed(event.failed(), state);
      return;
    case Event::kUndoBegun:
      state.set_state(v1::MERGE_CASE_STATE_UNMERGING);
      state.set_reason(event.undo_begun().reason());
      state.clear_declining_customer();
      state.clear_decline_reason();
      FoldDecided(event.undo_begun(), state);
      return;
    case Event::kUndone:
      FoldUndone(event.undone(), state);
      return;
    case Event::EVENT_NOT_SET:
      base::Check(false, "the engine stops at facts it does not know, before Evolve");
  }
}

}  // namespace crm::customer
