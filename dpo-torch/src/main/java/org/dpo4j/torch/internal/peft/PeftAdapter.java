package org.dpo4j.torch.internal.peft;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.dpo4j.core.math.Check;
import org.dpo4j.torch.internal.architecture.DecoderSpec;

/**
 * A LoRA adapter.
 *
 * @param modules at least one, each on another linear module; all rank stabilized, or none
 * @param dropout the probability with which training zeroes an element of x before A; in [0, 1)
 * @param baseModel name or path of what it was trained on, where that is known
 */
public record PeftAdapter(
    ImmutableList<LoraModule> modules, double dropout, Optional<String> baseModel) {

  /** Checks that the parts go together. */
  public PeftAdapter {
    Check.that(!modules.isEmpty(), "modules must have at least one element, got none");
    Check.that(dropout >= 0 && dropout < 1, "dropout must be in [0, 1), got %s", dropout);
    ImmutableSet<String> names =
        modules.stream()
            .map(module -> module.linear().module())
            .collect(ImmutableSet.toImmutableSet());
    Check.that(
        names.size() == modules.size(),
        "modules must each have another linear module, got %d for %d",
        names.size(),
        modules.size());
    Check.that(
        modules.stream().map(module -> module.scale().rankStabilized()).distinct().count() == 1,
        "modules must all be rank stabilized or none, got some");
  }

  /**
   * Reads an adapter. Weights of half precision become single precision, which loses nothing.
   *
   * @param directory with {@code adapter_config.json} and {@code adapter_model.safetensors}
   * @param decoder the model it is for
   * @return the adapter, modules in the order of the forward pass
   * @throws IllegalArgumentException if the directory holds no adapter, if the adapter is not for
   *     this model, or asks for what is not supported, or if its numbers are not finite; the
   *     message names the file and the option or tensor
   * @throws java.io.UncheckedIOException if a file cannot be read
   */
  public static PeftAdapter read(Path directory, DecoderSpec decoder) {
    return AdapterReader.read(directory, AdapterTask.CAUSAL_LM, decoder).adapter();
  }

  /**
   * Refuses what {@link #read} would, as far as that shows in the configuration and in the header
   * of the weights.
   *
   * @param directory with {@code adapter_config.json} and {@code adapter_model.safetensors}
   * @param decoder the model it shall be for
   * @throws IllegalArgumentException as for {@link #read}
   * @throws java.io.UncheckedIOException if a file cannot be read
   */
  public static void check(Path directory, DecoderSpec decoder) {
    AdapterReader.check(directory, AdapterTask.CAUSAL_LM, decoder);
  }

  /**
   * Writes the adapter, in single precision.
   *
   * <p>The directory never looks complete while it is not: the configuration comes last, and one of
   * an adapter with other settings goes first.
   *
   * <p>PEFT, vLLM and llama.cpp's converter read what is written. Where modules differ in rank or α
   * that is said in {@code rank_pattern} and {@code alpha_pattern}, which of the three only PEFT
   * reads.
   *
   * @param directory made where it is not there; an adapter in it is replaced
   * @param decoder the model it is for, from which modules get the shortest names that are clear
   * @throws IllegalArgumentException if a module is not one of the model's
   * @throws java.io.UncheckedIOException if a file cannot be written
   */
  public void write(Path directory, DecoderSpec decoder) {
    AdapterWriter.write(directory, this, Optional.empty(), decoder);
  }

  /**
   * The configuration that {@link #write} writes.
   *
   * @param decoder the model it is for
   * @return the text of an {@code adapter_config.json}
   */
  public String config(DecoderSpec decoder) {
    return AdapterWriter.config(this, AdapterTask.CAUSAL_LM, decoder);
  }

  /**
   * The same adapter, trained with another dropout from now on.
   *
   * @param newDropout in [0, 1)
   * @return the changed adapter
   */
  public PeftAdapter withDropout(double newDropout) {
    return new PeftAdapter(modules, newDropout, baseModel);
  }

  /**
   * The same adapter, said to be for another base model.
   *
   * @param newBaseModel its name or path. Where none is stated, llama.cpp's converter needs {@code
   *     --base}
   * @return the changed adapter
   */
  public PeftAdapter withBaseModel(String newBaseModel) {
    return new PeftAdapter(modules, dropout, Optional.of(newBaseModel));
  }

  /**
   * What kind of adapter it is, for a person.
   *
   * @return for instance {@code LoRA, rank 16, alpha 32.0, 210 modules}
   */
  public String description() {
    String scales =
        modules.stream()
            .map(LoraModule::scale)
            .distinct()
            .map(
                scale ->
                    String.format(
                        Locale.ROOT,
                        "rank %d, alpha %s%s",
                        scale.rank(),
                        scale.alpha(),
                        scale.rankStabilized() ? ", rsLoRA" : ""))
            .collect(Collectors.joining("; "));
    return String.format(
        Locale.ROOT,
        "LoRA, %s, %d modules%s",
        scales,
        modules.size(),
        dropout > 0 ? ", dropout " + dropout : "");
  }

  /**
   * How many numbers it has.
   *
   * @return elements of all A's and B's
   */
  public long parameters() {
    return modules.stream()
        .mapToLong(
            module -> (long) module.scale().rank() * (module.linear().in() + module.linear().out()))
        .sum();
  }
}
