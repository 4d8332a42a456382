package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;

/**
 * What a macro or a call block takes.
 *
 * @param names all
 * @param defaults of the last ones
 */
record Parameters(ImmutableList<String> names, ImmutableList<Expression> defaults) {

  /** Reads them from after the bracket on. */
  static Parameters read(Tokens tokens, ExpressionParser expressions, Analysis analysis) {
    List<String> names = new ArrayList<>();
    List<Expression> defaults = new ArrayList<>();
    expressions.each(
        ")",
        () -> {
          String name = tokens.expectVariable();
          if (names.contains(name)) {
            throw tokens.refuse("the parameter '" + name + "' is there twice");
          }
          if (tokens.take("=")) {
            defaults.add(expressions.expression());
          } else if (!defaults.isEmpty()) {
            throw tokens.refuse(
                "the parameter '" + name + "' must have a default, as those before it");
          }
          names.add(name);
          analysis.bind(name);
        });
    return new Parameters(ImmutableList.copyOf(names), ImmutableList.copyOf(defaults));
  }
}
