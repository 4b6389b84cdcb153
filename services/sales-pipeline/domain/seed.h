// What a new installation begins with.
#pragma once

#include "libs/engine/model.h"

namespace crm::sales {

// The pipeline an opportunity goes through when it names none.
inline constexpr char kStandardPipeline[] = "pipelines/standard";

// The commands of the first start, in order. Sent again at a later start they have no effect: each
// has its id and its request_id. The company may change what they made.
engine::Commands SeedPipelines();

}  // namespace crm::sales
