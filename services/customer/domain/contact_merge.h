// Merging contacts, as each of the two sees it: as with customers (customer_merge.h). The absorbed
// one is frozen first and says what it was; then the survivor takes that over, or says that it will
// not; then the case is told. Taking it back goes the other way round.
//
// Positions, touchpoints and activities keep naming the absorbed contact: reads of the survivor
// include what names it.
#pragma once

#include <google/protobuf/field_mask.pb.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "crm/customer/v1/contact.pb.h"
#include "crm/customer/v1/contact_merge.pb.h"
#include "libs/engine/model.h"
#include "services/customer/domain/contact.h"
#include "services/customer/domain/merge_steps.h"

namespace crm::customer {

// CONTACT_MERGED, naming the survivor, for one that redirects.
absl::Status CheckNotMerged(const v1::Contact& contact);

// Whether a rule can be given for the field: "language_code", "personal.phones".
bool CanBeMergedOfContact(std::string_view field);

// The survivor with the values of the absorbed contact; `choices` of fields, else lists take what
// either has, and everything else is the survivor's unless it is empty. Where both count, whoever
// opted out of a number or an address, is not reached there, or does not want to be called stays
// so, whatever the other record says. By choices it can be none that CheckContact takes.
v1::Contact MergedContact(const v1::Contact& survivor, const v1::Contact& absorbed,
                          const std::map<std::string, v1::MergeRule, std::less<>>& choices);
// The fields that MergedContact may change whose values differ.
google::protobuf::FieldMask MergedContactFields(const v1::Contact& before,
                                                const v1::Contact& after);
// The contact as it would be without the merge. A field that has changed since stays as it is and
// is named in `kept`; of a list that the merge only added to, what it added goes in any case.
v1::Contact UnmergedContact(const v1::Contact& contact, const v1::ContactMergeUndo& undo,
                            std::vector<std::string>& kept);

// Folds a fact of a merge: merged, absorbed, unmerged, merge_reversed, merge_declined.
void FoldContactMerge(const v1::ContactEvent& event, v1::Contact& state);

// A view: where merged contacts redirect to, and what merges changed of their survivors.
void ProjectContactMerges(const engine::Change<ContactModel>& change, engine::Rows& rows);

// Personal data stand apart in an event, so that they can be encrypted and erased.
template <class Fact>
void MoveContactPersonal(Fact& fact) {
  v1::Contact& contact = *fact.mutable_contact();
  if (contact.has_personal()) fact.mutable_personal()->Swap(contact.mutable_personal());
  contact.clear_personal();
}
template <class Fact>
v1::Contact JoinedContact(const Fact& fact) {
  v1::Contact joined = fact.contact();
  if (fact.has_personal()) *joined.mutable_personal() = fact.personal();
  return joined;
}

}  // namespace crm::customer
