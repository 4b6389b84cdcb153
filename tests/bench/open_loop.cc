#include "tests/bench/open_loop.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "tests/bench/proc.h"

namespace crm::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Stub = grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer>;

// Each takes 2,048 calls at once, further ones would wait in the client.
constexpr int kConnections = 8;
// Calls that become due so close to each other are sent together.
constexpr auto kTogether = std::chrono::microseconds(500);

// Reasons as small numbers.
class Answers {
 public:
  uint16_t NumberOf(const grpc::Status& status) {
    if (status.ok()) return 0;
    std::lock_guard lock(mutex_);
    // Texts are constant for a reason, and cheaper to compare than details are to read.
    const auto [known, added] =
        numbers_.try_emplace(status.error_message(), static_cast<uint16_t>(names_.size()));
    if (added) names_.push_back(base::ReasonOf(rpc::FromGrpc(status)));
    return known->second;
  }
  std::vector<std::string> names() const { return names_; }

 private:
  std::mutex mutex_;
  std::map<std::string, uint16_t> numbers_;
  std::vector<std::string> names_ = {"OK"};
};

Clock::duration Length(double seconds) {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

// Those that are under way.
struct Running {
  std::mutex mutex;  // Guards count.
  std::condition_variable changed;
  int64_t count = 0;
  Answers answers;

  void Ended() {
    // Told under the lock: when the waiter returns, this goes.
    std::lock_guard lock(mutex);
    if (--count == 0) changed.notify_all();
  }
};

// Belongs to itself until it is answered.
struct Sent {
  Running& running;
  Arrival& arrival;
  Clock::time_point begin;
  grpc::ClientContext context;
  grpc::ByteBuffer request, reply;

  static void Send(std::unique_ptr<Sent> call, Stub& stub, const Traffic& traffic) {
    Sent* sent = call.release();
    stub.UnaryCall(&sent->context, traffic.method, grpc::StubOptions(), &sent->request,
                   &sent->reply, [sent](const grpc::Status& status) {
                     const std::unique_ptr<Sent> owned(sent);
                     sent->arrival.answered = static_cast<float>(SecondsSince(sent->begin));
                     sent->arrival.answer = sent->running.answers.NumberOf(status);
                     sent->running.Ended();
                   });
  }
};

std::vector<Stub> Connect(const std::string& address) {
  std::vector<Stub> stubs;
  for (int i = 0; i < kConnections; ++i) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
    auto channel =
        grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
    channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(10));
    stubs.emplace_back(std::move(channel));
  }
  return stubs;
}

class Sender {
 public:
  Sender(const Traffic& traffic, Running& running)
      : traffic_(traffic), running_(running), stubs_(Connect(traffic.address)) {}

  void Send(const Phase& phase, Clock::time_point begin, PhaseFigures& figures) {
    const Clock::time_point end = begin + Length(phase.seconds);
    figures.seconds = phase.seconds;
    figures.planned = static_cast<int64_t>(phase.per_second * phase.seconds);
    figures.arrivals.resize(figures.planned);
    for (int64_t i = 0; i < figures.planned; ++i) {
      const double due = static_cast<double>(i) / phase.per_second;
      Await(begin + Length(due));
      if (Clock::now() >= end) {
        figures.arrivals.resize(i);  // Shorter: those that are under way stay where they are.
        break;
      }
      figures.arrivals[i].due = static_cast<float>(due);
      SendOne(figures.arrivals[i], begin);
    }
    Await(end);
  }

 private:
  // Unless it is there, or nearly.
  void Await(Clock::time_point time) {
    if (Clock::now() + kTogether >= time) return;
    std::unique_lock lock(running_.mutex);
    running_.changed.wait_until(lock, time + kTogether, [] { return false; });
  }

  void SendOne(Arrival& arrival, Clock::time_point begin) {
    std::unique_ptr<Sent> call(new Sent{running_, arrival, begin, {}, {}, {}});
    call->context.set_deadline(std::chrono::system_clock::now() + traffic_.deadline);
    const grpc::Slice slice(traffic_.request(sent_));
    call->request = grpc::ByteBuffer(&slice, 1);
    arrival.sent = static_cast<float>(SecondsSince(begin));
    {
      std::lock_guard lock(running_.mutex);
      ++running_.count;
    }
    Sent::Send(std::move(call), stubs_[sent_++ % kConnections], traffic_);
  }

  const Traffic& traffic_;
  Running& running_;
  std::vector<Stub> stubs_;
  int64_t sent_ = 0;
};

}  // namespace

TrafficFigures Flow(const Traffic& traffic) {
  TrafficFigures figures;
  figures.phases.resize(traffic.phases.size());
  Running running;
  Sender sender(traffic, running);
  Clock::time_point begin = Clock::now();
  for (size_t i = 0; i < traffic.phases.size(); ++i) {
    if (traffic.begins != nullptr) traffic.begins(i);
    sender.Send(traffic.phases[i], begin, figures.phases[i]);
    begin += Length(traffic.phases[i].seconds);
  }
  if (traffic.begins != nullptr) traffic.begins(traffic.phases.size());
  std::unique_lock lock(running.mutex);
  running.changed.wait(lock, [&] { return running.count == 0; });
  figures.answers = running.answers.names();
  return figures;
}

}  // namespace crm::bench
