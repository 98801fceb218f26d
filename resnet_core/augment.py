"""Pad, crop and flip as one layer of pure keras.ops, on the device, with an offset for every image."""

import keras
from keras import layers, ops

from resnet_core.crop_flip import crop_flip


@keras.saving.register_keras_serializable(package="resnet_lab")
class PadCropFlip(layers.Layer):
    """Shift each image by up to `pixels` in both directions, zeros coming in, and mirror half of the images.

    Equal to padding by `pixels` on each side and cropping at random. Does nothing outside of training.

    Args:
        pixels: the largest shift; the paper uses 4 at 32x32.
        seed: makes the draws repeatable.

    Shapes: (n, h, w, c) -> (n, h, w, c).

    Source: He et al. 2015, section 4.2.
    """

    def __init__(self, pixels, seed=0, **kwargs):
        super().__init__(**kwargs)
        self.pixels = pixels
        self.seed = seed
        self.generator = keras.random.SeedGenerator(seed)

    def call(self, x, training=False):
        if not training:
            return x
        corners, mirrored = self.draw(ops.shape(x)[0])
        return crop_flip(ops, x, corners, mirrored, self.pixels)

    def draw(self, n):
        offsets = keras.random.uniform((n, 2), seed=self.generator) * (2 * self.pixels + 1)
        return ops.cast(ops.floor(offsets), "int32"), keras.random.uniform((n, 1), seed=self.generator) < 0.5

    def compute_output_shape(self, shape):
        return shape

    def get_config(self):
        return {**super().get_config(), "pixels": self.pixels, "seed": self.seed}
