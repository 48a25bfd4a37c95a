# SPDX-License-Identifier: LGPL-2.1-or-later
"""The bench's arithmetic: percentiles, spread, verdicts, the table, who had the processors, and how it is called."""
import argparse
import contextlib
import importlib.util
import io
import math
import os
import sys
import tempfile
import unittest
import unittest.mock

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import run  # noqa: E402
from measure import gst_ball, table  # noqa: E402
from measure.estimates import median, percentile, slope, spread  # noqa: E402
from measure.loop_run import LoopRun, Setting, cpu_ms_per_frame  # noqa: E402
from measure.machine import Load, Yardstick  # noqa: E402
from measure.processes import ProgramFailed, Sample, cpu_share, once_more  # noqa: E402
from measure.table import Ratio, Row, Verdict, at_most, ratio_at_least, ratio_at_most  # noqa: E402
from sections import clients, limit, micro  # noqa: E402

QUIET = Load(0.0, 0.0, 0.0)


def loop_of(sent, returned, fps, quarters=(1.0, 1.0)):
    return LoopRun(sent=sent, returned=returned, settled_lost=sent - returned, sent_fps=fps, loop_ms={"p50": 1.0},
                   quarters_ms=quarters, error_rms=None, cpu_ms=None, peaks_mib={}, stages_ms={}, load=QUIET)


class EstimatesTest(unittest.TestCase):
    def test_percentile_is_a_value_that_was_measured(self):
        values = list(range(1, 101))
        self.assertEqual([percentile(values, at) for at in (0, 50, 95, 99, 100)], [1, 50, 95, 99, 100])
        self.assertEqual(percentile([7.0], 99), 7.0)

    def test_percentile_of_nothing_is_refused(self):
        with self.assertRaises(ValueError):
            percentile([], 50)

    def test_median_of_nothing_is_none(self):
        self.assertIsNone(median([]))

    def test_spread_is_half_the_range_as_a_share_of_the_median(self):
        self.assertAlmostEqual(spread([9.0, 10.0, 12.0]), 0.15)
        self.assertEqual(spread([5.0]), 0.0)
        self.assertEqual(spread([-1.0, 0.0, 1.0]), math.inf)

    def test_slope_is_that_of_the_line_of_least_squares(self):
        self.assertAlmostEqual(slope([(1, 5), (2, 7), (4, 11)]), 2.0)
        self.assertIsNone(slope([(1, 5), (1, 6)]))


