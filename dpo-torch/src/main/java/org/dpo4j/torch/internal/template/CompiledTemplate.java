package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;

/**
 * A template as the library is given it: one tag for each piece, and no text outside of tags. A
 * line of it is a piece, so a line the library names can be found again.
 *
 * @param source for the library
 * @param lines the template's line of each line of the source
 * @param bindings variables to render it with
 */
record CompiledTemplate(
    String source, ImmutableList<Integer> lines, ImmutableMap<String, Object> bindings) {

  /** The template's line of a line that the library names, which is that of a tag's end. */
  int line(int compiled) {
    int tag = compiled - 2;
    return tag >= 0 && tag < lines.size() ? lines.get(tag) : 1;
  }
}
