// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/server_app.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "apps/link/exit_limit.h"
#include "apps/link/spare_threads.h"

namespace ball {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kLivePeriod{1000};
constexpr milliseconds kRatePeriod{100};
constexpr milliseconds kTeardownLimit{3000};
// A live source draws a frame a second at least.
constexpr milliseconds kStallLimit{10000};

constexpr milliseconds kSourcePeriod{250};
// A source that fails again within this time is not started once more.
constexpr std::chrono::seconds kRestartInterval{10};
// A session's pipeline, and what the source, the main loop and GIO may still start.
constexpr int kThreadsPerSession = 12;
constexpr int kThreadsAtStart = 8;
constexpr char kFewThreads[] =
    "this system gives no more threads: raise its limit (ulimit -u, ulimit -v, a container's pids "
    "limit), or give a lower --max-sessions";

// What we wrote ourselves is an object.
json::Object JsonObject(const std::string& text) {
  const auto value = json::Parse(text);
  const auto* object = value ? std::get_if<json::Object>(&value->data) : nullptr;
  return object != nullptr ? *object : json::Object{};
}

}  // namespace

ServerApp::ServerApp(Settings settings)
    : settings_(std::move(settings)),
      log_("server-app"),
      limits_(settings_.connections),
      teardown_(
          {settings_.teardown_limit, [this](const std::string& session) { OnCutOff(session); }}),
      source_({[this] { Listen(); }, [this] { OnSourceEnded(); },
               [this](const std::string& reason) { OnSourceFailed(reason); }}),
      reception_(settings_.reception, ReceptionEvents()),
      rate_({settings_.min_bitrate, settings_.source.bitrate}),
      writer_(settings_.report),
      started_(steady_clock::now()),
      started_date_(ReportDate()),
      source_watch_({},
                    {[this](const std::string& note) { log_.Say(note); },
                     [this](const std::string& reason) {
                       Fail(ExitCode::kFailure, "the source failed: " + reason);
                     }},
                    started_) {}

ServerApp::~ServerApp() = default;

ExitCode ServerApp::Run() {
  const StopSignals signals([this] { Stop("server stopped"); });
  std::string error = HasSpareThreads(kThreadsAtStart) ? "" : kFewThreads;
  if (error.empty()) error = writer_.Open();
  // Now, so that no session waits for the key.
  if (error.empty()) WebRtcPeer::PrepareCertificate();
  if (error.empty()) error = source_.Start(settings_.source);
  if (!error.empty()) {
    log_.Say(error);
    LimitExit(ExitCode::kFailure);
    return ExitCode::kFailure;
  }
  source_timer_.Every(kSourcePeriod,
                      [this] { source_watch_.Look(source_.LastDelivered(), steady_clock::now()); });
  loop_.Run();
  source_timer_.Stop();
  // Who comes now shall know at once.
  signalling_.Stop();
  // What a second signal cut short is reported as far as it came.
  for (const auto& session : sessions_) session->End();
  source_.Stop();
  sessions_.clear();
  // Who could not listen replaces no report: it may be that of the server that does.
  if (exit_code_ != ExitCode::kNoConnection) {
    NoteUnwritten(writer_.FinishFrames());
    const Report report = MakeReport();
    writer_.CutOff(report);
    NoteUnwritten(writer_.WriteReport(report));
  }
  if (!teardown_.Finish(kTeardownLimit)) {
    // A thread that hangs cannot be joined; everything is reported by now.
    log_.Say("a session's pipeline did not end in time");
    _exit(static_cast<int>(exit_code_));
  }
  LimitExit(exit_code_);
  return exit_code_;
}

// The source has told what it makes: sessions can be offered.
void ServerApp::Listen() {
  signalling_.Guard(limits_, [this](const std::string& note) { log_.SayOfPeer(note); });
  if (settings_.tls_identity) {
    TlsDoor::Settings tls;
    tls.identity = settings_.tls_identity;
    // A hello may be awaited for ever, a handshake not.
    if (settings_.reception.hello_limit.count() > 0) tls.limit = settings_.reception.hello_limit;
    signalling_.WantTls(tls);
  }
  const std::string error = signalling_.Listen(
      settings_.host, settings_.port, [this](std::unique_ptr<SignallingConnection> connection) {
        reception_.Receive(std::move(connection));
      });
  if (!error.empty()) return Fail(ExitCode::kNoConnection, error);
  writer_.Line("listening on " + settings_.host + ":" + std::to_string(signalling_.port()));
  if (settings_.open_to_all) {
    writer_.Line("open to everybody who can reach it: no --token-file was given");
  }
  writer_.Line(source_.EncoderLine());
  if (settings_.duration.count() > 0) {
    duration_timer_.Once(settings_.duration, [this] { Stop("duration"); });
  }
  if (settings_.follow_networks) {
    rate_timer_.Every(kRatePeriod, [this] { FollowNetworks(); });
  }
  if (writer_.prints_live() || writer_.wants_frames()) {
    live_timer_.Every(kLivePeriod, [this] { PrintLive(); });
  }
}

