package org.dpo4j.architecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.regex.Pattern;

/** A module of dpo4j, told from where its classes were loaded, not from their names. */
enum Room {
  CORE("core"),
  API("api"),
  PARQUET("parquet"),
  TORCH("torch"),
  EXAMPLES("examples"),
  BENCHMARKS("benchmarks");

  /** All main classes of all rooms. */
  static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(
              location -> Arrays.stream(values()).anyMatch(r -> r.at(location.asURI().toString())))
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("org.dpo4j");

  private final String name;
  private final Pattern location;

  Room(String name) {
    this.name = name;
    // The jar when the module was packaged before, else the folder it was compiled to.
    this.location = Pattern.compile("/dpo-" + name + "(-[^/]*\\.jar!|/target/classes)/");
  }

  /** The packages that belong to this room, as an ArchUnit pattern. */
  String packages() {
    return "org.dpo4j." + name + "..";
  }

  boolean holds(JavaClass type) {
    return type.getSource().map(source -> at(source.getUri().toString())).orElse(false);
  }

  DescribedPredicate<JavaClass> classes() {
    return DescribedPredicate.describe("are in dpo-" + name, this::holds);
  }

  private boolean at(String uri) {
    return location.matcher(uri).find();
  }
}
