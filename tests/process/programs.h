// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "tests/process/child.h"
#include "tests/segment_watch.h"

namespace ball {

using Arguments = std::vector<std::string>;

enum class Program { kServer, kClient, kLocator };

// The file that is run.
std::string PathOf(Program program);
// As its user calls it.
std::string NameOf(Program program);

// A directory of a test's own, removed with what is in it.
class ScratchDirectory {
 public:
  ScratchDirectory();
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// A server-app on a free port, of the loopback unless its arguments say otherwise. `enter` is a
// command that runs it, `program` another build of it.
class Server : public Child {
 public:
  Server(const Arguments& arguments, const Environment& environment, const Arguments& enter = {},
         const std::string& program = PathOf(Program::kServer));
  // Where it listens; 0 where it does not.
  int port() const { return port_; }

 private:
  int port_ = 0;
};

// The real programs, with a runtime directory of their own and without a display. After each test
// none of the processes that it started may be left.
class ProgramTest : public testing::Test {
 protected:
  void TearDown() override;

  // What every program here is started with, and `more`.
  Environment Variables(const Environment& more = {}) const;
  // For a program in which that library comes first, before what is preloaded into this one.
  static Environment Preloading(const std::string& library);
  std::string Path(const std::string& name) const { return scratch_.path() + "/" + name; }
  const std::string& runtime() const { return scratch_.path(); }

  std::unique_ptr<Server> StartServer(const Arguments& arguments);
  // Connected to that port, without a window.
  std::unique_ptr<Child> StartClient(int port, const Arguments& arguments);
  // The clients that only answer, or behave badly (tests/light_client), connected to that port.
  std::unique_ptr<Child> StartLightClient(int port, const Arguments& arguments);
  // As the user gives it, nothing added.
  std::unique_ptr<Child> Start(Program program, const Arguments& arguments,
                               const Environment& more = {});

  // The locator that a client has started: awaited by the first line about its video.
  static pid_t LocatorOf(Child& client);
  // Names in the directory where frames are handed over, lock files and sockets included.
  std::vector<std::string> Handoffs() const;
  // The shared memory segments of a process of this test.
  std::vector<std::string> SegmentsOf(pid_t pid) const { return segments_.Of(pid); }

 private:
  ScratchDirectory scratch_;
  SegmentWatch segments_;
};

// Whole lines of a text.
std::vector<std::string> Lines(const std::string& text);

// The command `first` with the arguments `rest`.
Arguments Command(const std::string& first, const Arguments& rest);

Arguments Concatenated(Arguments first, const Arguments& second);

}  // namespace ball
