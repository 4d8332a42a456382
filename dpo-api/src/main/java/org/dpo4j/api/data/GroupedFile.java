package org.dpo4j.api.data;

import com.google.common.primitives.ImmutableIntArray;

/**
 * The examples of a file in which completions of one prompt are records of their own.
 *
 * @param groups where they are
 * @param groupOf one element an example: the group it was made of
 * @param partOf one element an example: which one of those it is
 * @param <E> what an example is
 */
record GroupedFile<E>(Groups<E> groups, ImmutableIntArray groupOf, ImmutableIntArray partOf)
    implements FileExamples<E> {

  @Override
  public int size() {
    return groupOf.length();
  }

  @Override
  public E get(int number) {
    return groups.examples(groupOf.get(number)).kept().get(partOf.get(number));
  }
}
