package org.dpo4j.torch.internal.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.Bytes;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.dpo4j.torch.internal.architecture.DecoderSpec;
import org.dpo4j.torch.internal.architecture.TinyModels;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged adapters are read as valid ones or refused by the file's name; nothing else happens. */
@Tag("fuzz")
final class AdapterFuzzTest {

  private static final DecoderSpec GPT2 = TinyModels.decoder("gpt2");
  private static final int ROUNDS = 1_000;

  /** Values for any field, those of fields that hold patterns above all. */
  private static final ImmutableList<String> VALUES =
      ImmutableList.of(
          "null",
          "true",
          "false",
          "0",
          "-1",
          "1e400",
          "1e-400",
          "1e999999999",
          "4",
          "0.5",
          "\"\"",
          "\"c_attn\"",
          "\".*\"",
          "\"all-linear\"",
          "\"(?<index>x)\"",
          "\"(?:\"",
          "\"[\"",
          "\"\\\\1\"",
          "\"\\\\\"",
          "\"(?P<n>c)\"",
          "\"x{999999999}\"",
          "\"((((c*)*)*)*)*\"",
          "\"%s\"",
          "[]",
          "[\"c_attn\", \"mlp.c_fc\"]",
          "[0]",
          "[null]",
          "[[]]",
          "{}",
          "{\"c_attn\": 4}",
          "{\"(\": 4}",
          "{\"%d%n\": 4}",
          "{\"a\": {}}");

  @TempDir Path temporary;
  private final SplittableRandom random = new SplittableRandom(20);
  private byte[] config = new byte[0];
  private byte[] weights = new byte[0];

  @BeforeEach
  void readAdapter() throws IOException {
    config = Files.readAllBytes(AdapterFiles.directory("gpt2").resolve(AdapterFiles.CONFIG));
    weights = Files.readAllBytes(AdapterFiles.directory("gpt2").resolve(AdapterFiles.WEIGHTS));
  }

  @Test
  void bytesOfTheConfiguration() throws IOException {
    Files.write(temporary.resolve(AdapterFiles.WEIGHTS), weights);
    for (int i = 0; i < ROUNDS; i++) {
      Files.write(temporary.resolve(AdapterFiles.CONFIG), damaged(config, config.length));
      readsOrRefuses("round " + i);
    }
  }

  @Test
  void fieldsOfTheConfiguration() throws IOException {
    Files.write(temporary.resolve(AdapterFiles.WEIGHTS), weights);
    JsonObject whole = AdapterFiles.config("gpt2");
    ImmutableList<String> fields = ImmutableList.copyOf(whole.keySet());
    int read = 0;
    for (int i = 0; i < ROUNDS; i++) {
      JsonObject changed = whole.deepCopy();
      for (int change = random.nextInt(1, 4); change > 0; change--) {
        changed.add(pick(fields), value());
      }
      Files.writeString(temporary.resolve(AdapterFiles.CONFIG), changed.toString());
      read += readsOrRefuses(changed.toString()) ? 1 : 0;
    }
    // Some changes keep the adapter as it was; most must not.
    assertThat(read).isBetween(ROUNDS / 20, ROUNDS / 2);
  }

  @Test
  void bytesOfTheWeights() throws IOException {
    Files.write(temporary.resolve(AdapterFiles.CONFIG), config);
    // Mostly in the header, which is where damage can be told.
    for (int i = 0; i < ROUNDS; i++) {
      int where = random.nextInt(4) == 0 ? weights.length : 1_200;
      Files.write(temporary.resolve(AdapterFiles.WEIGHTS), damaged(weights, where));
      readsOrRefuses("round " + i);
    }
  }

  private boolean readsOrRefuses(String what) {
    Throwable thrown = catchThrowable(() -> PeftAdapter.read(temporary, GPT2));
    if (thrown != null) {
      assertThat(thrown)
          .as(what)
          .isInstanceOfAny(IllegalArgumentException.class, UncheckedIOException.class)
          .isNotInstanceOf(NumberFormatException.class)
          .hasMessageContaining(temporary.toString());
    }
    return thrown == null;
  }

  /** Some bytes changed, cut out, put in or cut off, all before a position. */
  private byte[] damaged(byte[] whole, int before) {
    byte[] bytes = whole.clone();
    for (int change = random.nextInt(1, 5); change > 0; change--) {
      int at = random.nextInt(Math.max(1, Math.min(before, bytes.length)));
      switch (random.nextInt(5)) {
        case 0 -> bytes = splice(bytes, at, at + 1, (byte) random.nextInt(256));
        case 1 -> bytes = splice(bytes, at, at + 1);
        case 2 -> bytes = splice(bytes, at, at, (byte) random.nextInt(256));
        case 3 ->
            bytes = splice(bytes, at, at, value().toString().getBytes(StandardCharsets.UTF_8));
        default -> bytes = Arrays.copyOf(bytes, at);
      }
    }
    return bytes;
  }

  private static byte[] splice(byte[] bytes, int from, int to, byte... instead) {
    return Bytes.concat(
        Arrays.copyOf(bytes, from),
        instead,
        Arrays.copyOfRange(bytes, Math.min(to, bytes.length), bytes.length));
  }

  private JsonElement value() {
    return JsonParser.parseString(pick(VALUES));
  }

  private String pick(ImmutableList<String> from) {
    return from.get(random.nextInt(from.size()));
  }
}
