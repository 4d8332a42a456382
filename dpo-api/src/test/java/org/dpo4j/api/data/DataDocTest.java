package org.dpo4j.api.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dpo4j.api.Dataset;
import org.dpo4j.api.PreferencePair;
import org.dpo4j.api.SftExample;
import org.dpo4j.api.SkipReason;
import org.dpo4j.api.UnpairedExample;
import org.dpo4j.api.data.records.Part;
import org.dpo4j.api.data.records.RecordFile;
import org.dpo4j.core.backend.Text;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/data.md shows each format by a record, and each is read. */
class DataDocTest {

  private static final Pattern RECORD = Pattern.compile("`(\\{\".*?\\})`");

  @TempDir Path folder;

  @Test
  void everyRecordOfTheDocument_isRecognised() throws IOException {
    String document = Files.readString(Path.of("..", "docs", "data.md"));
    String formats =
        document.substring(document.indexOf("\n## Formats"), document.indexOf("\n## Rules"));
    Matcher records = RECORD.matcher(formats);
    Path file = folder.resolve("a.jsonl");
    int seen = 0;
    while (records.find()) {
      Files.writeString(file, records.group(1).replace("} {", "}\n{") + "\n");
      assertThat(completions(file))
          .as(records.group(1))
          .singleElement()
          .asString()
          .contains("Blue.");
      seen++;
    }
    assertThat(seen).isGreaterThanOrEqualTo(Format.ALL.size());
  }

  /** What is thumbed up or down, demonstrated, or chosen. */
  private static ImmutableList<Text> completions(Path file) {
    PreferenceFiles files = PreferenceFiles.at(file);
    Format format =
        Recognition.of(RecordFile.open(file, 1 << 20, Part.TRAINING), Optional.empty())
            .orElseThrow();
    return switch (format.kind()) {
      case THUMBS -> all(files.unpaired().dataset(), UnpairedExample::completion);
      case DEMONSTRATIONS -> all(files.demonstrations().dataset(), SftExample::completion);
      case PREFERENCES, SCORES -> all(files.pairs().dataset().asDataset(), PreferencePair::chosen);
    };
  }

  private static <T> ImmutableList<Text> all(Dataset<T> data, Function<T, Text> completion) {
    return ImmutableList.copyOf(data.map(completion));
  }

  @Test
  void everySkipReason_isInTheDocument() throws IOException {
    String document = Files.readString(Path.of("..", "docs", "data.md"));

    for (SkipReason reason : SkipReason.values()) {
      assertThat(document).contains(reason.toString());
    }
  }
}
