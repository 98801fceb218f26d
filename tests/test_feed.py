"""What a page has read of runs that train: nothing twice, and nothing that is void."""

from app.feed import Feed
from resnet_core import get_spec
from resnet_core.results import Start, Step
from resnet_core.runs import queue, store, trash, writes
from tests.stored_runs import epochs, store_run


def step(number: int, loss: float) -> Step:
    return Step(number, 1 + number // 80, loss, 0.5, 0.02, 500.0, number * 0.1)


def test_a_run_that_goes_on_loses_the_steps_of_its_unfinished_epoch(fresh_home):
    steps = [step(number, 1.0) for number in (40, 80, 97, 133)]
    job_id = store_run("r-aaaaaa", get_spec("resnet20"), [(0.5, 0.6)], steps=steps, state="running")
    other = store_run("r-bbbbbb", get_spec("plain20"), [(0.5, 0.6)])
    feed = Feed((job_id, other))
    feed.poll()
    assert [row.step for row in feed.steps_of(job_id)] == [40, 80, 97, 133]
    writes.advance(job_id, {"running"}, "lost")
    assert writes.put_back(job_id, {"lost"})
    feed.poll()
    writes.advance(job_id, {"queued"}, "starting")
    kept = tuple(epochs([(0.5, 0.6)]))
    writes.write_start(job_id, Start(1, "CPU", 5120, 64, 80, 480, 6, epochs=kept))
    writes.write_rows(job_id, [], [step(101, 2.0)])
    feed.poll()
    assert [(row.step, row.loss) for row in feed.steps_of(job_id)] == [(40, 1.0), (80, 1.0), (101, 2.0)]
    assert feed.epochs_of(job_id) == kept
    assert len(feed.epochs_of(other)) == 1
    assert feed.steps_of(job_id) == tuple(row for _, row in store.steps([job_id]).items)


def test_a_run_that_comes_back_from_the_trash_brings_its_epochs(fresh_home):
    gone = store_run("r-aaaaaa", get_spec("resnet20"), [(0.5, 0.6)], steps=[step(40, 1.0)])
    other = store_run("r-bbbbbb", get_spec("plain20"), [(0.5, 0.6)])
    queue.delete(gone)
    feed = Feed((gone, other))
    feed.poll()
    assert [job.id for job in feed.jobs] == [other]
    trash.restore(gone)
    feed.poll()
    assert [len(feed.epochs_of(job_id)) for job_id in (gone, other)] == [1, 1]
    assert len(feed.steps_of(gone)) == 1
