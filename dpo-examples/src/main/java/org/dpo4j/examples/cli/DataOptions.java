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
final class DataOptions implements Checked {

  @Option(
      names = "--data",
      required = true,
      split = PathNames.COMMA,
      converter = PathNames.class,
      paramLabel = "FILE",
      description =
          "Preferences (or, for sft, demonstrations): JSON lines, JSON, CSV or TSV, gzipped or not,"
              + " or a folder of such files.")
  List<Path> data;

  @Option(
      names = "--columns",
      split = ",",
      paramLabel = "ROLE=COLUMN",
      description = "Columns, if they are not recognised: " + NamedColumns.ROLES + ".")
  Map<String, String> columns = new LinkedHashMap<>();

  @Option(
      names = "--chat",
      description =
          "Make chats of texts, for the model's chat template: a prompt is what the user says, a completion what"
              + " the assistant does; transcripts and a history become turns.")
  boolean chat;

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
      names = "--boundary",
      defaultValue = "strict",
      converter = BoundaryName.class,
      paramLabel = "RULE",
      description = {
        "What becomes of a plain prompt whose last token changes before a completion, as one that ends with a",
        "space: strict refuses it, common-prefix gives that token to the completions (${DEFAULT-VALUE})."
      })
  Boundary boundary;

  @Override
  public void check() {
    BadRecords unused = badRecords();
    if (!columns.isEmpty()) {
      Columns unusedColumns = NamedColumns.of(columns);
    }
  }

  /** The files, still to be read. */
  PreferenceFiles files() {
    return files(data);
  }

  /** The files of each path by itself, still to be read. */
  List<PreferenceFiles> each() {
    return data.stream().map(path -> files(List.of(path))).toList();
  }

  /** Files of --eval, still to be read: of folders the held-out part. */
  PreferenceFiles heldOut(List<Path> paths) {
    return files(paths).heldOut();
  }

  private PreferenceFiles files(List<Path> paths) {
    PreferenceFiles files = PreferenceFiles.at(paths).badRecords(badRecords()).pairing(pairing);
    if (chat) {
      files.asChats();
    }
    return columns.isEmpty() ? files : files.columns(NamedColumns.of(columns));
  }

  private BadRecords badRecords() {
    return switch (badRecords) {
      case "stop" -> BadRecords.STOP;
      case "count" -> BadRecords.COUNT;
      default -> {
        Integer most = Ints.tryParse(badRecords);
        if (most == null || most < 0) {
          throw new IllegalArgumentException(
              "--bad-records must be stop, count or a number ≥ 0, got '" + badRecords + "'");
        }
        yield BadRecords.atMost(most);
      }
    };
  }
}
