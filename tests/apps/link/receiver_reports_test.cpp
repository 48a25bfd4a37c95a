// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/receiver_reports.h"

#include <gtest/gtest.h>

#include <vector>

namespace ball {
namespace {

constexpr uint32_t kSsrc = 0x1234;

// A session that hears what the test makes up.
class ReceiverReportsTest : public testing::Test {
 protected:
  ReceiverReportsTest()
      : element_(Ref<GstElement>::sink(gst_element_factory_make("rtpsession", nullptr))),
        reports_(element_.get(),
                 {[this](const ReceiverReport& report) { heard_.push_back(report); },
                  [this] { ++requests_; }}) {}

  // A receiver report with so many blocks, and, where wanted, the wish for a key frame.
  static Ref<GstBuffer> Rtcp(int blocks, bool asks) {
    auto buffer = Ref<GstBuffer>::adopt(gst_rtcp_buffer_new(1400));
    GstRTCPBuffer rtcp = GST_RTCP_BUFFER_INIT;
    gst_rtcp_buffer_map(buffer.get(), GST_MAP_READWRITE, &rtcp);
    GstRTCPPacket packet;
    gst_rtcp_buffer_add_packet(&rtcp, GST_RTCP_TYPE_RR, &packet);
    gst_rtcp_packet_rr_set_ssrc(&packet, 1);
    for (int i = 0; i < blocks; ++i) gst_rtcp_packet_add_rb(&packet, kSsrc, 64, 9, 70000, 0, 0, 0);
    if (asks) {
      gst_rtcp_buffer_add_packet(&rtcp, GST_RTCP_TYPE_PSFB, &packet);
      gst_rtcp_packet_fb_set_type(&packet, GST_RTCP_PSFB_TYPE_PLI);
    }
    gst_rtcp_buffer_unmap(&rtcp);
    return buffer;
  }

  void Receive(const Ref<GstBuffer>& buffer) {
    GObject* raw = nullptr;
    g_object_get(element_.get(), "internal-session", &raw, nullptr);
    const auto session = Ref<GObject>::adopt(raw);
    g_signal_emit_by_name(session.get(), "on-receiving-rtcp", buffer.get());
  }

  std::vector<ReceiverReport> heard_;
  int requests_ = 0;
  const Ref<GstElement> element_;
  ReceiverReports reports_;
};

TEST_F(ReceiverReportsTest, TellsEachBlock) {
  Receive(Rtcp(2, false));
  ASSERT_EQ(heard_.size(), 2U);
  EXPECT_EQ(heard_[1].ssrc, kSsrc);
  EXPECT_EQ(heard_[1].lost, 0.25);
  EXPECT_EQ(heard_[1].latest, 70000U);
  EXPECT_FALSE(heard_[1].round_trip) << "no sender report is answered yet";
  EXPECT_EQ(requests_, 0);
}

TEST_F(ReceiverReportsTest, TellsThatThePeerAsksForSomething) {
  Receive(Rtcp(0, true));
  EXPECT_TRUE(heard_.empty());
  EXPECT_EQ(requests_, 1);
}

TEST_F(ReceiverReportsTest, DoesNotListenToAFlood) {
  const auto packet = Rtcp(30, true);
  for (int i = 0; i < 10000; ++i) Receive(packet);
  EXPECT_GE(heard_.size(), 900U);
  EXPECT_LE(heard_.size() + static_cast<size_t>(requests_), 1100U);
}

TEST_F(ReceiverReportsTest, IgnoresWhatIsNoRtcp) {
  Receive(Ref<GstBuffer>::adopt(gst_buffer_new_memdup("no RTCP at all", 14)));
  EXPECT_TRUE(heard_.empty());
  EXPECT_EQ(requests_, 0);
}

}  // namespace
}  // namespace ball
