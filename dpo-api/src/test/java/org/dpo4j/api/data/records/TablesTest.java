package org.dpo4j.api.data.records;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables, where no artifact is there to read them; dpo-parquet tests that it does. */
class TablesTest {

  @TempDir Path folder;

  @Test
  void parquetNamesTheArtifactThatReadsIt() throws IOException {
    Path file = Files.writeString(folder.resolve("Train.Parquet"), "PAR1");
    String message =
        file
            + ": Parquet is read by the artifact org.dpo4j:dpo-parquet, which is not on the class"
            + " path; add it";

    assertThatIllegalArgumentException()
        .isThrownBy(() -> RecordFile.open(file, 100, Part.TRAINING))
        .withMessage(message);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                RecordFile.open(
                    RecordFiles.at(folder, Part.TRAINING).read().get(0), 100, Part.TRAINING))
        .withMessage(message);
  }
}
