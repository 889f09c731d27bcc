"""The queue: one run for one key, states that only move forward, nothing lost and nobody disturbed."""

import os
import shutil
import sys
import threading
import time
from dataclasses import dataclass, replace

import numpy as np
import pytest

from core.config import DataConfig, LayerConfig, ModelConfig, OptimizerConfig, TrainConfig
from core.errors import ConfigError, QueueError, RunError
from core.training.jobs import (
    Job,
    JobQueue,
    TrainingService,
    Visitor,
    left_behind,
    service,
    share_done,
    training,
    work,
)
from core.training.jobs import queue as job_queue
from core.training.jobs.training import TrainingJob, resolve
from core.training.runs import RunStore

CONFIG = TrainConfig(
    model=ModelConfig(architecture="mlp", hidden=(16,)),
    optimizer=OptimizerConfig(lr=0.01),
    epochs=2,
    device="cpu",
)
SLOW = replace(CONFIG, epochs=60, batch_size=1)  # some 30,000 steps: never ends within a test


@pytest.fixture
def stores(tmp_path, small_train, small_test):
    """A function that makes a store, as a starting server would; all are closed in the end."""
    made = []

    def make(**options):
        queue = JobQueue(**options)
        store = TrainingService(queue, RunStore(tmp_path / "runs"), lambda name: (small_train, small_test))
        made.append(store)
        return store

    yield make
    for store in made:
        store.close()


@pytest.fixture
def jobs(stores):
    return stores()


def until(condition, timeout=20.0):
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)


def running(store, key):
    until(lambda: store.snapshot(key).state == "running" and store.snapshot(key).progress is not None)


@dataclass
class Other(Job):
    """A job that is no training run."""

    key: str
    title: str = "Other"
    work: object = None

    def run(self, on_progress, should_stop):
        return self.work(on_progress, should_stop)


@dataclass
class Step:
    step: int
    steps: int = 10


@dataclass
class Result:
    value: object
    status: str = "finished"


def test_a_run_goes_through_the_queue_and_stays_on_disk(jobs):
    """Submitted, run, and there with its history, losses and weights."""
    key = jobs.submit(CONFIG).key
    done = jobs.wait(key, 30)
    assert done.state == "succeeded"
    assert done.error is None
    assert not done.from_cache
    assert len(done.history) == 2
    assert len(done.losses) == 16
    assert not done.losses.flags.writeable
    assert jobs.runs.load(key).status == "finished"


def test_asking_twice_is_one_run(jobs, monkeypatch):
    """Twenty visitors who ask at once for the same settings share one run."""
    started = []
    real = TrainingJob.run
    monkeypatch.setattr(TrainingJob, "run", lambda self, *a: (started.append(self.key), real(self, *a))[1])
    keys = []
    threads = [
        threading.Thread(target=lambda n=n: keys.append(jobs.submit(CONFIG, Visitor(f"visitor {n}")).key))
        for n in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(keys)) == 1
    jobs.wait(keys[0], 30)
    assert started == keys[:1]


def test_settings_that_mean_the_same_are_the_same_run(jobs, small_train):
    """What is left open is resolved before the key is made."""
    written_out = resolve(CONFIG, small_train)
    longer = replace(CONFIG, data=DataConfig(limit=60_000))
    assert jobs.resolve(CONFIG).key() == jobs.resolve(written_out).key() == jobs.resolve(longer).key()
    assert written_out.device == "cpu"
    assert written_out.threads >= 1
    assert written_out.data.dataset == small_train.fingerprint


def test_a_finished_run_is_served_from_disk_in_milliseconds_after_a_restart(stores):
    """Another process finds it by its settings: same numbers, no training, and it says so."""
    first = stores()
    done = first.wait(first.submit(CONFIG).key, 30)
    first.close()
    second = stores()
    start = time.perf_counter()
    again = second.submit(CONFIG, Visitor("somebody"))
    seconds = time.perf_counter() - start
    assert again.state == "succeeded"
    assert again.from_cache
    assert again.history == done.history
    assert (again.losses == done.losses).all()
    assert seconds < 0.5  # 10 ms on an idle machine
    assert second.queue.going(Visitor("somebody")) is None


