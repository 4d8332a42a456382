package org.dpo4j.torch.internal.template;

/** Text that is being written, and counted. */
final class Output {

  private final Budget budget;
  private final StringBuilder text = new StringBuilder();

  Output(Budget budget) {
    this.budget = budget;
  }

  Output append(String part) {
    budget.characters(text.length(), part.length());
    text.append(part);
    return this;
  }

  Output append(char part) {
    return append(String.valueOf(part));
  }

  int length() {
    return text.length();
  }

  String text() {
    return text.toString();
  }
}
