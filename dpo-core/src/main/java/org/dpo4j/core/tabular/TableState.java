package org.dpo4j.core.tabular;

import com.google.common.primitives.ImmutableIntArray;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.dpo4j.core.backend.StateSink;
import org.dpo4j.core.backend.StateSource;
import org.dpo4j.core.math.Check;

/**
 * Tables as bytes, big-endian: a number of the caller's, the number of tables, and of each the size
 * of the vocabulary, the number of rows, and row by row, in their order, the length of the context,
 * its ids, and the logits.
 */
final class TableState {

  private TableState() {}

  static void write(StateSink sink, String name, int number, LogitTable... tables)
      throws IOException {
    sink.write(name, out -> write(out, number, tables));
  }

  private static void write(OutputStream stream, int number, LogitTable... tables)
      throws IOException {
    DataOutputStream out = new DataOutputStream(stream);
    out.writeInt(number);
    out.writeInt(tables.length);
    for (LogitTable table : tables) {
      out.writeInt(table.vocabularySize());
      out.writeInt(table.rows().size());
      for (Map.Entry<ImmutableIntArray, double[]> row : table.rows().entrySet()) {
        out.writeInt(row.getKey().length());
        for (int id : row.getKey().asList()) {
          out.writeInt(id);
        }
        for (double logit : row.getValue()) {
          out.writeDouble(logit);
        }
      }
    }
    out.flush();
  }

  /** Reads tables into tables of the same vocabulary, whose rows are replaced; gives the number. */
  static int read(StateSource source, String name, LogitTable... into) throws IOException {
    try (InputStream stream = source.open(name)) {
      DataInputStream in = new DataInputStream(stream);
      int number = in.readInt();
      int count = in.readInt();
      Check.that(count == into.length, "%s must have %d tables, got %d", name, into.length, count);
      LogitTable[] read = new LogitTable[count];
      for (int i = 0; i < count; i++) {
        read[i] = table(in, name, into[i].vocabularySize());
      }
      for (int i = 0; i < count; i++) {
        into[i].replaceBy(read[i]);
      }
      return number;
    }
  }

  private static LogitTable table(DataInputStream in, String name, int vocabularySize)
      throws IOException {
    int size = in.readInt();
    Check.that(
        size == vocabularySize,
        "%s is of a vocabulary of %d tokens, and the policy's has %d",
        name,
        size,
        vocabularySize);
    Map<ImmutableIntArray, double[]> rows = new LinkedHashMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      ImmutableIntArray.Builder context = ImmutableIntArray.builder();
      for (int ids = in.readInt(); ids > 0; ids--) {
        context.add(in.readInt());
      }
      double[] logits = new double[size];
      for (int v = 0; v < size; v++) {
        logits[v] = in.readDouble();
      }
      rows.put(context.build(), logits);
    }
    return new LogitTable(size, rows);
  }
}