def test_a_finished_run_asked_again_in_the_same_process_says_so(jobs):
    """The page's badge: this was there before you asked."""
    key = jobs.submit(CONFIG).key
    assert not jobs.wait(key, 30).from_cache
    assert jobs.submit(CONFIG).from_cache
    assert jobs.snapshot(key).from_cache


def test_different_runs_queue_up_with_a_place(jobs):
    """First come, first served; who waits is told how many are before."""
    first = jobs.submit(SLOW)
    second = jobs.submit(replace(SLOW, seed=1))
    third = jobs.submit(replace(SLOW, seed=2))
    running(jobs, first.key)
    assert [jobs.snapshot(job.key).position for job in (first, second, third)] == [0, 1, 2]
    jobs.queue.stop(first.key)
    running(jobs, second.key)
    assert jobs.snapshot(third.key).position == 1
    assert [job.key for job in jobs.queue.snapshots()] == [first.key, second.key, third.key]


def test_the_wait_is_measured(jobs):
    """What the run before it still takes, at the pace it has had so far."""
    jobs.wait(jobs.submit(CONFIG).key, 30)
    first, second = jobs.submit(SLOW), jobs.submit(replace(SLOW, seed=1))

    def share():
        return share_done(jobs.snapshot(first.key).progress)

    start = time.monotonic()
    running(jobs, first.key)
    begun, share_begun = time.monotonic(), share()
    until(lambda: share() > share_begun + 0.05)
    before, share_before = time.monotonic(), share()
    waits = jobs.snapshot(second.key).wait_seconds
    after, share_after = time.monotonic(), share()

    slowest = (after - start) / (share_before - share_begun)
    fastest = (before - begun) / share_after
    assert fastest * (1 - share_after) <= waits <= slowest * (1 - share_before)


def test_the_queue_is_bounded(stores):
    """The one too many is refused with a sentence, and nothing else is disturbed."""
    jobs = stores(max_waiting=2)
    keys = [jobs.submit(SLOW).key]
    running(jobs, keys[0])
    keys += [jobs.submit(replace(SLOW, seed=seed)).key for seed in (1, 2)]
    with pytest.raises(QueueError, match="2 runs are waiting"):
        jobs.submit(replace(SLOW, seed=3))
    assert jobs.submit(replace(SLOW, seed=2)).key == keys[2]


def test_a_visitor_has_one_run_going(jobs):
    """A second one is refused by name; another visitor's is not; afterward it is accepted."""
    key = jobs.submit(SLOW, Visitor("a")).key
    with pytest.raises(QueueError, match="You have a run going already"):
        jobs.submit(replace(SLOW, seed=1), Visitor("a"))
    jobs.submit(replace(SLOW, seed=1), Visitor("b"))
    with pytest.raises(QueueError):
        jobs.submit(SLOW, Visitor("b"))
    assert jobs.queue.going(Visitor("a")).key == key
    jobs.queue.stop(key, Visitor("a"))
    jobs.wait(key, 20)
    assert jobs.submit(replace(SLOW, seed=1), Visitor("a")).is_active


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        (replace(CONFIG, epochs=60, batch_size=1, data=DataConfig(limit=400)), None),
        (replace(CONFIG, device="cuda:7"), "no device"),
        (replace(CONFIG, data=DataConfig(dataset="full-00000000")), "the one in use here is custom-"),
        (
            replace(CONFIG, model=ModelConfig(architecture="custom", layers=(LayerConfig(kind="relu"),))),
            "needs 10",
        ),
    ],
)
def test_limits_hold_on_the_servers_side(config, sentence, jobs):
    """Whatever a page lets through, a run that cannot or must not be done is refused in a sentence."""
    if sentence is None:
        jobs.resolve(config)
        return
    with pytest.raises(ConfigError, match=sentence):
        jobs.submit(config)
    assert jobs.queue.snapshots() == ()


