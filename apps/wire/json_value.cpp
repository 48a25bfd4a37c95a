// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/wire/json_value.h"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include "apps/wire/number_text.h"
#include "apps/wire/utf8.h"

namespace ball::json {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Recursive descent over one text. Every Read... leaves the position behind what it read, or
// returns false (or nothing): the document is refused, the position is where reading it ended.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::optional<Value> ReadDocument() {
    Value value;
    if (!ReadValue(value, 0)) {
      return std::nullopt;
    }
    SkipBlanks();
    if (at_ != text_.size()) {
      return std::nullopt;
    }
    return value;
  }

  // Once the document is refused.
  std::string Why() const {
    return std::string(why_.empty() ? "it is no JSON" : why_) + ", from byte " +
           std::to_string(at_) + " on";
  }

 private:
  bool Refuse(std::string_view why) {
    why_ = why;
    return false;
  }

  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  bool Take(char c) {
    if (at_ == text_.size() || text_[at_] != c) {
      return false;
    }
    ++at_;
    return true;
  }

  bool TakeWord(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) {
      return false;
    }
    at_ += word.size();
    return true;
  }

  void SkipBlanks() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }

  bool SkipDigits() {
    const size_t begin = at_;
    while (IsDigit(Peek())) {
      ++at_;
    }
    return at_ > begin;
  }

  bool ReadValue(Value& value, int depth) {
    if (++values_ > kMaxValues) {
      return Refuse("it has too many values");
    }
    if (depth > kMaxDepth) {
      return Refuse("its brackets nest too deep");
    }
    SkipBlanks();
    switch (Peek()) {
      case '{':
        return ReadObject(value.data.emplace<Object>(), depth);
      case '[':
        return ReadArray(value.data.emplace<Array>(), depth);
      case '"':
        return ReadString(value.data.emplace<std::string>());
      case 't':
        value.data = true;
        return TakeWord("true");
      case 'f':
        value.data = false;
        return TakeWord("false");
      case 'n':
        return TakeWord("null");
      default:
        return ReadNumber(value.data.emplace<Number>());
    }
  }

  bool ReadObject(Object& object, int depth) {
    ++at_;
    SkipBlanks();
    if (Take('}')) {
      return true;
    }
    do {
      if (!ReadMember(object, depth)) {
        return false;
      }
      SkipBlanks();
    } while (Take(','));
    return Take('}');
  }

  bool ReadMember(Object& object, int depth) {
    SkipBlanks();
    Member member;
    if (Peek() != '"' || !ReadString(member.key)) {
      return false;
    }
    const bool seen = std::any_of(object.begin(), object.end(),
                                  [&](const Member& other) { return other.key == member.key; });
    if (seen) {
      return Refuse("a key is there twice");
    }
    if (object.size() == kMaxMembers) {
      return Refuse("an object has too many members");
    }
    SkipBlanks();
    if (!Take(':') || !ReadValue(member.value, depth + 1)) {
      return false;
    }
    object.push_back(std::move(member));
    return true;
  }

  bool ReadArray(Array& array, int depth) {
    ++at_;
    SkipBlanks();
    if (Take(']')) {
      return true;
    }
    do {
      if (!ReadValue(array.emplace_back(), depth + 1)) {
        return false;
      }
      SkipBlanks();
    } while (Take(','));
    return Take(']');
  }

  bool ReadNumber(Number& number) {
    const size_t begin = at_;
    Take('-');
    if (!Take('0') && !SkipDigits()) {
      return false;
    }
    const size_t integer_end = at_;
    if (Take('.') && !SkipDigits()) {
      return false;
    }
    if ((Take('e') || Take('E')) && !ReadExponent()) {
      return false;
    }
    const std::string_view digits = text_.substr(begin, at_ - begin);
    if (at_ == integer_end) {
      number.integer = ExactInteger(digits);
    }
    const std::optional<double> value = ParseNumber(digits);
    number.value = value.value_or(0);
    return value || Refuse("a number is too large");
  }

  bool ReadExponent() {
    if (!Take('+')) {
      Take('-');
    }
    return SkipDigits();
  }

  static std::optional<int64_t> ExactInteger(std::string_view digits) {
    int64_t integer = 0;
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), integer);
    return result.ec == std::errc() ? std::optional(integer) : std::nullopt;
  }

  bool ReadString(std::string& string) {
    ++at_;
    while (at_ < text_.size()) {
      if (Take('"')) {
        return true;
      }
      if (!(Take('\\') ? ReadEscape(string) : ReadCharacter(string))) {
        return false;
      }
    }
    return false;
  }

  bool ReadCharacter(std::string& string) {
    const Utf8Character character = DecodeUtf8(text_.substr(at_));
    if (character.length == 0) {
      return Refuse("it is no UTF-8");
    }
    if (character.code < 0x20) {
      return Refuse("a control character is not escaped");
    }
    string.append(text_.substr(at_, character.length));
    at_ += character.length;
    return true;
  }

  bool ReadEscape(std::string& string) {
    if (Take('u')) {
      return ReadUnicodeEscape(string);
    }
    constexpr std::string_view kEscapes = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    const size_t which = kEscapes.find(Peek());
    if (at_ == text_.size() || which == std::string_view::npos) {
      return false;
    }
    ++at_;
    string += kMeanings[which];
    return true;
  }

  // Characters above U+FFFF come as two escapes, a high and a low surrogate.
  bool ReadUnicodeEscape(std::string& string) {
    char32_t code = ReadHex().value_or(0);
    if (code >= 0xd800 && code < 0xdc00) {
      const char32_t low = TakeWord("\\u") ? ReadHex().value_or(0) : 0;
      if (low < 0xdc00 || low > 0xdfff) {
        return Refuse("an escape is no character");
      }
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    if (code == 0 || (code >= 0xd800 && code <= 0xdfff)) {
      return Refuse("an escape is no character");
    }
    AppendUtf8(code, string);
    return true;
  }

  std::optional<char32_t> ReadHex() {
    const std::string_view digits = text_.substr(at_, 4);
    uint16_t code = 0;
    const char* end = digits.data() + digits.size();
    const auto result = std::from_chars(digits.data(), end, code, 16);
    if (digits.size() != 4 || result.ec != std::errc() || result.ptr != end) {
      return std::nullopt;
    }
    at_ += 4;
    return code;
  }

  std::string_view text_;
  size_t at_ = 0;
  size_t values_ = 0;
  std::string_view why_;  // empty: as JSON has it
};

}  // namespace

bool operator==(const Value& a, const Value& b) { return a.data == b.data; }
bool operator==(const Member& a, const Member& b) { return a.key == b.key && a.value == b.value; }

std::optional<Value> Parse(std::string_view text) { return Reader(text).ReadDocument(); }

std::string WhyRefused(std::string_view text) {
  Reader reader(text);
  return reader.ReadDocument() ? "" : reader.Why();
}

}  // namespace ball::json
