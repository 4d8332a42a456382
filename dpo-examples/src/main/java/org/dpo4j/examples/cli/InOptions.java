package org.dpo4j.examples.cli;

import org.dpo4j.api.RefusedException;
import org.dpo4j.api.Remedy;

/** What the library says for Java, said in options. */
final class InOptions {

  private InOptions() {}

  static String said(RefusedException e) {
    return e.problem() + "; " + said(e.remedy());
  }

  static String said(Remedy remedy) {
    return switch (remedy) {
      case RESUME -> "go on with it by --resume, or name another folder with --out";
      case RAISE_TOKENS ->
          "raise --max-tokens to at least that, or shorten or leave out what is too long";
      case RAISE_LENGTH -> "raise --max-length, or say --unfit skip or --unfit truncate_prompt";
      case LEAVE_OUT -> "such can be left out with --unfit skip";
      case COUNT_BAD_RECORDS -> "to count such records instead, add --bad-records count";
      case NAME_COLUMNS ->
          "say which holds what with --columns, such as --columns prompt=question,chosen=good,rejected=bad";
      case READ_THUMBS -> "such data is for train --loss kto or bco, or inspect --as thumbs";
      case READ_DEMONSTRATIONS ->
          "such data is for sft, or inspect --as demonstrations; or name the columns that say what is better with"
              + " --columns";
      case READ_PREFERENCES ->
          "such data is for train with a loss over pairs or --loss plackett-luce, or inspect --as pairs or rankings";
      case COMPUTE_REFERENCE_AGAIN -> "delete it, and it is computed again";
      case GENERATE_LESS ->
          "give a smaller --max-tokens, a shorter prompt or, to serve, more --cache-mib";
    };
  }
}