def test_work_is_bounded(sample_train, monkeypatch):
    """Too many steps and too much arithmetic are refused before anything is built."""
    with pytest.raises(ConfigError, match=r"300,000 steps, above the limit of 200,000"):
        resolve(replace(CONFIG, epochs=60, batch_size=1), sample_train)
    monkeypatch.setattr(training, "MAX_WORK", 1e9)
    with pytest.raises(ConfigError, match="as much work as is allowed"):
        resolve(replace(CONFIG, model=ModelConfig(architecture="cnn"), epochs=60), sample_train)


def test_stop_ends_within_a_step_and_keeps_whole_epochs(jobs):
    """It is over at once, and starting again goes on after the last whole epoch."""
    config = replace(CONFIG, epochs=12, batch_size=4)
    key = jobs.submit(config).key
    until(lambda: len(jobs.snapshot(key).history) >= 2)
    start = time.perf_counter()
    assert jobs.queue.stop(key)
    stopped = jobs.wait(key, 10)
    assert time.perf_counter() - start < 5
    assert stopped.state == "stopped"
    count = len(stopped.history)
    assert jobs.runs.load(key).status == "stopped"
    assert len(jobs.runs.load(key).history) >= count
    jobs.submit(config)
    running(jobs, key)
    assert len(jobs.snapshot(key).history) >= count


def test_stopping_who_waits_takes_it_out_of_the_queue(jobs):
    """It never runs, and leaves nothing on disk."""
    first, second = jobs.submit(SLOW), jobs.submit(replace(SLOW, seed=1))
    jobs.queue.stop(second.key)
    assert jobs.snapshot(second.key).state == "stopped"
    assert jobs.runs.load(second.key) is None
    assert jobs.snapshot(first.key).is_active


def test_nobody_can_stop_what_another_watches(jobs):
    """Two share a run: the stop of one leaves it to the other; the last one's stop ends it."""
    key = jobs.submit(SLOW, Visitor("a")).key
    jobs.submit(SLOW, Visitor("b"))
    running(jobs, key)
    with pytest.raises(QueueError, match="Somebody else"):
        jobs.queue.pause(key, Visitor("a"))
    assert not jobs.queue.stop(key, Visitor("a"))
    assert jobs.snapshot(key).state == "running"
    assert jobs.queue.going(Visitor("a")) is None
    assert jobs.queue.stop(key, Visitor("b"))
    assert jobs.wait(key, 10).state == "stopped"


def test_one_who_has_gone_does_not_hold_a_run(jobs, monkeypatch):
    """A closed tab stops asking; after some seconds it does not count."""
    key = jobs.submit(SLOW, Visitor("gone")).key
    jobs.submit(SLOW, Visitor("b"))
    running(jobs, key)
    monkeypatch.setattr(job_queue, "PRESENT_SECONDS", 0.0)
    assert jobs.queue.stop(key, Visitor("b"))
    assert jobs.wait(key, 10).state == "stopped"


def test_pause_halts_and_resume_goes_on_to_the_same_numbers(stores, small_train):
    """While paused no step is taken; the end is that of a run never paused."""
    jobs = stores()
    config = replace(CONFIG, epochs=8, batch_size=4)
    key = jobs.submit(config).key
    until(lambda: jobs.snapshot(key).history)
    jobs.queue.pause(key)
    assert jobs.snapshot(key).state == "paused"
    time.sleep(0.3)
    before = jobs.snapshot(key).progress.step
    time.sleep(0.3)
    assert jobs.snapshot(key).progress.step == before
    jobs.queue.resume(key)
    done = jobs.wait(key, 60)
    assert done.state == "succeeded"
    assert done.progress.step == done.progress.steps


def test_a_paused_run_does_not_hold_up_the_queue_for_ever(jobs, monkeypatch):
    """While somebody waits it goes on by itself."""
    monkeypatch.setattr(job_queue, "PAUSE_SECONDS", 0.3)
    key = jobs.submit(SLOW).key
    running(jobs, key)
    jobs.queue.pause(key)
    time.sleep(0.6)
    assert jobs.snapshot(key).state == "paused"
    jobs.submit(replace(SLOW, seed=1))
    until(lambda: jobs.snapshot(key).state == "running")


