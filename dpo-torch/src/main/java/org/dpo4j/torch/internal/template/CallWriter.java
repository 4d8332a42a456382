package org.dpo4j.torch.internal.template;

import java.util.List;

/** Writes the operations of one expression as the library's filters. */
final class CallWriter {

  private static final int MAX_OPERATIONS = 200;

  private final Constants constants;
  private final Tokens tokens;
  private int operations;

  CallWriter(Constants constants, Tokens tokens) {
    this.constants = constants;
    this.tokens = tokens;
  }

  String operation(String value, String operation, String... arguments) {
    return operation(value, operation, List.of(arguments));
  }

  String operation(String value, String operation, List<String> arguments) {
    // Each is a bracket around the one before, and the library reads brackets by recursion.
    if (++operations > MAX_OPERATIONS) {
      throw tokens.refuse("an expression must have at most " + MAX_OPERATIONS + " operations");
    }
    return arguments.isEmpty()
        ? "(" + value + "|" + operation + ")"
        : "(" + value + "|" + operation + "(" + String.join(", ", arguments) + "))";
  }

  /**
   * Stands for what is not supported, and fails only where a chat gets there: many templates can do
   * more than the chats here ask of them.
   */
  String unsupported(String what) {
    return operation(constants.of(what + " is not supported"), "op_fail");
  }
}
