package org.dpo4j.torch.internal.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.dpo4j.core.backend.Message;
import org.dpo4j.core.backend.PromptGroup;
import org.dpo4j.core.backend.Text;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** SmolLM2-135M-Instruct's tokenizer against the ids on which TRL trained it. */
@Tag("real-model")
final class RealTokenizerTest {

  private static Path model;

  @BeforeAll
  static void findModel() {
    model = RealModel.directoryOrSkip();
  }

  @Test
  void pairs_haveTheIdsOfTrl() throws Exception {
    List<String> lines = Files.readAllLines(resource("pairs.jsonl"));
    JsonArray expected = ModelCopy.json(resource("expected.json")).getAsJsonArray("tokens");
    assertThat(lines).hasSize(32);
    try (ModelTokenizer tokenizer = ModelTokenizer.load(model)) {
      for (int i = 0; i < lines.size(); i++) {
        JsonObject pair = JsonParser.parseString(lines.get(i)).getAsJsonObject();
        JsonObject ids = expected.get(i).getAsJsonObject();

        PromptGroup group =
            tokenizer.encode(
                text(pair, "prompt"), List.of(text(pair, "chosen"), text(pair, "rejected")));

        assertThat(group)
            .as("pair %d", i)
            .isEqualTo(
                PromptGroup.of(
                    ModelTokenizerTest.ids(ids.get("prompt")),
                    List.of(
                        ModelTokenizerTest.ids(ids.get("chosen")),
                        ModelTokenizerTest.ids(ids.get("rejected")))));
      }
      tokenizer.checkFits(49_152);
    }
  }

  @Test
  void chat_isRenderedByTheTemplateOfTheModel() {
    try (ModelTokenizer tokenizer = ModelTokenizer.load(model)) {
      PromptGroup group =
          tokenizer.encode(
              Text.of(List.of(Message.user("Hi"))),
              List.of(
                  Text.of(List.of(Message.assistant("Hello!"))),
                  Text.of(List.of(Message.assistant("False")))));

      assertThat(group.prompt())
          .isEqualTo(
              tokenizer.encode(
                  "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by"
                      + " Hugging Face<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n"
                      + "<|im_start|>assistant\n"));
      assertThat(group.completions())
          .containsExactly(
              tokenizer.encode("Hello!<|im_end|>\n"), tokenizer.encode("False<|im_end|>\n"));
    }
  }

  private static Text text(JsonObject pair, String field) {
    return Text.of(pair.get(field).getAsString());
  }

  private static Path resource(String name) throws URISyntaxException {
    return Path.of(RealTokenizerTest.class.getResource("/trl-trajectory/" + name).toURI());
  }
}
