package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import com.google.common.hash.HashCode;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import com.google.common.primitives.ImmutableIntArray;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dpo4j.api.data.records.DataRecord;
import org.dpo4j.api.data.records.Place;
import org.dpo4j.api.data.records.Position;
import org.dpo4j.api.data.records.RecordFile;
import org.dpo4j.core.backend.Text;

/**
 * The records of a file by their prompt, in the order in which prompts come first. What is kept of
 * a record is where it is, and of a prompt its hash.
 *
 * @param <E> what an example is
 */
final class Groups<E> {

  private final RecordFile file;
  private final RecordReader<E> reader;
  private final ExampleIndex records;
  private final ImmutableList<ImmutableIntArray> members;

  private Groups(
      RecordFile file,
      RecordReader<E> reader,
      ExampleIndex records,
      ImmutableList<ImmutableIntArray> members) {
    this.file = file;
    this.reader = reader;
    this.records = records;
    this.members = members;
  }

  /** Takes records one by one, then is done. */
  static final class Builder<E> {

    private final Map<HashCode, ImmutableIntArray.Builder> byPrompt = new HashMap<>();
    private final List<ImmutableIntArray.Builder> inOrder = new ArrayList<>();
    private final ExampleIndex records = new ExampleIndex();

    void add(Position position, Text prompt) {
      byPrompt
          .computeIfAbsent(
              hash(prompt),
              unused -> {
                inOrder.add(ImmutableIntArray.builder());
                return inOrder.get(inOrder.size() - 1);
              })
          .add(records.size());
      records.add(position, 0);
    }

    private static HashCode hash(Text prompt) {
      Hasher hasher = Hashing.sha256().newHasher();
      if (prompt instanceof Text.Chat chat) {
        put(hasher, chat.tools().orElse(""));
        put(hasher, chat.arguments());
        chat.messages()
            .forEach(
                message -> {
                  put(hasher, message.role());
                  put(hasher, message.content());
                  put(hasher, message.reasoning().orElse(""));
                  put(hasher, message.fields());
                });
      } else {
        put(hasher, ((Text.Plain) prompt).text());
      }
      return hasher.hash();
    }

    private static void put(Hasher hasher, Map<String, String> fields) {
      hasher.putInt(fields.size());
      fields.forEach(
          (name, json) -> {
            put(hasher, name);
            put(hasher, json);
          });
    }

    private static void put(Hasher hasher, String text) {
      hasher.putInt(text.length()).putString(text, StandardCharsets.UTF_8);
    }

    /**
     * The groups.
     *
     * @param file seekable
     */
    Groups<E> of(RecordFile file, RecordReader<E> reader) {
      records.trim();
      return new Groups<>(
          file,
          reader,
          records,
          inOrder.stream()
              .map(ImmutableIntArray.Builder::build)
              .collect(ImmutableList.toImmutableList()));
    }
  }

  int size() {
    return members.size();
  }

  /** Where a group's first record is. */
  Place place(int group) {
    return file.read(records.position(members.get(group).get(0))).place();
  }

  /** What becomes of a group. */
  Examples<E> examples(int group) {
    List<DataRecord> found = new ArrayList<>();
    members.get(group).forEach(record -> found.add(file.read(records.position(record))));
    return reader.readTogether(found);
  }
}
