package org.dpo4j.api.compare;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Lists;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.dpo4j.api.Cancellation;
import org.dpo4j.api.data.Prompt;
import org.dpo4j.core.math.Check;

/**
 * Lets two policies answer the same prompts and a judge say which answered better.
 *
 * <pre>{@code
 * Comparison.of("dpo", policy, "sft", reference, judge).run(prompts, Path.of("verdicts.jsonl"), 42);
 * }</pre>
 *
 * @param nameA tells the first policy apart in results; its win rate is reported
 * @param a what it answers
 * @param nameB tells the second policy apart
 * @param b what that answers
 * @param judge says which is better
 */
public record Comparison(String nameA, Answerer a, String nameB, Answerer b, Judge judge) {

  /** Prompts answered together. */
  private static final int CHUNK = 16;

  /**
   * A comparison.
   *
   * @param nameA tells the first policy apart in results; its win rate is reported
   * @param a what it answers
   * @param nameB tells the second policy apart
   * @param b what that answers
   * @param judge says which is better
   * @return the comparison
   */
  public static Comparison of(String nameA, Answerer a, String nameB, Answerer b, Judge judge) {
    return new Comparison(nameA, a, nameB, b, judge);
  }

  /**
   * Compares on prompts, or goes on with a comparison that was interrupted: what the file has is
   * not judged again.
   *
   * @param prompts at least one; each {@code id} once
   * @param file gets a line a prompt as it is judged
   * @param seed of the answers
   * @return what came out, over all prompts
   * @throws IllegalArgumentException if the file is of another comparison, or has another prompt
   *     under an id; the message names its line or id
   * @throws JudgeException if the judge fails; what was judged by then is kept
   * @throws UncheckedIOException if the file can't be read or written
   */
  public ComparisonReport run(List<Prompt> prompts, Path file, long seed) {
    return run(prompts, file, seed, new Cancellation());
  }

  /**
   * The same, until it is asked to stop.
   *
   * @param prompts at least one; each {@code id} once
   * @param file gets a line a prompt as it is judged
   * @param seed of the answers
   * @param cancellation ends it before the next verdict
   * @return what came out, over the prompts judged by then
   * @throws IllegalArgumentException as for {@link #run(List, Path, long)}
   * @throws JudgeException if the judge fails; what was judged by then is kept
   * @throws UncheckedIOException if the file can't be read or written
   */
  public ComparisonReport run(
      List<Prompt> prompts, Path file, long seed, Cancellation cancellation) {
    Check.that(!prompts.isEmpty(), "prompts must have at least one element, got none");
    Check.that(
        prompts.stream().map(Prompt::id).distinct().count() == prompts.size(),
        "prompts must have different ids, got one twice");
    try (ResultsFile results = ResultsFile.open(file, header(seed))) {
      checkSame(prompts, file, results);
      long chunkSeed = seed;
      for (List<Prompt> chunk : Lists.partition(prompts, CHUNK)) {
        // Chunks and their seeds are the same whether or not the comparison was interrupted.
        if (!chunk.stream().allMatch(prompt -> results.lines().containsKey(prompt.id()))) {
          judge(chunk, chunkSeed, results, cancellation);
        }
        chunkSeed++;
      }
      return ComparisonReport.of(
          nameA,
          nameB,
          judge.name(),
          prompts.stream()
              .filter(prompt -> results.lines().containsKey(prompt.id()))
              .map(prompt -> results.lines().get(prompt.id()))
              .toList());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  private JsonObject header(long seed) {
    JsonObject header = new JsonObject();
    header.addProperty("a", nameA);
    header.addProperty("b", nameB);
    header.addProperty("judge", judge.name());
    header.addProperty("seed", seed);
    return header;
  }

  private static void checkSame(List<Prompt> prompts, Path file, ResultsFile results) {
    for (Prompt prompt : prompts) {
      Judged judged = results.lines().get(prompt.id());
      Check.that(
          judged == null || judged.prompt().equals(Judged.hash(prompt)),
          "%s: has another prompt under the id '%s'; name another file",
          file,
          prompt.id());
    }
  }

  private void judge(List<Prompt> chunk, long seed, ResultsFile results, Cancellation cancellation)
      throws IOException {
    if (cancellation.isCancelled()) {
      return;
    }
    List<String> answersA = answers(nameA, a, chunk, seed);
    List<String> answersB = answers(nameB, b, chunk, seed);
    for (int i = 0; i < chunk.size(); i++) {
      Prompt prompt = chunk.get(i);
      if (cancellation.isCancelled() || results.lines().containsKey(prompt.id())) {
        continue;
      }
      String first = answersA.get(i);
      String second = answersB.get(i);
      Verdict verdict =
          first.equals(second) ? Verdict.TIE : judge.judge(prompt.text(), first, second);
      results.add(new Judged(prompt.id(), Judged.hash(prompt), first, second, verdict));
    }
  }

  private static ImmutableList<String> answers(
      String name, Answerer answerer, List<Prompt> prompts, long seed) {
    ImmutableList<String> answers = answerer.answer(prompts, seed);
    Check.that(
        answers.size() == prompts.size(),
        "%s gave %d answers to %d prompts: they must be equally many",
        name,
        answers.size(),
        prompts.size());
    return answers;
  }
}
