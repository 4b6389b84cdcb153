#include "libs/eventlog/kafka/heartbeat.h"

namespace crm::eventlog::kafka {
namespace {

// Kafka's numbers for the requests of a group member.
constexpr int16_t kJoinGroup = 11;
constexpr int16_t kHeartbeat = 12;
constexpr int16_t kLeaveGroup = 13;
constexpr int16_t kSyncGroup = 14;

bool IsGroupRequest(int16_t api_key) {
  return api_key == kJoinGroup || api_key == kHeartbeat || api_key == kSyncGroup ||
         api_key == kLeaveGroup;
}

// Whether sending `next` shows that `before` was answered well.
bool Confirms(int16_t before, int16_t next) {
  return (before == kHeartbeat && next == kHeartbeat) ||
         (before == kJoinGroup && next == kSyncGroup) ||
         (before == kSyncGroup && next == kHeartbeat);
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

void HeartbeatTracker::OnSent(int16_t api_key, absl::Duration now) {
  if (api_key == kLeaveGroup) return Reset();
  const std::lock_guard lock(mutex_);
  if (joined_ && request_.has_value() && request_->answered &&
      Confirms(request_->api_key, api_key)) {
    last_ = request_->sent;
  }
  joined_ = joined_ || api_key == kSyncGroup;
  request_ = Request{api_key, now, false};
}

void HeartbeatTracker::OnReceived(int16_t api_key, bool ok) {
  const std::lock_guard lock(mutex_);
  if (ok && request_.has_value() && request_->api_key == api_key) request_->answered = true;
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