class VerdictTest(unittest.TestCase):
    def test_a_value_within_its_limit_meets_it(self):
        self.assertIs(Row("", "ms", [3.4, 3.5, 3.6], targets=(at_most(3.5),)).verdict(), Verdict.MET)
        self.assertIs(Row("", "ms", [3.6], targets=(at_most(3.5),)).verdict(), Verdict.MISSED)

    def test_all_targets_must_hold(self):
        row = Row("", "ms", [3.0], [30.0], targets=(at_most(3.5), ratio_at_least(12)))
        self.assertIs(row.verdict(), Verdict.MISSED)

    def test_ratio_says_how_many_times_less_or_more(self):
        self.assertEqual(Row("", "", [2.0], [8.0]).ratio(), 4.0)
        self.assertEqual(Row("", "", [8.0], [2.0], ratio_is=Ratio.TIMES_MORE).ratio(), 4.0)
        self.assertIsNone(Row("", "", [2.0]).ratio())

    def test_repetitions_that_disagree_and_are_far_apart_are_too_noisy(self):
        self.assertIs(Row("", "ms", [2.0, 3.0, 9.0], targets=(at_most(5),)).verdict(), Verdict.NOISY)

    def test_repetitions_far_apart_that_all_say_the_same_are_trusted(self):
        self.assertIs(Row("", "ms", [1.0, 2.0, 4.0], targets=(at_most(5),)).verdict(), Verdict.MET)

    def test_repetitions_that_disagree_within_the_spread_of_a_quiet_machine_are_trusted(self):
        self.assertIs(Row("", "ms", [4.8, 4.9, 5.1], targets=(at_most(5),)).verdict(), Verdict.MET)

    def test_a_limit_missed_while_others_had_the_machine_is_too_noisy(self):
        self.assertIs(Row("", "ms", [6.0], targets=(at_most(5),), other=0.2).verdict(), Verdict.NOISY)

    def test_a_limit_kept_although_others_had_the_machine_is_met(self):
        self.assertIs(Row("", "ms", [4.0], targets=(at_most(5),), other=0.2).verdict(), Verdict.MET)

    def test_a_ratio_while_others_had_the_machine_is_too_noisy(self):
        self.assertIs(Row("", "", [1.0], [9.0], targets=(ratio_at_least(2),), other=0.2).verdict(), Verdict.NOISY)

    def test_a_limit_missed_where_the_machine_itself_has_a_long_tail_is_too_noisy(self):
        self.assertIs(Row("", "ms", [6.0], targets=(at_most(5),), tail=7.0).verdict(), Verdict.NOISY)
        self.assertIs(Row("", "ms", [6.0], targets=(at_most(5),), tail=1.5).verdict(), Verdict.MISSED)
        self.assertIs(Row("", "ms", [4.0], targets=(at_most(5),), tail=7.0).verdict(), Verdict.MET)

    def test_a_row_without_figures_is_not_measured(self):
        self.assertIs(Row("", "ms", [], targets=(at_most(5),)).verdict(), Verdict.NOT_MEASURED)
        self.assertIs(Row("", "", [1.0], [], targets=(ratio_at_most(2),)).verdict(), Verdict.NOT_MEASURED)

    def test_a_row_of_which_nothing_is_asked_has_no_verdict(self):
        self.assertIs(Row("", "ms", [1.0]).verdict(), Verdict.TOLD)


class TableTest(unittest.TestCase):
    ROWS = (Row("loop p50", "ms", [2.9, 3.0, 3.1], [42.0, 43.0, 44.0], "aiortc", targets=(at_most(3.5),
                ratio_at_least(12)), note="why"),
            Row("RSS", "MiB", [50.0], targets=(at_most(40),), other=0.5), Row("told", "", [1234.5]))

    def test_a_line_has_figures_spread_ratio_targets_and_verdict(self):
        line = table.text(self.ROWS).splitlines()[2]
        for cell in ("loop p50", "3 ms +-3%", "aiortc", "43 ms +-2%", "14.3 x", "<= 3.5, >= 12 x", "met"):
            self.assertIn(cell, line)

    def test_a_note_stands_below_its_row(self):
        self.assertEqual(table.text(self.ROWS).splitlines()[3], "    why")

    def test_what_the_medians_say_stands_behind_too_noisy(self):
        self.assertIn("too noisy (missed)", table.text(self.ROWS))

    def test_the_tally_counts_rows_with_a_target(self):
        self.assertEqual(table.tally(self.ROWS), "1 met, 1 too noisy")

    def test_json_holds_each_repetition_and_no_infinity(self):
        row = Row("", "", [0.0, 1.0, -1.0]).as_json()
        self.assertEqual((row["measured_each"], row["measured_spread"]), ([0.0, 1.0, -1.0], None))

    def test_numbers_have_three_digits(self):
        self.assertEqual([table.number(each) for each in (0.01234, 1.234, 123.4, 1234.4, 0, None)],
                         ["0.0123", "1.23", "123", "1234", "0", "-"])


