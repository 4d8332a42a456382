package org.dpo4j.torch.internal.peft;

/** What a model with an adapter is for, by PEFT's names. */
enum AdapterTask {

  /** It predicts tokens, by the head of the base. */
  CAUSAL_LM,
  /** It scores sequences, by a head that comes with the adapter. */
  SEQ_CLS;

  boolean hasHead() {
    return this == SEQ_CLS;
  }
}
