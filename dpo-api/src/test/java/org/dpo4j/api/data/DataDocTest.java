package org.dpo4j.api.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dpo4j.api.DataSummary;
import org.dpo4j.api.SkipReason;
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
      PreferenceFiles files = PreferenceFiles.at(file);
      boolean areThumbs = records.group(1).contains("\"completion\":");
      DataSummary summary = areThumbs ? files.unpaired().summary() : files.pairs().summary();
      assertThat(summary.kept()).as(records.group(1)).isEqualTo(1);
      if (!areThumbs) {
        assertThat(files.pairs().dataset().get(0).chosen().toString())
            .as(records.group(1))
            .contains("Blue.");
      }
      seen++;
    }
    assertThat(seen).isGreaterThanOrEqualTo(Format.ALL.size());
  }

  @Test
  void everySkipReason_isInTheDocument() throws IOException {
    String document = Files.readString(Path.of("..", "docs", "data.md"));

    for (SkipReason reason : SkipReason.values()) {
      assertThat(document).contains(reason.toString());
    }
  }
}
