// Messages of types that are known by descriptor only.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <memory>

namespace crm::crmctl {

using MessagePtr = std::unique_ptr<google::protobuf::Message>;

// A new message of a linked type.
inline MessagePtr NewMessage(const google::protobuf::Descriptor& type) {
  return MessagePtr(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type)->New());
}

}  // namespace crm::crmctl
