#include "tests/contract/contact_merge_steps.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace crm::contract {
namespace {

const std::string kCustomer = "crm.customer.v1.";

Step Create(const std::string& id, const std::string& more) {
  return {kCustomer + "CreateContactRequest",
          absl::StrCat("contact_id: '", id, "' contact { ", more, " }")};
}

Step Open(const std::string& id, const std::string& a, const std::string& b) {
  return {kCustomer + "CreateMergeCaseRequest",
          absl::StrCat("merge_case_id: '", id, "' merge_case { first_contact: 'contacts/", a,
                       "' second_contact: 'contacts/", b, "' }")};
}

Step Confirm(const std::string& id, const std::string& survivor, bool only_golden) {
  return {
      kCustomer + "ConfirmMergeRequest",
      absl::StrCat("name: 'mergeCases/", id, "' survivor: 'contacts/", survivor, "'"),
      only_golden,
  };
}

}  // namespace

std::vector<Step> ContactMergeSteps() {
  return {
      Create("fern",
             "tags: 'green' personal { given_name: 'Fern' family_name: 'Arden' "
             "phones { number: '+4930555333' } }"),
      Create("ferns",
             "language_code: 'de' personal { given_name: 'Fern' family_name: 'Ardenn' "
             "emails { address: 'fern@arden.example' } }"),
      Create("moss", "personal { family_name: 'Moss' }"),
      Create("mosses", "do_not_call: true personal { family_name: 'Moss' }"),
      Open("one-person", "fern", "ferns"),
      Confirm("one-person", "fern", false),
      Open("who-knows", "fern", "moss"),
      Open("two-people", "moss", "mosses"),
      Confirm("two-people", "moss", true),
      {kCustomer + "UnmergeRequest", "name: 'mergeCases/two-people' reason: 'they are two'", true},
      {kCustomer + "MergeContactRequest",
       "name: 'contacts/moss' merge_case: 'mergeCases/gone' survivor: 'contacts/fern' "
       "absorbed_etag: '99'",
       true},
      {kCustomer + "FindDuplicatesRequest",
       "duplicate_scan_id: 'people' duplicate_scan { record_kind: LINKAGE_RECORD_KIND_CONTACT }"},
  };
}

}  // namespace crm::contract
