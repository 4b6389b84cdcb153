// A call and the bytes of its request, which gRPC owns otherwise. For intake*.cc.
#pragma once

#include <grpcpp/support/slice.h>

#include <utility>

#include "libs/rpc/call.h"
#include "libs/rpc/wire.h"

namespace crm::rpc {

// In one piece of memory.
struct CallWithBytes {
  CallWithBytes(grpc::Slice slice, CallParts parts, Call::Sink sink)
      : bytes(std::move(slice)), call(WithRequest(std::move(parts), bytes), std::move(sink)) {}

  static CallParts WithRequest(CallParts parts, const grpc::Slice& bytes) {
    parts.request = ViewOf(bytes);
    return parts;
  }

  // Short slices hold their bytes themselves: the view must be taken from this one.
  const grpc::Slice bytes;
  Call call;
};

}  // namespace crm::rpc
