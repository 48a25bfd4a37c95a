# SPDX-License-Identifier: LGPL-2.1-or-later
"""deploy/minikube.sh's steps, with a minikube and a kubectl that only note how they are called."""
import pathlib
import shutil
import subprocess
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "deploy/minikube.sh"
MANIFESTS = SCRIPT.parent / "kubernetes"
TOOLS = ("base64", "bash", "cat", "dirname", "grep", "head", "readlink", "sed", "tr")
TAG = "20260101-000000"  # what the fake date says

# Notes the call, then does what the first matching line of `rules` says: pattern, exit status, output. Of the output's
# words separated by `;` each call gets the next, and the last ever after. What is applied from a pipe is kept.
FAKE = r"""#!/bin/bash
call="${0##*/} $*"
echo "$call" >>"$FAKES/calls"
[[ $call != *"--filename -" ]] || cat >>"$FAKES/applied"
[ -f "$FAKES/rules" ] || exit 0
number=0
while IFS=$'\t' read -r pattern status output; do
  number=$((number + 1))
  [[ $call == *$pattern* ]] || continue
  IFS=';' read -ra states <<<"$output"
  count=0
  [ ! -f "$FAKES/count-$number" ] || count=$(<"$FAKES/count-$number")
  echo $((count + 1)) >"$FAKES/count-$number"
  [ "$count" -lt ${#states[@]} ] || count=$((${#states[@]} - 1))
  [ ${#states[@]} = 0 ] || echo -e "${states[count]}"
  exit "$status"
done <"$FAKES/rules"
"""
NO_SECRET = ("get secret", 1, "")
COMPLETE = ("get job score", 0, "Complete")
BUILT = ("image ls", 0, "\\n".join(f"docker.io/library/gst-ball-{each}:{TAG}" for each in ("server", "client", "turn")))
RENDERED = ("kubectl kustomize", 0, "image: gst-ball-server\\nimage: gst-ball-client")
DEPLOYED = ("get deployment client", 0, f"gst-ball-client:{TAG}")


