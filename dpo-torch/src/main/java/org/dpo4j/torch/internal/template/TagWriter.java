package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.List;

/** The tags that the library is given, each on a line of its own. */
final class TagWriter {

  private final List<String> tags = new ArrayList<>();
  private final List<Integer> lines = new ArrayList<>();

  void print(int line, String expression) {
    add(line, "{{ " + expression + "|op_print\n}}");
  }

  void tag(int line, String content) {
    add(line, text(content));
  }

  /** Leaves room for a tag. */
  int reserve(int line) {
    add(line, "");
    return tags.size() - 1;
  }

  void fill(int place, String content) {
    tags.set(place, text(content));
  }

  /** A name that no other tag has. */
  String freshName() {
    return "w_" + tags.size();
  }

  CompiledTemplate compiled(ImmutableMap<String, Object> bindings) {
    return new CompiledTemplate(String.join("", tags), ImmutableList.copyOf(lines), bindings);
  }

  private void add(int line, String tag) {
    tags.add(tag);
    lines.add(line);
  }

  /** The line break is inside of the tag, so that it is not printed. */
  private static String text(String content) {
    return "{% " + content + "\n%}";
  }
}
