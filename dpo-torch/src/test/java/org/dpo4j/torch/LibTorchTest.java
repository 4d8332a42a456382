package org.dpo4j.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ai.djl.util.Platform;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibTorchTest {
  private static final Platform PLATFORM = Platform.fromSystem("pytorch");

  @Test
  void start_offline() {
    LibTorch torch = LibTorch.start();

    assertThat(torch.version()).isEqualTo("2.7.1");
    assertThat(torch.gpuCount()).isZero(); // the tests run on the CPU build
    assertThat(System.getProperty("ai.djl.offline")).isNull();
  }

  @Test
  void start_twice() {
    assertThat(LibTorch.start().version()).isEqualTo(LibTorch.start().version());
  }

  @Test
  void requireNative_onClassPath() {
    assertThatCode(() -> LibTorch.requireNative(getClass().getClassLoader(), PLATFORM))
        .doesNotThrowAnyException();
  }

  @Test
  void requireNative_missing() throws IOException {
    try (URLClassLoader empty = new URLClassLoader(new URL[0], null)) {
      assertMissing(empty);
    }
  }

  @Test
  void requireNative_otherPlatform(@TempDir Path jar) throws IOException {
    Path properties = jar.resolve("native/lib/pytorch.properties");
    Files.createDirectories(properties.getParent());
    Files.writeString(properties, "version=2.7.1\nflavor=cpu\nclassifier=amiga-m68k\n");
    try (URLClassLoader other = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null)) {
      assertMissing(other);
    }
  }

  private static void assertMissing(ClassLoader loader) {
    String classifier = PLATFORM.getClassifier();
    assertThatIllegalStateException()
        .isThrownBy(() -> LibTorch.requireNative(loader, PLATFORM))
        .withMessage(
            "no libtorch for %1$s on the class path: add the dependency"
                + " ai.djl.pytorch:pytorch-native-cpu:2.7.1 with classifier %1$s, or, for an"
                + " NVIDIA GPU, set PYTORCH_LIBRARY_PATH to the lib directory of libtorch 2.7.1"
                + " and PYTORCH_FLAVOR to cu128",
            classifier);
  }
}
