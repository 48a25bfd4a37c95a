// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/process/child.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

namespace ball {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

// A page or two: enough for what ended it.
constexpr size_t kLastWords = 8192;

File OpenProcess(pid_t pid) { return File(static_cast<int>(syscall(SYS_pidfd_open, pid, 0))); }

struct Pipe {
  File read;
  File write;
};

Pipe MakePipe() {
  std::array<int, 2> ends = {-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return {};
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return {File(ends[0]), File(ends[1])};
}

std::vector<std::string> Merge(const Environment& changes) {
  std::vector<std::string> merged;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (changes.count(text.substr(0, text.find('='))) == 0) merged.push_back(text);
  }
  for (const auto& [name, value] : changes) {
    if (value) merged.push_back(name + "=" + *value);
  }
  return merged;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// In the new process, where only calls are allowed that are safe beside other threads.
[[noreturn]] void Become(char** command, char** environment, const Pipe& output,
                         const Pipe& errors) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  dup2(nothing, STDIN_FILENO);
  dup2(output.write.number(), STDOUT_FILENO);
  dup2(errors.write.number(), STDERR_FILENO);
  execvpe(command[0], command, environment);
  _exit(127);
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::optional<pid_t> ToPid(const std::string& text) {
  const bool number = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  return number ? std::optional(static_cast<pid_t>(std::atoi(text.c_str()))) : std::nullopt;
}

std::vector<pid_t> Processes() {
  std::vector<pid_t> found;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/proc", ignored)) {
    if (const auto pid = ToPid(entry.path().filename().string())) found.push_back(*pid);
  }
  return found;
}

// The parent's pid is the second field behind the name, which stands in parentheses and may hold
// anything.
std::optional<pid_t> ParentOf(pid_t pid) {
  const std::string status = ReadFile("/proc/" + std::to_string(pid) + "/stat");
  const size_t name_end = status.rfind(") ");
  if (name_end == std::string::npos) return {};
  const size_t parent = name_end + 4;
  if (parent >= status.size()) return {};
  return ToPid(status.substr(parent, status.find(' ', parent) - parent));
}

}  // namespace

Child::Child(const std::vector<std::string>& command, const Environment& environment)
    : program_(command.front()) {
  auto arguments = command;
  auto variables = Merge(environment);
  const auto argv = Pointers(arguments);
  const auto envp = Pointers(variables);
  Pipe output = MakePipe();
  Pipe errors = MakePipe();
  stop_ = File(eventfd(0, EFD_CLOEXEC));
  pid_ = fork();
  if (pid_ == 0) {
    Become(const_cast<char**>(argv.data()), const_cast<char**>(envp.data()), output, errors);
  }
  process_ = OpenProcess(pid_);
  output_.file = std::move(output.read);
  errors_.file = std::move(errors.read);
  thread_ = std::thread([this] { ReadAll(); });
}

Child::~Child() {
  // What a test that failed did not ask for is gone with this object.
  if (testing::Test::HasFailure()) std::cout << LastWords() << std::endl;
  if (running()) {
    Signal(SIGKILL);
    // A stopped process does not hinder SIGKILL.
    AwaitExit();
  }
  eventfd_write(stop_.number(), 1);
  thread_.join();
  // UndefinedBehaviorSanitizer's, of this program or of one that it started: its end may tell
  // nothing.
  EXPECT_EQ(Errors().find(": runtime error: "), std::string::npos) << LastWords();
}

void Child::Signal(int signal) const {
  // Once its exit was taken the pid may be somebody else's.
  const std::lock_guard guard(lock_);
  if (!exit_) kill(pid_, signal);
}

bool Child::running() const {
  const std::lock_guard guard(lock_);
  return !exit_;
}

std::string Child::LastWords() const {
  const std::lock_guard guard(lock_);
  const std::string& text = errors_.text;
  const std::string end = exit_ ? " ended with " + std::to_string(*exit_) : " still runs";
  const bool all = text.size() <= kLastWords;
  return program_ + " (" + std::to_string(pid_) + ")" + end + "; its standard error:\n" +
         (all ? text : "...\n" + text.substr(text.size() - kLastWords));
}

