// SPDX-License-Identifier: LGPL-2.1-or-later
// Runs a fuzz target without libFuzzer: each file of the corpus, then variations of them, the same
// ones each time.
//
//   TARGET DIRECTORY [VARIATIONS]        default: 100000, with a sanitizer a tenth of them
#include <algorithm>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "tests/fuzz/fuzz_target.h"
#include "tests/patience.h"

namespace ball {
namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

// A parser takes microseconds; this is for a machine with much else to do, and a sanitizer.
constexpr std::chrono::seconds kMaxTime{30};

std::vector<std::string> ReadCorpus(const std::string& directory) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(directory)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> inputs;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return inputs;
}

// Changes bytes, takes some away, doubles some, and puts pieces of other files in.
class Variations {
 public:
  explicit Variations(const std::vector<std::string>& corpus) : corpus_(corpus) {}

  std::string Next() {
    std::string input = Any();
    for (size_t count = 1 + Below(4); count > 0; --count) Change(input);
    return input;
  }

 private:
  size_t Below(size_t limit) { return limit == 0 ? 0 : random_() % limit; }
  const std::string& Any() { return corpus_[Below(corpus_.size())]; }

  std::string Piece(const std::string& text) {
    const size_t begin = Below(text.size());
    return text.substr(begin, 1 + Below(std::min<size_t>(text.size() - begin, 64)));
  }

  void Change(std::string& input) {
    // What numbers, brackets and lines are made of.
    static constexpr char kMeant[] = "0123456789-+.eE\"{}[],:\\\r\n =ua";
    const size_t at = Below(input.size());
    switch (Below(6)) {
      case 0:
        if (!input.empty()) input[at] = static_cast<char>(random_());
        break;
      case 1:
        if (!input.empty()) input[at] = kMeant[Below(sizeof kMeant - 1)];
        break;
      case 2:
        input.erase(at, 1 + Below(16));
        break;
      case 3:
        input.insert(at, Piece(input));
        break;
      case 4:
        input.insert(at, Piece(Any()));
        break;
      default:
        input.insert(at, 1, kMeant[Below(sizeof kMeant - 1)]);
    }
  }

  const std::vector<std::string>& corpus_;
  std::mt19937 random_{1};
};

void Run(const std::string& input) {
  // On the heap and no byte longer, so that a sanitizer sees what reads further.
  const std::vector<uint8_t> bytes(input.begin(), input.end());
  const auto begin = steady_clock::now();
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  Require(steady_clock::now() - begin < kMaxTime, "an input takes no time");
}

}  // namespace
}  // namespace ball

int main(int argc, char** argv) {
  using namespace ball;
  const auto corpus = argc < 2 ? std::vector<std::string>() : ReadCorpus(argv[1]);
  if (corpus.empty()) {
    std::cerr << "usage: TARGET DIRECTORY [VARIATIONS], with files in it" << std::endl;
    return 2;
  }
  const long count = argc < 3 ? 100000 / kSlowdown : std::atol(argv[2]);
  Run("");
  for (const std::string& input : corpus) Run(input);
  Variations variations(corpus);
  for (long i = 0; i < count; ++i) Run(variations.Next());
  std::cout << corpus.size() << " files and " << count << " variations of them" << std::endl;
  return 0;
}
