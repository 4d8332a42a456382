package org.dpo4j.torch.internal.decoder;

import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * TorchScript made from text: how Java reaches every operation of libtorch.
 *
 * <p>Methods run in libtorch's inference mode, so no gradient mode is read or changed, and may be
 * called from several threads.
 */
final class Script implements AutoCloseable {

  /**
   * A pickled object of class {@code __torch__.Kernels} with the one attribute {@code training}.
   */
  private static final byte[] OBJECT =
      "\u0080\u0002c__torch__\nKernels\n)\u0081}X\b\u0000\u0000\u0000training\u0089sb."
          .getBytes(StandardCharsets.ISO_8859_1);

  private static final byte[] NO_CONSTANTS = "\u0080\u0002).".getBytes(StandardCharsets.ISO_8859_1);

  /** The newest version of the format that libtorch 2.7 reads. */
  private static final byte[] VERSION = "10\n".getBytes(StandardCharsets.US_ASCII);

  private final PtSymbolBlock block;

  private Script(PtSymbolBlock block) {
    this.block = block;
  }

  /**
   * Compiles a class named {@code Kernels}.
   *
   * @param manager owns the result
   * @param code TorchScript
   */
  static Script compile(PtNDManager manager, String code) {
    // One process-wide switch: packed batches have a new shape each step, and libtorch would
    // specialise its graphs for each.
    JniUtils.setGraphExecutorOptimize(false);
    try {
      return new Script(
          JniUtils.loadModule(manager, new ByteArrayInputStream(archive(code)), true, false));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a method; the arguments stay the caller's to close, the result becomes so. */
  IValue call(String method, IValue... arguments) {
    return IValueUtils.runMethod(block, method, arguments);
  }

  @Override
  public void close() {
    block.close();
  }

  private static byte[] archive(String code) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      store(zip, "kernels/data.pkl", OBJECT);
      store(zip, "kernels/code/__torch__.py", code.getBytes(StandardCharsets.US_ASCII));
      store(zip, "kernels/constants.pkl", NO_CONSTANTS);
      store(zip, "kernels/version", VERSION);
    }
    return bytes.toByteArray();
  }

  /** libtorch reads only entries that are stored, not compressed. */
  private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    entry.setTime(0);
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
