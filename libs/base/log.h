// Log lines as JSON, one object a line, on standard error. Never personal data, never a key in
// clear.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace crm::base {

enum class Level { kDebug, kInfo, kWarning, kError };

struct LogField {
  std::string_view key;
  std::string value;
};

// `message` is constant text; what varies goes into fields. Thread-safe.
void Log(Level level, std::string_view message, std::initializer_list<LogField> fields = {});

// Lines below `level` are dropped. Default: kInfo.
void SetLogLevel(Level level);

}  // namespace crm::base