def test_what_was_running_or_waiting_goes_on_after_a_restart(stores):
    """The server ends in the middle: the next one takes up the run, then the one that waited."""
    first = stores()
    config = replace(CONFIG, epochs=12, batch_size=4)
    key = first.submit(config).key
    waiting = first.submit(replace(CONFIG, seed=1)).key
    until(lambda: len(first.snapshot(key).history) >= 2)
    first.close()
    assert first.runs.load(key).status == "running"
    second = stores()
    assert second.resume_interrupted() == 2
    running(second, key)
    assert len(second.snapshot(key).history) >= 2
    assert second.snapshot(waiting).position == 1
    assert second.wait(key, 60).state == "succeeded"
    assert second.wait(waiting, 60).state == "succeeded"


def test_two_servers_on_one_folder_train_it_once(stores):
    """The second watches what the first trains, and both end with the same."""
    first, second = stores(), stores()
    config = replace(CONFIG, epochs=12, batch_size=4)
    key = first.submit(config).key
    until(lambda: first.snapshot(key).history)
    second.submit(config)
    assert second.resume_interrupted() == 0
    done, seen = first.wait(key, 60), second.wait(key, 60)
    assert done.state == seen.state == "succeeded"
    assert seen.history == done.history


def test_if_the_first_server_ends_the_second_takes_over(stores):
    """Whoever watches goes on with the run when its owner is gone."""
    first, second = stores(), stores()
    config = replace(CONFIG, epochs=12, batch_size=4)
    key = first.submit(config).key
    until(lambda: first.snapshot(key).history)
    second.submit(config)
    until(lambda: second.snapshot(key).state == "running")
    first.close()
    assert second.wait(key, 60).state == "succeeded"


def test_a_run_that_another_server_trains_is_seen_without_asking_for_it(stores):
    """It takes no place in the second server's queue, and goes on there as soon as the first is gone."""
    first, second = stores(), stores()
    config = replace(CONFIG, epochs=12, batch_size=4)
    key = first.submit(config).key
    until(lambda: len(first.snapshot(key).history) >= 2)
    seen = second.watch(key)
    assert (seen.state, seen.elsewhere, second.queue.snapshots()) == ("running", True, ())
    assert len(seen.history) >= 2
    assert second.resume_left() == 0
    first.close()
    seen = second.watch(key)
    assert (seen.is_active, seen.elsewhere) == (True, False)
    assert second.wait(key, 60).state == "succeeded"
    assert [record.epoch for record in second.snapshot(key).history] == list(range(1, 13))


def test_what_another_server_left_goes_on_by_itself_when_there_is_nothing_else_to_do(stores):
    """The idle one takes it, whoever is looking; the busy one leaves it to others."""
    dead, busy, idle = stores(), stores(), stores()
    key = cut_off(dead, CONFIG, starts=1)
    busy.submit(SLOW)
    assert busy.resume_left() == 0
    left_behind.keep_watch(idle)
    until(lambda: (found := idle.snapshot(key)) is not None and found.state == "succeeded")


def test_a_run_that_cannot_go_on_here_is_tried_once(stores, monkeypatch):
    """On images that only another server's visitor has, for instance."""
    first = stores()
    key = cut_off(first, CONFIG, starts=1)
    asked = []

    def refuse(config):
        asked.append(config)
        raise ConfigError("Its images are not here.")

    monkeypatch.setattr(first, "submit", refuse)
    assert (first.resume_left(), first.watch(key), first.resume_interrupted()) == (0, None, 0)
    assert len(asked) == 1


def test_runs_in_a_folder_that_cannot_be_written_are_still_shown(stores):
    """No lock can be made there: the server starts all the same, and goes on with nothing."""
    first = stores()
    key = cut_off(first, CONFIG, starts=1)
    shutil.rmtree(first.runs.root / ".locks", ignore_errors=True)
    (first.runs.root / ".locks").write_text("no folder")
    second = stores()
    assert second.resume_interrupted() == 0
    assert second.watch(key) is None


