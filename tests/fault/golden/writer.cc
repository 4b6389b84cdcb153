// golden_topic_writer: writes topic.jsonl and expected.jsonl anew from the script. Only lines that
// are added: readers of others are tested against the ones that are there.
#include <fstream>

#include "tests/contract/services.h"
#include "tests/fault/golden/script.h"

int main() {
  const auto lines = crm::fault::GoldenScript();
  const auto write = [](const char* name, const std::string& text) {
    std::ofstream out(crm::contract::SourcePath(std::string("tests/fault/golden/") + name));
    out << text;
    return out.good();
  };
  const bool written = write("topic.jsonl", crm::fault::TopicText(lines)) &&
                       write("expected.jsonl", crm::fault::ExpectedText(lines));
  return written ? 0 : 1;
}
