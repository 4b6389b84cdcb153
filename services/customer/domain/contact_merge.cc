#include "services/customer/domain/contact_merge.h"

#include <algorithm>
#include <string_view>

#include "absl/strings/match.h"
#include "crm/customer/v1/reason.pb.h"
#include "libs/base/status.h"
#include "libs/base/timestamp.h"
#include "libs/engine/update.h"
#include "services/customer/domain/contact_checks.h"
#include "services/customer/domain/merge_fields.h"
#include "services/customer/domain/recorded_since.h"
#include "services/customer/read/activity_tables.h"
#include "services/customer/read/care_tables.h"
#include "services/customer/read/interview_tables.h"
#include "services/customer/read/merge_tables.h"
#include "services/customer/read/notification_tables.h"
#include "services/customer/read/tables.h"

namespace crm::customer {
namespace {

using Event = ContactModel::Event;

const MergeFields& Fields() {
  static const MergeFields fields(*v1::Contact::descriptor(), {});
  return fields;
}

// What is known of a number or an address of the one is known of it; the first stays the first.
template <class List, class Same>
void MergeMarks(const List& absorbed, const List& survivor, List& merged, const Same& same) {
  const auto is_primary = [](const auto& one) { return one.primary(); };
  const bool has_first = std::any_of(survivor.begin(), survivor.end(), is_primary);
  List once;
  for (const auto& one : merged) {
    const bool known =
        std::any_of(once.begin(), once.end(), [&](const auto& other) { return same(other, one); });
    if (known) continue;
    auto& kept = *once.Add();
    kept = one;
    for (const List* list : {&survivor, &absorbed}) {
      for (const auto& other : *list) {
        if (!same(other, one)) continue;
        kept.set_opted_out(kept.opted_out() || other.opted_out());
        kept.set_invalid(kept.invalid() || other.invalid());
      }
    }
    const bool of_survivor = std::any_of(survivor.begin(), survivor.end(), [&](const auto& other) {
      return other.primary() && same(other, one);
    });
    if (has_first) kept.set_primary(of_survivor);
  }
  merged = std::move(once);
}

bool SameNumber(const v1::ContactPhone& a, const v1::ContactPhone& b) {
  return a.number() == b.number();
}
bool SameAddress(const v1::ContactEmail& a, const v1::ContactEmail& b) {
  return absl::EqualsIgnoreCase(a.address(), b.address());
}

Event Declined(const std::string& merge_case, const std::string& other, v1::MergeRole role,
               v1::Reason reason, const engine::Context& context) {
  Event event;
  auto& declined = *event.mutable_merge_declined();
  declined.set_merge_case(merge_case);
  declined.set_other(other);
  declined.set_role(role);
  declined.set_reason(reason);
  *declined.mutable_decline_time() = base::TimestampOf(context.time);
  return event;
}

// Why a contact as it stands takes part in no merge; unspecified: it does.
v1::Reason WhyNot(const v1::Contact& contact, const std::string& seen_etag) {
  if (!contact.merged_into().empty()) return v1::REASON_CONTACT_MERGED;
  if (!seen_etag.empty() && seen_etag != contact.etag()) return v1::REASON_MERGE_CUSTOMER_CHANGED;
  return v1::REASON_UNSPECIFIED;
}

template <class Fact>
void SetFacts(const google::protobuf::FieldMask& changed, const v1::Contact& values, Fact& fact) {
  *fact.mutable_changed() = changed;
  *fact.mutable_contact() = Only(changed, values);
  MoveContactPersonal(fact);
}

// What the contact remembers from now on.
template <class Fact>
void Remember(const Fact& fact, const std::string& other, v1::MergeRole role,
              v1::MergeOutcome outcome, const google::protobuf::Timestamp& time,
              v1::Contact& state) {
  auto merge = MergeOf<v1::ContactMerge>(fact.merge_case(), role, outcome, time);
  merge.set_contact(other);
  RememberMerge(std::move(merge), *state.mutable_merges());
}

// What was recorded of the survivor since the merge.
v1::MergeKept ResourcesSince(const v1::ContactMergeUndo& undo, const engine::Snapshot& snapshot) {
  RecordedSince since(base::TimeOf(undo.merge_time()), snapshot);
  since.Look(kActivities, "by_contact", undo.survivor());
  since.Look(kErasures, "by_subject", undo.survivor());
  since.Look(kInterviews, "by_contact", undo.survivor());
  since.Look(kPositions, "by_contact", undo.survivor());
  since.Look(kReminders, "by_about", undo.survivor());
  since.Look(kTouchpoints, "by_contact", undo.survivor());
  return since.Take();
}

void Rebase(const v1::ContactMergeUndo& gone, v1::ContactMergeUndo& later) {
  std::vector<std::string> kept;
  *later.mutable_before() = Only(later.changed(), UnmergedContact(later.before(), gone, kept));
  *later.mutable_after() = Only(later.changed(), UnmergedContact(later.after(), gone, kept));
}

}  // namespace

absl::Status CheckNotMerged(const v1::Contact& contact) {
  if (contact.merged_into().empty()) return absl::OkStatus();
  return base::Refused(v1::REASON_CONTACT_MERGED, "the contact was merged into another one",
                       {{"survivor", contact.merged_into()}});
}

bool CanBeMergedOfContact(std::string_view field) { return Fields().Find(field) != nullptr; }

v1::Contact MergedContact(const v1::Contact& survivor, const v1::Contact& absorbed,
                          const std::map<std::string, v1::MergeRule, std::less<>>& choices) {
  const auto rule_of = [&](std::string_view path) {
    const auto choice = choices.find(path);
    return choice == choices.end() ? v1::MERGE_RULE_UNSPECIFIED : choice->second;
  };
  // Of lists no choice is the same as this one.
  const auto takes_both = [&](std::string_view path) {
    const v1::MergeRule rule = rule_of(path);
    return rule == v1::MERGE_RULE_UNSPECIFIED || rule == v1::MERGE_RULE_MOST_COMPLETE;
  };
  v1::Contact merged = survivor;
  for (const MergeField& field : Fields().all())
    field.Merge(rule_of(field.path), absorbed, false, merged);
  if (takes_both("do_not_call"))
    merged.set_do_not_call(survivor.do_not_call() || absorbed.do_not_call());
  if (!merged.has_personal()) return merged;
  v1::ContactPersonal& personal = *merged.mutable_personal();
  if (takes_both("personal.phones"))
    MergeMarks(absorbed.personal().phones(), survivor.personal().phones(),
               *personal.mutable_phones(), SameNumber);
  if (takes_both("personal.emails"))
    MergeMarks(absorbed.personal().emails(), survivor.personal().emails(),
               *personal.mutable_emails(), SameAddress);
  return merged;
}

google::protobuf::FieldMask MergedContactFields(const v1::Contact& before,
                                                const v1::Contact& after) {
  google::protobuf::FieldMask changed;
  for (const MergeField& field : Fields().all()) {
    if (!SameAt(field.path, before, after)) changed.add_paths(field.path);
  }
  return changed;
}

v1::Contact UnmergedContact(const v1::Contact& contact, const v1::ContactMergeUndo& undo,
                            std::vector<std::string>& kept) {
  v1::Contact unmerged = contact;
  for (const std::string& path : undo.changed().paths()) {
    if (SameAt(path, contact, undo.after())) {
      base::ApplyMask(MaskOf(path), undo.before(), unmerged);
      continue;
    }
    kept.push_back(path);
    const MergeField* field = Fields().Find(path);
    if (field != nullptr && field->IsList()) field->TakeOut(undo.before(), undo.after(), unmerged);
  }
  if (!undo.before().has_personal()) ClearIfEmptied(undo.changed(), unmerged);
  return unmerged;
}

MergeBar ContactModel::Gather(const v1::MergeContactRequest& merge, const engine::Context& context,
                              const engine::Snapshot& snapshot) {
  return MergeBarOf(context.name, merge.survivor(), snapshot);
}

engine::Decision<ContactModel> ContactModel::Decide(const State& contact,
                                                    const v1::MergeContactRequest& merge,
                                                    const engine::Context& context,
                                                    const MergeBar& bar) {
  if (contact.merge_case() == merge.merge_case()) return std::nullopt;
  v1::Reason why_not = WhyNot(contact, merge.absorbed_etag());
  if (why_not == v1::REASON_UNSPECIFIED && !bar.erasure.empty()) why_not = v1::REASON_ERASURE_ASKED;
  if (why_not != v1::REASON_UNSPECIFIED) {
    return Declined(merge.merge_case(), merge.survivor(), v1::MERGE_ROLE_ABSORBED, why_not,
                    context);
  }
  Event event;
  auto& merged = *event.mutable_merged();
  merged.set_merge_case(merge.merge_case());
  merged.set_survivor(merge.survivor());
  *merged.mutable_contact() = contact;
  engine::ClearStamps(*merged.mutable_contact());
  MoveContactPersonal(merged);
  *merged.mutable_choices() = merge.choices();
  merged.set_survivor_etag(merge.survivor_etag());
  *merged.mutable_merge_time() = base::TimestampOf(context.time);
  return event;
}

MergeBar ContactModel::Gather(const v1::AbsorbContactRequest& absorb,
                              const engine::Context& context, const engine::Snapshot& snapshot) {
  return MergeBarOf(context.name, absorb.absorbed(), snapshot);
}

engine::Decision<ContactModel> ContactModel::Decide(const State& contact,
                                                    const v1::AbsorbContactRequest& absorb,
                                                    const engine::Context& context,
                                                    const MergeBar& bar) {
  const auto& there = contact.absorbed_contacts();
  if (std::find(there.begin(), there.end(), absorb.absorbed()) != there.end()) return std::nullopt;
  v1::Reason why_not = WhyNot(contact, absorb.merged().survivor_etag());
  if (why_not == v1::REASON_UNSPECIFIED && there.size() >= kAbsorbedMax)
    why_not = v1::REASON_MERGE_TOO_MANY;
  if (why_not == v1::REASON_UNSPECIFIED && !bar.erasure.empty()) why_not = v1::REASON_ERASURE_ASKED;
  if (why_not != v1::REASON_UNSPECIFIED) {
    return Declined(absorb.merge_case(), absorb.absorbed(), v1::MERGE_ROLE_SURVIVOR, why_not,
                    context);
  }
  std::map<std::string, v1::MergeRule, std::less<>> choices;
  for (const v1::MergeFieldRule& choice : absorb.merged().choices())
    choices[choice.field()] = choice.rule();
  const v1::Contact next = MergedContact(contact, JoinedContact(absorb.merged()), choices);
  if (!CheckContact(next, context.business_date).ok()) {
    return Declined(absorb.merge_case(), absorb.absorbed(), v1::MERGE_ROLE_SURVIVOR,
                    v1::REASON_MERGE_RESULT_INVALID, context);
  }
  Event event;
  auto& fact = *event.mutable_absorbed();
  fact.set_merge_case(absorb.merge_case());
  fact.set_absorbed(absorb.absorbed());
  SetFacts(MergedContactFields(contact, next), next, fact);
  *fact.mutable_merge_time() = base::TimestampOf(context.time);
  return event;
}

ContactMergeUndoFacts ContactModel::Gather(const v1::ReverseContactMergeRequest& reverse,
                                           const engine::Context& context,
                                           const engine::Snapshot& snapshot) {
  ContactMergeUndoFacts facts{snapshot.Get(kContactMergeUndos, context.name, reverse.merge_case()),
                              {}};
  if (facts.undo.has_value()) facts.kept = ResourcesSince(*facts.undo, snapshot);
  return facts;
}

engine::Decision<ContactModel> ContactModel::Decide(const State& contact,
                                                    const v1::ReverseContactMergeRequest& reverse,
                                                    const engine::Context& context,
                                                    const ContactMergeUndoFacts& facts) {
  const v1::ContactMerge* known = Remembered(contact.merges(), reverse.merge_case());
  if (known != nullptr && known->outcome() == v1::MERGE_OUTCOME_UNMERGED) return std::nullopt;
  v1::Reason why_not = WhyNot(contact, "");
  if (why_not == v1::REASON_UNSPECIFIED && !facts.undo.has_value()) why_not = v1::REASON_NOT_MERGED;
  if (why_not != v1::REASON_UNSPECIFIED) {
    Event event = Declined(reverse.merge_case(), reverse.absorbed(), v1::MERGE_ROLE_SURVIVOR,
                           why_not, context);
    event.mutable_merge_declined()->set_reversal(true);
    return event;
  }
  std::vector<std::string> kept;
  const v1::Contact next = UnmergedContact(contact, *facts.undo, kept);
  Event event;
  auto& fact = *event.mutable_merge_reversed();
  fact.set_merge_case(reverse.merge_case());
  fact.set_absorbed(facts.undo->absorbed());
  SetFacts(MergedContactFields(contact, next), next, fact);
  *fact.mutable_kept() = facts.kept;
  for (std::string& field : kept) fact.mutable_kept()->add_fields(std::move(field));
  *fact.mutable_unmerge_time() = base::TimestampOf(context.time);
  return event;
}

engine::Decision<ContactModel> ContactModel::Decide(const State& contact,
                                                    const v1::ReleaseMergedContactRequest& release,
                                                    const engine::Context& context) {
  if (contact.merge_case() != release.merge_case()) return std::nullopt;
  Event event;
  auto& unmerged = *event.mutable_unmerged();
  unmerged.set_merge_case(release.merge_case());
  unmerged.set_survivor(contact.merged_into());
  if (release.has_kept()) *unmerged.mutable_kept() = release.kept();
  unmerged.set_decline_reason(release.decline_reason());
  *unmerged.mutable_unmerge_time() = base::TimestampOf(context.time);
  return event;
}

void FoldContactMerge(const v1::ContactEvent& event, v1::Contact& state) {
  if (event.has_merged()) {
    const v1::ContactMerged& fact = event.merged();
    state.set_merged_into(fact.survivor());
    state.set_merge_case(fact.merge_case());
    Remember(fact, fact.survivor(), v1::MERGE_ROLE_ABSORBED, v1::MERGE_OUTCOME_MERGED,
             fact.merge_time(), state);
  } else if (event.has_absorbed()) {
    const v1::ContactAbsorbed& fact = event.absorbed();
    TakeFields(fact.changed(), JoinedContact(fact), state);
    state.add_absorbed_contacts(fact.absorbed());
    Remember(fact, fact.absorbed(), v1::MERGE_ROLE_SURVIVOR, v1::MERGE_OUTCOME_MERGED,
             fact.merge_time(), state);
  } else if (event.has_unmerged()) {
    const v1::ContactUnmerged& fact = event.unmerged();
    state.clear_merged_into();
    state.clear_merge_case();
    Remember(fact, fact.survivor(), v1::MERGE_ROLE_ABSORBED, v1::MERGE_OUTCOME_UNMERGED,
             fact.unmerge_time(), state);
  } else if (event.has_merge_reversed()) {
    const v1::ContactMergeReversed& fact = event.merge_reversed();
    TakeFields(fact.changed(), JoinedContact(fact), state);
    RemoveName(fact.absorbed(), *state.mutable_absorbed_contacts());
    Remember(fact, fact.absorbed(), v1::MERGE_ROLE_SURVIVOR, v1::MERGE_OUTCOME_UNMERGED,
             fact.unmerge_time(), state);
  } else if (event.has_merge_declined()) {
    const v1::ContactMergeDeclined& fact = event.merge_declined();
    const v1::MergeOutcome outcome =
        fact.reversal() ? v1::MERGE_OUTCOME_HELD : v1::MERGE_OUTCOME_DECLINED;
    Remember(fact, fact.other(), fact.role(), outcome, fact.decline_time(), state);
  }
}

void ProjectContactMerges(const engine::Change<ContactModel>& change, engine::Rows& rows) {
  if (change.event.has_merged()) {
    v1::Redirect redirect;
    redirect.set_customer(change.meta.name);
    redirect.set_survivor(change.event.merged().survivor());
    rows.Put(kRedirects, redirect);
  } else if (change.event.has_unmerged()) {
    rows.Delete(kRedirects, change.meta.name);
  } else if (change.event.has_absorbed()) {
    const v1::ContactAbsorbed& absorbed = change.event.absorbed();
    v1::ContactMergeUndo undo;
    undo.set_survivor(change.meta.name);
    undo.set_merge_case(absorbed.merge_case());
    undo.set_absorbed(absorbed.absorbed());
    *undo.mutable_changed() = absorbed.changed();
    *undo.mutable_before() = Only(absorbed.changed(), *change.before);
    *undo.mutable_after() = Only(absorbed.changed(), change.after);
    *undo.mutable_merge_time() = absorbed.merge_time();
    undo.set_revision(change.meta.revision);
    rows.Put(kContactMergeUndos, undo);
  } else if (change.event.has_merge_reversed()) {
    DropUndo(kContactMergeUndos, change.meta.name, change.event.merge_reversed().merge_case(), rows,
             Rebase);
  }
}

}  // namespace crm::customer
