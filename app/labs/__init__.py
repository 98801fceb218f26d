"""The small interactive figures that lessons embed: one lab, one file, named in resnet_core.lessons.labs."""
