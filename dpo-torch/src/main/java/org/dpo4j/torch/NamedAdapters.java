package org.dpo4j.torch;

import ai.djl.pytorch.engine.PtNDManager;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.Sets;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.math.Check;
import org.jspecify.annotations.Nullable;

/** The frozen adapters of a model, each with its memory and the view that scores with it. */
final class NamedAdapters {

  /** Makes a view of the base with a stack of adapters. */
  interface Views {
    FrozenScorer of(ImmutableList<MountedAdapter> stack, Uses uses);
  }

  private final Supplier<PtNDManager> memory;
  private final Views views;
  private final Predicate<MountedAdapter> carriesPolicy;
  private final Map<String, Named> named = new ConcurrentHashMap<>();

  private record Named(MountedAdapter adapter, FrozenScorer scorer, PtNDManager memory) {

    void close() {
      scorer.network().close();
      memory.close();
    }
  }

  /**
   * None yet.
   *
   * @param memory gives each its own
   * @param views of the base with a stack of adapters
   * @param carriesPolicy whether a policy stands on an adapter
   */
  NamedAdapters(
      Supplier<PtNDManager> memory, Views views, Predicate<MountedAdapter> carriesPolicy) {
    this.memory = memory;
    this.views = views;
    this.carriesPolicy = carriesPolicy;
  }

  void requireFree(String name) {
    Check.that(
        !name.isBlank() && !named.containsKey(name),
        "name must be a new adapter's (not blank, and none of %s), got '%s'",
        named.keySet(),
        name);
  }

  /** Keeps a new one under a free name. */
  void keep(String name, Function<PtNDManager, MountedAdapter> source) {
    requireFree(name);
    Named made = made(name, source);
    if (named.putIfAbsent(name, made) != null) {
      made.close();
      requireFree(name);
    }
  }

  private Named made(String name, Function<PtNDManager, MountedAdapter> source) {
    PtNDManager own = memory.get();
    try {
      MountedAdapter adapter = source.apply(own);
      Uses uses =
          new Uses(
              String.format(
                  Locale.ROOT,
                  "the adapter '%s' was unloaded or replaced; ask the model for what it has now",
                  name));
      return new Named(adapter, views.of(ImmutableList.of(adapter), uses), own);
    } catch (RuntimeException e) {
      own.close();
      throw e;
    }
  }

  /** Frees one, once no call uses it. */
  void unload(String name) {
    Named one = require(name);
    end(name, one);
    if (named.remove(name, one)) {
      one.close();
    }
  }

  /** Puts a new one in the place of one that is freed once no call uses it. */
  void replace(String name, Function<PtNDManager, MountedAdapter> source) {
    Named old = require(name);
    requireNoPolicy(name, old);
    Named made = made(name, source);
    if (!named.replace(name, old, made)) {
      made.close();
      throw new IllegalStateException(
          String.format(
              Locale.ROOT, "the adapter '%s' was unloaded or replaced by another thread", name));
    }
    try {
      end(name, old);
    } catch (IllegalStateException e) {
      if (named.replace(name, made, old)) {
        made.scorer().uses().end();
        made.close();
      }
      throw e;
    }
    old.close();
  }

  private void end(String name, Named one) {
    requireNoPolicy(name, one);
    one.scorer().uses().end();
    try {
      // One may have been made by the last call that used the adapter.
      requireNoPolicy(name, one);
    } catch (IllegalStateException e) {
      one.scorer().uses().resume();
      throw e;
    }
  }

  private void requireNoPolicy(String name, Named one) {
    if (carriesPolicy.test(one.adapter())) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "the adapter '%s' can't be unloaded or replaced: a policy stands on it; close that"
                  + " first",
              name));
    }
  }

  boolean isEmpty() {
    return named.isEmpty();
  }

  /** Makes something of an adapter, which isn't unloaded meanwhile. */
  <T> T with(String name, Function<MountedAdapter, T> use) {
    Named one = require(name);
    return one.scorer().uses().call(() -> use.apply(one.adapter()));
  }

  FrozenScorer scorer(String name) {
    return require(name).scorer();
  }

  Optional<TokenScorer> scorerIfThere(String name) {
    return Optional.ofNullable(named.get(name)).map(Named::scorer);
  }

  private Named require(String name) {
    @Nullable Named found = named.get(name);
    if (found == null) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "name must be an adapter's that was loaded or kept (%s), got '%s'",
              named.keySet(),
              name));
    }
    return found;
  }

  /** All that are held: these, and a policy's. */
  Set<MountedAdapter> and(Collection<MountedAdapter> ofPolicy) {
    Set<MountedAdapter> all = Sets.newIdentityHashSet();
    named.values().forEach(each -> all.add(each.adapter()));
    all.addAll(ofPolicy);
    return all;
  }

  void close() {
    named.values().forEach(each -> each.scorer().network().close());
  }
}
