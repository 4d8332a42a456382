package org.dpo4j.api.data;

import java.util.List;
import org.dpo4j.api.data.records.Position;
import org.dpo4j.api.data.records.RecordFile;

/**
 * The examples of a file, each read when it is asked for.
 *
 * @param file seekable
 * @param reader makes examples of its records
 * @param index where they are; not changed any more
 * @param <E> what an example is
 */
record IndexedFile<E>(RecordFile file, RecordReader<E> reader, ExampleIndex index)
    implements FileExamples<E> {

  @Override
  public int size() {
    return index.size();
  }

  @Override
  public E get(int number) {
    Position position = index.position(number);
    List<E> examples = reader.read(file.read(position)).kept();
    return examples.get(index.part(number));
  }
}
