#include "libs/eventlog/kafka/heartbeat.h"

namespace crm::eventlog::kafka {
namespace {

// Kafka's numbers for the requests of a group member.
constexpr int16_t kFindCoordinator = 10;
constexpr int16_t kJoinGroup = 11;
constexpr int16_t kHeartbeat = 12;
constexpr int16_t kLeaveGroup = 13;
constexpr int16_t kSyncGroup = 14;

// The client's timer never fires early; its threads may hand a heartbeat on a little late.
constexpr double kOfInterval = 0.9;

bool IsGroupRequest(int16_t api_key) {
  return api_key == kFindCoordinator || api_key == kJoinGroup || api_key == kHeartbeat ||
         api_key == kSyncGroup || api_key == kLeaveGroup;
}

rd_kafka_resp_err_t OnRequestSent(rd_kafka_t*, int, const char*, int32_t, int16_t api_key, int16_t,
                                  int32_t, size_t, void* opaque) {
  auto* probe = static_cast<HeartbeatProbe*>(opaque);
  if (IsGroupRequest(api_key)) probe->tracker.OnSent(api_key, probe->clock.SinceBoot());
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t OnResponseReceived(rd_kafka_t*, int, const char*, int32_t, int16_t api_key,
                                       int16_t, int32_t, size_t, int64_t, rd_kafka_resp_err_t error,
                                       void* opaque) {
  static_cast<HeartbeatProbe*>(opaque)->tracker.OnReceived(api_key,
                                                           error == RD_KAFKA_RESP_ERR_NO_ERROR);
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t OnNew(rd_kafka_t* client, const rd_kafka_conf_t*, void* opaque, char*, size_t) {
  if (const auto error =
          rd_kafka_interceptor_add_on_request_sent(client, "lease", OnRequestSent, opaque);
      error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return error;
  }
  return rd_kafka_interceptor_add_on_response_received(client, "lease", OnResponseReceived, opaque);
}

}  // namespace

bool HeartbeatTracker::Confirmed(int16_t next, absl::Duration now) const {
  if (!joined_ || !request_.has_value() || !request_->answered) return false;
  switch (request_->api_key) {
    case kJoinGroup:
      return next == kSyncGroup;
    case kSyncGroup:
      return next == kHeartbeat;
    case kHeartbeat:
      return next == kHeartbeat && !request_->repeated && !Repeats(next, now);
    default:
      return false;
  }
}

// The client repeats what was answered with COORDINATOR_LOAD_IN_PROGRESS, twice, then gives up.
bool HeartbeatTracker::Repeats(int16_t next, absl::Duration now) const {
  return next == kHeartbeat && request_.has_value() && request_->api_key == kHeartbeat &&
         now - request_->sent < interval_ * kOfInterval;
}

void HeartbeatTracker::OnSent(int16_t api_key, absl::Duration now) {
  if (api_key == kLeaveGroup) return Reset();
  const std::lock_guard lock(mutex_);
  if (Confirmed(api_key, now)) last_ = request_->sent;
  joined_ = joined_ || api_key == kSyncGroup;
  request_ = Request{api_key, now, /*answered=*/false, Repeats(api_key, now)};
}

void HeartbeatTracker::OnReceived(int16_t api_key, bool ok) {
  const std::lock_guard lock(mutex_);
  if (ok && request_.has_value() && request_->api_key == api_key) request_->answered = true;
}

void HeartbeatTracker::OnAssigned() {
  const std::lock_guard lock(mutex_);
  if (joined_ && request_.has_value() && request_->api_key == kSyncGroup && request_->answered)
    last_ = request_->sent;
}

absl::Duration HeartbeatTracker::Last() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

void HeartbeatTracker::Reset() {
  const std::lock_guard lock(mutex_);
  joined_ = false;
  request_.reset();
  last_ = -absl::InfiniteDuration();
}

void HeartbeatTracker::Forget() {
  const std::lock_guard lock(mutex_);
  request_.reset();
  last_ = -absl::InfiniteDuration();
}

void Attach(HeartbeatProbe& probe, rd_kafka_conf_t* conf) {
  rd_kafka_conf_interceptor_add_on_new(conf, "lease", OnNew, &probe);
}

}  // namespace crm::eventlog::kafka