std::string Child::Text(Stream stream) const {
  const std::lock_guard guard(lock_);
  return stream == Stream::kOutput ? output_.text : errors_.text;
}

std::optional<std::string> Child::TakeLine(Reader& reader, const std::string& text) {
  for (;;) {
    const size_t begin = reader.looked_at;
    const size_t end = reader.text.find('\n', begin);
    if (end == std::string::npos) return {};
    reader.looked_at = end + 1;
    std::string line = reader.text.substr(begin, end - begin);
    if (line.find(text) != std::string::npos) return line;
  }
}

std::optional<std::string> Child::AwaitLine(Stream stream, const std::string& text) {
  std::unique_lock guard(lock_);
  std::optional<std::string> line;
  changed_.wait_for(guard, kPatience, [&] {
    line = TakeLine(Of(stream), text);
    return line || exit_;
  });
  return line;
}

void Child::SkipLines(Stream stream) {
  const std::lock_guard guard(lock_);
  Reader& reader = Of(stream);
  reader.looked_at = reader.text.rfind('\n') == std::string::npos ? 0 : reader.text.rfind('\n') + 1;
}

std::optional<int> Child::AwaitExit(milliseconds limit) {
  std::unique_lock guard(lock_);
  changed_.wait_for(guard, limit, [this] { return exit_.has_value(); });
  return exit_;
}

void Child::ReadAll() {
  for (;;) {
    // poll ignores descriptors below zero: a stream that has ended, a process that has.
    std::array<pollfd, 4> waiting = {{{output_.file.number(), POLLIN, 0},
                                      {errors_.file.number(), POLLIN, 0},
                                      {process_.number(), POLLIN, 0},
                                      {stop_.number(), POLLIN, 0}}};
    poll(waiting.data(), waiting.size(), -1);
    if (waiting[3].revents != 0) return;
    // What it wrote before its end is in the pipes by the time its end is seen.
    const std::lock_guard guard(lock_);
    ReadFrom(output_);
    ReadFrom(errors_);
    if (waiting[2].revents != 0) TakeExit();
    changed_.notify_all();
  }
}

void Child::ReadFrom(Reader& reader) {
  std::array<char, 16384> bytes;
  while (reader.file.open()) {
    const ssize_t count = read(reader.file.number(), bytes.data(), bytes.size());
    if (count == 0) reader.file.Close();
    if (count <= 0) return;
    reader.text.append(bytes.data(), static_cast<size_t>(count));
  }
}

void Child::TakeExit() {
  // Between the reading above and now it may have written its last words.
  ReadFrom(output_);
  ReadFrom(errors_);
  int status = 0;
  waitpid(pid_, &status, 0);
  exit_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  process_.Close();
}

bool AwaitGone(pid_t pid, milliseconds limit) {
  const File process = OpenProcess(pid);
  if (!process.open()) return true;
  pollfd ended = {process.number(), POLLIN, 0};
  return poll(&ended, 1, static_cast<int>(limit.count())) == 1;
}

std::vector<pid_t> ProcessesWith(const std::string& name, const std::string& value) {
  const std::string wanted = name + "=" + value;
  std::vector<pid_t> found;
  for (const pid_t pid : Processes()) {
    // Entries are separated by zeros.
    std::istringstream entries(ReadFile("/proc/" + std::to_string(pid) + "/environ"));
    for (std::string entry; std::getline(entries, entry, '\0');) {
      if (pid != getpid() && entry == wanted) found.push_back(pid);
    }
  }
  return found;
}

std::vector<pid_t> ChildrenOf(pid_t pid) {
  std::vector<pid_t> children;
  for (const pid_t other : Processes()) {
    if (ParentOf(other) == pid) children.push_back(other);
  }
  return children;
}

}  // namespace ball
