package org.dpo4j.api.data.records;

/** A record that can't be read, while those around it can. The message does not name its place. */
public final class MalformedRecordException extends Exception {

  private static final long serialVersionUID = 1;

  /**
   * A record that can't be read.
   *
   * @param message what is wrong, to follow the place
   */
  public MalformedRecordException(String message) {
    super(message);
  }
}
