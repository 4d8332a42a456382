package org.dpo4j.torch;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Sets;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.math.Check;
import org.jspecify.annotations.Nullable;

/** The frozen adapters of a model, each with the view that scores with it. */
final class NamedAdapters {

  private final Function<ImmutableList<MountedAdapter>, FrozenScorer> views;
  private final Map<String, Named> named = new ConcurrentHashMap<>();

  private record Named(MountedAdapter adapter, FrozenScorer scorer) {}

  /**
   * None yet.
   *
   * @param views of the base with a stack of adapters
   */
  NamedAdapters(Function<ImmutableList<MountedAdapter>, FrozenScorer> views) {
    this.views = views;
  }

  void requireFree(String name) {
    Check.that(
        !name.isBlank() && !named.containsKey(name),
        "name must be a new adapter's (not blank, and none of %s), got '%s'",
        named.keySet(),
        name);
  }

  void keep(String name, MountedAdapter adapter) {
    named.put(name, new Named(adapter, views.apply(ImmutableList.of(adapter))));
  }

  boolean isEmpty() {
    return named.isEmpty();
  }

  MountedAdapter adapter(String name) {
    return require(name).adapter();
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
