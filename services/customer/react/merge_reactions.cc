#include "services/customer/react/merge_reactions.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "crm/customer/v1/contact_merge.pb.h"
#include "crm/customer/v1/customer_internal.pb.h"
#include "crm/customer/v1/merge_internal.pb.h"
#include "services/customer/read/merge_tables.h"

namespace crm::customer {
namespace {

using engine::Commands;

template <class Command>
Commands One(std::unique_ptr<Command> command) {
  Commands commands;
  commands.push_back(std::move(command));
  return commands;
}

Commands Fail(const std::string& merge_case, const std::string& customer, v1::Reason reason) {
  auto fail = std::make_unique<v1::FailMergeRequest>();
  fail->set_name(merge_case);
  fail->set_customer(customer);
  fail->set_reason(reason);
  return One(std::move(fail));
}

// The commands of a merge of customers, and of contacts.
struct OfCustomers {
  using Merge = v1::MergeCustomerRequest;
  using Absorb = v1::AbsorbCustomerRequest;
  using Reverse = v1::ReverseMergeRequest;
  using Release = v1::ReleaseMergedRequest;
};
struct OfContacts {
  using Merge = v1::MergeContactRequest;
  using Absorb = v1::AbsorbContactRequest;
  using Reverse = v1::ReverseContactMergeRequest;
  using Release = v1::ReleaseMergedContactRequest;
};

template <class Of>
Commands Merge(const std::string& merge_case, const v1::MergeConfirmed& confirmed) {
  auto merge = std::make_unique<typename Of::Merge>();
  merge->set_name(confirmed.absorbed());
  merge->set_merge_case(merge_case);
  merge->set_survivor(confirmed.survivor());
  *merge->mutable_choices() = confirmed.choices();
  merge->set_survivor_etag(confirmed.survivor_etag());
  merge->set_absorbed_etag(confirmed.absorbed_etag());
  return One(std::move(merge));
}

template <class Of>
Commands Reverse(const std::string& merge_case, const v1::MergeUndoBegun& begun) {
  auto reverse = std::make_unique<typename Of::Reverse>();
  reverse->set_name(begun.survivor());
  reverse->set_merge_case(merge_case);
  reverse->set_absorbed(begun.absorbed());
  return One(std::move(reverse));
}

template <class Of, class Merged>
Commands Absorb(const std::string& absorbed, const Merged& merged) {
  auto absorb = std::make_unique<typename Of::Absorb>();
  absorb->set_name(merged.survivor());
  absorb->set_merge_case(merged.merge_case());
  absorb->set_absorbed(absorbed);
  *absorb->mutable_merged() = merged;
  return One(std::move(absorb));
}

template <class Absorbed>
Commands Finish(const Absorbed& absorbed) {
  auto finish = std::make_unique<v1::FinishMergeRequest>();
  finish->set_name(absorbed.merge_case());
  *finish->mutable_merged_fields() = absorbed.changed().paths();
  return One(std::move(finish));
}

template <class Of>
std::unique_ptr<typename Of::Release> Release(const std::string& absorbed,
                                              const std::string& merge_case) {
  auto release = std::make_unique<typename Of::Release>();
  release->set_name(absorbed);
  release->set_merge_case(merge_case);
  return release;
}

template <class Of, class Fact>
Commands Declined(const std::string& name, const Fact& declined) {
  // Nobody has done anything yet, or everything is to stay as it is.
  if (declined.role() == v1::MERGE_ROLE_ABSORBED || declined.reversal())
    return Fail(declined.merge_case(), name, declined.reason());
  auto release = Release<Of>(declined.other(), declined.merge_case());
  release->set_decline_reason(declined.reason());
  return One(std::move(release));
}

template <class Of, class Fact>
Commands Reversed(const Fact& reversed) {
  auto release = Release<Of>(reversed.absorbed(), reversed.merge_case());
  *release->mutable_kept() = reversed.kept();
  return One(std::move(release));
}

template <class Fact>
Commands Unmerged(const Fact& unmerged) {
  if (unmerged.decline_reason() != v1::REASON_UNSPECIFIED)
    return Fail(unmerged.merge_case(), unmerged.survivor(), unmerged.decline_reason());
  auto finish = std::make_unique<v1::FinishUnmergeRequest>();
  finish->set_name(unmerged.merge_case());
  *finish->mutable_kept() = unmerged.kept();
  return One(std::move(finish));
}

// What a fact of a merge asks for.
template <class Of, class Event>
Commands NextStep(const std::string& name, const Event& fact) {
  if (fact.has_merged()) return Absorb<Of>(name, fact.merged());
  if (fact.has_absorbed()) return Finish(fact.absorbed());
  if (fact.has_merge_declined()) return Declined<Of>(name, fact.merge_declined());
  if (fact.has_merge_reversed()) return Reversed<Of>(fact.merge_reversed());
  if (fact.has_unmerged()) return Unmerged(fact.unmerged());
  return {};
}

bool IsContact(std::string_view name) { return name.starts_with("contacts/"); }

// What an order said of a merged customer holds for the one that absorbed it: for the next one
// only, whose own fact carries on. Whether it has absorbed this one it knows itself, and better
// than a row that may be behind.
Commands Activate(const std::string& customer, const v1::OrderActivity& activity,
                  const engine::Snapshot& snapshot) {
  const auto redirect = snapshot.Get(kRedirects, customer);
  if (!redirect.has_value()) return {};
  auto activate = std::make_unique<v1::ActivateCustomerRequest>();
  activate->set_name(redirect->survivor());
  activate->set_absorbed(customer);
  activate->set_order(activity.order());
  *activate->mutable_order_date() = activity.last_order_date();
  return One(std::move(activate));
}

}  // namespace

Commands OnMergeCase(const engine::ForeignEvent<v1::MergeCaseEvent>& event,
                     const engine::Snapshot&) {
  const v1::MergeCaseEvent& fact = event.event;
  if (fact.has_confirmed()) {
    return IsContact(fact.confirmed().survivor())
               ? Merge<OfContacts>(event.meta.name, fact.confirmed())
               : Merge<OfCustomers>(event.meta.name, fact.confirmed());
  }
  if (!fact.has_undo_begun()) return {};
  return IsContact(fact.undo_begun().survivor())
             ? Reverse<OfContacts>(event.meta.name, fact.undo_begun())
             : Reverse<OfCustomers>(event.meta.name, fact.undo_begun());
}

Commands OnCustomerMerge(const engine::ForeignEvent<v1::CustomerEvent>& event,
                         const engine::Snapshot& snapshot) {
  const v1::CustomerEvent& fact = event.event;
  if (fact.has_activated()) return Activate(event.meta.name, fact.activated().activity(), snapshot);
  if (fact.has_order_noted())
    return Activate(event.meta.name, fact.order_noted().activity(), snapshot);
  return NextStep<OfCustomers>(event.meta.name, fact);
}

Commands OnContactMerge(const engine::ForeignEvent<v1::ContactEvent>& event,
                        const engine::Snapshot&) {
  return NextStep<OfContacts>(event.meta.name, event.event);
}

}  // namespace crm::customer
