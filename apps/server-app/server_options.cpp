// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/server_options.h"

#include <iostream>
#include <string>

#include "apps/link/codec.h"
#include "apps/link/command_line.h"
#include "apps/link/glib_ptr.h"
#include "apps/link/ice_arguments.h"
#include "apps/server-app/access_options.h"
#include "apps/server-app/encoder_options.h"
#include "apps/server-app/network_options.h"
#include "apps/server-app/session_options.h"

namespace ball {
namespace {

struct RawOptions {
  char* host = nullptr;
  int port = 8080;
  char* source = nullptr;
  int width = kAbsent;
  int height = kAbsent;
  char* framerate = nullptr;
  RawEncoderOptions encoder;
  RawNetworkOptions network;
  RawSessionOptions session;
  char* print = nullptr;
  char* report = nullptr;
  char* csv = nullptr;
  int max_sessions = 16;
  int sessions = 0;
  int frames = 0;
  double duration = 0;
  int late_after = 1000;
  gint64 rtp_origin = kAbsent;
  RawAccessOptions access;
  char* check = nullptr;
};

std::string TakeText(char** text, const std::string& absent) {
  const OwnedString owned(std::exchange(*text, nullptr));
  return owned ? owned.get() : absent;
}

std::optional<ExitCode> ParseRaw(int* argc, char*** argv, RawOptions* raw,
                                 const IceArguments& ice) {
  const GOptionEntry entries[] = {
      {"host", 'H', 0, G_OPTION_ARG_STRING, &raw->host,
       "Address to listen on (default: 127.0.0.1; 0.0.0.0 for all, with --token-file or --open)",
       "HOST"},
      {"port", 'p', 0, G_OPTION_ARG_INT, &raw->port,
       "TCP port to listen on, 0 to 65535; 0 takes any free one (default: 8080)", "PORT"},
      {"source", 's', 0, G_OPTION_ARG_STRING, &raw->source,
       "gst-launch text of a source whose buffers carry 'ball-truth' metas (default: ballsrc "
       "is-live=true)",
       "FRAGMENT"},
      {"width", 0, 0, G_OPTION_ARG_INT, &raw->width,
       "Width of the video in px, 16 to 8192 (default: 640, with --source as it gives)", "PX"},
      {"height", 0, 0, G_OPTION_ARG_INT, &raw->height,
       "Height of the video in px, 16 to 8192 (default: 480, with --source as it gives)", "PX"},
      {"framerate", 'f', 0, G_OPTION_ARG_STRING, &raw->framerate,
       "Frames a second, 1/1 to 1000/1 (default: 30/1, with --source as it gives)", "N[/D]"},
      {"print", 0, 0, G_OPTION_ARG_STRING, &raw->print,
       "live: a line a second and session; each: a line for each coordinate; none (default: live)",
       "each|live|none"},
      {"report", 0, 0, G_OPTION_ARG_FILENAME, &raw->report,
       "Write the report there at the end, as JSON (default: none)", "FILE"},
      {"csv", 0, 0, G_OPTION_ARG_FILENAME, &raw->csv,
       "Write a line a frame there, as CSV (default: none)", "FILE"},
      {"max-sessions", 0, 0, G_OPTION_ARG_INT, &raw->max_sessions,
       "Sessions at the same time, 1 to 256; each takes 12 threads and 1.5 MB (default: 16)", "N"},
      {"sessions", 0, 0, G_OPTION_ARG_INT, &raw->sessions,
       "End after so many sessions (default: 0, no end)", "N"},
      {"frames", 'n', 0, G_OPTION_ARG_INT, &raw->frames,
       "End each session after so many frames (default: 0, no end)", "N"},
      {"duration", 't', 0, G_OPTION_ARG_DOUBLE, &raw->duration,
       "End after so many seconds (default: 0, no end)", "S"},
      {"late-after", 0, 0, G_OPTION_ARG_INT, &raw->late_after,
       "An answer is late when it comes after so many ms, 1 to 9000 (default: 1000)", "MS"},
      {"rtp-origin", 0, 0, G_OPTION_ARG_INT64, &raw->rtp_origin,
       "RTP timestamp of the server's start, 0 to 4294967295, in 1/90000 s: with one near the end "
       "it wraps soon, as it else does once in 13 hours (default: random for each session)",
       "N"},
      {}};
  const GOptionEntry check[] = {
      {"check", 0, 0, G_OPTION_ARG_STRING, &raw->check,
       "Ask the server that runs at --host and --port: exit code 0 if it is so, 1 if not, 3 if "
       "nobody listens (default: run a server)",
       "startup|ready|live"},
      {}};
  const auto encoder = EncoderEntries(&raw->encoder);
  const auto access = AccessEntries(&raw->access);
  const auto session = SessionEntries(&raw->session);
  const auto network = NetworkEntries(&raw->network);
  return ParseCommandLine(
      argc, argv,
      {entries, encoder.data(), network.data(), session.data(), access.data(), check,
       ice.entries()},
      "Draws a ball whose position it knows, sends the picture over WebRTC to each client that "
      "connects, and says how wrong and how late the coordinates are that come back.",
      kExitCodesHelp);
}

bool InRange(double value, double least, double most) { return value >= least && value <= most; }

// "30" or "30000/1001" -> a fraction in caps syntax, empty if it is none or out of range.
std::string Framerate(const std::string& text) {
  GValue value = G_VALUE_INIT;
  g_value_init(&value, GST_TYPE_FRACTION);
  std::string fraction;
  if (gst_value_deserialize(&value, text.c_str())) {
    const int numerator = gst_value_get_fraction_numerator(&value);
    const int denominator = gst_value_get_fraction_denominator(&value);
    if (InRange(static_cast<double>(numerator) / denominator, 1, 1000)) {
      fraction = std::to_string(numerator) + "/" + std::to_string(denominator);
    }
  }
  g_value_unset(&value);
  return fraction;
}

std::string WrongRange(const RawOptions& raw) {
  if (!InRange(raw.port, 0, 65535)) return "--port takes 0 to 65535";
  if (!IsAbsentOrIn(raw.width, 16, 8192)) return "--width takes 16 to 8192 (px)";
  if (!IsAbsentOrIn(raw.height, 16, 8192)) return "--height takes 16 to 8192 (px)";
  if (!InRange(raw.max_sessions, 1, 256)) return "--max-sessions takes 1 to 256";
  if (raw.sessions < 0) return "--sessions takes 0 or more";
  if (raw.frames < 0) return "--frames takes 0 or more";
  if (!InRange(raw.duration, 0, 1e9)) return "--duration takes 0 to 1000000000 (s)";
  if (!InRange(raw.late_after, 1, 9000)) return "--late-after takes 1 to 9000 (ms)";
  if (raw.rtp_origin != kAbsent && (raw.rtp_origin < 0 || raw.rtp_origin > G_MAXUINT32)) {
    return "--rtp-origin takes 0 to 4294967295";
  }
  return {};
}

std::optional<ReportWriter::Print> ParsePrint(const std::string& text) {
  if (text == "each") return ReportWriter::Print::kEach;
  if (text == "live") return ReportWriter::Print::kLive;
  if (text == "none") return ReportWriter::Print::kNone;
  return {};
}

// What to ask of a running server, or what cannot be used of the command line.
std::string ToCheck(RawOptions* raw, std::optional<StatusCheck>* check) {
  const auto state = ParseCheckedState(TakeText(&raw->check, ""));
  if (!state) return "--check takes startup, ready or live";
  if (!InRange(raw->port, 1, 65535)) return "--port takes 1 to 65535 with --check";
  const std::string host = TakeText(&raw->host, ServerApp::Settings{}.host);
  auto where = Ref<GSocketConnectable>::adopt(
      g_network_address_new(host.c_str(), static_cast<guint16>(raw->port)));
  *check = StatusCheck{*state, where, "server-app", host + ":" + std::to_string(raw->port)};
  return {};
}

// The settings, or what cannot be used of the command line.
std::string ToSettings(RawOptions* raw, ServerApp::Settings* settings) {
  std::string range = WrongRange(*raw);
  if (!range.empty()) return range;
  settings->host = TakeText(&raw->host, settings->host);
  settings->port = raw->port;
  settings->max_sessions = static_cast<size_t>(raw->max_sessions);
  settings->sessions = static_cast<size_t>(raw->sessions);
  settings->duration = std::chrono::milliseconds(static_cast<int64_t>(raw->duration * 1000));
  settings->session.frames = static_cast<size_t>(raw->frames);
  settings->session.media.ledger.late_after = std::chrono::milliseconds(raw->late_after);
  if (raw->rtp_origin != kAbsent) {
    settings->session.media.rtp_origin = static_cast<uint32_t>(raw->rtp_origin);
  }
  settings->report.report = TakeText(&raw->report, "");
  settings->report.csv = TakeText(&raw->csv, "");
  const auto print = ParsePrint(TakeText(&raw->print, "live"));
  if (!print) return "--print takes each, live or none";
  settings->report.print = *print;
  auto& source = settings->source;
  source.source = TakeText(&raw->source, "");
  const bool own = source.source.empty();
  if (!own) source.width = source.height = 0;
  if (raw->width != kAbsent) source.width = raw->width;
  if (raw->height != kAbsent) source.height = raw->height;
  if (raw->framerate == nullptr) {
    source.framerate = own ? source.framerate : "";
    return {};
  }
  source.framerate = Framerate(TakeText(&raw->framerate, ""));
  return source.framerate.empty() ? "--framerate takes 1/1 to 1000/1 (frames a second)" : "";
}

// The first element that these settings need and that is not installed, empty if there is none.
std::string Missing(const SourcePipeline::Settings& source) {
  std::string missing = MissingElement({"webrtcbin", "nicesrc", "dtlsdec"});
  if (missing.empty() && source.source.empty()) missing = MissingElement({"ballsrc"});
  if (!missing.empty()) return missing;
  return source.encoder.empty() ? MissingEncoder(source.codec) : MissingPayloader(source.codec);
}

}  // namespace

ServerOptions ParseServerOptions(int* argc, char*** argv) {
  RawOptions raw;
  const IceArguments ice;
  ServerOptions options;
  options.exit_code = ParseRaw(argc, argv, &raw, ice);
  if (options.exit_code) return options;
  const auto fail = [&options](ExitCode code, const std::string& reason) {
    std::cerr << "server-app: " << reason << std::endl;
    options.exit_code = code;
    return options;
  };
  if (raw.check != nullptr) {
    const std::string wrong = ToCheck(&raw, &options.check);
    if (!wrong.empty()) return fail(ExitCode::kUsage, wrong + "; see server-app --help");
    const auto access = ToCheckAccess(&raw.access, &*options.check);
    return access ? fail(access->code, access->reason) : options;
  }
  // Not done yet where an option's value looked like a check.
  gst_init(nullptr, nullptr);
  std::string wrong = ToSettings(&raw, &options.settings);
  if (wrong.empty()) wrong = ToSessionSettings(raw.session, &options.settings);
  if (wrong.empty()) wrong = ice.Read(&options.settings.session.media.peer.ice);
  if (!wrong.empty()) return fail(ExitCode::kUsage, wrong + "; see server-app --help");
  const auto access = ToAccessSettings(&raw.access, &options.settings);
  if (access) return fail(access->code, access->reason);
  const auto error = ToEncoderSettings(&raw.encoder, &options.settings.source);
  if (error) return fail(error->code, error->reason);
  wrong = ToNetworkSettings(&raw.network, &options.settings);
  if (!wrong.empty()) return fail(ExitCode::kUsage, wrong + "; see server-app --help");
  options.settings.session.media.codec = options.settings.source.codec;
  const std::string missing = Missing(options.settings.source);
  if (!missing.empty()) return fail(ExitCode::kFailure, MissingElementAdvice(missing));
  return options;
}

}  // namespace ball
