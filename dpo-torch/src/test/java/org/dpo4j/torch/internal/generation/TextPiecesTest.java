package org.dpo4j.torch.internal.generation;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A token is a byte here, so that characters come in parts. */
class TextPiecesTest {

  @Test
  void pieces_areWholeCharacters() {
    List<String> pieces = pieces("né日😀!");
    assertThat(pieces).containsExactly("n", "", "é", "", "", "日", "", "", "", "😀", "!", "");
  }

  @Test
  void finish_givesWhatIsNoCharacter() {
    TextPieces text = text();
    byte[] bytes = "a日".getBytes(StandardCharsets.UTF_8);
    assertThat(text.add(bytes[0])).isEqualTo("a");
    assertThat(text.add(bytes[1])).isEmpty();
    assertThat(text.finish()).isEqualTo("\uFFFD");
    assertThat(text.text()).isEqualTo("a\uFFFD");
  }

  @Test
  void stop_endsTheText_heldBackBefore() {
    assertThat(pieces("x\n\ny", "\n\n")).containsExactly("x", "", "", "", "");
    assertThat(pieces("x\ny", "\n\n")).containsExactly("x", "", "\ny", "");
    assertThat(pieces("x\n", "\n\n")).containsExactly("x", "", "\n");
  }

  @Test
  void stop_earliestOfSeveral_overlappingItself() {
    assertThat(String.join("", pieces("ababac-", "abac", "zz"))).isEqualTo("ab");
    assertThat(String.join("", pieces("one two", "two", "e"))).isEqualTo("on");
  }

  @Test
  void stop_insideOnePiece() {
    TextPieces text = new TextPieces(ids -> "Yes.\nUser: no".substring(0, 13 * ids.length()), STOP);
    assertThat(text.add(1)).isEqualTo("Yes.");
    assertThat(text.stopped()).isTrue();
    assertThat(text.text()).isEqualTo("Yes.");
  }

  private static final ImmutableList<String> STOP = ImmutableList.of("\nUser:");

  private static List<String> pieces(String text, String... stops) {
    TextPieces pieces = text(stops);
    List<String> all = new ArrayList<>();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      all.add(pieces.add(b));
    }
    all.add(pieces.finish());
    assertThat(String.join("", all)).isEqualTo(pieces.text());
    return all;
  }

  private static TextPieces text(String... stops) {
    return new TextPieces(TextPiecesTest::decode, ImmutableList.copyOf(stops));
  }

  private static String decode(ImmutableIntArray ids) {
    byte[] bytes = new byte[ids.length()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) ids.get(i);
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
