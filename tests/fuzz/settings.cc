// Settings: values by their tests, and flags. Input: an argument on each line.
#include "libs/app/settings.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "libs/base/check.h"
#include "tests/fuzz/fuzz.h"

namespace crm::fuzz {
namespace {

// One of each that there is; run.cc's are made of these.
const std::vector<app::Setting>& Settings() {
  static const std::vector<app::Setting> settings = {
      {"number", "1", "", app::Between(0, 3'600)},
      {"choice", "a", "", app::OneOf({"a", "b"})},
      {"flag", "true", "", app::TrueOrFalse()},
      {"text", "x", "", app::NotEmpty()},
      {"listen", "127.0.0.1:0", "", app::ListenAddress()},
      {"host", "", "", app::OrEmpty("none", app::HostPort())},
      {"hosts", "a:1", "", app::HostPorts()},
      {"services", "", "", app::OrEmpty("none", app::ServiceAddresses())},
      {"replica", "", "", app::OrEmpty("one", app::ReplicaPattern())},
      {"instance", "local", "", app::InstanceName()},
      {"zone", "UTC", "", app::TimeZoneName()},
      {"day", "", "", app::OrEmpty("today", app::BusinessDate())},
      {"currency", "USD", "", app::CurrencyCode(), /*secret=*/true}};
  return settings;
}

}  // namespace

void Target(std::string_view bytes) {
  Input input(bytes);
  std::vector<std::string> arguments = {"service"};
  while (!input.empty()) {
    std::string argument(input.Line());
    argument = argument.substr(0, argument.find('\0'));
    app::ParseServiceAddresses(argument);
    const auto day = app::ParseBusinessDate(argument);
    base::Check(!day.has_value() || app::BusinessDate().holds(argument), "a day is one of those");
    // It would read whatever file the input names.
    if (!absl::StartsWith(argument, "--config")) arguments.push_back(std::move(argument));
  }
  std::vector<const char*> argv;
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  const auto parsed = app::Settings::Parse(static_cast<int>(argv.size()), argv.data(), Settings());
  if (!parsed.ok()) {
    return base::Check(absl::IsInvalidArgument(parsed.status()), parsed.status().ToString());
  }
  if (absl::StrContains(parsed->print, "Usage")) return;  // --help came before the values.
  for (const app::Setting& setting : Settings()) {
    base::Check(setting.allowed.holds(parsed->settings.Text(setting.name)), setting.name);
  }
}

}  // namespace crm::fuzz
