package org.dpo4j.torch.internal.decoder;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import com.google.common.collect.ImmutableList;
import com.google.common.io.Resources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The kernels of {@code layers.py} and the files after it, called with Java values: tensors, {@link
 * TensorList}s, {@code long[]}, numbers, booleans and strings.
 */
final class Kernels implements AutoCloseable {

  /** Rows of a product on a CPU: whole tiles of its library's kernels, of 4, 6 or 8 rows. */
  static final int ROWS = 96;

  /** Of a product that an adapter adds to a step of generation, or with columns not by 32. */
  private static final int STEP_ROWS = 24;

  /** Of a step's other products: no tile has fewer. */
  static final int FEW_ROWS = 4;

  /** The first begins the class. */
  private static final ImmutableList<String> FILES =
      ImmutableList.of("layers.py", "attention.py", "head.py", "cached.py", "training.py");

  private final Script script;

  private Kernels(Script script) {
    this.script = script;
  }

  /** The text of all files, a class without an end: methods may follow. */
  static String text() {
    StringBuilder text = new StringBuilder();
    try {
      for (String file : FILES) {
        text.append(
                Resources.toString(
                    Resources.getResource(Kernels.class, file), StandardCharsets.US_ASCII))
            .append('\n');
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /** The kernels alone, which live as long as {@code manager}. */
  static Kernels load(PtNDManager manager) {
    return compile(manager, "", RowBlocks.LEAST, ImmutableList.of(ROWS));
  }

  /**
   * The kernels, with methods written after them; on a CPU products take so many rows at a time,
   * those of adapters as many as {@code adapterSizes} has.
   */
  static Kernels compile(
      PtNDManager manager, String methods, RowBlocks blocks, ImmutableList<Integer> adapterSizes) {
    boolean gpu = manager.getDevice().isGpu();
    return new Kernels(
        Script.compile(
            manager,
            text()
                + rows(gpu)
                + sizes("sizes", gpu, blocks.sizes())
                + sizes("step_sizes", gpu, blocks.stepSizes())
                + sizes("few_sizes", gpu, ImmutableList.of(STEP_ROWS))
                + sizes("adapter_sizes", gpu, adapterSizes)
                + methods));
  }

  /**
   * How many rows products take at a time, 0 for as many as there are, how many words the head, and
   * how many threads share element-wise work.
   */
  private static String rows(boolean gpu) {
    return number("many", gpu ? 0 : ROWS)
        + number("step_rows", gpu ? 0 : STEP_ROWS)
        + number("few", gpu ? 0 : FEW_ROWS)
        + number("head_block", Network.HEAD_BLOCK)
        + number("threads", JniUtils.getNumThreads());
  }

  private static String sizes(String method, boolean gpu, ImmutableList<Integer> values) {
    return "  def "
        + method
        + "(self: __torch__.Kernels) -> List[int]:\n    return annotate(List[int], "
        + (gpu ? ImmutableList.of() : values)
        + ")\n\n";
  }

  private static String number(String method, int value) {
    return "  def " + method + "(self: __torch__.Kernels) -> int:\n    return " + value + "\n\n";
  }

  /** Runs a kernel that gives one tensor, which then belongs to {@code owner}. */
  PtNDArray tensor(PtNDManager owner, String kernel, Object... arguments) {
    try (IValue result = call(kernel, arguments)) {
      return result.toTensor(owner);
    }
  }

  /** Runs a kernel that gives a list of tensors, which then belong to {@code owner}. */
  ImmutableList<PtNDArray> tensors(PtNDManager owner, String kernel, Object... arguments) {
    try (IValue result = call(kernel, arguments)) {
      return ImmutableList.copyOf(result.toTensorArray(owner));
    }
  }

  /** Runs a kernel for what it changes. */
  void run(String kernel, Object... arguments) {
    call(kernel, arguments).close();
  }

  @Override
  public void close() {
    script.close();
  }

  private IValue call(String kernel, Object... arguments) {
    List<IValue> made = new ArrayList<>();
    IValue[] values = new IValue[arguments.length];
    try {
      for (int i = 0; i < arguments.length; i++) {
        if (arguments[i] instanceof TensorList list) {
          values[i] = list.value();
        } else {
          values[i] = value(arguments[i]);
          made.add(values[i]);
        }
      }
      return script.call(kernel, values);
    } finally {
      made.forEach(IValue::close);
    }
  }

  private static IValue value(Object argument) {
    if (argument instanceof PtNDArray tensor) {
      return IValue.from(tensor);
    }
    if (argument instanceof Integer || argument instanceof Long) {
      return IValue.from(((Number) argument).longValue());
    }
    if (argument instanceof Double number) {
      return IValue.from(number);
    }
    if (argument instanceof Boolean flag) {
      return IValue.from(flag);
    }
    if (argument instanceof String text) {
      return IValue.from(text);
    }
    if (argument instanceof long[] numbers) {
      return IValue.listFrom(numbers);
    }
    throw new IllegalArgumentException("no kernel takes a " + argument.getClass());
  }
}
