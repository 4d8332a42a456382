/**
 * LoRA adapters in PEFT's layout: a directory of {@code adapter_config.json} and {@code
 * adapter_model.safetensors}.
 *
 * <p>What is read is what PEFT 0.21 would compute with, or it is refused: an option that is not
 * supported is named, never passed over, and the tensors must be exactly those that the
 * configuration describes. What is written, PEFT, vLLM and llama.cpp's converter read.
 *
 * <p>Start at {@link org.dpo4j.torch.internal.peft.PeftAdapter}.
 */
@NullMarked
package org.dpo4j.torch.internal.peft;

import org.jspecify.annotations.NullMarked;
