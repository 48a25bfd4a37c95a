// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/patience.h"
#include "tests/process/file.h"

namespace ball {

// Long enough for a busy machine; a test that passes does not come near it.
constexpr std::chrono::seconds kPatience{30 * kSlowdown};

// Variables that differ from this process's; an empty optional takes one away.
using Environment = std::map<std::string, std::optional<std::string>>;

// A program in a process of its own, whose output is read all the time, so that it never waits for
// us. It ends with this object and with this process. Main thread only. Where its test has failed
// its end is printed.
class Child {
 public:
  enum class Stream { kOutput, kErrors };

  // `command` is a path, or a name for $PATH, and its arguments. Its standard input is empty. A
  // program that cannot be started exits with 127.
  explicit Child(const std::vector<std::string>& command, const Environment& environment = {});
  // Kills it where it still runs.
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t pid() const { return pid_; }
  void Signal(int signal) const;

  // All that it has written so far.
  std::string Output() const { return Text(Stream::kOutput); }
  std::string Errors() const { return Text(Stream::kErrors); }

  // The next whole line that contains `text`, without its end. Lines up to it are not looked at
  // again. Nothing if there is none when the program has ended or patience has.
  std::optional<std::string> AwaitLine(Stream stream, const std::string& text);
  std::optional<std::string> AwaitOutput(const std::string& text) {
    return AwaitLine(Stream::kOutput, text);
  }
  std::optional<std::string> AwaitError(const std::string& text) {
    return AwaitLine(Stream::kErrors, text);
  }

  // Lines that are there already are not looked at any more.
  void SkipLines(Stream stream);

  // Its exit code, 128 + N where signal N ended it, nothing where it still runs after `limit`. What
  // it wrote is complete then.
  std::optional<int> AwaitExit(std::chrono::milliseconds limit = kPatience);
  bool running() const;

  // Its name, how it ended, and the end of what it wrote to its standard error.
  std::string LastWords() const;

 private:
  struct Reader {
    File file;
    std::string text;
    size_t looked_at = 0;
  };

  std::string Text(Stream stream) const;
  std::optional<std::string> TakeLine(Reader& reader, const std::string& text);
  Reader& Of(Stream stream) { return stream == Stream::kOutput ? output_ : errors_; }
  void ReadAll();
  void ReadFrom(Reader& reader);
  void TakeExit();

  const std::string program_;
  pid_t pid_ = -1;
  File process_;
  // Written to when the thread shall end: the pipes may be held open by processes that outlive it.
  File stop_;
  mutable std::mutex lock_;
  std::condition_variable changed_;
  Reader output_;
  Reader errors_;
  std::optional<int> exit_;
  std::thread thread_;
};

// Whether any process with that pid, ours or not, is gone within `limit`.
bool AwaitGone(pid_t pid, std::chrono::milliseconds limit = kPatience);

// The processes whose environment holds NAME=VALUE, however they were started, without this one.
std::vector<pid_t> ProcessesWith(const std::string& name, const std::string& value);

// The children of a process.
std::vector<pid_t> ChildrenOf(pid_t pid);

}  // namespace ball
