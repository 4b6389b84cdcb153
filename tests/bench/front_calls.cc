// bench_front_calls: updates through the gRPC front of the Kafka Streams peer, by the callers that
// ours have (peers/kafka_streams/src/peers/Front.java has the form of the messages). A line of JSON
// for each number in flight.
#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdio>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/bench/load.h"
#include "tests/bench/requests.h"

namespace crm::bench {
namespace {

constexpr char kFrontUpdate[] = "/peers.Customers/Update";
constexpr int kWarmUpInFlight = 64;

// As Java's DataOutput has it: the length in two bytes before the text.
void AppendText(const std::string& text, std::string& out) {
  out.push_back(static_cast<char>(text.size() >> 8));
  out.push_back(static_cast<char>(text.size()));
  out += text;
}

std::string RequestId(int64_t serial) { return absl::StrFormat("bench-update-%012d", serial); }

// The customer's key, then request id, any revision, name.
std::string FrontUpdateBytes(int64_t number, int64_t serial) {
  std::string bytes;
  AppendText(absl::StrFormat("customers/b%07d", number), bytes);
  AppendText(RequestId(serial), bytes);
  bytes.append(8, '\xff');
  AppendText(absl::StrCat("Hartmann Precision Tools ", serial), bytes);
  return bytes;
}

Figures Measure(const std::string& address, int in_flight, double seconds,
                std::atomic<int64_t>& serial) {
  Load load;
  load.address = address;
  load.method = kFrontUpdate;
  load.in_flight = in_flight;
  load.seconds = seconds;
  load.request = [&](int slot, int64_t n) {
    const int64_t own = kCustomers / in_flight;
    return FrontUpdateBytes(slot * own + n % own, ++serial);
  };
  const std::string begin = RequestId(0).substr(0, 13);
  load.fault = [begin](const std::string& reply) {
    return reply.compare(2, begin.size(), begin) == 0 ? "" : "the reply is not an event";
  };
  return Drive(load);
}

}  // namespace
}  // namespace crm::bench

int main(int argc, char** argv) {
  CLI::App app("Updates through the front of the Kafka Streams peer.");
  std::string address;
  std::vector<int> levels;
  double seconds = 5, warm_up = 10;
  app.add_option("--address", address)->required();
  app.add_option("--in-flight", levels)->delimiter(',')->required();
  app.add_option("--seconds", seconds);
  app.add_option("--warm-up-seconds", warm_up);
  CLI11_PARSE(app, argc, argv);
  std::atomic<int64_t> serial = 0;
  crm::bench::Measure(address, crm::bench::kWarmUpInFlight, warm_up, serial);
  for (const int in_flight : levels) {
    const auto made = crm::bench::Measure(address, in_flight, seconds, serial);
    std::printf(
        "{\"in_flight\": %d, \"per_second\": %.1f, \"p50_us\": %.0f, \"p99_us\": %.0f, "
        "\"failures\": %ld}\n",
        in_flight, made.per_second, made.p50_us, made.p99_us, static_cast<long>(made.failures));
    std::fflush(stdout);
    if (made.failures > 0) std::fprintf(stderr, "%s\n", made.first_failure.c_str());
  }
  return 0;
}
