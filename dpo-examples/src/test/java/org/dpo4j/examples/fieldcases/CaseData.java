package org.dpo4j.examples.fieldcases;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dpo4j.api.PreferencePair;
import org.dpo4j.api.SftExample;
import org.dpo4j.api.SkipReason;
import org.dpo4j.api.UnpairedExample;
import org.dpo4j.api.data.BadRecords;
import org.dpo4j.api.data.PreferenceFiles;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.Text;

/** What tests of field cases read. */
final class CaseData {

  static final Path CASES = Path.of("src/test/resources/field-cases");

  private CaseData() {}

  static PreferenceFiles at(String name) {
    return PreferenceFiles.at(CASES.resolve(name));
  }

  /** A file of lines, with ' for ". */
  static PreferenceFiles lines(Path folder, String... lines) throws IOException {
    Path file = folder.resolve("a.jsonl");
    Files.writeString(file, String.join("\n", lines).replace('\'', '"'), StandardCharsets.UTF_8);
    return PreferenceFiles.at(file);
  }

  static ImmutableList<PreferencePair> pairs(PreferenceFiles files) {
    return ImmutableList.copyOf(files.pairs().dataset().asDataset().map(pair -> pair));
  }

  static ImmutableList<SftExample> demonstrations(PreferenceFiles files) {
    return ImmutableList.copyOf(files.demonstrations().dataset().map(shown -> shown));
  }

  static ImmutableList<UnpairedExample> thumbs(PreferenceFiles files) {
    return ImmutableList.copyOf(files.unpaired().dataset().map(thumb -> thumb));
  }

  static Text.Chat chat(Message... messages) {
    return new Text.Chat(ImmutableList.copyOf(messages));
  }

  static int skipped(PreferenceFiles files, SkipReason reason) {
    return files.badRecords(BadRecords.COUNT).pairs().summary().skipped(reason);
  }
}
