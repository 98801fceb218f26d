"""The first figure of a process, drawn while another thread imports what Plotly looks for."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.slow
def test_a_figure_can_be_drawn_while_another_thread_imports_pandas():
    program = textwrap.dedent("""
        import importlib.abc, sys, threading, time
        begun = threading.Event()
        class Slow(importlib.abc.MetaPathFinder):
            def find_spec(self, name, path, target=None):
                if name == "pandas.core":
                    begun.set()
                    time.sleep(2)
        sys.meta_path.insert(0, Slow())
        def other():
            import pandas
        thread = threading.Thread(target=other)
        thread.start()
        assert begun.wait(60)
        from app.charts.curves import Curve, learning_curves
        from tests.stored_runs import epochs
        run = Curve("ResNet-20", True, 20, epochs([(0.8, 0.9), (0.5, 0.6)]))
        print(learning_curves([run], title="Error").layout.title.text)
    """)
    drawn = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert drawn.stdout.startswith("Error<br>"), drawn.stderr
