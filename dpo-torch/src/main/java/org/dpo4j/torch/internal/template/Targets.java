package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;

/** Reads what values are assigned to. */
final class Targets {

  private final Tokens tokens;
  private final List<String> names = new ArrayList<>();
  private final List<String> read = new ArrayList<>();
  private boolean inNamespaces;

  Targets(Tokens tokens) {
    this.tokens = tokens;
  }

  /** The variables that get a value. */
  List<String> names() {
    return names;
  }

  /** The namespaces that are changed. */
  List<String> read() {
    return read;
  }

  /** One target, or several with commas between, up to a name, an equals sign or the tag's end. */
  Target list(String end) {
    Target first = one();
    if (!tokens.peek().isOperator(",")) {
      return first;
    }
    ImmutableList.Builder<Target> targets = ImmutableList.<Target>builder().add(first);
    while (tokens.take(",") && !isEnd(end)) {
      targets.add(one());
    }
    return new Target.Unpacked(targets.build());
  }

  private boolean isEnd(String end) {
    Token next = tokens.peek();
    return next.kind() == Token.Kind.END || next.isOperator("=") || next.text().equals(end);
  }

  /** The same where attributes of namespaces can be set. */
  Target listInNamespaces() {
    inNamespaces = true;
    return list("");
  }

  private Target one() {
    if (tokens.take("(")) {
      Target inner = list(")");
      tokens.expect(")");
      return inner;
    }
    String name = tokens.expectVariable();
    if (inNamespaces && tokens.take(".")) {
      read.add(name);
      return new Target.InNamespace(name, tokens.expectName());
    }
    names.add(name);
    return new Target.Named(name);
  }
}
