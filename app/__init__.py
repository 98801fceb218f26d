"""The screen: a Streamlit app on top of resnet_core. Nothing here imports Keras or TensorFlow."""
