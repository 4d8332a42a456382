package org.dpo4j.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.Reader;
import java.text.DecimalFormat;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * What is written means the same on every machine: where digits, letters or bytes depend on a
 * locale or a charset, it is named. Under {@code ar-EG} a checkpoint's name was written in Arabic
 * digits, and not found again.
 */
class PlatformRulesTest {

  /** What takes the machine's own where it is told none. */
  private static final ImmutableSetMultimap<String, String> ASKING_THE_MACHINE =
      ImmutableSetMultimap.<String, String>builder()
          .putAll("java.lang.String", "format", "formatted", "toLowerCase", "toUpperCase")
          .putAll("java.lang.String", "getBytes")
          .putAll("java.io.PrintStream", "printf", "format")
          .putAll("java.io.PrintWriter", "printf", "format")
          .putAll("java.io.ByteArrayOutputStream", "toString")
          .put("java.nio.charset.Charset", "defaultCharset")
          .put("java.util.Locale", "getDefault")
          .putAll("java.text.NumberFormat", "getInstance", "getNumberInstance")
          .putAll("java.text.NumberFormat", "getIntegerInstance", "getPercentInstance")
          .put("java.time.format.DateTimeFormatter", "ofPattern")
          .put("java.text.Collator", "getInstance")
          .build();

  /** Classes of which the same is true of every constructor. */
  private static final ImmutableSet<String> MADE_BY_THE_MACHINE =
      ImmutableSet.of(
          "java.io.FileReader",
          "java.io.FileWriter",
          "java.io.InputStreamReader",
          "java.io.OutputStreamWriter",
          "java.io.PrintStream",
          "java.text.DecimalFormat",
          "java.text.SimpleDateFormat",
          "java.util.Formatter",
          "java.util.Scanner");

  private static final ImmutableSet<String> TOLD =
      ImmutableSet.of(
          "java.util.Locale",
          "java.nio.charset.Charset",
          "java.nio.charset.CharsetDecoder",
          "java.nio.charset.CharsetEncoder",
          "java.text.DecimalFormatSymbols");

  private static final ArchRule RULE =
      noClasses()
          .should()
          .accessTargetWhere(
              DescribedPredicate.describe(
                  "depends on the default locale or charset",
                  access -> access.getTarget() instanceof CodeUnitAccessTarget unit && asks(unit)));

  /** One method a way to fall back on the machine's own. */
  @SuppressWarnings({"unused", "DefaultCharset", "StringCaseLocaleUsage"})
  private static final class Planted {

    static String digits(int number) {
      return String.format("step-%08d", number);
    }

    static String formatted(int number) {
      return "step-%08d".formatted(number);
    }

    static String letters(String text) {
      return text.toLowerCase();
    }

    static List<String> reference(List<String> texts) {
      return texts.stream().map(String::toUpperCase).toList();
    }

    static byte[] bytes(String text) {
      return text.getBytes();
    }

    static String text(byte[] bytes) {
      return new String(bytes);
    }

    static void line(PrintStream out, double number) {
      out.printf("%.3f%n", number);
    }

    static Reader reader(InputStream in) {
      return new InputStreamReader(in);
    }

    static String pattern(double number) {
      return new DecimalFormat("0.0").format(number);
    }

    static Locale locale() {
      return Locale.getDefault();
    }
  }

  @Test
  void nothing_dependsOnTheDefaultLocaleOrCharset() {
    RULE.allowEmptyShould(false).check(Room.CLASSES);
  }

  @Test
  void eachWayToDependOnThem_isFound() {
    List<String> found =
        RULE.evaluate(new ClassFileImporter().importClasses(Planted.class))
            .getFailureReport()
            .getDetails();

    assertThat(Planted.class.getDeclaredMethods())
        .filteredOn(method -> !method.isSynthetic())
        .allSatisfy(
            method ->
                assertThat(found)
                    .anyMatch(line -> line.contains("Planted." + method.getName() + "(")));
  }

  private static boolean asks(CodeUnitAccessTarget target) {
    String owner = target.getOwner().getName();
    List<String> parameters =
        target.getRawParameterTypes().stream().map(JavaClass::getName).toList();
    boolean sensitive =
        target.getName().equals("<init>")
            ? MADE_BY_THE_MACHINE.contains(owner)
                || (owner.equals("java.lang.String") && parameters.contains("[B"))
            : ASKING_THE_MACHINE.containsEntry(owner, target.getName());
    return sensitive && parameters.stream().noneMatch(TOLD::contains);
  }
}
