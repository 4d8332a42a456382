package org.dpo4j.torch;

import ai.djl.pytorch.engine.PtNDArray;
import com.google.common.base.Suppliers;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.dpo4j.torch.internal.decoder.Adapter;
import org.dpo4j.torch.internal.decoder.Model;
import org.dpo4j.torch.internal.safetensors.TensorEntry;

/**
 * Names what a network computes, by SHA-256: the checkpoint's tensors, the adapters on it, trained
 * weights in their place, and in what precision on what kind of device.
 */
final class WeightsFingerprint {

  private static final int CHUNK_BYTES = 1 << 22;

  private final Supplier<String> base;

  /** Of a checkpoint, read once and only when it is asked for. */
  WeightsFingerprint(Map<String, TensorEntry> entries, Placement placement, String deviceType) {
    this.base =
        Suppliers.memoize(
            () ->
                checkpoint(entries)
                    .putString(placement.precision().name(), StandardCharsets.UTF_8)
                    .putString(deviceType, StandardCharsets.UTF_8)
                    .hash()
                    .toString());
  }

  /** With adapters as they are now. */
  String with(List<Adapter> adapters) {
    Hasher hasher = start();
    adapters.forEach(adapter -> put(hasher, adapter));
    return hasher.hash().toString();
  }

  /** With weights in place of the checkpoint's, as they are now. */
  String with(Model model, Iterable<String> trained) {
    Hasher hasher = start();
    for (String name : trained) {
      hasher.putString(name, StandardCharsets.UTF_8);
      PtNDArray tensor = model.tensors().get(name);
      if (tensor != null) {
        hasher.putBytes(tensor.toByteBuffer());
      }
    }
    return hasher.hash().toString();
  }

  private Hasher start() {
    return Hashing.sha256().newHasher().putString(base.get(), StandardCharsets.UTF_8);
  }

  private static void put(Hasher hasher, Adapter adapter) {
    for (String module : adapter.modules()) {
      Adapter.Source source = adapter.source(module);
      hasher
          .putString(module, StandardCharsets.UTF_8)
          .putDouble(source.scale())
          .putInt(source.rank());
      put(hasher, source.a());
      put(hasher, source.b());
    }
  }

  private static void put(Hasher hasher, float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
    bytes.asFloatBuffer().put(values);
    hasher.putBytes(bytes);
  }

  private static Hasher checkpoint(Map<String, TensorEntry> entries) {
    Hasher hasher = Hashing.sha256().newHasher();
    ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK_BYTES);
    for (Map.Entry<String, TensorEntry> tensor : new TreeMap<>(entries).entrySet()) {
      TensorEntry entry = tensor.getValue();
      hasher
          .putString(tensor.getKey(), StandardCharsets.UTF_8)
          .putString(entry.type().name(), StandardCharsets.UTF_8)
          .putString(entry.shape().toString(), StandardCharsets.UTF_8);
      entry.read(buffer, (offset, chunk) -> hasher.putBytes(chunk));
    }
    return hasher;
  }
}
