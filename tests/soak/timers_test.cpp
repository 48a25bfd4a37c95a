// SPDX-License-Identifier: LGPL-2.1-or-later
// Sessions that end just when a timer of their handshake goes off: GLib ended the process in one of
// some thirty rounds (held_clock.h).
#include <gst/gst.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "apps/link/teardown.h"
#include "tests/patience.h"

namespace ball {
namespace {

using std::chrono::microseconds;
using std::chrono::steady_clock;

constexpr int kRounds = 60;
constexpr int kHandshakes = 160;  // a round
// When an unanswered first flight is repeated (RFC 6347, 4.2.4.1).
constexpr std::chrono::seconds kTimer{1};
// Before it, so that the pipeline is about to be destroyed when it goes off.
constexpr int kEarliest = 1000;  // us

// Asks for a handshake, and nobody answers.
class Handshake : public PipelineOwner {
 public:
  explicit Handshake(const std::string& id)
      : pipeline_(Ref<GstElement>::sink(gst_parse_launch(
            ("dtlsdec connection-id=" + id + " dtlsenc is-client=true connection-id=" + id +
             " ! fakesink async=false sync=false")
                .c_str(),
            nullptr))) {
    gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
  }

  GstElement* pipeline() const override { return pipeline_.get(); }
  steady_clock::time_point timer() const { return begun_ + kTimer; }

 private:
  Ref<GstElement> pipeline_;
  const steady_clock::time_point begun_ = steady_clock::now();
};

TEST(TimersTest, GoOffWhileTheirSessionsEnd) {
  std::mt19937 random(1);
  std::uniform_int_distribution<int> early(0, kEarliest);
  Teardown teardown;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<std::unique_ptr<Handshake>> handshakes;
    for (int i = 0; i < kHandshakes; ++i) {
      handshakes.push_back(
          std::make_unique<Handshake>(std::to_string(round) + "-" + std::to_string(i)));
    }
    for (auto& handshake : handshakes) {
      std::this_thread::sleep_until(handshake->timer() - microseconds(early(random)));
      teardown.Bury(std::move(handshake));
    }
    ASSERT_TRUE(teardown.Finish(kSlowdown * std::chrono::seconds(30)));
  }
}

}  // namespace
}  // namespace ball