Reception::Events ServerApp::ReceptionEvents() {
  Reception::Events events;
  events.status = [this] { return MakeStatus(); };
  events.refusal = [this] { return Refusal(); };
  events.on_admitted = [this](std::unique_ptr<SignallingConnection> connection,
                              const std::optional<SignallingMessage>& first) {
    OnAdmitted(std::move(connection), first);
  };
  events.on_note = [this](const std::string& note) { log_.SayOfPeer(note); };
  return events;
}

void ServerApp::OnCutOff(const std::string& session) {
  log_.Say(
      session + " was cut off: " +
      TimedOut("its pipeline did not stop within", settings_.teardown_limit, "--teardown-timeout"));
}

// At its end a file may have been all that was asked for.
void ServerApp::OnSourceEnded() {
  if (source_.encoded_caps()) return Stop("source ended");
  Fail(ExitCode::kFailure, "the source ended before its first frame: check --source");
}

// A camera that was unplugged for a moment, an encoder that did not like a frame: it goes on. What
// fails again soon, or would begin anew as a file does, is the end.
void ServerApp::OnSourceFailed(const std::string& reason) {
  // An element that stopped is told by those before it, too.
  if (source_failed_) return;
  const auto now = steady_clock::now();
  const bool soon = source_restarted_ && now - *source_restarted_ < kRestartInterval;
  if (stopping_ || soon || !source_.live() || !source_.encoded_caps()) {
    source_failed_ = true;
    return Fail(ExitCode::kFailure, "the source failed: " + reason);
  }
  source_restarted_ = now;
  log_.Say("the source failed: " + reason + "; started again");
  const std::string error = source_.Restart();
  if (!error.empty()) Fail(ExitCode::kFailure, error);
}

// Those that are about to stream have not started all of theirs.
bool ServerApp::HasThreadsForOneMore() const {
  const auto starting = std::count_if(sessions_.begin(), sessions_.end(), [](const auto& session) {
    return !session->over() && !session->streamed();
  });
  return HasSpareThreads(kThreadsPerSession * (static_cast<int>(starting) + 1) + kThreadsAtStart);
}

std::optional<ErrorMessage> ServerApp::Refusal() {
  if (stopping_) return ErrorMessage{"the server is draining: connect again, to another", true};
  if (sessions_.size() < settings_.max_sessions) {
    if (HasThreadsForOneMore()) return std::nullopt;
    // Once for a crowd that tries again and again.
    const auto now = steady_clock::now();
    if (!thread_shortage_told_ || now - *thread_shortage_told_ > kRestartInterval) {
      log_.SayOfPeer(std::string("no room for one more session: ") + kFewThreads);
      thread_shortage_told_ = now;
    }
    return ErrorMessage{"the server is short of threads: try again later", true};
  }
  return ErrorMessage{"the server has its " + std::to_string(settings_.max_sessions) +
                          " sessions (--max-sessions): try again later",
                      true};
}

size_t ServerApp::OpenSessions() const {
  return static_cast<size_t>(
      std::count_if(sessions_.begin(), sessions_.end(),
                    [](const auto& session) { return !session->over() && !session->was_check(); }));
}

Status ServerApp::MakeStatus() const {
  Status status;
  const size_t sessions = OpenSessions();
  status.live = !source_.Stalled(kStallLimit);
  status.ready = status.live && !stopping_ && sessions < settings_.max_sessions;
  status.sessions = static_cast<int>(sessions);
  status.max_sessions = static_cast<int>(settings_.max_sessions);
  status.cut_off = static_cast<int>(std::min<size_t>(teardown_.cut_off(), kMaxStatusCount));
  return status;
}

