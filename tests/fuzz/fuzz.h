// What every target includes. A target is one file that defines Target; fuzz.cc calls it for
// libFuzzer and holds it to its time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace crm::fuzz {

// Takes any bytes, and checks with base::Check what must be true of them. The first call, with no
// bytes, is not timed: what is made once is made there.
void Target(std::string_view bytes);

// Cuts an input into parts. Total: at its end there are zeros and empty texts.
class Input {
 public:
  explicit Input(std::string_view bytes) : rest_(bytes) {}

  bool empty() const { return rest_.empty(); }
  uint8_t Byte();
  // 0 to n-1; n is at most 256.
  size_t Below(size_t n) { return Byte() % n; }
  // Up to the next line end, which is taken off too.
  std::string_view Line();
  // A length of two bytes, big-endian, and that many bytes, or those that are left.
  std::string_view Text();
  std::string_view Rest();

 private:
  std::string_view rest_;
};

}  // namespace crm::fuzz
