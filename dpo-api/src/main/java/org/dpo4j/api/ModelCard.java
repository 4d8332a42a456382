package org.dpo4j.api;

import com.google.common.base.CharMatcher;
import com.google.common.base.Joiner;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dpo4j.core.backend.Resumable;
import org.dpo4j.core.backend.StateSink;
import org.dpo4j.core.backend.StateSource;
import org.dpo4j.core.batch.Metrics;

/**
 * A policy with the page that says what it is, in the form that model hubs read: {@code README.md}
 * with a YAML header.
 *
 * @param policy what is described
 * @param configuration the run's
 * @param report how the run went
 */
record ModelCard(Resumable policy, JsonObject configuration, TrainingReport report)
    implements Resumable {

  private static final String FILE = "README.md";

  /** Up to what may follow a path in a list; it may have blanks. */
  private static final Pattern ABSOLUTE =
      Pattern.compile(
          "(?<![\\w.~/:-])(file:/*|[A-Za-z]:[/\\\\]|\\\\\\\\|/(?=\\S))[^,;)\\]}\"'|\n]*");

  @Override
  public void save(StateSink sink) throws IOException {
    policy.save(sink);
    sink.write(FILE, out -> out.write(text().getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public void restore(StateSource source) throws IOException {
    policy.restore(source);
  }

  /** The page. */
  String text() {
    JsonObject description = configuration.getAsJsonObject(RunConfiguration.DESCRIPTION);
    Optional<String> base = string(description, "base").map(ModelCard::withoutFolders);
    Optional<String> adapter = string(description, "adapter");
    List<String> lines = new ArrayList<>();
    lines.add("---");
    base.ifPresent(name -> lines.add("base_model: " + quoted(name)));
    adapter.ifPresent(name -> lines.add("library_name: peft"));
    lines.add("tags: [dpo4j, " + quoted(report.loss()) + "]");
    lines.add("---");
    lines.add("");
    lines.add(
        String.format(
            Locale.ROOT,
            "# %s trained with %s",
            adapter.isPresent() ? "An adapter" : "A model",
            method()));
    lines.add("");
    lines.add("| | |");
    lines.add("|---|---|");
    description.entrySet().forEach(entry -> row(lines, entry.getKey(), entry.getValue()));
    lines.add("| method | " + method() + " |");
    for (String key :
        List.of("reference", "data", "evaluation", "optimizer", "schedule", "epochs", "seed")) {
      Optional.ofNullable(configuration.get(key)).ifPresent(value -> row(lines, key, value));
    }
    row(lines, "versions", configuration.get(RunConfiguration.VERSIONS));
    if (!report.steps().isEmpty()) {
      metrics(lines, "After " + report.steps().size() + " steps", report.finalMetrics());
    }
    if (!report.evaluations().isEmpty()) {
      metrics(lines, "On held-out data", report.finalEvaluation());
    }
    adapter.ifPresent(name -> lines.addAll(loading(base.orElse("BASE"))));
    return Joiner.on('\n').join(lines) + "\n";
  }

  private String method() {
    return report.loss()
        + (report.beta().isPresent() ? ", β = " + report.beta().getAsDouble() : "");
  }

  private static void metrics(List<String> lines, String title, Metrics metrics) {
    lines.addAll(List.of("", "## " + title, "", "| | |", "|---|---|"));
    for (Map.Entry<String, Double> metric : metrics.asMap().entrySet()) {
      lines.add(String.format(Locale.ROOT, "| %s | %.6g |", metric.getKey(), metric.getValue()));
    }
  }

  private static List<String> loading(String base) {
    return List.of(
        "",
        "## Loading",
        "",
        "`DIR` is this directory, `BASE` is " + escaped(base) + ".",
        "",
        "- dpo4j: `LanguageModel.load(BASE).loadAdapter(\"trained\", DIR).adapter(\"trained\")`",
        "- PEFT: `PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(BASE), DIR)`",
        "- vLLM: `vllm serve BASE --enable-lora --lora-modules trained=DIR`; a rank above 16 needs `--max-lora-rank`",
        "- llama.cpp: `convert_lora_to_gguf.py DIR --base BASE`, then `llama-cli -m BASE.gguf --lora ADAPTER.gguf`");
  }

  private static void row(List<String> lines, String name, JsonElement value) {
    if (value.isJsonObject()) {
      value
          .getAsJsonObject()
          .entrySet()
          .forEach(entry -> row(lines, name + ": " + entry.getKey(), entry.getValue()));
    } else {
      lines.add(
          String.format(
              Locale.ROOT,
              "| %s | %s |",
              escaped(name.replace('_', ' ')),
              escaped(withoutFolders(value.getAsString()))));
    }
  }

  /**
   * A text in which absolute paths are their last name: where things are on this machine is
   * nobody's business, and of no use to those who read the page.
   */
  private static String withoutFolders(String text) {
    return ABSOLUTE
        .matcher(text)
        .replaceAll(
            path -> {
              String whole = CharMatcher.anyOf("/\\").trimTrailingFrom(path.group());
              int before = CharMatcher.anyOf("/\\").lastIndexIn(whole);
              return Matcher.quoteReplacement(whole.substring(before + 1));
            });
  }

  private static Optional<String> string(JsonObject json, String key) {
    return Optional.ofNullable(json.get(key)).map(JsonElement::getAsString);
  }

  /** Text from elsewhere, on one line of a table. */
  private static String escaped(String text) {
    return text.replace("|", "\\|").replace("<", "&lt;").replaceAll("\\s+", " ");
  }

  /** Text from elsewhere, as YAML, of which JSON's strings are a part. */
  private static String quoted(String text) {
    return new JsonPrimitive(text).toString();
  }
}
