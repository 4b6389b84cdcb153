// The lines of data/: a word, a space, the rest.
#pragma once

#include <string_view>

namespace crm::text {

template <class Use>
void ForEachLine(std::string_view data, const Use& use) {
  while (!data.empty()) {
    const std::string_view line = data.substr(0, data.find('\n'));
    data.remove_prefix(line.size() < data.size() ? line.size() + 1 : line.size());
    const size_t space = line.find(' ');
    if (space != std::string_view::npos) use(line.substr(0, space), line.substr(space + 1));
  }
}

}  // namespace crm::text