class ProcessorTimeTest(unittest.TestCase):
    SAMPLES = [Sample(at / 2, at * 0.1) for at in range(21)]  # a fifth of a core, for 10 s

    def test_share_is_processor_time_over_time(self):
        self.assertAlmostEqual(cpu_share(self.SAMPLES, 2.0, 8.0), 0.2)

    def test_share_of_one_sample_is_unknown(self):
        self.assertIsNone(cpu_share(self.SAMPLES, 2.0, 2.4))

    def test_time_a_frame_is_that_of_all_programs_by_the_rate_of_answers(self):
        answers = [1 + frame / 30 for frame in range(240)]
        self.assertAlmostEqual(cpu_ms_per_frame([self.SAMPLES, self.SAMPLES], answers), 1000 * 0.4 / 30)

    def test_time_a_frame_is_unknown_without_answers(self):
        self.assertIsNone(cpu_ms_per_frame([self.SAMPLES], []))


class ReportTest(unittest.TestCase):
    def test_only_matched_frames_are_returned(self):
        session = {"frames": {"sent": 3, "matched": 2}, "loop_ms": {"p50": 4.0}, "matched_error_px": {"rms": 0.1},
                   "stages_ms": {}}
        frames = [{"drawn_s": "1.0", "fate": "matched", "loop_ms": "4"}, {"drawn_s": "1.1", "fate": "lost",
                  "loop_ms": ""}, {"drawn_s": "1.2", "fate": "matched", "loop_ms": "6"}]
        run = gst_ball.loop_run(session, frames, 10, [], {}, QUIET)
        self.assertEqual((run.lost(), run.quarters_ms), (1, (4.0, 6.0)))

    def test_how_fast_frames_are_drawn_counts_once_it_is_settled(self):
        session = {"frames": {"sent": 4, "matched": 4}, "loop_ms": {"p50": 4.0}, "matched_error_px": {"rms": 0.1},
                   "stages_ms": {}}
        frames = [{"drawn_s": at, "fate": "matched", "loop_ms": "4"} for at in ("1.0", "2.4", "2.5", "2.6")]
        self.assertAlmostEqual(gst_ball.loop_run(session, frames, 10, [], {}, QUIET).sent_fps, 10.0)

    def test_what_was_skipped_once_it_is_settled_is_lost(self):
        session = {"frames": {"sent": 5, "matched": 5}, "loop_ms": {"p50": 4.0}, "matched_error_px": {"rms": 0.1},
                   "stages_ms": {}}
        frames = [{"drawn_s": at, "fate": "matched", "loop_ms": "4"} for at in ("1.0", "2.4", "2.5", "2.8", "2.9")]
        run = gst_ball.loop_run(session, frames, 10, [], {}, QUIET)
        self.assertEqual((run.lost(), run.settled_lost, run.keeps_up(10)), (0, 2, False))

    def test_the_slowest_frames_count_once_it_is_settled(self):
        session = {"frames": {"sent": 4, "matched": 3}, "loop_ms": {"p50": 4.0}, "matched_error_px": {"rms": 0.1},
                   "stages_ms": {}}
        frames = [{"drawn_s": at, "fate": fate, "loop_ms": loop} for at, fate, loop in
                  (("1.0", "matched", "70"), ("2.4", "matched", "5"), ("2.5", "lost", ""), ("2.6", "matched", "6"))]
        self.assertEqual(gst_ball.loop_run(session, frames, 10, [], {}, QUIET).settled_p99_ms, 6.0)


class YardstickTest(unittest.TestCase):
    def test_a_tail_is_the_slowest_hundredth_in_medians(self):
        times = iter([0, 100] * 98 + [0, 300] * 2)
        yardstick = Yardstick()
        ends = unittest.mock.Mock(side_effect=[False] * 100 + [True])
        with unittest.mock.patch("time.thread_time_ns", lambda: next(times)), \
                unittest.mock.patch.object(yardstick, "_end", unittest.mock.Mock(wait=ends)):
            with yardstick:
                pass
        self.assertEqual(yardstick.tail(), 3.0)

    def test_what_was_never_timed_has_no_tail(self):
        with Yardstick() as yardstick:
            pass
        self.assertEqual(yardstick.tail(), 1.0)


