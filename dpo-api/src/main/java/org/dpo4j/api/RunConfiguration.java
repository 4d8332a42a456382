package org.dpo4j.api;

import com.google.common.base.Joiner;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import com.google.common.primitives.ImmutableIntArray;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.dpo4j.api.files.JsonFields;
import org.dpo4j.api.files.OddJsonException;
import org.dpo4j.core.backend.Boundary;
import org.dpo4j.core.backend.Policy;
import org.dpo4j.core.backend.TokenScorer;
import org.dpo4j.core.backend.Tokenizer;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.math.Shown;
import org.jspecify.annotations.Nullable;

/** All that decides about a run's trajectory, as JSON: what a resumed run must be equal in. */
final class RunConfiguration {

  static final String FILE = "run.json";

  /** What may differ, though the log tells of it: equal results are likely, not certain. */
  static final String VERSIONS = "versions";

  /** What the policy says of itself: for people, and not compared. */
  static final String DESCRIPTION = "description";

  /** Where data came from, for a person: data is the same if its tokens are. */
  private static final String DATA_ORIGIN = "data_origin";

  private static final String EVALUATION_ORIGIN = "evaluation_origin";

  private static final ImmutableSet<String> NOT_COMPARED =
      ImmutableSet.of(VERSIONS, DESCRIPTION, DATA_ORIGIN, EVALUATION_ORIGIN);

  private static final String TOKENIZER = "tokenizer";
  private static final String DATE = "date";

  /** What runs had before there was a choice, and did not write down. */
  private static final ImmutableMap<String, String> ONCE =
      ImmutableMap.of("tokenizer.boundary", Boundary.STRICT.label());

  private static final int FORMAT = 1;

  private RunConfiguration() {}

  /**
   * Describes a run.
   *
   * @param tokenizer the policy's, on the day of the run
   * @throws IllegalArgumentException if the policy can't name its weights, or an example can't be
   *     tokenized
   */
  static JsonObject of(
      Policy policy,
      Tokenizer tokenizer,
      TrainingSettings settings,
      Prepared data,
      Optional<Prepared> heldOut,
      Path place) {
    Optional<String> fingerprint = policy.fingerprint();
    Check.that(
        fingerprint.isPresent(),
        "the policy can't tell which weights it has, so that the run in %s could not be resumed safely; let its"
            + " fingerprint() say so, or leave out runDirectory(…)",
        place);
    JsonObject all = new JsonObject();
    all.addProperty("format", FORMAT);
    all.add(VERSIONS, versions());
    all.add("policy", policy(policy, fingerprint.get()));
    JsonObject description = new JsonObject();
    policy.description().forEach(description::addProperty);
    all.add(DESCRIPTION, description);
    all.addProperty("task", plain(settings.task()));
    all.add("reference", reference(settings.reference(), policy));
    all.addProperty("optimizer", plain(settings.optimizer()));
    all.addProperty("schedule", plain(settings.schedule()));
    all.addProperty("batch_size", settings.batch().examples());
    all.add("max_tokens", bound(settings.batch().tokens()));
    all.add("max_length", bound(settings.maxLength()));
    all.addProperty("on_unfit", plain(settings.unfit()));
    all.addProperty("accumulate_over", settings.accumulateOver());
    all.addProperty("epochs", settings.epochs());
    all.add("max_steps", bound(settings.maxSteps()));
    all.addProperty("shuffle", settings.shuffle());
    all.addProperty("seed", settings.seed());
    all.add("max_grad_norm", number(settings.maxGradNorm()));
    all.addProperty("on_non_finite", plain(settings.nonFinite()));
    JsonObject texts = texts(tokenizer);
    if (texts.size() > 0) {
      all.add(TOKENIZER, texts);
    }
    all.add("data", data(data.examples(), tokenizer));
    all.add(DATA_ORIGIN, origin(data.data()));
    if (heldOut.isPresent()) {
      all.add("evaluation", data(heldOut.get().examples(), tokenizer));
      all.add(EVALUATION_ORIGIN, origin(heldOut.get().data()));
      all.add("evaluate_every", bound(settings.evaluateEvery()));
      all.addProperty("early_stopping", plain(settings.earlyStopping()));
    }
    return all;
  }

