package org.dpo4j.api.data;

/**
 * The examples of a file, each read when it is asked for.
 *
 * @param <E> what an example is
 */
sealed interface FileExamples<E> permits IndexedFile, GroupedFile {

  int size();

  /** One by its number, from 0; the same each time. */
  E get(int number);
}
