package org.dpo4j.torch.internal.template;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableMap;
import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.lib.filter.Filter;
import com.hubspot.jinjava.lib.tag.Tag;
import com.hubspot.jinjava.tree.TagNode;
import java.beans.FeatureDescriptor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import jinjava.javax.el.ELContext;
import jinjava.javax.el.ELResolver;
import org.jspecify.annotations.Nullable;

/** The Jinja library, with our operations and without any way into Java objects. */
final class Engine {

  private static final String BUDGET = "budget_of_this_rendering";
  private static final int MAX_RENDER_DEPTH = 100;
  private static final int MAX_MACRO_DEPTH = 20;

  private Engine() {}

  static Jinjava create() {
    JinjavaConfig config =
        JinjavaConfig.newBuilder()
            .withNestedInterpretationEnabled(false)
            .withKeepTrailingNewline(true)
            .withEnableRecursiveMacroCalls(true)
            .withMaxMacroRecursionDepth(MAX_MACRO_DEPTH)
            .withMaxRenderDepth(MAX_RENDER_DEPTH)
            .withMaxOutputSize(Budget.MAX_CHARACTERS)
            .withElResolver(new OperationsOnly())
            .withLegacyOverrides(
                LegacyOverrides.newBuilder()
                    .withUseNaturalOperatorPrecedence(true)
                    .withParseWhitespaceControlStrictly(true)
                    .withAllowAdjacentTextNodes(true)
                    .withUseTrimmingForNotesAndExpressions(true)
                    .withKeepNullableLoopValues(true)
                    .build())
            .build();
    Jinjava jinjava = new Jinjava(config);
    Operations.ALL.forEach(
        (name, operation) ->
            jinjava.getGlobalContext().registerFilter(new OperationFilter(name, operation)));
    jinjava.getGlobalContext().registerTag(new Step());
    return jinjava;
  }

  /** Variables for a rendering, with what it may use. */
  static Map<String, Object> withBudget(Map<String, ?> bindings) {
    Map<String, Object> all = new HashMap<>(bindings);
    all.put(BUDGET, new Budget());
    return all;
  }

  /** What the library noted, to be thrown. */
  static Halt halt(TemplateError error) {
    return new Halt("cannot be rendered: " + error.getMessage()).at(error.getLineno());
  }

  private static Budget budget(JinjavaInterpreter interpreter) {
    return (Budget) Objects.requireNonNull(interpreter.getContext().get(BUDGET));
  }

  /** An operation as the library calls it. */
  private record OperationFilter(String name, Operation operation) implements Filter {

    @Override
    public String getName() {
      return name;
    }

    @Override
    public Object filter(
        @Nullable Object value,
        JinjavaInterpreter interpreter,
        Object[] positional,
        Map<String, Object> named) {
      try {
        Object plain = Python.plain(value);
        Budget budget = budget(interpreter);
        budget.spend(plain);
        Object result = operation.on(plain, arguments(positional, named));
        budget.spend(result);
        return result;
      } catch (Halt e) {
        throw e.at(interpreter.getLineNumber());
      }
    }

    private static Arguments arguments(Object[] positional, Map<String, Object> named) {
      ImmutableMap.Builder<String, Object> byName = ImmutableMap.builder();
      // The compiler put k_ in front, so that no name is one of the library's own.
      named.forEach((key, one) -> byName.put(key.substring(2), Python.plain(one)));
      return new Arguments(
          Arrays.stream(positional).map(Python::plain).toList(), byName.buildOrThrow());
    }

    @Override
    public Object filter(
        @Nullable Object value, JinjavaInterpreter interpreter, String... arguments) {
      return filter(value, interpreter, (Object[]) arguments, Map.of());
    }
  }

  /**
   * Stands at the beginning of every turn of a loop and every macro: counts it, and forgets the
   * variables that the turn before has set, which the library does not.
   */
  private static final class Step implements Tag {

    private static final long serialVersionUID = 1;
    private static final Splitter NAMES = Splitter.on(' ').trimResults().omitEmptyStrings();

    @Override
    public String getName() {
      return "step";
    }

    @Override
    public @Nullable String getEndTagName() {
      return null;
    }

    @Override
    public String interpret(TagNode tag, JinjavaInterpreter interpreter) {
      try {
        budget(interpreter).spend("");
        // The library would go on, and note the same again in every turn.
        interpreter.getErrorsCopy().stream()
            .findFirst()
            .ifPresent(
                error -> {
                  throw halt(error);
                });
      } catch (Halt e) {
        throw e.at(interpreter.getLineNumber());
      }
      Context context = interpreter.getContext();
      NAMES.split(tag.getHelpers()).forEach(context.getScope()::remove);
      return "";
    }
  }

  /** Lets an expression call operations and nothing else, by name and without reflection. */
  private static final class OperationsOnly extends ELResolver {

    @Override
    public Object invoke(
        ELContext context, Object base, Object method, Class<?>[] types, Object[] parameters) {
      if (!(base instanceof OperationFilter filter) || !"filter".equals(method)) {
        throw unreachable();
      }
      context.setPropertyResolved(true);
      @SuppressWarnings("unchecked") // The library puts them together so.
      Map<String, Object> named = (Map<String, Object>) parameters[3];
      return filter.filter(
          parameters[0], (JinjavaInterpreter) parameters[1], (Object[]) parameters[2], named);
    }

    @Override
    public @Nullable Object getValue(ELContext context, Object base, Object property) {
      if (!(base instanceof OperationFilter)) {
        throw unreachable();
      }
      // The library looks for a property of a method's name before it calls the method.
      context.setPropertyResolved(true);
      return null;
    }

    @Override
    public Class<?> getType(ELContext context, Object base, Object property) {
      throw unreachable();
    }

    @Override
    public void setValue(ELContext context, Object base, Object property, Object value) {
      throw unreachable();
    }

    @Override
    public boolean isReadOnly(ELContext context, Object base, Object property) {
      return true;
    }

    @Override
    public @Nullable Iterator<FeatureDescriptor> getFeatureDescriptors(
        ELContext context, Object base) {
      return null;
    }

    @Override
    public @Nullable Class<?> getCommonPropertyType(ELContext context, Object base) {
      return null;
    }

    private static Halt unreachable() {
      return new Halt("a template must not reach into objects");
    }
  }
}
