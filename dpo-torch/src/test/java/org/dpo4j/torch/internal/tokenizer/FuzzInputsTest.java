package org.dpo4j.torch.internal.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.Text;
import org.dpo4j.torch.internal.architecture.Architectures;
import org.dpo4j.torch.internal.architecture.ModelConfig;
import org.dpo4j.torch.internal.architecture.TinyModels;
import org.dpo4j.torch.internal.peft.PeftAdapter;
import org.dpo4j.torch.internal.template.ChatTemplate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What fuzzing once found, kept: each input ends in a value or a message that can be printed. */
@Tag("fuzz")
final class FuzzInputsTest {

  private static final String OBEYED = "[\\p{Cc}\\x{200b}\\x{200e}\\x{202a}-\\x{202e}]";

  @TempDir private Path directory;

  static Stream<Path> inputs() throws IOException, URISyntaxException {
    Path folder =
        Path.of(Objects.requireNonNull(FuzzInputsTest.class.getResource("/fuzz-inputs")).toURI());
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".bin")).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("inputs")
  @Timeout(30)
  void input_endsInAValueOrAMessage(Path input) throws IOException {
    byte[] bytes = Files.readAllBytes(input);

    Throwable thrown = catchThrowable(use(String.valueOf(input.getFileName()), bytes));

    if (thrown != null) {
      assertThat(thrown).isInstanceOf(IllegalArgumentException.class);
      assertThat(thrown.getMessage()).isNotBlank().doesNotContainPattern(OBEYED);
    }
  }

  private ThrowingCallable use(String name, byte[] bytes) throws IOException {
    switch (name.substring(0, name.indexOf('-'))) {
      case "config" -> {
        Path file = Files.write(directory.resolve("config.json"), bytes);
        return () -> Architectures.describe(ModelConfig.read(file));
      }
      case "jinja" -> {
        return () ->
            ChatTemplate.of("t.jinja", new String(bytes, UTF_8), Map.of())
                .render((Text.Chat) Text.of(List.of(Message.user("Hi"))), true, LocalDateTime.MIN);
      }
      case "adapter" -> {
        // The first two bytes told the fuzzer which files to damage.
        byte[] config = Arrays.copyOfRange(bytes, 2, bytes.length);
        Files.write(directory.resolve("adapter_config.json"), config);
        Files.copy(
            TinyModels.file("gpt2", "adapter").resolve("adapter_model.safetensors"),
            directory.resolve("adapter_model.safetensors"));
        return () -> PeftAdapter.read(directory, TinyModels.decoder("gpt2"));
      }
      case "tok" -> {
        ModelCopy.in(directory);
        Files.write(directory.resolve("tokenizer.json"), bytes);
      }
      default -> {
        // The first line told the fuzzer what else to do.
        ModelCopy.in(directory);
        String text = new String(bytes, UTF_8);
        Files.writeString(
            directory.resolve("tokenizer_config.json"), text.substring(text.indexOf('\n') + 1));
      }
    }
    return () -> {
      try (ModelTokenizer tokenizer = ModelTokenizer.load(directory)) {
        Object unused =
            tokenizer.encode(
                Text.of(List.of(Message.user("Hi"))),
                List.of(Text.of(List.of(Message.assistant("Yo")))));
      }
    };
  }
}
