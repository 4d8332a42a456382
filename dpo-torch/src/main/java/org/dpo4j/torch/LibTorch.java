package org.dpo4j.torch;

import ai.djl.engine.Engine;
import ai.djl.util.ClassLoaderUtils;
import ai.djl.util.Platform;
import ai.djl.util.Utils;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Collections;
import java.util.Locale;
import java.util.Properties;
import org.dpo4j.torch.internal.djl.Offline;

/**
 * The native tensor library, started without touching the network.
 *
 * <p>Left alone, DJL downloads libtorch when it finds none on the class path. Here that is an
 * error, which names the missing dependency.
 */
public final class LibTorch {
  /** Every pytorch-native jar has this file, and says in it which platform it is for. */
  private static final String NATIVE_PROPERTIES = "native/lib/pytorch.properties";

  private static final String LIBRARY_PATH = "PYTORCH_LIBRARY_PATH";

  private final Engine engine;

  private LibTorch(Engine engine) {
    this.engine = engine;
  }

  /**
   * Starts libtorch, or returns the running one.
   *
   * <p>The library comes from a {@code pytorch-native} jar on the class path, or from the directory
   * that {@code PYTORCH_LIBRARY_PATH} (environment variable or system property) names.
   *
   * @return the running library
   * @throws IllegalStateException if there is no libtorch for this platform
   * @throws ai.djl.engine.EngineException if it is there but does not load
   */
  public static synchronized LibTorch start() {
    if (Utils.getEnvOrSystemProperty(LIBRARY_PATH) == null) {
      requireNative(ClassLoaderUtils.getContextClassLoader(), Platform.fromSystem("pytorch"));
    }
    return new LibTorch(Offline.call(() -> Engine.getEngine("PyTorch")));
  }

  /**
   * The version of libtorch.
   *
   * @return the version, for instance {@code 2.7.1}
   */
  public String version() {
    return engine.getVersion();
  }

  /**
   * The number of GPUs this libtorch can compute on.
   *
   * @return the number, 0 for a CPU build
   */
  public int gpuCount() {
    return engine.getGpuCount();
  }

  static void requireNative(ClassLoader loader, Platform platform) {
    String classifier = platform.getClassifier();
    try {
      for (URL url : Collections.list(loader.getResources(NATIVE_PROPERTIES))) {
        Properties properties = new Properties();
        try (InputStream in = url.openStream()) {
          properties.load(in);
        }
        if (classifier.equals(properties.getProperty("classifier"))) {
          return;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + NATIVE_PROPERTIES, e);
    }
    throw new IllegalStateException(
        String.format(
            Locale.ROOT,
            """
        no libtorch for %1$s on the class path: add the dependency \
        ai.djl.pytorch:pytorch-native-cpu:%2$s with classifier %1$s, or, for an NVIDIA GPU, \
        set PYTORCH_LIBRARY_PATH to the lib directory of libtorch %2$s and PYTORCH_FLAVOR to cu128""",
            classifier,
            platform.getVersion()));
  }
}
