package org.dpo4j.torch.internal.template;

import com.google.common.collect.Iterators;
import java.util.Iterator;
import java.util.Locale;

/**
 * What {@code keys()}, {@code values()} and {@code items()} give.
 *
 * @param dict what it shows
 * @param kind which part of it
 */
record DictView(Dict dict, Kind kind) {

  enum Kind {
    KEYS,
    VALUES,
    ITEMS;

    String pythonName() {
      return "dict_" + name().toLowerCase(Locale.ROOT);
    }
  }

  Iterator<Object> elements() {
    return Iterators.transform(
        dict.entries().iterator(),
        entry ->
            switch (kind) {
              case KEYS -> entry.key();
              case VALUES -> entry.value();
              case ITEMS -> Tuple.of(entry.key(), entry.value());
            });
  }
}
