#include "libs/files/encoding.h"

#include <unicode/ucnv.h>
#include <unicode/ucnv_err.h>

#include <algorithm>
#include <vector>

#include "libs/base/check.h"
#include "libs/base/utf8.h"

namespace crm::files {
namespace {

// A longer line is judged by its beginning.
constexpr size_t kLineJudgedBytesMax = 64 << 10;

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

struct Gb18030Decoder::Converter {
  struct Close {
    void operator()(UConverter* converter) const { ucnv_close(converter); }
  };
  std::unique_ptr<UConverter, Close> from;
  std::unique_ptr<UConverter, Close> to;
};

Gb18030Decoder::Gb18030Decoder() : converter_(std::make_unique<Converter>()) {
  UErrorCode error = U_ZERO_ERROR;
  converter_->from.reset(ucnv_open("gb18030", &error));
  converter_->to.reset(ucnv_open("UTF-8", &error));
  ucnv_setToUCallBack(converter_->from.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr,
                      &error);
  base::Check(U_SUCCESS(error) != 0, "ICU knows GB18030 and UTF-8");
}

Gb18030Decoder::~Gb18030Decoder() = default;

absl::StatusOr<std::string> Gb18030Decoder::Decode(std::string_view bytes) const {
  if (IsAscii(bytes)) return std::string(bytes);
  UErrorCode error = U_ZERO_ERROR;
  ucnv_reset(converter_->from.get());
  std::vector<UChar> wide(bytes.size() + 1);
  const int32_t length =
      ucnv_toUChars(converter_->from.get(), wide.data(), static_cast<int32_t>(wide.size()),
                    bytes.data(), static_cast<int32_t>(bytes.size()), &error);
  if (U_FAILURE(error) != 0) return absl::InvalidArgumentError("is not GB18030");
  // Three bytes hold any code unit.
  std::string text(static_cast<size_t>(length) * 3 + 1, '\0');
  const int32_t size =
      ucnv_fromUChars(converter_->to.get(), text.data(), static_cast<int32_t>(text.size()),
                      wide.data(), length, &error);
  if (U_FAILURE(error) != 0) return absl::InvalidArgumentError("is not GB18030");
  text.resize(static_cast<size_t>(size));
  return text;
}

void EncodingFinder::EndLine() {
  if (!IsAscii(line_)) (base::IsUtf8(line_) ? valid_lines_ : invalid_lines_) += 1;
  line_.clear();
}

void EncodingFinder::Add(std::string_view piece) {
  if (first_ && !piece.empty()) {
    has_mark_ = piece.starts_with(kByteOrderMark);
    first_ = false;
  }
  while (!piece.empty()) {
    const size_t end = piece.find('\n');
    const std::string_view part = piece.substr(0, end);
    if (line_.size() < kLineJudgedBytesMax) line_.append(part);
    if (end == std::string_view::npos) return;
    EndLine();
    piece.remove_prefix(end + 1);
  }
}

bool EncodingFinder::IsUtf8() {
  EndLine();
  return has_mark_ || valid_lines_ >= invalid_lines_;
}

}  // namespace crm::files
