// Every limit of RPC, by name. Over one of them the caller gets a clear error, never a hang.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"

namespace crm::rpc {

// Longest request taken, in bytes of the serialized message. Over it: RESOURCE_EXHAUSTED.
inline constexpr int64_t kRequestBytesMax = int64_t{4} << 20;
// What gRPC itself still reads, so that the refusal above is ours and carries details.
inline constexpr int64_t kReceiveBytesMax = 4 * kRequestBytesMax;
// Longest reply sent: what any gRPC client takes unless it was told otherwise. Over it:
// RESOURCE_EXHAUSTED.
inline constexpr int64_t kReplyBytesMax = int64_t{4} << 20;
// Deepest nesting of messages in a request.
inline constexpr int kNestingMax = 50;
// Most bytes of metadata (names and values) in either direction.
inline constexpr int kMetadataBytesMax = 16 << 10;

// Calls running at once in one server. Over it: UNAVAILABLE with RetryInfo.
inline constexpr int kCallsMax = 10'000;
// Calls running at once on one connection; further ones wait in the client.
inline constexpr int kCallsPerConnectionMax = 2'048;

// What a caller should wait after an UNAVAILABLE of this library.
inline constexpr absl::Duration kRetryAfter = absl::Milliseconds(200);

// Deadline of a call whose client gave none, and the longest that a call may ask for.
inline constexpr absl::Duration kDeadlineDefault = absl::Seconds(10);
inline constexpr absl::Duration kDeadlineMax = absl::Seconds(60);
// How often overdue calls are looked for: a call is answered at most this long after its deadline.
inline constexpr absl::Duration kDeadlineSweep = absl::Milliseconds(100);

// A caller who has not taken his reply so long after his deadline is cut off.
inline constexpr absl::Duration kUnsentMax = absl::Seconds(30);
// Bytes of replies that their callers have not taken yet, in one server. Over it those who have
// been waited for longest are cut off. gRPC keeps what it is just writing until the connection is
// given up: so over twice as much replies are not given at all, but UNAVAILABLE.
inline constexpr int64_t kUnsentBytesMax = int64_t{256} << 20;
// Shorter replies are not counted: the number of calls bounds them.
inline constexpr size_t kUnsentBytesCounted = 4 << 10;

// Streams at once in one server; they are calls, too. Over it: UNAVAILABLE with RetryInfo.
inline constexpr int kStreamsMax = 2'000;
// Bytes of a stream's messages that wait for their reader: its handler is told to wait when there
// are as many, so at most one message more. All streams together: 128 MiB.
inline constexpr size_t kStreamBytesMax = 64 << 10;
// A reader who has not taken a message of a stream for so long: ABORTED, and cut off unsent_max
// later.
inline constexpr absl::Duration kStreamStallMax = absl::Seconds(20);

// A RetryInfo of at least this is also sent as grpc-retry-pushback-ms, which replaces the waits of
// a client's own policy: four retries at this distance outlast the takeover of a killed owner's
// keys.
inline constexpr absl::Duration kPushbackMin = absl::Seconds(2);

// How long, after the grace of a drain, answers may take to reach their callers.
inline constexpr absl::Duration kDrainFlush = absl::Seconds(2);

// A drain refuses calls until none came for the first, at most for the second, before it closes the
// connections: longer than a sender takes to send his next call, shorter than the pause that a
// refusal asks for.
inline constexpr absl::Duration kDrainQuiet = absl::Milliseconds(50);
inline constexpr absl::Duration kDrainQuietMax = absl::Seconds(1);

// Longest error text and longest serialized google.rpc.Status, in bytes: with base64 and the
// trailers of ours they stay within the 8 KiB of metadata that every client takes. What does not
// fit is left out.
inline constexpr size_t kErrorTextBytesMax = 1'024;
inline constexpr size_t kErrorDetailsBytesMax = 4'096;

// Longest caller identity, in bytes.
inline constexpr size_t kCallerBytesMax = 100;

// Keepalive, agreed on both sides: clients ping this often, and servers accept pings that often.
inline constexpr absl::Duration kClientPing = absl::Seconds(20);
inline constexpr absl::Duration kServerPingAccepted = absl::Seconds(10);
inline constexpr absl::Duration kServerPing = absl::Seconds(30);
inline constexpr absl::Duration kPingTimeout = absl::Seconds(10);

// A lost connection is tried again after the first, later at most after the second: gRPC's own two
// minutes would leave a replica that came back without calls for as long.
inline constexpr absl::Duration kReconnectFirst = absl::Milliseconds(100);
inline constexpr absl::Duration kReconnectMax = absl::Seconds(1);
// Connections are closed, politely, after about this time, so that clients spread over new servers.
inline constexpr absl::Duration kConnectionAge = absl::Minutes(30);

// The admin port: threads, and how long one request may take.
inline constexpr int kAdminThreads = 4;
inline constexpr absl::Duration kAdminRequestTimeout = absl::Seconds(5);

}  // namespace crm::rpc
