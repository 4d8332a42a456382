package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableList;

/**
 * Statements, one after the other.
 *
 * @param statements in their order
 */
record Body(ImmutableList<Statement> statements) {

  static final Body EMPTY = new Body(ImmutableList.of());

  Flow run(Scope scope, Output out) {
    for (Statement statement : statements) {
      scope.step();
      Flow flow;
      try {
        flow = statement.run(scope, out);
      } catch (Halt e) {
        throw e.at(statement.line());
      }
      if (flow != Flow.NEXT) {
        return flow;
      }
    }
    return Flow.NEXT;
  }

  /** What it writes, as a value. */
  Object text(Scope scope) {
    Output out = new Output(scope.budget());
    run(scope, out);
    return scope.autoescapes() ? new Markup(out.text()) : out.text();
  }
}
