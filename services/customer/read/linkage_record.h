// A customer or a contact as it is compared with others of its kind: folded values, and keys by
// which it is brought together with whoever may be the same. Pure; the same on every machine.
#pragma once

#include <array>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "crm/customer/v1/contact.pb.h"
#include "crm/customer/v1/customer_resource.pb.h"
#include "crm/customer/v1/linkage.pb.h"
#include "libs/linkage/model.h"

namespace crm::customer {

// By attribute.
using LinkageValues = std::array<linkage::Values, v1::LinkageAttribute_ARRAYSIZE>;
// Kind and folded term, at most 64 characters of it.
using LinkageKeyOf = std::pair<v1::LinkageKeyKind, std::string>;

struct LinkageRecord {
  LinkageValues values;
  std::set<LinkageKeyOf> keys;
  bool ideographs = false;  // The name is written in them.
  int group = 0;            // Those of different groups cannot be one.
};

// Values of any attribute, keys of any kind. Cost: one look at each character.
LinkageRecord LinkageRecordOf(const v1::Customer& customer);

// A customer at which a contact has or had a position: the id of who stands for it, and of all who
// were merged into that one.
struct Employer {
  std::string id;
  std::vector<std::string> ids;
};
LinkageRecord LinkageRecordOf(const v1::Contact& contact, const std::vector<Employer>& employers);

// Whoever has one of these in common is shown, however unlike the rest is.
bool IsExactKey(v1::LinkageKeyKind kind);
// The attributes that a key looks at: where it brings two together, they say nothing more.
std::set<v1::LinkageAttribute> AttributesOf(v1::LinkageKeyKind kind);

}  // namespace crm::customer
