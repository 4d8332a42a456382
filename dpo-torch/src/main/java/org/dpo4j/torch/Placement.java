package org.dpo4j.torch;

import ai.djl.Device;
import com.google.common.primitives.Ints;
import java.util.Locale;
import org.dpo4j.core.math.Check;

/**
 * Where a model is held and computed, and in what precision.
 *
 * <pre>{@code
 * LanguageModel.load(directory, Placement.on("cuda:0").precision(Precision.BFLOAT16));
 * }</pre>
 *
 * @param device {@code cpu}; {@code cuda} or {@code cuda:n}, an NVIDIA GPU; {@code auto}, the first
 *     GPU or, where there is none, the CPU
 * @param precision of weights and layers; {@link Precision#FLOAT32} by default
 */
public record Placement(String device, Precision precision) {

  private static final String CUDA = "cuda";

  /** Checks the form of the device; whether it is there shows when a model is loaded. */
  public Placement {
    Check.that(
        device.equals("auto") || device.equals("cpu") || gpu(device) >= 0,
        "device must be auto, cpu, cuda or cuda:n, got '%s'",
        device);
  }

  /**
   * On a device, in fp32.
   *
   * @param device {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:n}
   * @return the placement
   */
  public static Placement on(String device) {
    return new Placement(device.toLowerCase(Locale.ROOT), Precision.FLOAT32);
  }

  /**
   * On the first GPU, or on the CPU where there is none; in fp32.
   *
   * @return the default
   */
  public static Placement automatic() {
    return on("auto");
  }

  /**
   * In another precision.
   *
   * @param newPrecision of weights and layers
   * @return the changed placement
   */
  public Placement precision(Precision newPrecision) {
    return new Placement(device, newPrecision);
  }

  /** The device, once libtorch is there to be asked. */
  Device resolve(LibTorch torch) {
    int gpus = torch.gpuCount();
    if (device.equals("cpu") || (device.equals("auto") && gpus == 0)) {
      return Device.cpu();
    }
    int index = Math.max(0, gpu(device));
    Check.that(
        index < gpus,
        "device must be one that libtorch %s can compute on (it sees %d GPUs), got '%s'; a GPU needs"
            + " libtorch built for CUDA and NVIDIA's driver",
        torch.version(),
        gpus,
        device);
    return Device.gpu(index);
  }

  /** The index of a GPU; -1 where the text names none. */
  private static int gpu(String device) {
    if (device.equals(CUDA)) {
      return 0;
    }
    if (!device.startsWith(CUDA + ":")) {
      return -1;
    }
    Integer index = Ints.tryParse(device.substring(CUDA.length() + 1));
    return index == null ? -1 : index;
  }
}
