// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/bus_watch.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/run_until.h"

namespace ball {
namespace {

// A pipeline that is stopped with its owner.
class TestPipeline {
 public:
  explicit TestPipeline(const char* text)
      : pipeline_(Ref<GstElement>::sink(gst_parse_launch(text, nullptr))) {}
  ~TestPipeline() {
    gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
    // A message that nobody took keeps the pipeline, which keeps its bus, which keeps the message:
    // one that never left NULL has not thrown them away.
    gst_bus_set_flushing(Ref<GstBus>::adopt(gst_element_get_bus(pipeline_.get())).get(), TRUE);
  }
  TestPipeline(const TestPipeline&) = delete;
  TestPipeline& operator=(const TestPipeline&) = delete;

  GstElement* get() const { return pipeline_.get(); }
  void Play() { gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING); }
  void PostError(const char* reason) {
    GError* error = g_error_new_literal(GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED, reason);
    gst_element_post_message(pipeline_.get(),
                             gst_message_new_error(GST_OBJECT(pipeline_.get()), error, nullptr));
    g_error_free(error);
  }

 private:
  Ref<GstElement> pipeline_;
};

TEST(BusWatchTest, TellsWhichElementFailedAndWhy) {
  TestPipeline pipeline("filesrc name=reader location=/nonexistent/file ! fakesink");
  std::vector<std::string> errors;
  const BusWatch watch(pipeline.get(), {[&](const std::string& element, const std::string& reason) {
                                          errors.push_back(element + ": " + reason);
                                        },
                                        {}});
  pipeline.Play();
  ASSERT_TRUE(RunUntil([&] { return !errors.empty(); }));
  EXPECT_EQ(errors[0].substr(0, 8), "reader: ");
  EXPECT_NE(errors[0].find("/nonexistent/file"), std::string::npos) << errors[0];
}

TEST(BusWatchTest, TellsTheEndOfTheStream) {
  TestPipeline pipeline("fakesrc num-buffers=1 ! fakesink");
  int errors = 0;
  int ends = 0;
  const BusWatch watch(pipeline.get(),
                       {[&](const auto&, const auto&) { ++errors; }, [&] { ++ends; }});
  pipeline.Play();
  EXPECT_TRUE(RunUntil([&] { return ends == 1; }));
  EXPECT_EQ(errors, 0);
}

TEST(BusWatchTest, IgnoresAnEndThatNobodyAskedFor) {
  TestPipeline pipeline("fakesrc num-buffers=1 ! fakesink");
  std::vector<std::string> errors;
  const BusWatch watch(
      pipeline.get(),
      {[&](const auto&, const std::string& reason) { errors.push_back(reason); }, {}});
  gst_element_post_message(pipeline.get(), gst_message_new_eos(GST_OBJECT(pipeline.get())));
  pipeline.PostError("after it");
  EXPECT_TRUE(RunUntil([&] { return !errors.empty(); }));
  EXPECT_EQ(errors, std::vector<std::string>{"after it"});
}

TEST(BusWatchTest, MayBeDestroyedByAnError) {
  TestPipeline pipeline("fakesrc ! fakesink");
  int errors = 0;
  std::unique_ptr<BusWatch> watch;
  watch =
      std::make_unique<BusWatch>(pipeline.get(), BusWatch::Events{[&](const auto&, const auto&) {
                                                                    ++errors;
                                                                    watch.reset();
                                                                  },
                                                                  {}});
  pipeline.PostError("one");
  pipeline.PostError("two");
  EXPECT_TRUE(RunUntil([&] { return errors == 1; }));
  RunPending();
  EXPECT_EQ(errors, 1);
}

TEST(BusWatchTest, MayBeDestroyedByTheEndOfTheStream) {
  TestPipeline pipeline("fakesrc num-buffers=1 ! fakesink");
  int errors = 0;
  int ends = 0;
  std::unique_ptr<BusWatch> watch;
  watch = std::make_unique<BusWatch>(pipeline.get(),
                                     BusWatch::Events{[&](const auto&, const auto&) { ++errors; },
                                                      [&] {
                                                        watch.reset();
                                                        ++ends;
                                                      }});
  pipeline.Play();
  EXPECT_TRUE(RunUntil([&] { return ends == 1; }));
  pipeline.PostError("unheard");
  RunPending();
  EXPECT_EQ(errors, 0);
}

TEST(BusWatchTest, HearsNothingOnceDestroyed) {
  TestPipeline pipeline("fakesrc ! fakesink");
  int errors = 0;
  {
    const BusWatch watch(pipeline.get(), {[&](const auto&, const auto&) { ++errors; }, {}});
    pipeline.PostError("unheard");
  }
  RunPending();
  EXPECT_EQ(errors, 0);
  // The bus is free for another watch.
  const BusWatch next(pipeline.get(), {[&](const auto&, const auto&) { ++errors; }, {}});
  pipeline.PostError("heard");
  EXPECT_TRUE(RunUntil([&] { return errors > 0; }));
}

TEST(StartErrorTest, IsWhatTheElementSaid) {
  TestPipeline pipeline("filesrc name=reader location=/nonexistent/file ! fakesink");
  pipeline.Play();
  EXPECT_EQ(StartError(pipeline.get(), "nothing"),
            "reader: Resource not found. (No such file \"/nonexistent/file\")");
}

TEST(StartErrorTest, IsTheOtherTextWhereNoElementSaidAnything) {
  TestPipeline pipeline("fakesrc num-buffers=1 ! fakesink");
  EXPECT_EQ(StartError(pipeline.get(), "nothing"), "nothing");
}

}  // namespace
}  // namespace ball
