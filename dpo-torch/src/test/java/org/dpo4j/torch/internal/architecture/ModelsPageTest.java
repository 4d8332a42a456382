package org.dpo4j.torch.internal.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docs/models.md says can be loaded is what can be loaded. */
final class ModelsPageTest {

  private static final Pattern CODE = Pattern.compile("`([a-z0-9_]+)`");

  /** Fields of every rule, so that no rule is refused for want of one. */
  private static final String FIELDS =
      "\"factor\": 2.0, \"low_freq_factor\": 1.0, \"high_freq_factor\": 4.0,"
          + " \"original_max_position_embeddings\": 64";

  @Test
  void modelTypes_ofThePage_areThoseOfTheCode() throws IOException {
    assertThat(rows("| `model_type` |").keySet())
        .containsExactlyInAnyOrderElementsOf(Architectures.modelTypes());
  }

  @Test
  void ropeTypes_ofThePage_areReadForWhatItSays() throws IOException {
    Map<String, Set<String>> claimed = rows("| `rope_type` |");
    Set<String> rotary =
        Sets.difference(Architectures.modelTypes(), ImmutableSet.of("gpt2", "gptj"));

    assertThat(claimed.keySet())
        .containsExactlyInAnyOrder(
            "default", "linear", "llama3", "yarn", "dynamic", "longrope", "su");
    claimed.forEach((type, models) -> assertThat(readFor(type, rotary)).as(type).isEqualTo(models));
    assertThat(readFor("proportional", rotary)).isEmpty();
  }

  @Test
  void partialRotation_ofThePage_isReadForWhatItSays() throws IOException {
    String line =
        Files.readAllLines(page()).stream()
            .filter(text -> text.startsWith("Partial rotation"))
            .findFirst()
            .orElseThrow();
    Set<String> claimed = codes(line.substring(line.indexOf("is read for")));

    Set<String> read = new TreeSet<>(ImmutableSet.of("gptj"));
    for (String model : TinyModels.NAMES) {
      JsonObject config = TinyModels.json(model, "config.json");
      rope(config).addProperty("partial_rotary_factor", 0.5);
      if (!model.equals("gpt2") && !model.equals("gptj") && isRead(config)) {
        read.add(config.get("model_type").getAsString());
      }
    }
    assertThat(read).isEqualTo(claimed);
  }

  private static Set<String> readFor(String type, Set<String> models) {
    Set<String> read = new TreeSet<>();
    for (String model : TinyModels.NAMES) {
      try {
        JsonObject config = TinyModels.json(model, "config.json");
        String modelType = config.get("model_type").getAsString();
        JsonObject rope = rope(config);
        rope.addProperty("rope_type", type);
        if (!type.equals("default")) {
          JsonParser.parseString("{" + FIELDS + "}")
              .getAsJsonObject()
              .entrySet()
              .forEach(field -> rope.add(field.getKey(), field.getValue()));
        }
        if (models.contains(modelType) && isRead(config)) {
          read.add(modelType);
        }
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
    return read;
  }

  private static boolean isRead(JsonObject config) {
    try {
      return Architectures.describe(TinyModels.config(config)).layers().size() > 0;
    } catch (IllegalArgumentException e) {
      assertThat(e)
          .hasMessageMatching(
              "(?s).*(rope_type must be one of default|partial_rotary_factor = 1|longrope, which is"
                  + " not supported).*");
      return false;
    }
  }

  /** The configuration's own rule, in today's dialect and the only one. */
  private static JsonObject rope(JsonObject config) {
    config.remove("rope_scaling");
    config.remove("rope_theta");
    JsonObject rope = new JsonObject();
    if (config.get("model_type").getAsString().equals("gemma3_text")) {
      JsonObject kinds = new JsonObject();
      kinds.add("full_attention", rope);
      kinds.add("sliding_attention", new JsonObject());
      config.add("rope_parameters", kinds);
    } else {
      config.add("rope_parameters", rope);
    }
    return rope;
  }

  /** Each name of a table's first column, with the names in its second. */
  private static Map<String, Set<String>> rows(String header) throws IOException {
    Map<String, Set<String>> rows = new TreeMap<>();
    List<String> lines = Files.readAllLines(page(), StandardCharsets.UTF_8);
    int first =
        lines.indexOf(lines.stream().filter(l -> l.startsWith(header)).findFirst().orElseThrow());
    for (String line : lines.subList(first + 2, lines.size())) {
      String[] cells = line.split("\\|", -1);
      if (cells.length < 3) {
        break;
      }
      codes(cells[1]).forEach(name -> rows.put(name, codes(cells[2])));
    }
    return rows;
  }

  private static Path page() {
    return Path.of("..", "docs", "models.md");
  }

  private static Set<String> codes(String text) {
    Set<String> codes = new TreeSet<>();
    Matcher matcher = CODE.matcher(text);
    while (matcher.find()) {
      codes.add(matcher.group(1));
    }
    return codes;
  }
}
