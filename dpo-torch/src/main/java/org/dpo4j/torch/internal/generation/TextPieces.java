package org.dpo4j.torch.internal.generation;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableIntArray;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Text from tokens as they come, in pieces of whole characters, up to the first stop text. What may
 * yet become a stop text is held back.
 */
public final class TextPieces {

  /** What a decoder writes for bytes that are no character, or not all of one yet. */
  private static final String INCOMPLETE = "\uFFFD";

  private final Function<ImmutableIntArray, String> decoder;
  private final ImmutableList<String> stops;
  private final StringBuilder text = new StringBuilder();

  /** Tokens of the last piece, which the decoder needs to see, and those after them. */
  private final List<Integer> window = new ArrayList<>();

  private int readTokens;
  private String read = "";
  private String held = "";
  private boolean stopped;

  /**
   * Begins a text.
   *
   * @param decoder ids to text
   * @param stops texts that end it, none of them empty
   */
  public TextPieces(Function<ImmutableIntArray, String> decoder, ImmutableList<String> stops) {
    this.decoder = decoder;
    this.stops = stops;
  }

  /**
   * Adds a token.
   *
   * @param id known to the decoder
   * @return the text that is certain now; often empty
   */
  public String add(int id) {
    window.add(id);
    String all = decode();
    if (stopped || all.length() <= read.length() || all.endsWith(INCOMPLETE)) {
      return "";
    }
    String fresh = all.substring(read.length());
    window.subList(0, readTokens).clear();
    readTokens = window.size();
    read = decode();
    return accept(fresh);
  }

  /**
   * Ends the text.
   *
   * @return what was held back
   */
  public String finish() {
    if (stopped) {
      return "";
    }
    String all = decode();
    String last = accept(all.substring(Math.min(all.length(), read.length())));
    if (!stopped) {
      text.append(held);
      last += held;
    }
    held = "";
    return last;
  }

  /**
   * Whether a stop text has come.
   *
   * @return true from then on
   */
  public boolean stopped() {
    return stopped;
  }

  /**
   * All pieces so far.
   *
   * @return the text
   */
  public String text() {
    return text.toString();
  }

  private String accept(String fresh) {
    String open = held + fresh;
    int end = firstStop(open);
    stopped = end >= 0;
    int certain = stopped ? end : open.length() - mayBecomeStop(open);
    held = stopped ? "" : open.substring(certain);
    text.append(open, 0, certain);
    return open.substring(0, certain);
  }

  private int firstStop(String open) {
    return stops.stream().mapToInt(open::indexOf).filter(at -> at >= 0).min().orElse(-1);
  }

  /** The length of the longest end of a text that a stop text begins with. */
  private int mayBecomeStop(String open) {
    int longest = 0;
    for (String stop : stops) {
      for (int n = Math.min(stop.length() - 1, open.length()); n > longest; n--) {
        if (open.endsWith(stop.substring(0, n))) {
          longest = n;
        }
      }
    }
    return longest;
  }

  private String decode() {
    return decoder.apply(ImmutableIntArray.copyOf(window));
  }
}
