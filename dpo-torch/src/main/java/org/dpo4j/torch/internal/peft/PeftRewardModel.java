package org.dpo4j.torch.internal.peft;

import java.nio.file.Path;
import java.util.Optional;
import org.dpo4j.torch.internal.architecture.DecoderSpec;

/**
 * A LoRA adapter with a head that makes one number of a hidden state: what PEFT saves of a model
 * that transformers calls one for sequence classification, with one label.
 *
 * @param adapter on the base's linear modules
 * @param head {@code [1, width]}
 */
public record PeftRewardModel(PeftAdapter adapter, Matrix head) {

  /**
   * Reads a reward model.
   *
   * @param directory with {@code adapter_config.json}, whose {@code task_type} is {@code SEQ_CLS},
   *     and {@code adapter_model.safetensors}, with {@code base_model.model.score.weight}
   * @param decoder the model it is for
   * @return the reward model
   * @throws IllegalArgumentException as for {@link PeftAdapter#read}, or if there is no head
   * @throws java.io.UncheckedIOException if a file cannot be read
   */
  public static PeftRewardModel read(Path directory, DecoderSpec decoder) {
    AdapterReader.Adapted read = AdapterReader.read(directory, AdapterTask.SEQ_CLS, decoder);
    return new PeftRewardModel(read.adapter(), read.head().orElseThrow());
  }

  /**
   * Writes the reward model as {@link PeftAdapter#write} does.
   *
   * @param directory made where it is not there; an adapter in it is replaced
   * @param decoder the model it is for
   * @throws IllegalArgumentException if a module is not one of the model's
   * @throws java.io.UncheckedIOException if a file cannot be written
   */
  public void write(Path directory, DecoderSpec decoder) {
    AdapterWriter.write(directory, adapter, Optional.of(head), decoder);
  }
}
