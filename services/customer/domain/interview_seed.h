// What interviews need at the first start.
#pragma once

#include "libs/engine/model.h"

namespace crm::customer {

// The policy with its defaults, the standard script and its questions, in English and Chinese.
engine::Commands SeedInterviews();

}  // namespace crm::customer
