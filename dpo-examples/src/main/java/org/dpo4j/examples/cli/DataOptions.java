package org.dpo4j.examples.cli;

import com.google.common.primitives.Ints;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dpo4j.api.data.BadRecords;
import org.dpo4j.api.data.Columns;
import org.dpo4j.api.data.Pairing;
import org.dpo4j.api.data.PreferenceFiles;
import org.dpo4j.core.backend.Boundary;
import picocli.CommandLine.Option;

/** Which data, and how it is read. */
final class DataOptions {

  @Option(
      names = "--data",
      required = true,
      split = ",",
      paramLabel = "FILE",
      description =
          "Preferences (or, for sft, demonstrations): JSON lines, JSON, CSV or TSV, gzipped or not,"
              + " or a folder of such files.")
  List<Path> data;

  @Option(
      names = "--columns",
      split = ",",
      paramLabel = "ROLE=COLUMN",
      description =
          "Columns, if they are not recognised: prompt, chosen, rejected, and margin, agreement or"
              + " weight; or prompt and completion for sft.")
  Map<String, String> columns = new LinkedHashMap<>();

  @Option(
      names = "--bad-records",
      defaultValue = "stop",
      paramLabel = "RULE",
      description =
          "What malformed records do: stop, count, or a number that is still borne (${DEFAULT-VALUE}).")
  String badRecords;

  @Option(
      names = "--pairing",
      defaultValue = "all",
      paramLabel = "RULE",
      description =
          "Which pairs are made of several scored completions: all or best_and_worst (${DEFAULT-VALUE}).")
  Pairing pairing;

  @Option(
      names = "--margin-scale",
      defaultValue = "1",
      paramLabel = "NATS",
      description = "What a point of rating adds to a pair's margin (${DEFAULT-VALUE}).")
  double marginScale;

  @Option(
      names = "--boundary",
      defaultValue = "strict",
      converter = BoundaryName.class,
      paramLabel = "RULE",
      description = {
        "What becomes of a plain prompt whose last token changes before a completion, as one that ends with a",
        "space: strict refuses it, common-prefix gives that token to the completions (${DEFAULT-VALUE})."
      })
  Boundary boundary;

  /** The files, still to be read. */
  PreferenceFiles files() {
    return files(data);
  }

  PreferenceFiles files(List<Path> paths) {
    PreferenceFiles files =
        PreferenceFiles.at(paths)
            .badRecords(badRecords())
            .pairing(pairing)
            .marginScale(marginScale);
    return columns.isEmpty() ? files : files.columns(named());
  }

  private BadRecords badRecords() {
    return switch (badRecords) {
      case "stop" -> BadRecords.STOP;
      case "count" -> BadRecords.COUNT;
      default -> {
        Integer most = Ints.tryParse(badRecords);
        if (most == null) {
          throw new IllegalArgumentException(
              "--bad-records must be stop, count or a number, got '" + badRecords + "'");
        }
        yield BadRecords.atMost(most);
      }
    };
  }

  private Columns named() {
    String prompt = columns.get("prompt");
    String completion = columns.get("completion");
    return prompt != null && completion != null && columns.size() == 2
        ? new Columns.Demonstration(prompt, completion)
        : pairColumns();
  }

  private Columns pairColumns() {
    Map<String, String> left = new LinkedHashMap<>(columns);
    String chosen = left.remove("chosen");
    String rejected = left.remove("rejected");
    if (chosen == null || rejected == null) {
      throw new IllegalArgumentException(
          "--columns must name chosen and rejected, or for sft prompt and completion, got "
              + columns);
    }
    String prompt = left.remove("prompt");
    Columns.Pair pair =
        prompt == null ? Columns.pair(chosen, rejected) : Columns.pair(prompt, chosen, rejected);
    for (Map.Entry<String, String> extra : left.entrySet()) {
      pair =
          switch (extra.getKey()) {
            case "margin" -> pair.margin(extra.getValue());
            case "agreement" -> pair.agreement(extra.getValue());
            case "weight" -> pair.weight(extra.getValue());
            default ->
                throw new IllegalArgumentException(
                    "--columns knows prompt, chosen, rejected, margin, agreement and weight, got '"
                        + extra.getKey()
                        + "'");
          };
    }
    return pair;
  }
}