def test_a_job_that_fails_is_one_sentence_and_the_queue_goes_on(jobs):
    """A fault in one job does not reach the next."""

    def broken(on_progress, should_stop):
        raise ValueError("secret detail")

    def full(on_progress, should_stop):
        raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried ...")

    jobs.queue.submit(Other("one", work=broken))
    jobs.queue.submit(Other("two", work=full))
    jobs.queue.submit(Other("three", work=lambda on_progress, should_stop: Result(7)))
    first, second, third = (jobs.queue.wait(key, 10) for key in ("one", "two", "three"))
    assert first.state == "failed"
    assert "ValueError" in first.error
    assert "secret" not in first.error
    assert "too little memory" in second.error
    assert (third.state, third.outcome) == ("succeeded", Result(7))


def test_a_diverging_run_fails_with_a_hint(jobs):
    """The sentence says at which step, and what to do; asked again it is there at once."""
    wild = replace(CONFIG, optimizer=OptimizerConfig(lr=1e3, momentum=0.9), loss="mse")
    done = jobs.wait(jobs.submit(wild).key, 30)
    assert done.state == "failed"
    assert "lower the learning rate" in done.error
    assert 0 < len(done.losses) < 16  # those before the step at which it diverged
    assert np.isfinite(done.losses).all()
    again = jobs.submit(wild)
    assert again.from_cache
    assert again.error == done.error
    assert (again.losses == done.losses).all()


def test_other_jobs_show_progress_and_stop():
    """The queue knows nothing of training: anything with steps will do."""
    queue = JobQueue()

    def work(on_progress, should_stop):
        step = 0
        while not should_stop():
            step = min(step + 1, 10)
            on_progress(Step(step))
            time.sleep(0.005)
        return Result("so far", "stopped")

    queue.submit(Other("lab", work=work), Visitor("a"))
    until(lambda: queue.snapshot("lab").progress is not None)
    queue.stop("lab", Visitor("a"))
    done = queue.wait("lab", 10)
    assert (done.state, done.outcome) == ("stopped", Result("so far", "stopped"))
    assert queue.snapshot("unknown") is None
    queue.close()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="threads have a priority on Linux only")
def test_jobs_give_way_to_pages():
    """A job's thread has a lower priority than the one that asked for it, which keeps its own."""

    def niceness():
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    before, queue = niceness(), JobQueue()
    queue.submit(Other("lab", work=lambda on_progress, should_stop: Result(niceness())))
    assert queue.wait("lab", 10).outcome.value == min(19, before + work.NICENESS)
    assert niceness() == before
    queue.close()


def test_states_only_move_forward(jobs):
    """No observer ever sees a state after a later one."""
    order = {"queued": 0, "running": 1, "paused": 1, "succeeded": 2, "stopped": 2, "failed": 2}
    seen = []
    key = jobs.submit(replace(CONFIG, epochs=20)).key
    until(lambda: seen.append(jobs.snapshot(key).state) or not jobs.snapshot(key).is_active)
    ranks = [order[state] for state in seen]
    assert ranks == sorted(ranks)
    steps = jobs.snapshot(key)
    assert steps.progress.step == steps.progress.steps


def test_ended_jobs_are_forgotten_in_time(jobs, monkeypatch):
    """Memory stays bounded; a forgotten run is still found on disk."""
    monkeypatch.setattr(job_queue, "REMEMBERED", 2)
    monkeypatch.setattr(service, "REMEMBERED", 2)
    keys = [jobs.submit(replace(CONFIG, seed=seed, epochs=1)).key for seed in range(4)]
    for key in keys:
        jobs.wait(key, 30)
    jobs.submit(replace(CONFIG, seed=9, epochs=1))
    assert len(jobs.queue.snapshots()) <= 4
    assert jobs.snapshot(keys[0]).from_cache