class MicroTest(unittest.TestCase):
    def test_repetitions_are_gathered_in_microseconds_by_name_and_size(self):
        def entry(time, **rest):
            return {"run_name": "Frame/ballsrc_i420/640/480/iterations:1/manual_time", "real_time": time,
                    "time_unit": "ms", "run_type": "iteration", **rest}
        said = {"benchmarks": [entry(1.0), entry(2.0), entry(9.0, run_type="aggregate"),
                               entry(9.0, error_occurred=True)]}
        self.assertEqual(micro.parse(said), {"Frame/ballsrc_i420/640/480": [1000.0, 2000.0]})

    def test_a_batch_of_repetitions_counts_as_one(self):
        said = {"benchmarks": [{"run_name": "shm/tell_reader/iterations:1/manual_time", "real_time": time,
                                "time_unit": "us"} for time in (1.0, 9.0, 2.0, 4.0, 3.0, 9.0, 5.0)]}
        self.assertEqual(micro.parse(said, batch=3), {micro.TELL_READER: [2.0, 4.0, 5.0]})

    def test_rows_without_benchmarks_are_not_measured(self):
        verdicts = {row.verdict() for row in micro.rows({}, 0.0)}
        self.assertEqual(verdicts, {Verdict.TOLD, Verdict.NOT_MEASURED})


@unittest.skipIf(importlib.util.find_spec("matplotlib") is None, "no python3-matplotlib")
class PlotsTest(unittest.TestCase):
    def test_micro_is_drawn_of_what_has_a_size(self):
        from measure import plots
        with tempfile.TemporaryDirectory() as directory:
            file, = plots.write(directory, {"micro_us": {micro.TELL_READER: [7.0], "locate/color_i420/640/480": [30.0],
                                                         "locate/color_i420/1280/720": [35.0]}})
            with open(file, encoding="utf-8") as drawn:
                self.assertIn("locate/color_i420", drawn.read())


class OnceMoreTest(unittest.TestCase):
    def test_a_run_whose_program_failed_is_tried_again_but_once(self):
        tries = []

        @once_more
        def fails(until):
            tries.append(until)
            if len(tries) < until:
                raise ProgramFailed("gone")
            return "done"
        with contextlib.redirect_stderr(io.StringIO()):
            self.assertEqual(fails(2), "done")
            with self.assertRaises(ProgramFailed):
                fails(9)
        self.assertEqual(tries, [2, 2, 9, 9])


class LimitTest(unittest.TestCase):
    def climb(self, *runs, below=()):
        waiting = list(runs)
        return limit.climb((30, 60, 90), Setting(), lambda setting: waiting.pop(0), lambda fps: None, below)

    def test_the_highest_rate_is_the_last_that_lost_nothing(self):
        climbed = self.climb(loop_of(9, 9, 30), loop_of(9, 9, 60), *[loop_of(9, 8, 90)] * limit.ATTEMPTS)
        self.assertEqual((climbed.highest, climbed.above[0]), (60, 90))

    def test_a_rate_that_fails_while_the_next_one_does_not_is_no_limit(self):
        climbed = self.climb(*[loop_of(9, 8, 30)] * limit.ATTEMPTS, loop_of(9, 9, 60), loop_of(9, 9, 90))
        self.assertEqual((climbed.highest, climbed.above), (90, None))

    def test_two_rates_in_a_row_that_fail_end_the_climb(self):
        climbed = self.climb(*[loop_of(9, 8, 30)] * limit.ATTEMPTS, *[loop_of(9, 8, 60)] * limit.ATTEMPTS)
        self.assertEqual((climbed.highest, climbed.above[0], len(climbed.runs)), (0, 30, 2 * limit.ATTEMPTS))

    def test_where_the_first_rates_all_fail_lower_ones_are_tried_down_to_one_that_does_not(self):
        fails = [loop_of(9, 8, 30)] * limit.ATTEMPTS
        climbed = self.climb(*fails, *fails, *fails, loop_of(9, 9, 15), below=(20, 15, 10))
        self.assertEqual((climbed.highest, climbed.above[0]), (15, 30))

    def test_a_rate_has_another_attempt(self):
        climbed = self.climb(loop_of(9, 8, 30), loop_of(9, 9, 30), loop_of(9, 9, 60), loop_of(9, 9, 90))
        self.assertEqual((climbed.highest, climbed.above), (90, None))

    def test_a_rate_that_was_not_reached_does_not_count(self):
        self.assertEqual(self.climb(*[loop_of(9, 9, 25)] * 2 * limit.ATTEMPTS).highest, 0)

    def test_latency_that_grows_above_the_limit_misses(self):
        for last, verdict in ((99.0, Verdict.MET), (101.0, Verdict.MISSED)):
            row = limit.above_row("ours", limit.Climb(60, (90, loop_of(9, 8, 90, (20.0, last))), []))
            self.assertIs(row.verdict(), verdict)