void ServerApp::OnAdmitted(std::unique_ptr<SignallingConnection> connection,
                           const std::optional<SignallingMessage>& first) {
  Session::Events events;
  events.on_streaming = [this](Session& session) {
    session.SetRate(settings_.source.bitrate);
    writer_.Line("session " + std::to_string(session.id()) + ": " + session.peer() + " connected");
  };
  events.on_coordinates = [this](Session& session, const CoordinateMessage& message,
                                 const Verdict& verdict) {
    writer_.Coordinates(session.id(), message, verdict);
    rate_.Of(session.id()).Answered(steady_clock::now(), verdict.bytes, verdict.travel);
  };
  events.on_receiver_report = [this](Session& session, const ReceiverReport& report) {
    rate_.Of(session.id()).Reported(steady_clock::now(), report);
  };
  events.on_request = [this](Session& session) {
    rate_.Of(session.id()).Requested(steady_clock::now());
  };
  events.on_round_trip = [this](Session& session, std::chrono::nanoseconds round_trip) {
    rate_.Of(session.id()).PathTook(steady_clock::now(), round_trip);
  };
  events.on_ended = [this](Session& session) { OnSessionEnded(session); };
  events.report = [this](const Session& session) { return MakeReportMessage(session); };
  events.status = [this] { return MakeStatus(); };
  events.on_note = [this](Session& session, const std::string& note) {
    log_.SayOfPeer("session " + std::to_string(session.id()) + ": " + session.peer() + ": " + note);
  };
  sessions_.push_back(std::make_unique<Session>(next_id_++, std::move(connection),
                                                settings_.session, source_, teardown_, events));
  sessions_.back()->Start();
  if (first) sessions_.back()->Receive(*first);
}

void ServerApp::OnSessionEnded(Session& session) {
  if (session.streamed()) {
    WriteFrames(session);
    ++streamed_;
    const SessionReport report = ReportOf(session);
    writer_.Table(report);
    // A server that runs for months shall not keep those that nobody will read.
    if (writer_.wants_report()) ended_.push_back(report);
    if (session.refused()) {
      log_.SayOfPeer("session " + std::to_string(session.id()) + ": " + session.peer() +
                     " was thrown out: " + session.ended());
    }
  } else if (!session.was_check()) {
    log_.SayOfPeer("session " + std::to_string(session.id()) + ": " + session.peer() +
                   " ended before " + "it streamed: " + session.ended());
  }
  rate_.Leave(session.id());
  // The session is still in its own call: it is destroyed after that.
  mailbox_.Post([this] { RemoveEnded(); });
}

// Asks each session's network what it takes.
void ServerApp::FollowNetworks() {
  const int rate = rate_.Update(steady_clock::now(), source_.fanout().bytes());
  source_.SetBitrate(rate, rate_.overshoots());
  for (const auto& session : sessions_) {
    if (!session->streamed() || session->over()) continue;
    const SessionRate& rate = rate_.Of(session->id());
    session->SetRate(rate.rate());
    const auto pause = rate.Pause();
    if (pause.count() > 0) session->Pause(pause);
  }
}

SessionReport ServerApp::ReportOf(const Session& session) {
  SessionReport report = session.Report(started_);
  if (settings_.follow_networks) report.network = rate_.Of(session.id()).Report();
  return report;
}

void ServerApp::RemoveEnded() {
  sessions_.remove_if([](const auto& session) { return session->over(); });
  if (settings_.sessions != 0 && streamed_ >= settings_.sessions) Stop("sessions");
  if (stopping_ && sessions_.empty()) loop_.Quit();
}

void ServerApp::PrintLive() {
  for (const auto& session : sessions_) {
    if (!session->streamed()) continue;
    writer_.Live(session->id(), session->Totals());
    WriteFrames(*session);
  }
}

void ServerApp::WriteFrames(Session& session) {
  if (writer_.wants_frames()) {
    NoteUnwritten(writer_.Frames(session.id(), session.TakeFinished()));
  }
}

// The sessions go on: what is lost is a file.
void ServerApp::NoteUnwritten(const std::string& error) {
  if (error.empty()) return;
  log_.Say(error);
  exit_code_ = ExitCode::kFailure;
}

void ServerApp::Stop(const std::string& reason) {
  const bool again = std::exchange(stopping_, true);
  reception_.Close();
  // A second signal does not wait for answers.
  if (again || sessions_.empty()) return loop_.Quit();
  live_timer_.Stop();
  // A session may end, and be posted for removal, within its Stop.
  for (const auto& session : sessions_) session->Stop(reason);
}

void ServerApp::Fail(ExitCode code, const std::string& reason) {
  log_.Say(reason);
  exit_code_ = code;
  Stop("server failed");
}

VideoDescription ServerApp::Video() const {
  return {source_.width(), source_.height(), source_.framerate(),
          EncodingName(settings_.source.codec),
          // What an encoder of the user's own does is not known.
          settings_.source.encoder.empty() ? settings_.source.bitrate : 0};
}

Report ServerApp::MakeReport() const {
  Report report;
  report.version = BALL_VERSION;
  report.started = started_date_;
  report.duration = steady_clock::now() - started_;
  report.video = Video();
  report.cut_off = teardown_.cut_off();
  report.sessions = ended_;
  return report;
}

ReportMessage ServerApp::MakeReportMessage(const Session& session) {
  return {JsonObject(SessionJson(ReportOf(session))), JsonObject(VideoJson(Video()))};
}

}  // namespace ball
