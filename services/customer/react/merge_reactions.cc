#include "services/customer/react/merge_reactions.h"

#include <memory>
#include <string>
#include <utility>

#include "crm/customer/v1/customer_internal.pb.h"
#include "crm/customer/v1/merge_internal.pb.h"
#include "services/customer/read/redirects.h"

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

Commands Absorb(const std::string& absorbed, const v1::CustomerMerged& merged) {
  auto absorb = std::make_unique<v1::AbsorbCustomerRequest>();
  absorb->set_name(merged.survivor());
  absorb->set_merge_case(merged.merge_case());
  absorb->set_absorbed(absorbed);
  *absorb->mutable_merged() = merged;
  return One(std::move(absorb));
}

Commands Finish(const v1::CustomerAbsorbed& absorbed) {
  auto finish = std::make_unique<v1::FinishMergeRequest>();
  finish->set_name(absorbed.merge_case());
  *finish->mutable_merged_fields() = absorbed.changed().paths();
  return One(std::move(finish));
}

Commands FinishUnmerge(const v1::CustomerUnmerged& unmerged) {
  auto finish = std::make_unique<v1::FinishUnmergeRequest>();
  finish->set_name(unmerged.merge_case());
  *finish->mutable_kept() = unmerged.kept();
  return One(std::move(finish));
}

std::unique_ptr<v1::ReleaseMergedRequest> Release(const std::string& absorbed,
                                                  const std::string& merge_case) {
  auto release = std::make_unique<v1::ReleaseMergedRequest>();
  release->set_name(absorbed);
  release->set_merge_case(merge_case);
  return release;
}

Commands Declined(const std::string& customer, const v1::CustomerMergeDeclined& declined) {
  // Nobody has done anything yet, or everything is to stay as it is.
  if (declined.role() == v1::MERGE_ROLE_ABSORBED || declined.reversal())
    return Fail(declined.merge_case(), customer, declined.reason());
  auto release = Release(declined.other(), declined.merge_case());
  release->set_decline_reason(declined.reason());
  return One(std::move(release));
}

Commands Reversed(const v1::CustomerMergeReversed& reversed) {
  auto release = Release(reversed.absorbed(), reversed.merge_case());
  *release->mutable_kept() = reversed.kept();
  return One(std::move(release));
}

// What an order said of a customer holds for the one that stands for it.
Commands Activate(const std::string& customer, const v1::OrderActivity& activity,
                  const engine::Snapshot& snapshot) {
  const std::string survivor = SurvivorOf(customer, snapshot);
  if (survivor == customer) return {};
  auto activate = std::make_unique<v1::ActivateCustomerRequest>();
  activate->set_name(survivor);
  activate->set_order(activity.order());
  *activate->mutable_order_date() = activity.last_order_date();
  return One(std::move(activate));
}

}  // namespace

Commands OnMergeCase(const engine::ForeignEvent<v1::MergeCaseEvent>& event,
                     const engine::Snapshot&) {
  if (event.event.has_confirmed()) {
    const v1::MergeConfirmed& confirmed = event.event.confirmed();
    auto merge = std::make_unique<v1::MergeCustomerRequest>();
    merge->set_name(confirmed.absorbed());
    merge->set_merge_case(event.meta.name);
    merge->set_survivor(confirmed.survivor());
    *merge->mutable_choices() = confirmed.choices();
    merge->set_survivor_etag(confirmed.survivor_etag());
    merge->set_absorbed_etag(confirmed.absorbed_etag());
    return One(std::move(merge));
  }
  if (!event.event.has_undo_begun()) return {};
  auto reverse = std::make_unique<v1::ReverseMergeRequest>();
  reverse->set_name(event.event.undo_begun().survivor());
  reverse->set_merge_case(event.meta.name);
  reverse->set_absorbed(event.event.undo_begun().absorbed());
  return One(std::move(reverse));
}

Commands OnCustomerMerge(const engine::ForeignEvent<v1::CustomerEvent>& event,
                         const engine::Snapshot& snapshot) {
  const v1::CustomerEvent& fact = event.event;
  if (fact.has_merged()) return Absorb(event.meta.name, fact.merged());
  if (fact.has_absorbed()) return Finish(fact.absorbed());
  if (fact.has_merge_declined()) return Declined(event.meta.name, fact.merge_declined());
  if (fact.has_merge_reversed()) return Reversed(fact.merge_reversed());
  if (fact.has_activated()) return Activate(event.meta.name, fact.activated().activity(), snapshot);
  if (fact.has_order_noted())
    return Activate(event.meta.name, fact.order_noted().activity(), snapshot);
  if (!fact.has_unmerged()) return {};
  const v1::CustomerUnmerged& unmerged = fact.unmerged();
  if (unmerged.decline_reason() == v1::REASON_UNSPECIFIED) return FinishUnmerge(unmerged);
  return Fail(unmerged.merge_case(), unmerged.survivor(), unmerged.decline_reason());
}

}  // namespace crm::customer
