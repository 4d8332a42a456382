package org.dpo4j.api.data;

/** Which pairs are made of more than two scored or ranked completions of one prompt. */
public enum Pairing {
  /** Each completion with each that is scored lower. The default. */
  ALL,
  /** The best with the worst; of several, the first in the record. */
  BEST_AND_WORST
}