  /** What decides about ids beside the text; the date only if a text may have it. */
  private static JsonObject texts(Tokenizer tokenizer) {
    JsonObject texts = new JsonObject();
    tokenizer.settings().forEach(texts::addProperty);
    if (tokenizer.writesDate()) {
      tokenizer.date().ifPresent(date -> texts.addProperty(DATE, date.toString()));
    }
    return texts;
  }

  /**
   * The date that a run's texts are written with.
   *
   * @param described what {@link #of} gave
   * @return the date; empty if its texts have none
   * @throws OddJsonException if what was written is no date
   */
  static Optional<LocalDate> date(JsonObject described) throws OddJsonException {
    JsonFields all = new JsonFields(described, FILE);
    if (!all.has(TOKENIZER) || !all.object(TOKENIZER).has(DATE)) {
      return Optional.empty();
    }
    JsonFields texts = all.object(TOKENIZER);
    String date = texts.text(DATE);
    try {
      return Optional.of(LocalDate.parse(date));
    } catch (DateTimeParseException e) {
      throw texts.odd(DATE, "a date");
    }
  }

  private static JsonObject versions() {
    JsonObject versions = new JsonObject();
    versions.addProperty("dpo4j", Version.current());
    for (String property : List.of("java.version", "os.name", "os.arch")) {
      versions.addProperty(property, System.getProperty(property));
    }
    return versions;
  }

  private static JsonObject policy(Policy policy, String fingerprint) {
    JsonObject described = new JsonObject();
    described.addProperty("type", policy.getClass().getName());
    described.addProperty("fingerprint", fingerprint);
    return described;
  }

  private static JsonObject reference(Reference reference, Policy policy) {
    JsonObject described = new JsonObject();
    Reference source = reference;
    if (reference instanceof Reference.Cached cached) {
      source = cached.source();
    } else if (reference instanceof Reference.CachedInFile cached) {
      source = cached.source();
    }
    Optional<String> fingerprint = Optional.empty();
    if (source instanceof Reference.Model model) {
      described.addProperty("kind", "Model");
      fingerprint = model.scorer().fingerprint();
    } else if (source instanceof Reference.CachedOnly only) {
      described.addProperty("kind", "CachedOnly");
      fingerprint = Optional.of(LogProbFile.fingerprintOf(only.file()));
    } else {
      described.addProperty("kind", plain(source));
    }
    if (source instanceof Reference.Adapter adapter) {
      fingerprint = policy.adapter(adapter.name()).flatMap(TokenScorer::fingerprint);
    }
    fingerprint.ifPresent(name -> described.addProperty("fingerprint", name));
    return described;
  }

  private static JsonObject data(Examples examples, Tokenizer tokenizer) {
    Hasher hasher = Hashing.sha256().newHasher();
    for (Examples.Example example : examples.all()) {
      EncodedExample encoded = example.encode(tokenizer);
      put(hasher, encoded.group().prompt());
      hasher.putInt(encoded.group().completions().size());
      encoded.group().completions().forEach(completion -> put(hasher, completion));
      hasher
          .putDouble(encoded.label().weight())
          .putDouble(encoded.label().margin())
          .putDouble(encoded.label().noise().orElse(-1.0));
      encoded.thumb().ifPresent(thumb -> put(hasher, thumb));
    }
    JsonObject described = new JsonObject();
    described.addProperty("examples", examples.size());
    described.addProperty("sha256", hasher.hash().toString());
    return described;
  }

  private static JsonObject origin(TrainingData data) {
    JsonObject described = new JsonObject();
    described.addProperty("examples", data.examples());
    described.addProperty("truncated", data.truncated());
    described.addProperty("cut_early", data.cutEarly());
    described.add("skipped", skipped(data.skipped()));
    JsonArray files = new JsonArray();
    JsonObject skippedInFiles = new JsonObject();
    JsonObject unread = new JsonObject();
    for (DataSummary source : data.sources()) {
      for (DataSummary.FileSummary file : source.files()) {
        JsonObject read = new JsonObject();
        read.addProperty("file", file.file().toString());
        read.addProperty("kind", file.kind());
        read.addProperty("format", file.format());
        read.addProperty("records", file.records());
        read.addProperty("kept", file.kept());
        files.add(read);
      }
      skipped(source.skipped())
          .entrySet()
          .forEach(each -> add(skippedInFiles, each.getKey(), each.getValue().getAsInt()));
      source.unread().forEach(column -> add(unread, column.column(), column.records()));
    }
    described.add("files", files);
    described.add("skipped_in_files", skippedInFiles);
    described.add("unread_columns", unread);
    return described;
  }

