package org.dpo4j.torch.internal.template;

import java.util.Set;
import java.util.TreeSet;

/** A block of a template that is open: its end is awaited. */
final class Block {

  private final String keyword;
  private final int line;
  private final Set<String> assigned = new TreeSet<>();
  private boolean hasElse;

  Block(String keyword, int line) {
    this.keyword = keyword;
    this.line = line;
  }

  String keyword() {
    return keyword;
  }

  int line() {
    return line;
  }

  boolean isLoop() {
    return keyword.equals("for");
  }

  boolean hasElse() {
    return hasElse;
  }

  void beginElse() {
    hasElse = true;
  }

  /** Whether what is assigned inside is forgotten at its end. */
  boolean isScope() {
    return !keyword.equals("if");
  }

  void assign(String variable) {
    assigned.add(variable);
  }

  /** The variables set directly inside. */
  Set<String> assigned() {
    return assigned;
  }
}
