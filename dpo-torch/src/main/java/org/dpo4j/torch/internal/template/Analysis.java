package org.dpo4j.torch.internal.template;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

/** What is known of a template's names while it is read. */
final class Analysis {

  private final Set<String> free = new LinkedHashSet<>();
  private final Deque<Region> regions = new ArrayDeque<>();

  Analysis() {
    begin();
  }

  /** A part of a template with variables of its own. */
  private static final class Region {
    final Set<String> bound = new HashSet<>();
    final Set<String> read = new HashSet<>();
    int conditions;
  }

  /** Begins a part whose variables are forgotten at its end. */
  void begin() {
    regions.push(new Region());
  }

  /** Ends it, and says which names were read in it. */
  Set<String> end() {
    Region ended = regions.pop();
    regions.element().read.addAll(ended.read);
    return ended.read;
  }

  /** Begins what may not be run, without variables of its own. */
  void beginCondition() {
    regions.element().conditions++;
  }

  void endCondition() {
    regions.element().conditions--;
  }

  /** Whether, as for Jinja, a filter or a test that is not known is no error before it is used. */
  boolean isConditional() {
    return regions.element().conditions > 0;
  }

  /** Notes that a name is given a value, if that is certain. */
  void bind(String name) {
    if (!isConditional()) {
      regions.element().bound.add(name);
    }
  }

  void read(String name) {
    regions.element().read.add(name);
    if (regions.stream().noneMatch(region -> region.bound.contains(name))) {
      free.add(name);
    }
  }

  /** The names that are read and may be none of the template's own. */
  Set<String> free() {
    return free;
  }
}
