#include "libs/base/text.h"

#include <gtest/gtest.h>

namespace crm::base {
namespace {

TEST(IsBlank, SeesWhatThereIsToRead) {
  for (const char* blank : {"", " ", "\t\r\n\v\f", "\u3000", " \u3000 "}) {
    EXPECT_TRUE(IsBlank(blank)) << blank;
  }
  for (const char* text : {"x", " x ", "\u3000\u8d35", "\u3001", "\u00a0", "\xe3\x80"}) {
    EXPECT_FALSE(IsBlank(text)) << text;
  }
}

}  // namespace
}  // namespace crm::base
