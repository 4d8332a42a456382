package org.dpo4j.core.loss;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.Doubles;
import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.dpo4j.core.batch.PairLabel;
import org.dpo4j.core.batch.TokenValues;
import org.jspecify.annotations.Nullable;

/** Reads the golden files, and builds the losses that the self-describing ones name. */
final class Goldens {

  /** One case of losses.json; members are as in the file. */
  record Fixture(
      String name,
      JsonObject options,
      List<Row> chosen,
      List<Row> rejected,
      double loss,
      List<List<Double>> gradChosen,
      List<List<Double>> gradRejected) {

    double option(String option) {
      return options.get(option).getAsDouble();
    }

    TokenValues gradient() {
      return alternating(gradChosen, gradRejected);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** A self-describing golden; members are as in the file. */
  record SelfDescribed(
      String loss,
      JsonObject options,
      double beta,
      @Nullable List<Double> margins,
      List<Row> chosen,
      List<Row> rejected,
      double lossValue,
      List<List<Double>> gradChosen,
      List<List<Double>> gradRejected) {}

  /** The token log-probs of one completion. */
  record Row(List<Double> policy, List<Double> reference, @Nullable List<Double> logSumSqProbs) {}

  /** What an objective should return for a batch. */
  record Golden(
      String name,
      PairObjective objective,
      double beta,
      PairSample sample,
      double loss,
      TokenValues gradient) {

    @Override
    public String toString() {
      return name;
    }
  }

  private static final Gson GSON =
      new GsonBuilder()
          .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
          .create();

  private Goldens() {}

  /** The cases of losses.json. */
  static ImmutableList<Fixture> fixtures() {
    return ImmutableList.copyOf(
        GSON.fromJson(read(directory().resolve("losses.json")), Fixture[].class));
  }

  /** Every golden file but losses.json. */
  static ImmutableList<Golden> selfDescribed() {
    try (Stream<Path> files = Files.list(directory())) {
      return files
          .filter(file -> file.toString().endsWith(".json") && !file.endsWith("losses.json"))
          .sorted()
          .map(Goldens::selfDescribed)
          .collect(ImmutableList.toImmutableList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Golden selfDescribed(Path file) {
    SelfDescribed golden = GSON.fromJson(read(file), SelfDescribed.class);
    PairSample sample = sample(golden.chosen(), golden.rejected());
    List<Double> margins = golden.margins();
    return new Golden(
        Objects.requireNonNull(file.getFileName()).toString().replace(".json", ""),
        (PairObjective) build(golden.loss(), golden.options()),
        golden.beta(),
        margins == null ? sample : withMargins(sample, margins),
        golden.lossValue(),
        alternating(golden.gradChosen(), golden.gradRejected()));
  }

  static PairSample withMargins(PairSample sample, List<Double> margins) {
    return sample.withLabels(margins.stream().map(PairLabel.PLAIN::withMargin).toList());
  }

  static PairSample sample(List<Row> chosen, List<Row> rejected) {
    PairSample sample =
        PairSample.of(
            alternating(
                chosen.stream().map(Row::policy).toList(),
                rejected.stream().map(Row::policy).toList()),
            alternating(
                chosen.stream().map(Row::reference).toList(),
                rejected.stream().map(Row::reference).toList()));
    return chosen.get(0).logSumSqProbs() == null
        ? sample
        : sample.withCollisions(
            alternating(
                chosen.stream().map(row -> Objects.requireNonNull(row.logSumSqProbs())).toList(),
                rejected.stream()
                    .map(row -> Objects.requireNonNull(row.logSumSqProbs()))
                    .toList()));
  }

  static TokenValues alternating(List<List<Double>> chosen, List<List<Double>> rejected) {
    List<double[]> rows = new ArrayList<>();
    for (int i = 0; i < chosen.size(); i++) {
      rows.add(Doubles.toArray(chosen.get(i)));
      rows.add(Doubles.toArray(rejected.get(i)));
    }
    return TokenValues.of(rows);
  }

  /**
   * Builds a record of this package from options named as its components.
   *
   * @param loss the record's binary name within the package
   * @param options for each component a number, an enum constant's name, or another loss with its
   *     options
   */
  static Object build(String loss, JsonObject options) {
    try {
      Class<?> type = Class.forName(Goldens.class.getPackageName() + "." + loss);
      RecordComponent[] components = type.getRecordComponents();
      if (components.length != options.size()) {
        throw new IllegalArgumentException(loss + " does not have these options: " + options);
      }
      Class<?>[] types = new Class<?>[components.length];
      Object[] values = new Object[components.length];
      for (int i = 0; i < components.length; i++) {
        types[i] = components[i].getType();
        values[i] = value(types[i], options.get(components[i].getName()));
      }
      return type.getDeclaredConstructor(types).newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException("cannot build " + loss + " from " + options, e);
    }
  }

  private static Object value(Class<?> type, JsonElement option) {
    if (type.isPrimitive() || type.isEnum()) {
      return GSON.fromJson(option, type);
    }
    JsonObject inner = option.getAsJsonObject();
    return build(inner.get("loss").getAsString(), inner.getAsJsonObject("options"));
  }

  static <T> T read(String file, Class<T> type) {
    return GSON.fromJson(read(directory().resolve(file)), type);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path directory() {
    try {
      return Path.of(Objects.requireNonNull(Goldens.class.getResource("/goldens")).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
