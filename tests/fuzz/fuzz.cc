#include "tests/fuzz/fuzz.h"

#include <google/protobuf/stubs/logging.h>
#include <time.h>

#include <algorithm>

#include "libs/base/check.h"

namespace crm::fuzz {
namespace {

constexpr int64_t kNanosMax = 100'000'000;
// What was slow once may have been unlucky: only the quickest of some tries counts.
constexpr int kTries = 3;

// Of this thread alone, so that a busy machine makes no input slow.
int64_t ProcessorNanos() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

// The library says of each text of the input that it is not UTF-8. That we would send one is ours.
void OnProtobufLog(google::protobuf::LogLevel, const char*, int, const std::string& message) {
  base::Check(message.find("when serializing") == std::string::npos, message);
}

void InTime(std::string_view bytes) {
  for (int i = 0; i < kTries; ++i) {
    const int64_t begin = ProcessorNanos();
    Target(bytes);
    if (ProcessorNanos() - begin <= kNanosMax) return;
  }
  base::Check(false, "no input takes more than 100 ms");
}

}  // namespace

uint8_t Input::Byte() {
  if (rest_.empty()) return 0;
  const auto byte = static_cast<uint8_t>(rest_.front());
  rest_.remove_prefix(1);
  return byte;
}

std::string_view Input::Line() {
  const std::string_view line = rest_.substr(0, rest_.find('\n'));
  rest_.remove_prefix(std::min(rest_.size(), line.size() + 1));
  return line;
}

std::string_view Input::Text() {
  const size_t high = Byte();
  const size_t size = high << 8 | Byte();
  const std::string_view text = rest_.substr(0, size);
  rest_.remove_prefix(text.size());
  return text;
}

std::string_view Input::Rest() {
  const std::string_view rest = rest_;
  rest_ = {};
  return rest;
}

}  // namespace crm::fuzz

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  google::protobuf::SetLogHandler(crm::fuzz::OnProtobufLog);
  crm::fuzz::Target({});
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  crm::fuzz::InTime({reinterpret_cast<const char*>(data), size});
  return 0;
}
