package org.dpo4j.architecture;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What each room may see, and what all of them owe the reader. */
class RoomRulesTest {
  @ParameterizedTest
  @EnumSource
  void room_hasClasses(Room room) {
    // package-info alone would make the rules below say nothing
    assertThat(Room.CLASSES.stream().filter(room::holds))
        .anyMatch(type -> !type.getSimpleName().equals("package-info"));
  }

  @ParameterizedTest
  @EnumSource
  void room_keepsToItsPackages(Room room) {
    check(classes().that(room.classes()).should().resideInAPackage(room.packages()));
  }

  @Test
  void package_inOneRoom() {
    Map<String, Set<Room>> rooms =
        Room.CLASSES.stream()
            .collect(
                groupingBy(
                    JavaClass::getPackageName,
                    TreeMap::new,
                    mapping(RoomRulesTest::roomOf, toSet())));

    assertThat(rooms).isNotEmpty();
    assertThat(rooms).allSatisfy((name, in) -> assertThat(in).as(name).hasSize(1));
  }

  @Test
  void package_isNullMarked() {
    check(classes().should(resideInANullMarkedPackage()));
  }

  @Test
  void packages_freeOfCycles() {
    check(slices().matching("org.dpo4j.(**)").should().beFreeOfCycles());
  }

  @Test
  void core_seesNoOtherRoom() {
    check(
        noDependency(
            Room.CORE,
            packages(Room.API, Room.PARQUET, Room.TORCH, Room.EXAMPLES, Room.BENCHMARKS)));
  }

  @Test
  void core_seesNoTensorLibrary() {
    check(noDependency(Room.CORE, resideInAnyPackage("ai.djl..")));
  }

  @Test
  void core_seesNoFiles() {
    check(
        noDependency(
            Room.CORE,
            resideInAnyPackage("java.nio.file..", "java.nio.channels..")
                .or(nameMatching("java\\.io\\.(File|RandomAccessFile).*").forSubtype())));
  }

  @Test
  void core_seesNoJson() {
    check(noDependency(Room.CORE, resideInAnyPackage("com.google.gson..")));
  }

  @Test
  void core_startsNoThreads() {
    check(
        noDependency(
            Room.CORE,
            assignableTo(Executor.class)
                .or(assignableTo(CompletionStage.class))
                .or(assignableTo(Thread.class))
                .or(nameMatching("java\\.util\\.(Timer|concurrent\\.Executors)").forSubtype())));
  }

  @Test
  void core_usesNoThreadPool() {
    check(
        noClasses()
            .that(Room.CORE.classes())
            .should()
            .callMethodWhere(
                target(nameMatching("parallel.*"))
                    .and(target(owner(resideInAnyPackage("java.util.."))))));
  }

  @Test
  void api_seesNoOuterRoom() {
    check(
        noDependency(Room.API, packages(Room.PARQUET, Room.TORCH, Room.EXAMPLES, Room.BENCHMARKS)));
  }

  @Test
  void api_seesNoTensorLibrary() {
    check(noDependency(Room.API, resideInAnyPackage("ai.djl..")));
  }

  @Test
  void api_seesNoTableLibrary() {
    check(
        noDependency(Room.API, resideInAnyPackage("org.apache.parquet..", "org.apache.hadoop..")));
  }

  /** What is printed goes through one writer, which escapes what a terminal would obey. */
  @Test
  void commandLine_printsInOnePlace() {
    check(
        noClasses()
            .that()
            .resideInAPackage("org.dpo4j.examples.cli..")
            .and()
            .doNotHaveFullyQualifiedName("org.dpo4j.examples.cli.Dpo")
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .orShould()
            .callMethod(Throwable.class, "printStackTrace"));
  }

  /** It is optional: who hasn't got it can use all the rest. */
  @Test
  void micrometer_isSeenByItsPackageOnly() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("org.dpo4j.api.micrometer")
            .should()
            .dependOnClassesThat(
                resideInAnyPackage("io.micrometer..", "org.dpo4j.api.micrometer")));
  }

  @Test
  void parquet_seesOnlyWhatItProvides_andHowTextsAreShown() {
    check(
        noDependency(
            Room.PARQUET,
            resideInAnyPackage("org.dpo4j..")
                .and(
                    DescribedPredicate.not(
                        resideInAnyPackage(
                            "org.dpo4j.parquet..",
                            "org.dpo4j.api.data.spi..",
                            "org.dpo4j.core.math")))));
  }

  @Test
  void torch_seesNoOuterRoom() {
    check(noDependency(Room.TORCH, packages(Room.PARQUET, Room.EXAMPLES, Room.BENCHMARKS)));
  }

  @Test
  void benchmarks_seeWhatUsersSee() {
    check(noDependency(Room.BENCHMARKS, resideInAnyPackage("org.dpo4j..internal..")));
  }

  private static ArchRule noDependency(Room room, DescribedPredicate<? super JavaClass> on) {
    return noClasses().that(room.classes()).should().dependOnClassesThat(on);
  }

  private static DescribedPredicate<JavaClass> packages(Room... rooms) {
    return resideInAnyPackage(Arrays.stream(rooms).map(Room::packages).toArray(String[]::new));
  }

  private static Room roomOf(JavaClass type) {
    return Arrays.stream(Room.values()).filter(room -> room.holds(type)).findFirst().orElseThrow();
  }

  private static ArchCondition<JavaClass> resideInANullMarkedPackage() {
    return new ArchCondition<>("reside in a @NullMarked package") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        boolean marked =
            type.getPackage()
                .tryGetPackageInfo()
                .map(info -> info.isAnnotatedWith(NullMarked.class))
                .orElse(false);
        events.add(
            new SimpleConditionEvent(
                type, marked, type.getPackageName() + " has no @NullMarked package-info"));
      }
    };
  }

  /** Fails when the rule is broken, and also when there is no class for it to look at. */
  private static void check(ArchRule rule) {
    rule.allowEmptyShould(false).check(Room.CLASSES);
  }
}