  private static JsonObject skipped(List<DataSummary.Skipped> skipped) {
    JsonObject counts = new JsonObject();
    skipped.forEach(
        each -> counts.addProperty(each.reason().toString().replace(' ', '_'), each.count()));
    return counts;
  }

  private static void add(JsonObject sums, String name, int more) {
    int before = sums.has(name) ? sums.get(name).getAsInt() : 0;
    sums.addProperty(name, before + more);
  }

  private static void put(Hasher hasher, EncodedExample.Thumb thumb) {
    hasher.putBoolean(thumb.isUp());
    thumb.mismatched().ifPresent(group -> put(hasher, group.completions().get(0)));
  }

  private static void put(Hasher hasher, ImmutableIntArray ids) {
    hasher.putInt(ids.length());
    ids.forEach(hasher::putInt);
  }

  private static JsonPrimitive bound(int value) {
    return value == Integer.MAX_VALUE ? new JsonPrimitive("none") : new JsonPrimitive(value);
  }

  /** JSON has no infinity, and no NaN: text, which reads back as the number. */
  static JsonPrimitive number(double value) {
    return Double.isFinite(value)
        ? new JsonPrimitive(value)
        : new JsonPrimitive(String.valueOf(value));
  }

  /**
   * A value as text that is the same in every process: without an object's or a lambda's number.
   */
  private static String plain(@Nullable Object value) {
    return (value == null ? "none" : value.toString())
        .replaceAll("\\$\\$Lambda[^,\\]\\s]*", "\\$\\$Lambda")
        .replaceAll("@[0-9a-f]+\\b", "");
  }

  /**
   * Refuses to go on with a run of another configuration, naming all differences.
   *
   * @throws IllegalArgumentException if there are any
   */
  static void requireSame(JsonObject before, JsonObject now, Path place) {
    Map<String, String> was = flat(before);
    Map<String, String> is = flat(now);
    ONCE.forEach(
        (key, value) -> {
          if (is.containsKey(key)) {
            was.putIfAbsent(key, value);
          }
        });
    Set<String> keys = new TreeSet<>(was.keySet());
    keys.addAll(is.keySet());
    List<String> differences = new ArrayList<>();
    for (String key : keys) {
      if (!Objects.equals(was.get(key), is.get(key))) {
        differences.add(
            String.format(
                Locale.ROOT,
                "%s was %s and is %s",
                Shown.text(key),
                Shown.text(was.getOrDefault(key, "not set")),
                is.getOrDefault(key, "not set")));
      }
    }
    Check.that(
        differences.isEmpty(),
        "the run in %s can't go on: %s. It needs the configuration, the data and the policy that it began with (what"
            + " the policy had learnt is restored); or begin another run in another directory",
        place,
        Joiner.on("; ").join(differences));
  }

  /** Whether both were made by the same software. */
  static boolean sameVersions(JsonObject before, JsonObject now) {
    return Objects.equals(before.get(VERSIONS), now.get(VERSIONS));
  }

  private static Map<String, String> flat(JsonObject json) {
    Map<String, String> flat = new TreeMap<>();
    json.entrySet().stream()
        .filter(entry -> !NOT_COMPARED.contains(entry.getKey()))
        .forEach(entry -> flatten(entry.getKey(), entry.getValue(), flat));
    return flat;
  }

  private static void flatten(String key, JsonElement value, Map<String, String> flat) {
    if (value.isJsonObject()) {
      value
          .getAsJsonObject()
          .entrySet()
          .forEach(entry -> flatten(key + "." + entry.getKey(), entry.getValue(), flat));
    } else {
      flat.put(key, value.isJsonPrimitive() ? value.getAsString() : value.toString());
    }
  }
}
