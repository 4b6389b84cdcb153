// What the reactions keep with a position that they commit, as text: JSON of GroupMetadata.
#pragma once

#include <cstdint>
#include <string>

#include "crm/engine/v1/engine.pb.h"

namespace crm::engine {

std::string FormatGroupMetadata(int64_t fence, int64_t number);

// Of a position that was committed as bytes, before this was text, only the fence is known: Kafka
// replaces bytes over 127. Events that counted already may then count again; whoever they are for
// knows them.
v1::GroupMetadata ParseGroupMetadata(const std::string& text);

}  // namespace crm::engine
