package org.dpo4j.torch.internal.decoder;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.ArrayList;
import java.util.List;
import org.dpo4j.torch.LibTorch;
import org.junit.jupiter.api.Test;

class WholeRowsTest {

  @Test
  void aNumberThatGivesTheSameBits_isTakenAsItIs_andTriedOnce() {
    List<Integer> tried = new ArrayList<>();
    WholeRows rows = new WholeRows((count, head) -> tried.add(count));
    assertThat(rows.ofLayers(601)).containsExactly(601);
    assertThat(rows.ofLayers(601)).containsExactly(601);
    assertThat(rows.ofHead(601)).containsExactly(601);
    assertThat(tried).containsExactly(601, 601);
  }

  @Test
  void aNumberThatDoesNot_isPaddedToWholeTiles_andNoOtherSuchIsTriedAgain() {
    List<Integer> tried = new ArrayList<>();
    WholeRows rows =
        new WholeRows(
            (count, head) -> {
              tried.add(count);
              return count % 24 == 0;
            });
    assertThat(rows.ofLayers(601)).containsExactly(624);
    assertThat(rows.ofLayers(700)).containsExactly(720);
    assertThat(rows.ofLayers(720)).containsExactly(720);
    assertThat(tried).containsExactly(601, 624, 720);
  }

  @Test
  void whereNothingGivesTheSameBits_nothingIsTakenAtOnce() {
    assertThat(new WholeRows((count, head) -> false).ofLayers(601)).isEmpty();
    assertThat(WholeRows.NONE.ofHead(601)).isEmpty();
  }

  @Test
  void fewRows_arePaddedAndNotTried() {
    assertThat(new WholeRows((count, head) -> true).ofLayers(100)).isEmpty();
  }

  /** 20 rows in 24 at once are what they are in the least block. */
  @Test
  void aProductThatIsPadded_hasTheRowsThatWereAskedFor() {
    LibTorch.start();
    try (PtNDManager manager = (PtNDManager) NDManager.newBaseManager(Device.cpu(), "PyTorch");
        Kernels kernels = Kernels.load(manager)) {
      PtNDArray x = (PtNDArray) manager.arange(20f * 8).reshape(new Shape(20, 8));
      PtNDArray w = (PtNDArray) manager.arange(8f * 5).reshape(new Shape(8, 5));
      PtNDArray padded = kernels.tensor(manager, "whole_product", x, w, new long[] {24});
      PtNDArray blocks = kernels.tensor(manager, "whole_product", x, w, new long[0]);
      assertThat(padded.getShape()).isEqualTo(new Shape(20, 5));
      assertThat(padded.toFloatArray()).isEqualTo(blocks.toFloatArray());
    }
  }
}
