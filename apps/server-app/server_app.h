// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/link/exit_code.h"
#include "apps/link/log.h"
#include "apps/link/main_loop.h"
#include "apps/link/signalling_server.h"
#include "apps/link/teardown.h"
#include "apps/server-app/rate_controller.h"
#include "apps/server-app/reception.h"
#include "apps/server-app/report_writer.h"
#include "apps/server-app/session.h"
#include "apps/server-app/source_pipeline.h"
#include "apps/server-app/source_watch.h"

namespace ball {

// Draws, listens, holds the sessions, and reports. Main thread only.
class ServerApp {
 public:
  struct Settings {
    std::string host = "127.0.0.1";
    int port = 8080;
    // Other machines can connect, and no token is asked for: said where it listens.
    bool open_to_all = false;
    // Signalling is over TLS only, where there is one.
    Ref<GTlsCertificate> tls_identity;
    ConnectionLimits::Settings connections;
    SourcePipeline::Settings source;
    Reception::Settings reception;
    Session::Settings session;
    ReportWriter::Settings report;
    size_t max_sessions = 16;
    // Whether the bit rate follows what the sessions' networks take, and how low it may go, bit/s.
    bool follow_networks = true;
    int min_bitrate = 150000;
    // How long a session's pipeline may take to stop before it is cut off; 0: without end.
    std::chrono::milliseconds teardown_limit{5000};
    // End after so many sessions that streamed, or so long; 0 = no end.
    size_t sessions = 0;
    std::chrono::milliseconds duration{0};
  };

  explicit ServerApp(Settings settings);
  ~ServerApp();

  // Runs until the end. The exit code.
  ExitCode Run();

 private:
  void Listen();
  Reception::Events ReceptionEvents();
  void OnCutOff(const std::string& session);
  // Why no client is served now, if so.
  std::optional<ErrorMessage> Refusal();
  bool HasThreadsForOneMore() const;
  void OnSourceEnded();
  void OnSourceFailed(const std::string& reason);
  // Of clients: those that have ended do not count, nor does a check.
  size_t OpenSessions() const;
  Status MakeStatus() const;
  void OnAdmitted(std::unique_ptr<SignallingConnection> connection,
                  const std::optional<SignallingMessage>& first);
  void OnSessionEnded(Session& session);
  void RemoveEnded();
  void FollowNetworks();
  SessionReport ReportOf(const Session& session);
  void PrintLive();
  void WriteFrames(Session& session);
  void NoteUnwritten(const std::string& error);
  // Ends all sessions in good order, then the program.
  void Stop(const std::string& reason);
  void Fail(ExitCode code, const std::string& reason);
  VideoDescription Video() const;
  Report MakeReport() const;
  ReportMessage MakeReportMessage(const Session& session);

  const Settings settings_;
  Log log_;
  // What is connected holds places of it.
  ConnectionLimits limits_;
  MainLoop loop_;
  Teardown teardown_;
  Mailbox mailbox_;
  SourcePipeline source_;
  Reception reception_;
  SignallingServer signalling_;
  RateController rate_;
  ReportWriter writer_;
  std::list<std::unique_ptr<Session>> sessions_;
  // Sessions that streamed and have ended; what is to be reported of them.
  size_t streamed_ = 0;
  std::vector<SessionReport> ended_;
  int next_id_ = 1;
  bool stopping_ = false;
  ExitCode exit_code_ = ExitCode::kSuccess;
  std::chrono::steady_clock::time_point started_;
  std::string started_date_;
  SourceWatch source_watch_;
  bool source_failed_ = false;
  std::optional<std::chrono::steady_clock::time_point> source_restarted_;
  std::optional<std::chrono::steady_clock::time_point> thread_shortage_told_;
  Timer source_timer_;
  Timer live_timer_;
  Timer rate_timer_;
  Timer duration_timer_;
};

}  // namespace ball
