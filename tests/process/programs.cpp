// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/process/programs.h"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "apps/client-app/handoff_directory.h"

namespace ball {
namespace {

namespace fs = std::filesystem;

std::string MakeDirectory() {
  std::string path = (fs::temp_directory_path() / "ball-test-XXXXXX").string();
  return mkdtemp(path.data()) == nullptr ? "" : path;
}

}  // namespace

std::string PathOf(Program program) {
  if (program == Program::kServer) return SERVER_APP;
  return program == Program::kClient ? CLIENT_APP : LOCATOR_APP;
}

std::string NameOf(Program program) { return fs::path(PathOf(program)).filename(); }

ScratchDirectory::ScratchDirectory() : path_(MakeDirectory()) {}

ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

Server::Server(const Arguments& arguments, const Environment& environment, const Arguments& enter,
               const std::string& program)
    : Child(Concatenated(enter, Command(program, arguments)), environment) {
  const auto line = AwaitOutput("listening on ");
  if (line) port_ = std::atoi(line->substr(line->rfind(':') + 1).c_str());
}

void ProgramTest::TearDown() {
  for (const pid_t pid : ProcessesWith("XDG_RUNTIME_DIR", runtime())) {
    EXPECT_TRUE(AwaitGone(pid)) << "process " << pid << " is left";
  }
  // What the killed ones left, as the next start would; the directory itself is about to go.
  RemoveAbandonedHandoffs(runtime() + "/gst-ball");
}

Environment ProgramTest::Variables(const Environment& more) const {
  Environment variables = more;
  // insert keeps what is there.
  variables.insert({{"XDG_RUNTIME_DIR", runtime()},
                    {"DISPLAY", std::nullopt},
                    {"WAYLAND_DISPLAY", std::nullopt},
                    {"LC_ALL", "C.UTF-8"},
                    // GIO's proxy resolver would otherwise make a dconf database there.
                    {"GSETTINGS_BACKEND", "memory"}});
  return variables;
}

Environment ProgramTest::Preloading(const std::string& library) {
  const char* others = std::getenv("LD_PRELOAD");
  return {{"LD_PRELOAD", others == nullptr ? library : library + ":" + others}};
}

std::unique_ptr<Server> ProgramTest::StartServer(const Arguments& arguments) {
  return std::make_unique<Server>(Command("--port", Command("0", arguments)), Variables());
}

std::unique_ptr<Child> ProgramTest::StartClient(int port, const Arguments& arguments) {
  Arguments all = {"--port", std::to_string(port), "--display", "none"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return Start(Program::kClient, all);
}

std::unique_ptr<Child> ProgramTest::StartLightClient(int port, const Arguments& arguments) {
  const Arguments command = {LIGHT_CLIENT, "--port", std::to_string(port)};
  return std::make_unique<Child>(Concatenated(command, arguments), Variables());
}

std::unique_ptr<Child> ProgramTest::Start(Program program, const Arguments& arguments,
                                          const Environment& more) {
  return std::make_unique<Child>(Command(PathOf(program), arguments), Variables(more));
}

pid_t ProgramTest::LocatorOf(Child& client) {
  if (!client.AwaitError("receiving ")) return 0;
  const auto children = ChildrenOf(client.pid());
  return children.size() == 1 ? children.front() : 0;
}

std::vector<std::string> ProgramTest::Handoffs() const {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& entry : fs::recursive_directory_iterator(runtime() + "/gst-ball", ignored)) {
    names.push_back(entry.path().filename().string());
  }
  return names;
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

Arguments Command(const std::string& first, const Arguments& rest) {
  return Concatenated({first}, rest);
}

Arguments Concatenated(Arguments first, const Arguments& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

}  // namespace ball
