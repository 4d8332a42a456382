package org.dpo4j.examples.cli;

import com.google.common.base.Joiner;
import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Options in a YAML file: {@code batch-size: 8} for {@code --batch-size 8}. What stands on the
 * command line counts more.
 *
 * @param file where they are
 * @param options values by name
 */
record ConfigFile(Path file, ImmutableMap<String, String> options) {

  private static final String OPTION = "--config";
  private static final LoadSettings SETTINGS = LoadSettings.builder().setUseMarks(true).build();

  /** The file that a command line names, read. */
  static Optional<ConfigFile> namedIn(String[] arguments) {
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i].startsWith(OPTION + "=")) {
        return Optional.of(
            read(new PathName().convert(arguments[i].substring(OPTION.length() + 1))));
      }
      if (arguments[i].equals(OPTION) && i + 1 < arguments.length) {
        return Optional.of(read(new PathName().convert(arguments[i + 1])));
      }
    }
    return Optional.empty();
  }

  private static ConfigFile read(Path file) {
    Object loaded;
    try {
      String text = Files.readString(file);
      requireNoAnchors(file, text);
      loaded = new Load(SETTINGS).loadFromString(text);
    } catch (YamlEngineException e) {
      throw new IllegalArgumentException(file + " must be YAML: " + e.getMessage(), e);
    } catch (StackOverflowError e) {
      throw new IllegalArgumentException(file + " has lists in lists, too deep to be read", e);
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException(file + " is not there", e);
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(file + " must be YAML in UTF-8, and is no text", e);
    } catch (IOException e) {
      if (Files.isDirectory(file)) {
        throw new IllegalArgumentException(file + " must be a file of YAML, and is a folder", e);
      }
      throw new UncheckedIOException("cannot read " + file + ": " + e, e);
    }
    if (!(loaded instanceof Map<?, ?> map)) {
      throw new IllegalArgumentException(
          file + " must have options by name, such as 'batch-size: 8'");
    }
    ImmutableMap.Builder<String, String> options = ImmutableMap.builder();
    map.forEach((name, value) -> options.put(String.valueOf(name), text(file, name, value)));
    return new ConfigFile(file, options.buildOrThrow());
  }

  /** A value that is one in another place can hold itself, and a short file be a long list. */
  private static void requireNoAnchors(Path file, String text) {
    for (Event event : new Parse(SETTINGS).parseString(text)) {
      if (event instanceof AliasEvent
          || (event instanceof NodeEvent node && node.getAnchor().isPresent())) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "%s: line %d: anchors (&name) and aliases (*name) are not taken",
                file,
                event.getStartMark().map(mark -> mark.getLine() + 1).orElse(0)));
      }
    }
  }

  private static String text(Path file, Object name, @Nullable Object value) {
    if (value instanceof List<?> list) {
      return list.stream()
          .map(one -> PathNames.escaped(text(file, name, one instanceof List ? null : one)))
          .collect(Collectors.joining(","));
    }
    if (value == null || value instanceof Map) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: '%s' must be a value or a list of values, got %s",
              file,
              name,
              value == null ? "nothing, or a list in a list" : "a map"));
    }
    return value.toString();
  }

  /** Makes the options the defaults of the command that is called. */
  void applyTo(CommandLine line, String[] arguments) {
    CommandLine command = arguments.length == 0 ? null : line.getSubcommands().get(arguments[0]);
    if (command == null) {
      throw new IllegalArgumentException("--config must follow a command");
    }
    CommandSpec spec = command.getCommandSpec();
    for (String name : options.keySet()) {
      if (spec.findOption("--" + name) == null) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "%s: %s has no option '%s'; it has %s",
                file,
                spec.name(),
                name,
                Joiner.on(", ").join(names(spec))));
      }
    }
    command.setDefaultValueProvider(new Defaults());
  }

  private static TreeSet<String> names(CommandSpec spec) {
    TreeSet<String> names = new TreeSet<>();
    spec.options().forEach(option -> names.add(option.longestName().replaceFirst("^--", "")));
    return names;
  }

  private final class Defaults implements IDefaultValueProvider {

    @Override
    @SuppressWarnings("NullAway") // picocli's way to say that there is none
    public String defaultValue(ArgSpec argument) {
      return argument instanceof OptionSpec option
          ? options.get(option.longestName().replaceFirst("^--", ""))
          : null;
    }
  }
}
