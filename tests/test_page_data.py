"""The Data page as a script: samples, counts, sizes, augmentation and normalization of any data set, and bad input."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app.charts.data_set import class_counts, describe_counts, describe_sizes, image_sizes
from app.data_state import TABS, DataState
from app.state import read_state
from app.widgets.augmentation import _draw, _move
from app.widgets.data_picker import KINDS
from resnet_core.crop_flip import crop_flip
from resnet_core.sources import SOURCES
from tests.test_datasets_cats_vs_dogs import make_zip
from tests.test_datasets_folder import save, two_classes


@pytest.fixture
def open_data(fresh_home):
    """Return a function that opens the page from a link."""

    def open_page(**query: str) -> AppTest:
        app = AppTest.from_file("../app/Home.py", default_timeout=60).run()
        app.switch_page("views/data.py")
        for name, value in query.items():
            app.query_params[name] = value
        return app.run()

    return open_page


def images(app: AppTest) -> list:
    return [item.proto.imgs[0] for item in app.get("image")]


def texts(app: AppTest) -> str:
    kinds = (app.markdown, app.caption, app.info, app.warning, app.error)
    return "\n".join(item.value for kind in kinds for item in kind).replace("\\", "")


@pytest.fixture
def photos(tmp_path):
    """Return a folder for the images of one test."""
    return tmp_path / "photos"


class TestSamples:
    def test_each_class_has_its_row_of_images(self, open_data):
        app = open_data()
        assert not app.exception and not app.error
        assert all(f"**{name}**" in texts(app) for name in ("disk", "ring", "dots"))
        assert len(images(app)) == 80
        assert [images(app)[i].alt for i in (0, 8)] == ["Image 1 of class disk", "Image 1 of class ring"]

    def test_others_are_drawn_by_the_next_seed_which_stands_in_the_link(self, open_data):
        app = open_data(seed="7", size="16")
        before = str(images(app))
        app.button(key="data:next").click().run()
        assert app.query_params["seed"] == "8" and str(images(app)) != before
        assert str(images(open_data(seed="7", size="16"))) == before

    def test_many_classes_are_shown_twenty_at_a_time(self, open_data, photos):
        for number in range(45):
            save(photos / f"class{number:02}" / "a.png", (number, 0, 0))
            save(photos / f"class{number:02}" / "b.png", (number, 9, 0))
        app = open_data(data=f"folder:{photos}")
        assert "**class19**" in texts(app) and "**class20**" not in texts(app)
        app.selectbox(key="data:first").set_value(40).run()
        assert "**class44**" in texts(app) and "**class39**" not in texts(app)
        assert app.query_params["first"] == "40"


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_opens_from_its_link_and_keeps_it(open_data, tab):
    app = open_data(data="shapes", tab=tab, size="16", seed="3")
    assert not app.exception and not app.error and not app.warning
    assert {name: app.query_params[name] for name in app.query_params} == {
        "data": "shapes",
        "tab": tab,
        "size": "16",
        "seed": "3",
    }


def test_counts_sizes_and_files_that_cannot_be_used_are_said(open_data, photos):
    two_classes(photos, 10)
    save(photos / "cats" / "wide.png", size=(90, 30))
    (photos / "dogs" / "bad.jpg").write_text("no image")
    app = open_data(data=f"folder:{photos}", tab="facts")
    assert not app.exception
    found = texts(app)
    assert "Each of the 2 classes has 11 images." in found
    assert "All 21 readable images were looked at: width 12 to 90 pixels, median 12; height 12 to 30" in found
    assert "1 file will be skipped: dogs/bad.jpg (damaged, or no image)" in found
    assert any("data check" in item.value and str(photos) in item.value for item in app.code)


def test_augmentation_shows_the_original_and_what_the_shown_code_makes_of_it(open_data):
    app = open_data(tab="augmentation", size="32", seed="5")
    assert len(images(app)) == 12
    assert "**162 versions of each image**" in texts(app)
    assert "def crop_flip(" in app.code[0].value


def test_a_move_is_said_as_it_is_seen():
    image = np.zeros((1, 16, 16, 1), dtype=np.uint8)
    image[0, 8, 5] = 255
    for seed in range(4):
        corners, mirrored = _draw(seed, 2)
        for corner, flip in zip(corners, mirrored, strict=True):
            out = crop_flip(np, image, corner[None], flip[None], 2)[0, :, :, 0]
            (row,), (column,) = np.nonzero(out)
            down, right = row - 8, column - (10 if flip else 5)
            words = [f"{abs(down)} {'down' if down > 0 else 'up'}"] * bool(down)
            words += [f"{abs(right)} {'right' if right > 0 else 'left'}"] * bool(right)
            assert _move(corner.tolist(), bool(flip[0]), 2) == (
                ", ".join(words + ["mirrored"] * int(flip[0])) or "unchanged"
            )


def test_normalization_gives_the_numbers_that_a_network_reads(open_data, photos):
    for number, level in enumerate((0, 100, 200)):
        save(photos / "dark" / f"{number}.png", (level,) * 3)
        save(photos / "light" / f"{number}.png", (level + 55,) * 3)
    app = open_data(data=f"folder:{photos}", tab="normalization", size="16")
    table = app.dataframe[0].value.set_index("normalize")
    levels = np.array([0, 55, 100, 155, 200, 255])
    assert table["mean"].tolist() == pytest.approx([127.5, 0.5, 0.0], abs=1e-5)
    assert table["std"].tolist() == pytest.approx([levels.std(), levels.std() / 255, levels.std() / 255], abs=1e-5)
    assert "mean of **0.500**; without the mean image **0.000**" in texts(app)


class TestWhatIsNotThere:
    def test_a_set_that_must_be_brought_says_how_on_every_tab(self, open_data):
        for tab in TABS:
            app = open_data(data="cats_vs_dogs", tab=tab)
            assert not app.exception and not app.error
            assert "--from ZIP" in texts(app)

    def test_once_brought_it_is_shown(self, open_data, tmp_path):
        from resnet_core.datasets import cats_vs_dogs

        cats_vs_dogs.bring(make_zip(tmp_path / "pets.zip"))
        app = open_data(data="cats_vs_dogs", tab="facts")
        assert "3 files will be skipped" in texts(app) and "no JFIF header" in texts(app)

    def test_a_missing_folder_is_one_line_beside_the_choice(self, open_data, photos):
        app = open_data(data=f"folder:{photos / 'none'}")
        assert not app.exception
        assert "does not exist" in app.error[0].value
        assert "will be here, once one is chosen" in app.info[0].value
        app.selectbox(key="data:source:kind").set_value("shapes").run()
        assert not app.error and len(images(app)) == 80

    def test_the_list_offers_every_kind_of_data(self):
        assert {source.partition(":")[0] for source in SOURCES} == set(KINDS)

    def test_data_that_nobody_knows_is_one_line_and_the_shapes_are_shown(self, open_data):
        app = open_data(data="foo")
        assert not app.exception and not app.error
        (said,) = app.warning
        assert "data must be one of shapes, cifar10" in said.value and "received 'foo'" in said.value
        assert len(images(app)) == 80

    def test_a_folder_with_one_class_is_named(self, open_data, photos):
        save(photos / "cats" / "a.png")
        assert "only one class, 'cats'" in open_data(data=f"folder:{photos}").error[0].value

    @pytest.mark.parametrize(
        ("name", "text"), [("tab", "secret"), ("size", "33"), ("seed", "-1"), ("first", "x"), ("color", "red")]
    )
    def test_a_mangled_part_of_a_link_is_one_line(self, name, text):
        state, problems = read_state(DataState, {"data": "cifar10", name: text})
        assert state == DataState(data="cifar10")
        assert len(problems) == 1 and name in problems[0]


def test_the_figures_say_in_words_what_they_draw():
    figure = class_counts(("a", "b"), (10, 4), (2, 1))
    assert [list(trace.y) for trace in figure.data] == [[10, 4], [2, 1]]
    assert figure.layout.barmode == "stack" and figure.layout.yaxis.title.text == "images"
    assert describe_counts(("a", "b"), (10, 4), (2, 1)) == "a has the most images, 12; b the fewest, 5."
    sizes = image_sizes(np.array([[10, 20], [30, 40]]))
    assert list(sizes.data[1].x) == [10, 30] and "pixels" in sizes.layout.xaxis.title.text
    spread = {"width": (10, 20, 30), "height": (32, 32, 32)}
    assert describe_sizes(spread) == "width 10 to 30 pixels, median 20; height 32 pixels."
