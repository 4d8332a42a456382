package org.dpo4j.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What others wrote, and what becomes of it on the command line. */
class HostileInputsTest {

  private static final String TRICK = "a\u001b]0;title\u0007\u001b[31m\u009b2J\u202eb\rc";
  private static final String OBEYED =
      "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069]";

  private @TempDir Path folder;

  private Path data(String text) throws IOException {
    String json = new JsonPrimitive(text).toString();
    return Files.writeString(
        folder.resolve("data.jsonl"),
        "{\"id\":%s,\"prompt\":%s,\"chosen\":%s,\"rejected\":\"bad\"}\n".replace("%s", json));
  }

  @Test
  void inspect_ofTextThatATerminalObeys_isEscaped() throws IOException {
    CalledDpo called = CalledDpo.with("inspect", "--data", data(TRICK));

    assertThat(called.exitCode()).as(called.err()).isZero();
    assertThat(called.out())
        .contains("a\\u001b]0;title\\u0007\\u001b[31m\\u009b2J\\u202eb⏎c")
        .doesNotContainPattern(OBEYED);
  }

  @Test
  void message_ofTextThatATerminalObeys_isEscaped() throws IOException {
    FewWords.writeModel(folder);
    Path config = folder.resolve("config.json");
    Files.writeString(
        config, Files.readString(config).replace("\"silu\"", "\"\u009b2J\u202e\\u001b[31m\""));

    CalledDpo called = CalledDpo.with("generate", "--model", folder, "--prompt", "how");

    assertThat(called.exitCode()).isEqualTo(1);
    assertThat(called.err()).contains("\\u009b2J").doesNotContainPattern(OBEYED);

    called = CalledDpo.with("train", "--loss", "\u001b[31m\u009b", "--model", folder);
    assertThat(called.err()).isNotEmpty().doesNotContainPattern(OBEYED);
    called = CalledDpo.with("\u001b[31m\u009b");
    assertThat(called.err()).isNotEmpty().doesNotContainPattern(OBEYED);
  }

  @Test
  void json_ofTextThatATerminalObeys_isTheSameText() throws IOException {
    StringWriter out = new StringWriter();
    try (PrintWriter writer = TerminalWriter.forOutput(out)) {
      writer.println("{\"a\": \"x\u009b\u202e\u2028y\u200d\"}");
    }

    assertThat(out.toString()).doesNotContainPattern(OBEYED);
    assertThat(JsonParser.parseString(out.toString()).getAsJsonObject().get("a").getAsString())
        .isEqualTo("x\u009b\u202e\u2028y\u200d");
  }

  @Test
  void score_withADamagedWeight_isNoJsonButAnError() throws IOException {
    FewWords.writeModel(folder);
    try (RandomAccessFile weights =
        new RandomAccessFile(folder.resolve("model.safetensors").toFile(), "rw")) {
      for (long at = weights.length() - 64; at < weights.length(); at += 4) {
        weights.seek(at);
        weights.write(new byte[] {0, 0, (byte) 0xc0, 0x7f});
      }
    }

    Path data =
        Files.writeString(
            folder.resolve("data.jsonl"),
            "{\"prompt\":\"how\",\"chosen\":\" good\",\"rejected\":\" bad\"}\n");

    CalledDpo called = CalledDpo.with("score", "--model", folder, "--data", data);

    assertThat(called.exitCode()).as(called.err()).isEqualTo(1);
    assertThat(called.out()).doesNotContain("NaN");
    assertThat(called.err()).contains("is NaN, which is no number");
  }
}
