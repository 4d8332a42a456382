package org.dpo4j.torch.internal.safetensors;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableLongArray;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.dpo4j.core.math.Check;
import org.dpo4j.core.math.Shown;
import org.dpo4j.torch.internal.architecture.TensorShape;
import org.dpo4j.torch.internal.json.JsonStream;
import org.jspecify.annotations.Nullable;

/**
 * The header's text: what it declares, each entry well-formed, not yet compared with the others.
 */
final class HeaderJson {

  /** Offsets beyond any disk, so that adding the header's length to one cannot overflow. */
  private static final long MAX_OFFSET = 1L << 62;

  private final Path file;
  private final List<Declared> tensors = new ArrayList<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private long metadataCharacters;

  private HeaderJson(Path file) {
    this.file = file;
  }

  /** A tensor as declared; offsets are from the end of the header. */
  record Declared(String name, TensorType type, TensorShape shape, long begin, long end) {

    TensorEntry entry(Path file, long start) {
      return new TensorEntry(file, name, type, shape, start + begin, end - begin);
    }
  }

  static HeaderJson parse(Path file, InputStream text) throws IOException {
    HeaderJson header = new HeaderJson(file);
    JsonStream.read(
        file, "header", text, json -> json.object("header", name -> header.entry(json, name)));
    return header;
  }

  ImmutableList<Declared> tensors() {
    return ImmutableList.copyOf(tensors);
  }

  ImmutableMap<String, String> metadata() {
    return ImmutableMap.copyOf(metadata);
  }

  private void entry(JsonStream json, String name) throws IOException {
    if (name.equals(Limits.METADATA)) {
      json.object(Limits.METADATA, key -> metadata(json, key));
    } else {
      Limits.checkName(TensorEntry.place(file, name), name);
      tensors.add(tensor(json, name));
      Limits.checkTensors(file.toString(), tensors.size());
    }
  }

  private void metadata(JsonStream json, String key) throws IOException {
    String place = file + ": " + Limits.METADATA;
    String value = json.string(Limits.METADATA + ": value of " + Shown.text(key));
    metadata.put(key, value);
    metadataCharacters += key.length() + value.length();
    Limits.checkMetadata(place, metadata.size(), metadataCharacters);
  }

  private Declared tensor(JsonStream json, String name) throws IOException {
    TensorFields fields = new TensorFields(file, name);
    json.object(fields.subject, field -> fields.read(json, field));
    return fields.declared();
  }

  /** The fields of one tensor, in whatever order they come. */
  private static final class TensorFields {

    private final String name;
    private final String place;
    private final String subject;
    private @Nullable TensorType type;
    private @Nullable TensorShape shape;
    private @Nullable ImmutableLongArray offsets;

    TensorFields(Path file, String name) {
      this.name = name;
      this.subject = "tensor " + Shown.text(name);
      this.place = TensorEntry.place(file, name);
    }

    void read(JsonStream json, String field) throws IOException {
      String what = subject + ": " + Shown.text(field);
      switch (field) {
        case "dtype" -> type = type(json.string(what));
        case "shape" ->
            shape = new TensorShape(json.wholeNumbers(what, TensorBytes.MAX_RANK, Long.MAX_VALUE));
        case "data_offsets" -> offsets = offsets(json.wholeNumbers(what, 2, MAX_OFFSET));
        default ->
            throw new IllegalArgumentException(
                String.format(
                    Locale.ROOT,
                    "%s: must have no fields but dtype, shape and data_offsets, got %s",
                    place,
                    Shown.text(field)));
      }
    }

    Declared declared() {
      if (type == null || shape == null || offsets == null) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "%s: must have dtype, shape and data_offsets, got no %s",
                place,
                type == null ? "dtype" : shape == null ? "shape" : "data_offsets"));
      }
      return new Declared(name, type, shape, offsets.get(0), offsets.get(1));
    }

    private TensorType type(String dtype) {
      return Arrays.stream(TensorType.values())
          .filter(type -> type.name().equals(dtype))
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      String.format(
                          Locale.ROOT,
                          "%s: dtype must be one of %s, got %s",
                          place,
                          Arrays.toString(TensorType.values()),
                          Shown.text(dtype))));
    }

    private ImmutableLongArray offsets(ImmutableLongArray offsets) {
      Check.that(
          offsets.length() == 2 && offsets.get(0) <= offsets.get(1),
          "%s: data_offsets must be a begin and an end ≥ begin, got %s",
          place,
          offsets);
      return offsets;
    }
  }
}
