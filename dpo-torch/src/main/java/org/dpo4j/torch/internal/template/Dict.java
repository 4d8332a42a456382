package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableList;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Python's dict: in the order of insertion, and with keys that are the same if they are equal. */
final class Dict {

  static final Dict EMPTY = new Dict(Map.of());

  private final Map<Object, Entry> entries;

  private Dict(Map<Object, Entry> entries) {
    this.entries = entries;
  }

  /** A key and its value. */
  record Entry(Object key, Object value) {}

  Collection<Entry> entries() {
    return Collections.unmodifiableCollection(entries.values());
  }

  List<Object> keys() {
    List<Object> keys = new ArrayList<>(entries.size());
    entries.values().forEach(entry -> keys.add(entry.key()));
    return keys;
  }

  int size() {
    return entries.size();
  }

  @Nullable Object get(Budget budget, Object key) {
    return getByKey(key(budget, key, entries.size()));
  }

  @Nullable Object get(String key) {
    return getByKey(key);
  }

  private @Nullable Object getByKey(Object key) {
    Entry entry = entries.get(key);
    return entry == null ? null : entry.value();
  }

  /** What two keys have in common if Python takes them for the same. */
  static Object key(Budget budget, Object value, int size) {
    budget.spend(1);
    if (value instanceof Boolean bool) {
      return bool ? 1L : 0L;
    }
    if (value instanceof Double number && number == Math.rint(number) && !number.isInfinite()) {
      return Numbers.normal(new BigDecimal(number).toBigInteger());
    }
    if (value instanceof Markup markup) {
      return markup.text();
    }
    if (value instanceof Undefined) {
      return Undefined.class;
    }
    if (value instanceof String text) {
      budget.spend(text.length() / 8);
      return text;
    }
    if (value instanceof Tuple tuple) {
      // Keys of this kind have no order that would make a bad hash harmless.
      budget.spend(size);
      ImmutableList.Builder<Object> keys = ImmutableList.builder();
      tuple.items().forEach(item -> keys.add(key(budget, item, 0)));
      return new TupleKey(keys.build());
    }
    if (value instanceof List || value instanceof Dict || value instanceof DictView) {
      throw new Halt(Python.type(value) + " cannot be a key");
    }
    boolean isOrdered = Numbers.isNumber(value);
    // The others have no order that would make a bad hash harmless.
    budget.spend(isOrdered ? 0 : size);
    return value instanceof Macro ? new Same(value) : value;
  }

  /** A key that only itself is equal to: a macro's content is the whole of its text. */
  private static final class Same {

    private final Object value;

    Same(Object value) {
      this.value = value;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Same same && same.value == value;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(value);
    }
  }

  private record TupleKey(ImmutableList<Object> keys) {}

  /** Gathers entries; a later one takes an earlier one's place. */
  static final class Builder {

    private final Budget budget;
    private final Map<Object, Entry> entries = new LinkedHashMap<>();

    Builder(Budget budget) {
      this.budget = budget;
    }

    Builder put(Object key, Object value) {
      budget.element(entries.size());
      budget.element(entries.size());
      Object same = key(budget, key, entries.size());
      Entry before = entries.get(same);
      entries.put(same, new Entry(before == null ? key : before.key(), value));
      return this;
    }

    boolean has(String key) {
      return entries.containsKey(key);
    }

    Builder putAll(Dict dict) {
      dict.entries().forEach(entry -> put(entry.key(), entry.value()));
      return this;
    }

    Dict build() {
      return new Dict(entries);
    }
  }
}