class ClientsTest(unittest.TestCase):
    def served(self, count, fps, connected=None):
        return gst_ball.Served(count, [fps] * (count if connected is None else connected), 0.1 + count * 0.01, 0.0,
                               50.0, 0.0)

    def test_each_client_must_have_its_29_fps(self):
        self.assertEqual(clients.most_served([self.served(16, 30.0), self.served(32, 29.0), self.served(64, 28.9)]), 32)

    def test_a_client_that_never_connected_is_not_served(self):
        self.assertEqual(clients.most_served([self.served(16, 30.0, connected=15)]), 0)

    def test_cpu_for_a_further_client_is_the_slope(self):
        rows = clients.rows([self.served(count, 30.0) for count in (1, 16, 64)], [self.served(16, 30.0)])
        self.assertAlmostEqual(rows[1].measured[0], 1.0)
        self.assertIs(rows[0].verdict(), Verdict.MET)


class CommandLineTest(unittest.TestCase):
    def test_sections_run_in_their_own_order(self):
        self.assertEqual(run.sections("limit,micro"), ["micro", "limit"])

    def test_help_tells_each_section(self):
        for section in run.SECTIONS:
            self.assertIn(f"\n  {section} ", run.__doc__)

    def test_an_unknown_section_is_refused(self):
        with self.assertRaisesRegex(argparse.ArgumentTypeError, "no section nothing; there are micro, loop"):
            run.sections("loop,nothing")

    def test_a_time_has_a_unit(self):
        self.assertEqual([run.duration(text) for text in ("90", "90s", "30m", "1.5h")], [90, 90, 1800, 5400])

    def test_a_time_without_sense_is_refused(self):
        for text in ("soon", "0m", "-1", "3d", ""):
            with self.assertRaises(argparse.ArgumentTypeError):
                run.duration(text)

    def test_what_a_build_lacks_is_found(self):
        self.assertEqual(run.missing("/nonexistent"), list(run.NEEDED))

    def test_what_cannot_be_written_is_told_before_it_is_measured(self):
        def told(**options):
            return run.unwritable(argparse.Namespace(**{"json": None, "svg": None, **options}))
        with tempfile.TemporaryDirectory() as directory:
            self.assertEqual(told(json=os.path.join(directory, "bench.json")), "")
            self.assertIn("give --json", told(json=os.path.join(directory, "none", "bench.json")))
            with open(os.path.join(directory, "file"), "w", encoding="utf-8"):
                pass
            if importlib.util.find_spec("matplotlib"):
                self.assertIn("give --svg", told(svg=os.path.join(directory, "file")))

    def test_where_no_file_is_asked_for_none_need_be_writable(self):
        with unittest.mock.patch("os.access", return_value=False):
            self.assertEqual(run.unwritable(argparse.Namespace(json=None, svg=None)), "")

    def test_a_section_that_fails_is_a_row_that_says_why(self):
        def fails():
            raise ProgramFailed("server ended with 3")
        row, = run.measured("loop", fails)
        self.assertIs(row.verdict(), Verdict.NOT_MEASURED)
        self.assertIn("server ended with 3", table.text([row]))


if __name__ == "__main__":
    unittest.main()
