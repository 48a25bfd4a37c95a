// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/client-app/client_options.h"

#include <gio/gunixsocketaddress.h>

#include <algorithm>
#include <iostream>
#include <string>
#include <utility>

#include "apps/client-app/score_options.h"
#include "apps/client-app/tls_options.h"
#include "apps/link/command_line.h"
#include "apps/link/glib_ptr.h"
#include "apps/link/ice_arguments.h"
#include "apps/link/sandbox_arguments.h"
#include "apps/link/text_file.h"

namespace ball {
namespace {

struct RawOptions {
  char* host = nullptr;
  int port = 8080;
  char* display = nullptr;
  double error_scale = kAbsent;
  char* locator = nullptr;
  char* locator_app = nullptr;
  int jitter_latency = kAbsent;
  int frames = 0;
  double duration = 0;
  gboolean reconnect = FALSE;
  char* token_file = nullptr;
  RawTlsOptions tls;
  char* check = nullptr;
  int pid = kAbsent;
  RawScoreOptions score;
};

std::string TakeText(char* text, const std::string& absent) {
  const OwnedString owned(text);
  return owned ? owned.get() : absent;
}

// Nothing where the option is not there: an empty text is something else.
std::optional<std::string> TakeOptional(char** text) {
  const OwnedString owned(std::exchange(*text, nullptr));
  return owned ? std::optional<std::string>(owned.get()) : std::nullopt;
}

std::optional<ExitCode> ParseRaw(int* argc, char*** argv, RawOptions* raw,
                                 const SandboxArguments& sandbox, const IceArguments& ice) {
  const GOptionEntry entries[] = {
      {"host", 'H', 0, G_OPTION_ARG_STRING, &raw->host,
       "Name or address of the server (default: 127.0.0.1)", "HOST"},
      {"port", 'p', 0, G_OPTION_ARG_INT, &raw->port,
       "TCP port of the server, 1 to 65535 (default: 8080)", "PORT"},
      {"display", 'd', 0, G_OPTION_ARG_STRING, &raw->display,
       "auto: a window if there is a display; none; or gst-launch text of a video sink (default: "
       "auto)",
       "auto|none|SINK"},
      {"show-error", 0, 0, G_OPTION_ARG_DOUBLE, &raw->error_scale,
       "Also show the truth in the window (white), and the error from it to what was located (red) "
       "SCALE times as long, 0 to 10000; for a server with --tell-truth (default: show what was "
       "located)",
       "SCALE"},
      {"locator", 'l', 0, G_OPTION_ARG_STRING, &raw->locator,
       "gst-launch text of elements that attach a 'ball' region-of-interest meta to each frame "
       "(default: balllocate)",
       "FRAGMENT"},
      {"locator-app", 0, 0, G_OPTION_ARG_FILENAME, &raw->locator_app,
       "The program that runs the locator (default: beside client-app)", "PATH"},
      {"reconnect", 'r', 0, G_OPTION_ARG_NONE, &raw->reconnect,
       "Connect again when the server is not there or goes away, after 0.25 s, then twice as long "
       "each time, 8 s at most (default: end then)",
       nullptr},
      {"jitter-latency", 0, 0, G_OPTION_ARG_INT, &raw->jitter_latency,
       "How long a missing packet is waited for, 0 to 10000 ms; the window shows frames that much "
       "later (default: 300 and the signalling connection's round trip)",
       "MS"},
      {"frames", 'n', 0, G_OPTION_ARG_INT, &raw->frames,
       "Leave after so many frames are answered (default: 0, no end)", "N"},
      {"duration", 't', 0, G_OPTION_ARG_DOUBLE, &raw->duration,
       "Leave after so many seconds (default: 0, no end)", "S"},
      {}};
  const GOptionEntry access[] = {
      {"token-file", 0, 0, G_OPTION_ARG_FILENAME, &raw->token_file,
       "Show the server the first line of this file, in a hello (default: none)", "FILE"},
      {"check", 0, 0, G_OPTION_ARG_STRING, &raw->check,
       "Ask the client that runs on this machine: exit code 0 if it is so, 1 if not, 3 if none "
       "runs (default: run a client)",
       "ready|live"},
      {"pid", 0, 0, G_OPTION_ARG_INT, &raw->pid,
       "With --check: the one of that process (default: the only one)", "PID"},
      {}};
  const auto score = ScoreEntries(&raw->score);
  const auto tls = TlsEntries(&raw->tls);
  return ParseCommandLine(
      argc, argv, {entries, sandbox.entries(), score.data(), access, tls.data(), ice.entries()},
      "Receives video from server-app over WebRTC, shows it, locates the ball in each frame in a "
      "separate process, and returns its coordinates on a data channel.",
      kExitCodesHelp);
}

ClientApp::Settings ToSettings(const RawOptions& raw) {
  ClientApp::Settings settings;
  settings.server.host = TakeText(raw.host, settings.server.host);
  settings.server.port = raw.port;
  settings.reconnect = raw.reconnect != FALSE;
  settings.duration = std::chrono::milliseconds(static_cast<int64_t>(raw.duration * 1000));
  auto& session = settings.session;
  session.display = TakeText(raw.display, "auto");
  if (raw.error_scale != kAbsent) session.error_scale = raw.error_scale;
  if (raw.jitter_latency != kAbsent) {
    session.jitter_latency = std::chrono::milliseconds(raw.jitter_latency);
  }
  session.frames = static_cast<size_t>(raw.frames);
  session.locator.program = TakeText(raw.locator_app, FindLocatorApp());
  session.locator.arguments = {"--locator", TakeText(raw.locator, "balllocate")};
  return settings;
}

std::string WrongRange(const RawOptions& raw) {
  if (raw.pid != kAbsent) return "--pid is for --check";
  if (raw.port < 1 || raw.port > 65535) return "--port takes 1 to 65535";
  if (!IsAbsentOrIn(raw.jitter_latency, 0, 10000)) return "--jitter-latency takes 0 to 10000 (ms)";
  if (raw.error_scale != kAbsent && !(raw.error_scale >= 0 && raw.error_scale <= 10000)) {
    return "--show-error takes 0 to 10000";
  }
  if (raw.frames < 0) return "--frames takes 0 or more";
  if (!(raw.duration >= 0 && raw.duration <= 1e9)) return "--duration takes 0 to 1000000000 (s)";
  return {};
}

// They are the locator's, which would say so only when a server is there.
std::string ReadSandbox(const SandboxArguments& sandbox, ClientOptions* options) {
  auto& arguments = options->settings.session.locator.arguments;
  const auto given = sandbox.Given();
  arguments.insert(arguments.begin(), given.begin(), given.end());
  SandboxOptions checked;
  return sandbox.Read(&checked);
}

// The locator process would say so itself, but only when a server is there.
std::string LocatorError(const std::string& locator) {
  GError* raw_error = nullptr;
  const auto bin =
      Ref<GstElement>::sink(gst_parse_bin_from_description(locator.c_str(), TRUE, &raw_error));
  const OwnedError error(raw_error);
  if (!error) return {};
  return "the locator '" + locator + "' cannot be built (" + error->message +
         "): give --locator gst-launch text, and set GST_PLUGIN_PATH to where its plugin is";
}

// Opens the display of a sink, as it does when it gets ready. Kept open for as long as the program
// runs: an X server may reset itself when its last client goes. Nothing, and why, where it does not
// open.
Ref<GstElement> OpenSink(const std::string& sink, std::string* error) {
  GError* raw_error = nullptr;
  auto bin = Ref<GstElement>::sink(gst_parse_bin_from_description(sink.c_str(), TRUE, &raw_error));
  const OwnedError parse_error(raw_error);
  if (parse_error) {
    *error = parse_error->message;
    return {};
  }
  if (gst_element_set_state(bin.get(), GST_STATE_READY) != GST_STATE_CHANGE_FAILURE) return bin;
  gst_element_set_state(bin.get(), GST_STATE_NULL);
  *error = "it does not open";
  return {};
}

// The sink for "auto", empty without a display. (autovideosink would try every sink there is: over
// a second.)
std::string WindowSink() {
  if (g_getenv("WAYLAND_DISPLAY") != nullptr) return "waylandsink";
  if (g_getenv("DISPLAY") != nullptr) return "ximagesink";
  std::cerr << "client-app: no window, since there is no display (DISPLAY is not set)" << std::endl;
  return {};
}

// Replaces "auto" and "none" by a sink or nothing, and opens it. An error says why it cannot be
// had.
std::string ResolveDisplay(ClientOptions* options) {
  std::string& display = options->settings.session.display;
  if (display == "auto") display = WindowSink();
  if (display == "none") display.clear();
  if (display.empty()) {
    // Nobody would see the truth that is asked for.
    options->settings.session.error_scale.reset();
    return {};
  }
  std::string error;
  options->display = OpenSink(display, &error);
  if (options->display) return {};
  return "cannot show video with '" + display + "' (" + error +
         "): check DISPLAY, or use --display none";
}

// What to ask of a running client, or what stands against it.
std::string ToCheck(const std::string& name, int pid, ClientOptions* options) {
  const auto state = ParseCheckedState(name);
  if (!state || state == CheckedState::kStartup) {
    options->exit_code = ExitCode::kUsage;
    return "--check takes ready or live; see client-app --help";
  }
  auto clients = RunningClients(HandoffBase());
  if (pid != kAbsent) {
    clients.erase(std::remove_if(clients.begin(), clients.end(),
                                 [pid](const auto& client) { return client.pid != pid; }),
                  clients.end());
  }
  if (clients.empty()) {
    options->exit_code = ExitCode::kNoConnection;
    return "no such client runs here";
  }
  if (clients.size() > 1) {
    options->exit_code = ExitCode::kUsage;
    return "several clients run here: say which with --pid";
  }
  auto where = Ref<GSocketConnectable>::adopt(
      G_SOCKET_CONNECTABLE(g_unix_socket_address_new(clients.front().status_path.c_str())));
  options->check = StatusCheck{*state, where, "client-app", clients.front().status_path};
  return {};
}

// The options that need more than a range: an error, which is empty where all is well.
std::string ToAccess(const std::optional<std::string>& token_file, TlsOptions tls,
                     RawScoreOptions* score, ClientOptions* options) {
  if (!tls.error.empty()) {
    options->exit_code = tls.code;
    return tls.error;
  }
  options->settings.server.tls = std::move(tls.expectation);
  if (const auto error = ToScoreSettings(score, &options->settings.score)) {
    options->exit_code = error->code;
    return error->reason;
  }
  options->settings.session.report = options->settings.score.wanted();
  if (!token_file) return {};
  const TokenFile file = ReadTokenFile(*token_file);
  options->settings.session.token = file.token;
  if (!file.token) options->exit_code = ExitCode::kFailure;
  return file.error;
}

}  // namespace

ClientOptions::~ClientOptions() {
  if (display) gst_element_set_state(display.get(), GST_STATE_NULL);
}

ClientOptions ParseClientOptions(int* argc, char*** argv) {
  RawOptions raw;
  const IceArguments ice;
  const SandboxArguments sandbox;
  ClientOptions options;
  options.exit_code = ParseRaw(argc, argv, &raw, sandbox, ice);
  options.settings = ToSettings(raw);
  const auto token_file = TakeOptional(&raw.token_file);
  const auto check = TakeOptional(&raw.check);
  const bool wants_client = !options.exit_code && !check;
  auto tls = wants_client ? ToTlsOptions(&raw.tls, options.settings.server.host) : TlsOptions{};
  if (options.exit_code) return options;
  const auto fail = [&options](ExitCode code, const std::string& reason) {
    std::cerr << "client-app: " << reason << std::endl;
    options.exit_code = code;
    return std::move(options);
  };
  if (check) {
    const std::string wrong = ToCheck(*check, raw.pid, &options);
    return wrong.empty() ? std::move(options) : fail(*options.exit_code, wrong);
  }
  // Not done yet where an option's value looked like a check.
  gst_init(nullptr, nullptr);
  std::string wrong = WrongRange(raw);
  if (wrong.empty()) wrong = ReadSandbox(sandbox, &options);
  const auto& session = options.settings.session;
  if (wrong.empty() && session.error_scale && session.display == "none") {
    wrong = "--show-error needs a window, and --display none is none";
  }
  if (wrong.empty()) wrong = ice.Read(&options.settings.session.peer.ice);
  if (!wrong.empty()) return fail(ExitCode::kUsage, wrong + "; see client-app --help");
  const std::string access = ToAccess(token_file, std::move(tls), &raw.score, &options);
  if (!access.empty()) return fail(*options.exit_code, access);
  const std::string missing =
      MissingElement({"shmpay", "balloverlay", "webrtcbin", "nicesrc", "dtlsdec", "shmsink"});
  if (!missing.empty()) return fail(ExitCode::kFailure, MissingElementAdvice(missing));
  const std::string locator = LocatorError(options.settings.session.locator.arguments.back());
  if (!locator.empty()) return fail(ExitCode::kFailure, locator);
  const std::string display = ResolveDisplay(&options);
  if (!display.empty()) return fail(ExitCode::kFailure, display);
  return options;
}

}  // namespace ball
