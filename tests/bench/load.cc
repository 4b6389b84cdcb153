#include "tests/bench/load.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "libs/base/check.h"
#include "tests/bench/proc.h"

namespace crm::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Stub = grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer>;

constexpr int kConnections = 2;
constexpr auto kDeadline = std::chrono::seconds(30);

std::string TextOf(const grpc::ByteBuffer& reply) {
  grpc::Slice slice;
  base::Check(reply.DumpToSingleSlice(&slice).ok(), "the reply can be read");
  return std::string(reinterpret_cast<const char*>(slice.begin()), slice.size());
}

struct Run {
  explicit Run(const Load& of) : load(of) {}

  const Load& load;
  Clock::time_point begin, end;  // Of what is measured.
  std::atomic<int64_t> sent{0};
  std::mutex mutex;  // Guards running.
  std::condition_variable changed;
  int running = 0;

  void SlotEnded() {
    // Told under the lock: when the waiter returns, the run goes.
    std::lock_guard lock(mutex);
    if (--running == 0) changed.notify_one();
  }
};

struct Slot {
  Slot(Run& of, int number, std::shared_ptr<grpc::Channel> channel)
      : run(of), index(number), stub(std::move(channel)) {}

  void Send() {
    start = Clock::now();
    const bool more = run.load.calls > 0 ? run.sent.fetch_add(1) < run.load.calls : start < run.end;
    if (!more) return run.SlotEnded();
    context.emplace();
    context->set_deadline(std::chrono::system_clock::now() + kDeadline);
    const grpc::Slice slice(run.load.request(index, sent++));
    request = grpc::ByteBuffer(&slice, 1);
    stub.UnaryCall(&*context, run.load.method, grpc::StubOptions(), &request, &reply,
                   [this](const grpc::Status& status) { Answered(status); });
  }

  void Answered(const grpc::Status& status) {
    const Clock::time_point now = Clock::now();
    std::string fault = status.ok() ? "" : status.error_message() + " ";
    if (status.ok() && run.load.fault != nullptr) fault = run.load.fault(TextOf(reply));
    if (!fault.empty()) {
      if (failures++ == 0) first_failure = std::move(fault);
    } else if (run.load.calls > 0 || (now >= run.begin && now < run.end)) {
      micros.push_back(std::chrono::duration<float, std::micro>(now - start).count());
    }
    Send();
  }

  Run& run;
  const int index;
  Stub stub;
  std::optional<grpc::ClientContext> context;
  grpc::ByteBuffer request, reply;
  Clock::time_point start;
  int64_t sent = 0, failures = 0;
  std::string first_failure;
  std::vector<float> micros;
};

std::vector<std::shared_ptr<grpc::Channel>> Connect(const Load& load) {
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  for (int i = 0; i < std::min(kConnections, load.in_flight); ++i) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    channels.push_back(
        grpc::CreateCustomChannel(load.address, grpc::InsecureChannelCredentials(), arguments));
    channels.back()->WaitForConnected(std::chrono::system_clock::now() + kDeadline);
  }
  return channels;
}

Figures Sum(const std::vector<std::unique_ptr<Slot>>& slots, double seconds) {
  Figures figures;
  std::vector<float> micros;
  for (const auto& slot : slots) {
    micros.insert(micros.end(), slot->micros.begin(), slot->micros.end());
    figures.failures += slot->failures;
    if (figures.first_failure.empty()) figures.first_failure = slot->first_failure;
  }
  std::sort(micros.begin(), micros.end());
  figures.calls = static_cast<int64_t>(micros.size());
  figures.per_second = static_cast<double>(figures.calls) / seconds;
  if (micros.empty()) return figures;
  figures.p50_us = micros[micros.size() / 2];
  figures.p99_us = micros[micros.size() * 99 / 100];
  return figures;
}

}  // namespace

Figures Drive(const Load& load) {
  const auto channels = Connect(load);
  Run run(load);
  std::vector<std::unique_ptr<Slot>> slots;
  for (int i = 0; i < load.in_flight; ++i) {
    slots.push_back(std::make_unique<Slot>(run, i, channels[i % channels.size()]));
  }
  run.running = load.in_flight;
  const auto length = [](double seconds) {
    return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  };
  const double cpu = CpuSecondsHere();
  const Clock::time_point first = Clock::now();
  run.begin = first + length(load.seconds / 10);
  run.end = run.begin + length(load.seconds);
  for (const auto& slot : slots) slot->Send();
  std::unique_lock lock(run.mutex);
  run.changed.wait(lock, [&] { return run.running == 0; });
  const double all = std::chrono::duration<double>(Clock::now() - first).count();
  Figures figures = Sum(slots, load.calls > 0 ? all : load.seconds);
  if (figures.per_second > 0) {
    figures.cpu_us = 1e6 * (CpuSecondsHere() - cpu) / (figures.per_second * all);
  }
  return figures;
}

std::string CallOnce(const std::string& address, const std::string& method,
                     const std::string& request) {
  Load load{.address = address, .method = method, .calls = 1};
  load.request = [&](int, int64_t) { return request; };
  const auto channels = Connect(load);
  Run run(load);
  run.running = 1;
  Slot slot(run, 0, channels[0]);
  slot.Send();
  std::unique_lock lock(run.mutex);
  run.changed.wait(lock, [&] { return run.running == 0; });
  base::Check(slot.failures == 0, method + ": " + slot.first_failure);
  return TextOf(slot.reply);
}

}  // namespace crm::bench
