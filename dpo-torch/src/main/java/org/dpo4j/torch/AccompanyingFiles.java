package org.dpo4j.torch;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.dpo4j.torch.internal.files.AtomicFile;
import org.dpo4j.torch.internal.files.ModelFile;

/**
 * What a checkpoint has beside weights and configuration: tokenizer, chat templates, generation
 * settings, licences. They are copied by name, so that nothing comes along by chance; what is left
 * is told.
 *
 * @param base a checkpoint's directory
 */
record AccompanyingFiles(Path base) {

  private static final String TEMPLATES = "additional_chat_templates";

  private static final Pattern COPIED =
      Pattern.compile(
          "generation_config\\.json|(pre)?processor_config\\.json|special_tokens_map\\.json"
              + "|added_tokens\\.json|vocab\\.(json|txt)|merges\\.txt|tokenizer(_config)?\\.json|tekken\\.json"
              + "|(tokenizer|spiece|sentencepiece\\.bpe)\\.model(\\.v\\d+)?|[^.].*\\.tiktoken"
              + "|chat_template\\.json|[^.].*\\.jinja"
              + "|(?i:licen[cs]e|notice|copying|use_policy)([-_. ].*)?(?<!\\.(bin|pt|pth|ckpt|pkl|py))");

  /** What is written anew. */
  private static final Pattern REWRITTEN =
      Pattern.compile(
          "config\\.json|model(-\\d+-of-\\d+)?\\.safetensors|model\\.safetensors\\.index\\.json");

  /** Copies them. */
  SavedCheckpoint copyTo(Path directory) {
    ImmutableList.Builder<String> copied = ImmutableList.builder();
    ImmutableList.Builder<String> left = ImmutableList.builder();
    for (Path file : files(base)) {
      String name = name(file);
      if (name.equals(TEMPLATES) && Files.isDirectory(file) && ModelFile.isOf(base, file)) {
        copyTemplates(file, directory, copied, left);
      } else if (!COPIED.matcher(name).matches()) {
        if (!REWRITTEN.matcher(name).matches()) {
          left.add(shown(file, ""));
        }
      } else {
        copyOrLeave(file, "", directory, copied, left);
      }
    }
    return new SavedCheckpoint(copied.build(), left.build());
  }

  private void copyTemplates(
      Path folder,
      Path directory,
      ImmutableList.Builder<String> copied,
      ImmutableList.Builder<String> left) {
    String prefix = TEMPLATES + "/";
    for (Path file : files(folder)) {
      if (name(file).endsWith(".jinja")) {
        copyOrLeave(file, prefix, directory, copied, left);
      } else {
        left.add(shown(file, prefix));
      }
    }
  }

  private void copyOrLeave(
      Path file,
      String prefix,
      Path directory,
      ImmutableList.Builder<String> copied,
      ImmutableList.Builder<String> left) {
    if (!Files.isRegularFile(file)) {
      left.add(shown(file, prefix));
    } else if (ModelFile.isOf(base, file)) {
      Path target = directory.resolve(prefix + name(file));
      AtomicFile.createDirectories(directory.resolve(prefix));
      copy(file, target);
      copied.add(prefix + name(file));
    } else {
      left.add(shown(file, prefix) + " (a link to outside of the directory)");
    }
  }

  private static String shown(Path file, String prefix) {
    return prefix + name(file) + (Files.isDirectory(file) ? "/" : "");
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  private static ImmutableList<Path> files(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().collect(ImmutableList.toImmutableList());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + folder + ": " + e, e);
    }
  }

  private static void copy(Path from, Path to) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(from));
      AtomicFile.write(to, out -> out.write(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot copy " + from + " to " + to + ": " + e, e);
    }
  }
}
