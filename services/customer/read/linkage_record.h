// A customer as it is compared with others: folded values, and keys by which it is brought together
// with whoever may be the same. Pure; the same on every machine.
#pragma once

#include <array>
#include <set>
#include <string>
#include <utility>

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
};

// Values of any attribute, keys of any kind. Cost: one look at each character.
LinkageRecord LinkageRecordOf(const v1::Customer& customer);

// Whoever has one of these in common is shown, however unlike the rest is.
bool IsExactKey(v1::LinkageKeyKind kind);
// The attributes that a key looks at: where it brings two together, they say nothing more.
std::set<v1::LinkageAttribute> AttributesOf(v1::LinkageKeyKind kind);

}  // namespace crm::customer
