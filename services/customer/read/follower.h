// To whom what becomes of an interview falls.
#pragma once

#include <string>

#include "crm/customer/v1/interview.pb.h"
#include "libs/engine/model.h"

namespace crm::customer {

// The owner of its customer, or of the one into which that was merged; when there is none, or that
// one has left, who asked. An id of staff; may be empty. On other keys, so it may be behind.
std::string FollowerOf(const v1::Interview& interview, const engine::Snapshot& snapshot);

}  // namespace crm::customer
