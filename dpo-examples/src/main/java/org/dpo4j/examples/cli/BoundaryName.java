package org.dpo4j.examples.cli;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.dpo4j.core.backend.Boundary;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A boundary as it is written on a command line. */
final class BoundaryName implements ITypeConverter<Boundary> {

  @Override
  public Boundary convert(String name) {
    return Arrays.stream(Boundary.values())
        .filter(boundary -> boundary.label().equalsIgnoreCase(name.replace('_', '-')))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "must be "
                        + Arrays.stream(Boundary.values())
                            .map(Boundary::label)
                            .collect(Collectors.joining(" or "))
                        + ", got '"
                        + name
                        + "'"));
  }
}
