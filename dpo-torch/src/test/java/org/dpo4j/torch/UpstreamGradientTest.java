package org.dpo4j.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The one fact of libtorch that the whole design rests on: a gradient computed in Java can be
 * pushed back through a native graph.
 */
class UpstreamGradientTest {
  @BeforeEach
  void setUp() {
    LibTorch.start();
    JniUtils.setGradMode(true); // per thread
  }

  @AfterEach
  void tearDown() {
    JniUtils.setGradMode(false);
  }

  @Test
  void backward_logSoftmax() {
    float[] logits = {0.5f, -1.25f, 2.0f};
    float[] upstream = {0.3f, -2.0f, 0.7f};

    float[] gradient;
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      NDArray x = manager.create(logits);
      x.setRequiresGradient(true);
      NDArray logProbs = x.logSoftmax(0);
      JniUtils.backward((PtNDArray) logProbs, (PtNDArray) manager.create(upstream), false, false);
      gradient = x.getGradient().toFloatArray();
    }

    // d(sum_i g_i log softmax(x)_i) / dx_j = g_j - softmax(x)_j * sum_i g_i
    double normalizer = Math.exp(0.5) + Math.exp(-1.25) + Math.exp(2.0);
    double total = 0.3 - 2.0 + 0.7;
    for (int j = 0; j < logits.length; j++) {
      double softmax = Math.exp(logits[j]) / normalizer;
      assertThat((double) gradient[j]).isCloseTo(upstream[j] - softmax * total, within(1e-6));
    }
  }
}
