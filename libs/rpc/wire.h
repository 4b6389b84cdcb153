// Between gRPC's bytes and ours.
#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>
#include <grpcpp/support/string_ref.h>

#include <map>
#include <string>
#include <string_view>

#include "libs/rpc/call.h"

namespace crm::rpc {

// One slice over all bytes of the buffer: a reference when they lie together (they nearly always
// do), else a copy. Empty for a buffer without bytes.
grpc::Slice Flatten(const grpc::ByteBuffer& buffer);
std::string_view ViewOf(const grpc::Slice& slice);

// Short strings are copied (an allocation costs more), long ones are moved.
grpc::ByteBuffer BufferOf(std::string bytes);

MetadataList CopyMetadata(const std::multimap<grpc::string_ref, grpc::string_ref>& metadata);

// What gRPC lets an application send: it aborts the process over anything else. Names are
// [a-z0-9_.-]+ and not gRPC's own; values printable ASCII, or anything when the name ends in
// "-bin".
bool IsSendable(std::string_view name, std::string_view value);

}  // namespace crm::rpc
