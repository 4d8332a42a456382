package org.dpo4j.examples.cli;

import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;

/** Files or folders in a list, which commas divide: {@code \,} is a comma in a name. */
final class PathNames implements ITypeConverter<Path> {

  /** A comma without a backslash before it. */
  static final String COMMA = "(?<!\\\\),";

  @Override
  public Path convert(String name) {
    return new PathName().convert(name.replace("\\,", ","));
  }

  /** As it has to be written. */
  static String escaped(String name) {
    return name.replace(",", "\\,");
  }
}