class MinikubeTest(unittest.TestCase):
    """Each runs the script with a PATH of fakes and the few tools that it needs."""

    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.fakes = pathlib.Path(directory.name)
        for tool in TOOLS:
            (self.fakes / tool).symlink_to(shutil.which(tool))
        for name in ("minikube", "kubectl", "sleep"):
            (self.fakes / name).write_text(FAKE, encoding="utf-8")
            (self.fakes / name).chmod(0o755)
        (self.fakes / "date").write_text(f"#!/bin/bash\necho {TAG}\n", encoding="utf-8")
        (self.fakes / "date").chmod(0o755)

    def run_script(self, *arguments: str, rules=(), **environment: str) -> subprocess.CompletedProcess:
        """The script's exit status, output and complaints; `rules` are lines of the fakes' rules."""
        for count in self.fakes.glob("count-*"):
            count.unlink()
        lines = ["\t".join(map(str, rule)) + "\n" for rule in (*rules, BUILT, RENDERED, DEPLOYED)]
        (self.fakes / "rules").write_text("".join(lines), encoding="utf-8")
        return subprocess.run([SCRIPT, *arguments], capture_output=True, text=True, timeout=60, check=False,
                              env={"PATH": str(self.fakes), "FAKES": str(self.fakes), **environment})

    def calls(self) -> list[str]:
        """How minikube and kubectl were called, in order."""
        noted = self.fakes / "calls"
        lines = noted.read_text(encoding="utf-8").splitlines() if noted.exists() else []
        return [line for line in lines if not line.startswith("sleep")]

    def assert_in_order(self, *parts: str) -> None:
        """Each part is in a call of its own, in this order."""
        rest = iter(self.calls())
        for part in parts:
            self.assertTrue(any(part in call for call in rest), f"{part!r} is not in its place in {self.calls()}")

    def test_up_builds_then_applies_then_waits_then_scores(self) -> None:
        run = self.run_script("up", rules=[NO_SECRET, COMPLETE, ("logs job/score", 0, "matched 300")])
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assert_in_order(
            "minikube --profile minikube status", "addons enable metrics-server", f"image build --tag gst-ball-server:{TAG}",
            f"image build --tag gst-ball-client:{TAG}", f"apply --filename {MANIFESTS}/base/namespace.yaml",
            "create secret generic gst-ball-token --from-literal=token=", f"kustomize {MANIFESTS}/overlays/minikube",
            "rollout status deployment/server", "rollout status deployment/client", "delete job score",
            f"kustomize {MANIFESTS}/score", "get job score", "logs job/score")
        self.assertIn("matched 300", run.stdout)

    def test_up_starts_minikube_only_where_it_does_not_run(self) -> None:
        self.run_script("up", rules=[COMPLETE])
        self.assertFalse([call for call in self.calls() if " start" in call])
        self.run_script("up", rules=[("minikube status", 1, ""), COMPLETE])
        self.assert_in_order("minikube start --cni=calico", "image build")

    def test_up_keeps_a_secret_that_is_there(self) -> None:
        self.run_script("up", rules=[COMPLETE])
        self.assertFalse([call for call in self.calls() if "create secret" in call])

    def test_up_goes_on_without_metrics(self) -> None:
        run = self.run_script("up", rules=[("addons enable", 1, ""), COMPLETE])
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("nothing scales by itself", run.stderr)

    def test_up_applies_nothing_where_an_image_cannot_be_built(self) -> None:
        # minikube itself exits with 0: https://github.com/kubernetes/minikube/issues/12556
        only_server = ("image ls", 0, f"docker.io/library/gst-ball-server:{TAG}\\ndocker.io/library/gst-ball-client:old")
        for failure in ("gst-ball-client:", 1, "no space left"), only_server:
            with self.subTest(failure):
                run = self.run_script("up", rules=[failure])
                self.assertNotEqual(run.returncode, 0)
                self.assertFalse([call for call in self.calls() if "apply" in call])
        self.assertIn(f"gst-ball-client:{TAG} was not built", run.stderr)

    def test_up_names_the_stage_as_the_runtime_wants_it(self) -> None:
        for runtime, option in ("docker://29.1.3", "target=server"), ("cri-o://1.35.0", "target=server"), \
                ("containerd://2.2.0", "opt=target=server"):
            with self.subTest(runtime):
                self.run_script("up", rules=[("containerRuntimeVersion", 0, runtime), COMPLETE])
                self.assertIn(f"--build-opt {option} ", [call for call in self.calls() if "gst-ball-server:" in call][-1])

    def test_up_gives_the_pods_what_it_has_built(self) -> None:
        self.run_script("up", rules=[COMPLETE])
        applied = (self.fakes / "applied").read_text(encoding="utf-8").splitlines()
        self.assertEqual(applied, [f"image: gst-ball-server:{TAG}", f"image: gst-ball-client:{TAG}"] * 2)

    def test_up_removes_the_images_before_its_own_once_they_are_replaced(self) -> None:
        listed = ("image ls", 0, BUILT[2] + "\\ndocker.io/library/gst-ball-server:old\\ndocker.io/library/debian:bookworm-slim")
        run = self.run_script("up", rules=[listed, ("image rm", 1, "in use"), COMPLETE])
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assert_in_order("rollout status deployment/client", "image rm docker.io/library/gst-ball-server:old")
        self.assertFalse([call for call in self.calls() if "image rm" in call and ("debian" in call or TAG in call)])

    def test_up_does_not_score_what_does_not_come_up(self) -> None:
        run = self.run_script("up", rules=[("rollout status", 1, ""), COMPLETE])
        self.assertNotEqual(run.returncode, 0)
        self.assertFalse([call for call in self.calls() if "score" in call])

    def test_turn_overlay_has_its_image_and_its_secret(self) -> None:
        run = self.run_script("up", rules=[NO_SECRET, COMPLETE], OVERLAY="turn")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assert_in_order(f"image build --tag gst-ball-turn:{TAG}", "namespace.yaml",
                             "create secret generic gst-ball-turn --from-literal=user=ball --from-literal=password=",
                             f"kustomize {MANIFESTS}/overlays/turn")

    def test_score_runs_the_client_that_is_deployed(self) -> None:
        self.run_script("score", rules=[("get deployment client", 0, "gst-ball-client:old"), COMPLETE])
        self.assertIn("image: gst-ball-client:old", (self.fakes / "applied").read_text(encoding="utf-8"))

    def test_score_fails_where_nothing_is_deployed(self) -> None:
        run = self.run_script("score", rules=[("get deployment client", 1, ""), COMPLETE])
        self.assertNotEqual(run.returncode, 0)
        self.assertFalse([call for call in self.calls() if "apply" in call])

    def test_score_below_thresholds_prints_its_log_and_fails(self) -> None:
        run = self.run_script("score", rules=[("get job score", 0, "Failed"), ("logs job/score", 0, "matched 12")])
        self.assertEqual(run.returncode, 1)
        self.assertIn("matched 12", run.stdout)
        self.assertIn("below its thresholds", run.stderr)

    def test_score_waits_for_the_jobs_last_word(self) -> None:
        for states, status in ((";SuccessCriteriaMet;SuccessCriteriaMet Complete", 0), ("FailureTarget;FailureTarget Failed", 1)):
            with self.subTest(states):
                run = self.run_script("score", rules=[("get job score", 0, states)])
                self.assertEqual(run.returncode, status, run.stderr)
                self.assertNotIn("did not end", run.stderr)

    def test_score_that_never_ends_prints_its_log_and_says_where_to_look(self) -> None:
        run = self.run_script("score", rules=[("logs job/score", 0, "connecting")])
        self.assertEqual(run.returncode, 1)
        self.assertIn("connecting", run.stdout)
        self.assertIn("describe job score", run.stderr)

    def test_score_fails_where_its_job_is_refused(self) -> None:
        run = self.run_script("score", rules=[("apply --filename", 1, ""), COMPLETE])
        self.assertNotEqual(run.returncode, 0)

    def test_down_removes_the_namespace_alone(self) -> None:
        run = self.run_script("down")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(self.calls(), ["kubectl --context minikube delete namespace gst-ball --ignore-not-found"])

    def test_another_profile_is_used_in_each_call(self) -> None:
        self.run_script("up", rules=[NO_SECRET, COMPLETE], MINIKUBE_PROFILE="ball")
        for call in self.calls():
            self.assertRegex(call, "^(minikube --profile ball|kubectl --context ball|kubectl kustomize) ")

    def test_what_is_missing_is_named(self) -> None:
        for name in ("kubectl", "minikube"):
            with self.subTest(name):
                (self.fakes / name).unlink()
                run = self.run_script("up")
                self.assertEqual(run.returncode, 1)
                self.assertIn(f"there is no {name}", run.stderr)

    def test_unknown_overlay_is_refused(self) -> None:
        run = self.run_script("up", OVERLAY="moon")
        self.assertEqual((run.returncode, self.calls()), (1, []))
        self.assertIn("there is no overlay moon", run.stderr)

    def test_wrong_arguments_get_the_usage(self) -> None:
        for arguments in ((), ("fly",), ("up", "down")):
            with self.subTest(arguments):
                run = self.run_script(*arguments)
                self.assertEqual((run.returncode, self.calls()), (2, []))
                self.assertIn("deploy/minikube.sh up", run.stderr)


if __name__ == "__main__":
    unittest.main()
