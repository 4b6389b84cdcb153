// Fields as people write and read them on a command line.
#pragma once

#include "libs/files/fields.h"

namespace crm::crmctl {

using files::DateText;
using files::FieldText;
using files::FindField;
using files::IsOutputOnly;
using files::IsPlain;
using files::JsonOf;
using files::JsonString;
using files::MoneyText;
using files::ParseAmount;
using files::ParseDate;
using files::ParseJson;
using files::ParseMoney;
using files::SetField;
using files::WithSeparators;

}  // namespace crm::crmctl
