#include "libs/table/overlay.h"

namespace crm::table {
namespace {

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

size_t Bytes(const Overlay::Value& value) { return value.has_value() ? value->size() : 0; }

}  // namespace

void Overlay::Put(std::string key, Value value) {
  const auto [at, inserted] = entries_.try_emplace(std::move(key));
  if (inserted) {
    unsorted_.push_back(at->first);
    bytes_ += at->first.size();
  }
  bytes_ += Bytes(value);
  bytes_ -= Bytes(at->second);
  at->second = std::move(value);
}

const Overlay::Value* Overlay::Find(std::string_view key) const {
  const auto at = entries_.find(View(key));
  return at == entries_.end() ? nullptr : &at->second;
}

const std::pair<const std::string, Overlay::Value>* Overlay::Next(std::string_view from,
                                                                  bool after) const {
  sorted_.insert(unsorted_.begin(), unsorted_.end());
  unsorted_.clear();
  const auto at = after ? sorted_.upper_bound(from) : sorted_.lower_bound(from);
  return at == sorted_.end() ? nullptr : &*entries_.find(View(*at));
}

void Overlay::Clear() {
  sorted_.clear();
  unsorted_.clear();
  entries_.clear();
  bytes_ = 0;
}

}  // namespace crm::table
