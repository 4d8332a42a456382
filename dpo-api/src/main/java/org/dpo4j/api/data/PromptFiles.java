package org.dpo4j.api.data;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonElement;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dpo4j.api.data.records.DataRecord;
import org.dpo4j.api.data.records.MalformedRecordException;
import org.dpo4j.api.data.records.Part;
import org.dpo4j.api.data.records.RecordFile;
import org.dpo4j.api.data.records.RecordFiles;
import org.dpo4j.api.data.records.Records;
import org.dpo4j.api.data.records.StrictJson;
import org.dpo4j.core.backend.Text;
import org.dpo4j.core.math.Check;

/**
 * Reads prompts from the same kinds of file as preferences: JSON lines, JSON, CSV or TSV, gzipped
 * or not, or folders of such files. A record has a {@code prompt}, a text or messages; an {@code
 * id} if it has one; what belongs to the prompt as in preference data, {@code system}, {@code
 * tools} and {@code chat_template_kwargs}. What else it has is not looked at, so that a file of
 * pairs will do; but images and the like are refused.
 */
public final class PromptFiles {

  private static final int MAX_RECORD_BYTES = 16 << 20;

  private PromptFiles() {}

  /**
   * Reads all prompts into memory.
   *
   * @param paths files and folders, in order
   * @return the prompts in order, each once: of records with equal prompts the first counts. One
   *     without an {@code id} is named by its file and line, as {@code prompts.jsonl:17}
   * @throws IllegalArgumentException if a file is malformed, a record has no prompt, two prompts
   *     have the same id, or there is no prompt at all; the message names the place
   * @throws java.io.UncheckedIOException if a file cannot be read
   */
  public static ImmutableList<Prompt> read(List<Path> paths) {
    Map<Text, Prompt> prompts = new LinkedHashMap<>();
    Map<String, Text> ids = new LinkedHashMap<>();
    for (Path path : paths) {
      RecordFiles found = RecordFiles.at(path, Part.TRAINING);
      Check.that(
          found.leftOut().isEmpty(),
          "%s: has files for training (%s) and held-out ones (%s); name the files to read",
          path,
          found.read(),
          found.leftOut());
      for (Path file : found.read()) {
        RecordFile open = RecordFile.open(file, MAX_RECORD_BYTES, Part.TRAINING);
        RecordContext context =
            new RecordContext(LateColumnException.hasSystem(open, Integer.MAX_VALUE), false);
        try (Records records = open.records()) {
          while (records.advance()) {
            Prompt prompt = prompt(records, context);
            if (prompts.putIfAbsent(prompt.text(), prompt) == null) {
              Check.that(
                  ids.put(prompt.id(), prompt.text()) == null,
                  "%s: id must be given once, got '%s' again",
                  records.place(),
                  prompt.id());
            }
          }
        }
      }
    }
    Check.that(!prompts.isEmpty(), "%s must have at least one prompt, got none", paths);
    return ImmutableList.copyOf(prompts.values());
  }

  /**
   * The prompt of one record.
   *
   * @param json an object with {@code prompt}, a text or messages, and perhaps what belongs to it
   * @return plain text or a chat
   * @throws IllegalArgumentException if it is no strict JSON object or has no prompt that can be
   *     read
   */
  public static Text parse(String json) {
    Fields fields =
        StrictJson.ifValid(json)
            .filter(JsonElement::isJsonObject)
            .map(value -> new Fields(value.getAsJsonObject()))
            .orElseThrow(() -> new IllegalArgumentException("must be a JSON object"));
    try {
      return new RecordContext(RecordContext.hasSystem(fields), false)
          .complete(fields, Texts.of(fields.get("prompt"), "prompt"));
    } catch (SkippedException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static Prompt prompt(Records records, RecordContext context) {
    try {
      DataRecord read = records.record();
      Fields fields = new Fields(read.fields());
      Text text = context.complete(fields, Texts.of(fields.get("prompt"), "prompt"));
      return new Prompt(
          fields.has("id")
              ? Fields.label(fields.get("id"), "id")
              : String.valueOf(read.place().shortName()),
          text);
    } catch (MalformedRecordException | SkippedException | IllegalArgumentException e) {
      throw new IllegalArgumentException(records.place() + ": " + e.getMessage(), e);
    }
  }
}
