package org.dpo4j.torch.internal.safetensors;

import com.google.common.collect.ImmutableMap;
import java.nio.file.Path;

/**
 * One safetensors file: 8 bytes with the length of a header, a header in JSON, the tensors' data.
 *
 * <p>What is read keeps all rules of the format, so nothing that a file says about itself needs to
 * be checked again: the data are exactly the file's bytes after the header, without overlap, hole
 * or remainder, each tensor has the size its shape and type give, and no name is there twice.
 * Beyond the format's rules a file has at most 100,000 tensors, names have at most 1,024
 * characters, shapes at most 16 dimensions, and an entry no fields but the format's three.
 */
public final class SafetensorsFile {

  private SafetensorsFile() {}

  /**
   * Reads the header.
   *
   * @param file a regular file, or a link to one
   * @return its tensors by name, in the order of their data
   * @throws IllegalArgumentException if the file breaks a rule; the message names the file, the
   *     rule and, where there is one, the tensor
   * @throws java.io.UncheckedIOException if it cannot be read
   */
  public static ImmutableMap<String, TensorEntry> read(Path file) {
    return Header.read(file).tensors();
  }

  /**
   * Reads what a file says about itself, like {@code format=pt}.
   *
   * @param file a regular file, or a link to one
   * @return its {@code __metadata__}, empty if it has none
   * @throws IllegalArgumentException if the file breaks a rule
   * @throws java.io.UncheckedIOException if it cannot be read
   */
  public static ImmutableMap<String, String> metadata(Path file) {
    return Header.read(file).metadata();
  }
}
