// What keeps a customer or contact out of a merge that it does not know itself: somebody asked that
// its data be erased. Merged, they would live on where nobody erases them.
#pragma once

#include <string>

#include "libs/engine/model.h"
#include "services/customer/read/care_tables.h"

namespace crm::customer {

// From other keys, so it may be behind.
struct MergeBar {
  std::string erasure = {};  // That is not over; empty: there is none.
};

// The erasure of the subject that was asked for and is not over; empty: there is none.
inline std::string OpenErasureOf(const std::string& subject, const engine::Snapshot& snapshot) {
  std::string open;
  snapshot.Scan(
      kErasures, "by_subject",
      [&](const v1::Erasure& erasure) {
        if (erasure.state() != v1::ERASURE_STATE_VERIFIED) open = erasure.name();
        return open.empty();
      },
      subject);
  return open;
}

// Of the two of a merge.
inline MergeBar MergeBarOf(const std::string& a, const std::string& b,
                           const engine::Snapshot& snapshot) {
  std::string open = OpenErasureOf(a, snapshot);
  return {open.empty() ? OpenErasureOf(b, snapshot) : open};
}

}  // namespace crm::customer
