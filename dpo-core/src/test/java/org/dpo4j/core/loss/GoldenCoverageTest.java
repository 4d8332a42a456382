package org.dpo4j.core.loss;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A loss cannot be added without a golden: every one there is must appear in some. */
class GoldenCoverageTest {

  @Test
  void everyPairObjective_appearsInSomeGolden() throws Exception {
    Set<Class<?>> seen = new HashSet<>();
    KnownObjectives.fixtures().forEach(golden -> collect(golden.objective(), seen));
    Goldens.selfDescribed().forEach(golden -> collect(golden.objective(), seen));

    Set<String> missing = new TreeSet<>();
    Set<Class<?>> there = pairObjectives();
    there.stream()
        .filter(type -> !seen.contains(type))
        .forEach(type -> missing.add(type.getSimpleName()));

    assertThat(there).hasSizeGreaterThanOrEqualTo(26).contains(Dpo.class, Sft.class, Robust.class);
    assertThat(missing)
        .as("pair objectives without a golden; write one with goldens/generate_one.py")
        .isEmpty();
  }

  @Test
  void everyDivergence_appearsInSomeGoldenExceptTheDefault() {
    Set<Class<?>> seen = new HashSet<>();
    KnownObjectives.fixtures().forEach(golden -> collect(golden.objective(), seen));
    Set<Class<?>> there = new HashSet<>(Set.of(FDivergence.class.getPermittedSubclasses()));
    there.remove(FDivergence.ReverseKl.class);

    assertThat(there).isNotEmpty();
    assertThat(seen).containsAll(there);
  }

  /** The main code's pair objectives, whatever kind of class they are. */
  private static Set<Class<?>> pairObjectives() throws IOException, URISyntaxException {
    Path classes = Path.of(Dpo.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    String packageName = Dpo.class.getPackageName();
    Set<Class<?>> found = new HashSet<>();
    try (Stream<Path> files = Files.list(classes.resolve(packageName.replace('.', '/')))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
        Class<?> type =
            load(packageName + "." + file.getFileName().toString().replace(".class", ""));
        if (!type.isInterface() && PairObjective.class.isAssignableFrom(type)) {
          found.add(type);
        }
      }
    }
    return found;
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  /** An objective's class and those of everything it is composed of. */
  private static void collect(Object part, Set<Class<?>> seen) {
    if (part instanceof Iterable<?> parts) {
      parts.forEach(inner -> collect(inner, seen));
    }
    if (!(part instanceof Record)) {
      return;
    }
    seen.add(part.getClass());
    for (RecordComponent component : part.getClass().getRecordComponents()) {
      try {
        collect(component.getAccessor().invoke(part), seen);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
