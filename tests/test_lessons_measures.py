"""What lessons recompute: counts of layers, blocks and stages against hand-made arithmetic and published figures."""

import pytest

from resnet_core.errors import LessonError
from resnet_core.lessons.measures import recompute


@pytest.mark.parametrize(
    ("measure", "of", "number"),
    [
        ("layer_parameters", {"spec": "resnet20", "at": "stem_conv"}, 3 * 3 * 3 * 16),
        ("layer_macs", {"spec": "resnet20", "at": "stage2_block1_conv1"}, 3 * 3 * 16 * 16 * 16 * 32),
        ("block_parameters", {"spec": "resnet20", "at": "stage1_block1"}, 2 * (9 * 16 * 16) + 2 * 2 * 16),
        ("block_macs", {"spec": "plain20", "at": "stage3_block2"}, 2 * 9 * 64 * 64 * 8 * 8),
        ("stage_parameters", {"spec": "resnet20", "at": "head"}, 64 * 10 + 10),
        ("stage_macs", {"spec": "resnet50", "at": "stem"}, 7 * 7 * 3 * 64 * 112 * 112),
        ("shortcut_parameters", {"spec": "resnet20", "shortcut": "B"}, 272_474 - 269_722),
        ("shortcut_macs", {"spec": "resnet20", "shortcut": "B"}, 40_813_184 - 40_551_040),
        ("shortcut_parameters", {"spec": "resnet20"}, 0),
        ("moving_statistics", {"spec": "resnet56"}, 4_064),
        ("lone_block_parameters", {"kind": "basic", "inner": 64}, 18 * 64**2 + 4 * 64),
        ("lone_block_macs", {"kind": "bottleneck", "inner": 64, "pixels": 56}, 17 * 64**2 * 56**2),
        ("operations", {"spec": "resnet50"}, 2 * 3_857_973_248),
        ("operations", {"spec": "resnet50", "per_mac": 1, "stride_on": "conv3x3", "images": 2}, 2 * 4_089_184_256),
        ("receptive_field", {"spec": "resnet50", "at": "stem_pool"}, 7 + 2 * 2),
        ("receptive_field", {"spec": "resnet20", "at": "stage1_block1_conv2"}, 7),
        (
            "activation_bytes",
            {"spec": {"stages": [1], "input_size": 8}, "images": 3},
            12 * (3 * 64 + 10 * 1024 + 16 + 10),
        ),
        ("needed_bytes", {"spec": "resnet20", "images": 2}, 2 * 4 * 3 * 32 * 32 * 16),
        ("size_at", {"spec": "resnet50", "at": "stage4_block3_add", "axis": "channels"}, 2048),
        ("size_at", {"spec": "resnet50", "at": "stage4_block3_add", "axis": "height"}, 7),
        ("blocks", {"spec": "resnet152"}, 50),
        ("learning_rate", {"step": 31_999}, 0.1),
        ("learning_rate", {"step": 48_000}, 0.001),
        ("learning_rate", {"recipe": "quick", "step": 7, "total_steps": 480}, 0.02),
        (
            "ratio",
            {
                "of": {"measure": "lone_block_parameters", "of": {"kind": "basic", "inner": 64}},
                "over": {"measure": "lone_block_parameters", "of": {"kind": "basic", "inner": 64}},
            },
            1,
        ),
    ],
)
def test_a_measure_is_what_a_pencil_gives(measure, of, number):
    assert recompute(measure, of) == pytest.approx(number, rel=1e-12)


@pytest.mark.parametrize(
    ("measure", "of", "told"),
    [
        ("layer_macs", {"spec": "resnet20", "at": "stage9_block1_conv1"}, "no layer 'stage9_block1_conv1'"),
        ("block_macs", {"spec": "resnet20", "at": "stage1"}, "no block 'stage1'"),
        ("size_at", {"spec": "resnet20", "at": "stem_conv", "axis": "depth"}, "height, width or channels"),
        ("lone_block_macs", {"kind": "wide", "inner": 8, "pixels": 8}, "basic or bottleneck"),
        ("learning_rate", {"recipe": "quick", "step": 7}, "give total_steps"),
        ("receptive_field", {"spec": "resnet21"}, "resnet20"),
    ],
)
def test_a_wrong_question_is_answered_in_one_line(measure, of, told):
    with pytest.raises(LessonError, match=told) as error:
        recompute(measure, of)
    assert "\n" not in str(error.value)