def test_an_estimate_says_where_its_speed_is_from(jobs):
    """A few steps are tried when somebody asks for it; afterward the run itself is what it goes by."""
    assert jobs.estimate(CONFIG) is None
    jobs.measure(CONFIG)
    tried = jobs.estimate(CONFIG)
    assert tried.seconds > 0
    assert "a few steps" in tried.source
    jobs.wait(jobs.submit(CONFIG).key, 30)
    known = jobs.estimate(replace(CONFIG, epochs=4))
    assert "an earlier run" in known.source
    assert not known.is_rough


def cut_off(jobs, config, *, starts):
    """Leave a run as a server does that ended while it was in its first epoch, `starts` times."""
    config = jobs.resolve(config)
    for _ in range(starts):
        jobs.runs.begin(config)
    return config.key()


def test_a_run_is_resumed_once_without_a_new_epoch(stores):
    """A run that takes the server with it does so twice at most; asked for again it runs."""
    first = stores()
    once, twice = cut_off(first, CONFIG, starts=1), cut_off(first, replace(CONFIG, seed=1), starts=2)
    second = stores()
    assert second.resume_interrupted() == 1
    assert second.wait(once, 60).state == "succeeded"
    stored = second.runs.load(twice)
    assert stored.status == "failed"
    assert "ended twice while this run was in the same epoch" in stored.error
    assert stores().resume_interrupted() == 0
    assert second.wait(second.submit(replace(CONFIG, seed=1)).key, 60).state == "succeeded"


def test_a_new_epoch_counts_as_progress(jobs):
    """A long run may be cut off as often as the server restarts, as long as it gets on."""
    config = replace(CONFIG, epochs=40, batch_size=4)
    key = jobs.submit(config).key
    until(lambda: jobs.snapshot(key).history)
    jobs.queue.stop(key)
    jobs.wait(key, 20)
    assert cut_off(jobs, config, starts=1) == key
    assert jobs.runs.load(key).starts == 1
    jobs.submit(config)
    before = len(jobs.runs.load(key).history)
    until(lambda: len(jobs.runs.load(key).history) > before)
    assert jobs.runs.load(key).starts == 0
    jobs.queue.stop(key)


@pytest.mark.parametrize("which", ["epoch", "state", "both"])
def test_a_file_of_another_run_is_noticed_and_the_run_begins_again(which, jobs):
    """An epoch's weights or a state that do not belong to the run are no fault of the app."""
    other_model = ModelConfig(architecture="mlp", hidden=(24,))
    long = replace(CONFIG, epochs=40, batch_size=4)
    keys = []
    for config in (long, replace(long, model=other_model)):
        keys.append(jobs.submit(config).key)
        until(lambda: jobs.snapshot(keys[-1]).history)
        jobs.queue.stop(keys[-1])
        jobs.wait(keys[-1], 20)
    mine, other = (jobs.runs.folder(key) for key in keys)
    count, others = (len(jobs.runs.load(key).history) for key in keys)
    if which in ("epoch", "both"):
        shutil.copy(other / "epochs" / f"{others:04d}.pt", mine / "epochs" / f"{count:04d}.pt")
    if which in ("state", "both"):
        shutil.copy(other / f"state-{others:04d}.pt", mine / f"state-{count:04d}.pt")
    jobs.submit(long)
    until(lambda: jobs.snapshot(keys[0]).history)
    assert jobs.snapshot(keys[0]).is_active
    jobs.queue.stop(keys[0])


def test_an_earlier_epochs_weights_are_not_gone_on_from(jobs):
    """The file fits the network, but the run would end on other weights than one that was never cut off."""
    config = replace(CONFIG, epochs=40, batch_size=4)
    key = jobs.submit(config).key
    until(lambda: len(jobs.snapshot(key).history) >= 2)
    jobs.queue.stop(key)
    jobs.wait(key, 20)
    folder, count = jobs.runs.folder(key), len(jobs.runs.load(key).history)
    shutil.copy(folder / "epochs" / "0001.pt", folder / "epochs" / f"{count:04d}.pt")
    with pytest.raises(RunError, match="do not belong together"):
        jobs.runs.load_state(key)
