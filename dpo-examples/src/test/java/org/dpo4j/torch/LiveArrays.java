package org.dpo4j.torch;

/** How many tensors a model holds: what users do not see, and a leak would show in. */
public final class LiveArrays {

  private LiveArrays() {}

  /** Those of the model and of all that works on it. */
  public static int of(LanguageModel model) {
    return model.model().manager().getManagedArrays().size();
  }

  /** Whether the model has given back what it held. */
  public static boolean areGone(LanguageModel model) {
    return !model.model().manager().isOpen();
  }
}
